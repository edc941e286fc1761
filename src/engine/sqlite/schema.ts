/** The structure of a database, normalised so that only real changes show. */

import type { Database } from "better-sqlite3";

import { schemaSnapshot, type SchemaObject, type SchemaSnapshot } from "../../domain/schema.ts";
import { shownName } from "../../domain/shown-name.ts";
import { readCreateTable, type ConstraintText, type TableText } from "./create-table.ts";
import { foldName, quoteName, type SchemaName } from "./identifiers.ts";
import { isKeyword, normalised, tokenise } from "./sql-tokens.ts";
import { readColumns, type ReadColumn } from "./table-columns.ts";
import { inScope, type Scope } from "./table-shape.ts";
import { inOneRead } from "./table-sql.ts";

export interface SchemaOptions {
  /**
   * Default `application`: without Belay's own history table, and blind to white space, comments and needless quotes.
   * `all`: everything but SQLite's internals, each statement also exactly as it is stored (and with it the order of columns).
   */
  readonly include?: Scope;
}

/** Settings that live in the file and that a migration can change; journal mode and SQLite's own counters are none. */
const SETTINGS = ["application_id", "auto_vacuum", "encoding", "page_size", "user_version"];

/**
 * Objects by kind: `table Track`, `column Track.Rating`, `constraint fk Track(AlbumId)`, `index`, `view`, `trigger` and `setting`. A
 * column's order among its siblings is no part of it, or adding one in the middle would change all that follow.
 */
export function readSchema(db: Database, name: SchemaName = "main", options: SchemaOptions = {}): SchemaSnapshot {
  const scope = options.include ?? "application";
  return inOneRead(db, () => {
    const columns = readColumns(db, name);
    const objects = readEntries(db, name)
      .filter((entry) => inScope(entry.table, scope) && (scope === "all" || !entry.shadow))
      .flatMap((entry) => {
        const described = describe(entry, columns.get(entry.name) ?? []);
        return scope === "all" ? described.map((object, index) => (index === 0 ? withExactText(object, entry) : object)) : described;
      });
    return schemaSnapshot([...numbered(objects), ...readSettings(db, name)]);
  });
}

/** The last number that AUTOINCREMENT gave out, by table. Tables that never gave one out are not listed. */
export function readSequences(db: Database, name: SchemaName = "main", options: SchemaOptions = {}): Record<string, string> {
  const schema = quoteName(name);
  return inOneRead(db, () => {
    const exists = db.prepare(`select 1 from ${schema}.sqlite_schema where name = 'sqlite_sequence'`).get() !== undefined;
    if (!exists) return {};
    const rows = db
      .prepare<[], [string, string]>(`select name, cast(seq as text) from ${schema}.sqlite_sequence order by name`)
      .raw()
      .all();
    return Object.fromEntries(rows.filter(([table]) => inScope(table, options.include ?? "application")));
  });
}

interface Entry {
  readonly type: string;
  readonly name: string;
  /** The table that an index or trigger belongs to; a table's or view's own name. */
  readonly table: string;
  readonly sql: string;
  readonly shadow: boolean;
}

function readEntries(db: Database, name: SchemaName): Entry[] {
  // Asked once: for each entry it would read the whole list of tables again.
  const shadows = new Set(
    db.prepare<[string], string>("select name from pragma_table_list where schema = ? and type = 'shadow'").pluck().all(name),
  );
  const rows = db
    .prepare<[], [string, string, string, string]>(
      `select type, name, tbl_name, sql from ${quoteName(name)}.sqlite_schema where sql is not null order by type, name`,
    )
    .raw()
    .all();
  return rows.map(([type, entry, table, sql]) => ({ type, name: entry, table, sql, shadow: shadows.has(entry) }));
}

function describe(entry: Entry, columns: readonly ReadColumn[]): SchemaObject[] {
  const { type, name, sql } = entry;
  const tokens = tokenise(sql);
  if (type === "index" || type === "view" || type === "trigger")
    return [{ kind: type, name: shownName(name), definition: normalised(tokens) }];
  const table = shownName(name);
  const isVirtual = isKeyword(tokens[1], "VIRTUAL");
  const text: TableText = isVirtual ? { columns: new Map(), constraints: [], options: [], autoincrement: false } : readCreateTable(tokens);
  const kind = isVirtual ? normalised(tokens) : ["TABLE", ...text.options, ...(text.autoincrement ? ["AUTOINCREMENT"] : [])].join(" ");
  return [
    { kind: "table", name: table, definition: kind },
    ...columns
      .filter(({ hidden }) => hidden !== 1)
      .map((column): SchemaObject => ({
        kind: "column",
        name: `${table}.${shownName(column.name)}`,
        definition: describeColumn(column, text),
      })),
    ...text.constraints.map((constraint) => describeConstraint(table, constraint)),
  ];
}

function describeColumn(column: ReadColumn, table: TableText): string {
  const text = table.columns.get(foldName(column.name));
  const type = text?.type ?? column.type.toUpperCase();
  const inKey = column.pk > 0 ? `PRIMARY KEY ${column.pk}` : "";
  return [type, ...(text?.clauses ?? []), inKey].filter((fact) => fact !== "").join("; ");
}

function describeConstraint(table: string, { kind, place, definition }: ConstraintText): SchemaObject {
  return { kind: "constraint", name: `${kind} ${table}${place}`, definition };
}

/** Two constraints of one kind on the same columns are told apart by a number, dealt in the order of what they say. */
function numbered(objects: readonly SchemaObject[]): SchemaObject[] {
  const seen = new Map<string, number>();
  return [...objects]
    .sort((a, b) => (a.definition < b.definition ? -1 : 1))
    .map((object) => {
      const label = `${object.kind} ${object.name}`;
      const count = (seen.get(label) ?? 0) + 1;
      seen.set(label, count);
      return count === 1 ? object : { ...object, name: `${object.name} #${count}` };
    });
}

function withExactText(object: SchemaObject, entry: Entry): SchemaObject {
  return { ...object, definition: `${object.definition}\n${entry.sql}` };
}

function readSettings(db: Database, name: SchemaName): SchemaObject[] {
  return SETTINGS.map((setting) => ({
    kind: "setting",
    name: setting,
    definition: String(db.pragma(`${quoteName(name)}.${setting}`, { simple: true })),
  }));
}
