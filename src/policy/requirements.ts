/** What must hold before a planned run may start, for people who decide; the run itself asks `decide`. Pure. */

import type { Environment } from "../config/config.ts";
import type { Requirement } from "../domain/result.ts";
import { decide, type PolicyFacts } from "./policy.ts";

/** Approvals are not asked here: who approves reads the plan first. */
export function requirementsOf(facts: Omit<PolicyFacts, "approval">): readonly Requirement[] {
  const { environment } = facts;
  const decision = decide({ ...facts, approval: { kind: "given", approvers: [], notes: [] } });
  const unmet = decision.allowed ? [] : decision.reasons;
  const codes = new Set(unmet.map(({ code }) => code));
  const windows = environment.windows.length > 0 && !codes.has("outside-window");
  return [
    ...(environment.approvals === null ? [] : [{ met: false, text: approvalText(environment, environment.approvals) }]),
    ...(windows ? [{ met: true, text: `inside the window ${environment.windows.map(({ text }) => text).join(", ")}` }] : []),
    ...unmet.map(({ message, hint }) => ({ met: false, text: hint === undefined ? message : `${message}; ${hint}` })),
  ];
}

function approvalText({ githubEnvironment }: Environment, approvals: NonNullable<Environment["approvals"]>): string {
  const { required, from, by, allowSelfApproval } = approvals;
  const who = from.length === 0 ? "whoever may" : from.join(", ");
  const places = {
    bot: "through the bot",
    review: "by a review of the pull request",
    environment: `in GitHub's environment ${githubEnvironment}`,
  };
  const where = places[by ?? "environment"];
  const self = allowSelfApproval ? "" : "; not by who asks for it";
  return `${required === 1 ? "an approval" : `${required} approvals`} by ${who} ${where}${self}`;
}
