/** The table in which the target itself keeps what was applied to it. */

import { failure, messageOf } from "../../domain/error.ts";
import type { Session, SqlDialect } from "../../domain/session.ts";
import { inOrder } from "./order.ts";

export interface HistoryRow {
  readonly id: string;
  /** SHA-256 of the file as it was when it was applied. */
  readonly checksum: string;
  /** ISO 8601, UTC. */
  readonly appliedAt: string;
}

export interface NewHistoryRow extends HistoryRow {
  /** Whole milliseconds; or the time, as ISO 8601 in UTC, from which the database itself counts them when it writes the row. */
  readonly durationMs: number | { readonly since: string };
  readonly run: string;
}

const TABLE = "belay_migrations";

const EXISTS: Readonly<Record<SqlDialect, string>> = {
  sqlite: `select count(*) from sqlite_master where type = 'table' and lower(name) = '${TABLE}'`,
  postgres: `select count(*) from pg_catalog.pg_class where oid = pg_catalog.to_regclass('${TABLE}')`,
};

/** A tenant has a table of its own, whatever else is on its path. */
function existsIn(schema: string): string {
  return `select count(*) from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${literal(schema)} and c.relname = '${TABLE}'`;
}

function tableIn(schema: string): string {
  return `"${schema.replaceAll('"', '""')}".${TABLE}`;
}

const MS_SINCE: Readonly<Record<SqlDialect, (time: string) => string>> = {
  sqlite: (time) => `cast(max(0, round((julianday('now') - julianday(${time})) * 86400000)) as integer)`,
  postgres: (time) => `greatest(0, round(extract(epoch from clock_timestamp() - cast(${time} as timestamptz)) * 1000))`,
};

/** As ISO 8601 in UTC, with milliseconds. */
const NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";

/** When the transaction began, in the same form, and the whole milliseconds since; null where the database cannot tell. */
const BEGAN: Readonly<Record<SqlDialect, { readonly time: string; readonly msSince: string } | null>> = {
  sqlite: null,
  postgres: {
    time: `pg_catalog.to_char(pg_catalog.now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    msSince: "greatest(0, pg_catalog.round(extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.now()) * 1000))",
  },
};

/**
 * What was applied, in the order of application; null where the table does not exist. That order is the migrations' own, since
 * none is ever applied below the highest: the clock, which may jump, has no say in it. `schema`: a tenant's; null: the target has one history.
 */
export async function readHistory(session: Session, schema: string | null = null): Promise<readonly HistoryRow[] | null> {
  const exists = await session.query(schema === null ? EXISTS[session.dialect] : existsIn(schema));
  if (Number(exists.rows[0]?.[0] ?? 0) === 0) return null;
  try {
    const { rows } = await session.query(`select id, checksum, applied_at from ${schema === null ? TABLE : tableIn(schema)}`);
    const history = rows.map(([id, checksum, appliedAt]) => ({ id: String(id), checksum: String(checksum), appliedAt: String(appliedAt) }));
    return inOrder(history, ({ id }) => id);
  } catch (error) {
    throw failure("history-unreadable", `reading the history table ${TABLE}: ${messageOf(error)}`, {
      hint: `if another program made a table of this name, rename that one; Belay's has the columns id, checksum, applied_at, duration_ms and run`,
      cause: error,
    });
  }
}

/** How its statements name it, and in which dialect. */
export interface HistoryTable {
  readonly dialect: SqlDialect;
  readonly name: string;
}

/** With its schema where there are any: a migration may change the search path (those that pg_dump writes do) before its row is written. */
export async function historyTable(session: Session, schema: string | null = null): Promise<HistoryTable> {
  const { dialect } = session;
  if (schema !== null) return { dialect, name: tableIn(schema) };
  if (dialect === "sqlite") return { dialect, name: TABLE };
  const { rows } = await session.query(
    `select pg_catalog.quote_ident(coalesce((select n.nspname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where c.oid = pg_catalog.to_regclass('${TABLE}')), pg_catalog.current_schema()))`,
  );
  const found = rows[0]?.[0];
  return { dialect, name: typeof found === "string" ? `${found}.${TABLE}` : TABLE };
}

/** Plain SQL, valid in every dialect. To run in the transaction of the first migration, so that a failed first run leaves nothing behind. */
export function createHistory({ name }: HistoryTable): string {
  return `create table if not exists ${name} (
  id text not null primary key,
  checksum text not null,
  applied_at text not null,
  duration_ms integer not null,
  run text not null
)`;
}

/** Literals instead of parameters: dialects differ in how these are written, and a literal can share a round trip. */
export function insertHistory({ id, checksum, appliedAt, durationMs, run }: NewHistoryRow, { dialect, name }: HistoryTable): string {
  const duration = typeof durationMs === "number" ? String(durationMs) : MS_SINCE[dialect](literal(durationMs.since));
  const values = [literal(id), literal(checksum), literal(appliedAt), duration, literal(run)];
  return `insert into ${name} (id, checksum, applied_at, duration_ms, run) values (${values.join(", ")})`;
}

/** What writes a migration's row, and where among the migration's own statements. */
export interface HistoryAround {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * The row of a migration whose begin only the database knows, as others may still be before it. A database that tells when the transaction
 * began writes it once, at the end; for others a first statement writes it, and a second one how long it took.
 */
export function historyAround(
  { id, checksum, run }: Pick<NewHistoryRow, "id" | "checksum" | "run">,
  { dialect, name }: HistoryTable,
): HistoryAround {
  const insert = (appliedAt: string, durationMs: string) =>
    `insert into ${name} (id, checksum, applied_at, duration_ms, run) values (${literal(id)}, ${literal(checksum)}, ${appliedAt}, ${durationMs}, ${literal(run)})`;
  const began = BEGAN[dialect];
  if (began !== null) return { before: [], after: [insert(began.time, began.msSince)] };
  return {
    before: [insert(NOW, "0")],
    after: [`update ${name} set duration_ms = ${MS_SINCE[dialect]("applied_at")} where id = ${literal(id)}`],
  };
}

export function deleteHistory(id: string, { name }: HistoryTable): string {
  return `delete from ${name} where id = ${literal(id)}`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
