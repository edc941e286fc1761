import "./rolldown-runtime.js";
import { C as factsList, D as htmlCode, O as prose, T as code, _ as isListing, a as foreseen, b as fit, c as policyWarning, d as outcomesTable, f as nextLine, g as headline, h as sqlSections, i as checklistText, l as requirementsList, m as migrationsTable, n as gantt, o as policyParts, p as appliedNames, r as stepsTable, s as targetParts, t as theWhole, u as signature, v as listing, x as BRIEF_FACTS, y as ALWAYS } from "./whole.js";
// src/report/markdown/comment.ts
const COMMENT_BYTES = 65536;
const FACTS = {
	text: 1200,
	texts: 10
};
function commentMarker(environmentHash) {
	return `<!-- belay:1:env:${environmentHash} -->`;
}
function commentMarkdown(result, given, limit = COMMENT_BYTES) {
	const context = {
		...given,
		sha: result.sha ?? given.sha
	};
	const { title, sentence } = headline(result);
	const sections = [
		{
			name: "",
			text: `${commentMarker(context.environmentHash)}\n### ${title}`,
			worth: ALWAYS
		},
		{
			name: "",
			text: sentence,
			worth: ALWAYS
		},
		...isListing(result) ? [{
			name: "the list",
			text: listing(result),
			worth: 10
		}] : body(result, context),
		{
			name: "",
			text: signature(result, context),
			worth: ALWAYS
		},
		{
			name: "",
			text: context.held ?? "",
			worth: ALWAYS
		},
		{
			name: "",
			text: nextLine(result, context),
			worth: ALWAYS
		}
	];
	return fit(sections, limit, theWhole(context, "the summary of the workflow run"));
}
function body(result, context) {
	const planned = result.outcome === "planned";
	return [
		...glance(result, context),
		...planned ? plan(result, context) : run(result, context),
		...unfolding(result, context)
	];
}
function glance(result, context) {
	const facts = (limits) => factsList(result, context, limits, [
		"Backup",
		"Next",
		"By hand"
	]);
	return [
		{
			name: "what Belay would do after the merge",
			text: (result.welcome ?? []).map((line) => `- ${prose(line)}`).join("\n"),
			worth: 20
		},
		{
			name: "the reasons",
			text: facts(FACTS),
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
		}
	];
}
function plan(result, context) {
	return [
		...(result.targets.length === 1 ? result.targets : []).map((target) => ({
			name: "the migrations",
			text: migrationsTable(target, context),
			worth: 19
		})),
		{
			name: "what the plan foresees",
			text: foreseen(result),
			worth: 18
		},
		{
			name: "the requirements",
			text: labelled("Before it may run", requirementsList(context)),
			worth: 25
		}
	];
}
function run(result, context) {
	const only = result.targets.length === 1;
	const migrated = (target) => result.targets.filter(({ name }) => target === null || name === target).map((each) => appliedNames(each, context)).join(" · ");
	const steps = stepsTable(result, migrated);
	return [{
		name: "the steps",
		text: only ? steps : unfold("Steps", null, steps),
		worth: only ? 19 : 9
	}, {
		name: "the checklist",
		text: labelled("Only a person can check", checklistText(result)),
		worth: 17
	}];
}
function unfolding(result, context) {
	const several = result.targets.length > 1;
	return [
		...result.targets.map((target) => {
			const shown = result.outcome !== "planned" || several;
			return {
				title: "Migrations",
				target: several ? target.name : null,
				text: shown ? migrationsTable(target, context) : "",
				worth: 4
			};
		}).map(folded),
		...result.targets.flatMap((target) => sqlSections(target, 2)),
		...targetParts(result).map(folded),
		...[{
			title: "Timeline",
			target: null,
			text: gantt(result),
			worth: 1
		}, ...policyParts(result, context)].map(folded)
	];
}
function folded({ title, target, text, worth }) {
	return {
		name: target === null ? `“${title}”` : `“${title}” of ${code(target)}`,
		text: unfold(title, target, text),
		worth
	};
}
function labelled(label, text) {
	return text === "" ? "" : `**${label}:**\n\n${text}`;
}
function unfold(title, target, text) {
	const name = target === null ? title : `${title}: ${htmlCode(target)}`;
	return text === "" ? "" : `<details><summary>${name}</summary>\n\n${text}\n\n</details>`;
}
export { commentMarkdown };
