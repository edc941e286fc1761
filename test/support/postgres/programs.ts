/** PostgreSQL's own programs, per major version, and the user that its server runs as. */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

export type Version = 15 | 18;

const DIRECTORIES: Readonly<Record<Version, string>> = {
  15: "/usr/lib/postgresql/15/bin",
  18: join(import.meta.dirname, "../../../node_modules/.belay-postgres-18/bin"),
};

/** Server and client programs of this version. Never skipped: a machine without them has not been set up. */
export function programsOf(version: Version): string {
  const directory = DIRECTORIES[version];
  for (const program of ["initdb", "postgres", "pg_dump", "pg_restore", "psql"]) {
    if (!existsSync(join(directory, program))) throw new Error(`no ${program} of PostgreSQL ${version}: run script/setup --for-tests`);
  }
  return directory;
}

export interface Unprivileged {
  readonly uid: number;
  readonly gid: number;
}

/** Who the server runs as: PostgreSQL refuses to be root. */
export function serverUser(): Unprivileged {
  const [uid, gid] = [process.getuid?.() ?? -1, process.getgid?.() ?? -1];
  if (uid !== 0) return { uid, gid };
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** A command line that runs as that user, and keeps its process id. */
export function asServerUser({ uid, gid }: Unprivileged, command: readonly string[]): readonly string[] {
  if (process.getuid?.() === uid) return command;
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--", ...command];
}
