/**
 * Files that hold both ways, forward and back, between marker lines, as other tools write them. The markers are data. Like those
 * tools, this looks at lines only: a marker inside a string would be one too.
 */

import type { Problem } from "./problem.ts";

interface SectionFormat {
  /** For people. */
  readonly tool: string;
  /** null: the file begins with the way forward. */
  readonly up: RegExp | null;
  readonly down: RegExp;
  /** Where the options stand that ask for no transaction: on the marker itself, or anywhere in the file. */
  readonly noTransaction: RegExp | null;
  /** Pairs of lines that keep a statement together. Belay's splitter needs none, but one without the other is a mistake. */
  readonly statement: { readonly begin: RegExp; readonly end: RegExp } | null;
  /** Lines of this tool that Belay has no equal of. */
  readonly unknown: RegExp | null;
}

const FORMATS: readonly SectionFormat[] = [
  {
    tool: "dbmate",
    up: /^--\s*migrate:up(\s|$)/,
    down: /^--\s*migrate:down(\s|$)/,
    noTransaction: /^--\s*migrate:(up|down)\b.*\btransaction:false\b/,
    statement: null,
    unknown: /^--\s*migrate:(?!(up|down)(\s|$))/,
  },
  {
    tool: "goose",
    up: /^--\s*\+goose\s+up\b/i,
    down: /^--\s*\+goose\s+down\b/i,
    noTransaction: /^--\s*\+goose\s+no\s+transaction\b/i,
    statement: { begin: /^--\s*\+goose\s+statementbegin\b/i, end: /^--\s*\+goose\s+statementend\b/i },
    unknown: /^--\s*\+goose\s+(?!(up|down|statementbegin|statementend|no\s+transaction|envsub\s+off)\b)/i,
  },
  {
    tool: "sql-migrate",
    up: /^--\s*\+migrate\s+up\b/i,
    down: /^--\s*\+migrate\s+down\b/i,
    noTransaction: /^--\s*\+migrate\s+(up|down)\b.*\bnotransaction\b/i,
    statement: { begin: /^--\s*\+migrate\s+statementbegin\b/i, end: /^--\s*\+migrate\s+statementend\b/i },
    unknown: /^--\s*\+migrate\s+(?!(up|down|statementbegin|statementend)\b)/i,
  },
  {
    tool: "node-pg-migrate",
    up: /^--\s*up migration\b/i,
    down: /^--\s*down migration\b/i,
    noTransaction: null,
    statement: null,
    unknown: null,
  },
  { tool: "tern", up: null, down: /^---- create above \/ drop below ----/, noTransaction: null, statement: null, unknown: null },
  { tool: "MyBatis", up: null, down: /^--\s*\/\/\s*@undo\b/i, noTransaction: null, statement: null, unknown: null },
];

/** A part of a file, with the number of its first line. */
export interface Section {
  readonly text: string;
  readonly firstLine: number;
  readonly transaction: boolean;
}

export interface Sections {
  /** What stands before the first marker: directives and comments, no statement. Empty in a file without markers. */
  readonly prelude: Section;
  readonly up: Section;
  /** null: the file knows no way back. */
  readonly down: Section | null;
  /** Which tool's markers these are; null for a file without any. */
  readonly format: string | null;
  readonly problems: readonly Problem[];
}

interface Line {
  readonly text: string;
  readonly number: number;
  readonly start: number;
}

/** Divides a file by its markers. A file without any is all way forward. */
export function divideSections(text: string): Sections {
  const lines = text.includes("--") ? commentLines(text) : [];
  const format = FORMATS.find(({ up, down, unknown }) =>
    lines.some((line) => up?.test(line.text) || down.test(line.text) || unknown?.test(line.text)),
  );
  if (format === undefined)
    return { prelude: EMPTY, up: { text, firstLine: 1, transaction: true }, down: null, format: null, problems: [] };

  const ups = format.up === null ? [] : matching(lines, format.up);
  const downs = matching(lines, format.down);
  const up = ups[0] ?? null;
  const down = downs[0] ?? null;
  const upStart = up?.start ?? (format.up === null ? 0 : text.length);
  const upEnd = down !== null && down.start > upStart ? down.start : text.length;
  const whole = matching(lines, format.noTransaction).filter((line) => line !== up && line !== down);
  const transaction = (marker: Line | null) => whole.length === 0 && !(marker !== null && format.noTransaction?.test(marker.text));
  return {
    prelude: { text: text.slice(0, upStart), firstLine: 1, transaction: true },
    up: { text: text.slice(upStart, upEnd), firstLine: up?.number ?? 1, transaction: transaction(up) },
    down: down === null ? null : { text: text.slice(down.start), firstLine: down.number, transaction: transaction(down) },
    format: format.tool,
    problems: problemsOf(format, lines, ups, downs),
  };
}

const EMPTY: Section = { text: "", firstLine: 1, transaction: true };

/** Only lines that begin a comment can be markers; in a script of many megabytes hardly any does. */
function commentLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  let number = 1;
  let counted = 0;
  for (const found of text.matchAll(/^[ \t]*(--.*)$/gm)) {
    for (let at = text.indexOf("\n", counted); at >= 0 && at < found.index; at = text.indexOf("\n", counted)) {
      number++;
      counted = at + 1;
    }
    lines.push({ text: (found[1] ?? "").trimEnd(), number, start: found.index });
  }
  return lines;
}

function matching(lines: readonly Line[], pattern: RegExp | null): readonly Line[] {
  return pattern === null ? [] : lines.filter(({ text }) => pattern.test(text));
}

function problemsOf(format: SectionFormat, lines: readonly Line[], ups: readonly Line[], downs: readonly Line[]): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (line: Line | undefined, what: string, hint: string) =>
    problems.push({ code: "migration-sections", what, hint, line: line?.number ?? null });
  const [up] = ups;
  const [down] = downs;
  if (format.up !== null && up === undefined)
    add(
      down ?? lines[0],
      `has markers of ${format.tool} but none for the way forward`,
      `put ${format.tool}'s marker for "up" above the statements to apply`,
    );
  if (ups.length > 1) add(ups[1], `has a second marker for the way forward`, "keep one section for each way");
  if (downs.length > 1) add(downs[1], `has a second marker for the way back`, "keep one section for each way");
  if (up !== undefined && down !== undefined && down.start < up.start)
    add(down, "has the way back above the way forward", "put the section for the way forward first");
  for (const line of matching(lines, format.unknown))
    add(line, `has a line of ${format.tool} that Belay does not know: ${line.text}`, "remove the line, or write out what it stands for");
  const unpaired = unpairedStatement(format, lines);
  if (unpaired !== null)
    add(unpaired, `has ${unpaired.text} without its counterpart`, "begin and end each such statement with its own pair of lines");
  return problems;
}

function unpairedStatement({ statement, up, down }: SectionFormat, lines: readonly Line[]): Line | null {
  if (statement === null) return null;
  let begun: Line | null = null;
  for (const line of lines) {
    const begins = statement.begin.test(line.text);
    const ends = statement.end.test(line.text);
    if (begun === null ? ends : begins || up?.test(line.text) || down.test(line.text)) return begun ?? line;
    if (begins) begun = line;
    if (ends) begun = null;
  }
  return begun;
}
