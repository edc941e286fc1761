/**
 * A backup in its store in the part of a copy, for a role that may not create databases: nothing can be restored beside the target, so
 * the schemas are filled from the stored dump itself.
 */

import { isManifest, type Manifest } from "../../domain/backup.ts";
import { failure } from "../../domain/error.ts";
import type { RunId } from "../../domain/run-id.ts";
import type { Store } from "../../store/store.ts";
import type { Copy } from "../hold.ts";
import type { StoredDump } from "./fetch-backup.ts";

/** Every byte in the store is checked: `backup-damaged`. Its place is its folder there. */
export async function storedCopy(store: Store, folder: string, manifest: Manifest, run: RunId): Promise<Copy> {
  for (const file of manifest.files) await store.verify(`${folder}/${file.name}`, file);
  return {
    kind: "scratch",
    place: folder,
    runSuffix: run.slice(-10),
    sizeBytes: manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    madeAt: manifest.takenAt,
    evidence: { stored: manifest },
  };
}

/** The manifest of a copy that is a stored backup; null: it is a database. Throws the failure `copy-unreadable`. */
export function manifestOf({ evidence, place }: Copy): Manifest | null {
  if (typeof evidence !== "object" || evidence === null || !("stored" in evidence)) return null;
  if (isManifest(evidence["stored"])) return evidence["stored"];
  throw failure("copy-unreadable", `what is written of the backup ${place} is no manifest`, {
    hint: "`belay backups` lists them; `belay restore` reads one from its store",
  });
}

/** `store`: the one that the run keeps its backups in. */
export function storedDump(copy: Copy, manifest: Manifest, store: Store | undefined): StoredDump {
  if (store !== undefined) return { store, folder: copy.place, manifest };
  throw failure("store-needed", `the backup ${copy.place} can only be brought back from its store`, {
    hint: "is `backup.store` in belay.yml still the one that the run used?",
  });
}
