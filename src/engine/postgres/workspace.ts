import type { JsonValue } from "../../domain/canonical-json.ts";
import type { BackupRequest, BackupTaken, Workspace, WorkOptions } from "../engine.ts";
import { takeBackup, type BackupSource } from "./backup.ts";
import { namingBlockers } from "./blockers.ts";
import { compareDatabases } from "./compare.ts";
import { compareWithStored } from "./compare-stored.ts";
import { openCopy } from "./copies.ts";
import { obstacleToCopies } from "./rights.ts";
import { inCopy } from "./reference.ts";
import type { Connection } from "./connection.ts";
import type { Content } from "./content.ts";
import { Disturbance } from "./disturbance.ts";
import { readIdentity } from "./identity.ts";
import { makeMark, makeMarkOfCopy } from "./later-writes.ts";
import { refuseStandby } from "./locate.ts";
import { Onlooker } from "./onlooker.ts";
import { applicationOf, endSession } from "./orphans.ts";
import { patiently } from "./patiently.ts";
import type { Place } from "./place.ts";
import { versionOf } from "./read-view.ts";
import { Reconnecting } from "./reconnecting.ts";
import { readSchema } from "./schema.ts";
import { scopeOf } from "./scope-of.ts";
import { settingsSql } from "./server.ts";
import { underLock } from "./under-lock.ts";
import { writingSession, type WriterOptions } from "./session.ts";

/** What a workspace has of the lock that it hangs off. */
export interface WorkspaceOwner {
  readonly fence: WriterOptions["fence"];
  readonly lockBroken: () => AbortSignal;
}

/** The target, open for one run: a session that writes for tools, one for Belay's own questions, and one beside the target that looks on. */
export async function openWorkspace(place: Place, owner: WorkspaceOwner, options: WorkOptions): Promise<Workspace> {
  const { run, signal } = options;
  const application = applicationOf(run);
  const request = { application, ...(signal === undefined ? {} : { signal }) };
  const { server, database, lockDatabase, target } = place;
  await using opening = new AsyncDisposableStack();
  const beside = opening.use(new Reconnecting(() => patiently(server, () => server.connect({ application, database: lockDatabase }))));
  const control = opening.use(new Reconnecting(() => patiently(server, () => server.connect({ ...request, database }))));
  const writer = opening.use(
    new Reconnecting(async (lost) => {
      // as long as the old session lives, nobody knows what it still does
      if (lost !== null) await endSession(await beside.get(), lost.pid, run);
      return connectWriter(place, request);
    }),
  );
  await refuseStandby(await control.get());
  const engineVersion = versionOf(await control.get());
  const scope = scopeOf(target);
  const onlooker = new Onlooker(place, application, beside.get, control.get);
  const disturbance = opening.use(new Disturbance({ onlooker, control: control.get, scope, lockBroken: owner.lockBroken }));
  const session = writingSession(writer.get, {
    fence: owner.fence,
    around: (connection, work) => underLock(connection, owner.lockBroken(), () => namingBlockers(connection.pid, beside.get, work)),
    lockTimeoutMs: place.options.lockTimeoutMs,
    restore: (connection) =>
      connection.run(`reset session authorization; reset role; reset all; ${settingsSql({ searchPath: "own" })}; ${lockTimeout(place)}`),
  });
  /** What this workspace's clones hold, by their place: a clone that is sealed still need not be read again. */
  const known = new Map<string, Content["fingerprints"]>();
  const closing = opening.move();
  return {
    session,
    engineVersion,
    identity: async () => readIdentity(await control.get()),
    schema: async () => readSchema(await control.get(), scope),
    async backup<T>(backup: BackupRequest<T>): Promise<BackupTaken<T>> {
      const mark = await makeMark(await control.get(), scope);
      const identity = await readIdentity(await control.get());
      const schema = await readSchema(await control.get(), scope);
      // a template clone is made of a database that nobody else is connected to
      await writer.letGo();
      const { recordProcess } = options;
      const proven: BackupSource["proven"] = (clone, fingerprints) => void known.set(clone.place, fingerprints);
      const source = { place, connection: await control.get(), scope, engineVersion, identity, recordProcess, proven, signal };
      const taken = await takeBackup(source, backup);
      await disturbance.begin({ mark, schema });
      if (taken.clone === null) return taken;
      await using clone = await openCopy(place, taken.clone, application);
      const rows = new Map(taken.tables.map(({ name, rows }) => [name, rows]));
      return { ...taken, cloneMark: await makeMarkOfCopy(clone, scope, rows) };
    },
    compare: async (reference) => {
      const after = await control.get();
      if ("backup" in reference && (await obstacleToCopies(after)) !== null)
        return (await compareWithStored(after, reference.backup.manifest, scope)).data;
      return await inCopy(place, reference, { ...options, application }, async (before) =>
        compareDatabases(before, await control.get(), scope, "copy" in reference ? known.get(reference.copy.place) : undefined),
      );
    },
    disturbance: () => disturbance.find(),
    watch: (ours, work) => disturbance.watch(ours, work),
    written: () => disturbance.written(),
    mark: async (): Promise<JsonValue> => makeMark(await control.get(), scope),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

function lockTimeout({ options }: Place): string {
  return `set lock_timeout = ${options.lockTimeoutMs}`;
}

async function connectWriter(place: Place, request: { readonly application: string; readonly signal?: AbortSignal }): Promise<Connection> {
  const { server, database } = place;
  const connection = await patiently(server, () => server.connect({ ...request, database, searchPath: "own" }));
  await connection.run(lockTimeout(place));
  return connection;
}
