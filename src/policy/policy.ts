/** May this command change this environment now? Pure: facts in, a decision with reasons out. A refusal is not an error. */

import type { Environment } from "../config/config.ts";
import type { ApprovalFacts } from "../domain/approval.ts";
import type { Reason } from "../domain/error.ts";
import { insideWindow, nextOpening, type Window } from "../domain/window.ts";

export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly reasons: readonly Reason[] };

export interface PolicyFacts {
  readonly command: string;
  readonly environment: Environment;
  readonly now: Date;
  /** Asked only of a protected environment. */
  readonly approval: ApprovalFacts;
  /** Why the environment that this one needs does not allow it yet. */
  readonly unmetNeed: Reason | null;
  /** The reason given with `--without-approval`; null where none was given. */
  readonly withoutApproval: string | null;
  /** The reason given with `--again`. */
  readonly again: string | null;
  /** The latest run with this digest, when it forbids to run it again without a reason. */
  readonly earlierFailure: { readonly run: string; readonly what: string } | null;
}

export function decide(facts: PolicyFacts): Decision {
  const reasons = [...approval(facts), window(facts), facts.unmetNeed, repetition(facts)].filter((reason) => reason !== null);
  return reasons.length === 0 ? { allowed: true } : { allowed: false, reasons };
}

/** Where nobody can approve, a protected environment asks for a reason that is journaled. On GitHub a reason is no approval. */
function approval({ environment, command, withoutApproval, approval: facts }: PolicyFacts): readonly Reason[] {
  if (environment.approvals === null || facts.kind === "given") return [];
  if (facts.kind === "not-given") return facts.reasons;
  if (withoutApproval !== null) return [];
  return [
    {
      code: "approval-needed",
      message: `${environment.name} is protected (approvals in belay.yml), and here nobody can approve`,
      hint: `run it from GitHub, or say why it goes without: \`belay ${command} ${environment.name} --without-approval "…"\``,
    },
  ];
}

function window({ environment, now }: PolicyFacts): Reason | null {
  const { windows } = environment;
  if (windows.length === 0 || windows.some((each) => insideWindow(each, now))) return null;
  return {
    code: "outside-window",
    message: `${environment.name} may be changed only in ${windows.map(({ text }) => text).join(", ")}`,
    hint: `the next window opens ${describeOpening(windows, now)}`,
  };
}

function describeOpening(windows: readonly Window[], now: Date): string {
  const openings = windows.map((each) => nextOpening(each, now)).sort((a, b) => a.getTime() - b.getTime());
  return openings[0]?.toISOString().replace(/:\d\d\.\d+Z$/, "Z") ?? "never";
}

function repetition({ command, environment, again, earlierFailure }: PolicyFacts): Reason | null {
  if (earlierFailure === null || again !== null) return null;
  return {
    code: "same-plan-failed",
    message: `this very plan was tried in run ${earlierFailure.run} and ${earlierFailure.what}`,
    hint: `change the migration; or, if the cause lay elsewhere, say why it may run again: \`belay ${command} ${environment.name} --again "…"\``,
  };
}
