import type { ConnectionOptions as TlsOptions } from "node:tls";
import { Client, type ClientConfig } from "pg";

import { failure, refusal } from "../../domain/error.ts";
import { connectionSettings, home, type Variables } from "./address.ts";
import type { Connection, ConnectRequest, Server } from "./connection.ts";
import { announce } from "./announcements.ts";
import { COUNTING, countConnection } from "./connections-made.ts";
import { interrupted, PgConnection, type SessionFacts } from "./pg-connection.ts";
import { connectError, shownServer, sqlstateOf } from "./postgres-error.ts";
import { refusePooled } from "./proxy.ts";
import { setPath } from "./search-path.ts";
import { isSocket, type ConnectionSettings } from "./settings.ts";
import { tlsAttempts } from "./tls.ts";

const OLDEST = 120_000;
const KEEP_ALIVE_MS = 10_000;
const APPLICATION = "belay";
const CANCELLED = "57014";

/** The server of an address. Connects to nothing yet. Throws a usage error for an address that cannot be followed. */
export function serverAt(address: string, variables: Variables): Server {
  const settings = connectionSettings(address, variables);
  const server: Server = {
    settings,
    connect: (request = {}) => connect(server, request, home(variables)),
    programVariables: (request = {}) => programVariables(settings, request),
  };
  return server;
}

