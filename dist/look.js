import { i as planObstacles, t as observe } from "./observe.js";
import { a as listing, n as backupFolders, o as newestSoundBackup } from "./backups.js";
import { i as resultOf, r as endedBeforehand, t as emptyTargetResult } from "./ending.js";
import { a as pastRuns, n as journalPlace, o as summarize } from "./history.js";
import { a as readJournal, t as lastEntry } from "./journal.js";
// src/run/look.ts
async function plan(ports, environment, targets) {
	const head = {
		command: "plan",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		const planned = await observe(ports, environment, targets);
		const results = planned.targets.map((each) => ({
			...emptyTargetResult(each.target, "planned"),
			pending: each.pending.map(({ id, reversible, findings, sql, file }) => ({
				id,
				reversible,
				findings,
				sql,
				file
			})),
			history: each.applied,
			...each.withoutFile.length === 0 ? {} : { appliedWithoutFile: each.withoutFile },
			planned: {
				rollback: each.expectedRollback,
				unprovable: each.unprovable,
				findings: each.findings
			}
		}));
		return {
			...resultOf(ports, head, "planned", planObstacles(environment, planned), results),
			digest: planned.digest
		};
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function status(ports, environment, targets) {
	const head = {
		command: "status",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		const planned = await observe(ports, environment, targets);
		const results = [];
		for (const each of planned.targets) results.push({
			...emptyTargetResult(each.target, "listed"),
			pending: each.pending.map(({ id, reversible, findings, file }) => ({
				id,
				reversible,
				findings,
				file
			})),
			history: each.applied,
			...each.withoutFile.length === 0 ? {} : { appliedWithoutFile: each.withoutFile },
			state: await statusOf(ports, environment, each.target)
		});
		return {
			...resultOf(ports, head, "listed", planObstacles(environment, planned), results),
			digest: planned.digest
		};
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function statusOf(ports, environment, target) {
	const engine = ports.engineOf(target);
	const [probe, row] = [await engine.probe(target), await engine.readState(target)];
	const newest = await newestSoundBackup(ports.storeOf(environment, target), environment.name, target.name);
	return {
		lock: probe.held ? "held" : "free",
		...probe.holder === null ? {} : { holder: probe.holder },
		lastRun: row === void 0 ? null : {
			id: row.run,
			phase: row.phase,
			outcome: row.phase === "ended" ? await outcomeOf(ports, environment, row.store, row.run) : null
		},
		newestBackup: newest?.summary ?? null
	};
}
async function outcomeOf(ports, environment, store, run) {
	const entries = await readJournal({
		store: ports.storeAt(store),
		environment: environment.name
	}, run);
	return lastEntry(entries, "ended")?.outcome ?? null;
}
async function listRuns(ports, environment, targets) {
	const head = {
		command: "runs",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		const runs = [];
		for await (const past of pastRuns(journalPlace(ports, environment, targets))) runs.push(summarize(past));
		return {
			...resultOf(ports, head, "listed", [], targets.map((target) => emptyTargetResult(target, "listed"))),
			runs
		};
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function listBackups(ports, environment, targets) {
	const head = {
		command: "backups",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		const backups = [];
		for (const target of targets) {
			const store = ports.storeOf(environment, target);
			for (const folder of await backupFolders(store, environment.name, target.name)) backups.push(await listing(store, folder));
		}
		return {
			...resultOf(ports, head, "listed", [], targets.map((target) => emptyTargetResult(target, "listed"))),
			backups
		};
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
export { listBackups, listRuns, plan, status };
