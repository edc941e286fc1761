/**
 * SQLite's exclusive locks on files. A connection holds ten of them, as databases that are attached to it: a run may hold a thousand
 * locks, and a connection for each takes four times the memory.
 */

import Database from "better-sqlite3";

/** As many as can be attached to a connection. */
const NAMES = Array.from({ length: 10 }, (_, at) => `file_${at}`);

interface Holder {
  readonly db: Database.Database;
  /** Names under which nothing is attached. */
  readonly free: Set<string>;
}

const holders = new Set<Holder>();

/**
 * Held until it is disposed of, or until this process ends. Throws what SQLite says, at once: `SQLITE_BUSY` where somebody else has the
 * file. Makes it where there is none, and leaves it empty.
 */
export function holdExclusively(file: string): Disposable {
  const [holder, name] = freePlace();
  try {
    attach(holder.db, name, file);
  } catch (error) {
    giveBack(holder, name);
    throw error;
  }
  let isHeld = true;
  return {
    [Symbol.dispose]() {
      if (!isHeld) return; // by now it may be the name of another's
      isHeld = false;
      holder.db.exec(`detach ${name}`);
      giveBack(holder, name);
    },
  };
}

/** Locked it stays after the transaction, which could not end for one file alone. Its journal in memory is one open file less. */
function attach(db: Database.Database, name: string, file: string): void {
  db.prepare(`attach ? as ${name}`).run(file);
  try {
    db.exec(`pragma ${name}.cache_size = 0; pragma ${name}.journal_mode = memory; pragma ${name}.locking_mode = exclusive`);
    db.exec("begin exclusive; commit");
  } catch (error) {
    db.exec(`detach ${name}`);
    throw error;
  }
}

function freePlace(): readonly [Holder, string] {
  for (const holder of holders) for (const name of holder.free) return take(holder, name);
  const holder = { db: new Database(":memory:", { timeout: 0 }), free: new Set(NAMES) };
  holders.add(holder);
  return take(holder, NAMES[0] ?? "");
}

function take(holder: Holder, name: string): readonly [Holder, string] {
  holder.free.delete(name);
  return [holder, name];
}

function giveBack(holder: Holder, name: string): void {
  holder.free.add(name);
  if (holder.free.size < NAMES.length) return;
  holders.delete(holder);
  holder.db.close();
}
