/** `belay recover`: finishes what a crashed run left, from its state row and its journal alone. May itself be killed and run again. */

import type { Environment } from "../config/config.ts";
import { messageOf, refusal } from "../domain/error.ts";
import { PHASES, type Phase } from "../domain/phase.ts";
import type { Result } from "../domain/result.ts";
import type { RunId } from "../domain/run-id.ts";
import type { StartedProcess } from "../domain/started-process.ts";
import { unfinished } from "../domain/state.ts";
import type { Target } from "../domain/target.ts";
import type { Hold } from "../engine/engine.ts";
import { endAfterFailure } from "./after-failure.ts";
import { announceEnd, announceForgotten } from "./announce.ts";
import { runAppCommand } from "./application.ts";
import { readBackup } from "./backups.ts";
import { emptyTargetResult, endedBeforehand, endingOf, endRun, isJudged, migratedEnding, resultOf, type ResultHead } from "./ending.ts";
import {
  lastEntry,
  lastOfTarget,
  openJournal,
  type BeganEntry,
  type DestinationEntry,
  type Journal,
  type JournalEntry,
} from "./journal.ts";
import { countLaterWrites, describeLaterWrites } from "./later-writes.ts";
import { holdTargets } from "./locking.ts";
import { endMaintenance } from "./maintenance.ts";
import { assembleRun } from "./open-run.ts";
import type { Ports } from "./ports.ts";
import { dropCopiesOfUndone, dropForsaken, dropOwnCopies, dropUnfinishedBackups } from "./retention.ts";
import { tenantOf } from "./tenants.ts";
import { finishRollback } from "./put-back.ts";
import { restart } from "./restart.ts";
import { enterPhase, leavesOf, type Run, type TargetRun } from "./run.ts";
import { checkHealth, finishStarted, startAndSettle } from "./start-application.ts";
import { closeWorkspace, openWorkspace } from "./take-backup.ts";
import { undoTarget } from "./undo-target.ts";
import { undoByItself } from "./undo.ts";
import { dataResult, verifyTarget } from "./verify-run.ts";
import { watchApplication } from "./watch.ts";

export async function recover(ports: Ports, environment: Environment, targets: readonly Target[], wanted: RunId | null): Promise<Result> {
  const head: ResultHead = { command: "recover", environment: environment.name, startedAt: ports.now() };
  try {
    await using locks = await holdTargets(ports, targets);
    const id = locks.holds.map(({ state }) => state).find(unfinished)?.run;
    if (id === undefined) return await nothingToRecover(ports, environment, targets, head);
    if (wanted !== null && wanted !== id) {
      throw refusal("run-not-unfinished", `run ${wanted} is not the one that is unfinished; that is ${id}`, {
        hint: `finish it: \`belay recover ${environment.name}\``,
      });
    }
    const run = await takeOver(ports, environment, locks.holds, id);
    return await finish(run, head);
  } catch (error) {
    return endedBeforehand(ports, head, targets, error);
  }
}

async function nothingToRecover(ports: Ports, environment: Environment, targets: readonly Target[], head: ResultHead): Promise<Result> {
  const messages = await announceForgotten(ports, environment, targets);
  const untouched = targets.map((target) => emptyTargetResult(target, "up-to-date"));
  return { ...resultOf(ports, head, "up-to-date", [], untouched), ...(messages.length === 0 ? {} : { messages }) };
}

/** Puts the run together again from its journal, and ends what it had started: an orphan must not go on writing. */
async function takeOver(ports: Ports, environment: Environment, holds: readonly Hold[], id: RunId): Promise<Run> {
  const journal = await journalOfRun(ports, environment, holds, id);
  const began = lastEntry(journal.entries, "began");
  if (began === undefined) {
    throw refusal("journal-missing", `the database says that run ${id} is unfinished, but its journal is not in the store`, {
      hint: "is `backup.store` in belay.yml still the one that the run used? The state row names it",
    });
  }
  const phase = reachedPhase(holds, id);
  await journal.append({ type: "recovery", owner: ports.self, phase });
  // Said as soon as it is this recovery's: should it be killed, too, the end of its job knows what to finish.
  const parts = partsOf(environment, holds, began);
  const names = parts.map(({ target }) => target.name);
  ports.progress({ type: "run-began", command: "recover", environment: environment.name, run: id, targets: names });
  for (const started of orphans(journal.entries)) await ports.endGroup(started);
  const run = await assembleRun(
    { ports, environment, holds: parts, id, sha: began.sha, previousSha: began.previousSha, pendingOf: () => [] },
    journal,
  );
  run.phase = phase;
  run.inStateRows = true;
  const read = readOnce();
  for (const target of leavesOf(run)) await remember(run, target, read);
  for (const target of run.targets) target.mark ??= lastOfTarget(journal.entries, "mark", target.target.name)?.mark;
  await dropForsaken(run);
  return run;
}

