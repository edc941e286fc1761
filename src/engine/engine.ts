/**
 * What an engine is. Two roles: `Engine` looks, and gives out the lock; `Hold` is the lock, and everything that changes a target
 * hangs off it. Both engines have the same files, one per idea; what differs between them is `EngineAbilities`, never a question
 * for the engine's name.
 *
 * Failures are BelayErrors. Kind `refused` where the target cannot be used as it is and nothing was changed, `failed` otherwise.
 */

import type { Manifest, ManifestTable, BackupFile, Proof } from "../domain/backup.ts";
import type { JsonValue } from "../domain/canonical-json.ts";
import type { DataComparison } from "../domain/data.ts";
import type { LaterWrites } from "../domain/result.ts";
import type { AsideKind, RunId } from "../domain/run-id.ts";
import type { SchemaSnapshot } from "../domain/schema.ts";
import type { Session } from "../domain/session.ts";
import type { StateRow } from "../domain/state.ts";
import type { StartedProcess } from "../domain/started-process.ts";
import type { EngineName, Identity, Target } from "../domain/target.ts";
import type { Store } from "../store/store.ts";
import type { EngineAbilities } from "./abilities.ts";

export interface Engine {
  readonly name: EngineName;
  readonly abilities: EngineAbilities;

  /**
   * Looks at a target through a session that cannot write; leaves no file behind. Refuses with `target-missing`, `target-unreadable`,
   * `target-not-a-database`, `target-truncated`, `target-locked` (naming the holder where the system tells). May be repeated.
   */
  open(target: Target): Promise<ReadView>;

  /**
   * A session for questions that are not Belay's own: it cannot write, and however long one takes, signals are heard meanwhile. A query
   * that nobody waits for any more is ended with the next one, and when the reader is closed. Refuses as `open` does.
   */
  reader(target: Target, options: ReaderOptions): Promise<Reader>;

  /**
   * Everything that would stop a run of this target and can be seen without an effect: rights to write here and beside it, room for
   * the copies that it needs. Refuses with `target-read-only`, `no-space` …; returns what a person should know.
   */
  preflight(target: Target, needs: RunNeeds): Promise<Foreseen>;

  /** What a person should know of a target before relying on it. Changes nothing, and refuses as `open` does. */
  inspect(target: Target): Promise<Inspection>;

  /** Where backups go when belay.yml names no store: an absolute directory, or null where the engine has no such place. */
  defaultStore(target: Target): string | null;

  /**
   * Takes the target's lock, waiting at most `waitMs`. Refuses with `locked`, naming the holder where the system tells. The lock is
   * freed by `close` and when this process dies. Changes nothing in the target itself.
   */
  hold(target: Target, waitMs: number): Promise<Hold>;

  /** Does somebody hold the lock? Takes none, refuses nobody. */
  probe(target: Target): Promise<LockProbe>;

  /** The state row, without the lock; undefined where no run ever came by. */
  readState(target: Target): Promise<StateRow | undefined>;

  /** As `Hold.laterWrites`, without the lock: for whoever only wants to know. */
  laterWrites(target: Target, mark: JsonValue): Promise<readonly LaterWrites[] | null>;

  /** Names of the schemas in which a database has people's own objects, in their order; empty where the engine has none (`abilities.schemas`). */
  schemas(target: Target): Promise<readonly string[]>;

  /** Restores a backup into an empty place: a fresh file, an empty database. Refuses `restore-target-not-empty`; leaves nothing behind when it fails. */
  restoreInto(into: Target, store: Store, folder: string, manifest: Manifest): Promise<void>;
}

/** What a run will ask of a target's surroundings. */
export interface RunNeeds {
  /** How many further copies have to have room beside the target. */
  readonly copies: number;
  readonly proof: "restore" | "read";
  /** Nothing takes the target's place by itself, however the run ends: then it need not be possible. */
  readonly staysInPlace?: boolean;
  /** Tenants of the target that are to be changed, each of which has to be able to go back alone. */
  readonly tenants?: readonly Target[];
}

export interface Foreseen {
  /** What the run needs of the disk, where nobody can be asked what is free; null: it is known that there is room. */
  readonly room: string | null;
  /** What a missing right, or something that hangs on the target, costs this run: each in a sentence. */
  readonly costs: readonly string[];
  /** What else a person should know beforehand, each in a sentence. */
  readonly remarks: readonly string[];
}

export interface Inspection {
  /** In a few words each: `WAL mode`. */
  readonly facts: readonly string[];
  /** What may do harm, and what to do about it. */
  readonly warnings: readonly { readonly message: string; readonly hint: string }[];
  /** Why a rollback could not be a swap, however quiet the target is; null: nothing speaks against it. */
  readonly swapObstacle: string | null;
  /** Why no copy could take the target's place in any way, however quiet it is; null: nothing speaks against it. */
  readonly noWayBack: string | null;
  /** Who has the target open now: `pid 4711 (python3)`. */
  readonly holders: readonly string[];
}

