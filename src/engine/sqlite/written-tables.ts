/**
 * Which tables the statements of a transaction write, so that a check of references need not read the others. SQLite's own
 * program for each statement (EXPLAIN, triggers included) names the root pages that it opens for writing; structure is compared
 * before and after. Where that does not tell, the answer is "any": too many tables cost time, one too few would cost data.
 */

import type Database from "better-sqlite3";

import { additionIn } from "./additions.ts";
import { foldName } from "./identifiers.ts";
import { isSqliteError } from "./sqlite-error.ts";

/** Folded names. */
export type WrittenTables = ReadonlySet<string> | "any";

interface Instruction {
  readonly opcode: string;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
  readonly p5: number;
}

/** Beyond these, looking at each statement costs more than reading every table once. */
const STATEMENTS = 2_000;
const CHARACTERS = 64_000;
/** The instructions that write through something else than a root page: virtual tables, and SQL that SQLite runs by itself. */
const OPAQUE = ["VUpdate", "VCreate", "VDestroy", "SqlExec"];
/** OPFLAG_P2ISREG: the root page is that of a table which the statement itself makes; comparing the structure finds that one. */
const NEW_ROOT = 0x10;
const SCHEMA_ROOT = 1;
/** The number by which SQLite tells one schema from another, among the header's numbers that a program may set. */
const SCHEMA_COOKIE = 1;
const NONE: WrittenTables = new Set();
const MAIN = 0;

export class TransactionWrites {
  readonly #db: Database.Database;
  readonly #structure: ReadonlyMap<string, string>;
  readonly #written = new Set<string>();
  #statements = 0;
  #any = false;

  /** To be made when the transaction begins. */
  constructor(db: Database.Database) {
    this.#db = db;
    this.#structure = readStructure(db);
  }

  /**
   * To be told each statement before it runs. The tables whose rows or references this one may change: not those that it merely adds
   * something to, as a new column or index leaves every row what it was.
   */
  note(sql: string): WrittenTables {
    this.#statements++;
    if (this.#statements > STATEMENTS || sql.length > CHARACTERS) this.#any = true;
    return this.#any ? "any" : this.#look(sql);
  }

  /** Was there a table of this name when the transaction began? */
  wasThere(name: string): boolean {
    return this.#structure.has(foldName(name));
  }

  /** To be asked before the commit. */
  tables(): WrittenTables {
    if (this.#any) return "any";
    const now = readStructure(this.#db);
    const names = new Set([...this.#structure.keys(), ...now.keys()]);
    const altered = [...names].filter((name) => now.get(name) !== this.#structure.get(name));
    return new Set([...this.#written, ...altered]);
  }

  #look(sql: string): WrittenTables {
    const program = explain(this.#db, sql);
    const tables = program === undefined ? "any" : this.#tablesOf(program);
    if (program === undefined || tables === "any") {
      this.#any = true;
      return "any";
    }
    for (const table of tables) this.#written.add(table);
    const added = changesStructure(program) ? additionIn(sql) : NONE;
    return added === "any" ? "any" : new Set([...tables, ...added]);
  }

  #tablesOf(program: readonly Instruction[]): WrittenTables {
    const roots = writtenRoots(program);
    if (roots === undefined) return "any";
    const tables = new Set<string>();
    for (const root of roots) {
      const table = this.#db.prepare<[number], string>("select tbl_name from main.sqlite_schema where rootpage = ?").pluck().get(root);
      if (table === undefined) return "any";
      tables.add(foldName(table));
    }
    return tables;
  }
}

/** undefined for what is not exactly one sound statement; running it will tell what is wrong with it. */
function explain(db: Database.Database, sql: string): readonly Instruction[] | undefined {
  try {
    return db.prepare<[], Instruction>(`explain ${sql}`).safeIntegers(false).all();
  } catch (error) {
    if (isSqliteError(error) || error instanceof RangeError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Root pages in the main database; undefined where the program writes in a way that names none. */
function writtenRoots(program: readonly Instruction[]): ReadonlySet<number> | undefined {
  if (program.some(({ opcode }) => OPAQUE.includes(opcode))) return undefined;
  const roots = program.flatMap(({ opcode, p1, p2, p3, p5 }) => {
    if (opcode === "OpenWrite") return p3 === MAIN && (p5 & NEW_ROOT) === 0 ? [p2] : [];
    if (opcode === "Clear") return p2 === MAIN ? [p1] : [];
    if (opcode === "Destroy") return p3 === MAIN ? [p1] : [];
    return [];
  });
  return new Set(roots.filter((root) => root !== SCHEMA_ROOT));
}

function changesStructure(program: readonly Instruction[]): boolean {
  return program.some(
    ({ opcode, p1, p2, p3 }) =>
      opcode === "ParseSchema" ||
      (opcode === "SetCookie" && p1 === MAIN && p2 === SCHEMA_COOKIE) ||
      (opcode === "OpenWrite" && p3 === MAIN && p2 === SCHEMA_ROOT),
  );
}

/** What defines each table and its indexes, in one text by its folded name; another root page is another table. */
function readStructure(db: Database.Database): ReadonlyMap<string, string> {
  const rows = db
    .prepare<[], [string, string]>(
      "select tbl_name, type || ' ' || name || ' ' || rootpage || ' ' || coalesce(sql, '') from main.sqlite_schema where type in ('table', 'index') order by name",
    )
    .raw()
    .all();
  const structure = new Map<string, string>();
  for (const [table, definition] of rows) structure.set(foldName(table), `${structure.get(foldName(table)) ?? ""}\n${definition}`);
  return structure;
}
