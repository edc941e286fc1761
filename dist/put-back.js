import "./rolldown-runtime.js";
import { $ as BelayError, rt as refusal, tt as messageOf } from "./domain.js";
import { n as refuseUnapproved } from "./approval.js";
import { G as refuseExternal, Nt as lastEntry, Ot as lastGoodCommit, Pt as lastOfTarget, Tt as openHistory, U as newestSoundBackup, V as findBackup, W as readBackup, X as endedBeforehand, Y as endRun, Z as endingOf, ht as leavesOf, nt as unrecordedResult, ot as announceUnrecorded, rt as announceBeginning, ut as enterPhase, vt as reasonsOf, xt as throwIfInterrupted } from "./looking.js";
import { i as describeLaterWrites, r as countLaterWrites, t as basisOf } from "./later-writes4.js";
import { t as holdSettled } from "./locking.js";
import { a as restart, l as stopApplication, t as undoTarget } from "./undo-target.js";
import { t as ofOneRun } from "./one-run.js";
import { g as openRun } from "./take-backup.js";
import { r as dropForsaken, t as dropCopiesOfUndone } from "./retention.js";
import { n as beforeStateLost } from "./verify-run.js";
// src/run/open-rollback.ts
async function openRollback({ ports, environment, history, holds, of, ...allowed }) {
	const digest = of === null ? null : lastEntry(of.entries, "began")?.digest ?? null;
	const previousSha = await lastGoodCommit(history);
	return await openRun({
		ports,
		environment,
		holds,
		history,
		previousSha,
		began: {
			command: "rollback",
			digest,
			of: of?.run ?? null,
			...allowed
		}
	});
}
// src/run/put-back.ts
async function putDataBack(ports, environment, targets, options) {
	const head = {
		command: "rollback",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		const approval = await refuseUnapproved(ports, "rollback", environment, options.withoutApproval);
		await using locks = await holdSettled(ports, environment, targets);
		const destinations = new Map();
		const history = openHistory(ports, environment, targets);
		for (const hold of options.backup === null ? await ofOneRun(history, locks.holds, options.run) : locks.holds) {
			throwIfInterrupted(ports);
			destinations.set(hold, await destinationOf(ports, environment, history, hold, options));
		}
		const of = [...destinations.values()].find(({ past }) => past !== null)?.past ?? null;
		throwIfInterrupted(ports);
		const run = await openRollback({
			ports,
			environment,
			history,
			holds: [...destinations.keys()],
			of,
			approval,
			withoutApproval: options.withoutApproval
		});
		for (const target of leavesOf(run)) adopt(target, destinations.get(target.hold));
		if (of !== null) for (const target of run.targets) target.mark ??= lastOfTarget(of.entries, "mark", target.target.name)?.mark;
		return await conduct(run, head, options, targets.filter((target) => !leavesOf(run).some((each) => each.target === target)));
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function destinationOf(ports, environment, history, hold, options) {
	const { target } = hold;
	const store = ports.storeOf(environment, target);
	if (options.backup !== null) {
		const backup = await findBackup(store, environment.name, target, options.backup);
		refuseExternal(backup);
		if (!options.acceptLoss) throw unknownLoss(environment, target, backup, "what was written since this backup is not known");
		return {
			past: null,
			backup,
			earlier: false,
			laterWrites: {
				mark: void 0,
				before: []
			},
			notes: []
		};
	}
	const past = options.run === null ? await history.lastApplying(target.name) : await history.run(options.run);
	if (options.only !== void 0 && past?.run !== options.only) throw refusal("watch-superseded", `run ${options.only} is not the last one of ${target.name} any more`, { hint: `\`belay runs ${environment.name}\` lists what happened` });
	const entry = past === void 0 ? void 0 : lastOfTarget(past.entries, "backup", target.name);
	if (past === void 0 || entry === void 0) throw refusal("nothing-to-roll-back", options.run === null ? `no run has applied anything to ${target.name} that could be taken back` : `run ${options.run} took no backup of ${target.name}`, { hint: `\`belay runs ${environment.name}\` lists what happened, \`belay backups ${environment.name}\` what can be restored` });
	const laterWrites = await basisOf(history, target.name, past);
	if (!options.acceptLoss) await refuseLoss(environment, hold, past, laterWrites, options);
	let backup;
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
			notes: [`${messageOf(error)}; the newest sound one, ${sound.manifest.id}, was taken instead`]
		};
	}
	if (entry.earlier === true) await refuseOlderState(hold, entry, backup, options.strategy);
	return {
		past,
		backup,
		earlier: entry.earlier === true,
		laterWrites,
		notes: []
	};
}
async function refuseOlderState(hold, { clone }, backup, strategy) {
	const { name } = hold.target;
	if (!(await hold.copies()).some(({ place }) => place === clone?.place)) throw beforeStateLost(name, backup, null);
	if (strategy === "restore") throw refusal("strategy-impossible", `the backup of that run lacks what was written to ${name} until the application stopped`, { hint: "leave --strategy out: Belay then goes back by the copy beside the database" });
}
async function refuseLoss(environment, hold, past, basis, options) {
	const writes = await countLaterWrites(hold, basis);
	if (writes.length === 0) return;
	const asked = [
		...options.run === null ? [] : ["--run", past.run],
		...options.strategy === null ? [] : ["--strategy", options.strategy],
		"--accept-loss"
	];
	throw refusal("later-writes", `since run ${past.run} settled, ${hold.target.name} was written to (${describeLaterWrites(writes)}); going back would lose that`, { hint: `the whole database is kept aside if you go back all the same: \`belay rollback ${environment.name} ${asked.join(" ")}\`` });
}
function unknownLoss(environment, target, backup, why) {
	const { id, takenAt } = backup.manifest;
	return refusal("later-writes", `${why}; ${target.name} would go back to backup ${id}, taken at ${takenAt}`, { hint: `the whole database is kept aside if you go back all the same: \`belay rollback ${environment.name} --backup ${id} --accept-loss\`` });
}
function adopt(target, destination) {
	if (destination === void 0) return;
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
async function conduct(run, head, { acceptLoss, strategy }, passedOver) {
	const { ports } = run;
	const digest = lastEntry(run.journal.entries, "began")?.digest ?? null;
	try {
		for (const target of leavesOf(run)) await recordDestination(run, target);
		await announceBeginning(run, "start");
		await enterPhase(run, "stopping");
		await stopApplication(run);
		throwIfInterrupted(ports);
		await enterPhase(run, "rolling-back");
		for (const target of run.targets) await undoTarget(run, target, {
			laterWrites: acceptLoss ? "keep" : "refuse",
			applicationRan: true,
			...strategy === null ? {} : { strategy }
		});
		return await finishRollback(run, head, "rolled-back", passedOver);
	} catch (error) {
		return await endFailedRollback(run, head, digest, error);
	}
}
async function recordDestination(run, each) {
	const { target, backup, earlierBackup, clone, mark, beforeMark, since, cloneMark } = each;
	if (backup === null) return;
	const earlier = earlierBackup ? { earlier: true } : {};
	await run.journal.append({
		type: "destination",
		target: target.name,
		folder: backup.folder,
		...earlier,
		clone,
		mark: mark ?? null,
		beforeMark,
		...since === null ? {} : { since },
		...cloneMark === void 0 ? {} : { cloneMark }
	});
}
async function finishRollback(run, head, outcome = "rolled-back", passedOver = []) {
	await enterPhase(run, "rolled-back");
	await enterPhase(run, "restarting");
	const left = await restart(run, "previous");
	await dropCopiesOfUndone(run);
	const digest = lastEntry(run.journal.entries, "began")?.digest ?? null;
	return endRun(run, head, digest, {
		...endingOf(run, outcome, left),
		repeatNeedsReason: true,
		passedOver
	});
}
async function endFailedRollback(run, head, digest, cause) {
	const errors = [cause];
	const replaced = run.journal.entries.some(({ type }) => type === "intent");
	if (!replaced) try {
		errors.push(...await restart(run, "start"));
	} catch (error) {
		errors.push(error);
	}
	const clean = !replaced && errors.length === 1 && cause instanceof BelayError;
	const outcome = clean ? run.ports.signal.aborted ? "undone" : "refused" : "needs-attention";
	const reasons = reasonsOf(errors, run.ports.redact);
	try {
		const result = await endRun(run, head, digest, {
			outcome,
			reasons,
			repeatNeedsReason: false,
			recoverable: !clean
		});
		await dropForsaken(run);
		return result;
	} catch (error) {
		const all = [...reasons, ...reasonsOf([error], run.ports.redact)];
		return announceUnrecorded(run, {
			...unrecordedResult(run, head, all),
			run: run.id,
			digest
		});
	}
}
export { putDataBack as n, openRollback as r, finishRollback as t };
