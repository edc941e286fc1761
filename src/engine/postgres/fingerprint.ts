/**
 * Fingerprints of tables: for each column the number of its values and the sum of their hashes, each hash seeded with the row's key. So
 * the order of rows says nothing, and values that were swapped between two rows show. One scan a table, shared among the server's workers.
 * They hold for one server major: the hash functions are its own.
 */

import { createHash } from "node:crypto";

import { canonicalJson } from "../../domain/canonical-json.ts";
import type { Column } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { quoteIdentifier } from "./identifiers.ts";
import { pinOutput } from "./output-settings.ts";
import type { Table } from "./tables.ts";
import { hashOf, hashOfText, keySeed, rowText } from "./value-hash.ts";

/** Named in manifests: a fingerprint says nothing to one that was made in another way. */
export const FINGERPRINT_ALGORITHM = "keyed-column-sums-1";

export interface TableFingerprint {
  readonly rows: number;
  /** By column: the number of values other than NULL, and the sum of their hashes. Empty for a table without a key. */
  readonly columns: ReadonlyMap<string, string>;
  /** SHA-256 over all of it, in hexadecimal. */
  readonly whole: string;
}

/** A query's result has at most 1664 columns, and each column of a table takes two. */
const COLUMNS_A_SCAN = 800;

/** By label. To be asked in a transaction with one snapshot where the tables have to fit each other. */
export async function fingerprintTables(connection: Connection, tables: readonly Table[]): Promise<ReadonlyMap<string, TableFingerprint>> {
  await pinOutput(connection);
  const found = new Map<string, TableFingerprint>();
  for (const table of tables) {
    const key = table.keys[0]?.map((name) => columnNamed(table, name)) ?? [];
    found.set(table.label, await fingerprintRows(connection, table.from, key, table.columns));
  }
  return found;
}

/** `key`: the columns that name a row; empty: every row is taken as a whole. The output settings must be pinned. */
export async function fingerprintRows(
  connection: Connection,
  from: string,
  key: readonly Column[],
  columns: readonly Column[],
): Promise<TableFingerprint> {
  const names = key.map(({ name }) => name);
  if (key.length === 0) {
    const hashes = [0, 1].map((seed) => sum(hashOfText(rowText(columns), String(seed))));
    const [rows = "0", ...sums] = await numbers(connection, from, ["count(*)::text", ...hashes]);
    return fingerprint(Number(rows), names, new Map(), [columns.map(({ name }) => name), sums]);
  }
  const seed = keySeed(key);
  const found = new Map<string, string>();
  let rows = 0;
  for (let first = 0; first < columns.length; first += COLUMNS_A_SCAN) {
    const some = columns.slice(first, first + COLUMNS_A_SCAN);
    const [count, ...sums] = await numbers(connection, from, ["count(*)::text", ...some.flatMap((column) => facts(column, seed))]);
    rows = Number(count);
    some.forEach((column, index) => found.set(column.name, `${sums[2 * index]}:${sums[2 * index + 1]}`));
  }
  return fingerprint(rows, names, found, []);
}

/**
 * What `fingerprintRows` would give for some columns of a table, taken from what `fingerprintTables` gave for all of it; null where that
 * does not tell: another key, or a column that is to be hashed in another way.
 */
export function partOfFingerprint(
  whole: TableFingerprint,
  table: Table,
  key: readonly Column[],
  columns: readonly Column[],
): TableFingerprint | null {
  const names = key.map(({ name }) => name);
  const hashedAlike = [...key, ...columns].every(({ name, kind }) => columnNamed(table, name).kind === kind);
  if (!hashedAlike || !sameNames(names, table.keys[0] ?? [])) return null;
  if (key.length === 0) return sameNames(namesOf(columns), namesOf(table.columns)) ? whole : null;
  const found = new Map<string, string>();
  for (const { name } of columns) {
    const facts = whole.columns.get(name);
    if (facts === undefined) return null;
    found.set(name, facts);
  }
  return fingerprint(whole.rows, names, found, []);
}

function namesOf(columns: readonly Column[]): readonly string[] {
  return columns.map(({ name }) => name);
}

function sameNames(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name, index) => name === others[index]);
}

export function columnNamed(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new Error(`the table ${table.label} has no column ${name}`);
  return column;
}

function facts(column: Column, seed: string): string[] {
  return [`count(${quoteIdentifier(column.name)})::text`, sum(hashOf(column, seed))];
}

/** Of int8: the server adds in 128 bits, and it never overflows. */
function sum(hash: string): string {
  return `coalesce(sum(${hash}), 0)::text`;
}

async function numbers(connection: Connection, from: string, expressions: readonly string[]): Promise<string[]> {
  const [row = []] = await connection.rows(`select ${expressions.join(", ")} from ${from}`);
  return row.map((value) => value ?? "0");
}

function fingerprint(
  rows: number,
  key: readonly string[],
  columns: ReadonlyMap<string, string>,
  whole: readonly unknown[],
): TableFingerprint {
  const said = [rows, key, [...columns].sort(([a], [b]) => (a < b ? -1 : 1)), whole];
  return { rows, columns, whole: createHash("sha256").update(canonicalJson(said)).digest("hex") };
}