/** What the run was about: the tenants that it had recorded, whatever the database says of its tenants now. */
function partsOf(environment: Environment, holds: readonly Hold[], { targets }: BeganEntry): readonly Hold[] {
  const shared = environment.tenants?.shared ?? null;
  return holds.flatMap((hold) => {
    const ours = targets.flatMap(({ tenant }) => (tenant?.of === hold.target.name ? [tenant] : []));
    return ours.length === 0
      ? [hold]
      : ours.map(({ schema, siblings }) => hold.tenant(tenantOf({ shared }, hold.target, schema, siblings)));
  });
}

/** All that the run started, but for the application itself: what `start` or `previous` left running when it had ended well. */
function orphans(entries: readonly JournalEntry[]): readonly StartedProcess[] {
  return entries.flatMap((entry, index) => {
    if (entry.type !== "process") return [];
    const { role } = entry.started;
    const starts = role === "start" || role === "previous";
    const started = entries.slice(index).some((later) => later.type === "step-ended" && later.step === role && later.outcome === "done");
    return starts && started ? [] : [entry.started];
  });
}

function journalOfRun(ports: Ports, environment: Environment, holds: readonly Hold[], id: RunId): Promise<Journal> {
  const location = holds.map(({ state }) => state).find((state) => state?.run === id)?.store;
  if (location === undefined) throw new Error(`no state row names run ${id}`);
  return openJournal({ store: ports.storeAt(location), environment: environment.name }, id, ports.now, ports.redact);
}

/** The phase that every target has reached: an effect of a phase begins only when all rows say it. */
function reachedPhase(holds: readonly Hold[], id: RunId): Phase {
  const phases = holds.map(({ state }) => (state?.run === id ? state.phase : "preparing"));
  return PHASES.find((phase) => phases.includes(phase)) ?? "preparing";
}

type ReadBackup = typeof readBackup;

/** Tenants share a backup. */
function readOnce(): ReadBackup {
  const known = new Map<string, ReturnType<ReadBackup>>();
  return (store, folder) => {
    const key = `${store.location} ${folder}`;
    const found = known.get(key) ?? readBackup(store, folder);
    known.set(key, found);
    return found;
  };
}

async function remember(run: Run, target: TargetRun, read: ReadBackup): Promise<void> {
  const { entries } = run.journal;
  const name = target.target.name;
  const backup = lastOfTarget(entries, "backup", name);
  const after = lastOfTarget(entries, "after-state", name);
  const ended = entries.findLast((entry) => entry.type === "step-ended" && entry.step === "migrate" && entry.target === name);
  if (backup !== undefined) {
    target.backup = await read(target.store, backup.folder);
    target.earlierBackup = backup.earlier === true;
    target.clone = backup.clone;
    target.since = backup.since ?? null;
    target.cloneMark = backup.cloneMark;
    target.before = backup.schema;
    target.baseline = new Map(Object.entries(backup.baseline));
  }
  if (after !== undefined) {
    target.comparison = after.comparison;
    target.data = dataResult(after.comparison, after.disturbance);
    target.schema = after.schema;
    target.disturbance = after.disturbance;
  }
  if (ended?.type === "step-ended") target.applied = [...(ended.applied ?? [])];
  target.committed = target.applied.length > 0;
  target.mark = lastOfTarget(entries, "mark", name)?.mark;
  const destination = lastOfTarget(entries, "destination", name);
  if (destination !== undefined) await rememberDestination(target, destination, read);
}

async function rememberDestination(target: TargetRun, destination: DestinationEntry, read: ReadBackup): Promise<void> {
  const { folder, earlier, clone, mark } = destination;
  target.backup = await read(target.store, folder);
  target.earlierBackup = earlier === true;
  target.clone = clone;
  target.committed = true;
  if (mark !== null) target.mark = mark;
  target.beforeMark = destination.beforeMark ?? [];
  target.since = destination.since ?? null;
  target.cloneMark = destination.cloneMark;
}

const MADE = { outcome: "migrated", reasons: [], repeatNeedsReason: false } as const;

