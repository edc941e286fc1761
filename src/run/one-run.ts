import type { Environment } from "../config/config.ts";
import type { Hold } from "../engine/engine.ts";
import { applied, journalPlace, lastApplyingRun, pastRun } from "./history.ts";
import type { Ports } from "./ports.ts";

/**
 * The targets of a rollback. One run is taken back, `run` or the last that applied something to any of the targets: those that it did not change, or that it brought back
 * itself, stay as they are. Where it changed none, all of them are asked, so that each says why not.
 */
export async function ofOneRun<Held extends Pick<Hold, "target">>(
  ports: Ports,
  environment: Environment,
  holds: readonly Held[],
  run: string | null,
): Promise<readonly Held[]> {
  if (holds.length === 1) return holds;
  const place = journalPlace(
    ports,
    environment,
    holds.map(({ target }) => target),
  );
  const wanted = run === null ? undefined : await pastRun(place, run);
  const changedBy = new Map<Held, string>();
  for (const hold of holds) {
    const past = wanted ?? (await lastApplyingRun(place, hold.target.name));
    if (past !== undefined && applied(past.entries, hold.target.name)) changedBy.set(hold, past.run);
  }
  const newest = [...changedBy.values()].toSorted().at(-1);
  return newest === undefined ? holds : holds.filter((hold) => changedBy.get(hold) === newest);
}
