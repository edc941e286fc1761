/** YAML text → Tree, with every syntax problem at its place. */

import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type ErrorCode,
  type Node,
  type YAMLError,
} from "yaml";
import type { Problem } from "./problem.ts";
import { mapOf, type Entry, type Place, type ScalarTree, type Tree } from "./tree.ts";

/** More values than this is an alias bomb, not a configuration. */
const MOST_NODES = 20_000;

/** What follows goes through the tree by recursion. */
const MOST_LEVELS = 64;

export interface ReadYaml {
  /** null where the text is no YAML, or empty. */
  readonly tree: Tree | null;
  readonly problems: readonly Problem[];
}

export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const flaws = [...document.errors, ...document.warnings];
  if (flaws.length > 0) return { tree: null, problems: syntaxProblems(flaws, lines, text.split("\n")) };
  const reader = new Reader(document, lines);
  return { tree: document.contents === null ? null : reader.read(document.contents, ""), problems: reader.problems };
}

/**
 * One problem a line: what follows on the same line is mostly the parser stumbling on. What it stumbles over on later lines is told only
 * where the line itself shows a mistake.
 */
function syntaxProblems(flaws: readonly YAMLError[], lines: LineCounter, text: readonly string[]): Problem[] {
  const byLine = new Map<number, Problem>();
  for (const flaw of flaws) {
    const { line, col } = lines.linePos(flaw.pos[0]);
    const slip = slipIn(text[line - 1] ?? "");
    if (byLine.has(line) || (byLine.size > 0 && slip === null && flaw.code === "UNEXPECTED_TOKEN")) continue;
    byLine.set(line, {
      line,
      column: col,
      path: "",
      code: "yaml-syntax",
      ...(flaw.code === "TAB_AS_INDENT" ? explain(flaw) : (slip ?? explain(flaw))),
    });
  }
  return [...byLine.values()];
}

interface Words {
  readonly message: string;
  readonly hint: string;
}

