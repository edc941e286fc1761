/** What happens to one target while the application is stopped: backup, migration, verification, one target after the other or several at once. */

import type { Plan } from "../plan/plan.ts";
import type { NamedBackups } from "./early-backup.ts";
import { enterTargetPhase, forgetStates, throwIfInterrupted, type Run, type TargetRun } from "./run.ts";
import { markAndClose } from "./start-application.ts";
import { applyTo, takeBeforeState, verifyAll } from "./pass-tenants.ts";

/** What a run is to do. */
export interface Work {
  readonly plan: Plan;
  /** Backups that were taken before the run. */
  readonly named: NamedBackups;
  /** False: the after-state is recorded, and a later `belay verify` judges it. */
  readonly judge: boolean;
}

/** Nothing of the target is open afterwards, so that a thousand of them need no more than one. What it throws is kept as the target's failure. */
export async function passTarget(run: Run, target: TargetRun, { plan, judge }: Work): Promise<void> {
  try {
    await enterTargetPhase(run, target, "backing-up");
    await takeBeforeState(run, target, plan);
    await run.ports.confirmGrant();
    throwIfInterrupted(run.ports);
    await enterTargetPhase(run, target, "migrating");
    await applyTo(run, target, plan);
    throwIfInterrupted(run.ports);
    await enterTargetPhase(run, target, "verifying");
    await verifyAll(run, target, { judge });
    throwIfInterrupted(run.ports);
    await markAndClose(run, target);
    if (!run.environment.app.online) forgetStates(target); // where the application goes on, structures are all that a way back has
  } catch (error) {
    target.failure = error;
    throw error;
  }
}
