/** Is the newest backup still what it was: its manifest, and every byte of its files? */

import { assertIntact, newestSoundBackup, backupFolders, listing } from "../run/backups.ts";
import type { Target } from "../domain/target.ts";
import type { Store } from "../store/store.ts";
import { type Finding, well, skipped } from "./probe.ts";

export async function tryNewestBackup(store: Store, environment: string, target: Target): Promise<Finding> {
  const [newest] = await backupFolders(store, environment, target);
  if (newest === undefined) return skipped("none yet: the first run takes one before it changes anything");
  const { damage, id } = await listing(store, newest);
  if (damage !== undefined) return spoilt(id, damage);
  const sound = await newestSoundBackup(store, environment, target);
  if (sound === null) return spoilt(id, "it cannot be read");
  await assertIntact(store, sound);
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