export interface LockProbe {
  readonly held: boolean;
  /** `pid 4711 (node)`, where the system tells. */
  readonly holder: string | null;
}

/** A look at a target. Nothing that goes through it can write. */
export interface ReadView extends AsyncDisposable {
  readonly session: Session;
  /** `SQLite 3.54.1`, for manifests and people. */
  readonly engineVersion: string;
  readonly sizeBytes: number;
  identity(): Promise<Identity>;
  schema(): Promise<SchemaSnapshot>;
  /** Why no copy of the target can be made beside it, whatever room there is; null: nothing speaks against it. */
  copyObstacle(): Promise<string | null>;
  /** As `Engine.readState`, through the same look. */
  state(): Promise<StateRow | undefined>;
  /** The same look at one tenant of the target, through the same sessions; it ends with this one. */
  tenant(tenant: Target): Omit<ReadView, typeof Symbol.asyncDispose>;
}

/** The lock of one target. */
export interface Hold extends AsyncDisposable {
  /**
   * One tenant of the target under the same lock, with the same fence and row: it is compared and put back alone, while the others stay
   * as they are. It ends with this hold; disposing of it does nothing.
   */
  tenant(tenant: Target): Hold;
  /** The hold of the whole database: the one that gave out this tenant's, else this one itself. */
  readonly database: Hold;
  readonly target: Target;
  /** This holder's fence: one more than the last holder's. */
  readonly fence: number;
  /** The row as the last run left it. */
  readonly state: StateRow | undefined;
  /** Writes the state row, durably. Throws `lock-lost` when the row carries another fence by now. */
  writeState(row: Omit<StateRow, "fence">): Promise<void>;
  /** Throws `lock-lost` unless the row still carries this holder's fence. To be asked before each effect. */
  assertOwner(): Promise<void>;
  /** Opens the target for work. At most one at a time; to be closed before the target is rolled back or the application starts. */
  work(options: WorkOptions): Promise<Workspace>;
  /** What lies beside the target from this and earlier runs. */
  copies(): Promise<readonly Copy[]>;
  /** Drops a copy. Refuses to drop the target. May be repeated. */
  discard(copy: Copy): Promise<void>;
  /**
   * Brings a backup back beside the target: every file checked against the manifest (`backup-damaged`, naming the file), restored, rows
   * counted. Where nothing can be made beside it, the copy stands for the backup as it lies in its store, every byte checked.
   */
  restoreAside(store: Store, folder: string, manifest: Manifest, run: RunId, watch?: RestoreWatch): Promise<Copy>;
  /**
   * Decides how a copy could take the target's place, and says it in full before anything happens: what each name will point to.
   * Changes nothing. The intent is journaled, then carried out.
   */
  planReplacement(copy: Copy, run: RunId): Promise<ReplacementIntent>;
  /**
   * Carries out an intent, wherever an earlier attempt was cut off: looks what is done, does the rest. The replaced database is kept
   * as `intent.keepAs` and never lost. Throws `target-busy` when somebody came in between; the target is then what it was. `store`: where
   * the backups lie, of which one may be what the intent is from.
   */
  replace(intent: ReplacementIntent, store?: Store): Promise<void>;
  /**
   * Compares the target, as it lies there, with a copy or with a backup of the store. The target must have no workspace open. An engine
   * that sees both to be the same without looking at rows names no tables.
   */
  compareWith(reference: ComparisonReference, watch?: Supervision): Promise<ComparedWhole>;
  /** What was written since a mark; null where that cannot be told. A table that cannot be counted has null numbers. */
  laterWrites(mark: JsonValue): Promise<readonly LaterWrites[] | null>;
}

