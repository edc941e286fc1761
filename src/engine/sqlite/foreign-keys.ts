/**
 * References checked at the end of a transaction. `foreign_keys` is off inside it, or a table rebuild's DROP TABLE would cascade;
 * `foreign_key_check` then finds what dangles. What dangled before is not this transaction's fault: violations are compared.
 */

import type Database from "better-sqlite3";

import { failure } from "../../domain/error.ts";
import { foldName, quoteName } from "./identifiers.ts";
import { isSqliteError } from "./sqlite-error.ts";
import { TransactionWrites, type WrittenTables } from "./written-tables.ts";

/** How often each violation stands there, by table. Several can look alike where rows have no key. */
export type Violations = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** A table and those that it refers to. */
interface ReferringTable {
  readonly name: string;
  readonly parents: readonly string[];
}

interface ViolationRow {
  readonly rowid: number | bigint | null;
  readonly parent: string;
  readonly fkid: number | bigint;
}

interface ForeignKeyColumn {
  readonly id: number;
  readonly table: string;
  readonly from: string;
  readonly to: string | null;
}

/** What is known of references when a transaction ends. */
export interface KnownReferences {
  readonly violations: Violations;
  /** No table refers to any; false where that was not looked at. */
  readonly none: boolean;
}

/** The references of one transaction, from before its first statement to its commit. */
export interface ReferenceWatch {
  /** To be told each statement before it runs. */
  note(sql: string): void;
  /** To be asked just before the commit: what is known then. Throws `foreign-key-violation` for what was not there before. */
  assertNoneBroken(): KnownReferences;
}

/** Without one of these words no statement makes a reference; the last ones let it write the text of a table's definition itself. */
const MAY_REFER = /references|writable_schema|sqlite_(?:master|schema)/i;

