/** Small questions to a table. */

import type { Database } from "better-sqlite3";

import { failure, messageOf } from "../../domain/error.ts";
import { quoteName, type SchemaName } from "./identifiers.ts";
import { isDamaged, isSqliteError } from "./sqlite-error.ts";
import type { TableShape } from "./table-shape.ts";

/** A table, with the database it stands in. */
export function place(schema: SchemaName, table: TableShape): string {
  return `${quoteName(schema)}.${quoteName(table.name)}`;
}

/** A table to be read in the order in which its rows lie. A covering index looks cheaper to SQLite, but then every partner is a random read. */
export function inOrder(schema: SchemaName, table: TableShape, alias: string): string {
  return `${place(schema, table)} ${alias} not indexed`;
}

/** The first row of a query of numbers; what SQL left NULL counts as none. */
export function numbers(db: Database, sql: string): number[] {
  const row = db.prepare<[], (number | null)[]>(sql).raw().safeIntegers(false).get() ?? [];
  return row.map((value) => value ?? 0);
}

export function countTable(db: Database, schema: SchemaName, table: TableShape): number {
  return numbers(db, `select count(*) from ${place(schema, table)}`)[0] ?? 0;
}

/** Values other than NULL in each of some columns. */
export function countValues(db: Database, schema: SchemaName, table: TableShape, columns: readonly string[]): Record<string, number> {
  const counts = numbers(db, `select ${columns.map((column) => `count(${quoteName(column)})`).join(", ")} from ${place(schema, table)}`);
  return Object.fromEntries(columns.map((column, index) => [column, counts[index] ?? 0]));
}

/** Why a table cannot be read by this build of SQLite, although the file is sound. */
export class Unreadable {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

/**
 * SQLITE_ERROR is about the statement: a module, function or collation that only the application has. That makes the one table
 * unprovable. Every other code is about the file, a lock or the machine, and no comparison goes on after it.
 */
export function ifReadable<T>(table: string, read: () => T): T | Unreadable {
  try {
    return read();
  } catch (thrown) {
    if (isSqliteError(thrown) && thrown.code === "SQLITE_ERROR") return new Unreadable(`SQLite cannot read it here: ${thrown.message}`);
    if (!isDamaged(thrown)) throw thrown;
    throw failure("target-damaged", `reading table ${table}: ${messageOf(thrown)}`, {
      hint: "run `PRAGMA integrity_check` on the database and on its backup before anything else",
      cause: thrown,
      facts: { table },
    });
  }
}

/** One transaction, so that all statements of `work` see one moment; takes part in the one that may be open. */
export function inOneRead<T>(db: Database, work: () => T): T {
  return db.transaction(work).deferred();
}
