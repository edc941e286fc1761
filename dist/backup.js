import "./rolldown-runtime.js";
import { $ as BelayError } from "./domain.js";
import { Ft as assertBackupPossible, X as endedBeforehand, Y as endRun, vt as reasonsOf, xt as throwIfInterrupted } from "./looking.js";
import { t as holdSettled } from "./locking.js";
import { h as beginRecord, n as closeWorkspace, p as takeDurableBackup } from "./take-backup.js";
// src/run/backup.ts
async function backup(ports, environment, targets) {
	const head = {
		command: "backup",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		await using locks = await holdSettled(ports, environment, targets);
		for (const target of targets) await assertBackupPossible(ports, environment, target, 1);
		throwIfInterrupted(ports);
		return await conduct(await beginRecord({
			ports,
			environment,
			holds: locks.holds,
			began: { command: "backup" }
		}), head);
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function conduct(run, head) {
	try {
		for (const target of run.targets) await takeDurableBackup(run, target);
		return await endRun(run, head, null, {
			outcome: "backed-up",
			reasons: [],
			repeatNeedsReason: false
		});
	} catch (error) {
		const outcome = run.ports.signal.aborted ? "undone" : error instanceof BelayError ? "refused" : "needs-attention";
		return await endRun(run, head, null, {
			outcome,
			reasons: reasonsOf([error], run.ports.redact),
			repeatNeedsReason: false
		});
	} finally {
		for (const target of run.targets) await closeWorkspace(target);
	}
}
export { backup };
