/**
 * What follows when a run cannot go on: as little as is needed to leave each target in its old state with the old application
 * running, and an end that says exactly how far that went.
 */

import { BelayError, failure, type Reason } from "../domain/error.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Phase } from "../domain/phase.ts";
import type { Result } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import { announceUnrecorded } from "./announce.ts";
import { Aftermath, bringBack, isLockLost, stepsOf } from "./bring-back.ts";
import { endRun, unrecordedResult, type Ending, type ResultHead } from "./ending.ts";
import { type Reach, reachOf } from "./reach.ts";
import { dropForsaken } from "./retention.ts";
import { assertOwner, isInterruption, reasonsOf, reasonsOfGivenUp, type Run, type TargetEnding } from "./run.ts";
import { closeWorkspace } from "./take-backup.ts";

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
  await bringBack(run, reach, aftermath, cause);
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

/** A recovery that is refused meets what refused the run. */
function toldOnce(reasons: readonly Reason[]): readonly Reason[] {
  return reasons.filter(({ message }, index) => reasons.findIndex((other) => other.message === message) === index);
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

function isDefect(cause: unknown): boolean {
  return !(cause instanceof BelayError);
}

const BLAMED: readonly Phase[] = ["migrating", "verifying", "starting", "health"];

/** The migration, its verification or its health was the cause: the same plan would fail again. */
function isToBlame(phase: Phase, cause: unknown): boolean {
  return BLAMED.includes(phase) && cause instanceof BelayError && !isInterruption(cause);
}
