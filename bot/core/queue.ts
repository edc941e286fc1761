/** What may start now starts: called after everything that could have opened a gate. */

import type { Draft } from "./draft.ts";
import { holdUps } from "./gates.ts";
import type { JobKind, Request, RunCommand } from "./request.ts";

export function advance(draft: Draft, environment: string): void {
  const waiting = draft.requests.filter((each) => each.environment === environment && each.state === "approved" && each.jobs.run === null);
  for (const request of waiting) if (holdUps(draft, request).length === 0) dispatch(draft, request, "run");
}

export function advanceAll(draft: Draft): void {
  for (const environment of draft.environments) advance(draft, environment);
}

/** Asks GitHub to start a workflow run for this request. */
export function dispatch(draft: Draft, request: Request, job: JobKind): void {
  const asked = { askedAt: draft.at, dispatchedAt: null, workflowRun: null, grant: null, completedAt: null, seen: [] };
  draft.put({ ...request, jobs: { ...request.jobs, [job]: asked } });
  const { id, environment, sha, targets } = request;
  draft.add({ kind: "dispatch", request: id, job, command: commandOf(request, job), environment, sha, targets });
}

/** What a job of a request runs: whatever waits for an approval is planned first. */
export function commandOf({ command }: Request, job: JobKind): RunCommand {
  return job === "plan" ? "plan" : command;
}
