/** The before-states of tenants: their database has one backup, one proof and one clone, which all of them share. */

import { makeBackupId } from "../domain/run-id.ts";
import type { SchemaSnapshot } from "../domain/schema.ts";
import { size } from "../domain/words.ts";
import { schemaDigest } from "../plan/digest.ts";
import { plannedOf, type Plan, type PlannedTarget } from "../plan/plan.ts";
import type { BackupTaken, Workspace } from "../engine/workspace.ts";
import { backupFolder, writeManifest, type StoredBackup } from "./backups.ts";
import { failedChecks } from "./checks.ts";
import { throwIfAny } from "./failed-checks.ts";
import { note, step, type Run, type TargetRun } from "./run.ts";
import {
  describeBackup,
  manifestOf,
  observeSnapshot,
  openWorkspace,
  recordBeforeState,
  refuseChangedPlan,
  showProgress,
  type Observed,
} from "./take-backup.ts";

type TenantSeen = Observed & { readonly schema: SchemaSnapshot };

/** Of all tenants of the run at once, whichever of them are migrated first: they are seen on the snapshot that the one backup is taken from. */
export async function takeBackupOfTenants(run: Run, database: TargetRun, plan: Plan): Promise<void> {
  const { tenants } = database;
  for (const tenant of tenants) await openWorkspace(run, tenant);
  const { workspace } = database;
  if (workspace === null) throw new Error("tenants that are open in a database that is not");
  const planned = tenants.map(({ target }) => plannedOf(plan, target));
  const taken = await backUp(run, database, workspace, planned);
  const seen = tenants.map((tenant) => {
    const found = taken.observed.get(tenant);
    if (found === undefined) throw new Error(`${tenant.target.name} was not looked at`);
    return found;
  });
  const { identity } = taken;
  await refuseChangedPlan(
    run,
    plan,
    seen.map(({ state, schema }, index) => ({ planned: at(planned, index), state, schemaDigest: schemaDigest(schema), identity })),
  );
  throwIfAny(
    "refused",
    seen.flatMap(({ checks }) => failedChecks(checks)),
  );
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`no ${index} in a list of ${list.length}`);
  return found;
}

type TenantsTaken = BackupTaken<ReadonlyMap<TargetRun, TenantSeen>>;

/** Step `backup`, or where the durable one was taken earlier `clone`. */
function backUp(run: Run, database: TargetRun, workspace: Workspace, planned: readonly PlannedTarget[]): Promise<TenantsTaken> {
  const { environment, ports } = run;
  const name = database.backup === null ? "backup" : "clone";
  const id = makeBackupId(ports.now(), ports.random(1));
  const folder = backupFolder(environment.name, database.target, id);
  const [first] = planned;
  return step(run, name, database, async () => {
    const value = await workspace.backup({
      run: run.id,
      into: database.backup === null ? { store: database.store, folder } : null,
      proof: database.backup === null ? (first?.proof ?? "restore") : "restore",
      clone: database.backup !== null || first?.clone === true,
      observe: async (_session, tenantOn) => {
        const seen = new Map<TargetRun, TenantSeen>();
        for (const tenant of database.tenants) {
          const { session, schema } = tenantOn(tenant.target);
          seen.set(tenant, { ...(await observeSnapshot(run, tenant, session)), schema: await schema() });
        }
        return seen;
      },
      progress: showProgress(run, database, name),
    });
    const kept = database.backup ?? (await writeManifest(database.store, folder, manifestOf(run, database, id, value)));
    await recordTenants(run, database, kept, value);
    const told =
      name === "clone" ? `${size(value.clone?.sizeBytes ?? 0)}, compared` : describeBackup(kept.summary.sizeBytes, kept.summary.proof);
    return { value, detail: `${told}, for ${database.tenants.length} tenants` };
  });
}

/** Each tenant goes back by the one backup, and by its own entry of the journal. */
async function recordTenants(run: Run, database: TargetRun, backup: StoredBackup, taken: TenantsTaken): Promise<void> {
  database.backup = backup;
  database.clone = taken.clone;
  database.before = taken.schema;
  note(database, taken.lacks);
  for (const tenant of database.tenants) {
    const seen = taken.observed.get(tenant);
    if (seen === undefined) continue;
    tenant.backup = backup;
    tenant.earlierBackup = database.earlierBackup;
    tenant.checks.push(...seen.checks);
    tenant.baseline = seen.baseline;
    await recordBeforeState(run, tenant, backup, { ...taken, schema: seen.schema, observed: seen });
  }
}
