/** From verified to settled: the new application starts on the new data, answers, and the run's copies are kept or dropped. */

import { messageOf, type BelayError } from "../domain/error.ts";
import { applicationsOf, runAppCommand } from "./application.ts";
import { failedChecks, runChecks, surroundingsOf } from "./checks.ts";
import { isJudged } from "./ending.ts";
import { throwIfAny } from "./failed-checks.ts";
import { endMaintenance } from "./maintenance.ts";
import { journalPlace } from "./past-runs.ts";
import { dropExpired, dropWatched } from "./retention.ts";
import { enterPhase, leavesOf, step, throwIfInterrupted, type Run, type TargetRun } from "./run.ts";
import { closeWorkspace } from "./take-backup.ts";
import { watchApplication } from "./watch.ts";

/**
 * Everything after verification. A failing `start` and a failing health check are the same failure. Gives back what a person has to do
 * although all went well.
 */
export async function startAndSettle(run: Run): Promise<readonly BelayError[]> {
  await markVerified(run);
  await enterPhase(run, "starting");
  await runAppCommand(run, "start", { interruptible: true });
  throwIfInterrupted(run.ports);
  await enterPhase(run, "health");
  await checkHealth(run);
  throwIfInterrupted(run.ports);
  const left = await endMaintenance(run);
  await watchApplication(run);
  await finishStarted(run);
  return left;
}

/** The application runs on the new data and answered: what is left is to keep or drop copies. */
export async function finishStarted(run: Run): Promise<void> {
  await enterPhase(run, "settled");
  await settle(run);
}

/** Says that all targets are verified, once nothing of the run has one of them open any more. */
async function markVerified(run: Run): Promise<void> {
  for (const target of run.targets) await markAndClose(run, target);
  await enterPhase(run, "verified");
}

/** Remembers the data before anybody else may write to them, and lets go of the target. */
export async function markAndClose(run: Run, target: TargetRun): Promise<void> {
  await mark(run, target); // a database with tenants, too: as a whole it goes back with all that is beside them
  for (const tenant of target.tenants) if (tenant.givenUp === null) await mark(run, tenant);
  await closeWorkspace(target);
}

async function mark(run: Run, target: TargetRun): Promise<void> {
  if (target.workspace === null || target.mark !== undefined || run.environment.backup.keep.swapMs === 0) return;
  target.mark = await target.workspace.mark(run.id);
  await run.journal.append({ type: "mark", target: target.target.name, mark: target.mark });
}

export async function checkHealth(run: Run): Promise<void> {
  const checks = run.environment.checks.health;
  if (checks.length === 0) return;
  for (const about of applicationsOf(run)) {
    await step(run, "health", about, async () => {
      const { results } = await runChecks(surroundingsOf(run, about), checks, "health", null); // the application has the database, so no SQL is asked
      for (const target of leavesOf(about === null ? run : { targets: [about] })) target.checks.push(...results);
      throwIfAny("failed", failedChecks(results));
      const warned = results.some((check) => check.warned === true);
      return { value: undefined, outcome: warned ? "warned" : "done", detail: results.map(({ name }) => name).join(", ") };
    });
  }
}

/** Drops what `keep` no longer keeps. That it could not be dropped is worth a note, never the run. */
async function settle(run: Run): Promise<void> {
  const { ports, environment } = run;
  await step(run, "settle", run.part, async () => {
    for (const target of run.targets) {
      try {
        await dropExpired(ports, environment, run.history, target, isJudged(run) ? null : run.id);
      } catch (error) {
        target.notes.push(`old copies could not be dropped: ${messageOf(error)}`);
      }
    }
    if (environment.watch !== null && run.part === null) await dropWatches(run);
    return { value: undefined };
  });
}

async function dropWatches({ ports, environment, targets }: Run): Promise<void> {
  const ours = targets.map(({ target }) => target);
  try {
    await dropWatched(ports, environment, journalPlace(ports, environment, ours));
  } catch (error) {
    targets[0]?.notes.push(`records of old watches could not be dropped: ${messageOf(error)}`);
  }
}
