/**
 * Deployment protection rules: a job of an ordinary workflow waits at its environment until people said yes. What they say yes to is this
 * environment, this commit, this run and attempt; there is no plan. Belay in that job needs a grant all the same.
 */

import { countApprovals } from "./approvals.ts";
import { recount } from "./deciding.ts";
import type { Draft } from "./draft.ts";
import type { Rechecked, RuleAsked, RuleRead, WaitingRun, WorkflowRunChanged } from "./event.ts";
import { type EnvironmentPolicy, type Facts, obstaclesFor, policyUsed, reasonsOf } from "./facts.ts";
import { holdUps } from "./gates.ts";
import { newRequest } from "./new-request.ts";
import { answerOwnRun } from "./own-run.ts";
import { POLICY_CHANGED, POLICY_MISSING, policyNow } from "./policy-now.ts";
import { isOpen, type Request, type RequestReason } from "./request.ts";

export function takeRule(draft: Draft, event: RuleAsked): void {
  const { workflowRun, environment, deployment } = event;
  draft.add({ kind: "consult-rule", about: `${workflowRun}:${environment}:${deployment ?? draft.at}`, origin: event });
}

export function takeRuleRead(draft: Draft, { origin, run, facts }: RuleRead): void {
  if (run === null || run.isOver) return draft.note("ignored", { origin: "rule", why: "the workflow run is over" });
  if (run.isOurs) return answerOwnRun(draft, origin, run);
  const environment = environmentOf(origin, facts);
  if ("code" in environment) return refuse(draft, origin, run, environment);
  const here = draft.requests.filter(
    ({ rule }) => rule?.workflowRun === origin.workflowRun && rule.environment.toLowerCase() === origin.environment.toLowerCase(),
  );
  if (here.some(({ rule }) => rule !== null && rule.attempt >= run.attempt)) return;
  const request = open(draft, origin, run, environment, facts);
  for (const old of here) if (isOpen(old)) draft.move(old, "superseded", [{ code: "superseded", message: "its workflow was run again" }]);
  const lasting = obstaclesFor(facts, environment.name, "deploy").filter((obstacle) => obstacle.lasting);
  if (lasting.length > 0) draft.move(request, "refused", reasonsOf(lasting));
  else if (request.policy.required > 0) draft.move(request, "awaiting-approval");
  else draft.move(request, "approved");
}

/** The block of belay.yml that is about GitHub's environment; of several the one that asks for most. */
function environmentOf({ environment }: RuleAsked, { policy }: Facts): EnvironmentPolicy | RequestReason {
  if (policy.kind === "missing") return { ...POLICY_MISSING, message: "the default branch has no belay.yml" };
  if (policy.kind === "unreadable") return { code: "policy-unreadable", message: `belay.yml of the default branch: ${policy.why}` };
  const meant = Object.values(policy.environments).filter((each) => each.githubEnvironment.toLowerCase() === environment.toLowerCase());
  const [strictest] = meant.toSorted((a, b) => (b.approvals?.required ?? 0) - (a.approvals?.required ?? 0));
  return strictest ?? { code: "environment-unknown", message: `belay.yml of the default branch has no environment for ${environment}` };
}

function refuse(draft: Draft, { workflowRun, environment }: RuleAsked, { attempt }: WaitingRun, { code, message }: RequestReason): void {
  draft.note("rule", { workflowRun, attempt, environment, answer: "rejected", reasons: [code] });
  const say = `Refused: ${message}. Mend it there, and run this again.`;
  draft.add({ kind: "rule", workflowRun, attempt, environment, state: "rejected", say });
}

function open(
  draft: Draft,
  { workflowRun, environment: githubEnvironment, deployment }: RuleAsked,
  { attempt, sha, actors, pull }: WaitingRun,
  environment: EnvironmentPolicy,
  { policy }: Facts,
): Request {
  const request = newRequest(
    {
      id: draft.nextId(),
      command: "deploy",
      environment: environment.name,
      pull,
      sha,
      requester: actors.at(-1) ?? { id: 0, login: "nobody" },
      policy: policyUsed(policy.kind === "read" ? policy.sha : "", environment, "deploy"),
      // There is none: what people must have been able to read is which commit, run and environment it is about.
      plan: { digest: null, at: draft.at, shownAt: null, pending: 0, result: null },
      rule: { workflowRun, attempt, environment: githubEnvironment, actors, askedAt: null },
    },
    draft.at,
  );
  draft.put(request);
  const { id, command } = request;
  draft.note("requested", { request: id, command, environment: environment.name, pull, sha, workflowRun, attempt, deployment });
  return request;
}

/** Its last look: everything was read anew, and only now it is let through. */
export function takeRechecked(draft: Draft, { request: id, facts }: Rechecked): void {
  const request = draft.request(id);
  if (request?.state === "awaiting-approval") return recount(draft, request, facts);
  if (request === null || request.rule === null || request.state !== "approved") return;
  const now = policyNow(request, facts);
  const waiting: Request = { ...request, rule: { ...request.rule, askedAt: null } };
  if (now === null) return void draft.move(waiting, "refused", [POLICY_MISSING]);
  const lasting = obstaclesFor(facts, request.environment, "deploy").filter((obstacle) => obstacle.lasting);
  if (lasting.length > 0) return void draft.move(waiting, "refused", reasonsOf(lasting));
  const isChanged = now.digest !== request.policy.digest;
  const judged = isChanged ? { ...waiting, policy: now, approvals: [] } : waiting;
  const { reasons } = countApprovals(judged, facts, draft.at);
  draft.put(judged);
  if (reasons.length > 0) return void draft.move(judged, "awaiting-approval", isChanged ? [POLICY_CHANGED] : reasons);
  // What closed meanwhile is waited for; whatever opens it asks again.
  if (holdUps(draft, judged).length === 0) draft.move(judged, "released");
}

/** The run ended while its job waited: cancelled, or another job of it failed. */
export function endRules(draft: Draft, { workflowRun, attempt }: WorkflowRunChanged): void {
  for (const request of draft.requests) {
    const { rule } = request;
    if (rule === null || rule.workflowRun !== workflowRun || rule.attempt > attempt || !isOpen(request)) continue;
    draft.move(request, "cancelled", [{ code: "run-ended", message: "its workflow run ended before it was let through" }]);
  }
}
