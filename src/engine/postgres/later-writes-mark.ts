/** The moment from which later writes are counted, as the journal keeps it. */

import type { JsonValue } from "../../domain/canonical-json.ts";

export type Mark = {
  readonly version: 1;
  /** Its live identity: a copy in its place has another. */
  readonly database: string;
  /** Transaction numbers with all of their 64 bits, as decimals: the next one, the oldest that ran, those that ran. */
  readonly next: string;
  readonly oldest: string;
  readonly running: readonly string[];
  readonly schemas: readonly string[] | null;
  readonly tables: { readonly [label: string]: MarkedTable };
  readonly sequences: { readonly [label: string]: string };
  /** The fingerprint of what all large objects hold; null where there were none. */
  readonly largeObjects: string | null;
};

export type MarkedTable = {
  readonly oid: string;
  /** The files in which its rows lie: TRUNCATE and whatever rewrites a table gives it new ones. Those of all partitions. */
  readonly files: readonly string[];
  /** Rows by age as `RowAges` has them. */
  readonly old: number;
  readonly recent: number;
};

export interface RowAges {
  readonly old: number;
  readonly recent: number;
  readonly written: number;
}

/** undefined for anything that is no mark of this version. */
export function parseMark(value: JsonValue): Mark | undefined {
  if (!isRecord(value) || value["version"] !== 1) return undefined;
  const { database, next, oldest, running, schemas, tables, sequences, largeObjects } = value;
  if (typeof database !== "string" || !isNumber(next) || !isNumber(oldest) || !isRecord(tables) || !isRecord(sequences)) return undefined;
  if (!Array.isArray(running) || !running.every(isNumber)) return undefined;
  if (schemas !== null && !(Array.isArray(schemas) && schemas.every((schema) => typeof schema === "string"))) return undefined;
  if (largeObjects !== null && typeof largeObjects !== "string") return undefined;
  const marked = Object.entries(tables).flatMap(([label, table]) => (isMarkedTable(table) ? [[label, table] as const] : []));
  if (marked.length !== Object.keys(tables).length) return undefined;
  const positions = Object.entries(sequences).flatMap(([label, position]) =>
    typeof position === "string" ? [[label, position] as const] : [],
  );
  if (positions.length !== Object.keys(sequences).length) return undefined;
  return {
    version: 1,
    database,
    next,
    oldest,
    running,
    schemas: schemas ?? null,
    tables: Object.fromEntries(marked),
    sequences: Object.fromEntries(positions),
    largeObjects,
  };
}

function isRecord(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumber(value: JsonValue | undefined): value is string {
  return typeof value === "string" && /^\d+$/.test(value);
}

function isMarkedTable(value: JsonValue): value is MarkedTable {
  return (
    isRecord(value) &&
    typeof value["oid"] === "string" &&
    Array.isArray(value["files"]) &&
    value["files"].every((file) => typeof file === "string") &&
    typeof value["old"] === "number" &&
    typeof value["recent"] === "number"
  );
}
