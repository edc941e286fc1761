/** The host's side of `HostApi`: one connection to one file. Synchronous work blocks this process and nobody else. */

import Database from "better-sqlite3";

import { canonicalJson } from "../../domain/canonical-json.ts";
import type { RowCounts } from "../../domain/data.ts";
import { failure } from "../../domain/error.ts";
import { sameSchema, type SchemaSnapshot } from "../../domain/schema.ts";
import type { Rows, SqlValue, TransactionOptions } from "../../domain/session.ts";
import { compareDatabases, countRows } from "./compare.ts";
import { copyPages } from "./copy-pages.ts";
import { syncLog } from "./durable.ts";
import { ForeignKeyCheck, type ReferenceWatch } from "./foreign-keys.ts";
import { readFacts, readSequences, versionOf } from "./database-facts.ts";
import type { DatabaseFacts, FullComparison, HostApi, OpenedDatabase, OwnerFence } from "./host-api.ts";
import { overwriteInPlace } from "./overwrite.ts";
import { readSchema } from "./schema.ts";
import { isSqliteError, statementError } from "./sqlite-error.ts";
import { holdFence } from "./state.ts";
import { type QueryLimits, runQuery, runStatements } from "./statements.ts";
import type { Scope } from "./table-shape.ts";

/** How long a statement waits for somebody else's lock. */
const BUSY_MS = 10_000;
/** How long a copy waits, as it needs a moment in which nobody writes. */
const COPY_WAIT_MS = 30_000;

/** `HostApi` with calls that may take turns of the event loop. */
type Served = {
  readonly [Call in keyof HostApi]: (...given: Parameters<HostApi[Call]>) => ReturnType<HostApi[Call]> | Promise<ReturnType<HostApi[Call]>>;
};

interface OpenTransaction {
  /** null where every statement is held to its references by SQLite. */
  readonly references: ReferenceWatch | null;
  /** The setting to go back to. */
  readonly foreignKeys: unknown;
}

/** `assertWanted` throws when nobody waits for this host's work any more. */
export class HostDatabase implements Served {
  readonly #assertWanted: () => void;
  #opened: Database.Database | undefined;
  #foreignKeys: ForeignKeyCheck | undefined;
  #transaction: OpenTransaction | undefined;
  #synchronous: "full" | "normal" = "full";
  /** There are commits that a power loss could still take back. */
  #unsynced = false;
  /** Of the last `transact` that failed. */
  #failedSequence: number | undefined;

  constructor(assertWanted: () => void) {
    this.#assertWanted = assertWanted;
  }

