/** The few things that Belay asks of GitHub's API, each as a function; answers are cut down to what is used. */

import { GitHubFailure } from "./github-failure.ts";
import type { Requests } from "./requests.ts";

export interface Repository {
  readonly owner: string;
  readonly name: string;
}

export interface Account {
  readonly id: number;
  readonly login: string;
}

export async function defaultBranch(github: Requests, repository: Repository): Promise<string> {
  const data = await github.read("the repository's default branch", (request, options) =>
    request("GET /repos/{owner}/{repo}", { ...names(repository), ...options }),
  );
  return data.default_branch;
}

/** The commit that a branch is at. What speaks GitHub's language without being it may know a branch by one of its two addresses alone. */
export async function branchHead(github: Requests, repository: Repository, branch: string): Promise<string> {
  const act = `the newest commit of ${branch}`;
  const own = names(repository);
  try {
    const ref = `heads/${branch}`;
    const commit = await github.read(act, (request, options) =>
      request("GET /repos/{owner}/{repo}/commits/{ref}", { ...own, ref, ...options }),
    );
    return commit.sha;
  } catch (error) {
    if (!(error instanceof GitHubFailure) || !["not-found", "refused"].includes(error.reason)) throw error;
    const found = await github.read(act, (request, options) =>
      request("GET /repos/{owner}/{repo}/branches/{branch}", { ...own, branch, ...options }),
    );
    return found.commit.sha;
  }
}

/** The tree of a commit: equal where all files are. */
export async function treeOf(github: Requests, repository: Repository, sha: string): Promise<string> {
  const data = await github.read(`the files of commit ${sha.slice(0, 7)}`, (request, options) =>
    request("GET /repos/{owner}/{repo}/commits/{ref}", { ...names(repository), ref: sha, ...options }),
  );
  return data.commit.tree.sha;
}

export interface RepositoryFile {
  /** `file`, `dir`, `symlink`, `submodule`. */
  readonly type: string;
  readonly sizeBytes: number;
  /** null where GitHub does not give it: it is no file, or larger than 1 MB. */
  readonly text: string | null;
}

export async function fileAt(github: Requests, repository: Repository, path: string, sha: string): Promise<RepositoryFile> {
  const data = await github.read(`${path} at ${sha.slice(0, 7)}`, (request, options) =>
    request("GET /repos/{owner}/{repo}/contents/{path}", { ...names(repository), path, ref: sha, ...options }),
  );
  if (Array.isArray(data)) return { type: "dir", sizeBytes: 0, text: null };
  const isText = data.type === "file" && "content" in data && data.encoding === "base64";
  return { type: data.type, sizeBytes: data.size, text: isText ? Buffer.from(data.content, "base64").toString("utf8") : null };
}

export interface RunReview {
  readonly state: string;
  /** Names of GitHub environments. */
  readonly environments: readonly string[];
  readonly reviewer: Account;
}

/** What reviewers said of the environments that this run waited for. */
export async function runReviews(github: Requests, repository: Repository, runId: number): Promise<readonly RunReview[]> {
  const data = await github.read("the approvals of this workflow run", (request, options) =>
    request("GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals", { ...names(repository), run_id: runId, ...options }),
  );
  return data.map(({ state, environments, user }) => ({
    state,
    environments: environments.flatMap(({ name }) => (name === undefined ? [] : [name])),
    reviewer: account(user),
  }));
}

export interface Protection {
  /** null: no required reviewers. */
  readonly reviewers: { readonly users: readonly string[]; readonly teams: readonly string[] } | null;
  /** Patterns of the branches and tags that may use it; null: those that are protected. `*` alone: every one. */
  readonly refs: readonly string[] | null;
}

