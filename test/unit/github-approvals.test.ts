import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ApprovalsConfig } from "../../src/config/config.ts";
import { environmentHash } from "../../src/github/comment.ts";
import { gitHubOf } from "../../src/github/github.ts";
import { type JobSettings, jobOf } from "../support/github/job.ts";
import { CheckedOutProject } from "../support/github/repository.ts";
import { FakeGitHub } from "../support/github/server.ts";
import type { PullRequest, WorkflowRun } from "../support/github/state.ts";

const APPROVALS: ApprovalsConfig = {
  by: null,
  required: 1,
  from: [],
  allowSelfApproval: false,
  expireMs: 1,
  rollback: { required: 1, allowSelfApproval: true },
};
const RUN_APPROVALS = "GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals";

let project: CheckedOutProject;
let github: FakeGitHub;
let sha: string;
let pull: PullRequest;
let run: WorkflowRun;

/** bob merged alice's pull request, and carol let the job go. */
beforeEach(async () => {
  project = new CheckedOutProject();
  project.write("belay.yml", "environments: {}\n");
  const base = project.commit("First");
  const head = project.branch("names", () => project.write("a.sql", "select 1"));
  sha = project.merge("names");
  github = await FakeGitHub.start(project.directory);
  const { state } = github;
  pull = state.openPull({ author: "alice", branch: "names", sha: head, base });
  state.merge(pull, sha, "bob");
  state.environment("production", { reviewers: [state.user("carol"), state.user("alice")] });
  run = state.run({ event: "push", actor: "bob", sha });
});

afterEach(async () => {
  await github[Symbol.asyncDispose]();
  project[Symbol.dispose]();
});

async function approvals(change: Partial<ApprovalsConfig> = {}, settings: Partial<JobSettings> = {}, command = "migrate") {
  const job = await jobOf(github, project, { event: "push", sha, run, ...settings });
  const environment = { name: "prod", githubEnvironment: "production", approvals: { ...APPROVALS, ...change } };
  return gitHubOf(job).approvals(environment, { command, digest: null });
}

const refusedBy = (code: string) => ({ kind: "not-given", reasons: [{ code }] });

