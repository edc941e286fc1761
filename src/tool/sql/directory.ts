/** What lies in the directory of migrations: the paths of its SQL files, and their bytes. */

import { readFileSync, type Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

import { messageOf, refusal, type BelayError } from "../../domain/error.ts";
import type { FileProblem } from "./layout.ts";

export interface Listing {
  /** Relative to the directory, with `/`. Hidden files and folders are left aside. */
  readonly paths: readonly string[];
  /** Things that are called `.sql` and are no file. */
  readonly problems: readonly FileProblem[];
}

const SQL_FILE = /\.sql$/i;

/** The SQL files below a directory, symbolic links followed one step. Throws `migrations-directory` where it cannot be read. */
export async function listSqlFiles(directory: string): Promise<Listing> {
  const entries = await readEntries(directory);
  const paths: string[] = [];
  const problems: FileProblem[] = [];
  for (const entry of entries) {
    const path = relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/");
    if (/(^|\/)\./.test(path)) continue;
    const kind = entry.isSymbolicLink() ? await kindBehindLink(join(directory, path)) : kindOf(entry);
    if (kind === "directory" && entry.isSymbolicLink()) paths.push(...(await listLinkedDirectory(directory, path)));
    if (!SQL_FILE.test(entry.name)) continue;
    if (kind === "file") paths.push(path);
    else
      problems.push({
        path,
        problem: { code: "migration-unreadable", what: NOT_A_FILE[kind], hint: "put the file in its place, or remove it", line: null },
      });
  }
  return { paths, problems };
}

/** The bytes of a file, or what the system says of it. At once: of a thousand small files, waiting for each takes longer than reading it. */
export function readBytes(file: string): Uint8Array | { readonly unreadable: string } {
  try {
    return readFileSync(file);
  } catch (error) {
    return { unreadable: messageOf(error) };
  }
}

type Kind = "file" | "directory" | "nothing" | "other";

const NOT_A_FILE: Readonly<Record<Exclude<Kind, "file">, string>> = {
  directory: "is a directory, not a file",
  nothing: "is a link that leads nowhere",
  other: "is neither a file nor a directory",
};

function kindOf(entry: Pick<Dirent, "isFile" | "isDirectory">): Kind {
  return entry.isFile() ? "file" : entry.isDirectory() ? "directory" : "other";
}

async function kindBehindLink(path: string): Promise<Kind> {
  try {
    return kindOf(await stat(path));
  } catch {
    return "nothing"; // ENOENT, a loop, or a place that may not be looked at: there is no file to read
  }
}

async function listLinkedDirectory(directory: string, path: string): Promise<readonly string[]> {
  const entries = await readEntries(join(directory, path), false);
  return entries.filter((entry) => SQL_FILE.test(entry.name) && !entry.name.startsWith(".")).map((entry) => `${path}/${entry.name}`);
}

async function readEntries(directory: string, recursive = true): Promise<readonly Dirent[]> {
  try {
    return await readdir(directory, { recursive, withFileTypes: true });
  } catch (error) {
    throw unreadableDirectory(directory, error);
  }
}

const DIRECTORY_TROUBLE: Readonly<Record<string, { readonly what: string; readonly hint: string }>> = {
  ENOENT: {
    what: "there is no such directory",
    hint: "set migrate.directory in belay.yml to where the SQL files lie (relative to belay.yml), or create it",
  },
  ENOTDIR: { what: "it is a file, not a directory", hint: "set migrate.directory in belay.yml to the directory that holds the SQL files" },
  EACCES: { what: "it may not be read", hint: "give the user that runs Belay the right to read it" },
};

function unreadableDirectory(directory: string, cause: unknown): BelayError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const known = DIRECTORY_TROUBLE[code];
  return refusal("migrations-directory", `reading the migrations in ${directory}: ${known?.what ?? messageOf(cause)}`, {
    hint: known?.hint ?? "look at migrate.directory in belay.yml",
    cause,
    facts: { directory },
  });
}
