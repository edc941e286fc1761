import "./rolldown-runtime.js";
import { F as BelayError, I as failure, L as messageOf, g as makeRunId, h as makeBackupId, z as refusal } from "./domain.js";
import { A as observe, B as refuseExternal, H as emptyTargetResult, I as findBackup, K as resultOf, N as assertIntact, P as backupFolder, U as endRun, V as writeManifest, W as endedBeforehand, X as interruption, Y as enterPhase, at as lastGoodCommit, et as step, gt as planObstacles, ht as throwIfAny, k as decide, mt as needsOf, nt as earlierFailure, tt as throwIfInterrupted, vt as pendingDigest, yt as schemaDigest } from "./looking.js";
import { a as runChecks, c as runTeamCommand, d as showOutput, s as runAppCommand, t as failedChecks, u as targetVariables } from "./checks.js";
import { t as approvalsOf } from "./approval.js";
import { t as describeCommand } from "./describe-command.js";
import { c as takeDurableBackup, h as openRun, n as closeWorkspace, r as describeBackup, s as takeBackup } from "./take-backup.js";
import { n as refuseUnfinished, t as holdTargets } from "./locking.js";
import { i as endAfterFailure, r as startAndSettle } from "./start-application.js";
import { a as verifyTarget } from "./verify-run.js";
import { setTimeout } from "node:timers/promises";
// src/run/apply-migrations.ts
async function applyMigrations(run, target, planned) {
	const { workspace } = target;
	if (workspace === null) throw new Error("migrating without an open workspace");
	await step(run, "migrate", target, async () => {
		try {
			await applyWatched(run, target, planned, workspace);
		} catch (error) {
			await noteDisturbance(run, target, workspace);
			throw error;
		}
		return {
			value: void 0,
			detail: target.applied.map(({ id }) => id).join(" · "),
			applied: target.applied
		};
	});
}
async function applyWatched(run, target, planned, workspace) {
	const groups = [];
	const work = async () => {
		const before = await workspace.identity();
		await applyWithRetries(run, target, planned, workspace, groups);
		const after = await workspace.identity();
		if (before.live !== after.live) throw wrongDatabase(target, "another database lies in its place now");
		await expectApplied(target, planned, workspace.session);
	};
	if (target.tool.abilities.writesThroughSession) return work();
	await workspace.watch(() => groups, work);
	if (!await workspace.written()) throw wrongDatabase(target, "nothing was written to it");
}
async function expectApplied(target, planned, session) {
	const { pending } = await target.tool.state(session);
	const left = pending.filter(({ id }) => planned.pending.some((migration) => migration.id === id));
	if (left.length > 0) throw wrongDatabase(target, `${left.map(({ id }) => id).join(", ")} still pending`);
}
async function noteDisturbance(run, target, workspace) {
	if (run.environment.app.online) return;
	try {
		target.disturbance = await workspace.disturbance();
	} catch (error) {
		if (!run.stop.signal.aborted) target.notes.push(`whether anybody else wrote meanwhile is not known: ${messageOf(error)}`);
	}
}
async function applyWithRetries(run, target, planned, workspace, groups) {
	const { migrate } = run.environment;
	const timeout = AbortSignal.timeout(migrate.timeoutMs);
	const stopOnTimeout = () => run.stop.abort(timeout.reason);
	timeout.addEventListener("abort", stopOnTimeout);
	try {
		for (let attempt = 0;; attempt++) try {
			return await applyOnce(run, target, planned, workspace.session, groups);
		} catch (error) {
			if (run.ports.signal.aborted) throw interruption(run.ports.signal);
			if (timeout.aborted) throw timedOut(migrate.timeoutMs, error);
			if (attempt >= migrate.retries || !await mayBeRepeated(target, workspace, error)) throw error;
			run.ports.progress({
				type: "notice",
				message: `trying again (${attempt + 1} of ${migrate.retries}): ${run.ports.redact(messageOf(error))}`
			});
			await setTimeout(250 * 2 ** attempt * (.5 + (run.ports.random(1)[0] ?? 0) / 255));
		}
	} finally {
		timeout.removeEventListener("abort", stopOnTimeout);
	}
}
const LOCKED = new Set(["target-locked", "database-locked"]);
async function mayBeRepeated({ applied, tool }, workspace, error) {
	if (!(error instanceof BelayError) || !LOCKED.has(error.code) || applied.length > 0) return false;
	return tool.abilities.writesThroughSession || !await workspace.written();
}
async function applyOnce(run, target, planned, session, groups) {
	const { ports } = run;
	const name = target.target.name;
	using output = showOutput(ports, name, "migrate");
	await target.tool.apply({
		session,
		migrations: planned.pending,
		run: run.id,
		applied: (migration) => {
			target.applied.push(migration);
			target.committed = true;
			ports.progress({
				type: "step-progress",
				target: name,
				step: "migrate",
				done: target.applied.length,
				total: planned.pending.length,
				unit: "migrations",
				detail: migration.id
			});
		},
		output: output.show,
		signal: run.stop.signal,
		async recordProcess(started) {
			groups.push(started.pid);
			await run.journal.append({
				type: "process",
				target: name,
				started
			});
		}
	});
}
function timedOut(timeoutMs, cause) {
	return failure("migrate-timeout", `the migrations took longer than ${timeoutMs / 1e3} s and were ended`, {
		hint: "raise migrate.timeout in belay.yml, or make them smaller",
		cause
	});
}
function wrongDatabase(target, what) {
	return failure("wrong-database", `the tool says it migrated ${target.target.name}, but ${what}`, { hint: "look which database the tool's own configuration names" });
}
// src/run/external-backup.ts
async function takeExternalBackup(run, target, { create, check }) {
	await step(run, "backup", target, async () => {
		const id = makeBackupId(run.ports.now(), run.ports.random(1));
		const told = {
			...targetVariables(target.target),
			BELAY_BACKUP: id
		};
		if (create !== null) await runTeamCommand(run, "backup", "backup.external.create", create, told);
		await runTeamCommand(run, "backup", "backup.external.check", check, told);
		const folder = backupFolder(run.environment.name, target.target.name, id);
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
	for (const { target, identity, copyObstacle } of plan.targets) {
		if (copyObstacle !== null) throw refusal("clone-needed", `a run that relies on an earlier backup needs the copy for the way back, and ${copyObstacle}`, { hint: "leave out --backup, so that the run takes its own backup" });
		const store = ports.storeOf(environment, target);
		const backup = await findBackup(store, environment.name, target.name, id);
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
// src/run/migrate.ts
async function migrate(ports, environment, targets, options) {
	const head = {
		command: "migrate",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		await using locks = await holdTargets(ports, targets);
		refuseUnfinished(environment, locks.holds.map(({ state }) => state));
		const plan = await observe(ports, environment, targets, options.to);
		if (plan.targets.every(({ pending, obstacles }) => pending.length === 0 && obstacles.length === 0)) return upToDate(ports, head, plan);
		const { approval, costs } = await refuseBeforehand(ports, environment, plan, options);
		const named = await namedBackups(ports, environment, plan, options.backup);
		throwIfInterrupted(ports);
		const sha = await ports.commit(environment.directory);
		const request = {
			ports,
			environment,
			holds: locks.holds,
			id: makeRunId(ports.now(), ports.random(10)),
			sha,
			previousSha: await lastGoodCommit(ports, environment, targets),
			began: {
				command: "migrate",
				digest: plan.digest,
				withoutApproval: options.withoutApproval,
				approval,
				again: options.again,
				judge: options.verify,
				of: null
			},
			pendingOf: (target) => planned(plan, target).pending
		};
		const run = await openRun(request);
		for (const { target, notes } of run.targets) notes.push(...costs.get(target) ?? []);
		return await conduct(run, plan, head, options, named);
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function refuseBeforehand(ports, environment, plan, options) {
	throwIfAny("refused", planObstacles(environment, plan));
	if (options.digest !== null && options.digest !== plan.digest) throw refusal("digest-changed", `the plan is ${plan.digest}, not ${options.digest}`, { hint: `look at it: \`belay plan ${environment.name}\`` });
	const approval = await approvalsOf(ports, environment, {
		command: "migrate",
		digest: plan.digest
	});
	const decision = decide({
		command: "migrate",
		environment,
		now: ports.now(),
		approval,
		unmetNeed: await ports.unmetNeed(environment, pendingDigest(plan)),
		withoutApproval: options.withoutApproval,
		again: options.again,
		earlierFailure: await earlierFailure(ports, environment, plan)
	});
	if (!decision.allowed) throwIfAny("refused", decision.reasons);
	const costs = new Map();
	for (const each of plan.targets) {
		const { target } = each;
		const engine = ports.engineOf(target);
		costs.set(target, (await engine.preflight(target, needsOf(environment, each, options.backup !== null))).costs);
		await using reader = await engine.reader(target, { signal: ports.signal });
		const variables = ports.childVariables(environment, {});
		const { results } = await runChecks({
			ports,
			environment,
			variables
		}, environment.checks.before, "before", reader.session);
		throwIfAny("refused", failedChecks(results));
	}
	throwIfInterrupted(ports);
	return {
		approval,
		costs
	};
}
async function conduct(run, plan, head, options, named) {
	const { ports, environment } = run;
	try {
		for (const target of run.targets) await backUpEarly(run, target, named);
		throwIfInterrupted(ports);
		await runAppCommand(run, "prepare", { interruptible: true });
		throwIfInterrupted(ports);
		await enterPhase(run, "stopping");
		await runAppCommand(run, "stop", { interruptible: true });
		throwIfInterrupted(ports);
		await enterPhase(run, "backing-up");
		for (const target of run.targets) await takeBackup(run, target, plan, planned(plan, target.target));
		throwIfInterrupted(ports);
		await enterPhase(run, "migrating");
		for (const target of run.targets) await applyMigrations(run, target, planned(plan, target.target));
		throwIfInterrupted(ports);
		await enterPhase(run, "verifying");
		for (const target of run.targets) await verifyTarget(run, target, { judge: options.verify });
		throwIfInterrupted(ports);
		await startAndSettle(run);
		const result = await endRun(run, head, plan.digest, {
			outcome: "migrated",
			reasons: [],
			repeatNeedsReason: false,
			checklist: environment.checklist
		});
		if (ports.repositoryId === null || !environment.isNeeded) return result;
		return {
			...result,
			deployed: {
				githubEnvironment: environment.githubEnvironment,
				pendingDigest: pendingDigest(plan)
			}
		};
	} catch (error) {
		return await endAfterFailure(run, head, plan.digest, error);
	} finally {
		for (const target of run.targets) await closeWorkspace(target);
	}
}
function planned(plan, target) {
	const found = plan.targets.find((each) => each.target === target);
	if (found === void 0) throw new Error(`no plan for ${target.name}`);
	return found;
}
function upToDate(ports, head, plan) {
	const targets = plan.targets.map(({ target, withoutFile }) => ({
		...emptyTargetResult(target, "up-to-date"),
		...withoutFile.length === 0 ? {} : { appliedWithoutFile: withoutFile }
	}));
	return {
		...resultOf(ports, head, "up-to-date", [], targets),
		digest: plan.digest
	};
}
export { migrate };
