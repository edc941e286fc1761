/** What a run notes in its journal, and what can be asked of it. */

import type { ApprovalRecord } from "../domain/approval.ts";
import type { BackupSummary } from "../domain/backup.ts";
import type { JsonValue } from "../domain/canonical-json.ts";
import type { RecordedRows } from "../check/check.ts";
import type { DataComparison } from "../domain/data.ts";
import type { Reason } from "../domain/error.ts";
import type { Delivery } from "../domain/message.ts";
import type { AppliedMigration } from "../domain/migration.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Phase, StepName } from "../domain/phase.ts";
import type { CheckResult, LaterWrites, Result, RollbackResult, StepOutcome, TargetResult, WatchResult } from "../domain/result.ts";
import type { RunId } from "../domain/run-id.ts";
import type { SchemaDifference, SchemaSnapshot } from "../domain/schema.ts";
import type { StartedProcess } from "../domain/started-process.ts";
import type { Copy, ReplacementIntent } from "../engine/hold.ts";

export interface BeganEntry {
  readonly type: "began";
  readonly run: RunId;
  readonly command: "migrate" | "rollback" | "backup" | "restore" | "prune";
  readonly environment: string;
  readonly belay: string;
  /** Digest of the plan that runs; for a rollback the one that is taken back. */
  readonly digest: string | null;
  readonly targets: readonly {
    readonly name: string;
    readonly engine: string;
    readonly configured: string;
    readonly pending: readonly string[];
    /** It is one schema of a database, `shared` the one that all build on: from here a recovery knows it, whatever the database says of its tenants then. */
    readonly tenant?: { readonly of: string; readonly schema: string; readonly siblings: number; readonly shared: string | null };
    /** Of the plan of this target alone. */
    readonly digest?: string;
  }[];
  readonly owner: StartedProcess;
  readonly sha: string | null;
  readonly previousSha: string | null;
  readonly withoutApproval: string | null;
  /** Who said yes; null where nobody was asked. */
  readonly approval: ApprovalRecord | null;
  /** The commit whose belay.yml decided; null: the file that lay here did. */
  readonly policySha: string | null;
  readonly again: string | null;
  /** False for `--no-verify`: the after-state is recorded, not judged. */
  readonly judge: boolean;
  /** For a rollback: the run whose effect is taken back. */
  readonly of: RunId | null;
  /** It makes a new tenant, which is its only target; absent: it does not. */
  readonly makes?: "tenant";
  /** `target`: each target has its own application; `data`: each comes back alone, and one application stands on all. Absent: all come back together. */
  readonly apart?: "target" | "data";
}

export interface BackupEntry {
  readonly type: "backup";
  readonly target: string;
  /** Folder in the store. */
  readonly folder: string;
  /** The backup was taken while the application ran: it lacks what was written since, and the clone alone is the before-state. */
  readonly earlier?: true;
  readonly summary: BackupSummary;
  readonly clone: Copy | null;
  /** Structure of the before-state. */
  readonly schema: SchemaSnapshot;
  /** What the last run that applied something would lose if it was taken back after this one; absent: its mark tells, or there is none. */
  readonly since?: WrittenSince;
  /** From when on writes to the clone are counted once it has taken the target's place; absent: an earlier mark goes on telling. */
  readonly cloneMark?: JsonValue;
  /** What recorded checks read in the before-state, by check name. */
  readonly baseline: Readonly<Record<string, RecordedRows>>;
}

/** What was written after a run had settled, up to some other moment. */
export interface WrittenSince {
  readonly run: RunId;
  readonly writes: readonly LaterWrites[];
}

/** Where a rollback takes a target back to; a recovery of the rollback knows it from here alone. */
export interface DestinationEntry {
  readonly type: "destination";
  readonly target: string;
  /** Of the backup, in the store. */
  readonly folder: string;
  /** As in the entry of the backup: the clone alone is where this rollback leads to. */
  readonly earlier?: true;
  readonly clone: Copy | null;
  /** null: later writes cannot be counted. */
  readonly mark: JsonValue;
  /** What was written before the mark, and after the run had settled that is taken back; absent: nothing. */
  readonly beforeMark?: readonly LaterWrites[];
  /** As in the entry of the backup. */
  readonly since?: WrittenSince;
  readonly cloneMark?: JsonValue;
}

export interface AfterEntry {
  readonly type: "after-state";
  readonly target: string;
  readonly comparison: DataComparison | null;
  readonly schema: SchemaDifference;
  readonly checks: readonly CheckResult[];
  readonly recorded: Readonly<Record<string, RecordedRows>>;
  /** null: nobody else wrote. */
  readonly disturbance: string | null;
}

