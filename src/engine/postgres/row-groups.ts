/**
 * The rows of a table as short records of hashes, in groups by the first bits of one hash. Two tables are compared group by group, so that
 * memory stays flat however many rows there are; groups whose sums agree at both ends are not read at all.
 */

import type { Connection } from "./connection.ts";

/** How to read a table: `records` gives one row per record with the columns `h` (int8) and `x0`, `x1` … (int8). */
export interface RecordSource {
  readonly connection: Connection;
  readonly records: string;
  /** How many `x` there are. */
  readonly hashes: number;
}

export interface Group {
  readonly number: number;
  /** Per record 16 hexadecimal digits of `h`, then as many of each `x`. */
  readonly records: string;
}

const DIGITS = 16;
/** What one group should be, in characters: small enough to be held twice, large enough to be worth a row of an answer. */
const GROUP_CHARACTERS = 25_000;
const FETCH_CHARACTERS = 100_000;
const MOST_BITS = 16;
/** Sums of more columns make the answer larger than reading the records. */
const MOST_SUMS = 32;

/** How many first bits of the hash make a group. */
export function groupBits(rows: number, hashes: number): number {
  const rowsAGroup = Math.max(1, GROUP_CHARACTERS / recordLength(hashes));
  return Math.min(MOST_BITS, Math.max(0, Math.ceil(Math.log2(rows / rowsAGroup))));
}

export function recordLength(hashes: number): number {
  return DIGITS * (1 + hashes);
}

/** Numbers of the groups that differ between the ends; null: all are to be read. */
export async function differingGroups(before: RecordSource, after: RecordSource, bits: number): Promise<readonly number[] | null> {
  if (bits === 0 || before.hashes > MOST_SUMS) return null;
  const [old, now] = await Promise.all([groupSums(before, bits), groupSums(after, bits)]);
  const differing = [...new Set([...old.keys(), ...now.keys()])].filter((group) => old.get(group) !== now.get(group));
  return differing.length > 2 ** (bits - 1) ? null : differing;
}

async function groupSums(source: RecordSource, bits: number): Promise<Map<number, string>> {
  const sums = ["count(*)", "sum(h)", ...hashNames(source).map((name) => `sum(${name})`)];
  const rows = await source.connection.rows(
    `select ${groupNumber(bits)} as g, array[${sums.join(", ")}]::text from (${source.records}) r group by 1`,
  );
  return new Map(rows.map(([group, said]) => [Number(group), said ?? ""]));
}

/** In the order of their numbers. To be read in a transaction. */
export async function* readGroups(source: RecordSource, bits: number, only: readonly number[] | null): AsyncGenerator<Group> {
  const { connection } = source;
  const record = ["h", ...hashNames(source).map((name) => `coalesce(${name}, 0)`)]
    .map((hash) => `pg_catalog.int8send(${hash})`)
    .join(" || ");
  const filter = only === null ? "" : ` where ${groupNumber(bits)} = any (array[${only.join(", ")}]::int8[])`;
  // Grouped by hashing, the server would hold all records at once, whatever work_mem says.
  await connection.rows("select pg_catalog.set_config('enable_hashagg', 'off', true)");
  await connection.run(
    `declare belay_groups no scroll cursor for
     select g, pg_catalog.string_agg(record, '') from (select ${groupNumber(bits)} as g, ${record} as record from (${source.records}) r${filter}) s
     group by g order by g`,
  );
  const atOnce = Math.ceil(FETCH_CHARACTERS / GROUP_CHARACTERS);
  for (;;) {
    const rows = await connection.rows(`fetch forward ${atOnce} from belay_groups`);
    for (const [group, records] of rows) yield { number: Number(group), records: (records ?? "").slice(2) };
    if (rows.length < atOnce) break;
  }
  await connection.run("close belay_groups; set local enable_hashagg to default");
}

function hashNames({ hashes }: RecordSource): string[] {
  return Array.from({ length: hashes }, (_, index) => `x${index}`);
}

function groupNumber(bits: number): string {
  return bits === 0 ? "0::int8" : `h >> ${64 - bits}`;
}
