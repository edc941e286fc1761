import type { components } from "@octokit/openapi-types";

import { type ApiRequest, created, found, ok, page, param, Refusal, route, type Route, text } from "./route.ts";
import { appShape, nodeId, places, userShape } from "./shapes.ts";
import type { Comment } from "./state.ts";

/** GitHub's published rights: for a pull request's comments either suffices. */
const READ = [
  ["issues", "read"],
  ["pull_requests", "read"],
] as const;
const WRITE = [
  ["issues", "write"],
  ["pull_requests", "write"],
] as const;

const LARGEST_BODY = 65_536;

export const COMMENTS: readonly Route[] = [
  route("get", "/repos/{owner}/{repo}/issues/{issue_number}/comments", READ, (request) => {
    const number = issue(request);
    const comments = request.state.comments.filter((comment) => comment.issue === number);
    return page(
      request,
      comments.map((comment) => commentShape(request, comment)),
    );
  }),
  route("get", "/repos/{owner}/{repo}/issues/comments", READ, (request) => {
    const since = new Date(request.query.get("since") ?? 0).toISOString();
    const comments = request.state.comments.filter(({ updatedAt }) => updatedAt >= since);
    return page(
      request,
      comments.map((comment) => commentShape(request, comment)),
    );
  }),
  route("post", "/repos/{owner}/{repo}/issues/{issue_number}/comments", WRITE, (request) => {
    const comment = request.state.comment(issue(request), request.token.user.login, body(request));
    return created(commentShape(request, comment));
  }),
  route("get", "/repos/{owner}/{repo}/issues/comments/{comment_id}", READ, (request) => ok(commentShape(request, asked(request)))),
  route("patch", "/repos/{owner}/{repo}/issues/comments/{comment_id}", WRITE, (request) => {
    const comment = asked(request);
    comment.body = body(request);
    comment.updatedAt = request.state.now();
    return ok(commentShape(request, comment));
  }),
  route("delete", "/repos/{owner}/{repo}/issues/comments/{comment_id}", WRITE, (request) => {
    request.state.comments.splice(request.state.comments.indexOf(asked(request)), 1);
    return { status: 204, json: undefined };
  }),
];

function issue(request: ApiRequest): number {
  return found(request.state.pulls.find(({ number }) => number === Number(param(request, "issue_number")))).number;
}

function asked(request: ApiRequest): Comment {
  return found(request.state.comments.find(({ id }) => id === Number(param(request, "comment_id"))));
}

function body(request: ApiRequest): string {
  const given = text(request, "body");
  const refuse = (message: string) =>
    new Refusal(422, "Validation Failed", [{ resource: "IssueComment", code: "unprocessable", field: "data", message }]);
  if (given.trim() === "") throw refuse("Body can't be blank");
  if (given.length > LARGEST_BODY) throw refuse(`Body is too long (maximum is ${LARGEST_BODY} characters)`);
  return given;
}

function commentShape(request: ApiRequest, comment: Comment): components["schemas"]["issue-comment"] {
  const { api, web } = places(request);
  return {
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    url: `${api}/issues/comments/${comment.id}`,
    html_url: `${web}/pull/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${comment.issue}`,
    body: comment.body,
    user: userShape(comment.author, request.base),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: "CONTRIBUTOR",
    ...(comment.app === null ? {} : { performed_via_github_app: appShape(comment.app, request) }),
  };
}
