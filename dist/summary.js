import "./rolldown-runtime.js";
import { c as code, p as prose } from "./github-url.js";
import { C as factsList, S as WHOLE_FACTS, _ as isListing, a as foreseen, b as fit, c as policyWarning, d as outcomesTable, f as nextLine, g as headline, h as sqlSections, i as checklistText, l as requirementsList, m as migrationsTable, n as gantt, o as policyParts, p as appliedNames, r as stepsTable, s as targetParts, t as theWhole, u as signature, v as listing, x as BRIEF_FACTS, y as ALWAYS } from "./whole.js";
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
export { summaryMarkdown };
