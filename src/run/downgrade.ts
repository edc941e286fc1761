/** A rollback by the tool's own down migrations: a backup first, and the rows counted that going down dropped. */

import type { Environment } from "../config/config.ts";
import { untouched, withoutRecords } from "../domain/data.ts";
import { BelayError, refusal } from "../domain/error.ts";
import { nearest } from "../domain/nearest.ts";
import type { DroppedRows, Result } from "../domain/result.ts";
import { sameSchema, type SchemaSnapshot } from "../domain/schema.ts";
import type { Target } from "../domain/target.ts";
import { counted, firstOf } from "../domain/words.ts";
import type { ComparisonReference, Hold } from "../engine/hold.ts";
import type { Workspace } from "../engine/workspace.ts";
import { announceBeginning } from "./announce.ts";
import { stopApplication } from "./maintenance.ts";
import { restart } from "./restart.ts";
import { refuseUnapproved } from "./approval.ts";
import { readBackup } from "./backups.ts";
import { toldOfRun } from "./application.ts";
import { droppedRows } from "./dropped-rows.ts";
import { endedBeforehand, endRun, type ResultHead } from "./ending.ts";
import { lastEntry, lastOfTarget, type BackupEntry } from "./journal-entry.ts";
import { carryMark } from "./later-writes.ts";
import { holdSettled } from "./locking.ts";
import { ofOneRun } from "./one-run.ts";
import { openRollback } from "./open-rollback.ts";
import { openHistory, type History, type PastRun } from "./past-runs.ts";
import { assertBackupPossible } from "./preflight.ts";
import { showOutput } from "./output.ts";
import type { Ports } from "./ports.ts";
import { finishRollback } from "./put-back.ts";
import { enterPhase, reasonsOf, step, throwIfInterrupted, type Run, type TargetRun } from "./run.ts";
import { backUpBeforeDescent, closeWorkspace } from "./take-backup.ts";
import { undoTarget } from "./undo-target.ts";
import { beforeReference } from "./verify-run.ts";

export interface DowngradeOptions {
  /** The migration to go back to, which stays applied; null: what the last run applied is taken back. */
  readonly to: string | null;
  readonly acceptLoss: boolean;
  readonly withoutApproval: string | null;
}

/** What going down means for one target. */
interface Descent {
  /** The last ones applied. */
  readonly ids: readonly string[];
  /** The run whose before-state this leads to; null where it leads to some other place. */
  readonly past: PastRun | null;
}

