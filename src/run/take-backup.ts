/** Step `backup` or `clone`: before-state, backup, proof and clone from one snapshot, and the second look at the plan. */

import type { RecordedRows } from "../check/check.ts";
import type { Manifest } from "../domain/backup.ts";
import { refusal } from "../domain/error.ts";
import type { CheckResult } from "../domain/result.ts";
import { makeBackupId } from "../domain/run-id.ts";
import { size } from "../domain/words.ts";
import { databaseOf, type Identity } from "../domain/target.ts";
import { schemaDigest } from "../plan/digest.ts";
import { proofOf, type Plan, type PlannedTarget } from "../plan/plan.ts";
import type { CopyProgress, Supervision } from "../engine/hold.ts";
import type { BackupRequest, BackupTaken, Workspace } from "../engine/workspace.ts";
import type { ToolState } from "../tool/tool.ts";
import { backupFolder, writeManifest, type StoredBackup } from "./backups.ts";
import { failedChecks, readBaseline, runChecks, surroundingsOf } from "./checks.ts";
import { throwIfAny } from "./failed-checks.ts";
import { planOf, upTo } from "./observe.ts";
import { writtenSoFar } from "./later-writes.ts";
import { note, step, type Run, type TargetRun } from "./run.ts";

/** What is seen on the snapshot that the backup is taken from. */
export interface Observed {
  readonly state: ToolState;
  readonly checks: readonly CheckResult[];
  readonly recorded: ReadonlyMap<string, RecordedRows>;
  readonly baseline: ReadonlyMap<string, RecordedRows>;
}

/** A backup of the target as it is, while the application runs: proven, without a clone. */
export async function takeDurableBackup(run: Run, target: TargetRun): Promise<void> {
  const workspace = await openWorkspace(run, target);
  await step(run, "backup", target, async () => {
    target.backup = await durableBackup(run, target, workspace, showProgress(run, target, "backup"));
    note(target, target.backup.manifest.lacks);
    const { sizeBytes, proof } = target.backup.summary;
    return { value: undefined, detail: describeBackup(sizeBytes, proof) };
  });
  await closeWorkspace(target);
}

/** A backup by itself, with its manifest; nothing in the journal refers to it. */
export async function durableBackup(run: Run, target: TargetRun, workspace: Workspace, progress?: CopyProgress): Promise<StoredBackup> {
  const id = makeBackupId(run.ports.now(), run.ports.random(1));
  const folder = backupFolder(run.environment.name, target.target, id);
  const taken = await workspace.backup({
    run: run.id,
    into: { store: target.store, folder },
    proof: proofOf(run.environment),
    clone: false,
    observe: async () => null,
    ...(progress === undefined ? {} : { progress }),
  });
  return writeManifest(target.store, folder, manifestOf(run, target, id, taken));
}

/** A backup, with a clone where one can be made, before the tool goes down; the workspace stays open for it. */
export async function backUpBeforeDescent(run: Run, target: TargetRun): Promise<void> {
  const id = makeBackupId(run.ports.now(), run.ports.random(1));
  const folder = backupFolder(run.environment.name, target.target, id);
  const workspace = await openWorkspace(run, target);
  await step(run, "backup", target, async () => {
    const clone = (await copyObstacle(run, target)) === null;
    const observe = async () => ({ recorded: new Map(), baseline: new Map() });
    const value = await workspace.backup({
      run: run.id,
      into: { store: target.store, folder },
      proof: proofOf(run.environment),
      clone,
      observe,
      progress: showProgress(run, target, "backup"),
    });
    await keepBackup(run, target, id, folder, value);
    return {
      value: undefined,
      detail: describeBackup(
        value.files.reduce((sum, file) => sum + file.sizeBytes, 0),
        value.proof,
      ),
    };
  });
}

async function copyObstacle({ ports }: Run, { target }: TargetRun): Promise<string | null> {
  await using view = await ports.engineOf(target).open(target);
  return await view.copyObstacle();
}

type BeforeState = BackupTaken<Pick<Observed, "recorded" | "baseline">>;

/** Writes the manifest and the journal's entry. */
async function keepBackup(run: Run, target: TargetRun, id: string, folder: string, value: BeforeState): Promise<void> {
  target.backup = await writeManifest(target.store, folder, manifestOf(run, target, id, value));
  await recordBeforeState(run, target, target.backup, value);
}

