/** How the text of a script falls into tokens and statements, per dialect. Data: whoever reads SQL asks these fields, never the dialect's name. */

import type { SqlDialect } from "../../domain/session.ts";

export interface Quote {
  readonly close: string;
  /** The closing character, written twice, stands for itself. */
  readonly doubled: boolean;
  /** What it makes: a value, or a name. */
  readonly kind: "string" | "name";
}

export interface Lexicon {
  /** By the character that opens. */
  readonly quotes: Readonly<Record<string, Quote>>;
  /** `E'…'`, in which a backslash escapes. */
  readonly escapeStrings: boolean;
  /** `$tag$ … $tag$`. */
  readonly dollarStrings: boolean;
  /** A block comment may hold another one. */
  readonly nestedComments: boolean;
  /** A semicolon inside parentheses ends nothing (CREATE RULE). */
  readonly parenthesesHoldSemicolons: boolean;
  /**
   * Statements with a body of further statements, told by their first words. The body runs from `opens` (null: the whole statement
   * is one) to an END that follows a semicolon or the opening words themselves. A CASE … END never stands there.
   */
  readonly body: { readonly header: RegExp; readonly opens: readonly [string, string] | null };
  /** Commands of the database's own client, which no server understands. */
  readonly clientCommand: { readonly character: string; readonly where: "statement-start" | "anywhere"; readonly client: string };
  /** A statement whose data follow it in the script, told by its text. */
  readonly inlineData: RegExp | null;
}

export const LEXICONS: Readonly<Record<SqlDialect, Lexicon>> = {
  // https://www.sqlite.org/lang_keywords.html, and sqlite3_complete() for the end of a trigger
  sqlite: {
    quotes: {
      "'": { close: "'", doubled: true, kind: "string" },
      '"': { close: '"', doubled: true, kind: "name" },
      "`": { close: "`", doubled: true, kind: "name" },
      "[": { close: "]", doubled: false, kind: "name" },
    },
    escapeStrings: false,
    dollarStrings: false,
    nestedComments: false,
    parenthesesHoldSemicolons: false,
    body: { header: /^(EXPLAIN (QUERY PLAN )?)?CREATE (TEMP |TEMPORARY )?TRIGGER\b/, opens: null },
    clientCommand: { character: ".", where: "statement-start", client: "sqlite3" },
    inlineData: null,
  },
  // https://www.postgresql.org/docs/current/sql-syntax-lexical.html, and psql's own scanner for what ends a statement
  postgres: {
    quotes: {
      "'": { close: "'", doubled: true, kind: "string" },
      '"': { close: '"', doubled: true, kind: "name" },
    },
    escapeStrings: true,
    dollarStrings: true,
    nestedComments: true,
    parenthesesHoldSemicolons: true,
    body: { header: /^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE)\b/, opens: ["BEGIN", "ATOMIC"] },
    clientCommand: { character: "\\", where: "anywhere", client: "psql" },
    inlineData: /^copy\b[\s\S]*\bfrom\s+stdin\b/i,
  },
};
