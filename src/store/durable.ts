/** Writes to files and folders that are there after a loss of power, for stores in a directory. */

import {
  closeSync,
  constants,
  createReadStream,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

import { Measure } from "./checked.ts";
import type { StoredFile } from "./store.ts";

/**
 * Adds a line in one write and syncs it. A torn line that a crash left at the end is cut off first: nobody was told of it. A line that
 * could not be synced is taken back at once: the next one stands in its place and dirties every page again that the kernel dropped.
 * `last`: where the last line ended that this writer added. Answers where this one ends; null, and nothing is written, where somebody
 * else's follows it.
 */
export function appendLine(path: string, line: string, last: number | undefined): number | null {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    const end = endOfLastLine(descriptor);
    if (last !== undefined && end > last) return null;
    ftruncateSync(descriptor, end);
    try {
      const written = writeLine(descriptor, line, end);
      fsyncSync(descriptor);
      if (end === 0) syncFolder(dirname(path));
      return end + written;
    } catch (error) {
      ftruncateSync(descriptor, end);
      throw error;
    }
  } finally {
    closeSync(descriptor);
  }
}

function writeLine(descriptor: number, line: string, at: number): number {
  const bytes = Buffer.from(line + "\n");
  const written = writeSync(descriptor, bytes, 0, bytes.length, at);
  if (written !== bytes.length)
    throw Object.assign(new Error(`only ${written} of ${bytes.length} bytes could be written`), { code: "ENOSPC" });
  return written;
}

/** Byte offset behind the last complete line. */
function endOfLastLine(descriptor: number): number {
  const chunk = Buffer.alloc(4096);
  let end = fstatSync(descriptor).size;
  while (end > 0) {
    const start = Math.max(0, end - chunk.length);
    const read = readSync(descriptor, chunk, 0, end - start, start);
    const newline = chunk.subarray(0, read).lastIndexOf(10);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return 0;
}

export async function digestAndSync(path: string): Promise<StoredFile> {
  const measure = new Measure();
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) measure.add(chunk as Buffer);
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return measure.end();
}

/**
 * Makes a folder and its parents, and syncs the folder in which each new one appeared, so that none is lost with the power. Step by step,
 * because Node's own `recursive` never ends below a folder that lets nobody make one and says ENOENT, as /proc does.
 */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(path);
  if (!existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === "EEXIST" && statSync(path).isDirectory()) return; // somebody else was faster
    throw error;
  }
  syncFolder(parent);
}

export function syncFolder(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
