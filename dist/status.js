import "./rolldown-runtime.js";
import { $ as BelayError, o as databaseOf } from "./domain.js";
import { F as planOf, J as emptyTargetResult, Mt as readJournal, Nt as lastEntry, P as observeDatabase, U as newestSoundBackup, X as endedBeforehand, et as resultOf, q as eachOnce, vt as reasonsOf, zt as planObstacles } from "./looking.js";
// src/run/status.ts
async function status(ports, environment, targets) {
	const head = {
		command: "status",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		const looks = await lookAt(ports, environment, targets);
		const seen = looks.flatMap((look) => "observed" in look ? [look.observed] : []);
		const planned = await planOf(ports, environment, seen, null);
		const unread = looks.flatMap((look) => "why" in look ? look.why : []);
		const reasons = [...eachOnce(unread), ...seen.length === 0 ? [] : planObstacles(environment, planned)];
		return {
			...resultOf(ports, head, "listed", reasons, looks.map(resultOfLook)),
			digest: unread.length === 0 ? planned.digest : null
		};
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function lookAt(ports, environment, targets) {
	const looks = new Map();
	const outcomeOf = outcomesIn(ports, environment);
	for (const [database, ours] of Map.groupBy(targets, databaseOf)) try {
		const observed = await observeDatabase(ports, environment, database, ours);
		const state = await statusOf(ports, environment, database, outcomeOf);
		for (const each of observed) looks.set(each.target, {
			observed: each,
			state
		});
	} catch (error) {
		if (ports.signal.aborted || error instanceof BelayError && error.kind === "usage") throw error;
		const outcome = error instanceof BelayError ? "refused" : "failed";
		for (const target of ours) looks.set(target, {
			target,
			outcome,
			why: reasonsOf([error], ports.redact)
		});
	}
	return targets.flatMap((target) => looks.get(target) ?? []);
}
function resultOfLook(look) {
	if ("why" in look) return {
		...emptyTargetResult(look.target, look.outcome),
		reasons: look.why
	};
	const { target, pending, applied, withoutFile } = look.observed;
	return {
		...emptyTargetResult(target, "listed"),
		pending: pending.map(({ id, reversible, findings, file }) => ({
			id,
			reversible,
			findings,
			file
		})),
		history: applied,
		...withoutFile.length === 0 ? {} : { appliedWithoutFile: withoutFile },
		state: look.state
	};
}
async function statusOf(ports, environment, target, outcomeOf) {
	const engine = ports.engineOf(target);
	const [probe, row] = [await engine.probe(target), await engine.readState(target)];
	const newest = await newestSoundBackup(ports.storeOf(environment, target), environment.name, target);
	return {
		lock: probe.held ? "held" : "free",
		...probe.holder === null ? {} : { holder: probe.holder },
		lastRun: row === void 0 ? null : {
			id: row.run,
			phase: row.phase,
			outcome: row.phase === "ended" ? await outcomeOf(row) : null
		},
		newestBackup: newest?.summary ?? null
	};
}
function outcomesIn(ports, environment) {
	const asked = new Map();
	const read = async ({ store, run }) => {
		const entries = await readJournal({
			store: ports.storeAt(store),
			environment: environment.name
		}, run);
		return lastEntry(entries, "ended")?.outcome ?? null;
	};
	return (row) => {
		const key = `${row.run} ${row.store}`;
		const answer = asked.get(key) ?? read(row);
		asked.set(key, answer);
		return answer;
	};
}
export { status };
