/** Adopting a database that had its migrations before Belay came: those up to the baseline count as applied. */

import { nearest } from "../../domain/nearest.ts";
import type { Reason } from "../../domain/error.ts";
import type { Session, SqlDialect } from "../../domain/session.ts";
import type { HistoryRow } from "./history.ts";
import type { MigrationFiles } from "./layout.ts";
import { readAll, readUp, shown, type Place } from "./migrations.ts";
import { reasonAt } from "./problem.ts";
import { checksumOf } from "./source.ts";

export interface Adoption {
  /** What counts as applied without having been; in the order of the migrations. Written to the history with the next migration. */
  readonly rows: readonly HistoryRow[];
  /** Why the baseline cannot be what belay.yml says; null where it can, or where there is none. */
  readonly obstacle: Reason | null;
}

const NOTHING: Adoption = { rows: [], obstacle: null };

const COUNT_TABLES: Readonly<Record<SqlDialect, string>> = {
  sqlite: "select count(*) from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'",
  postgres: "select count(*) from pg_catalog.pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
};

function countTablesIn(schema: string): string {
  return `select count(*) from pg_catalog.pg_tables where schemaname = '${schema.replaceAll("'", "''")}'`;
}

/** `history`: null where the target has none. Only then does a baseline do anything; afterwards it may stay in belay.yml. */
export async function adopt(
  place: Place,
  migrations: readonly MigrationFiles[],
  history: readonly HistoryRow[] | null,
  session: Session,
): Promise<Adoption> {
  const { baseline } = place;
  if (baseline === null) return NOTHING;
  if (history !== null) return { rows: [], obstacle: history.some(({ id }) => id === baseline) ? null : tooLate(baseline) };
  const last = migrations.findIndex(({ id }) => id === baseline);
  if (last < 0) return { rows: [], obstacle: unknown(baseline, migrations) };
  const tables = await session.query(place.schema === null ? COUNT_TABLES[session.dialect] : countTablesIn(place.schema));
  if (Number(tables.rows[0]?.[0] ?? 0) === 0) return { rows: [], obstacle: emptyDatabase(baseline) };
  const adoptedAt = new Date().toISOString();
  const adopted = await readAll(migrations.slice(0, last + 1), (files) => ({ files, bytes: readUp(place, files) }));
  const rows = adopted.flatMap(({ files, bytes }) =>
    bytes instanceof Uint8Array ? [{ id: files.id, checksum: checksumOf(bytes), appliedAt: adoptedAt }] : [],
  );
  const [unread] = adopted.flatMap(({ files, bytes }) => (bytes instanceof Uint8Array ? [] : [reasonAt(shown(place, files.up), bytes)]));
  return unread === undefined ? { rows, obstacle: null } : { rows: [], obstacle: unread };
}

function tooLate(baseline: string): Reason {
  return {
    code: "baseline-too-late",
    message: `migrate.baseline is ${baseline}, but the target has a history already, and ${baseline} is not in it`,
    hint: "remove migrate.baseline: it only adopts a database that Belay has not migrated yet",
  };
}

function unknown(baseline: string, migrations: readonly MigrationFiles[]): Reason {
  const meant = nearest(
    baseline,
    migrations.map(({ id }) => id),
  );
  return {
    code: "baseline-unknown",
    message: `migrate.baseline is ${baseline}, but no migration has this id`,
    hint:
      meant === null
        ? "name the last migration that the database already has: its file's name without the ending"
        : `did you mean ${meant}?`,
  };
}

function emptyDatabase(baseline: string): Reason {
  return {
    code: "baseline-of-nothing",
    message: `migrate.baseline says that the database has the migrations up to ${baseline}, but it has no table at all`,
    hint: "look whether this is the right database; a new one needs all migrations: remove migrate.baseline for it",
  };
}
