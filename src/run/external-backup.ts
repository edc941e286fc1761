/**
 * The team's own backup in place of Belay's (`backup.external`): pgBackRest, Barman, WAL-G, a provider's snapshot. Both commands run
 * before anything is stopped, and either one's failure refuses the run. The store gets a manifest without files: a record of what was
 * relied on, which says whose proof it is. The before-state, and with it the way back, is the clone that is made after the stop.
 */

import type { BackupConfig } from "../config/config.ts";
import type { Manifest } from "../domain/backup.ts";
import { makeBackupId } from "../domain/run-id.ts";
import { describeCommand } from "../process/describe-command.ts";
import { schemaDigest } from "../plan/digest.ts";
import { runTeamCommand } from "./application.ts";
import { backupFolder, writeManifest } from "./backups.ts";
import { step, type Run, type TargetRun } from "./run.ts";

/** Step `backup`. Throws `backup-failed`. The commands are told the target's address and, as `BELAY_BACKUP`, the id that reports will name. */
export async function takeExternalBackup(run: Run, target: TargetRun, { create, check }: ExternalBackup): Promise<void> {
  await step(run, "backup", target, async () => {
    const id = makeBackupId(run.ports.now(), run.ports.random(1));
    const told = { BELAY_BACKUP: id };
    if (create !== null) await runTeamCommand(run, target, "backup", "backup.external.create", create, told);
    await runTeamCommand(run, target, "backup", "backup.external.check", check, told);
    const folder = backupFolder(run.environment.name, target.target, id);
    target.backup = await writeManifest(target.store, folder, await recordOf(run, target, id));
    return { value: undefined, detail: `made and checked by your own commands: ${describeCommand(check.command)}` };
  });
}

type ExternalBackup = NonNullable<BackupConfig["external"]>;

async function recordOf(run: Run, { target }: TargetRun, id: string): Promise<Manifest> {
  await using view = await run.ports.engineOf(target).open(target);
  const { lasting: source } = await view.identity();
  return {
    formatVersion: 1,
    id,
    run: run.id,
    environment: run.environment.name,
    target: target.name,
    engine: target.engine,
    engineVersion: view.engineVersion,
    toolVersions: { belay: run.ports.belayVersion },
    takenAt: run.ports.now().toISOString(),
    source,
    files: [],
    tables: [],
    schemaDigest: schemaDigest(await view.schema()),
    sequences: {},
    compression: "none",
    encryption: "none",
    proof: "external",
    lacks: [],
    restore: [],
    engineFacts: {},
  };
}
