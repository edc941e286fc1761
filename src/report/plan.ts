/** What would happen: for a person who decides whether it may. */

import type { Finding } from "../domain/migration.ts";
import type { PendingMigration, Result, TargetResult } from "../domain/result.ts";
import { afterMerge, commandFor, field, fields, indented, markedFields, prose } from "./page.ts";
import { safeLine, safeLines } from "./safe-text.ts";
import { mark, paint, spell, type Style } from "./style.ts";
import { counted, firstOf } from "../domain/words.ts";

/** Of one migration; the file is named beside it. */
const SQL_LINES = 24;
const SQL_COLUMNS = 160;
const NAMES = 12;

export function planReport(result: Result, style: Style): string[] {
  if (result.welcome !== undefined) return welcomeReport(result, result.welcome, style);
  const pending = result.targets.reduce((sum, target) => sum + target.pending.length, 0);
  const of = result.environment === null ? "" : ` of ${safeLine(result.environment, 60)}`;
  const head = pending === 0 ? "Nothing is pending." : `${counted(pending, "migration")} pending. Nothing was changed.`;
  return [
    `${paint(style, ["bold", "cyan"], `PLAN${of}.`)} ${head}`,
    ...result.targets.flatMap((target) => targetPlan(target, result.targets.length > 1, style)),
    ...obstacles(result, style),
    ...requirements(result, style),
    ...(result.digest === null ? [] : ["", ...field(style, "Digest:", safeLine(result.digest))]),
    ...next(result, pending, style),
  ];
}

/** Of an environment that the default branch does not know yet. */
function welcomeReport(result: Result, lines: readonly string[], style: Style): string[] {
  return [
    `${paint(style, ["bold", "cyan"], "WELCOME.")} The default branch does not know this environment yet. Nothing was run or changed.`,
    "",
    ...fields(style, "Found:", lines),
    "",
    ...field(style, "Next:", afterMerge(result)),
  ];
}

function targetPlan(target: TargetResult, named: boolean, style: Style): string[] {
  const { planned } = target;
  const withoutFile = target.appliedWithoutFile ?? [];
  const findings = [...target.pending.flatMap((migration) => migration.findings), ...(planned?.findings ?? [])];
  const facts = [
    ...fields(
      style,
      "No file:",
      withoutFile.length === 0
        ? []
        : [
            `applied, but without a file any more: ${firstOf(
              withoutFile.map((id) => safeLine(id, 80)),
              NAMES,
            )}`,
          ],
    ),
    ...(planned === undefined || target.pending.length === 0
      ? []
      : field(style, "Rollback:", `${planned.rollback.strategy}: ${safeLine(planned.rollback.why)}`)),
    ...fields(
      style,
      "Unproven:",
      (planned?.unprovable ?? []).map((text) => safeLine(text)),
      "yellow",
    ),
    ...fields(
      style,
      "Note:",
      (target.notes ?? []).map((text) => safeLine(text)),
    ),
  ];
  return [
    ...(named ? ["", paint(style, "bold", `${safeLine(target.name, 60)}:`)] : []),
    ...target.pending.flatMap((migration) => ["", ...migrationLines(migration, style)]),
    ...(findings.length === 0 ? [] : ["", ...findings.flatMap((finding) => findingLines(finding, style))]),
    ...(facts.length === 0 ? [] : ["", ...facts]),
  ];
}

function migrationLines({ id, file, sql, reversible }: PendingMigration, style: Style): string[] {
  const place = file === undefined || file === null ? "" : `  ${paint(style, "dim", safeLine(file))}`;
  const back = reversible ? `  ${paint(style, "dim", "(reversible)")}` : "";
  return [`  ${paint(style, "bold", safeLine(id, 120))}${place}${back}`, ...sqlLines(sql ?? null, file ?? null, style)];
}

function sqlLines(sql: string | null, file: string | null, style: Style): string[] {
  if (sql === null) return [`      ${paint(style, "dim", "(the tool does not tell its SQL)")}`];
  const lines = safeLines(sql.trim());
  if (lines.length === 1 && lines[0] === "") return [`      ${paint(style, "dim", "(no statements)")}`];
  const shown = lines
    .slice(0, SQL_LINES)
    .map((line) => (line === "" ? "" : `      ${line.length > SQL_COLUMNS ? `${safeLine(line, SQL_COLUMNS)}` : line}`));
  const rest = lines.length - SQL_LINES;
  if (rest <= 0) return shown;
  return [
    ...shown,
    `      ${paint(style, "dim", spell(style, `… ${counted(rest, "more line")}${file === null ? "" : ` in ${safeLine(file)}`}`))}`,
  ];
}

function findingLines({ id, place, message }: Finding, style: Style): string[] {
  const [first = "", ...more] = indented(style, 4, `${safeLine(place)}: ${safeLine(message)} [${safeLine(id)}]`);
  return [`  ${mark(style, "warned")} ${first.trimStart()}`, ...more];
}

/** What a run of this plan would be refused for, each with what to do. */
export function obstacles(result: Result, style: Style): string[] {
  if (result.reasons.length === 0) return [];
  const told = result.reasons.map(({ message, hint }) => (hint === undefined ? message : `${message}\n${hint}`));
  return [
    "",
    ...prose(style, "As it stands, `belay migrate` would refuse:").map((line) => paint(style, "yellow", line)),
    ...fields(style, "Why:", told, "yellow"),
  ];
}

/** What is asked for before the plan may run. */
function requirements({ requirements: asked = [] }: Result, style: Style): string[] {
  if (asked.length === 0) return [];
  const lines = asked.map(({ met, text }) => `${met ? "✔" : "✖"} ${safeLine(text)}`);
  return ["", ...markedFields(style, "Needs:", lines)];
}

function next(result: Result, pending: number, style: Style): string[] {
  if (result.reasons.length > 0 || pending === 0) return [];
  const digest = result.digest === null ? [] : ["--digest", safeLine(result.digest)];
  const waits = result.requirements?.some(({ met }) => !met) === true ? "once it has what it needs, " : "";
  return field(style, "Next:", `${waits}${commandFor(result, "migrate", ...digest)} runs exactly this plan, or refuses.`);
}
