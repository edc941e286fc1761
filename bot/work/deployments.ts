/** The deployment of a run, and its statuses: where other tools, and `needs`, look for what an environment has. */

import type { Effect } from "../core/effect.ts";
import { ENDED_WELL, isOpen, type Request } from "../core/request.ts";
import { takenBackBy } from "../core/taken-back.ts";
import { orNone } from "../github/api.ts";
import { done, type Surroundings } from "./surroundings.ts";
import type { Performance } from "./worker.ts";

export async function writeDeployment(
  { request: id }: Extract<Effect, { kind: "deployment" }>,
  around: Surroundings,
): Promise<Performance> {
  const { api, names, state, store, entry, serverUrl } = around;
  const request = state.requests.get(id);
  const run = request?.jobs.run?.grant ?? null;
  if (request === undefined || run === null) return done();
  const known = await store.memo(entry.repository.id, entry.key);
  const deployment = Number(known?.["id"] ?? (await find(request, around)) ?? (await create(request, around)));
  const back = takenBackBy([...state.requests.values()], request);
  const wanted = back === null ? statusOf(request) : "failure";
  const logUrl = `${serverUrl}/${names.owner}/${names.repo}/actions/runs/${run.workflowRun}`;
  if (known?.["state"] !== wanted && !(entry.attempts > 0 && (await isLatest(deployment, wanted, logUrl, around)))) {
    await api("post", "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
      ...names,
      deployment_id: deployment,
      state: wanted,
      log_url: logUrl,
      description: `${request.command} ${request.id}: ${request.state}${back === null ? "" : `, taken back by ${back.id}`}`.slice(0, 140),
      auto_inactive: wanted === "success",
    });
  }
  return done([], { id: deployment, state: wanted });
}

/** An earlier try may have come through after all. */
async function isLatest(deployment: number, state: string, logUrl: string, { api, names }: Surroundings): Promise<boolean> {
  const [latest] = await api("get", "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
    ...names,
    deployment_id: deployment,
    per_page: 1,
  });
  return latest?.state === state && latest.log_url === logUrl;
}

function statusOf(request: Request): "in_progress" | "success" | "failure" | "error" {
  if (isOpen(request)) return "in_progress";
  if (request.state === "needs-attention") return "error";
  return ENDED_WELL.has(request.state) ? "success" : "failure";
}

/** The audit record's head goes with it: an end of the record that is cut off later shows against it. */
async function create(request: Request, { api, names, store }: Surroundings): Promise<number> {
  const made = await api("post", "/repos/{owner}/{repo}/deployments", {
    ...names,
    ref: request.sha,
    task: "belay",
    environment: request.policy.githubEnvironment,
    auto_merge: false,
    required_contexts: [],
    payload: { belay: { request: request.id, audit: await store.auditHead() } },
  });
  // 202 is a merge of the default branch, which is not asked for.
  if (!("id" in made) || typeof made.id !== "number") throw new TypeError("GitHub answered a deployment without a number");
  return made.id;
}

async function find({ id, sha, policy }: Request, { api, names }: Surroundings): Promise<number | null> {
  const asked = { ...names, sha, environment: policy.githubEnvironment, task: "belay" };
  const found = await orNone(api.list("/repos/{owner}/{repo}/deployments", asked));
  const own = found?.find(({ payload }) => requestIn(payload) === id);
  return own === undefined ? null : Number(own.id);
}

function requestIn(payload: unknown): unknown {
  const parsed: unknown = typeof payload === "string" && payload.startsWith("{") ? JSON.parse(payload) : payload;
  const belay = typeof parsed === "object" && parsed !== null && "belay" in parsed ? parsed.belay : null;
  return typeof belay === "object" && belay !== null && "request" in belay ? belay.request : null;
}
