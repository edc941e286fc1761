/** Which files make up a migration of the team's own. */

import { realpath } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import type { CommandLine } from "../../domain/command.ts";
import type { CommandMigration } from "../../domain/command-migration.ts";
import { refusal } from "../../domain/error.ts";
import { digestOfAll, filesMatching, isFile } from "../program/files.ts";
import type { Commands } from "./commands.ts";

export interface FilesDigest {
  /** Over names and contents, in hexadecimal; null where no file is known. */
  readonly sha256: string | null;
  /** Relative to the directory. */
  readonly first: string | null;
}

/** Throws `migration-without-files` where `files` are given and none is there. What the migration changes is no part of it: no database. */
export async function digestFiles(
  { id, files, apply }: CommandMigration,
  { directory, databases }: Pick<Commands, "directory" | "databases">,
): Promise<FilesDigest> {
  const named = files === null ? await filesNamedBy(apply.command, directory) : await filesMatching(files, directory);
  const names = await withoutDatabases(named, directory, databases);
  const [first] = names;
  if (first !== undefined) return { sha256: await digestOfAll(names, directory), first };
  if (files === null) return { sha256: null, first: null };
  throw refusal("migration-without-files", `no file of ${id} matches ${files.join(", ")}`, {
    hint: `globs are relative to ${directory}`,
    facts: { migration: id },
  });
}

async function withoutDatabases(names: readonly string[], directory: string, databases: readonly string[]): Promise<readonly string[]> {
  const real = async (path: string) => realpath(path).catch(() => path); // a database that is missing is refused elsewhere
  const live = await Promise.all(databases.map(real));
  const beside = new Set(live.flatMap((file) => ["", "-wal", "-shm", "-journal"].map((end) => `${file}${end}`)));
  const places = await Promise.all(names.map((name) => real(join(directory, name))));
  return names.filter((_name, at) => !beside.has(places[at] ?? ""));
}

/** `>> app.log`, `2> errors`: what the command writes. */
const REDIRECTION = />{1,2}\|?\s*(?:"[^"]*"|'[^']*'|[^\s;&|()<>]+)/g;

/** `migrate_x.py` of `python3 migrate_x.py --apply`: words that are files of the project. Programs of the system are none. */
async function filesNamedBy(command: CommandLine, directory: string): Promise<readonly string[]> {
  const words = "shell" in command ? command.shell.replaceAll(REDIRECTION, " ").split(/[\s;&|()<>"'`]+/) : command.argv;
  const names = new Set(words.filter((word) => word !== "").map((word) => relative(directory, resolve(directory, word))));
  const inside = [...names].filter((name) => name !== "" && name !== ".." && !name.startsWith(`..${sep}`));
  const found: string[] = [];
  for (const name of inside) if (await isFile(join(directory, name))) found.push(name.replaceAll(sep, "/"));
  return found.sort();
}
