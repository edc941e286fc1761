/** `Session` on a connection: what tools and checks talk to. */

import { BelayError, failure, refusal } from "../../domain/error.ts";
import type { Rows, Session, SqlValue, TransactionOptions } from "../../domain/session.ts";
import type { Connection } from "./connection.ts";
import { isConnectionLost, sqlstateOf } from "./postgres-error.ts";
import { forgetPath, turnTo } from "./search-path.ts";
import { notBegun, settingsOf, transactTogether, withFacts, type BatchFailure, type CalledTransaction } from "./transaction-batch.ts";
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
  /** Where unqualified names lead, where that is the same session's for several; absent: as the session began. */
  readonly searchPath?: readonly string[];
}

/** What conversations on one connection have in common: one after the other, and what one has bent is straightened before the next. */
export class Line {
  /** Ends when everything that was called before has ended. */
  tail: Promise<unknown> = Promise.resolve();
  /** A statement may have changed settings for the rest of the session. */
  bent = false;
  /** Whose turn it was last. */
  user: Session | null = null;
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
export function writingSession(current: () => Promise<Connection>, options: WriterOptions, line = new Line()): Session {
  return new WritingSession(current, options, line);
}

/** A transaction as it was called: before how many failures that somebody knew of. */
type Called = CalledTransaction & { readonly generation: number };

class WritingSession implements Session {
  readonly dialect = "postgres";
  readonly #current: () => Promise<Connection>;
  readonly #options: WriterOptions;
  /** The one whose transaction is open. */
  #open: Connection | null = null;
  readonly #line: Line;
  #generation = 0;
  /** Called transactions that were not sent yet and that nothing else was called after. */
  #joining: Called[] | null = null;

  constructor(current: () => Promise<Connection>, options: WriterOptions, line: Line) {
    this.#current = current;
    this.#options = options;
    this.#line = line;
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
      if (this.#open === null && this.#line.user !== this) await this.#straighten(connection);
      this.#line.bent ||= statements.some(mayBend);
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

  /** Those that are called while others are under way go to the server together. */
  transact(statements: readonly string[], options: TransactionOptions = {}): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const called = { statements, options, resolve, reject, generation: this.#generation };
    if (this.#joining !== null) this.#joining.push(called);
    else {
      const batch = [called];
      void this.#afterAll(() => {
        if (this.#joining === batch) this.#joining = null;
        return this.#transactAll(batch);
      });
      this.#joining = batch;
    }
    return promise;
  }

  /** What one sets is not for the next, so that one goes behind it alone. */
  async #transactAll(batch: readonly Called[]): Promise<void> {
    for (let rest = batch; rest.length > 0;) {
      const bending = rest.findIndex(({ statements }) => statements.some(mayBend));
      const together = bending === -1 ? rest : rest.slice(0, bending + 1);
      await this.#transactTogether(together, bending !== -1);
      rest = rest.slice(together.length);
    }
  }

  async #transactTogether(called: readonly Called[], bending: boolean): Promise<void> {
    const mine = called.filter(({ generation }) => generation === this.#generation);
    for (const one of called) if (!mine.includes(one)) one.reject(notBegun());
    if (mine.length === 0) return;
    let failed: BatchFailure | null = null;
    try {
      const connection = await this.#current();
      await this.#straighten(connection);
      this.#line.bent ||= bending;
      await this.#options.around(connection, async () => {
        failed = await transactTogether(connection, mine, this.#options.fence);
        if (failed !== null) throw failed.error;
      });
    } catch (error) {
      this.#generation++; // what is called from now on is called by somebody who knows
      const { at, allInDoubt } = failed ?? { at: 0, allInDoubt: false };
      mine[at]?.reject(error);
      for (const one of mine.slice(at + 1)) one.reject(allInDoubt ? error : notBegun());
    }
  }

  /** What one migration sets is not for the next, nor one tenant's path for another: as if each had a session of its own. */
  async #straighten(connection: Connection): Promise<void> {
    const { searchPath, restore } = this.#options;
    if (this.#line.bent) {
      await restore(connection);
      forgetPath(connection);
      this.#line.bent = false;
    }
    this.#line.user = this;
    if (searchPath !== undefined) await turnTo(connection, searchPath);
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
    this.#joining = null;
    const done = this.#line.tail.then(work);
    this.#line.tail = done.catch(() => undefined);
    return done;
  }
}

/** SET, RESET, DISCARD, what does the same as a function, and DEALLOCATE; where it merely looks so, no harm is done. */
function mayBend(text: string): boolean {
  return /(?:^|[;\n])\s*(?:set|reset|discard)\b|\b(?:set_config|deallocate|discard)\b/i.test(text);
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
