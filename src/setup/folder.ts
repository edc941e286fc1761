/** Looking through a project's folder: what is there, never more of a file than is needed. */

import { open, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface Folder {
  readonly root: string;
  /** Is there a file of this name, relative to the root? */
  has(path: string): Promise<boolean>;
  /** Names in a folder, sorted; empty where there is none. */
  names(path: string): Promise<readonly string[]>;
  /** The first 64 kB of a file; empty where there is none that can be read. */
  text(path: string): Promise<string>;
  /** The first bytes of a file; empty where there is none that can be read. */
  bytes(path: string, count: number): Promise<Buffer>;
}

const MOST_BYTES = 65_536;

export function folderAt(root: string): Folder {
  const bytes = (path: string, count: number) => beginningOf(join(root, path), count);
  return {
    root,
    has: (path) => isFile(join(root, path)),
    names: (path) => namesIn(join(root, path)),
    text: async (path) => (await bytes(path, MOST_BYTES)).toString("utf8"),
    bytes,
  };
}

/** The root of the repository that a folder lies in, by its `.git`; null: in none. */
export async function repositoryOf(folder: string): Promise<string | null> {
  if ((await namesIn(folder)).includes(".git")) return folder;
  return folder === dirname(folder) ? null : repositoryOf(dirname(folder));
}

/** What cannot be looked into is as good as not there: init guesses, and says what it found. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isOfTheSystem(error)) return false;
    throw error;
  }
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (isOfTheSystem(error)) return [];
    throw error;
  }
}

async function beginningOf(path: string, count: number): Promise<Buffer> {
  if (!(await isFile(path))) return Buffer.alloc(0);
  try {
    await using file = await open(path, "r");
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (isOfTheSystem(error)) return Buffer.alloc(0);
    throw error;
  }
}

function isOfTheSystem(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
