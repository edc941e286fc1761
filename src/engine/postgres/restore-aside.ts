import type { Manifest } from "../../domain/backup.ts";
import type { RunId } from "../../domain/run-id.ts";
import type { Store } from "../../store/store.ts";
import type { Copy, CopyProgress } from "../hold.ts";
import { applyDatabaseSettings, settingsRefused } from "./apply-database-settings.ts";
import { describeCopy } from "./copies.ts";
import { assertRows, fetchBackup } from "./fetch-backup.ts";
import { leftOutOf, withLacks } from "./left-out.ts";
import type { RecordProcess } from "./options.ts";
import type { Place } from "./place.ts";
import { disposeQuietly, makeScratch } from "./scratch.ts";
import { settingsOf } from "./settings-file.ts";

export interface Restoring {
  readonly recordProcess?: RecordProcess | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A backup as a database beside its target, every byte and row checked against the manifest. Nothing is left where it throws. */
export async function restoreAside(
  place: Place,
  store: Store,
  folder: string,
  manifest: Manifest,
  run: RunId,
  progress?: CopyProgress,
  { recordProcess, signal }: Restoring = {},
): Promise<Copy> {
  const settings = await settingsOf(store, folder, manifest);
  const scratch = await makeScratch({ ...place, options: { ...place.options, scratch: null } }, "scratch", run, settings);
  try {
    const application = `belay-${run}`;
    const { variables } = place.options;
    const call = { server: place.server, database: scratch.name, application, variables, record: recordProcess, signal };
    const total = manifest.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const serverMajor = Math.floor(scratch.admin.serverVersion / 10_000);
    await fetchBackup({ store, folder, manifest }, call, { serverMajor, pinVersions: true, told: (done) => progress?.(done, total) });
    {
      await using connection = await place.server.connect({
        database: scratch.name,
        application,
        ...(signal === undefined ? {} : { signal }),
      });
      await connection.run("analyze"); // its commit, which is waited for, makes the restore before it durable
      await assertRows(connection, { store, folder, manifest });
    }
    const refused = await applyDatabaseSettings(scratch.admin, scratch.name, settings);
    const copy = withLacks(await describeCopy(place, scratch.name), leftOutOf(manifest), settingsRefused(refused));
    scratch.keep();
    return copy;
  } finally {
    await disposeQuietly(scratch);
  }
}
