/** `needs`: an environment waits until the one before it was deployed with the same, which GitHub's deployments tell. */

import { describe, expect, test } from "vitest";

import { APPLICATION } from "../support/project.ts";
import { WEB } from "../support/github/shapes.ts";
import { reasonsOf, Shop, type Step } from "../support/github/shop.ts";
import type { DeploymentState, WorkflowRun } from "../support/github/state.ts";

/** Production behind a staging that has the same database. */
async function open(): Promise<Shop> {
  const shop = await Shop.open();
  const { project } = shop;
  const staging = shop.outside("staging.db");
  project.sql(`.backup ${staging}`);
  const app = APPLICATION.replace(/^/gm, "    ").trimEnd();
  project.write(
    "belay.yml",
    `environments:
  staging: { target: sqlite:${staging}, migrate: sql, github-environment: stage }
  prod:
    needs: staging
    target: sqlite:${project.database}
    migrate: sql
${app}
`,
  );
  project.commit("Staging first");
  return shop;
}

const DEPLOYER = { actions: "read", contents: "read", deployments: "write", pull_requests: "write" } as const;

/** As GitHub does for a job with `environment: stage`: a deployment, whose status leads to the job. */
function deployed(
  shop: Shop,
  state: DeploymentState,
  { sha = shop.project.head(), run = null }: { sha?: string; run?: WorkflowRun | null } = {},
) {
  const { state: github } = shop.github;
  const deployment = github.deploy({ sha, environment: "stage" });
  const status = github.setDeployment(deployment, state);
  if (run !== null) {
    const logUrl = `${WEB}/acme/shop/actions/runs/${run.id}/job/1`;
    github.deploymentStatuses.splice(github.deploymentStatuses.indexOf(status), 1, { ...status, logUrl });
  }
  return deployment;
}

function toProd(shop: Shop, inputs: Readonly<Record<string, string>> = {}): Promise<Step> {
  return shop.push({ environment: "prod", comment: "never", ...inputs });
}

async function mustRefuse(shop: Shop, code: string, end: Promise<Step>): Promise<void> {
  const { status, log, ...rest } = await end;
  expect([status, reasonsOf({ status, log, ...rest })], log).toEqual([3, [code]]);
  expect([shop.project.dump(), shop.project.applicationLog()]).toEqual([shop.before, []]);
}

describe.concurrent("needs", { timeout: 60_000 }, () => {
  test("without a deployment, with one that failed and with one of something else, nothing starts, and a plan says what is missing", async () => {
    await using shop = await open();
    await mustRefuse(shop, "needs-unmet", toProd(shop));
    deployed(shop, "success", { sha: shop.project.git("rev-parse", "HEAD~1") });
    deployed(shop, "failure");
    await mustRefuse(shop, "needs-unmet", toProd(shop));
    const plan = await toProd(shop, { command: "plan" });
    expect([plan.status, plan.report?.requirements], plan.log).toEqual([
      0,
      [{ met: false, text: expect.stringContaining("stage comes first, and was not deployed with these migrations") }],
    ]);
    const blind = shop.github.tokens.installation({ contents: "read" });
    await mustRefuse(shop, "needs-unreadable", shop.push({ environment: "prod" }, { token: blind }));
    shop.github.faults.add("GET /repos/{owner}/{repo}/deployments", { kind: "secondary-limit", status: 429 });
    await mustRefuse(shop, "needs-unreadable", toProd(shop));
  });

  test("the same commit, deployed there with success, lets it run", async () => {
    await using shop = await open();
    deployed(shop, "success");
    const end = await toProd(shop);
    expect([end.status, end.report?.outcome], end.log).toEqual([0, "migrated"]);
  });

  test("another commit with the same files does, as a squash leaves it", async () => {
    await using shop = await open();
    deployed(shop, "success");
    shop.project.commit("The same under another name");
    const end = await toProd(shop);
    expect([end.status, end.report?.outcome], end.log).toEqual([0, "migrated"]);
  });

  test("another commit does that brings the same migrations, as the run there noted with its deployment", async () => {
    await using shop = await open();
    const run = shop.github.state.run({ event: "push", actor: "alice", sha: shop.project.head() });
    const deployment = deployed(shop, "in_progress", { run });
    const token = shop.github.tokens.installation(DEPLOYER);
    const staging = await shop.push({ environment: "staging" }, { run, token });
    expect([staging.status, staging.report?.outcome, staging.annotations], staging.log).toEqual([0, "migrated", []]);
    const { pendingDigest } = staging.report?.deployed ?? {};
    const noted = shop.github.state.deploymentStatuses.map(({ description }) => description).filter((text) => text !== "");
    expect(noted).toEqual([`belay ${pendingDigest}`]);
    shop.github.state.setDeployment(deployment, "success");

    shop.project.write("readme.md", "no migration\n");
    shop.project.commit("Docs");
    const plan = await toProd(shop, { command: "plan" });
    expect(plan.report?.requirements, plan.log).toEqual([]);
    shop.project.migration("0002_more.sql", "alter table users add column more text;\n");
    shop.project.commit("One more");
    await mustRefuse(shop, "needs-unmet", toProd(shop));
    shop.project.git("revert", "--no-edit", "HEAD");
    const end = await toProd(shop);
    // Nobody needs prod, so that nothing is noted for it.
    expect([end.status, end.report?.outcome, end.report?.deployed], end.log).toEqual([0, "migrated", undefined]);
  });
});
