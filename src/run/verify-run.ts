/** Step `verify`: the after-state is recorded, always and before anything starts; then it is judged. */

import type { RecordedRows } from "../check/check.ts";
import { judgeDataScope } from "../check/data-scope.ts";
import type { DataComparison } from "../domain/data.ts";
import type { Reason } from "../domain/error.ts";
import type { DataResult } from "../domain/result.ts";
import { schemaDifference } from "../domain/schema.ts";
import type { ComparisonReference } from "../engine/engine.ts";
import { failedChecks, runChecks, surroundingsOf } from "./checks.ts";
import { throwIfAny } from "./failed-checks.ts";
import { step, type Run, type TargetRun } from "./run.ts";

/**
 * Records the after-state of a target, judges it, and throws the reasons why it does not hold. `known` is a disturbance that the
 * workspace cannot know of, because it was opened later.
 */
export async function verifyTarget(run: Run, target: TargetRun, known: string | null = null): Promise<void> {
  const { workspace, before } = target;
  if (workspace === null || before === null) throw new Error("verifying without a before-state");
  await step(run, "verify", target, async () => {
    const comparison = run.environment.data.mode === "off" ? null : await workspace.compare(beforeReference(target));
    target.disturbance = known ?? (await workspace.disturbance());
    target.schema = schemaDifference(before, await workspace.schema());
    target.data = comparison === null ? null : dataResult(comparison, target.disturbance);
    const checks = await runChecks(surroundingsOf(run), run.environment.checks.after, "after", workspace.session, target.baseline);
    target.checks.push(...checks.results);
    await recordAfterState(run, target, checks.recorded);
    throwIfAny("failed", [...failedChecks(checks.results), ...brokenScope(run, target, comparison)]);
    const warned = checks.results.some((check) => check.warned === true);
    return { value: undefined, outcome: warned ? "warned" : "done", detail: describe(target) };
  });
}

function recordAfterState(run: Run, target: TargetRun, recorded: ReadonlyMap<string, RecordedRows>): Promise<void> {
  return run.journal.append({
    type: "after-state",
    target: target.target.name,
    data: target.data,
    schema: target.schema ?? { added: [], removed: [], changed: [] },
    checks: target.checks,
    recorded: Object.fromEntries(recorded),
    disturbance: target.disturbance ?? null,
  });
}

/** Where the before-state lies: the clone, else the backup that was taken from the same snapshot. */
export function beforeReference(target: Pick<TargetRun, "clone" | "backup" | "store">): ComparisonReference {
  if (target.clone !== null) return { copy: target.clone };
  if (target.backup === null) throw new Error("comparing without a before-state");
  return { backup: { store: target.store, folder: target.backup.folder, manifest: target.backup.manifest } };
}

function brokenScope(run: Run, target: TargetRun, comparison: DataComparison | null): readonly Reason[] {
  if (comparison === null || target.disturbance !== null) return [];
  return judgeDataScope(run.environment.data, comparison).violations;
}

function dataResult(comparison: DataComparison, disturbance: string | null): DataResult {
  const unproven = comparison.tables.filter((table) => table.unproven !== undefined).map((table) => `${table.name}: ${table.unproven}`);
  const why = disturbance === null ? unproven.join("; ") : `somebody else wrote during the run (${disturbance})`;
  return {
    proven: why === "",
    ...(why === "" ? {} : { why }),
    tables: comparison.tables.map(({ columnsAdded: _added, columnsDropped: _dropped, keys, ...table }) => ({ ...table, ...(keys.length === 0 ? {} : { keys }) })),
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
  const touched = data.tables.filter((table) => table.added + table.removed + table.changed > 0 || table.rowsBefore === null || table.rowsAfter === null);
  const untouched = data.tables.length - touched.length;
  return `${untouched} of ${data.tables.length} tables untouched`;
}

