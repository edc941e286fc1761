/** How text may look where it goes: colour, symbols, width. Decided once, from the environment and the stream. */

export interface Style {
  readonly color: boolean;
  readonly unicode: boolean;
  /** Columns that prose is wrapped to. */
  readonly width: number;
  /** A line may be written over: a terminal that a person watches. */
  readonly live: boolean;
  /** For ears and braille: words in place of symbols, and no frames. */
  readonly plain: boolean;
}

export interface StreamFacts {
  readonly isTerminal: boolean;
  /** Undefined where the stream does not tell. */
  readonly columns: number | undefined;
}

/** Prose in a log, where nobody knows the reader's width. */
const LOG_WIDTH = 100;
/** A terminal that does not tell its width, or says 0. */
const TERMINAL_WIDTH = 80;

/**
 * Colour: `--no-color` first, then FORCE_COLOR (`0` and `false` turn it off), then NO_COLOR, then whether a capable terminal is there;
 * the order of Node itself. Symbols beyond ASCII where the locale is UTF-8, or in CI where no locale is set (the logs are UTF-8).
 * `BELAY_PLAIN=1` is for a screen reader: no colour, no symbols, no frames, and every line is written once.
 */
export function styleFor(wanted: boolean, variables: Readonly<Record<string, string | undefined>>, stream: StreamFacts): Style {
  const dumb = variables["TERM"] === "dumb";
  const terminal = stream.isTerminal && !dumb;
  const plain = isSet(variables["BELAY_PLAIN"]);
  return {
    color: wanted && !plain && wantsColor(variables, terminal),
    unicode: !dumb && !plain && speaksUtf8(variables),
    width: stream.isTerminal ? Math.min(Math.max(stream.columns || TERMINAL_WIDTH, 40), LOG_WIDTH) : LOG_WIDTH,
    live: terminal && !plain && !isSet(variables["CI"]),
    plain,
  };
}

function wantsColor(variables: Readonly<Record<string, string | undefined>>, terminal: boolean): boolean {
  const forced = variables["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  const refused = variables["NO_COLOR"];
  if (refused !== undefined && refused !== "") return false;
  return terminal;
}

/** POSIX: the first of the three that is set and not empty decides. */
function speaksUtf8(variables: Readonly<Record<string, string | undefined>>): boolean {
  const locale = variables["LC_ALL"] || variables["LC_CTYPE"] || variables["LANG"] || "";
  return locale === "" ? isSet(variables["CI"]) : /utf-?8/i.test(locale);
}

function isSet(switched: string | undefined): boolean {
  return switched !== undefined && switched !== "" && switched !== "0" && switched !== "false";
}

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const;

export type Paint = keyof typeof CODES;

/** Colours text where colour is wanted. The text itself must be safe already. */
export function paint(style: Style, how: Paint | readonly Paint[], text: string): string {
  if (!style.color || text === "") return text;
  const codes = (typeof how === "string" ? [how] : how).map((name) => CODES[name]);
  return codes.reduce((painted, [on, off]) => `\x1b[${on}m${painted}\x1b[${off}m`, text);
}

export type Mark = "done" | "failed" | "warned" | "skipped" | "running";

const MARKS: Record<Mark, { readonly unicode: string; readonly ascii: string; readonly paint: Paint }> = {
  done: { unicode: "✔", ascii: "ok  ", paint: "green" },
  failed: { unicode: "✖", ascii: "FAIL", paint: "red" },
  warned: { unicode: "⚠", ascii: "warn", paint: "yellow" },
  skipped: { unicode: "-", ascii: "skip", paint: "dim" },
  running: { unicode: "…", ascii: "... ", paint: "cyan" },
};

/** A mark that can be told without colour. All marks of a style are equally wide. */
export function mark(style: Style, which: Mark): string {
  const { unicode, ascii, paint: color } = MARKS[which];
  return paint(style, color, style.unicode ? unicode : ascii);
}

export function markWidth(style: Style): number {
  return style.unicode ? 1 : 4;
}

const ASCII_FOR: readonly (readonly [RegExp, string])[] = [
  [/ · /gu, ", "],
  [/·/gu, "-"],
  [/…/gu, "..."],
  [/[✔]/gu, "ok"],
  [/[✖]/gu, "x"],
  [/[⚠]/gu, "!"],
  [/→/gu, "->"],
];

/** Belay's own symbols in words, where the locale has none. Names from outside keep their letters. */
export function spell(style: Style, text: string): string {
  return style.unicode ? text : ASCII_FOR.reduce((spelled, [symbol, ascii]) => spelled.replace(symbol, ascii), text);
}
