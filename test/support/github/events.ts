/** Events as GitHub's runner passes them to a job: the variables that depend on them, and the payload of GITHUB_EVENT_PATH. */

import type { FakeGitHub } from "./server.ts";
import { pullShape } from "./shape-pull.ts";
import { repositoryShape, userShape, type View, WEB } from "./shapes.ts";
import type { PullRequest, User } from "./state.ts";

export interface WorkflowEvent {
  readonly name: "push" | "pull_request" | "schedule" | "workflow_dispatch";
  readonly ref: string;
  /** GITHUB_SHA: for a pull request the merge that GitHub tries. */
  readonly sha: string;
  /** Empty unless it is a pull request. */
  readonly headRef: string;
  readonly baseRef: string;
  readonly actor: User;
  readonly payload: Readonly<Record<string, unknown>>;
}

const NOTHING = "0".repeat(40);

export function pushEvent(
  github: FakeGitHub,
  {
    sha,
    actor,
    before = NOTHING,
    branch,
  }: { readonly sha: string; readonly actor: string; readonly before?: string; readonly branch?: string },
): WorkflowEvent {
  const ref = `refs/heads/${branch ?? github.state.repository.defaultBranch}`;
  const user = github.state.user(actor);
  const commit = { id: sha, message: "Change", timestamp: github.state.now(), author: { name: actor, email: `${actor}@example.org` } };
  const payload = {
    ref,
    before,
    after: sha,
    base_ref: null,
    created: before === NOTHING,
    deleted: false,
    forced: false,
    compare: `${WEB}/acme/shop/compare/${before.slice(0, 12)}...${sha.slice(0, 12)}`,
    commits: [commit],
    head_commit: commit,
    pusher: { name: actor, email: `${actor}@example.org` },
    ...surroundings(github, user),
  };
  return { name: "push", ref, sha, headRef: "", baseRef: "", actor: user, payload };
}

/** `sha`: of the merge on the side. A fork's pull request differs in its payload alone: its head is in another repository. */
export function pullRequestEvent(github: FakeGitHub, pull: PullRequest, sha: string, action = "synchronize"): WorkflowEvent {
  const payload = { action, number: pull.number, pull_request: pullShape(view(github), pull), ...surroundings(github, pull.author) };
  return {
    name: "pull_request",
    ref: `refs/pull/${pull.number}/merge`,
    sha,
    headRef: pull.head.branch,
    baseRef: pull.base.branch,
    actor: pull.author,
    payload,
  };
}

/** Nearly empty: it does not even name the repository. */
export function scheduleEvent(github: FakeGitHub, sha: string, actor = "alice"): WorkflowEvent {
  const ref = `refs/heads/${github.state.repository.defaultBranch}`;
  const payload = { schedule: "17 3 * * *", workflow: ".github/workflows/verify.yml" };
  return { name: "schedule", ref, sha, headRef: "", baseRef: "", actor: github.state.user(actor), payload };
}

/** `ref`: of another branch than the default one. */
export function dispatchEvent(
  github: FakeGitHub,
  {
    sha,
    actor,
    inputs,
    ref,
  }: { readonly sha: string; readonly actor: string; readonly inputs?: Readonly<Record<string, string>>; readonly ref?: string },
): WorkflowEvent {
  const user = github.state.user(actor);
  const from = ref ?? `refs/heads/${github.state.repository.defaultBranch}`;
  const payload = { inputs: inputs ?? null, ref: from, workflow: ".github/workflows/deploy.yml", ...surroundings(github, user) };
  return { name: "workflow_dispatch", ref: from, sha, headRef: "", baseRef: "", actor: user, payload };
}

function view(github: FakeGitHub): View {
  return { state: github.state, base: github.url };
}

function surroundings(github: FakeGitHub, sender: User) {
  const { repository } = github.state;
  return {
    repository: repositoryShape(repository, github.url),
    organization: { login: repository.owner.login, id: repository.owner.id },
    sender: userShape(sender, github.url),
  };
}
