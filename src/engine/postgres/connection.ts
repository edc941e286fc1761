/** Belay's own conversation with a server: every value is text as PostgreSQL writes it, null for NULL; callers cast in SQL and read here. */

import type { ConnectionSettings } from "./settings.ts";
import type { PipelineOptions } from "./wire-pipeline.ts";

export type Row = readonly (string | null)[];
export type Parameter = string | number | bigint | boolean | null | Uint8Array | readonly string[];

/** A server, reached as one role; connections to any of its databases. */
export interface Server {
  readonly settings: ConnectionSettings;
  connect(request?: ConnectRequest): Promise<Connection>;
  /** Where libpq's programs go, in their own variables (PGHOST … PGPASSWORD, PGAPPNAME, PGOPTIONS): arguments never hold a password. */
  programVariables(request?: ConnectRequest): Readonly<Record<string, string>>;
}

export type SearchPath = "none" | "own" | readonly string[];

export interface ConnectRequest {
  /** Default: the one of the settings. */
  readonly database?: string;
  /** `application_name`. Default `belay`; a run's sessions are `belay-<run>`, so that whoever takes over can end them. */
  readonly application?: string;
  /** When aborted, what the server does for this connection is cancelled, and it takes no further statement: code `interrupted`. */
  readonly signal?: AbortSignal;
  /**
   * `none` (default): every name has to be qualified. `own`: as the role's and the database's settings say, for the statements of people.
   * A list of schemas: those of a tenant, for the same.
   */
  readonly searchPath?: SearchPath;
}

/** What a query gave: columns with their names and the oids of their types. */
export interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: number }[];
  readonly rows: readonly Row[];
}

/**
 * One session, with everything set that keeps a role's or a database's own settings out of the answers: row_security off, no time-outs,
 * UTC, ISO dates, an empty search_path (name every schema). Failures are BelayErrors with the server's own words, `facts.sqlstate`
 * where it told one. Statements run in the order of their calls.
 */
export interface Connection extends AsyncDisposable {
  readonly server: Server;
  readonly database: string;
  /** As the server says (`pg_backend_pid`). */
  readonly pid: number;
  /** 150018. */
  readonly serverVersion: number;
  /** Aborted with a BelayError when the session is gone without having been closed. */
  readonly lost: AbortSignal;
  rows(sql: string, parameters?: readonly Parameter[]): Promise<readonly Row[]>;
  /** The same with the names and types of the columns. */
  query(sql: string, parameters?: readonly Parameter[]): Promise<Answer>;
  /** One statement or several (then one implicit transaction unless the text says otherwise); what they answer is dropped. */
  run(sql: string): Promise<void>;
  /**
   * Single statements in one round trip, without answers. The first that fails ends them; inside a transaction that one is then to be
   * rolled back, outside of one nothing of them was done. `facts.statement` is its index.
   */
  pipeline(statements: readonly string[], options?: PipelineOptions): Promise<void>;
  /** `begin`: `begin`, `begin isolation level repeatable read, read only`. Rolls back and throws what `work` throws. Not re-entrant. */
  transaction<T>(begin: string, work: () => Promise<T>): Promise<T>;
  /** Hears what others say on a channel in this database, from now on and as long as the session lasts. */
  listen(channel: string, hear: (said: string) => void): Promise<void>;
  /** Ends what the server does for this connection now, from a second connection. Harmless where it does nothing. */
  cancel(): Promise<void>;
}
