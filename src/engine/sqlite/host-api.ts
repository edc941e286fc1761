/**
 * What Belay asks of its host process: a process of its own that works on one database file, so that a long statement blocks
 * nobody and can be stopped by ending the process. A host whose Belay died commits nothing.
 */

import type { JsonValue } from "../../domain/canonical-json.ts";
import type { DataComparison, RowCounts } from "../../domain/data.ts";
import type { SchemaSnapshot } from "../../domain/schema.ts";
import type { Rows, SqlValue, TransactionOptions } from "../../domain/session.ts";
import type { PortableError } from "../../process/portable-error.ts";
import type { QueryLimits } from "./statements.ts";
import type { Scope } from "./table-shape.ts";

export interface HostApi {
  /** The first call. Opens the file for reading and writing; it must exist. */
  open(file: string): OpenedDatabase;
  query(sql: string, parameters: readonly SqlValue[], limits?: QueryLimits): Rows;
  execute(statements: readonly string[]): void;
  begin(options: TransactionOptions): void;
  /** Throws `foreign-key-violation` and leaves the transaction open. */
  commit(): void;
  rollback(): void;
  /**
   * `begin`, `execute` and `commit` (or `rollback`), as long as somebody waits for it. Milliseconds. Once one failed, those of the same
   * `sequence` throw `transaction-not-begun`.
   */
  transact(statements: readonly string[], options: TransactionOptions, sequence: number): number;
  /**
   * Until `rollback` nobody can write. False where that cannot be had, or where some of the data are in the log and not in the file; then
   * there is nothing to roll back.
   */
  holdStill(): boolean;
  /** Begins to read: until `endSnapshot` everything is seen as it is now, and nothing can be written through this host. */
  beginSnapshot(): void;
  endSnapshot(): void;
  schema(): SchemaSnapshot;
  /** Rows of every table and what else a manifest says, as they are now. */
  describe(): DatabaseFacts;
  /** Copies the database into a new file. The number of pages. */
  copyTo(file: string): number;
  /** Compares the database with a copy of it in another file, which is not changed. */
  compare(reference: string, include: Scope): FullComparison;
  /** Reads another file: its rows, table by table. */
  countRowsOf(file: string): RowCounts;
  /** Changes when anybody but this host writes. */
  dataVersion(): number;
  /**
   * Copies the database over `file` in one transaction of `file`, whoever has it open, as long as `owner` owns the run: nobody can
   * take it over before this is done. Throws `target-busy`, `lock-lost`.
   */
  overwrite(file: string, owner: OwnerFence): void;
  close(): void;
}

export interface OpenedDatabase {
  readonly engineVersion: string;
}

/** Whose run it is: the fence that the state row at `state` must carry. */
export interface OwnerFence {
  readonly state: string;
  readonly fence: number;
}

export interface DatabaseFacts {
  readonly rows: RowCounts;
  readonly sequences: Readonly<Record<string, string>>;
  readonly engineFacts: Readonly<Record<string, JsonValue>>;
}

export interface FullComparison {
  readonly data: DataComparison;
  readonly sameSchema: boolean;
  /** The next numbers of AUTOINCREMENT tables are the same. */
  readonly sameSequences: boolean;
}

export interface HostRequest {
  readonly id: number;
  readonly call: keyof HostApi;
  readonly arguments: readonly unknown[];
}

export type HostResponse = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: PortableError };