async function finish(run: Run, head: ResultHead): Promise<Result> {
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
    return await finishMigration(run, head, digest);
  } catch (error) {
    return await endAfterFailure(run, head, digest, error);
  } finally {
    for (const target of run.targets) await closeWorkspace(target);
  }
}

/** Before `verified` the old state is the goal, from there on the new one. */
async function finishMigration(run: Run, head: ResultHead, digest: string | null): Promise<Result> {
  const applicationStarted = wasStarted(run);
  switch (run.phase) {
    case "preparing":
      await dropUnproven(run);
      return endRun(run, head, digest, { outcome: "undone", reasons: [], repeatNeedsReason: wasToBlame(run) });
    case "stopping":
    case "backing-up":
      await dropUnproven(run);
      return restartAndEnd(run, head, digest);
    case "migrating":
    case "verifying":
    case "rolling-back":
      await enterPhase(run, "rolling-back");
      await stopWhatStarted(run);
      for (const target of run.targets) await undoTarget(run, target, undoByItself(run, wasStarting(run)));
      await enterPhase(run, "rolled-back");
      return restartAndEnd(run, head, digest);
    case "rolled-back":
    case "restarting":
      return restartAndEnd(run, head, digest);
    case "verified":
      return verifyAgainAndStart(run, head, digest);
    case "starting":
      return applicationStarted ? finishNew(run, head, digest) : verifyAgainAndStart(run, head, digest);
    case "health":
    case "settled":
    case "ended":
      return finishNew(run, head, digest);
  }
}

/** A backup that was cut off, before or after the stop. */
async function dropUnproven(run: Run): Promise<void> {
  for (const target of run.targets) {
    await dropOwnCopies(target.hold, run.id);
    await dropUnfinishedBackups(target.store, run.environment.name, target.target);
  }
}

async function restartAndEnd(run: Run, head: ResultHead, digest: string | null): Promise<Result> {
  await enterPhase(run, "restarting");
  const left = await restart(run, "previous");
  await dropCopiesOfUndone(run);
  return endRun(run, head, digest, { ...endingOf(run, "undone", left), repeatNeedsReason: wasToBlame(run) });
}

async function verifyAgainAndStart(run: Run, head: ResultHead, digest: string | null): Promise<Result> {
  for (const target of leavesOf(run)) {
    const disturbance = await disturbanceSince(target);
    await openWorkspace(run, target);
    await verifyTarget(run, target, { judge: isJudged(run), disturbance });
  }
  return endRun(run, head, digest, migratedEnding(run, await startAndSettle(run)));
}

/** Whether anybody else wrote during the run, as it recorded, or since: the mark tells the latter. */
async function disturbanceSince(target: TargetRun): Promise<string | null> {
  if (target.mark === undefined) return "nobody watched since the run crashed";
  const writes = await countLaterWrites(target.hold, { mark: target.mark, before: [] });
  return writes.length === 0 ? (target.disturbance ?? null) : `since the run crashed: ${describeLaterWrites(writes)}`;
}

async function finishNew(run: Run, head: ResultHead, digest: string | null): Promise<Result> {
  const isSettled = run.phase === "settled";
  if (!isSettled) {
    await enterPhase(run, "health");
    await checkHealth(run);
  }
  const left = await endMaintenance(run);
  if (!isSettled) await watchApplication(run); // all of it: nobody has watched since the run crashed
  await finishStarted(run);
  return endRun(run, head, digest, migratedEnding(run, left));
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
  const { entries } = run.journal;
  const start = entries.findLastIndex((entry) => entry.type === "step-began" && entry.step === "start");
  const stopped = entries.slice(start).some((entry) => entry.type === "step-ended" && entry.step === "stop" && entry.outcome === "done");
  if (start < 0 || stopped) return;
  try {
    await runAppCommand(run, "stop", { interruptible: false });
  } catch (error) {
    for (const target of run.targets) target.notes.push(`the application could not be stopped for the rollback: ${messageOf(error)}`);
  }
}

function wasStarting(run: Run): boolean {
  return run.journal.entries.some((entry) => entry.type === "phase" && entry.phase === "starting");
}

function wasStarted(run: Run): boolean {
  return run.journal.entries.some((entry) => entry.type === "step-ended" && entry.step === "start" && entry.outcome === "done");
}

function wasToBlame(run: Run): boolean {
  return lastEntry(run.journal.entries, "failed")?.blame ?? false;
}
