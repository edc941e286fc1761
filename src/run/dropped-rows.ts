import type { DataComparison } from "../domain/data.ts";
import type { DroppedRows } from "../domain/result.ts";

/** What is there no more: rows, and columns that held anything but NULL. */
export function droppedRows({ tables }: DataComparison): readonly DroppedRows[] {
  return tables.flatMap(({ name, rowsBefore, rowsAfter, removed, columnsDropped, valuesDropped = {} }) => {
    const rows = rowsAfter === null ? (rowsBefore ?? 0) : removed;
    const columns = rowsAfter === null ? [] : columnsDropped.filter((column) => valuesDropped[column] !== 0);
    return rows === 0 && columns.length === 0 ? [] : [{ table: name, rows, columns }];
  });
}
