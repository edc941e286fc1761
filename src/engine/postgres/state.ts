/** The state row: `belay.state` in the target. Whoever swaps a copy in takes it along (`overwriteState`, before). */

import { refusal, type BelayError } from "../../domain/error.ts";
import { lockLost, phaseOf, type StateRow } from "../../domain/state.ts";
import type { Connection } from "./connection.ts";
import { cannotMakeState, cannotUseState } from "./state-refused.ts";

/** How long a session that still writes for a dead run may keep the row. */
const WAIT_MS = 5_000;

const MAKE = `create schema if not exists belay;
  create table if not exists belay.state (single int4 primary key default 1 check (single = 1), run text not null, phase text not null,
    fence int8 not null, store text not null, lock_database text not null)`;

const ROW = "select run, phase, fence::text, store, lock_database from belay.state";

export interface StoredState {
  readonly row: StateRow;
  readonly lockDatabase: string;
}

/** undefined where no run ever came by. */
export async function readState(connection: Connection): Promise<StoredState | undefined> {
  if (!(await exists(connection))) return undefined;
  const [stored] = await used(connection, () => connection.rows(ROW));
  if (stored === undefined) return undefined;
  const [run, phase, fence, store, lockDatabase] = stored;
  return {
    row: { run: String(run), phase: phaseOf(String(phase)), fence: Number(fence), store: String(store) },
    lockDatabase: String(lockDatabase),
  };
}

/** Makes the row carry one number more than the last holder's and tells it. A target without a row is left without one. */
export async function nextFence(
  connection: Connection,
  lockDatabase: string,
): Promise<{ readonly fence: number; readonly state: StateRow | undefined }> {
  if (!(await exists(connection))) return { fence: 1, state: undefined };
  return waiting(connection, async () => {
    const stored = await readState(connection);
    if (stored === undefined) return { fence: 1, state: undefined };
    if (stored.lockDatabase !== lockDatabase) throw lockElsewhere(connection.database, stored.lockDatabase, lockDatabase);
    const [row] = await used(connection, () => connection.rows("update belay.state set fence = fence + 1 returning fence::text"));
    return { fence: Number(row?.[0]), state: stored.row };
  });
}

/**
 * Writes the row, durably, if it still carries this fence; with `first`, if there still is none but this run's own. Throws `lock-lost`
 * otherwise. May be repeated.
 */
export async function writeState(
  connection: Connection,
  row: StateRow,
  { lockDatabase, first }: { readonly lockDatabase: string; readonly first: boolean },
): Promise<void> {
  await waiting(connection, async () => {
    if (!(await exists(connection))) await made(connection);
    const written = await connection.rows(
      `insert into belay.state as s (single, run, phase, fence, store, lock_database) values (1, $1, $2, $3::int8, $4, $5)
         on conflict (single) do update set run = excluded.run, phase = excluded.phase, store = excluded.store, lock_database = excluded.lock_database
         where s.fence = excluded.fence and (not $6::bool or s.run = excluded.run) returning 1`,
      [row.run, row.phase, row.fence, row.store, lockDatabase, first],
    );
    if (written.length === 0) throw lockLost((await readState(connection))?.row);
  });
}

/** Puts a row in place of what a copy of the target has, which is older, and whose fence is nobody's any more; undefined: none. */
export async function overwriteState(copy: Connection, now: StoredState | undefined): Promise<void> {
  const isThere = await exists(copy);
  if (now === undefined) return isThere ? copy.run("delete from belay.state") : undefined;
  if (!isThere) await made(copy);
  const { row, lockDatabase } = now;
  await copy.rows(
    `insert into belay.state (single, run, phase, fence, store, lock_database) values (1, $1, $2, $3::int8, $4, $5)
       on conflict (single) do update set run = excluded.run, phase = excluded.phase, fence = excluded.fence, store = excluded.store, lock_database = excluded.lock_database`,
    [row.run, row.phase, row.fence, row.store, lockDatabase],
  );
}

/** Holds the row to the end of the transaction, so that nobody can take the run over meanwhile; one division by zero where somebody did. */
export function fenceStatement(fence: number): string {
  return `select 1 / pg_catalog.count(*) from (select 1 from belay.state where fence = ${fence} for share) as held`;
}

/** The same where an answer can be waited for. */
export async function holdFence(connection: Connection, fence: number): Promise<void> {
  const held = await connection.rows("select 1 from belay.state where fence = $1::int8 for share", [fence]);
  if (held.length === 0) throw lockLost((await readState(connection))?.row);
}

function lockElsewhere(database: string, theirs: string, ours: string): BelayError {
  return refusal("lock-elsewhere", `the runs of ${database} lock in the database ${theirs}, and this one would in ${ours}`, {
    hint: `write lock: { database: ${theirs} } into belay.yml; where nobody else runs Belay any more, drop the table belay.state instead`,
    facts: { theirs, ours },
  });
}

async function made(connection: Connection): Promise<void> {
  try {
    await connection.run(MAKE);
  } catch (error) {
    throw cannotMakeState(error, connection);
  }
}

async function used<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw cannotUseState(error, connection);
  }
}

async function exists(connection: Connection): Promise<boolean> {
  const [row] = await connection.rows(
    "select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = 'belay' and c.relname = 'state'",
  );
  return row !== undefined;
}

function waiting<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  return connection.transaction(`begin; set local lock_timeout = ${WAIT_MS}`, work);
}
