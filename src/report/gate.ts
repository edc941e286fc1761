/** The gate's answer: one line when the application may start, and otherwise a box that nobody overlooks in a container's log. */

import type { Result, TargetResult } from "../domain/result.ts";
import { commandLine, quoted } from "./page.ts";
import { runReport } from "./run-report.ts";
import { safeLine, safeLines } from "./safe-text.ts";
import { mark, paint, spell, type Style } from "./style.ts";
import { padEnd, width, wrap } from "./width.ts";
import { endedWell } from "./verdict.ts";
import { count, counted } from "../domain/words.ts";

/** Columns of the whole box, where the terminal is that wide. */
const BOX = 72;
const NAME_LIMIT = 40;
const TARGETS = 12;
const MIGRATIONS = 40;
const HINT_LIMIT = 300;

export function gateReport(result: Result, style: Style): string[] {
  const run = result.run === null ? [] : [...runReport({ ...result, command: "migrate" }, style), ""];
  return [
    ...run,
    ...(endedWell(result.outcome) ? [`${mark(style, "done")} The application may start: ${openBecause(result)}.`] : closed(result, style)),
  ];
}

function closed(result: Result, style: Style): string[] {
  const columns = Math.min(BOX, style.width) - 4;
  const head = title(result);
  const lines = body(result, columns).map((line) => spell(style, line));
  return style.plain ? [`FATAL  ${spell(style, head)}`, ...lines] : box(style, columns, head, lines);
}

function openBecause(result: Result): string {
  if (result.outcome === "migrated") return "what was missing is applied";
  const [reason] = result.reasons;
  return reason === undefined ? "nothing is pending, and no run is in its way" : safeLine(reason.message);
}

function title(result: Result): string {
  const lagging = behind(result);
  const all = result.targets.length;
  const stays = "This container will not start.";
  if (lagging.length === 0) return `${result.outcome === "interrupted" ? "The gate was interrupted." : "The gate is closed."} ${stays}`;
  const noun = prefixOf(result) === "" ? "target" : "tenant";
  if (all === 1) return `${safeLine(lagging[0]?.name ?? "", NAME_LIMIT)} is behind. ${stays}`;
  return `${count(lagging.length)} of ${counted(all, noun)} ${lagging.length === 1 ? "is" : "are"} behind. ${stays}`;
}

/** The reason that repeats what `pending` says of a target; the box shows it as a line of its own. */
const BEHIND = "behind";

/** `app/`, where all targets are tenants of one database: people know them by their last part, and so does --target. */
function prefixOf({ targets: [first, ...rest] }: Pick<Result, "targets">): string {
  const prefix = first?.name.slice(0, first.name.indexOf("/") + 1) ?? "";
  return rest.every(({ name }) => name.startsWith(prefix)) ? prefix : "";
}

/** Targets for which something is pending, and that therefore keep the gate closed. */
function behind(result: Result): readonly TargetResult[] {
  return result.targets.filter(({ outcome, pending }) => !endedWell(outcome) && pending.length > 0);
}

function body(result: Result, columns: number): string[] {
  const lagging = behind(result);
  const prefix = prefixOf(result).length;
  const names = lagging.map(({ name }) => safeLine(name.slice(prefix), NAME_LIMIT));
  const column = Math.min(Math.max(7, ...names.map((name) => width(name) + 2)), Math.floor(columns / 3) + 2);
  const shown = lagging.slice(0, TARGETS).flatMap((target, at) => entry(columns, names[at] ?? "", column, missing(target)));
  const more = lagging.length > TARGETS ? [`and ${counted(lagging.length - TARGETS, "more target")}`] : [];
  const others = result.reasons.filter(({ code }) => code !== BEHIND).flatMap(({ message }) => wrap(safeLine(message, 600), columns, true));
  return [...shown, ...more, ...others, ...fixes(result, lagging).flatMap((fix, at) => entry(columns, at === 0 ? "Fix:" : "", 7, fix))];
}

function missing({ pending }: TargetResult): string {
  const rest = pending.length - MIGRATIONS;
  const ids = pending.slice(0, MIGRATIONS).map(({ id }) => safeLine(id, 80));
  return `missing ${ids.join(", ")}${rest > 0 ? ` and ${count(rest)} more` : ""}`;
}

/** What to type, or what belay.yml has people told; after a run of the gate's own, what that run says. */
function fixes(result: Result, lagging: readonly TargetResult[]): string[] {
  const hints = [...new Set(result.reasons.flatMap(({ code, hint }) => (code === BEHIND || hint === undefined ? [] : [bare(hint)])))];
  if (lagging.length === 0 || result.run !== null) return hints.length === 0 ? [commandLine("status", result.environment)] : hints;
  if (result.fixHint !== undefined) return [...hints, ...safeLines(result.fixHint.trim()).map((line) => safeLine(line, HINT_LIMIT))];
  const some = lagging.length < result.targets.length && lagging.length <= TARGETS;
  const only = some ? lagging.flatMap(({ name }) => ["--target", quoted(name.slice(prefixOf(result).length))]) : [];
  return [...hints, commandLine("migrate", result.environment, ...only)];
}

/** What is a command and nothing else stands there as it is typed. */
function bare(hint: string): string {
  return safeLine(hint.replace(/^`([^`]*)`$/u, "$1"), HINT_LIMIT);
}

/** A name and what is to be said of it; a name wider than its column has the line to itself. */
function entry(columns: number, name: string, column: number, text: string): string[] {
  const lines = wrap(text, columns - column, true).map((line) => " ".repeat(column) + line);
  if (width(name) > column - 1) return [...wrap(name, columns, true), ...lines];
  return lines.map((line, at) => (at === 0 ? padEnd(name, column) + line.slice(column) : line));
}

interface Frame {
  readonly top: string;
  readonly middle: string;
  readonly bottom: string;
  readonly side: string;
}

function box(style: Style, columns: number, head: string, inside: readonly string[]): string[] {
  const frame = style.unicode ? doubleFrame(columns + 2) : asciiFrame(columns + 2);
  const red = (text: string) => paint(style, "red", text);
  const line = (text: string, painted: string) =>
    `${red(frame.side)} ${painted}${" ".repeat(Math.max(0, columns - width(text)))} ${red(frame.side)}`;
  const heads = entry(columns, "FATAL", "FATAL  ".length, spell(style, head));
  return [
    red(frame.top),
    ...heads.map((text) => line(text, paint(style, ["bold", "red"], text))),
    red(frame.middle),
    ...inside.map((text) => line(text, text)),
    red(frame.bottom),
  ];
}

function doubleFrame(across: number): Frame {
  return { top: `╔${"═".repeat(across)}╗`, middle: `╟${"─".repeat(across)}╢`, bottom: `╚${"═".repeat(across)}╝`, side: "║" };
}

function asciiFrame(across: number): Frame {
  const line = `+${"-".repeat(across)}+`;
  return { top: line, middle: line, bottom: line, side: "|" };
}