export async function downgrade(
  ports: Ports,
  environment: Environment,
  targets: readonly Target[],
  options: DowngradeOptions,
): Promise<Result> {
  const head: ResultHead = { command: "rollback", environment: environment.name, startedAt: ports.now() };
  try {
    const approval = await refuseUnapproved(ports, "rollback", environment, options.withoutApproval);
    await using locks = await holdSettled(ports, environment, targets);
    const descents = new Map<Hold, Descent>();
    const history = openHistory(ports, environment, targets);
    for (const hold of options.to === null ? await ofOneRun(history, locks.holds, null) : locks.holds) {
      const descent = await descentOf(ports, environment, history, hold.target, options.to);
      if (descent.ids.length > 0) descents.set(hold, descent);
    }
    if (descents.size === 0) throw nothingToTakeBack(environment, targets);
    const of = [...descents.values()].find(({ past }) => past !== null)?.past ?? null;
    for (const { target } of descents.keys()) await assertBackupPossible(ports, environment, target, 2);
    throwIfInterrupted(ports);
    const holds = [...descents.keys()];
    const run = await openRollback({ ports, environment, history, holds, of, approval, withoutApproval: options.withoutApproval });
    const passedOver = targets.filter((target) => !run.targets.some((each) => each.target === target));
    return await conduct(run, head, descents, { ...options, passedOver });
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

async function descentOf(ports: Ports, environment: Environment, history: History, target: Target, to: string | null): Promise<Descent> {
  if (target.tenant !== undefined) {
    throw refusal("cannot-revert", `tenants go back by their data alone, and ${target.name} is one`, {
      hint: `\`belay rollback ${environment.name} --target ${target.name}\` puts back what it was before its last run`,
    });
  }
  const tool = await ports.toolOf(environment, target);
  if (!tool.abilities.revert) {
    throw refusal("cannot-revert", `the tool ${tool.name} cannot take migrations back here: it has no down scripts`, {
      hint: `go back by the data instead: \`belay rollback ${environment.name}\``,
    });
  }
  await using view = await ports.engineOf(target).open(target);
  const { applied } = await tool.state(view.session);
  const past = (await history.lastApplying(target.name)) ?? null;
  const ofLastRun =
    lastEntry(past?.entries ?? [], "ended")
      ?.result.targets.find(({ name }) => name === target.name)
      ?.applied.map(({ id }) => id) ?? [];
  const ids = to === null ? ofLastRun : above(target, applied, to);
  return { ids, past: ids.join() === ofLastRun.join() ? past : null };
}

function nothingToTakeBack(environment: Environment, targets: readonly Target[]): BelayError {
  const names = firstOf(
    targets.map(({ name }) => name),
    5,
  );
  return refusal("nothing-to-roll-back", `there is nothing to take back in ${names}`, {
    hint: `\`belay status ${environment.name}\` shows what is applied`,
  });
}

function above(target: Target, applied: readonly string[], to: string): readonly string[] {
  const index = applied.indexOf(to);
  if (index >= 0) return applied.slice(index + 1);
  const near = nearest(to, applied);
  throw refusal("migration-unknown", `${to} is not applied to ${target.name}`, {
    hint: near === null ? `applied: ${applied.join(", ") || "nothing"}` : `did you mean ${near}?`,
  });
}

interface Way extends DowngradeOptions {
  readonly passedOver: readonly Target[];
}

async function conduct(run: Run, head: ResultHead, descents: ReadonlyMap<Hold, Descent>, options: Way): Promise<Result> {
  try {
    await announceBeginning(run, "start");
    await enterPhase(run, "stopping");
    await stopApplication(run);
    throwIfInterrupted(run.ports);
    await enterPhase(run, "backing-up");
    for (const target of run.targets) await backUpBeforeDescent(run, target);
    throwIfInterrupted(run.ports);
    await enterPhase(run, "migrating");
    for (const target of run.targets) await goDown(run, target, descents.get(target.hold), options);
    return await finishRollback(run, head, "rolled-back", options.passedOver);
  } catch (error) {
    return await endFailedDowngrade(run, head, error);
  } finally {
    for (const target of run.targets) await closeWorkspace(target);
  }
}

async function goDown(run: Run, target: TargetRun, descent: Descent | undefined, options: DowngradeOptions): Promise<void> {
  const { workspace, tool, before } = target;
  if (workspace === null || before === null || descent === undefined) throw new Error("going down without a backup");
  await step(run, "rollback", target, async () => {
    const began = performance.now();
    using output = showOutput(run.ports, target.target.name, "rollback");
    await tool.revert({
      session: workspace.session,
      run: run.id,
      told: toldOfRun(run, run.sha),
      ids: descent.ids,
      reverted: () => {
        target.committed = true;
      },
      output: output.show,
      signal: target.stop.signal,
      recordProcess: (started) => run.journal.append({ type: "process", target: target.target.name, started }),
    });
    const dropped = droppedRows(withoutRecords(await workspace.compare(beforeReference(target)), tool.records));
    if (dropped.length > 0 && !options.acceptLoss) throw wouldDrop(run, target, dropped, options);
    const destination = lastOfTarget(descent.past?.entries ?? [], "backup", target.target.name);
    const mark = destination?.since === undefined ? null : await workspace.mark(run.id); // first: what it misses, the comparison sees
    const matches = await equalsBeforeState(run, target, workspace, destination);
    if (matches === true && mark !== null) await carryMark(run, target, destination?.since ?? null, mark);
    target.rollback = {
      strategy: "downgrade",
      why: `asked for: ${[...descent.ids].reverse().join(", ")} taken back by ${tool.name}`,
      durationMs: Math.round(performance.now() - began),
      matches,
      laterWrites: [],
      kept: target.backup === null ? [] : [target.backup.summary.location],
      dropped,
    };
    await run.journal.append({ type: "rolled-back", target: target.target.name, rollback: target.rollback });
    return { value: undefined, detail: `${descent.ids.length} taken back by ${tool.name}` };
  });
  await closeWorkspace(target);
}

function wouldDrop(run: Run, target: TargetRun, dropped: readonly DroppedRows[], { to }: DowngradeOptions): BelayError {
  const what = dropped
    .map(({ table, rows, columns }) =>
      [`${counted(rows, "row")} of ${table}`, ...columns.map((column) => `${table}.${column}`)].slice(rows === 0 ? 1 : 0).join(", "),
    )
    .join("; ");
  const asked = `--strategy downgrade${to === null ? "" : ` --to ${to}`} --accept-loss`;
  return refusal("later-writes", `going down in ${target.target.name} drops ${what}`, {
    hint: `it was put back; to drop them all the same, with a backup of them: \`belay rollback ${run.environment.name} ${asked}\``,
  });
}

/** null where going down leads to a state that no run recorded, or that lay in a clone alone. */
async function equalsBeforeState(
  run: Run,
  target: TargetRun,
  workspace: Workspace,
  entry: BackupEntry | undefined,
): Promise<boolean | null> {
  if (entry === undefined || entry.earlier === true) return null;
  const schema: SchemaSnapshot = await workspace.schema();
  if (!sameSchema(entry.schema, schema)) return false;
  const reference: ComparisonReference = {
    backup: { store: target.store, folder: entry.folder, manifest: (await readBackup(target.store, entry.folder)).manifest },
  };
  return (await workspace.compare(reference)).tables.every(untouched);
}

/** Whatever was taken back is applied again, by putting the clone in place; the application goes on as before. */
async function endFailedDowngrade(run: Run, head: ResultHead, cause: unknown): Promise<Result> {
  const digest = null;
  const errors: unknown[] = [cause];
  const touched = run.phase === "migrating";
  try {
    for (const target of run.targets) await closeWorkspace(target);
    if (touched) {
      await enterPhase(run, "rolling-back");
      for (const target of run.targets) await undoTarget(run, target, { laterWrites: "keep", applicationRan: false });
    }
    errors.push(...(await restart(run, "start")));
  } catch (error) {
    errors.push(error);
  }
  const clean = errors.length === 1 && cause instanceof BelayError;
  const refused = cause instanceof BelayError && cause.kind === "refused" && !run.ports.signal.aborted;
  const outcome = !clean ? "needs-attention" : touched || run.ports.signal.aborted ? (refused ? "refused" : "undone") : "refused";
  return endRun(run, head, digest, {
    outcome,
    reasons: reasonsOf(errors, run.ports.redact),
    repeatNeedsReason: false,
    recoverable: !clean,
  });
}
