/** `belay rollback` by putting data back: the data back to before the last run that applied something. Later writes are counted first, never lost silently. */

import type { Environment } from "../config/config.ts";
import { BelayError, messageOf, refusal } from "../domain/error.ts";
import type { Result } from "../domain/result.ts";
import type { RunId } from "../domain/run-id.ts";
import type { Target } from "../domain/target.ts";
import type { Hold } from "../engine/hold.ts";
import { refuseUnapproved } from "./approval.ts";
import { announceBeginning, announceUnrecorded } from "./announce.ts";
import { findBackup, newestSoundBackup, readBackup, refuseExternal, type StoredBackup } from "./backups.ts";
import { endedBeforehand, endRun, endingOf, unrecordedResult, type ResultHead } from "./ending.ts";
import { lastEntry, lastOfTarget, type BackupEntry } from "./journal-entry.ts";
import { basisOf, countLaterWrites, describeLaterWrites, type LaterWritesBasis } from "./later-writes.ts";
import { holdSettled } from "./locking.ts";
import { stopApplication } from "./maintenance.ts";
import { ofOneRun } from "./one-run.ts";
import { openRollback } from "./open-rollback.ts";
import { openHistory, type History, type PastRun } from "./past-runs.ts";
import type { Ports } from "./ports.ts";
import { restart } from "./restart.ts";
import { dropCopiesOfUndone, dropForsaken } from "./retention.ts";
import { enterPhase, leavesOf, reasonsOf, throwIfInterrupted, type Run, type TargetRun } from "./run.ts";
import { undoTarget } from "./undo-target.ts";
import { beforeStateLost } from "./verify-run.ts";

export interface PutBackOptions {
  /** The run to take back; null: the last that applied something. */
  readonly run: string | null;
  /** A backup to go back to, instead of a run's. */
  readonly backup: string | null;
  /** null: the fastest way that the facts allow. */
  readonly strategy: "swap" | "restore" | null;
  readonly acceptLoss: boolean;
  readonly withoutApproval: string | null;
  /** Only while this is the run that would be taken back: what was found is about no other one. */
  readonly only?: RunId;
}

/** Where a target goes back to. */
interface Destination {
  readonly past: PastRun | null;
  readonly backup: StoredBackup;
  /** The copy beside the database is where this leads to; the backup is older. */
  readonly earlier: boolean;
  readonly laterWrites: LaterWritesBasis;
  readonly notes: readonly string[];
}

