/**
 * Two databases that are the same page for page hold the same, and that is seen many times sooner than row for row. Where they are not,
 * nothing is said: the same rows can lie differently.
 */

import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";

import { statIfThere } from "./file-evidence.ts";
import { sideFiles } from "./place.ts";
import type { Remote } from "./remote.ts";

const CHUNK_BYTES = 1 << 20;

/**
 * What SQLite writes anew into the first page of a copy (https://sqlite.org/fileformat2.html#the_database_header): the journal mode, the
 * change counter, the schema cookie, and by which version and at which counter it was written. From, to.
 */
const OF_EACH_FILE = [
  [18, 20],
  [24, 28],
  [40, 44],
  [92, 100],
] as const;

/**
 * `target` has `file` open, and nobody can write to it meanwhile. Opens both files beside SQLite: not for a process that has one of them
 * open through SQLite itself.
 */
export async function sameBytes(target: Remote, file: string, copy: string): Promise<boolean> {
  if (sideFiles(copy).some((path) => (statIfThere(path)?.size ?? 0n) > 0n)) return false;
  const same = async () => statIfThere(file)?.size === statIfThere(copy)?.size && (await sameContent(file, copy));
  return (await heldStill(target, same)) ?? false;
}

/** SHA-256 of what two files have in common that are the same page for page; null where somebody writes to it. As for `sameBytes`. */
export function digestOfTarget(target: Remote, file: string): Promise<string | null> {
  return heldStill(target, () => digestOfFile(file));
}

/** The same of a file that nobody has open. */
export async function digestOfFile(path: string): Promise<string> {
  await using file = await open(path);
  const hash = createHash("sha256");
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (let at = 0; ; at += CHUNK_BYTES) {
    const chunk = await fill(buffer, file, at);
    if (at === 0) blankHeader(chunk);
    hash.update(chunk);
    if (chunk.length < CHUNK_BYTES) return hash.digest("hex");
  }
}

/** null where it could not be held: somebody writes, or not all is in the file yet. */
async function heldStill<T>(target: Remote, look: () => Promise<T>): Promise<T | null> {
  if (!(await target.call("holdStill"))) return null;
  try {
    return await look();
  } finally {
    if (!target.ended) await target.call("rollback");
  }
}

function blankHeader(first: Buffer): void {
  for (const [from, to] of OF_EACH_FILE) first.fill(0, from, to);
}

async function sameContent(file: string, copy: string): Promise<boolean> {
  await using one = await open(file);
  await using other = await open(copy);
  const [left, right] = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)];
  for (let at = 0; ; at += CHUNK_BYTES) {
    const [first, second] = await Promise.all([fill(left, one, at), fill(right, other, at)]);
    if (at === 0) [first, second].forEach(blankHeader);
    if (!first.equals(second)) return false;
    if (first.length < CHUNK_BYTES) return true;
  }
}

/** As much as there is from `at` on, up to the whole buffer. */
async function fill(buffer: Buffer, file: FileHandle, at: number): Promise<Buffer> {
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read) {
    ({ bytesRead: read } = await file.read(buffer, length, buffer.length - length, at + length));
  }
  return buffer.subarray(0, length);
}
