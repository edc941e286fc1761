import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gitHubOf } from "../../src/github/github.ts";
import { type JobSettings, jobOf } from "../support/github/job.ts";
import { CheckedOutProject } from "../support/github/repository.ts";
import { FakeGitHub } from "../support/github/server.ts";

const POLICY = "environments: { prod: { target: sqlite:app.db } }\n";

let project: CheckedOutProject;
let github: FakeGitHub;

beforeEach(async () => {
  project = new CheckedOutProject();
  github = await FakeGitHub.start(project.directory);
});

afterEach(async () => {
  await github[Symbol.asyncDispose]();
  project[Symbol.dispose]();
});

async function policy(settings: JobSettings, path: string | null = null) {
  return gitHubOf(await jobOf(github, project, settings)).policy(path);
}

describe("for a commit of the default branch", () => {
  test.each(["push", "schedule", "workflow_dispatch"])("on %s the policy is that commit's, without asking GitHub", async (event) => {
    project.write("belay.yml", POLICY);
    const sha = project.commit("First");
    project.write("belay.yml", "changed in the work tree");
    expect(await policy({ event, sha, token: null })).toEqual({ sha, branch: "main", path: "belay.yml", text: POLICY, isCheckout: true });
    expect(github.requests).toEqual([]);
  });

  test("another commit in the checkout is not the policy, and is known not to be", async () => {
    project.write("belay.yml", POLICY);
    const sha = project.commit("First");
    project.branch("other", () => project.write("belay.yml", "other"));
    expect(await policy({ event: "push", sha })).toMatchObject({ sha, text: POLICY, isCheckout: false });
  });

  test("git replacing objects replaces no policy", async () => {
    project.write("belay.yml", POLICY);
    const sha = project.commit("First");
    const other = project.branch("other", () => project.write("belay.yml", "forged"));
    project.git("checkout", "--quiet", "main");
    project.git("replace", sha, other);
    expect(await policy({ event: "push", sha })).toMatchObject({ text: POLICY });
  });

  test("belay.yml comes before .github/belay.yml, and a path of one's own before both", async () => {
    project.write(".github/belay.yml", "second");
    project.write("deploy/belay.yml", "own");
    const first = project.commit("Second place");
    expect(await policy({ event: "push", sha: first })).toMatchObject({ path: ".github/belay.yml", text: "second" });
    project.write("belay.yml", POLICY);
    const sha = project.commit("First place");
    expect(await policy({ event: "push", sha })).toMatchObject({ path: "belay.yml", text: POLICY });
    expect(await policy({ event: "push", sha }, "./deploy/belay.yml")).toMatchObject({ path: "deploy/belay.yml", text: "own" });
    expect(await policy({ event: "push", sha }, join(project.directory, "deploy/belay.yml"))).toMatchObject({ text: "own" });
  });

  test("no file is no policy, and no error", async () => {
    const sha = project.commit("Empty");
    expect(await policy({ event: "push", sha })).toMatchObject({ path: "belay.yml", text: null });
  });
});

describe("for everything else GitHub is asked", () => {
  let sha: string;
  beforeEach(() => {
    project.write("belay.yml", POLICY);
    sha = project.commit("First");
  });

  test.each<[string, Partial<JobSettings>]>([
    ["a pull request", { event: "pull_request", ref: "refs/pull/1/merge" }],
    ["a push of another branch", { ref: "refs/heads/feature" }],
    ["a dispatch of a tag", { event: "workflow_dispatch", ref: "refs/tags/v1" }],
    ["an event that runs on the default branch and whose code is somebody else's", { event: "workflow_run" }],
  ])("%s takes the default branch's, whatever is checked out", async (_, settings) => {
    const head = project.branch("feature", () => project.write("belay.yml", "weaker"));
    expect(await policy({ event: "push", sha: head, ...settings })).toEqual({
      sha,
      branch: "main",
      path: "belay.yml",
      text: POLICY,
      isCheckout: false,
    });
  });

  test("also which branch is the default where the event does not tell", async () => {
    expect(await policy({ event: "repository_dispatch", sha, tellsBranch: false })).toMatchObject({ branch: "main", text: POLICY });
  });

  test("at one commit, whatever is pushed in between", async () => {
    const read = policy({ event: "pull_request", ref: "refs/pull/1/merge", sha });
    github.faults.add("GET /repos/{owner}/{repo}/contents/{path}", { kind: "slow", ms: 100 });
    project.write("belay.yml", "pushed in between");
    expect(await read).toMatchObject({ sha, text: POLICY });
    expect(github.requestsOf("GET /repos/{owner}/{repo}/contents/{path}")[0]?.target).toContain(`ref=${sha}`);
  });

  test("the second place is looked at where the first has nothing, and nothing is no policy", async () => {
    project.git("mv", "belay.yml", "other.yml");
    sha = project.commit("Without");
    expect(await policy({ event: "pull_request", ref: "refs/pull/1/merge", sha })).toMatchObject({ sha, path: "belay.yml", text: null });
    project.write(".github/belay.yml", "second");
    sha = project.commit("Second place");
    const found = await policy({ event: "pull_request", ref: "refs/pull/1/merge", sha });
    expect(found).toMatchObject({ sha, path: ".github/belay.yml", text: "second" });
  });

  test("an answer that was lost or broke off is asked for again", async () => {
    github.faults.add("*", { kind: "cut-off" }, { times: 1 });
    github.faults.add("*", { kind: "answer-lost" }, { times: 1, after: 1 });
    expect(await policy({ event: "pull_request", ref: "refs/pull/1/merge", sha })).toMatchObject({ text: POLICY });
  });
});

