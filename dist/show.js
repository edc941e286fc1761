import "./rolldown-runtime.js";
import { t as environmentHash } from "./comment.js";
import { r as resultJson, t as usageReport } from "./usage.js";
import { b as safeLine, x as safeLines } from "./page.js";
import { a as endedWell } from "./run-facts.js";
import { C as factsList, E as fenced, O as prose, S as WHOLE_FACTS, T as code, _ as isListing, a as foreseen, b as fit, c as policyWarning, d as outcomesTable, f as nextLine, g as headline, h as sqlSections, i as checklistText, l as requirementsList, m as migrationsTable, n as gantt, o as policyParts, p as appliedNames, r as stepsTable, s as targetParts, t as theWhole, u as signature, v as listing, w as repositoryPath, x as BRIEF_FACTS, y as ALWAYS } from "./whole.js";
import { t as attempt } from "./attempt.js";
import { t as LOG_STYLE } from "./log-style.js";
import { join, posix } from "node:path";
import { writeFile } from "node:fs/promises";
// src/report/markdown/annotations.ts
const MOST = 10;
const TITLE_LIMIT = 120;
const LINE_LIMIT = 500;
const MESSAGE_LINES = 20;
function annotationsOf(result, context) {
	const all = [
		...reasons(result, context),
		...checks(result),
		...unproven(result),
		...policy(result)
	];
	return [
		"error",
		"warning",
		"notice"
	].flatMap((level) => shown(all.filter((each) => each.level === level)));
}
function shown(all) {
	if (all.length <= MOST) return all;
	const [level, rest] = [all[0]?.level ?? "notice", all.length - MOST + 1];
	return [...all.slice(0, 9), {
		level,
		title: `${rest} more`,
		message: "The job summary and the report have all of them."
	}];
}
function reasons({ reasons: all, outcome, environment }, context) {
	const level = outcome === "planned" ? "warning" : endedWell(outcome) ? "notice" : "error";
	return all.map(({ code, message, hint, file, line }) => {
		const path = file === void 0 ? null : repositoryPath(context, safeLine(file));
		const text = hint === void 0 ? message : `${message}\n${hint}`;
		return {
			...annotation(level, `Belay${environment === null ? "" : ` ${environment}`}: ${code}`, text),
			...path === null ? {} : { file: path },
			...path === null || line === void 0 ? {} : { line }
		};
	});
}
function checks({ targets, reasons: told }) {
	const known = (name) => told.some(({ message }) => message.startsWith(name));
	return targets.flatMap((target) => target.checks.filter(({ passed, warned, name }) => !passed && (warned === true || !known(name))).map((check) => annotation(check.warned === true ? "warning" : "error", `Belay check: ${check.name}`, checkText(check, target.name))));
}
function checkText({ expected, actual, explanation = [] }, target) {
	return [`${target}: expected ${expected ?? "a result"}, got ${actual}`, ...explanation].join("\n");
}
function unproven({ targets, outcome }) {
	if (!endedWell(outcome)) return [];
	return targets.flatMap(({ name, data, disturbance }) => {
		const why = data === null ? disturbance : data.proven ? void 0 : data.why ?? "it could not be compared";
		return why === void 0 ? [] : [annotation("warning", "Belay: what happened to the rows is not proven", `${name}: ${why}`)];
	});
}
function policy({ policy: origin }) {
	if (origin === void 0 || origin.difference.length === 0) return [];
	return [annotation("notice", `Belay: this commit changes ${origin.path}`, `It has no effect here: ${origin.branch} decides. The summary shows the difference.`)];
}
function annotation(level, title, message) {
	const lines = safeLines(message.trim()).map((line) => line.length > LINE_LIMIT ? safeLine(line, LINE_LIMIT) : line);
	const cut = lines.length > MESSAGE_LINES ? [...lines.slice(0, MESSAGE_LINES), "…"] : lines;
	return {
		level,
		title: safeLine(title, TITLE_LIMIT),
		message: cut.join("\n")
	};
}
// src/report/markdown/summary.ts
const SUMMARY_BYTES = 1048576;
function summaryMarkdown(result, given, limit = SUMMARY_BYTES) {
	const context = {
		...given,
		sha: result.sha ?? given.sha
	};
	const sections = [
		...opening(result),
		...isListing(result) ? [listed(result)] : details(result, context),
		...closing(result, context)
	];
	return `${fit(sections, limit - 1, theWhole(context, null))}\n`;
}
function opening(result) {
	const { title, sentence } = headline(result);
	const welcome = (result.welcome ?? []).map((line) => `- ${prose(line)}`).join("\n");
	return [
		{
			name: "",
			text: `## ${title}`,
			worth: ALWAYS
		},
		{
			name: "",
			text: sentence,
			worth: ALWAYS
		},
		{
			name: "what Belay would do after the merge",
			text: welcome,
			worth: 20
		}
	];
}
function listed(result) {
	return {
		name: "the list",
		text: listing(result),
		worth: 10
	};
}
function details(result, context) {
	const facts = (limits) => factsList(result, context, limits, [
		"Data",
		"Schema",
		"Backup",
		"Next",
		"By hand"
	]);
	const migrated = (target) => result.targets.filter(({ name }) => target === null || name === target).map((each) => appliedNames(each, context)).join(" · ");
	return [
		{
			name: "the reasons",
			text: facts(WHOLE_FACTS),
			brief: facts(BRIEF_FACTS),
			worth: 30
		},
		{
			name: "the outcome of each database",
			text: outcomesTable(result),
			worth: 15
		},
		{
			name: "the change of policy",
			text: policyWarning(result),
			worth: 14
		},
		{
			name: "what the plan foresees",
			text: result.outcome === "planned" ? foreseen(result) : "",
			worth: 13
		},
		{
			name: "the requirements",
			text: titled("Before it may run", requirementsList(context)),
			worth: 16
		},
		{
			name: "the steps",
			text: titled("Steps", [gantt(result), stepsTable(result, migrated)].filter((text) => text !== "").join("\n\n")),
			worth: 9
		},
		...migrations(result, context),
		...targetParts(result).map(framed),
		{
			name: "the checklist",
			text: titled("Only a person can check", checklistText(result)),
			worth: 12
		},
		...policyParts(result, context).map(framed)
	];
}
function migrations(result, context) {
	return result.targets.flatMap((target) => {
		const of = result.targets.length > 1 ? ` of ${code(target.name)}` : "";
		return [{
			name: `the migrations${of}`,
			text: titled(`Migrations${of}`, migrationsTable(target, context)),
			worth: 11
		}, ...sqlSections(target, 1)];
	});
}
function framed({ title, target, text, worth }) {
	const heading = target === null ? title : `${title}: ${code(target)}`;
	return {
		name: `“${heading}”`,
		text: titled(heading, text),
		worth
	};
}
function titled(heading, text) {
	return text === "" ? "" : `### ${heading}\n\n${text}`;
}
function closing(result, context) {
	return [{
		name: "",
		text: signature(result, context),
		worth: ALWAYS
	}, {
		name: "",
		text: nextLine(result, context),
		worth: ALWAYS
	}];
}
// src/report/markdown/outputs.ts
function outputsOf({ outcome, run, digest, targets }) {
	const applied = targets.flatMap((target) => target.outcome === "migrated" ? [target.applied.length] : []);
	const pending = targets.map((target) => target.outcome === "migrated" ? notApplied(target) : target.pending.length);
	const named = outcome === "planned" ? targets.filter((target) => target.pending.length > 0) : targets;
	return {
		outcome,
		run: run ?? "",
		digest: digest ?? "",
		backup: targets.find(({ backup }) => backup !== null)?.backup?.id ?? "",
		pending: sum(pending),
		applied: sum(applied),
		matrix: JSON.stringify({ target: named.map(({ name }) => name) })
	};
}
function notApplied({ pending, applied }) {
	const done = new Set(applied.map(({ id }) => id));
	return pending.filter(({ id }) => !done.has(id)).length;
}
function sum(numbers) {
	return numbers.reduce((total, number) => total + number, 0);
}
// src/workflow/show.ts
async function showResult({ runner, context }, result) {
	const report = await attempt(runner, "the report", () => writeReport(context, result));
	const shown = markdownContext(context, result, report);
	for (const [name, value] of Object.entries({
		...outputsOf(result),
		report: report ?? ""
	})) await attempt(runner, `the output ${name}`, () => runner.output(outputName(name), String(value)));
	for (const annotation of annotationsOf(result, shown)) runner.annotate(annotation);
	await attempt(runner, "the job summary", () => runner.appendSummary(summaryMarkdown(result, shown)));
	return shown;
}
async function showUsageError(runner, error) {
	const text = usageReport(error, LOG_STYLE);
	runner.print(text);
	const problems = placesOf(error);
	const [first = ""] = error.message.split("\n");
	if (problems.length === 0) runner.annotate({
		level: "error",
		title: "Belay: nothing was done",
		message: harmless(`${first}\n${error.hint ?? ""}`)
	});
	for (const { file, line, message } of problems.slice(0, MOST_ANNOTATIONS)) runner.annotate({
		level: "error",
		title: `Belay: ${safeLine(file)}`,
		message: harmless(message),
		file: safeLine(file),
		line
	});
	await attempt(runner, "the job summary", () => runner.appendSummary(`### 🧗 Belay · nothing was done\n\n${fenced("text", text)}\n`));
}
function harmless(message) {
	return safeLines(message.trim()).map((line) => safeLine(line, ANNOTATION_LINE_LIMIT)).join("\n");
}
const ANNOTATION_LINE_LIMIT = 500;
const MOST_ANNOTATIONS = 10;
function placesOf({ facts }) {
	const { problems } = facts;
	if (!Array.isArray(problems)) return [];
	return problems.flatMap((problem) => {
		const { file, line, message, hint } = Object(problem);
		if (typeof file !== "string" || typeof line !== "number" || typeof message !== "string") return [];
		return [{
			file,
			line,
			message: typeof hint === "string" ? `${message}\n${hint}` : message
		}];
	});
}
const TOLD = [
	"plan",
	"migrate",
	"rollback",
	"recover",
	"verify",
	"restore"
];
function isTold(mode, { command, outcome, targets, welcome }) {
	if (mode !== "auto") return mode === "always";
	if (!TOLD.includes(command)) return false;
	return !(outcome === "up-to-date" || outcome === "planned" && targets.every(({ pending }) => pending.length === 0)) || welcome !== void 0;
}
async function writeReport({ tempDirectory, runId, job }, result) {
	const name = [
		result.command,
		result.environment ?? "all",
		result.run ?? `${runId}-${job}-${Date.parse(result.startedAt)}`
	].join("-");
	const path = join(tempDirectory, `belay-${name.replace(/[^\w.-]+/g, "_").slice(0, 150)}.json`);
	await writeFile(path, resultJson(result));
	return path;
}
function markdownContext(context, result, reportPath) {
	const { serverUrl, repository, runId, workflowRef } = context;
	const name = `${repository.owner}/${repository.name}`;
	const folder = posix.dirname(result.policy?.path ?? "belay.yml");
	return {
		serverUrl,
		repository: name,
		sha: context.pullRequest?.headSha ?? context.sha,
		runUrl: `${serverUrl}/${name}/actions/runs/${runId}`,
		workflow: context.eventName === "workflow_dispatch" ? /\/\.github\/workflows\/([^@]+)@/.exec(workflowRef)?.[1] ?? null : null,
		actor: context.triggeringActor,
		environmentHash: environmentHash(result.environment ?? ""),
		directory: folder === "." || folder === ".github" ? "" : folder,
		reportPath,
		requirements: result.requirements ?? []
	};
}
function outputName(name) {
	const found = [
		"outcome",
		"run",
		"digest",
		"backup",
		"pending",
		"applied",
		"report",
		"matrix"
	].find((each) => each === name);
	if (found === void 0) throw new RangeError(`there is no output ${name}`);
	return found;
}
export { showResult as n, showUsageError as r, isTold as t };
