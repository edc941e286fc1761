/**
 * What was written to a target since a run settled. The mark that the run made answers that, but on some engines for its own database
 * alone: where another was put in its place since, the runs in between have counted up to then, and made a mark of what came back.
 */

import type { JsonValue } from "../domain/canonical-json.ts";
import type { LaterWrites } from "../domain/result.ts";
import type { Hold } from "../engine/hold.ts";
import { lastOfTarget, type WrittenSince } from "./journal-entry.ts";
import type { History, PastRun } from "./past-runs.ts";
import type { Run, TargetRun } from "./run.ts";

/** From which moment to count, and what had been written before it. */
export interface LaterWritesBasis {
  readonly mark: JsonValue | undefined;
  readonly before: readonly LaterWrites[];
}

/** What there is to know later writes of a run by: its own mark, or the one that the last run made which put data back since. */
export async function basisOf(history: History, target: string, past: PastRun): Promise<LaterWritesBasis> {
  const carried = await history.carriedMark(past.run, target);
  return carried ?? { mark: lastOfTarget(past.entries, "mark", target)?.mark, before: [] };
}

/** Tables with writes since. Where they cannot be told, that is said as one entry without numbers. */
export async function countLaterWrites(
  hold: Pick<Hold, "laterWrites">,
  { mark, before }: LaterWritesBasis,
): Promise<readonly LaterWrites[]> {
  const counted = mark === undefined ? null : await hold.laterWrites(mark);
  if (counted === null) return [{ table: "*", written: null, gone: null }];
  return added(
    before,
    counted.filter(({ written, gone }) => written !== 0 || gone !== 0),
  );
}

/**
 * For a run that is about to migrate, after its before-state was taken: what the last run that applied something would lose if it was
 * taken back after this one. To be asked before anything is applied, as nobody can tell afterwards; null: its mark goes on telling, or
 * there is no such run.
 */
export async function writtenSoFar({ ports, history }: Run, { target, hold }: TargetRun): Promise<WrittenSince | null> {
  if (ports.engineOf(target).abilities.lastingMarks) return null;
  const past = await history.lastApplying(target.name);
  if (past === undefined) return null;
  return { run: past.run, writes: await countLaterWrites(hold, await basisOf(history, target.name, past)) };
}

/** Notes on what came back from which moment on writes are counted; to be written before the rollback is said to be done. */
export async function carryMark(run: Run, target: TargetRun, since: WrittenSince | null, mark: JsonValue): Promise<void> {
  if (since === null) return;
  await run.journal.append({ type: "mark-carried", target: target.target.name, since, mark });
}

export function describeLaterWrites(writes: readonly LaterWrites[]): string {
  return writes
    .map(({ table, written, gone }) => {
      if (table === "*") return "an unknown number of rows was written";
      if (written === null) return `${table} was written to, how often is unknown`;
      return `${table}: ${written} written${gone === null || gone === 0 ? "" : `, ${gone} gone`}`;
    })
    .join("; ");
}

/** Row by row, what is unknown in one stays unknown. */
function added(some: readonly LaterWrites[], more: readonly LaterWrites[]): readonly LaterWrites[] {
  const sums = new Map(some.map((each) => [each.table, each]));
  for (const each of more) {
    const was = sums.get(each.table);
    sums.set(each.table, was === undefined ? each : { ...each, written: sum(was.written, each.written), gone: sum(was.gone, each.gone) });
  }
  return [...sums.values()];
}

function sum(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}
