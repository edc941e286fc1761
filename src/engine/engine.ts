/**
 * What an engine is. Two roles: `Engine` looks, and gives out the lock; `Hold` is the lock, and everything that changes a target
 * hangs off it. Both engines have the same files, one per idea; what differs between them is `EngineAbilities`, never a question
 * for the engine's name.
 *
 * Failures are BelayErrors. Kind `refused` where the target cannot be used as it is and nothing was changed, `failed` otherwise.
 */

import type { Manifest } from "../domain/backup.ts";
import type { JsonValue } from "../domain/canonical-json.ts";
import type { LaterWrites } from "../domain/result.ts";
import type { SchemaSnapshot } from "../domain/schema.ts";
import type { Session } from "../domain/session.ts";
import type { StartedProcess } from "../domain/started-process.ts";
import type { StateRow } from "../domain/state.ts";
import type { EngineName, Identity, Target } from "../domain/target.ts";
import type { Store } from "../store/store.ts";
import type { EngineAbilities } from "./abilities.ts";
import type { Hold } from "./hold.ts";

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

export interface ReaderOptions {
  /** A process that reads for the run, to be recorded before it does anything; absent where there is no run yet. */
  readonly recordProcess?: (started: StartedProcess) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Questions to a target, outside of the workspace's connection: what they do or how long they take, it is not touched. */
export interface Reader extends AsyncDisposable {
  readonly session: Session;
}
