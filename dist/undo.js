import { A as refusal, D as failure, E as BelayError, O as messageOf, a as sameData } from "./domain.js";
import { n as lastOfTarget } from "./journal.js";
import { u as step } from "./ending.js";
import { n as closeWorkspace } from "./take-backup.js";
import { t as beforeReference } from "./verify-run.js";
// src/run/undo.ts
async function undoTarget(run, target, options) {
	await closeWorkspace(target);
	await step(run, "rollback", target, async () => {
		const began = performance.now();
		target.rollback = {
			...(lastOfTarget(run.journal.entries, "intent", target.target.name) !== void 0 ? null : await unchanged(target)) ?? await replaceTarget(run, target, options),
			durationMs: Math.round(performance.now() - began)
		};
		await run.journal.append({
			type: "rolled-back",
			target: target.target.name,
			rollback: target.rollback
		});
		return {
			value: void 0,
			detail: describe(target.rollback)
		};
	});
}
async function unchanged(target) {
	if (target.committed) return null;
	const { data, sameSchema } = await target.hold.compareWith(beforeReference(target));
	const nothing = {
		strategy: "transaction",
		laterWrites: [],
		kept: []
	};
	if (sameSchema && sameData(data)) return {
		...nothing,
		why: "the migration's own transaction was rolled back",
		matches: true
	};
	if (sameSchema && typeof target.disturbance === "string" && target.tool.abilities.atomicMigrations) return {
		...nothing,
		why: `the migration's own transaction was rolled back; somebody else wrote meanwhile (${target.disturbance}), so the data were not compared`,
		matches: null
	};
	return null;
}
async function replaceTarget(run, target, options) {
	const { disturbance } = target;
	if (typeof disturbance === "string" && !options.applicationRan) throw failure("rollback-refused", `somebody else wrote to ${target.target.name} during the run (${disturbance}); going back would lose that`, { hint: `decide which state to keep; to go back all the same: \`belay rollback ${run.environment.name} --accept-loss\`` });
	const laterWrites = options.applicationRan ? await countLaterWrites(target) : [];
	if (options.laterWrites === "refuse" && laterWrites.length > 0) throw failure("later-writes", `since the migration ${describeLaterWrites(laterWrites)}; going back would lose that`, { hint: `the new state was left; to go back all the same: \`belay rollback ${run.environment.name} --accept-loss\`` });
	return {
		...await putBack(run, target, options.strategy),
		laterWrites
	};
}
async function putBack(run, target, strategy) {
	const { hold } = target;
	const name = target.target.name;
	const begun = lastOfTarget(run.journal.entries, "intent", name)?.intent;
	if (strategy === "restore") target.clone = null;
	let intent = begun ?? await hold.planReplacement(target.clone ?? await restoredCopy(run, target), run.id);
	if (strategy === "swap" && intent.strategy !== "swap") throw refusal("strategy-impossible", `${name} cannot be swapped back: ${intent.why}`, { hint: "leave --strategy out: Belay then takes the way that works" });
	for (let attempt = 1;; attempt++) {
		if (intent !== begun) await run.journal.append({
			type: "intent",
			target: name,
			intent
		});
		try {
			await hold.replace(intent);
			break;
		} catch (error) {
			const changed = hasCode(error, "copy-changed");
			const busy = hasCode(error, "target-busy") && intent.strategy === "swap" && strategy !== "swap";
			if (attempt === ATTEMPTS || !(changed || busy)) throw error;
			if (changed) dropClone(target, error);
			intent = await planAgain(run, target);
		}
	}
	const restored = target.clone === null;
	const matches = intent.strategy === "swap" && !restored ? true : await equalsBackup(target, intent);
	target.clone = null;
	return {
		strategy: restored ? "restore" : intent.strategy,
		...intent.way === null ? restored ? { way: "database" } : {} : { way: intent.way },
		why: intent.why,
		matches,
		kept: [intent.keepAs]
	};
}
const ATTEMPTS = 3;
async function planAgain(run, target) {
	if (target.clone !== null) try {
		return await target.hold.planReplacement(target.clone, run.id);
	} catch (error) {
		if (!hasCode(error, "copy-changed")) throw error;
		dropClone(target, error);
	}
	return target.hold.planReplacement(await restoredCopy(run, target), run.id);
}
function dropClone(target, why) {
	if (target.clone !== null) target.notes.push(`the copy beside the database was no longer what was proven (${messageOf(why)}); the backup was restored instead`);
	target.clone = null;
}
function hasCode(error, code) {
	return error instanceof BelayError && error.code === code;
}
async function restoredCopy(run, target) {
	if (target.backup === null) throw failure("no-backup", `there is no backup to bring ${target.target.name} back from`, { hint: "look what there is: `belay backups`" });
	return target.hold.restoreAside(target.store, target.backup.folder, target.backup.manifest, run.id);
}
async function equalsBackup(target, intent) {
	if (target.backup === null) return false;
	const { folder, manifest } = target.backup;
	const { data, sameSchema } = await compareWithSource(target.hold, intent, { backup: {
		store: target.store,
		folder,
		manifest
	} });
	if (sameSchema && sameData(data)) return true;
	throw failure("rollback-differs", `${target.target.name} was brought back but does not equal backup ${manifest.id}`, { hint: "somebody wrote to it meanwhile, or its disk is not to be trusted: stop what uses it and run `belay rollback` again" });
}
async function compareWithSource(hold, { way, from }, backup) {
	if (way !== "in-place") return hold.compareWith(backup);
	try {
		return await hold.compareWith({ copy: from });
	} catch (error) {
		if (!hasCode(error, "copy-changed")) throw error;
		return hold.compareWith(backup);
	}
}
async function countLaterWrites(target) {
	const counted = target.mark === void 0 ? null : await target.hold.laterWrites(target.mark);
	if (counted === null) return [{
		table: "*",
		written: null,
		gone: null
	}];
	return counted.filter(({ written, gone }) => written !== 0 || gone !== 0);
}
function describeLaterWrites(writes) {
	return writes.map(({ table, written, gone }) => {
		if (table === "*") return "an unknown number of rows was written";
		if (written === null) return `${table} was written to, how often is unknown`;
		return `${table}: ${written} written${gone === null || gone === 0 ? "" : `, ${gone} gone`}`;
	}).join("; ");
}
function describe({ strategy, way, matches, laterWrites }) {
	return [
		strategy === "transaction" ? "nothing to undo" : way === void 0 ? strategy : `${strategy}, ${way}`,
		matches === true ? "identical to before" : matches === null ? "not compared" : "differs",
		...laterWrites.length === 0 ? [] : [`later writes kept aside: ${describeLaterWrites(laterWrites)}`]
	].join(", ");
}
export { describeLaterWrites as n, undoTarget as r, countLaterWrites as t };
