/** What a run did to rows and structure, and whether the checks held: table by table. */

import type { CheckResult, DataResult, TableResult } from "../../domain/result.ts";
import type { SchemaDifference } from "../../domain/schema.ts";
import { count, counted } from "../../domain/words.ts";
import { isTouched } from "../changes.ts";
import { safeLine } from "../safe-text.ts";
import { cell, cellCode, code, fenced } from "./escape.ts";

const MOST_ROWS = 200;
const MOST_COLUMNS = 12;
const VALUE_LIMIT = 300;
const OBJECT_LIMIT = 300;

export function dataTable({ tables }: DataResult): string {
  const touched = tables.filter(isTouched);
  const rest = tables.length - touched.length;
  const rows = touched.slice(0, MOST_ROWS).map(tableRow);
  const more = touched.length - MOST_ROWS;
  if (tables.length === 0) return "";
  if (touched.length === 0) return `${counted(tables.length, "table")} compared, no row differs.`;
  return [
    "| table | rows before | rows after | added | removed | changed | |",
    "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ...rows,
    ...(more > 0 ? [`| and ${count(more)} more | | | | | | |`] : []),
    ...(rest > 0 ? [`| ${counted(rest, "table")} untouched | | | | | | |`] : []),
  ].join("\n");
}

function tableRow(table: TableResult): string {
  const rows = (number: number | null) => (number === null ? "–" : count(number));
  const compared = table.unproven === undefined;
  const numbers = [table.added, table.removed, table.changed].map((number) => (compared ? count(number) : "?"));
  return `| ${cellCode(table.name)} | ${rows(table.rowsBefore)} | ${rows(table.rowsAfter)} | ${numbers.join(" | ")} | ${aboutTable(table)} |`;
}

function aboutTable({ rowsBefore, rowsAfter, unproven, columnsChanged, keys = [] }: TableResult): string {
  const names = (all: readonly string[]) =>
    [...all.slice(0, MOST_COLUMNS).map((name) => cellCode(name)), ...(all.length > MOST_COLUMNS ? ["…"] : [])].join(", ");
  const told = [
    rowsBefore === null ? "new" : rowsAfter === null ? "dropped" : "",
    unproven === undefined ? "" : `not proven: ${cell(unproven, VALUE_LIMIT)}`,
    columnsChanged.length === 0 ? "" : `columns ${names(columnsChanged)}`,
    keys.length === 0 ? "" : `rows ${names(keys)}`,
  ];
  return told.filter((text) => text !== "").join("; ");
}

export function schemaDiff({ added, removed, changed }: SchemaDifference): string {
  const line = (sign: string) => (object: string) => `${sign} ${safeLine(object, OBJECT_LIMIT)}`;
  const lines = [...removed.map(line("-")), ...added.map(line("+")), ...changed.map(line("!"))];
  if (lines.length === 0) return "";
  const more = lines.length - MOST_ROWS;
  return fenced("diff", [...lines.slice(0, MOST_ROWS), ...(more > 0 ? [`  and ${count(more)} more`] : [])].join("\n"));
}

/** Failed ones first; what explains a failure stands below the table, as the check printed it. */
export function checksTable(checks: readonly CheckResult[]): string {
  if (checks.length === 0) return "";
  const ordered = [...checks.filter(({ passed }) => !passed), ...checks.filter(({ passed }) => passed)];
  const rows = ordered
    .slice(0, MOST_ROWS)
    .map(
      (check) =>
        `| ${markOf(check)} | ${cell(check.name, VALUE_LIMIT)} | ${check.phase} | ${check.expected === null ? "" : cell(check.expected, VALUE_LIMIT)} | ${cell(check.actual, VALUE_LIMIT)} |`,
    );
  const more = ordered.length - MOST_ROWS;
  const explained = ordered.filter(({ passed, explanation = [] }) => !passed && explanation.length > 0).slice(0, MOST_COLUMNS);
  return [
    [
      "| | check | when | expected | got |",
      "| --- | --- | --- | --- | --- |",
      ...rows,
      ...(more > 0 ? [`| | and ${count(more)} more | | | |`] : []),
    ].join("\n"),
    ...explained.map(({ name, explanation = [] }) => `Rows behind ${code(name)}:\n\n${explanationBlock(explanation)}`),
  ].join("\n\n");
}

function explanationBlock(rows: readonly string[]): string {
  return fenced("text", rows.map((row) => safeLine(row, OBJECT_LIMIT)).join("\n"));
}

function markOf({ passed, warned, expected }: CheckResult): string {
  if (warned === true) return "⚠️";
  return passed ? (expected === null ? "➖" : "✅") : "❌";
}
