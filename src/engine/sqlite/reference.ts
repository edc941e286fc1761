import { removeDatabase } from "./durable.ts";
import type { ComparisonReference } from "../hold.ts";
import { assertUnchanged } from "./copies.ts";
import { fetchBackup } from "./fetch-backup.ts";
import { asidePath, type Place } from "./place.ts";

/** Hands `work` a file that holds the reference: the copy itself, if it is still what was proven, or a backup fetched for the while. */
export async function compareReference<T>(place: Place, reference: ComparisonReference, work: (path: string) => Promise<T>): Promise<T> {
  if ("copy" in reference) {
    assertUnchanged(reference.copy);
    return work(reference.copy.place);
  }
  const { store, folder, manifest } = reference.backup;
  const path = `${asidePath(place, "scratch", manifest.run)}_0`;
  try {
    await fetchBackup(store, folder, manifest, path);
    return await work(path);
  } finally {
    await removeDatabase(path);
  }
}
