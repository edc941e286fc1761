/** A backup of a database of the tests, with a manifest as a run writes it. */

import type { Manifest } from "../../../src/domain/backup.ts";
import { takeBackup } from "../../../src/engine/postgres/backup.ts";
import type { PostgresOptions } from "../../../src/engine/postgres/options.ts";
import type { Store } from "../../../src/store/store.ts";
import { backupSource, RUN } from "./backup-source.ts";

export const FOLDER = "prod/shop/20261121T001400Z-7f3a";

export async function storedBackup(
  address: string,
  store: Store,
  options: Partial<PostgresOptions> & { readonly bin: string; readonly proof?: "restore" | "read" },
): Promise<Manifest> {
  const { proof = "read", ...given } = options;
  await using made = await backupSource(address, given);
  const {
    observed: _,
    schema: _schema,
    clone: _clone,
    identity,
    ...taken
  } = await takeBackup(made.source, {
    run: RUN,
    into: { store, folder: FOLDER },
    proof,
    clone: false,
    observe: async () => null,
  });
  return {
    formatVersion: 1,
    id: "20261121T001400Z-7f3a",
    run: RUN,
    environment: "prod",
    target: "shop",
    engine: "postgres",
    takenAt: "2026-11-21T00:14:00.000Z",
    source: identity.lasting,
    schemaDigest: "",
    encryption: store.encryption,
    ...taken,
  };
}
