/**
 * The two ways to write an address, read as libpq reads them: `postgres://…` and `host=… dbname=…`. Messages never repeat the text: it
 * may hold a password. https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
 */

import { usageError, type BelayError } from "../../domain/error.ts";

/** Parameters by libpq's names. One that is there, even empty, keeps its environment variable out. */
export type Parameters = ReadonlyMap<string, string>;

const SCHEME = /^postgres(?:ql)?(?:\+\w+)?:\/\//;

export function readConnectionString(text: string): Parameters {
  const scheme = SCHEME.exec(text)?.[0];
  if (scheme !== undefined) return readUrl(text.slice(scheme.length));
  if (text.trim() === "" || text.includes("=")) return readKeywords(text);
  throw badAddress("it is neither a URL nor a list of keywords", "write postgres://USER@HOST/DATABASE");
}

function readUrl(text: string): Parameters {
  const found = new Map<string, string>();
  const keep = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== "") found.set(name, decode(value));
  };
  // a password may hold ? and :, but neither @ nor /, which need their percent codes
  const [, credentials, place = ""] = /^(?:([^@/]*)@)?(.*)$/s.exec(text) ?? [];
  if (credentials !== undefined) {
    const colon = credentials.indexOf(":");
    keep("user", colon < 0 ? credentials : credentials.slice(0, colon));
    if (colon >= 0) keep("password", credentials.slice(colon + 1));
  }
  const parts = /^(\[[^\]]*\]|[^:/?]*)(?::([^/?]*))?(?:\/([^?]*))?(?:\?(.*))?$/s.exec(place);
  if (parts === null) throw badAddress("its host cannot be read", "an IPv6 address stands in brackets: postgres://[::1]:5432/app");
  const [, host = "", port, database, query] = parts;
  if (host.includes(",") || port?.includes(",") === true) throw severalHosts();
  keep("host", host.replace(/^\[(.*)\]$/s, "$1"));
  keep("port", port);
  keep("dbname", database);
  for (const pair of query === undefined || query === "" ? [] : query.split("&")) readParameter(pair, found);
  return found;
}

function readParameter(pair: string, into: Map<string, string>): void {
  const [, name = "", value] = /^([^=]*)(?:=([^=]*))?$/s.exec(pair) ?? [];
  if (name === "" || value === undefined)
    throw badAddress("a parameter after ? is not name=value", "write ?sslmode=require&…, with %3D for =");
  // as JDBC writes it, and libpq understands it
  if (decode(name) === "ssl" && decode(value) === "true") into.set("sslmode", "require");
  else into.set(decode(name), decode(value));
}

function decode(text: string): string {
  if (/%(?![0-9a-f]{2})/i.test(text)) throw badAddress("a % in it begins no percent code", "write %25 for a percent sign");
  if (text.includes("%00")) throw badAddress("it holds %00", "leave it out");
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw badAddress("its percent codes are no UTF-8", "write the codes of UTF-8 bytes", error);
  }
}

/** `keyword = value`, values with spaces in single quotes, a backslash before ' and \. */
function readKeywords(text: string): Parameters {
  const found = new Map<string, string>();
  const pattern = /\s*([^\s=]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s\\']|\\.|(?<=\S)')*))(?=\s|$)/sy;
  while (text.slice(pattern.lastIndex).trim() !== "") {
    const match = pattern.exec(text);
    if (match === null) throw badAddress("it cannot be read as keywords", "write host=… dbname=…, values with spaces in single quotes");
    const [, name = "", quoted, plain = ""] = match;
    found.set(name, (quoted ?? plain).replace(/\\(.)/gs, "$1"));
  }
  return found;
}

export function badAddress(what: string, hint: string, cause?: unknown): BelayError {
  return usageError("bad-target", `the address of the PostgreSQL database: ${what}`, { hint, cause });
}

export function severalHosts(): BelayError {
  return badAddress("it names several hosts, and Belay must know which of them it changes", "name the one that takes writes");
}
