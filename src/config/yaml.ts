/** YAML text → Tree, with every syntax problem at its place. */

import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type YAMLError } from "yaml";
import type { Problem } from "./problem.ts";
import { mapOf, type Entry, type Place, type ScalarTree, type Tree } from "./tree.ts";

/** More nodes than this is an alias bomb, not a configuration. */
const MOST_NODES = 100_000;

export interface ReadYaml {
  /** null where the text is no YAML, or empty. */
  readonly tree: Tree | null;
  readonly problems: readonly Problem[];
}

export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter();
  const document = parse(text, lines);
  if (document === null) {
    return { tree: null, problems: [{ line: 1, column: 1, path: "", code: "yaml-too-deep", message: "it is nested too deeply", hint: "a belay.yml needs about ten levels" }] };
  }
  const flaws = [...document.errors, ...document.warnings];
  if (flaws.length > 0) return { tree: null, problems: syntaxProblems(flaws, lines) };
  const reader = new Reader(document, lines);
  return { tree: document.contents === null ? null : reader.read(document.contents, ""), problems: reader.problems };
}

/** null where the text is nested so deeply that the parser runs out of stack. */
function parse(text: string, lineCounter: LineCounter): Document.Parsed | null {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
  } catch (thrown) {
    if (thrown instanceof RangeError) return null;
    throw thrown;
  }
}

/** One problem a line: what follows on the same line is mostly the parser stumbling on. */
function syntaxProblems(flaws: readonly YAMLError[], lines: LineCounter): Problem[] {
  const byLine = new Map<number, Problem>();
  for (const flaw of flaws) {
    const { line, col } = lines.linePos(flaw.pos[0]);
    if (!byLine.has(line)) byLine.set(line, { line, column: col, path: "", code: "yaml-syntax", ...explain(flaw) });
  }
  return [...byLine.values()];
}

function explain(flaw: YAMLError): { readonly message: string; readonly hint: string } {
  switch (flaw.code) {
    case "TAB_AS_INDENT":
      return { message: "a tab; YAML is indented with spaces", hint: "replace it with two spaces a level" };
    case "MULTIPLE_DOCS":
      return { message: "a second document starts here", hint: "keep one, without ---" };
    case "TAG_RESOLVE_FAILED":
      return { message: `${flaw.message}: tags mean nothing here`, hint: "leave it out, or put the text in quotes" };
    case "BAD_INDENT":
      return { message: flaw.message, hint: "indent keys of one level alike" };
    default:
      return { message: flaw.message, hint: "check indentation, colons and quotes; text with : # { } [ ] & * ! | > % @ or ` goes in quotes" };
  }
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
    const target = isAlias(node) ? node.resolve(this.#document) : node;
    if (target === undefined || this.#open.has(target) || ++this.#nodes > MOST_NODES) {
      if (this.problems.at(-1)?.code !== "yaml-alias") this.#report(place, "yaml-alias", "this alias contains itself or grows without end", "write the values out");
      return nothing(place);
    }
    this.#open.add(target);
    const tree = this.#content(target, place);
    this.#open.delete(target);
    return tree;
  }

  #content(node: Node, place: Place): Tree {
    if (isMap(node)) return mapOf(place, this.#entries(node.items, place.path));
    if (isSeq(node)) return { kind: "list", place, items: node.items.map((item, index) => this.read(item as Node, `${place.path}[${index}]`)) };
    return isScalar(node) ? this.#scalar(node.value, node.source, place) : nothing(place);
  }

  #entries(pairs: readonly { readonly key: unknown; readonly value: unknown }[], path: string): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : "?";
      const place = this.#place(key as Node, path === "" ? name : `${path}.${name}`);
      const earlier = entries.get(name);
      if (!isScalar(key)) this.#report(place, "yaml-key", "a key is a single word or text", "write it without [ ] and { }");
      else if (earlier !== undefined) this.#report(place, "duplicate-key", `the key "${name}" stands here a second time`, `it is already on line ${earlier.place.line}; keep one`);
      else entries.set(name, { place, value: value === null ? nothing(place) : this.read(value as Node, place.path) });
    }
    return entries;
  }

  #scalar(value: unknown, source: string | undefined, place: Place): ScalarTree {
    if (typeof value === "number") {
      if (!Number.isFinite(value)) this.#report(place, "bad-number", `${source ?? value} is no number to compare with`, "write its digits, or put it in quotes as text");
      return { kind: "scalar", place, value, source: decimal(value, source), origin: "written" };
    }
    const known = typeof value === "string" || typeof value === "boolean" ? value : null;
    return { kind: "scalar", place, value: known, source: String(known), origin: "written" };
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
