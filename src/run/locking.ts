import type { Environment } from "../config/config.ts";
import { refusal } from "../domain/error.ts";
import { unfinished } from "../domain/state.ts";
import { databaseOf, type Target } from "../domain/target.ts";
import type { Hold } from "../engine/hold.ts";
import type { Ports } from "./ports.ts";

/** Long enough for a probe of `gate` to let go, short enough that nobody waits for a run. */
const LOCK_WAIT_MS = 2000;

/** The locks of all targets, taken in the order of their names, so that two runs can never wait for each other. Tenants share their database's. */
export interface Holds extends AsyncDisposable {
  /** One for each target. */
  readonly holds: readonly Hold[];
}

/** Takes every lock or none. Refuses with `locked`. */
export async function holdTargets(ports: Ports, targets: readonly Target[]): Promise<Holds> {
  const stack = new AsyncDisposableStack();
  const holds: Hold[] = [];
  try {
    const byDatabase = [...Map.groupBy(targets, databaseOf)].sort(([a], [b]) => (a.name < b.name ? -1 : 1));
    for (const [database, ours] of byDatabase) {
      const hold = stack.use(await ports.engineOf(database).hold(database, LOCK_WAIT_MS));
      holds.push(...ours.map((target) => (target === database ? hold : hold.tenant(target))));
    }
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
  return { holds, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The same, where no run of a target was left unfinished: only `recover` may go on from there. Refuses with `unfinished-run`, too. */
export async function holdSettled(ports: Ports, environment: Environment, targets: readonly Target[]): Promise<Holds> {
  const held = await holdTargets(ports, targets);
  try {
    refuseUnfinished(environment, held.holds);
    return held;
  } catch (error) {
    await held[Symbol.asyncDispose]();
    throw error;
  }
}

/** Refuses with `unfinished-run` when a run of a target did not come to its end. */
export function refuseUnfinished(environment: Environment, holds: readonly Pick<Hold, "state">[]): void {
  const row = holds.map(({ state }) => state).find(unfinished);
  if (row === undefined) return;
  throw refusal("unfinished-run", `run ${row.run} did not come to its end (it stopped in phase ${row.phase})`, {
    hint: `finish or undo it first: \`belay recover ${environment.name}\``,
    facts: { run: row.run, phase: row.phase },
  });
}
