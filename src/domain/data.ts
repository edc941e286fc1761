/** What happened to the rows between two states of a database. */

export interface TableDifference {
  readonly name: string;
  /** null where the table is absent at that end. */
  readonly rowsBefore: number | null;
  readonly rowsAfter: number | null;
  readonly added: number;
  readonly removed: number;
  /** Rows present at both ends that differ in a column present at both ends. */
  readonly changed: number;
  readonly columnsChanged: readonly string[];
  /** Columns that one end lacks. */
  readonly columnsAdded: readonly string[];
  readonly columnsDropped: readonly string[];
  /** Values other than NULL that went with each dropped column; absent where none was dropped or the table could not be read. */
  readonly valuesDropped?: Readonly<Record<string, number>>;
  /** Up to ten keys of changed or removed rows, as `id=4`; empty where the table has no key. */
  readonly keys: readonly string[];
  /** Set where this table could not be compared, and why; what its numbers say is then the least that happened. */
  readonly unproven?: string;
}

/** What happened to the rows of a table that both ends have. */
export interface RowDifference {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly columnsChanged: readonly string[];
  /** Up to ten keys of removed rows, then of changed ones. */
  readonly keys: readonly string[];
}

export const NO_DIFFERENCE: RowDifference = { added: 0, removed: 0, changed: 0, columnsChanged: [], keys: [] };

/** More keys than these help nobody to understand what happened. */
export const MOST_KEYS = 10;
/** Longer values are cut in keys: they are for people to find a row by. */
export const MOST_KEY_CHARACTERS = 60;

export interface DataComparison {
  /** Sorted by name; every table of either end. */
  readonly tables: readonly TableDifference[];
}

export function untouched(table: TableDifference): boolean {
  return (
    table.unproven === undefined &&
    table.added + table.removed + table.changed === 0 &&
    table.rowsBefore !== null &&
    table.rowsAfter !== null &&
    table.columnsAdded.length + table.columnsDropped.length === 0
  );
}

/** True when nothing at all differs and everything could be compared: the two databases hold the same data. */
export function sameData(comparison: DataComparison): boolean {
  return comparison.tables.every(untouched);
}

/** `records`: tables in which a tool keeps what is applied, without their schemas: they change whatever a migration does. */
export function withoutRecords({ tables }: DataComparison, records: readonly string[]): DataComparison {
  return { tables: tables.filter(({ name }) => !keepsRecord(name, records)) };
}

/** A tool keeps in this table what is applied. */
export function keepsRecord(table: string, records: readonly string[]): boolean {
  return records.some((record) => table === record || table.endsWith(`.${record}`));
}

/** Rows by table name: what is counted at an end. */
export type RowCounts = Readonly<Record<string, number>>;
