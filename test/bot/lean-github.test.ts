/** A GitHub that says less than the one that we know: what is not needed is not missed. */

import { expect, test } from "vitest";

import { connect } from "../../bot/github/api.ts";
import { claimOf, plan } from "../support/bot/hand-made-job.ts";
import { Stage } from "../support/bot/stage.ts";
import { LeanGitHub, type Leaner, UNKNOWN } from "../support/github/lean.ts";

const LEAN: readonly Leaner[] = [
  { path: /^POST \/graphql/, refuse: UNKNOWN },
  { path: /\/rules\/branches\//, refuse: UNKNOWN },
  { path: /\/app\/hook\/deliveries/, refuse: UNKNOWN },
  { path: /^GET \/repos\/[^?]+\/deployments/, refuse: UNKNOWN },
  { path: /^GET \/repos\/[^?]+\/workflows\/[^?]+\/runs/, refuse: UNKNOWN },
  { path: /^GET \/app\/installations\//, refuse: UNKNOWN },
  { path: /\/access_tokens$/, leave: ["token", "expires_at"] },
  { path: /\/collaborators\//, leave: ["permission"] },
  { path: /\/contents\//, leave: ["content", "encoding"] },
  { path: /\/pulls\/\d+$/, leave: ["number", "head", "base", "sha", "ref", "user", "id", "login", "state"] },
  { path: /\/activity\?/, leave: ["actor", "id"] },
  { path: /\/commits\/[^/?]+$/, leave: ["sha", "commit", "tree"] },
  { path: /\/environments\/[^/?]+$/, leave: ["deployment_branch_policy", "protected_branches", "custom_branch_policies"] },
  { path: /\/branches\//, leave: ["protection", "required_status_checks", "contexts"] },
  { path: /check-runs/, leave: ["id", "check_runs", "name", "external_id", "conclusion"] },
  { path: /^POST/, leave: ["id"] },
];

test("a list is read to its end, whatever a page of it holds, with links and without", async () => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db\napprovals: { required: 1 }");
  const { github, variables } = stage;
  const { number } = stage.openPull();
  for (let n = 0; n < 203; n++) github.state.comment(number, "ada", `comment ${n}`);
  const settings = { appId: Number(variables["APP_ID"]), privateKey: variables["PRIVATE_KEY"] ?? "", webhookSecret: "" };
  const read = async (apiUrl: string) => {
    const api = await connect({ ...settings, apiUrl }).installation(99);
    return api.list("/repos/{owner}/{repo}/issues/{issue_number}/comments", { owner: "acme", repo: "shop", issue_number: number });
  };
  await using small = await LeanGitHub.before(github.url, [{ path: /comments/, perPage: 30 }]);
  await using linkless = await LeanGitHub.before(github.url, [{ path: /comments/, leave: ["id", "body"] }]);
  for (const url of [github.url, small.url, linkless.url])
    expect((await read(url)).map(({ body }) => body)).toEqual(Array.from({ length: 203 }, (_, n) => `comment ${n}`));
});

test("the whole conversation goes on with a GitHub without GraphQL, rulesets, lists to find things by, and most fields", async () => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db\napprovals: { required: 1 }");
  await using _lean = await stage.behind(LEAN);
  const { state } = stage.github;
  const pull = stage.openPull();
  await stage.say(pull, "ada", "/migrate prod");
  const { digest } = await plan(stage, pull);
  await stage.say(pull, "ben", "/approve r1");
  const run = await stage.until("the run", () => state.runs.find(({ title }) => title === "belay migrate prod r1"));
  expect(await stage.claim(run, claimOf(stage, run, digest))).toMatchObject({ status: 200 });
  await stage.until("the deployment", () => state.deploymentStatuses.find((each) => each.state === "in_progress"));
  await stage.until("🚀", () => state.reactions.find(({ content }) => content === "rocket"));
});
