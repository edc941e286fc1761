import { dirname, join } from "node:path";

import type { Engine } from "../engine.ts";
import { holdTarget } from "./hold.ts";
import { inspect } from "./inspect.ts";
import { probeLock } from "./lock.ts";
import { locate } from "./place.ts";
import { preflight } from "./preflight.ts";
import { openView } from "./read-view.ts";
import { restoreInto } from "./restore-into.ts";
import { acting } from "./sqlite-error.ts";
import { readState } from "./state.ts";

/** SQLite on better-sqlite3. A target is a file; everything of Belay's lies beside it. */
export const sqliteEngine: Engine = {
  name: "sqlite",
  abilities: { transactionalDdl: true, renameSwap: true, exactCompare: true, schemas: false, defaultStoreBesideTarget: true },
  open: openView,
  preflight,
  inspect,
  defaultStore: ({ address }) => join(dirname(address), "belay-backups"),
  hold: holdTarget,
  probe: (target) => acting(`looking at the lock of ${target.configured}`, async () => probeLock(await locate(target))),
  readState: (target) => acting(`reading the state of ${target.configured}`, async () => readState((await locate(target)).state)),
  restoreInto,
};
