import type { Environment } from "../config/config.ts";
import { refusal } from "../domain/error.ts";
import { unfinished, type StateRow } from "../domain/state.ts";
import type { Target } from "../domain/target.ts";
import type { Hold } from "../engine/engine.ts";
import type { Ports } from "./ports.ts";

/** Long enough for a probe of `gate` to let go, short enough that nobody waits for a run. */
const LOCK_WAIT_MS = 2000;

/** The locks of all targets, taken in the order of their names, so that two runs can never wait for each other. */
export interface Holds extends AsyncDisposable {
  readonly holds: readonly Hold[];
}

/** Takes every lock or none. Refuses with `locked`. */
export async function holdTargets(ports: Ports, targets: readonly Target[]): Promise<Holds> {
  const stack = new AsyncDisposableStack();
  const holds: Hold[] = [];
  try {
    for (const target of [...targets].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      holds.push(stack.use(await ports.engineOf(target).hold(target, LOCK_WAIT_MS)));
    }
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
  return { holds, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Refuses with `unfinished-run` when a run of a target did not come to its end: only `recover` may go on from there. */
export function refuseUnfinished(environment: Environment, rows: readonly (StateRow | undefined)[]): void {
  const row = rows.find(unfinished);
  if (row === undefined) return;
  throw refusal("unfinished-run", `run ${row.run} did not come to its end (it stopped in phase ${row.phase})`, {
    hint: `finish or undo it first: \`belay recover ${environment.name}\``,
    facts: { run: row.run, phase: row.phase },
  });
}