export interface EndedEntry {
  readonly type: "ended";
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  /** The same digest is refused from now on without a reason why it may be tried again. */
  readonly repeatNeedsReason: boolean;
  /** The targets that this is said of, where not of all. */
  readonly blamed?: readonly string[];
  readonly result: Result;
  /** Who is to be told of it, and as what; absent: nobody. */
  readonly announce?: readonly Pick<Delivery, "receiver" | "event">[];
}

/** A target that stands for itself has come to its end, before the run has. */
export interface TargetEndedEntry {
  readonly type: "target-ended";
  readonly target: string;
  readonly repeatNeedsReason: boolean;
  readonly result: TargetResult;
}

export type JournalContent =
  | BeganEntry
  | { readonly type: "recovery"; readonly owner: StartedProcess; readonly phase: Phase }
  | TargetEndedEntry
  /** `target`: of that one alone. */
  | { readonly type: "phase"; readonly phase: Phase; readonly target?: string }
  | { readonly type: "step-began"; readonly step: StepName; readonly target: string | null }
  | {
      readonly type: "step-ended";
      readonly step: StepName;
      readonly target: string | null;
      readonly outcome: StepOutcome;
      readonly durationMs: number;
      readonly detail?: string;
      readonly applied?: readonly AppliedMigration[];
    }
  /** What a command of the team's printed, or the end of it. */
  | { readonly type: "output"; readonly target: string | null; readonly step: StepName; readonly text: string }
  | { readonly type: "process"; readonly target: string | null; readonly started: StartedProcess }
  | BackupEntry
  | AfterEntry
  | DestinationEntry
  | { readonly type: "mark"; readonly target: string; readonly mark: JsonValue }
  /** The data that came back by a rollback have a mark of their own. */
  | { readonly type: "mark-carried"; readonly target: string; readonly since: WrittenSince; readonly mark: JsonValue }
  | {
      readonly type: "failed";
      readonly phase: Phase;
      readonly reasons: readonly Reason[];
      readonly blame: boolean;
      readonly target?: string;
    }
  | { readonly type: "intent"; readonly target: string; readonly intent: ReplacementIntent }
  /** A watch that only alerts found something, or found it well again. */
  | { readonly type: "watch"; readonly state: "broken" | "good"; readonly reasons: readonly Reason[]; readonly watch: WatchResult }
  /** A message was sent, or given up; `about`: what it was about, each time it happened. */
  | ({ readonly type: "message"; readonly about: string } & Delivery)
  | { readonly type: "rolled-back"; readonly target: string; readonly rollback: RollbackResult }
  | EndedEntry;

export type JournalEntry = JournalContent & { readonly seq: number; readonly at: string };

/**
 * What a run asks its own journal about as long as it goes on. The rest is in the store alone: before- and after-states of a thousand
 * targets are more than anybody could keep.
 */
type RememberedType =
  | "began"
  | "recovery"
  | "destination"
  | "intent"
  | "rolled-back"
  | "watch"
  | "message"
  | "ended"
  | "step-began"
  | "step-ended";

export type RememberedEntry = JournalEntry & { readonly type: RememberedType };

/** Of its steps those of the maintenance page alone: whether it is up. */
export function isRemembered(entry: JournalEntry): entry is RememberedEntry {
  switch (entry.type) {
    case "step-began":
    case "step-ended":
      return entry.step === "maintenance-on" || entry.step === "maintenance-off";
    case "began":
    case "recovery":
    case "destination":
    case "intent":
    case "rolled-back":
    case "watch":
    case "message":
    case "ended":
      return true;
    case "target-ended":
    case "phase":
    case "output":
    case "process":
    case "backup":
    case "after-state":
    case "mark":
    case "mark-carried":
    case "failed":
      return false;
  }
}

/** The last entry of a type. */
export function lastEntry<E extends JournalEntry, T extends E["type"]>(
  entries: readonly E[],
  type: T,
): (E & JournalEntry & { readonly type: T }) | undefined {
  return entries.findLast((entry): entry is E & JournalEntry & { readonly type: T } => entry.type === type);
}

/** The last entry of a type that speaks of a target. */
export function lastOfTarget<
  E extends JournalEntry,
  T extends E["type"] & ("target-ended" | "backup" | "destination" | "after-state" | "mark" | "mark-carried" | "intent" | "rolled-back"),
>(entries: readonly E[], type: T, target: string): (E & JournalEntry & { readonly type: T }) | undefined {
  return entries.findLast(
    (entry): entry is E & JournalEntry & { readonly type: T } => entry.type === type && "target" in entry && entry.target === target,
  );
}
