/** Step `verify`: the after-state is recorded, always and before anything starts; then it is judged. */

import type { RecordedRows } from "../check/check.ts";
import { judgeDataScope } from "../check/data-scope.ts";
import type { Manifest } from "../domain/backup.ts";
import type { DataScopeConfig } from "../domain/check.ts";
import { keepsRecord, withoutRecords, type DataComparison } from "../domain/data.ts";
import { failure, messageOf, type BelayError, type Reason } from "../domain/error.ts";
import type { DataResult } from "../domain/result.ts";
import { toldDifference } from "../domain/schema.ts";
import type { ComparisonReference } from "../engine/hold.ts";
import type { StoredBackup } from "./backups.ts";
import { failedChecks, readerOf, runChecks, surroundingsOf } from "./checks.ts";
import { throwIfAny } from "./failed-checks.ts";
import { step, type Run, type TargetRun } from "./run.ts";

export interface VerifyOptions {
  /** False: the after-state is recorded, and a later `belay verify` judges it. */
  readonly judge: boolean;
  /** Whether somebody else wrote, where the workspace cannot know it because it was opened later; absent: it is asked. */
  readonly disturbance?: string | null;
}

/** Records the after-state of a target, judges it, and throws the reasons why it does not hold. */
export async function verifyTarget(run: Run, target: TargetRun, options: VerifyOptions): Promise<void> {
  await step(run, "verify", target, async () => {
    const recorded = await readAfterState(run, target, options);
    await recordAfterState(run, target, recorded);
    if (!options.judge) return { value: undefined, outcome: "skipped", detail: "recorded, not judged yet" };
    const after = target.checks.filter(({ phase }) => phase === "after");
    throwIfAny("failed", [
      ...failedChecks(after),
      ...brokenScope(run.environment.data, target.comparison, target.disturbance ?? null, target.tool.records),
    ]);
    const warned = after.some((check) => check.warned === true);
    return { value: undefined, outcome: warned ? "warned" : "done", detail: describe(target) };
  });
}

async function readAfterState(run: Run, target: TargetRun, known: VerifyOptions): Promise<ReadonlyMap<string, RecordedRows>> {
  const { workspace, before } = target;
  const { environment } = run;
  if (workspace === null || before === null) throw new Error("verifying without a before-state");
  const compared = environment.data.mode !== "off" && !environment.app.online;
  target.comparison = compared ? await workspace.compare(beforeReference(target)) : null;
  const watched = async () => (known.disturbance === undefined ? await workspace.disturbance() : known.disturbance);
  target.disturbance = environment.app.online ? ONLINE : await watched();
  target.schema = toldDifference(before, await workspace.schema());
  target.data = dataResult(target.comparison, target.disturbance, target.tool.records);
  if (environment.checks.after.length === 0) return new Map();
  await using reader = await readerOf(run, target);
  const checks = await runChecks(surroundingsOf(run, target), environment.checks.after, "after", reader.session, target.baseline);
  target.checks.push(...checks.results);
  return checks.recorded;
}

const ONLINE = "app: online, the application went on writing";

function recordAfterState(run: Run, target: TargetRun, recorded: ReadonlyMap<string, RecordedRows>): Promise<void> {
  return run.journal.append({
    type: "after-state",
    target: target.target.name,
    comparison: target.comparison,
    schema: target.schema ?? { added: [], removed: [], changed: [] },
    checks: target.checks,
    recorded: Object.fromEntries(recorded),
    disturbance: target.disturbance ?? null,
  });
}

/**
 * Where the before-state lies: the clone, else the backup that was taken from the same snapshot. Throws `before-state-lost` where
 * there is only a backup from before the application stopped.
 */
export function beforeReference(target: Pick<TargetRun, "target" | "clone" | "backup" | "earlierBackup" | "store">): ComparisonReference {
  if (target.clone !== null) return { copy: target.clone };
  if (target.backup === null) throw new Error("comparing without a before-state");
  if (target.earlierBackup) throw beforeStateLost(target.target.name, target.backup, null);
  return { backup: { store: target.store, folder: target.backup.folder, manifest: target.backup.manifest } };
}

/** The clone is gone, and the backup lacks what was written between the two: going back to it is somebody's decision, never Belay's. */
export function beforeStateLost(name: string, { manifest }: StoredBackup, cause: unknown): BelayError {
  const why = cause === null ? "it is not beside the database any more" : messageOf(cause);
  const goBack =
    manifest.proof === "external"
      ? "or go back to that backup with the program that made it"
      : `or go back to that backup and lose what was written after it: \`belay rollback ${manifest.environment} --backup ${manifest.id} --accept-loss\``;
  return failure(
    "before-state-lost",
    `the copy of ${name} from before the migration is lost (${why}), and ${describeEarlier(manifest)} lacks what was written before the application stopped`,
    {
      hint: `decide which state to keep: stay with the database as it is now (\`belay verify ${manifest.environment}\` judges it), ${goBack}`,
      ...(cause === null ? {} : { cause }),
    },
  );
}

function describeEarlier({ id, proof, takenAt }: Manifest): string {
  return `${proof === "external" ? "your own backup, recorded as" : "backup"} ${id}, taken at ${takenAt},`;
}

/** What the migration did beyond its scope, its tool's own record aside. Where somebody else wrote, too, nothing can be laid at its door. */
export function brokenScope(
  scope: DataScopeConfig,
  comparison: DataComparison | null,
  disturbance: string | null,
  records: readonly string[],
): readonly Reason[] {
  if (comparison === null || disturbance !== null) return [];
  return judgeDataScope(scope, withoutRecords(comparison, records)).violations;
}

/** The comparison as reports carry it; null where rows were not to be compared at all. */
export function dataResult(comparison: DataComparison | null, disturbance: string | null, records: readonly string[]): DataResult | null {
  if (comparison === null) return disturbance === null ? null : { proven: false, why: disturbance, tables: [] };
  const unproven = comparison.tables.filter((table) => table.unproven !== undefined).map((table) => `${table.name}: ${table.unproven}`);
  const why = disturbance === null ? unproven.join("; ") : `somebody else wrote during the run (${disturbance})`;
  return {
    proven: why === "",
    ...(why === "" ? {} : { why }),
    tables: comparison.tables.map(({ columnsAdded: _added, columnsDropped: _dropped, keys, ...table }) => ({
      ...table,
      ...(keys.length === 0 ? {} : { keys }),
      ...(keepsRecord(table.name, records) ? { record: true as const } : {}),
    })),
  };
}

function describe(target: TargetRun): string {
  const after = target.checks.filter(({ phase }) => phase === "after");
  const passed = after.filter((check) => check.passed).length;
  const parts = after.length === 0 ? [] : [`${passed} of ${after.length} checks`];
  if (target.data !== null) parts.push(describeData(target.data));
  return parts.join(", ");
}

function describeData(data: DataResult): string {
  if (!data.proven) return "data unproven";
  const touched = data.tables.filter(
    (table) => table.added + table.removed + table.changed > 0 || table.rowsBefore === null || table.rowsAfter === null,
  );
  return `${data.tables.length - touched.length} of ${data.tables.length} tables untouched`;
}
