/** `belay recover`: finishes what a crashed run left, from its state row and its journal alone. May itself be killed and run again. */

import type { Environment } from "../config/config.ts";
import { messageOf, refusal, type BelayError } from "../domain/error.ts";
import { PHASES, type Phase } from "../domain/phase.ts";
import type { Result, TargetResult } from "../domain/result.ts";
import type { RunId } from "../domain/run-id.ts";
import type { StartedProcess } from "../domain/started-process.ts";
import { unfinished } from "../domain/state.ts";
import type { Target } from "../domain/target.ts";
import { firstOf } from "../domain/words.ts";
import type { Hold } from "../engine/engine.ts";
import { comeBack, endAfterFailure, isTouched, recordEnd } from "./after-failure.ts";
import { announceEnd, announceForgotten } from "./announce.ts";
import { runAppCommand } from "./application.ts";
import { readBackup } from "./backups.ts";
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
import { resultOfTarget } from "./history.ts";
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
import { enterPhase, leavesOf, partOf, type Run, type TargetEnding, type TargetRun } from "./run.ts";
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
    const rows = locks.holds.map(({ state }) => state).filter(unfinished);
    const [first, ...others] = new Set(rows.map(({ run }) => run));
    if (first === undefined) return await nothingToRecover(ports, environment, targets, head);
    const id = wanted ?? first;
    if (!rows.some(({ run }) => run === id)) {
      throw refusal("run-not-unfinished", `run ${wanted} is not the one that is unfinished; that is ${first}`, {
        hint: `finish it: \`belay recover ${environment.name}\``,
      });
    }
    const finished = await recoverRun(ports, environment, locks.holds, id, head);
    if (others.length === 0) return finished;
    const left = [first, ...others].filter((run) => run !== id).join(", ");
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

async function recoverRun(ports: Ports, environment: Environment, holds: readonly Hold[], id: RunId, head: ResultHead): Promise<Result> {
  const own = holds.filter(({ state }) => state?.run === id && unfinished(state));
  const journal = await journalOfRun(ports, environment, own, id);
  const began = beganOf(journal, id);
  if (began.apart !== "target") refuseInPart(environment, began, holds);
  const { run, rest } = await takeOver(ports, environment, { holds, own, began, journal });
  return await finish(run, head, rest);
}

function beganOf({ entries }: Journal, id: RunId): BeganEntry {
  const began = lastEntry(entries, "began");
  if (began !== undefined) return began;
  throw refusal("journal-missing", `the database says that run ${id} is unfinished, but its journal is not in the store`, {
    hint: "is `backup.store` in belay.yml still the one that the run used? The state row names it",
  });
}

/** One application stands on all targets of the run: to bring back some of them would leave it with two states. */
function refuseInPart(environment: Environment, { run, targets }: BeganEntry, holds: readonly Hold[]): void {
  const missing = targets.map(({ name, tenant }) => tenant?.of ?? name).filter((name) => !holds.some(({ target }) => target.name === name));
  if (missing.length === 0) return;
  const gone = missing.filter((name) => !environment.targets.some((target) => target.name === name));
  throw refusal("recover-together", `run ${run} is to be finished for all of its targets, and ${firstOf(missing, 5)} would be left out`, {
    hint:
      gone.length === 0
        ? `leave out --target: \`belay recover ${environment.name}\``
        : `${firstOf(gone, 5)} is not in belay.yml any more: put it back there until the run is finished`,
  });
}

interface Left {
  readonly holds: readonly Hold[];
  /** Those whose row tells of the unfinished run. */
  readonly own: readonly Hold[];
  readonly began: BeganEntry;
  readonly journal: Journal;
}

interface TakenOver {
  readonly run: Run;
  /** What became of the run's other targets, as far as it is known. */
  readonly rest: readonly TargetResult[];
}

/** Puts the run together again from its journal, and ends what it had started: an orphan must not go on writing. */
async function takeOver(ports: Ports, environment: Environment, { own, holds, began, journal }: Left): Promise<TakenOver> {
  const { run: id } = began;
  const phase = reachedPhase(own);
  await journal.append({ type: "recovery", owner: ports.self, phase });
  // Said as soon as it is this recovery's: should it be killed, too, the end of its job knows what to finish.
  const parts = partsOf(own, began);
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
  for (const target of run.targets) target.phase = target.hold.state?.phase ?? null;
  await dropForsaken(run);
  const others = holds.filter(
    (hold) => !own.includes(hold) && began.targets.some(({ name, tenant }) => (tenant?.of ?? name) === hold.target.name),
  );
  return { run, rest: others.map((hold) => resultOfOther(journal, hold, id)) };
}

/** A target that the run has already ended with, or has not begun with. */
function resultOfOther({ entries }: Journal, { target, state }: Hold, id: RunId): TargetResult {
  const known = resultOfTarget(entries, target.name);
  if (known !== undefined) return known;
  return emptyTargetResult(target, state?.run === id ? "needs-attention" : "refused");
}

/** What the run was about: the tenants that it had recorded, whatever the database says of its tenants now. */
function partsOf(holds: readonly Hold[], { targets }: BeganEntry): readonly Hold[] {
  return holds.flatMap((hold) => {
    const ours = targets.flatMap(({ tenant }) => (tenant?.of === hold.target.name ? [tenant] : []));
    return ours.length === 0
      ? [hold]
      : ours.map(({ schema, siblings, shared }) => hold.tenant(tenantOf({ shared }, hold.target, schema, siblings)));
  });
}

/** All that the run started, but for the application itself: what `start` or `previous` left running when it had ended well. */
function orphans(entries: readonly JournalEntry[]): readonly StartedProcess[] {
  return entries.flatMap((entry, index) => {
    if (entry.type !== "process") return [];
    const { role } = entry.started;
    const starts = role === "start" || role === "previous";
    const ended = (later: JournalEntry) => later.type === "step-ended" && later.step === role && later.target === entry.target;
    const started = entries.slice(index).some((later) => ended(later) && "outcome" in later && later.outcome === "done");
    return starts && started ? [] : [entry.started];
  });
}

function journalOfRun(ports: Ports, environment: Environment, holds: readonly Hold[], id: RunId): Promise<Journal> {
  const location = holds.map(({ state }) => state).find((state) => state?.run === id)?.store;
  if (location === undefined) throw new Error(`no state row names run ${id}`);
  return openJournal({ store: ports.storeAt(location), environment: environment.name }, id, ports.now, ports.redact);
}

/** The phase that every target has reached. */
function reachedPhase(holds: readonly Hold[]): Phase {
  const phases = holds.map(({ state }) => state?.phase);
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

function wasStarting(run: Run): boolean {
  return ownEntries(run).some((entry) => entry.type === "phase" && entry.phase === "starting");
}

function wasStarted(run: Run): boolean {
  return ownEntries(run).some((entry) => entry.type === "step-ended" && entry.step === "start" && entry.outcome === "done");
}

function wasToBlame(run: Run): boolean {
  return lastEntry(ownEntries(run), "failed")?.blame ?? false;
}

/** What the journal says of this run, or of the part of it that this is. */
function ownEntries({ part, journal: { entries } }: Run): readonly JournalEntry[] {
  if (part === null) return entries;
  const { name } = part.target;
  return entries.filter((entry) => !("target" in entry) || entry.target === undefined || entry.target === null || entry.target === name);
}
