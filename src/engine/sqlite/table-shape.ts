/** The tables of a database as a comparison needs them: what can be read, and what tells one row from another. */

import type { Database } from "better-sqlite3";

import { foldName, quoteName, type SchemaName } from "./identifiers.ts";
import { grouped, readColumns, type ReadColumn } from "./table-columns.ts";

/** `application` leaves out what Belay's own `sql` tool keeps in the database; `all` leaves out nothing but SQLite's internals. */
export type Scope = "application" | "all";

/** The history of the `sql` tool: state, not data of the application. */
const HISTORY_TABLE = "belay_migrations";

/** Virtual tables that hold nothing: they show what another table or the file itself holds. */
const MODULES_WITHOUT_DATA = ["dbstat", "fts3tokenize", "fts4aux", "fts5vocab"];

export interface Column {
  readonly name: string;
  /** What SQLite converts values to when it stores them; `integer` stands for NUMERIC too, `none` for BLOB and virtual tables. */
  readonly affinity: "integer" | "real" | "text" | "none";
}

export interface KeyPart {
  readonly column: string;
  readonly collation: string;
}

/** Columns that cannot hold the same values twice. */
export interface CandidateKey {
  readonly parts: readonly KeyPart[];
  /** SQLite allows NULL in a primary key, and any number of them: then it tells nothing apart. */
  readonly nullable: boolean;
  /** INTEGER PRIMARY KEY: another name of the rowid. */
  readonly isRowid: boolean;
}

export interface TableShape {
  readonly name: string;
  /** Lower-case name of its module; null for a table of SQLite's own. */
  readonly module: string | null;
  /** Readable columns in their order; hidden columns of virtual tables are not among them, generated ones are. */
  readonly columns: readonly Column[];
  /** Best first: INTEGER PRIMARY KEY, declared primary key, NOT NULL UNIQUE. */
  readonly keys: readonly CandidateKey[];
  /** A name that reads the rowid; null where there is none or columns took all of its names. */
  readonly rowid: string | null;
  /** The tables in which a virtual table keeps its content. */
  readonly shadows: readonly TableShape[];
}

/** Is this table the application's, or does it belong to SQLite or (in the scope `application`) to Belay? */
export function inScope(table: string, scope: Scope): boolean {
  const folded = foldName(table);
  return !folded.startsWith("sqlite_") && (scope === "all" || folded !== HISTORY_TABLE);
}

/** Every table in scope that holds rows, by its folded name. Views are not among them; shadow tables stand under their owner. */
export function readShapes(db: Database, schema: SchemaName, scope: Scope): Map<string, TableShape> {
  const listed = listTables(db, schema).filter((table) => table.type !== "view" && inScope(table.name, scope));
  const columns = readColumns(db, schema);
  const keys = readKeys(db, schema);
  const shape = (table: ListedTable): TableShape => tableShape(table, columns.get(table.name) ?? [], keys.get(table.name) ?? []);
  const shadows = shadowsByOwner(listed);
  const shapes = new Map<string, TableShape>();
  for (const table of listed.filter(({ type }) => type !== "shadow")) {
    const found = shape(table);
    if (found.module !== null && MODULES_WITHOUT_DATA.includes(found.module)) continue;
    shapes.set(foldName(table.name), { ...found, shadows: (shadows.get(table.name) ?? []).map(shape) });
  }
  return shapes;
}

function tableShape(table: ListedTable, columns: readonly ReadColumn[], unique: readonly ReadKey[]): TableShape {
  const virtual = table.type === "virtual";
  const shown = columns.filter(({ hidden }) => hidden !== 1);
  return {
    name: table.name,
    module: virtual ? moduleOf(table.sql) : null,
    columns: shown.map(({ name, type }) => ({ name, affinity: virtual ? "none" : affinityOf(type, table.strict) })),
    keys: virtual ? [] : candidateKeys(columns, unique),
    rowid: table.withoutRowid ? null : rowidName(columns),
    shadows: [],
  };
}

interface ListedTable {
  readonly name: string;
  readonly type: string;
  readonly withoutRowid: boolean;
  readonly strict: boolean;
  readonly sql: string;
}

