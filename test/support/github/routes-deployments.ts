import type { components } from "@octokit/openapi-types";

import { type ApiRequest, created, field, found, page, param, Refusal, route, type Route, text } from "./route.ts";
import { nodeId, places, userShape } from "./shapes.ts";
import type { Deployment, DeploymentState, DeploymentStatus } from "./state.ts";

type Schemas = components["schemas"];

const READ = [["deployments", "read"]] as const;
const WRITE = [["deployments", "write"]] as const;
const STATES: readonly DeploymentState[] = ["error", "failure", "inactive", "pending", "success", "queued", "in_progress"];

export const DEPLOYMENTS: readonly Route[] = [
  route("get", "/repos/{owner}/{repo}/deployments", READ, (request) => {
    const matches = (name: "sha" | "ref" | "task" | "environment", deployment: Deployment) => {
      const asked = request.query.get(name) ?? "none";
      return asked === "none" || deployment[name] === asked;
    };
    const deployments = request.state.deployments.filter((each) =>
      (["sha", "ref", "task", "environment"] as const).every((name) => matches(name, each)),
    );
    return page(
      request,
      deployments.toReversed().map((each) => deploymentShape(request, each)),
    );
  }),
  route("post", "/repos/{owner}/{repo}/deployments", WRITE, async (request) => {
    const ref = text(request, "ref");
    const sha = await request.git.resolve(ref);
    if (sha === null) throw new Refusal(422, `No ref found for: ${ref}`);
    const environment = text(request, "environment", "production");
    const deployment = request.state.deploy({
      sha,
      ref,
      environment,
      creator: request.token.user.login,
      task: text(request, "task", "deploy"),
      payload: field(request, "payload"),
    });
    return created(deploymentShape(request, deployment));
  }),
  route("get", "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses", READ, (request) => {
    const { id } = asked(request);
    const statuses = request.state.deploymentStatuses.filter(({ deployment }) => deployment === id);
    return page(
      request,
      statuses.toReversed().map((status) => deploymentStatusShape(request, status)),
    );
  }),
  route("post", "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses", WRITE, (request) => {
    const state = STATES.find((each) => each === field(request, "state"));
    const description = text(request, "description", "");
    if (state === undefined || description.length > 140) throw new Refusal(422, "Validation Failed");
    const logUrl = text(request, "log_url", "");
    return created(
      deploymentStatusShape(request, request.state.setDeployment(asked(request), state, request.token.user, description, logUrl)),
    );
  }),
  route("post", "/repos/{owner}/{repo}/statuses/{sha}", [["statuses", "write"]], async (request) => {
    const sha = await request.git.resolve(param(request, "sha"));
    if (sha === null) throw new Refusal(422, `No commit found for SHA: ${param(request, "sha")}`);
    return created(commitStatus(request, sha));
  }),
];

function asked(request: ApiRequest): Deployment {
  return found(request.state.deployments.find(({ id }) => id === Number(param(request, "deployment_id"))));
}

function deploymentShape(request: ApiRequest, deployment: Deployment): Schemas["deployment"] {
  const { api } = places(request);
  const self = `${api}/deployments/${deployment.id}`;
  return {
    id: deployment.id,
    node_id: nodeId("DE", deployment.id),
    url: self,
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    environment: deployment.environment,
    original_environment: deployment.environment,
    description: null,
    creator: userShape(deployment.creator, request.base),
    created_at: deployment.createdAt,
    updated_at: deployment.createdAt,
    statuses_url: `${self}/statuses`,
    repository_url: api,
  };
}

function deploymentStatusShape(request: ApiRequest, status: DeploymentStatus): Schemas["deployment-status"] {
  const { api } = places(request);
  const deployment = `${api}/deployments/${status.deployment}`;
  return {
    id: status.id,
    node_id: nodeId("DES", status.id),
    url: `${deployment}/statuses/${status.id}`,
    state: status.state,
    description: status.description,
    creator: userShape(status.creator, request.base),
    target_url: status.logUrl,
    log_url: status.logUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: deployment,
    repository_url: api,
  };
}

function commitStatus(request: ApiRequest, sha: string): Schemas["status"] {
  const { state, token } = request;
  const optional = (name: string) => (field(request, name) === null ? null : text(request, name));
  const status = {
    id: state.nextId(),
    sha,
    state: text(request, "state"),
    context: optional("context") ?? "default",
    description: optional("description"),
    targetUrl: optional("target_url"),
    creator: token.user,
    createdAt: state.now(),
  };
  state.commitStatuses.push(status);
  return {
    id: status.id,
    node_id: nodeId("SC", status.id),
    url: `${places(request).api}/statuses/${sha}`,
    avatar_url: null,
    state: status.state,
    context: status.context,
    description: status.description,
    target_url: status.targetUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator: userShape(token.user, request.base),
  };
}
