/** Backups as they lie in a store: a folder with data files and a manifest, which is written last and read first. */

import { createHash } from "node:crypto";

import { type BackupSummary, isManifest, type Manifest } from "../domain/backup.ts";
import { canonicalJson } from "../domain/canonical-json.ts";
import { failure, messageOf, refusal } from "../domain/error.ts";
import type { BackupListing } from "../domain/result.ts";
import { databaseOf, type Target } from "../domain/target.ts";
import type { Store } from "../store/store.ts";

const MANIFEST = "manifest.json";

export interface StoredBackup {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly summary: BackupSummary;
}

/** Where the backups of a target lie; those of a tenant are its database's. */
export function backupsOf(environment: string, target: Target): string {
  return `${environment}/${databaseOf(target).name}`;
}

export function backupFolder(environment: string, target: Target, id: string): string {
  return `${backupsOf(environment, target)}/${id}`;
}

/** Writes the manifest; from here on the backup exists. */
export async function writeManifest(store: Store, folder: string, manifest: Manifest): Promise<StoredBackup> {
  const text = `${JSON.stringify({ ...manifest, digest: manifestDigest(manifest) }, null, 2)}\n`;
  const { sha256 } = await store.put(`${folder}/${MANIFEST}`, Buffer.from(text), { plain: true });
  return { folder, manifest, summary: summaryOf(store, folder, manifest, sha256) };
}

/** Reads a manifest and everything that it says of itself. Throws `backup-damaged` naming what is wrong; the data files are not read. */
export async function readBackup(store: Store, folder: string): Promise<StoredBackup> {
  const id = folder.slice(folder.lastIndexOf("/") + 1);
  const bytes = await readAll(store, `${folder}/${MANIFEST}`);
  const written = parseJson(bytes);
  if (typeof written !== "object" || written === null || !("digest" in written)) throw damaged(id, MANIFEST, "it is no manifest");
  const { digest, ...manifest } = written;
  const version = "formatVersion" in manifest ? manifest.formatVersion : null;
  if (version !== 1) throw damaged(id, MANIFEST, `its format ${String(version)} is newer than this Belay`);
  if (!isManifest(manifest)) throw damaged(id, MANIFEST, "it is no manifest");
  if (digest !== manifestDigest(manifest)) throw damaged(id, MANIFEST, "it was altered after it was written");
  return { folder, manifest, summary: summaryOf(store, folder, manifest, createHash("sha256").update(bytes).digest("hex")) };
}

/** Folders of a target's backups that have a manifest, newest first. */
export async function backupFolders(store: Store, environment: string, target: Target): Promise<readonly string[]> {
  const entries = await store.list(backupsOf(environment, target));
  return entries
    .filter(({ key }) => key.endsWith(`/${MANIFEST}`))
    .map(({ key }) => key.slice(0, -MANIFEST.length - 1))
    .sort()
    .reverse();
}

/** The newest backup whose manifest is sound and whose files are there in their full size. Damaged ones, and the team's own, are passed over. */
export async function newestSoundBackup(store: Store, environment: string, target: Target): Promise<StoredBackup | null> {
  for (const folder of await backupFolders(store, environment, target)) {
    const backup = await lookAt(store, folder);
    if (backup.damage === null && backup.stored.manifest.proof !== "external") return backup.stored;
  }
  return null;
}

/** One line for `belay backups`, also for a damaged one. */
export async function listing(store: Store, folder: string): Promise<BackupListing> {
  const { stored, damage } = await lookAt(store, folder);
  const [, target = "", id = ""] = folder.split("/");
  if (stored === null) {
    const unknown = { id, location: `${store.location}/${folder}`, sizeBytes: 0, sha256: "", proof: "read" } as const;
    return { ...unknown, target, takenAt: "", run: "", rows: 0, restore: [], damage: damage ?? "unreadable" };
  }
  const { manifest, summary } = stored;
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const found = { ...summary, target: manifest.target, takenAt: manifest.takenAt, run: manifest.run, rows, restore: manifest.restore };
  return damage === null ? found : { ...found, damage };
}

type Looked = { readonly stored: StoredBackup; readonly damage: null } | { readonly stored: StoredBackup | null; readonly damage: string };

async function lookAt(store: Store, folder: string): Promise<Looked> {
  let stored: StoredBackup;
  try {
    stored = await readBackup(store, folder);
  } catch (error) {
    return { stored: null, damage: messageOf(error) };
  }
  const sizes = new Map((await store.list(folder)).map(({ key, sizeBytes }) => [key.slice(folder.length + 1), sizeBytes]));
  for (const file of stored.manifest.files) {
    const sizeBytes = sizes.get(file.name);
    if (sizeBytes === undefined) return { stored, damage: `${file.name} is missing` };
    if (sizeBytes !== file.sizeBytes) return { stored, damage: `${file.name} has ${sizeBytes} of ${file.sizeBytes} bytes` };
  }
  return { stored, damage: null };
}

/** Of the team's own backup there is only a record here: Belay can neither restore it nor prove it. */
export function refuseExternal({ manifest: { id, proof, takenAt } }: StoredBackup): void {
  if (proof !== "external") return;
  throw refusal("backup-external", `backup ${id} was made by your own program (backup.external), not by Belay`, {
    hint: `restore it with that program: it holds the state of ${takenAt}; \`belay backups\` lists the ones that Belay can restore`,
  });
}

/** Finds a backup by its id, or by an unambiguous beginning of it. A folder that a person copied beside it (`<id>.bak`) makes no id ambiguous. */
export async function findBackup(store: Store, environment: string, target: Target, id: string): Promise<StoredBackup> {
  const all = await backupFolders(store, environment, target);
  const exact = backupFolder(environment, target, id);
  const folders = all.includes(exact) ? [exact] : all.filter((folder) => folder.slice(folder.lastIndexOf("/") + 1).startsWith(id));
  const [folder, second] = folders;
  if (folder === undefined) {
    throw refusal("backup-unknown", `no backup ${id} of ${databaseOf(target).name} is in ${store.location}`, {
      hint: `\`belay backups ${environment}\` lists what is there`,
    });
  }
  if (second !== undefined)
    throw refusal("backup-ambiguous", `${id} is the beginning of ${folders.length} backups`, { hint: "write more of its id" });
  return readBackup(store, folder);
}

/** Reads every byte of a backup's files as they lie in the store. Throws `backup-damaged`, naming the file whose size or SHA-256 is not the manifest's. */
export async function assertIntact(store: Store, { folder, manifest }: StoredBackup): Promise<void> {
  for (const file of manifest.files) await store.verify(`${folder}/${file.name}`, file);
}

function damaged(id: string, file: string, what: string): Error {
  return failure("backup-damaged", `backup ${id} is damaged: ${file}: ${what}`, {
    hint: "choose another backup: `belay backups` lists them",
    facts: { backup: id, file },
  });
}

function summaryOf(store: Store, folder: string, manifest: Manifest, sha256: string): BackupSummary {
  const sizeBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return { id: manifest.id, location: `${store.location}/${folder}`, sizeBytes, sha256, proof: manifest.proof };
}

function manifestDigest(manifest: Manifest): string {
  return createHash("sha256").update(canonicalJson(manifest)).digest("hex");
}

async function readAll(store: Store, key: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await store.get(key)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
