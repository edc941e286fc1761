import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { environmentHash } from "../../src/github/comment.ts";
import { comment, findPullRequest } from "../../src/github/github.ts";
import { commentMarker } from "../../src/report/markdown/comment.ts";
import type { Fault } from "../support/github/faults.ts";
import { jobOf } from "../support/github/job.ts";
import { CheckedOutProject } from "../support/github/repository.ts";
import { FakeGitHub } from "../support/github/server.ts";
import type { PullRequest } from "../support/github/state.ts";
import type { Token } from "../support/github/tokens.ts";

const LIST = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";
const CREATE = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
const EDIT = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}";
const BOT = "github-actions[bot]";

let project: CheckedOutProject;
let github: FakeGitHub;
let pull: PullRequest;
let [base, head] = ["", ""];

beforeEach(async () => {
  project = new CheckedOutProject();
  project.write("belay.yml", "environments: {}\n");
  base = project.commit("First");
  head = project.branch("names", () => project.write("a.sql", "select 1"));
  github = await FakeGitHub.start(project.directory);
  pull = github.state.openPull({ author: "alice", branch: "names", sha: head, base });
});

afterEach(async () => {
  await github[Symbol.asyncDispose]();
  project[Symbol.dispose]();
});

function body(text: string, environment = "prod"): string {
  return `${commentMarker(environmentHash(environment))}\n${text}`;
}

async function write(text: string, { environment = "prod", token }: { readonly environment?: string; readonly token?: Token } = {}) {
  const job = await jobOf(github, project, { event: "pull_request", sha: head, pull, ...(token === undefined ? {} : { token }) });
  return comment(job, pull.number, environment, body(text, environment));
}

const bodies = () => github.state.comments.map((each) => each.body);

describe("the comment of an environment", () => {
  test("is written once and then edited in place, and left alone where it says the same", async () => {
    expect((await write("first")).kind).toBe("created");
    expect((await write("second")).kind).toBe("edited");
    expect((await write("second")).kind).toBe("unchanged");
    expect(bodies()).toEqual([body("second")]);
    expect(github.requestsOf(EDIT)).toHaveLength(1);
  });

  test("is found on any page", async () => {
    for (let number = 0; number < 150; number++) github.state.comment(pull.number, "bob", `talk ${number}`);
    github.state.comment(pull.number, BOT, body("first"));
    for (let number = 0; number < 60; number++) github.state.comment(pull.number, "bob", `more ${number}`);
    expect((await write("second")).kind).toBe("edited");
    expect(bodies().filter((each) => each.includes("second"))).toHaveLength(1);
  });

  test("is one for each environment, whatever its name", async () => {
    await write("a", { environment: "prod" });
    await write("b", { environment: "prod --> <b>" });
    await write("c", { environment: "prod" });
    expect(bodies()).toEqual([body("c"), body("b", "prod --> <b>")]);
  });

  test("stays the oldest where there are two", async () => {
    github.state.comment(pull.number, BOT, body("old"));
    github.state.comment(pull.number, BOT, body("double"));
    await write("new");
    expect(bodies()).toEqual([body("new")]);
  });

  test("is never somebody else's who wrote the marker, nor one that quotes it", async () => {
    github.state.comment(pull.number, "mallory", body("forged"));
    github.state.comment(pull.number, BOT, `> ${body("quoted")}`);
    expect((await write("ours")).kind).toBe("created");
    expect(bodies()).toEqual([body("forged"), `> ${body("quoted")}`, body("ours")]);
  });

  test("belongs to the person whose token it is, where it is a person's", async () => {
    github.state.comment(pull.number, "mallory", body("forged"));
    github.state.comment(pull.number, "dora", body("first"));
    const token = github.tokens.personal("dora", { issues: "write", pull_requests: "write" });
    expect((await write("second", { token })).kind).toBe("edited");
    expect(bodies()).toEqual([body("forged"), body("second")]);
  });

  test.each<[string, string, Fault]>([
    ["its creation was not answered", CREATE, { kind: "answer-lost" }],
    ["the answer to its creation broke off", CREATE, { kind: "cut-off" }],
    ["its creation was answered with an error", CREATE, { kind: "status", status: 502 }],
    ["the host hung up", CREATE, { kind: "reset" }],
    ["the list broke off", LIST, { kind: "cut-off" }],
    ["a secondary limit was hit", CREATE, { kind: "secondary-limit", status: 403, retryAfterSeconds: 1 }],
  ])("is there once after %s", async (_, route, fault) => {
    github.faults.add(route, fault, { times: 1 });
    expect((await write("first")).kind).not.toBe("not-written");
    expect(bodies()).toEqual([body("first")]);
  });

  test("is there once after an edit whose answer was lost", async () => {
    await write("first");
    github.faults.add(EDIT, { kind: "answer-lost" }, { times: 1 });
    expect((await write("second")).kind).toBe("edited");
    expect(bodies()).toEqual([body("second")]);
  });
});

describe("a comment that cannot be written is a notice and no failure:", () => {
  test("the right is missing", async () => {
    const token = github.tokens.installation({ contents: "read", pull_requests: "read", issues: "read" });
    expect(await write("first", { token })).toEqual({
      kind: "not-written",
      why: expect.stringMatching(/^the comment on #1 was not written: .* answered 403.*the job needs `pull-requests: write`$/),
    });
  });

  test("a limit is used up", async () => {
    github.faults.add(CREATE, { kind: "secondary-limit", status: 429, retryAfterSeconds: 600 });
    expect(await write("first")).toMatchObject({ kind: "not-written", why: expect.stringContaining("10 min 0 s") });
  });

  test("there is no token", async () => {
    const job = await jobOf(github, project, { event: "pull_request", sha: head, pull, token: null });
    expect(await comment(job, pull.number, "prod", body("x"))).toMatchObject({ kind: "not-written" });
  });
});

describe("the pull request of a workflow run", () => {
  const found = async (settings: { readonly event: string; readonly sha: string; readonly pull?: PullRequest; readonly token?: Token }) =>
    findPullRequest(await jobOf(github, project, settings));

  test("is the event's, without asking", async () => {
    expect(await found({ event: "pull_request", sha: base, pull })).toEqual({ number: 1, why: null });
    expect(github.requests).toEqual([]);
  });

  test("is for a pushed commit the one that was merged as it", async () => {
    const sha = project.merge("names");
    github.state.merge(pull, sha, "bob");
    expect(await found({ event: "push", sha })).toEqual({ number: 1, why: null });
  });

  test("is none for a commit that only lies in a pull request, and for what nobody pushed", async () => {
    expect(await found({ event: "push", sha: head })).toEqual({ number: null, why: null });
    expect(await found({ event: "schedule", sha: base })).toEqual({ number: null, why: null });
  });

  test("is none where more than one claims the commit", async () => {
    const sha = project.merge("names");
    github.state.merge(pull, sha, "bob");
    github.state.merge(github.state.openPull({ author: "alice", branch: "names", sha: head, base }), sha, "bob");
    expect((await found({ event: "push", sha })).number).toBeNull();
  });

  test("that cannot be looked for is a notice", async () => {
    const token = github.tokens.installation({ contents: "read" });
    expect(await found({ event: "push", sha: head, token })).toEqual({ number: null, why: expect.stringContaining("was not found") });
  });
});
