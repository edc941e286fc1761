import "./rolldown-runtime.js";
import { L as messageOf, d as unfinished, f as PHASES, z as refusal } from "./domain.js";
import { i as endAfterFailure, n as finishStarted, r as startAndSettle, t as checkHealth } from "./start-application.js";
import { s as runAppCommand } from "./checks.js";
import { G as isJudged, H as emptyTargetResult, K as resultOf, U as endRun, W as endedBeforehand, Y as enterPhase, dt as openJournal, lt as lastEntry, ut as lastOfTarget, z as readBackup } from "./looking.js";
import { a as openWorkspace, d as countLaterWrites, f as describeLaterWrites, n as closeWorkspace, p as assembleRun } from "./take-backup.js";
import { t as holdTargets } from "./locking.js";
import { a as dropUnfinishedBackups, i as dropOwnCopies, r as dropForsaken, t as dropCopiesOfUndone } from "./retention.js";
import { t as finishRollback } from "./put-back2.js";
import { n as undoTarget, t as undoByItself } from "./undo.js";
import { a as verifyTarget, i as dataResult } from "./verify-run.js";
// src/run/recover.ts
async function recover(ports, environment, targets, wanted) {
	const head = {
		command: "recover",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		await using locks = await holdTargets(ports, targets);
		const id = locks.holds.map(({ state }) => state).find(unfinished)?.run;
		if (id === void 0) return resultOf(ports, head, "up-to-date", [], targets.map((target) => emptyTargetResult(target, "up-to-date")));
		if (wanted !== null && wanted !== id) throw refusal("run-not-unfinished", `run ${wanted} is not the one that is unfinished; that is ${id}`, { hint: `finish it: \`belay recover ${environment.name}\`` });
		return await finish(await takeOver(ports, environment, locks.holds, id), head);
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function takeOver(ports, environment, holds, id) {
	const journal = await journalOfRun(ports, environment, holds, id);
	const began = lastEntry(journal.entries, "began");
	if (began === void 0) throw refusal("journal-missing", `the database says that run ${id} is unfinished, but its journal is not in the store`, { hint: "is `backup.store` in belay.yml still the one that the run used? The state row names it" });
	const phase = reachedPhase(holds, id);
	await journal.append({
		type: "recovery",
		owner: ports.self,
		phase
	});
	const names = holds.map(({ target }) => target.name);
	ports.progress({
		type: "run-began",
		command: "recover",
		environment: environment.name,
		run: id,
		targets: names
	});
	for (const started of orphans(journal.entries)) await ports.endGroup(started);
	const run = await assembleRun({
		ports,
		environment,
		holds,
		id,
		sha: began.sha,
		previousSha: began.previousSha,
		pendingOf: () => []
	}, journal);
	run.phase = phase;
	run.inStateRows = true;
	for (const target of run.targets) await remember(run, target);
	await dropForsaken(run);
	return run;
}
function orphans(entries) {
	return entries.flatMap((entry, index) => {
		if (entry.type !== "process") return [];
		const { role } = entry.started;
		const starts = role === "start" || role === "previous";
		const started = entries.slice(index).some((later) => later.type === "step-ended" && later.step === role && later.outcome === "done");
		return starts && started ? [] : [entry.started];
	});
}
function journalOfRun(ports, environment, holds, id) {
	const location = holds.map(({ state }) => state).find((state) => state?.run === id)?.store;
	if (location === void 0) throw new Error(`no state row names run ${id}`);
	return openJournal({
		store: ports.storeAt(location),
		environment: environment.name
	}, id, ports.now, ports.redact);
}
function reachedPhase(holds, id) {
	const phases = holds.map(({ state }) => state?.run === id ? state.phase : "preparing");
	return PHASES.find((phase) => phases.includes(phase)) ?? "preparing";
}
async function remember(run, target) {
	const { entries } = run.journal;
	const name = target.target.name;
	const backup = lastOfTarget(entries, "backup", name);
	const after = lastOfTarget(entries, "after-state", name);
	const ended = entries.findLast((entry) => entry.type === "step-ended" && entry.step === "migrate" && entry.target === name);
	if (backup !== void 0) {
		target.backup = await readBackup(target.store, backup.folder);
		target.earlierBackup = backup.earlier === true;
		target.clone = backup.clone;
		target.since = backup.since ?? null;
		target.cloneMark = backup.cloneMark;
		target.before = backup.schema;
		target.baseline = new Map(Object.entries(backup.baseline));
	}
	if (after !== void 0) {
		target.comparison = after.comparison;
		target.data = dataResult(after.comparison, after.disturbance);
		target.schema = after.schema;
		target.disturbance = after.disturbance;
	}
	if (ended?.type === "step-ended") target.applied = [...ended.applied ?? []];
	target.committed = target.applied.length > 0;
	target.mark = lastOfTarget(entries, "mark", name)?.mark;
	const destination = lastOfTarget(entries, "destination", name);
	if (destination !== void 0) await rememberDestination(target, destination);
}
async function rememberDestination(target, destination) {
	const { folder, earlier, clone, mark } = destination;
	target.backup = await readBackup(target.store, folder);
	target.earlierBackup = earlier === true;
	target.clone = clone;
	target.committed = true;
	if (mark !== null) target.mark = mark;
	target.beforeMark = destination.beforeMark ?? [];
	target.since = destination.since ?? null;
	target.cloneMark = destination.cloneMark;
}
async function finish(run, head) {
	const began = lastEntry(run.journal.entries, "began");
	const digest = began?.digest ?? null;
	const ended = lastEntry(run.journal.entries, "ended");
	const calledOff = ended?.outcome === "refused" && began?.command === "rollback";
	if (ended !== void 0 && ended.outcome !== "needs-attention" && !calledOff) {
		await enterPhase(run, "ended");
		return {
			...ended.result,
			command: head.command
		};
	}
	try {
		if (began?.command === "rollback") return await finishRollbackRun(run, head, digest);
		return await finishMigration(run, head, digest);
	} catch (error) {
		return await endAfterFailure(run, head, digest, error);
	} finally {
		for (const target of run.targets) await closeWorkspace(target);
	}
}
async function finishMigration(run, head, digest) {
	const applicationStarted = wasStarted(run);
	switch (run.phase) {
		case "preparing":
			await dropUnproven(run);
			return endRun(run, head, digest, {
				outcome: "undone",
				reasons: [],
				repeatNeedsReason: wasToBlame(run)
			});
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
		case "restarting": return restartAndEnd(run, head, digest);
		case "verified": return verifyAgainAndStart(run, head, digest);
		case "starting": return applicationStarted ? finishNew(run, head, digest) : verifyAgainAndStart(run, head, digest);
		case "health":
		case "settled":
		case "ended": return finishNew(run, head, digest);
	}
}
async function dropUnproven(run) {
	for (const target of run.targets) {
		await dropOwnCopies(target.hold, run.id);
		await dropUnfinishedBackups(target.store, run.environment.name, target.target.name);
	}
}
async function restartAndEnd(run, head, digest) {
	await enterPhase(run, "restarting");
	await runAppCommand(run, "previous", { interruptible: false });
	await dropCopiesOfUndone(run);
	return endRun(run, head, digest, {
		outcome: "undone",
		reasons: [],
		repeatNeedsReason: wasToBlame(run)
	});
}
async function verifyAgainAndStart(run, head, digest) {
	for (const target of run.targets) {
		const disturbance = await disturbanceSince(target);
		await openWorkspace(run, target);
		await verifyTarget(run, target, {
			judge: isJudged(run),
			disturbance
		});
	}
	await startAndSettle(run);
	return endMigrated(run, head, digest);
}
async function disturbanceSince(target) {
	if (target.mark === void 0) return "nobody watched since the run crashed";
	const writes = await countLaterWrites(target.hold, {
		mark: target.mark,
		before: []
	});
	return writes.length === 0 ? target.disturbance ?? null : `since the run crashed: ${describeLaterWrites(writes)}`;
}
async function finishNew(run, head, digest) {
	if (run.phase !== "settled") {
		await enterPhase(run, "health");
		await checkHealth(run);
	}
	await finishStarted(run);
	return endMigrated(run, head, digest);
}
function endMigrated(run, head, digest) {
	return endRun(run, head, digest, {
		outcome: "migrated",
		reasons: [],
		repeatNeedsReason: false,
		checklist: run.environment.checklist
	});
}
async function finishRollbackRun(run, head, digest) {
	const began = run.journal.entries.some(({ type }) => type === "intent");
	if (run.targets.some(({ before }) => before !== null) && DOWNGRADING.includes(run.phase)) return callOffDowngrade(run, head, digest);
	if (began || run.phase === "rolled-back" || run.phase === "restarting") {
		if (run.phase === "rolling-back") for (const target of run.targets) await undoTarget(run, target, {
			laterWrites: "keep",
			applicationRan: true
		});
		return finishRollback(run, head, "undone");
	}
	await runAppCommand(run, "start", { interruptible: false });
	return endRun(run, head, digest, {
		outcome: "undone",
		reasons: [],
		repeatNeedsReason: false
	});
}
const DOWNGRADING = ["migrating", "rolling-back"];
async function callOffDowngrade(run, head, digest) {
	await enterPhase(run, "rolling-back");
	for (const target of run.targets) await undoTarget(run, target, {
		laterWrites: "keep",
		applicationRan: false
	});
	await runAppCommand(run, "start", { interruptible: false });
	return endRun(run, head, digest, {
		outcome: "undone",
		reasons: [],
		repeatNeedsReason: false
	});
}
async function stopWhatStarted(run) {
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
function wasStarting(run) {
	return run.journal.entries.some((entry) => entry.type === "phase" && entry.phase === "starting");
}
function wasStarted(run) {
	return run.journal.entries.some((entry) => entry.type === "step-ended" && entry.step === "start" && entry.outcome === "done");
}
function wasToBlame(run) {
	return lastEntry(run.journal.entries, "failed")?.blame ?? false;
}
export { recover };
