/** A target that is open for one run: its before-state, its backup, what it is after the work. */

import type { BackupFile, Manifest, ManifestTable, Proof } from "../domain/backup.ts";
import type { JsonValue } from "../domain/canonical-json.ts";
import type { DataComparison } from "../domain/data.ts";
import type { RunId } from "../domain/run-id.ts";
import type { SchemaSnapshot } from "../domain/schema.ts";
import type { Session } from "../domain/session.ts";
import type { StartedProcess } from "../domain/started-process.ts";
import type { Identity, Target } from "../domain/target.ts";
import type { Store } from "../store/store.ts";
import type { ComparisonReference, Copy, CopyProgress } from "./hold.ts";

export interface WorkOptions {
  readonly run: RunId;
  /** A process that works for the run, to be recorded before it does anything. */
  readonly recordProcess: (started: StartedProcess) => Promise<void>;
  readonly signal?: AbortSignal;
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
