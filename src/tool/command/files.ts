/** The files that make up a migration: a plan that was made for other ones is not this plan. */

import { createHash } from "node:crypto";
import { glob, lstat, readFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { canonicalJson } from "../../domain/canonical-json.ts";
import type { CommandLine } from "../../domain/command.ts";
import type { CommandMigration } from "../../domain/command-migration.ts";
import { refusal } from "../../domain/error.ts";

export interface FilesDigest {
  /** Over names and contents, in hexadecimal; null where no file is known. */
  readonly sha256: string | null;
  /** Relative to the directory. */
  readonly first: string | null;
}

/** Throws `migration-without-files` where `files` are given and none is there. */
export async function digestFiles({ id, files, apply }: CommandMigration, directory: string): Promise<FilesDigest> {
  const names = files === null ? await filesNamedBy(apply.command, directory) : await filesMatching(files, directory);
  const [first] = names;
  if (first === undefined) {
    if (files === null) return { sha256: null, first: null };
    throw refusal("migration-without-files", `no file of ${id} matches ${files.join(", ")}`, {
      hint: `globs are relative to ${directory}`,
      facts: { migration: id },
    });
  }
  const contents: [string, string][] = [];
  for (const name of names) contents.push([name, sha256(await readFile(join(directory, name)))]);
  return { sha256: sha256(canonicalJson(contents)), first };
}

async function filesMatching(patterns: readonly string[], directory: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for await (const name of glob([...patterns], { cwd: directory })) {
    if (await isFile(join(directory, name))) found.add(name.replaceAll(sep, "/"));
  }
  return [...found].sort();
}

/** `migrate_x.py` of `python3 migrate_x.py --apply`: words that are files of the project. Programs of the system are none. */
async function filesNamedBy(command: CommandLine, directory: string): Promise<readonly string[]> {
  const words = "shell" in command ? command.shell.split(/[\s;&|()<>"'`]+/) : command.argv;
  const names = new Set(words.filter((word) => word !== "").map((word) => relative(directory, resolve(directory, word))));
  const inside = [...names].filter((name) => name !== "" && name !== ".." && !name.startsWith(`..${sep}`));
  const found: string[] = [];
  for (const name of inside) if (await isFile(join(directory, name))) found.push(name.replaceAll(sep, "/"));
  return found.sort();
}

/** A link is none: `.venv/bin/python` leads out of the project. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ENAMETOOLONG"))
      return false;
    throw error;
  }
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
