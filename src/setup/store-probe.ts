/** Is the store what backups and journals need: can it be written and read back, does it last, is there room? Leaves nothing behind. */

import { rmdir, statfs, stat } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { failure } from "../domain/error.ts";
import type { Store } from "../store/store.ts";

export interface StoreLook {
  /** In words, for people. */
  readonly facts: readonly string[];
  /** What backups there would not outlive, or null. */
  readonly fleeting: string | null;
}

/** Linux: magic.h. What lies in memory is gone with the power. */
const IN_MEMORY: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/** Writes a file and a log, reads them back, removes them. Throws `store-…` as the store does, and `store-forgets` where the bytes came back others. */
export async function tryStore(store: Store, random: Uint8Array, sizeBytes: number): Promise<StoreLook> {
  const key = `doctor-${Buffer.from(random).toString("hex")}`;
  const path = isAbsolute(store.location) ? join(store.location, key) : null; // encryption hides a directory from engines, not from here
  const missing = path === null ? [] : await missingFolders(dirname(path));
  try {
    await roundTrip(store, key, random);
  } finally {
    await removeEmpty(missing);
  }
  const tried = `written, read back${store.encryption === "age" ? " through its encryption" : ""} and removed`;
  if (path === null) return { facts: [store.location, tried], fleeting: null };
  const { type, free } = await spaceAt(dirname(path), missing);
  const room = free < sizeBytes ? `only ${megabytes(free)} free for a backup of ${megabytes(sizeBytes)}` : `${megabytes(free)} free`;
  if (free < sizeBytes)
    throw failure("no-space", `${store.location} has ${room}`, { hint: "make room there, or name another place in backup.store" });
  return {
    facts: [store.location, tried, room],
    fleeting: IN_MEMORY.has(type >>> 0) ? "it lies in memory, and a restart of the machine empties it" : null,
  };
}

async function roundTrip(store: Store, key: string, content: Uint8Array): Promise<void> {
  const log = `${key}.jsonl`;
  const chunks: Uint8Array[] = [];
  let lines: readonly string[] = [];
  await store.put(key, content);
  try {
    for await (const chunk of await store.get(key)) chunks.push(chunk as Uint8Array);
    await store.append(log, key);
    lines = await store.lines(log);
  } finally {
    await store.remove(key);
    await store.remove(log);
  }
  if (Buffer.concat(chunks).equals(content) && lines.join() === key) return;
  throw failure("store-forgets", `${store.location} gave back other bytes than were written`, {
    hint: "do not trust what lies there; name another place in backup.store",
  });
}

/** The folders on the way that are not there yet, the deepest first. */
async function missingFolders(folder: string): Promise<readonly string[]> {
  if (folder === dirname(folder) || (await isThere(folder))) return [];
  return [folder, ...(await missingFolders(dirname(folder)))];
}

/** A store makes its folders when it first writes; those are as little of a trace as the file. Another program may use them by now. */
async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    try {
      await rmdir(folder);
    } catch (error) {
      if (codeOf(error) === "ENOENT") continue;
      if (codeOf(error) === "ENOTEMPTY") return;
      throw error;
    }
  }
}

async function spaceAt(folder: string, missing: readonly string[]): Promise<{ readonly type: number; readonly free: number }> {
  const { type, bavail, bsize } = await statfs(missing.length === 0 ? folder : dirname(missing.at(-1) ?? folder));
  return { type, free: bavail * bsize };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    if (codeOf(error) === "ENOTDIR") return true; // a file stands in the way, and the store will say so
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function megabytes(bytes: number): string {
  return bytes < 9_950_000_000 ? `${Math.ceil(bytes / 1e6)} MB` : `${Math.round(bytes / 1e9)} GB`;
}
