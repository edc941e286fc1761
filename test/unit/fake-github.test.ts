import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { CheckedOutProject } from "../support/github/repository.ts";
import { FakeGitHub } from "../support/github/server.ts";
import type { PullRequest } from "../support/github/state.ts";
import type { Token } from "../support/github/tokens.ts";

let project: CheckedOutProject;
let github: FakeGitHub;
let token: Token;
let pull: PullRequest;
let [base, head] = ["", ""];

beforeEach(async () => {
  project = new CheckedOutProject();
  project.write("belay.yml", "environments: {}\n");
  project.migration("0001_first.sql", "create table a (id integer);\n");
  base = project.commit("First");
  head = project.branch("feature/names", () => project.migration("0002_names.sql", "create table b (id integer);\n"));
  github = await FakeGitHub.start(project.directory);
  token = github.tokens.installation();
  pull = github.state.openPull({ author: "alice", branch: "feature/names", sha: head, base });
});

afterEach(async () => {
  await github[Symbol.asyncDispose]();
  project[Symbol.dispose]();
});

interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly as?: Token;
}

async function ask(path: string, { method = "GET", body, headers = {}, as = token }: Asked = {}) {
  const response = await fetch(`${github.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${as.value}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(5000),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: (text === "" ? null : JSON.parse(text)) as never };
}

const REPOSITORY = "/repos/acme/shop";
const COMMENTS = `${REPOSITORY}/issues/1/comments`;
const LIST_COMMENTS = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";
const CREATE_COMMENT = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";

describe("the fake GitHub", () => {
  test("answers the same with and without Enterprise Server's prefix, each with links of its own", async () => {
    const [plain, enterprise] = [await ask(REPOSITORY), await ask(`/api/v3${REPOSITORY}`)];
    expect(plain.json).toMatchObject({ full_name: "acme/shop", default_branch: "main", url: `${github.url}/repos/acme/shop` });
    expect(enterprise.json).toMatchObject({ full_name: "acme/shop", url: `${github.url}/api/v3/repos/acme/shop` });
    expect((await ask("/repos/acme/other")).status).toBe(404);
  });

  test("shows commits, files and folders as git has them, by branch and by SHA", async () => {
    expect((await ask(`${REPOSITORY}/commits/feature%2Fnames`)).json).toMatchObject({ sha: head, parents: [{ sha: base }] });
    expect((await ask(`${REPOSITORY}/commits/${base}`)).json).toMatchObject({ sha: base, commit: { message: "First" } });
    expect((await ask(`${REPOSITORY}/commits/nowhere`)).status).toBe(422);
    const { content } = (await ask(`${REPOSITORY}/contents/belay.yml?ref=${base}`)).json as { readonly content: string };
    expect(Buffer.from(content, "base64").toString()).toBe("environments: {}\n");
    expect((await ask(`${REPOSITORY}/contents/migrations?ref=${base}`)).json).toMatchObject([{ name: "0001_first.sql", type: "file" }]);
    expect((await ask(`${REPOSITORY}/contents/none.yml?ref=${base}`)).status).toBe(404);
    const tree = await ask(`${REPOSITORY}/git/trees/${head}?recursive=1`);
    expect(tree.json).toMatchObject({
      truncated: false,
      tree: expect.arrayContaining([expect.objectContaining({ path: "migrations/0002_names.sql" })]) as object,
    });
    expect((await ask(`${REPOSITORY}/compare/${base}...feature/names`)).json).toMatchObject({
      status: "ahead",
      ahead_by: 1,
      files: [{ status: "added" }],
    });
  });

  test("finds pull requests by head, by number and by commit, with their reviews and files", async () => {
    expect((await ask(`${REPOSITORY}/pulls?head=acme:feature/names`)).json).toMatchObject([{ number: 1 }]);
    expect((await ask(`${REPOSITORY}/pulls?head=mallory:feature/names`)).json).toEqual([]);
    expect((await ask(`${REPOSITORY}/commits/${head}/pulls`)).json).toMatchObject([{ number: 1, merged_at: null }]);
    expect((await ask(`${REPOSITORY}/pulls/1/files`)).json).toMatchObject([{ filename: "migrations/0002_names.sql", additions: 1 }]);
    github.state.review(pull, "bob");
    expect((await ask(`${REPOSITORY}/pulls/1/reviews`)).json).toMatchObject([
      { user: { login: "bob" }, state: "APPROVED", commit_id: head },
    ]);
    const merged = project.merge("feature/names");
    github.state.merge(pull, merged, "bob");
    expect((await ask(`${REPOSITORY}/pulls/1`)).json).toMatchObject({
      merged: true,
      merge_commit_sha: merged,
      merged_by: { login: "bob" },
    });
  });

  test("keeps comments: pages of 30 with links to the others, edited in place, deleted, at most 65,536 characters", async () => {
    for (let n = 1; n <= 65; n += 1) github.state.comment(pull.number, "alice", `comment ${n}`);
    const first = await ask(COMMENTS);
    expect(first.json).toHaveLength(30);
    expect(first.headers.get("link")).toBe(`<${github.url}${COMMENTS}?page=2>; rel="next", <${github.url}${COMMENTS}?page=3>; rel="last"`);
    expect((await ask(`${COMMENTS}?per_page=100`)).headers.get("link")).toBeNull();
    expect((await ask(`${COMMENTS}?page=3`)).json).toHaveLength(5);
    const { id } = (await ask(COMMENTS, { method: "POST", body: { body: "x".repeat(65_536) } })).json as { readonly id: number };
    expect((await ask(COMMENTS, { method: "POST", body: { body: "x".repeat(65_537) } })).status).toBe(422);
    expect((await ask(`${REPOSITORY}/issues/comments/${id}`, { method: "PATCH", body: { body: "new" } })).json).toMatchObject({
      id,
      body: "new",
    });
    expect((await ask(`${REPOSITORY}/issues/comments/${id}`, { method: "DELETE" })).status).toBe(204);
    expect(github.state.comments).toHaveLength(65);
  });

  test("shows environments, runs and who reviewed them, and deployments with their states", async () => {
    const environment = github.state.environment("production", {
      reviewers: [github.state.user("bob"), github.state.team("ops", "carol")],
    });
    const rules = [
      { type: "required_reviewers", reviewers: [{ type: "User" }, { type: "Team", reviewer: { slug: "ops" } }] },
      { type: "branch_policy" },
    ];
    expect((await ask(`${REPOSITORY}/environments/production`)).json).toMatchObject({ protection_rules: rules });
    const run = github.state.run({ event: "push", actor: "alice", sha: base });
    github.state.reviewRun(run, "bob", [environment.name]);
    expect((await ask(`${REPOSITORY}/actions/runs/${run.id}`)).json).toMatchObject({ head_sha: base, actor: { login: "alice" } });
    expect((await ask(`${REPOSITORY}/actions/runs/${run.id}/approvals`)).json).toMatchObject([
      { state: "approved", user: { login: "bob" } },
    ]);
    expect((await ask(`${REPOSITORY}/actions/runs/${run.id}/jobs`)).json).toMatchObject({ total_count: 1 });
    const writer = github.tokens.installation({ deployments: "write", statuses: "write", contents: "read" });
    const body = { ref: "main", environment: "staging" };
    const { id } = (await ask(`${REPOSITORY}/deployments`, { method: "POST", body, as: writer })).json as { readonly id: number };
    await ask(`${REPOSITORY}/deployments/${id}/statuses`, { method: "POST", body: { state: "success" }, as: writer });
    expect((await ask(`${REPOSITORY}/deployments?environment=staging&sha=${base}`)).json).toMatchObject([{ id }]);
    expect((await ask(`${REPOSITORY}/deployments?environment=production`)).json).toEqual([]);
    expect((await ask(`${REPOSITORY}/deployments/${id}/statuses`)).json).toMatchObject([{ state: "success" }]);
    expect((await ask(`${REPOSITORY}/statuses/${base}`, { method: "POST", body: { state: "success" }, as: writer })).status).toBe(201);
  });

  test("gives each token what it may: 401, 403 for an app and 404 for a person", async () => {
    github.state.team("ops", "carol");
    const reader = github.tokens.installation({ contents: "read", pull_requests: "read" });
    expect((await ask(COMMENTS, { method: "POST", body: { body: "x" }, as: reader })).json).toMatchObject({
      message: "Resource not accessible by integration",
      status: "403",
    });
    expect((await ask(REPOSITORY, { as: { ...token, value: "ghs_wrong" } })).status).toBe(401);
    expect((await ask("/user")).status).toBe(403);
    expect((await ask("/orgs/acme/teams/ops/members")).status).toBe(403);
    const person = github.tokens.personal("dave", { members: "read" });
    expect((await ask("/orgs/acme/teams/ops/members", { as: person })).json).toMatchObject([{ login: "carol" }]);
    expect((await ask("/orgs/acme/teams/ops/memberships/carol", { as: person })).json).toMatchObject({ state: "active" });
    expect((await ask("/orgs/acme/teams/ops/memberships/mallory", { as: person })).status).toBe(404);
    expect((await ask(`${REPOSITORY}/pulls`, { as: person })).status).toBe(404);
    expect((await ask("/user", { as: person })).json).toMatchObject({ login: "dave" });
  });

  test("knows what was asked before: 304 costs nothing, and a change is a new answer", async () => {
    const first = await ask(COMMENTS);
    const headers = { "if-none-match": first.headers.get("etag") ?? "" };
    const used = token.rate.used;
    expect((await ask(COMMENTS, { headers })).status).toBe(304);
    expect(token.rate.used).toBe(used);
    github.state.comment(pull.number, "alice", "new");
    expect((await ask(COMMENTS, { headers })).status).toBe(200);
  });

  test("counts what a token uses up, and then refuses", async () => {
    const poor = github.tokens.installation({ contents: "read" }, 2);
    expect((await ask(REPOSITORY, { as: poor })).headers.get("x-ratelimit-remaining")).toBe("1");
    expect((await ask(REPOSITORY, { as: poor })).status).toBe(200);
    const refused = await ask(REPOSITORY, { as: poor });
    expect(refused.status).toBe(403);
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    expect((await ask("/rate_limit", { as: poor })).json).toMatchObject({ rate: { remaining: 0, limit: 2 } });
  });

  test("issues identity tokens that its own published key proves", async () => {
    const variables = github.idToken({ environment: "production", repository_id: "7" });
    const url = `${variables.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=belay`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` } });
    const { value } = (await answer.json()) as { readonly value: string };
    const [header = "", payload = "", signature = ""] = value.split(".");
    const { keys } = (await (await fetch(`${github.url}/.well-known/jwks`)).json()) as { readonly keys: readonly JsonWebKey[] };
    const key = createPublicKey({ key: keys[0] ?? {}, format: "jwk" });
    expect(verify("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"))).toBe(true);
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
      aud: "belay",
      environment: "production",
      iss: github.url,
    });
    expect((await fetch(url, { headers: { authorization: "Bearer wrong" } })).status).not.toBe(200);
  });
});

