import { $ as BelayError, et as failure, tt as messageOf } from "./domain.js";
import { h as showOutput, m as toldOfRun } from "./checks.js";
import { bt as step, pt as interruption } from "./looking.js";
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
		if (!target.stop.signal.aborted) target.notes.push(`whether anybody else wrote meanwhile is not known: ${messageOf(error)}`);
	}
}
async function applyWithRetries(run, target, planned, workspace, groups) {
	const { migrate } = run.environment;
	const timeout = AbortSignal.timeout(migrate.timeoutMs);
	const stopOnTimeout = () => target.stop.abort(timeout.reason);
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
		told: toldOfRun(run, run.sha),
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
		signal: target.stop.signal,
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
export { applyOnce as n, timedOut as r, applyMigrations as t };
