/** `belay prune`: drops what `keep` no longer keeps. Never a target, never the last proven backup. */

import type { Environment } from "../config/config.ts";
import type { Result } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import { emptyTargetResult, endedBeforehand, resultOf, type ResultHead } from "./ending.ts";
import { holdSettled } from "./locking.ts";
import { journalPlace, openHistory } from "./past-runs.ts";
import type { Ports } from "./ports.ts";
import { dropExpired, dropUnfinishedBackups, dropWatched } from "./retention.ts";

export async function prune(ports: Ports, environment: Environment, targets: readonly Target[]): Promise<Result> {
  const head: ResultHead = { command: "prune", environment: environment.name, startedAt: ports.now() };
  try {
    await using locks = await holdSettled(ports, environment, targets);
    const history = openHistory(ports, environment, targets);
    const results = [];
    const watched = await dropWatched(ports, environment, journalPlace(ports, environment, targets));
    for (const hold of locks.holds) {
      const store = ports.storeOf(environment, hold.target);
      const unfinishedBackups = await dropUnfinishedBackups(store, environment.name, hold.target);
      const dropped = await dropExpired(ports, environment, history, { hold, store });
      results.push({
        ...emptyTargetResult(hold.target, "pruned"),
        notes: [...unfinishedBackups, ...dropped, ...(hold === locks.holds[0] ? watched : [])].map((place) => `dropped ${place}`),
      });
    }
    return resultOf(ports, head, "pruned", [], results);
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}
