import type { components } from "@octokit/openapi-types";

import { nodeId, places, repositoryShape, userShape, type View } from "./shapes.ts";
import type { PullRequest, User } from "./state.ts";

type Schemas = components["schemas"];
type PullRequestSimple = Schemas["pull-request-simple"];

/** As lists show it: everything that costs GitHub no look at the git repository. */
export function pullSimpleShape(view: View, pull: PullRequest): PullRequestSimple & Pick<Schemas["pull-request"], "labels"> {
  const { base, state } = view;
  const { api, web } = places(view);
  const side = (owner: User, branch: string, sha: string) => ({
    label: `${owner.login}:${branch}`,
    ref: branch,
    sha,
    user: userShape(owner, base),
    repo: repositoryShape(state.repository, base, owner),
  });
  return {
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    number: pull.number,
    state: pull.state,
    locked: false,
    draft: false,
    title: pull.title,
    body: pull.body,
    user: userShape(pull.author, base),
    labels: [],
    milestone: null,
    created_at: pull.createdAt,
    updated_at: pull.createdAt,
    closed_at: pull.merged?.at ?? null,
    merged_at: pull.merged?.at ?? null,
    merge_commit_sha: pull.merged?.sha ?? null,
    assignee: null,
    auto_merge: null,
    author_association: "CONTRIBUTOR",
    head: side(pull.head.owner, pull.head.branch, pull.head.sha),
    base: side(state.repository.owner, pull.base.branch, pull.base.sha),
    ...addresses(api, web, pull),
  };
}

/** As it is shown alone. */
export function pullShape(view: View, pull: PullRequest): Schemas["pull-request"] {
  const { body, closed_at, merged_at, merge_commit_sha, head, base, ...rest } = pullSimpleShape(view, pull);
  const author = userShape(pull.author, view.base);
  const owner = userShape(view.state.repository.owner, view.base);
  return {
    ...rest,
    body,
    closed_at,
    merged_at,
    merge_commit_sha,
    user: author,
    state: pull.state,
    requested_teams: [],
    head: { ...head, user: userShape(pull.head.owner, view.base) },
    base: { ...base, user: owner },
    merged: pull.merged !== null,
    mergeable: pull.merged === null ? true : null,
    mergeable_state: pull.merged === null ? "clean" : "unknown",
    merged_by: pull.merged === null ? null : userShape(pull.merged.by, view.base),
    comments: view.state.comments.filter(({ issue }) => issue === pull.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: 1,
    additions: 1,
    deletions: 0,
    changed_files: 1,
  };
}

function addresses(api: string, web: string, { number, head }: PullRequest) {
  const [pull, issue, html] = [`${api}/pulls/${number}`, `${api}/issues/${number}`, `${web}/pull/${number}`];
  const own = {
    commits: `${pull}/commits`,
    comments: `${issue}/comments`,
    statuses: `${api}/statuses/${head.sha}`,
    reviewComments: `${pull}/comments`,
    reviewComment: `${pull}/comments{/number}`,
  };
  return {
    url: pull,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    commits_url: own.commits,
    comments_url: own.comments,
    statuses_url: own.statuses,
    review_comments_url: own.reviewComments,
    review_comment_url: own.reviewComment,
    _links: {
      self: { href: pull },
      html: { href: html },
      issue: { href: issue },
      commits: { href: own.commits },
      comments: { href: own.comments },
      statuses: { href: own.statuses },
      review_comments: { href: own.reviewComments },
      review_comment: { href: own.reviewComment },
    },
  };
}
