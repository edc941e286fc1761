/** The two ends of a table that is to be compared: which columns both have, and what pairs their rows. */

import type { Column } from "./columns.ts";
import { columnNamed } from "./fingerprint.ts";
import type { Table } from "./tables.ts";

export interface TableEnds {
  readonly before: TableEnd;
  readonly after: TableEnd;
  readonly columnsAdded: readonly string[];
  readonly columnsDropped: readonly string[];
}

/** Key and columns name the same at both ends, in the same order, and are hashed in the same way. */
export interface TableEnd {
  readonly from: string;
  /** Empty where no key serves both ends: rows are then compared as wholes. */
  readonly key: readonly Column[];
  readonly columns: readonly Column[];
}

export function tableEnds(before: Table, after: Table): TableEnds {
  const old = new Set(before.columns.map(({ name }) => name));
  const now = new Set(after.columns.map(({ name }) => name));
  const common = after.columns.flatMap(({ name }) => (old.has(name) ? [name] : []));
  const key = commonKey(before, after);
  const end = (table: Table, other: Table): TableEnd => {
    const named = (name: string) => comparable(columnNamed(table, name), columnNamed(other, name));
    return { from: table.from, key: key.map(named), columns: common.map(named) };
  };
  return {
    before: end(before, after),
    after: end(after, before),
    columnsAdded: [...now].filter((name) => !old.has(name)),
    columnsDropped: [...old].filter((name) => !now.has(name)),
  };
}

/** The first that both have; in the order of the after-end's columns. */
function commonKey(before: Table, after: Table): readonly string[] {
  const said = (key: readonly string[]) => JSON.stringify([...key].sort());
  const old = new Set(before.keys.map(said));
  return after.keys.find((key) => old.has(said(key))) ?? [];
}

/** Where a column's type changed, values are the same when they read the same. */
function comparable(column: Column, other: Column): Column {
  return column.kind === other.kind ? column : { ...column, kind: "other" };
}
