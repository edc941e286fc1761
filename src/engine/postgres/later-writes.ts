/**
 * What was written since a run settled, counted from the transaction numbers that every row carries: exact for inserts, updates, deletes,
 * aborted and merely locking transactions. Statistics count what was rolled back, and the log grows by itself.
 */

import type { JsonValue } from "../../domain/canonical-json.ts";
import type { LaterWrites } from "../../domain/result.ts";
import type { Connection } from "./connection.ts";
import { readIdentity } from "./identity.ts";
import { LARGE_OBJECTS } from "./labels.ts";
import { fingerprintLargeObjects } from "./large-objects.ts";
import { parseMark, RECENT_KINDS, type Mark, type MarkedTable, type Recent, type RowAges } from "./later-writes-mark.ts";
import { writtenSince, xid } from "./row-age.ts";
import type { Scope } from "./scope.ts";
import { readPositions } from "./sequences.ts";
import { readTables, type Table } from "./tables.ts";

const ONE_SNAPSHOT = "begin isolation level repeatable read, read only";
/** The server itself tells older from newer only among so many transactions. */
const MOST_TRANSACTIONS = 2n ** 31n - 2n ** 20n;

/** Counts every row of every table. The value is for the journal; the connection must not be in a transaction. */
export async function makeMark(connection: Connection, scope: Scope): Promise<JsonValue> {
  const { live } = await readIdentity(connection);
  return connection.transaction(ONE_SNAPSHOT, async () => {
    const { next, oldest, running } = await readMoment(connection);
    const files = await readFiles(connection);
    const mark: Omit<Mark, "tables"> = {
      version: 2,
      database: live,
      next: String(next),
      oldest: String(oldest),
      running: running.map(String),
      schemas: scope.schemas,
      sequences: await standaloneSequences(connection, scope),
      largeObjects: await fingerprintLargeObjects(connection, scope),
    };
    const tables: Record<string, MarkedTable> = {};
    for (const table of await readTables(connection, { ...scope, include: "all" })) {
      const { old, recent, written } = await countByAge(connection, table, mark, next);
      tables[table.label] = { oid: table.oid, files: files.get(table.oid) ?? [], old: old + written, recent };
    }
    return { ...mark, tables: { ...tables } } satisfies Mark;
  });
}

/**
 * A mark of a copy that is sealed: nobody else has written to it, so that the rows that were counted as it was proven are its own, and
 * older than now. `rows`: by label; a table that it lacks is counted.
 */
export async function makeMarkOfCopy(connection: Connection, scope: Scope, rows: ReadonlyMap<string, number>): Promise<JsonValue> {
  const { live } = await readIdentity(connection);
  return connection.transaction(ONE_SNAPSHOT, async () => {
    const { next } = await readMoment(connection);
    const files = await readFiles(connection);
    const tables: Record<string, MarkedTable> = {};
    for (const { oid, label, from } of await readTables(connection, { ...scope, include: "all" })) {
      const old = rows.get(label) ?? Number((await connection.rows(`select count(*) from ${from}`))[0]?.[0]);
      tables[label] = { oid, files: files.get(oid) ?? [], old, recent: {} };
    }
    return {
      version: 2,
      database: live,
      next: String(next),
      oldest: String(next),
      running: [],
      schemas: scope.schemas,
      tables,
      sequences: await standaloneSequences(connection, scope),
      largeObjects: await fingerprintLargeObjects(connection, scope),
    } satisfies Mark;
  });
}

/**
 * By table, by sequence where one that no column owns was used, and large objects as a whole; null where it cannot be told: the mark is another database's, or too
 * many transactions ago. Of a table that was emptied, rewritten or made anew, all rows count as written and all that were as gone.
 */
