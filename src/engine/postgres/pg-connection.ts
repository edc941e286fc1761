/** `Connection` on the driver: one client, one session. */

import { setTimeout as pause } from "node:timers/promises";
import type { Client, QueryArrayResult } from "pg";

import { BelayError, failure } from "../../domain/error.ts";
import type { Answer, Connection, ConnectRequest, Parameter, Row, Server } from "./connection.ts";
import { quoteIdentifier } from "./identifiers.ts";
import { breakLine } from "./pg-undeclared.ts";
import { connectionLost, isConnectionLost, sqlstateOf, statementError } from "./postgres-error.ts";
import { WirePipeline, type PipelineOptions } from "./wire-pipeline.ts";

/** Values stay as the server wrote them. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };

/** The protocol that takes one statement only: none that somebody appended to it. */
const SINGLE = { queryMode: "extended" };

/** A cancel may come before the statement that it is meant for: it is sent again until the session is idle. */
const CANCEL_AGAIN_MS = 300;
const CANCEL_LIMIT_MS = 5_000;

export interface SessionFacts {
  readonly pid: number;
  readonly serverVersion: number;
  readonly database: string;
}

export class PgConnection implements Connection {
  readonly server: Server;
  readonly database: string;
  readonly pid: number;
  readonly serverVersion: number;
  readonly lost: AbortSignal;
  readonly #client: Client;
  readonly #request: ConnectRequest;
  readonly #letGo = new AbortController();
  #inTransaction = false;
  #underWay = 0;
  #closed = false;
  /** Why the line broke, in the words that came first: whoever asks later is only told that it did. */
  #ended: Error | undefined;

  constructor(client: Client, server: Server, session: SessionFacts, request: ConnectRequest) {
    this.server = server;
    this.database = session.database;
    this.pid = session.pid;
    this.serverVersion = session.serverVersion;
    this.#client = client;
    this.#request = request;
    const lost = new AbortController();
    this.lost = lost.signal;
    client.on("error", (error) => void (this.#ended ??= error));
    client.on("end", () => {
      if (!this.#closed) lost.abort(connectionLost(this.#ended ?? new Error("the server closed it")));
    });
    request.signal?.addEventListener("abort", () => void this.#stop(), { once: true, signal: this.#letGo.signal });
  }

  async query(sql: string, parameters: readonly Parameter[] = []): Promise<Answer> {
    const result = await this.#during(() =>
      this.#client.query<(string | null)[]>({ text: sql, values: parameters.map(bound), rowMode: "array", types: AS_TEXT, ...SINGLE }),
    );
    return answerOf(result);
  }

  async rows(sql: string, parameters: readonly Parameter[] = []): Promise<readonly Row[]> {
    return (await this.query(sql, parameters)).rows;
  }

  async run(sql: string): Promise<void> {
    await this.#during(() => this.#client.query({ text: sql, types: AS_TEXT }));
  }

  async pipeline(statements: readonly string[], options: PipelineOptions = {}): Promise<void> {
    if (statements.length === 0) return;
    let pipeline: WirePipeline | undefined;
    const send = () =>
      new Promise<void>((resolve, reject) => {
        pipeline = new WirePipeline(statements, { resolve, reject }, options);
        this.#client.query(pipeline);
      });
    await this.#during(send, () => ({ statement: pipeline?.done ?? 0 }));
  }

  async transaction<T>(begin: string, work: () => Promise<T>): Promise<T> {
    if (this.#inTransaction) throw failure("transaction-open", "a transaction is open already on this connection");
    this.#inTransaction = true;
    try {
      const result = await this.#orRollBack(async () => {
        await this.run(begin);
        return work();
      });
      await this.#commit();
      return result;
    } finally {
      this.#inTransaction = false;
    }
  }

  async listen(channel: string, hear: (said: string) => void): Promise<void> {
    this.#client.on("notification", (notification) => {
      if (notification.channel === channel) hear(notification.payload ?? "");
    });
    await this.run(`listen ${quoteIdentifier(channel)}`);
  }

  async cancel(): Promise<void> {
    if (this.#underWay === 0) return;
    await using second = await this.server.connect({ database: this.database, application: this.#request.application ?? "belay" });
    await second.rows("select pg_catalog.pg_cancel_backend($1::int4)", [this.pid]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#letGo.abort();
    // a session that still works is of no use to anybody: the server ends it when it sees the line gone
    if (this.#underWay > 0) await this.#cancelUntilIdle();
    await this.#client.end().catch(() => undefined);
  }

  async #orRollBack<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // what cannot be rolled back any more was undone with its session
      await this.#client.query("rollback").catch(() => undefined);
      throw error;
    }
  }

  async #commit(): Promise<void> {
    try {
      const result = await this.#during(() => this.#client.query("commit"));
      if (result.command === "ROLLBACK") throw failure("transaction-failed", "the transaction had failed, so that its commit undid it");
    } catch (error) {
      throw isConnectionLost(error) ? inDoubt(error) : error;
    }
  }

  async #during<T>(work: () => Promise<T>, facts: () => Readonly<Record<string, number>> = () => ({})): Promise<T> {
    this.#refuseAfterAbort();
    this.#underWay++;
    try {
      return await work();
    } catch (error) {
      if (this.#request.signal?.aborted === true) throw interrupted(this.#request.signal);
      const cause = sqlstateOf(error) === null ? (this.#ended ?? error) : error;
      throw this.lost.aborted ? connectionLost(cause, facts()) : statementError(cause, facts());
    } finally {
      this.#underWay--;
    }
  }

  #refuseAfterAbort(): void {
    if (this.#request.signal?.aborted === true) throw interrupted(this.#request.signal);
    if (this.lost.aborted) throw this.lost.reason;
    if (this.#closed) throw failure("connection-closed", "this connection was closed");
  }

  async #stop(): Promise<void> {
    if (this.#underWay > 0) await this.#cancelUntilIdle();
  }

  async #cancelUntilIdle(): Promise<void> {
    const deadline = performance.now() + CANCEL_LIMIT_MS;
    while (this.#underWay > 0 && !this.lost.aborted) {
      // whom no second connection reaches, the end of the first one ends
      const asked = await this.cancel().then(
        () => true,
        () => false,
      );
      if (!asked || performance.now() > deadline) return breakLine(this.#client);
      for (let waited = 0; this.#underWay > 0 && waited < CANCEL_AGAIN_MS; waited += 10) await pause(10);
    }
  }
}

/** Whether a commit happened is not known: its answer never came. */
export function inDoubt(error: BelayError): BelayError {
  return failure("commit-in-doubt", `whether the transaction was committed is not known: ${error.message}`, {
    hint: "look at the database before anything else; `belay recover` does",
    cause: error,
    facts: error.facts,
  });
}

export function interrupted(signal: AbortSignal): BelayError {
  if (signal.reason instanceof BelayError) return signal.reason;
  return failure("interrupted", "the statement was interrupted", { hint: "run the same command again", cause: signal.reason });
}

function bound(value: Parameter): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return typeof value === "bigint" ? value.toString() : value;
}

function answerOf(result: QueryArrayResult<(string | null)[]> | readonly QueryArrayResult<(string | null)[]>[]): Answer {
  const last = "fields" in result ? result : result.at(-1);
  if (last === undefined) return { columns: [], rows: [] };
  return { columns: last.fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID })), rows: last.rows };
}
