/** `Session` on a connection: what tools and checks talk to. */

import { BelayError, failure, refusal } from "../../domain/error.ts";
import type { Rows, Session, SqlValue, TransactionOptions } from "../../domain/session.ts";
import type { Connection } from "./connection.ts";
import { isConnectionLost, sqlstateOf } from "./postgres-error.ts";
import { inDoubt } from "./pg-connection.ts";
import { valuesOf } from "./values.ts";

/** How a run's writing session differs from a plain one. */
export interface WriterOptions {
  /** Throws `lock-lost` unless the run still owns the target. The lock that it takes on the state row keeps others from taking over until the transaction ends. */
  readonly fence: {
    readonly begin: (connection: Connection) => Promise<void>;
    readonly statement: () => string | null;
    readonly lost: () => BelayError;
  };
  /** Does the work of a statement and looks meanwhile who stands in its way. */
  readonly around: <T>(connection: Connection, work: () => Promise<T>) => Promise<T>;
  readonly lockTimeoutMs: number;
  /** Gives the session back the role and the settings that it began with. */
  readonly restore: (connection: Connection) => Promise<void>;
}

/** A conversation in which nothing can be written: each query is a transaction that may not. */
export function readOnlySession(connection: () => Promise<Connection>): Session {
  const refuse = () =>
    Promise.reject(refusal("read-only-session", "this look at the database may not write", { hint: "only a run of Belay writes" }));
  return {
    dialect: "postgres",
    async query(sql, parameters = []) {
      const session = await connection();
      return onlyReading(() => session.transaction("begin read only", () => ask(session, sql, parameters)));
    },
    execute: refuse,
    transaction: refuse,
    transact: refuse,
  };
}

/** Inside a transaction that somebody else began and ends. */
export function sessionOn(connection: Connection): Session {
  return {
    ...readOnlySession(async () => connection),
    query: (sql, parameters = []) => onlyReading(() => ask(connection, sql, parameters)),
  };
}

async function onlyReading<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BelayError) || sqlstateOf(error) !== "25006") throw error;
    throw refusal("read-only-session", `this look at the database may not write: ${error.message}`, {
      hint: "use a query that only reads",
      cause: error,
      facts: error.facts,
    });
  }
}

/** `current` gives the connection to work on, a fresh one where the last is lost. */
export function writingSession(current: () => Promise<Connection>, options: WriterOptions): Session {
  return new WritingSession(current, options);
}

class WritingSession implements Session {
  readonly dialect = "postgres";
  readonly #current: () => Promise<Connection>;
  readonly #options: WriterOptions;
  /** The one whose transaction is open. */
  #open: Connection | null = null;
  /** Ends when everything that was called before has ended. */
  #tail: Promise<unknown> = Promise.resolve();
  #generation = 0;
  /** A statement may have changed settings for the rest of the session. */
  #bent = false;

  constructor(current: () => Promise<Connection>, options: WriterOptions) {
    this.#current = current;
    this.#options = options;
  }