export interface WorkOptions {
  readonly run: RunId;
  /** A process that works for the run, to be recorded before it does anything. */
  readonly recordProcess: (started: StartedProcess) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** How work outside of a workspace is watched over. Where the lock is lost, what works for it is ended in any case. */
export interface Supervision {
  /** As for a workspace; absent where there is no run that could be taken over. */
  readonly recordProcess?: (started: StartedProcess) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface RestoreWatch extends Supervision {
  readonly progress?: CopyProgress;
}

export interface ReaderOptions {
  /** A process that reads for the run, to be recorded before it does anything; absent where there is no run yet. */
  readonly recordProcess?: (started: StartedProcess) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Questions to a target, outside of the workspace's connection: what they do or how long they take, it is not touched. */
export interface Reader extends AsyncDisposable {
  readonly session: Session;
}

/** The target, open for one run, on one connection from before-state to after-state. */
export interface Workspace extends AsyncDisposable {
  /** The connection that a tool uses. */
  readonly session: Session;
  readonly engineVersion: string;
  identity(): Promise<Identity>;
  schema(): Promise<SchemaSnapshot>;
  /** Before-state, backup, proof and clone, all from one snapshot. What it wrote is removed when it throws. */
  backup<T>(request: BackupRequest<T>): Promise<BackupTaken<T>>;
  /** The rows now, against the before-copy that `backup` made (or that `reference` names). */
  compare(reference: ComparisonReference): Promise<DataComparison>;
  /** null when nobody but this workspace, and what was watched, wrote since `backup`; else who or how that is known. */
  disturbance(): Promise<string | null>;
  /**
   * Does work that writes to the target through connections of its own, from the process groups `ours`, and looks out for anybody else
   * meanwhile; what the work wrote is no disturbance. Throws what the work throws.
   */
  watch(ours: () => readonly number[], work: () => Promise<void>): Promise<void>;
  /** False: for certain nothing was written since `backup` but through this workspace's session. */
  written(): Promise<boolean>;
  /** Remembers the data as they are now, so that later writes can be counted. Durable; the value goes into the journal. */
  mark(run: RunId): Promise<JsonValue>;
  /**
   * One tenant of the target on the same connections, asked for before `backup`: its session sees its schema first, and what it compares,
   * marks and finds written is its own. It ends with this workspace; disposing of it does nothing. Its `backup` is its database's: it
   * always throws.
   */
  tenant(tenant: Target): Workspace;
}

/** A tenant on the snapshot that its database's backup is taken from. */
export interface TenantSnapshot {
  readonly session: Session;
  schema(): Promise<SchemaSnapshot>;
}

export interface BackupRequest<T> {
  readonly run: RunId;
  /**
   * Where the durable backup goes; null where one was taken earlier. Then the clone is made straight from the snapshot and compared with
   * it, `clone` has to be true, and `files` come out empty.
   */
  readonly into: BackupDestination | null;
  readonly proof: "restore" | "read";
  /** Keep the restored copy (or make one) beside the target, ready to take its place. */
  readonly clone: boolean;
  /** Runs on the same snapshot as the backup: checks before, values for `unchanged`, the pending list. */
  readonly observe: (session: Session, tenant: (tenant: Target) => TenantSnapshot) => Promise<T>;
  readonly progress?: CopyProgress;
}

export interface BackupDestination {
  readonly store: Store;
  /** The backup's folder in the store: `<environment>/<target>/<backup id>`. */
  readonly folder: string;
}

export type CopyProgress = (doneBytes: number, totalBytes: number) => void;

export interface BackupTaken<T> {
  readonly observed: T;
  readonly schema: SchemaSnapshot;
  readonly tables: readonly ManifestTable[];
  readonly sequences: Readonly<Record<string, string>>;
  readonly files: readonly BackupFile[];
  readonly proof: Proof;
  readonly clone: Copy | null;
  /** As `mark`, of the clone; it tells as soon as that has taken the target's place. Absent without a clone, and where marks last. */
  readonly cloneMark?: JsonValue;
  readonly engineVersion: string;
  readonly toolVersions: Readonly<Record<string, string>>;
  /** How the files lie in the store, before it encrypts them. */
  readonly compression: Manifest["compression"];
  readonly lacks: readonly string[];
  /** Command lines that restore it without Belay, for the manifest. */
  readonly restore: readonly string[];
  readonly engineFacts: Readonly<Record<string, JsonValue>>;
  readonly identity: Identity;
}

/** A database that lies beside the target: a file, a database, a schema. */
export interface Copy {
  readonly kind: AsideKind;
  /** Path or name. */
  readonly place: string;
  /** The last ten characters of the run that made it. */
  readonly runSuffix: string;
  readonly sizeBytes: number;
  readonly madeAt: string;
  /** What of the target's own settings it could not be given, each in a sentence; absent: nothing. */
  readonly lacks?: readonly string[];
  /** What tells that it is still the copy that was proven; null where it was not made by this code path. */
  readonly evidence: JsonValue;
}

export type ComparisonReference =
  | { readonly copy: Copy }
  | { readonly backup: { readonly store: Store; readonly folder: string; readonly manifest: Manifest } };

export interface ComparedWhole {
  readonly data: DataComparison;
  /** But for what the reference was known to lack, and the target has. */
  readonly sameSchema: boolean;
  /** What both lack: a backup could hold it, and no copy of it. Each in a sentence. */
  readonly missing: readonly string[];
}

export interface ReplacementIntent {
  /** `swap`: by a rename, in milliseconds. `restore`: the data are copied back. */
  readonly strategy: "swap" | "restore";
  /** `in-place`, `database`, `schemas`; null for a swap. */
  readonly way: string | null;
  /** Why this and not the faster one. */
  readonly why: string;
  readonly keepAs: string;
  readonly from: Copy;
  /** What each name points to before and after, in the engine's own terms. */
  readonly names: JsonValue;
}
