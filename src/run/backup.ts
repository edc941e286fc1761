/** `belay backup`: takes and proves a backup of a target as it is, without stopping anything. */

import type { Environment } from "../config/config.ts";
import { BelayError } from "../domain/error.ts";
import type { Result } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import { assertBackupPossible } from "./preflight.ts";
import { endedBeforehand, endRun, type ResultHead } from "./ending.ts";
import { holdSettled } from "./locking.ts";
import { beginRecord } from "./open-run.ts";
import type { Ports } from "./ports.ts";
import { reasonsOf, throwIfInterrupted, type Run } from "./run.ts";
import { closeWorkspace, takeDurableBackup } from "./take-backup.ts";

export async function backup(ports: Ports, environment: Environment, targets: readonly Target[]): Promise<Result> {
  const head: ResultHead = { command: "backup", environment: environment.name, startedAt: ports.now() };
  try {
    await using locks = await holdSettled(ports, environment, targets);
    for (const target of targets) await assertBackupPossible(ports, environment, target, 1);
    throwIfInterrupted(ports);
    const run = await beginRecord({
      ports,
      environment,
      holds: locks.holds,
      began: { command: "backup" },
    });
    return await conduct(run, head);
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

/** Nothing but the store is written, and what was written is removed again where it is not proven. */
async function conduct(run: Run, head: ResultHead): Promise<Result> {
  try {
    for (const target of run.targets) await takeDurableBackup(run, target);
    return await endRun(run, head, null, { outcome: "backed-up", reasons: [], repeatNeedsReason: false });
  } catch (error) {
    const outcome = run.ports.signal.aborted ? "undone" : error instanceof BelayError ? "refused" : "needs-attention";
    return await endRun(run, head, null, { outcome, reasons: reasonsOf([error], run.ports.redact), repeatNeedsReason: false });
  } finally {
    for (const target of run.targets) await closeWorkspace(target);
  }
}