  query(sql: string, parameters: readonly SqlValue[] = []): Promise<Rows> {
    return this.#inTurn(async (connection) => {
      if (this.#open === null) await this.#straighten(connection);
      return ask(connection, sql, parameters);
    });
  }

  /** Outside of a transaction what one text sets is for those behind it: it is how scripts that may be in none set what they need. */
  execute(statements: readonly string[]): Promise<void> {
    return this.#inTurn(async (connection) => {
      this.#bent ||= statements.some(mayBend);
      if (this.#open === null) return this.#oneByOne(connection, statements);
      const [only] = statements;
      // a single text may hold several statements, which no pipeline takes
      if (only === undefined || statements.length > 1) return connection.pipeline(statements);
      await placed(0, () => connection.run(only));
    });
  }

  async transaction<T>(work: () => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.#open !== null) throw failure("transaction-open", "a transaction is open already on this connection");
    return this.#afterAll(async () => {
      const connection = await this.#current();
      await this.#straighten(connection);
      this.#open = connection;
      try {
        return await connection.transaction(`begin; ${settingsOf(options).join("; ")}`, async () => {
          await this.#options.fence.begin(connection);
          return work();
        });
      } finally {
        this.#open = null;
      }
    });
  }

  async transact(statements: readonly string[], options: TransactionOptions = {}): Promise<number> {
    const mine = this.#generation;
    return this.#afterAll(async () => {
      if (mine !== this.#generation) throw failure("transaction-not-begun", "an earlier transaction failed, so this one was not begun");
      try {
        const connection = await this.#current();
        await this.#straighten(connection);
        const began = performance.now();
        await this.#options.around(connection, () => this.#inOneTrip(connection, statements, options));
        return performance.now() - began;
      } catch (error) {
        if (mine === this.#generation) this.#generation++; // what is called from now on is called by somebody who knows
        throw error;
      }
    });
  }

  async #inOneTrip(connection: Connection, statements: readonly string[], options: TransactionOptions): Promise<void> {
    this.#bent ||= statements.some(mayBend);
    const fence = this.#options.fence.statement();
    const before = ["begin", ...(fence === null ? [] : [fence]), ...settingsOf(options)];
    try {
      await connection.pipeline([...before, ...statements, "commit"]);
    } catch (error) {
      if (!(error instanceof BelayError)) throw error;
      const { statement: index, ...facts } = error.facts;
      const at = typeof index === "number" ? index - before.length : -1;
      if (isConnectionLost(error)) throw at < statements.length - 1 && sqlstateOf(error) !== null ? error : inDoubt(error);
      await connection.run("rollback").catch(() => undefined);
      if (fence !== null && index === 1 && sqlstateOf(error) === "22012") throw this.#options.fence.lost();
      throw withFacts(error, at >= 0 && at < statements.length ? { ...facts, statement: at } : facts);
    }
  }

  /** What one migration sets is not for the next, as it would not be where each has a session of its own. */
  async #straighten(connection: Connection): Promise<void> {
    if (!this.#bent) return;
    await this.#options.restore(connection);
    this.#bent = false;
  }

  /** Outside a transaction each is one of its own: what cannot run in any must not be sent together with others. */
  async #oneByOne(connection: Connection, statements: readonly string[]): Promise<void> {
    for (const [index, text] of statements.entries()) {
      await placed(index, () => (isConcurrent(text) ? this.#withoutTimeout(connection, text) : connection.run(text)));
    }
  }

  /** A lock that it does not wait for would leave an invalid index behind; for the same reason it is not to be tried again by itself. */
  async #withoutTimeout(connection: Connection, text: string): Promise<void> {
    await connection.run("set lock_timeout = 0");
    try {
      await connection.run(text);
    } catch (error) {
      if (!(error instanceof BelayError) || error.code !== "target-locked") throw error;
      throw failure("sql-failed", error.message, { cause: error, facts: error.facts });
    } finally {
      if (!connection.lost.aborted) await connection.run(`set lock_timeout = ${this.#options.lockTimeoutMs}`).catch(() => undefined);
    }
  }

  /** Inside the open transaction at once, else after everything before. */
  #inTurn<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const open = this.#open;
    if (open !== null) return this.#options.around(open, () => work(open));
    return this.#afterAll(async () => {
      const connection = await this.#current();
      return this.#options.around(connection, () => work(connection));
    });
  }

  #afterAll<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => undefined);
    return done;
  }
}

function settingsOf({ foreignKeys = "check-at-commit", durable = true }: TransactionOptions): readonly string[] {
  return [
    ...(foreignKeys === "check-at-commit" ? ["set constraints all deferred"] : []),
    ...(durable ? [] : ["set local synchronous_commit = off"]),
  ];
}

/** SET, RESET, DISCARD and what does the same as a function; where it merely looks so, no harm is done. */
function mayBend(text: string): boolean {
  return /(?:^|[;\n])\s*(?:set|reset|discard)\b|\bset_config\b/i.test(text);
}

function isConcurrent(text: string): boolean {
  return /\bconcurrently\b/i.test(text);
}

async function ask(connection: Connection, sql: string, parameters: readonly SqlValue[]): Promise<Rows> {
  return placed(0, async () => valuesOf(await connection.query(sql, parameters)));
}

/** A failure is the one of this statement. */
async function placed<T>(statement: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BelayError) || error.code === "interrupted" || isConnectionLost(error)) throw error;
    throw withFacts(error, { ...error.facts, statement });
  }
}

function withFacts(error: BelayError, facts: BelayError["facts"]): BelayError {
  return new BelayError(error.kind, error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error.cause,
    facts,
  });
}
