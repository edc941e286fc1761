import { A as refusal, D as failure, E as BelayError, O as messageOf, d as makeRunId } from "./domain.js";
import { i as planObstacles, t as observe } from "./observe.js";
import { t as decide } from "./policy.js";
import { a as runChecks, s as runAppCommand, t as failedChecks } from "./checks.js";
import { d as throwIfInterrupted, f as throwIfAny, i as resultOf, n as endRun, o as enterPhase, r as endedBeforehand, s as interruption, t as emptyTargetResult, u as step } from "./ending.js";
import { i as lastGoodCommit, t as earlierFailure } from "./history.js";
import { n as refuseUnfinished, t as holdTargets } from "./locking.js";
import { c as openRun, i as takeBackup, n as closeWorkspace } from "./take-backup.js";
import { i as endAfterFailure, r as startAndSettle } from "./start-application.js";
import { i as verifyTarget } from "./verify-run.js";
import { setTimeout } from "node:timers/promises";
// src/run/apply-migrations.ts
async function applyMigrations(run, target, planned) {
	const { workspace } = target;
	if (workspace === null) throw new Error("migrating without an open workspace");
	await step(run, "migrate", target, async () => {
		const before = await workspace.identity();
		await applyWithRetries(run, target, planned, workspace.session);
		const after = await workspace.identity();
		if (before.live !== after.live) throw wrongDatabase(target, "another database lies in its place now");
		const { pending } = await target.tool.state(workspace.session);
		const left = pending.filter(({ id }) => planned.pending.some((migration) => migration.id === id));
		if (left.length > 0) throw wrongDatabase(target, `${left.map(({ id }) => id).join(", ")} still pending`);
		return {
			value: void 0,
			detail: target.applied.map(({ id }) => id).join(" · "),
			applied: target.applied
		};
	});
}
async function applyWithRetries(run, target, planned, session) {
	const { migrate } = run.environment;
	const timeout = AbortSignal.timeout(migrate.timeoutMs);
	const stopOnTimeout = () => run.stop.abort(timeout.reason);
	timeout.addEventListener("abort", stopOnTimeout);
	try {
		for (let attempt = 0;; attempt++) try {
			return await applyOnce(run, target, planned, session);
		} catch (error) {
			if (run.ports.signal.aborted) throw interruption(run.ports.signal);
			if (timeout.aborted) throw timedOut(migrate.timeoutMs, error);
			if (!(error instanceof BelayError && RETRIED.has(error.code)) || target.applied.length > 0 || attempt >= migrate.retries) throw error;
			run.ports.progress({
				type: "notice",
				message: `${messageOf(error)}; trying again (${attempt + 1} of ${migrate.retries})`
			});
			await setTimeout(250 * 2 ** attempt * (.5 + (run.ports.random(1)[0] ?? 0) / 255));
		}
	} finally {
		timeout.removeEventListener("abort", stopOnTimeout);
	}
}
const RETRIED = new Set(["database-busy", "lock-timeout"]);
function applyOnce(run, target, planned, session) {
	const { ports } = run;
	const name = target.target.name;
	return target.tool.apply({
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
		output: (stream, text) => ports.progress({
			type: "output",
			target: name,
			step: "migrate",
			stream,
			text: ports.redact(text)
		}),
		signal: run.stop.signal,
		recordProcess: (started) => run.journal.append({
			type: "process",
			target: name,
			started
		})
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
		await refuseBeforehand(ports, environment, plan, options);
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
				again: options.again,
				judge: options.verify,
				of: null
			},
			pendingOf: (target) => planned(plan, target).pending
		};
		return await conduct(await openRun(request), plan, head, options);
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function refuseBeforehand(ports, environment, plan, options) {
	throwIfAny("refused", planObstacles(environment, plan));
	if (options.digest !== null && options.digest !== plan.digest) throw refusal("digest-changed", `the plan is ${plan.digest}, not ${options.digest}`, { hint: `look at it: \`belay plan ${environment.name}\`` });
	const decision = decide({
		command: "migrate",
		environment,
		now: ports.now(),
		withoutApproval: options.withoutApproval,
		again: options.again,
		earlierFailure: await earlierFailure(ports, environment, plan)
	});
	if (!decision.allowed) throwIfAny("refused", decision.reasons);
	for (const { target } of plan.targets) {
		const engine = ports.engineOf(target);
		await engine.preflight(target, environment.backup.clone === "never" ? 1 : 2);
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
}
async function conduct(run, plan, head, options) {
	const { ports, environment } = run;
	try {
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
		for (const target of run.targets) await verifyTarget(run, target, {
			judge: options.verify,
			knownDisturbance: null
		});
		throwIfInterrupted(ports);
		await startAndSettle(run);
		return await endRun(run, head, plan.digest, {
			outcome: "migrated",
			reasons: [],
			repeatNeedsReason: false,
			checklist: environment.checklist
		});
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
