import { $ as BelayError, D as makeBackupId, H as exitStatus, J as counted, Q as size, W as worstOutcome, et as failure, o as databaseOf, rt as refusal, tt as messageOf } from "./domain.js";
import { $ as migratedEnding, Bt as plannedOf, G as refuseExternal, Gt as schemaDigest, K as writeManifest, L as assertIntact, Nt as lastEntry, Q as isJudged, R as backupFolder, Rt as throwIfAny, St as writeRow, V as findBackup, Y as endRun, _t as partOf, bt as step, ct as assertOwner, dt as enterTargetPhase, ft as forgetStates, gt as note, ht as leavesOf, k as severalAtOnce, mt as isInterruption, nt as unrecordedResult, ot as announceUnrecorded, pt as interruption, rt as announceBeginning, st as announceWatch, tt as targetResult, ut as enterPhase, vt as reasonsOf, wt as journalPlace, xt as throwIfInterrupted, yt as reasonsOfGivenUp } from "./looking.js";
import { t as describeCommand } from "./describe-command.js";
import { a as runChecks, c as appCommand, d as runTeamCommand, f as runUnrecorded, i as readerOf, l as applicationsOf, o as surroundingsOf, t as failedChecks, u as runAppCommand } from "./checks.js";
import { a as restart, c as pageIsUp, l as stopApplication, n as undoAlone, o as beginMaintenance, r as undoByItself, s as endMaintenance, t as undoTarget } from "./undo-target.js";
import { i as dropOwnCopies, n as dropExpired, o as dropWatched, r as dropForsaken, t as dropCopiesOfUndone } from "./retention.js";
import { a as manifestOf, c as recordBeforeState, d as showProgress, f as takeBackup, n as closeWorkspace, o as observeSnapshot, p as takeDurableBackup, r as describeBackup, s as openWorkspace, u as refuseChangedPlan } from "./take-backup.js";
import { n as askRound, t as WatchCourse } from "./watch-course.js";
import { t as applyMigrations } from "./apply-migrations.js";
import { a as verifyTarget } from "./verify-run.js";
import { setTimeout } from "node:timers/promises";
// src/plan/waves.ts
function inWaves(all, chosen, sizes) {
	const waves = [];
	let from = 0;
	for (const end of [...sizes.map((size) => reach(size, all.length)), all.length]) {
		waves.push(all.slice(from, Math.max(from, end)).filter(chosen));
		from = Math.max(from, end);
	}
	return waves.filter((wave) => wave.length > 0);
}
function reach(size, total) {
	return "count" in size ? size.count : Math.ceil(size.percent * total / 100);
}
// src/run/external-backup.ts
async function takeExternalBackup(run, target, { create, check }) {
	await step(run, "backup", target, async () => {
		const id = makeBackupId(run.ports.now(), run.ports.random(1));
		const told = { BELAY_BACKUP: id };
		if (create !== null) await runTeamCommand(run, target, "backup", "backup.external.create", create, told);
		await runTeamCommand(run, target, "backup", "backup.external.check", check, told);
		const folder = backupFolder(run.environment.name, target.target, id);
		target.backup = await writeManifest(target.store, folder, await recordOf(run, target, id));
		return {
			value: void 0,
			detail: `made and checked by your own commands: ${describeCommand(check.command)}`
		};
	});
}
async function recordOf(run, { target }, id) {
	await using view = await run.ports.engineOf(target).open(target);
	const { lasting: source } = await view.identity();
	return {
		formatVersion: 1,
		id,
		run: run.id,
		environment: run.environment.name,
		target: target.name,
		engine: target.engine,
		engineVersion: view.engineVersion,
		toolVersions: { belay: run.ports.belayVersion },
		takenAt: run.ports.now().toISOString(),
		source,
		files: [],
		tables: [],
		schemaDigest: schemaDigest(await view.schema()),
		sequences: {},
		compression: "none",
		encryption: "none",
		proof: "external",
		lacks: [],
		restore: [],
		engineFacts: {}
	};
}
// src/run/early-backup.ts
async function namedBackups(ports, environment, plan, id) {
	const named = new Map();
	if (id === null) return named;
	if (environment.backup.clone === "never") throw refusal("clone-needed", "a run that relies on an earlier backup needs the copy for the way back, and belay.yml says clone: never", { hint: "leave out --backup, so that the run takes its own backup, or leave out `backup.clone` in belay.yml" });
	for (const { target: planned, identity, copyObstacle } of plan.targets) {
		const target = databaseOf(planned);
		if (named.has(target)) continue;
		if (copyObstacle !== null) throw refusal("clone-needed", `a run that relies on an earlier backup needs the copy for the way back, and ${copyObstacle}`, { hint: "leave out --backup, so that the run takes its own backup" });
		const store = ports.storeOf(environment, target);
		const backup = await findBackup(store, environment.name, target, id);
		const { manifest } = backup;
		if (manifest.engine !== target.engine || manifest.source !== identity.lasting) throw refusal("backup-of-another-database", `backup ${manifest.id} is of ${manifest.source}, not of ${identity.lasting}`, { hint: `leave out --backup, so that the run takes its own; \`belay backups ${environment.name}\` lists what is there` });
		refuseExternal(backup);
		await assertIntact(store, backup);
		named.set(target, backup);
	}
	return named;
}
async function backUpEarly(run, target, named) {
	const backup = named.get(target.target);
	if (backup !== void 0) await adoptBackup(run, target, backup);
	else if (run.environment.backup.external !== null) await takeExternalBackup(run, target, run.environment.backup.external);
	else if (run.environment.backup.when === "before") await takeDurableBackup(run, target);
	else return;
	target.earlierBackup = true;
}
function adoptBackup(run, target, backup) {
	return step(run, "backup", target, async () => {
		target.backup = backup;
		const { summary, manifest } = backup;
		return {
			value: void 0,
			detail: `${manifest.id}, already taken, its files are intact: ${describeBackup(summary.sizeBytes, summary.proof)}`
		};
	});
}
// src/run/reach.ts
const REACH = {
	preparing: "nothing-stopped",
	stopping: "application-stopped",
	"backing-up": "application-stopped",
	migrating: "data-touched",
	verifying: "data-touched",
	verified: "data-touched",
	starting: "application-started",
	health: "application-started",
	settled: "done",
	"rolling-back": "data-touched",
	"rolled-back": "application-stopped",
	restarting: "application-stopped",
	ended: "done"
};
function reachOf(run) {
	const { targets, phase } = run;
	if (phase === "rolling-back" && wasStarting(run)) return "application-started";
	if (phase !== "backing-up") return REACH[phase];
	return targets.some(isTouched) ? "data-touched" : "application-stopped";
}
function wasStarting(run) {
	return ownEntries(run).some((entry) => entry.type === "phase" && entry.phase === "starting");
}
function ownEntries({ part, earlier }) {
	if (part === null) return earlier;
	const { name } = part.target;
	return earlier.filter((entry) => !("target" in entry) || entry.target === void 0 || entry.target === null || entry.target === name);
}
const UNTOUCHED = [
	null,
	"preparing",
	"stopping",
	"backing-up",
	"rolled-back",
	"restarting",
	"ended"
];
function isTouched({ phase }) {
	return !UNTOUCHED.includes(phase);
}
// src/run/bring-back.ts
var Aftermath = class {
	errors = [];
	recoverable = false;
	#run;
	constructor(run) {
		this.#run = run;
	}
	get disowned() {
		return this.errors.some(isLockLost);
	}
	tell(errors) {
		this.errors.push(...errors);
	}
	async attempt(work) {
		try {
			await work();
			return true;
		} catch (error) {
			this.errors.push(error);
			if (!isDeliberate(error)) this.recoverable = true;
			return false;
		}
	}
	async tolerate(what, work) {
		try {
			await work();
		} catch (error) {
			for (const target of this.#run.targets) target.notes.push(`${what}: ${messageOf(error)}`);
		}
	}
};
async function bringBack(run, reach, aftermath, cause) {
	if (reach === "done" || reach === "nothing-stopped") return;
	const started = reach === "application-started";
	if (started && isDeliberate(cause)) {
		aftermath.tell([cause]);
		return restartOnNew(run, aftermath);
	}
	const touched = run.targets.filter(isTouched);
	await dropUnproven(run, aftermath);
	if (started || reach === "data-touched") {
		const undone = await aftermath.attempt(async () => {
			await enterPhase(run, "rolling-back", touched);
			if (started) await stopAgain(run, aftermath);
		}) && await undoEach(run, touched, started, aftermath);
		if (!undone && started && aftermath.errors.some(isDeliberate)) return restartOnNew(run, aftermath);
		if (undone) await aftermath.attempt(() => enterPhase(run, "rolled-back", touched));
	}
	if (run.ownsApplication) await restartPrevious(run, started, aftermath);
	await dropCopiesOfUndone(run);
}
async function restartOnNew(run, aftermath) {
	try {
		aftermath.tell(await restart(run, "start"));
	} catch (error) {
		if (!(error instanceof BelayError)) throw error;
		aftermath.tell([error]);
	}
}
async function undoEach(run, targets, applicationRan, aftermath) {
	const back = [];
	await severalAtOnce(targets, run.environment.parallel, async (target) => {
		if (await aftermath.attempt(() => undoTarget(run, target, undoByItself(run, applicationRan)))) back.push(target);
	});
	if (back.length === targets.length) return true;
	for (const target of back) await aftermath.attempt(() => enterTargetPhase(run, target, "rolled-back"));
	return false;
}
async function dropUnproven(run, aftermath) {
	for (const { phase, hold } of run.targets) if (phase === "stopping" || phase === "backing-up") await aftermath.tolerate("unproven copies could not be dropped", () => dropOwnCopies(hold, run.id));
}
async function stopAgain(run, aftermath) {
	await aftermath.tolerate("the maintenance page could not be shown for the rollback", () => beginMaintenance(run, { interruptible: false }));
	await aftermath.tolerate("the application could not be stopped for the rollback", () => runAppCommand(run, "stop", { interruptible: false }));
}
async function restartPrevious(run, started, aftermath) {
	const undecided = run.phase === "rolling-back";
	if (undecided || await aftermath.attempt(() => enterPhase(run, "restarting"))) await aftermath.attempt(async () => aftermath.tell(await restart(run, "previous")));
	if (!stepsOf(run).some(({ result }) => result.name === "previous") && !(undecided && started) && !aftermath.disowned) await aftermath.attempt(() => restartUnrecorded(run));
}
async function restartUnrecorded(run) {
	const command = appCommand(run.environment.app, "previous");
	if (command === null) return;
	const began = performance.now();
	const tell = (outcome) => {
		const durationMs = Math.round(performance.now() - began);
		run.steps.push({
			target: run.part,
			result: {
				name: "previous",
				outcome,
				durationMs,
				detail: describeCommand(command.command)
			}
		});
	};
	try {
		await runUnrecorded(run, "previous");
		if (pageIsUp(run)) await runUnrecorded(run, "maintenance-off");
	} catch (error) {
		tell("failed");
		throw error;
	}
	tell("done");
}
function stepsOf({ steps, targets }) {
	return steps.filter(({ target }) => target === null || targets.includes(target));
}
function isLockLost(error) {
	return error instanceof BelayError && error.code === "lock-lost";
}
const DELIBERATE = new Set([
	"later-writes",
	"rollback-refused",
	"before-state-lost"
]);
function isDeliberate(error) {
	return error instanceof BelayError && DELIBERATE.has(error.code);
}
// src/run/after-failure.ts
async function endAfterFailure(run, head, digest, cause, passedOver = []) {
	const ending = await comeBack(run, cause);
	if (ending.disowned) return unrecorded(run, head, digest, ending.reasons);
	return await recordEnd(run, head, digest, {
		...ending,
		passedOver
	});
}
async function recordEnd(run, head, digest, ending) {
	try {
		const result = await endRun(run, head, digest, ending);
		await dropForsaken(run);
		return result;
	} catch (error) {
		return announceUnrecorded(run, unrecorded(run, head, digest, [...ending.reasons, ...reasonsOf([error], run.ports.redact)]));
	}
}
async function comeBack(run, cause) {
	const failedIn = phaseOfFailure(run, cause);
	const reach = reachOf(run);
	const aftermath = new Aftermath(run);
	const disowned = await takenOver(run);
	if (disowned !== null) {
		for (const target of run.targets) await aftermath.attempt(() => closeWorkspace(target));
		return disownedEnding(run, isLockLost(cause) ? [cause] : [cause, disowned]);
	}
	await aftermath.attempt(() => recordFailure(run, cause, failedIn));
	for (const target of run.targets) await aftermath.attempt(() => closeWorkspace(target));
	await bringBack(run, reach, aftermath, cause);
	if (aftermath.disowned) return disownedEnding(run, [cause, ...aftermath.errors]);
	const recoverable = aftermath.recoverable || reach === "done" || isDefect(cause);
	const errors = [
		cause,
		...aftermath.errors,
		...recoverable ? [unfinished(run)] : []
	];
	return {
		outcome: outcomeOf(run, reach, aftermath, cause),
		reasons: toldOnce([...reasonsOf(errors, run.ports.redact), ...reasonsOfGivenUp(run, cause)]),
		repeatNeedsReason: isToBlame(failedIn, cause),
		recoverable,
		disowned: false
	};
}
function disownedEnding(run, errors) {
	return {
		outcome: "needs-attention",
		reasons: toldOnce(reasonsOf(errors, run.ports.redact)),
		repeatNeedsReason: false,
		recoverable: true,
		disowned: true
	};
}
function phaseOfFailure({ targets, phase }, cause) {
	return targets.find(({ failure }) => failure === cause && cause !== null)?.phase ?? phase;
}
async function takenOver(run) {
	try {
		await assertOwner(run);
		return null;
	} catch (error) {
		return isLockLost(error) ? error : null;
	}
}
function unrecorded(run, head, digest, reasons) {
	return {
		...unrecordedResult(run, head, reasons),
		run: run.id,
		digest
	};
}
function unfinished({ id, environment }) {
	return failure("unfinished-run", `run ${id} is not finished, and no other begins before it is`, { hint: `when the cause is gone: \`belay recover ${environment.name}\`` });
}
function toldOnce(reasons) {
	return reasons.filter(({ message }, index) => reasons.findIndex((other) => other.message === message) === index);
}
function recordFailure({ journal, part, ports }, cause, phase) {
	const about = part === null ? {} : { target: part.target.name };
	return journal.append({
		type: "failed",
		phase,
		reasons: reasonsOf([cause], ports.redact),
		blame: isToBlame(phase, cause),
		...about
	});
}
function outcomeOf(run, reach, { errors }, cause) {
	if (reach === "nothing-stopped" && stepsOf(run).length === 0) {
		if (isInterruption(cause)) return "interrupted";
		return isDefect(cause) ? "failed" : "refused";
	}
	if (errors.length > 0 || reach === "done" || isDefect(cause)) return "needs-attention";
	if (isInterruption(cause)) return "undone";
	return reach === "nothing-stopped" || reach === "application-stopped" ? "refused" : "undone";
}
function isDefect(cause) {
	return !(cause instanceof BelayError);
}
const BLAMED = [
	"migrating",
	"verifying",
	"starting",
	"health"
];
function isToBlame(phase, cause) {
	return BLAMED.includes(phase) && cause instanceof BelayError && !isInterruption(cause);
}
// src/run/watch.ts
async function watchApplication(run) {
	const { watch } = run.environment;
	if (watch === null || watch.forMs === 0) return;
	await step(run, "watch", run.part, () => watchFor(run, watch));
}
async function watchFor(run, watch) {
	const course = new WatchCourse();
	const alertOnly = watch.onFailure === "alert";
	const began = performance.now();
	const total = Math.floor(watch.forMs / watch.everyMs) + 1;
	for (let over = false; !over;) {
		const roundBegan = performance.now();
		await assertOwner(run);
		course.addRound(await askRound(surroundingsOf(run, run.part), watch, watchedTargets(run)));
		over = performance.now() - began >= watch.forMs;
		run.watch = resultOf(course, over, performance.now() - began, watch.forMs);
		tellProgress(run, course.rounds, Math.max(total, course.rounds));
		if (course.isBroken && !alertOnly) break;
		if (alertOnly) await tellChange(run, course, run.watch);
		if (!over) await waitUntil(run, Math.min(roundBegan + watch.everyMs, began + watch.forMs));
	}
	for (const target of leavesOf(run)) target.checks.push(...course.results(alertOnly));
	if (!alertOnly) throwIfAny("failed", course.reasons());
	const detail = `${course.good} of ${counted(course.rounds, "round")} good`;
	return {
		value: void 0,
		outcome: course.isBroken ? "warned" : "done",
		detail
	};
}
function watchedTargets(run) {
	return leavesOf(run).map((each) => ({
		target: each.target,
		baseline: each.baseline,
		open: () => readerOf(run, each)
	}));
}
function resultOf(course, over, watchedMs, forMs) {
	return {
		state: course.isBroken ? "broken" : over ? "over" : "good",
		watchedMs: Math.round(Math.min(watchedMs, forMs)),
		forMs,
		rounds: course.rounds,
		good: course.good
	};
}
async function tellChange(run, course, watch) {
	const state = course.isBroken ? "broken" : "good";
	if (state !== (lastEntry(run.journal.entries, "watch")?.state ?? "good")) await run.journal.append({
		type: "watch",
		state,
		reasons: course.reasons(),
		watch
	});
	const entry = lastEntry(run.journal.entries, "watch");
	if (entry !== void 0) await announceWatch(run, `watch-${entry.seq}`, {
		reasons: entry.reasons,
		watch: entry.watch
	});
}
function tellProgress(run, done, total) {
	run.ports.progress({
		type: "step-progress",
		target: run.part?.target.name ?? run.environment.name,
		step: "watch",
		done,
		total,
		unit: "rounds"
	});
}
async function waitUntil(run, at) {
	const { signal } = run.ports;
	try {
		await setTimeout(Math.max(0, at - performance.now()), void 0, { signal });
	} catch (error) {
		throwIfInterrupted(run.ports);
		throw error;
	}
}
// src/run/start-application.ts
async function startAndSettle(run) {
	await markVerified(run);
	await enterPhase(run, "starting");
	await runAppCommand(run, "start", { interruptible: true });
	throwIfInterrupted(run.ports);
	await enterPhase(run, "health");
	await checkHealth(run);
	throwIfInterrupted(run.ports);
	const left = await endMaintenance(run);
	await watchApplication(run);
	await finishStarted(run);
	return left;
}
async function finishStarted(run) {
	await enterPhase(run, "settled");
	await settle(run);
}
async function markVerified(run) {
	for (const target of run.targets) await markAndClose(run, target);
	await enterPhase(run, "verified");
}
async function markAndClose(run, target) {
	await mark(run, target);
	for (const tenant of target.tenants) if (tenant.givenUp === null) await mark(run, tenant);
	await closeWorkspace(target);
}
async function mark(run, target) {
	if (target.workspace === null || target.mark !== void 0 || run.environment.backup.keep.swapMs === 0) return;
	target.mark = await target.workspace.mark(run.id);
	await run.journal.append({
		type: "mark",
		target: target.target.name,
		mark: target.mark
	});
}
async function checkHealth(run) {
	const checks = run.environment.checks.health;
	if (checks.length === 0) return;
	for (const about of applicationsOf(run)) await step(run, "health", about, async () => {
		const { results } = await runChecks(surroundingsOf(run, about), checks, "health", null);
		for (const target of leavesOf(about === null ? run : { targets: [about] })) target.checks.push(...results);
		throwIfAny("failed", failedChecks(results));
		return {
			value: void 0,
			outcome: results.some((check) => check.warned === true) ? "warned" : "done",
			detail: results.map(({ name }) => name).join(", ")
		};
	});
}
async function settle(run) {
	const { ports, environment } = run;
	await step(run, "settle", run.part, async () => {
		for (const target of run.targets) try {
			await dropExpired(ports, environment, run.history, target, isJudged(run) ? null : run.id);
		} catch (error) {
			target.notes.push(`old copies could not be dropped: ${messageOf(error)}`);
		}
		if (environment.watch !== null && run.part === null) await dropWatches(run);
		return { value: void 0 };
	});
}
async function dropWatches({ ports, environment, targets }) {
	const ours = targets.map(({ target }) => target);
	try {
		await dropWatched(ports, environment, journalPlace(ports, environment, ours));
	} catch (error) {
		targets[0]?.notes.push(`records of old watches could not be dropped: ${messageOf(error)}`);
	}
}
// src/run/give-up.ts
function going({ tenants }) {
	return tenants.filter(({ givenUp }) => givenUp === null);
}
async function orGiveUp(run, target, work) {
	try {
		await work();
	} catch (error) {
		const { database } = target;
		if (database === null || target.target.tenant?.shared === true || !isItsOwn(run, error)) throw error;
		target.givenUp = error;
		if (going(database).length === 0) throw error;
		run.ports.progress({
			type: "notice",
			message: run.ports.redact(`${target.target.name} is taken back alone: ${messageOf(error)}`)
		});
	}
}
function isItsOwn({ ports }, error) {
	if (ports.signal.aborted) throw interruption(ports.signal);
	return error instanceof BelayError && !isInterruption(error) && error.code !== "lock-lost";
}
async function undoGivenUp(run, { tenants }) {
	for (const tenant of tenants) if (tenant.givenUp !== null) await undoAlone(run, tenant, undoByItself(run, false));
}
// src/run/take-tenants-backup.ts
async function takeBackupOfTenants(run, database, plan) {
	const { tenants } = database;
	for (const tenant of tenants) await openWorkspace(run, tenant);
	const { workspace } = database;
	if (workspace === null) throw new Error("tenants that are open in a database that is not");
	const planned = tenants.map(({ target }) => plannedOf(plan, target));
	const taken = await backUp(run, database, workspace, planned);
	const seen = tenants.map((tenant) => {
		const found = taken.observed.get(tenant);
		if (found === void 0) throw new Error(`${tenant.target.name} was not looked at`);
		return found;
	});
	const { identity } = taken;
	await refuseChangedPlan(run, plan, seen.map(({ state, schema }, index) => ({
		planned: at(planned, index),
		state,
		schemaDigest: schemaDigest(schema),
		identity
	})));
	throwIfAny("refused", seen.flatMap(({ checks }) => failedChecks(checks)));
}
function at(list, index) {
	const found = list[index];
	if (found === void 0) throw new RangeError(`no ${index} in a list of ${list.length}`);
	return found;
}
function backUp(run, database, workspace, planned) {
	const { environment, ports } = run;
	const name = database.backup === null ? "backup" : "clone";
	const id = makeBackupId(ports.now(), ports.random(1));
	const folder = backupFolder(environment.name, database.target, id);
	const [first] = planned;
	return step(run, name, database, async () => {
		const value = await workspace.backup({
			run: run.id,
			into: database.backup === null ? {
				store: database.store,
				folder
			} : null,
			proof: database.backup === null ? first?.proof ?? "restore" : "restore",
			clone: database.backup !== null || first?.clone === true,
			observe: async (_session, tenantOn) => {
				const seen = new Map();
				for (const tenant of database.tenants) {
					const { session, schema } = tenantOn(tenant.target);
					seen.set(tenant, {
						...await observeSnapshot(run, tenant, session),
						schema: await schema()
					});
				}
				return seen;
			},
			progress: showProgress(run, database, name)
		});
		const kept = database.backup ?? await writeManifest(database.store, folder, manifestOf(run, database, id, value));
		await recordTenants(run, database, kept, value);
		return {
			value,
			detail: `${name === "clone" ? `${size(value.clone?.sizeBytes ?? 0)}, compared` : describeBackup(kept.summary.sizeBytes, kept.summary.proof)}, for ${database.tenants.length} tenants`
		};
	});
}
async function recordTenants(run, database, backup, taken) {
	database.backup = backup;
	database.clone = taken.clone;
	database.before = taken.schema;
	note(database, taken.lacks);
	for (const tenant of database.tenants) {
		const seen = taken.observed.get(tenant);
		if (seen === void 0) continue;
		tenant.backup = backup;
		tenant.earlierBackup = database.earlierBackup;
		tenant.checks.push(...seen.checks);
		tenant.baseline = seen.baseline;
		await recordBeforeState(run, tenant, backup, {
			...taken,
			schema: seen.schema,
			observed: seen
		});
	}
}
// src/run/pass-tenants.ts
async function takeBeforeState(run, target, plan) {
	if (target.tenants.length > 0) await takeBackupOfTenants(run, target, plan);
	else await takeBackup(run, target, plan, plannedOf(plan, target.target));
}
async function applyTo(run, target, plan) {
	if (target.tenants.length === 0) return applyMigrations(run, target, plannedOf(plan, target.target));
	for (const tenant of target.tenants) {
		await orGiveUp(run, tenant, () => applyMigrations(run, tenant, plannedOf(plan, tenant.target)));
		throwIfInterrupted(run.ports);
	}
}
async function verifyAll(run, target, options) {
	if (target.tenants.length === 0) return verifyTarget(run, target, options);
	for (const tenant of going(target)) {
		await orGiveUp(run, tenant, () => verifyTarget(run, tenant, options));
		throwIfInterrupted(run.ports);
	}
	await undoGivenUp(run, target);
}
// src/run/pass-target.ts
async function passTarget(run, target, { plan, judge }) {
	try {
		await enterTargetPhase(run, target, "backing-up");
		await takeBeforeState(run, target, plan);
		await run.ports.confirmGrant();
		throwIfInterrupted(run.ports);
		await enterTargetPhase(run, target, "migrating");
		await applyTo(run, target, plan);
		throwIfInterrupted(run.ports);
		await enterTargetPhase(run, target, "verifying");
		await verifyAll(run, target, { judge });
		throwIfInterrupted(run.ports);
		await markAndClose(run, target);
		if (!run.environment.app.online) forgetStates(target);
	} catch (error) {
		target.failure = error;
		throw error;
	}
}
// src/run/conduct.ts
function endedWell(outcome) {
	return exitStatus(outcome) === 0;
}
async function conduct(run, head, work, passedOver) {
	const { digest } = work.plan;
	try {
		await announceBeginning(run, "before");
		throwIfInterrupted(run.ports);
		if (run.environment.app.per === "target") return await conductApart(run, head, work, passedOver);
		await stopAll(run, work);
		if (run.environment.waves.length > 0) {
			await eachWave(run, (target) => passAlone(run, target, work));
			if (run.targets.some(({ ending }) => ending !== null)) return await endHalted(run, head, digest, passedOver);
		} else await severalAtOnce(wavesOf(run).flat(), run.environment.parallel, (target) => passTarget(run, target, work));
		const left = await startAndSettle(run);
		return await recordEnd(run, head, digest, {
			...migratedEnding(run, left),
			passedOver
		});
	} catch (error) {
		return await endAfterFailure(run, head, digest, error, passedOver);
	} finally {
		for (const target of run.targets) await closeWorkspace(target);
	}
}
const STAYED = {
	outcome: "migrated",
	repeatNeedsReason: false,
	reasons: [],
	recoverable: false,
	disowned: false
};
function wavesOf({ environment, targets }) {
	const byName = new Map(targets.map((target) => [target.target.name, target]));
	return inWaves(environment.targets, ({ name }) => byName.has(name), environment.waves).map((wave) => wave.flatMap(({ name }) => byName.get(name) ?? []));
}
async function stopAll(run, { named }) {
	await severalAtOnce(run.targets, run.environment.parallel, (target) => backUpEarly(run, target, named));
	throwIfInterrupted(run.ports);
	await runAppCommand(run, "prepare", { interruptible: true });
	throwIfInterrupted(run.ports);
	if (run.part === null) await announceBeginning(run, "start");
	await enterPhase(run, "stopping");
	await stopApplication(run);
	throwIfInterrupted(run.ports);
	run.phase = "backing-up";
}
async function eachWave(run, pass) {
	const waves = wavesOf(run);
	for (const [index, wave] of waves.entries()) {
		await severalAtOnce(wave, run.environment.parallel, async (target) => {
			if (run.ports.signal.aborted) target.ending = untouched(run, interruption(run.ports.signal));
			else await pass(target);
		});
		const bad = wave.filter(({ ending }) => ending !== null && !endedWell(ending.outcome));
		if (bad.length === 0 || index === waves.length - 1) continue;
		const why = run.ports.signal.aborted ? interruption(run.ports.signal) : waveStopped(index, waves.length, bad);
		for (const target of waves.slice(index + 1).flat()) target.ending = untouched(run, why);
		return;
	}
}
function waveStopped(index, of, bad) {
	const what = `${counted(bad.length, "target")} of wave ${index + 1} of ${of} did not end well`;
	return failure("wave-stopped", `${what}, so that no further wave was begun`, { hint: "mend the cause, then migrate again: it goes on with what is still pending; the very same plan needs --again \"why\"" });
}
function untouched(run, why) {
	return {
		outcome: run.ports.signal.aborted ? "interrupted" : "refused",
		reasons: reasonsOf([why], run.ports.redact),
		repeatNeedsReason: false,
		recoverable: false,
		disowned: false
	};
}
async function passAlone(run, target, work) {
	try {
		await passTarget(run, target, work);
		await enterTargetPhase(run, target, "verified");
	} catch (error) {
		target.ending = await comeBack(partOf(run, target, false), error);
		forgetStates(target);
	}
}
async function endHalted(run, head, digest, passedOver) {
	for (const target of run.targets) target.ending ??= STAYED;
	const endings = run.targets.flatMap(({ ending }) => ending ?? []);
	const rows = run.targets.filter(({ phase, ending }) => phase !== null && ending !== STAYED && ending?.recoverable !== true);
	const errors = [];
	let failed = false;
	if (!endings.some(({ disowned }) => disowned)) {
		try {
			await enterPhase(run, "restarting", rows);
			errors.push(...await restart(run, "previous"));
		} catch (error) {
			errors.push(error);
			failed = true;
		}
		await dropCopiesOfUndone(run);
	}
	return recordEnd(run, head, digest, {
		...endingOfParts(run, endings, reasonsOf(errors, run.ports.redact)),
		recoverable: failed,
		passedOver
	});
}
function endingOfParts(run, endings, more = []) {
	const [first = "migrated", ...rest] = endings.map(({ outcome }) => outcome);
	const reasons = [...more, ...endings.flatMap((ending) => ending.reasons)];
	return {
		outcome: more.length > 0 ? "needs-attention" : worstOutcome([first, ...rest]),
		reasons: reasons.filter(({ message }, index) => reasons.findIndex((other) => other.message === message) === index),
		repeatNeedsReason: endings.length === run.targets.length && endings.some(({ repeatNeedsReason }) => repeatNeedsReason),
		recoverable: false
	};
}
async function conductApart(run, head, work, passedOver) {
	await announceBeginning(run, "start");
	try {
		await eachWave(run, (target) => conductOne(run, target, work));
	} catch (error) {
		return announceUnrecorded(run, unrecorded(run, head, work.plan.digest, reasonsOf([error], run.ports.redact)));
	}
	const ending = endingOfParts(run, run.targets.flatMap((target) => target.ending ?? []));
	if (run.targets.some((target) => target.ending?.disowned === true)) return unrecorded(run, head, work.plan.digest, ending.reasons);
	const checklist = endedWell(ending.outcome) ? { checklist: run.environment.checklist } : {};
	return recordEnd(run, head, work.plan.digest, {
		...ending,
		...checklist,
		passedOver
	});
}
async function conductOne(run, target, work) {
	const part = partOf(run, target, true);
	try {
		await enterPhase(part, "preparing", part.targets);
		await stopAll(part, work);
		await passTarget(part, target, work);
		const left = await startAndSettle(part);
		target.ending = left.length === 0 ? STAYED : {
			...STAYED,
			...migratedEnding(part, left)
		};
	} catch (error) {
		target.ending = await comeBack(part, error);
	} finally {
		await closeWorkspace(target);
		forgetStates(target);
	}
	if (run.watch === null || part.watch?.state === "broken") run.watch = part.watch;
	await recordTargetEnd(part, target, target.ending);
}
async function recordTargetEnd(part, target, { outcome, repeatNeedsReason, recoverable, disowned }) {
	if (disowned) return;
	await part.journal.append({
		type: "target-ended",
		target: target.target.name,
		repeatNeedsReason,
		result: targetResult(part, target, outcome)
	});
	if (!recoverable && target.phase !== null) await writeRow(part, target, "ended");
}
export { finishStarted as a, comeBack as c, isTouched as d, ownEntries as f, inWaves as h, checkHealth as i, endAfterFailure as l, namedBackups as m, endingOfParts as n, startAndSettle as o, wasStarting as p, recordTargetEnd as r, watchApplication as s, conduct as t, recordEnd as u };
