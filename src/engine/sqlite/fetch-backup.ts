/** Brings the database file of a backup out of a store, and believes nothing that the manifest does not bear out. */

import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

import type { BackupFile, Manifest } from "../../domain/backup.ts";
import type { RowCounts } from "../../domain/data.ts";
import { failure } from "../../domain/error.ts";
import type { Store } from "../../store/store.ts";
import type { CopyProgress } from "../hold.ts";
import { removeDatabase, syncFile, syncFolder } from "./durable.ts";
import { sideFiles } from "./place.ts";
import { Remote } from "./remote.ts";

/** The file's name in a backup's folder, before encryption. */
export const BACKUP_FILE = "database.sqlite";

/**
 * Writes the backup to `path`, all of it and proven (size, SHA-256, rows of every table), or nothing. Replaces what was there.
 * Throws `backup-damaged`, naming the file.
 */
export async function fetchBackup(store: Store, folder: string, manifest: Manifest, path: string, progress?: CopyProgress): Promise<void> {
  const file = onlyFile(manifest, folder);
  const part = `${path}.part`;
  await removeDatabase(part);
  try {
    await download(store, `${folder}/${file.name}`, file, part, progress);
    await syncFile(part);
    await assertRows(part, manifest, `${folder}/${file.name}`);
    for (const side of sideFiles(part)) await rm(side, { force: true }); // of a host that died while it closed; it wrote nothing
    await removeDatabase(path);
    await rename(part, path);
    syncFolder(dirname(path));
  } catch (error) {
    await removeDatabase(part);
    throw error;
  }
}

function onlyFile({ files }: Manifest, folder: string): BackupFile {
  const [file, another] = files;
  if (file === undefined || another !== undefined)
    throw damaged(`${folder}/manifest.json`, `it names ${files.length} files and a backup of SQLite has one`);
  return file;
}

async function download(store: Store, key: string, expected: BackupFile, to: string, progress?: CopyProgress): Promise<void> {
  let doneBytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      doneBytes += chunk.length;
      progress?.(doneBytes, expected.sizeBytes);
      done(null, chunk);
    },
  });
  await pipeline(await store.get(key, expected), meter, createWriteStream(to, { mode: 0o600 }));
}

/** A file that was cut before it was hashed bears out its own hash; its rows tell. */
async function assertRows(path: string, manifest: Manifest, key: string): Promise<void> {
  await using host = await Remote.start(path);
  const { rows } = await host.call("describe");
  const wrong = firstDifference(Object.fromEntries(manifest.tables.map(({ name, rows: count }) => [name, count])), rows);
  if (wrong !== undefined) throw damaged(key, wrong);
}

/** `table users has 3 rows and should have 4`; undefined where all are equal. */
export function firstDifference(expected: RowCounts, found: RowCounts): string | undefined {
  const tables = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  const table = tables.find((name) => expected[name] !== found[name]);
  return table === undefined ? undefined : `table ${table} has ${found[table] ?? "no"} rows and should have ${expected[table] ?? "none"}`;
}

function damaged(key: string, why: string): Error {
  return failure("backup-damaged", `the backup's file ${key} is damaged: ${why}`, {
    hint: "use another backup: `belay backups` lists them",
    facts: { file: key },
  });
}
