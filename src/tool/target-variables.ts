/** What a tool that runs as a program of its own is told about its target. */

import { usageError, type BelayError } from "../domain/error.ts";
import type { EngineName, Target } from "../domain/target.ts";

export type AddressPart = "url" | "host" | "port" | "name" | "user" | "password" | "path";

export interface TargetVariables {
  /** How the tool sees the SQLite file; null: as Belay does. */
  readonly path: string | null;
  /** A second name of the URL; null: none. */
  readonly urlVariable: string | null;
  /** Names of variables for parts of the URL. */
  readonly variables: Readonly<Record<string, AddressPart>>;
  /** How the tool writes a URL of an engine's address; left out: as configured, for SQLite `sqlite:PATH`. */
  readonly writeUrl?: (address: { readonly engine: EngineName; readonly address: string }) => string;
}

/**
 * `BELAY_DATABASE_URL` (as configured; for SQLite `sqlite:PATH`), for SQLite `BELAY_DATABASE_PATH`, the URL's second name, and its parts.
 * A part that the URL leaves out is an empty variable, the port of PostgreSQL 5432. Throws a usage error for a part that this kind of database lacks.
 */
export function targetVariables(
  target: Pick<Target, "address" | "engine">,
  { path, urlVariable, variables, writeUrl = asConfigured }: TargetVariables,
): Record<string, string> {
  const isUrl = target.engine !== "sqlite";
  const seen = path ?? target.address;
  const url = writeUrl({ engine: target.engine, address: isUrl ? target.address : seen });
  const told: Record<string, string> = { BELAY_DATABASE_URL: url, ...(isUrl ? {} : { BELAY_DATABASE_PATH: seen }) };
  if (urlVariable !== null) told[urlVariable] = url;
  const wanted = Object.entries(variables);
  if (wanted.length === 0) return told;
  // A file's name, as settings that want parts call it (Django's NAME), is its path.
  const parts: Parts = isUrl ? { ...partsOfUrl(target.address), url } : { url, path: seen, name: seen };
  for (const [name, part] of wanted) {
    const value = parts[part];
    if (value === undefined) throw noSuchPart(name, part, parts);
    told[name] = value;
  }
  return told;
}

function asConfigured({ engine, address }: { readonly engine: EngineName; readonly address: string }): string {
  return engine === "sqlite" ? `${engine}:${address}` : address;
}

/** What a tool's sessions get by themselves where its driver follows libpq's variables: no waiting in front of everybody for a lock. */
export function sessionVariables(
  { engine, tenant }: Pick<Target, "engine" | "tenant">,
  { lockTimeoutMs }: { readonly lockTimeoutMs: number },
  inherited: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  if (engine !== "postgres") return {};
  const { PGOPTIONS = "" } = inherited;
  const path = tenant === undefined ? "" : ` -c search_path=${escaped(searchPathOf(tenant.searchPath))}`;
  return { PGOPTIONS: `${PGOPTIONS} -c lock_timeout=${lockTimeoutMs}${path}`.trim() };
}

/** Which tenant a program works for; nothing where the target is a whole database. */
export function tenantVariables({ tenant }: Pick<Target, "tenant">): Record<string, string> {
  return tenant === undefined ? {} : { BELAY_SCHEMA: tenant.schema, BELAY_TENANT: tenant.schema };
}

/** As PostgreSQL's setting has it. */
function searchPathOf(schemas: readonly string[]): string {
  return schemas.map((schema) => `"${schema.replaceAll('"', '""')}"`).join(",");
}

/** In PGOPTIONS white space ends an option, and a backslash keeps the next character from meaning anything. */
function escaped(value: string): string {
  return value.replace(/[\\\s]/g, "\\$&");
}

/** By this name the sessions of a run's tools are told from strangers', and ended by whoever takes the run over. */
export function runVariables(run: string): Record<string, string> {
  return { PGAPPNAME: `belay-${run}` };
}

/** By this name the sessions of a tool that is only asked are known for Belay's own: also by a run that another process of Belay looks at. */
export const ASKING: Readonly<Record<string, string>> = { PGAPPNAME: "belay" };

type Parts = Readonly<Partial<Record<AddressPart, string>>>;

function noSuchPart(variable: string, part: AddressPart, parts: Parts): BelayError {
  return usageError("no-such-part", `migrate.variables.${variable} asks for the ${part}, which the target does not have`, {
    hint: `it has ${Object.keys(parts).join(", ")}`,
    facts: { variable },
  });
}

const URL_PARTS = /^[^:]+:\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?(\[[^\]]*\]|[^:/?#,]*)(?::(\d+))?(?:\/([^?#]*))?(?:\?([^#]*))?$/;

/** The host may also be an option, as it is for a socket: `postgres://user@/name?host=/var/run/postgresql`. */
function partsOfUrl(url: string): Parts {
  const match = URL_PARTS.exec(url);
  if (match === null) throw unreadable();
  const [, user = "", password = "", host = "", port = "", name = "", query = ""] = match;
  const options = new URLSearchParams(query);
  return {
    url,
    host: host === "" ? (options.get("host") ?? "") : decoded(host.replace(/^\[|\]$/g, "")),
    port: port === "" ? (options.get("port") ?? "5432") : port,
    name: decoded(name),
    user: decoded(user),
    password: decoded(password),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(cause?: unknown): BelayError {
  return usageError("url-without-parts", "the target's URL cannot be taken apart for migrate.variables", {
    hint: "write it as postgres://user:password@host:port/name, with percent codes for @ : / ? # and % in user and password",
    cause,
  });
}
