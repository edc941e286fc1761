/** The files that make up a migration: a plan that was made for other ones is not this plan. */

import { createHash } from "node:crypto";
import { glob, lstat, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { canonicalJson } from "../../domain/canonical-json.ts";

/** Over names, relative to the directory, and contents; in hexadecimal. */
export async function digestOfAll(names: readonly string[], directory: string): Promise<string> {
  const contents: [string, string][] = [];
  for (const name of names) contents.push([name, sha256(await readFile(join(directory, name)))]);
  return sha256(canonicalJson(contents));
}

/** Of one file its own SHA-256, of several that over all; null where there is none. */
export async function digestOf(names: readonly string[], directory: string): Promise<string | null> {
  const [first] = names;
  if (first === undefined) return null;
  return names.length === 1 ? sha256(await readFile(join(directory, first))) : digestOfAll(names, directory);
}

/** Relative to the directory, sorted. */
export async function filesMatching(patterns: readonly string[], directory: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for await (const name of glob([...patterns], { cwd: directory })) {
    if (await isFile(join(directory, name))) found.add(name.replaceAll(sep, "/"));
  }
  return [...found].sort();
}

/** A link is none: `.venv/bin/python` leads out of the project. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ENAMETOOLONG"))
      return false;
    throw error;
  }
}

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
