/** Names as SQLite treats them. */

/** Which attached database of a connection: the target itself, or the before-copy that was attached to it. */
export type SchemaName = "main" | "before";

/** A name as a quoted identifier, whatever stands in it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** SQLite takes two names for one when they differ only in the case of ASCII letters. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
