/** The event that started a workflow, as far as Belay reads it. Every part may be missing: events differ, and a runner may leave them out. */

export interface GitHubEvent {
  readonly repositoryId: number | null;
  readonly defaultBranch: string | null;
  readonly pullRequest: EventPullRequest | null;
}

export interface EventPullRequest {
  readonly number: number;
  readonly headSha: string;
  readonly baseBranch: string;
  readonly author: { readonly id: number; readonly login: string } | null;
  /** Its head is in another repository, or in one that is gone. */
  readonly isFork: boolean;
}

export function eventOf(payload: unknown): GitHubEvent {
  return {
    repositoryId: numberAt(payload, "repository", "id"),
    defaultBranch: textAt(payload, "repository", "default_branch"),
    pullRequest: pullRequestOf(at(payload, "pull_request")),
  };
}

function pullRequestOf(pull: unknown): EventPullRequest | null {
  const [number, headSha, baseBranch] = [numberAt(pull, "number"), textAt(pull, "head", "sha"), textAt(pull, "base", "ref")];
  if (number === null || headSha === null || baseBranch === null) return null;
  const [id, login] = [numberAt(pull, "user", "id"), textAt(pull, "user", "login")];
  const head = numberAt(pull, "head", "repo", "id");
  return {
    number,
    headSha,
    baseBranch,
    author: id === null || login === null ? null : { id, login },
    isFork: head === null || head !== numberAt(pull, "base", "repo", "id"),
  };
}

function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" ? found : null;
}

function numberAt(value: unknown, ...path: readonly string[]): number | null {
  const found = at(value, ...path);
  return typeof found === "number" ? found : null;
}

/** What stands at a path in parsed JSON; undefined where anything on the way is missing. */
function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = Object.entries(found).find(([name]) => name === key)?.[1];
  }
  return found;
}