export async function putDataBack(
  ports: Ports,
  environment: Environment,
  targets: readonly Target[],
  options: PutBackOptions,
): Promise<Result> {
  const head: ResultHead = { command: "rollback", environment: environment.name, startedAt: ports.now() };
  try {
    const approval = await refuseUnapproved(ports, "rollback", environment, options.withoutApproval);
    await using locks = await holdSettled(ports, environment, targets);
    const destinations = new Map<Hold, Destination>();
    const history = openHistory(ports, environment, targets);
    for (const hold of options.backup === null ? await ofOneRun(history, locks.holds, options.run) : locks.holds) {
      throwIfInterrupted(ports);
      destinations.set(hold, await destinationOf(ports, environment, history, hold, options));
    }
    const of = [...destinations.values()].find(({ past }) => past !== null)?.past ?? null;
    throwIfInterrupted(ports);
    const holds = [...destinations.keys()];
    const run = await openRollback({ ports, environment, history, holds, of, approval, withoutApproval: options.withoutApproval });
    for (const target of leavesOf(run)) adopt(target, destinations.get(target.hold));
    if (of !== null) for (const target of run.targets) target.mark ??= lastOfTarget(of.entries, "mark", target.target.name)?.mark;
    const passedOver = targets.filter((target) => !leavesOf(run).some((each) => each.target === target));
    return await conduct(run, head, options, passedOver);
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

/** Finds where to go back to, and refuses what would lose later writes: before anything is stopped. */
async function destinationOf(
  ports: Ports,
  environment: Environment,
  history: History,
  hold: Hold,
  options: PutBackOptions,
): Promise<Destination> {
  const { target } = hold;
  const store = ports.storeOf(environment, target);
  if (options.backup !== null) {
    const backup = await findBackup(store, environment.name, target, options.backup);
    refuseExternal(backup);
    if (!options.acceptLoss) throw unknownLoss(environment, target, backup, "what was written since this backup is not known");
    return { past: null, backup, earlier: false, laterWrites: { mark: undefined, before: [] }, notes: [] };
  }
  const past = options.run === null ? await history.lastApplying(target.name) : await history.run(options.run);
  if (options.only !== undefined && past?.run !== options.only) {
    throw refusal("watch-superseded", `run ${options.only} is not the last one of ${target.name} any more`, {
      hint: `\`belay runs ${environment.name}\` lists what happened`,
    });
  }
  const entry = past === undefined ? undefined : lastOfTarget(past.entries, "backup", target.name);
  if (past === undefined || entry === undefined) {
    throw refusal(
      "nothing-to-roll-back",
      options.run === null
        ? `no run has applied anything to ${target.name} that could be taken back`
        : `run ${options.run} took no backup of ${target.name}`,
      {
        hint: `\`belay runs ${environment.name}\` lists what happened, \`belay backups ${environment.name}\` what can be restored`,
      },
    );
  }
  const laterWrites = await basisOf(history, target.name, past);
  if (!options.acceptLoss) await refuseLoss(environment, hold, past, laterWrites, options);
  let backup: StoredBackup;
  try {
    backup = await readBackup(store, entry.folder);
  } catch (error) {
    const sound = await newestSoundBackup(store, environment.name, target);
    if (sound === null) throw error;
    if (!options.acceptLoss) throw unknownLoss(environment, target, sound, messageOf(error));
    return {
      past,
      backup: sound,
      earlier: false,
      laterWrites,
      notes: [`${messageOf(error)}; the newest sound one, ${sound.manifest.id}, was taken instead`],
    };
  }
  if (entry.earlier === true) await refuseOlderState(hold, entry, backup, options.strategy);
  return { past, backup, earlier: entry.earlier === true, laterWrites, notes: [] };
}

/** A run that relied on an earlier backup goes back by its copy, or not by itself: the backup lacks what was written in between. */
async function refuseOlderState(
  hold: Hold,
  { clone }: BackupEntry,
  backup: StoredBackup,
  strategy: PutBackOptions["strategy"],
): Promise<void> {
  const { name } = hold.target;
  if (!(await hold.copies()).some(({ place }) => place === clone?.place)) throw beforeStateLost(name, backup, null);
  if (strategy === "restore") {
    throw refusal("strategy-impossible", `the backup of that run lacks what was written to ${name} until the application stopped`, {
      hint: "leave --strategy out: Belay then goes back by the copy beside the database",
    });
  }
}

async function refuseLoss(
  environment: Environment,
  hold: Hold,
  past: PastRun,
  basis: LaterWritesBasis,
  options: PutBackOptions,
): Promise<void> {
  const writes = await countLaterWrites(hold, basis);
  if (writes.length === 0) return;
  const asked = [
    ...(options.run === null ? [] : ["--run", past.run]),
    ...(options.strategy === null ? [] : ["--strategy", options.strategy]),
    "--accept-loss",
  ];
  throw refusal(
    "later-writes",
    `since run ${past.run} settled, ${hold.target.name} was written to (${describeLaterWrites(writes)}); going back would lose that`,
    {
      hint: `the whole database is kept aside if you go back all the same: \`belay rollback ${environment.name} ${asked.join(" ")}\``,
    },
  );
}

function unknownLoss(environment: Environment, target: Target, backup: StoredBackup, why: string): BelayError {
  const { id, takenAt } = backup.manifest;
  return refusal("later-writes", `${why}; ${target.name} would go back to backup ${id}, taken at ${takenAt}`, {
    hint: `the whole database is kept aside if you go back all the same: \`belay rollback ${environment.name} --backup ${id} --accept-loss\``,
  });
}

/** A target takes over what the run that is taken back knew of it. */
function adopt(target: TargetRun, destination: Destination | undefined): void {
  if (destination === undefined) return;
  target.backup = destination.backup;
  target.notes.push(...destination.notes);
  target.committed = true;
  if (destination.past === null) return;
  const { entries } = destination.past;
  const entry = lastOfTarget(entries, "backup", target.target.name);
  if (entry?.folder === destination.backup.folder) {
    target.clone = entry.clone;
    target.since = entry.since ?? null;
    target.cloneMark = entry.cloneMark;
  }
  target.earlierBackup = destination.earlier;
  target.mark = destination.laterWrites.mark;
  target.beforeMark = destination.laterWrites.before;
}

async function conduct(
  run: Run,
  head: ResultHead,
  { acceptLoss, strategy }: PutBackOptions,
  passedOver: readonly Target[],
): Promise<Result> {
  const { ports } = run;
  const digest = lastEntry(run.journal.entries, "began")?.digest ?? null;
  try {
    for (const target of leavesOf(run)) await recordDestination(run, target);
    await announceBeginning(run, "start");
    await enterPhase(run, "stopping");
    await stopApplication(run);
    throwIfInterrupted(ports);
    await enterPhase(run, "rolling-back");
    for (const target of run.targets)
      await undoTarget(run, target, {
        laterWrites: acceptLoss ? "keep" : "refuse",
        applicationRan: true,
        ...(strategy === null ? {} : { strategy }),
      });
    return await finishRollback(run, head, "rolled-back", passedOver);
  } catch (error) {
    return await endFailedRollback(run, head, digest, error);
  }
}

async function recordDestination(run: Run, each: TargetRun): Promise<void> {
  const { target, backup, earlierBackup, clone, mark, beforeMark, since, cloneMark } = each;
  if (backup === null) return;
  const earlier = earlierBackup ? ({ earlier: true } as const) : {};
  await run.journal.append({
    type: "destination",
    target: target.name,
    folder: backup.folder,
    ...earlier,
    clone,
    mark: mark ?? null,
    beforeMark,
    ...(since === null ? {} : { since }),
    ...(cloneMark === undefined ? {} : { cloneMark }),
  });
}

/** From data that are back to an application that runs on them; recovery enters here, too. */
export async function finishRollback(
  run: Run,
  head: ResultHead,
  outcome: "rolled-back" | "undone" = "rolled-back",
  passedOver: readonly Target[] = [],
): Promise<Result> {
  await enterPhase(run, "rolled-back");
  await enterPhase(run, "restarting");
  const left = await restart(run, "previous");
  await dropCopiesOfUndone(run);
  const digest = lastEntry(run.journal.entries, "began")?.digest ?? null;
  return endRun(run, head, digest, { ...endingOf(run, outcome, left), repeatNeedsReason: true, passedOver });
}

/** Nothing was replaced yet: the application starts again on the data as they were. Otherwise `recover` has to finish. */
async function endFailedRollback(run: Run, head: ResultHead, digest: string | null, cause: unknown): Promise<Result> {
  const errors: unknown[] = [cause];
  const replaced = run.journal.entries.some(({ type }) => type === "intent");
  if (!replaced) {
    try {
      errors.push(...(await restart(run, "start")));
    } catch (error) {
      errors.push(error);
    }
  }
  const clean = !replaced && errors.length === 1 && cause instanceof BelayError;
  const outcome = clean ? (run.ports.signal.aborted ? "undone" : "refused") : "needs-attention";
  const reasons = reasonsOf(errors, run.ports.redact);
  try {
    const result = await endRun(run, head, digest, { outcome, reasons, repeatNeedsReason: false, recoverable: !clean });
    await dropForsaken(run); // now: what wrote the end reaches the server again
    return result;
  } catch (error) {
    const all = [...reasons, ...reasonsOf([error], run.ports.redact)];
    return announceUnrecorded(run, { ...unrecordedResult(run, head, all), run: run.id, digest });
  }
}
