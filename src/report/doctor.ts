/** What `doctor` tried: one line a part; where something is not as it should be, what that means and what to do. */

import type { PartResult, Result } from "../domain/result.ts";
import { commandFor, field, indented } from "./page.ts";
import { safeLine, safeLines } from "./safe-text.ts";
import { mark, markWidth, paint, spell, type Style } from "./style.ts";
import { padEnd, wrap } from "./width.ts";
import { count, counted } from "../domain/words.ts";

const NAME = 15;

export function doctorReport(result: Result, style: Style): string[] {
  const parts = result.parts ?? [];
  const targets = new Set(parts.map(({ target }) => target).filter((target) => target !== null));
  const general = parts.filter(({ target }) => target === null);
  const of = result.environment === null ? "" : ` of ${safeLine(result.environment, 60)}`;
  return [
    paint(style, ["bold", "cyan"], `DOCTOR${of}`),
    ...partLines(general, style),
    ...[...targets].flatMap((target) => [
      ...(targets.size > 1 ? ["", paint(style, "bold", `${safeLine(target, 60)}:`)] : []),
      ...partLines(
        parts.filter((part) => part.target === target),
        style,
      ),
    ]),
    "",
    ...summary(result, parts, style),
  ];
}

/** Parts line by line, as `init` shows what it recognised. */
export function partLines(parts: readonly PartResult[], style: Style): string[] {
  return parts.flatMap((part) => onePart(part, style));
}

function onePart({ name, outcome, detail, means, hint }: PartResult, style: Style): string[] {
  const head = 2 + markWidth(style) + 1 + NAME;
  const room = Math.max(style.width - head, 20);
  const [first = "", ...more] = safeLines(detail.trim()).flatMap((line) => wrap(spell(style, line), room));
  const label = padEnd(safeLine(name, NAME - 1), NAME);
  return [
    `  ${mark(style, outcome)} ${outcome === "failed" ? paint(style, "bold", label) : label}${first}`.trimEnd(),
    ...more.map((line) => " ".repeat(head) + line),
    ...indented(style, head, means === undefined ? "" : `Means: ${safeLine(means)}.`),
    ...indented(style, head, hint === undefined ? "" : `Do: ${safeLine(hint)}`),
  ];
}

function summary(result: Result, parts: readonly PartResult[], style: Style): string[] {
  const failing = parts.filter(({ outcome }) => outcome === "failed").length;
  const warned = parts.filter(({ outcome }) => outcome === "warned").length;
  const noted = warned === 0 ? "" : ` ${counted(warned, "part")} to know about.`;
  if (result.outcome === "interrupted") return [`${paint(style, ["bold", "yellow"], "INTERRUPTED.")} Not every part was tried.`];
  if (failing > 0) {
    const verdict = paint(style, ["bold", "red"], "NOT HEALTHY.");
    return [`${verdict} ${count(failing)} of ${counted(parts.length, "part")} would stop or undo a run.${noted} Nothing was changed.`];
  }
  return [
    `${paint(style, ["bold", "green"], "HEALTHY.")} ${counted(parts.length, "part")} tried; a run finds what it needs.${noted}`,
    ...field(style, "Next:", `${commandFor(result, "plan")} shows what would run`),
  ];
}
