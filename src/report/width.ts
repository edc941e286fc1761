/** Columns on a terminal, and text laid out by them. */

/** Made when first needed: it costs more than the rest of a short command. */
let segmenter: Intl.Segmenter | undefined;

function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Halfwidth forms are narrow, whatever their script. */
const NARROW = /^[\uff61-\uffdc\uffe8-\uffee]/u;
/** Two columns, after Unicode's East Asian Width (W and F) and emoji shown as pictures. */
const WIDE =
  /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Bopomofo}\p{sc=Yi}\u3000-\u303e\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\ufe0f/u;
const INVISIBLE = /^[\p{M}\u200c\u200d]+$/u;
/** One column each: ASCII, and the symbols of Belay's own. */
const NARROW_ONLY = /^[ -~·…→✔✖⚠]*$/u;

/** Columns that a line takes; it must hold no controls. */
export function width(text: string): number {
  if (NARROW_ONLY.test(text)) return text.length;
  let columns = 0;
  for (const grapheme of graphemes(text)) columns += graphemeWidth(grapheme);
  return columns;
}

function graphemeWidth(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return !NARROW.test(grapheme) && WIDE.test(grapheme) ? 2 : 1;
}

export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - width(text))) + text;
}

/** As much of a line as fits, with the sign that something was cut off. */
export function cutTo(text: string, columns: number, sign = "…"): string {
  if (width(text) <= columns) return text;
  const room = columns - width(sign);
  let [cut, taken] = ["", 0];
  for (const grapheme of graphemes(text)) {
    taken += graphemeWidth(grapheme);
    if (taken > room) break;
    cut += grapheme;
  }
  return room < 0 ? sign.slice(0, columns) : cut + sign;
}

/** Words, where what stands between backticks is one: a command must be copied whole. */
const WORD = /(?:`[^`]*`|[^\s`]|`)+/gu;

/**
 * Breaks text between words so that no line is wider than `columns`. A word wider than a line is cut where `cutWords` asks for it
 * (in a box), and otherwise stands out (a path that somebody copies).
 */
export function wrap(text: string, columns: number, cutWords = false): string[] {
  const lines: string[] = [];
  let line = "";
  for (const [whole] of text.matchAll(WORD)) {
    for (const word of cutWords ? pieces(whole, columns) : [whole]) {
      if (line !== "" && width(line) + 1 + width(word) > columns) {
        lines.push(line);
        line = word;
      } else {
        line = line === "" ? word : `${line} ${word}`;
      }
    }
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}

function pieces(word: string, columns: number): string[] {
  if (width(word) <= columns) return [word];
  const parts: string[] = [];
  let part = "";
  for (const grapheme of graphemes(word)) {
    if (part !== "" && width(part) + graphemeWidth(grapheme) > columns) {
      parts.push(part);
      part = "";
    }
    part += grapheme;
  }
  return [...parts, part];
}
