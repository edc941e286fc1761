/** A run under way: what it holds, what it has done so far, and the two ways in which it records that. */

import type { RecordedRows } from "../check/check.ts";
import type { Environment } from "../config/config.ts";
import type { DataComparison } from "../domain/data.ts";
import { BelayError, messageOf, reasonOf, type Reason } from "../domain/error.ts";
import type { AppliedMigration } from "../domain/migration.ts";
import type { Outcome } from "../domain/outcome.ts";
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
import type { Copy, Hold } from "../engine/hold.ts";
import type { Workspace } from "../engine/workspace.ts";
import type { MigrationTool } from "../tool/tool.ts";
import type { JsonValue } from "../domain/canonical-json.ts";
import type { StoredBackup } from "./backups.ts";
import { FailedChecks } from "./failed-checks.ts";
import { stepKey } from "./history.ts";
import type { Journal } from "./journal.ts";
import type { JournalEntry, WrittenSince } from "./journal-entry.ts";
import type { History } from "./past-runs.ts";
import type { Ports } from "./ports.ts";
import type { Store } from "../store/store.ts";

/**
 * Targets that go through the phases together, because one application stands on them. Where each target has an application of its own
 * (`app.per: target`), a run consists of one such part for each, with the same id, journal and steps.
 */
export interface Run {
  readonly id: RunId;
  readonly ports: Ports;
  readonly environment: Environment;
  readonly journal: Journal;
  /** What its journal held when somebody took it over; empty where nobody did. */
  readonly earlier: readonly JournalEntry[];
  readonly targets: readonly TargetRun[];
  /** What there was before it. */
  readonly history: History;
  readonly sha: string | null;
  readonly previousSha: string | null;
  /** How long steps took in an earlier run, by `stepKey`; for whoever waits. */
  readonly usualMs: ReadonlyMap<string, number>;
  /** What was done, in order; `target` null for a step of the whole environment (prepare, stop, start, health, previous). */
  readonly steps: RecordedStep[];
  /** The one target that this part of a run is about; null: it is the whole run. */
  readonly part: TargetRun | null;
  /** False for a part that comes back alone while the application of all targets stays stopped. */
  readonly ownsApplication: boolean;
  /** The state rows tell of it. False for what changes no target, and so leaves nothing to recover. */
  inStateRows: boolean;
  /** null where nothing was watched. */
  watch: WatchResult | null;
  /** Where the application stands. While it is stopped for them, each target has a phase of its own. */
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
  /** Where the journal of the run lies: not always the store that the target's backups go to. */
  readonly journalStore: string;
  readonly checks: CheckResult[];
  readonly notes: string[];
  /** Stops what works for this target: an interruption, or a time that is over. */
  readonly stop: AbortController;
  /** As its state row says; null: no row tells of this run yet. */
  phase: Phase | null;
  /** What this target could not go on for. */
  failure: unknown;
  /** How it ended, where it ended otherwise than the run, or before it; null: as the run does. */
  ending: TargetEnding | null;
  pending: readonly PendingMigration[];
  applied: AppliedMigration[];
  /** Something of this run, or of the run that it takes back, was committed to the target: it cannot be what it was by itself. */
  committed: boolean;
  workspace: Workspace | null;
  backup: StoredBackup | null;
  /** The backup was taken while the application ran: it lacks what was written since, and the clone alone is the before-state. */
  earlierBackup: boolean;
  clone: Copy | null;
  /** Structure of the before-state; null until the backup is taken, and once nobody asks for it any more. */
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

export interface TargetEnding {
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  /** The same plan for this target is refused from now on without a reason why it may be tried again. */
  readonly repeatNeedsReason: boolean;
  /** `belay recover` could do better later: the state row stays unfinished. */
  readonly recoverable: boolean;
  /** Another run has taken the target over meanwhile. */
  readonly disowned: boolean;
}

/** For the report, each sentence once. */
export function note(target: TargetRun, sentences: readonly string[]): void {
  target.notes.push(...sentences.filter((sentence) => !target.notes.includes(sentence)));
}

/** Lets go of what only the way to the end of a target asks for: of a thousand targets nobody could keep it. */
export function forgetStates(target: TargetRun): void {
  for (const each of [target, ...target.tenants]) {
    each.before = null;
    each.comparison = null;
  }
}

/** Moves the run on, with all targets that its state rows tell of: first the journal says so, then the rows that others read. */
export async function enterPhase(run: Run, phase: Phase, targets: readonly TargetRun[] = underWay(run)): Promise<void> {
  run.phase = phase;
  run.inStateRows = true;
  await run.journal.append({ type: "phase", phase, ...(run.part === null ? {} : { target: run.part.target.name }) });
  for (const target of targets) await writeRow(run, target, phase);
}

/** Moves one target on, while the application waits for all of them. */
export async function enterTargetPhase(run: Run, target: TargetRun, phase: Phase): Promise<void> {
  await run.journal.append({ type: "phase", phase, target: target.target.name });
  await writeRow(run, target, phase);
}

export async function writeRow({ id }: Run, target: TargetRun, phase: Phase): Promise<void> {
  await target.hold.writeState({ run: id, phase, store: target.journalStore });
  target.phase = phase;
}

/** The targets that this run has begun with and not ended. */
export function underWay({ targets }: Run): readonly TargetRun[] {
  return targets.filter(({ phase }) => phase !== null && phase !== "ended");
}

/** One target of a run by itself, with the same id, journal and steps. */
export function partOf(run: Run, target: TargetRun, ownsApplication: boolean): Run {
  return {
    ...run,
    targets: [target],
    part: target,
    ownsApplication,
    inStateRows: target.phase !== null,
    phase: target.phase ?? "preparing",
  };
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
  await assertOwner(target === null ? run : { targets: [target] });
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
export async function assertOwner({ targets }: Pick<Run, "targets">): Promise<void> {
  for (const { hold } of targets) await hold.assertOwner();
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
