import { chmod, rename } from "node:fs/promises";

import type { Manifest } from "../../domain/backup.ts";
import { BelayError, refusal } from "../../domain/error.ts";
import type { Target } from "../../domain/target.ts";
import type { Store } from "../../store/store.ts";
import { removeDatabase, syncFolder } from "./durable.ts";
import { fetchBackup } from "./fetch-backup.ts";
import { fileIdentity, statIfThere } from "./file-evidence.ts";
import { openHolders } from "./holders.ts";
import { takeLock } from "./lock.ts";
import { locate, sideFiles, type Place } from "./place.ts";
import { openView } from "./read-view.ts";
import { acting } from "./sqlite-error.ts";

/** Long enough for a probe to let go, short enough that nobody waits for another restore. */
const LOCK_WAIT_MS = 2_000;

/**
 * Into a path that is absent, an empty file or an empty database, under its lock. All of the backup is there afterwards, or what was
 * there before.
 */
export async function restoreInto(into: Target, store: Store, folder: string, manifest: Manifest): Promise<void> {
  const place = await locate(into);
  await assertFree(into, place); // before a lock is left beside what is not to be touched
  using _lock = await takeLock(place, LOCK_WAIT_MS);
  await assertFree(into, place);
  const arriving = `${place.file}.belay-restore`;
  try {
    await acting(`restoring the backup ${folder} into ${place.configured}`, async () => {
      await fetchBackup(store, folder, manifest, arriving);
      const { mode } = manifest.engineFacts;
      if (typeof mode === "string") await chmod(arriving, Number.parseInt(mode, 8));
      await rename(arriving, place.file);
      syncFolder(place.folder);
    });
  } catch (error) {
    await removeDatabase(arriving);
    throw error;
  }
}

async function assertFree(into: Target, { file, folder }: Place): Promise<void> {
  if (statIfThere(folder) === undefined) {
    throw refusal("restore-target-unreachable", `there is no folder ${folder} to restore into`, {
      hint: "create it, or name a path in a folder that is there",
    });
  }
  const taken = [file, ...sideFiles(file)].find((path) => (statIfThere(path)?.size ?? 0n) > 0n || statIfThere(path)?.isDirectory());
  if (taken === undefined || (await isIdleAndEmpty(into, file))) return;
  const replaceable =
    statIfThere(taken)?.isDirectory() === true ? "" : "; or with --replace the backup takes its place, and what is there is kept aside";
  throw refusal("restore-target-not-empty", `${taken} is there already`, { hint: `name a path where nothing is${replaceable}` });
}

/** A database without anything in it, which nobody would go on writing to under a name that it lost. */
async function isIdleAndEmpty(into: Target, file: string): Promise<boolean> {
  if (!(await isEmptyDatabase(into))) return false;
  const held = openHolders(fileIdentity(file) ?? "").pids.length > 0;
  return !held && sideFiles(file).every((side) => statIfThere(side) === undefined); // the last one to close it takes them away
}

async function isEmptyDatabase(into: Target): Promise<boolean> {
  try {
    await using view = await openView(into);
    const { rows } = await view.session.query("select 1 from sqlite_schema limit 1");
    return rows.length === 0;
  } catch (error) {
    if (error instanceof BelayError) return false;
    throw error;
  }
}