/** The journal's entry: from here on a recovery finds its way back. */
export async function recordBeforeState(run: Run, target: TargetRun, { folder, summary }: StoredBackup, value: BeforeState): Promise<void> {
  target.clone = value.clone;
  note(target, value.lacks);
  target.before = value.schema;
  target.cloneMark = value.cloneMark;
  await run.journal.append({
    type: "backup",
    target: target.target.name,
    folder,
    ...(target.earlierBackup ? { earlier: true } : {}),
    summary,
    clone: value.clone,
    ...(target.since === null ? {} : { since: target.since }),
    ...(value.cloneMark === undefined ? {} : { cloneMark: value.cloneMark }),
    schema: value.schema,
    baseline: Object.fromEntries([...value.observed.recorded, ...value.observed.baseline]),
  });
}

export function showProgress({ ports }: Run, { target }: TargetRun, name: "backup" | "clone"): CopyProgress {
  return (done, total) => ports.progress({ type: "step-progress", target: target.name, step: name, done, total, unit: "bytes" });
}

/**
 * Takes and proves the backup, or where one was taken earlier the clone alone, and refuses with `plan-changed` or `check-failed` where
 * the snapshot no longer fits the plan.
 */
export async function takeBackup(run: Run, target: TargetRun, plan: Plan, planned: PlannedTarget): Promise<void> {
  const taken = target.backup === null ? await backUpAndClone(run, target, planned) : await cloneAlone(run, target, target.backup);
  const { identity, schema, observed } = taken;
  await refuseChangedPlan(run, plan, [{ planned, state: observed.state, identity, schemaDigest: schemaDigest(schema) }]);
  throwIfAny("refused", failedChecks(taken.observed.checks));
}

function backUpAndClone(run: Run, target: TargetRun, planned: PlannedTarget): Promise<BackupTaken<Observed>> {
  const { ports, environment } = run;
  const id = makeBackupId(ports.now(), ports.random(1));
  const folder = backupFolder(environment.name, target.target, id);
  const into = { store: target.store, folder };
  return snapshotStep(run, target, "backup", { into, proof: planned.proof, clone: planned.clone }, async (value) => {
    await keepBackup(run, target, id, folder, value);
    return describeBackup(
      value.files.reduce((sum, file) => sum + file.sizeBytes, 0),
      value.proof,
    );
  });
}

/** The before-state of a run whose durable backup was taken earlier: what was written since is in the clone, and nowhere else. */
function cloneAlone(run: Run, target: TargetRun, backup: StoredBackup): Promise<BackupTaken<Observed>> {
  return snapshotStep(run, target, "clone", { into: null, proof: "restore", clone: true }, async (value) => {
    await recordBeforeState(run, target, backup, value);
    return `${size(value.clone?.sizeBytes ?? 0)}, compared`;
  });
}

/** `keep` records what was taken, and says it in one line for people. */
async function snapshotStep(
  run: Run,
  target: TargetRun,
  name: "backup" | "clone",
  how: Pick<BackupRequest<Observed>, "into" | "proof" | "clone">,
  keep: (value: BackupTaken<Observed>) => Promise<string>,
): Promise<BackupTaken<Observed>> {
  const workspace = await openWorkspace(run, target);
  return step(run, name, target, async () => {
    const value = await workspace.backup({
      run: run.id,
      ...how,
      observe: (session) => observeSnapshot(run, target, session),
      progress: showProgress(run, target, name),
    });
    // after the before-state was taken: what it holds was counted, or will be
    target.since = await writtenSoFar(run, target);
    target.checks.push(...value.observed.checks);
    target.baseline = value.observed.baseline;
    return { value, detail: await keep(value) };
  });
}

/** Opens the target for work, a tenant within its database's; what it starts is recorded first. */
export async function openWorkspace(run: Run, target: TargetRun): Promise<Workspace> {
  if (target.database !== null) {
    const whole = target.database.workspace ?? (await openWorkspace(run, target.database));
    target.workspace = whole.tenant(target.target);
    return target.workspace;
  }
  const workspace = await target.hold.work({
    run: run.id,
    recordProcess: (started) => run.journal.append({ type: "process", target: target.target.name, started }),
    signal: target.stop.signal,
  });
  target.workspace = workspace;
  return workspace;
}

