/** What the journals of earlier runs say; nobody rewrites them. */

import { exitStatus } from "../domain/outcome.ts";
import type { StepName } from "../domain/phase.ts";
import type { RunSummary, TargetResult } from "../domain/result.ts";
import type { Plan } from "../plan/plan.ts";
import { lastEntry, lastOfTarget, type BeganEntry, type JournalEntry } from "./journal-entry.ts";
import type { RunId } from "../domain/run-id.ts";
import type { History, PastRun } from "./past-runs.ts";

/**
 * The latest run with this plan's digest, or with that of a target's own part of it, when its end forbids to run that again without a
 * reason.
 */
export async function earlierFailure(history: History, plan: Plan): Promise<{ readonly run: string; readonly what: string } | null> {
  const open = new Map(plan.targets.flatMap(({ target, pending, digest }) => (pending.length === 0 ? [] : [[target.name, digest]])));
  for await (const { run, entries } of history.newestFirst()) {
    const began = lastEntry(entries, "began");
    if (began === undefined) continue;
    const whole = began.digest === plan.digest;
    const same = began.targets
      .filter(({ name, digest }) => open.get(name) === (digest ?? (began.targets.length === 1 ? began.digest : undefined)))
      .map(({ name }) => name);
    const needsReason = whole ? lastEntry(entries, "ended")?.repeatNeedsReason === true : false;
    const blamed = same.filter((name) => isBlamed(entries, name));
    if (needsReason || blamed.length > 0) return { run, what: whatFailed(began, entries) };
    if (whole) return null;
    for (const name of same) open.delete(name);
    if (open.size === 0) return null;
  }
  return null;
}

/** The run ended so that the same plan for this target is not simply run again. */
function isBlamed(entries: readonly JournalEntry[], target: string): boolean {
  const ended = lastEntry(entries, "ended");
  const byItself = ended?.blamed?.includes(target) ?? (ended === undefined ? undefined : ended.repeatNeedsReason);
  return byItself ?? lastOfTarget(entries, "target-ended", target)?.repeatNeedsReason ?? false;
}

function whatFailed(began: BeganEntry, entries: readonly JournalEntry[]): string {
  if (began.command === "rollback") return "was rolled back";
  const reason = lastEntry(entries, "ended")?.reasons[0]?.message;
  return reason === undefined ? "failed" : `failed: ${reason}`;
}

/** The commit of the last run that ended well; null where none is known. */
export async function lastGoodCommit(history: History): Promise<string | null> {
  for await (const { entries } of history.newestFirst()) {
    const began = lastEntry(entries, "began");
    if (lastEntry(entries, "ended")?.outcome === "migrated" && began !== undefined && began.sha !== null) return began.sha;
  }
  return null;
}

/** How long each step took when this command last ended well, in milliseconds; by `stepKey`. Empty where it never did. */
export async function usualDurations(history: History, command: BeganEntry["command"]): Promise<ReadonlyMap<string, number>> {
  for await (const { entries } of history.newestFirst()) {
    const ended = lastEntry(entries, "ended");
    if (lastEntry(entries, "began")?.command !== command || ended === undefined || exitStatus(ended.outcome) !== 0) continue;
    const done = entries.filter((entry) => entry.type === "step-ended");
    return new Map(done.map(({ step, target, durationMs }) => [stepKey(step, target), durationMs]));
  }
  return new Map();
}

/** A step of one target, or (null) of the whole environment. */
export function stepKey(step: StepName, target: string | null): string {
  return JSON.stringify([step, target]);
}

/** How a target ended in a run; undefined where the run, and so the target, has no end. */
export function resultOfTarget(entries: readonly JournalEntry[], target: string): TargetResult | undefined {
  const ended = lastEntry(entries, "ended")?.result.targets.find(({ name }) => name === target);
  return ended ?? lastOfTarget(entries, "target-ended", target)?.result;
}

/** A run left something that it applied in a target. */
export function applied(entries: readonly JournalEntry[], target: string): boolean {
  const result = resultOfTarget(entries, target);
  return result !== undefined && leftSomething(result);
}

/** The targets in which a run left something that it applied. */
export function changedBy(entries: readonly JournalEntry[]): ReadonlySet<string> {
  const results = new Map(entries.flatMap((entry) => (entry.type === "target-ended" ? [[entry.target, entry.result] as const] : [])));
  for (const result of lastEntry(entries, "ended")?.result.targets ?? []) results.set(result.name, result);
  return new Set([...results].flatMap(([name, result]) => (leftSomething(result) ? [name] : [])));
}

function leftSomething({ applied: migrations, outcome }: TargetResult): boolean {
  return migrations.length > 0 && (outcome === "migrated" || outcome === "needs-attention");
}

/** The run that this one took back; null where it took none back. */
export function tookBack(entries: readonly JournalEntry[]): RunId | null {
  const began = lastEntry(entries, "began");
  const back = lastEntry(entries, "ended")?.outcome === "rolled-back" || recoveredRollback(entries);
  return began?.command === "rollback" && back ? began.of : null;
}

/** A rollback that crashed, and that a recovery took to its end: the data are back, though the run was undone. */
function recoveredRollback(entries: readonly JournalEntry[]): boolean {
  return lastEntry(entries, "destination") !== undefined && lastEntry(entries, "rolled-back") !== undefined;
}

export function summarize({ run, entries }: PastRun): RunSummary {
  const began = lastEntry(entries, "began");
  const ended = lastEntry(entries, "ended");
  return {
    run,
    command: began?.command ?? "unknown",
    startedAt: began?.at ?? "",
    durationMs: ended === undefined || began === undefined ? null : Date.parse(ended.at) - Date.parse(began.at),
    outcome: ended?.result.outcome ?? null,
    digest: began?.digest ?? null,
    targets: (began?.targets ?? []).map(({ name }) => {
      const result = resultOfTarget(entries, name);
      return {
        name,
        outcome: result?.outcome ?? null,
        applied: (result?.applied ?? []).map(({ id }) => id),
        backup: result?.backup?.id ?? null,
      };
    }),
    reasons: ended?.reasons ?? [],
    withoutApproval: began?.withoutApproval ?? null,
    again: began?.again ?? null,
  };
}
