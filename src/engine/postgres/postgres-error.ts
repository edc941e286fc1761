/** What the driver and the server throw, as Belay says it: one sentence with the server's own words, one hint, a stable code. */

import { BelayError, failure, messageOf, refusal, type JsonFact } from "../../domain/error.ts";
import type { ConnectionSettings } from "./settings.ts";

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function sqlstateOf(error: unknown): string | null {
  if (error instanceof BelayError) {
    const known = error.facts["sqlstate"];
    return typeof known === "string" ? known : null;
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** What the server sends with an error beside its message. */
interface ServerError {
  readonly detail?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly constraint?: string;
  readonly position?: string;
}

const LOCK_NOT_AVAILABLE = "55P03";
const DEADLOCK = "40P01";
const FOREIGN_KEY = "23503";
const CANCELLED = "57014";

/** Not null, check, view's check: the detail is a whole row, password and all. Which rule it breaks, and of which table, is said without. */
const WHOLE_ROWS = /^(?:23502|23514|44000)$/;

/** A statement failed. `facts.statement` and the like come in `facts`. Whatever is no error of the server's or the line's comes back as it is. */
export function statementError(error: unknown, facts: Readonly<Record<string, JsonFact>> = {}): unknown {
  if (error instanceof BelayError || !(error instanceof Error)) return error;
  const sqlstate = sqlstateOf(error);
  if (sqlstate === null || isEndOfSession(sqlstate)) return connectionLost(error, facts);
  const { detail, table, schema, constraint, position } = error as ServerError;
  const words = detail === undefined || WHOLE_ROWS.test(sqlstate) ? error.message : `${error.message} (${detail})`;
  const details = {
    cause: error,
    facts: {
      ...facts,
      sqlstate,
      ...(table === undefined ? {} : { table: schema === undefined || schema === "public" ? table : `${schema}.${table}` }),
      ...(constraint === undefined ? {} : { constraint }),
      ...(position === undefined ? {} : { position: Number(position) }),
    },
  };
  const known = KNOWN.find(({ states }) => states.test(sqlstate));
  if (known === undefined) return failure("sql-failed", words, details);
  return failure(known.code, words, known.hint === undefined ? details : { ...details, hint: known.hint });
}

/** What is no mistake of a statement's author, or is told apart by those who ran it. */
const KNOWN: readonly { readonly states: RegExp; readonly code: string; readonly hint?: string }[] = [
  { states: new RegExp(FOREIGN_KEY), code: "foreign-key-violation" },
  {
    states: new RegExp(`${LOCK_NOT_AVAILABLE}|${DEADLOCK}`),
    code: "target-locked",
    hint: "wait until the other session is done, or end it",
  },
  // no interruption of the run, which says so itself: a time-out that a migration sets ends the statement every time
  {
    states: new RegExp(CANCELLED),
    code: "statement-cancelled",
    hint: "if a time-out ended it, allow more time where that is set; else somebody cancelled it",
  },
  { states: /^(53100|53200|58030)$/, code: "no-space", hint: "make room on the server's disk, then run again" },
  {
    states: /^25006$/,
    code: "target-read-only",
    hint: "set `default_transaction_read_only` off where it is on, for the role, the database or the server; on a server that only repeats another's writes, name that one",
  },
  { states: /^(XX001|XX002)$/, code: "target-damaged", hint: "restore a backup; look at the server's disk and log before anything else" },
];

/** 57P01 terminated, 57P02 crash of another session, 57P03 starting up, 57P05 idle, 25P03 and 25P04 time-outs that end the session, 08 the line. */
function isEndOfSession(sqlstate: string): boolean {
  return /^(57P0[1-5]|25P0[34]|08...)$/.test(sqlstate);
}

export function connectionLost(error: unknown, facts: Readonly<Record<string, JsonFact>> = {}): BelayError {
  const sqlstate = sqlstateOf(error);
  return failure("connection-lost", `the connection to PostgreSQL was lost: ${messageOf(error)}`, {
    hint: "look whether the server runs, and at its log; then run again",
    cause: error,
    facts: sqlstate === null ? facts : { ...facts, sqlstate },
  });
}

export function isConnectionLost(error: unknown): error is BelayError & { readonly code: "connection-lost" } {
  return error instanceof BelayError && error.code === "connection-lost";
}

export function isInDoubt(error: unknown): boolean {
  return error instanceof BelayError && error.code === "commit-in-doubt";
}

/** `localhost:5432`, `/var/run/postgresql:5432`. */
export function shownServer({ host, port }: Pick<ConnectionSettings, "host" | "port">): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A connection could not be made: a refusal, as nothing was changed. */
export function connectError(error: unknown, settings: ConnectionSettings, database: string): unknown {
  if (error instanceof BelayError || !(error instanceof Error)) return error;
  const where = shownServer(settings);
  const sqlstate = sqlstateOf(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : null;
  const facts = { ...(sqlstate === null ? {} : { sqlstate }), server: where };
  const known = sqlstate === null ? undefined : NO_ENTRY.find(({ states }) => states.test(sqlstate));
  if (known !== undefined) {
    return refusal(known.code, `${known.what(database, where, settings.user)}: ${error.message}`, {
      hint: known.hint,
      cause: error,
      facts,
    });
  }
  if (sqlstate === null && isAboutTls(error, code)) {
    return refusal("tls-refused", `${where} cannot be reached safely: ${error.message}`, {
      hint: `look at sslmode (it is ${settings.tls.mode}) and sslrootcert in the address, and at the server's certificate`,
      cause: error,
      facts,
    });
  }
  const words = code === "ENOENT" ? `there is no socket of a server (${error.message})` : error.message;
  return refusal("server-unreachable", `PostgreSQL at ${where} cannot be reached: ${words}`, {
    hint: "look whether the server runs, and at host and port in the address",
    cause: error,
    facts,
  });
}

function isAboutTls(error: Error, code: string | null): boolean {
  return /certificate|SSL|TLS/i.test(error.message) || /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED)/.test(code ?? "");
}

interface NoEntry {
  readonly states: RegExp;
  readonly code: string;
  readonly what: (database: string, server: string, user: string) => string;
  readonly hint: string;
}

const NO_ENTRY: readonly NoEntry[] = [
  {
    states: /^3D000$/,
    code: "target-missing",
    what: (database, server) => `there is no database ${database} at ${server}`,
    hint: "correct `target` in belay.yml, or create the database first",
  },
  {
    states: /^28(000|P01)$/,
    code: "login-refused",
    what: (database, server, user) => `${server} does not let ${user} into ${database}`,
    hint: "look at user and password in the address (or ~/.pgpass, which only its owner may read), and at the server's pg_hba.conf",
  },
  {
    states: /^42501$/,
    code: "login-refused",
    what: (database, server, user) => `${user} may not connect to ${database} at ${server}`,
    hint: "grant it: `GRANT CONNECT ON DATABASE … TO …`",
  },
  {
    states: /^57P0[123]$/,
    code: "server-starting",
    what: (_, server) => `the server at ${server} takes no connections now`,
    hint: "it starts, stops or recovers: wait a little, then run again",
  },
  {
    states: /^53300$/,
    code: "too-many-connections",
    what: (database, server) => `${server} has no connection left for ${database}`,
    hint: "close some, or raise max_connections or the limit of the role or database; Belay needs about six",
  },
  {
    states: /^55000$/,
    code: "target-closed",
    what: (database, server) => `the database ${database} at ${server} takes no connections`,
    hint: "after a crash of Belay: `belay recover`; else `ALTER DATABASE … ALLOW_CONNECTIONS true`",
  },
];
