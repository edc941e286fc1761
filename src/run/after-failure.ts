/**
 * What follows when a run cannot go on: as little as is needed to leave each target in its old state with the old application
 * running, and an end that says exactly how far that went.
 */

import { BelayError, failure, messageOf, type Reason } from "../domain/error.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Phase } from "../domain/phase.ts";
import type { Result, StepOutcome } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import { describeCommand } from "../process/describe-command.ts";
import { announceUnrecorded } from "./announce.ts";
import { appCommand, runAppCommand, runUnrecorded } from "./application.ts";
import { dropCopiesOfUndone, dropForsaken, dropOwnCopies } from "./retention.ts";
import { endRun, unrecordedResult, type Ending, type ResultHead } from "./ending.ts";
import {
  assertOwner,
  enterPhase,
  enterTargetPhase,
  isInterruption,
  reasonsOf,
  reasonsOfGivenUp,
  type Run,
  type TargetEnding,
  type TargetRun,
} from "./run.ts";
import { severalAtOnce } from "./several-at-once.ts";
import { beginMaintenance, pageIsUp } from "./maintenance.ts";
import { restart } from "./restart.ts";
import { closeWorkspace } from "./take-backup.ts";
import { undoTarget } from "./undo-target.ts";
import { undoByItself } from "./undo.ts";

/** How far a run had come, and so what has to be taken back. */
type Reach = "nothing-stopped" | "application-stopped" | "data-touched" | "application-started" | "done";

const REACH: Record<Phase, Reach> = {
  preparing: "nothing-stopped",
  stopping: "application-stopped",
  "backing-up": "application-stopped",
  migrating: "data-touched",
  verifying: "data-touched",
  verified: "data-touched",
  starting: "application-started",
  health: "application-started",
  settled: "done",
  "rolling-back": "data-touched",
  "rolled-back": "application-stopped",
  restarting: "application-stopped",
  ended: "done",
};

/** Brings everything back as far as the run had come, and ends it. What goes wrong on the way is kept beside the first cause. */
export async function endAfterFailure(
  run: Run,
  head: ResultHead,
  digest: string | null,
  cause: unknown,
  passedOver: readonly Target[] = [],
): Promise<Result> {
  const ending = await comeBack(run, cause);
  if (ending.disowned) return unrecorded(run, head, digest, ending.reasons);
  return await recordEnd(run, head, digest, { ...ending, passedOver });
}

/** Writes how it ended; where that cannot be written, nobody may rely on it. */
export async function recordEnd(run: Run, head: ResultHead, digest: string | null, ending: Ending): Promise<Result> {
  try {
    const result = await endRun(run, head, digest, ending);
    await dropForsaken(run); // now: what wrote the end reaches the server again
    return result;
  } catch (error) {
    return announceUnrecorded(run, unrecorded(run, head, digest, [...ending.reasons, ...reasonsOf([error], run.ports.redact)]));
  }
}

/** Brings a run, or a part of it, back as far as it had come. What goes wrong on the way is kept beside the first cause. */
export async function comeBack(run: Run, cause: unknown): Promise<TargetEnding> {
  const failedIn = phaseOfFailure(run, cause);
  const reach = reachOf(run);
  const aftermath = new Aftermath(run);
  const disowned = await takenOver(run);
  if (disowned !== null) {
    for (const target of run.targets) await aftermath.attempt(() => closeWorkspace(target));
    return disownedEnding(run, isLockLost(cause) ? [cause] : [cause, disowned]);
  }
  await aftermath.attempt(() => recordFailure(run, cause, failedIn));
  for (const target of run.targets) await aftermath.attempt(() => closeWorkspace(target));
  await bringBack(run, reach, aftermath);
  if (aftermath.disowned) return disownedEnding(run, [cause, ...aftermath.errors]);
  const recoverable = aftermath.recoverable || reach === "done" || isDefect(cause);
  const errors = [cause, ...aftermath.errors, ...(recoverable ? [unfinished(run)] : [])];
  return {
    outcome: outcomeOf(run, reach, aftermath, cause),
    reasons: toldOnce([...reasonsOf(errors, run.ports.redact), ...reasonsOfGivenUp(run, cause)]),
    repeatNeedsReason: isToBlame(failedIn, cause),
    recoverable,
    disowned: false,
  };
}

