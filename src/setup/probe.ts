/** Trying one part of a configuration: what it is called, what its failing means for a run, and how to look. */

import { BelayError, messageOf, type Reason } from "../domain/error.ts";
import type { PartResult } from "../domain/result.ts";

export interface Probe<Context> {
  readonly name: string;
  /** What it means for a run when this part does not work. */
  readonly means: string;
  /** Looks, and changes nothing. What it throws is a failure of this part; null: there is no such part. */
  readonly look: (context: Context) => Promise<Finding | null>;
}

export type Finding = Fine | Flaw;

interface Fine {
  readonly outcome: "done" | "skipped";
  readonly detail: string;
}

export interface Flaw {
  readonly outcome: "warned" | "failed";
  /** Several flaws stand in lines of their own. */
  readonly detail: string;
  readonly hint: string;
  readonly code: string;
  /** In place of what the probe says in general. */
  readonly means?: string;
}

export const well = (detail: string): Finding => ({ outcome: "done", detail });
export const skipped = (detail: string): Finding => ({ outcome: "skipped", detail });

export interface Tried {
  readonly part: PartResult;
  /** Set where the part failed. */
  readonly reason: Reason | null;
}

/** Tries parts one after the other; one that fails keeps no other from being tried. A defect of Belay's own is thrown on. */
export async function tryAll<Context>(
  probes: readonly Probe<Context>[],
  context: Context,
  target: string | null,
): Promise<readonly Tried[]> {
  const tried: Tried[] = [];
  for (const probe of probes) {
    const finding = await look(probe, context);
    if (finding !== null) tried.push(judge(probe, finding, target));
  }
  return tried;
}

async function look<Context>(probe: Probe<Context>, context: Context): Promise<Finding | null> {
  try {
    return await probe.look(context);
  } catch (error) {
    if (!(error instanceof BelayError) && !isOfTheSystem(error)) throw error;
    return failed(error);
  }
}

/** What was thrown, as the finding of the part that it came from. */
export function failed(error: unknown): Flaw {
  if (error instanceof BelayError)
    return { outcome: "failed", detail: error.message, hint: error.hint ?? "look at it by hand", code: error.code };
  return { outcome: "failed", detail: messageOf(error), hint: "look at it by hand, as the user that runs Belay", code: "system" };
}

/** An answer of the operating system (no rights, no such file), not a slip in Belay. */
function isOfTheSystem(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

function judge<Context>({ name, means }: Probe<Context>, finding: Finding, target: string | null): Tried {
  const { outcome, detail } = finding;
  if (!("hint" in finding)) return { part: { name, target, outcome, detail }, reason: null };
  const part: PartResult = { name, target, outcome, detail, means: finding.means ?? means, hint: finding.hint };
  const reason = { code: finding.code, message: `${target === null ? "" : `${target}: `}${name}: ${detail}`, hint: finding.hint };
  return { part, reason: outcome === "failed" ? reason : null };
}
