/** Takes back one target of a run. Tenants go back together, by their database's one copy, where that loses nobody's writes; else each alone. */

import { lastOfTarget } from "./journal-entry.ts";
import { coversDatabase, note, type Run, type TargetRun } from "./run.ts";
import { closeWorkspace } from "./take-backup.ts";
import { undoAlone, type UndoOptions } from "./undo.ts";

/** Step `rollback`. Throws `rollback-refused` where it must not happen by itself; nothing was changed then. */
export async function undoTarget(run: Run, target: TargetRun, options: UndoOptions): Promise<void> {
  if (target.tenants.length === 0) return undoAlone(run, target, options);
  await closeWorkspace(target);
  if (goesBackWhole(run, target, options)) return undoWhole(run, target, options);
  for (const tenant of target.tenants) if (!isBack(run, tenant)) await undoAlone(run, tenant, options);
}

/**
 * As long as the application stands still nothing but the run has written, so that the database as a whole is what it was before; once it
 * ran, others than the run's tenants may have been written to. Whatever a crashed attempt had begun is gone on with.
 */
function goesBackWhole(run: Run, database: TargetRun, { applicationRan, byItself }: UndoOptions): boolean {
  const begun = (target: TargetRun) =>
    lastOfTarget(run.journal.entries, "intent", target.target.name) !== undefined && !isBack(run, target);
  if (begun(database)) return true;
  if (database.tenants.some(begun)) return false;
  if (byItself === true && run.environment.app.online) return false;
  const [first, ...others] = database.tenants;
  const together = others.every(({ backup }) => backup?.folder === first?.backup?.folder);
  return together && (coversDatabase(database) || (!applicationRan && database.tenants.length > 1));
}

async function undoWhole(run: Run, database: TargetRun, options: UndoOptions): Promise<void> {
  gather(database);
  await undoAlone(run, database, options);
  const { rollback } = database;
  if (rollback === null) return;
  for (const tenant of database.tenants) {
    tenant.rollback = rollback;
    note(tenant, database.notes);
    await run.journal.append({ type: "rolled-back", target: tenant.target.name, rollback });
  }
}

/** What the database has to go back by, and what stands against it, its tenants know; a recovery has read it from their entries alone. */
function gather(database: TargetRun): void {
  const known = database.tenants.find(({ backup }) => backup !== null);
  database.backup ??= known?.backup ?? null;
  database.clone ??= known?.clone ?? null;
  database.earlierBackup ||= known?.earlierBackup === true;
  database.committed ||= database.tenants.some(({ committed }) => committed);
  database.disturbance ??= database.tenants.map(({ disturbance }) => disturbance).find((found) => typeof found === "string");
}

function isBack(run: Run, { target }: TargetRun): boolean {
  return lastOfTarget(run.journal.entries, "rolled-back", target.name) !== undefined;
}
