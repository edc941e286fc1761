import { dirname, join } from "node:path";

import type { Engine } from "../engine.ts";
import { probeLock } from "./lock.ts";
import { locate } from "./place.ts";
import { openView } from "./read-view.ts";
import { acting } from "./sqlite-error.ts";
import { readState } from "./state.ts";

/** SQLite on better-sqlite3. A target is a file; everything of Belay's lies beside it. What only looks is loaded at once, the rest when it is asked for. */
export const sqliteEngine: Engine = {
  name: "sqlite",
  abilities: {
    transactionalDdl: true,
    renameSwap: true,
    exactCompare: true,
    lastingMarks: true,
    schemas: false,
    defaultStoreBesideTarget: true,
    words: {
      withoutRename: "the proven copy is copied back in place",
      renameNeeds: "if nobody holds it open then",
      cost: "a rollback copies the data back instead of renaming a file: slower, and as safe",
      advice: "leave it so, or name the file itself, by its one path",
      emptyPlace: "sqlite:copy.db",
    },
  },
  open: openView,
  reader: async (...asked) => (await import("./reader.ts")).openReader(...asked),
  preflight: async (...asked) => (await import("./preflight.ts")).preflight(...asked),
  inspect: async (...asked) => (await import("./inspect.ts")).inspect(...asked),
  defaultStore: ({ address }) => join(dirname(address), "belay-backups"),
  hold: async (...asked) => (await import("./hold.ts")).holdTarget(...asked),
  probe: (target) => acting(`looking at the lock of ${target.configured}`, async () => probeLock(await locate(target))),
  readState: (target) => acting(`reading the state of ${target.configured}`, async () => readState((await locate(target)).state)),
  laterWrites: (target, mark) =>
    acting(`counting what was written to ${target.configured}`, async () => (await import("./later-writes.ts")).lookAtWrites(target, mark)),
  schemas: async () => [],
  restoreInto: async (...asked) => (await import("./restore-into.ts")).restoreInto(...asked),
};
