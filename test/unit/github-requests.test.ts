import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commentsOf, createComment } from "../../src/github/comments-api.ts";
import { branchHead, defaultBranch } from "../../src/github/api.ts";
import { GitHubFailure } from "../../src/github/github-failure.ts";
import { requestsTo } from "../../src/github/requests.ts";
import { backoffMs, limitedMs } from "../../src/policy/retry.ts";
import type { Fault } from "../support/github/faults.ts";
import { CheckedOutProject } from "../support/github/repository.ts";
import { FakeGitHub } from "../support/github/server.ts";

const SHOP = { owner: "acme", name: "shop" };
const REPOSITORY = "GET /repos/{owner}/{repo}";
const CREATE = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";

let project: CheckedOutProject;
let github: FakeGitHub;
let head: string;

beforeEach(async () => {
  project = new CheckedOutProject();
  project.write("belay.yml", "environments: {}\n");
  head = project.commit("First");
  github = await FakeGitHub.start(project.directory);
  github.state.openPull({ author: "alice", branch: "names", sha: head, base: head });
});

afterEach(async () => {
  await github[Symbol.asyncDispose]();
  project[Symbol.dispose]();
});

function asking({
  budgetMs = 10_000,
  requestMs = 300,
  signal = new AbortController().signal,
  token = github.tokens.installation().value,
} = {}) {
  return requestsTo({ apiUrl: github.url, token, budgetMs, requestMs, signal });
}

async function failureOf(answer: Promise<unknown>): Promise<GitHubFailure> {
  const error = await answer.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof GitHubFailure) return error;
  throw new Error(`it ended with ${String(error)}`);
}

describe("a question is asked again until it is answered whole, after", () => {
  test.each<[string, Fault]>([
    ["a server error", { kind: "status", status: 500 }],
    ["a bad gateway", { kind: "status", status: 502 }],
    ["a page of HTML that says 200", { kind: "html", status: 200 }],
    ["a connection that was reset", { kind: "reset" }],
    ["a host that hangs", { kind: "hang" }],
    ["an answer that was lost", { kind: "answer-lost" }],
    ["an answer that breaks off", { kind: "cut-off" }],
    ["an answer that is no JSON", { kind: "malformed-json" }],
    ["a limit that says when it ends", { kind: "forbidden", retryAfterSeconds: 1 }],
    ["a secondary limit", { kind: "secondary-limit", status: 429, retryAfterSeconds: 1 }],
  ])("%s", async (_, fault) => {
    github.faults.add(REPOSITORY, fault, { times: 1 });
    expect(await defaultBranch(asking(), SHOP)).toBe("main");
    expect(github.requestsOf(REPOSITORY)).toHaveLength(2);
  });
});

test("an outage ends with the budget, and says how often it was asked", async () => {
  github.faults.add("*", { kind: "status", status: 503 });
  const began = performance.now();
  const error = await failureOf(defaultBranch(asking({ budgetMs: 1500 }), SHOP));
  expect(performance.now() - began).toBeLessThan(2500);
  expect(error.reason).toBe("unavailable");
  expect(error.message).toMatch(/^asking GitHub for the repository's default branch: it answered 503; asked \d times in/);
  expect(error.hint).toContain("githubstatus");
});

test("a limit that lasts longer than the budget is not waited for", async () => {
  github.faults.add("*", { kind: "secondary-limit", status: 403 });
  const error = await failureOf(defaultBranch(asking(), SHOP));
  expect([error.reason, github.requests.length]).toEqual(["rate-limited", 1]);
  expect(error.message).toContain("wants to be left alone for 1 min 0 s");
});

test("what the token may not do is asked once, and says which right is missing", async () => {
  const token = github.tokens.installation({ issues: "read" }).value;
  const error = await failureOf(branchHead(asking({ token }), SHOP, "main"));
  expect([error.reason, github.requests.length]).toEqual(["forbidden", 1]);
  expect(error.message).toContain("it answered 403, Resource not accessible by integration");
});

test("a token that nobody gave out is in no message", async () => {
  const error = await failureOf(defaultBranch(asking({ token: "ghs_verysecrettoken" }), SHOP));
  expect(error.reason).toBe("unauthorised");
  expect(JSON.stringify([error.message, error.hint, error.facts, error.cause ?? null])).not.toContain("verysecret");
});

test("an interruption ends a question at once", async () => {
  github.faults.add("*", { kind: "hang" });
  const interruption = new AbortController();
  const answer = defaultBranch(asking({ requestMs: 10_000, signal: interruption.signal }), SHOP);
  setTimeout(() => interruption.abort(), 50);
  await expect(answer).rejects.toMatchObject({ code: "interrupted" });
});

test("all pages of a list are read, and a page that breaks is asked again", async () => {
  for (let number = 1; number <= 230; number++) github.state.comment(1, "bob", `comment ${number}`);
  github.faults.add("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", { kind: "cut-off" }, { times: 1, after: 1 });
  const bodies = (await commentsOf(asking(), SHOP, 1)).map(({ body }) => body);
  expect([bodies.length, bodies[0], bodies[229]]).toEqual([230, "comment 1", "comment 230"]);
});

test("what was asked before costs nothing of the limit while it has not changed", async () => {
  const token = github.tokens.installation();
  const requests = asking({ token: token.value });
  expect([await defaultBranch(requests, SHOP), await defaultBranch(requests, SHOP)]).toEqual(["main", "main"]);
  expect([token.rate.used, github.requests.map(({ status }) => status)]).toEqual([1, [200, 304]]);
});

test("what must not happen twice is not sent again after a lost answer, and says that it may be done", async () => {
  github.faults.add(CREATE, { kind: "answer-lost" });
  const error = await failureOf(createComment(asking(), SHOP, 1, "the body of it"));
  expect([error.mayBeDone, github.state.comments.length]).toEqual([true, 1]);
  expect(error.message).not.toContain("the body of it");
});

test("what must not happen twice is sent again where GitHub did nothing", async () => {
  github.faults.add(CREATE, { kind: "secondary-limit", status: 403, retryAfterSeconds: 1 }, { times: 1 });
  await createComment(asking(), SHOP, 1, "x");
  expect(github.state.comments).toHaveLength(1);
});

describe("how long to wait", () => {
  const limited = (headers: Record<string, string>, status = 403, message = "") => limitedMs({ status, headers, message }, 1_000_000);

  test("is what GitHub says, else until the limit is reset, else a minute for a secondary limit", () => {
    expect(limited({ "retry-after": "7" })).toBe(7000);
    expect(limited({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1030" })).toBe(31_000);
    expect(limited({}, 403, "You have exceeded a secondary rate limit")).toBe(60_000);
    expect(limited({}, 429)).toBe(60_000);
  });

  test("is nothing where it is a right that is missing", () => {
    expect(limited({ "x-ratelimit-remaining": "12" }, 403, "Resource not accessible by integration")).toBeNull();
    expect(limited({ "retry-after": "5" }, 503)).toBeNull();
  });

  test("grows, and never by much", () => {
    expect([0, 1, 2, 9].map((attempt) => backoffMs(attempt, 0.5))).toEqual([375, 750, 1500, 6000]);
  });
});
