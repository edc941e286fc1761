import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readContext } from "../../src/github/context.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "belay-context-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SHA = "91ab".repeat(10);

function variables(event: unknown, more: Readonly<Record<string, string | undefined>> = {}) {
  const file = join(folder, "event.json");
  writeFileSync(file, typeof event === "string" ? event : JSON.stringify(event));
  return {
    GITHUB_API_URL: "https://ghe.example/api/v3/",
    GITHUB_SERVER_URL: "https://ghe.example",
    GITHUB_REPOSITORY: "acme/shop",
    GITHUB_REPOSITORY_ID: "17",
    GITHUB_EVENT_NAME: "push",
    GITHUB_EVENT_PATH: file,
    GITHUB_REF: "refs/heads/main",
    GITHUB_SHA: SHA,
    GITHUB_RUN_ID: "4711",
    GITHUB_RUN_ATTEMPT: "2",
    GITHUB_ACTOR: "alice",
    GITHUB_ACTOR_ID: "5",
    GITHUB_TRIGGERING_ACTOR: "bob",
    GITHUB_JOB: "migrate",
    GITHUB_WORKFLOW_REF: "acme/shop/.github/workflows/deploy.yml@refs/heads/main",
    GITHUB_WORKSPACE: "/w/shop",
    RUNNER_TEMP: "/w/_temp",
    RUNNER_ENVIRONMENT: "self-hosted",
    ...more,
  };
}

test("a push is read whole", async () => {
  expect(await readContext(variables({ repository: { default_branch: "main" } }))).toEqual({
    apiUrl: "https://ghe.example/api/v3",
    serverUrl: "https://ghe.example",
    repository: { owner: "acme", name: "shop", id: 17 },
    defaultBranch: "main",
    eventName: "push",
    ref: "refs/heads/main",
    sha: SHA,
    pullRequest: null,
    runId: 4711,
    runAttempt: 2,
    actor: { login: "alice", id: 5 },
    triggeringActor: "bob",
    job: "migrate",
    workflowRef: "acme/shop/.github/workflows/deploy.yml@refs/heads/main",
    runnerEnvironment: "self-hosted",
    workspace: "/w/shop",
    tempDirectory: "/w/_temp",
    identity: null,
  });
});

describe("a pull request", () => {
  const pull = {
    number: 7,
    user: { id: 5, login: "alice" },
    head: { sha: SHA, repo: { id: 17 } },
    base: { ref: "main", repo: { id: 17 } },
  };

  test("of the repository is none of a fork", async () => {
    const { pullRequest } = await readContext(variables({ pull_request: pull }));
    expect(pullRequest).toEqual({ number: 7, headSha: SHA, baseBranch: "main", author: { id: 5, login: "alice" }, isFork: false });
  });

  test.each([
    ["of another repository", { ...pull, head: { sha: SHA, repo: { id: 18 } } }],
    ["of one that is gone", { ...pull, head: { sha: SHA, repo: null } }],
  ])("%s is a fork's", async (_, written) => {
    expect((await readContext(variables({ pull_request: written }))).pullRequest?.isFork).toBe(true);
  });
});

test("a schedule runs on the default branch, whether or not the event says so", async () => {
  expect((await readContext(variables({}, { GITHUB_EVENT_NAME: "schedule" }))).defaultBranch).toBe("main");
  expect((await readContext(variables({}))).defaultBranch).toBeNull();
});

test("GitHub's own runner says that it is one; whatever says nothing is none", async () => {
  expect((await readContext(variables({}, { RUNNER_ENVIRONMENT: "github-hosted" }))).runnerEnvironment).toBe("github-hosted");
  expect((await readContext(variables({}, { RUNNER_ENVIRONMENT: undefined }))).runnerEnvironment).toBe("self-hosted");
});

test("what only newer runners of GitHub's say is not needed where the event says it, or nothing hangs on it", async () => {
  const silent = { GITHUB_REPOSITORY_ID: undefined, GITHUB_RUN_ATTEMPT: undefined, GITHUB_JOB: undefined, RUNNER_TEMP: "" };
  const context = await readContext(variables({ repository: { id: 17 } }, silent));
  expect(context).toMatchObject({ repository: { id: 17 }, runAttempt: 1, job: "", tempDirectory: tmpdir() });
  await expect(readContext(variables({}, silent))).rejects.toThrow("GITHUB_REPOSITORY_ID is not set");
});

test("everything that is missing or odd is told at once", async () => {
  const odd = { GITHUB_REPOSITORY: "shop", GITHUB_SHA: "91ab", GITHUB_RUN_ID: undefined, GITHUB_WORKSPACE: "w", GITHUB_API_URL: "ghe" };
  const error = await readContext(variables("{ no json", odd)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    kind: "usage",
    code: "github-context",
    facts: {
      problems: [
        "the event file of GITHUB_EVENT_PATH cannot be read: it is not JSON",
        'GITHUB_REPOSITORY is "shop" and not OWNER/NAME',
        'GITHUB_API_URL is "ghe" and not a URL',
        'GITHUB_SHA is "91ab" and not a full SHA',
        "GITHUB_RUN_ID is not set",
        'GITHUB_WORKSPACE is "w" and not an absolute path',
      ],
    },
  });
});

test.each([
  ["null"],
  ["[]"],
  ['"text"'],
  ['{"repository":null,"pull_request":{"number":"7","head":[]}}'],
  ['{"pull_request":{"__proto__":1}}'],
])("an event that is %s is no event, and no crash", async (event) => {
  const { pullRequest, defaultBranch } = await readContext(variables(event));
  expect([pullRequest, defaultBranch]).toEqual([null, null]);
});
