/** The moment from which later writes are counted, as the journal keeps it. */

import * as z from "zod/mini";

import type { JsonValue } from "../../domain/canonical-json.ts";

export type Mark = {
  readonly version: 2;
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
  readonly recent: Recent;
};

/** Rows by the number of the transaction that wrote them, modulo `RECENT_KINDS`. */
export type Recent = { readonly [kind: string]: number };

/** So many that neighbours differ, so few that a journal holds them. */
export const RECENT_KINDS = 4_096;

export interface RowAges {
  readonly old: number;
  readonly recent: Recent;
  readonly written: number;
}

/** undefined for anything that is no mark of this version. */
export function parseMark(value: JsonValue): Mark | undefined {
  const text = z.string();
  const count = z.int();
  const transaction = z.string().check(z.regex(/^\d+$/));
  const table = z.object({ oid: text, files: z.array(text), old: count, recent: z.record(text, count) });
  const mark = z.object({
    version: z.literal(2),
    database: text,
    next: transaction,
    oldest: transaction,
    running: z.array(transaction),
    schemas: z.nullable(z.array(text)),
    tables: z.record(text, table),
    sequences: z.record(text, text),
    largeObjects: z.nullable(text),
  });
  return mark.safeParse(value).data;
}
