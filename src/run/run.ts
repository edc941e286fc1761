/** A run under way: what it holds, what it has done so far, and the two ways in which it records that. */

import type { RecordedRows } from "../check/check.ts";
import type { Environment } from "../config/config.ts";
import type { DataComparison } from "../domain/data.ts";
import { BelayError, messageOf, reasonOf, type Reason } from "../domain/error.ts";
import type { AppliedMigration } from "../domain/migration.ts";
import type { Phase, StepName } from "../domain/phase.ts";
import type {
  CheckResult,
  DataResult,
  LaterWrites,
  PendingMigration,
  RollbackResult,
  StepOutcome,
  StepResult,
  WatchResult,
} from "../domain/result.ts";
import type { RunId } from "../domain/run-id.ts";
import type { SchemaDifference, SchemaSnapshot } from "../domain/schema.ts";
import type { Target } from "../domain/target.ts";
import type { Copy, Hold, Workspace } from "../engine/engine.ts";
import type { MigrationTool } from "../tool/tool.ts";
import type { JsonValue } from "../domain/canonical-json.ts";
import type { StoredBackup } from "./backups.ts";
import { FailedChecks } from "./failed-checks.ts";
import { stepKey } from "./history.ts";
import type { Journal, WrittenSince } from "./journal.ts";
import type { Ports } from "./ports.ts";
import type { Store } from "../store/store.ts";

export interface Run {
  readonly id: RunId;
  readonly ports: Ports;
  readonly environment: Environment;
  readonly journal: Journal;
  readonly targets: readonly TargetRun[];
  readonly sha: string | null;
  readonly previousSha: string | null;
  /** How long steps took in an earlier run, by `stepKey`; for whoever waits. */
  readonly usualMs: ReadonlyMap<string, number>;
  /** What was done, in order; `target` null for a step of the whole environment (prepare, stop, start, health, previous). */
  readonly steps: RecordedStep[];
  /** Stops what works for the run: an interruption, or a time that is over. */
  readonly stop: AbortController;
  /** The state rows tell of it. False for what changes no target, and so leaves nothing to recover. */
  inStateRows: boolean;
  /** null where nothing was watched. */
  watch: WatchResult | null;
  phase: Phase;
}

export interface RecordedStep {
  readonly target: TargetRun | null;
  readonly result: StepResult;
}

/** One target in a run; filled in as the run goes. */
export interface TargetRun {
  readonly target: Target;
  readonly hold: Hold;
  /** Of a tenant: its database, one of the run's targets. null: this is one of those. */
  readonly database: TargetRun | null;
  /** Of a database with tenants: those that the run is about, each migrated and verified by itself; empty where it is a target as a whole. */
  readonly tenants: readonly TargetRun[];
  readonly tool: MigrationTool;
  readonly store: Store;
  readonly checks: CheckResult[];
  readonly notes: string[];
  pending: readonly PendingMigration[];
  applied: AppliedMigration[];
  /** Something of this run, or of the run that it takes back, was committed to the target: it cannot be what it was by itself. */
  committed: boolean;
  workspace: Workspace | null;
  backup: StoredBackup | null;
  /** The backup was taken while the application ran: it lacks what was written since, and the clone alone is the before-state. */
  earlierBackup: boolean;
  clone: Copy | null;
  /** Structure of the before-state; null until the backup is taken. */
  before: SchemaSnapshot | null;
  baseline: ReadonlyMap<string, RecordedRows>;
  disturbance: string | null | undefined;
  comparison: DataComparison | null;
  data: DataResult | null;
  schema: SchemaDifference | null;
  /** From when on writes are counted that a rollback would lose, and which came before that. */
  mark: JsonValue | undefined;
  beforeMark: readonly LaterWrites[];
  /** As the entry of the backup has them. */
  since: WrittenSince | null;
  cloneMark: JsonValue | undefined;
  rollback: RollbackResult | null;
  /** Why this target alone was given up and taken back, while the run went on with the others; null: it shares the run's end. */
  givenUp: unknown;
}

/** What people call the run's targets: for a database with tenants those. */
export function leavesOf({ targets }: Pick<Run, "targets">): readonly TargetRun[] {
  return targets.flatMap((target) => (target.tenants.length > 0 ? target.tenants : [target]));
}

