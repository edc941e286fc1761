import "./rolldown-runtime.js";
import { $ as BelayError, it as usageError, rt as refusal, tt as messageOf } from "./domain.js";
import { Ct as History, J as emptyTargetResult, Mt as readJournal, Nt as lastEntry, Pt as lastOfTarget, X as endedBeforehand, et as resultOf, wt as journalPlace } from "./looking.js";
import { n as holdTargets, r as refuseUnfinished } from "./locking.js";
import { i as subjectsOf, n as askRound, r as hasFailed, t as WatchCourse } from "./watch-course.js";
import { n as putDataBack } from "./put-back.js";
import { c as writeRecord, s as readRecords } from "./retention.js";
// src/run/watch-answer.ts
async function tellChange(watched, records, course, watch) {
	const changes = records.filter(({ kind }) => kind === "broken" || kind === "well");
	const now = course.isBroken ? "broken" : "well";
	if (now === (changes.at(-1)?.kind ?? "well")) return records;
	const reasons = course.reasons();
	const deliveries = await tell(watched, `watch-${changes.length + 1}`, {
		reasons,
		watch,
		result: null
	});
	return writeRecord(watched.ports, watched.place, watched.run, records, {
		kind: now,
		reasons,
		deliveries
	});
}
async function answer(watched, records, found) {
	const { ports, environment, targets, run } = watched;
	const lastChange = records.findLastIndex(({ kind }) => kind === "broken");
	if (lastChange >= 0 && records.slice(lastChange).some(({ kind }) => kind === "answered")) return found;
	const back = await putDataBack(ports, environment, targets, {
		run: null,
		backup: null,
		strategy: null,
		acceptLoss: environment.rollback.laterWrites === "keep",
		withoutApproval: null,
		only: run
	});
	const result = withAnswer(found, back);
	if (back.reasons.some(({ code }) => AGAIN.includes(code))) return result;
	await recordAnswer(watched, records, back);
	if (back.run !== null) return result;
	const messages = await tell(watched, "watch-not-back", {
		reasons: result.reasons,
		watch: null,
		result
	});
	return messages.length === 0 ? result : {
		...result,
		messages
	};
}
async function recordAnswer({ ports, place, run }, records, back) {
	try {
		await writeRecord(ports, place, run, records, {
			kind: "answered",
			outcome: back.outcome,
			reasons: back.reasons
		});
	} catch (error) {
		ports.progress({
			type: "notice",
			message: `what was done about the watch could not be recorded: ${messageOf(error)}`
		});
	}
}
const AGAIN = [
	"locked",
	"interrupted",
	"watch-superseded"
];
function withAnswer(found, back) {
	const reasons = [...found.reasons, ...back.reasons];
	if (back.outcome === "refused" || back.outcome === "interrupted") return {
		...found,
		reasons
	};
	const outcome = back.outcome === "rolled-back" ? "undone" : back.outcome;
	const targets = back.targets.map((target) => ({
		...target,
		outcome: target.outcome === "rolled-back" ? "undone" : target.outcome
	}));
	const { watch } = found;
	return {
		...back,
		command: found.command,
		startedAt: found.startedAt,
		outcome,
		targets,
		reasons,
		...watch === void 0 ? {} : { watch }
	};
}
async function tell({ ports, environment, targets, run, commit }, about, facts) {
	const receivers = environment.notify.filter(({ on }) => on.includes("failure"));
	const message = {
		event: "failure",
		environment: environment.name,
		command: "verify",
		run,
		at: ports.now(),
		targets: targets.map(({ name }) => name),
		migrations: [],
		commit,
		...facts
	};
	return Promise.all(receivers.map((receiver) => ports.notify(receiver, `${run}-${about}`, message, ports.signal)));
}
// src/run/verify-watch.ts
async function verifyWatch(ports, environment, targets, wanted) {
	const head = {
		command: "verify",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		const watched = await watchedRun(ports, environment, targets, wanted);
		const soFar = courseOf(watched, await readRecords(watched.place, watched.run));
		if (stateOf(watched, soFar).state === "over") return told(watched, head, soFar);
		const variables = ports.childVariables(environment, {});
		const { course, records } = await record(watched, await askRound({
			ports,
			environment,
			variables
		}, watched.watch, sessionsOf(watched)), wanted);
		if (!course.isBroken) return told(watched, head, course);
		const found = told(watched, head, course);
		return watched.watch.scheduled.onFailure === "alert" ? found : await answer(watched, records, found);
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function watchedRun(ports, environment, targets, wanted) {
	const { watch } = environment;
	if (watch === null) throw usageError("watch-missing", `${environment.name} has no watch in belay.yml`, { hint: "write what is to be asked: watch: { checks: [{ http: … }] }" });
	const place = journalPlace(ports, environment, targets);
	const run = wanted ?? await newestRun(place, targets);
	const entries = run === null ? [] : await readJournal(place, run);
	const ended = lastEntry(entries, "ended");
	if (run === null || ended === void 0) throw refusal("nothing-to-watch", `no run of ${environment.name} has ended that could be watched`, { hint: `\`belay runs ${environment.name}\` lists what happened` });
	const baselines = targets.map((target) => {
		const baseline = lastOfTarget(entries, "backup", target.name)?.baseline ?? {};
		return [target, new Map(Object.entries(baseline))];
	});
	return {
		ports,
		environment,
		targets,
		watch,
		place,
		run,
		commit: lastEntry(entries, "began")?.sha ?? null,
		endedAt: new Date(ended.at),
		baselines: new Map(baselines)
	};
}
async function newestRun(place, targets) {
	const history = new History(place);
	const runs = [];
	for (const { name } of targets) {
		const past = await history.lastApplying(name);
		if (past !== void 0) runs.push(past.run);
	}
	return runs.sort().at(-1) ?? null;
}
function sessionsOf({ ports, targets, baselines }) {
	return targets.map((target) => ({
		target,
		baseline: baselines.get(target) ?? new Map(),
		open: () => ports.engineOf(target).reader(target, { signal: ports.signal })
	}));
}
async function record(watched, asked, wanted) {
	const { ports, environment, targets, place, run } = watched;
	await using locks = await lockIfThere(ports, targets);
	refuseUnfinished(environment, locks?.holds ?? []);
	const now = wanted ?? await newestRun(place, targets);
	if (now !== run) throw refusal("watch-superseded", `run ${now ?? "none"} came in between: what was asked is not about run ${run} any more`, { hint: "nothing was recorded; the next call watches the new run" });
	const before = await readRecords(place, run);
	const failed = new Map(asked.filter(hasFailed).map(({ key, result }) => [key, result]));
	const records = await writeRecord(ports, place, run, before, {
		kind: failed.size === 0 ? "good" : "bad",
		failed
	});
	const course = courseOf(watched, before, asked);
	return {
		course,
		records: await tellChange(watched, records, course, stateOf(watched, course))
	};
}
async function lockIfThere(ports, targets) {
	try {
		return await holdTargets(ports, targets);
	} catch (error) {
		if (error instanceof BelayError && error.code !== "locked" && error.code !== "interrupted") return null;
		throw error;
	}
}
function courseOf({ watch, targets }, records, last = null) {
	const course = new WatchCourse();
	const rounds = records.filter(({ kind }) => kind === "good" || kind === "bad");
	const subjects = subjectsOf(watch, targets);
	for (const { failed } of rounds) course.addRound(subjects.map(({ key, watched, name }) => ({
		key,
		watched,
		result: failed.get(key) ?? {
			name,
			phase: "watch",
			passed: true,
			expected: null,
			actual: "as expected"
		}
	})));
	if (last !== null) course.addRound(last);
	return course;
}
function stateOf({ ports, endedAt, watch: { scheduled } }, course) {
	const { forMs } = scheduled;
	const elapsedMs = Math.max(0, ports.now().getTime() - endedAt.getTime());
	return {
		state: course.isBroken ? "broken" : elapsedMs >= forMs ? "over" : "good",
		watchedMs: Math.min(elapsedMs, forMs),
		forMs,
		rounds: course.rounds,
		good: course.good
	};
}
function told(watched, head, course) {
	const { ports, targets, run } = watched;
	const outcome = course.isBroken ? "checks-failed" : "verified";
	const checks = course.results(false);
	const results = targets.map((target) => ({
		...emptyTargetResult(target, outcome),
		checks
	}));
	return {
		...resultOf(ports, head, outcome, course.reasons(), results),
		run,
		watch: stateOf(watched, course)
	};
}
export { verifyWatch };
