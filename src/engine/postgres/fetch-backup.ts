/** Brings a backup out of a store into an empty database, and believes nothing that the manifest does not bear out. */

import type { BackupFile, Manifest } from "../../domain/backup.ts";
import type { JsonValue } from "../../domain/canonical-json.ts";
import { BelayError, failure } from "../../domain/error.ts";
import type { Bytes } from "../../process/program.ts";
import type { Store } from "../../store/store.ts";
import type { ArchiveEntry } from "./archive-list.ts";
import { listArchive, listWithout } from "./archive-list.ts";
import type { Connection } from "./connection.ts";
import { readAllTables, rowsDiffer } from "./content.ts";
import { decompressed, metered } from "./dump.ts";
import { parseExtensions, pinExtensions, type Pinning } from "./extension-versions.ts";
import { FINGERPRINT_ALGORITHM, fingerprintTables } from "./fingerprint.ts";
import type { ProgramCall } from "./program-call.ts";
import { findPrograms } from "./programs.ts";
import { restoreArchive } from "./restore-archive.ts";
import { isSettingsFile } from "./settings-file.ts";

export interface StoredDump {
  readonly store: Store;
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface FetchOptions {
  /** Of the server that it is restored to. */
  readonly serverMajor: number;
  readonly told?: (bytes: number) => void;
  readonly atOnce?: boolean;
  /** The database was made for this: extensions may be put there before the rest, in the versions that they had. */
  readonly pinVersions?: boolean;
}

/**
 * Restores the backup into the empty database of `call`. Size and SHA-256 are checked while it streams: `backup-damaged`, naming the file.
 * Rows are the caller's to compare (`assertRows`).
 */
export async function fetchBackup(
  dump: StoredDump,
  call: ProgramCall,
  { serverMajor, told, atOnce = false, pinVersions = false }: FetchOptions,
): Promise<void> {
  const { store, folder, manifest } = dump;
  const file = dumpFile(dump);
  const programs = await findPrograms(serverMajor, call.variables);
  const archive = (counted?: (bytes: number) => void) => archiveOf(dump, counted);
  const { entries, withoutOwners } = lacksOf(manifest);
  try {
    const left = [...entries, ...(pinVersions ? await pinned(manifest, call, { lacking: entries, withoutOwners }) : [])];
    const list = left.length === 0 ? undefined : listWithout(await listArchive(archive(), call, programs), left);
    await restoreArchive(archive(told), call, { programs, serverMajor, list, withoutOwners, atOnce });
  } catch (error) {
    // a program that stumbles over a damaged file says so in its own words
    if (error instanceof BelayError && error.code === "restore-failed") await store.verify(`${folder}/${file.name}`, file);
    throw error;
  }
}

/** The dump as `pg_dump` wrote it. Throws `backup-damaged` at its end where it is not what was stored. */
export async function* archiveOf(dump: StoredDump, told?: (bytes: number) => void): Bytes {
  const file = dumpFile(dump);
  const key = `${dump.folder}/${file.name}`;
  yield* decompressed(metered(await dump.store.get(key, file), told), (why) => damaged(key, why));
}

async function pinned({ engineFacts }: Manifest, { server, database, application }: ProgramCall, how: Pinning) {
  const extensions = parseExtensions(engineFacts["extensions"]);
  if (extensions.length === 0) return [];
  await using connection = await server.connect({ database, application });
  return await pinExtensions(connection, extensions, how);
}

function dumpFile({ folder, manifest: { files } }: StoredDump): BackupFile {
  const [file, another] = files.filter((each) => !isSettingsFile(each));
  if (file !== undefined && another === undefined) return file;
  throw damaged(`${folder}/manifest.json`, `it names ${files.length} files and a backup of PostgreSQL has one dump`);
}

/** A dump that was cut before it was hashed bears out its own hash; its rows tell. Throws `backup-damaged`. */
export async function assertRows(connection: Connection, { folder, manifest }: StoredDump): Promise<void> {
  const found = await fingerprintTables(connection, await readAllTables(connection));
  const serverMajor = Math.floor(connection.serverVersion / 10_000);
  for (const { name, rows, fingerprint } of manifest.tables) {
    const table = found.get(name);
    if (table?.rows !== rows) throw damaged(folder, rowsDiffer(name, rows, table?.rows));
    const comparable = fingerprint?.algorithm === FINGERPRINT_ALGORITHM && fingerprint.serverMajor === serverMajor;
    if (comparable && fingerprint.value !== table.whole) throw damaged(folder, `table ${name} has other values than it should have`);
  }
  const more = [...found.keys()].find((name) => !manifest.tables.some((table) => table.name === name));
  if (more !== undefined) throw damaged(folder, `table ${more} is in it, and the manifest knows none of that name`);
}

/** What restores leave out was accepted when the backup was taken, and stands in its manifest. */
export function lacksOf({ engineFacts }: Manifest): { readonly entries: readonly ArchiveEntry[]; readonly withoutOwners: boolean } {
  const { lacking, withoutOwners } = engineFacts;
  return { entries: Array.isArray(lacking) ? lacking.filter(isEntry) : [], withoutOwners: withoutOwners === true };
}

function isEntry(
  value: JsonValue,
): value is { readonly kind: string; readonly schema?: string; readonly name: string; readonly owner: string } {
  return typeof value === "object" && value !== null && "kind" in value && "name" in value && "owner" in value;
}

function damaged(key: string, why: string): Error {
  return failure("backup-damaged", `the backup's file ${key} is damaged: ${why}`, {
    hint: "use another backup: `belay backups` lists them",
    facts: { file: key },
  });
}
