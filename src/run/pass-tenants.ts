/** What happens to a target while the application is stopped: to a database as a whole, or to each of its tenants, the shared schema first. */

import { plannedOf, type Plan } from "../plan/plan.ts";
import { applyMigrations } from "./apply-migrations.ts";
import { going, orGiveUp, undoGivenUp } from "./give-up.ts";
import { throwIfInterrupted, type Run, type TargetRun } from "./run.ts";
import { takeBackup } from "./take-backup.ts";
import { takeBackupOfTenants } from "./take-tenants-backup.ts";
import { verifyTarget, type VerifyOptions } from "./verify-run.ts";

/** Refuses as `takeBackup` does. */
export async function takeBeforeState(run: Run, target: TargetRun, plan: Plan): Promise<void> {
  if (target.tenants.length > 0) await takeBackupOfTenants(run, target, plan);
  else await takeBackup(run, target, plan, plannedOf(plan, target.target));
}

/** Each tenant has a run's whole time limit, as every target has. */
export async function applyTo(run: Run, target: TargetRun, plan: Plan): Promise<void> {
  if (target.tenants.length === 0) return applyMigrations(run, target, plannedOf(plan, target.target));
  for (const tenant of target.tenants) {
    await orGiveUp(run, tenant, () => applyMigrations(run, tenant, plannedOf(plan, tenant.target)));
    throwIfInterrupted(run.ports);
  }
}

/** Tenants that were given up are back in their old state when it returns. */
export async function verifyAll(run: Run, target: TargetRun, options: VerifyOptions): Promise<void> {
  if (target.tenants.length === 0) return verifyTarget(run, target, options);
  for (const tenant of going(target)) {
    await orGiveUp(run, tenant, () => verifyTarget(run, tenant, options));
    throwIfInterrupted(run.ports);
  }
  await undoGivenUp(run, target);
}
