/** What a database holds, read without Belay: the structure of every table and its rows, less the history that Belay keeps in it. */

import { readFileSync } from "node:fs";

import Database from "better-sqlite3";

export interface TableContent {
  readonly definition: string;
  /** By key; the row as text. */
  readonly rows: ReadonlyMap<string, string>;
}

export type Content = ReadonlyMap<string, TableContent>;

export function contentOf(db: Database.Database): Content {
  const tables = db
    .prepare<[], { name: string; sql: string }>(
      "select name, sql from sqlite_schema where type = 'table' and name not glob 'sqlite_*' and name <> 'belay_migrations' order by name",
    )
    .all();
  return new Map(tables.map(({ name, sql }) => [name, { definition: sql, rows: rowsOf(db, name) }]));
}

/** Of a file that nobody may leave anything beside: read into memory, where SQLite needs no log (bytes 18 and 19 ask for one). */
export function contentOfCopy(file: string): Content {
  const bytes = readFileSync(file);
  bytes.fill(1, 18, 20);
  const db = new Database(bytes);
  try {
    return contentOf(db);
  } finally {
    db.close();
  }
}

/** Opened for the while, so that nobody holds the file afterwards. */
export function contentOfFile(file: string): Content {
  return withFile(file, contentOf);
}

export function withFile<T>(file: string, work: (db: Database.Database) => T): T {
  const db = new Database(file, { fileMustExist: true });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Every table here has `id` as its key. */
function rowsOf(db: Database.Database, table: string): ReadonlyMap<string, string> {
  const rows = db.prepare<[], { id: number }>(`select * from "${table}" order by id`).all();
  return new Map(rows.map((row) => [String(row.id), JSON.stringify(row)]));
}

export function sameContent(one: Content, other: Content): boolean {
  return asText(one) === asText(other);
}

/** For comparing, and for people where it differs. */
export function asText(content: Content): string {
  return [...content].map(([name, { definition, rows }]) => [`${name}: ${definition}`, ...rows.values()].join("\n  ")).join("\n");
}

export interface Writes {
  readonly table: string;
  /** null where the columns are no longer the same. */
  readonly written: number | null;
  readonly gone: number | null;
}

/** What was written between two moments, table by table, as a rollback has to report it. */
export function writesBetween(before: Content, now: Content): Writes[] {
  const names = [...new Set([...before.keys(), ...now.keys()])].sort();
  return names.flatMap((table): Writes[] => {
    const [old, current] = [before.get(table), now.get(table)];
    if (old === undefined || current === undefined || old.definition !== current.definition) return [{ table, written: null, gone: null }];
    const written = [...current.rows].filter(([id, row]) => old.rows.get(id) !== row).length;
    const gone = [...old.rows.keys()].filter((id) => !current.rows.has(id)).length;
    return written + gone === 0 ? [] : [{ table, written, gone }];
  });
}