  open(file: string): OpenedDatabase {
    this.#opened = openForWork(file);
    return { engineVersion: versionOf(this.#opened) };
  }

  query(sql: string, parameters: readonly SqlValue[], limits?: QueryLimits): Rows {
    if (!this.#db.inTransaction) this.#setSynchronous("full");
    this.#transaction?.references?.note(sql);
    return runQuery(this.#db, sql, parameters, limits);
  }

  execute(statements: readonly string[]): void {
    if (!this.#db.inTransaction) this.#setSynchronous("full");
    runStatements(this.#db, statements, (sql) => this.#transaction?.references?.note(sql));
  }

  begin({ foreignKeys: mode = "check-at-commit", durable = true }: TransactionOptions): void {
    const db = this.#db;
    if (this.#transaction !== undefined || db.inTransaction) throw failure("transaction-open", "a transaction is open already");
    this.#setSynchronous(durable ? "full" : "normal");
    const foreignKeys = setForeignKeys(db, mode === "enforce" ? 1 : 0); // inside a transaction it would do nothing
    try {
      db.exec("begin immediate");
      this.#transaction = { references: mode === "enforce" ? null : this.#check.watch(), foreignKeys };
    } catch (error) {
      if (db.inTransaction) db.exec("rollback");
      setForeignKeys(db, foreignKeys);
      throw statementError(error, db.name);
    }
  }

  commit(): void {
    const db = this.#db;
    const transaction = this.#transaction;
    if (transaction === undefined || !db.inTransaction)
      throw failure("transaction-ended", "the transaction was ended by one of its own statements", {
        hint: "leave BEGIN, COMMIT and ROLLBACK to Belay",
      });
    try {
      const references = transaction.references?.assertNoneBroken();
      db.exec("commit");
      this.#unsynced = this.#synchronous === "normal";
      if (references !== undefined) this.#check.settled(references);
    } catch (error) {
      throw statementError(error, db.name);
    }
    this.#transactionEnded();
  }

  rollback(): void {
    if (this.#db.inTransaction) this.#db.exec("rollback"); // a full disk, for one, makes SQLite roll back by itself
    this.#transactionEnded();
    this.#syncCommits();
  }

  transact(statements: readonly string[], options: TransactionOptions, sequence: number): number {
    if (sequence === this.#failedSequence) throw failure("transaction-not-begun", "a transaction before this one failed");
    const began = performance.now();
    try {
      this.begin(options);
      this.#executeAndCommit(statements);
    } catch (error) {
      this.#failedSequence = sequence;
      throw error;
    }
    return performance.now() - began;
  }

  #executeAndCommit(statements: readonly string[]): void {
    try {
      this.execute(statements);
      this.#assertWanted();
      this.commit();
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  holdStill(): boolean {
    const db = this.#db;
    try {
      db.exec("begin immediate");
      if (isInFile(db)) return true;
    } catch (error) {
      if (!isSqliteError(error)) throw error;
    }
    if (db.inTransaction) db.exec("rollback");
    return false;
  }

  beginSnapshot(): void {
    const db = this.#db;
    try {
      db.exec("begin");
      db.prepare("select count(*) from sqlite_schema").get(); // the snapshot is taken by the first read
      db.pragma("query_only = on");
    } catch (error) {
      if (db.inTransaction) db.exec("rollback");
      throw statementError(error, db.name);
    }
  }

  endSnapshot(): void {
    const db = this.#db;
    db.pragma("query_only = off");
    if (db.inTransaction) db.exec("rollback");
    detachReference(db);
  }

  schema(): SchemaSnapshot {
    return readSchema(this.#db);
  }

  describe(): DatabaseFacts {
    return { rows: countRows(this.#db, "main", { include: "all" }), sequences: readSequences(this.#db), engineFacts: readFacts(this.#db) };
  }

  async copyTo(file: string): Promise<number> {
    try {
      return await copyPages(this.#db, file, COPY_WAIT_MS, this.#assertWanted);
    } catch (error) {
      throw isSqliteError(error) && error.code === "SQLITE_FULL" ? statementError(error, file) : error; // the copy's disk, not the database's
    }
  }

  compare(reference: string, include: Scope): FullComparison {
    const db = this.#db;
    try {
      db.prepare("attach ? as before").run(reference);
      const data = compareDatabases(db, { include });
      return {
        data,
        sameSchema: sameSchema(readSchema(db, "before"), readSchema(db)),
        sameSequences: canonicalJson(readSequences(db, "before")) === canonicalJson(readSequences(db)),
      };
    } catch (error) {
      throw statementError(error, db.name);
    } finally {
      if (!db.inTransaction) detachReference(db); // in a snapshot SQLite lets go of it only at its end
    }
  }

  countRowsOf(file: string): RowCounts {
    const db = openForWork(file);
    try {
      db.pragma("query_only = on");
      return countRows(db, "main", { include: "all" });
    } finally {
      db.close();
    }
  }

  dataVersion(): number {
    return Number(this.#db.pragma("data_version", { simple: true }));
  }

  async overwrite(file: string, owner: OwnerFence): Promise<void> {
    using _ = holdFence(owner);
    await overwriteInPlace(this.#db, file, this.#assertWanted);
  }

  close(): void {
    this.#syncCommits();
    this.#opened?.close();
    this.#opened = undefined;
  }

  /** Only the write-ahead log keeps a database whole without a sync at each commit: with a rollback journal it stays at "full". */
  #setSynchronous(wanted: "full" | "normal"): void {
    if (wanted === this.#synchronous) return;
    const db = this.#db;
    if (wanted === "normal" && db.pragma("journal_mode", { simple: true }) !== "wal") return;
    db.pragma(`synchronous = ${wanted}`);
    this.#synchronous = wanted;
  }

  /** What was to be made durable by a later commit that did not come. */
  #syncCommits(): void {
    if (this.#unsynced) syncLog(this.#db.name);
    this.#unsynced = false;
  }

  #transactionEnded(): void {
    if (this.#transaction !== undefined) setForeignKeys(this.#db, this.#transaction.foreignKeys);
    this.#transaction = undefined;
  }

  /** What it works on, for messages. */
  get file(): string {
    return this.#opened?.name ?? "the database";
  }

  get #check(): ForeignKeyCheck {
    return (this.#foreignKeys ??= new ForeignKeyCheck(this.#db));
  }

  get #db(): Database.Database {
    if (this.#opened === undefined) throw failure("database-closed", "the database is not open");
    return this.#opened;
  }
}

function openForWork(file: string): Database.Database {
  const db = new Database(file, { fileMustExist: true, timeout: BUSY_MS });
  try {
    db.pragma("synchronous = full"); // this build's default in WAL would let a power loss take the last commits back
    db.pragma("foreign_keys = off"); // SQLite's own default, not this build's: a rebuild outside a transaction must not cascade
    return db;
  } catch (error) {
    db.close();
    throw statementError(error, file);
  }
}

/** Gives back what the setting was. Setting it makes SQLite compile everything anew, so that it is only done where it changes something. */
function setForeignKeys(db: Database.Database, to: unknown): unknown {
  const was = db.pragma("foreign_keys", { simple: true });
  if (was !== to) db.pragma(`foreign_keys = ${to === 1 ? "on" : "off"}`);
  return was;
}

/** Brings what the log holds into the file, as far as readers allow. To be asked while nobody can write. */
function isInFile({ name }: Database.Database): boolean {
  const db = new Database(name, { fileMustExist: true, timeout: 0 });
  try {
    if (db.pragma("journal_mode", { simple: true }) !== "wal") return true;
    const [result] = db.pragma("wal_checkpoint(passive)") as readonly {
      readonly busy: number;
      readonly log: number;
      readonly checkpointed: number;
    }[];
    return result?.busy === 0 && result.log === result.checkpointed;
  } finally {
    db.close();
  }
}

function detachReference(db: Database.Database): void {
  const attached = db.prepare("select 1 from pragma_database_list where name = 'before'").get();
  if (attached !== undefined) db.exec("detach before");
}