describe("a fault", () => {
  test.each([
    [{ kind: "status", status: 502 }, 502],
    [{ kind: "forbidden", retryAfterSeconds: 7 }, 403],
    [{ kind: "secondary-limit", status: 429 }, 429],
  ] as const)("%o is answered as often as was asked for, and then the route works again", async (fault, status) => {
    github.faults.add(LIST_COMMENTS, fault, { times: 2, after: 1 });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await ask(COMMENTS)).status);
    expect(statuses).toEqual([200, status, status, 200]);
    expect(github.requestsOf(LIST_COMMENTS).map((request) => request.status)).toEqual(statuses);
  });

  test.each([{ kind: "reset" }, { kind: "malformed-json" }, { kind: "html", status: 502 }, { kind: "cut-off" }] as const)(
    "%o gives no answer that could be read",
    async (fault) => {
      github.faults.add("*", fault);
      await expect(ask(COMMENTS)).rejects.toThrow(/./);
      github.faults.clear();
      expect((await ask(COMMENTS)).status).toBe(200);
    },
  );

  test("that loses the answer has its effect, and a reset has none", async () => {
    const post = () => ask(COMMENTS, { method: "POST", body: { body: "once" } });
    github.faults.add(CREATE_COMMENT, { kind: "reset" }, { times: 1 });
    await expect(post()).rejects.toThrow("fetch failed");
    expect(github.state.comments).toHaveLength(0);
    github.faults.add(CREATE_COMMENT, { kind: "answer-lost" }, { times: 1 });
    await expect(post()).rejects.toThrow("fetch failed");
    expect(github.state.comments).toHaveLength(1);
  });

  test("that hangs keeps the caller until its own limit; a slow one answers after all", async () => {
    github.faults.add(LIST_COMMENTS, { kind: "hang" }, { times: 1 });
    await expect(fetch(`${github.url}${COMMENTS}`, { signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout/);
    github.faults.add(LIST_COMMENTS, { kind: "slow", ms: 60 }, { times: 1 });
    const before = performance.now();
    expect((await ask(COMMENTS)).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(50);
  });

  test("of the fake itself is told when it is disposed of", async () => {
    const broken = await FakeGitHub.start(`${project.directory}/nowhere`);
    await expect(
      fetch(`${broken.url}${REPOSITORY}/commits/main`, { headers: { authorization: `Bearer ${broken.tokens.installation().value}` } }),
    ).rejects.toThrow("fetch failed");
    await expect(broken[Symbol.asyncDispose]()).rejects.toThrow("the fake GitHub is broken");
  });

  test("on a route that the fake does not know is a mistake of the test", () => {
    expect(() => github.faults.add("GET /nowhere", { kind: "hang" })).toThrow("no route GET /nowhere");
  });
});