/** How an environment is protected; its teams are slugs of the owner's. */
export async function protectionOf(github: Requests, repository: Repository, environment: string): Promise<Protection> {
  const data = await github.read(`the environment ${environment}`, (request, options) =>
    request("GET /repos/{owner}/{repo}/environments/{environment_name}", {
      ...names(repository),
      environment_name: environment,
      ...options,
    }),
  );
  const listed = (data.protection_rules ?? []).flatMap((rule) => ("reviewers" in rule ? (rule.reviewers ?? []) : []));
  const users = listed.flatMap(({ reviewer }) => (reviewer !== undefined && "login" in reviewer ? [reviewer.login] : []));
  const teams = listed.flatMap(({ reviewer }) => (reviewer !== undefined && "slug" in reviewer ? [reviewer.slug] : []));
  const policy = data.deployment_branch_policy;
  // null is every branch; a server too old to have the key at all says nothing about branches.
  const refs = policy?.custom_branch_policies === true ? await patterns(github, repository, environment) : policy === null ? ["*"] : null;
  return { reviewers: listed.length === 0 ? null : { users, teams }, refs };
}

async function patterns(github: Requests, repository: Repository, environment: string): Promise<readonly string[]> {
  const data = await github.read(`the branches of the environment ${environment}`, (request, options) =>
    request("GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies", {
      ...names(repository),
      environment_name: environment,
      per_page: 100,
      ...options,
    }),
  );
  return data.branch_policies.flatMap(({ name }) => (name === undefined ? [] : [name]));
}

/** Logins, lower case. Throws `forbidden` or `not-found` where the token may not look into the team. */
export async function teamMembers(github: Requests, organisation: string, slug: string): Promise<ReadonlySet<string>> {
  const data = await github.pages(`the members of ${organisation}/${slug}`, (request, page, options) =>
    request("GET /orgs/{org}/teams/{team_slug}/members", { org: organisation, team_slug: slug, ...page, ...options }),
  );
  return new Set(data.map(({ login }) => login.toLowerCase()));
}

/** `admin`, `write` (maintain appears as it), `read` (triage too) or `none`. */
export async function permissionOf(github: Requests, repository: Repository, login: string): Promise<string> {
  const data = await github.read(`the rights of ${login}`, (request, options) =>
    request("GET /repos/{owner}/{repo}/collaborators/{username}/permission", { ...names(repository), username: login, ...options }),
  );
  return data.permission;
}

export interface PullRequestFacts {
  readonly number: number;
  /** null: the account is gone. */
  readonly author: Account | null;
  readonly headSha: string;
  readonly baseBranch: string;
  readonly isMerged: boolean;
  readonly mergeSha: string | null;
}

/** The pull requests that a commit belongs to. */
export async function pullsOf(github: Requests, repository: Repository, sha: string): Promise<readonly PullRequestFacts[]> {
  const data = await github.pages(`the pull requests of commit ${sha.slice(0, 7)}`, (request, page, options) =>
    request("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", { ...names(repository), commit_sha: sha, ...page, ...options }),
  );
  return data.map((pull) => ({
    number: pull.number,
    author: pull.user === null ? null : account(pull.user),
    headSha: pull.head.sha,
    baseBranch: pull.base.ref,
    isMerged: pull.merged_at !== null,
    mergeSha: pull.merge_commit_sha,
  }));
}

export interface PullReview {
  /** `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED`, `PENDING`. */
  readonly state: string;
  /** null: the account is gone. */
  readonly reviewer: Account | null;
  readonly commitSha: string | null;
  /** ISO 8601; null where it was never submitted. */
  readonly submittedAt: string | null;
}

/** In the order in which they were given. */
export async function pullReviews(github: Requests, repository: Repository, number: number): Promise<readonly PullReview[]> {
  const data = await github.pages(`the reviews of #${number}`, (request, page, options) =>
    request("GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews", { ...names(repository), pull_number: number, ...page, ...options }),
  );
  return data.map((review) => ({
    state: review.state,
    reviewer: review.user === null ? null : account(review.user),
    commitSha: review.commit_id,
    submittedAt: review.submitted_at ?? null,
  }));
}

/** GitHub's client reads numbers that JavaScript cannot hold as bigint; no id is that large. */
export interface WrittenAccount {
  readonly id: number | bigint;
  readonly login: string;
}

export function account({ id, login }: WrittenAccount): Account {
  return { id: Number(id), login };
}

/** As paths of the API name a repository. */
export function names({ owner, name }: Repository): { readonly owner: string; readonly repo: string } {
  return { owner, repo: name };
}
