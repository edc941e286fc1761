import { F as BelayError, I as failure, L as messageOf } from "./domain.js";
import { $ as reasonsOf, J as assertOwner, U as endRun, Y as enterPhase, Z as isInterruption, et as step, ht as throwIfAny, q as unrecordedResult, tt as throwIfInterrupted } from "./looking.js";
import { n as closeWorkspace } from "./take-backup.js";
import { t as describeCommand } from "./describe-command.js";
import { a as runChecks, l as runUnrecorded, o as surroundingsOf, s as runAppCommand, t as failedChecks } from "./checks.js";
import { n as undoTarget, t as undoByItself } from "./undo.js";
import { i as dropOwnCopies, n as dropExpired, r as dropForsaken, t as dropCopiesOfUndone } from "./retention.js";
// src/run/after-failure.ts
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
async function endAfterFailure(run, head, digest, cause) {
	const failedIn = run.phase;
	const aftermath = new Aftermath(run);
	const disowned = await takenOver(run);
	if (disowned !== null) {
		for (const target of run.targets) await aftermath.attempt(() => closeWorkspace(target));
		return unrecorded(run, head, digest, isLockLost(cause) ? [cause] : [cause, disowned]);
	}
	await aftermath.attempt(() => recordFailure(run, cause, failedIn));
	for (const target of run.targets) await aftermath.attempt(() => closeWorkspace(target));
	await bringBack(run, REACH[failedIn], aftermath);
	if (aftermath.disowned) return unrecorded(run, head, digest, [cause, ...aftermath.errors]);
	const recoverable = aftermath.recoverable || REACH[failedIn] === "done" || isDefect(cause);
	const errors = [
		cause,
		...aftermath.errors,
		...recoverable ? [unfinished(run)] : []
	];
	const ending = {
		outcome: outcomeOf(run, REACH[failedIn], aftermath, cause),
		reasons: toldOnce(reasonsOf(errors, run.ports.redact)),
		repeatNeedsReason: isToBlame(failedIn, cause),
		recoverable
	};
	try {
		const result = await endRun(run, head, digest, ending);
		await dropForsaken(run);
		return result;
	} catch (error) {
		const reasons = [...ending.reasons, ...reasonsOf([error], run.ports.redact)];
		return {
			...unrecordedResult(run, head, reasons),
			run: run.id,
			digest
		};
	}
}
async function takenOver(run) {
	try {
		await assertOwner(run);
		return null;
	} catch (error) {
		return isLockLost(error) ? error : null;
	}
}
function unrecorded(run, head, digest, errors) {
	return {
		...unrecordedResult(run, head, toldOnce(reasonsOf(errors, run.ports.redact))),
		run: run.id,
		digest
	};
}
function unfinished({ id, environment }) {
	return failure("unfinished-run", `run ${id} is not finished, and no other begins before it is`, { hint: `when the cause is gone: \`belay recover ${environment.name}\`` });
}
function isLockLost(error) {
	return error instanceof BelayError && error.code === "lock-lost";
}
function toldOnce(reasons) {
	return reasons.filter(({ message }, index) => reasons.findIndex((other) => other.message === message) === index);
}
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
async function bringBack(run, reach, aftermath) {
	if (reach === "done" || reach === "nothing-stopped") return;
	const started = reach === "application-started";
	if (started || reach === "data-touched") {
		const undone = await aftermath.attempt(async () => {
			await enterPhase(run, "rolling-back");
			if (started) await stopAgain(run, aftermath);
			for (const target of run.targets) await undoTarget(run, target, undoByItself(run, started));
		});
		if (!undone && started && aftermath.errors.some(isDeliberate)) {
			await aftermath.attempt(() => runAppCommand(run, "start", { interruptible: false }));
			return;
		}
		if (undone) await aftermath.attempt(() => enterPhase(run, "rolled-back"));
	} else for (const target of run.targets) await aftermath.tolerate("unproven copies could not be dropped", () => dropOwnCopies(target.hold, run.id));
	await restartPrevious(run, started, aftermath);
	await dropCopiesOfUndone(run);
}
function stopAgain(run, aftermath) {
	return aftermath.tolerate("the application could not be stopped for the rollback", () => runAppCommand(run, "stop", { interruptible: false }));
}
async function restartPrevious(run, started, aftermath) {
	const undecided = run.phase === "rolling-back";
	if (undecided || await aftermath.attempt(() => enterPhase(run, "restarting"))) await aftermath.attempt(() => runAppCommand(run, "previous", { interruptible: false }));
	if (!run.steps.some(({ result }) => result.name === "previous") && !(undecided && started) && !aftermath.disowned) await aftermath.attempt(() => restartUnrecorded(run));
}
async function restartUnrecorded(run) {
	const { app } = run.environment;
	const command = app.previous ?? app.start;
	if (command === null) return;
	const began = performance.now();
	const tell = (outcome) => {
		const durationMs = Math.round(performance.now() - began);
		run.steps.push({
			target: null,
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
	} catch (error) {
		tell("failed");
		throw error;
	}
	tell("done");
}
function recordFailure(run, cause, phase) {
	return run.journal.append({
		type: "failed",
		phase,
		reasons: reasonsOf([cause], run.ports.redact),
		blame: isToBlame(phase, cause)
	});
}
function outcomeOf(run, reach, { errors }, cause) {
	if (reach === "nothing-stopped" && run.steps.length === 0) {
		if (isInterruption(cause)) return "interrupted";
		return isDefect(cause) ? "failed" : "refused";
	}
	if (errors.length > 0 || reach === "done" || isDefect(cause)) return "needs-attention";
	if (isInterruption(cause)) return "undone";
	return reach === "nothing-stopped" || reach === "application-stopped" ? "refused" : "undone";
}
const DELIBERATE = new Set([
	"later-writes",
	"rollback-refused",
	"before-state-lost"
]);
function isDeliberate(error) {
	return error instanceof BelayError && DELIBERATE.has(error.code);
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
// src/run/start-application.ts
async function startAndSettle(run) {
	await markVerified(run);
	await enterPhase(run, "starting");
	await runAppCommand(run, "start", { interruptible: true });
	throwIfInterrupted(run.ports);
	await enterPhase(run, "health");
	await checkHealth(run);
	throwIfInterrupted(run.ports);
	await finishStarted(run);
}
async function finishStarted(run) {
	await enterPhase(run, "settled");
	await settle(run);
}
async function markVerified(run) {
	for (const target of run.targets) {
		if (target.workspace !== null && target.mark === void 0 && run.environment.backup.keep.swapMs > 0) {
			target.mark = await target.workspace.mark(run.id);
			await run.journal.append({
				type: "mark",
				target: target.target.name,
				mark: target.mark
			});
		}
		await closeWorkspace(target);
	}
	await enterPhase(run, "verified");
}
async function checkHealth(run) {
	const checks = run.environment.checks.health;
	if (checks.length === 0) return;
	await step(run, "health", null, async () => {
		const { results } = await runChecks(surroundingsOf(run), checks, "health", null);
		for (const target of run.targets) target.checks.push(...results);
		throwIfAny("failed", failedChecks(results));
		return {
			value: void 0,
			outcome: results.some((check) => check.warned === true) ? "warned" : "done",
			detail: results.map(({ name }) => name).join(", ")
		};
	});
}
async function settle(run) {
	await step(run, "settle", null, async () => {
		for (const target of run.targets) try {
			await dropExpired(run.ports, run.environment, target);
		} catch (error) {
			target.notes.push(`old copies could not be dropped: ${messageOf(error)}`);
		}
		return { value: void 0 };
	});
}
export { endAfterFailure as i, finishStarted as n, startAndSettle as r, checkHealth as t };
