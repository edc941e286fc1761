/** `needs`: was the environment before this one deployed with the same migrations? GitHub's deployments are the record. */

import type { Reason } from "../domain/error.ts";
import { treeOf } from "./api.ts";
import type { GitHubContext } from "./context.ts";
import { type Deployment, deploymentsOf, type DeploymentStatus, describeDeployment, statusesOf } from "./deployments-api.ts";
import { GitHubFailure } from "./github-failure.ts";
import type { Requests } from "./requests.ts";

type Place = Pick<GitHubContext, "repository" | "sha">;

/** How far back a deployment of another commit is looked for. */
const MOST = 30;

/**
 * null where a deployment of the GitHub environment succeeded with this commit, with a commit of the same files, or with the same
 * pending set. Throws `GitHubFailure`.
 */
export async function unmetNeed(github: Requests, place: Place, environment: string, pendingDigest: string): Promise<Reason | null> {
  const { repository, sha } = place;
  const same = await deploymentsOf(github, repository, { environment, sha, most: MOST });
  for (const deployment of same) {
    if (succeeded(await statusesOf(github, repository, deployment.id))) return null;
  }
  const others = (await deploymentsOf(github, repository, { environment, most: MOST })).filter((each) => each.sha !== sha);
  const tree = others.length === 0 ? "" : await treeOf(github, repository, sha);
  for (const deployment of others) {
    const statuses = await statusesOf(github, repository, deployment.id);
    if (!succeeded(statuses)) continue;
    if (statuses.some(({ description }) => description === describing(pendingDigest))) return null;
    if ((await treeOrNone(github, place, deployment)) === tree) return null;
  }
  const tried = same.length > 0 ? `, though it was tried with ${sha.slice(0, 7)}` : "";
  return {
    code: "needs-unmet",
    message: `${environment} comes first, and was not deployed with these migrations${tried}`,
    hint: `deploy ${environment} with this commit, or with the same migrations; the job there needs \`environment: ${environment}\``,
  };
}

/** A later deployment makes one inactive that succeeded; one that failed after its success did not succeed. */
function succeeded(statuses: readonly DeploymentStatus[]): boolean {
  const ended = statuses.filter(({ state }) => state !== "inactive");
  return ended.some(({ state }) => state === "success") && !ended.some(({ state }) => state === "failure" || state === "error");
}

/** null: the commit is gone, as after a force-push; GitHub says so by 422. */
async function treeOrNone(github: Requests, { repository }: Place, { sha }: Deployment): Promise<string | null> {
  try {
    return await treeOf(github, repository, sha);
  } catch (error) {
    if (error instanceof GitHubFailure && (error.reason === "not-found" || error.reason === "refused")) return null;
    throw error;
  }
}

/** `belay sha256:…`; GitHub takes 140 characters. */
function describing(pendingDigest: string): string {
  return `belay ${pendingDigest}`.slice(0, 140);
}

/**
 * After a good run: leaves the pending set's digest with the deployment that GitHub made for this job, for environments that need this
 * one. Gives why it could not, as a notice; null where it did.
 */
export async function recordDeployed(
  github: Requests,
  context: Pick<GitHubContext, "repository" | "sha" | "serverUrl" | "runId">,
  environment: string,
  pendingDigest: string,
): Promise<string | null> {
  const { repository, sha, serverUrl, runId } = context;
  const run = `${serverUrl}/${repository.owner}/${repository.name}/actions/runs/${runId}`;
  try {
    for (const { id } of await deploymentsOf(github, repository, { environment, sha, most: MOST })) {
      const own = (await statusesOf(github, repository, id)).find(({ logUrl }) => logUrl === run || logUrl.startsWith(`${run}/`));
      if (own === undefined) continue;
      await describeDeployment(github, repository, id, { description: describing(pendingDigest), logUrl: own.logUrl });
      return null;
    }
    return `the pending set was not noted: GitHub has no deployment of ${environment} for this job`;
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error;
    const right = error.reason === "forbidden" || error.reason === "not-found" ? "; the job needs `deployments: write`" : "";
    return `the pending set was not noted with the deployment: ${error.message}${right}`;
  }
}
