/**
 * What `ALTER DATABASE … SET` says may be a secret (`app.jwt_secret`), and a manifest is never encrypted: it stands in a file of its own,
 * beside the dump and treated as the dump is. There is none where nothing was set. Its first line is for Belay, the rest for `psql`.
 */

import { Readable } from "node:stream";

import type { BackupFile, Manifest } from "../../domain/backup.ts";
import { failure } from "../../domain/error.ts";
import { storedName } from "../../domain/stored-name.ts";
import type { Store } from "../../store/store.ts";
import type { BackupDestination } from "../workspace.ts";
import { variableStatements } from "./apply-database-settings.ts";
import { parseDatabaseSettings, type DatabaseSettings, type DatabaseVariable } from "./database-settings.ts";

export const SETTINGS_FILE = "settings.sql";

const FOR_BELAY = "-- belay: ";

/** The name of the database is `psql`'s variable `database`. */
export async function storeVariables(
  { store, folder }: BackupDestination,
  { variables }: DatabaseSettings,
): Promise<readonly BackupFile[]> {
  if (variables.length === 0) return [];
  const name = storedName(SETTINGS_FILE, store.encryption);
  const lines = [`${FOR_BELAY}${JSON.stringify(variables)}`, ...variableStatements(`:"database"`, variables).map((sql) => `${sql};`)];
  return [{ name, ...(await store.put(`${folder}/${name}`, Readable.from([Buffer.from(`${lines.join("\n")}\n`)]))) }];
}

/** What belonged to the database of a backup. Throws `backup-damaged`. */
export async function settingsOf(store: Store, folder: string, { files, engineFacts }: Manifest): Promise<DatabaseSettings> {
  const settings = parseDatabaseSettings(engineFacts["settings"]);
  const file = files.find(isSettingsFile);
  return file === undefined ? settings : { ...settings, variables: await readVariables(store, folder, file) };
}

export function isSettingsFile({ name }: BackupFile): boolean {
  return name === SETTINGS_FILE || name === storedName(SETTINGS_FILE, "age");
}

async function readVariables(store: Store, folder: string, file: BackupFile): Promise<readonly DatabaseVariable[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await store.get(`${folder}/${file.name}`, file)) chunks.push(chunk as Uint8Array);
  const [first = ""] = Buffer.concat(chunks).toString("utf8").split("\n", 1);
  try {
    return JSON.parse(first.slice(FOR_BELAY.length)) as readonly DatabaseVariable[];
  } catch (error) {
    throw failure("backup-damaged", `the backup's file ${folder}/${file.name} is damaged: its first line is not what Belay writes`, {
      hint: "use another backup: `belay backups` lists them",
      cause: error,
      facts: { file: file.name },
    });
  }
}
