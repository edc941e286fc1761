import { A as messageOf, M as refusal, O as BelayError, k as failure, m as sameSchema, r as sameData } from "./domain.js";
import { Z as step, ct as lastOfTarget, st as lastEntry } from "./looking.js";
import { i as durableBackup, n as closeWorkspace } from "./take-backup.js";
import { u as showOutput } from "./checks.js";
import { n as beforeStateLost, t as beforeReference } from "./verify-run.js";
// src/run/dropped-rows.ts
function droppedRows({ tables }) {
	return tables.flatMap(({ name, rowsBefore, rowsAfter, removed, columnsDropped, valuesDropped = {} }) => {
		const rows = rowsAfter === null ? rowsBefore ?? 0 : removed;
		const columns = rowsAfter === null ? [] : columnsDropped.filter((column) => valuesDropped[column] !== 0);
		return rows === 0 && columns.length === 0 ? [] : [{
			table: name,
			rows,
			columns
		}];
	});
}
// src/run/undo-online.ts
async function undoOnline(run, target) {
	await using workspace = await target.hold.work({
		run: run.id,
		recordProcess: (started) => run.journal.append({
			type: "process",
			target: target.target.name,
			started
		})
	});
	const { applied } = await target.tool.state(workspace.session);
	const ids = applied.filter((id) => pendingOf(run, target).includes(id));
	if (ids.length > 0) return await goDown(run, target, workspace, ids);
	if (!await hasOldStructure(target, workspace)) throw refused(run, target, "a migration that failed left something of itself behind");
	const matches = await equalsBefore(target, workspace);
	return {
		strategy: "transaction",
		why: `the migration's own transaction was rolled back${matches === true ? "" : "; the application went on writing, so rows were not compared"}`,
		matches,
		laterWrites: [],
		kept: []
	};
}
function pendingOf(run, { target }) {
	return lastEntry(run.journal.entries, "began")?.targets.find(({ name }) => name === target.name)?.pending ?? [];
}
async function goDown(run, target, workspace, ids) {
	const { tool } = target;
	const { name } = target.target;
	if (run.environment.rollback.online !== "downgrade") throw refused(run, target, `${ids.join(", ")} stayed applied`);
	if (!tool.abilities.revert) throw refused(run, target, `${ids.join(", ")} stayed applied, and ${tool.name} has no way down here`);
	const kept = await durableBackup(run, target, workspace);
	await revert(run, target, workspace, ids);
	if (!await hasOldStructure(target, workspace)) throw failure("rollback-differs", `${tool.name} took ${ids.join(", ")} back, but the structure of ${name} is not what it was`, { hint: `mend the down script, or compare with the backup from before: \`belay backups ${run.environment.name}\`` });
	const { folder, manifest } = kept;
	const dropped = droppedRows(await workspace.compare({ backup: {
		store: target.store,
		folder,
		manifest
	} }));
	return {
		strategy: "downgrade",
		why: `rollback.online: downgrade: ${[...ids].reverse().join(", ")} taken back by ${tool.name} while the application went on`,
		matches: await equalsBefore(target, workspace),
		laterWrites: [],
		kept: [kept.summary.location],
		...dropped.length === 0 ? {} : { dropped }
	};
}
async function revert(run, target, workspace, ids) {
	const { name } = target.target;
	using output = showOutput(run.ports, name, "rollback");
	try {
		await target.tool.revert({
			session: workspace.session,
			ids,
			reverted: () => void 0,
			output: output.show,
			signal: new AbortController().signal,
			recordProcess: (started) => run.journal.append({
				type: "process",
				target: name,
				started
			})
		});
	} catch (error) {
		if (error instanceof BelayError && error.code === "not-reversible") throw refused(run, target, error.message);
		throw error;
	}
}
async function hasOldStructure({ before }, workspace) {
	return before !== null && sameSchema(before, await workspace.schema());
}
async function equalsBefore(target, workspace) {
	if (target.clone === null && target.earlierBackup) return null;
	const data = await workspace.compare(beforeReference(target));
	return sameData(data) ? true : null;
}
function refused(run, { target }, what) {
	return failure("rollback-refused", `${what}; the application of ${target.name} goes on writing (app: online), and going back to the copy from before would lose that`, { hint: `decide which state to keep: mend it by a further migration, or go back and lose what was written since: \`belay rollback ${run.environment.name} --accept-loss\`. With \`rollback: { online: downgrade }\` and down scripts Belay takes migrations back itself` });
}
// src/run/undo.ts
function undoByItself(run, applicationRan) {
	return {
		laterWrites: run.environment.rollback.laterWrites,
		applicationRan,
		byItself: true
	};
}
async function undoTarget(run, target, options) {
	await closeWorkspace(target);
	await step(run, "rollback", target, async () => {
		const began = performance.now();
		const begun = lastOfTarget(run.journal.entries, "intent", target.target.name) !== void 0;
		target.rollback = {
			...options.byItself === true && run.environment.app.online ? await undoOnline(run, target) : (begun ? null : await unchanged(target)) ?? await replaceTarget(run, target, options),
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
	const { data, sameSchema } = await compareWithBefore(target);
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
async function compareWithBefore(target) {
	try {
		return await target.hold.compareWith(beforeReference(target));
	} catch (error) {
		if (!hasCode(error, "copy-changed")) throw error;
		giveUpClone(target, error);
		return target.hold.compareWith(beforeReference(target));
	}
}
async function replaceTarget(run, target, options) {
	const { disturbance } = target;
	if (typeof disturbance === "string" && !options.applicationRan) throw failure("rollback-refused", `somebody else wrote to ${target.target.name} during the run (${disturbance}); going back would lose that`, { hint: `decide which state to keep; to go back all the same: \`belay rollback ${run.environment.name} --run ${run.id} --accept-loss\`` });
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
	let intent = begun ?? await planFromFacts(run, target);
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
			if (changed) giveUpClone(target, error);
			intent = await planFromFacts(run, target);
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
async function planFromFacts(run, target) {
	if (target.clone !== null) try {
		return await target.hold.planReplacement(target.clone, run.id);
	} catch (error) {
		if (!hasCode(error, "copy-changed")) throw error;
		giveUpClone(target, error);
	}
	return target.hold.planReplacement(await restoredCopy(run, target), run.id);
}
function giveUpClone(target, why) {
	if (target.clone === null) return;
	if (target.earlierBackup && target.backup !== null) throw beforeStateLost(target.target.name, target.backup, why);
	target.notes.push(`the copy beside the database was no longer what was proven (${messageOf(why)}); the backup was used instead`);
	target.clone = null;
}
function hasCode(error, code) {
	return error instanceof BelayError && error.code === code;
}
async function restoredCopy(run, target) {
	if (target.backup === null) throw failure("no-backup", `there is no backup to bring ${target.target.name} back from`, { hint: "look what there is: `belay backups`" });
	if (target.earlierBackup) throw beforeStateLost(target.target.name, target.backup, null);
	return target.hold.restoreAside(target.store, target.backup.folder, target.backup.manifest, run.id);
}
async function equalsBackup(target, intent) {
	const { data, sameSchema } = await compareWithSource(target, intent);
	if (sameSchema && sameData(data)) return true;
	throw failure("rollback-differs", `${target.target.name} was brought back but does not equal what was there before`, { hint: "somebody wrote to it meanwhile, or its disk is not to be trusted: stop what uses it and run `belay rollback` again" });
}
async function compareWithSource(target, { way, from }) {
	if (way === "in-place") try {
		return await target.hold.compareWith({ copy: from });
	} catch (error) {
		if (!hasCode(error, "copy-changed")) throw error;
	}
	return target.hold.compareWith(beforeReference({
		...target,
		clone: null
	}));
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
export { droppedRows as a, undoTarget as i, describeLaterWrites as n, undoByItself as r, countLaterWrites as t };
