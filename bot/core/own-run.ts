/** A job that this bot started itself waits at its environment: the request that it is for says whether it may go on. Its grant decides. */

import type { Draft } from "./draft.ts";
import type { RuleAsked, WaitingRun } from "./event.ts";
import { jobEnvironment } from "./job-environment.ts";
import { commandOf } from "./queue.ts";
import { type Request, workflowRunOf } from "./request.ts";

export function answerOwnRun(draft: Draft, { workflowRun, environment }: RuleAsked, run: WaitingRun): void {
  const request = requestOf(draft, workflowRun, run.title);
  const isExpected = request !== null && run.attempt === 1 && mayGoOn(request, workflowRun, environment);
  const state = isExpected ? "approved" : "rejected";
  const say = isExpected
    ? `${request.id}: its grant decides.`
    : `${request?.id ?? "This run"} has nothing to carry out any more. Ask anew.`;
  draft.note("rule", { workflowRun, environment, answer: state, request: request?.id ?? null });
  draft.add({ kind: "rule", workflowRun, attempt: run.attempt, environment, state, say });
}

/** By its number; by its name where the run is quicker than GitHub's answer to the dispatch. */
function requestOf(draft: Draft, workflowRun: number, title: string): Request | null {
  const known = draft.requests.find(({ jobs }) => [jobs.plan, jobs.run].some((job) => workflowRunOf(job) === workflowRun));
  if (known !== undefined) return known;
  const named = /^belay \S+ \S+ (?<request>r\d+)$/u.exec(title)?.groups?.["request"];
  return named === undefined ? null : draft.request(named);
}

function mayGoOn(request: Request, workflowRun: number, environment: string): boolean {
  return (["plan", "run"] as const).some((kind) => {
    const { state, policy, jobs } = request;
    const job = jobs[kind];
    const isThisRun = job !== null && (workflowRunOf(job) ?? workflowRun) === workflowRun;
    const isThere = jobEnvironment(policy.githubEnvironment, commandOf(request, kind)).toLowerCase() === environment.toLowerCase();
    const isDue = kind === "plan" ? state === "requested" || state === "planning" : state === "approved" || state === "running";
    return isThisRun && isThere && isDue;
  });
}