async function connect(server: Server, request: ConnectRequest, homeDirectory: string): Promise<Connection> {
  const { settings } = server;
  const database = request.database ?? settings.database;
  try {
    const client = await login(settings, database, request, homeDirectory);
    try {
      const session = await settle(client, request);
      if (session.serverVersion < OLDEST) throw tooOld(settings, session.serverVersion);
      await refusePooled(server, client, session.pid, request);
      countConnection(settings, database);
      return new PgConnection(client, server, { ...session, database }, request);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  } catch (error) {
    throw connectError(error, settings, database);
  }
}

/** Which of the ways of `sslmode` a server took after it had refused those before it: the next connections begin with that one. */
const taken = new Map<string, number>();

/** Tries what `sslmode` allows, one after the other; says what the last one met. */
async function login(settings: ConnectionSettings, database: string, request: ConnectRequest, homeDirectory: string): Promise<Client> {
  const ways = [...tlsAttempts(settings, homeDirectory).entries()];
  const place = JSON.stringify([settings.host, settings.hostAddress, settings.port, settings.user, settings.tls.mode]);
  const known = taken.get(place) ?? 0;
  const attempts = [...ways.slice(known), ...ways.slice(0, known)];
  let refused = true;
  for (const [index, [way, ssl]] of attempts.entries()) {
    if (request.signal?.aborted === true) throw interrupted(request.signal);
    const client = new Client(clientConfig(settings, database, request, ssl));
    client.on("error", () => undefined); // what is said before and after its life here; `PgConnection` listens for itself
    try {
      await client.connect();
      if (refused) taken.set(place, way);
      return client;
    } catch (error) {
      client.end().catch(() => undefined);
      if (index === attempts.length - 1 || !mayGoOtherwise(error)) throw error;
      refused &&= isRefusedWay(error);
    }
  }
  throw new Error("there is no way to connect");
}

/** A server without TLS, or one whose pg_hba.conf wants it the other way: not a handshake that failed this once. */
function isRefusedWay(error: unknown): boolean {
  return sqlstateOf(error) === "28000" || (error instanceof Error && error.message === "The server does not support SSL connections");
}

/** libpq goes on with the other one after a refusal by TLS or by pg_hba.conf, but not where nobody answered. */
function mayGoOtherwise(error: unknown): boolean {
  const sqlstate = sqlstateOf(error);
  if (sqlstate !== null) return sqlstate === "28000";
  return !(error instanceof Error && "syscall" in error);
}

function clientConfig(settings: ConnectionSettings, database: string, request: ConnectRequest, ssl: false | TlsOptions): ClientConfig {
  const { host, hostAddress, port, user, password, options, connectTimeoutMs, channelBinding } = settings;
  const inherited = process.env["PGOPTIONS"] === undefined ? undefined : " "; // the driver would read it by itself
  return {
    host: hostAddress ?? (host.startsWith("@") ? `\0${host.slice(1)}` : host),
    port,
    user,
    database,
    password: () => {
      if (password === null) throw noPassword(settings);
      return password;
    },
    ssl: ssl !== false && typeof ssl === "object" && hostAddress !== null ? { ...ssl, servername: host } : ssl,
    ...((options ?? inherited) === undefined ? {} : { options: options ?? inherited }),
    application_name: request.application ?? APPLICATION,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: !isSocket(host),
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    enableChannelBinding: channelBinding !== "disable",
  } as ClientConfig;
}

function noPassword(settings: ConnectionSettings): Error {
  return refusal("login-refused", `${shownServer(settings)} asks for a password of ${settings.user}, and there is none`, {
    hint: "put it into the address, into PGPASSWORD or into ~/.pgpass (chmod 600)",
  });
}

function tooOld(settings: ConnectionSettings, version: number): Error {
  return refusal(
    "server-too-old",
    `${shownServer(settings)} runs PostgreSQL ${Math.floor(version / 10_000)}, and Belay needs 12 or newer`,
    {
      hint: "upgrade the server",
      facts: { version },
    },
  );
}

/** What a role's or a database's own settings could change in answers, in what is seen and in how long it may take. */
const SETTINGS: readonly (readonly [name: string, value: string])[] = [
  ["row_security", "off"],
  ["statement_timeout", "0"],
  ["lock_timeout", "0"],
  ["idle_in_transaction_session_timeout", "0"],
  ["idle_session_timeout", "0"],
  ["transaction_timeout", "0"],
  ["TimeZone", "UTC"],
  ["DateStyle", "ISO, YMD"],
  ["IntervalStyle", "postgres"],
  ["bytea_output", "hex"],
  ["extra_float_digits", "1"],
  ["xmloption", "content"],
  ["lc_monetary", "C"],
  ["standard_conforming_strings", "on"],
  ["default_transaction_isolation", "read committed"],
  ["default_transaction_deferrable", "off"],
  ["client_min_messages", "warning"],
];

/** A setting that this server does not have yet is left alone; a commit that is not durable is no commit. */
export function settingsSql({ searchPath = "none" }: Pick<ConnectRequest, "searchPath">): string {
  const set = SETTINGS.map(
    ([name, value]) =>
      `case when pg_catalog.current_setting('${name}', true) is not null then pg_catalog.set_config('${name}', '${value}', false) end`,
  );
  const durable =
    "case when pg_catalog.current_setting('synchronous_commit') = 'off' then pg_catalog.set_config('synchronous_commit', 'on', false) end";
  const path = searchPath === "own" ? [] : [setPath(searchPath)];
  return `select pg_catalog.pg_backend_pid(), pg_catalog.current_setting('server_version_num'), ${[...set, durable, ...path].join(", ")}`;
}

async function settle(client: Client, request: ConnectRequest): Promise<Omit<SessionFacts, "database">> {
  const set = () => client.query<unknown[]>({ text: settingsSql(request), rowMode: "array" });
  const { rows } = await set().catch(async (error: unknown) => {
    if (sqlstateOf(error) !== CANCELLED) throw error;
    await client.query("set statement_timeout = 0"); // the role's own is so short that it ended even this
    return set();
  });
  const [pid, version] = rows[0] ?? [];
  if (pid === undefined) throw failure("server-unreachable", "the server did not say who it is");
  if (Number(version) >= COUNTING) await announce((sql) => client.query(sql));
  return { pid: Number(pid), serverVersion: Number(version) };
}

/** Every PG… variable that is not in here has to be taken from a program that gets them: Belay has followed those already. */
function programVariables(settings: ConnectionSettings, request: ConnectRequest): Readonly<Record<string, string>> {
  const { host, hostAddress, port, user, password, tls, options, connectTimeoutMs, channelBinding } = settings;
  const variables: Record<string, string | null> = {
    PGHOST: host,
    PGHOSTADDR: hostAddress,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: request.database ?? settings.database,
    PGSSLMODE: tls.mode,
    PGSSLROOTCERT: tls.rootCertificate,
    PGSSLCERT: tls.certificate,
    PGSSLKEY: tls.key,
    PGAPPNAME: request.application ?? APPLICATION,
    PGOPTIONS: [options, "-c statement_timeout=0", "-c lock_timeout=0", "-c idle_in_transaction_session_timeout=0"]
      .filter(Boolean)
      .join(" "),
    PGCONNECT_TIMEOUT: String(Math.ceil(connectTimeoutMs / 1000)),
    PGCHANNELBINDING: channelBinding,
  };
  return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}
