/**
 * Text from outside (names, SQL, errors, output of programs) made harmless where GitHub renders markdown: it stays in its place, is no
 * markup, links to nothing, refers to nothing and pings nobody. What GitHub would make a link or a mention of (`@user`, `#12`, a SHA,
 * an address) is set as code: GitHub leaves code alone, and people can copy it as it is. Every other character that markdown reads is
 * written as a character reference, which no parser takes for markup. Limits count characters of the text as it came.
 */

import { safeLine, safeLines } from "../safe-text.ts";

/** Where a piece stands: in the cell of a table a `|` would begin the next cell, even inside code. */
type Place = "prose" | "cell";

/** Longest name that is shown whole. */
const NAME_LIMIT = 120;
/** Longest paragraph or cell of text from outside. */
const TEXT_LIMIT = 2_000;

/** One line of text; what stands between backticks is code, as in every message of Belay. */
export function prose(text: string, limit = TEXT_LIMIT): string {
  return inline(text, limit, "prose");
}

export function cell(text: string, limit = TEXT_LIMIT): string {
  return inline(text, limit, "cell");
}

/** A name, a path, a command: one line as code. Empty where there is nothing to show. */
export function code(text: string, limit = NAME_LIMIT): string {
  return codeSpan(safeLine(text, limit), "prose");
}

export function cellCode(text: string, limit = NAME_LIMIT): string {
  return codeSpan(safeLine(text, limit), "cell");
}

/** For the one place where markdown is not read: inside `<summary>`. */
export function htmlCode(text: string, limit = NAME_LIMIT): string {
  return `<code>${safeLine(text, limit).replace(/[&<>"'`]/gu, reference)}</code>`;
}

/** Several lines as they are; the fence is longer than any run of backticks in them. */
export function fenced(language: "sql" | "diff" | "text" | "mermaid", text: string): string {
  const lines = safeLines(text);
  const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return [fence + language, ...lines, fence].join("\n");
}

/**
 * `label` is markdown already; no address, no link. At the start of a line `[…]:` would define a reference, even with the bracket inside
 * code, and show nothing; a space without width before it keeps it a link.
 */
export function link(label: string, url: string | null): string {
  if (url === null) return label;
  return `${label.includes("]:") ? "&#8203;" : ""}[${label}](${url})`;
}

/** The title of a section in a Mermaid chart: letters, digits and little else; Mermaid has no escape that holds everywhere. */
export function mermaidText(text: string): string {
  const plain = safeLine(text, NAME_LIMIT)
    .replace(/[^\p{L}\p{M}\p{N} ._-]+/gu, " ")
    .trim();
  return plain === "" ? "unnamed" : plain;
}

/** What GitHub links, mentions, typesets as a formula or turns into a picture when it stands in running text. */
const ACTIVE =
  /[@#$]|::|:(?:[+-]1|100|1234|[\w+-]*[a-z][\w+-]*):|:\/\/|www\.|mailto:|xmpp:|(?<![a-z0-9])(?:GH-\d|CVE-|GHSA-|[0-9a-f]{7,40}(?![a-z0-9]))/iu;

const PIECES = /`(?<quoted>[^`]+)`|(?<word>[^\s`]+)|\s+|`/gu;
/** A word, and what only stands around it. */
const WRAPPED = /^(?<before>[("'«[]*)(?<core>.*?)(?<after>[)"'»\],;:.!?…]*)$/su;

function inline(text: string, limit: number, place: Place): string {
  let line = "";
  for (const { 0: piece, groups } of safeLine(text, limit).matchAll(PIECES)) {
    const shown = shownPiece(piece, groups?.["quoted"], groups?.["word"], place);
    // Two runs of backticks that touch would be one longer run, and pair with something else.
    line += line.endsWith("`") && shown.startsWith("`") ? ` ${shown}` : shown;
  }
  return line.replace(/^(?:[-+=:]|\d+[.)])/u, (start) => start.slice(0, -1) + reference(start.slice(-1)));
}

function shownPiece(piece: string, quoted: string | undefined, word: string | undefined, place: Place): string {
  if (quoted !== undefined) return quoted.trim() === "" ? plain(piece) : codeSpan(quoted.trim(), place);
  if (word === undefined || !ACTIVE.test(word)) return plain(piece);
  const { before = "", core = "", after = "" } = WRAPPED.exec(word)?.groups ?? {};
  return core === "" ? codeSpan(word, place) : plain(before) + codeSpan(core, place) + plain(after);
}

/** An underscore between letters is none of markdown's business; most names have one. */
function plain(text: string): string {
  return text.replace(/[&<>`*~[\]\\|]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, reference);
}

/** After CommonMark 6.1: the fence is longer than any run inside; one space at both ends is taken off by the parser. */
function codeSpan(line: string, place: Place): string {
  if (line === "") return "";
  const inside = place === "cell" ? withoutPipes(line) : line;
  const fence = "`".repeat(longestRun(inside) + 1);
  const pad = inside.startsWith("`") || inside.endsWith("`") ? " " : "";
  return fence + pad + inside + pad + fence;
}

/** `\|` is a pipe in a cell; parsers differ on what `\\|` is, so after a backslash it is written out. */
function withoutPipes(line: string): string {
  return line.replace(/(?<=\\)\|/gu, "\\u{7c}").replace(/\|/gu, "\\|");
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/gu)) longest = Math.max(longest, run.length);
  return longest;
}

function reference(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`;
}
