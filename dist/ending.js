import { C as worstOutcome, E as BelayError, O as messageOf, k as reasonOf } from "./domain.js";
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
	run.inStateRows = true;
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
	const reason = signal.reason;
	return reason instanceof BelayError ? reason : new BelayError("failed", "interrupted", "interrupted by a signal");
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
	if (run.inStateRows && ending.recoverable !== true) await enterPhase(run, "ended");
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
export { unrecordedResult as a, isInterruption as c, throwIfInterrupted as d, throwIfAny as f, resultOf as i, reasonsOf as l, endRun as n, enterPhase as o, endedBeforehand as r, interruption as s, emptyTargetResult as t, step as u };
