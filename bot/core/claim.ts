/**
 * May this workflow run carry out this request, now? Everything is looked at anew, with facts that were read for this claim. The first
 * run that is let through owns the request's job; whoever asks again with the same run gets the same answer for a while.
 */

import { countApprovals } from "./approvals.ts";
import type { ClaimAnswer, Draft } from "./draft.ts";
import type { Claimed } from "./event.ts";
import { obstaclesFor, reasonsOf } from "./facts.ts";
import { POLICY_CHANGED, POLICY_MISSING, policyNow } from "./policy-now.ts";
import { holdUps } from "./gates.ts";
import { withJob } from "./jobs.ts";
import { commandOf } from "./queue.ts";
import { anew, FOLLOWING, isOpen, type Job, type JobKind, type Request, type RequestReason, workflowRunOf } from "./request.ts";

const SAME_ANSWER_MS = 10 * 60_000;

export function judgeClaim(draft: Draft, claim: Claimed): ClaimAnswer {
  const answer = judged(draft, claim);
  const { request, workflowRun, attempt, command } = claim;
  const reasons = answer.kind === "refused" ? answer.reasons.map(({ code }) => code) : [];
  draft.note("claim", { request, command, workflowRun, attempt, jti: claim.jti, answer: answer.kind, reasons });
  return answer;
}

function judged(draft: Draft, claim: Claimed): ClaimAnswer {
  const request = draft.request(claim.request);
  if (request === null) return refused(403, { code: "request-unknown", message: `there is no request ${claim.request}` });
  const kind: JobKind = claim.command === "plan" && request.command !== "plan" ? "plan" : "run";
  const job = request.jobs[kind];
  if (job === null) return refused(403, { code: "not-dispatched", message: `${request.id} has not come to that` });
  if (claim.attempt > 1) return refused(409, { code: "rerun", message: "a re-run of a workflow carries out nothing", hint: anew(request) });
  const mismatch = mismatchOf(request, kind, claim) ?? strangersRun(draft, request, kind, claim);
  if (mismatch !== null) return refused(403, mismatch);
  if (job.grant !== null) return held(draft, request, job, claim);
  if (!isWaiting(request, kind))
    return refused(409, { code: "request-ended", message: `${request.id} is ${request.state}`, hint: anew(request) });
  return kind === "plan" ? judgePlan(draft, request, job, claim) : judgeRun(draft, request, job, claim);
}

/** The grant was given: to this run, or to another. */
function held(draft: Draft, request: Request, { grant }: Job, { workflowRun, attempt, run }: Claimed): ClaimAnswer {
  const isSame = grant?.workflowRun === workflowRun && grant.attempt === attempt && grant.run === run;
  const isRecent = grant !== null && Date.parse(draft.at) - Date.parse(grant.at) <= SAME_ANSWER_MS;
  if (isSame && isRecent) return { kind: "granted", request };
  return refused(409, {
    code: "grant-used",
    message: `the grant of ${request.id} was given to workflow run ${grant?.workflowRun}`,
    hint: anew(request),
  });
}

function isWaiting({ state }: Request, kind: JobKind): boolean {
  // The run may be quicker than GitHub's answer to the dispatch.
  return kind === "plan" ? state === "planning" || state === "requested" : state === "approved";
}

function mismatchOf(request: Request, kind: JobKind, claim: Claimed): RequestReason | null {
  const wrong = (what: string): RequestReason => ({ code: "grant-mismatch", message: `${request.id} is for another ${what}` });
  if (claim.command !== commandOf(request, kind)) return wrong("command");
  if (claim.environment !== request.environment) return wrong("environment");
  if (claim.sha !== request.sha) return wrong("commit");
  if (claim.targets.toSorted().join("\n") !== request.targets.toSorted().join("\n")) return wrong("set of targets");
  return null;
}

/** A plan's job runs what nobody has approved yet: it must not speak for another request, whose claim it could make as well. */
function strangersRun(draft: Draft, request: Request, kind: JobKind, { workflowRun }: Claimed): RequestReason | null {
  const isIts = ({ id, jobs, spent }: Request) =>
    (id === request.id && spent.includes(workflowRun)) ||
    (["plan", "run"] as const).some((each) => (id !== request.id || each !== kind) && workflowRunOf(jobs[each]) === workflowRun);
  const other = draft.requests.find(isIts);
  if (other === undefined) return null;
  return {
    code: "grant-mismatch",
    message: `workflow run ${workflowRun} was started for something else (${other.id})`,
    hint: anew(request),
  };
}

