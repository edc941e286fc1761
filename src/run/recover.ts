/** `belay recover`: finishes what a crashed run left, from its state row and its journal alone. May itself be killed and run again. */

import type { Environment } from "../config/config.ts";
import { messageOf, refusal, type BelayError } from "../domain/error.ts";
import { type Phase } from "../domain/phase.ts";
import type { Result, TargetResult } from "../domain/result.ts";
import type { RunId } from "../domain/run-id.ts";
import { unfinished } from "../domain/state.ts";
import type { Target } from "../domain/target.ts";
import { comeBack, endAfterFailure, recordEnd } from "./after-failure.ts";
import { isTouched, ownEntries, wasStarting } from "./reach.ts";
import { announceEnd, announceForgotten } from "./announce.ts";
import { runAppCommand } from "./application.ts";
import { endingOfParts, recordTargetEnd } from "./conduct.ts";
import {
  emptyTargetResult,
  endedBeforehand,
  endingOf,
  endRun,
  isJudged,
  migratedEnding,
  resultOf,
  type Ending,
  type ResultHead,
} from "./ending.ts";
import { lastEntry } from "./journal-entry.ts";
import { countLaterWrites, describeLaterWrites } from "./later-writes.ts";
import { holdTargets } from "./locking.ts";
import { endMaintenance } from "./maintenance.ts";
import type { Ports } from "./ports.ts";
import { dropCopiesOfUndone, dropOwnCopies, dropUnfinishedBackups } from "./retention.ts";
import { takeOver } from "./take-over.ts";
import { finishRollback } from "./put-back.ts";
import { restart } from "./restart.ts";
import { enterPhase, leavesOf, partOf, type Run, type TargetEnding, type TargetRun } from "./run.ts";
import { checkHealth, finishStarted, startAndSettle } from "./start-application.ts";
import { closeWorkspace, openWorkspace } from "./take-backup.ts";
import { undoTarget } from "./undo-target.ts";
import { undoByItself } from "./undo.ts";
import { verifyTarget } from "./verify-run.ts";
import { watchApplication } from "./watch.ts";

