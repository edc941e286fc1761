/** What time alone changes: what expires, what was never reported, windows that opened. */

import type { Draft } from "./draft.ts";
import { forgetGroups } from "./groups.ts";
import { isChanging, isOpen, type Request, type RequestReason, type RequestState } from "./request.ts";

const PLANNING_MS = 30 * 60_000;
/** Between the end of a workflow run and the last word of its job. */
const UNREPORTED_MS = 2 * 60_000;
const UNREAD_MS = 15 * 60_000;
const KEEP_ENDED_MS = 30 * 24 * 3_600_000;

export function passTime(draft: Draft): void {
  for (const request of draft.requests) {
    if (isOpen(request)) endOverdue(draft, unasked(draft, request));
    else if (older(draft, request.since, KEEP_ENDED_MS) && !isNeeded(draft, request)) draft.forget(request.id);
  }
  forgetGroups(draft);
}

/** Somebody may still have to be told of it: it is in doubt, or an environment runs what it brought. */
function isNeeded(draft: Draft, { id, state, environment }: Request): boolean {
  return state === "needs-attention" || draft.locks(environment).some((lock) => lock.kind !== "person" && lock.request === id);
}

/** What GitHub did not let be read is asked for once more. */
function unasked(draft: Draft, request: Request): Request {
  const { rule } = request;
  if (rule === null || rule.askedAt === null || !older(draft, rule.askedAt, UNREAD_MS)) return request;
  const again = { ...request, rule: { ...rule, askedAt: null } };
  draft.put(again);
  return again;
}

/** Ends it where nothing more can come of it: its time is over, or its workflow run is and told nothing. */
export function endOverdue(draft: Draft, request: Request): void {
  const end = endOf(draft, request);
  if (end === null) return;
  const [to, reason] = end;
  draft.move(request, to, [reason]);
  if (to !== "needs-attention") return;
  const { environment, id } = request;
  draft.putLocks(environment, [...draft.locks(environment), { kind: "in-doubt", request: id, at: draft.at }]);
}

function endOf(draft: Draft, request: Request): readonly [RequestState, RequestReason] | null {
  const { state, since, jobs, policy } = request;
  switch (state) {
    case "requested":
      return older(draft, since, PLANNING_MS) ? ["expired", late("GitHub did not take the dispatch")] : null;
    case "planning":
      if (unreported(draft, request, "plan")) return ["failed", silent(request)];
      return older(draft, since, PLANNING_MS) ? ["expired", late("there was no plan")] : null;
    case "awaiting-approval":
      return older(draft, since, policy.expireMs) ? ["expired", expired("nobody approved it in time")] : null;
    case "approved":
      if (request.rule !== null) return older(draft, since, policy.expireMs) ? ["expired", expired("it could not go on in time")] : null;
      if (unreported(draft, request, "run")) return ["cancelled", unclaimed()];
      if (jobs.run !== null && older(draft, jobs.run.askedAt, PLANNING_MS)) return ["expired", late("no workflow run asked for its grant")];
      return older(draft, since, policy.expireMs) ? ["expired", expired("it could not start in time")] : null;
    case "running":
      if (!unreported(draft, request, "run")) return null;
      // What only looks leaves nothing in doubt.
      return isChanging(request) ? ["needs-attention", lost(request)] : ["failed", unsaid(request)];
    default:
      return null;
  }
}

/** A run that never asked for its grant has nothing to tell: only the last word of one that had it may still be on its way. */
function unreported(draft: Draft, { jobs }: Request, kind: "plan" | "run"): boolean {
  const job = jobs[kind];
  if (job === null || job.completedAt === null) return false;
  return job.grant === null || older(draft, job.completedAt, UNREPORTED_MS);
}

function older({ at }: Draft, since: string, ms: number): boolean {
  return Date.parse(at) - Date.parse(since) > ms;
}

function late(what: string): RequestReason {
  return { code: "expired", message: `${what} within ${PLANNING_MS / 60_000} minutes`, hint: "look at the workflow's runs, then ask anew" };
}

function expired(what: string): RequestReason {
  return { code: "expired", message: what, hint: "ask anew" };
}

function silent({ id }: Request): RequestReason {
  return { code: "no-report", message: `the workflow run that planned ${id} ended without a plan`, hint: "its log says why" };
}

function unsaid({ id }: Request): RequestReason {
  return { code: "no-report", message: `the workflow run of ${id} ended without saying how; it changes nothing`, hint: "its log says why" };
}

function unclaimed(): RequestReason {
  return {
    code: "no-claim",
    message: "the workflow run ended before it asked for its grant: nothing was changed",
    hint: "its log says why",
  };
}

function lost({ id, environment }: Request): RequestReason {
  return {
    code: "no-report",
    message: `the workflow run of ${id} ended without saying how: the state of ${environment} is not known`,
    hint: `\`/recover ${environment}\``,
  };
}
