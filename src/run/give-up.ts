/**
 * A tenant that fails is given up alone: it goes back to its before-state, and the run goes on with the others. The shared schema is
 * everybody's, so that its failure is the run's; so is an interruption, a lost lock, and a defect.
 */

import { BelayError, messageOf } from "../domain/error.ts";
import { interruption, isInterruption, type Run, type TargetRun } from "./run.ts";
import { undoAlone, undoByItself } from "./undo.ts";

/** Tenants that are still on their way to the new state. */
export function going({ tenants }: TargetRun): readonly TargetRun[] {
  return tenants.filter(({ givenUp }) => givenUp === null);
}

/** Does work on one target. What it throws is the target's alone where that can be taken back alone. */
export async function orGiveUp(run: Run, target: TargetRun, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { database } = target;
    if (database === null || target.target.tenant?.shared === true || !isItsOwn(run, error)) throw error;
    target.givenUp = error;
    if (going(database).length === 0) throw error; // nothing is left that the run could go on with
    run.ports.progress({ type: "notice", message: run.ports.redact(`${target.target.name} is taken back alone: ${messageOf(error)}`) });
  }
}

function isItsOwn({ ports }: Run, error: unknown): boolean {
  if (ports.signal.aborted) throw interruption(ports.signal);
  return error instanceof BelayError && !isInterruption(error) && error.code !== "lock-lost";
}

/** Takes back what was given up, before the others are said to be verified. Where that cannot be, it is the run's failure. */
export async function undoGivenUp(run: Run, { tenants }: TargetRun): Promise<void> {
  for (const tenant of tenants) {
    if (tenant.givenUp !== null) await undoAlone(run, tenant, undoByItself(run, false));
  }
}
