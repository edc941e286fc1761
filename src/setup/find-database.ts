/** Where a project's database is: SQLite files, and the names of variables that hold a URL. No value is kept or shown. */

import { refusal } from "../domain/error.ts";
import type { Folder } from "./folder.ts";

export interface FoundDatabase {
  /** Paths of SQLite files, relative to the root. */
  readonly files: readonly string[];
  /** The first variable that holds a database's URL. */
  readonly variable: UrlVariable | null;
}

export interface UrlVariable {
  readonly name: string;
  readonly file: string;
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

export async function findDatabase(folder: Folder): Promise<FoundDatabase> {
  return { files: await sqliteFiles(folder), variable: await urlVariable(folder) };
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
    const kind = scheme.startsWith("sqlite") ? "sqlite" : scheme.startsWith("postgres") ? "postgres" : "other";
    return { name, file, kind };
  }
  return null;
}

/** The one file that is meant; null: none is there. Refuses `target-ambiguous`, naming all. */
export function chooseFile(files: readonly string[]): string | null {
  const [first, second] = files;
  if (second === undefined) return first ?? null;
  throw refusal("target-ambiguous", `more than one SQLite database is here: ${files.join(", ")}`, {
    hint: `say which one Belay takes care of: ${files
      .slice(0, 2)
      .map((file) => `\`belay init --target ${file}\``)
      .join(" or ")}`,
    facts: { files },
  });
}
