/** What a run did to rows and structure, in a few lines. */

import type { DataResult, DroppedRows, LaterWrites, TableResult, TargetResult } from "../domain/result.ts";
import type { SchemaDifference } from "../domain/schema.ts";
import { safeLine } from "./safe-text.ts";
import { count, counted, firstOf } from "../domain/words.ts";

const TABLES = 8;
const OBJECTS = 8;
const KEYS = 3;
const NAME_LIMIT = 80;

/** `setting +2 rows; users 17 changed (org_id; id=4, id=9, …); 22 tables untouched`. */
export function describeData(data: DataResult): string {
  const touched = data.tables.filter(isTouched);
  const rest = data.tables.length - touched.length;
  const changes = touched.length === 0 ? "no row differs" : firstOf(touched.map(describeTable), TABLES, "; ");
  return `${changes}${rest === 0 ? "" : `; ${counted(rest, "table")} untouched`}`;
}

/**
 * The two numbers that matter first: `5,500,000 rows compared, none lost`; empty where there were no rows. Only for data that are proven.
 * What a tool notes of its migrations is none of it: it replaces its row at each of them.
 */
export function describeLoss(all: readonly DataResult[]): string {
  const tables = all.flatMap((data) => data.tables).filter(({ record }) => record !== true);
  const rows = tables.reduce((sum, table) => sum + (table.rowsBefore ?? 0), 0);
  const lost = tables.reduce((sum, table) => sum + (table.rowsAfter === null ? (table.rowsBefore ?? 0) : table.removed), 0);
  if (rows === 0) return "";
  return `${counted(rows, "row")} compared, ${lost === 0 ? "none" : count(lost)} lost`;
}

export function isTouched(table: TableResult): boolean {
  return (
    table.added + table.removed + table.changed > 0 || table.rowsBefore === null || table.rowsAfter === null || table.unproven !== undefined
  );
}

function describeTable(table: TableResult): string {
  const name = safeLine(table.name, NAME_LIMIT);
  if (table.rowsBefore === null) return `${name} new, ${counted(table.rowsAfter ?? 0, "row")}`;
  if (table.rowsAfter === null) return `${name} dropped, ${counted(table.rowsBefore, "row")}`;
  if (table.unproven !== undefined) return `${name} ${count(table.rowsBefore)} → ${count(table.rowsAfter)} rows`;
  const parts = [
    table.added > 0 ? `+${counted(table.added, "row")}` : "",
    table.removed > 0 ? `-${counted(table.removed, "row")}` : "",
    table.changed > 0 ? `${count(table.changed)} changed` : "",
  ].filter((part) => part !== "");
  return `${name} ${parts.join(", ")}${particulars(table)}`;
}

/** Which columns, and a few of the rows. */
function particulars({ columnsChanged, keys = [], removed, changed }: TableResult): string {
  const columns = firstOf(
    columnsChanged.map((column) => safeLine(column, NAME_LIMIT)),
    OBJECTS,
  );
  const rows =
    keys
      .slice(0, KEYS)
      .map((key) => safeLine(key, NAME_LIMIT))
      .join(", ") + (removed + changed > KEYS && keys.length > 0 ? ", …" : "");
  const told = [columns, rows].filter((text) => text !== "").join("; ");
  return told === "" ? "" : ` (${told})`;
}

/** `added table Review, column Track.Rating; removed index x; changed view y`; empty where nothing differs. */
export function describeSchema({ added, removed, changed }: SchemaDifference): string {
  const part = (word: string, objects: readonly string[]) => {
    const names = objects.map((object) => safeLine(object, NAME_LIMIT));
    return names.length === 0 ? "" : `${word} ${firstOf(names, OBJECTS)}`;
  };
  return [part("added", added), part("removed", removed), part("changed", changed)].filter((text) => text !== "").join("; ");
}

/** `users 3 written, 1 gone; setting written, number unknown`. An entry for the table `*` says that nothing could be counted. */
export function describeLaterWrites(writes: readonly LaterWrites[]): string {
  const one = ({ table, written, gone }: LaterWrites) => {
    if (table === "*") return "what and how much is not known";
    const name = safeLine(table, NAME_LIMIT);
    if (written === null && gone === null) return `${name} written, number unknown`;
    const numbers = [written === null ? "" : `${count(written)} written`, gone === null || gone === 0 ? "" : `${count(gone)} gone`];
    return `${name} ${numbers.filter((text) => text !== "").join(", ")}`;
  };
  return firstOf(writes.map(one), TABLES, "; ");
}

/** `setting 2 rows; users.role, users.team`. */
export function describeDropped(dropped: readonly DroppedRows[]): string {
  const one = ({ table, rows, columns }: DroppedRows) => {
    const name = safeLine(table, NAME_LIMIT);
    return [
      ...(rows === 0 ? [] : [`${name} ${counted(rows, "row")}`]),
      ...columns.map((column) => `${name}.${safeLine(column, NAME_LIMIT)}`),
    ].join(", ");
  };
  return firstOf(dropped.map(one), TABLES, "; ");
}

/** The same of several targets: each with its name where there is more than one. */
export function perTarget(targets: readonly TargetResult[], describe: (target: TargetResult) => string): string[] {
  const said = targets
    .map((target) => ({ name: safeLine(target.name, NAME_LIMIT), text: describe(target) }))
    .filter(({ text }) => text !== "");
  if (targets.length === 1) return said.map(({ text }) => text);
  if (said.length <= TARGETS) return said.map(({ name, text }) => `${name}: ${text}`);
  const alike = [...Map.groupBy(said, ({ text }) => text)].map(
    ([text, of]) =>
      `${firstOf(
        of.map(({ name }) => name),
        3,
      )}: ${text}`,
  );
  return alike.length <= TARGETS
    ? alike
    : [...alike.slice(0, TARGETS), `and ${counted(alike.length - TARGETS, "line")} more (--json has all)`];
}

/** So many lines of one kind are read; of more, those that say the same are one. */
const TARGETS = 10;