function disownedEnding(run: Run, errors: readonly unknown[]): TargetEnding {
  const reasons = toldOnce(reasonsOf(errors, run.ports.redact));
  return { outcome: "needs-attention", reasons, repeatNeedsReason: false, recoverable: true, disowned: true };
}

/** Where the target was that could not go on; it is the run's own phase where it was none. */
function phaseOfFailure({ targets, phase }: Run, cause: unknown): Phase {
  return targets.find(({ failure }) => failure === cause && cause !== null)?.phase ?? phase;
}

/** While the application is stopped for all of them, one target may be further than another. */
function reachOf({ targets, phase }: Run): Reach {
  if (phase !== "backing-up") return REACH[phase];
  return targets.some(isTouched) ? "data-touched" : "application-stopped";
}

const UNTOUCHED: readonly (Phase | null)[] = [null, "preparing", "stopping", "backing-up", "rolled-back", "restarting", "ended"];

/** Something of the run may be in its data. */
export function isTouched({ phase }: TargetRun): boolean {
  return !UNTOUCHED.includes(phase);
}

/**
 * Why this run may do no more, not even start the application or write its journal: another one has taken over, and decides. null: it
 * has not, as far as can be told.
 */
async function takenOver(run: Run): Promise<unknown> {
  try {
    await assertOwner(run);
    return null;
  } catch (error) {
    return isLockLost(error) ? error : null;
  }
}

export function unrecorded(run: Run, head: ResultHead, digest: string | null, reasons: readonly Reason[]): Result {
  return { ...unrecordedResult(run, head, reasons), run: run.id, digest };
}

function unfinished({ id, environment }: Run): BelayError {
  return failure("unfinished-run", `run ${id} is not finished, and no other begins before it is`, {
    hint: `when the cause is gone: \`belay recover ${environment.name}\``,
  });
}

/** Of the whole run, or of the part that this is. */
function stepsOf({ steps, targets }: Run) {
  return steps.filter(({ target }) => target === null || targets.includes(target));
}

function isLockLost(error: unknown): boolean {
  return error instanceof BelayError && error.code === "lock-lost";
}

/** A recovery that is refused meets what refused the run. */
function toldOnce(reasons: readonly Reason[]): readonly Reason[] {
  return reasons.filter(({ message }, index) => reasons.findIndex((other) => other.message === message) === index);
}

/** What went wrong while bringing things back, and whether `belay recover` could do better later. */
class Aftermath {
  readonly errors: unknown[] = [];
  recoverable = false;
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  /** Another run has taken over meanwhile. */
  get disowned(): boolean {
    return this.errors.some(isLockLost);
  }

  /** What is wrong, and no later recovery could mend. */
  tell(errors: readonly BelayError[]): void {
    this.errors.push(...errors);
  }

  async attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.errors.push(error);
      if (!isDeliberate(error)) this.recoverable = true;
      return false;
    }
  }

  /** For what may fail without harm: a stop command whose application is already gone. */
  async tolerate(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      for (const target of this.#run.targets) target.notes.push(`${what}: ${messageOf(error)}`);
    }
  }
}

async function bringBack(run: Run, reach: Reach, aftermath: Aftermath): Promise<void> {
  if (reach === "done" || reach === "nothing-stopped") return;
  const started = reach === "application-started";
  const touched = run.targets.filter(isTouched);
  await dropUnproven(run, aftermath);
  if (started || reach === "data-touched") {
    const begun = await aftermath.attempt(async () => {
      await enterPhase(run, "rolling-back", touched); // first, so that no gate lets the application in while it is being stopped
      if (started) await stopAgain(run, aftermath);
    });
    const undone = begun && (await undoEach(run, touched, started, aftermath));
    if (!undone && started && aftermath.errors.some(isDeliberate)) {
      await aftermath.attempt(async () => aftermath.tell(await restart(run, "start")));
      return;
    }
    if (undone) await aftermath.attempt(() => enterPhase(run, "rolled-back", touched));
  }
  if (run.ownsApplication) await restartPrevious(run, started, aftermath);
  await dropCopiesOfUndone(run);
}

