/** SQL that pairs the rows of two ends and judges each pair. The before-end is called `b`, the other `a`. */

import type { Database } from "better-sqlite3";

import { foldName, quoteName } from "./identifiers.ts";
import type { CandidateKey, Column, TableShape } from "./table-shape.ts";

/** A column that both ends have; the names may differ in case. */
export interface CommonColumn {
  readonly before: Column;
  readonly after: Column;
}

/** How rows of both ends are told to be the same row. */
export interface Pairing {
  /** For `join … on`; pairs every row with at most one. */
  readonly on: string;
  /** An expression on the after-end that is NULL exactly where no partner was found. */
  readonly partner: string;
  /** What names a row for people, and how it reads in the before-end. Empty where the pairing says nothing to people. */
  readonly names: readonly { readonly name: string; readonly value: string }[];
  /** Columns that are equal in every pair already, by their folded names. */
  readonly settled: ReadonlySet<string>;
}

const COLLATIONS_OF_SQLITE = ["BINARY", "NOCASE", "RTRIM"];

export function commonColumns(before: TableShape, after: TableShape): CommonColumn[] {
  const old = new Map(before.columns.map((column) => [foldName(column.name), column]));
  return after.columns.flatMap((column) => {
    const partner = old.get(foldName(column.name));
    return partner === undefined ? [] : [{ before: partner, after: column }];
  });
}

/** Columns that only the after-end has, and those that only the before-end has. */
export function columnsOfOneEnd(before: TableShape, after: TableShape): { readonly added: string[]; readonly dropped: string[] } {
  const without = (these: TableShape, those: TableShape) => {
    const known = new Set(those.columns.map((column) => foldName(column.name)));
    return these.columns.filter((column) => !known.has(foldName(column.name))).map((column) => column.name);
  };
  return { added: without(after, before), dropped: without(before, after) };
}

/**
 * The same storage class and the same value, bytes for text. `is` alone follows NOCASE and takes 1 for 1.0; the unary plus keeps the
 * columns' affinities from converting what is compared. (0.0 and -0.0 are one number to SQLite, and to this.)
 *
 * Asking for the storage class doubles the time, so it is asked only where it can matter. An integer can equal a real and nothing
 * else equals across classes; a TEXT column stores neither, a REAL column no integer, and an INTEGER or NUMERIC column makes an
 * integer of every real that equals one, save -2^63 (https://www.sqlite.org/datatype3.html#type_affinity).
 */
export function sameValue({ before, after }: CommonColumn): string {
  const old = `b.${quoteName(before.name)}`;
  const now = `a.${quoteName(after.name)}`;
  const sameContent = `+${old} is +${now} collate binary`;
  const sameClass = `typeof(${old})=typeof(${now})`;
  const affinity = before.affinity === after.affinity ? before.affinity : "none";
  if (affinity === "text" || affinity === "real") return `(${sameContent})`;
  if (affinity === "integer") return `(${sameContent} and (${old} is not -9223372036854775808 or ${sameClass}))`;
  return `(${sameContent} and ${sameClass})`;
}

export function sameRow(columns: readonly CommonColumn[], pairing: Pairing): string {
  return balanced(columns.filter((column) => !pairing.settled.has(foldName(column.after.name))).map(sameValue), " and ", "1");
}

/** SQLite limits how deep an expression may nest (1000), and a chain nests once per link: 2000 columns need a balanced tree. */
export function balanced(terms: readonly string[], operator: string, empty: string): string {
  if (terms.length <= 8) return terms.length === 0 ? empty : `(${terms.join(operator)})`;
  const half = Math.ceil(terms.length / 2);
  return `(${balanced(terms.slice(0, half), operator, empty)}${operator}${balanced(terms.slice(half), operator, empty)})`;
}

/**
 * By rowid. Which row has which rowid means nothing in an ordinary table, a rebuild deals them anew: such a pairing can prove that two
 * tables are equal, never that they differ. In a virtual table the rowid is the documented key.
 */
export function pairByRowid(before: TableShape, after: TableShape): Pairing | null {
  if (before.rowid === null || after.rowid === null) return null;
  const value = `b.${before.rowid}`;
  return { on: `${value}=a.${after.rowid}`, partner: `a.${after.rowid}`, names: [{ name: "rowid", value }], settled: new Set() };
}

/** By the first key that both ends have and that holds no NULL; null where there is none. */
export function pairByKey(db: Database, before: TableShape, after: TableShape): Pairing | null {
  for (const key of after.keys) {
    const other = before.keys.find((candidate) => sameColumns(candidate, key));
    if (other === undefined) continue;
    if (other.nullable && holdsNull(db, "before", before.name, other)) continue;
    if (key.nullable && holdsNull(db, "main", after.name, key)) continue;
    return pairing(before, after, other, key);
  }
  return null;
}

function sameColumns(one: CandidateKey, other: CandidateKey): boolean {
  const names = (key: CandidateKey) =>
    key.parts
      .map((part) => foldName(part.column))
      .sort()
      .join("\0");
  return names(one) === names(other);
}

function holdsNull(db: Database, schema: "main" | "before", table: string, key: CandidateKey): boolean {
  const anyNull = key.parts.map((part) => `${quoteName(part.column)} is null`).join(" or ");
  return db.prepare(`select 1 from ${quoteName(schema)}.${quoteName(table)} where ${anyNull} limit 1`).get() !== undefined;
}

function pairing(before: TableShape, after: TableShape, oldKey: CandidateKey, newKey: CandidateKey): Pairing {
  const columns = new Map(commonColumns(before, after).map((column) => [foldName(column.after.name), column]));
  const parts = newKey.parts.flatMap((part) => {
    const column = columns.get(foldName(part.column));
    const old = oldKey.parts.find((candidate) => foldName(candidate.column) === foldName(part.column));
    return column === undefined || old === undefined ? [] : [{ column, collation: commonCollation(old.collation, part.collation) }];
  });
  return {
    on: parts.map(({ column, collation }) => samePart(column, collation)).join(" and "),
    partner: `a.${quoteName(newKey.parts[0]?.column ?? "")}`,
    names: parts.map(({ column }) => ({ name: column.after.name, value: `b.${quoteName(column.before.name)}` })),
    settled: new Set(oldKey.isRowid && newKey.isRowid ? newKey.parts.map((part) => foldName(part.column)) : []),
  };
}

/** A key that is unique under any collation is unique by bytes; so bytes serve where the ends differ or the collation is the application's. */
function commonCollation(before: string, after: string): string {
  const [old, now] = [before.toUpperCase(), after.toUpperCase()];
  return old === now && COLLATIONS_OF_SQLITE.includes(now) ? now : "BINARY";
}

/** A comparison across affinities would convert, and one value could then equal several: it must agree in storage class too. */
function samePart({ before, after }: CommonColumn, collation: string): string {
  const old = `b.${quoteName(before.name)}`;
  const now = `a.${quoteName(after.name)}`;
  const same = `${old}=${now} collate ${collation}`;
  return before.affinity === after.affinity ? same : `${same} and typeof(${old})=typeof(${now})`;
}
