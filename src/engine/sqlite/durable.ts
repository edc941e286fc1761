import { closeSync, fsyncSync, openSync } from "node:fs";
import { open, rm } from "node:fs/promises";

import { sideFiles } from "./place.ts";

/** Never for a file that this process has open through SQLite: closing the descriptor would drop SQLite's locks on it. */
export async function syncFile(path: string): Promise<void> {
  await using file = await open(path, "r+");
  await file.sync();
}

/** Makes every commit in the write-ahead log durable. SQLite holds no lock on this file, so that it may be opened beside SQLite. */
export function syncLog(database: string): void {
  const log = openSync(`${database}-wal`, "r+");
  try {
    fsyncSync(log);
  } finally {
    closeSync(log);
  }
}

/** Makes names in a folder durable. Synchronous, so that nothing comes between a rename and its sync. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return; // Windows opens no folders; its renames go through the file system's own journal
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** A database file together with everything that SQLite may have left beside it. Absent is removed. */
export async function removeDatabase(path: string): Promise<void> {
  for (const file of [...sideFiles(path), path]) await rm(file, { force: true });
}