describe("what cannot be read refuses:", () => {
  const PULL = { event: "pull_request", ref: "refs/pull/1/merge" };

  async function expectRefused(answer: Promise<unknown>, message: RegExp, hint: RegExp) {
    await expect(answer).rejects.toMatchObject({
      kind: "refused",
      code: "policy-unreadable",
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  }

  test("no checkout", async () => {
    await expectRefused(policy({ event: "push", sha: "1".repeat(40) }), /is no checkout that git can read/, /actions\/checkout/);
  });

  test("a checkout without the commit", async () => {
    project.commit("First");
    await expectRefused(policy({ event: "push", sha: "1".repeat(40) }), /does not have the commit 1111111/, /leave out `ref`/);
  });

  test("no git", async () => {
    const job = await jobOf(github, project, { event: "push", sha: project.commit("First") });
    await expectRefused(gitHubOf({ ...job, path: "/nowhere" }).policy(null), /git/, /install git/);
  });

  test("a link in place of the file", async () => {
    symlinkSync("elsewhere.yml", join(project.directory, "belay.yml"));
    await expectRefused(policy({ event: "push", sha: project.commit("First") }), /not a plain file/, /not a link/);
  });

  test("a file of a megabyte, here and there", async () => {
    project.write("belay.yml", `# ${"x".repeat(1_000_000)}\n`);
    const sha = project.commit("First");
    await expectRefused(policy({ event: "push", sha }), /1000003 bytes/, /keep it below/);
    await expectRefused(policy({ ...PULL, sha }), /1000003 bytes/, /keep it below/);
  });

  test("a folder of that name", async () => {
    project.write("belay.yml/file", "x");
    const sha = project.commit("First");
    await expectRefused(policy({ event: "push", sha }), /not a plain file/, /commit the file/);
    await expectRefused(policy({ ...PULL, sha }), /not a plain file/, /commit the file/);
  });

  test("no token", async () => {
    await expectRefused(policy({ ...PULL, sha: project.commit("First"), token: null }), /the step has no github-token/, /leave the input/);
  });

  test("a token without the right", async () => {
    const token = github.tokens.installation({ issues: "write" });
    await expectRefused(policy({ ...PULL, sha: project.commit("First"), token }), /answered 403/, /contents: read/);
  });

  test("a limit that is used up", async () => {
    const token = github.tokens.installation(undefined, 0);
    await expectRefused(policy({ ...PULL, sha: project.commit("First"), token }), /its limit is used up/, /later/);
  });
});

test.each(["../belay.yml", "/etc/belay.yml", "a/../../x.yml", ".", "deploy/"])("config: %s leads out of the repository", async (path) => {
  const sha = project.commit("First");
  await expect(policy({ event: "push", sha }, path)).rejects.toMatchObject({ kind: "usage", code: "config-outside" });
});

test("a repository further up is not this job's checkout", async () => {
  const sha = project.commit("First");
  project.write("inner/file", "x");
  const job = await jobOf(github, project, { event: "push", sha, variables: { GITHUB_WORKSPACE: join(project.directory, "inner") } });
  await expect(gitHubOf(job).policy(null)).rejects.toMatchObject({ code: "policy-unreadable" });
  rmSync(join(project.directory, "inner"), { recursive: true });
});
