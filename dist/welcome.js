import "./rolldown-runtime.js";
import { D as requirementsOf, S as loadConfig, on as chooseEnvironment, x as makeRedactor } from "./looking.js";
import { $ as BelayError, J as counted, X as firstOf } from "./domain.js";
import { t as describeCommand } from "./describe-command.js";
// src/setup/welcome.ts
const MOST_NAMES = 12;
async function welcome(world, request, look) {
	const startedAt = world.now();
	const read = await readOwn(request);
	const lines = "environment" in read ? await described(read.environment, world, look) : read.unset;
	return {
		belay: world.belayVersion,
		run: null,
		command: "plan",
		environment: "environment" in read ? read.environment.name : read.name,
		outcome: "planned",
		digest: null,
		startedAt: startedAt.toISOString(),
		durationMs: world.now().getTime() - startedAt.getTime(),
		reasons: [],
		targets: [],
		welcome: lines
	};
}
async function readOwn(request) {
	try {
		return { environment: chooseEnvironment(await loadConfig(request), request.environment) };
	} catch (error) {
		const unset = onlyUnset(error);
		if (unset === null) throw error;
		const { names } = await loadConfig({
			...request,
			environment: NONE
		});
		return {
			name: request.environment ?? names.join(),
			unset: [`\`belay.yml\` is well formed; what it says can be told in full where its variables are set`, ...unset]
		};
	}
}
const NONE = "";
function onlyUnset(error) {
	if (!(error instanceof BelayError)) return null;
	const { problems } = error.facts;
	if (!Array.isArray(problems)) return null;
	const told = problems.map((problem) => {
		const { code, message, line } = Object(problem);
		return code === "variable-unset" ? `line ${line}: ${message}` : null;
	});
	return told.every((each) => each !== null) ? told : null;
}
async function described(environment, world, look) {
	const { targets, checks } = environment;
	world.hide(environment.secrets);
	return [
		...targets.map(({ name, configured }) => `database \`${name}\`: \`${configured}\``),
		...await migrations(environment, look),
		application(environment),
		`checks: ${checkNames(checks)}`,
		`backups: ${environment.backup.store === null ? "beside the database" : `in \`${environment.backup.store}\``}, each proven before anything is changed`,
		...requirements(environment, world.now()),
		afterwards(environment),
		...world.github?.hosted === true && targets.some(({ engine }) => engine === "sqlite") ? [ELSEWHERE] : []
	].map(makeRedactor(environment.secrets));
}
const ELSEWHERE = "this job runs on a runner of GitHub's; the one that migrates must run on the machine that has the database: `runs-on: [self-hosted, …]`";
async function migrations(environment, look) {
	try {
		const { found, ids, problems } = await look(environment);
		return [`migrations: ${found}${ids === null ? "" : `, ${listed(ids)}`}`, ...problems.slice(0, MOST_NAMES).map(told)];
	} catch (error) {
		if (!(error instanceof BelayError) || error.kind !== "refused") throw error;
		return [`migrations: ${told(error)}`];
	}
}
function listed(ids) {
	if (ids.length === 0) return "none yet";
	const names = firstOf(ids.map((id) => `\`${id}\``), MOST_NAMES);
	return `${counted(ids.length, "migration")}: ${names}`;
}
function told({ message, hint }) {
	return hint === void 0 ? message : `${message}; ${hint}`;
}
function application({ app: { online, stop, start } }) {
	if (online) return "application: goes on running (`app: online`)";
	const how = [by("stopped", stop), by("started", start)].filter((text) => text !== "").join(", ");
	return `application: ${how === "" ? "nothing is stopped or started; say how under `app:`" : how}`;
}
function by(done, command) {
	return command === null ? "" : `${done} by \`${describeCommand(command.command)}\``;
}
function checkNames({ before, after, health }) {
	const all = [
		...before,
		...after,
		...health
	].map(({ name }) => `\`${name}\``);
	return all.length === 0 ? "none; rows are compared all the same" : firstOf([...new Set(all)], MOST_NAMES);
}
function requirements(environment, now) {
	const asked = requirementsOf({
		command: "migrate",
		environment,
		now,
		unmetNeed: null,
		withoutApproval: null,
		again: null,
		earlierFailure: null
	}).map(({ text }) => text);
	const needs = environment.needs === null ? [] : [`the same deployed to ${environment.needs.name} first`];
	return [...asked, ...needs].map((text) => `before it may run: ${text}`);
}
function afterwards({ name, app, data }) {
	return `after the merge, \`belay migrate ${name}\` ${[
		"plans",
		...app.stop === null ? [] : ["stops the application"],
		"takes a backup and proves it",
		"applies what is pending",
		data.mode === "off" ? "asks the checks" : "compares rows and asks the checks",
		...app.start === null ? [] : ["starts the new version"]
	].join(", ")}; where anything is wrong, it puts everything back`;
}
export { welcome };
