import type { Engine } from "../engine.ts";
import type { PostgresOptions } from "./options.ts";

/** PostgreSQL on `pg`. A target is a database; Belay's state lies in it, copies beside it. The driver is loaded when there is something to ask. */
export function postgresEngine(options: PostgresOptions): Engine {
  return {
    name: "postgres",
    abilities: {
      transactionalDdl: true,
      renameSwap: true,
      exactCompare: false,
      lastingMarks: false,
      schemas: true,
      defaultStoreBesideTarget: false,
      words: {
        withoutRename: "its schemas are moved aside and filled anew from the proven copy",
        renameNeeds: "if nobody is connected then who cannot be held off",
        cost: "a rollback restores the schemas instead of renaming the database: slower, and as safe",
        advice: "leave it so, or take away what stands in its way",
        emptyPlace: "postgres://HOST/NEW_DATABASE",
      },
    },
    open: async (target) => (await import("./read-view.ts")).openView(target, options),
    reader: async (target, asked) => (await import("./reader.ts")).openReader(target, options, asked),
    async preflight(target, needs) {
      const [{ atPlace }, { preflight }] = await Promise.all([import("./locate.ts"), import("./preflight.ts")]);
      return atPlace(target, options, (place) => preflight(place, needs));
    },
    async inspect(target) {
      const [{ atPlace }, { inspect }] = await Promise.all([import("./locate.ts"), import("./inspect.ts")]);
      return atPlace(target, options, (place) => inspect(place));
    },
    defaultStore: () => null,
    hold: async (target, waitMs) => (await import("./hold.ts")).holdTarget(target, waitMs, options),
    async probe(target) {
      const [{ locate }, { probeLock }] = await Promise.all([import("./locate.ts"), import("./lock.ts")]);
      await using located = await locate(target, options);
      return await probeLock(located);
    },
    readState: async (target) => (await import("./look-at-state.ts")).lookAtState(target, options),
    restoreInto: async (into, ...backup) => (await import("./restore-into.ts")).restoreInto(into, options, ...backup),
  };
}
