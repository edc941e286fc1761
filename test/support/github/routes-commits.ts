import type { components } from "@octokit/openapi-types";

import type { Change } from "./git.ts";
import { type ApiRequest, found, ok, page, param, Refusal, route, type Route } from "./route.ts";
import { nodeId, places, repositoryShape } from "./shapes.ts";
import { pullSimpleShape } from "./shape-pull.ts";

type Schemas = components["schemas"];

const READ_CONTENTS = [["contents", "read"]] as const;

export const COMMITS: readonly Route[] = [
  route("get", "/repos/{owner}/{repo}", [], ({ state, base }) => ok(repositoryShape(state.repository, base))),
  route("get", "/repos/{owner}/{repo}/commits/{commit_sha}/pulls", [["pull_requests", "read"]], async (request) => {
    const sha = await resolved(request, param(request, "commit_sha"));
    const { pulls } = request.state;
    return page(
      request,
      pulls.filter((pull) => pull.merged?.sha === sha || pull.head.sha === sha).map((pull) => pullSimpleShape(request, pull)),
    );
  }),
  route("get", "/repos/{owner}/{repo}/commits/{ref}", READ_CONTENTS, async (request) => {
    const sha = await resolved(request, param(request, "ref"));
    return ok(await commitShape(request, sha));
  }),
  route("get", "/repos/{owner}/{repo}/compare/{basehead}", READ_CONTENTS, async (request) => {
    const [base = "", head = ""] = param(request, "basehead").split("...");
    return ok(await comparison(request, found(await request.git.resolve(base)), found(await request.git.resolve(head))));
  }),
];

/** A commit that is not there is 422 for the commits' routes and names what was asked for. */
async function resolved({ git }: ApiRequest, ref: string): Promise<string> {
  const sha = await git.resolve(ref);
  if (sha === null) throw new Refusal(422, `No commit found for SHA: ${ref}`);
  return sha;
}

async function commitShape(request: ApiRequest, sha: string): Promise<Schemas["commit"]> {
  const { api, web } = places(request);
  const commit = await request.git.commit(sha);
  const at = (path: string, id: string) => `${api}/${path}/${id}`;
  return {
    sha,
    node_id: Buffer.from(`C${sha}`).toString("base64url"),
    url: at("commits", sha),
    html_url: `${web}/commit/${sha}`,
    comments_url: `${at("commits", sha)}/comments`,
    commit: {
      url: at("git/commits", sha),
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: at("git/trees", commit.tree) },
      verification: { verified: false, reason: "unsigned", payload: null, signature: null, verified_at: null },
    },
    author: null,
    committer: null,
    parents: commit.parents.map((parent) => ({ sha: parent, url: at("commits", parent), html_url: `${web}/commit/${parent}` })),
  };
}

async function comparison(request: ApiRequest, base: string, head: string): Promise<Schemas["commit-comparison"]> {
  const { git } = request;
  const { api, web } = places(request);
  const mergeBase = await git.mergeBase(base, head);
  if (mergeBase === null) throw new Refusal(404, `No common ancestor between ${base} and ${head}.`);
  const [ahead, behind] = [await git.commitsBetween(base, head), await git.commitsBetween(head, base)];
  const pair = `${base}...${head}`;
  return {
    url: `${api}/compare/${pair}`,
    html_url: `${web}/compare/${pair}`,
    permalink_url: `${web}/compare/${pair}`,
    diff_url: `${web}/compare/${pair}.diff`,
    patch_url: `${web}/compare/${pair}.patch`,
    base_commit: await commitShape(request, base),
    merge_base_commit: await commitShape(request, mergeBase),
    status: ahead.length > 0 ? (behind.length > 0 ? "diverged" : "ahead") : behind.length > 0 ? "behind" : "identical",
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: await Promise.all(ahead.map((sha) => commitShape(request, sha))),
    files: (await git.changes(mergeBase, head)).map((change) => diffEntry(request, change, head)),
  };
}

export function diffEntry(request: ApiRequest, change: Change, sha: string): Schemas["diff-entry"] {
  const { api, web } = places(request);
  return {
    sha: nodeId(change.path, 0),
    filename: change.path,
    status: change.status,
    additions: change.additions,
    deletions: change.deletions,
    changes: change.additions + change.deletions,
    blob_url: `${web}/blob/${sha}/${change.path}`,
    raw_url: `${web}/raw/${sha}/${change.path}`,
    contents_url: `${api}/contents/${change.path}?ref=${sha}`,
    patch: change.patch,
  };
}
