/**
 * Before-state, backup, proof and clone. What is observed, what is dumped and what the proof is held against are one snapshot, whoever
 * writes meanwhile; what is proven are the bytes that lie in the store.
 */

import type { BackupFile } from "../../domain/backup.ts";
import type { SchemaSnapshot } from "../../domain/schema.ts";
import type { Identity } from "../../domain/target.ts";
import { together } from "../../process/together.ts";
import type { Copy } from "../hold.ts";
import type { BackupDestination, BackupRequest, BackupTaken } from "../workspace.ts";
import { acceptedLacks, type Lacks } from "./accepted-lacks.ts";
import { cloneOf } from "./clone-of-snapshot.ts";
import type { Connection } from "./connection.ts";
import { manifestTables, readContent, WHOLE, type Content } from "./content.ts";
import { readDatabaseSettings, type DatabaseSettings } from "./database-settings.ts";
import { dumpInto } from "./dump.ts";
import { manifestFacts, restoreCommands } from "./manifest.ts";
import { observingSession } from "./observer.ts";
import type { RecordProcess } from "./options.ts";
import type { Place } from "./place.ts";
import type { ProgramCall } from "./program-call.ts";
import { findPrograms, type Programs } from "./programs.ts";
import { proveByReading, readParts, type Parts } from "./prove-read.ts";
import { proveByRestoring, type Proven } from "./prove-restored.ts";
import { readSchema } from "./schema.ts";
import type { Scope } from "./scope.ts";
import { scopeOf } from "./scope-of.ts";
import { disposeQuietly } from "./scratch.ts";
import { readSequences } from "./sequences.ts";
import { storedFacts } from "./stored-facts.ts";
import { storeVariables } from "./settings-file.ts";
import { openSnapshot, type Snapshot } from "./snapshot.ts";
import { boundaryOf } from "./unwritten.ts";

