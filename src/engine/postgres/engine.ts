import type { Engine } from "../engine.ts";
import { acting } from "./acting.ts";
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
    open: async (target) => acting(`looking at ${target.name}`, async () => (await import("./read-view.ts")).openView(target, options)),
    reader: async (target, asked) => (await import("./reader.ts")).openReader(target, options, asked),
    async preflight(target, needs) {
      const [{ atPlace }, { preflight }] = await Promise.all([import("./locate.ts"), import("./preflight.ts")]);
      return acting(`looking what could stop a run of ${target.name}`, () => atPlace(target, options, (place) => preflight(place, needs)));
    },
    async inspect(target) {
      const [{ atPlace }, { inspect }] = await Promise.all([import("./locate.ts"), import("./inspect.ts")]);
      return acting(`looking at ${target.name}`, () => atPlace(target, options, (place) => inspect(place)));
    },
    defaultStore: () => null,
    async hold(target, waitMs) {
      const [{ holdTarget }, { namingActs }] = await Promise.all([import("./hold.ts"), import("./naming-acts.ts")]);
      return namingActs(await acting(`taking the lock of ${target.name}`, () => holdTarget(target, waitMs, options)), target.name);
    },
    async probe(target) {
      const [{ locate }, { probeLock }] = await Promise.all([import("./locate.ts"), import("./lock.ts")]);
      await using located = await locate(target, options);
      return await probeLock(located);
    },
    readState: async (target) =>
      acting(`reading belay.state of ${target.name}`, async () => (await import("./look-at-state.ts")).lookAtState(target, options)),
    laterWrites: async (target, mark) =>
      acting(`counting what was written to ${target.name} since`, async () =>
        (await import("./look-at-writes.ts")).lookAtWrites(target, options, mark),
      ),
    schemas: async (target) =>
      acting(`looking which schemas ${target.name} has`, async () => (await import("./read-view.ts")).schemasIn(target, options)),
    restoreInto: (into, ...backup) =>
      acting(`restoring into ${into.name}`, async () => (await import("./restore-into.ts")).restoreInto(into, options, ...backup)),
  };
}
