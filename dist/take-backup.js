import { D as makeBackupId, O as makeRunId, Q as size, a as recordOf, o as databaseOf, rt as refusal } from "./domain.js";
import { At as usualDurations, Ct as History, F as planOf, Gt as schemaDigest, I as upTo, K as writeManifest, Mt as readJournal, R as backupFolder, Rt as throwIfAny, Vt as proofOf, bt as step, gt as note, ht as leavesOf, jt as openJournal, ut as enterPhase, wt as journalPlace } from "./looking.js";
import { a as runChecks, o as surroundingsOf, r as readBaseline, t as failedChecks } from "./checks.js";
import { a as writtenSoFar } from "./later-writes4.js";
// src/run/open-run.ts
async function openRun(request) {
	const { history = new History(placeOf(request)) } = request;
	const usualMs = await usualDurations(history, request.began.command);
	history.forget();
	const run = await beginRecord({
		...request,
		history
	}, usualMs);
	const { first = () => true } = request;
	await enterPhase(run, "preparing", run.targets.filter(({ target }) => first(target)));
	return run;
}
async function beginRecord(request, usualMs = new Map()) {
	const { ports, environment, began, previousSha = null, digestOf = () => ({}) } = request;
	const place = placeOf(request);
	const { history = new History(place) } = request;
	const id = makeRunId(ports.now(), ports.random(10), await history.newestId());
	const sha = await ports.commit(environment.directory);
	const journal = openJournal(place, id, {
		...ports,
		before: await readJournal(place, id)
	});
	const run = await assembleRun({
		...request,
		id,
		sha,
		previousSha
	}, journal, usualMs);
	await run.journal.append({
		type: "began",
		run: id,
		environment: environment.name,
		belay: ports.belayVersion,
		targets: leavesOf(run).map(({ target, pending }) => ({
			name: target.name,
			engine: target.engine,
			configured: target.configured,
			pending: pending.map((migration) => migration.id),
			...target.tenant === void 0 ? {} : { tenant: recordOfTenant(target.tenant) },
			...digestOf(target)
		})),
		owner: ports.self,
		sha,
		previousSha,
		digest: null,
		withoutApproval: null,
		again: null,
		judge: true,
		of: null,
		...began,
		approval: began.approval === void 0 ? null : recordOf(began.approval),
		policySha: ports.policy?.sha ?? null
	});
	ports.progress({
		type: "run-began",
		command: began.command,
		environment: environment.name,
		run: id,
		targets: leavesOf(run).map(({ target }) => target.name)
	});
	return run;
}
function recordOfTenant({ of, schema, siblings, shared, searchPath }) {
	return {
		of: of.name,
		schema,
		siblings,
		shared: shared ? schema : searchPath[1] ?? null
	};
}
function placeOf({ ports, environment, holds }) {
	return journalPlace(ports, environment, holds.map(({ target }) => target));
}
async function assembleRun(parts, journal, usualMs = new Map()) {
	const { ports, environment, holds, id, sha, previousSha, pendingOf = () => [], history = new History(placeOf(parts)) } = parts;
	const targets = [];
	for (const [database, ours] of Map.groupBy(holds, (hold) => hold.database)) {
		const tenants = [];
		const whole = {
			...await targetRun(ports, environment, database, pendingOf, journal.location),
			tenants
		};
		for (const hold of ours) if (hold !== database) tenants.push(await targetRun(ports, environment, hold, pendingOf, journal.location, whole));
		targets.push(whole);
	}
	return {
		id,
		ports,
		environment,
		journal,
		earlier: [],
		history,
		targets,
		sha,
		previousSha,
		usualMs,
		steps: [],
		part: null,
		ownsApplication: true,
		inStateRows: false,
		watch: null,
		phase: "preparing"
	};
}
function stopper({ signal }) {
	const stop = new AbortController();
	if (signal.aborted) stop.abort(signal.reason);
	else signal.addEventListener("abort", () => stop.abort(signal.reason), { once: true });
	return stop;
}
async function targetRun(ports, environment, hold, pendingOf, journalStore, database = null) {
	return {
		target: hold.target,
		hold,
		database,
		tenants: [],
		tool: await ports.toolOf(environment, hold.target),
		store: ports.storeOf(environment, hold.target),
		journalStore,
		checks: [],
		notes: [],
		stop: database?.stop ?? stopper(ports),
		phase: null,
		failure: null,
		ending: null,
		pending: pendingOf(hold.target).map(({ id, reversible, findings, sql, file }) => ({
			id,
			reversible,
			findings,
			sql,
			file
		})),
		applied: [],
		committed: false,
		workspace: null,
		backup: null,
		earlierBackup: false,
		clone: null,
		before: null,
		baseline: new Map(),
		disturbance: void 0,
		comparison: null,
		data: null,
		schema: null,
		mark: void 0,
		beforeMark: [],
		since: null,
		cloneMark: void 0,
		rollback: null,
		givenUp: null
	};
}
// src/run/take-backup.ts
async function takeDurableBackup(run, target) {
	const workspace = await openWorkspace(run, target);
	await step(run, "backup", target, async () => {
		target.backup = await durableBackup(run, target, workspace, showProgress(run, target, "backup"));
		note(target, target.backup.manifest.lacks);
		const { sizeBytes, proof } = target.backup.summary;
		return {
			value: void 0,
			detail: describeBackup(sizeBytes, proof)
		};
	});
	await closeWorkspace(target);
}
async function durableBackup(run, target, workspace, progress) {
	const id = makeBackupId(run.ports.now(), run.ports.random(1));
	const folder = backupFolder(run.environment.name, target.target, id);
	const taken = await workspace.backup({
		run: run.id,
		into: {
			store: target.store,
			folder
		},
		proof: proofOf(run.environment),
		clone: false,
		observe: async () => null,
		...progress === void 0 ? {} : { progress }
	});
	return writeManifest(target.store, folder, manifestOf(run, target, id, taken));
}
async function backUpBeforeDescent(run, target) {
	const id = makeBackupId(run.ports.now(), run.ports.random(1));
	const folder = backupFolder(run.environment.name, target.target, id);
	const workspace = await openWorkspace(run, target);
	await step(run, "backup", target, async () => {
		const clone = await copyObstacle(run, target) === null;
		const observe = async () => ({
			recorded: new Map(),
			baseline: new Map()
		});
		const value = await workspace.backup({
			run: run.id,
			into: {
				store: target.store,
				folder
			},
			proof: proofOf(run.environment),
			clone,
			observe,
			progress: showProgress(run, target, "backup")
		});
		await keepBackup(run, target, id, folder, value);
		return {
			value: void 0,
			detail: describeBackup(value.files.reduce((sum, file) => sum + file.sizeBytes, 0), value.proof)
		};
	});
}
async function copyObstacle({ ports }, { target }) {
	await using view = await ports.engineOf(target).open(target);
	return await view.copyObstacle();
}
async function keepBackup(run, target, id, folder, value) {
	target.backup = await writeManifest(target.store, folder, manifestOf(run, target, id, value));
	await recordBeforeState(run, target, target.backup, value);
}
async function recordBeforeState(run, target, { folder, summary }, value) {
	target.clone = value.clone;
	note(target, value.lacks);
	target.before = value.schema;
	target.cloneMark = value.cloneMark;
	await run.journal.append({
		type: "backup",
		target: target.target.name,
		folder,
		...target.earlierBackup ? { earlier: true } : {},
		summary,
		clone: value.clone,
		...target.since === null ? {} : { since: target.since },
		...value.cloneMark === void 0 ? {} : { cloneMark: value.cloneMark },
		schema: value.schema,
		baseline: Object.fromEntries([...value.observed.recorded, ...value.observed.baseline])
	});
}
function showProgress({ ports }, { target }, name) {
	return (done, total) => ports.progress({
		type: "step-progress",
		target: target.name,
		step: name,
		done,
		total,
		unit: "bytes"
	});
}
async function takeBackup(run, target, plan, planned) {
	const taken = target.backup === null ? await backUpAndClone(run, target, planned) : await cloneAlone(run, target, target.backup);
	const { identity, schema, observed } = taken;
	await refuseChangedPlan(run, plan, [{
		planned,
		state: observed.state,
		identity,
		schemaDigest: schemaDigest(schema)
	}]);
	throwIfAny("refused", failedChecks(taken.observed.checks));
}
function backUpAndClone(run, target, planned) {
	const { ports, environment } = run;
	const id = makeBackupId(ports.now(), ports.random(1));
	const folder = backupFolder(environment.name, target.target, id);
	return snapshotStep(run, target, "backup", {
		into: {
			store: target.store,
			folder
		},
		proof: planned.proof,
		clone: planned.clone
	}, async (value) => {
		await keepBackup(run, target, id, folder, value);
		return describeBackup(value.files.reduce((sum, file) => sum + file.sizeBytes, 0), value.proof);
	});
}
function cloneAlone(run, target, backup) {
	return snapshotStep(run, target, "clone", {
		into: null,
		proof: "restore",
		clone: true
	}, async (value) => {
		await recordBeforeState(run, target, backup, value);
		return `${size(value.clone?.sizeBytes ?? 0)}, compared`;
	});
}
async function snapshotStep(run, target, name, how, keep) {
	const workspace = await openWorkspace(run, target);
	return step(run, name, target, async () => {
		const value = await workspace.backup({
			run: run.id,
			...how,
			observe: (session) => observeSnapshot(run, target, session),
			progress: showProgress(run, target, name)
		});
		target.since = await writtenSoFar(run, target);
		target.checks.push(...value.observed.checks);
		target.baseline = value.observed.baseline;
		return {
			value,
			detail: await keep(value)
		};
	});
}
async function openWorkspace(run, target) {
	if (target.database !== null) {
		target.workspace = (target.database.workspace ?? await openWorkspace(run, target.database)).tenant(target.target);
		return target.workspace;
	}
	const workspace = await target.hold.work({
		run: run.id,
		recordProcess: (started) => run.journal.append({
			type: "process",
			target: target.target.name,
			started
		}),
		signal: target.stop.signal
	});
	target.workspace = workspace;
	return workspace;
}
function recorded(run, { target }) {
	return { recordProcess: (started) => run.journal.append({
		type: "process",
		target: target.name,
		started
	}) };
}
async function closeWorkspace(target) {
	for (const tenant of target.tenants) tenant.workspace = null;
	const { workspace } = target;
	target.workspace = null;
	await workspace?.[Symbol.asyncDispose]();
}
async function observeSnapshot(run, target, session) {
	const surroundings = surroundingsOf(run, target);
	const state = await target.tool.state(session);
	const { results, recorded } = await runChecks(surroundings, run.environment.checks.before, "before", session);
	return {
		state,
		checks: results,
		recorded,
		baseline: await readBaseline(surroundings, session)
	};
}
async function refuseChangedPlan(run, plan, seen) {
	throwIfAny("refused", seen.flatMap(({ state }) => state.obstacles));
	const now = new Map(seen.map(({ planned, state, ...found }) => [planned, {
		...planned,
		...upTo({
			...planned,
			...state,
			...found
		}, plan.to)
	}]));
	const again = await planOf(run.ports, run.environment, [...now.values()], plan.to);
	const before = await planOf(run.ports, run.environment, [...now.keys()], plan.to);
	const moved = seen.find(({ planned, identity }) => identity.live !== planned.identity.live);
	if (again.digest === before.digest && moved === void 0) return;
	const changes = [...now].map(([planned, found]) => whatChanged(planned, found));
	throw refusal("plan-changed", `the plan changed between planning and the backup (${changes.find((change) => change !== null) ?? OTHERWISE})`, { hint: `look at it again: \`belay plan ${run.environment.name}\`; does \`app.stop\` or \`app.prepare\` change the database or the migrations?` });
}
const OTHERWISE = "belay.yml or the tool's configuration";
function whatChanged(planned, now) {
	if (now.identity.live !== planned.identity.live) return "another database lies in its place";
	if (planned.schemaDigest !== now.schemaDigest) return "the schema of the database";
	const before = planned.pending.map(({ id, sha256 }) => `${id} ${sha256}`);
	const after = now.pending.map(({ id, sha256 }) => `${id} ${sha256}`);
	return before.join() === after.join() ? null : "the migration files";
}
function manifestOf(run, target, id, taken) {
	return {
		formatVersion: 1,
		id,
		run: run.id,
		environment: run.environment.name,
		target: databaseOf(target.target).name,
		engine: target.target.engine,
		engineVersion: taken.engineVersion,
		toolVersions: {
			belay: run.ports.belayVersion,
			...taken.toolVersions
		},
		takenAt: run.ports.now().toISOString(),
		source: taken.identity.lasting,
		files: taken.files,
		tables: taken.tables,
		schemaDigest: schemaDigest(taken.schema),
		sequences: taken.sequences,
		compression: taken.compression,
		encryption: target.store.encryption,
		proof: taken.proof,
		lacks: taken.lacks,
		restore: taken.restore,
		engineFacts: taken.engineFacts
	};
}
function describeBackup(sizeBytes, proof) {
	return `${size(sizeBytes)}, ${proof === "restored" ? "restored and compared" : "read back, rows counted"}`;
}
export { manifestOf as a, recordBeforeState as c, showProgress as d, takeBackup as f, openRun as g, beginRecord as h, durableBackup as i, recorded as l, assembleRun as m, closeWorkspace as n, observeSnapshot as o, takeDurableBackup as p, describeBackup as r, openWorkspace as s, backUpBeforeDescent as t, refuseChangedPlan as u };
