/** The address of a database, as `target.url` writes it. */

import type { EngineName } from "../domain/target.ts";
import type { Flaw } from "./rule.ts";

export interface TargetUrl {
  readonly engine: EngineName;
  /** SQLite: the path as written, perhaps relative. PostgreSQL: the whole URL, or libpq's keywords (`host=… dbname=…`). */
  readonly address: string;
  /** What the target is called where it has no `name`. */
  readonly name: string;
}

/** Reads an address, or says what is wrong with it without repeating it: it may be a secret. */
export function readTargetUrl(url: string): TargetUrl | Flaw {
  if (/^sqlite:\/*:memory:$/i.test(url)) return flaw("a database in memory is gone with its process", "name a file: sqlite:PATH");
  if (/^sqlite:\/\/+[^/]/i.test(url)) return twoReadings(url);
  if (url.startsWith("sqlite:")) return sqlite(url.slice("sqlite:".length));
  if (/^postgres(ql)?(\+\w+)?:\/\//.test(url)) return { engine: "postgres", address: url, name: databaseName(url) };
  if (KEYWORDS.test(url)) return { engine: "postgres", address: url, name: keyword(url, "dbname") ?? "postgres" };
  const scheme = /^([A-Za-z][\w+.-]+):/.exec(url)?.[1];
  if (scheme === undefined) return flaw("expected the URL of a database", "for a SQLite file write sqlite:PATH");
  const discreet = { message: "this is no database that Belay knows", hint: "write sqlite:PATH or postgres://HOST/DATABASE" };
  return { code: "bad-target", message: `${scheme}: is no database that Belay knows`, hint: discreet.hint, discreet };
}

/** SQLAlchemy counts the slashes differently from dbmate, so a run might migrate another file than the one that was backed up. */
function twoReadings(url: string): Flaw {
  const path = url.replace(/^sqlite:\/\//i, "");
  const relative = path.replace(/^\//, "");
  const absolute = `/${path.replace(/^\/+/, "")}`;
  const same = relative === absolute;
  const sqlalchemy = path.startsWith("/")
    ? `the file ${relative}`
    : `no file, as ${path.split("/")[0] ?? path} stands where a server would`;
  return {
    code: "bad-target",
    message: same
      ? `sqlite:// has two readings, of which Belay takes none: here both SQLAlchemy and dbmate take it for ${absolute}`
      : `sqlite:// has two readings: for SQLAlchemy this is ${sqlalchemy}, for dbmate the file ${absolute}`,
    hint: same ? `write sqlite:${absolute}` : `write the one that you mean: sqlite:${relative} or sqlite:${absolute}`,
    discreet: {
      message: "sqlite:// has two readings: SQLAlchemy and dbmate count its slashes differently",
      hint: "write sqlite:PATH, with the path as the shell would take it",
    },
  };
}

function sqlite(path: string): TargetUrl | Flaw {
  if (path === "") return flaw("sqlite: needs the path of a file", "for example sqlite:/srv/app/app.db");
  if (path.startsWith("file:")) return flaw("SQLite's own file: URLs are not read", "write the path alone: sqlite:PATH");
  if (path.startsWith("~")) return flaw("~ is not expanded", "write the whole path, or ${HOME} for the home directory");
  if (path.includes("\0")) return flaw("a path holds no NUL character", "write sqlite:PATH");
  const file = path.split(/[/\\]/).at(-1) ?? "";
  if (file === "" || file === "." || file === "..")
    return flaw("this names a directory, not a file", "write the path of the database file");
  return { engine: "sqlite", address: path, name: file.replace(/(?<=.)\.[^.]*$/, "") };
}

/** What libpq knows, so that a path with = in it is not taken for one. */
const KEYWORDS = /^\s*(?:host|hostaddr|port|user|password|dbname|passfile|service|ssl\w+|options|connect_timeout|application_name)\s*=/;

function keyword(text: string, name: string): string | undefined {
  const [, quoted, plain] = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|([^\\s']+))`).exec(text) ?? [];
  return (quoted ?? plain)?.replace(/\\(.)/gs, "$1");
}

/** As the server calls it. */
function databaseName(url: string): string {
  const [, path = ""] = /^[^/]*\/\/[^/?#]*\/([^?#]*)/.exec(url) ?? [];
  const [, parameter = ""] = /[?&]dbname=([^&]*)/.exec(url) ?? [];
  const name = parameter === "" ? path : parameter;
  if (name === "") return "postgres";
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // the engine says what is wrong with it
  }
}

function flaw(message: string, hint: string): Flaw {
  return { code: "bad-target", message, hint };
}
