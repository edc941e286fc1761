/** What happened to the rows of one table that both ends have. */

import type { Database } from "better-sqlite3";

import { compareAsMultiset } from "./compare-multiset.ts";
import { shownName } from "./identifiers.ts";
import { commonColumns, pairByKey, pairByRowid, sameRow, sameValue, type CommonColumn, type Pairing } from "./row-equality.ts";
import type { TableShape } from "./table-shape.ts";
import { numbers, place } from "./table-sql.ts";

export interface RowDifference {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly columnsChanged: readonly string[];
  /** Up to ten keys of removed rows, then of changed ones. */
  readonly keys: readonly string[];
}

/** The two ends of a table, with the number of rows at each. */
export interface TableEnds {
  readonly before: TableShape;
  readonly after: TableShape;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
}

export const NO_DIFFERENCE: RowDifference = { added: 0, removed: 0, changed: 0, columnsChanged: [], keys: [] };

const MOST_KEYS = 10;
/** Longer values are cut in keys: they are for people to find a row by. */
const MOST_KEY_CHARACTERS = 60;
/** Result columns of a query are limited (2000), and so is a person's patience with one huge statement. */
const COLUMNS_A_QUERY = 400;

/**
 * Rows are paired by key; without one they are counted as a multiset, in which a changed row is one removed and one added. Most tables
 * of most migrations are untouched, and two scans side by side by rowid prove that fastest; where there is an INTEGER PRIMARY KEY
 * that is the key's own pass.
 */
export function compareRows(db: Database, ends: TableEnds): RowDifference {
  const { before, after } = ends;
  const columns = commonColumns(before, after);
  const byRowid = pairByRowid(before, after);
  const bothVirtual = before.module !== null && after.module !== null;
  const key = bothVirtual ? byRowid : pairByKey(db, before, after);
  const keyIsRowid = key !== null && (bothVirtual || key.settled.size > 0);
  if (byRowid !== null && !keyIsRowid && equalByRowid(db, ends, columns, byRowid)) return NO_DIFFERENCE;
  return key === null ? compareAsMultiset(db, ends, columns, byRowid) : compareByKey(db, ends, columns, key);
}

function equalByRowid(db: Database, ends: TableEnds, columns: readonly CommonColumn[], pairing: Pairing): boolean {
  if (ends.rowsBefore !== ends.rowsAfter) return false;
  const unpaired = `${pairing.partner} is null or not ${sameRow(columns, pairing)}`;
  const from = `${place("before", ends.before)} b left join ${place("main", ends.after)} a on ${pairing.on}`;
  return db.prepare(`select 1 from ${from} where ${unpaired} limit 1`).get() === undefined;
}

function compareByKey(db: Database, ends: TableEnds, columns: readonly CommonColumn[], key: Pairing): RowDifference {
  const from = `from ${place("before", ends.before)} b join ${place("main", ends.after)} a on ${key.on}`;
  const same = sameRow(columns, key);
  const [equal = 0] = numbers(db, `select count(*) ${from} where ${same}`);
  if (equal === ends.rowsBefore && equal === ends.rowsAfter) return NO_DIFFERENCE;
  const [paired = 0] = numbers(db, `select count(*) ${from}`);
  const changed = paired - equal;
  const removed = ends.rowsBefore - paired;
  const added = ends.rowsAfter - paired;
  const gone = removed === 0 ? [] : keysOf(db, key, `from ${place("before", ends.before)} b where not exists (select 1 from ${place("main", ends.after)} a where ${key.on})`);
  const touched = changed === 0 ? [] : keysOf(db, key, `${from} where not ${same}`);
  return { added, removed, changed, columnsChanged: changed === 0 ? [] : differingColumns(db, columns, from), keys: [...gone, ...touched].slice(0, MOST_KEYS) };
}

function differingColumns(db: Database, columns: readonly CommonColumn[], from: string): string[] {
  const differing: string[] = [];
  for (let first = 0; first < columns.length; first += COLUMNS_A_QUERY) {
    const some = columns.slice(first, first + COLUMNS_A_QUERY);
    const found = numbers(db, `select ${some.map((column) => `max(not ${sameValue(column)})`).join(", ")} ${from}`);
    differing.push(...some.filter((_, index) => found[index] === 1).map((column) => column.after.name));
  }
  return differing;
}

/** Values are cut before they are quoted, and bytes are shown as such. */
function keysOf(db: Database, key: Pairing, from: string): string[] {
  const shown = key.names.map(({ value }) => `quote(case when typeof(${value}) in ('text', 'blob') then substr(${value}, 1, ${MOST_KEY_CHARACTERS}) else ${value} end), length(${value}) > ${MOST_KEY_CHARACTERS} and typeof(${value}) in ('text', 'blob')`);
  const order = key.names.map(({ value }) => value).join(", ");
  const rows = db
    .prepare<[], (string | number)[]>(`select ${shown.join(", ")} ${from} order by ${order} limit ${MOST_KEYS}`)
    .raw()
    .safeIntegers(false)
    .all();
  return rows.map((row) => key.names.map(({ name }, index) => `${shownName(name)}=${row[2 * index]}${row[2 * index + 1] === 1 ? "…" : ""}`).join(", "));
}
