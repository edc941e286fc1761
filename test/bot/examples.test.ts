import webhooks from "@octokit/webhooks-examples" with { type: "json" };
import { afterEach, beforeEach, expect, test } from "vitest";

import { incomingOf } from "../../bot/webhook/incoming.ts";
import { Stage } from "../support/bot/stage.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open("target: sqlite:/srv/app.db\napprovals: { required: 2 }");
});
afterEach(() => stage[Symbol.asyncDispose]());

/** Every example of GitHub's as if it were about this repository: most of them name another, or no installation, and would be passed over. */
function examples(): readonly (readonly [name: string, payload: object])[] {
  const { repository, installation } = stage.pushPayload("a".repeat(40), []) as { repository: object; installation: object };
  const all = Object.values(webhooks).flat();
  return all.flatMap(({ name, examples: given }) =>
    (given as readonly object[]).map((payload) => {
      const own = "repository" in payload ? { ...Object(payload.repository), ...repository } : repository;
      return [name, { ...payload, repository: own, installation }] as const;
    }),
  );
}

async function quiet(): Promise<void> {
  const numbers = async () => (await fetch(stage.metricsUrl)).text();
  for (let text = await numbers(); !(text.includes("belay_bot_inbox 0") && text.includes("belay_bot_outbox 0")); text = await numbers())
    await new Promise((resolve) => setTimeout(resolve, 50));
}

test("every example, made to be about our repository, ends without a defect, and writes nothing but the check of a head", async () => {
  for (const [name, payload] of examples()) expect(await stage.deliver(name, payload), name).toBe(202);
  await quiet();
  const writes = stage.github.requests
    .filter(({ method, target }) => method !== "GET" && !target.includes("access_tokens") && target !== "/graphql")
    .map(({ method, target }) => `${method} ${target.replace(/\d+$/, "ID")}`);
  expect(new Set(writes)).toEqual(new Set(["POST /repos/acme/shop/check-runs"]));
  expect(stage.github.state.checkRuns.every(({ name }) => name === "belay")).toBe(true);
  expect(stage.logged.join("")).not.toContain("defect");
});

/** What GitHub has no example of, or none that fits: each with what is wrong with it. */
const REFUSED: readonly (readonly [name: string, payload: object])[] = [
  ["deployment_protection_rule", { action: "requested", environment: "production" }],
  [
    "deployment_protection_rule",
    { action: "requested", environment: "production", deployment_callback_url: "https://x.example/actions/runs/1" },
  ],
  [
    "deployment_protection_rule",
    { action: "requested", environment: 7, deployment_callback_url: "https://x/actions/runs/1/deployment_protection_rule" },
  ],
  [
    "deployment_protection_rule",
    { action: "requested", environment: "p", deployment_callback_url: "https://x/actions/runs/../1e9/deployment_protection_rule" },
  ],
  ["merge_group", { action: "checks_requested", merge_group: { head_sha: 1, head_ref: "x" } }],
  ["merge_group", { action: "other", merge_group: { head_sha: "a", head_ref: "x" } }],
  ["push", { ref: "refs/heads/change", after: "a", deleted: false, commits: [] }],
  ["check_suite", { action: "requested", check_suite: { head_sha: "a" } }],
  ["check_run", { action: "requested_action", check_run: { id: 1, external_id: "" }, requested_action: { identifier: "approve" } }],
  ["check_run", { action: "requested_action", check_run: { id: 1, external_id: "r1:plan" }, requested_action: { identifier: "drop" } }],
];

test("what lacks something that is needed means nothing", () => {
  const { repository, installation } = stage.pushPayload("a".repeat(40), []) as { repository: object; installation: object };
  const sender = { id: 1, login: "ada", type: "User" };
  for (const [name, payload] of REFUSED)
    expect(
      incomingOf(name, { ...payload, repository, installation, sender }, null, new Date(0)),
      `${name} ${JSON.stringify(payload)}`,
    ).toBeNull();
});

test("a push is one, also where little is told of the pull request", () => {
  const { repository, installation } = stage.pushPayload("a".repeat(40), []) as { repository: object; installation: object };
  const [head, base] = ["a", "b"].map((letter) => ({ ref: letter, sha: letter.repeat(40) }));
  const payload = {
    action: "synchronize",
    number: 1,
    pull_request: { head, base, state: "open" },
    sender: { id: 7 },
    repository,
    installation,
  };
  expect(incomingOf("pull_request", payload, null, new Date(0))?.event).toMatchObject({
    kind: "pull",
    head: "a".repeat(40),
    state: "open",
    isFork: false,
    updatedAt: new Date(0).toISOString(),
    by: 7,
  });
  const gone = { ...payload, pull_request: { ...payload.pull_request, head: { ...head, repo: null } } };
  expect(incomingOf("pull_request", gone, null, new Date(0))?.event).toMatchObject({ isFork: true });
});

test("of a protection rule only the digits of its address count, with and without a deployment", () => {
  const run = stage.github.state.run({ event: "push", actor: "ada", sha: stage.project.head() });
  const payload = stage.rulePayload(run, "production");
  const read = (more: object) => incomingOf("deployment_protection_rule", { ...payload, ...more }, null, new Date(0))?.event;
  expect(read({})).toMatchObject({ kind: "rule", workflowRun: run.id, environment: "production", deployment: run.id * 10 + 1 });
  expect(read({ deployment: undefined })).toMatchObject({ kind: "rule", workflowRun: run.id, deployment: null });
  const server = `https://ghe.example/api/v3/repos/a/b/actions/runs/${run.id}/deployment_protection_rule`;
  expect(read({ deployment_callback_url: server })).toMatchObject({ workflowRun: run.id });
});
