import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gitHubOf, noteDeployed } from "../../src/github/github.ts";
import { type JobSettings, jobOf } from "../support/github/job.ts";
import { CheckedOutProject } from "../support/github/repository.ts";
import { FakeGitHub } from "../support/github/server.ts";
import type { DeploymentState } from "../support/github/state.ts";

const DIGEST = `sha256:${"0a".repeat(32)}`;

let project: CheckedOutProject;
let github: FakeGitHub;
let sha: string;

beforeEach(async () => {
  project = new CheckedOutProject();
  project.write("a.sql", "select 1");
  sha = project.commit("First");
  github = await FakeGitHub.start(project.directory);
});

afterEach(async () => {
  await github[Symbol.asyncDispose]();
  project[Symbol.dispose]();
});

/** A deployment of staging with these statuses, oldest first. */
function deployed(commit: string, states: readonly DeploymentState[], description = "", environment = "staging") {
  const deployment = github.state.deploy({ sha: commit, environment });
  for (const state of states) github.state.setDeployment(deployment, state, undefined, description);
  return deployment;
}

async function needs(settings: Partial<JobSettings> = {}) {
  return gitHubOf(await jobOf(github, project, { event: "push", sha, ...settings })).needs("staging", DIGEST);
}

describe("what is needed was there before with", () => {
  test("this commit", async () => {
    deployed(sha, ["in_progress", "success"]);
    expect(await needs()).toBeNull();
  });

  test("this commit, and something newer since", async () => {
    deployed(sha, ["success", "inactive"]);
    deployed(project.commit("Later"), ["success"]);
    expect(await needs()).toBeNull();
  });

  test("a commit of the same files, as a squash makes one", async () => {
    deployed(project.commit("The same files"), ["success"]);
    expect(await needs()).toBeNull();
  });

  test("the same pending set", async () => {
    project.write("other.txt", "x");
    const other = project.commit("Other files");
    const run = github.state.run({ event: "push", actor: "alice", sha: other });
    const deployment = deployed(other, []);
    note(deployment.id, run.id);
    const job = await jobOf(github, project, {
      event: "push",
      sha: other,
      run,
      token: github.tokens.installation({ deployments: "write" }),
    });
    expect(await noteDeployed(job, "staging", DIGEST)).toBeNull();
    expect(await needs()).toMatchObject({ code: "needs-unmet" }); // the job has not ended well yet
    github.state.setDeployment(deployment, "success");
    expect(await needs()).toBeNull();
  });
});

describe("what is needed was not there before:", () => {
  const unmet = { code: "needs-unmet", message: expect.stringContaining("staging comes first"), hint: expect.any(String) };

  test.each<[string, readonly DeploymentState[]]>([
    ["it is under way", ["in_progress"]],
    ["it failed", ["in_progress", "failure"]],
    ["it failed after its success", ["success", "error"]],
    ["it was never more than replaced", ["inactive"]],
  ])("%s", async (_, states) => {
    deployed(sha, states);
    expect(await needs()).toEqual({ ...unmet, message: expect.stringContaining(`though it was tried with ${sha.slice(0, 7)}`) });
  });

  test("nothing was deployed", async () => {
    expect(await needs()).toEqual(unmet);
  });

  test("other files were, in another environment these", async () => {
    project.write("b.sql", "select 2");
    deployed(project.commit("Other files"), ["success"]);
    deployed(sha, ["success"], "", "production");
    expect(await needs()).toEqual(unmet);
  });

  test("another pending set was", async () => {
    project.write("b.sql", "select 2");
    deployed(project.commit("Other files"), ["success"], `belay sha256:${"0b".repeat(32)}`);
    expect(await needs()).toEqual(unmet);
  });

  test("a commit was that is gone since", async () => {
    deployed("1".repeat(40), ["success"]);
    expect(await needs()).toEqual(unmet);
  });
});

test("deployments that cannot be read refuse", async () => {
  const token = github.tokens.installation({ contents: "read" });
  await expect(needs({ token })).rejects.toMatchObject({
    kind: "refused",
    code: "needs-unreadable",
    hint: expect.stringContaining("deployments: read"),
  });
  await expect(needs({ token: null })).rejects.toMatchObject({ code: "needs-unreadable" });
});

describe("a note that cannot be left is a notice:", () => {
  const noted = async (settings: Partial<JobSettings>) =>
    noteDeployed(await jobOf(github, project, { event: "push", sha, ...settings }), "staging", DIGEST);

  test("the job has no deployment", async () => {
    deployed(sha, ["in_progress"]);
    expect(await noted({})).toContain("GitHub has no deployment of staging for this job");
  });

  test("the right is missing", async () => {
    const run = github.state.run({ event: "push", actor: "alice", sha });
    note(deployed(sha, []).id, run.id);
    expect(await noted({ run })).toContain("the job needs `deployments: write`");
  });

  test("another job of another run is not this one, though its number begins the same", async () => {
    const run = github.state.run({ event: "push", actor: "alice", sha });
    note(deployed(sha, []).id, run.id * 10);
    expect(await noted({ run })).toContain("has no deployment");
  });
});

/** GitHub's own word about a job that runs in an environment. */
function note(deployment: number, run: number): void {
  github.state.deploymentStatuses.push({
    id: github.state.nextId(),
    deployment,
    state: "in_progress",
    creator: github.state.user("github-actions[bot]"),
    description: "",
    logUrl: `https://github.com/acme/shop/actions/runs/${run}/job/1`,
    createdAt: github.state.now(),
  });
}
