/** A result within so many bytes: what people decide by stays, what is long goes first. Pure. */

import type { Result, TargetResult } from "../domain/result.ts";

/** The whole where it fits. The last form is small however much there was: the report of the job has everything. */
export function resultWithin(result: Result, limitBytes: number): Result {
  const forms = [whole, withoutTexts, withoutRows, withoutTargets];
  for (const form of forms) {
    const cut = form(result);
    if (Buffer.byteLength(JSON.stringify(cut)) <= limitBytes) return cut;
  }
  return withoutAnything(result);
}

function whole(result: Result): Result {
  return result;
}

function eachTarget(result: Result, change: (target: TargetResult) => TargetResult): Result {
  return { ...result, targets: result.targets.map(change) };
}

/** SQL, the history, rows that a failed check explained. */
function withoutTexts(result: Result): Result {
  return eachTarget(result, (target) => ({
    ...target,
    history: [],
    pending: target.pending.map((pending) => ({ ...pending, sql: null })),
    checks: target.checks.map((check) => ({ ...check, explanation: [] })),
  }));
}

/** What went well is left out, table by table. */
function withoutRows(result: Result): Result {
  return eachTarget(withoutTexts(result), (target) => ({
    ...target,
    checks: target.checks.filter(({ passed }) => !passed).slice(0, 20),
    data: target.data === null ? null : { ...target.data, tables: [] },
    schema: null,
  }));
}

const MOST_TARGETS = 50;
const MOST_MIGRATIONS = 20;
const MOST_REASONS = 20;
const LONGEST_TEXT = 500;

/** Those that did not end as the whole did come first. */
function withoutTargets(result: Result): Result {
  const odd = result.targets.filter(({ outcome }) => outcome !== result.outcome);
  const rest = result.targets.filter(({ outcome }) => outcome === result.outcome);
  return {
    ...bare(result),
    targets: [...odd, ...rest].slice(0, MOST_TARGETS).map((target) => ({
      name: target.name.slice(0, LONGEST_TEXT),
      engine: target.engine,
      outcome: target.outcome,
      undisturbed: target.undisturbed,
      pending: target.pending.slice(0, MOST_MIGRATIONS).map(({ id, reversible }) => ({ id, reversible, findings: [] })),
      applied: target.applied.slice(0, MOST_MIGRATIONS),
      steps: [],
      backup: target.backup,
      checks: [],
      data: null,
      schema: null,
      rollback: null,
    })),
  };
}

function withoutAnything(result: Result): Result {
  return { ...bare(result), targets: [] };
}

function bare({ belay, run, command, environment, outcome, digest, startedAt, durationMs, reasons }: Result): Result {
  const short = reasons.slice(0, MOST_REASONS).map(({ code, message, hint }) => ({
    code,
    message: message.slice(0, LONGEST_TEXT),
    ...(hint === undefined ? {} : { hint: hint.slice(0, LONGEST_TEXT) }),
  }));
  return { belay, run, command, environment, outcome, digest, startedAt, durationMs, reasons: short, targets: [] };
}
