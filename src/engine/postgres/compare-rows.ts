/** What happened to the rows of one table that both ends have and that is known to differ. */

import { MOST_KEYS, type RowDifference } from "../../domain/data.ts";
import type { Connection } from "./connection.ts";
import { readKeys } from "./row-keys.ts";
import { differingGroups, groupBits, readGroups, recordLength, type Group, type RecordSource } from "./row-groups.ts";
import type { TableEnd, TableEnds } from "./table-ends.ts";
import { hashOf, hashOfText, keyHash, keySeed, rowText } from "./value-hash.ts";

/** `differing`: the columns in which the ends' fingerprints differ. `rows`: of the larger end. */
export async function compareRows(
  before: Connection,
  after: Connection,
  ends: TableEnds,
  differing: readonly string[],
  rows: number,
): Promise<RowDifference> {
  const keyed = ends.before.key.length > 0;
  const names = keyed ? new Set(ends.before.key.map(({ name }) => name)) : new Set<string>();
  const columns = differing.filter((name) => !names.has(name));
  const source = (connection: Connection, end: TableEnd): RecordSource =>
    keyed ? keyedRecords(connection, end, columns) : wholeRecords(connection, end);
  const [old, now] = [source(before, ends.before), source(after, ends.after)];
  const bits = groupBits(rows, old.hashes);
  const only = await differingGroups(old, now, bits);
  const tally = keyed ? new KeyedTally(columns) : new WholeTally();
  for await (const [was, is] of paired(readGroups(old, bits, only), readGroups(now, bits, only))) {
    tally.add(recordsOf(was, old.hashes), recordsOf(is, old.hashes));
  }
  const { removedKeys, changedKeys, ...counts } = tally.result();
  return { ...counts, keys: await readKeys(before, ends.before, removedKeys, changedKeys) };
}

/** `h`: the key's hash; `x…`: the hashes of the values. */
function keyedRecords(connection: Connection, end: TableEnd, columns: readonly string[]): RecordSource {
  const seed = keySeed(end.key);
  const hashes = end.columns.filter(({ name }) => columns.includes(name)).map((column, index) => `, ${hashOf(column, seed)} as x${index}`);
  return { connection, records: `select ${keyHash(end.key)} as h${hashes.join("")} from ${end.from}`, hashes: hashes.length };
}

/** `h` and `x0`: two hashes of the row; `x1`: how many rows have them. */
function wholeRecords(connection: Connection, { from, columns }: TableEnd): RecordSource {
  const text = rowText(columns);
  const hashes = `select ${hashOfText(text, "0")} as h, ${hashOfText(text, "1")} as x0 from ${from}`;
  return { connection, records: `select h, x0, count(*) as x1 from (${hashes}) w group by h, x0`, hashes: 2 };
}

type Records = ReadonlyMap<string, string>;

/** By `h`, what follows it. Two keys of one hash are told apart by their number: then only which is which is uncertain. */
function recordsOf(group: string, hashes: number): Map<string, string> {
  const found = new Map<string, string>();
  const length = recordLength(hashes);
  for (let start = 0; start < group.length; start += length) {
    const hash = group.slice(start, start + 16);
    let key = hash;
    for (let more = 1; found.has(key); more += 1) key = `${hash}#${more}`;
    found.set(key, group.slice(start + 16, start + length));
  }
  return found;
}

interface Tally {
  add(was: Records, is: Records): void;
  result(): Omit<RowDifference, "keys"> & { readonly removedKeys: readonly string[]; readonly changedKeys: readonly string[] };
}

class KeyedTally implements Tally {
  readonly #columns: readonly string[];
  readonly #changedColumns = new Set<number>();
  readonly #removedKeys: string[] = [];
  readonly #changedKeys: string[] = [];
  #added = 0;
  #removed = 0;
  #changed = 0;

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  add(was: Records, is: Records): void {
    let common = 0;
    for (const [key, old] of was) {
      const now = is.get(key);
      if (now === undefined) {
        this.#removed += 1;
        note(this.#removedKeys, key);
        continue;
      }
      common += 1;
      if (old !== now) this.#change(key, old, now);
    }
    this.#added += is.size - common;
  }

  #change(key: string, old: string, now: string): void {
    this.#changed += 1;
    note(this.#changedKeys, key);
    if (this.#changedColumns.size === this.#columns.length) return;
    for (let column = 0; column < this.#columns.length; column += 1) {
      const place = column * 16;
      if (old.slice(place, place + 16) !== now.slice(place, place + 16)) this.#changedColumns.add(column);
    }
  }

  result() {
    return {
      added: this.#added,
      removed: this.#removed,
      changed: this.#changed,
      columnsChanged: this.#columns.filter((_, index) => this.#changedColumns.has(index)),
      removedKeys: this.#removedKeys,
      changedKeys: this.#changedKeys,
    };
  }
}

/** A changed row shows as one removed and one added. */
class WholeTally implements Tally {
  #added = 0;
  #removed = 0;

  add(was: Records, is: Records): void {
    const [old, now] = [counted(was), counted(is)];
    for (const [row, count] of old) this.#removed += Math.max(0, count - (now.get(row) ?? 0));
    for (const [row, count] of now) this.#added += Math.max(0, count - (old.get(row) ?? 0));
  }

  result() {
    return { added: this.#added, removed: this.#removed, changed: 0, columnsChanged: [], removedKeys: [], changedKeys: [] };
  }
}

function counted(records: Records): Map<string, number> {
  return new Map([...records].map(([key, rest]) => [key.slice(0, 16) + rest.slice(0, 16), Number.parseInt(rest.slice(16), 16)]));
}

function note(keys: string[], key: string): void {
  if (keys.length < MOST_KEYS) keys.push(key.slice(0, 16));
}

/** Groups of both ends by their number; where one end has none, its records are empty. */
async function* paired(before: AsyncGenerator<Group>, after: AsyncGenerator<Group>): AsyncGenerator<readonly [string, string]> {
  let [old, now] = await Promise.all([before.next(), after.next()]);
  while (old.done !== true || now.done !== true) {
    const [was, is] = [old.done === true ? null : old.value, now.done === true ? null : now.value];
    const number = Math.min(was?.number ?? Infinity, is?.number ?? Infinity);
    const [takeOld, takeNow] = [was?.number === number, is?.number === number];
    yield [takeOld ? (was?.records ?? "") : "", takeNow ? (is?.records ?? "") : ""];
    [old, now] = await Promise.all([takeOld ? before.next() : old, takeNow ? after.next() : now]);
  }
}
