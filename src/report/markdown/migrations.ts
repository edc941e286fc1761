/** Migrations, each with a link to its file at the commit, and its SQL as the tool prints it. */

import type { PendingMigration, TargetResult } from "../../domain/result.ts";
import { count, counted, duration } from "../../domain/words.ts";
import { safeLine, safeLines } from "../safe-text.ts";
import type { MarkdownContext } from "./context.ts";
import { cellCode, code, fenced, htmlCode, link, prose } from "./escape.ts";
import type { Section } from "./fit.ts";
import { fileUrl } from "./github-url.ts";

/** Of a table; the report has all of them. */
const MOST_ROWS = 200;
/** In the line of a step. */
const MOST_NAMES = 12;
const WHOLE_SQL = { lines: 1_000, columns: 1_000 };
const BRIEF_SQL = { lines: 24, columns: 160 };

interface Shown {
  readonly id: string;
  readonly migration: PendingMigration | null;
  /** null: it was not applied. */
  readonly durationMs: number | null;
}

/** Everything that was to run, in its order; then what was applied without having been planned. */
function shown({ pending, applied }: TargetResult): Shown[] {
  const took = new Map(applied.map(({ id, durationMs }) => [id, durationMs]));
  const planned = new Set(pending.map(({ id }) => id));
  return [
    ...pending.map((migration) => ({ id: migration.id, migration, durationMs: took.get(migration.id) ?? null })),
    ...applied.filter(({ id }) => !planned.has(id)).map(({ id, durationMs }) => ({ id, migration: null, durationMs })),
  ];
}

function linked(context: MarkdownContext, { id, migration }: Pick<Shown, "id" | "migration">): string {
  return link(cellCode(id), fileUrl(context, migration?.file ?? null));
}

/** `[0003_tables] · [0004_columns]`, as far as they were applied. */
export function appliedNames(target: TargetResult, context: MarkdownContext): string {
  const applied = shown(target).filter(({ durationMs }) => durationMs !== null);
  const rest = applied.length - MOST_NAMES;
  const names = applied.slice(0, MOST_NAMES).map((each) => linked(context, each));
  return [...names, ...(rest > 0 ? [`${count(rest)} more`] : [])].join(" · ");
}

export function migrationsTable(target: TargetResult, context: MarkdownContext): string {
  const all = shown(target);
  if (all.length === 0) return "";
  const timed = all.some(({ durationMs }) => durationMs !== null);
  const rows = all.slice(0, MOST_ROWS).map((each) => {
    const took = timed ? ` ${each.durationMs === null ? "–" : duration(each.durationMs)} |` : "";
    return `| ${linked(context, each)} | ${aboutSql(each.migration)} | ${wayBack(each.migration)} |${took}`;
  });
  const rest = all.length - MOST_ROWS;
  return [
    `| migration | SQL | its own way back |${timed ? " time |" : ""}`,
    `| --- | --- | --- |${timed ? " ---: |" : ""}`,
    ...rows,
    ...(rest > 0 ? [`| and ${count(rest)} more | | |${timed ? " |" : ""}`] : []),
  ].join("\n");
}

function aboutSql(migration: PendingMigration | null): string {
  if (migration === null) return "";
  if (migration.sql === undefined || migration.sql === null) return "the tool does not tell it";
  return migration.sql.trim() === "" ? "no statements" : counted(safeLines(migration.sql.trim()).length, "line");
}

function wayBack(migration: PendingMigration | null): string {
  return migration === null ? "" : migration.reversible ? "yes" : "none";
}

/** One details block a migration, so that they can be left out one by one. */
export function sqlSections({ pending }: TargetResult, worth: number): Section[] {
  return pending.flatMap(({ id, file, sql }) => {
    if (sql === undefined || sql === null || sql.trim() === "") return [];
    const block = (most: typeof WHOLE_SQL) =>
      `<details><summary>SQL of ${htmlCode(id)}</summary>\n\n${cutSql(sql, file ?? null, most)}\n\n</details>`;
    return [{ name: `the SQL of ${code(id)}`, worth, text: block(WHOLE_SQL), brief: block(BRIEF_SQL) }];
  });
}

function cutSql(sql: string, file: string | null, most: typeof WHOLE_SQL): string {
  const lines = safeLines(sql.trim());
  const kept = lines.slice(0, most.lines).map((line) => (line.length > most.columns ? safeLine(line, most.columns) : line));
  const rest = lines.length - most.lines;
  const block = fenced("sql", kept.join("\n"));
  return rest <= 0 ? block : `${block}\n\n… ${counted(rest, "more line")}${file === null ? "" : prose(` in \`${file}\``)}`;
}

/** What is worth knowing before it runs, as items of a list. */
export function findingItems({ pending, planned }: TargetResult): string[] {
  const findings = [...pending.flatMap((migration) => migration.findings), ...(planned?.findings ?? [])];
  const rest = findings.length - MOST_ROWS;
  return [
    ...findings.slice(0, MOST_ROWS).map(({ id, place, message }) => `- ⚠️ ${code(place)}: ${prose(message)} (${code(id)})`),
    ...(rest > 0 ? [`- ⚠️ and ${count(rest)} more`] : []),
  ];
}