export async function writesSince(connection: Connection, value: JsonValue): Promise<readonly LaterWrites[] | null> {
  const mark = parseMark(value);
  if (mark === undefined || (await readIdentity(connection)).live !== mark.database) return null;
  return connection.transaction(ONE_SNAPSHOT, async () => {
    const { next } = await readMoment(connection);
    const passed = next - BigInt(mark.next);
    if (passed < 0n || next - BigInt(mark.oldest) > MOST_TRANSACTIONS) return null;
    const scope: Scope = { schemas: mark.schemas, include: "all" };
    if (passed === 0n && mark.oldest === mark.next && !(await hasUnlogged(connection))) return await sequencesUsed(connection, scope, mark);
    const files = await readFiles(connection);
    const tables = await readTables(connection, scope);
    const writes: LaterWrites[] = [];
    const unreadable = await readUnreadable(connection);
    for (const table of tables) {
      const unknown = unreadable.has(table.oid);
      writes.push(
        unknown
          ? { table: table.label, written: null, gone: null }
          : await writesTo(connection, table, files.get(table.oid) ?? [], mark, next),
      );
    }
    const present = new Set(tables.map(({ label }) => label));
    for (const [label, was] of Object.entries(mark.tables)) {
      if (!present.has(label)) writes.push({ table: label, written: 0, gone: was.old + total(was.recent) });
    }
    const others = [...(await sequencesUsed(connection, scope, mark)), ...(await largeObjectsWritten(connection, scope, mark))];
    return [...writes.filter((write) => write.written !== 0 || write.gone !== 0), ...others].sort((a, b) => (a.table < b.table ? -1 : 1));
  });
}

/**
 * Where nothing ran at the mark and nothing has ended since, no row is another one. Two things change without a transaction: sequences,
 * and what a crash empties.
 */
async function hasUnlogged(connection: Connection): Promise<boolean> {
  return (
    (await connection.rows("select 1 from pg_catalog.pg_class where relpersistence = 'u' and relkind in ('r', 'm') limit 1")).length > 0
  );
}

/** Tables that somebody else made since, or took from this role: of those nobody can tell, and that is no reason to tell nothing of the others. */
async function readUnreadable(connection: Connection): Promise<ReadonlySet<string>> {
  const rows = await connection.rows(
    `select c.oid::text from pg_catalog.pg_class c where c.relkind in ('r', 'p')
     and not (pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE') and pg_catalog.has_table_privilege(c.oid, 'SELECT'))`,
  );
  return new Set(rows.map(([oid]) => oid ?? ""));
}

async function writesTo(connection: Connection, table: Table, files: readonly string[], mark: Mark, now: bigint): Promise<LaterWrites> {
  const was = mark.tables[table.label];
  const { old, recent, written } = await countByAge(connection, table, mark, now);
  // New partitions are no rewriting: their rows tell by themselves.
  const rewritten = was === undefined || was.oid !== table.oid || was.files.some((file) => !files.includes(file));
  if (rewritten) {
    return { table: table.label, written: old + total(recent) + written, gone: was === undefined ? 0 : was.old + total(was.recent) };
  }
  return {
    table: table.label,
    // Older rows that were not there came with a partition that was attached, or with a subtransaction.
    written: written + Math.max(0, old - was.old) + more(recent, was.recent),
    gone: Math.max(0, was.old - old) + more(was.recent, recent),
  };
}

/** How many rows of each kind `these` has more than `those`, together. */
function more(these: Recent, those: Recent): number {
  return Object.entries(these).reduce((sum, [kind, rows]) => sum + Math.max(0, rows - (those[kind] ?? 0)), 0);
}

function total(recent: Recent): number {
  return more(recent, {});
}

/**
 * The same mark as of now, to be had before somebody looks whether anything was written since: if nothing was, it holds, and is answered
 * without a look at any row for as long as the whole server is quiet. The mark as it is where transactions run now.
 */
export async function markOfNow(connection: Connection, value: JsonValue): Promise<JsonValue> {
  const mark = parseMark(value);
  const { next, oldest } = await readMoment(connection);
  if (mark === undefined || oldest !== next) return value;
  const tables = Object.entries(mark.tables).map(
    ([label, { old, recent, ...table }]) => [label, { ...table, old: old + total(recent), recent: {} }] as const,
  );
  return { ...mark, next: String(next), oldest: String(oldest), running: [], tables: Object.fromEntries(tables) };
}

