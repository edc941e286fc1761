import type { ApprovalRecord } from "./approval.ts";
import type { BackupSummary } from "./backup.ts";
import type { RowCounts } from "./data.ts";
import type { Reason } from "./error.ts";
import type { Delivery } from "./message.ts";
import type { AppliedMigration, Finding } from "./migration.ts";
import type { Outcome } from "./outcome.ts";
import type { StepName } from "./phase.ts";
import type { PolicyOrigin } from "./policy-origin.ts";
import type { SchemaDifference } from "./schema.ts";
import type { EngineName } from "./target.ts";

/** What every command yields: `--json`, the Action's `report` and the bot's events carry this shape. Fields may be added, none renamed. */
export interface Result {
  readonly belay: string;
  readonly run: string | null;
  readonly command: string;
  readonly environment: string | null;
  readonly outcome: Outcome;
  readonly digest: string | null;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly reasons: readonly Reason[];
  /** False for a run with `--no-verify`: what it did is recorded, and nothing was judged yet. Absent where there is nothing left to judge. */
  readonly verified?: false;
  readonly targets: readonly TargetResult[];
  /** `gate`: what belay.yml has people told in place of the command that applies what is missing. */
  readonly fixHint?: string;
  /** What only a person can check, printed as boxes after a run that ended well. */
  readonly checklist?: readonly string[];
  readonly runs?: readonly RunSummary[];
  readonly backups?: readonly BackupListing[];
  /** What `doctor` tried, or `init` recognised; in the order in which people read it. */
  readonly parts?: readonly PartResult[];
  /** Files that `init` wrote, relative to where Belay was started. */
  readonly files?: readonly string[];
  /** What to do next, each a sentence. */
  readonly next?: readonly string[];
  /** The commit that was deployed, where one is known. */
  readonly sha?: string;
  /** What a watch has seen; absent where nothing was watched. */
  readonly watch?: WatchResult;
  /** What became of messages to the receivers of `notify`; absent where there was none to send. */
  readonly messages?: readonly Delivery[];
  /** On GitHub: where the policy came from. */
  readonly policy?: PolicyOrigin;
  /** On GitHub, in a protected environment: who said yes. */
  readonly approval?: ApprovalRecord;
  /** After a run that went well, for environments that need this one: what was deployed, and what GitHub calls the environment. */
  readonly deployed?: { readonly githubEnvironment: string; readonly pendingDigest: string };
  /** `plan`: what must hold before this plan may run; empty where nothing more is asked for. */
  readonly requirements?: readonly Requirement[];
  /** `plan` of an environment that the default branch does not know yet: what Belay would do after the merge, each a line. */
  readonly welcome?: readonly string[];
}

export interface Requirement {
  readonly met: boolean;
  /** One line: `an approval by octocat in GitHub's environment production`. */
  readonly text: string;
}

/** One part of a configuration, and whether a run could rely on it. `skipped`: it could not be tried, or there is none. */
export interface PartResult {
  readonly name: string;
  /** null: it belongs to no single target. */
  readonly target: string | null;
  readonly outcome: StepOutcome;
  /** What was seen. */
  readonly detail: string;
  /** What that means for a run; absent where it is as it should be. */
  readonly means?: string;
  readonly hint?: string;
}

/** How an application did after a run. */
export interface WatchResult {
  /** `good` so far, `over` when its time is up and it was good to the end, `broken` when more rounds failed than may. */
  readonly state: "good" | "broken" | "over";
  readonly watchedMs: number;
  readonly forMs: number;
  readonly rounds: number;
  readonly good: number;
}

export interface TargetResult {
  readonly name: string;
  readonly engine: EngineName;
  readonly outcome: Outcome;
  /** Why it ended so, where that is not how the whole run ended; absent: the result's own reasons tell. */
  readonly reasons?: readonly Reason[];
  /** null where no run got as far as knowing. */
  readonly undisturbed: boolean | null;
  /** Why this target is not undisturbed; absent where it is. */
  readonly disturbance?: string;
  readonly pending: readonly PendingMigration[];
  readonly applied: readonly AppliedMigration[];
  /** Migrations in the history that have no file any more. */
  readonly appliedWithoutFile?: readonly string[];
  readonly history?: readonly string[];
  readonly steps: readonly StepResult[];
  readonly backup: BackupSummary | null;
  readonly checks: readonly CheckResult[];
  readonly data: DataResult | null;
  readonly schema: SchemaDifference | null;
  readonly rollback: RollbackResult | null;
  readonly state?: TargetStatus;
  /** What `plan` foresees beyond the pending migrations. */
  readonly planned?: PlannedTarget;
  readonly notes?: readonly string[];
}

