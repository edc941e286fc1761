import { chmod, rename } from "node:fs/promises";

import type { Manifest } from "../../domain/backup.ts";
import { refusal } from "../../domain/error.ts";
import type { Target } from "../../domain/target.ts";
import type { Store } from "../../store/store.ts";
import { removeDatabase, syncFolder } from "./durable.ts";
import { fetchBackup } from "./fetch-backup.ts";
import { statIfThere } from "./file-evidence.ts";
import { locate, sideFiles } from "./place.ts";
import { acting } from "./sqlite-error.ts";

/** Into a path that is absent or an empty file. All of the backup is there afterwards, or what was there before. */
export async function restoreInto(into: Target, store: Store, folder: string, manifest: Manifest): Promise<void> {
  const place = await locate(into);
  const taken = [place.file, ...sideFiles(place.file)].find(
    (path) => (statIfThere(path)?.size ?? 0n) > 0n || statIfThere(path)?.isDirectory(),
  );
  if (taken !== undefined) {
    const replaceable =
      statIfThere(taken)?.isDirectory() === true ? "" : "; or with --replace the backup takes its place, and what is there is kept aside";
    throw refusal("restore-target-not-empty", `${taken} is there already`, { hint: `name a path where nothing is${replaceable}` });
  }
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
