/** Cuts SQL into tokens. Knows no grammar: only where strings, names and comments begin and end, which is what every other question needs. */

import type { Lexicon, Quote } from "./lexicon.ts";

export type TokenKind = "word" | "name" | "string" | "comment" | "semicolon" | "open" | "close" | "other";

export interface Token {
  readonly kind: TokenKind;
  /** Offsets into the text; `end` is the first one after the token. */
  readonly start: number;
  readonly end: number;
  /** Set where the end of the text came before the token's own. */
  readonly unclosed?: "string" | "name" | "comment";
}

// Sticky expressions keep their position in `lastIndex`; each call sets it first, so that they can be shared.
const SPACE = /[ \t\n\r\f\v]+/y;
// SQLite and PostgreSQL both take every character beyond ASCII for a letter.
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /[0-9][\w.]*/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const CONTINUED_STRING = /[ \t\f\v]*\r?\n[ \t\n\r\f\v]*'/y;

/** The token at or after `from`, or null at the end of the text. */
export function tokenAt(text: string, from: number, lexicon: Lexicon): Token | null {
  const start = endOf(SPACE, text, from) ?? from;
  const character = text[start];
  if (character === undefined) return null;
  if (character === ";") return { kind: "semicolon", start, end: start + 1 };
  if (character === "(") return { kind: "open", start, end: start + 1 };
  if (character === ")") return { kind: "close", start, end: start + 1 };
  if (character === "-" && text[start + 1] === "-") return lineComment(text, start);
  if (character === "/" && text[start + 1] === "*") return blockComment(text, start, lexicon.nestedComments);
  const quote = lexicon.quotes[character];
  if (quote !== undefined) return quoted(text, start, quote);
  if (lexicon.dollarStrings && character === "$") {
    const opened = endOf(DOLLAR_TAG, text, start);
    if (opened !== null) return dollarString(text, start, opened);
  }
  const wordEnd = endOf(WORD, text, start);
  if (wordEnd === null) return { kind: "other", start, end: endOf(NUMBER, text, start) ?? start + 1 };
  if (lexicon.escapeStrings && text[wordEnd] === "'" && /^e$/i.test(text.slice(start, wordEnd))) return escapeString(text, start);
  return { kind: "word", start, end: wordEnd };
}

/** The tokens of a text, comments left out. */
export function* significantTokens(text: string, lexicon: Lexicon): Generator<Token> {
  for (let token = tokenAt(text, 0, lexicon); token !== null; token = tokenAt(text, token.end, lexicon)) {
    if (token.kind !== "comment") yield token;
  }
}

function endOf(pattern: RegExp, text: string, from: number): number | null {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : null;
}

function lineComment(text: string, start: number): Token {
  const end = text.indexOf("\n", start);
  return { kind: "comment", start, end: end < 0 ? text.length : end };
}

function blockComment(text: string, start: number, nested: boolean): Token {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start + 2;
  for (let depth = 1; depth > 0;) {
    const found = edge.exec(text);
    if (found === null) return { kind: "comment", start, end: text.length, unclosed: "comment" };
    if (found[0] === "*/") depth--;
    else if (nested) depth++;
    // in `/*/` that a comment merely contains, the slash may close what the star begins
    else edge.lastIndex = found.index + 1;
  }
  return { kind: "comment", start, end: edge.lastIndex };
}

function quoted(text: string, start: number, { close, doubled, kind }: Quote): Token {
  for (let at = start + 1; ; at += 2) {
    at = text.indexOf(close, at);
    if (at < 0) return { kind, start, end: text.length, unclosed: kind };
    if (!doubled || text[at + 1] !== close) return { kind, start, end: at + 1 };
  }
}

function dollarString(text: string, start: number, opened: number): Token {
  const close = text.indexOf(text.slice(start, opened), opened);
  if (close < 0) return { kind: "string", start, end: text.length, unclosed: "string" };
  return { kind: "string", start, end: close + opened - start };
}

/** `E'it\'s'`; a string on the next line continues it, with the same rules. */
function escapeString(text: string, start: number): Token {
  const stop = /['\\]/g;
  for (let at = start + 2; ;) {
    stop.lastIndex = at;
    const found = stop.exec(text);
    if (found === null) return { kind: "string", start, end: text.length, unclosed: "string" };
    const escaped = found[0] === "\\" || text[found.index + 1] === "'";
    const continued = escaped ? null : endOf(CONTINUED_STRING, text, found.index + 1);
    if (!escaped && continued === null) return { kind: "string", start, end: found.index + 1 };
    at = continued ?? found.index + 2;
  }
}
