import "./rolldown-runtime.js";
import { C as unfinished, X as firstOf, rt as refusal, tt as messageOf, w as PHASES } from "./domain.js";
import { a as finishStarted, c as comeBack, d as isTouched, f as ownEntries, i as checkHealth, l as endAfterFailure, n as endingOfParts, o as startAndSettle, p as wasStarting, r as recordTargetEnd, s as watchApplication, u as recordEnd } from "./conduct.js";
import { $ as migratedEnding, J as emptyTargetResult, Mt as readJournal, Nt as lastEntry, Pt as lastOfTarget, Q as isJudged, W as readBackup, X as endedBeforehand, Y as endRun, Z as endingOf, _t as partOf, at as announceForgotten, et as resultOf, ht as leavesOf, it as announceEnd, j as tenantOf, jt as openJournal, kt as resultOfTarget, ut as enterPhase } from "./looking.js";
import { u as runAppCommand } from "./checks.js";
import { i as describeLaterWrites, r as countLaterWrites } from "./later-writes4.js";
import { n as holdTargets } from "./locking.js";
import { a as restart, r as undoByItself, s as endMaintenance, t as undoTarget } from "./undo-target.js";
import { a as dropUnfinishedBackups, i as dropOwnCopies, r as dropForsaken, t as dropCopiesOfUndone } from "./retention.js";
import { m as assembleRun, n as closeWorkspace, s as openWorkspace } from "./take-backup.js";
import { a as verifyTarget, i as dataResult } from "./verify-run.js";
import { t as finishRollback } from "./put-back.js";
// src/run/take-over.ts
async function takeOver(ports, environment, holds, id) {
	const own = holds.filter(({ state }) => state?.run === id && unfinished(state));
	const place = placeOfRun(ports, environment, own, id);
	const entries = await readJournal(place, id);
	const began = beganOf(entries, id);
	if (began.apart !== "target") refuseInPart(environment, began, holds);
	return {
		run: await putTogether(ports, environment, {
			own,
			began,
			entries,
			journal: openJournal(place, id, {
				...ports,
				before: entries
			})
		}),
		rest: holds.filter((hold) => !own.includes(hold) && began.targets.some(({ name, tenant }) => (tenant?.of ?? name) === hold.target.name)).map((hold) => resultOfOther(entries, hold, id))
	};
}
function beganOf(entries, id) {
	const began = lastEntry(entries, "began");
	if (began !== void 0) return began;
	throw refusal("journal-missing", `the database says that run ${id} is unfinished, but its journal is not in the store`, { hint: "is `backup.store` in belay.yml still the one that the run used? The state row names it" });
}
function refuseInPart(environment, { run, targets }, holds) {
	const missing = targets.map(({ name, tenant }) => tenant?.of ?? name).filter((name) => !holds.some(({ target }) => target.name === name));
	if (missing.length === 0) return;
	const gone = missing.filter((name) => !environment.targets.some((target) => target.name === name));
	throw refusal("recover-together", `run ${run} is to be finished for all of its targets, and ${firstOf(missing, 5)} would be left out`, { hint: gone.length === 0 ? `leave out --target: \`belay recover ${environment.name}\`` : `${firstOf(gone, 5)} is not in belay.yml any more: put it back there until the run is finished` });
}
async function putTogether(ports, environment, { own, began, journal, entries }) {
	const { run: id } = began;
	const phase = reachedPhase(own);
	await journal.append({
		type: "recovery",
		owner: ports.self,
		phase
	});
	const parts = partsOf(own, began);
	const names = parts.map(({ target }) => target.name);
	ports.progress({
		type: "run-began",
		command: "recover",
		environment: environment.name,
		run: id,
		targets: names
	});
	for (const started of orphans(entries)) await ports.endGroup(started);
	await ports.sweepTemporary(id);
	const { sha, previousSha } = began;
	const run = {
		...await assembleRun({
			ports,
			environment,
			holds: parts,
			id,
			sha,
			previousSha
		}, journal),
		earlier: entries
	};
	run.phase = phase;
	run.inStateRows = true;
	const read = readOnce();
	for (const target of leavesOf(run)) await remember(run, target, read);
	for (const target of run.targets) target.mark ??= lastOfTarget(entries, "mark", target.target.name)?.mark;
	for (const target of run.targets) target.phase = target.hold.state?.phase ?? null;
	await dropForsaken(run);
	return run;
}
function resultOfOther(entries, { target, state }, id) {
	const known = resultOfTarget(entries, target.name);
	if (known !== void 0) return known;
	return emptyTargetResult(target, state?.run === id ? "needs-attention" : "refused");
}
function partsOf(holds, { targets }) {
	return holds.flatMap((hold) => {
		const ours = targets.flatMap(({ tenant }) => tenant?.of === hold.target.name ? [tenant] : []);
		return ours.length === 0 ? [hold] : ours.map(({ schema, siblings, shared }) => hold.tenant(tenantOf({ shared }, hold.target, schema, siblings)));
	});
}
function orphans(entries) {
	return entries.flatMap((entry, index) => {
		if (entry.type !== "process") return [];
		const { role } = entry.started;
		const starts = role === "start" || role === "previous";
		const ended = (later) => later.type === "step-ended" && later.step === role && later.target === entry.target;
		const started = entries.slice(index).some((later) => ended(later) && "outcome" in later && later.outcome === "done");
		return starts && started ? [] : [entry.started];
	});
}
function placeOfRun(ports, environment, holds, id) {
	const location = holds.map(({ state }) => state).find((state) => state?.run === id)?.store;
	if (location === void 0) throw new Error(`no state row names run ${id}`);
	return {
		store: ports.storeAt(location),
		environment: environment.name
	};
}
function reachedPhase(holds) {
	const phases = holds.map(({ state }) => state?.phase);
	return PHASES.find((phase) => phases.includes(phase)) ?? "preparing";
}
function readOnce() {
	const known = new Map();
	return (store, folder) => {
		const key = `${store.location} ${folder}`;
		const found = known.get(key) ?? readBackup(store, folder);
		known.set(key, found);
		return found;
	};
}
async function remember(run, target, read) {
	const { earlier: entries } = run;
	const name = target.target.name;
	const backup = lastOfTarget(entries, "backup", name);
	const after = lastOfTarget(entries, "after-state", name);
	const ended = entries.findLast((entry) => entry.type === "step-ended" && entry.step === "migrate" && entry.target === name);
	if (backup !== void 0) {
		target.backup = await read(target.store, backup.folder);
		target.earlierBackup = backup.earlier === true;
		target.clone = backup.clone;
		target.since = backup.since ?? null;
		target.cloneMark = backup.cloneMark;
		target.before = backup.schema;
		target.baseline = new Map(Object.entries(backup.baseline));
	}
	if (after !== void 0) {
		target.comparison = after.comparison;
		target.data = dataResult(after.comparison, after.disturbance, target.tool.records);
		target.schema = after.schema;
		target.disturbance = after.disturbance;
	}
	if (ended?.type === "step-ended") target.applied = [...ended.applied ?? []];
	target.committed = target.applied.length > 0;
	target.mark = lastOfTarget(entries, "mark", name)?.mark;
	const destination = lastOfTarget(entries, "destination", name);
	if (destination !== void 0) await rememberDestination(target, destination, read);
}
async function rememberDestination(target, destination, read) {
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
// src/run/recover.ts
async function recover(ports, environment, targets, wanted) {
	const head = {
		command: "recover",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		await using locks = await holdTargets(ports, targets);
		const rows = locks.holds.map(({ state }) => state).filter(unfinished);
		const [first, ...others] = new Set(rows.map(({ run }) => run));
		if (first === void 0) return await nothingToRecover(ports, environment, targets, head);
		const id = wanted ?? first;
		if (!rows.some(({ run }) => run === id)) throw refusal("run-not-unfinished", `run ${wanted} is not the one that is unfinished; that is ${first}`, { hint: `finish it: \`belay recover ${environment.name}\`` });
		const { run, rest } = await takeOver(ports, environment, locks.holds, id);
		const finished = await finish(run, head, rest);
		if (others.length === 0) return finished;
		const reason = {
			code: "unfinished-run",
			message: `run ${[first, ...others].filter((each) => each !== id).join(", ")} is not finished, either`,
			hint: `\`belay recover ${environment.name}\``
		};
		return {
			...finished,
			reasons: [...finished.reasons, reason]
		};
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function nothingToRecover(ports, environment, targets, head) {
	const messages = await announceForgotten(ports, environment, targets);
	const untouched = targets.map((target) => emptyTargetResult(target, "up-to-date"));
	return {
		...resultOf(ports, head, "up-to-date", [], untouched),
		...messages.length === 0 ? {} : { messages }
	};
}
const MADE = {
	outcome: "migrated",
	reasons: [],
	repeatNeedsReason: false
};
async function finish(run, head, rest) {
	const began = lastEntry(run.journal.entries, "began");
	const digest = began?.digest ?? null;
	const ended = lastEntry(run.journal.entries, "ended");
	const calledOff = ended?.outcome === "refused" && began?.command === "rollback";
	if (ended !== void 0 && ended.outcome !== "needs-attention" && !calledOff) {
		await enterPhase(run, "ended");
		return announceEnd(run, {
			...ended.result,
			command: head.command
		});
	}
	try {
		if (began?.makes === "tenant" && run.phase !== "verified") return await (await import("./new-tenant.js")).removeTenant(run, head, null);
		if (began?.makes === "tenant") return await endRun(run, head, null, MADE);
		if (began?.command === "rollback") return await finishRollbackRun(run, head, digest);
		if (began?.apart === "target") return await finishParts(run, head, digest, rest);
		return await endRun(run, head, digest, {
			...await finishMigration(run, rest),
			rest
		});
	} catch (error) {
		return await endAfterFailure(run, head, digest, error);
	} finally {
		for (const target of run.targets) await closeWorkspace(target);
	}
}
async function finishParts(run, head, digest, rest) {
	for (const target of run.targets) {
		const part = partOf(run, target, true);
		try {
			const { outcome, reasons, repeatNeedsReason } = await finishMigration(part, []);
			target.ending = {
				outcome,
				reasons,
				repeatNeedsReason,
				recoverable: false,
				disowned: false
			};
		} catch (error) {
			target.ending = await comeBack(part, error);
		}
		await recordTargetEnd(part, target, target.ending);
	}
	const endings = run.targets.flatMap((target) => target.ending ?? []);
	return recordEnd(run, head, digest, {
		...endingOfParts(run, endings),
		rest
	});
}
async function finishMigration(run, rest) {
	if (!(run.targets.every(isVerified) && rest.length === 0)) return goBack(run);
	switch (run.phase) {
		case "verified": return verifyAgainAndStart(run);
		case "starting": return wasStarted(run) ? finishNew(run) : verifyAgainAndStart(run);
		default: return finishNew(run);
	}
}
const NEW = [
	"verified",
	"starting",
	"health",
	"settled",
	"ended"
];
function isVerified({ phase }) {
	return NEW.includes(phase);
}
async function goBack(run) {
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
	return {
		...endingOf(run, back.length === 0 ? "migrated" : "undone", left),
		repeatNeedsReason: wasToBlame(run)
	};
}
function endingApart(run, target, stayed) {
	const blamed = !stayed && wasToBlame(partOf(run, target, false));
	return {
		outcome: stayed ? "migrated" : "undone",
		reasons: [],
		repeatNeedsReason: blamed,
		recoverable: false,
		disowned: false
	};
}
async function dropUnproven(run, { phase, hold, store, target }) {
	if (phase === "rolled-back" || phase === "restarting") return;
	await dropOwnCopies(hold, run.id);
	await dropUnfinishedBackups(store, run.environment.name, target);
}
async function restartOld(run, back) {
	await enterPhase(run, "restarting", back);
	const left = await restart(run, "previous");
	await dropCopiesOfUndone(run);
	return left;
}
async function verifyAgainAndStart(run) {
	for (const target of leavesOf(run)) {
		const disturbance = await disturbanceSince(target);
		await openWorkspace(run, target);
		await verifyTarget(run, target, {
			judge: isJudged(run),
			disturbance
		});
	}
	return migratedEnding(run, await startAndSettle(run));
}
async function disturbanceSince(target) {
	if (target.mark === void 0) return "nobody watched since the run crashed";
	const writes = await countLaterWrites(target.hold, {
		mark: target.mark,
		before: []
	});
	return writes.length === 0 ? target.disturbance ?? null : `since the run crashed: ${describeLaterWrites(writes)}`;
}
async function finishNew(run) {
	const isSettled = run.phase === "settled";
	if (!isSettled) {
		await enterPhase(run, "health");
		await checkHealth(run);
	}
	const left = await endMaintenance(run);
	if (!isSettled) await watchApplication(run);
	await finishStarted(run);
	return migratedEnding(run, left);
}
async function finishRollbackRun(run, head, digest) {
	const began = run.journal.entries.some(({ type }) => type === "intent");
	if (leavesOf(run).some(({ before }) => before !== null) && DOWNGRADING.includes(run.phase)) return callOffDowngrade(run, head, digest);
	if (began || run.phase === "rolled-back" || run.phase === "restarting") {
		if (run.phase === "rolling-back") for (const target of run.targets) await undoTarget(run, target, {
			laterWrites: "keep",
			applicationRan: true
		});
		return finishRollback(run, head, "undone");
	}
	const left = await restart(run, "start");
	return endRun(run, head, digest, {
		...endingOf(run, "undone", left),
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
	const left = await restart(run, "start");
	return endRun(run, head, digest, {
		...endingOf(run, "undone", left),
		repeatNeedsReason: false
	});
}
async function stopWhatStarted(run) {
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
function wasStarted(run) {
	return ownEntries(run).some((entry) => entry.type === "step-ended" && entry.step === "start" && entry.outcome === "done");
}
function wasToBlame(run) {
	return lastEntry(ownEntries(run), "failed")?.blame ?? false;
}
export { recover };
