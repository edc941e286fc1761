/** SQL text of `sqlite_schema` in tokens. It was parsed by SQLite once, so it is whole: no error handling is needed here. */

export interface Token {
  readonly kind: "word" | "quoted-name" | "string" | "number" | "operator";
  /** As written. */
  readonly text: string;
}

/** White space and comments; strings and blobs; quoted names; numbers; words (SQLite takes every character beyond ASCII for a letter); the rest. */
const TOKEN = new RegExp(
  [
    String.raw`(?<space>[ \t\n\f\r\uFEFF]+|--[^\n]*|/\*[\s\S]*?(?:\*/|$))`,
    String.raw`(?<string>[xX]?'[^']*(?:''[^']*)*')`,
    String.raw`(?<name>"[^"]*(?:""[^"]*)*"|${"`[^`]*(?:``[^`]*)*`"}|\[[^\]]*\])`,
    String.raw`(?<number>0[xX][0-9a-fA-F_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)`,
    String.raw`(?<word>[A-Za-z_\u0080-\u{10ffff}][A-Za-z0-9_$\u0080-\u{10ffff}]*)`,
    String.raw`(?<operator>->>|->|\|\||<<|>>|<=|>=|<>|!=|==|[\s\S])`,
  ].join("|"),
  "gu",
);

/** Everything but white space and comments. */
export function tokenise(sql: string): Token[] {
  const tokens: Token[] = [];
  for (const { groups = {} } of sql.matchAll(TOKEN)) {
    if (groups["string"] !== undefined) tokens.push({ kind: "string", text: groups["string"] });
    else if (groups["name"] !== undefined) tokens.push({ kind: "quoted-name", text: groups["name"] });
    else if (groups["number"] !== undefined) tokens.push({ kind: "number", text: groups["number"] });
    else if (groups["word"] !== undefined) tokens.push({ kind: "word", text: groups["word"] });
    else if (groups["operator"] !== undefined) tokens.push({ kind: "operator", text: groups["operator"] });
  }
  return tokens;
}

/** Is this token one of these keywords, bare and in any case? */
export function isKeyword(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === "word" && words.includes(token.text.toUpperCase());
}

/** The name that a token stands for. SQLite takes a string for a name where a name must stand. */
export function nameOf(token: Token): string {
  if (token.kind !== "quoted-name" && token.kind !== "string") return token.text;
  const quote = token.text.slice(0, 1);
  const inner = token.text.slice(1, -1);
  return quote === "[" ? inner : inner.replaceAll(quote + quote, quote);
}

/**
 * One text for all ways to write the same: single spaces, keywords in capitals, names bare where they can be. Names and strings keep
 * their case. Two statements that differ in more than white space, comments, keyword case and needless quotes have different texts.
 */
export function normalised(tokens: readonly Token[]): string {
  return tokens.map((token, index) => separator(tokens[index - 1], token) + normalisedToken(token)).join("");
}

/** `NVARCHAR(160)`, `a IN (1, 2)`. Only brackets, commas and dots do without spaces: they part their neighbours themselves. */
function separator(previous: Token | undefined, token: Token): string {
  if (previous === undefined || isOperator(previous, "(", ".") || isOperator(token, ")", ",", ".")) return "";
  const isName = previous.kind === "quoted-name" || (previous.kind === "word" && !KEYWORDS.has(previous.text.toUpperCase()));
  return isName && isOperator(token, "(") ? "" : " ";
}

function isOperator(token: Token, ...operators: readonly string[]): boolean {
  return token.kind === "operator" && operators.includes(token.text);
}

function normalisedToken(token: Token): string {
  if (token.kind === "word") return KEYWORDS.has(token.text.toUpperCase()) ? token.text.toUpperCase() : token.text;
  if (token.kind !== "quoted-name") return token.text;
  const name = nameOf(token);
  return /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name.toUpperCase()) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** https://www.sqlite.org/lang_keywords.html, and the two constants that are words. Quoted, such a word is a name; bare, it need not be. */
const KEYWORDS: ReadonlySet<string> = new Set(
  `ABORT ACTION ADD AFTER ALL ALTER ALWAYS ANALYZE AND AS ASC ATTACH AUTOINCREMENT BEFORE BEGIN BETWEEN BY CASCADE CASE CAST CHECK
  COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DATABASE DEFAULT
  DEFERRABLE DEFERRED DELETE DESC DETACH DISTINCT DO DROP EACH ELSE END ESCAPE EXCEPT EXCLUDE EXCLUSIVE EXISTS EXPLAIN FAIL FILTER
  FIRST FOLLOWING FOR FOREIGN FROM FULL GENERATED GLOB GROUP GROUPS HAVING IF IGNORE IMMEDIATE IN INDEX INDEXED INITIALLY INNER
  INSERT INSTEAD INTERSECT INTO IS ISNULL JOIN KEY LAST LEFT LIKE LIMIT MATCH MATERIALIZED NATURAL NO NOT NOTHING NOTNULL NULL NULLS
  OF OFFSET ON OR ORDER OTHERS OUTER OVER PARTITION PLAN PRAGMA PRECEDING PRIMARY QUERY RAISE RANGE RECURSIVE REFERENCES REGEXP
  REINDEX RELEASE RENAME REPLACE RESTRICT RETURNING RIGHT ROLLBACK ROW ROWS SAVEPOINT SELECT SET TABLE TEMP TEMPORARY THEN TIES TO
  TRANSACTION TRIGGER UNBOUNDED UNION UNIQUE UPDATE USING VACUUM VALUES VIEW VIRTUAL WHEN WHERE WINDOW WITH WITHOUT FALSE TRUE`.split(
    /\s+/,
  ),
);
