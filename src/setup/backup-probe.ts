/** Is the newest backup still what it was: its manifest, and every byte of its files? */

import { createHash } from "node:crypto";
import { damaged, newestSoundBackup, backupFolders, listing, type StoredBackup } from "../run/backups.ts";
import type { Store } from "../store/store.ts";
import { type Finding, well, skipped } from "./probe.ts";

export async function tryNewestBackup(store: Store, environment: string, target: string): Promise<Finding> {
  const [newest] = await backupFolders(store, environment, target);
  if (newest === undefined) return skipped("none yet: the first run takes one before it changes anything");
  const { damage, id } = await listing(store, newest);
  if (damage !== undefined) return spoilt(id, damage);
  const sound = await newestSoundBackup(store, environment, target);
  if (sound === null) return spoilt(id, "it cannot be read");
  await assertContent(store, sound);
  return well(`${id}, every byte as it was written`);
}

function spoilt(id: string, damage: string): Finding {
  return {
    outcome: "failed",
    code: "backup-damaged",
    detail: `${id}: ${damage}`,
    hint: "take a new one (`belay backup`), and look at the disk",
  };
}

async function assertContent(store: Store, { folder, manifest }: StoredBackup): Promise<void> {
  for (const { name, sha256 } of manifest.files) {
    const hash = createHash("sha256");
    for await (const chunk of await store.get(`${folder}/${name}`)) hash.update(chunk as Uint8Array);
    if (hash.digest("hex") !== sha256) throw damaged(manifest.id, name, "its bytes are not those that were written");
  }
}
