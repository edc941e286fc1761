import "./rolldown-runtime.js";
import { $ as BelayError, F as untouched, I as withoutRecords, J as counted, K as nearest, L as sameSchema, X as firstOf, rt as refusal } from "./domain.js";
import { Ft as assertBackupPossible, Nt as lastEntry, Pt as lastOfTarget, Tt as openHistory, W as readBackup, X as endedBeforehand, Y as endRun, bt as step, rt as announceBeginning, ut as enterPhase, vt as reasonsOf, xt as throwIfInterrupted } from "./looking.js";
import { a as restart, i as droppedRows, l as stopApplication, t as undoTarget } from "./undo-target.js";
import { n as refuseUnapproved } from "./approval.js";
import { h as showOutput, m as toldOfRun } from "./checks.js";
import { n as carryMark } from "./later-writes4.js";
import { t as holdSettled } from "./locking.js";
import { t as ofOneRun } from "./one-run.js";
import { r as openRollback, t as finishRollback } from "./put-back.js";
import { n as closeWorkspace, t as backUpBeforeDescent } from "./take-backup.js";
import { t as beforeReference } from "./verify-run.js";
// src/run/downgrade.ts
async function downgrade(ports, environment, targets, options) {
	const head = {
		command: "rollback",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		const approval = await refuseUnapproved(ports, "rollback", environment, options.withoutApproval);
		await using locks = await holdSettled(ports, environment, targets);
		const descents = new Map();
		const history = openHistory(ports, environment, targets);
		for (const hold of options.to === null ? await ofOneRun(history, locks.holds, null) : locks.holds) {
			const descent = await descentOf(ports, environment, history, hold.target, options.to);
			if (descent.ids.length > 0) descents.set(hold, descent);
		}
		if (descents.size === 0) throw nothingToTakeBack(environment, targets);
		const of = [...descents.values()].find(({ past }) => past !== null)?.past ?? null;
		for (const { target } of descents.keys()) await assertBackupPossible(ports, environment, target, 2);
		throwIfInterrupted(ports);
		const holds = [...descents.keys()];
		const run = await openRollback({
			ports,
			environment,
			history,
			holds,
			of,
			approval,
			withoutApproval: options.withoutApproval
		});
		const passedOver = targets.filter((target) => !run.targets.some((each) => each.target === target));
		return await conduct(run, head, descents, {
			...options,
			passedOver
		});
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function descentOf(ports, environment, history, target, to) {
	if (target.tenant !== void 0) throw refusal("cannot-revert", `tenants go back by their data alone, and ${target.name} is one`, { hint: `\`belay rollback ${environment.name} --target ${target.name}\` puts back what it was before its last run` });
	const tool = await ports.toolOf(environment, target);
	if (!tool.abilities.revert) throw refusal("cannot-revert", `the tool ${tool.name} cannot take migrations back here: it has no down scripts`, { hint: `go back by the data instead: \`belay rollback ${environment.name}\`` });
	await using view = await ports.engineOf(target).open(target);
	const { applied } = await tool.state(view.session);
	const past = await history.lastApplying(target.name) ?? null;
	const ofLastRun = lastEntry(past?.entries ?? [], "ended")?.result.targets.find(({ name }) => name === target.name)?.applied.map(({ id }) => id) ?? [];
	const ids = to === null ? ofLastRun : above(target, applied, to);
	return {
		ids,
		past: ids.join() === ofLastRun.join() ? past : null
	};
}
function nothingToTakeBack(environment, targets) {
	const names = firstOf(targets.map(({ name }) => name), 5);
	return refusal("nothing-to-roll-back", `there is nothing to take back in ${names}`, { hint: `\`belay status ${environment.name}\` shows what is applied` });
}
function above(target, applied, to) {
	const index = applied.indexOf(to);
	if (index >= 0) return applied.slice(index + 1);
	const near = nearest(to, applied);
	throw refusal("migration-unknown", `${to} is not applied to ${target.name}`, { hint: near === null ? `applied: ${applied.join(", ") || "nothing"}` : `did you mean ${near}?` });
}
async function conduct(run, head, descents, options) {
	try {
		await announceBeginning(run, "start");
		await enterPhase(run, "stopping");
		await stopApplication(run);
		throwIfInterrupted(run.ports);
		await enterPhase(run, "backing-up");
		for (const target of run.targets) await backUpBeforeDescent(run, target);
		throwIfInterrupted(run.ports);
		await enterPhase(run, "migrating");
		for (const target of run.targets) await goDown(run, target, descents.get(target.hold), options);
		return await finishRollback(run, head, "rolled-back", options.passedOver);
	} catch (error) {
		return await endFailedDowngrade(run, head, error);
	} finally {
		for (const target of run.targets) await closeWorkspace(target);
	}
}
async function goDown(run, target, descent, options) {
	const { workspace, tool, before } = target;
	if (workspace === null || before === null || descent === void 0) throw new Error("going down without a backup");
	await step(run, "rollback", target, async () => {
		const began = performance.now();
		using output = showOutput(run.ports, target.target.name, "rollback");
		await tool.revert({
			session: workspace.session,
			run: run.id,
			told: toldOfRun(run, run.sha),
			ids: descent.ids,
			reverted: () => {
				target.committed = true;
			},
			output: output.show,
			signal: target.stop.signal,
			recordProcess: (started) => run.journal.append({
				type: "process",
				target: target.target.name,
				started
			})
		});
		const dropped = droppedRows(withoutRecords(await workspace.compare(beforeReference(target)), tool.records));
		if (dropped.length > 0 && !options.acceptLoss) throw wouldDrop(run, target, dropped, options);
		const destination = lastOfTarget(descent.past?.entries ?? [], "backup", target.target.name);
		const mark = destination?.since === void 0 ? null : await workspace.mark(run.id);
		const matches = await equalsBeforeState(run, target, workspace, destination);
		if (matches === true && mark !== null) await carryMark(run, target, destination?.since ?? null, mark);
		target.rollback = {
			strategy: "downgrade",
			why: `asked for: ${[...descent.ids].reverse().join(", ")} taken back by ${tool.name}`,
			durationMs: Math.round(performance.now() - began),
			matches,
			laterWrites: [],
			kept: target.backup === null ? [] : [target.backup.summary.location],
			dropped
		};
		await run.journal.append({
			type: "rolled-back",
			target: target.target.name,
			rollback: target.rollback
		});
		return {
			value: void 0,
			detail: `${descent.ids.length} taken back by ${tool.name}`
		};
	});
	await closeWorkspace(target);
}
function wouldDrop(run, target, dropped, { to }) {
	const what = dropped.map(({ table, rows, columns }) => [`${counted(rows, "row")} of ${table}`, ...columns.map((column) => `${table}.${column}`)].slice(rows === 0 ? 1 : 0).join(", ")).join("; ");
	const asked = `--strategy downgrade${to === null ? "" : ` --to ${to}`} --accept-loss`;
	return refusal("later-writes", `going down in ${target.target.name} drops ${what}`, { hint: `it was put back; to drop them all the same, with a backup of them: \`belay rollback ${run.environment.name} ${asked}\`` });
}
async function equalsBeforeState(run, target, workspace, entry) {
	if (entry === void 0 || entry.earlier === true) return null;
	const schema = await workspace.schema();
	if (!sameSchema(entry.schema, schema)) return false;
	const reference = { backup: {
		store: target.store,
		folder: entry.folder,
		manifest: (await readBackup(target.store, entry.folder)).manifest
	} };
	return (await workspace.compare(reference)).tables.every(untouched);
}
async function endFailedDowngrade(run, head, cause) {
	const digest = null;
	const errors = [cause];
	const touched = run.phase === "migrating";
	try {
		for (const target of run.targets) await closeWorkspace(target);
		if (touched) {
			await enterPhase(run, "rolling-back");
			for (const target of run.targets) await undoTarget(run, target, {
				laterWrites: "keep",
				applicationRan: false
			});
		}
		errors.push(...await restart(run, "start"));
	} catch (error) {
		errors.push(error);
	}
	const clean = errors.length === 1 && cause instanceof BelayError;
	const refused = cause instanceof BelayError && cause.kind === "refused" && !run.ports.signal.aborted;
	const outcome = !clean ? "needs-attention" : touched || run.ports.signal.aborted ? refused ? "refused" : "undone" : "refused";
	return endRun(run, head, digest, {
		outcome,
		reasons: reasonsOf(errors, run.ports.redact),
		repeatNeedsReason: false,
		recoverable: !clean
	});
}
export { downgrade };
