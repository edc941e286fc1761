/**
 * Before-state, backup, proof and clone, all from one snapshot of one connection: what is observed, what is copied and what the copy is
 * compared with are the same moment, whoever writes meanwhile.
 */

import { constants, createReadStream, createWriteStream } from "node:fs";
import { chmod, copyFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";

import type { BackupFile, Proof } from "../../domain/backup.ts";
import { sameData, untouched, type TableDifference } from "../../domain/data.ts";
import { failure, refusal } from "../../domain/error.ts";
import type { Session } from "../../domain/session.ts";
import { decryptCommands, storedName } from "../../domain/stored-name.ts";
import type { Identity } from "../../domain/target.ts";
import type { Copy } from "../hold.ts";
import type { BackupDestination, BackupRequest, BackupTaken } from "../workspace.ts";
import { noTenants } from "../no-tenants.ts";
import { copyAttributes } from "./attributes.ts";
import { describeCopy } from "./copies.ts";
import { removeDatabase, syncFile, syncFolder } from "./durable.ts";
import { BACKUP_FILE, firstDifference } from "./fetch-backup.ts";
import { statIfThere } from "./file-evidence.ts";
import type { DatabaseFacts } from "./host-api.ts";
import { asidePath, type Place } from "./place.ts";
import type { Remote } from "./remote.ts";
import { watchSize } from "./watch-size.ts";

export interface BackupSource {
  readonly place: Place;
  readonly remote: Remote;
  readonly session: Session;
  readonly engineVersion: string;
  readonly identity: Identity;
}

export async function takeBackup<T>(source: BackupSource, request: BackupRequest<T>): Promise<BackupTaken<T>> {
  try {
    const { attributesKept, ...taken } = await inSnapshot(source.remote, () => backupOfSnapshot(source, request));
    return { ...taken, clone: await keepClone(source.place, request, attributesKept) };
  } catch (error) {
    await removeWritten(source.place, request);
    throw error;
  }
}

export async function inSnapshot<T>(remote: Remote, work: () => Promise<T>): Promise<T> {
  await remote.call("beginSnapshot");
  try {
    return await work();
  } finally {
    if (!remote.ended) await remote.call("endSnapshot");
  }
}

/** A query that was given up goes on, and with it the only connection that sees the snapshot. */
async function assertAnswered({ remote, place }: BackupSource): Promise<void> {
  if (!remote.busy) return;
  await remote.end();
  throw refusal(
    "check-unanswered",
    `a check that is asked before the migration has no answer in time, and ${place.configured} cannot be backed up beside it`,
    {
      hint: "make its query faster, or raise its timeout in belay.yml",
    },
  );
}

type SnapshotBackup<T> = Omit<BackupTaken<T>, "clone"> & { readonly attributesKept: boolean };

async function backupOfSnapshot<T>(source: BackupSource, request: BackupRequest<T>): Promise<SnapshotBackup<T>> {
  const { remote, place } = source;
  const observed = await request.observe(source.session, noTenants);
  await assertAnswered(source);
  const schema = await remote.call("schema");
  const facts = await remote.call("describe");
  const [files, proven] = request.into === null ? await cloneOnly(source, request) : await backupInto(request.into, source, request, facts);
  return {
    observed,
    schema,
    tables: Object.entries(facts.rows).map(([name, rows]) => ({ name, rows, fingerprint: null })),
    sequences: facts.sequences,
    files,
    ...proven,
    engineVersion: source.engineVersion,
    toolVersions: {},
    compression: "none",
    restore: [
      ...decryptCommands([BACKUP_FILE], request.into?.store.encryption ?? "none"),
      `sqlite3 ${shellQuote(place.configured)} ".restore ${BACKUP_FILE}"`,
    ],
    engineFacts: { ...facts.engineFacts, ...ownership(place.file) },
    identity: source.identity,
  };
}

/** Straight from the snapshot, for a run whose durable backup was taken earlier. */
async function cloneOnly(source: BackupSource, request: BackupRequest<unknown>): Promise<[readonly BackupFile[], Proven]> {
  if (!request.clone) throw new Error("neither a backup nor a clone is asked for");
  const path = proofPath(source.place, request);
  await removeDatabase(path);
  await copySnapshot(source, path, request.progress);
  return [[], await provenCopy(source, path)];
}

async function backupInto(
  into: BackupDestination,
  source: BackupSource,
  request: BackupRequest<unknown>,
  facts: DatabaseFacts,
): Promise<[readonly BackupFile[], Proven]> {
  const seal = await copyToStore(source, into, request);
  return bothOf(seal(), prove(source, into, request, facts)); // one hashes what lies in the store, the other reads a copy of it
}

/** Where the proof restored to: the clone that may stay, or a scratch file. */
function proofPath(place: Place, { clone, run }: BackupRequest<unknown>): string {
  return asidePath(place, clone ? "clone" : "scratch", run);
}

/** Once the snapshot has ended, and with it the last connection to the copy. */
async function keepClone(place: Place, request: BackupRequest<unknown>, attributesKept: boolean): Promise<Copy | null> {
  const path = proofPath(place, request);
  if (request.clone) return describeCopy(place, path, { attributesKept });
  await removeDatabase(path);
  return null;
}

/** The results of both; where one fails the other has ended, too, before that is thrown: what was written can then be removed. */
async function bothOf<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

/**
 * Straight into the store where it is a directory of this machine, else by way of a scratch file beside the target. Gives back what
 * makes it durable there and tells its SHA-256.
 */
async function copyToStore(
  source: BackupSource,
  { store, folder }: BackupDestination,
  { run, progress }: BackupRequest<unknown>,
): Promise<() => Promise<readonly BackupFile[]>> {
  const name = storedName(BACKUP_FILE, store.encryption);
  const key = `${folder}/${name}`;
  const local = store.localPath(key);
  const path = local ?? asidePath(source.place, "scratch", run);
  if (local !== null) await mkdir(dirname(local), { recursive: true, mode: 0o700 });
  await removeDatabase(path);
  await copySnapshot(source, path, progress);
  if (local !== null) return async () => [{ name, ...(await store.finish(key)) }];
  const stored = await store.put(key, createReadStream(path, { highWaterMark: 1 << 20 }), {
    sizeBytes: Number(statIfThere(path)?.size ?? 0n),
  });
  await removeDatabase(path);
  return async () => [{ name, ...stored }];
}

async function copySnapshot({ remote, place }: BackupSource, path: string, progress: BackupRequest<unknown>["progress"]): Promise<void> {
  using _ = watchSize(path, Number(statIfThere(place.file)?.size ?? 0n), progress);
  await remote.call("copyTo", path);
  await chmod(path, 0o600); // a backup holds everything that the database holds: it is nobody else's to read
}

interface Proven {
  readonly proof: Proof;
  readonly lacks: readonly string[];
  readonly attributesKept: boolean;
}

async function prove(
  source: BackupSource,
  into: BackupDestination,
  request: BackupRequest<unknown>,
  facts: DatabaseFacts,
): Promise<Proven> {
  if (!request.clone && request.proof === "read") return proveByReading(source, into, request, facts);
  const path = proofPath(source.place, request);
  await restoreStored(into, path);
  return provenCopy(source, path);
}

/** Makes a copy beside the target durable, and compares it with the snapshot. */
async function provenCopy(source: BackupSource, path: string): Promise<Proven> {
  const attributesKept = await copyAttributes(source.place.file, path);
  await syncFile(path);
  syncFolder(source.place.folder);
  return { proof: "restored", lacks: await proveByComparing(source, path), attributesKept };
}

/** The bytes that lie in the store, not those that were sent there. */
async function restoreStored({ store, folder }: BackupDestination, path: string): Promise<void> {
  const key = `${folder}/${storedName(BACKUP_FILE, store.encryption)}`;
  const local = store.localPath(key);
  await removeDatabase(path);
  if (local === null) await pipeline(await store.get(key), createWriteStream(path, { mode: 0o600 }));
  else await copyFile(local, path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
}

/** What could not be compared, as SQLite here cannot read it; everything else is equal, or this throws. */
async function proveByComparing({ remote }: BackupSource, path: string): Promise<readonly string[]> {
  const { data, sameSchema, sameSequences } = await remote.call("compare", path, "all");
  const unreadable = data.tables.filter(({ unproven }) => unproven !== undefined);
  const different = data.tables.find((table) => table.unproven === undefined && !untouched(table));
  if (different !== undefined) throw unproven(`table ${different.name} came out with other rows (${differenceOf(different)})`);
  if (!sameSchema) throw unproven("its structure came out different");
  if (!sameSequences) throw unproven("its sequences came out different");
  if (unreadable.length === 0 && !sameData(data)) throw unproven("its data came out different");
  return unreadable.map(({ name, unproven: why }) => `table ${name} is in the backup, but was not compared: ${why}`);
}

async function proveByReading(
  source: BackupSource,
  into: BackupDestination,
  { run }: BackupRequest<unknown>,
  facts: DatabaseFacts,
): Promise<Proven> {
  const local = into.store.localPath(`${into.folder}/${storedName(BACKUP_FILE, into.store.encryption)}`);
  const path = local ?? asidePath(source.place, "scratch", run);
  if (local === null) await restoreStored(into, path);
  const difference = firstDifference(facts.rows, await source.remote.call("countRowsOf", path));
  if (local === null) await removeDatabase(path);
  if (difference !== undefined) throw unproven(difference);
  return { proof: "read", lacks: [], attributesKept: false };
}

async function removeWritten(place: Place, { into, run, clone }: BackupRequest<unknown>): Promise<void> {
  await removeDatabase(asidePath(place, "scratch", run));
  if (clone) await removeDatabase(asidePath(place, "clone", run));
  await into?.store.remove(into.folder);
}

function unproven(why: string): Error {
  return failure("backup-unproven", `the backup does not hold what the database holds: ${why}`, {
    hint: "nothing was migrated; look at the store's disk, then run again",
  });
}

function differenceOf({ added, removed, changed }: TableDifference): string {
  return `${added} too many, ${removed} missing, ${changed} different`;
}

function ownership(file: string): Readonly<Record<string, string | number>> {
  const stats = statIfThere(file);
  return stats === undefined
    ? {}
    : { uid: Number(stats.uid), gid: Number(stats.gid), mode: (stats.mode & 0o7777n).toString(8).padStart(4, "0") };
}

function shellQuote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
