import "./rolldown-runtime.js";
import { $ as BelayError, rt as refusal } from "./domain.js";
import { d as runTeamCommand } from "./checks.js";
import { n as refuseUnapproved } from "./approval.js";
import { Ot as lastGoodCommit, Tt as openHistory, X as endedBeforehand, Y as endRun, bt as step, vt as reasonsOf, xt as throwIfInterrupted } from "./looking.js";
import { t as holdSettled } from "./locking.js";
import { h as beginRecord, n as closeWorkspace, s as openWorkspace } from "./take-backup.js";
// src/run/hook.ts
async function runHook(ports, environment, targets, { name, withoutApproval }) {
	const head = {
		command: "rollback",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		const approval = await refuseUnapproved(ports, "rollback", environment, withoutApproval);
		const hook = environment.rollback.hooks.get(name);
		if (hook === void 0) throw refusal("hook-unknown", `there is no hook ${name}`);
		await using locks = await holdSettled(ports, environment, targets);
		throwIfInterrupted(ports);
		return await conduct(await beginRecord({
			ports,
			environment,
			holds: locks.holds,
			previousSha: await lastGoodCommit(openHistory(ports, environment, targets)),
			began: {
				command: "rollback",
				withoutApproval,
				approval
			}
		}), head, name, hook);
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function conduct(run, head, name, hook) {
	try {
		for (const target of run.targets) await switchOff(run, target, name, hook);
		return await endRun(run, head, null, {
			outcome: "rolled-back",
			reasons: [],
			repeatNeedsReason: false
		});
	} catch (error) {
		const outcome = "sql" in hook && error instanceof BelayError && run.targets.every(({ rollback }) => rollback === null) ? run.ports.signal.aborted ? "undone" : "refused" : "needs-attention";
		return await endRun(run, head, null, {
			outcome,
			reasons: reasonsOf([error], run.ports.redact),
			repeatNeedsReason: false
		});
	} finally {
		for (const target of run.targets) await closeWorkspace(target);
	}
}
async function switchOff(run, target, name, hook) {
	await step(run, "rollback", target, async () => {
		const began = performance.now();
		if ("sql" in hook) {
			const { session } = await openWorkspace(run, target);
			await session.transaction(() => session.execute([hook.sql])).catch((error) => {
				throw run.ports.signal.aborted ? error : hookFailed(error, name);
			});
		} else await runTeamCommand(run, target, "rollback", `rollback.hooks.${name}`, hook);
		target.rollback = {
			strategy: "hook",
			why: `the hook ${name} was asked for; Belay itself changed no data`,
			durationMs: Math.round(performance.now() - began),
			matches: null,
			laterWrites: [],
			kept: []
		};
		return {
			value: void 0,
			detail: `hook ${name}`
		};
	});
}
function hookFailed(error, name) {
	if (!(error instanceof BelayError)) return error;
	return new BelayError(error.kind, error.code, `the SQL of the hook ${name}: ${error.message}`, {
		hint: `mend rollback.hooks.${name} in belay.yml`,
		cause: error,
		facts: error.facts
	});
}
export { runHook };
