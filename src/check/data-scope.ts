/** Judges what happened to the data against what belay.yml allows (`data:`). Pure. */

import type { DataScopeConfig } from "../domain/check.ts";
import type { DataComparison, TableDifference } from "../domain/data.ts";
import type { Reason } from "../domain/error.ts";
import { nearest } from "../domain/nearest.ts";

export interface DataScopeJudgement {
  readonly kept: boolean;
  /** One for each table that was touched beyond the scope. */
  readonly violations: readonly Reason[];
  /** What could not be proven, table by table, and why; null where everything was. By itself no reason to undo anything. */
  readonly unproven: string | null;
}

/**
 * - `off` and `report` are always kept.
 * - `additive`: no row removed, no value changed that was there before, no table or column dropped.
 * - `may-change`: anything in a listed table; of a listed column only its values, in rows that stay. Everywhere else nothing that
 *   was there may change, and no rows may come either; a new column or a new, empty table holds no data and is no change of any.
 *
 * A rename is a drop and an add. A table that could not be compared is unproven, never broken, except for what its counts and
 * columns already show.
 */
export function judgeDataScope(scope: DataScopeConfig, comparison: DataComparison): DataScopeJudgement {
  if (scope.mode === "off") return { kept: true, violations: [], unproven: null };
  const judge = scope.mode === "may-change" ? listedOnly(scope, comparison) : scope.mode === "additive" ? additive : reportOnly;
  const verdicts = comparison.tables.map((table) => ({ table, ...judge(table) }));
  const beyond = verdicts.filter(({ broken }) => broken.length > 0);
  const hint = hintFor(
    scope,
    beyond.map(({ table }) => table.name),
    comparison,
  );
  const violations = beyond.map(({ table, broken }): Reason => ({ code: "data-scope-broken", message: sentence(table, broken), hint }));
  const unproven = verdicts.flatMap(({ table, unproven: why }) => (why === null ? [] : [`${table.name}: ${why}`]));
  return { kept: violations.length === 0, violations, unproven: unproven.length === 0 ? null : unproven.join("; ") };
}

interface Verdict {
  /** What was done that may not be, each as the end of a sentence about the table. */
  readonly broken: readonly string[];
  readonly unproven: string | null;
}

type Judge = (table: TableDifference) => Verdict;

const reportOnly: Judge = (table) => ({ broken: [], unproven: table.unproven ?? null });

const additive: Judge = (table) => ({ broken: lost(table, table.columnsChanged), unproven: table.unproven ?? null });

function listedOnly(scope: DataScopeConfig & { readonly mode: "may-change" }, comparison: DataComparison): Judge {
  const names = comparison.tables.map((table) => table.name);
  const free = new Set(scope.tables.map((name) => meant(name, names)));
  return (table) => {
    if (free.has(table.name)) return { broken: [], unproven: null };
    const listed = scope.columns.filter((column) => meant(column.table, names) === table.name);
    const allowed = listed.map(({ column }) => meant(column, table.columnsChanged));
    const beyond = table.columnsChanged.filter((column) => !allowed.includes(column));
    if (listed.length > 0 && rewrittenWithoutKey(table)) {
      const why = `it has no key, so that ${rows(table.removed)} with other values cannot be told from as many removed and added`;
      return { broken: lostColumns(table), unproven: why };
    }
    const came = table.added > 0 ? [`${rows(table.added)} added`] : [];
    return { broken: [...lost(table, beyond), ...came], unproven: table.unproven ?? null };
  };
}

/** Without a key a changed row looks like one removed and one added; only the number of rows tells that they might have stayed. */
function rewrittenWithoutKey(table: TableDifference): boolean {
  return table.rowsAfter !== null && table.removed > 0 && table.removed === table.added && table.keys.length === 0;
}

/** What was there before and is not any more. `columns`: whose changed values count. */
function lost(table: TableDifference, columns: readonly string[]): string[] {
  const counted = table.unproven === undefined;
  if (counted && table.rowsAfter === null) return [`the table was dropped with ${rows(table.rowsBefore ?? 0)}`];
  const removed = counted ? table.removed : Math.max(0, (table.rowsBefore ?? 0) - (table.rowsAfter ?? table.rowsBefore ?? 0));
  const least = counted ? "" : "at least ";
  const partly = columns.length < table.columnsChanged.length;
  return [
    ...(removed > 0 ? [`${least}${rows(removed)} removed`] : []),
    ...(table.changed > 0 && columns.length > 0
      ? [`${least}${rows(table.changed)} changed${partly ? ", some of them" : ""} in ${columns.join(", ")}`]
      : []),
    ...lostColumns(table),
  ];
}

function lostColumns(table: TableDifference): string[] {
  const { columnsDropped: dropped } = table;
  return dropped.length === 0 ? [] : [`${dropped.length === 1 ? "column" : "columns"} ${dropped.join(", ")} dropped`];
}

function sentence(table: TableDifference, broken: readonly string[]): string {
  const where =
    table.keys.length === 0
      ? ""
      : ` (${table.keys.slice(0, 10).join("; ")}${table.removed + table.changed > table.keys.length ? "; …" : ""})`;
  return `data scope broken in ${table.name}: ${broken.join(", ")}${where}`;
}

/** One for all tables, so that it can be followed at once. */
function hintFor(scope: DataScopeConfig, tables: readonly string[], comparison: DataComparison): string {
  const listed = tables.map(asYaml).join(", ");
  const allow = scope.mode === "may-change" ? `add ${listed} to \`may-change\`` : `write \`data: { may-change: [${listed}] }\``;
  const strays = scope.mode === "may-change" ? strayNames(scope, comparison) : [];
  return [`mend the migration, or if it is meant to do this, ${allow}`, ...strays].join("; ");
}

/** In quotes where YAML would read something else in a list. */
function asYaml(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}

/** Names in `may-change` that no table has: often a slip that explains the violation. */
function strayNames(scope: DataScopeConfig & { readonly mode: "may-change" }, comparison: DataComparison): string[] {
  const names = comparison.tables.map((table) => table.name);
  const given = new Set([...scope.tables, ...scope.columns.map((column) => column.table)]);
  return [...given]
    .filter((name) => meant(name, names) === undefined)
    .map((name) => {
      const near = nearest(name, names);
      return `no table is called "${name}"${near === null ? "" : ` (did you mean "${near}"?)`}`;
    });
}

/** The known name that is written so; where none is, the only one that differs in case alone. */
function meant(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name)) return name;
  const alike = known.filter((other) => other.toLowerCase() === name.toLowerCase());
  return alike.length === 1 ? alike[0] : undefined;
}

function rows(count: number): string {
  return count === 1 ? "1 row" : `${count.toLocaleString("en")} rows`;
}
