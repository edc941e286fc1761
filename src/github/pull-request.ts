/** Which pull request a workflow run is about. */

import { type Account, pullsOf } from "./api.ts";
import type { GitHubContext } from "./context.ts";
import type { Requests } from "./requests.ts";

export interface PullRequest {
  readonly number: number;
  /** null: the account is gone. */
  readonly author: Account | null;
  readonly headSha: string;
}

/** That of the event; of a pushed commit the one that was merged as it. null where there is none. Throws `GitHubFailure`. */
export async function pullRequestOf(github: Requests, context: GitHubContext, defaultBranch: string): Promise<PullRequest | null> {
  const { pullRequest, eventName } = context;
  if (pullRequest !== null) return pullRequest;
  return eventName === "push" ? mergedPullRequest(github, context, defaultBranch) : null;
}

/** The pull request whose merge into the default branch is this very commit; null where none or more than one claims it. */
export async function mergedPullRequest(
  github: Requests,
  { repository, sha }: Pick<GitHubContext, "repository" | "sha">,
  defaultBranch: string,
): Promise<PullRequest | null> {
  const pulls = await pullsOf(github, repository, sha);
  const [pull, ...others] = pulls.filter((each) => each.isMerged && each.baseBranch === defaultBranch && each.mergeSha === sha);
  return pull === undefined || others.length > 0 ? null : { number: pull.number, author: pull.author, headSha: pull.headSha };
}
