/**
 * Text from outside (names, SQL, errors, output of programs) made harmless for a terminal and a log: it can neither move the
 * cursor, nor colour, nor turn the direction of writing, nor start a line of its own. What is left out of sight is written out
 * as `\u{202e}`; colour sequences go without a trace. Applying it twice changes nothing.
 */

/**
 * Whole escape sequences: CSI, OSC and other strings, two-character escapes; after ECMA-48. A string ends where another begins, so
 * that beginnings without an end are read once each.
 */
const ANSI =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-OQ-WYZ\\`-~]/gu;

/**
 * Controls, lone surrogates, and what is not seen but acts: soft hyphen, marks, embeddings, overrides and isolates of direction,
 * separators of lines and paragraphs, zero-width space, joiners without use in writing, tags. The joiners that writing needs
 * (U+200C, U+200D) stay.
 */
const UNSEEN =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** One line: breaks and tabs become spaces. Cut to `limit` characters (default: not at all), the cut marked. */
export function safeLine(text: string, limit = Number.POSITIVE_INFINITY): string {
  const near = nearPart(text, limit);
  const line = near
    .replace(ANSI, "")
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/gu, " ")
    .replace(UNSEEN, written)
    .trim();
  return cut(near === text ? line : `${line}…`, limit);
}

/** Several lines: breaks stay, tabs become two spaces, everything else as in `safeLine`. */
export function safeLines(text: string): string[] {
  const lines = text.replace(ANSI, "").replace(/\r\n?/gu, "\n").replace(/\t/gu, "  ").split("\n");
  return lines.map((line) => line.replace(UNSEEN, written).trimEnd());
}

/** As much as can matter of a text that is far longer than what is shown of it. */
function nearPart(text: string, limit: number): string {
  const most = limit * 8 + 1_000;
  return text.length > most ? text.slice(0, most) : text;
}

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, Math.max(0, limit - 1)).join("")}…`;
}

function written(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
