/** Check runs, and what a branch requires of them. */

import type { components } from "@octokit/openapi-types";

import { type ApiRequest, created, field, found, ok, param, Refusal, route, type Route, text } from "./route.ts";
import { appShape, nodeId, places, repositoryShape } from "./shapes.ts";
import type { CheckRun, CommitStatus } from "./state.ts";

type Schemas = components["schemas"];

const READ = [["checks", "read"]] as const;
const WRITE = [["checks", "write"]] as const;

export const CHECKS: readonly Route[] = [
  route("post", "/repos/{owner}/{repo}/check-runs", WRITE, (request) => {
    const { state } = request;
    const run: CheckRun = {
      id: state.nextId(),
      name: text(request, "name"),
      sha: text(request, "head_sha"),
      externalId: text(request, "external_id", ""),
      app: found(state.app).id,
      status: "queued",
      conclusion: null,
      title: "",
      summary: "",
      actions: [],
    };
    update(run, request);
    state.checkRuns.push(run);
    return created(shape(run, request));
  }),
  route("patch", "/repos/{owner}/{repo}/check-runs/{check_run_id}", WRITE, (request) => {
    const run = found(request.state.checkRuns.find(({ id }) => id === Number(param(request, "check_run_id"))));
    update(run, request);
    return ok(shape(run, request));
  }),
  route("get", "/repos/{owner}/{repo}/commits/{ref}/check-runs", READ, (request) => {
    const { query, state } = request;
    const name = query.get("check_name");
    const runs = state.checkRuns.filter((run) => run.sha === param(request, "ref") && (name === null || run.name === name));
    return ok({ total_count: runs.length, check_runs: runs.map((run) => shape(run, request)) });
  }),
  route("get", "/repos/{owner}/{repo}/commits/{ref}/status", [["statuses", "read"]], (request) => {
    const { state, base } = request;
    const sha = param(request, "ref");
    const { api } = places(request);
    const statuses = state.commitStatuses.filter((each) => each.sha === sha).map((each) => statusShape(each, api));
    const common = {
      sha,
      total_count: statuses.length,
      statuses,
      state: "pending",
      commit_url: `${api}/commits/${sha}`,
      url: `${api}/commits/${sha}/status`,
    };
    return ok({ ...common, repository: repositoryShape(state.repository, base) });
  }),
  route("get", "/repos/{owner}/{repo}/rules/branches/{branch}", [], ({ state }) =>
    ok(
      [...state.requiredChecks].map((context) => ({
        type: "required_status_checks" as const,
        parameters: { required_status_checks: [{ context }], strict_required_status_checks_policy: false },
      })),
    ),
  ),
  route("get", "/repos/{owner}/{repo}/branches/{branch}", [["contents", "read"]], () => {
    throw new Refusal(404, "Branch not found");
  }),
];

function statusShape({ id, state, context, description, targetUrl, createdAt, sha }: CommitStatus, api: string) {
  const common = { id, node_id: nodeId("SC", id), state, context, description, target_url: targetUrl, avatar_url: null };
  return { ...common, url: `${api}/statuses/${sha}`, created_at: createdAt, updated_at: createdAt };
}

/** GitHub shows buttons only on what is completed, three at most, and cuts nothing: it refuses. */
function update(run: CheckRun, request: ApiRequest): void {
  const output = Object(field(request, "output"));
  const actions = field(request, "actions");
  run.status = text(request, "status", run.status);
  const conclusion = field(request, "conclusion");
  run.conclusion = typeof conclusion === "string" ? conclusion : null;
  if (typeof output.title === "string") run.title = output.title;
  if (typeof output.summary === "string") run.summary = output.summary;
  if (Array.isArray(actions)) {
    const fits = ({ label, description, identifier }: Readonly<Record<string, string>>) =>
      (label ?? "").length <= 20 && (description ?? "").length <= 40 && (identifier ?? "").length <= 20;
    if (actions.length > 3 || !actions.every(fits)) throw new Refusal(422, "Invalid request.");
    run.actions = actions;
  }
  if (run.summary.length > 65_535) throw new Refusal(422, "Invalid request.");
}

function shape(run: CheckRun, request: ApiRequest): Schemas["check-run"] {
  const { api, web } = places(request);
  const at = request.state.now();
  return {
    id: run.id,
    node_id: nodeId("CR", run.id),
    name: run.name,
    head_sha: run.sha,
    external_id: run.externalId,
    url: `${api}/check-runs/${run.id}`,
    html_url: `${web}/runs/${run.id}`,
    details_url: null,
    status: run.status === "completed" ? "completed" : run.status === "in_progress" ? "in_progress" : "queued",
    conclusion:
      (["success", "failure", "neutral", "cancelled", "action_required"] as const).find((each) => each === run.conclusion) ?? null,
    started_at: at,
    completed_at: run.conclusion === null ? null : at,
    output: {
      title: run.title,
      summary: run.summary,
      text: null,
      annotations_count: 0,
      annotations_url: `${api}/check-runs/${run.id}/annotations`,
    },
    check_suite: { id: 1 },
    app: appShape(found(request.state.app), request),
    pull_requests: [],
  };
}
