/** Tells a change of structure that only adds something from one that may change rows or references. */

import { foldName } from "./identifiers.ts";
import type { WrittenTables } from "./written-tables.ts";
import { isKeyword, nameOf, tokenise, type Token } from "./sql-tokens.ts";
import { TokenCursor } from "./token-cursor.ts";

/**
 * The tables whose references a statement that changes the structure may touch: none for a new index, view, trigger or column. Rows may
 * have referred to a table before it was there, or to columns that only a unique index lets them refer to; then it is that table.
 * Everything else may touch any.
 */
export function additionIn(sql: string): WrittenTables {
  const cursor = new TokenCursor(tokenise(sql));
  if (cursor.at("ALTER")) return addsPlainColumn(cursor) ? new Set() : "any";
  if (!cursor.at("CREATE")) return "any";
  cursor.take(1);
  cursor.takeWhile("TEMP", "TEMPORARY");
  if (cursor.at("INDEX", "VIEW", "TRIGGER")) return new Set();
  const ofIndex = cursor.at("UNIQUE");
  if (!ofIndex && !cursor.at("TABLE")) return "any";
  cursor.takeWhile("UNIQUE", "INDEX", "TABLE", "IF", "NOT", "EXISTS");
  const own = qualifiedName(cursor);
  const name = ofIndex && cursor.takeWhile("ON").length === 1 ? qualifiedName(cursor) : own;
  return name === undefined ? "any" : new Set([foldName(nameOf(name))]);
}

/** `ALTER TABLE t ADD COLUMN c …`. A column with a reference and a default would refer from its first moment on. */
function addsPlainColumn(cursor: TokenCursor): boolean {
  cursor.takeWhile("ALTER", "TABLE");
  qualifiedName(cursor);
  return cursor.at("ADD") && !cursor.rest().some((token) => isKeyword(token, "REFERENCES"));
}

/** `name` or `schema.name`: its last part. */
function qualifiedName(cursor: TokenCursor): Token | undefined {
  const [first] = cursor.take(1);
  if (cursor.takeOperator(".") === "") return first;
  return cursor.take(1)[0];
}
