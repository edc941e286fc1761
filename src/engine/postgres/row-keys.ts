/** Keys of rows, for people to find them by. */

import { MOST_KEY_CHARACTERS, MOST_KEYS } from "../../domain/data.ts";
import { shownName } from "../../domain/shown-name.ts";
import type { Column } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { quoteIdentifier } from "./identifiers.ts";
import type { TableEnd } from "./table-ends.ts";
import { keyHash, textOf } from "./value-hash.ts";

/** `id=4`, of removed rows and then of changed ones, given by the hashes of their keys in hexadecimal. */
export async function readKeys(
  connection: Connection,
  end: TableEnd,
  removed: readonly string[],
  changed: readonly string[],
): Promise<string[]> {
  const gone = await keysOf(connection, end, removed, MOST_KEYS);
  return [...gone, ...(await keysOf(connection, end, changed, MOST_KEYS - gone.length))];
}

async function keysOf(connection: Connection, { from, key }: TableEnd, hashes: readonly string[], most: number): Promise<string[]> {
  if (hashes.length === 0 || most <= 0) return [];
  const wanted = hashes.map((hash) => `'${BigInt.asIntN(64, BigInt(`0x${hash}`))}'::int8`);
  const parts = key.map((column) => `pg_catalog.left(${textOf(column)}, ${MOST_KEY_CHARACTERS + 1})`);
  const order = key.map(({ name }) => quoteIdentifier(name)).join(", ");
  const rows = await connection.rows(
    `select ${parts.join(", ")} from ${from} where ${keyHash(key)} = any (array[${wanted.join(", ")}]) order by ${order} limit ${most}`,
  );
  return rows.map((row) => shownKey(key, row));
}

function shownKey(key: readonly Column[], row: Row): string {
  return key.map((column, index) => `${shownName(column.name)}=${shownValue(row[index] ?? "", column.bare)}`).join(", ");
}

function shownValue(value: string, bare: boolean): string {
  const characters = [...value];
  const cut = characters.slice(0, MOST_KEY_CHARACTERS).join("");
  return (bare ? cut : `'${cut.replaceAll("'", "''")}'`) + (characters.length > MOST_KEY_CHARACTERS ? "…" : "");
}
