/** Deployments and their statuses, as GitHub's API has them. */

import { names, type Repository } from "./api.ts";
import type { Requests } from "./requests.ts";

export interface Deployment {
  readonly id: number;
  readonly sha: string;
}

export interface DeploymentStatus {
  readonly state: string;
  readonly description: string;
  /** Where the job is that wrote it; empty where it does not say. */
  readonly logUrl: string;
}

/** Newest first, so many at most. `sha`: only of this commit; whoever answers and leaves the question's limits out is not believed. */
export async function deploymentsOf(
  github: Requests,
  repository: Repository,
  { environment, sha, most }: { readonly environment: string; readonly sha?: string; readonly most: number },
): Promise<readonly Deployment[]> {
  const data = await github.read(`the deployments of ${environment}`, (request, options) =>
    request("GET /repos/{owner}/{repo}/deployments", {
      ...names(repository),
      environment,
      ...(sha === undefined ? {} : { sha }),
      per_page: most,
      ...options,
    }),
  );
  const own = data.filter((each) => each.environment.toLowerCase() === environment.toLowerCase() && (sha ?? each.sha) === each.sha);
  return own.map((deployment) => ({ id: Number(deployment.id), sha: deployment.sha }));
}

/** Newest first. */
export async function statusesOf(github: Requests, repository: Repository, deploymentId: number): Promise<readonly DeploymentStatus[]> {
  const data = await github.pages("the state of a deployment", (request, page, options) =>
    request("GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
      ...names(repository),
      deployment_id: deploymentId,
      ...page,
      ...options,
    }),
  );
  return data
    .toSorted((a, b) => Number(b.id) - Number(a.id))
    .map((status) => ({ state: status.state, description: status.description, logUrl: status.log_url ?? status.target_url }));
}

/** Leaves a word with a deployment that is still under way. A doubled one does no harm, so it is asked again like a question. */
export async function describeDeployment(
  github: Requests,
  repository: Repository,
  deploymentId: number,
  { description, logUrl }: { readonly description: string; readonly logUrl: string },
): Promise<void> {
  await github.read("a note on the deployment", (request, options) =>
    request("POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
      ...names(repository),
      deployment_id: deploymentId,
      state: "in_progress",
      auto_inactive: false,
      description,
      log_url: logUrl,
      ...options,
    }),
  );
}
