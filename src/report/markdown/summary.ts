/** The job summary: everything about one run on one page, the answer first. */

import type { Result } from "../../domain/result.ts";
import type { MarkdownContext } from "./context.ts";
import { code, prose } from "./escape.ts";
import { BRIEF_FACTS, factsList, type FactsLimits, WHOLE_FACTS } from "./facts.ts";
import { ALWAYS, fit, type Section } from "./fit.ts";
import { headline } from "./headline.ts";
import { isListing, listing } from "./listing.ts";
import { appliedNames, migrationsTable, sqlSections } from "./migrations.ts";
import { nextLine } from "./next.ts";
import { checklistText, foreseen, type Part, policyParts, targetParts } from "./parts.ts";
import { outcomesTable } from "./outcomes.ts";
import { gantt, stepsTable } from "./timeline.ts";
import { policyWarning, requirementsList, signature } from "./trust.ts";
import { theWhole } from "./whole.ts";

/** What GitHub takes for one step: 1 MiB. */
const SUMMARY_BYTES = 1_048_576;

/** Ends in a line break. `limit`: bytes of UTF-8. */
export function summaryMarkdown(result: Result, given: MarkdownContext, limit = SUMMARY_BYTES): string {
  const context = { ...given, sha: result.sha ?? given.sha };
  const sections = [...opening(result), ...(isListing(result) ? [listed(result)] : details(result, context)), ...closing(result, context)];
  return `${fit(sections, limit - 1, theWhole(context, null))}\n`;
}

function opening(result: Result): Section[] {
  const { title, sentence } = headline(result);
  const welcome = (result.welcome ?? []).map((line) => `- ${prose(line)}`).join("\n");
  return [
    { name: "", text: `## ${title}`, worth: ALWAYS },
    { name: "", text: sentence, worth: ALWAYS },
    { name: "what Belay would do after the merge", text: welcome, worth: 20 },
  ];
}

function listed(result: Result): Section {
  return { name: "the list", text: listing(result), worth: 10 };
}

function details(result: Result, context: MarkdownContext): Section[] {
  const facts = (limits: FactsLimits) => factsList(result, context, limits, ["Data", "Schema", "Backup", "Next", "By hand"]);
  const migrated = (target: string | null) =>
    result.targets
      .filter(({ name }) => target === null || name === target)
      .map((each) => appliedNames(each, context))
      .join(" · ");
  return [
    { name: "the reasons", text: facts(WHOLE_FACTS), brief: facts(BRIEF_FACTS), worth: 30 },
    { name: "the outcome of each database", text: outcomesTable(result), worth: 15 },
    { name: "the change of policy", text: policyWarning(result), worth: 14 },
    { name: "what the plan foresees", text: result.outcome === "planned" ? foreseen(result) : "", worth: 13 },
    { name: "the requirements", text: titled("Before it may run", requirementsList(context)), worth: 16 },
    {
      name: "the steps",
      text: titled("Steps", [gantt(result), stepsTable(result, migrated)].filter((text) => text !== "").join("\n\n")),
      worth: 9,
    },
    ...migrations(result, context),
    ...targetParts(result).map(framed),
    { name: "the checklist", text: titled("Only a person can check", checklistText(result)), worth: 12 },
    ...policyParts(result, context).map(framed),
  ];
}

function migrations(result: Result, context: MarkdownContext): Section[] {
  return result.targets.flatMap((target) => {
    const of = result.targets.length > 1 ? ` of ${code(target.name)}` : "";
    return [
      { name: `the migrations${of}`, text: titled(`Migrations${of}`, migrationsTable(target, context)), worth: 11 },
      ...sqlSections(target, 1),
    ];
  });
}

function framed({ title, target, text, worth }: Part): Section {
  const heading = target === null ? title : `${title}: ${code(target)}`;
  return { name: `“${heading}”`, text: titled(heading, text), worth };
}

function titled(heading: string, text: string): string {
  return text === "" ? "" : `### ${heading}\n\n${text}`;
}

function closing(result: Result, context: MarkdownContext): Section[] {
  return [
    { name: "", text: signature(result, context), worth: ALWAYS },
    { name: "", text: nextLine(result, context), worth: ALWAYS },
  ];
}
