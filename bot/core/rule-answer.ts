/** What a deployment that waits is told, as its request stands. Pure. */

import type { RuleAnswer } from "./effect.ts";
import { isOpen, type Request } from "./request.ts";

/** null: this request is no deployment's. */
export function ruleAnswer(request: Request): RuleAnswer | null {
  const { rule, state } = request;
  if (rule === null) return null;
  const { workflowRun, attempt, environment } = rule;
  const answer = { kind: "rule", workflowRun, attempt, environment } as const;
  if (isOpen(request)) return { ...answer, state: null, say: waiting(request) };
  return state === "released"
    ? { ...answer, state: "approved", say: approved(request) }
    : { ...answer, state: "rejected", say: rejected(request) };
}

function waiting({ id, state, pull, approvals, policy }: Request): string {
  if (state === "approved") return `${id}: approved; it goes on by itself once nothing stands in its way.`;
  const there = pull === null ? "the check run on the commit has the button" : `type \`/approve ${id}\` in #${pull}`;
  return `${id} waits for approval, ${approvals.length} of ${policy.required}: ${there}.`;
}

function approved({ id, approvals }: Request): string {
  const by = approvals.map(({ login }) => login).join(", ");
  return by === "" ? `${id}: no approval is asked for here.` : `${id}: approved by ${by}.`;
}

function rejected({ id, state, reasons }: Request): string {
  const why = reasons.map(({ message, hint }) => (hint === undefined ? message : `${message}: ${hint}`)).join("; ");
  return `${id}: ${state}${why === "" ? "" : `, ${why}`}. Run the workflow again to ask anew.`;
}
