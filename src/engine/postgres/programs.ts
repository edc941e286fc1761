/** PostgreSQL's own programs on this machine: several versions may lie side by side, and only some of them fit a server. */

import { access, constants, readdir, realpath } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { refusal } from "../../domain/error.ts";
import { spawn } from "../../process/spawn.ts";

export interface Programs {
  readonly dump: string;
  readonly restore: string;
  readonly psql: string;
  readonly major: number;
  /** `15.18`. */
  readonly version: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Where packages put each major version; `*` is one part of a path. */
const VERSIONED = [
  "/usr/lib/postgresql/*/bin",
  "/usr/pgsql-*/bin",
  "/opt/homebrew/opt/postgresql@*/bin",
  "/opt/homebrew/opt/libpq/bin",
  "/usr/local/opt/postgresql@*/bin",
  "/usr/local/opt/libpq/bin",
  "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/** By PATH: what is installed does not change while Belay runs. */
const lookedUp = new Map<string, Promise<readonly Programs[]>>();

/** The newest that is not older than the server, rather of its own version. Refuses with `program-missing`, `client-too-old`. */
export async function findPrograms(serverMajor: number, variables: Variables): Promise<Programs> {
  const path = variables["PATH"] ?? "";
  const looking = lookedUp.get(path) ?? installed(path);
  lookedUp.set(path, looking);
  const found = await looking;
  const fitting = found.filter(({ major }) => major >= serverMajor);
  const equal = fitting.find(({ major }) => major === serverMajor);
  const best = equal ?? fitting.toSorted((a, b) => b.major - a.major)[0];
  if (best !== undefined) return best;
  const hint = `install PostgreSQL ${serverMajor}'s client programs (Debian: postgresql-client-${serverMajor}); where Docker is there, the image postgres:${serverMajor} has them`;
  const newest = found.toSorted((a, b) => b.major - a.major)[0];
  if (newest === undefined) throw refusal("program-missing", "pg_dump and pg_restore are not installed here", { hint });
  throw refusal(
    "client-too-old",
    `the server is PostgreSQL ${serverMajor}, and the newest pg_dump here is ${newest.version}: it refuses a newer server`,
    { hint, facts: { server: serverMajor, client: newest.version, program: newest.dump } },
  );
}

/** In the order in which they are preferred: PATH first, as that is what somebody chose. */
async function installed(path: string): Promise<readonly Programs[]> {
  const folders = [...path.split(delimiter).filter((folder) => folder.startsWith("/")), ...(await versionedFolders())];
  const found = await Promise.all([...new Set(folders)].map((folder) => programsIn(folder, path)));
  return found.filter((programs) => programs !== undefined);
}

async function versionedFolders(): Promise<readonly string[]> {
  const folders = await Promise.all(VERSIONED.map((pattern) => matching("/", pattern.slice(1).split("/"))));
  return folders.flat();
}

async function matching(folder: string, [part, ...rest]: readonly string[]): Promise<readonly string[]> {
  if (part === undefined) return [folder];
  if (!part.includes("*")) return matching(join(folder, part), rest);
  const [before = "", after = ""] = part.split("*");
  const names = await readdir(folder).catch((): string[] => []);
  const fitting = names.filter((name) => name.startsWith(before) && name.endsWith(after));
  return (await Promise.all(fitting.map((name) => matching(join(folder, name), rest)))).flat();
}

async function programsIn(folder: string, path: string): Promise<Programs | undefined> {
  const programs = { dump: join(folder, "pg_dump"), restore: join(folder, "pg_restore"), psql: join(folder, "psql") };
  try {
    for (const program of Object.values(programs)) await access(program, constants.X_OK);
    // Debian's wrapper picks a version by rules of its own; what it picks from lies in the versioned folders
    if ((await realpath(programs.dump)).endsWith("/pg_wrapper")) return undefined;
  } catch {
    return undefined;
  }
  const version = await versionOf(programs.dump, path);
  return version === undefined ? undefined : { ...programs, major: Number.parseInt(version, 10), version };
}

/** `pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` */
async function versionOf(program: string, path: string): Promise<string | undefined> {
  const { stdout } = await spawn({
    command: { argv: [program, "--version"] },
    directory: "/",
    variables: { PATH: path, LC_ALL: "C" },
    timeoutMs: 10_000,
    role: "engine",
  });
  return /\(PostgreSQL\) (\d+(?:\.\d+|\w+)?)/.exec(stdout)?.[1];
}
