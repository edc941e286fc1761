/** What earlier runs of an environment say: read from their journals, which nobody rewrites. */

import type { Environment } from "../config/config.ts";
import { exitStatus } from "../domain/outcome.ts";
import type { StepName } from "../domain/phase.ts";
import type { RunSummary, TargetResult } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import type { Plan } from "../plan/plan.ts";
import { lastEntry, lastOfTarget, listJournals, readJournal, type BeganEntry, type JournalEntry, type JournalPlace } from "./journal.ts";
import type { Ports } from "./ports.ts";
import type { Store } from "../store/store.ts";

/** Where the journals of an environment's runs lie: in the store of its first target, in the order in which locks are taken. */
export function journalPlace(ports: Ports, environment: Environment, targets: readonly Target[]): JournalPlace {
  const [first] = [...targets].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (first === undefined) throw new Error("an environment without targets");
  const store = ports.storeOf(environment, first);
  return { store, others: () => otherStores(ports, environment, store), environment: environment.name };
}

/** A run of other targets may have its journal beside one of those, where belay.yml names no store. */
function otherStores(ports: Ports, environment: Environment, own: Store): readonly Store[] {
  const stores = new Map(environment.targets.map((target) => ports.storeOf(environment, target)).map((store) => [store.location, store]));
  stores.delete(own.location);
  return [...stores.values()];
}

export interface PastRun {
  readonly run: string;
  readonly entries: readonly JournalEntry[];
}

/** Runs from the newest to the oldest, read one at a time. */
export async function* pastRuns(place: JournalPlace): AsyncGenerator<PastRun> {
  for (const { run, store } of await everyRun(place)) yield { run, entries: await readJournal({ ...place, store }, run) };
}

/** A run that is asked for by its id. */
export async function pastRun(place: JournalPlace, run: string): Promise<PastRun> {
  const found = (await everyRun(place)).find((each) => each.run === run);
  return { run, entries: await readJournal({ ...place, store: found?.store ?? place.store }, run) };
}

/** The newest first. */
async function everyRun(place: JournalPlace): Promise<readonly { readonly run: string; readonly store: Store }[]> {
  const runs: { readonly run: string; readonly store: Store }[] = [];
  for (const store of [place.store, ...place.others()]) {
    for (const run of await listJournals({ ...place, store })) runs.push({ run, store });
  }
  return runs.sort((a, b) => (a.run < b.run ? 1 : -1));
}

/**
 * The latest run with this plan's digest, or with that of a target's own part of it, when its end forbids to run that again without a
 * reason.
 */
export async function earlierFailure(
  ports: Ports,
  environment: Environment,
  plan: Plan,
): Promise<{ readonly run: string; readonly what: string } | null> {
  const targets = plan.targets.map(({ target }) => target);
  const open = new Map(plan.targets.flatMap(({ target, pending, digest }) => (pending.length === 0 ? [] : [[target.name, digest]])));
  for await (const { run, entries } of pastRuns(journalPlace(ports, environment, targets))) {
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

/** How a target ended in a run; undefined where the run, and so the target, has no end. */
export function resultOfTarget(entries: readonly JournalEntry[], target: string): TargetResult | undefined {
  const ended = lastEntry(entries, "ended")?.result.targets.find(({ name }) => name === target);
  return ended ?? lastOfTarget(entries, "target-ended", target)?.result;
}

/** A run left something that it applied in a target. */
export function applied(entries: readonly JournalEntry[], target: string): boolean {
  const result = resultOfTarget(entries, target);
  return result !== undefined && result.applied.length > 0 && (result.outcome === "migrated" || result.outcome === "needs-attention");
}

/** The newest run that changed a target and was not taken back since; undefined where there is none. */
export async function lastApplyingRun(place: JournalPlace, target: string): Promise<PastRun | undefined> {
  const takenBack = new Set<string>();
  for await (const past of pastRuns(place)) {
    const began = lastEntry(past.entries, "began");
    const of = tookBack(past);
    if (of !== null && began?.targets.some(({ name }) => name === target) === true) takenBack.add(of);
    if (began?.command !== "migrate" || takenBack.has(past.run)) continue;
    if (applied(past.entries, target)) return past;
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
