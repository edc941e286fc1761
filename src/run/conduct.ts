/**
 * A run from its first effect to its recorded end. One application stands on all targets, and all come back together where one fails;
 * or in waves, where each comes back alone and what was verified stays; or (`app.per: target`) each target has its own application,
 * and all that happens, happens to it alone.
 */

import { failure, type BelayError } from "../domain/error.ts";
import { exitStatus, worstOutcome, type Outcome } from "../domain/outcome.ts";
import type { Result } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import { counted } from "../domain/words.ts";
import { inWaves } from "../plan/waves.ts";
import { comeBack, endAfterFailure, recordEnd, unrecorded } from "./after-failure.ts";
import { announceBeginning, announceUnrecorded } from "./announce.ts";
import { runAppCommand } from "./application.ts";
import { backUpEarly } from "./early-backup.ts";
import { migratedEnding, targetResult, type Ending, type ResultHead } from "./ending.ts";
import { stopApplication } from "./maintenance.ts";
import { passTarget, type Work } from "./pass-target.ts";
import { restart } from "./restart.ts";
import { dropCopiesOfUndone } from "./retention.ts";
import {
  enterPhase,
  enterTargetPhase,
  forgetStates,
  interruption,
  partOf,
  reasonsOf,
  throwIfInterrupted,
  writeRow,
  type Run,
  type TargetEnding,
  type TargetRun,
} from "./run.ts";
import { severalAtOnce } from "./several-at-once.ts";
import { startAndSettle } from "./start-application.ts";
import { closeWorkspace } from "./take-backup.ts";

function endedWell(outcome: Outcome): boolean {
  return exitStatus(outcome) === 0;
}

export async function conduct(run: Run, head: ResultHead, work: Work, passedOver: readonly Target[]): Promise<Result> {
  const { digest } = work.plan;
  try {
    await announceBeginning(run, "before");
    throwIfInterrupted(run.ports);
    if (run.environment.app.per === "target") return await conductApart(run, head, work, passedOver);
    await stopAll(run, work);
    if (run.environment.waves.length > 0) {
      await eachWave(run, (target) => passAlone(run, target, work));
      if (run.targets.some(({ ending }) => ending !== null)) return await endHalted(run, head, digest, passedOver);
    } else {
      await severalAtOnce(wavesOf(run).flat(), run.environment.parallel, (target) => passTarget(run, target, work));
    }
    const left = await startAndSettle(run);
    return await recordEnd(run, head, digest, { ...migratedEnding(run, left), passedOver });
  } catch (error) {
    return await endAfterFailure(run, head, digest, error, passedOver);
  } finally {
    for (const target of run.targets) await closeWorkspace(target);
  }
}

const MIGRATED = { outcome: "migrated", repeatNeedsReason: false, reasons: [] } as const;

const STAYED: TargetEnding = { ...MIGRATED, recoverable: false, disowned: false };

/** The chosen targets in waves; a run that goes on where another stopped has the same ones. */
function wavesOf({ environment, targets }: Pick<Run, "environment" | "targets">): readonly (readonly TargetRun[])[] {
  const byName = new Map(targets.map((target) => [target.target.name, target]));
  const waves = inWaves(environment.targets, ({ name }) => byName.has(name), environment.waves);
  return waves.map((wave) => wave.flatMap(({ name }) => byName.get(name) ?? []));
}

async function stopAll(run: Run, { named }: Work): Promise<void> {
  await severalAtOnce(run.targets, run.environment.parallel, (target) => backUpEarly(run, target, named));
  throwIfInterrupted(run.ports);
  await runAppCommand(run, "prepare", { interruptible: true });
  throwIfInterrupted(run.ports);
  if (run.part === null) await announceBeginning(run, "start");
  await enterPhase(run, "stopping");
  await stopApplication(run);
  throwIfInterrupted(run.ports);
  run.phase = "backing-up"; // from here on each target has a phase of its own
}

/** Each wave after the one before, until one of its targets did not end well: then no further one begins. `pass` sets a target's ending where it did not. */
async function eachWave(run: Run, pass: (target: TargetRun) => Promise<void>): Promise<void> {
  const waves = wavesOf(run);
  for (const [index, wave] of waves.entries()) {
    await severalAtOnce(wave, run.environment.parallel, async (target) => {
      if (run.ports.signal.aborted) target.ending = untouched(run, interruption(run.ports.signal));
      else await pass(target);
    });
    const bad = wave.filter(({ ending }) => ending !== null && !endedWell(ending.outcome));
    if (bad.length === 0 || index === waves.length - 1) continue;
    const why = run.ports.signal.aborted ? interruption(run.ports.signal) : waveStopped(index, waves.length, bad);
    for (const target of waves.slice(index + 1).flat()) target.ending = untouched(run, why);
    return;
  }
}