interface Moment {
  /** No transaction with this number or a later one has begun. */
  readonly next: bigint;
  /** All before this one have ended. */
  readonly oldest: bigint;
  /** Those between the two that had not ended. */
  readonly running: readonly bigint[];
}

async function readMoment(connection: Connection): Promise<Moment> {
  const [row] = await connection.rows(
    `select pg_catalog.txid_snapshot_xmax(s)::text, pg_catalog.txid_snapshot_xmin(s)::text,
       array_to_json(array(select x::text from pg_catalog.txid_snapshot_xip(s) x))::text
     from pg_catalog.txid_current_snapshot() s`,
  );
  const [next, oldest, running] = row ?? [];
  const numbers: string[] = JSON.parse(running ?? "[]");
  return { next: BigInt(next ?? 0), oldest: BigInt(oldest ?? 0), running: numbers.map(BigInt) };
}

/**
 * Rows by the transaction that wrote them: `old` before all that ran at the mark, `written` since, `recent` among those that ran beside
 * the ones still running then. A transaction's subtransactions are not listed as running: what they wrote shows among `recent` later, by
 * numbers that were not there. Rows from 2^31 transactions ago and more look as if they were still to come; they are old.
 */
async function countByAge(
  connection: Connection,
  { from }: Table,
  mark: Pick<Mark, "next" | "oldest" | "running">,
  now: bigint,
): Promise<RowAges> {
  const since = (number: string) => writtenSince(BigInt(number), now, connection.serverVersion);
  const written = [since(mark.next), ...mark.running.map((number) => `xmin = ${xid(BigInt(number))}`)].join(" or ");
  const before = `not (${since(mark.oldest)})`;
  const [row] = await connection.rows(
    `select count(*) filter (where ${before}), count(*) filter (where ${written}), count(*) from ${from}`,
  );
  const [old = 0, later = 0, all = 0] = (row ?? []).map(Number);
  if (all === old + later) return { old, written: later, recent: {} };
  const kinds = await connection.rows(
    `select (xmin::text::bigint % ${RECENT_KINDS})::text, count(*) from ${from} where not (${before} or ${written}) group by 1`,
  );
  return { old, written: later, recent: Object.fromEntries(kinds.map(([kind, rows]) => [kind ?? "", Number(rows)])) };
}

/** By table, as `MarkedTable.files`. */
async function readFiles(connection: Connection): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await connection.rows(
    `select c.oid::text, array_to_json(case when c.relkind = 'r' then array[pg_catalog.pg_relation_filenode(c.oid)::text]
       else array(select t.relid::oid::text || ':' || pg_catalog.pg_relation_filenode(t.relid)::text
         from pg_catalog.pg_partition_tree(c.oid) t where t.isleaf) end)::text
     from pg_catalog.pg_class c where c.relkind in ('r', 'p')`,
  );
  return new Map(rows.map(([table, files]) => [table ?? "", JSON.parse(files ?? "[]") as string[]]));
}

/** What a serial or identity column gave out is seen in its table; numbers that went with a transaction that was undone are no loss. */
async function standaloneSequences(connection: Connection, scope: Scope): Promise<Record<string, string>> {
  const positions = await readPositions(connection, scope);
  return Object.fromEntries(positions.filter(({ owned }) => !owned).map(({ label, position }) => [label, position]));
}

/** Their pages tell nothing to an ordinary role, so that they are not counted: they hold what they held, or something else. */
async function largeObjectsWritten(connection: Connection, scope: Scope, mark: Mark): Promise<LaterWrites[]> {
  const now = await fingerprintLargeObjects(connection, scope);
  return now === mark.largeObjects ? [] : [{ table: LARGE_OBJECTS, written: null, gone: null }];
}

async function sequencesUsed(connection: Connection, scope: Scope, mark: Mark): Promise<LaterWrites[]> {
  const now = await standaloneSequences(connection, scope);
  const moved = Object.keys(now).filter((label) => now[label] !== mark.sequences[label]);
  return moved.map((label) => ({ table: `sequence ${label}`, written: null, gone: null }));
}
