import type { Engine } from "../engine.ts";
import { atPlace, connectTo, locate } from "./locate.ts";
import { probeLock } from "./lock.ts";
import type { PostgresOptions } from "./options.ts";
import { openView } from "./read-view.ts";
import { readState } from "./state.ts";

/** PostgreSQL on `pg`. A target is a database; Belay's state lies in it, copies beside it. What only looks is loaded at once, the rest when it is asked for. */
export function postgresEngine(options: PostgresOptions): Engine {
  return {
    name: "postgres",
    abilities: { transactionalDdl: true, renameSwap: true, exactCompare: false, schemas: true, defaultStoreBesideTarget: false },
    open: (target) => openView(target, options),
    reader: async (target, asked) => (await import("./reader.ts")).openReader(target, options, asked),
    async preflight(target, copies) {
      const { preflight } = await import("./preflight.ts");
      return atPlace(target, options, (place) => preflight(place, copies));
    },
    async inspect(target) {
      const { inspect } = await import("./inspect.ts");
      return atPlace(target, options, (place) => inspect(place));
    },
    defaultStore: () => null,
    hold: async (target, waitMs) => (await import("./hold.ts")).holdTarget(target, waitMs, options),
    async probe(target) {
      await using located = await locate(target, options);
      return await probeLock(located);
    },
    readState: (target) =>
      atPlace(target, options, async (place) => {
        await using connection = await connectTo(place);
        return (await readState(connection))?.row;
      }),
    async restoreInto(into, ...backup) {
      const { restoreInto } = await import("./restore-into.ts");
      await restoreInto(into, options, ...backup);
    },
  };
}
