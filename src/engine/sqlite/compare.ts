/** Exact comparison of two databases on one connection: the before-copy, attached as `before`, with `main`. */

import type { Database } from "better-sqlite3";

import { NO_DIFFERENCE, type DataComparison, type RowCounts, type RowDifference, type TableDifference } from "../../domain/data.ts";
import { compareRows } from "./compare-rows.ts";
import { compareVirtual, type VirtualDifference } from "./compare-virtual.ts";
import type { SchemaName } from "./identifiers.ts";
import { columnsOfOneEnd } from "./row-equality.ts";
import { readShapes, type Scope, type TableShape } from "./table-shape.ts";
import { countTable, countValues, ifReadable, inOneRead, Unreadable } from "./table-sql.ts";

export interface DataOptions {
  /** Default `application`: Belay's own history table is left out. */
  readonly include?: Scope;
}

/** Rows of every table that holds data. A table that cannot be read here (its module is missing) has no count. */
export function countRows(db: Database, name: SchemaName = "main", options: DataOptions = {}): RowCounts {
  return inOneRead(db, () => {
    const shapes = [...readShapes(db, name, options.include ?? "application").values()];
    const counts = shapes.map((shape) => [shape.name, ifReadable(shape.name, () => countTable(db, name, shape))] as const);
    return Object.fromEntries(counts.flatMap(([table, count]) => (typeof count === "number" ? [[table, count]] : [])));
  });
}

/**
 * Every table of either end: rows added, removed and changed between the schema `before`, which the caller attached, and `main`, as
 * one reading of both. Tables and columns are matched by name, regardless of case as SQLite does; views and SQLite's own tables hold
 * nothing of the application's. Reads all rows of both ends: about 0.2 s for a million rows that are equal.
 *
 * A table that this build of SQLite cannot read carries `unproven`. Throws `target-damaged`, naming the table, where a file itself is.
 */
export function compareDatabases(db: Database, options: DataOptions = {}): DataComparison {
  return inOneRead(db, () => {
    const scope = options.include ?? "application";
    const before = readShapes(db, "before", scope);
    const after = readShapes(db, "main", scope);
    const names = [...new Set([...before.keys(), ...after.keys()])];
    const tables = names.flatMap((name) => compareTable(db, before.get(name), after.get(name)) ?? []);
    return { tables: tables.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  });
}

function compareTable(db: Database, before: TableShape | undefined, after: TableShape | undefined): TableDifference | null {
  const name = after?.name ?? before?.name;
  if (name === undefined) return null;
  const rowsBefore = before === undefined ? null : ifReadable(name, () => countTable(db, "before", before));
  const rowsAfter = after === undefined ? null : ifReadable(name, () => countTable(db, "main", after));
  const counts = { name, rowsBefore: countOf(rowsBefore), rowsAfter: countOf(rowsAfter) };
  const columns = before === undefined || after === undefined ? { added: [], dropped: [] } : columnsOfOneEnd(before, after);
  const table = (rows: RowDifference, unproven?: string): TableDifference => ({
    ...counts,
    ...rows,
    columnsAdded: columns.added,
    columnsDropped: columns.dropped,
    ...(before === undefined || columns.dropped.length === 0 || unproven !== undefined
      ? {}
      : { valuesDropped: countValues(db, "before", before, columns.dropped) }),
    ...(unproven === undefined ? {} : { unproven }),
  });
  const unreadable = [rowsBefore, rowsAfter].find((count) => count instanceof Unreadable);
  if (unreadable instanceof Unreadable) return table(NO_DIFFERENCE, unreadable.why);
  if (before === undefined || after === undefined) {
    return table({ ...NO_DIFFERENCE, added: counts.rowsAfter ?? 0, removed: counts.rowsBefore ?? 0 });
  }
  const ends = { before, after, rowsBefore: counts.rowsBefore ?? 0, rowsAfter: counts.rowsAfter ?? 0 };
  const found = ifReadable(name, (): VirtualDifference =>
    after.module === null ? { rows: compareRows(db, ends) } : compareVirtual(db, ends),
  );
  return found instanceof Unreadable ? table(NO_DIFFERENCE, found.why) : table(found.rows, found.unproven);
}

function countOf(count: number | Unreadable | null): number | null {
  return count instanceof Unreadable ? null : count;
}
