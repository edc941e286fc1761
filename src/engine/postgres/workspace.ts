import type { Target } from "../../domain/target.ts";
import type { BackupRequest, BackupTaken, Workspace, WorkOptions } from "../workspace.ts";
import { takeBackup, type BackupSource } from "./backup.ts";
import { namingBlockers } from "./blockers.ts";
import type { Connection } from "./connection.ts";
import type { Content } from "./content.ts";
import { openCopy } from "./copies.ts";
import { readIdentity } from "./identity.ts";
import { makeMarkOfCopy } from "./later-writes.ts";
import { refuseStandby } from "./locate.ts";
import { Onlooker } from "./onlooker.ts";
import { applicationOf, endSession } from "./orphans.ts";
import { patiently } from "./patiently.ts";
import type { Place } from "./place.ts";
import { Presence } from "./presence.ts";
import { versionOf } from "./read-view.ts";
import { Reconnecting } from "./reconnecting.ts";
import { settingsSql } from "./server.ts";
import { Line, writingSession, type WriterOptions } from "./session.ts";
import { underLock } from "./under-lock.ts";
import { WorkspacePart } from "./workspace-part.ts";

/** What a workspace has of the lock that it hangs off. */
export interface WorkspaceOwner {
  readonly fence: WriterOptions["fence"];
  readonly lockBroken: () => AbortSignal;
}

/** The target, open for one run: a session that writes for tools, one for Belay's own questions, and one beside the target that looks on. */
export async function openWorkspace(place: Place, owner: WorkspaceOwner, options: WorkOptions): Promise<Workspace> {
  const { run, signal, recordProcess } = options;
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
  const presence = opening.use(new Presence(new Onlooker(place, application, beside.get, control.get), owner.lockBroken));
  const line = new Line();
  const sessionOf = ({ tenant }: Target) =>
    writingSession(
      writer.get,
      { ...writerOptions(place, owner, beside.get), ...(tenant === undefined ? {} : { searchPath: tenant.searchPath }) },
      line,
    );
  const shared = { place, options, engineVersion, control: control.get, presence, known: new Map<string, Content["fingerprints"]>() };
  const partOf = (target: Target) => new WorkspacePart(shared, target, sessionOf(target));
  const whole = partOf(target);
  const tenants = new Map<Target, WorkspacePart>();
  const closing = opening.move();
  return {
    ...whole.workspace,
    async backup<T>(backup: BackupRequest<T>): Promise<BackupTaken<T>> {
      const parts = tenants.size === 0 ? [whole] : [...tenants.values()];
      for (const part of parts) await part.beforeBackup();
      whole.before = await whole.workspace.schema();
      const identity = await readIdentity(await control.get());
      // a template clone is made of a database that nobody else is connected to
      await writer.letGo();
      const proven: BackupSource["proven"] = (clone, fingerprints) => void shared.known.set(clone.place, fingerprints);
      const { scope } = whole;
      const source = { place, connection: await control.get(), scope, engineVersion, identity, recordProcess, proven, signal };
      const taken = await takeBackup(source, {
        ...backup,
        observe: async (session, tenant) => {
          for (const [seen, part] of tenants) part.before = await tenant(seen).schema();
          return backup.observe(session, tenant);
        },
      });
      await presence.begin();
      for (const part of parts) await part.begin();
      if (taken.clone === null || tenants.size > 0) return taken;
      await using clone = await openCopy(place, taken.clone, application);
      const rows = new Map(taken.tables.map(({ name, rows }) => [name, rows]));
      return { ...taken, cloneMark: await makeMarkOfCopy(clone, whole.replaced, rows) };
    },
    tenant(tenant) {
      const part = tenants.get(tenant) ?? partOf(tenant);
      tenants.set(tenant, part);
      return { ...part.workspace, backup: noBackupOfItsOwn, tenant: noBackupOfItsOwn, [Symbol.asyncDispose]: () => Promise.resolve() };
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

function noBackupOfItsOwn(): never {
  throw new Error("a tenant has its database's backup, and no tenants of its own");
}

function writerOptions(place: Place, owner: WorkspaceOwner, beside: () => Promise<Connection>): WriterOptions {
  return {
    fence: owner.fence,
    around: (connection, work) => underLock(connection, owner.lockBroken(), () => namingBlockers(connection.pid, beside, work)),
    lockTimeoutMs: place.options.lockTimeoutMs,
    restore: (connection) =>
      connection.run(`reset session authorization; reset role; reset all; ${settingsSql({ searchPath: "own" })}; ${lockTimeout(place)}`),
  };
}

function lockTimeout({ options }: Place): string {
  return `set lock_timeout = ${options.lockTimeoutMs}`;
}

async function connectWriter(place: Place, request: { readonly application: string; readonly signal?: AbortSignal }): Promise<Connection> {
  const { server, database } = place;
  const connection = await patiently(server, () => server.connect({ ...request, database, searchPath: "own" }));
  try {
    await connection.run(lockTimeout(place));
  } catch (error) {
    await connection[Symbol.asyncDispose](); // an interruption in between: one that nobody knows of would keep Belay from ending
    throw error;
  }
  return connection;
}
