/** Workflow runs of requests, as GitHub tells of them. The grant decides what may run; this only keeps watch. */

import { endOverdue } from "./clock.ts";
import type { Draft } from "./draft.ts";
import type { Performed, WorkflowRunChanged } from "./event.ts";
import { endRules } from "./rules.ts";
import { isOpen, type Job, type JobKind, type Request, workflowRunOf } from "./request.ts";

type Of<Kind extends Performed["kind"]> = Extract<Performed, { readonly kind: Kind }>;

export function takeDispatched(draft: Draft, { request: id, job: kind, workflowRun, askedAt }: Of<"dispatched">): void {
  const request = draft.request(id);
  const job = request?.jobs[kind] ?? null;
  if (request === null || job === null || job.askedAt !== askedAt || job.dispatchedAt !== null) return;
  const known = withJob(request, kind, { ...job, dispatchedAt: draft.at, workflowRun: job.workflowRun ?? workflowRun });
  draft.put(known);
  draft.note("dispatched", { request: id, job: kind, workflowRun });
  if (kind === "plan" && request.state === "requested") draft.move(known, "planning");
  // Nobody waits for it any more: the run would only be refused.
  else if (!isOpen(request) && workflowRun !== null) draft.add({ kind: "cancel", workflowRun });
}

export function takeNotDispatched(draft: Draft, { request: id, job, why, askedAt }: Of<"not-dispatched">): void {
  const request = draft.request(id);
  if (request === null || request.jobs[job]?.askedAt !== askedAt) return;
  if (request.state !== "requested" && request.state !== "approved") return;
  draft.move(request, "refused", [
    {
      code: "not-dispatched",
      message: `GitHub did not start the workflow: ${why}`,
      hint: "`workflow` of belay.yml names it; it must be on the default branch",
    },
  ]);
}

/** Approvals count from here on. */
export function takeShown(draft: Draft, { request: id, digest }: Of<"shown">): void {
  const request = draft.request(id);
  if (request?.plan === null || request?.plan === undefined) return;
  if (request.plan.digest !== digest || request.plan.shownAt !== null) return;
  draft.put({ ...request, plan: { ...request.plan, shownAt: draft.at } });
}

/** Found by its number, or by the request's name at the end of its title. */
export function takeWorkflowRun(draft: Draft, event: WorkflowRunChanged): void {
  if (event.status === "completed") endRules(draft, event);
  const { workflowRun, status, title } = event;
  const named = /^belay \S+ \S+ (?<request>r\d+)$/u.exec(title)?.groups?.["request"] ?? "";
  for (const request of draft.requests) {
    for (const kind of ["plan", "run"] as const) {
      const job = request.jobs[kind];
      if (job === null || job.completedAt !== null) continue;
      const isKnown = workflowRunOf(job) === workflowRun;
      const isNew =
        workflowRunOf(job) === null &&
        request.id === named &&
        !request.spent.includes(workflowRun) &&
        (kind === "run" || request.jobs.run === null);
      if (!isKnown && !isNew) continue;
      const completedAt = status === "completed" ? draft.at : null;
      const known = withJob(request, kind, { ...job, workflowRun: job.workflowRun ?? workflowRun, completedAt });
      draft.put(known);
      if (!isOpen(known)) return;
      if (known.pull !== null) draft.add({ kind: "comment", pull: known.pull, environment: known.environment });
      if (completedAt !== null) endOverdue(draft, known);
      return;
    }
  }
}

export function withJob(request: Request, kind: JobKind, job: Job): Request {
  return { ...request, jobs: { ...request.jobs, [kind]: job } };
}
