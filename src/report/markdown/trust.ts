/** Who decided: the policy and where it came from, approvals, what must still hold. */

import type { PolicyOrigin } from "../../domain/policy-origin.ts";
import type { Result } from "../../domain/result.ts";
import { firstOf } from "../../domain/words.ts";
import { safeLine } from "../safe-text.ts";
import type { MarkdownContext } from "./context.ts";
import { code, fenced, link, prose } from "./escape.ts";
import { commitUrl, runUrl } from "./github-url.ts";

const MOST = 10;
const DIFFERENCE_LINES = 400;
const LINE_LIMIT = 400;

/** What the checkout changes in belay.yml, for the eye that skims; empty where nothing. */
export function policyWarning({ policy }: Result): string {
  if (policy === undefined || (policy.difference.length === 0 && policy.flaw === undefined)) return "";
  const flaw = policy.flaw === undefined ? "" : ` It cannot be read, and after a merge nothing would run: ${prose(policy.flaw)}`;
  return `⚠️ This commit changes ${code(policy.path)}. That has no effect here: ${code(policy.branch)} decides.${flaw}`;
}

export function policyText(policy: PolicyOrigin, context: MarkdownContext): string {
  const { difference, addedChecks } = policy;
  const commit = link(code(policy.sha.slice(0, 12)), commitUrl(context, policy.sha));
  const shown = difference.slice(0, DIFFERENCE_LINES).map((line) => safeDifferenceLine(line));
  const rest = difference.length - DIFFERENCE_LINES;
  const checks = firstOf(
    addedChecks.map((name) => code(name)),
    MOST,
  );
  return [
    `${code(policy.path)} of ${code(policy.branch)} at ${commit} decided.`,
    ...(difference.length === 0
      ? []
      : [
          "What this commit changes in it, without effect:",
          fenced("diff", [...shown, ...(rest > 0 ? [`  and ${rest} more lines`] : [])].join("\n")),
        ]),
    ...(addedChecks.length === 0 ? [] : [`Checks that only this commit has, asked as well: ${checks}`]),
  ].join("\n\n");
}

/** The first column says what was added and what removed, so the line keeps its spaces. */
function safeDifferenceLine(line: string): string {
  const sign = /^[-+@ ]/u.exec(line)?.[0] ?? "";
  const indent = /^ */u.exec(line.slice(sign.length))?.[0].slice(0, LINE_LIMIT) ?? "";
  return sign + indent + safeLine(line.slice(sign.length), LINE_LIMIT);
}

export function requirementsList({ requirements }: MarkdownContext): string {
  return requirements.map(({ met, text }) => `- ${met ? "✅" : "⬜"} ${prose(text)}`).join("\n");
}

/** One line: by whom, for what, where. */
export function signature(result: Result, context: MarkdownContext): string {
  const approvers = result.approval?.approvers ?? [];
  const names = approvers.slice(0, MOST).map(({ login }) => code(login));
  const who = names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.slice(-1).join("")}`;
  const commit = context.sha === null ? "" : link(code(context.sha.slice(0, 12)), commitUrl(context, context.sha));
  const url = runUrl(context);
  const approved = commit === "" ? `Approved by ${who}` : `Approved by ${who} for ${commit}`;
  return [
    who === "" ? (commit === "" ? "" : `Commit ${commit}`) : approved,
    result.digest === null ? "" : `${result.command === "rollback" ? "takes back plan" : "plan"} ${code(result.digest)}`,
    context.actor === null ? "" : `requested by ${code(context.actor)}`,
    result.run === null ? "" : `run ${code(result.run)}`,
    url === null ? "" : link("workflow run", url),
  ]
    .filter((text) => text !== "")
    .join(" · ");
}
