/** The building blocks of a report: labelled paragraphs that wrap, and what to type next. */

import type { Result } from "../domain/result.ts";
import { safeLine, safeLines } from "./safe-text.ts";
import { paint, type Paint, spell, type Style } from "./style.ts";
import { width, wrap } from "./width.ts";

const LABEL = 10;
/** Of one paragraph; the JSON report has all of it. */
const PARAGRAPH_LINES = 40;

/** `Why:      text`, wrapped, the lines below it indented as far. Empty text gives nothing. */
export function field(style: Style, label: string, text: string, how: Paint = "bold"): string[] {
  return hanging(style, paint(style, how, label.padEnd(LABEL)), LABEL, text);
}

/** Several texts under one label, numbered where there is more than one. */
export function fields(style: Style, label: string, texts: readonly string[], how: Paint = "bold"): string[] {
  if (texts.length < 2) return field(style, label, texts[0] ?? "", how);
  return texts.flatMap((text, at) => {
    const head = `${(at === 0 ? label : "").padEnd(LABEL)}${at + 1}. `;
    return hanging(style, paint(style, how, head.slice(0, LABEL)) + head.slice(LABEL), head.length, text);
  });
}

/** The same for texts that begin with a mark of their own (`✖`): under one another, without numbers. */
export function markedFields(style: Style, label: string, texts: readonly string[]): string[] {
  return texts.flatMap((text, at) => {
    const head = (at === 0 ? label : "").padEnd(LABEL);
    const [sign = "", ...words] = text.split(" ");
    return hanging(style, `${paint(style, "bold", head)}${spell(style, sign)} `, LABEL + width(spell(style, sign)) + 1, words.join(" "));
  });
}

/** Text without a label. */
export function prose(style: Style, text: string): string[] {
  return hanging(style, "", 0, text);
}

/** `    text`, wrapped inside its indent. */
export function indented(style: Style, columns: number, text: string): string[] {
  return hanging(style, " ".repeat(columns), columns, text);
}

function hanging(style: Style, head: string, columns: number, text: string): string[] {
  if (text.trim() === "") return [];
  const room = Math.max(style.width - columns, 20);
  const lines = safeLines(text.trim()).flatMap((line) => (width(line) <= room ? [line] : wrap(line, room)));
  const shown = lines.length > PARAGRAPH_LINES ? [...lines.slice(0, PARAGRAPH_LINES), "…"] : lines;
  return shown.map((line, at) => (at === 0 ? head : " ".repeat(columns)) + spell(style, line));
}

/** `belay migrate prod`, as somebody would type it next; a name that a shell would misread stands in quotes. */
export function commandLine(command: string, environment: string | null, ...options: readonly string[]): string {
  return ["belay", command, ...(environment === null ? [] : [quoted(environment)]), ...options].join(" ");
}

export function quoted(word: string): string {
  const safe = safeLine(word);
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`;
}

export function commandFor(result: Pick<Result, "environment">, command: string, ...options: readonly string[]): string {
  return `\`${commandLine(command, result.environment, ...options)}\``;
}

/** What is next where the default branch does not know the environment yet. */
export function afterMerge(result: Pick<Result, "environment">): string {
  return `merge this, then ${commandFor(result, "plan")} shows what would run, and ${commandFor(result, "migrate")} runs it.`;
}
