/** Rows without a key: how many of each there are at either end. */

import type { Database } from "better-sqlite3";

import type { RowDifference } from "../../domain/data.ts";
import type { TableEnds } from "./compare-rows.ts";
import { quoteName } from "./identifiers.ts";
import { balanced, sameRow, type CommonColumn, type Pairing } from "./row-equality.ts";
import { inOrder, numbers, place } from "./table-sql.ts";

/**
 * A changed row shows as one removed and one added. Rows that are equal at the same rowid cancel out beforehand, so that only the rest
 * has to be sorted: whatever rowids mean, an equal pair may be taken out of both multisets.
 */
export function compareAsMultiset(db: Database, ends: TableEnds, columns: readonly CommonColumn[], byRowid: Pairing | null): RowDifference {
  const before = (column: CommonColumn) => `b.${quoteName(column.before.name)}`;
  const after = (column: CommonColumn) => `a.${quoteName(column.after.name)}`;
  const pairedBy = byRowid === null ? "0" : `${byRowid.on} and ${sameRow(columns, byRowid)}`;
  const old = `from ${inOrder("before", ends.before, "b")} where not exists (select 1 from ${place("main", ends.after)} a where ${pairedBy})`;
  const now = `from ${inOrder("main", ends.after, "a")} where not exists (select 1 from ${place("before", ends.before)} b where ${pairedBy})`;
  const [removed = 0, added = 0] = numbers(
    db,
    `select sum(max(balance, 0)), sum(max(-balance, 0)) from (
       select sum(side) as balance from (
         select 1 as side, ${packed(columns.map(before))} as packed_row ${old} union all select -1, ${packed(columns.map(after))} ${now})
       group by packed_row having balance <> 0)`,
  );
  return { added, removed, changed: 0, columnsChanged: [], keys: [] };
}

/**
 * One text for a whole row, different for different rows: each value's storage class, its bytes in hexadecimal (text and integers), or
 * its shortest exact decimal (reals). One text, because a query's columns are limited (2000) and text may hold anything but hexadecimal not.
 */
function packed(values: readonly string[]): string {
  const one = (value: string) =>
    `case typeof(${value}) when 'real' then 'r'||quote(${value}) when 'null' then 'n' else substr(typeof(${value}), 1, 1)||hex(${value}) end||';'`;
  return balanced(values.map(one), "||", "''");
}