/** What works for the run outside of a workspace is recorded as well. It takes the target back, and so no interruption ends it. */
export function recorded(run: Run, { target }: TargetRun): Supervision {
  return { recordProcess: (started) => run.journal.append({ type: "process", target: target.name, started }) };
}

/** A database's with those of its tenants; a tenant's closes nothing, as the others go on. */
export async function closeWorkspace(target: TargetRun): Promise<void> {
  for (const tenant of target.tenants) tenant.workspace = null;
  const { workspace } = target;
  target.workspace = null;
  await workspace?.[Symbol.asyncDispose]();
}

export async function observeSnapshot(run: Run, target: TargetRun, session: Parameters<TargetRun["tool"]["state"]>[0]): Promise<Observed> {
  const surroundings = surroundingsOf(run, target);
  const state = await target.tool.state(session); // first: a check that is given up keeps the connection
  const { results, recorded } = await runChecks(surroundings, run.environment.checks.before, "before", session);
  return { state, checks: results, recorded, baseline: await readBaseline(surroundings, session) };
}

/** What the snapshot showed of a target of the plan. */
export interface SeenAgain {
  readonly planned: PlannedTarget;
  readonly state: ToolState;
  readonly identity: Identity;
  readonly schemaDigest: string;
}

/** The plan once more, from the snapshot: what stopping the application changed is found here, before anything is applied. */
export async function refuseChangedPlan(run: Run, plan: Plan, seen: readonly SeenAgain[]): Promise<void> {
  throwIfAny(
    "refused",
    seen.flatMap(({ state }) => state.obstacles),
  );
  const now = new Map(
    seen.map(({ planned, state, ...found }) => [planned, { ...planned, ...upTo({ ...planned, ...state, ...found }, plan.to) }]),
  );
  const again = await planOf(run.ports, run.environment, [...now.values()], plan.to);
  const before = await planOf(run.ports, run.environment, [...now.keys()], plan.to);
  const moved = seen.find(({ planned, identity }) => identity.live !== planned.identity.live);
  if (again.digest === before.digest && moved === undefined) return;
  const changes = [...now].map(([planned, found]) => whatChanged(planned, found));
  throw refusal(
    "plan-changed",
    `the plan changed between planning and the backup (${changes.find((change) => change !== null) ?? OTHERWISE})`,
    {
      hint: `look at it again: \`belay plan ${run.environment.name}\`; does \`app.stop\` or \`app.prepare\` change the database or the migrations?`,
    },
  );
}

const OTHERWISE = "belay.yml or the tool's configuration";

function whatChanged(planned: PlannedTarget, now: PlannedTarget): string | null {
  if (now.identity.live !== planned.identity.live) return "another database lies in its place";
  if (planned.schemaDigest !== now.schemaDigest) return "the schema of the database";
  const before = planned.pending.map(({ id, sha256 }) => `${id} ${sha256}`);
  const after = now.pending.map(({ id, sha256 }) => `${id} ${sha256}`);
  return before.join() === after.join() ? null : "the migration files";
}

export function manifestOf(run: Run, target: TargetRun, id: string, taken: BackupTaken<unknown>): Manifest {
  return {
    formatVersion: 1,
    id,
    run: run.id,
    environment: run.environment.name,
    target: databaseOf(target.target).name,
    engine: target.target.engine,
    engineVersion: taken.engineVersion,
    toolVersions: { belay: run.ports.belayVersion, ...taken.toolVersions },
    takenAt: run.ports.now().toISOString(),
    source: taken.identity.lasting,
    files: taken.files,
    tables: taken.tables,
    schemaDigest: schemaDigest(taken.schema),
    sequences: taken.sequences,
    compression: taken.compression,
    encryption: target.store.encryption,
    proof: taken.proof,
    lacks: taken.lacks,
    restore: taken.restore,
    engineFacts: taken.engineFacts,
  };
}

export function describeBackup(sizeBytes: number, proof: Manifest["proof"]): string {
  return `${size(sizeBytes)}, ${proof === "restored" ? "restored and compared" : "read back, rows counted"}`;
}
