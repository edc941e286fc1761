import { $ as BelayError, I as withoutRecords, J as counted, L as sameSchema, P as sameData, R as schemaDifference, X as firstOf, et as failure, o as databaseOf, rt as refusal, tt as messageOf } from "./domain.js";
import { Mt as readJournal, Nt as lastEntry, Pt as lastOfTarget, bt as step, gt as note, lt as coversDatabase, wt as journalPlace, xt as throwIfInterrupted } from "./looking.js";
import { i as durableBackup, l as recorded, n as closeWorkspace, s as openWorkspace } from "./take-backup.js";
import { c as appCommand, h as showOutput, m as toldOfRun, u as runAppCommand } from "./checks.js";
import { i as describeLaterWrites, n as carryMark, r as countLaterWrites } from "./later-writes4.js";
import { n as beforeStateLost, t as beforeReference } from "./verify-run.js";
import { setTimeout } from "node:timers/promises";
// src/run/maintenance.ts
async function stopApplication(run) {
	await beginMaintenance(run, { interruptible: true });
	throwIfInterrupted(run.ports);
	await runAppCommand(run, "stop", { interruptible: true });
}
async function beginMaintenance(run, options) {
	if (!pageIsUp(run)) await runAppCommand(run, "maintenance-on", options);
}
async function endMaintenance(run) {
	if (!pageIsUp(run)) return [];
	try {
		await runAppCommand(run, "maintenance-off", { interruptible: false });
		return [];
	} catch (error) {
		if (error instanceof BelayError && error.code === "maintenance-off-failed") return [error];
		throw error;
	}
}
function pageIsUp({ journal: { entries }, part }) {
	const isOwn = (target) => part === null || target === part.target.name;
	return entries.findLastIndex((entry) => entry.type === "step-began" && entry.step === "maintenance-on" && isOwn(entry.target)) > entries.findLastIndex((entry) => entry.type === "step-ended" && entry.step === "maintenance-off" && entry.outcome !== "failed" && isOwn(entry.target));
}
// src/run/migrated-forward.ts
const LOOK_AGAIN_MS = 500;
async function migratedForward(run) {
	if (appCommand(run.environment.app, "previous") === null) return [];
	const takenBack = await migrationsTakenBack(run);
	if (takenBack.size === 0) return [];
	const found = await look(run, takenBack);
	const recovering = lastEntry(run.journal.entries, "recovery") !== void 0;
	if (found.length > 0 || recovering) return found;
	await setTimeout(LOOK_AGAIN_MS);
	return look(run, takenBack);
}
async function migrationsTakenBack({ ports, environment, journal, targets }) {
	const began = lastEntry(journal.entries, "began");
	if (began?.command === "migrate") return new Map(began.targets.map(({ name, pending }) => [name, pending]));
	const { of = null } = began ?? {};
	if (of === null || lastEntry(journal.entries, "destination") === void 0) return new Map();
	const place = journalPlace(ports, environment, targets.map(({ target }) => target));
	const result = lastEntry(await readJournal(place, of), "ended")?.result;
	return new Map(result?.targets.map(({ name, applied }) => [name, applied.map(({ id }) => id)]) ?? []);
}
async function look(run, takenBack) {
	const errors = [];
	for (const target of run.targets) {
		const ids = takenBack.get(target.target.name) ?? [];
		if (ids.length === 0 || lastOfTarget(run.journal.entries, "rolled-back", target.target.name) === void 0) continue;
		if (isMisled(target)) continue;
		try {
			const again = await appliedOf(run, target, ids);
			if (again.length > 0) errors.push(forward(run, target, again));
		} catch (error) {
			note(target, [`whether the application migrated by itself after the rollback is not known (${messageOf(error)})`]);
		}
	}
	return errors;
}
function isMisled({ failure: cause }) {
	return cause instanceof BelayError && cause.code === "wrong-database";
}
async function appliedOf({ ports }, { target, tool }, ids) {
	await using view = await ports.engineOf(target).open(databaseOf(target));
	const { applied } = await tool.state((target.tenant === void 0 ? view : view.tenant(target)).session);
	return ids.filter((id) => applied.includes(id));
}
function forward({ environment }, { target, backup }, ids) {
	const back = `belay rollback ${environment.name}${backup === null ? "" : ` --backup ${backup.manifest.id}`} --accept-loss`;
	return failure("migrated-forward", `the application that was started again applied ${ids.join(", ")} to ${target.name} by itself, after the rollback had taken that back`, {
		hint: `take migrating out of its start (\`belay gate\` in its place), deploy that, and then the data back: \`${back}\``,
		facts: { migrations: ids }
	});
}
// src/run/restart.ts
async function restart(run, name) {
	try {
		await runAppCommand(run, name, { interruptible: false });
	} catch (error) {
		if (pageIsUp(run)) for (const target of run.targets) note(target, ["the maintenance page stays, because the application does not run"]);
		throw error;
	}
	return [...await endMaintenance(run), ...name === "previous" ? await migratedForward(run) : []];
}
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
	if (!await hasOldStructure(target, workspace)) throw leftBehind(run, target, await workspace.schema());
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
	const mark = target.since === null ? null : await workspace.mark(run.id);
	const matches = await equalsBefore(target, workspace);
	if (matches === true && mark !== null) await carryMark(run, target, target.since, mark);
	const dropped = droppedRows(withoutRecords(await workspace.compare({ backup: {
		store: target.store,
		folder,
		manifest
	} }), tool.records));
	return {
		strategy: "downgrade",
		why: `rollback.online: downgrade: ${[...ids].reverse().join(", ")} taken back by ${tool.name} while the application went on`,
		matches,
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
			run: run.id,
			told: toldOfRun(run, run.sha),
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
function leftBehind(run, target, now) {
	const { added, removed, changed } = schemaDifference(target.before ?? { objects: [] }, now);
	const invalid = now.objects.filter(({ kind, name, definition }) => kind === "index" && added.includes(`index ${name}`) && isInvalid(definition));
	const others = [
		...added.filter((label) => !invalid.some(({ name }) => label === `index ${name}`)),
		...removed,
		...changed
	];
	const told = [...invalid.map(({ name }) => `index ${name}, which is invalid`), ...others];
	const what = `a migration that failed left something of itself behind: ${firstOf(told, 5)}`;
	if (others.length > 0) return refused(run, target, what);
	return failure("rollback-refused", what, { hint: `take it away (${invalid.map(({ name }) => `drop index ${name}`).join("; ")}), mend what kept it from being built, then migrate again; nothing else was changed` });
}
function isInvalid(definition) {
	return definition.split("; ").includes("invalid");
}
function refused(run, { target }, what) {
	return failure("rollback-refused", `${what}; the application of ${target.name} goes on writing (app: online), and going back to the copy from before would lose that`, { hint: `decide which state to keep: mend it by a further migration, or go back and lose what was written since: \`belay rollback ${run.environment.name} --accept-loss\`. ` + (run.environment.rollback.online === "downgrade" ? "With down scripts for all of them Belay takes migrations back itself" : "With `rollback: { online: downgrade }` and down scripts Belay takes migrations back itself") });
}
// src/run/undo.ts
function undoByItself(run, applicationRan) {
	return {
		laterWrites: run.environment.rollback.laterWrites,
		applicationRan,
		byItself: true
	};
}
async function undoAlone(run, target, options) {
	await closeWorkspace(target);
	await step(run, "rollback", target, async () => {
		const began = performance.now();
		const begun = lastOfTarget(run.journal.entries, "intent", target.target.name) !== void 0;
		target.rollback = {
			...options.byItself === true && run.environment.app.online ? await undoOnline(run, target) : (begun ? null : await unchanged(run, target)) ?? await replaceTarget(run, target, options),
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
async function unchanged(run, target) {
	if (target.committed) return null;
	const { data, sameSchema, missing } = await compareWithBefore(run, target);
	const nothing = {
		strategy: "transaction",
		laterWrites: [],
		kept: []
	};
	if (missing.length > 0) return null;
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
async function compareWithBefore(run, target) {
	try {
		return await target.hold.compareWith(beforeReference(target), recorded(run, target));
	} catch (error) {
		if (!hasCode(error, "copy-changed")) throw error;
		giveUpClone(target, error);
		return target.hold.compareWith(beforeReference(target), recorded(run, target));
	}
}
async function replaceTarget(run, target, options) {
	const { disturbance } = target;
	if (typeof disturbance === "string" && !options.applicationRan) throw failure("rollback-refused", `somebody else wrote to ${target.target.name} during the run (${disturbance}); going back would lose that`, { hint: `decide which state to keep; to go back all the same: \`belay rollback ${run.environment.name} --run ${run.id} --accept-loss\`` });
	const laterWrites = options.applicationRan ? await countLaterWrites(target.hold, {
		mark: target.mark,
		before: target.beforeMark
	}) : [];
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
			await hold.replace(intent, target.store);
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
	await carryMarkOfRestored(run, target, intent);
	const missing = intent.strategy === "swap" && !restored ? [] : await assertEqualsBackup(run, target, intent);
	const lacks = intent.strategy === "swap" ? intent.from.lacks ?? [] : missing;
	note(target, lacks);
	target.clone = null;
	return {
		strategy: restored ? "restore" : intent.strategy,
		...intent.way === null ? restored ? { way: "database" } : {} : { way: intent.way },
		why: intent.why,
		matches: lacks.length === 0,
		...lacks.length === 0 ? {} : { lacks },
		kept: [...intent.keeps ?? [intent.keepAs]]
	};
}
async function carryMarkOfRestored(run, target, { strategy, from }) {
	if (target.since === null) return;
	try {
		if (target.cloneMark !== void 0 && strategy === "swap" && from.place === target.clone?.place) return await carryMark(run, target, target.since, target.cloneMark);
		const workspace = await openWorkspace(run, target);
		await carryMark(run, target, target.since, await workspace.mark(run.id));
	} catch (error) {
		if (hasCode(error, "lock-lost")) throw error;
		note(target, [`a later \`belay rollback\` will not know what was written since (${messageOf(error)})`]);
	} finally {
		await closeWorkspace(target);
	}
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
	return target.hold.restoreAside(target.store, target.backup.folder, target.backup.manifest, run.id, recorded(run, target));
}
async function assertEqualsBackup(run, target, intent) {
	const { data, sameSchema, missing } = await compareWithSource(run, target, intent);
	if (sameSchema && sameData(data)) return missing;
	throw failure("rollback-differs", `${target.target.name} was brought back but does not equal what was there before`, { hint: "somebody wrote to it meanwhile, or its disk is not to be trusted: stop what uses it and run `belay rollback` again" });
}
async function compareWithSource(run, target, { way, from }) {
	if (way === "in-place" || target.database !== null && from.place === target.clone?.place) try {
		return await target.hold.compareWith({ copy: from }, recorded(run, target));
	} catch (error) {
		if (!hasCode(error, "copy-changed")) throw error;
	}
	return target.hold.compareWith(beforeReference({
		...target,
		clone: null
	}), recorded(run, target));
}
function describe({ strategy, way, matches, lacks = [], laterWrites }) {
	return [
		strategy === "transaction" ? "nothing to undo" : way === void 0 ? strategy : `${strategy}, ${way}`,
		lacks.length > 0 ? `all but ${counted(lacks.length, "thing")} is back` : PROOFS[String(matches)] ?? "",
		...laterWrites.length === 0 ? [] : [`later writes kept aside: ${describeLaterWrites(laterWrites)}`]
	].join(", ");
}
const PROOFS = {
	true: "identical to before",
	false: "differs",
	null: "not compared"
};
// src/run/undo-target.ts
async function undoTarget(run, target, options) {
	if (target.tenants.length === 0) return undoAlone(run, target, options);
	await closeWorkspace(target);
	if (goesBackWhole(run, target, options)) return undoWhole(run, target, options);
	for (const tenant of target.tenants) if (!isBack(run, tenant)) await undoAlone(run, tenant, options);
}
function goesBackWhole(run, database, { applicationRan, byItself }) {
	const begun = (target) => lastOfTarget(run.journal.entries, "intent", target.target.name) !== void 0 && !isBack(run, target);
	if (begun(database)) return true;
	if (database.tenants.some(begun)) return false;
	if (byItself === true && run.environment.app.online) return false;
	const [first, ...others] = database.tenants;
	return others.every(({ backup }) => backup?.folder === first?.backup?.folder) && (coversDatabase(database) || !applicationRan && database.tenants.length > 1);
}
async function undoWhole(run, database, options) {
	gather(database);
	await undoAlone(run, database, options);
	const { rollback } = database;
	if (rollback === null) return;
	for (const tenant of database.tenants) {
		tenant.rollback = rollback;
		note(tenant, database.notes);
		await run.journal.append({
			type: "rolled-back",
			target: tenant.target.name,
			rollback
		});
	}
}
function gather(database) {
	const known = database.tenants.find(({ backup }) => backup !== null);
	database.backup ??= known?.backup ?? null;
	database.clone ??= known?.clone ?? null;
	database.earlierBackup ||= known?.earlierBackup === true;
	database.committed ||= database.tenants.some(({ committed }) => committed);
	database.disturbance ??= database.tenants.map(({ disturbance }) => disturbance).find((found) => typeof found === "string");
}
function isBack(run, { target }) {
	return lastOfTarget(run.journal.entries, "rolled-back", target.name) !== void 0;
}
export { restart as a, pageIsUp as c, droppedRows as i, stopApplication as l, undoAlone as n, beginMaintenance as o, undoByItself as r, endMaintenance as s, undoTarget as t };