export async function recover(ports: Ports, environment: Environment, targets: readonly Target[], wanted: RunId | null): Promise<Result> {
  const head: ResultHead = { command: "recover", environment: environment.name, startedAt: ports.now() };
  try {
    await using locks = await holdTargets(ports, targets);
    const rows = locks.holds.map(({ state }) => state).filter(unfinished);
    const [first, ...others] = new Set(rows.map(({ run }) => run));
    if (first === undefined) return await nothingToRecover(ports, environment, targets, head);
    const id = wanted ?? first;
    if (!rows.some(({ run }) => run === id)) {
      throw refusal("run-not-unfinished", `run ${wanted} is not the one that is unfinished; that is ${first}`, {
        hint: `finish it: \`belay recover ${environment.name}\``,
      });
    }
    const { run, rest } = await takeOver(ports, environment, locks.holds, id);
    const finished = await finish(run, head, rest);
    if (others.length === 0) return finished;
    const left = [first, ...others].filter((each) => each !== id).join(", ");
    const reason = {
      code: "unfinished-run",
      message: `run ${left} is not finished, either`,
      hint: `\`belay recover ${environment.name}\``,
    };
    return { ...finished, reasons: [...finished.reasons, reason] };
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

async function nothingToRecover(ports: Ports, environment: Environment, targets: readonly Target[], head: ResultHead): Promise<Result> {
  const messages = await announceForgotten(ports, environment, targets);
  const untouched = targets.map((target) => emptyTargetResult(target, "up-to-date"));
  return { ...resultOf(ports, head, "up-to-date", [], untouched), ...(messages.length === 0 ? {} : { messages }) };
}

const MADE = { outcome: "migrated", reasons: [], repeatNeedsReason: false } as const;

async function finish(run: Run, head: ResultHead, rest: readonly TargetResult[]): Promise<Result> {
  const began = lastEntry(run.journal.entries, "began");
  const digest = began?.digest ?? null;
  const ended = lastEntry(run.journal.entries, "ended");
  // why a rollback could not be begun is its own end, not that of what finishes it when the cause is gone
  const calledOff = ended?.outcome === "refused" && began?.command === "rollback";
  if (ended !== undefined && ended.outcome !== "needs-attention" && !calledOff) {
    await enterPhase(run, "ended");
    return announceEnd(run, { ...ended.result, command: head.command });
  }
  try {
    if (began?.makes === "tenant" && run.phase !== "verified") return await (await import("./new-tenant.ts")).removeTenant(run, head, null);
    if (began?.makes === "tenant") return await endRun(run, head, null, MADE);
    if (began?.command === "rollback") return await finishRollbackRun(run, head, digest);
    if (began?.apart === "target") return await finishParts(run, head, digest, rest);
    return await endRun(run, head, digest, { ...(await finishMigration(run, rest)), rest });
  } catch (error) {
    return await endAfterFailure(run, head, digest, error);
  } finally {
    for (const target of run.targets) await closeWorkspace(target);
  }
}

/** Each target had its own application, and so each is finished for itself. */
async function finishParts(run: Run, head: ResultHead, digest: string | null, rest: readonly TargetResult[]): Promise<Result> {
  for (const target of run.targets) {
    const part = partOf(run, target, true);
    try {
      const { outcome, reasons, repeatNeedsReason } = await finishMigration(part, []);
      target.ending = { outcome, reasons, repeatNeedsReason, recoverable: false, disowned: false };
    } catch (error) {
      target.ending = await comeBack(part, error);
    }
    await recordTargetEnd(part, target, target.ending);
  }
  const endings = run.targets.flatMap((target) => target.ending ?? []);
  return recordEnd(run, head, digest, { ...endingOfParts(run, endings), rest });
}

/** Before `verified` the old state is the goal, from there on the new one. */
async function finishMigration(run: Run, rest: readonly TargetResult[]): Promise<Ending> {
  const forward = run.targets.every(isVerified) && rest.length === 0;
  if (!forward) return goBack(run);
  switch (run.phase) {
    case "verified":
      return verifyAgainAndStart(run);
    case "starting":
      return wasStarted(run) ? finishNew(run) : verifyAgainAndStart(run);
    default:
      return finishNew(run);
  }
}

const NEW: readonly (Phase | null)[] = ["verified", "starting", "health", "settled", "ended"];

function isVerified({ phase }: TargetRun): boolean {
  return NEW.includes(phase);
}

/** Where targets come back alone, those that were verified stay as they are. */
async function goBack(run: Run): Promise<Ending> {
  const apart = lastEntry(run.journal.entries, "began")?.apart === "data";
  const back = apart ? run.targets.filter((target) => !isVerified(target)) : run.targets;
  const touched = back.filter(isTouched);
  for (const target of back) if (!isTouched(target)) await dropUnproven(run, target);
  if (touched.length > 0) {
    await enterPhase(run, "rolling-back", touched);
    await stopWhatStarted(run);
    for (const target of touched) await undoTarget(run, target, undoByItself(run, wasStarting(run)));
    await enterPhase(run, "rolled-back", touched);
  }
  const stayed = run.targets.filter((target) => !back.includes(target));
  const left = run.phase === "preparing" ? [] : await restartOld(run, back);
  if (apart) for (const target of run.targets) target.ending = endingApart(run, target, stayed.includes(target));
  return { ...endingOf(run, back.length === 0 ? "migrated" : "undone", left), repeatNeedsReason: wasToBlame(run) };
}

function endingApart(run: Run, target: TargetRun, stayed: boolean): TargetEnding {
  const blamed = !stayed && wasToBlame(partOf(run, target, false));
  return { outcome: stayed ? "migrated" : "undone", reasons: [], repeatNeedsReason: blamed, recoverable: false, disowned: false };
}

/** A backup that was cut off, before or after the stop. */
async function dropUnproven(run: Run, { phase, hold, store, target }: TargetRun): Promise<void> {
  if (phase === "rolled-back" || phase === "restarting") return;
  await dropOwnCopies(hold, run.id);
  await dropUnfinishedBackups(store, run.environment.name, target);
}

/** The rows of those that stay as they are go on saying so. */
async function restartOld(run: Run, back: readonly TargetRun[]): Promise<readonly BelayError[]> {
  await enterPhase(run, "restarting", back);
  const left = await restart(run, "previous");
  await dropCopiesOfUndone(run);
  return left;
}

async function verifyAgainAndStart(run: Run): Promise<Ending> {
  for (const target of leavesOf(run)) {
    const disturbance = await disturbanceSince(target);
    await openWorkspace(run, target);
    await verifyTarget(run, target, { judge: isJudged(run), disturbance });
  }
  return migratedEnding(run, await startAndSettle(run));
}

/** Whether anybody else wrote during the run, as it recorded, or since: the mark tells the latter. */
async function disturbanceSince(target: TargetRun): Promise<string | null> {
  if (target.mark === undefined) return "nobody watched since the run crashed";
  const writes = await countLaterWrites(target.hold, { mark: target.mark, before: [] });
  return writes.length === 0 ? (target.disturbance ?? null) : `since the run crashed: ${describeLaterWrites(writes)}`;
}

async function finishNew(run: Run): Promise<Ending> {
  const isSettled = run.phase === "settled";
  if (!isSettled) {
    await enterPhase(run, "health");
    await checkHealth(run);
  }
  const left = await endMaintenance(run);
  if (!isSettled) await watchApplication(run); // all of it: nobody has watched since the run crashed
  await finishStarted(run);
  return migratedEnding(run, left);
}

/** A rollback that replaced nothing yet is called off; one that began is finished. */
async function finishRollbackRun(run: Run, head: ResultHead, digest: string | null): Promise<Result> {
  const began = run.journal.entries.some(({ type }) => type === "intent");
  if (leavesOf(run).some(({ before }) => before !== null) && DOWNGRADING.includes(run.phase)) return callOffDowngrade(run, head, digest);
  if (began || run.phase === "rolled-back" || run.phase === "restarting") {
    if (run.phase === "rolling-back") {
      for (const target of run.targets) await undoTarget(run, target, { laterWrites: "keep", applicationRan: true });
    }
    return finishRollback(run, head, "undone");
  }
  const left = await restart(run, "start");
  return endRun(run, head, digest, { ...endingOf(run, "undone", left), repeatNeedsReason: false });
}

/** Phases in which a rollback by the tool's own way may have taken something back, but not all. */
const DOWNGRADING: readonly Phase[] = ["migrating", "rolling-back"];

async function callOffDowngrade(run: Run, head: ResultHead, digest: string | null): Promise<Result> {
  await enterPhase(run, "rolling-back");
  for (const target of run.targets) await undoTarget(run, target, { laterWrites: "keep", applicationRan: false });
  const left = await restart(run, "start");
  return endRun(run, head, digest, { ...endingOf(run, "undone", left), repeatNeedsReason: false });
}

/** The application may be running on the migrated data, or half of it may: its start began, and it was not stopped since. */
async function stopWhatStarted(run: Run): Promise<void> {
  const entries = ownEntries(run);
  const start = entries.findLastIndex((entry) => entry.type === "step-began" && entry.step === "start");
  const stopped = entries.slice(start).some((entry) => entry.type === "step-ended" && entry.step === "stop" && entry.outcome === "done");
  if (start < 0 || stopped) return;
  try {
    await runAppCommand(run, "stop", { interruptible: false });
  } catch (error) {
    for (const target of run.targets) target.notes.push(`the application could not be stopped for the rollback: ${messageOf(error)}`);
  }
}

function wasStarted(run: Run): boolean {
  return ownEntries(run).some((entry) => entry.type === "step-ended" && entry.step === "start" && entry.outcome === "done");
}

function wasToBlame(run: Run): boolean {
  return lastEntry(ownEntries(run), "failed")?.blame ?? false;
}
