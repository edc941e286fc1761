/** The address of a database → everything that a connection needs, as libpq puts it together from address, variables and defaults. */

import { existsSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";

import { nearest } from "../../domain/nearest.ts";
import { badAddress, readConnectionString, severalHosts, type Parameters } from "./connection-string.ts";
import { passwordFromFile } from "./password-file.ts";
import { isSocket, type ConnectionSettings, type TlsSettings } from "./settings.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/** Parameters that Belay follows, with the variables that stand for them. */
const FOLLOWED: Readonly<Record<string, string | null>> = {
  host: "PGHOST",
  hostaddr: "PGHOSTADDR",
  port: "PGPORT",
  user: "PGUSER",
  password: "PGPASSWORD",
  passfile: "PGPASSFILE",
  dbname: "PGDATABASE",
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  options: "PGOPTIONS",
  connect_timeout: "PGCONNECT_TIMEOUT",
  channel_binding: "PGCHANNELBINDING",
  service: "PGSERVICE",
  target_session_attrs: "PGTARGETSESSIONATTRS",
  gssencmode: "PGGSSENCMODE",
};

/** What changes nothing about where Belay's sessions go and how safely: it names and tunes them itself. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  "application_name",
  "fallback_application_name",
  "client_encoding",
  "keepalives",
  "keepalives_idle",
  "keepalives_interval",
  "keepalives_count",
  "tcp_user_timeout",
  "sslcompression",
  "sslsni",
  "krbsrvname",
  "gsslib",
  "load_balance_hosts",
]);

const SSL_MODES: readonly TlsSettings["mode"][] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
const CONNECT_TIMEOUT_S = 15;
const SOCKET_DIRECTORIES = ["/var/run/postgresql", "/tmp"];

/** Throws a usage error for what cannot be read, and for what Belay does not follow: a session must never go elsewhere than was said. */
export function connectionSettings(address: string, variables: Variables): ConnectionSettings {
  const given = readConnectionString(address);
  refuseUnknown(given);
  const value = (name: string) => given.get(name) ?? variables[FOLLOWED[name] ?? ""] ?? "";
  refuseUnfollowed(value);
  const host = value("host") === "" ? (value("hostaddr") === "" ? defaultHost() : value("hostaddr")) : value("host");
  const user = value("user") === "" ? userInfo().username : value("user");
  const database = value("dbname") === "" ? user : value("dbname");
  const port = readPort(value("port"));
  const passwordFile = value("passfile") === "" ? join(home(variables), ".pgpass") : value("passfile");
  const known = value("password") === "" ? null : value("password");
  return {
    host,
    hostAddress: value("hostaddr") === "" ? null : value("hostaddr"),
    port,
    user,
    password: known ?? passwordFromFile(passwordFile, { host: hostInPasswordFile(host), port, database, user }),
    database,
    tls: tlsSettings(value, variables),
    options: value("options") === "" ? null : value("options"),
    connectTimeoutMs: readTimeout(value("connect_timeout")) * 1000,
    channelBinding: oneOf("channel_binding", value("channel_binding"), ["disable", "prefer", "require"], "prefer"),
  };
}

function refuseUnknown(given: Parameters): void {
  for (const name of given.keys()) {
    if (name in FOLLOWED || WITHOUT_EFFECT.has(name)) continue;
    const meant = nearest(name, Object.keys(FOLLOWED));
    throw badAddress(
      `it has ${/^\w{1,32}$/.test(name) ? `the parameter "${name}"` : "a parameter"}, which Belay does not follow`,
      meant === null ? "leave it out of the URL that Belay gets" : `did you mean ${meant}? Else leave it out of the URL that Belay gets`,
    );
  }
}

function refuseUnfollowed(value: (name: string) => string): void {
  if (value("service") !== "") {
    throw badAddress(
      "it names a connection service (service, PGSERVICE), whose file Belay does not read",
      "write host, database and user into the URL, and unset PGSERVICE",
    );
  }
  if ([value("host"), value("hostaddr"), value("port")].some((text) => text.includes(","))) throw severalHosts();
  oneOf("target_session_attrs", value("target_session_attrs"), ["any", "read-write", "primary"], "any");
  oneOf("gssencmode", value("gssencmode"), ["disable", "prefer"], "prefer");
}

function tlsSettings(value: (name: string) => string, variables: Variables): TlsSettings {
  const rootCertificate = value("sslrootcert") === "" ? null : value("sslrootcert");
  const usual = rootCertificate === "system" ? "verify-full" : variables["PGREQUIRESSL"] === "1" ? "require" : "prefer";
  const mode = oneOf("sslmode", value("sslmode"), SSL_MODES, usual);
  if (rootCertificate === "system" && mode !== "verify-full")
    throw badAddress(`sslmode=${mode} is too weak for sslrootcert=system`, "write sslmode=verify-full");
  return { mode, rootCertificate, certificate: value("sslcert") || null, key: value("sslkey") || null };
}

function oneOf<T extends string>(name: string, text: string, allowed: readonly T[], usual: T): T {
  if (text === "") return usual;
  const found = allowed.find((each) => each === text);
  if (found === undefined) throw badAddress(`${name}=${text} is none of ${allowed.join(", ")}`, `write one of them, or leave ${name} out`);
  return found;
}

function readPort(text: string): number {
  if (text === "") return 5432;
  const port = /^\s*\d+\s*$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) {
    throw badAddress(
      "its port is no number from 1 to 65535",
      "write postgres://USER:PASSWORD@HOST:5432/DATABASE, and in user and password %2F for /, %40 for @, %3A for :",
    );
  }
  return port;
}

/** Seconds. libpq takes none, 0 and less for "wait for ever", which a run cannot. */
function readTimeout(text: string): number {
  if (text === "") return CONNECT_TIMEOUT_S;
  if (!/^\s*-?\d+\s*$/.test(text)) throw badAddress("connect_timeout is no number of seconds", "for example connect_timeout=10");
  const seconds = Number(text);
  return seconds <= 0 ? CONNECT_TIMEOUT_S : Math.max(2, seconds);
}

/** Where the server of this machine has its socket. */
function defaultHost(): string {
  return SOCKET_DIRECTORIES.find((directory) => existsSync(directory)) ?? "localhost";
}

function hostInPasswordFile(host: string): string {
  return isSocket(host) && SOCKET_DIRECTORIES.includes(host) ? "localhost" : host;
}

export function home(variables: Variables): string {
  const known = variables["HOME"];
  return known === undefined || known === "" ? homedir() : known;
}