export interface PlannedTarget {
  /** How a run that fails after it migrated would be brought back, and why this way. */
  readonly rollback: { readonly strategy: RollbackStrategy; readonly why: string };
  /** What the run will not be able to prove, each in one sentence. */
  readonly unprovable: readonly string[];
  /** Findings that belong to no single migration. */
  readonly findings: readonly Finding[];
}

export interface PendingMigration {
  readonly id: string;
  readonly reversible: boolean;
  readonly findings: readonly Finding[];
  readonly sql?: string | null;
  readonly file?: string | null;
}

export type StepOutcome = "done" | "failed" | "skipped" | "warned";

export interface StepResult {
  readonly name: StepName;
  readonly outcome: StepOutcome;
  readonly durationMs: number;
  /** One short line for people: `419 MB, restored and compared`. */
  readonly detail?: string;
}

export type CheckPhase = "before" | "after" | "health" | "watch";

export interface CheckResult {
  readonly name: string;
  readonly phase: CheckPhase;
  readonly passed: boolean;
  /** Failed, but configured with `warn: true`: the run goes on. */
  readonly warned?: boolean;
  /** null where the check only records. */
  readonly expected: string | null;
  readonly actual: string;
  /** Rows of `explain`, as text, at most ten. */
  readonly explanation?: readonly string[];
}

export interface DataResult {
  /** False where anything could not be proven; `why` then says what. */
  readonly proven: boolean;
  readonly why?: string;
  readonly tables: readonly TableResult[];
}

export interface TableResult {
  readonly name: string;
  readonly rowsBefore: number | null;
  readonly rowsAfter: number | null;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly columnsChanged: readonly string[];
  readonly keys?: readonly string[];
  readonly unproven?: string;
  /** The migration tool keeps in it what is applied: its rows are no data of the application's. */
  readonly record?: true;
}

export type RollbackStrategy = "transaction" | "swap" | "downgrade" | "restore" | "hook";

export interface RollbackResult {
  readonly strategy: RollbackStrategy;
  /** How `restore` was done: `database`, `schemas`, `in-place`. */
  readonly way?: string;
  readonly why: string;
  readonly durationMs: number;
  /** The target was compared with its before-state and equals it. null where it could not be compared. */
  readonly matches: boolean | null;
  /** What the copy that came back was known to lack, each in a sentence: all else equals the before-state. Absent: nothing. */
  readonly lacks?: readonly string[];
  readonly laterWrites: readonly LaterWrites[];
  /** Where the failed database was kept aside. */
  readonly kept: readonly string[];
  /** What going down dropped; only for `downgrade`. */
  readonly dropped?: readonly DroppedRows[];
}

/** Rows of a table, and columns of rows that stay, that are there no more. */
export interface DroppedRows {
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly string[];
}

/** What was written to a table after the migration; null where the number is not known. */
export interface LaterWrites {
  readonly table: string;
  readonly written: number | null;
  readonly gone: number | null;
}

export interface TargetStatus {
  readonly lock: "free" | "held" | "unknown";
  readonly holder?: string;
  readonly lastRun: { readonly id: string; readonly phase: string; readonly outcome: Outcome | null } | null;
  readonly newestBackup: BackupSummary | null;
  readonly counts?: RowCounts;
}

export interface RunSummary {
  readonly run: string;
  readonly command: string;
  readonly startedAt: string;
  readonly durationMs: number | null;
  /** null for a run that has not ended. */
  readonly outcome: Outcome | null;
  /** It has no end and needs none: it was killed before it changed a target, so there is nothing to recover. */
  readonly cutOff?: true;
  readonly digest: string | null;
  readonly targets: readonly {
    readonly name: string;
    readonly outcome: Outcome | null;
    readonly applied: readonly string[];
    readonly backup: string | null;
  }[];
  readonly reasons: readonly Reason[];
  /** Why it went without an approval, and why a plan that had failed was run again; null where nothing was said. */
  readonly withoutApproval: string | null;
  readonly again: string | null;
}

export interface BackupListing extends BackupSummary {
  readonly target: string;
  readonly takenAt: string;
  readonly run: string;
  readonly rows: number;
  readonly restore: readonly string[];
  /** Set where the manifest or a file is damaged, and which. */
  readonly damage?: string;
}
