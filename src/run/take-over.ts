/** Puts a crashed run together again, from its state rows and its journal, and ends what it had started. */

import type { Environment } from "../config/config.ts";
import { refusal } from "../domain/error.ts";
import { PHASES, type Phase } from "../domain/phase.ts";
import type { TargetResult } from "../domain/result.ts";
import type { RunId } from "../domain/run-id.ts";
import type { StartedProcess } from "../domain/started-process.ts";
import { unfinished } from "../domain/state.ts";
import { firstOf } from "../domain/words.ts";
import type { Hold } from "../engine/hold.ts";
import { readBackup } from "./backups.ts";
import { emptyTargetResult } from "./ending.ts";
import { resultOfTarget } from "./history.ts";
import { openJournal, readJournal, type Journal, type JournalFolder } from "./journal.ts";
import { lastEntry, lastOfTarget, type BeganEntry, type DestinationEntry, type JournalEntry } from "./journal-entry.ts";
import { assembleRun } from "./open-run.ts";
import type { Ports } from "./ports.ts";
import { dropForsaken } from "./retention.ts";
import { tenantOf } from "./tenants.ts";
import { leavesOf, type Run, type TargetRun } from "./run.ts";
import { dataResult } from "./verify-run.ts";

interface TakenOver {
  readonly run: Run;
  /** What became of the run's other targets, as far as it is known. */
  readonly rest: readonly TargetResult[];
}

/** Takes run `id` over. `holds`: of all targets that this recovery was asked for. */
export async function takeOver(ports: Ports, environment: Environment, holds: readonly Hold[], id: RunId): Promise<TakenOver> {
  const own = holds.filter(({ state }) => state?.run === id && unfinished(state));
  const place = placeOfRun(ports, environment, own, id);
  const entries = await readJournal(place, id);
  const began = beganOf(entries, id);
  if (began.apart !== "target") refuseInPart(environment, began, holds);
  const run = await putTogether(ports, environment, {
    own,
    began,
    entries,
    journal: openJournal(place, id, { ...ports, before: entries }),
  });
  const others = holds.filter(
    (hold) => !own.includes(hold) && began.targets.some(({ name, tenant }) => (tenant?.of ?? name) === hold.target.name),
  );
  return { run, rest: others.map((hold) => resultOfOther(entries, hold, id)) };
}

function beganOf(entries: readonly JournalEntry[], id: RunId): BeganEntry {
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
  /** Those whose row tells of the unfinished run. */
  readonly own: readonly Hold[];
  readonly began: BeganEntry;
  readonly journal: Journal;
  /** What the journal held before it was taken over. */
  readonly entries: readonly JournalEntry[];
}

/** Puts the run together again from its journal, and ends what it had started: an orphan must not go on writing. */
async function putTogether(ports: Ports, environment: Environment, { own, began, journal, entries }: Left): Promise<Run> {
  const { run: id } = began;
  const phase = reachedPhase(own);
  await journal.append({ type: "recovery", owner: ports.self, phase });
  // Said as soon as it is this recovery's: should it be killed, too, the end of its job knows what to finish.
  const parts = partsOf(own, began);
  const names = parts.map(({ target }) => target.name);
  ports.progress({ type: "run-began", command: "recover", environment: environment.name, run: id, targets: names });
  for (const started of orphans(entries)) await ports.endGroup(started);
  await ports.sweepTemporary(id);
  const { sha, previousSha } = began;
  const run = { ...(await assembleRun({ ports, environment, holds: parts, id, sha, previousSha }, journal)), earlier: entries };
  run.phase = phase;
  run.inStateRows = true;
  const read = readOnce();
  for (const target of leavesOf(run)) await remember(run, target, read);
  for (const target of run.targets) target.mark ??= lastOfTarget(entries, "mark", target.target.name)?.mark;
  for (const target of run.targets) target.phase = target.hold.state?.phase ?? null;
  await dropForsaken(run);
  return run;
}

/** A target that the run has already ended with, or has not begun with. */
function resultOfOther(entries: readonly JournalEntry[], { target, state }: Hold, id: RunId): TargetResult {
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

function placeOfRun(ports: Ports, environment: Environment, holds: readonly Hold[], id: RunId): JournalFolder {
  const location = holds.map(({ state }) => state).find((state) => state?.run === id)?.store;
  if (location === undefined) throw new Error(`no state row names run ${id}`);
  return { store: ports.storeAt(location), environment: environment.name };
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
  const { earlier: entries } = run;
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
    target.data = dataResult(after.comparison, after.disturbance, target.tool.records);
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
