/** What a manifest says of a database besides its rows. */

import type Database from "better-sqlite3";

import type { JsonValue } from "../../domain/canonical-json.ts";
import type { SchemaName } from "./identifiers.ts";

export function versionOf(db: Database.Database): string {
  return `SQLite ${db.prepare<[], string>("select sqlite_version()").pluck().get() ?? "unknown"}`;
}

/** The next numbers of AUTOINCREMENT tables; empty where there are none. */
export function readSequences(db: Database.Database, schema: SchemaName = "main"): Readonly<Record<string, string>> {
  const exists = db.prepare(`select 1 from ${schema}.sqlite_schema where name = 'sqlite_sequence'`).get();
  if (exists === undefined) return {};
  const rows = db
    .prepare<[], [string, number | bigint | null]>(`select name, seq from ${schema}.sqlite_sequence order by name`)
    .raw()
    .safeIntegers(true)
    .all();
  return Object.fromEntries(rows.map(([name, next]) => [name, `${next ?? 0}`]));
}

const SETTINGS = ["page_size", "page_count", "encoding", "auto_vacuum", "journal_mode", "user_version", "application_id"] as const;

export function readFacts(db: Database.Database): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(
    SETTINGS.map((setting) => {
      const value = db.pragma(setting, { simple: true });
      return [setting, typeof value === "number" ? value : String(value)];
    }),
  );
}