/** Nothing of the database is outside of the run. */
export function coversDatabase({ tenants }: TargetRun): boolean {
  return tenants.every(({ target }) => target.tenant?.siblings === tenants.length);
}

/** For the report, each sentence once. */
export function note(target: TargetRun, sentences: readonly string[]): void {
  target.notes.push(...sentences.filter((sentence) => !target.notes.includes(sentence)));
}

/** Moves every target of the run on: first the journal says so, then the state row that others read. */
export async function enterPhase(run: Run, phase: Phase): Promise<void> {
  run.phase = phase;
  run.inStateRows = true;
  await run.journal.append({ type: "phase", phase });
  for (const { hold, store } of run.targets) await hold.writeState({ run: run.id, phase, store: store.location });
}

export interface StepEnd<T> {
  readonly value: T;
  readonly outcome?: StepOutcome;
  /** One short line for people. */
  readonly detail?: string;
  readonly applied?: readonly AppliedMigration[];
}

/**
 * Does a step between its two journal entries. `target` null: a step of the whole environment. What the step throws goes on to
 * whoever called, after it is recorded.
 */
export async function step<T>(run: Run, name: StepName, target: TargetRun | null, work: () => Promise<StepEnd<T>>): Promise<T> {
  const { journal, ports } = run;
  const targetName = target === null ? null : target.target.name;
  const label = targetName ?? run.environment.name;
  await assertOwner(run);
  await journal.append({ type: "step-began", step: name, target: targetName });
  const usual = run.usualMs.get(stepKey(name, targetName));
  // each run applies other migrations: what the last ones took says nothing of these
  const expected = usual === undefined || name === "migrate" ? {} : { expectedMs: usual };
  ports.progress({ type: "step-began", target: label, step: name, ...expected });
  const began = performance.now();
  const end = async (outcome: StepOutcome, detail: string | undefined, applied?: readonly AppliedMigration[]) => {
    const durationMs = Math.round(performance.now() - began);
    const told = detail === undefined ? {} : { detail: ports.redact(detail) };
    run.steps.push({ target, result: { name, outcome, durationMs, ...told } });
    ports.progress({ type: "step-ended", target: label, step: name, outcome, durationMs, ...told });
    await journal.append({
      type: "step-ended",
      step: name,
      target: targetName,
      outcome,
      durationMs,
      ...told,
      ...(applied === undefined ? {} : { applied }),
    });
  };
  let done: StepEnd<T>;
  try {
    done = await work();
  } catch (error) {
    await end("failed", messageOf(error), target?.applied);
    throw error;
  }
  await end(done.outcome ?? "done", done.detail, done.applied);
  return done.value;
}

/** Fencing: whoever lost the lock while it slept finds another fence in the row and does no more. */
export async function assertOwner(run: Run): Promise<void> {
  for (const { hold } of run.targets) await hold.assertOwner();
}

/** Throws `interrupted` when somebody asked the run to stop. Called between effects, never inside one. */
export function throwIfInterrupted({ signal }: Pick<Ports, "signal">): void {
  if (signal.aborted) throw interruption(signal);
}

export function interruption(signal: AbortSignal): BelayError {
  const reason: unknown = signal.reason;
  return reason instanceof BelayError ? reason : new BelayError("failed", "interrupted", "interrupted by a signal");
}

export function isInterruption(error: unknown): boolean {
  return error instanceof BelayError && error.code === "interrupted";
}

export function reasonsOf(errors: readonly unknown[], redact: (text: string) => string): readonly Reason[] {
  return errors
    .flatMap((error) => (error instanceof FailedChecks ? error.reasons : [reasonOf(error)]))
    .map(({ message, hint, ...rest }) => ({
      ...rest,
      message: redact(message),
      ...(hint === undefined ? {} : { hint: redact(hint) }),
    }));
}

/** Why targets were given up, each with its name, but for the one that is the run's own `cause`. */
export function reasonsOfGivenUp(run: Run, cause: unknown = null): readonly Reason[] {
  return leavesOf(run).flatMap(({ target, givenUp }) =>
    givenUp === null || givenUp === cause
      ? []
      : reasonsOf([givenUp], run.ports.redact).map((reason) => ({ ...reason, message: `${target.name}: ${reason.message}` })),
  );
}
