/** What happened to the rows of one table that both ends have. */

import type { Database } from "better-sqlite3";

import { MOST_KEY_CHARACTERS, MOST_KEYS, NO_DIFFERENCE, type RowDifference } from "../../domain/data.ts";
import { shownName } from "../../domain/shown-name.ts";
import { compareAsMultiset } from "./compare-multiset.ts";
import { commonColumns, pairByKey, pairByRowid, sameRow, sameValue, type CommonColumn, type Pairing } from "./row-equality.ts";
import type { TableShape } from "./table-shape.ts";
import { inOrder, numbers, place } from "./table-sql.ts";

/** The two ends of a table, with the number of rows at each. */
export interface TableEnds {
  readonly before: TableShape;
  readonly after: TableShape;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
}

/** Result columns of a query are limited (2000), and so is a person's patience with one huge statement. */
const COLUMNS_A_QUERY = 400;

/**
 * Rows are paired by key; without one they are counted as a multiset, in which a changed row is one removed and one added. Most tables
 * of most migrations are untouched, so that this is asked first, of both ends side by side in the order in which they lie; only a
 * table that differs is asked how.
 */
export function compareRows(db: Database, ends: TableEnds): RowDifference {
  const { before, after } = ends;
  const columns = commonColumns(before, after);
  const byRowid = pairByRowid(before, after);
  const key = before.module !== null && after.module !== null ? byRowid : pairByKey(db, before, after);
  const quickest = key !== null && key.settled.size > 0 ? key : (byRowid ?? key);
  if (quickest !== null && allEqual(db, ends, columns, quickest)) return NO_DIFFERENCE;
  return key === null ? compareAsMultiset(db, ends, columns, byRowid) : compareByKey(db, ends, columns, key, byRowid);
}

/** As many rows at both ends, and each has an equal partner: then no row is left over. Stops at the first that has none. */
function allEqual(db: Database, ends: TableEnds, columns: readonly CommonColumn[], pairing: Pairing): boolean {
  if (ends.rowsBefore !== ends.rowsAfter) return false;
  const unpaired = `${pairing.partner} is null or not ${sameRow(columns, pairing)}`;
  return (
    db
      .prepare(
        `select 1 from ${inOrder("before", ends.before, "b")} left join ${place("main", ends.after)} a on ${pairing.on} where ${unpaired} limit 1`,
      )
      .get() === undefined
  );
}

/**
 * A row that is equal to the one with its rowid has found its partner, as keys are unique; only the others are looked up by key, which
 * in a large table with a key of text is the slow part.
 */
function compareByKey(
  db: Database,
  ends: TableEnds,
  columns: readonly CommonColumn[],
  key: Pairing,
  byRowid: Pairing | null,
): RowDifference {
  const now = place("main", ends.after);
  const keyIsRowid = key === byRowid || key.settled.size > 0;
  const open =
    byRowid === null || keyIsRowid ? "1" : `not exists (select 1 from ${now} a where ${byRowid.on} and ${sameRow(columns, byRowid)})`;
  const old = inOrder("before", ends.before, "b");
  const unpaired = `from ${old} where ${open} and not exists (select 1 from ${now} a where ${key.on})`;
  const differingPairs = `from ${old} cross join ${now} a on ${key.on} where ${open} and not ${sameRow(columns, key)}`;
  const [removed = 0] = numbers(db, `select count(*) ${unpaired}`);
  const added = ends.rowsAfter - (ends.rowsBefore - removed);
  const { changed, columnsChanged } = changes(db, columns, differingPairs);
  const gone = keysOf(db, key, unpaired, Math.min(removed, MOST_KEYS));
  const touched = keysOf(db, key, differingPairs, Math.min(changed, MOST_KEYS - gone.length));
  return { added, removed, changed, columnsChanged, keys: [...gone, ...touched] };
}

function changes(
  db: Database,
  columns: readonly CommonColumn[],
  differingPairs: string,
): { readonly changed: number; readonly columnsChanged: readonly string[] } {
  let changed = 0;
  const columnsChanged: string[] = [];
  for (let first = 0; first === 0 || (first < columns.length && changed > 0); first += COLUMNS_A_QUERY) {
    const some = columns.slice(first, first + COLUMNS_A_QUERY);
    const [count = 0, ...differing] = numbers(
      db,
      `select count(*)${some.map((column) => `, max(not ${sameValue(column)})`).join("")} ${differingPairs}`,
    );
    changed = count;
    columnsChanged.push(...some.filter((_, index) => differing[index] === 1).map((column) => column.after.name));
  }
  return { changed, columnsChanged };
}

/** Values are cut before they are quoted, and bytes are shown as such. No more is asked for than there is: the query ends at the last. */
function keysOf(db: Database, key: Pairing, from: string, most: number): string[] {
  if (most === 0) return [];
  const shown = key.names.map(
    ({ value }) =>
      `quote(case when typeof(${value}) in ('text', 'blob') then substr(${value}, 1, ${MOST_KEY_CHARACTERS}) else ${value} end), length(${value}) > ${MOST_KEY_CHARACTERS} and typeof(${value}) in ('text', 'blob')`,
  );
  const order = key.names.map(({ value }) => value).join(", ");
  const rows = db
    .prepare<[], (string | number)[]>(`select ${shown.join(", ")} ${from} order by ${order} limit ${most}`)
    .raw()
    .safeIntegers(false)
    .all();
  return rows.map((row) =>
    key.names.map(({ name }, index) => `${shownName(name)}=${row[2 * index]}${row[2 * index + 1] === 1 ? "…" : ""}`).join(", "),
  );
}
