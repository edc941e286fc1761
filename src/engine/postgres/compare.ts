/** What happened to the rows between two databases, each seen in one snapshot. */

import { NO_DIFFERENCE, type DataComparison, type RowDifference, type TableDifference } from "../../domain/data.ts";
import { compareRows } from "./compare-rows.ts";
import type { Connection } from "./connection.ts";
import { fingerprintRows, partOfFingerprint, type TableFingerprint } from "./fingerprint.ts";
import { quoteIdentifier } from "./identifiers.ts";
import { LARGE_OBJECTS } from "./labels.ts";
import { countLargeObjects, LARGE_OBJECT_TABLE, readLargeObjects, unreadableLargeObjects } from "./large-objects.ts";
import { pinOutput } from "./output-settings.ts";
import type { Scope } from "./scope.ts";
import { tableEnds, type TableEnds } from "./table-ends.ts";
import { readMaterialisedViews, readTables, type Table } from "./tables.ts";

const ONE_SNAPSHOT = "begin isolation level repeatable read, read only";

/**
 * Every table of either end, matched by schema and name. Tables that are equal cost one scan at each end, both at once; where one
 * differs, its rows are paired by key, or counted as wholes where no key is common to both ends. A column whose type changed is changed
 * in the rows whose value reads differently. Large objects are a table of their own where there are any. Materialised views are listed with their rows and never differ: what they hold is computed.
 *
 * The connections may lead to different servers, and must not be in a transaction. `known`: fingerprints of the before-end by label, whose
 * rows then are read only where a table differs.
 */
export async function compareDatabases(
  before: Connection,
  after: Connection,
  scope: Scope,
  known: ReadonlyMap<string, TableFingerprint> = new Map(),
): Promise<DataComparison> {
  return inSnapshots(before, after, async () => {
    const [old, now] = await bothEnds(before, after, (connection) => readTables(connection, scope));
    const views = await compareViews(before, after, scope);
    const oldByLabel = new Map(old.map((table) => [table.label, table]));
    const nowByLabel = new Map(now.map((table) => [table.label, table]));
    const found: TableDifference[] = [...views];
    found.push(...(await compareLargeObjects(before, after, scope)));
    for (const label of new Set([...oldByLabel.keys(), ...nowByLabel.keys()])) {
      found.push(await compareTable({ before, after, known }, label, oldByLabel.get(label), nowByLabel.get(label)));
    }
    return { tables: found.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  });
}

function inSnapshots<T>(before: Connection, after: Connection, work: () => Promise<T>): Promise<T> {
  const pinned = async () => {
    await bothEnds(before, after, pinOutput);
    return work();
  };
  return before.transaction(ONE_SNAPSHOT, () => after.transaction(ONE_SNAPSHOT, pinned));
}

function bothEnds<T>(before: Connection, after: Connection, ask: (connection: Connection) => Promise<T>): Promise<[T, T]> {
  return Promise.all([ask(before), ask(after)]);
}

interface Sides {
  readonly before: Connection;
  readonly after: Connection;
  readonly known: ReadonlyMap<string, TableFingerprint>;
}

async function compareTable(
  { before, after, known }: Sides,
  name: string,
  old: Table | undefined,
  now: Table | undefined,
): Promise<TableDifference> {
  if (old === undefined || now === undefined) {
    const rowsBefore = old === undefined ? null : await countRows(before, old.from);
    const rowsAfter = now === undefined ? null : await countRows(after, now.from);
    return { ...withoutDifference(name, rowsBefore, rowsAfter), added: rowsAfter ?? 0, removed: rowsBefore ?? 0 };
  }
  const ends = tableEnds(old, now);
  const { columnsAdded, columnsDropped } = ends;
  const { rowsBefore, rowsAfter, rows } = await compareEnds(before, after, ends, knownEnd(known.get(name), old, ends));
  return {
    name,
    rowsBefore,
    rowsAfter,
    ...rows,
    columnsAdded,
    columnsDropped,
    ...(columnsDropped.length === 0 ? {} : { valuesDropped: await countValues(before, old.from, columnsDropped) }),
  };
}

/** As one table; what this role may not read is only counted. */
async function compareLargeObjects(before: Connection, after: Connection, scope: Scope): Promise<TableDifference[]> {
  const tables = await bothEnds(before, after, (connection) => readLargeObjects(connection, scope));
  if (tables.every((found) => found.length === 0)) return [];
  const [[unread], [unreadNow]] = await bothEnds(before, after, unreadableLargeObjects);
  const unreadable = unread ?? unreadNow;
  if (unreadable === undefined)
    return [await compareTable({ before, after, known: new Map() }, LARGE_OBJECTS, LARGE_OBJECT_TABLE, LARGE_OBJECT_TABLE)];
  const [old, now] = await bothEnds(before, after, countLargeObjects);
  return [{ ...withoutDifference(LARGE_OBJECTS, old, now), unproven: `this role may not read all of them, number ${unreadable} for one` }];
}

interface RowsOfEnds {
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  readonly rows: RowDifference;
}

function knownEnd(whole: TableFingerprint | undefined, old: Table, { before }: TableEnds): TableFingerprint | null {
  return whole === undefined ? null : partOfFingerprint(whole, old, before.key, before.columns);
}

async function compareEnds(before: Connection, after: Connection, ends: TableEnds, known: TableFingerprint | null): Promise<RowsOfEnds> {
  const [old, now] = await Promise.all([
    known ?? fingerprintRows(before, ends.before.from, ends.before.key, ends.before.columns),
    fingerprintRows(after, ends.after.from, ends.after.key, ends.after.columns),
  ]);
  const counts = { rowsBefore: old.rows, rowsAfter: now.rows };
  if (old.whole === now.whole) return { ...counts, rows: NO_DIFFERENCE };
  const differing = [...now.columns].flatMap(([name, facts]) => (old.columns.get(name) === facts ? [] : [name]));
  return { ...counts, rows: await compareRows(before, after, ends, differing, Math.max(old.rows, now.rows)) };
}

async function compareViews(before: Connection, after: Connection, scope: Scope): Promise<TableDifference[]> {
  const ask = async (connection: Connection) => {
    const counts = new Map<string, number>();
    for (const { label, from } of await readMaterialisedViews(connection, scope)) counts.set(label, await countRows(connection, from));
    return counts;
  };
  const [old, now] = await bothEnds(before, after, ask);
  return [...old].flatMap(([name, rows]) => {
    const rowsNow = now.get(name);
    return rowsNow === undefined ? [] : [withoutDifference(name, rows, rowsNow)];
  });
}

function withoutDifference(name: string, rowsBefore: number | null, rowsAfter: number | null): TableDifference {
  return { name, rowsBefore, rowsAfter, ...NO_DIFFERENCE, columnsAdded: [], columnsDropped: [] };
}

async function countRows(connection: Connection, from: string): Promise<number> {
  const [row] = await connection.rows(`select count(*) from ${from}`);
  return Number(row?.[0]);
}

/** Values other than NULL in each of some columns; many in one answer, which holds at most 1664. */
async function countValues(connection: Connection, from: string, columns: readonly string[]): Promise<Record<string, number>> {
  const counts = columns.map((column) => `count(${quoteIdentifier(column)})`);
  const [row] = await connection.rows(`select ${counts.join(", ")} from ${from}`);
  return Object.fromEntries(columns.map((column, index) => [column, Number(row?.[index])]));
}
