/** What may start now starts. */

import type { Draft } from "./draft.ts";
import { holdUps } from "./gates.ts";
import type { JobKind, Request, RuleWait, RunCommand } from "./request.ts";

function advance(draft: Draft, environment: string): void {
  const waiting = draft.requests.filter((each) => each.environment === environment && each.state === "approved" && each.jobs.run === null);
  for (const request of waiting) {
    if (holdUps(draft, request).length > 0) continue;
    if (request.rule === null) dispatch(draft, request, "run");
    else recheck(draft, request, request.rule);
  }
}

/** A deployment has no job that claims a grant: what would be asked then is asked before it is let through. */
function recheck(draft: Draft, request: Request, rule: RuleWait): void {
  if (rule.askedAt !== null) return;
  draft.put({ ...request, rule: { ...rule, askedAt: draft.at } });
  draft.add({ kind: "recheck", about: `${request.id}:${draft.at}`, request: request.id });
}

export function advanceAll(draft: Draft): void {
  for (const environment of draft.environments) advance(draft, environment);
}

/** Asks GitHub to start a workflow run for this request. */
export function dispatch(draft: Draft, request: Request, job: JobKind): void {
  const asked = { askedAt: draft.at, dispatchedAt: null, workflowRun: null, grant: null, completedAt: null, seen: [] };
  draft.put({ ...request, jobs: { ...request.jobs, [job]: asked } });
  const { id, environment, sha, targets, spent } = request;
  draft.add({ kind: "dispatch", request: id, job, command: commandOf(request, job), environment, sha, targets, askedAt: draft.at, spent });
}

/** What a job of a request runs: whatever waits for an approval is planned first. */
export function commandOf({ command }: Request, job: JobKind): RunCommand {
  return job === "plan" ? "plan" : command;
}