/** In a database in which nothing refers to anything, only what the transaction itself brings can dangle. */
class FirstReferences implements ReferenceWatch {
  readonly #db: Database.Database;
  #mayRefer = false;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  note(sql: string): void {
    this.#mayRefer ||= MAY_REFER.test(sql);
  }

  assertNoneBroken(): KnownReferences {
    if (!this.#mayRefer) return { violations: new Map(), none: true };
    return { violations: withoutFresh(violationsOf(this.#db), () => undefined), none: false };
  }
}

/**
 * A table is read when the first statement comes that may touch its references, and again before the commit; one that no statement
 * touches is not read at all.
 */
class StatementWatch implements ReferenceWatch {
  readonly #db: Database.Database;
  readonly #writes: TransactionWrites;
  readonly #known: Violations;
  readonly #before = new Map<string, ReadonlyMap<string, number>>();
  #structure: { readonly version: number; readonly tables: readonly ReferringTable[] } | undefined;
  #touched: WrittenTables = new Set();

  /** To be made inside the transaction, before its first statement. `known`: what is known of some tables as they are now. */
  constructor(db: Database.Database, known: Violations = new Map()) {
    this.#db = db;
    this.#writes = new TransactionWrites(db);
    this.#known = known;
  }

  note(sql: string): void {
    const touched = this.#writes.note(sql);
    if (this.#touched === "any" || (touched !== "any" && touched.size === 0)) return;
    this.#touched = touched === "any" ? "any" : new Set([...this.#touched, ...touched]);
    for (const table of this.#referringTables()) {
      if (this.#before.has(table.name) || !refersInto(table, touched) || !this.#writes.wasThere(table.name)) continue;
      this.#before.set(table.name, this.#known.get(table.name) ?? violationsIn(this.#db, table.name));
    }
  }

  assertNoneBroken(): KnownReferences {
    return { violations: withoutFresh(this.#violationsNow(), (table) => this.#valueBefore(table)), none: false };
  }

  #violationsNow(): Violations {
    if (this.#touched !== "any" && this.#touched.size === 0) return this.#known;
    const written = this.#writes.tables();
    const now = new Map<string, ReadonlyMap<string, number>>();
    for (const table of this.#referringTables()) {
      const mayBeBroken = refersInto(table, this.#touched) && refersInto(table, written);
      const found = mayBeBroken ? violationsIn(this.#db, table.name) : this.#valueBefore(table.name);
      if (found !== undefined) now.set(table.name, found);
    }
    return now;
  }

  #referringTables(): readonly ReferringTable[] {
    const version = Number(this.#db.pragma("schema_version", { simple: true }));
    if (this.#structure?.version === version) return this.#structure.tables;
    const tables = referringTables(this.#db);
    this.#structure = { version, tables };
    return tables;
  }

  #valueBefore(table: string): ReadonlyMap<string, number> | undefined {
    return this.#before.get(table) ?? this.#known.get(table);
  }
}

/** Throws where there is more than there was before. */
function withoutFresh(now: Violations, before: (table: string) => ReadonlyMap<string, number> | undefined): Violations {
  const fresh = [...now].flatMap(([table, found]) =>
    [...found].filter(([violation, count]) => count > (before(table)?.get(violation) ?? 0)).map(([violation]) => violation),
  );
  if (fresh.length > 0) throw violationError(fresh);
  return now;
}

function refersInto({ name, parents }: ReferringTable, tables: WrittenTables): boolean {
  return tables === "any" || [name, ...parents].some((table) => tables.has(foldName(table)));
}

/** What the last transaction left is known to the next one, as long as nothing was written between them. */
export class ForeignKeyCheck {
  readonly #db: Database.Database;
  /** Changes with every write of any connection: foreign commits, own rows, own structure. */
  readonly #moment: () => string;
  #known: (KnownReferences & { readonly moment: string }) | undefined;

  constructor(db: Database.Database) {
    this.#db = db;
    const numbers = ["pragma data_version", "select total_changes()", "pragma schema_version"].map((sql) => db.prepare(sql).pluck());
    this.#moment = () => numbers.map((number) => number.get()).join(":");
  }

  /** To be called inside the transaction, before its first statement. */
  watch(): ReferenceWatch {
    const known = this.#known?.moment === this.#moment() ? this.#known : undefined;
    const none = known?.none === true || referringTables(this.#db).length === 0;
    return none ? new FirstReferences(this.#db) : new StatementWatch(this.#db, known?.violations);
  }

  /** To be called after the commit. */
  settled(known: KnownReferences): void {
    this.#known = { ...known, moment: this.#moment() };
  }
}

/** Of every table that refers to another one. */
export function violationsOf(db: Database.Database): Violations {
  return new Map(referringTables(db).map(({ name }) => [name, violationsIn(db, name)]));
}

function violationsIn(db: Database.Database, table: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const add = (violation: string) => found.set(violation, (found.get(violation) ?? 0) + 1);
  try {
    const rows = db
      .prepare<[string], ViolationRow>("select rowid, parent, fkid from pragma_foreign_key_check(?)")
      .safeIntegers(true)
      .all(table);
    const describe = rows.length === 0 ? undefined : violationWriter(db, table);
    for (const row of rows) add(describe?.(row) ?? table);
  } catch (error) {
    // the parent lacks the columns or their unique index: no row can be checked, and the message names both tables
    if (!isSqliteError(error) || !error.message.includes("foreign key mismatch")) throw error;
    add(error.message);
  }
  return found;
}

function referringTables(db: Database.Database): readonly ReferringTable[] {
  const rows = db
    .prepare<[], [string, string]>(
      "select distinct child.name, reference.\"table\" from sqlite_schema as child, pragma_foreign_key_list(child.name) as reference where child.type = 'table' order by 1, 2",
    )
    .raw()
    .all();
  return [...Map.groupBy(rows, ([name]) => name)].map(([name, references]) => ({ name, parents: references.map(([, parent]) => parent) }));
}

/**
 * Words a violation so that it reads the same before and after a table was rebuilt: rows by their primary key, references by their
 * columns, since rowids and the numbers of foreign keys may change.
 */
function violationWriter(db: Database.Database, table: string): (row: ViolationRow) => string {
  const columns = db
    .prepare<[string], ForeignKeyColumn>('select id, "table", "from", "to" from pragma_foreign_key_list(?) order by id, seq')
    .all(table);
  const keys = db.prepare<[string], string>("select name from pragma_table_info(?) where pk > 0 order by pk").pluck().all(table);
  return ({ rowid, parent, fkid }) => {
    const from = columns.filter(({ id }) => id === Number(fkid)).map((column) => column.from);
    const shown = keys.length > 0 ? keys : from;
    const values = rowid === null ? "" : ` (${rowValues(db, table, shown, rowid)})`;
    return `${table}(${from.join(", ")}) → ${parent}${values}`;
  };
}

function rowValues(db: Database.Database, table: string, columns: readonly string[], rowid: number | bigint): string {
  const list = columns.map((column) => `quote(${quoteName(column)})`).join(", ");
  const values =
    db
      .prepare<[number | bigint], string[]>(`select ${list} from ${quoteName(table)} where rowid = ?`)
      .raw()
      .get(rowid) ?? [];
  return columns.map((column, index) => `${column}=${values[index] ?? "?"}`).join(", ");
}

function violationError(violations: readonly string[]): Error {
  const shown = violations.slice(0, 10);
  const more = violations.length > shown.length ? ` and ${violations.length - shown.length} more` : "";
  return failure("foreign-key-violation", `references lead nowhere: ${shown.join("; ")}${more}`, {
    hint: "repair or delete these rows in the migration, or let the rows that they refer to stay",
    facts: { violations: shown, count: violations.length },
  });
}
