/** What the engine's backup needs of a run, on a database of the tests. */

import { connectTo } from "../../../src/engine/postgres/locate.ts";
import { readIdentity } from "../../../src/engine/postgres/identity.ts";
import type { BackupSource } from "../../../src/engine/postgres/backup.ts";
import type { PostgresOptions } from "../../../src/engine/postgres/options.ts";
import type { Place } from "../../../src/engine/postgres/place.ts";
import { serverAt } from "../../../src/engine/postgres/server.ts";
import type { StartedProcess } from "../../../src/domain/started-process.ts";

export interface TestSource extends AsyncDisposable {
  readonly source: BackupSource;
  readonly place: Place;
  /** Every process that was recorded before it did anything. */
  readonly started: StartedProcess[];
}

export const RUN = "01JD0000000000000BACK0P0AB";

export async function backupSource(
  address: string,
  options: Partial<PostgresOptions> & { readonly bin: string },
  signal?: AbortSignal,
): Promise<TestSource> {
  const { bin, ...given } = options;
  const variables = { PATH: `${bin}:/usr/bin:/bin` };
  const server = serverAt(address, variables);
  const { database } = server.settings;
  const place: Place = {
    target: { name: database, engine: "postgres", address, configured: "${DATABASE_URL}" },
    server,
    database,
    lockDatabase: "postgres",
    canRename: true,
    options: { variables, scratch: null, mayLack: [], lockDatabase: null, lockTimeoutMs: 5_000, ...given },
  };
  const connection = await connectTo(place, { application: `belay-${RUN}` });
  const started: StartedProcess[] = [];
  return {
    place,
    started,
    source: {
      place,
      connection,
      engineVersion: "PostgreSQL",
      identity: await readIdentity(connection),
      scope: { schemas: null },
      recordProcess: async (process) => void started.push(process),
      signal,
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
