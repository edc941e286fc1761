import { D as size, M as refusal, f as makeBackupId, t as recordOf } from "./domain.js";
import { B as schemaDigest, D as planOf, O as upTo, R as writeManifest, Z as step, at as usualDurations, et as journalPlace, j as backupFolder, lt as openJournal, ot as throwIfAny, q as enterPhase } from "./looking.js";
import { a as runChecks, o as surroundingsOf, r as readBaseline, t as failedChecks } from "./checks.js";
// src/run/open-run.ts
async function openRun(request) {
	const run = await beginRecord(request, await usualDurations(placeOf(request), request.began.command));
	await enterPhase(run, "preparing");
	return run;
}
async function beginRecord(request, usualMs = new Map()) {
	const { ports, environment, id, began } = request;
	const run = await assembleRun(request, await openJournal(placeOf(request), id, ports.now, ports.redact), usualMs);
	await run.journal.append({
		type: "began",
		run: id,
		environment: environment.name,
		belay: ports.belayVersion,
		targets: run.targets.map(({ target, pending }) => ({
			name: target.name,
			engine: target.engine,
			configured: target.configured,
			pending: pending.map((migration) => migration.id)
		})),
		owner: ports.self,
		sha: request.sha,
		previousSha: request.previousSha,
		...began,
		approval: began.approval === void 0 ? null : recordOf(began.approval),
		policySha: ports.policy?.sha ?? null
	});
	ports.progress({
		type: "run-began",
		command: began.command,
		environment: environment.name,
		run: id,
		targets: run.targets.map(({ target }) => target.name)
	});
	return run;
}
function placeOf({ ports, environment, holds }) {
	return journalPlace(ports, environment, holds.map(({ target }) => target));
}
async function assembleRun({ ports, environment, holds, id, sha, previousSha, pendingOf }, journal, usualMs = new Map()) {
	const targets = [];
	for (const hold of holds) targets.push(await targetRun(ports, environment, hold, pendingOf(hold.target)));
	const stop = new AbortController();
	if (ports.signal.aborted) stop.abort(ports.signal.reason);
	else ports.signal.addEventListener("abort", () => stop.abort(ports.signal.reason), { once: true });
	return {
		id,
		ports,
		environment,
		journal,
		targets,
		sha,
		previousSha,
		usualMs,
		steps: [],
		stop,
		inStateRows: false,
		phase: "preparing"
	};
}
async function targetRun(ports, environment, hold, pending) {
	return {
		target: hold.target,
		hold,
		tool: await ports.toolOf(environment, hold.target),
		store: ports.storeOf(environment, hold.target),
		checks: [],
		notes: [],
		pending: pending.map(({ id, reversible, findings, sql, file }) => ({
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
		rollback: null
	};
}
// src/run/take-backup.ts
async function takeDurableBackup(run, target) {
	const workspace = await openWorkspace(run, target);
	await step(run, "backup", target, async () => {
		target.backup = await durableBackup(run, target, workspace, showProgress(run, target, "backup"));
		const { sizeBytes, proof } = target.backup.summary;
		return {
			value: void 0,
			detail: describeBackup(sizeBytes, proof)
		};
	});
	await closeWorkspace(target);
}
async function durableBackup(run, target, workspace, progress) {
	const id = makeBackupId(run.ports.now(), run.ports.random(2));
	const folder = backupFolder(run.environment.name, target.target.name, id);
	const taken = await workspace.backup({
		run: run.id,
		into: {
			store: target.store,
			folder
		},
		proof: run.environment.backup.proof === "read" ? "read" : "restore",
		clone: false,
		observe: async () => null,
		...progress === void 0 ? {} : { progress }
	});
	return writeManifest(target.store, folder, manifestOf(run, target, id, taken));
}
async function backUpWithClone(run, target) {
	const id = makeBackupId(run.ports.now(), run.ports.random(2));
	const folder = backupFolder(run.environment.name, target.target.name, id);
	const workspace = await openWorkspace(run, target);
	await step(run, "backup", target, async () => {
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
			proof: "restore",
			clone: true,
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
async function keepBackup(run, target, id, folder, value) {
	target.backup = await writeManifest(target.store, folder, manifestOf(run, target, id, value));
	await recordBeforeState(run, target, target.backup, value);
}
async function recordBeforeState(run, target, { folder, summary }, value) {
	target.clone = value.clone;
	target.before = value.schema;
	await run.journal.append({
		type: "backup",
		target: target.target.name,
		folder,
		...target.earlierBackup ? { earlier: true } : {},
		summary,
		clone: value.clone,
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
	await refuseChangedPlan(run, plan, planned, taken);
	throwIfAny("refused", failedChecks(taken.observed.checks));
}
function backUpAndClone(run, target, planned) {
	const { ports, environment } = run;
	const id = makeBackupId(ports.now(), ports.random(2));
	const folder = backupFolder(environment.name, target.target.name, id);
	return snapshotStep(run, target, "backup", {
		into: {
			store: target.store,
			folder
		},
		proof: planned.proof,
		clone: environment.backup.clone !== "never"
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
		target.checks.push(...value.observed.checks);
		target.baseline = value.observed.baseline;
		return {
			value,
			detail: await keep(value)
		};
	});
}
async function openWorkspace(run, target) {
	const workspace = await target.hold.work({
		run: run.id,
		recordProcess: (started) => run.journal.append({
			type: "process",
			target: target.target.name,
			started
		}),
		signal: run.stop.signal
	});
	target.workspace = workspace;
	return workspace;
}
async function closeWorkspace(target) {
	const { workspace } = target;
	target.workspace = null;
	await workspace?.[Symbol.asyncDispose]();
}
async function observeSnapshot(run, target, session) {
	const surroundings = surroundingsOf(run);
	const state = await target.tool.state(session);
	const { results, recorded } = await runChecks(surroundings, run.environment.checks.before, "before", session);
	return {
		state,
		checks: results,
		recorded,
		baseline: await readBaseline(surroundings, session)
	};
}
async function refuseChangedPlan(run, plan, planned, taken) {
	const { state } = taken.observed;
	throwIfAny("refused", state.obstacles);
	const others = plan.targets.filter((each) => each !== planned);
	const now = {
		...planned,
		...upTo({
			...planned,
			...state,
			identity: taken.identity,
			schema: taken.schema
		}, plan.to)
	};
	if ((await planOf(run.ports, run.environment, [...others, now].sort((a, b) => plan.targets.findIndex((each) => each.target === a.target) - plan.targets.findIndex((each) => each.target === b.target)), plan.to)).digest === plan.digest && taken.identity.live === planned.identity.live) return;
	throw refusal("plan-changed", `the plan changed between planning and the backup (${whatChanged(planned, now)})`, { hint: `look at it again: \`belay plan ${run.environment.name}\`; does \`app.stop\` or \`app.prepare\` change the database or the migrations?` });
}
function whatChanged(planned, now) {
	if (now.identity.live !== planned.identity.live) return "another database lies in its place";
	if (schemaDigest(planned.schema) !== schemaDigest(now.schema)) return "the schema of the database";
	const before = planned.pending.map(({ id, sha256 }) => `${id} ${sha256}`);
	const after = now.pending.map(({ id, sha256 }) => `${id} ${sha256}`);
	return before.join() === after.join() ? "belay.yml or the tool's configuration" : "the migration files";
}
function manifestOf(run, target, id, taken) {
	return {
		formatVersion: 1,
		id,
		run: run.id,
		environment: run.environment.name,
		target: target.target.name,
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
		compression: "none",
		encryption: "none",
		proof: taken.proof,
		lacks: taken.lacks,
		restore: taken.restore,
		engineFacts: taken.engineFacts
	};
}
function describeBackup(sizeBytes, proof) {
	return `${size(sizeBytes)}, ${proof === "restored" ? "restored and compared" : "read back, rows counted"}`;
}
export { openWorkspace as a, assembleRun as c, durableBackup as i, beginRecord as l, closeWorkspace as n, takeBackup as o, describeBackup as r, takeDurableBackup as s, backUpWithClone as t, openRun as u };
