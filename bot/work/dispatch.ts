/** Starts the workflow. A second start of one request is harmless: the first run that claims its grant owns it. */

import type { Dispatch } from "../core/effect.ts";
import { orNone } from "../github/api.ts";
import { done, type Surroundings } from "./surroundings.ts";
import type { Performance } from "./worker.ts";

export async function dispatch(effect: Dispatch, around: Surroundings): Promise<Performance> {
  const { request, job, command, environment, sha, targets, askedAt } = effect;
  const { api, names, policies, entry } = around;
  const { facts, workflow, branch } = await policies.read(api, names);
  if (facts.kind !== "read")
    return told({ kind: "not-dispatched", request, job, askedAt, why: "belay.yml of the default branch cannot be read any more" });
  const earlier = entry.attempts > 0 ? await started(effect, workflow, around) : null;
  if (earlier !== null) return told({ kind: "dispatched", request, job, askedAt, workflowRun: earlier });
  const answer = await api("post", "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", {
    ...names,
    workflow_id: workflow,
    ref: branch,
    inputs: { request, environment, command, sha, target: targets.join(",") },
    ...(isHosted(around) ? { return_run_details: true } : {}),
  });
  return told({ kind: "dispatched", request, job, askedAt, workflowRun: runOf(answer) });
}

/** GitHub Enterprise Server does not know `return_run_details`; there the run is found by its title. */
function isHosted({ serverUrl }: Surroundings): boolean {
  const { hostname } = new URL(serverUrl);
  return hostname === "github.com" || hostname.endsWith(".ghe.com");
}

function runOf(answer: unknown): number | null {
  const id = typeof answer === "object" && answer !== null && "workflow_run_id" in answer ? answer.workflow_run_id : null;
  return typeof id === "number" ? id : null;
}

/** `run-name: belay COMMAND ENVIRONMENT REQUEST`. */
async function started(
  { command, environment, request, spent }: Dispatch,
  workflow: string,
  { api, names }: Surroundings,
): Promise<number | null> {
  const asked = { ...names, workflow_id: workflow, event: "workflow_dispatch", per_page: 100 };
  const found = await orNone(api("get", "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs", asked));
  const run = found?.workflow_runs.find(
    ({ id, display_title: title }) => title === `belay ${command} ${environment} ${request}` && !spent.includes(Number(id)),
  );
  return run === undefined ? null : Number(run.id);
}

function told(happening: Extract<Performance, { kind: "done" }>["happenings"][number]): Performance {
  return done([happening]);
}
