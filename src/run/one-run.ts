import type { Hold } from "../engine/hold.ts";
import { applied } from "./history.ts";
import type { History } from "./past-runs.ts";

/**
 * The targets of a rollback. One run is taken back, `run` or the last that applied something to any of the targets: those that it did not change, or that it brought back
 * itself, stay as they are. Where it changed none, all of them are asked, so that each says why not.
 */
export async function ofOneRun<Held extends Pick<Hold, "target">>(
  history: History,
  holds: readonly Held[],
  run: string | null,
): Promise<readonly Held[]> {
  if (holds.length === 1) return holds;
  const wanted = run === null ? undefined : await history.run(run);
  const changed = new Map<Held, string>();
  for (const hold of holds) {
    const past = wanted ?? (await history.lastApplying(hold.target.name));
    if (past !== undefined && applied(past.entries, hold.target.name)) changed.set(hold, past.run);
  }
  const newest = [...changed.values()].toSorted().at(-1);
  return newest === undefined ? holds : holds.filter((hold) => changed.get(hold) === newest);
}
