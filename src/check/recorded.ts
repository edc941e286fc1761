/** Results of queries as text that a journal keeps and a person reads. */

import type { Rows, SqlValue } from "../domain/session.ts";
import type { RecordedRows, RecordedValue } from "./check.ts";

/** Beyond these a check is no check but an export, and its result would swell journal and report. */
const MAX_ROWS = 10_000;
const MAX_CHARACTERS = 1024 * 1024;

const LONGEST_SHOWN_VALUE = 120;
const LONGEST_SHOWN_LINE = 300;

/** The whole result as text, or (as a string) why it is too large to be kept. */
export function recordRows({ columns, rows }: Rows): RecordedRows | string {
  if (rows.length > MAX_ROWS) return `${rows.length} rows, and a check may give at most ${MAX_ROWS}: let it count or select less`;
  const recorded = rows.map((row) => row.map(recordValue));
  const characters = recorded.flat().reduce((sum, value) => sum + (value?.text.length ?? 0), 0);
  if (characters > MAX_CHARACTERS) return `${characters} characters, and a check may give at most ${MAX_CHARACTERS}: let it select less`;
  return { columns, rows: recorded };
}

export function recordValue(value: SqlValue): RecordedValue {
  if (value === null) return null;
  if (value instanceof Uint8Array) return { text: `x'${Buffer.from(value).toString("hex")}'`, number: false };
  return { text: String(value), number: typeof value === "number" || typeof value === "bigint" };
}

/** A text as the result of a query of one row and one column: what a command or a page said. */
export function recordText(text: string): RecordedRows {
  return { columns: ["text"], rows: [[{ text, number: false }]] };
}

/** Numbers bare, text in quotes and on one line, NULL in capitals. */
export function showValue(value: RecordedValue): string {
  if (value === null) return "NULL";
  return value.number ? value.text : JSON.stringify(shortened(value.text, LONGEST_SHOWN_VALUE));
}

/** A result in one line: the value, `name = value` for two columns, rows in parentheses otherwise. */
export function showRows({ columns, rows }: RecordedRows): string {
  if (rows.length === 0) return "no row";
  if (columns.length === 2)
    return shortened(rows.map(([name, value]) => `${showName(name ?? null)} = ${showValue(value ?? null)}`).join(", "), LONGEST_SHOWN_LINE);
  const shown = rows.map((row) => (row.length === 1 ? showValue(row[0] ?? null) : `(${row.map(showValue).join(", ")})`)).join(", ");
  return shortened(rows.length === 1 ? shown : `${rows.length} rows: ${shown}`, LONGEST_SHOWN_LINE);
}

/** One row for people: `id=4, email="a@example.org"`. */
export function showRow(columns: readonly string[], row: readonly RecordedValue[]): string {
  return shortened(columns.map((column, index) => `${column}=${showValue(row[index] ?? null)}`).join(", "), LONGEST_SHOWN_LINE);
}

/** The name of a named value, as it was selected. */
export function showName(value: RecordedValue): string {
  return value === null ? "NULL" : shortened(value.text.replace(/\s+/g, " "), LONGEST_SHOWN_VALUE);
}

export function shortened(text: string, length: number): string {
  const characters = Array.from(text.slice(0, 2 * length + 2));
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}