describe("by environment", () => {
  test("a reviewer who neither started the run nor wrote the change approves", async () => {
    github.state.reviewRun(run, "carol", ["production"]);
    expect(await approvals()).toEqual({
      kind: "given",
      approvers: [{ id: github.state.user("carol").id, login: "carol", source: "environment" }],
      notes: [],
    });
  });

  test.each([
    ["the author of the pull request", "alice"],
    ["whoever pushed", "bob"],
  ])("%s does not, unless self-approval is allowed", async (_, login) => {
    github.state.reviewRun(run, login, ["production"]);
    expect(await approvals()).toMatchObject(refusedBy("approval-not-counted"));
    expect(await approvals({ allowSelfApproval: true })).toMatchObject({ kind: "given" });
    expect(await approvals({}, {}, "rollback")).toMatchObject({ kind: "given" });
  });

  test("whoever started the run again does not", async () => {
    run = github.state.run({ event: "push", actor: "bob", triggeredBy: "carol", sha, attempt: 2 });
    github.state.reviewRun(run, "carol", ["production"]);
    expect(await approvals()).toMatchObject(refusedBy("approval-not-counted"));
  });

  test("nobody is missing", async () => {
    expect(await approvals()).toMatchObject(refusedBy("approval-missing"));
  });

  test("an environment for every branch, or for a pattern that every branch matches, is noted; one without reviewers is refused", async () => {
    github.state.reviewRun(run, "carol", ["production"]);
    const { environments } = github.state;
    const [environment] = environments;
    if (environment === undefined) throw new Error("the environment is gone");
    for (const [change, outcome] of [
      [{ branches: "all" }, { kind: "given", notes: [expect.stringContaining("every branch")] }],
      [
        { branches: "selected", patterns: ["release/*", "*"] },
        { kind: "given", notes: [expect.stringContaining("every branch")] },
      ],
      [
        { branches: "selected", patterns: ["main"] },
        { kind: "given", notes: [] },
      ],
      [{ reviewers: [] }, refusedBy("environment-unprotected")],
    ] as const) {
      environments[0] = { ...environment, ...change };
      expect(await approvals()).toMatchObject(outcome);
    }
  });

  test("a job that may prove its environment has to", async () => {
    github.state.reviewRun(run, "carol", ["production"]);
    const proving = (claims: object) => ({ variables: { ...github.idToken({ ...claims }) } });
    expect(await approvals({}, proving({ environment: "production" }))).toMatchObject({ kind: "given" });
    expect(await approvals({}, proving({ environment: "staging" }))).toMatchObject(refusedBy("environment-mismatch"));
    expect(await approvals({}, proving({}))).toMatchObject(refusedBy("environment-mismatch"));
    const refused = { ...github.idToken({}), ACTIONS_ID_TOKEN_REQUEST_TOKEN: "another" };
    await expect(approvals({}, { variables: refused })).rejects.toMatchObject({ kind: "refused", code: "environment-unproven" });
  });

  test("a team is read where the token may, and refused where it may not", async () => {
    github.state.team("dba", "carol");
    github.state.reviewRun(run, "carol", ["production"]);
    const from = ["acme/dba"];
    expect(await approvals({ from })).toMatchObject(refusedBy("teams-unreadable"));
    const token = github.tokens.personal("dora", { actions: "read", members: "read", pull_requests: "read" });
    expect(await approvals({ from }, { token })).toMatchObject({ kind: "given" });
    expect(await approvals({ from: ["acme/other"] }, { token })).toMatchObject(refusedBy("teams-unreadable"));
  });

  test("a team that alone the environment lists needs no reading", async () => {
    const team = github.state.team("dba", "carol");
    github.state.environment("guarded", { reviewers: [team] });
    github.state.reviewRun(run, "carol", ["guarded"]);
    const job = await jobOf(github, project, { event: "push", sha, run });
    const environment = { name: "prod", githubEnvironment: "guarded", approvals: { ...APPROVALS, from: ["acme/dba"] } };
    expect(await gitHubOf(job).approvals(environment, { command: "migrate", digest: null })).toMatchObject({ kind: "given" });
    expect(github.requestsOf("GET /orgs/{org}/teams/{team_slug}/members")).toEqual([]);
  });

  test("an answer that breaks off is no missing approval", async () => {
    github.state.reviewRun(run, "carol", ["production"]);
    github.faults.add(RUN_APPROVALS, { kind: "cut-off" }, { times: 1 });
    expect(await approvals()).toMatchObject({ kind: "given" });
  });

  test.each<[string, Partial<JobSettings> | (() => Partial<JobSettings>), RegExp, RegExp]>([
    ["no token", { token: null }, /the step has no github-token/, /leave the input/],
    ["a missing right", () => ({ token: github.tokens.installation({ pull_requests: "read" }) }), /answered 403/, /actions: read/],
    ["a limit that is used up", () => ({ token: github.tokens.installation(undefined, 0) }), /its limit is used up/, /later/],
  ])("%s refuses", async (_, settings, message, hint) => {
    await expect(approvals({}, typeof settings === "function" ? settings() : settings)).rejects.toMatchObject({
      kind: "refused",
      code: "approvals-unreadable",
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });
});

describe("by review", () => {
  const byReview = { by: "review" } as const;

  test("the review of the merged head by somebody who may write approves", async () => {
    github.state.writers.add("carol");
    github.state.review(pull, "carol");
    expect(await approvals(byReview)).toMatchObject({
      kind: "given",
      approvers: [{ login: "carol", source: "review" }],
      notes: [expect.stringContaining("no plan stood in #1")],
    });
  });

  test("somebody who only reads approves nothing", async () => {
    github.state.review(pull, "mallory");
    expect(await approvals(byReview)).toMatchObject(refusedBy("approval-missing"));
  });

  test("merging is no request; starting the workflow by hand is", async () => {
    github.state.writers.add("bob");
    github.state.review(pull, "bob");
    expect(await approvals(byReview)).toMatchObject({ kind: "given" });
    expect(await approvals(byReview, { event: "workflow_dispatch" })).toMatchObject(refusedBy("approval-not-counted"));
  });

  test("a plan that stood there before the review is what was approved", async () => {
    github.state.comment(pull.number, "github-actions[bot]", `<!-- belay:1:env:${environmentHash("prod")} -->\nplan`);
    github.state.comment(pull.number, "mallory", `<!-- belay:1:env:${environmentHash("prod")} -->\nforged`);
    github.state.review(pull, "carol");
    expect(await approvals({ ...byReview, from: ["carol"] })).toMatchObject({ kind: "given", notes: [] });
  });

  test("a commit that was pushed without a pull request has no review", async () => {
    sha = project.commit("Pushed");
    expect(await approvals(byReview)).toMatchObject(refusedBy("review-no-pull-request"));
  });

  test("a merge with other files than the reviewed head is not what was reviewed", async () => {
    project.git("checkout", "--quiet", "main");
    const base = project.head();
    const head = project.branch("more", () => project.write("b.sql", "select 2"));
    project.git("checkout", "--quiet", "main");
    project.write("c.sql", "select 3");
    project.commit("Meanwhile");
    sha = project.merge("more");
    const other = github.state.openPull({ author: "alice", branch: "more", sha: head, base });
    github.state.merge(other, sha, "bob");
    github.state.review(other, "carol");
    expect(await approvals({ ...byReview, from: ["carol"] })).toMatchObject(refusedBy("review-other-tree"));
  });
});

test("by the bot is refused, and names the others", async () => {
  await expect(approvals({ by: "bot" })).rejects.toMatchObject({ code: "approvals-need-bot", hint: expect.stringContaining("by: review") });
});