function waveStopped(index: number, of: number, bad: readonly TargetRun[]): BelayError {
  const what = `${counted(bad.length, "target")} of wave ${index + 1} of ${of} did not end well`;
  return failure("wave-stopped", `${what}, so that no further wave was begun`, {
    hint: 'mend the cause, then migrate again: it goes on with what is still pending; the very same plan needs --again "why"',
  });
}

/** Its turn did not come: it is as it was. */
function untouched(run: Run, why: BelayError): TargetEnding {
  const outcome = run.ports.signal.aborted ? "interrupted" : "refused";
  return { outcome, reasons: reasonsOf([why], run.ports.redact), repeatNeedsReason: false, recoverable: false, disowned: false };
}

/** One that fails is brought back alone, while the application of all of them stays stopped. */
async function passAlone(run: Run, target: TargetRun, work: Work): Promise<void> {
  try {
    await passTarget(run, target, work);
    await enterTargetPhase(run, target, "verified");
  } catch (error) {
    const part = partOf(run, target, false);
    target.ending = await comeBack(part, error);
    forgetStates(target);
  }
}

/** Not all targets have come to the new state: what is verified stays, and the application starts as it was before. */
async function endHalted(run: Run, head: ResultHead, digest: string, passedOver: readonly Target[]): Promise<Result> {
  for (const target of run.targets) target.ending ??= STAYED;
  const endings = run.targets.flatMap(({ ending }) => ending ?? []);
  const rows = run.targets.filter(({ phase, ending }) => phase !== null && ending !== STAYED && ending?.recoverable !== true); // those that stay say so: verified
  const errors: unknown[] = [];
  let failed = false;
  if (!endings.some(({ disowned }) => disowned)) {
    try {
      await enterPhase(run, "restarting", rows);
      errors.push(...(await restart(run, "previous")));
    } catch (error) {
      errors.push(error);
      failed = true;
    }
    await dropCopiesOfUndone(run);
  }
  const ending = endingOfParts(run, endings, reasonsOf(errors, run.ports.redact));
  return recordEnd(run, head, digest, { ...ending, recoverable: failed, passedOver });
}

export function endingOfParts(run: Run, endings: readonly TargetEnding[], more: Ending["reasons"] = []): Ending {
  const [first = "migrated" as const, ...rest] = endings.map(({ outcome }) => outcome);
  const reasons = [...more, ...endings.flatMap((ending) => ending.reasons)];
  return {
    outcome: more.length > 0 ? "needs-attention" : worstOutcome([first, ...rest]),
    reasons: reasons.filter(({ message }, index) => reasons.findIndex((other) => other.message === message) === index),
    repeatNeedsReason: endings.length === run.targets.length && endings.some(({ repeatNeedsReason }) => repeatNeedsReason),
    recoverable: false,
  };
}

/** Each target has its own application: what happens to one is nothing to the others. */
async function conductApart(run: Run, head: ResultHead, work: Work, passedOver: readonly Target[]): Promise<Result> {
  await announceBeginning(run, "start");
  try {
    await eachWave(run, (target) => conductOne(run, target, work));
  } catch (error) {
    return announceUnrecorded(run, unrecorded(run, head, work.plan.digest, reasonsOf([error], run.ports.redact))); // how a target ended could not be written
  }
  const ending = endingOfParts(
    run,
    run.targets.flatMap((target) => target.ending ?? []),
  );
  if (run.targets.some((target) => target.ending?.disowned === true)) return unrecorded(run, head, work.plan.digest, ending.reasons);
  const checklist = endedWell(ending.outcome) ? { checklist: run.environment.checklist } : {};
  return recordEnd(run, head, work.plan.digest, { ...ending, ...checklist, passedOver });
}

async function conductOne(run: Run, target: TargetRun, work: Work): Promise<void> {
  const part = partOf(run, target, true);
  try {
    await enterPhase(part, "preparing", part.targets);
    await stopAll(part, work);
    await passTarget(part, target, work);
    const left = await startAndSettle(part);
    target.ending = left.length === 0 ? STAYED : { ...STAYED, ...migratedEnding(part, left) };
  } catch (error) {
    target.ending = await comeBack(part, error);
  } finally {
    await closeWorkspace(target);
    forgetStates(target);
  }
  if (run.watch === null || part.watch?.state === "broken") run.watch = part.watch; // of several the one that broke is told
  await recordTargetEnd(part, target, target.ending);
}

/** It has ended before the run: its containers need not wait for the others. */
export async function recordTargetEnd(
  part: Run,
  target: TargetRun,
  { outcome, repeatNeedsReason, recoverable, disowned }: TargetEnding,
): Promise<void> {
  if (disowned) return;
  await part.journal.append({
    type: "target-ended",
    target: target.target.name,
    repeatNeedsReason,
    result: targetResult(part, target, outcome),
  });
  if (!recoverable && target.phase !== null) await writeRow(part, target, "ended");
}
