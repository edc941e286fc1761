/** Single statements on an open connection: values in, values out, nothing rounded. */

import type Database from "better-sqlite3";

import { refusal } from "../../domain/error.ts";
import type { Rows, SqlValue } from "../../domain/session.ts";
import { statementError } from "./sqlite-error.ts";

type Bound = null | string | number | bigint | Uint8Array;

export interface QueryLimits {
  /** Refuses every statement that SQLite does not know to be reading only. */
  readonly readOnly: boolean;
}

export function runQuery(
  db: Database.Database,
  sql: string,
  parameters: readonly SqlValue[] = [],
  limits: QueryLimits = { readOnly: false },
): Rows {
  try {
    const statement = db.prepare<Bound[], Bound[]>(sql);
    if (limits.readOnly && !statement.readonly) {
      throw refusal("read-only-session", `this look at the database may not write: ${sql.slice(0, 200)}`, {
        hint: "use a query that only reads",
      });
    }
    const bound = parameters.map(bind);
    if (!statement.reader) {
      statement.run(...bound);
      return { columns: [], rows: [] };
    }
    const columns = statement.columns().map(({ name }) => name);
    return {
      columns,
      rows: statement
        .raw(true)
        .safeIntegers(true)
        .all(...bound)
        .map((row) => row.map(unbind)),
    };
  } catch (error) {
    throw statementError(error, db.name, { statement: 0 });
  }
}

/** `before` is told each statement before it runs. */
export function runStatements(db: Database.Database, statements: readonly string[], before: (sql: string) => void): void {
  for (const [index, sql] of statements.entries()) {
    try {
      before(sql);
      db.exec(sql);
    } catch (error) {
      throw statementError(error, db.name, { statement: index });
    }
  }
}

function bind(value: SqlValue): Bound {
  return typeof value === "boolean" ? (value ? 1 : 0) : value;
}

/** Whole numbers become plain ones where that loses nothing. */
function unbind(value: Bound): SqlValue {
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
