/** `needs`: an environment waits until the one before it was deployed with the same, which GitHub's deployments tell. */

import { afterEach, beforeEach, expect, test } from "vitest";

import { APPLICATION } from "../support/project.ts";
import { WEB } from "../support/github/shapes.ts";
import { reasonsOf, Shop, type Step } from "../support/github/shop.ts";
import type { DeploymentState, WorkflowRun } from "../support/github/state.ts";

let shop: Shop;

beforeEach(async () => {
  shop = await Shop.open();
  const { project } = shop;
  const at = (file: string) => `target: sqlite:${shop.outside(file)}, migrate: sql`;
  project.sql(`.backup ${shop.outside("staging.db")}`);
  const app = APPLICATION.replace(/^/gm, "    ").trimEnd();
  project.write(
    "belay.yml",
    `environments:\n  staging: { ${at("staging.db")}, github-environment: stage }\n  prod:\n    needs: staging\n    ${at("app.db").replace(", ", "\n    ")}\n${app}\n`,
  );
  project.commit("Staging first");
});
afterEach(() => shop[Symbol.asyncDispose]());

const DEPLOYER = { actions: "read", contents: "read", deployments: "write", pull_requests: "write" } as const;

/** As GitHub does for a job with `environment: stage`: a deployment, whose status leads to the job. */
function deployed(state: DeploymentState, { sha = shop.project.head(), run = null }: { sha?: string; run?: WorkflowRun | null } = {}) {
  const { state: github } = shop.github;
  const deployment = github.deploy({ sha, environment: "stage" });
  const status = github.setDeployment(deployment, state);
  if (run !== null) {
    const logUrl = `${WEB}/acme/shop/actions/runs/${run.id}/job/1`;
    github.deploymentStatuses.splice(github.deploymentStatuses.indexOf(status), 1, { ...status, logUrl });
  }
  return deployment;
}

function toProd(inputs: Readonly<Record<string, string>> = {}): Promise<Step> {
  return shop.push({ environment: "prod", comment: "never", ...inputs });
}

async function mustRefuse(code: string, end: Promise<Step>): Promise<void> {
  const { status, log, ...rest } = await end;
  expect([status, reasonsOf({ status, log, ...rest })], log).toEqual([3, [code]]);
  expect([shop.project.dump(), shop.project.applicationLog()]).toEqual([shop.before, []]);
}

test("without a deployment, with one that failed and with one of something else, nothing starts, and a plan says what is missing", async () => {
  await mustRefuse("needs-unmet", toProd());
  deployed("success", { sha: shop.project.git("rev-parse", "HEAD~1") });
  deployed("failure");
  await mustRefuse("needs-unmet", toProd());
  const plan = await toProd({ command: "plan" });
  expect([plan.status, plan.report?.requirements], plan.log).toEqual([
    0,
    [{ met: false, text: expect.stringContaining("stage comes first, and was not deployed with these migrations") }],
  ]);
  const blind = shop.github.tokens.installation({ contents: "read" });
  await mustRefuse("needs-unreadable", shop.push({ environment: "prod" }, { token: blind }));
  shop.github.faults.add("GET /repos/{owner}/{repo}/deployments", { kind: "secondary-limit", status: 429 });
  await mustRefuse("needs-unreadable", toProd());
});

test("the same commit, deployed there with success, lets it run", async () => {
  deployed("success");
  const end = await toProd();
  expect([end.status, end.report?.outcome], end.log).toEqual([0, "migrated"]);
});

test("another commit with the same files does, as a squash leaves it", async () => {
  deployed("success");
  shop.project.commit("The same under another name");
  const end = await toProd();
  expect([end.status, end.report?.outcome], end.log).toEqual([0, "migrated"]);
});

test("another commit does that brings the same migrations, as the run there noted with its deployment", async () => {
  const run = shop.github.state.run({ event: "push", actor: "alice", sha: shop.project.head() });
  const deployment = deployed("in_progress", { run });
  const token = shop.github.tokens.installation(DEPLOYER);
  const staging = await shop.push({ environment: "staging" }, { run, token });
  expect([staging.status, staging.report?.outcome, staging.annotations], staging.log).toEqual([0, "migrated", []]);
  const { pendingDigest } = staging.report?.deployed ?? {};
  const noted = shop.github.state.deploymentStatuses.map(({ description }) => description).filter((text) => text !== "");
  expect(noted).toEqual([`belay ${pendingDigest}`]);
  shop.github.state.setDeployment(deployment, "success");

  shop.project.write("readme.md", "no migration\n");
  shop.project.commit("Docs");
  const plan = await toProd({ command: "plan" });
  expect(plan.report?.requirements, plan.log).toEqual([]);
  shop.project.migration("0002_more.sql", "alter table users add column more text;\n");
  shop.project.commit("One more");
  await mustRefuse("needs-unmet", toProd());
  shop.project.git("revert", "--no-edit", "HEAD");
  const end = await toProd();
  // Nobody needs prod, so that nothing is noted for it.
  expect([end.status, end.report?.outcome, end.report?.deployed], end.log).toEqual([0, "migrated", undefined]);
});
