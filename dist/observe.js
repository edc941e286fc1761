import { i as reasonOf, r as messageOf, t as BelayError } from "./error.js";
import { n as worstOutcome } from "./outcome.js";
import { t as canonicalJson } from "./canonical-json.js";
import { createHash } from "node:crypto";
// src/run/failed-checks.ts
var FailedChecks = class extends BelayError {
	reasons;
	constructor(kind, reasons) {
		super(kind, reasons[0].code, reasons[0].message, reasons[0].hint === void 0 ? {} : { hint: reasons[0].hint });
		this.reasons = reasons;
	}
};
function throwIfAny(kind, reasons) {
	const [first, ...rest] = reasons;
	if (first !== void 0) throw new FailedChecks(kind, [first, ...rest]);
}
// src/run/run.ts
async function enterPhase(run, phase) {
	run.phase = phase;
	await run.journal.append({
		type: "phase",
		phase
	});
	for (const { hold, store } of run.targets) await hold.writeState({
		run: run.id,
		phase,
		store: store.location
	});
}
async function step(run, name, target, work) {
	const { journal, ports } = run;
	const targetName = target === null ? null : target.target.name;
	const label = targetName ?? run.environment.name;
	await assertOwner(run);
	await journal.append({
		type: "step-began",
		step: name,
		target: targetName
	});
	ports.progress({
		type: "step-began",
		target: label,
		step: name
	});
	const began = performance.now();
	const end = async (outcome, detail, applied) => {
		const durationMs = Math.round(performance.now() - began);
		const told = detail === void 0 ? {} : { detail: ports.redact(detail) };
		run.steps.push({
			target,
			result: {
				name,
				outcome,
				durationMs,
				...told
			}
		});
		ports.progress({
			type: "step-ended",
			target: label,
			step: name,
			outcome,
			durationMs,
			...told
		});
		await journal.append({
			type: "step-ended",
			step: name,
			target: targetName,
			outcome,
			durationMs,
			...told,
			...applied === void 0 ? {} : { applied }
		});
	};
	let done;
	try {
		done = await work();
	} catch (error) {
		await end("failed", messageOf(error), target?.applied);
		throw error;
	}
	await end(done.outcome ?? "done", done.detail, done.applied);
	return done.value;
}
async function assertOwner(run) {
	for (const { hold } of run.targets) await hold.assertOwner();
}
function throwIfInterrupted({ signal }) {
	if (signal.aborted) throw interruption(signal);
}
function interruption(signal) {
	const by = signal.reason;
	const name = typeof by === "object" && by !== null && "signal" in by ? String(by.signal) : "a signal";
	return new BelayError("failed", "interrupted", `interrupted by ${name}`, { hint: "run it again when you are ready" });
}
function isInterruption(error) {
	return error instanceof BelayError && error.code === "interrupted";
}
function reasonsOf(errors, redact) {
	return errors.flatMap((error) => error instanceof FailedChecks ? error.reasons : [reasonOf(error)]).map(({ code, message, hint }) => ({
		code,
		message: redact(message),
		...hint === void 0 ? {} : { hint: redact(hint) }
	}));
}
// src/run/ending.ts
async function endRun(run, head, digest, ending) {
	const result = {
		...resultOf(run.ports, head, ending.outcome, ending.reasons, run.targets.map((target) => targetResult(run, target, ending.outcome))),
		run: run.id,
		digest,
		...ending.checklist === void 0 || ending.checklist.length === 0 ? {} : { checklist: ending.checklist }
	};
	await run.journal.append({
		type: "ended",
		outcome: ending.outcome,
		reasons: ending.reasons,
		repeatNeedsReason: ending.repeatNeedsReason,
		result
	});
	if (ending.recoverable !== true) await enterPhase(run, "ended");
	return result;
}
function unrecordedResult(run, head, reasons) {
	return resultOf(run.ports, head, "needs-attention", reasons, run.targets.map((target) => targetResult(run, target, "needs-attention")));
}
function resultOf(ports, head, outcome, reasons, targets) {
	const [first, ...rest] = targets.map((target) => target.outcome);
	return {
		belay: ports.belayVersion,
		run: null,
		command: head.command,
		environment: head.environment,
		outcome: first === void 0 ? outcome : worstOutcome([
			outcome,
			first,
			...rest
		]),
		digest: null,
		startedAt: head.startedAt.toISOString(),
		durationMs: ports.now().getTime() - head.startedAt.getTime(),
		reasons,
		targets
	};
}
function targetResult(run, target, outcome) {
	return {
		...emptyTargetResult(target.target, outcome),
		undisturbed: target.disturbance === void 0 ? null : target.disturbance === null,
		...typeof target.disturbance === "string" ? { disturbance: target.disturbance } : {},
		pending: target.pending,
		applied: target.applied,
		steps: run.steps.filter((step) => step.target === null || step.target === target).map((step) => step.result),
		backup: target.backup?.summary ?? null,
		checks: target.checks,
		data: target.data,
		schema: target.schema,
		rollback: target.rollback,
		...target.notes.length === 0 ? {} : { notes: target.notes }
	};
}
function emptyTargetResult(target, outcome) {
	return {
		name: target.name,
		engine: target.engine,
		outcome,
		undisturbed: null,
		pending: [],
		applied: [],
		steps: [],
		backup: null,
		checks: [],
		data: null,
		schema: null,
		rollback: null
	};
}
function endedBeforehand(ports, head, targets, error) {
	if (error instanceof BelayError && error.kind === "usage") throw error;
	const outcome = ports.signal.aborted ? "interrupted" : error instanceof BelayError ? "refused" : "failed";
	return resultOf(ports, head, outcome, reasonsOf([error], ports.redact), targets.map((target) => emptyTargetResult(target, outcome)));
}
// src/plan/digest.ts
function planDigest(fields) {
	const { repositoryId, environment, command, tool } = fields;
	return `sha256:${sha256Of({
		v: 1,
		repositoryId,
		environment,
		command,
		targets: fields.targets.map(({ name, identity, schema, pending, findings }) => ({
			name,
			identity,
			schemaDigest: schemaDigest(schema),
			pending: pending.map(({ id, sha256 }) => ({
				id,
				sha256
			})),
			findings: findings.map(({ id, place }) => ({
				id,
				place
			}))
		})),
		tool,
		policyDigest: sha256Of(fields.policy)
	})}`;
}
function schemaDigest(schema) {
	return sha256Of(schema.objects);
}
function sha256Of(value) {
	return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
// src/plan/rollback-strategy.ts
function expectedRollback(facts) {
	if (facts.clone && facts.renameSwap) return {
		strategy: "swap",
		why: "a proven copy will lie beside the database and takes its place by a rename, if nobody holds it open then"
	};
	if (facts.clone) return {
		strategy: "restore",
		why: "the proven copy is copied back: this engine cannot swap by a rename here"
	};
	return {
		strategy: "restore",
		why: "no copy lies beside the database (backup.clone: never): it is restored from the backup"
	};
}
// src/plan/plan.ts
const AUTO_RESTORE_LIMIT_BYTES = 10 * 1e3 ** 3;
function makePlan(environment, tool, observed) {
	return {
		environment: environment.name,
		digest: planDigest({
			repositoryId: null,
			environment: environment.name,
			command: "migrate",
			targets: observed.map(({ target, identity, schema, pending, findings }) => ({
				name: target.name,
				identity: identity.lasting,
				schema,
				pending,
				findings: [...findings, ...pending.flatMap((migration) => migration.findings)]
			})),
			tool,
			policy: environment.policy
		}),
		targets: observed.map((target) => ({
			...target,
			expectedRollback: expectedRollback(target.rollback),
			proof: environment.backup.proof === "read" ? "read" : "restore",
			unprovable: unprovable(environment, target)
		}))
	};
}
function planObstacles(environment, plan) {
	return plan.targets.flatMap((target) => [...target.obstacles, ...environment.backup.proof === "auto" && target.sizeBytes > AUTO_RESTORE_LIMIT_BYTES ? [{
		code: "proof-choice-needed",
		message: `${target.target.name} has ${Math.round(target.sizeBytes / 1e3 ** 3)} GB; proving its backup by a restore takes as much room and time again`,
		hint: "choose in belay.yml: `backup: { proof: restore }` or `backup: { proof: read }`"
	}] : []]);
}
function unprovable(environment, target) {
	const reasons = [];
	if (environment.app.online) reasons.push("the application keeps writing (app: online): data are compared by structure only");
	if (environment.data.mode === "off") reasons.push("data: off, rows are not compared");
	if (environment.backup.clone === "never") reasons.push("clone: never, so a rollback restores from the backup instead of swapping");
	return target.rollback.notes.length === 0 ? reasons : [...reasons, ...target.rollback.notes];
}
// src/run/observe.ts
async function observe(ports, environment, targets) {
	const observed = [];
	for (const target of targets) {
		await using view = await ports.engineOf(target).open(target);
		observed.push(await observeTarget(ports, environment, target, view));
	}
	return planOf(ports, environment, observed);
}
async function observeTarget(ports, environment, target, view) {
	const engine = ports.engineOf(target);
	const state = await (await ports.toolOf(environment, target)).state(view.session);
	return {
		target,
		identity: await view.identity(),
		engineVersion: view.engineVersion,
		schema: await view.schema(),
		sizeBytes: view.sizeBytes,
		applied: state.applied,
		pending: state.pending,
		withoutFile: state.withoutFile,
		obstacles: state.obstacles,
		findings: state.findings,
		rollback: {
			clone: environment.backup.clone !== "never",
			renameSwap: engine.abilities.renameSwap,
			notes: []
		}
	};
}
async function planOf(ports, environment, observed) {
	const [first] = observed;
	if (first === void 0) return makePlan(environment, {
		name: "none",
		configSha256: ""
	}, []);
	const tool = await ports.toolOf(environment, first.target);
	return makePlan(environment, {
		name: tool.name,
		configSha256: await tool.configDigest()
	}, observed);
}
export { emptyTargetResult as a, resultOf as c, interruption as d, isInterruption as f, throwIfAny as g, throwIfInterrupted as h, schemaDigest as i, unrecordedResult as l, step as m, planOf as n, endRun as o, reasonsOf as p, planObstacles as r, endedBeforehand as s, observe as t, enterPhase as u };