/** A plan changes nothing, but it runs the pull request's code beside a database. */
function judgePlan(draft: Draft, request: Request, job: Job, claim: Claimed): ClaimAnswer {
  const reasons = [...outdated(request, claim), ...requesterGone(request, claim)];
  return reasons.length > 0 ? refused(409, ...reasons) : granted(draft, request, "plan", job, claim);
}

function judgeRun(draft: Draft, request: Request, job: Job, claim: Claimed): ClaimAnswer {
  const { facts } = claim;
  // Of all else the grant says what it is about: which run a rollback takes back, which commit a rehearsal tries.
  if (request.command === "migrate" && request.policy.required > 0 && claim.digest !== (request.plan?.digest ?? null)) {
    const changed = planChanged(request);
    draft.move(request, "refused", [changed]);
    return refused(409, changed);
  }
  const reasons = [...outdated(request, claim), ...requesterGone(request, claim)];
  if (reasons.length > 0) return refused(409, ...reasons);
  const now = policyNow(request, facts);
  if (now === null) return refused(403, POLICY_MISSING);
  const changed = now.digest !== request.policy.digest;
  const { reasons: missing } = countApprovals(request, facts, draft.at);
  if (changed) return backToApproval(draft, { ...request, policy: now, approvals: [] }, claim, [POLICY_CHANGED]);
  if (missing.length > 0) return backToApproval(draft, request, claim, missing);
  const obstacles = reasonsOf(obstaclesFor(facts, request.environment, request.command));
  const inTheWay = [...obstacles, ...holdUps(draft, request)];
  if (inTheWay.length > 0) return refused(409, ...inTheWay);
  return granted(draft, request, "run", job, claim);
}

/** The run looked at its targets again and found something else to do: nobody has approved that. */
function planChanged(request: Request): RequestReason {
  return { code: "plan-changed", message: `the plan is not the one that was approved as ${request.id} any more`, hint: anew(request) };
}

/** The dispatched run is spent; a new one is started once there are enough approvals again. */
function backToApproval(draft: Draft, request: Request, { workflowRun }: Claimed, reasons: readonly RequestReason[]): ClaimAnswer {
  const waiting = { ...request, jobs: { ...request.jobs, run: null }, spent: [...request.spent, workflowRun] };
  draft.put(waiting);
  // A policy that asks for no approval any more has shown nobody a plan: who wants it asks anew.
  const canBeApproved = request.policy.required > 0 && request.plan !== null;
  draft.move(waiting, canBeApproved ? "awaiting-approval" : "refused", reasons);
  return refused(409, ...reasons);
}

function outdated({ ref, sha, command }: Request, { facts: { pull } }: Claimed): readonly RequestReason[] {
  // What is finished or undone is the commit that was begun with.
  if (ref !== null || FOLLOWING.has(command)) return [];
  if (pull === null) return [{ code: "pull-gone", message: "the pull request cannot be found" }];
  if (pull.head !== sha) return [{ code: "superseded", message: `the head of the pull request is now ${pull.head.slice(0, 7)}` }];
  return [];
}

function requesterGone({ requester }: Request, { facts }: Claimed): readonly RequestReason[] {
  if (facts.writers.includes(requester.id)) return [];
  return [{ code: "not-allowed", message: `${requester.login}, who asked for it, may not write to the repository any more` }];
}

function granted(draft: Draft, request: Request, kind: JobKind, job: Job, claim: Claimed): ClaimAnswer {
  const { jti, workflowRun, attempt, run } = claim;
  const owned = withJob(request, kind, { ...job, workflowRun, grant: { jti, workflowRun, attempt, run, at: draft.at } });
  draft.put(owned);
  if (kind === "plan") {
    const planning = isOpen(owned) && owned.state === "requested" ? draft.move(owned, "planning") : owned;
    return { kind: "granted", request: planning };
  }
  const running = draft.move(owned, "running");
  draft.add({ kind: "react", comment: request.comment, reaction: "rocket" });
  holdForPull(draft, running, claim);
  return { kind: "granted", request: running };
}

/** From here on the environment may run code that the default branch does not have. */
function holdForPull(draft: Draft, { id, command, environment, pull, ref }: Request, { facts }: Claimed): void {
  if (command !== "migrate" || ref !== null || pull === null || facts.pull?.state === "merged") return;
  const locks = draft.locks(environment);
  if (locks.some((lock) => lock.kind === "unmerged" && lock.pull === pull)) return;
  draft.putLocks(environment, [...locks, { kind: "unmerged", pull, request: id, at: draft.at }]);
}

function refused(status: 403 | 409, ...reasons: readonly RequestReason[]): ClaimAnswer {
  return { kind: "refused", status, reasons };
}
