/**
 * Taking a run back while its application goes on writing (`app: online`). No copy may take the database's place then, as that would
 * take the application's writes with it: what is left is the migration's own transaction, the tool's own way down, or a person.
 */

import { sameData, withoutRecords, type DataComparison } from "../domain/data.ts";
import { BelayError, failure } from "../domain/error.ts";
import type { RollbackResult } from "../domain/result.ts";
import { sameSchema, schemaDifference, type SchemaSnapshot } from "../domain/schema.ts";
import { firstOf } from "../domain/words.ts";
import type { Workspace } from "../engine/workspace.ts";
import { toldOfRun } from "./application.ts";
import { droppedRows } from "./dropped-rows.ts";
import { lastEntry } from "./journal-entry.ts";
import { carryMark } from "./later-writes.ts";
import { showOutput } from "./output.ts";
import type { Run, TargetRun } from "./run.ts";
import { durableBackup } from "./take-backup.ts";
import { beforeReference } from "./verify-run.ts";

type Undone = Omit<RollbackResult, "durationMs">;

/** Throws `rollback-refused` where only a person can decide; nothing was changed then. May be repeated after a crash. */
export async function undoOnline(run: Run, target: TargetRun): Promise<Undone> {
  await using workspace = await target.hold.work({
    run: run.id,
    recordProcess: (started) => run.journal.append({ type: "process", target: target.target.name, started }),
  });
  const { applied } = await target.tool.state(workspace.session);
  const ids = applied.filter((id) => pendingOf(run, target).includes(id));
  if (ids.length > 0) return await goDown(run, target, workspace, ids);
  if (!(await hasOldStructure(target, workspace))) throw leftBehind(run, target, await workspace.schema());
  const matches = await equalsBefore(target, workspace);
  return {
    strategy: "transaction",
    why: `the migration's own transaction was rolled back${matches === true ? "" : "; the application went on writing, so rows were not compared"}`,
    matches,
    laterWrites: [],
    kept: [],
  };
}

/** What the run was to apply, as its first record says: whatever of it is applied, is the run's. */
function pendingOf(run: Run, { target }: TargetRun): readonly string[] {
  return lastEntry(run.journal.entries, "began")?.targets.find(({ name }) => name === target.name)?.pending ?? [];
}

async function goDown(run: Run, target: TargetRun, workspace: Workspace, ids: readonly string[]): Promise<Undone> {
  const { tool } = target;
  const { name } = target.target;
  if (run.environment.rollback.online !== "downgrade") throw refused(run, target, `${ids.join(", ")} stayed applied`);
  if (!tool.abilities.revert) throw refused(run, target, `${ids.join(", ")} stayed applied, and ${tool.name} has no way down here`);
  const kept = await durableBackup(run, target, workspace); // what going down drops, the application may have written
  await revert(run, target, workspace, ids);
  if (!(await hasOldStructure(target, workspace))) {
    throw failure("rollback-differs", `${tool.name} took ${ids.join(", ")} back, but the structure of ${name} is not what it was`, {
      hint: `mend the down script, or compare with the backup from before: \`belay backups ${run.environment.name}\``,
    });
  }
  const { folder, manifest } = kept;
  const mark = target.since === null ? null : await workspace.mark(run.id); // first: what it misses, the comparison sees
  const matches = await equalsBefore(target, workspace);
  if (matches === true && mark !== null) await carryMark(run, target, target.since, mark);
  const dropped = droppedRows(withoutRecords(await workspace.compare({ backup: { store: target.store, folder, manifest } }), tool.records));
  return {
    strategy: "downgrade",
    why: `rollback.online: downgrade: ${[...ids].reverse().join(", ")} taken back by ${tool.name} while the application went on`,
    matches,
    laterWrites: [],
    kept: [kept.summary.location],
    ...(dropped.length === 0 ? {} : { dropped }),
  };
}

/** Where one of them has no way down, nothing was reverted. */
async function revert(run: Run, target: TargetRun, workspace: Workspace, ids: readonly string[]): Promise<void> {
  const { name } = target.target;
  using output = showOutput(run.ports, name, "rollback");
  try {
    await target.tool.revert({
      session: workspace.session,
      run: run.id,
      told: toldOfRun(run, run.sha),
      ids,
      reverted: () => undefined,
      output: output.show,
      signal: new AbortController().signal, // what asked the run to stop does not stop its way back
      recordProcess: (started) => run.journal.append({ type: "process", target: name, started }),
    });
  } catch (error) {
    if (error instanceof BelayError && error.code === "not-reversible") throw refused(run, target, error.message);
    throw error;
  }
}

async function hasOldStructure({ before }: TargetRun, workspace: Workspace): Promise<boolean> {
  return before !== null && sameSchema(before, await workspace.schema());
}

/** null where the rows differ: by the application's writes, or by something that nobody can tell from them. */
async function equalsBefore(target: TargetRun, workspace: Workspace): Promise<true | null> {
  if (target.clone === null && target.earlierBackup) return null;
  const data: DataComparison = await workspace.compare(beforeReference(target));
  return sameData(data) ? true : null;
}

/**
 * A statement that runs outside of transactions and failed: an index that was made concurrently lies there and is of no use, and a
 * further try that says IF NOT EXISTS would keep it.
 */
function leftBehind(run: Run, target: TargetRun, now: SchemaSnapshot): Error {
  const { added, removed, changed } = schemaDifference(target.before ?? { objects: [] }, now);
  const invalid = now.objects.filter(
    ({ kind, name, definition }) => kind === "index" && added.includes(`index ${name}`) && isInvalid(definition),
  );
  const others = [...added.filter((label) => !invalid.some(({ name }) => label === `index ${name}`)), ...removed, ...changed];
  const told = [...invalid.map(({ name }) => `index ${name}, which is invalid`), ...others];
  const what = `a migration that failed left something of itself behind: ${firstOf(told, 5)}`;
  if (others.length > 0) return refused(run, target, what);
  return failure("rollback-refused", what, {
    hint: `take it away (${invalid.map(({ name }) => `drop index ${name}`).join("; ")}), mend what kept it from being built, then migrate again; nothing else was changed`,
  });
}

/** As PostgreSQL's catalog of indexes describes one that could not be built. */
function isInvalid(definition: string): boolean {
  return definition.split("; ").includes("invalid");
}

function refused(run: Run, { target }: TargetRun, what: string): Error {
  return failure(
    "rollback-refused",
    `${what}; the application of ${target.name} goes on writing (app: online), and going back to the copy from before would lose that`,
    {
      hint:
        `decide which state to keep: mend it by a further migration, or go back and lose what was written since: \`belay rollback ${run.environment.name} --accept-loss\`. ` +
        (run.environment.rollback.online === "downgrade"
          ? "With down scripts for all of them Belay takes migrations back itself"
          : "With `rollback: { online: downgrade }` and down scripts Belay takes migrations back itself"),
    },
  );
}
