/** What earlier runs of an environment say: read from their journals, which nobody rewrites. */

import type { Environment } from "../config/config.ts";
import { exitStatus } from "../domain/outcome.ts";
import type { StepName } from "../domain/phase.ts";
import type { RunSummary } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import type { Plan } from "../plan/plan.ts";
import { lastEntry, listJournals, readJournal, type BeganEntry, type JournalEntry, type JournalPlace } from "./journal.ts";
import type { Ports } from "./ports.ts";

/** Where the journals of an environment's runs lie: in the store of its first target, in the order in which locks are taken. */
export function journalPlace(ports: Ports, environment: Environment, targets: readonly Target[]): JournalPlace {
  const [first] = [...targets].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (first === undefined) throw new Error("an environment without targets");
  return { store: ports.storeOf(environment, first), environment: environment.name };
}

export interface PastRun {
  readonly run: string;
  readonly entries: readonly JournalEntry[];
}

/** Runs from the newest to the oldest, read one at a time. */
export async function* pastRuns(place: JournalPlace): AsyncGenerator<PastRun> {
  for (const run of [...(await listJournals(place))].reverse()) yield { run, entries: await readJournal(place, run) };
}

/** The latest run with this plan's digest, when its end forbids to run it again without a reason. */
export async function earlierFailure(
  ports: Ports,
  environment: Environment,
  plan: Plan,
): Promise<{ readonly run: string; readonly what: string } | null> {
  const targets = plan.targets.map(({ target }) => target);
  for await (const { run, entries } of pastRuns(journalPlace(ports, environment, targets))) {
    const began = lastEntry(entries, "began");
    if (began?.digest !== plan.digest) continue;
    const ended = lastEntry(entries, "ended");
    if (ended?.repeatNeedsReason !== true) return null;
    if (began.command === "rollback") return { run, what: "was rolled back" };
    const reason = ended.reasons[0]?.message;
    return { run, what: reason === undefined ? "failed" : `failed: ${reason}` };
  }
  return null;
}

/** The commit of the last run that ended well; null where none is known. */
export async function lastGoodCommit(ports: Ports, environment: Environment, targets: readonly Target[]): Promise<string | null> {
  for await (const { entries } of pastRuns(journalPlace(ports, environment, targets))) {
    const began = lastEntry(entries, "began");
    if (lastEntry(entries, "ended")?.outcome === "migrated" && began !== undefined && began.sha !== null) return began.sha;
  }
  return null;
}

/** How long each step took when this command last ended well, in milliseconds; by `stepKey`. Empty where it never did. */
export async function usualDurations(place: JournalPlace, command: BeganEntry["command"]): Promise<ReadonlyMap<string, number>> {
  for await (const { entries } of pastRuns(place)) {
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

/** The newest run that changed a target and was not taken back since; undefined where there is none. */
export async function lastApplyingRun(place: JournalPlace, target: string): Promise<PastRun | undefined> {
  const takenBack = new Set<string>();
  for await (const past of pastRuns(place)) {
    const began = lastEntry(past.entries, "began");
    const ended = lastEntry(past.entries, "ended");
    const of = tookBack(past);
    if (of !== null && began?.targets.some(({ name }) => name === target) === true) takenBack.add(of);
    if (began?.command !== "migrate" || takenBack.has(past.run)) continue;
    const result = ended?.result.targets.find(({ name }) => name === target);
    if (
      result !== undefined &&
      result.applied.length > 0 &&
      result.outcome !== "undone" &&
      (ended?.outcome === "migrated" || ended?.outcome === "needs-attention")
    )
      return past;
  }
  return undefined;
}

/** The run that this one took back; null where it took none back. */
export function tookBack({ entries }: PastRun): string | null {
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
      const result = ended?.result.targets.find((target) => target.name === name);
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