/** That one target cannot be brought back keeps no other from it. False where there is such a one. */
async function undoEach(run: Run, targets: readonly TargetRun[], applicationRan: boolean, aftermath: Aftermath): Promise<boolean> {
  const back: TargetRun[] = [];
  await severalAtOnce(targets, run.environment.parallel, async (target) => {
    if (await aftermath.attempt(() => undoTarget(run, target, undoByItself(run, applicationRan)))) back.push(target);
  });
  if (back.length === targets.length) return true;
  for (const target of back) await aftermath.attempt(() => enterTargetPhase(run, target, "rolled-back"));
  return false;
}

/** What a target made beside it that had come no further than its backup. */
async function dropUnproven(run: Run, aftermath: Aftermath): Promise<void> {
  for (const { phase, hold } of run.targets) {
    if (phase === "stopping" || phase === "backing-up")
      await aftermath.tolerate("unproven copies could not be dropped", () => dropOwnCopies(hold, run.id));
  }
}

async function stopAgain(run: Run, aftermath: Aftermath): Promise<void> {
  await aftermath.tolerate("the maintenance page could not be shown for the rollback", () =>
    beginMaintenance(run, { interruptible: false }),
  );
  await aftermath.tolerate("the application could not be stopped for the rollback", () =>
    runAppCommand(run, "stop", { interruptible: false }),
  );
}

/** Starts the old application, recorded where that is still possible: it must come back even when the journal's disk is full or the server gone. */
async function restartPrevious(run: Run, started: boolean, aftermath: Aftermath): Promise<void> {
  const undecided = run.phase === "rolling-back";
  const recorded = undecided || (await aftermath.attempt(() => enterPhase(run, "restarting")));
  if (recorded) await aftermath.attempt(async () => aftermath.tell(await restart(run, "previous")));
  const tried = stepsOf(run).some(({ result }) => result.name === "previous");
  // the new one was started and, as far as anybody knows, goes on with the new data
  const goesOn = undecided && started;
  if (!tried && !goesOn && !aftermath.disowned) await aftermath.attempt(() => restartUnrecorded(run));
}

/** The journal does not tell of it, so the result does. */
async function restartUnrecorded(run: Run): Promise<void> {
  const command = appCommand(run.environment.app, "previous");
  if (command === null) return;
  const began = performance.now();
  const tell = (outcome: StepOutcome) => {
    const durationMs = Math.round(performance.now() - began);
    run.steps.push({ target: run.part, result: { name: "previous", outcome, durationMs, detail: describeCommand(command.command) } });
  };
  try {
    await runUnrecorded(run, "previous");
    if (pageIsUp(run)) await runUnrecorded(run, "maintenance-off");
  } catch (error) {
    tell("failed");
    throw error;
  }
  tell("done");
}

function recordFailure({ journal, part, ports }: Run, cause: unknown, phase: Phase): Promise<void> {
  const about = part === null ? {} : { target: part.target.name };
  return journal.append({ type: "failed", phase, reasons: reasonsOf([cause], ports.redact), blame: isToBlame(phase, cause), ...about });
}

function outcomeOf(run: Run, reach: Reach, { errors }: Aftermath, cause: unknown): Outcome {
  if (reach === "nothing-stopped" && stepsOf(run).length === 0) {
    if (isInterruption(cause)) return "interrupted";
    return isDefect(cause) ? "failed" : "refused";
  }
  if (errors.length > 0 || reach === "done" || isDefect(cause)) return "needs-attention";
  if (isInterruption(cause)) return "undone";
  return reach === "nothing-stopped" || reach === "application-stopped" ? "refused" : "undone";
}

const DELIBERATE: ReadonlySet<string> = new Set(["later-writes", "rollback-refused", "before-state-lost"]);

/** A decision not to go back, which a later `recover` would only take again. */
function isDeliberate(error: unknown): boolean {
  return error instanceof BelayError && DELIBERATE.has(error.code);
}

function isDefect(cause: unknown): boolean {
  return !(cause instanceof BelayError);
}

const BLAMED: readonly Phase[] = ["migrating", "verifying", "starting", "health"];

/** The migration, its verification or its health was the cause: the same plan would fail again. */
function isToBlame(phase: Phase, cause: unknown): boolean {
  return BLAMED.includes(phase) && cause instanceof BelayError && !isInterruption(cause);
}
