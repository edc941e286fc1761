/** The state row in `<db>.belay`: a database of its own, so that the target holds nothing of Belay's runs. */

import { existsSync } from "node:fs";

import Database from "better-sqlite3";

import { assertFence, phaseOf, type StateRow } from "../../domain/state.ts";
import type { OwnerFence } from "./host-api.ts";
import { whenFree } from "./sqlite-error.ts";

const WAIT_MS = 5_000;
const TABLE =
  "create table if not exists state (only integer primary key check (only = 1), run text not null, phase text not null, fence integer not null, store text not null) strict";

/** undefined where no run ever came by. Creates nothing. */
export async function readState(path: string): Promise<StateRow | undefined> {
  if (!existsSync(path)) return undefined;
  const db = new Database(path, { fileMustExist: true, timeout: 0 });
  try {
    return await whenFree(WAIT_MS, () => rowOf(db));
  } finally {
    db.close();
  }
}

/** Makes the row carry one number more than the last holder's and tells it. A target without a row is left without one. */
export async function nextFence(path: string, waitMs: number): Promise<{ readonly fence: number; readonly state: StateRow | undefined }> {
  if (!existsSync(path)) return { fence: 1, state: undefined };
  return change(path, waitMs, (db) => {
    const state = rowOf(db);
    if (state === undefined) return { fence: 1, state };
    db.prepare("update state set fence = fence + 1").run();
    return { fence: state.fence + 1, state };
  });
}

/** Writes the row, durably, if it still carries this fence (or none was ever written). Throws `lock-lost` otherwise. */
export async function writeState(path: string, row: StateRow): Promise<void> {
  await change(path, WAIT_MS, (db) => {
    db.exec(TABLE);
    assertFence(rowOf(db), row.fence);
    db.prepare(
      "insert into state values (1, ?, ?, ?, ?) on conflict do update set run = excluded.run, phase = excluded.phase, fence = excluded.fence, store = excluded.store",
    ).run(row.run, row.phase, row.fence, row.store);
  });
}

/**
 * As long as this is held nobody can take the run over, even if its owner dies meanwhile: whoever tries needs to write the row.
 * Throws `lock-lost` when somebody already did.
 */
export function holdFence(owner: OwnerFence): Disposable {
  if (!existsSync(owner.state)) return { [Symbol.dispose]: () => undefined };
  const db = new Database(owner.state, { fileMustExist: true, timeout: WAIT_MS });
  try {
    db.exec("begin");
    assertFence(rowOf(db), owner.fence);
  } catch (error) {
    db.close();
    throw error;
  }
  return { [Symbol.dispose]: () => void db.close() };
}

async function change<T>(path: string, waitMs: number, work: (db: Database.Database) => T): Promise<T> {
  const db = new Database(path, { timeout: 0 });
  try {
    db.pragma("synchronous = extra"); // the folder too, so that not even the removal of the journal can be undone by a power loss
    const transaction = db.transaction(() => work(db));
    return await whenFree(waitMs, () => transaction.immediate());
  } finally {
    db.close();
  }
}

function rowOf(db: Database.Database): StateRow | undefined {
  const table = db.prepare("select 1 from sqlite_schema where type = 'table' and name = 'state'").get();
  if (table === undefined) return undefined;
  const row = db
    .prepare<[], { run: string; phase: string; fence: number; store: string }>("select run, phase, fence, store from state")
    .get();
  return row && { ...row, phase: phaseOf(row.phase) };
}
