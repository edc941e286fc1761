import "./rolldown-runtime.js";
import { o as databaseOf, rt as refusal } from "./domain.js";
import { A as oncePerDatabase, Bt as plannedOf, Dt as earlierFailure, It as needsOf, J as emptyTargetResult, Lt as tenantsOf, M as decide, N as observe, Ot as lastGoodCommit, Rt as throwIfAny, Tt as openHistory, Ut as pendingDigest, X as endedBeforehand, et as resultOf, ht as leavesOf, xt as throwIfInterrupted, zt as planObstacles } from "./looking.js";
import { h as inWaves, m as namedBackups, t as conduct } from "./conduct.js";
import { a as runChecks, p as targetVariables, t as failedChecks } from "./checks.js";
import { t as approvalsOf } from "./approval.js";
import { t as holdSettled } from "./locking.js";
import { g as openRun } from "./take-backup.js";
// src/run/migrate.ts
async function migrate(ports, environment, targets, options) {
	const head = {
		command: "migrate",
		environment: environment.name,
		startedAt: ports.now()
	};
	const asked = new Map();
	try {
		await using locks = await holdSettled(ports, environment, targets);
		const plan = await observe(ports, environment, targets, options.to);
		if (plan.targets.every(({ pending, obstacles }) => pending.length === 0 && obstacles.length === 0)) return upToDate(ports, head, plan);
		const history = openHistory(ports, environment, targets);
		const { approval, again, costs } = await refuseBeforehand(ports, environment, plan, {
			...options,
			history,
			asked
		});
		const pending = plan.targets.filter((each) => each.pending.length > 0);
		const named = await namedBackups(ports, environment, {
			...plan,
			targets: pending
		}, options.backup);
		throwIfInterrupted(ports);
		const request = {
			ports,
			environment,
			holds: locks.holds.filter(({ target }) => pending.some((each) => each.target === target)),
			history,
			previousSha: await lastGoodCommit(history),
			began: {
				command: "migrate",
				digest: plan.digest,
				withoutApproval: options.withoutApproval,
				approval,
				again,
				judge: options.verify,
				...apartOf(environment)
			},
			pendingOf: (target) => plan.targets.find((each) => each.target === target)?.pending ?? [],
			digestOf: (target) => plan.targets.length === 1 ? {} : { digest: plannedOf(plan, target).digest },
			first: firstOf(environment, pending)
		};
		const run = await openRun(request);
		for (const { target, notes } of leavesOf(run)) notes.push(...costs.get(target) ?? []);
		const passedOver = targets.filter((target) => !leavesOf(run).some((each) => each.target === target));
		const result = inOrder(await conduct(run, head, {
			plan,
			named,
			judge: options.verify
		}, passedOver), plan);
		if (result.outcome !== "migrated" || ports.repositoryId === null || !environment.isNeeded) return result;
		return {
			...result,
			deployed: {
				githubEnvironment: environment.githubEnvironment,
				pendingDigest: pendingDigest(plan)
			}
		};
	} catch (error) {
		return withChecks(endedBeforehand(ports, head, targets, error), asked);
	}
}
function withChecks(result, asked) {
	return {
		...result,
		targets: result.targets.map((target) => ({
			...target,
			checks: asked.get(target.name) ?? target.checks
		}))
	};
}
function inOrder(result, { targets }) {
	const told = new Map(result.targets.map((each) => [each.name, each]));
	return {
		...result,
		targets: targets.flatMap(({ target }) => told.get(target.name) ?? [])
	};
}
function apartOf({ app, waves }) {
	if (app.per === "target") return { apart: "target" };
	return waves.length > 0 ? { apart: "data" } : {};
}
function firstOf(environment, pending) {
	if (environment.app.per === "target") return () => false;
	const [wave = []] = inWaves(environment.targets, ({ name }) => pending.some(({ target }) => databaseOf(target).name === name), environment.waves);
	return ({ name }) => wave.some((each) => each.name === name);
}
async function refuseBeforehand(ports, environment, plan, options) {
	throwIfAny("refused", planObstacles(environment, plan));
	if (options.digest !== null && options.digest !== plan.digest) throw refusal("digest-changed", `the plan is ${plan.digest}, not ${options.digest}`, { hint: `look at it: \`belay plan ${environment.name}\`` });
	const approval = await approvalsOf(ports, environment, {
		command: "migrate",
		digest: plan.digest
	});
	const again = options.again ?? (approval.kind === "given" ? approval.again ?? null : null);
	const decision = decide({
		command: "migrate",
		environment,
		now: ports.now(),
		approval,
		unmetNeed: await ports.unmetNeed(environment, pendingDigest(plan)),
		withoutApproval: options.withoutApproval,
		again,
		earlierFailure: await earlierFailure(options.history, plan)
	});
	if (!decision.allowed) throwIfAny("refused", decision.reasons);
	const costs = new Map();
	const preflight = oncePerDatabase((database) => preflightOf(ports, environment, plan, database, options));
	for (const { target } of plan.targets.filter(({ pending }) => pending.length > 0)) {
		costs.set(target, (await preflight(target)).costs);
		await refuseFailingChecks(ports, environment, target, options.asked);
	}
	throwIfInterrupted(ports);
	return {
		approval,
		again,
		costs
	};
}
function preflightOf(ports, environment, { targets }, database, { backup }) {
	const [first] = targets.filter(({ target }) => databaseOf(target) === database);
	if (first === void 0) throw new Error(`no plan for ${database.name}`);
	const needs = {
		...needsOf(environment, first, backup !== null),
		tenants: tenantsOf(targets, database)
	};
	return ports.engineOf(database).preflight(database, needs);
}
async function refuseFailingChecks(ports, environment, target, asked) {
	const { before } = environment.checks;
	if (before.length === 0) return;
	await using reader = await ports.engineOf(target).reader(target, { signal: ports.signal });
	const variables = ports.childVariables(environment, targetVariables(target));
	const { results } = await runChecks({
		ports,
		environment,
		variables
	}, before, "before", reader.session);
	asked.set(target.name, results);
	throwIfAny("refused", failedChecks(results));
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
export { migrate as t };
