/** A value as SQL knows it. Whole numbers beyond 2^53 arrive as bigint, so that nothing is rounded on the way. */
export type SqlValue = null | string | number | bigint | boolean | Uint8Array;

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** How the statements of a script are told apart; data, so that no tool asks which engine it talks to. */
export type SqlDialect = "sqlite" | "postgres";

export interface TransactionOptions {
  /**
   * `check-at-commit` (default): references may dangle inside the transaction, as a table rebuild needs; what dangles at the end
   * and did not before fails it with code `foreign-key-violation`, naming table and rows.
   * `enforce`: every statement is held to them, cascades included. An engine that always enforces treats both alike.
   */
  readonly foreignKeys?: "check-at-commit" | "enforce";
  /**
   * Default true: once committed, no power loss takes it back. False for one that a later transaction follows, whose commit makes this
   * one durable, too: a power loss may then take back the last ones, always from the end. An engine may treat both alike.
   */
  readonly durable?: boolean;
}

/**
 * One conversation with a database, for tools and checks. Engines implement it; nobody else opens connections.
 * Every failure is a BelayError whose message carries the database's own words; `facts.statement` is the index of the
 * statement of `execute` that failed.
 */
export interface Session {
  readonly dialect: SqlDialect;
  /** One statement, its rows. May write. Inside a transaction of this session it takes part in it. */
  query(sql: string, parameters?: readonly SqlValue[]): Promise<Rows>;
  /** Statements in order, in one round trip; stops at the first that fails. Not atomic outside a transaction. */
  execute(statements: readonly string[]): Promise<void>;
  /** Runs `work` in one transaction: all of it or nothing. Not re-entrant. Rolls back when `work` throws, then throws the same. */
  transaction<T>(work: () => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * Statements in one transaction of their own and in one round trip: all of them or nothing. How long it took, in milliseconds. Need not
   * be awaited before the next: they run in the order of their calls, and when one fails, those that were called before anybody knew it
   * do not begin and fail with code `transaction-not-begun`.
   */
  transact(statements: readonly string[], options?: TransactionOptions): Promise<number>;
}
