/**
 * SQL that hashes values to 64 bits so that different values have different hashes. PostgreSQL's hash functions follow a type's equality,
 * which takes 1.0 for 1.00, 0.0 for -0.0, '1 mon' for '30 days'; so a typed one is used only where equality means identity, and the hash
 * of the value's text everywhere else.
 */

import type { Column } from "./columns.ts";
import { quoteIdentifier } from "./identifiers.ts";

/** A column's value as text that is different for different values, whatever casts to text users made. */
export function textOf(column: Column): string {
  const name = quoteIdentifier(column.name);
  const value = column.castTo === null ? name : `${name}::${column.castTo}`;
  if (column.kind === "text") return `${name}::text`;
  // A type of an extension may lie in a schema that this role may not use; as a field of a row it is written all the same.
  if (column.output === null) return `case when ${name} is not null then pg_catalog.textin(pg_catalog.record_out(row(${value}))) end`;
  return `pg_catalog.textin(pg_catalog.${quoteIdentifier(column.output)}(${value}))`;
}

/** The hash of a column's value, NULL for NULL. `seed` is an int8 expression. */
export function hashOf(column: Column, seed: string): string {
  const name = quoteIdentifier(column.name);
  switch (column.kind) {
    case "int2":
    case "int4":
      return `pg_catalog.hash${column.kind}extended(${name}, ${seed})`;
    case "int8":
      // hashint8extended folds both halves into 32 bits (-1 and 4294967295 have one hash), so the upper half is hashed once more.
      return `pg_catalog.hashint4extended((${name} >> 32)::int4, pg_catalog.hashint8extended(${name}, ${seed}))`;
    case "bool":
      return `pg_catalog.hashint4extended(${name}::int4, ${seed})`;
    case "oid":
      return `pg_catalog.hashoidextended(${name}, ${seed})`;
    case "uuid":
      return `pg_catalog.uuid_hash_extended(${name}, ${seed})`;
    case "date":
      return `case when pg_catalog.isfinite(${name}) then pg_catalog.hashint4extended(${name} - date '2000-01-01', ${seed}) else ${hashOfText(textOf(column), seed)} end`;
    default:
      return hashOfText(textOf(column), seed);
  }
}

export function hashOfText(text: string, seed: string): string {
  return `pg_catalog.hashtextextended(${text} collate "C", ${seed})`;
}

/** The hash of a key, an int8 expression. */
export function keyHash(key: readonly Column[]): string {
  return key.reduce((seed, column) => hashOf(column, seed), "0");
}

/** What the other columns' hashes are seeded with: different for different keys. */
export function keySeed(key: readonly Column[]): string {
  const [first, ...others] = key;
  if (first === undefined || (first.kind !== "int2" && first.kind !== "int4")) return keyHash(key);
  return others.reduce((seed, column) => hashOf(column, seed), `${quoteIdentifier(first.name)}::int8`);
}

/** A whole row as one text, different for different rows. */
export function rowText(columns: readonly Column[]): string {
  return `pg_catalog.textin(pg_catalog.record_out(row(${columns.map(({ name }) => quoteIdentifier(name)).join(", ")})))`;
}
