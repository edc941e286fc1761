/**
 * The lock of a target: SQLite's exclusive one on an empty database beside it. The system frees it when this process dies. A file of its
 * own, because the target itself is opened, copied and renamed while the lock is held.
 */

import { existsSync } from "node:fs";

import Database from "better-sqlite3";

import { refusal } from "../../domain/error.ts";
import type { LockProbe } from "../engine.ts";
import { holdExclusively } from "./exclusive-files.ts";
import { nameHolders } from "./holders.ts";
import type { Place } from "./place.ts";
import { assertFolder, isReadOnlyFileSystem } from "./refuse-open.ts";
import { isBusy, isSqliteError, whenFree } from "./sqlite-error.ts";

/** Held until it is disposed of. Refuses with `locked` after `waitMs`. */
export async function takeLock(place: Place, waitMs: number): Promise<Disposable> {
  try {
    return await whenFree(waitMs, () => holdExclusively(place.lock));
  } catch (error) {
    throw isBusy(error) ? locked(place.configured, place.lock) : unavailable(place, error);
  }
}

/** Takes no lock that could refuse anybody, and creates nothing. */
export function probeLock(place: Place): LockProbe {
  if (!existsSync(place.lock)) return { held: false, holder: null };
  const db = new Database(place.lock, { fileMustExist: true, timeout: 0 });
  try {
    db.prepare("select count(*) from sqlite_schema").get();
    return { held: false, holder: null };
  } catch (error) {
    if (isBusy(error)) return { held: true, holder: nameHolders(place.lock) };
    // a dead owner's journal, which this user may not roll back: nobody holds the lock
    if (isSqliteError(error) && error.code.startsWith("SQLITE_READONLY")) return { held: false, holder: null };
    throw error;
  } finally {
    db.close();
  }
}

function unavailable(place: Place, error: unknown): unknown {
  if (!isSqliteError(error)) return error;
  assertFolder(place);
  const readOnly = isReadOnlyFileSystem(place.folder);
  return refusal(
    "lock-unavailable",
    `the lock ${place.lock} cannot be opened: ${readOnly ? "its file system is read-only" : error.message}`,
    {
      hint: "Belay must be able to write files in the database's folder",
      cause: error,
    },
  );
}

/** `lock` is the file whose holder stands in the way. */
export function locked(target: string, lock: string): Error {
  const holder = nameHolders(lock);
  return refusal("locked", `another run of Belay has ${target}${holder === null ? "" : `: ${holder}`}`, {
    hint: "wait until it has ended; `belay status` shows who has the lock",
    facts: { holder },
  });
}
