import type { components } from "@octokit/openapi-types";

import { type ApiRequest, found, ok, page, param, route, type Route } from "./route.ts";
import { diffEntry } from "./routes-commits.ts";
import { pullShape, pullSimpleShape } from "./shape-pull.ts";
import { nodeId, places, userShape } from "./shapes.ts";
import type { PullRequest, Review } from "./state.ts";

const READ = [["pull_requests", "read"]] as const;

export const PULLS: readonly Route[] = [
  route("get", "/repos/{owner}/{repo}/pulls", READ, (request) => {
    const [head, base, state] = [request.query.get("head"), request.query.get("base"), request.query.get("state") ?? "open"];
    const pulls = request.state.pulls.filter(
      (pull) =>
        (state === "all" || pull.state === state) &&
        (head === null || head === `${pull.head.owner.login}:${pull.head.branch}`) &&
        (base === null || base === pull.base.branch),
    );
    // Newest first, as GitHub sorts when nothing else is asked for.
    return page(
      request,
      pulls.toReversed().map((pull) => pullSimpleShape(request, pull)),
    );
  }),
  route("get", "/repos/{owner}/{repo}/pulls/{pull_number}", READ, (request) => ok(pullShape(request, asked(request)))),
  route("get", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews", READ, (request) => {
    const pull = asked(request);
    const reviews = request.state.reviews.filter((review) => review.pull === pull.number);
    return page(
      request,
      reviews.map((review) => reviewShape(request, review)),
    );
  }),
  route("get", "/repos/{owner}/{repo}/pulls/{pull_number}/files", READ, async (request) => {
    const { base, head } = asked(request);
    const from = (await request.git.mergeBase(base.sha, head.sha)) ?? base.sha;
    const changes = await request.git.changes(from, head.sha);
    return page(
      request,
      changes.map((change) => diffEntry(request, change, head.sha)),
    );
  }),
];

function asked(request: ApiRequest): PullRequest {
  return found(request.state.pulls.find(({ number }) => number === Number(param(request, "pull_number"))));
}

function reviewShape(request: ApiRequest, review: Review): components["schemas"]["pull-request-review"] {
  const { api, web } = places(request);
  const [html, pull] = [`${web}/pull/${review.pull}#pullrequestreview-${review.id}`, `${api}/pulls/${review.pull}`];
  return {
    id: review.id,
    node_id: nodeId("PRR", review.id),
    user: userShape(review.reviewer, request.base),
    body: "",
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    _links: { html: { href: html }, pull_request: { href: pull } },
    submitted_at: review.submittedAt,
    commit_id: review.commit,
    author_association: "MEMBER",
  };
}
