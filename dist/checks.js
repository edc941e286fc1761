import { $ as BelayError, et as failure } from "./domain.js";
import { t as describeCommand } from "./describe-command.js";
import { bt as step, pt as interruption, xt as throwIfInterrupted } from "./looking.js";
// src/run/output.ts
function showOutput({ progress, streamRedactor }, label, step) {
	const redactors = {
		stdout: streamRedactor(),
		stderr: streamRedactor()
	};
	const tell = (stream, text) => {
		if (text !== "") progress({
			type: "output",
			target: label,
			step,
			stream,
			text
		});
	};
	return {
		show: (stream, text) => tell(stream, redactors[stream].push(text)),
		[Symbol.dispose]() {
			for (const stream of ["stdout", "stderr"]) tell(stream, redactors[stream].end());
		}
	};
}
// src/run/application.ts
async function runAppCommand(run, name, options) {
	const command = appCommand(run.environment.app, name);
	if (command === null) return;
	const sha = name === "previous" ? run.previousSha : run.sha;
	for (const about of applicationsOf(run)) await step(run, name, about, async () => {
		await runCommand(run, {
			name,
			place: placeOf(run, name),
			command,
			sha,
			about,
			interruptible: options.interruptible
		});
		return {
			value: void 0,
			detail: describeCommand(command.command)
		};
	});
}
function applicationsOf({ environment, targets }) {
	return environment.app.per === "target" ? targets : [null];
}
function runTeamCommand(run, about, name, place, command, told = {}) {
	return runCommand(run, {
		name,
		place,
		command,
		sha: run.sha,
		about,
		interruptible: true,
		told
	});
}
async function runUnrecorded(run, name) {
	const command = appCommand(run.environment.app, name);
	if (command === null) return;
	for (const about of applicationsOf(run)) await runCommand(run, {
		name,
		place: placeOf(run, name),
		command,
		sha: run.previousSha,
		about,
		interruptible: false
	}, false);
}
function appCommand(app, name) {
	switch (name) {
		case "previous": return app.previous ?? app.start;
		case "maintenance-on": return app.maintenance?.on ?? null;
		case "maintenance-off": return app.maintenance?.off ?? null;
		default: return app[name];
	}
}
function placeOf({ environment: { app } }, name) {
	return name === "previous" && app.previous === null ? "app.start" : `app.${name.replace("-", ".")}`;
}
async function runCommand(run, { name, place, command, sha, about, interruptible, told = {} }, recorded = true) {
	const { ports, environment } = run;
	using output = showOutput(ports, about?.target.name ?? environment.name, name);
	const end = await ports.spawn({
		command: command.command,
		directory: environment.directory,
		variables: ports.childVariables(environment, {
			...commandVariables(run, sha, about),
			...told
		}),
		timeoutMs: command.timeoutMs,
		role: name,
		...interruptible ? { signal: ports.signal } : {},
		output: output.show,
		...recorded ? { record: (started) => run.journal.append({
			type: "process",
			target: about?.target.name ?? null,
			started
		}) } : {}
	});
	if (end.tail !== "" && recorded) await run.journal.append({
		type: "output",
		target: about?.target.name ?? null,
		step: name,
		text: end.tail.slice(-32768)
	});
	if (end.aborted) throw interruption(ports.signal);
	if (end.status === 0) return;
	const how = end.timedOut ? `was still running after ${command.timeoutMs / 1e3} s and was ended` : end.signal === null ? `ended with status ${end.status}` : `was ended by ${end.signal}`;
	const said = lastLines(ports.redact(end.tail), 3);
	throw failure(`${name}-failed`, `the ${name} command ${how}: ${describeCommand(command.command)}${said === "" ? "" : `\n${said}`}`, { hint: `try it by hand in ${environment.directory}; it is ${place} in belay.yml` });
}
function commandVariables(run, sha, about) {
	const [first, second] = run.targets;
	const only = about ?? (second === void 0 ? first : void 0);
	return {
		...toldOfRun(run, sha),
		BELAY_ENVIRONMENT: run.environment.name,
		...only === void 0 ? {} : targetVariables(only.target)
	};
}
function toldOfRun({ id, previousSha }, sha) {
	return {
		BELAY_RUN: id,
		...sha === null ? {} : { BELAY_SHA: sha },
		...previousSha === null ? {} : { BELAY_PREVIOUS_SHA: previousSha }
	};
}
function targetVariables({ name, engine, address, tenant }) {
	return {
		BELAY_TARGET: name,
		...tenant === void 0 ? {} : {
			BELAY_SCHEMA: tenant.schema,
			BELAY_TENANT: tenant.schema
		},
		...engine === "sqlite" ? {
			BELAY_DATABASE_URL: `sqlite:${address}`,
			BELAY_DATABASE_PATH: address
		} : { BELAY_DATABASE_URL: address }
	};
}
function lastLines(text, count) {
	return text.trimEnd().split("\n").slice(-count).join("\n");
}
// src/run/checks.ts
function surroundingsOf(run, about = null) {
	const { ports, environment, journal } = run;
	return {
		ports,
		environment,
		variables: ports.childVariables(environment, commandVariables(run, run.sha, about)),
		record: (started) => journal.append({
			type: "process",
			target: about?.target.name ?? null,
			started
		})
	};
}
function readerOf({ ports, journal }, { target }) {
	const recordProcess = (started) => journal.append({
		type: "process",
		target: target.name,
		started
	});
	return ports.engineOf(target).reader(target, {
		recordProcess,
		signal: ports.signal
	});
}
async function runChecks({ ports, environment, variables, record }, checks, phase, session, baseline = new Map()) {
	const results = [];
	const recorded = new Map();
	for (const check of checks) {
		const report = await ports.runCheck(check, {
			phase,
			session,
			baseline,
			directory: environment.directory,
			variables,
			signal: ports.signal,
			...record === void 0 ? {} : { record }
		});
		throwIfInterrupted(ports);
		results.push(redacted(report.result, ports.redact));
		if (report.recorded !== null) recorded.set(check.name, report.recorded);
	}
	return {
		results,
		recorded
	};
}
function watchedName(name) {
	return `watch: ${name}`;
}
async function readBaseline(surroundings, session) {
	const { checks, watch } = surroundings.environment;
	const watched = (watch?.checks ?? []).map(({ check }) => ({
		...check,
		name: watchedName(check.name)
	}));
	const { results, recorded } = await runChecks(surroundings, [...checks.after, ...watched].filter((check) => check.kind === "sql" && needsBaseline(check.expect)).map((check) => ({
		...check,
		expect: null
	})), "before", session);
	const unread = results.find(({ name }) => !recorded.has(name));
	if (unread !== void 0) throw new BelayError("refused", "check-baseline", `the check "${unread.name}" compares with the state before, which cannot be read: ${unread.actual}`, { hint: "mend its SQL, so that it runs before the migration as well as after it" });
	return recorded;
}
function needsBaseline(expectation) {
	if (expectation === null) return false;
	if (expectation.kind === "all") return expectation.of.some(needsBaseline);
	if (expectation.kind === "named") return [...expectation.values.values()].some(needsBaseline);
	return [
		"unchanged",
		"increases-by",
		"increases-within"
	].includes(expectation.kind);
}
function failedChecks(results) {
	return results.filter(({ passed, warned }) => !passed && warned !== true).map(({ name, phase, expected, actual, explanation = [] }) => ({
		code: "check-failed",
		message: `${name}: expected ${expected ?? "a result"}, got ${actual}${explanation.length === 0 ? "" : ` (${explanation.join("; ")})`}`,
		hint: MEND[phase]
	}));
}
const MEND = {
	before: "mend the data, or the check in belay.yml",
	after: "mend the migration or the data that it met, or the check in belay.yml",
	watch: "look at what the application itself says, and whether the limits in belay.yml are right",
	health: "look at what the application itself says: its log, and whether it serves where the check asks"
};
function redacted(result, redact) {
	return {
		...result,
		actual: redact(result.actual),
		...result.explanation === void 0 ? {} : { explanation: result.explanation.map(redact) }
	};
}
export { runChecks as a, appCommand as c, runTeamCommand as d, runUnrecorded as f, showOutput as h, readerOf as i, applicationsOf as l, toldOfRun as m, needsBaseline as n, surroundingsOf as o, targetVariables as p, readBaseline as r, watchedName as s, failedChecks as t, runAppCommand as u };
