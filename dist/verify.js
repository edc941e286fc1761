import "./rolldown-runtime.js";
import { o as databaseOf, rt as refusal } from "./domain.js";
import { a as runChecks, n as needsBaseline, p as targetVariables, t as failedChecks } from "./checks.js";
import { J as emptyTargetResult, N as observe, Nt as lastEntry, Pt as lastOfTarget, Tt as openHistory, X as endedBeforehand, et as resultOf, wt as journalPlace } from "./looking.js";
import { t as recordJudgement } from "./judgement.js";
import { i as dataResult, r as brokenScope } from "./verify-run.js";
// src/run/verify.ts
async function verify(ports, environment, targets, run) {
	const head = {
		command: "verify",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		await assertReadable(ports, targets);
		const judged = await judgeEach(ports, environment, targets, run);
		const health = await ask(ports, environment, environment.checks.health, "health", null);
		const reasons = [...judged.flatMap((each) => each.reasons), ...failedChecks(health)];
		const results = judged.map(({ result }) => ({
			...result,
			checks: [...result.checks, ...health]
		}));
		const of = judged.find(({ past }) => past !== null)?.past?.run ?? null;
		if (reasons.length === 0) {
			for (const { target, past } of judged) if (past !== null) await recordFirstJudgement(ports, environment, target, past);
		}
		return {
			...resultOf(ports, head, reasons.length === 0 ? "verified" : "checks-failed", reasons, results),
			run: of
		};
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function assertReadable(ports, targets) {
	for (const database of new Set(targets.map(databaseOf))) await (await ports.engineOf(database).reader(database, { signal: ports.signal }))[Symbol.asyncDispose]();
}
async function recordFirstJudgement(ports, environment, target, { run, entries }) {
	if (lastEntry(entries, "began")?.judge === false) await recordJudgement(journalPlace(ports, environment, [target]), run, target.name, ports.now());
}
async function judgeEach(ports, environment, targets, run) {
	const history = openHistory(ports, environment, targets);
	const recorded = new Map();
	for (const target of targets) recorded.set(target, await judgeRecorded(ports, environment, history, target, run));
	const isBesideOthers = [...recorded.values()].some((each) => each !== null);
	const judged = [];
	for (const [target, known] of recorded) {
		if (known === null && (run !== null || target.tenant === void 0 && !isBesideOthers)) throw nothingToVerify(environment, target);
		judged.push(known ?? await judgeAsItIs(ports, environment, target));
	}
	return judged;
}
function nothingToVerify({ name }, target) {
	return refusal("nothing-to-verify", `no run has recorded what became of ${target.name}`, { hint: `\`belay runs ${name}\` lists what happened` });
}
async function judgeRecorded(ports, environment, history, target, run) {
	const past = run === null ? await history.lastApplying(target.name) : await history.run(run);
	const after = past === void 0 ? void 0 : lastOfTarget(past.entries, "after-state", target.name);
	if (past === void 0 || after === void 0) return null;
	const recorded = await recordedChecks(ports, environment, target, after.checks);
	const { records } = await ports.toolOf(environment, target);
	const reasons = [...failedChecks(recorded), ...brokenScope(environment.data, after.comparison, after.disturbance, records)];
	return {
		target,
		past,
		result: {
			...emptyTargetResult(target, reasons.length === 0 ? "verified" : "checks-failed"),
			undisturbed: after.disturbance === null,
			...after.disturbance === null ? {} : { disturbance: after.disturbance },
			checks: recorded,
			data: dataResult(after.comparison, after.disturbance, records),
			schema: after.schema
		},
		reasons
	};
}
async function judgeAsItIs(ports, environment, target) {
	const [seen] = (await observe(ports, environment, [target])).targets;
	const pending = seen?.pending ?? [];
	const checks = await ask(ports, environment, environment.checks.after.filter((check) => !(check.kind === "sql" && needsBaseline(check.expect))), "after", target);
	const behind = pending.length === 0 ? [] : [{
		code: "behind",
		message: `${target.name} is missing ${pending.map(({ id }) => id).join(", ")}`,
		hint: `\`belay migrate ${environment.name} --target ${target.name}\``
	}];
	const reasons = [
		...seen?.obstacles ?? [],
		...behind,
		...failedChecks(checks)
	];
	return {
		target,
		past: null,
		result: {
			...emptyTargetResult(target, reasons.length === 0 ? "verified" : "checks-failed"),
			pending: pending.map(({ id, reversible, findings, file }) => ({
				id,
				reversible,
				findings,
				file
			})),
			checks
		},
		reasons
	};
}
async function recordedChecks(ports, environment, target, recorded) {
	const { after } = environment.checks;
	const standing = new Set(after.filter((check) => check.kind === "sql" && needsBaseline(check.expect)).map(({ name }) => name));
	const stands = recorded.filter(({ name, phase }) => phase === "after" && standing.has(name));
	const live = after.filter(({ name }) => !stands.some((result) => result.name === name));
	return [...stands, ...await ask(ports, environment, live, "after", target)];
}
async function ask(ports, environment, checks, phase, target) {
	if (checks.length === 0) return [];
	const surroundings = {
		ports,
		environment,
		variables: ports.childVariables(environment, target === null ? {} : targetVariables(target))
	};
	if (target === null) return (await runChecks(surroundings, checks, phase, null)).results;
	await using reader = await ports.engineOf(target).reader(target, { signal: ports.signal });
	return (await runChecks(surroundings, checks, phase, reader.session)).results;
}
export { verify };
