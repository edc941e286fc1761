/** The lock of a target, and all that may be done to it under that lock: copies beside it, and one of them put in its place. */

import type { Manifest } from "../domain/backup.ts";
import type { JsonValue } from "../domain/canonical-json.ts";
import type { DataComparison } from "../domain/data.ts";
import type { LaterWrites } from "../domain/result.ts";
import type { AsideKind, RunId } from "../domain/run-id.ts";
import type { StartedProcess } from "../domain/started-process.ts";
import type { StateRow } from "../domain/state.ts";
import type { Target } from "../domain/target.ts";
import type { Store } from "../store/store.ts";
import type { WorkOptions, Workspace } from "./workspace.ts";

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

/** How work outside of a workspace is watched over. Where the lock is lost, what works for it is ended in any case. */
export interface Supervision {
  /** As for a workspace; absent where there is no run that could be taken over. */
  readonly recordProcess?: (started: StartedProcess) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface RestoreWatch extends Supervision {
  readonly progress?: CopyProgress;
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
  /** Each by itself, where what is kept has several names. */
  readonly keeps?: readonly string[];
  readonly from: Copy;
  /** What each name points to before and after, in the engine's own terms. */
  readonly names: JsonValue;
}

export type CopyProgress = (doneBytes: number, totalBytes: number) => void;
