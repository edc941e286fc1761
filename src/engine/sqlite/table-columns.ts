/** The columns of all tables, as SQLite tells them. */

import type { Database } from "better-sqlite3";

import type { SchemaName } from "./identifiers.ts";
import { ifReadable, Unreadable } from "./table-sql.ts";

export interface ReadColumn {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  /** 1 for the first column of the primary key; 0 outside of it. */
  readonly pk: number;
  /** 1 for a hidden column of a virtual table, 2 and 3 for generated columns. */
  readonly hidden: number;
}

type Row = [table: string, name: string, type: string, notNull: number, pk: number, hidden: number];

/**
 * By the name of the table, in their order. A virtual table whose module is missing has none: asking for one such table is an error, so
 * that virtual tables are asked for one by one.
 */
export function readColumns(db: Database, schema: SchemaName): Map<string, ReadColumn[]> {
  const columnsOf = (condition: string) =>
    db
      .prepare<string[], Row>(
        `select l.name, x.name, x.type, x."notnull", x.pk, x.hidden from pragma_table_list l, pragma_table_xinfo(l.name, l.schema) x
         where l.schema = ? and ${condition} order by l.name, x.cid`,
      )
      .raw()
      .safeIntegers(false);
  const virtual = db
    .prepare<[string], string>("select name from pragma_table_list where schema = ? and type = 'virtual'")
    .pluck()
    .all(schema);
  const one = columnsOf("l.name = ?");
  const ofVirtual = virtual.map((table) => ifReadable(table, () => one.all(schema, table)));
  const rows = [
    ...columnsOf("l.type in ('table', 'shadow')").all(schema),
    ...ofVirtual.flatMap((found) => (found instanceof Unreadable ? [] : found)),
  ];
  return grouped(rows.map(([table, name, type, notNull, pk, hidden]) => [table, { name, type, notNull: notNull === 1, pk, hidden }]));
}

/** Values by their keys, in the order in which they come. */
export function grouped<T>(pairs: readonly (readonly [string, T])[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
