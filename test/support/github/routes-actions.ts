import type { components } from "@octokit/openapi-types";

import { type ApiRequest, found, ok, param, Refusal, route, type Route } from "./route.ts";
import { nodeId, places, repositoryShape, teamShape, userShape } from "./shapes.ts";
import type { Environment, RunReview, WorkflowRun } from "./state.ts";

type Schemas = components["schemas"];

const READ = [["actions", "read"]] as const;

export const ACTIONS: readonly Route[] = [
  route("get", "/repos/{owner}/{repo}/environments/{environment_name}", READ, (request) =>
    ok(environmentShape(request, askedEnvironment(request))),
  ),
  route("get", "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies", READ, (request) => {
    const { id, branches, patterns } = askedEnvironment(request);
    if (branches !== "selected") throw new Refusal(404, "Not Found");
    const policies = patterns.map((name, index) => ({
      id: id * 10 + index,
      node_id: nodeId("GA", id * 10 + index),
      name,
      type: "branch" as const,
    }));
    return ok({ total_count: policies.length, branch_policies: policies });
  }),
  route("get", "/repos/{owner}/{repo}/actions/runs/{run_id}", READ, async (request) => ok(await runShape(request, asked(request)))),
  route("get", "/repos/{owner}/{repo}/actions/runs/{run_id}/approvals", READ, (request) => {
    const run = asked(request);
    return ok(request.state.runReviews.filter((review) => review.run === run.id).map((review) => runReviewShape(request, review)));
  }),
  route("get", "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs", READ, (request) => {
    const run = asked(request);
    return ok({ total_count: run.jobs.length, jobs: run.jobs.map((job) => jobShape(request, run, job)) });
  }),
];

function asked(request: ApiRequest): WorkflowRun {
  return found(request.state.runs.find(({ id }) => id === Number(param(request, "run_id"))));
}

function askedEnvironment(request: ApiRequest): Environment {
  const name = param(request, "environment_name").toLowerCase();
  return found(request.state.environments.find((each) => each.name.toLowerCase() === name));
}

function environmentShape(request: ApiRequest, environment: Environment): Schemas["environment"] {
  const { id, name, reviewers, branches } = environment;
  const rules: Schemas["environment"]["protection_rules"] = [];
  if (reviewers.length > 0) {
    rules.push({
      id: id * 10,
      node_id: nodeId("GA", id * 10),
      type: "required_reviewers",
      prevent_self_review: environment.preventSelfReview,
      reviewers: reviewers.map((each) =>
        "members" in each
          ? { type: "Team", reviewer: teamShape(each, request.state.repository.owner, request.base) }
          : { type: "User", reviewer: userShape(each, request.base) },
      ),
    });
  }
  if (branches !== "all") rules.push({ id: id * 10 + 1, node_id: nodeId("GA", id * 10 + 1), type: "branch_policy" });
  return {
    ...environmentAddresses(request, environment),
    protection_rules: rules,
    deployment_branch_policy:
      branches === "all" ? null : { protected_branches: branches === "protected", custom_branch_policies: branches === "selected" },
    name,
  };
}

function environmentAddresses(request: ApiRequest, { id, name }: Environment) {
  const { api, web } = places(request);
  const at = "2026-01-02T03:04:05Z";
  return {
    id,
    node_id: nodeId("EN", id),
    name,
    url: `${api}/environments/${encodeURIComponent(name)}`,
    html_url: `${web}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
    created_at: at,
    updated_at: at,
  };
}

function runReviewShape(request: ApiRequest, review: RunReview): Schemas["environment-approvals"] {
  const { environments } = request.state;
  return {
    environments: environments.filter(({ name }) => review.environments.includes(name)).map((each) => environmentAddresses(request, each)),
    state: review.state,
    user: userShape(review.user, request.base),
    comment: review.comment,
  };
}

export async function runShape(request: ApiRequest, run: WorkflowRun): Promise<Schemas["workflow-run"]> {
  const { api, web } = places(request);
  const repository = repositoryShape(request.state.repository, request.base);
  const commit = await request.git.commit(run.sha);
  const self = `${api}/actions/runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId("WFR", run.id),
    name: "deploy",
    display_title: run.title,
    path: run.path,
    event: run.event,
    status: run.over === true ? "completed" : "in_progress",
    conclusion: null,
    head_branch: run.branch,
    head_sha: run.sha,
    run_number: 1,
    run_attempt: run.attempt,
    run_started_at: run.createdAt,
    workflow_id: 1,
    check_suite_id: run.id * 10,
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: run.createdAt,
    actor: userShape(run.actor, request.base),
    triggering_actor: userShape(run.triggeringActor, request.base),
    url: self,
    html_url: `${web}/actions/runs/${run.id}`,
    jobs_url: `${self}/jobs`,
    logs_url: `${self}/logs`,
    artifacts_url: `${self}/artifacts`,
    cancel_url: `${self}/cancel`,
    rerun_url: `${self}/rerun`,
    previous_attempt_url: null,
    check_suite_url: `${api}/check-suites/${run.id * 10}`,
    workflow_url: `${api}/actions/workflows/1`,
    head_commit: {
      id: run.sha,
      tree_id: commit.tree,
      message: commit.message,
      timestamp: commit.committer.date,
      author: { name: commit.author.name, email: commit.author.email },
      committer: { name: commit.committer.name, email: commit.committer.email },
    },
    repository,
    head_repository: repository,
  };
}

function jobShape(request: ApiRequest, run: WorkflowRun, { id, name }: WorkflowRun["jobs"][number]): Schemas["job"] {
  const { api, web } = places(request);
  return {
    id,
    node_id: nodeId("CR", id),
    run_id: run.id,
    run_attempt: run.attempt,
    run_url: `${api}/actions/runs/${run.id}`,
    url: `${api}/actions/jobs/${id}`,
    html_url: `${web}/actions/runs/${run.id}/job/${id}`,
    check_run_url: `${api}/check-runs/${id}`,
    head_sha: run.sha,
    head_branch: run.branch,
    status: "in_progress",
    conclusion: null,
    created_at: run.createdAt,
    started_at: run.createdAt,
    completed_at: null,
    name,
    steps: [],
    labels: ["ubuntu-latest"],
    runner_id: 1,
    runner_name: "runner-1",
    runner_group_id: 1,
    runner_group_name: "Default",
    workflow_name: "deploy",
  };
}