function listTables(db: Database, schema: SchemaName): ListedTable[] {
  const rows = db
    .prepare<[string], [string, string, number, number, string | null]>(
      `select l.name, l.type, l.wr, l.strict, s.sql from pragma_table_list l
       left join ${quoteName(schema)}.sqlite_schema s on s.name = l.name and s.type in ('table', 'view') where l.schema = ? order by l.name`,
    )
    .raw()
    .safeIntegers(false)
    .all(schema);
  return rows.map(([name, type, wr, strict, sql]) => ({ name, type, withoutRowid: wr === 1, strict: strict === 1, sql: sql ?? "" }));
}

interface ReadKey {
  /** `pk` or `u` for a constraint, `c` for CREATE UNIQUE INDEX. */
  readonly origin: string;
  readonly index: string;
  /** null for an expression. */
  readonly column: string | null;
  readonly collation: string;
}

function readKeys(db: Database, schema: SchemaName): Map<string, ReadKey[]> {
  const rows = db
    .prepare<[string], [string, string, string, string | null, string]>(
      `select l.name, i.origin, i.name, c.name, c.coll
       from pragma_table_list l, pragma_index_list(l.name, l.schema) i, pragma_index_xinfo(i.name, l.schema) c
       where l.schema = ? and l.type in ('table', 'shadow') and i."unique" = 1 and i.partial = 0 and c.key = 1
       order by l.name, i.seq desc, c.seqno`,
    )
    .raw()
    .safeIntegers(false)
    .all(schema);
  return grouped(rows.map(([owner, origin, index, column, collation]) => [owner, { origin, index, column, collation }]));
}

function candidateKeys(columns: readonly ReadColumn[], unique: readonly ReadKey[]): CandidateKey[] {
  const indexes = grouped(unique.map((part) => [part.index, part]));
  const declared: CandidateKey[] = [];
  const others: CandidateKey[] = [];
  const notNull = new Set(columns.filter((column) => column.notNull).map((column) => column.name));
  let primaryHasIndex = false;
  for (const parts of indexes.values()) {
    const isPrimary = parts[0]?.origin === "pk";
    primaryHasIndex ||= isPrimary;
    const named = parts.flatMap(({ column, collation }) => (column === null ? [] : [{ column, collation }]));
    if (named.length < parts.length) continue;
    const nullable = named.some(({ column }) => !notNull.has(column));
    if (isPrimary) declared.push({ parts: named, nullable, isRowid: false });
    else if (!nullable) others.push({ parts: named, nullable, isRowid: false });
  }
  const integerKey = primaryHasIndex ? undefined : columns.find((column) => column.pk === 1);
  const ofRowid = (column: string): CandidateKey => ({ parts: [{ column, collation: "BINARY" }], nullable: false, isRowid: true });
  return [...(integerKey === undefined ? [] : [ofRowid(integerKey.name)]), ...declared, ...others];
}

/** https://www.sqlite.org/datatype3.html#determination_of_column_affinity */
function affinityOf(type: string, strict: boolean): Column["affinity"] {
  const upper = type.toUpperCase();
  if (strict && upper === "ANY") return "none";
  if (upper.includes("INT")) return "integer";
  if (/CHAR|CLOB|TEXT/.test(upper)) return "text";
  if (upper === "" || upper.includes("BLOB")) return "none";
  return /REAL|FLOA|DOUB/.test(upper) ? "real" : "integer";
}

function rowidName(columns: readonly ReadColumn[]): string | null {
  const taken = new Set(columns.map((column) => foldName(column.name)));
  return ["rowid", "oid", "_rowid_"].find((name) => !taken.has(name)) ?? null;
}

function moduleOf(sql: string): string {
  const found = /\busing\s+["'`[]?(\w+)/i.exec(sql)?.[1];
  return foldName(found ?? "");
}

/** A shadow table is called `<owner>_<suffix>`; of several owners that fit, the longest name is meant. */
function shadowsByOwner(tables: readonly ListedTable[]): Map<string, ListedTable[]> {
  const owners = tables.filter((table) => table.type === "virtual").map((table) => table.name);
  const pairs = tables
    .filter((table) => table.type === "shadow")
    .flatMap((table): [string, ListedTable][] => {
      const fitting = owners.filter((owner) => foldName(table.name).startsWith(`${foldName(owner)}_`));
      const owner = fitting.sort((a, b) => b.length - a.length)[0];
      return owner === undefined ? [] : [[owner, table]];
    });
  return grouped(pairs);
}
