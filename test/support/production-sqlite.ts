/** A project on SQLite as it stands in production: in WAL or in a rollback journal, alone or with a process that has the database open. */

import { chmodSync, existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { fileIdentity } from "../../src/engine/sqlite/file-evidence.ts";
import { isComplete, openHolders } from "../../src/engine/sqlite/holders.ts";
import { Production } from "./production.ts";
import { bookingTables, sqlite3 } from "./project.ts";
import { Application } from "./sqlite-process.ts";

export interface Surroundings {
  readonly journalMode: "wal" | "delete";
  readonly held: boolean;
}

const MODE = 0o640;

export class SqliteProduction extends Production {
  readonly engine = "sqlite";
  readonly target = "target: sqlite:app.db\n";
  readonly forPrograms = "app.db";
  readonly words = { noSuchTable: (name: string) => `no such table: ${name}` };
  readonly updatedRow = { written: 1, gone: 0 };
  readonly keptAs = "<project>/app.db_belay_f_<run>";
  readonly countRoles = "select count(*) from pragma_table_info('users') where name = 'role'";
  readonly dropAuditTrigger = "drop trigger users_audit";
  readonly besideUntouched: readonly string[] = ["app.db", "app.db.belay", "app.db.belay-lock"];
  readonly besideAfterRun: readonly string[] = [
    "app.db",
    "app.db.belay",
    "app.db.belay-lock",
    "app.db_belay_a_<run>",
    "app.db_belay_c_<run>",
  ];
  /** The failed database is kept; the run's own copies say nothing more that the database does not say itself. */
  readonly besideAfterRollback: readonly string[] = ["app.db", "app.db.belay", "app.db.belay-lock", "app.db_belay_f_<run>"];
  readonly database = join(this.directory, "app.db");
  readonly #surroundings: Surroundings;
  readonly #before: string;
  #holder: Application | null = null;

  private constructor(surroundings: Surroundings, bookings: number) {
    super();
    this.#surroundings = surroundings;
    this.sql(bookingTables(bookings, surroundings.journalMode));
    chmodSync(this.database, MODE);
    this.write("sql", '#!/bin/sh\nexec sqlite3 -cmd ".timeout 5000" app.db "$1"\n');
    this.#before = this.dump();
  }

  static async start(surroundings: Surroundings, bookings = 500): Promise<SqliteProduction> {
    const production = new SqliteProduction(surroundings, bookings);
    if (surroundings.held) production.#holder = await Application.start({ act: "read", file: production.database });
    return production;
  }

  get held(): boolean {
    return this.#surroundings.held;
  }

  sql(script: string, database = this.database): string {
    return sqlite3(`.timeout 5000\n${script}`, database).trimEnd();
  }

  dump(database = this.database): string {
    return this.sql(".dump", database);
  }

  /**
   * Whether the file can be renamed away. An idle holder of a database with a rollback journal can only be looked for, and not on every
   * machine can every process be looked into; then Belay copies the data back.
   */
  get #swaps(): boolean {
    return !this.held && (this.#surroundings.journalMode === "wal" || everyProcessIsVisible(this.database));
  }

  get wayBack(): object {
    if (this.#swaps) return { strategy: "swap", why: "nobody has the file open, so a proven copy takes its name" };
    const why =
      this.#holder === null
        ? "some processes cannot be looked into, and one of them may have the file open"
        : `pid ${this.#holder.pid} (node) has the file open`;
    return { strategy: "restore", way: "in-place", why };
  }

  get wayTold(): string {
    return `${this.#swaps ? "swap" : "restore, in-place"}, identical to before`;
  }

  async state(): Promise<object> {
    const [journalMode = "", integrity = ""] = this.sql("pragma journal_mode; pragma integrity_check;").split("\n");
    return {
      dump: this.dump() === this.#before ? "byte for byte what it was" : "another",
      journalMode,
      integrity,
      mode: statSync(this.database).mode & 0o777,
      seenByHolder: await this.seenByHolder(this.countRoles),
    };
  }

  get oldState(): object {
    const { journalMode, held } = this.#surroundings;
    return { dump: "byte for byte what it was", journalMode, integrity: "ok", mode: MODE, seenByHolder: held ? [[0]] : null };
  }

  async seenByHolder(sql: string): Promise<unknown> {
    return this.#holder === null ? null : this.#holder.do({ act: "query", sql });
  }

  /** Less SQLite's own files. */
  beside(): string[] {
    return this.files()
      .filter((name) => name.startsWith("app.db") && !/^app\.db-(wal|shm)$/.test(name))
      .map((name) => name.replace(/_belay_([a-z])_[0-9A-Z]{10}/, "_belay_$1_<run>"))
      .sort();
  }

  isThere(database: string): boolean {
    return existsSync(database);
  }

  loseClones(): void {
    for (const name of this.files()) if (name.startsWith("app.db_belay_c_")) rmSync(join(this.directory, name));
  }

  kept(): string[] {
    return this.files()
      .filter((name) => /^app\.db_belay_f_[0-9A-Z]{10}$/.test(name))
      .map((name) => join(this.directory, name));
  }

  fresh(): { readonly url: string; readonly database: string } {
    return { url: "sqlite:fresh.db", database: join(this.directory, "fresh.db") };
  }

  stable(text: string): string {
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder?.[Symbol.asyncDispose]();
    this[Symbol.dispose]();
  }
}

function everyProcessIsVisible(database: string): boolean {
  const identity = fileIdentity(database);
  if (identity === undefined) throw new Error(`there is no ${database}`);
  return isComplete(openHolders(identity));
}