/** Slips that a line shows by itself, whatever the parser says of it. */
const SLIPS: readonly (readonly [RegExp, (match: RegExpExecArray) => Words])[] = [
  [
    /[:[{,-]\s*(\$\{[^}"']*\})/,
    ([, variable = ""]) => ({ message: `${variable} stands without quotes, so that YAML takes { for a map`, hint: `write "${variable}"` }),
  ],
  [
    /:\s+>(=?)\s*(-?\d+)/,
    ([, orEqual, number]) => ({
      message: "> begins a text of several lines",
      hint: `for a comparison write { at-least: ${orEqual === "=" ? Number(number) : Number(number) + 1} }`,
    }),
  ],
  [/:\s+[%@`]/, () => ({ message: "a text does not begin with %, @ or `", hint: "put it in quotes" })],
  [
    /:\s+"[^"]*"[^"\s,#}\]][^"]*"/,
    () => ({ message: "text goes on behind the closing quote", hint: `put single quotes around the whole: 'say "hello"'` }),
  ],
  [
    /:\s+'[^']*'[^'\s,#}\]][^']*'/,
    () => ({ message: "text goes on behind the closing quote", hint: 'put double quotes around the whole: "it\'s"' }),
  ],
  [
    /^\s*(?:- )?[\w-]+:\s+[^\s"'[{|>&*!#][^"']*:\s/,
    () => ({ message: "a text with a colon and a space in it looks like a map", hint: "put the whole text in quotes" }),
  ],
];

function slipIn(line: string): Words | null {
  for (const [pattern, words] of SLIPS) {
    const match = pattern.exec(line);
    if (match !== null) return words(match);
  }
  return null;
}

/** What the commonest slips look like to people; the parser's own words serve for the others. */
const IN_PLAIN_WORDS: Readonly<Partial<Record<ErrorCode, { readonly message?: string; readonly hint: string }>>> = {
  BAD_INDENT: { hint: "indent keys of one level alike" },
  BLOCK_AS_IMPLICIT_KEY: {
    message: "what follows is indented further, as if it belonged to this value",
    hint: "indent keys of one level alike; a text with a colon in it goes in quotes",
  },
  MULTIPLE_DOCS: { message: "a second document starts here", hint: "keep one, without ---" },
  RESOURCE_EXHAUSTION: { message: "it is nested too deeply", hint: "a belay.yml needs about ten levels" },
  TAB_AS_INDENT: { message: "a tab; YAML is indented with spaces", hint: "replace it with two spaces a level" },
  TAG_RESOLVE_FAILED: { hint: "tags mean nothing here: leave it out, or put the text in quotes" },
};

function explain({ code, message }: YAMLError): Words {
  const hint = "check indentation, colons and quotes; text with : # { } [ ] & * ! | > % @ or ` goes in quotes";
  return { message, hint, ...IN_PLAIN_WORDS[code] };
}

class Reader {
  readonly problems: Problem[] = [];
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #open = new Set<Node>();
  #nodes = 0;

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  read(node: Node, path: string): Tree {
    const place = this.#place(node, path);
    const content = isAlias(node) ? node.resolve(this.#document) : node;
    if (content === undefined)
      return this.#reject(place, "yaml-alias", "no earlier value is called so", "text that begins with * goes in quotes");
    if (this.#open.has(content))
      return this.#reject(place, "yaml-alias", "this alias stands inside of what it repeats", "write the value out");
    if (this.#open.size >= MOST_LEVELS)
      return this.#reject(place, "yaml-size", "it is nested too deeply", "a belay.yml needs about ten levels");
    if (++this.#nodes > MOST_NODES) return this.#tooLarge(place);
    this.#open.add(content);
    const tree = this.#content(content, place);
    this.#open.delete(content);
    return tree;
  }

  /** Told once, however much more there is. */
  #tooLarge(place: Place): Tree {
    if (this.#nodes > MOST_NODES + 1) return nothing(place);
    return this.#reject(place, "yaml-size", `it has more than ${MOST_NODES} values, aliases counted`, "write fewer aliases");
  }

  #content(node: Node, place: Place): Tree {
    if (isMap(node)) return mapOf(place, this.#entries(node.items, place.path));
    if (isSeq(node))
      return { kind: "list", place, items: node.items.map((item, index) => this.read(item as Node, `${place.path}[${index}]`)) };
    return isScalar(node) ? this.#scalar(node.value, node.source, place) : nothing(place);
  }

  #entries(pairs: readonly { readonly key: unknown; readonly value: unknown }[], path: string): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : "?";
      const place = this.#place(key as Node, path === "" ? name : `${path}.${name}`);
      const earlier = entries.get(name);
      if (!isScalar(key)) this.#report(place, "yaml-key", "a key is a single word or text", "write it without [ ] and { }");
      else if (earlier !== undefined)
        this.#report(
          place,
          "duplicate-key",
          `the key "${name}" stands here a second time`,
          `it is already on line ${earlier.place.line}; keep one`,
        );
      else entries.set(name, { place, value: value === null ? nothing(place) : this.read(value as Node, place.path) });
    }
    return entries;
  }

  #scalar(value: unknown, source: string | undefined, place: Place): ScalarTree {
    if (typeof value === "number") {
      if (!Number.isFinite(value))
        this.#report(
          place,
          "bad-number",
          `${source ?? value} is no number to compare with`,
          "write its digits, or put it in quotes as text",
        );
      return { kind: "scalar", place, value, source: decimal(value, source), origin: "written" };
    }
    if (value !== null && typeof value !== "string" && typeof value !== "boolean")
      return this.#reject(place, "yaml-tag", "a tag made this something other than text, number, true, false or null", "leave the tag out");
    return { kind: "scalar", place, value, source: String(value), origin: "written" };
  }

  #reject(place: Place, code: string, message: string, hint: string): ScalarTree {
    this.#report(place, code, message, hint);
    return nothing(place);
  }

  #place(node: Node, path: string): Place {
    const { line, col } = this.#lines.linePos(node.range?.[0] ?? 0);
    return { line, column: col, path };
  }

  #report(place: Place, code: string, message: string, hint: string): void {
    this.problems.push({ ...place, code, message, hint });
  }
}

function nothing(place: Place): ScalarTree {
  return { kind: "scalar", place, value: null, source: "null", origin: "written" };
}

/** The digits as written; hexadecimal and octal numbers, which no database writes, as decimals. */
function decimal(value: number, source: string | undefined): string {
  if (source === undefined) return String(value);
  return /^0[xo]/.test(source) ? BigInt(source).toString() : source.replace(/^\+/, "");
}
