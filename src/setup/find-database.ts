/** Where a project's database is: SQLite files, and the names of variables that hold a URL. No value is kept or shown. */

import type { Folder } from "./folder.ts";

export interface FoundDatabase {
  /** Paths of SQLite files, relative to the root. */
  readonly files: readonly string[];
  /** The first variable that holds a database's URL. */
  readonly variable: UrlVariable | null;
}

export interface UrlVariable {
  readonly name: string;
  /** Where it is named; null: it is set in Belay's own environment. */
  readonly file: string | null;
  readonly kind: "sqlite" | "postgres" | "other";
}

/** Where nobody keeps the database of an application. */
const PASSED_OVER = /^(\.|node_modules$|venv$|env$|vendor$|target$|dist$|build$|__pycache__$|belay-backups$|tests?$|fixtures?$)/;
const ENDING = /\.(db|db3|sqlite|sqlite3)$/i;
const OF_BELAY = /_belay_|\.belay/;
const HEADER = "SQLite format 3\0";
const DEEPEST = 3;
const MOST_NAMES = 5_000;

const ENV_FILES = [".env", ".env.production", ".flaskenv", ".env.example", ".env.sample"];
const URL_LINE = /^[ \t]*(?:export[ \t]+)?(\w*(?:DATABASE|DB)_UR[LI]\w*)[ \t]*=[ \t]*["']?([a-z][a-z0-9+]*:)?/gim;

type Variables = Readonly<Record<string, string | undefined>>;

export async function findDatabase(folder: Folder, variables: Variables): Promise<FoundDatabase> {
  return { files: await sqliteFiles(folder), variable: (await urlVariable(folder)) ?? setHere(variables) };
}

function setHere({ DATABASE_URL: url }: Variables): UrlVariable | null {
  return url === undefined ? null : { name: "DATABASE_URL", file: null, kind: kindOf(url) };
}

function kindOf(url: string): UrlVariable["kind"] {
  if (url.startsWith("sqlite:")) return "sqlite";
  return /^postgres(ql)?[+:]/.test(url) ? "postgres" : "other";
}

async function sqliteFiles(folder: Folder): Promise<readonly string[]> {
  const found: string[] = [];
  let looked = 0;
  const walk = async (path: string, depth: number): Promise<void> => {
    for (const name of await folder.names(path === "" ? "." : path)) {
      if (++looked > MOST_NAMES) return;
      const place = path === "" ? name : `${path}/${name}`;
      if (ENDING.test(name)) {
        if (!OF_BELAY.test(name) && (await folder.bytes(place, HEADER.length)).toString("latin1") === HEADER) found.push(place);
      } else if (depth < DEEPEST && !PASSED_OVER.test(name) && !name.includes(".")) {
        await walk(place, depth + 1);
      }
    }
  };
  await walk("", 1);
  return found;
}

async function urlVariable(folder: Folder): Promise<UrlVariable | null> {
  for (const file of ENV_FILES) {
    const [line] = (await folder.text(file)).matchAll(URL_LINE);
    const [, name, scheme = ""] = line ?? [];
    if (name === undefined) continue;
    return { name, file, kind: kindOf(scheme) };
  }
  return null;
}
