/** A GitHub that says less than the one that we know: what is not needed is not missed. */

import { expect, test } from "vitest";

import { claimOf, plan } from "../support/bot/hand-made-job.ts";
import { Stage } from "../support/bot/stage.ts";
import { type Leaner, UNKNOWN } from "../support/github/lean.ts";

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
