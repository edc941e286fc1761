/** Values as a `Session` gives them, from the text that PostgreSQL writes. */

import type { Rows, SqlValue } from "../../domain/session.ts";
import type { Answer } from "./connection.ts";

/** Types by their oids, which are the same in every version: pg_type.dat of PostgreSQL. What is not here stays text. */
const READERS: Readonly<Record<number, (text: string) => SqlValue>> = {
  16: (text) => text === "t",
  17: (text) => new Uint8Array(Buffer.from(text.slice(2), "hex")),
  20: wholeNumber,
  21: wholeNumber,
  23: wholeNumber,
  26: wholeNumber,
};

export function valuesOf({ columns, rows }: Answer): Rows {
  const readers = columns.map(({ type }) => READERS[type]);
  return {
    columns: columns.map(({ name }) => name),
    rows: rows.map((row) => row.map((text, index) => (text === null ? null : (readers[index]?.(text) ?? text)))),
  };
}

/** A plain one where that loses nothing. */
function wholeNumber(text: string): SqlValue {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}
