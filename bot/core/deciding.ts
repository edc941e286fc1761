/** What people say about a request that is there: yes, no, away with it. */

import { countApprovals } from "./approvals.ts";
import type { Draft } from "./draft.ts";
import type { Facts } from "./facts.ts";
import { answer, type Order, refuse } from "./order.ts";
import { anew, isOpen, type Request, type RequestReason } from "./request.ts";

export function approve(draft: Draft, order: Order): void {
  const request = requestOf(draft, order);
  if (request === null) return refuse(draft, order, [unknown(order)]);
  const inTheWay = notApprovable(request, order);
  if (inTheWay !== null) return refuse(draft, order, [inTheWay]);
  if (request.approvals.some(({ id, digest }) => id === order.by.id && digest === (request.plan?.digest ?? null)))
    return answer(draft, order, { kind: "done", what: `you have approved ${request.id} already` });
  const approval = { ...order.by, at: order.saidAt, digest: request.plan?.digest ?? null, sha: request.sha, source: order.source };
  const given: Request = { ...request, approvals: [...request.approvals, approval] };
  const { counted, reasons } = countApprovals(given, order.facts, draft.at);
  if (!counted.some(({ id }) => id === order.by.id)) return refuse(draft, order, notCounted(request, reasons));
  draft.put(given);
  draft.note("approved", { request: request.id, by: order.by, sha: request.sha, digest: approval.digest, source: order.source });
  if (order.comment !== null) draft.add({ kind: "react", comment: order.comment, reaction: "+1" });
  if (request.state === "awaiting-approval" && reasons.length === 0) return void draft.move(given, "approved");
  if (areUnread(given, order.facts))
    draft.add({ kind: "recheck", about: `${given.id}:${given.approvals.length} approvals`, request: given.id });
  draft.show(given);
}

/** Enough said yes, and the facts at hand are older than some of that: they do not tell what the others may today. */
function areUnread({ state, approvals, policy }: Request, { writers }: Facts): boolean {
  return state === "awaiting-approval" && approvals.length >= policy.required && approvals.some(({ id }) => !writers.includes(id));
}

/** Several said yes at the same moment, and the facts of none told of the others: these do. */
export function recount(draft: Draft, request: Request, facts: Facts): void {
  if (countApprovals(request, facts, draft.at).reasons.length > 0) return;
  draft.move(request, "approved");
}

export function reject(draft: Draft, order: Order): void {
  const request = requestOf(draft, order);
  if (request === null) return refuse(draft, order, [unknown(order)]);
  if (request.state !== "awaiting-approval") return refuse(draft, order, [notWaiting(request)]);
  draft.move(request, "rejected", [
    { code: "rejected", message: `rejected by ${order.by.login}: ${order.asked.reason ?? "no reason given"}` },
  ]);
}

export function cancel(draft: Draft, order: Order): void {
  const request = requestOf(draft, order);
  if (request === null) return refuse(draft, order, [unknown(order)]);
  if (!isOpen(request)) return refuse(draft, order, [ended(request)]);
  draft.note("cancel", { request: request.id, by: order.by });
  const runs = Object.values(request.jobs).flatMap((job) => job?.grant?.workflowRun ?? job?.workflowRun ?? []);
  const last = runs.at(-1);
  if (last !== undefined) draft.add({ kind: "cancel", workflowRun: last });
  // A run ends by its own report: only that tells what state the database is in.
  if (request.state === "running")
    return answer(draft, order, { kind: "done", what: `its workflow run is being cancelled; Belay puts back what it began` });
  draft.move(request, "cancelled", [{ code: "cancelled", message: `cancelled by ${order.by.login}` }]);
}

/** Only of the same pull request: what is approved must stand where people look at it. */
function requestOf(draft: Draft, { asked, pull }: Order): Request | null {
  const request = asked.request === null ? null : draft.request(asked.request);
  return request === null || request.pull !== pull ? null : request;
}

function notApprovable(request: Request, { saidAt }: Order): RequestReason | null {
  if (request.state === "superseded")
    return { code: "plan-changed", message: `that plan changed: ${request.id} is superseded`, hint: "read the new one and approve that" };
  if (request.state !== "awaiting-approval" && request.state !== "approved") return notWaiting(request);
  const shownAt = request.plan?.shownAt ?? null;
  if (shownAt === null || saidAt < wholeSecond(shownAt))
    return {
      code: "plan-not-shown",
      message: `the plan of ${request.id} was not there to be read when you wrote`,
      hint: "read it, then say it again",
    };
  return null;
}

/** GitHub's comments carry whole seconds: of one that was written in the second in which the plan appeared nobody can say more. */
function wholeSecond(at: string): string {
  return new Date(Math.floor(Date.parse(at) / 1000) * 1000).toISOString();
}

function notWaiting(request: Request): RequestReason {
  if (!isOpen(request)) return ended(request);
  return { code: "not-awaiting", message: `${request.id} is ${request.state}`, hint: "wait until its plan is there" };
}

function ended(request: Request): RequestReason {
  return { code: "request-ended", message: `${request.id} has ended: ${request.state}`, hint: anew(request) };
}

function unknown({ asked: { request }, pull }: Order): RequestReason {
  return { code: "request-unknown", message: `#${pull ?? ""} has no request ${request ?? ""}`, hint: "`/belay status` shows what is open" };
}

function notCounted(request: Request, reasons: readonly RequestReason[]): readonly RequestReason[] {
  if (reasons.length > 0) return reasons;
  return [
    {
      code: "approval-not-counted",
      message: `your approval of ${request.id} does not count`,
      hint: "`approvals` of belay.yml says whose does",
    },
  ];
}
