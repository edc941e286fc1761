import type { AppliedMigration, Finding, Migration } from "../domain/migration.ts";
import type { Reason } from "../domain/error.ts";
import type { Session } from "../domain/session.ts";
import type { StartedProcess } from "../domain/started-process.ts";

/** What a migration tool can do; data, so that nobody asks for its name. */
export interface ToolAbilities {
  /** It writes through Belay's own session: later foreign writes are then seen exactly. */
  readonly writesThroughSession: boolean;
  /** Each migration is atomic together with its record. */
  readonly atomicMigrations: boolean;
  readonly revert: boolean;
  readonly toVersion: boolean;
}

export interface ToolState {
  /** In the order of application. */
  readonly applied: readonly string[];
  /** In the order in which they would be applied. */
  readonly pending: readonly Migration[];
  /** Applied, but without a file. */
  readonly withoutFile: readonly string[];
  /** Why nothing may be applied as it stands (a changed file, two with one id …), each with what to do. Empty: all is well. */
  readonly obstacles: readonly Reason[];
  readonly findings: readonly Finding[];
}

export interface ApplyRequest {
  readonly session: Session;
  /** Exactly these, in this order, as `state` gave them: a file that changed since is refused (`plan-changed`). */
  readonly migrations: readonly Migration[];
  readonly run: string;
  /** What every command of the run is told, `BELAY_RUN` and the commits; absent: nothing. */
  readonly told?: Readonly<Record<string, string>>;
  /** Called after each migration is committed. */
  readonly applied: (migration: AppliedMigration) => void;
  /** Called with what the tool prints. */
  readonly output: (stream: "stdout" | "stderr", text: string) => void;
  /** Aborts the work: the tool ends what it started and throws `interrupted` or `timeout`. */
  readonly signal: AbortSignal;
  /** Told every process group that the tool starts, before it does anything: whoever takes over the run ends it. */
  readonly recordProcess: (started: StartedProcess) => Promise<void>;
}

export interface RevertRequest {
  readonly session: Session;
  readonly run: string;
  readonly told?: Readonly<Record<string, string>>;
  /** The last ones applied, however many; reverted from the last to the first. */
  readonly ids: readonly string[];
  /** Called after each migration is taken back and that is committed. */
  readonly reverted: (migration: AppliedMigration) => void;
  /** Called with what the tool prints. */
  readonly output: (stream: "stdout" | "stderr", text: string) => void;
  /** Aborts the work: the tool ends what it started and throws `interrupted` or `timeout`. */
  readonly signal: AbortSignal;
  /** Told every process group that the tool starts, before it does anything: whoever takes over the run ends it. */
  readonly recordProcess: (started: StartedProcess) => Promise<void>;
}

export interface TenantsOfTool {
  /** The schema that all share, migrated before any other. */
  readonly shared: string;
  /** A query whose first column names the schemas of all tenants, the shared one perhaps among them. */
  readonly sql: string;
}

/** What applies migrations. One instance serves one target of one run. */
export interface MigrationTool {
  readonly name: string;
  readonly abilities: ToolAbilities;
  /** Tables in which it keeps what is applied, without their schemas, but for Belay's own: they are no data of the application's. */
  readonly records: readonly string[];
  /** Which schemas of the database are tenants, where the tool's own settings tell. Changes nothing. Left out: they do not. */
  tenants?(session: Session): Promise<TenantsOfTool>;
  /** SHA-256 over what configures the tool, so that a plan notices when that changes. */
  configDigest(): Promise<string>;
  /** Reads what is applied and what is pending. Changes nothing. May be repeated. */
  state(session: Session): Promise<ToolState>;
  /**
   * Applies migrations in order and stops at the first that fails, by throwing; those before it stay applied.
   * Errors carry `facts`: `migration`, and where the tool knows them `file`, `line`, `statement`.
   */
  apply(request: ApplyRequest): Promise<void>;
  /**
   * Takes applied migrations back by the tool's own way, and stops at the first that fails, by throwing. Nothing is done before all
   * of them are known to have a way back (`not-reversible`, naming those that have none) and to be the last ones applied
   * (`not-last-applied`). Always throws where the ability `revert` is false. Errors as those of `apply`.
   */
  revert(request: RevertRequest): Promise<void>;
}
