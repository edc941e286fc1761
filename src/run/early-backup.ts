/**
 * The durable backup of a run that takes it before the downtime (`backup.when: before`, or the team's own by `backup.external`), or relies
 * on one already taken (`--backup ID`).
 * It lacks what is written until the application stops: the before-state is the clone that is made then.
 */

import type { Environment } from "../config/config.ts";
import { refusal } from "../domain/error.ts";
import { databaseOf, type Target } from "../domain/target.ts";
import type { Plan } from "../plan/plan.ts";
import { assertIntact, findBackup, refuseExternal, type StoredBackup } from "./backups.ts";
import { takeExternalBackup } from "./external-backup.ts";
import type { Ports } from "./ports.ts";
import { step, type Run, type TargetRun } from "./run.ts";
import { describeBackup, takeDurableBackup } from "./take-backup.ts";

export type NamedBackups = ReadonlyMap<Target, StoredBackup>;

/**
 * The backups that were asked for by name, every byte checked; none where none was. Refuses with `backup-unknown`, `backup-damaged`,
 * `backup-of-another-database`, and with `clone-needed` where nothing would hold what is written until the application stops.
 */
export async function namedBackups(ports: Ports, environment: Environment, plan: Plan, id: string | null): Promise<NamedBackups> {
  const named = new Map<Target, StoredBackup>();
  if (id === null) return named;
  if (environment.backup.clone === "never") {
    throw refusal(
      "clone-needed",
      "a run that relies on an earlier backup needs the copy for the way back, and belay.yml says clone: never",
      {
        hint: "leave out --backup, so that the run takes its own backup, or leave out `backup.clone` in belay.yml",
      },
    );
  }
  for (const { target: planned, identity, copyObstacle } of plan.targets) {
    const target = databaseOf(planned);
    if (named.has(target)) continue;
    if (copyObstacle !== null) {
      throw refusal("clone-needed", `a run that relies on an earlier backup needs the copy for the way back, and ${copyObstacle}`, {
        hint: "leave out --backup, so that the run takes its own backup",
      });
    }
    const store = ports.storeOf(environment, target);
    const backup = await findBackup(store, environment.name, target, id);
    const { manifest } = backup;
    if (manifest.engine !== target.engine || manifest.source !== identity.lasting) {
      throw refusal("backup-of-another-database", `backup ${manifest.id} is of ${manifest.source}, not of ${identity.lasting}`, {
        hint: `leave out --backup, so that the run takes its own; \`belay backups ${environment.name}\` lists what is there`,
      });
    }
    refuseExternal(backup);
    await assertIntact(store, backup);
    named.set(target, backup);
  }
  return named;
}

/** Step `backup`, while the application runs; without one where the run's backup is taken after the stop. */
export async function backUpEarly(run: Run, target: TargetRun, named: NamedBackups): Promise<void> {
  const backup = named.get(target.target);
  if (backup !== undefined) await adoptBackup(run, target, backup);
  else if (run.environment.backup.external !== null) await takeExternalBackup(run, target, run.environment.backup.external);
  else if (run.environment.backup.when === "before") await takeDurableBackup(run, target);
  else return;
  target.earlierBackup = true;
}

function adoptBackup(run: Run, target: TargetRun, backup: StoredBackup): Promise<void> {
  return step(run, "backup", target, async () => {
    target.backup = backup;
    const { summary, manifest } = backup;
    return {
      value: undefined,
      detail: `${manifest.id}, already taken, its files are intact: ${describeBackup(summary.sizeBytes, summary.proof)}`,
    };
  });
}
