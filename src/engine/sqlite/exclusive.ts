/** Nobody else may read or write a database while this is held, in either journal mode. */

import Database from "better-sqlite3";

import { isDamaged, whenFree } from "./sqlite-error.ts";

export interface ExclusiveLock extends Disposable {
  /** Moves everything that is still in the write-ahead log into the file, synced; the log is empty then. */
  emptyLog(): void;
}

/**
 * With `locking_mode = exclusive` a database in WAL mode lets nobody else be connected, in rollback mode nobody have a transaction
 * open. Writes nothing, except that a journal that a crash left is rolled back. Throws what `isBusy` knows after `waitMs`.
 * null where the file is no database that SQLite could lock.
 */
export async function lockExclusively(file: string, waitMs: number): Promise<ExclusiveLock | null> {
  const db = new Database(file, { fileMustExist: true, timeout: 0 });
  try {
    db.pragma("synchronous = full");
    db.pragma("locking_mode = exclusive");
    await whenFree(waitMs, () => db.exec("begin exclusive"));
  } catch (error) {
    db.close();
    if (isDamaged(error)) return null;
    throw error;
  }
  return {
    emptyLog() {
      db.exec("commit"); // the locking mode keeps the lock
      const [result] = db.pragma("wal_checkpoint(truncate)") as readonly { readonly busy: number }[];
      if (result?.busy !== 0) throw new Database.SqliteError("the write-ahead log could not be emptied", "SQLITE_BUSY");
    },
    [Symbol.dispose]: () => void db.close(),
  };
}