export interface BackupSource {
  readonly place: Place;
  /** The workspace's own session, outside of a transaction: the only one that may stay while the server clones the target. */
  readonly connection: Connection;
  readonly engineVersion: string;
  readonly identity: Identity;
  /** What of the database is the target's. The backup holds all of it. */
  readonly scope: Scope;
  readonly recordProcess: RecordProcess;
  /** Told what a clone was proven to hold. */
  readonly proven?: (clone: Copy, fingerprints: Content["fingerprints"]) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What was seen of the snapshot, and where else everything stood when it had been read. */
export interface BeforeState {
  readonly content: Content;
  readonly parts: Parts;
  /** As `boundaryOf` tells it. */
  readonly boundary: string | null;
  readonly settings: DatabaseSettings;
  readonly sequencesAfter: Readonly<Record<string, string>>;
}

/** All that an act of a backup needs. */
export interface BackupWork {
  readonly source: BackupSource;
  readonly programs: Programs;
  readonly call: ProgramCall;
  readonly lacks: Lacks;
}

/** Nothing that it wrote is left where it throws. */
export async function takeBackup<T>(source: BackupSource, request: BackupRequest<T>): Promise<BackupTaken<T>> {
  if (request.into === null && !request.clone) throw new Error("neither a backup nor a clone is asked for");
  try {
    return await backUp(await prepare(source, request), request);
  } catch (error) {
    await disposeQuietly({ [Symbol.asyncDispose]: async () => request.into?.store.remove(request.into.folder) });
    throw error;
  }
}

async function prepare(source: BackupSource, { run, proof, into }: BackupRequest<unknown>): Promise<BackupWork> {
  const { place, connection } = source;
  return {
    source,
    programs: await findPrograms(Math.floor(connection.serverVersion / 10_000), place.options.variables),
    lacks: await acceptedLacks(source, proof === "restore" && into !== null),
    call: {
      server: place.server,
      database: place.database,
      application: `belay-${run}`,
      variables: place.options.variables,
      record: source.recordProcess,
      signal: source.signal,
    },
  };
}

async function backUp<T>(work: BackupWork, request: BackupRequest<T>): Promise<BackupTaken<T>> {
  const { source, programs } = work;
  const size = await sizeOf(source.connection);
  const halves = progressOf(request, size);
  const { observed, schema, before, files } = await fromSnapshot(work, request, halves.first);
  const { proof, clone, lacks } = await prove(work, request, before, files, halves.second);
  if (clone !== null) source.proven?.(clone, before.content.fingerprints);
  return {
    observed,
    schema,
    tables: manifestTables(before.content),
    sequences: before.content.sequences,
    files,
    proof,
    clone,
    engineVersion: source.engineVersion,
    toolVersions: request.into === null ? {} : { pg_dump: programs.version },
    compression: "zstd",
    lacks: [...work.lacks.described, ...lacks],
    restore: restoreCommands(source.place.database, before.settings, request.into?.store.encryption ?? "none"),
    engineFacts: {
      ...(await manifestFacts(source.connection, before.settings, work.lacks)),
      ...(await storedFacts(source.connection, schema, before.content)),
    },
    identity: source.identity,
  };
}

interface Seen<T> {
  readonly observed: T;
  readonly schema: SchemaSnapshot;
  readonly before: BeforeState;
  readonly files: readonly BackupFile[];
}

/** Everything that needs the snapshot; it ends with this, and with it the last session that would keep the target from being cloned. */
async function fromSnapshot<T>(work: BackupWork, request: BackupRequest<T>, told: Told): Promise<Seen<T>> {
  const { source, call } = work;
  await using snapshot = await openSnapshot(call.server, { database: call.database, application: call.application, ...signalOf(source) });
  const observer = await snapshot.connect({ searchPath: "own" });
  const observed = await request.observe(observingSession(observer), (tenant) => ({
    session: observingSession(observer, tenant.tenant?.searchPath),
    schema: () => readSchema(observer, scopeOf(tenant)),
  }));
  const [files, seen] = await together<[readonly BackupFile[], Omit<Seen<T>, "observed" | "files">]>(source.signal, (signal) => [
    request.into === null ? Promise.resolve([]) : dumpedFile(request.into, { ...work, call: { ...call, signal } }, snapshot, told),
    snapshot.connect({ signal }).then((reader) => look(reader, source)),
  ]);
  // after the dump, which reads sequences as they stand, whatever the snapshot is
  const sequencesAfter = await readSequences(await snapshot.connect(), WHOLE);
  const settingsFile = request.into === null ? [] : await storeVariables(request.into, seen.before.settings);
  return { ...seen, observed, files: [...files, ...settingsFile], before: { ...seen.before, sequencesAfter } };
}

async function look(connection: Connection, { scope }: BackupSource): Promise<{ schema: SchemaSnapshot; before: BeforeState }> {
  const schema = await readSchema(connection, scope);
  const settings = await readDatabaseSettings(connection);
  const parts = await readParts(connection);
  const boundary = await boundaryOf(connection);
  return { schema, before: { content: await readContent(connection), parts, boundary, settings, sequencesAfter: {} } };
}

async function dumpedFile(into: BackupDestination, work: BackupWork, { id }: Snapshot, told: Told): Promise<readonly BackupFile[]> {
  return [await dumpInto(into, work.programs, work.call, id, { sizeBytes: await sizeOf(work.source.connection), told })];
}

async function prove(
  work: BackupWork,
  { into, proof, clone, run }: BackupRequest<unknown>,
  before: BeforeState,
  [file]: readonly BackupFile[],
  told: Told,
): Promise<Proven> {
  const cloned = () => cloneOf(work, run, before);
  if (into === null || file === undefined) return { proof: "restored", ...(await cloned()) };
  const stored = () => into.store.get(`${into.folder}/${file.name}`, file);
  if (proof === "read") {
    await proveByReading(work, stored, before, told);
    return { proof: "read", lacks: [], clone: null, ...(clone ? await cloned() : {}) };
  }
  const restoredBeside = clone && work.source.place.options.scratch === null;
  const proven = await proveByRestoring(work, run, stored, before, restoredBeside ? "clone" : "scratch", told);
  return clone && !restoredBeside ? { ...proven, ...(await cloned()) } : proven;
}

export type Told = (bytes: number) => void;

/** A dump and its proof are about as long, and each handles about as many bytes as the database has. */
function progressOf({ progress }: BackupRequest<unknown>, size: number): { readonly first: Told; readonly second: Told } {
  const tell = (from: number) => (bytes: number) => progress?.(from + Math.min(bytes, size), 2 * size);
  return { first: tell(0), second: tell(size) };
}

async function sizeOf(connection: Connection): Promise<number> {
  const [row] = await connection.rows("select pg_catalog.pg_database_size(pg_catalog.current_database())::text");
  return Number(row?.[0] ?? 0);
}

function signalOf({ signal }: BackupSource): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
