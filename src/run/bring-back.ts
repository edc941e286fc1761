/** Takes back what a run did that cannot go on: the data, then the application; what goes wrong on the way stops none of the rest. */

import { BelayError, messageOf } from "../domain/error.ts";
import type { StepOutcome } from "../domain/result.ts";
import { describeCommand } from "../process/describe-command.ts";
import { appCommand, runAppCommand, runUnrecorded } from "./application.ts";
import { beginMaintenance, pageIsUp } from "./maintenance.ts";
import { isTouched, type Reach } from "./reach.ts";
import { restart } from "./restart.ts";
import { dropCopiesOfUndone, dropOwnCopies } from "./retention.ts";
import { enterPhase, enterTargetPhase, type Run, type TargetRun } from "./run.ts";
import { severalAtOnce } from "./several-at-once.ts";
import { undoTarget } from "./undo-target.ts";
import { undoByItself } from "./undo.ts";

/** What went wrong while bringing things back, and whether `belay recover` could do better later. */
export class Aftermath {
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

export async function bringBack(run: Run, reach: Reach, aftermath: Aftermath, cause: unknown): Promise<void> {
  if (reach === "done" || reach === "nothing-stopped") return;
  const started = reach === "application-started";
  if (started && isDeliberate(cause)) {
    aftermath.tell([cause]); // a recovery has just been refused to go back: once more comes to the same
    return restartOnNew(run, aftermath);
  }
  const touched = run.targets.filter(isTouched);
  await dropUnproven(run, aftermath);
  if (started || reach === "data-touched") {
    const begun = await aftermath.attempt(async () => {
      await enterPhase(run, "rolling-back", touched); // first, so that no gate lets the application in while it is being stopped
      if (started) await stopAgain(run, aftermath);
    });
    const undone = begun && (await undoEach(run, touched, started, aftermath));
    if (!undone && started && aftermath.errors.some(isDeliberate)) return restartOnNew(run, aftermath);
    if (undone) await aftermath.attempt(() => enterPhase(run, "rolled-back", touched));
  }
  if (run.ownsApplication) await restartPrevious(run, started, aftermath);
  await dropCopiesOfUndone(run);
}

/** The new state stays, and the run is at its end, also where the application does not start on it: a person decides, and may go back. */
async function restartOnNew(run: Run, aftermath: Aftermath): Promise<void> {
  try {
    aftermath.tell(await restart(run, "start"));
  } catch (error) {
    if (!(error instanceof BelayError)) throw error;
    aftermath.tell([error]);
  }
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

/** Of the whole run, or of the part that this is. */
export function stepsOf({ steps, targets }: Run) {
  return steps.filter(({ target }) => target === null || targets.includes(target));
}

export function isLockLost(error: unknown): boolean {
  return error instanceof BelayError && error.code === "lock-lost";
}

const DELIBERATE: ReadonlySet<string> = new Set(["later-writes", "rollback-refused", "before-state-lost"]);

/** A decision not to go back, which a later `recover` would only take again. */
function isDeliberate(error: unknown): error is BelayError {
  return error instanceof BelayError && DELIBERATE.has(error.code);
}
