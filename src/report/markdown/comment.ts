/** The comment on a pull request, one for each environment, edited in place: one look answers, details unfold. */

import type { Result } from "../../domain/result.ts";
import type { MarkdownContext } from "./context.ts";
import { code, htmlCode, prose } from "./escape.ts";
import { BRIEF_FACTS, factsList, type FactsLimits } from "./facts.ts";
import { ALWAYS, fit, type Section } from "./fit.ts";
import { headline } from "./headline.ts";
import { isListing, listing } from "./listing.ts";
import { appliedNames, migrationsTable, sqlSections } from "./migrations.ts";
import { nextLine } from "./next.ts";
import { outcomesTable } from "./outcomes.ts";
import { checklistText, foreseen, type Part, policyParts, targetParts } from "./parts.ts";
import { gantt, stepsTable } from "./timeline.ts";
import { policyWarning, requirementsList, signature } from "./trust.ts";
import { theWhole } from "./whole.ts";

/** What GitHub takes: so many characters. UTF-8 never has fewer bytes than a text has characters, whoever counts them. */
const COMMENT_BYTES = 65_536;
const FACTS: FactsLimits = { text: 1_200, texts: 10 };

/** By which the comment of an environment is found again; the first line of its body. */
export function commentMarker(environmentHash: string): string {
  return `<!-- belay:1:env:${environmentHash} -->`;
}

/** Its last line says what to do next. `limit`: bytes of UTF-8. */
export function commentMarkdown(result: Result, given: MarkdownContext, limit = COMMENT_BYTES): string {
  const context = { ...given, sha: result.sha ?? given.sha };
  const { title, sentence } = headline(result);
  const sections: Section[] = [
    { name: "", text: `${commentMarker(context.environmentHash)}\n### ${title}`, worth: ALWAYS },
    { name: "", text: sentence, worth: ALWAYS },
    ...(isListing(result) ? [{ name: "the list", text: listing(result), worth: 10 }] : body(result, context)),
    { name: "", text: signature(result, context), worth: ALWAYS },
    { name: "", text: context.held ?? "", worth: ALWAYS },
    { name: "", text: nextLine(result, context), worth: ALWAYS },
  ];
  return fit(sections, limit, theWhole(context, "the summary of the workflow run"));
}

function body(result: Result, context: MarkdownContext): Section[] {
  const planned = result.outcome === "planned";
  return [...glance(result, context), ...(planned ? plan(result, context) : run(result, context)), ...unfolding(result, context)];
}

/** What is seen without a click, whatever it was. */
function glance(result: Result, context: MarkdownContext): Section[] {
  const facts = (limits: FactsLimits) => factsList(result, context, limits, ["Backup", "Next", "By hand"]);
  const welcome = (result.welcome ?? []).map((line) => `- ${prose(line)}`).join("\n");
  return [
    { name: "what Belay would do after the merge", text: welcome, worth: 20 },
    { name: "the reasons", text: facts(FACTS), brief: facts(BRIEF_FACTS), worth: 30 },
    { name: "the outcome of each database", text: outcomesTable(result), worth: 15 },
    { name: "the change of policy", text: policyWarning(result), worth: 14 },
  ];
}

function plan(result: Result, context: MarkdownContext): Section[] {
  const only = result.targets.length === 1 ? result.targets : [];
  return [
    ...only.map((target) => ({ name: "the migrations", text: migrationsTable(target, context), worth: 19 })),
    { name: "what the plan foresees", text: foreseen(result), worth: 18 },
    { name: "the requirements", text: labelled("Before it may run", requirementsList(context)), worth: 25 },
  ];
}

function run(result: Result, context: MarkdownContext): Section[] {
  const only = result.targets.length === 1;
  const migrated = (target: string | null) =>
    result.targets
      .filter(({ name }) => target === null || name === target)
      .map((each) => appliedNames(each, context))
      .join(" · ");
  const steps = stepsTable(result, migrated);
  return [
    { name: "the steps", text: only ? steps : unfold("Steps", null, steps), worth: only ? 19 : 9 },
    { name: "the checklist", text: labelled("Only a person can check", checklistText(result)), worth: 17 },
  ];
}

function unfolding(result: Result, context: MarkdownContext): Section[] {
  const several = result.targets.length > 1;
  const tables = result.targets.map((target): Part => {
    const shown = result.outcome !== "planned" || several;
    return { title: "Migrations", target: several ? target.name : null, text: shown ? migrationsTable(target, context) : "", worth: 4 };
  });
  return [
    ...tables.map(folded),
    ...result.targets.flatMap((target) => sqlSections(target, 2)),
    ...targetParts(result).map(folded),
    ...[{ title: "Timeline", target: null, text: gantt(result), worth: 1 }, ...policyParts(result, context)].map(folded),
  ];
}

function folded({ title, target, text, worth }: Part): Section {
  const heading = target === null ? `“${title}”` : `“${title}” of ${code(target)}`;
  return { name: heading, text: unfold(title, target, text), worth };
}

function labelled(label: string, text: string): string {
  return text === "" ? "" : `**${label}:**\n\n${text}`;
}

function unfold(title: string, target: string | null, text: string): string {
  const name = target === null ? title : `${title}: ${htmlCode(target)}`;
  return text === "" ? "" : `<details><summary>${name}</summary>\n\n${text}\n\n</details>`;
}
