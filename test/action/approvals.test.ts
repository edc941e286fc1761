/** Who must say yes before a protected environment is changed, as GitHub tells it; and every no starts nothing. */

import { describe, expect, test } from "vitest";

import { pushEvent } from "../support/github/events.ts";
import { reasonsOf, Shop, type Step } from "../support/github/shop.ts";
import type { Environment, WorkflowRun } from "../support/github/state.ts";
import type { Inputs, JobSettings } from "../support/runner.ts";

/** A push by alice; the run waited for what `reviews` say. */
function run(
  shop: Shop,
  reviewers: readonly string[],
  environment = "production",
  settings: { attempt?: number; triggeredBy?: string } = {},
): WorkflowRun {
  const made = shop.github.state.run({ event: "push", actor: "alice", sha: shop.project.head(), ...settings });
  for (const login of reviewers) shop.github.state.reviewRun(made, login, [environment]);
  return made;
}

function deploy(shop: Shop, settings: Partial<JobSettings>, inputs: Inputs = {}): Promise<Step> {
  return shop.push({ comment: "never", ...inputs }, settings);
}

/** What a refused step comes to: reasons, and a database whose bytes and application nobody touched. */
async function refused(shop: Shop, settings: Partial<JobSettings>, inputs: Inputs = {}): Promise<readonly string[]> {
  const end = await deploy(shop, settings, inputs);
  expect([end.status, end.report?.outcome, shop.project.applicationLog()], end.log).toEqual([3, "refused", []]);
  expect(shop.project.dump()).toBe(shop.before);
  for (const { hint } of end.report?.reasons ?? []) expect(hint).toBeTruthy();
  return reasonsOf(end);
}

describe.concurrent("by environment", { timeout: 60_000 }, () => {
  const protect = (shop: Shop, settings: Partial<Environment> = {}) => {
    const { state } = shop.github;
    state.environments.length = 0;
    state.environment("production", { reviewers: [state.user("carol"), state.user("dave")], ...settings });
  };
  const open = async (approvals: string) => {
    const shop = await Shop.open({ prod: `github-environment: production\napprovals: ${approvals}\n` });
    protect(shop);
    return shop;
  };

  test("a reviewer of the environment who stands in from lets it run, and stands in report, summary and journal", async () => {
    await using shop = await open("{ from: [carol] }");
    const end = await deploy(shop, { run: run(shop, ["carol"]), identity: { environment: "production" } });
    expect([end.status, end.report?.outcome], end.log).toEqual([0, "migrated"]);
    const approval = { approvers: [{ login: "carol", id: shop.github.state.user("carol").id, source: "environment" }], notes: [] };
    expect(end.report?.approval).toEqual(approval);
    expect(shop.began().map((entry) => entry.approval)).toEqual([approval]);
    expect(end.summary).toContain("Approved by `carol` for");
  });

  test("nobody, somebody else, another environment, and whoever asked do not count", async () => {
    await using shop = await open("{ from: [carol, alice, erin] }");
    expect(await refused(shop, { run: run(shop, []) })).toEqual(["approval-missing"]);
    expect(await refused(shop, { run: run(shop, ["dave"]) })).toEqual(["approval-not-counted"]);
    expect(await refused(shop, { run: run(shop, ["carol"], "staging") })).toEqual(["approval-missing"]);
    expect(await refused(shop, { run: run(shop, ["alice"]) })).toEqual(["approval-not-counted"]);
    expect(await refused(shop, { run: run(shop, ["erin"], "production", { triggeredBy: "erin" }) })).toEqual(["approval-not-counted"]);
    // Whoever wrote the pull request that this commit merges has asked for it, too.
    shop.project.git("checkout", "--quiet", "main");
    shop.merge(shop.pull("feature", () => shop.project.write("a.txt", "a"), { author: "erin" }));
    expect(await refused(shop, { run: run(shop, ["erin"]) })).toEqual(["approval-not-counted"]);
  });

  test("whoever asked counts where belay.yml allows it, and a second attempt is noted", async () => {
    await using shop = await open("{ from: [alice], allow-self-approval: true }");
    const end = await deploy(shop, { run: run(shop, ["alice"], "production", { attempt: 2 }) });
    expect([end.status, end.report?.approval?.approvers.map(({ login }) => login)], end.log).toEqual([0, ["alice"]]);
    expect(end.report?.approval?.notes).toEqual([expect.stringContaining("this is attempt 2")]);
    expect(end.summary).toContain("this is attempt 2");
  });

  test("an environment without reviewers, another job's environment, and required 2 are no protection", async () => {
    await using shop = await open("{ from: [carol] }");
    const approved = { run: run(shop, ["carol"]) };
    protect(shop, { reviewers: [] });
    expect(await refused(shop, approved)).toEqual(["environment-unprotected"]);
    protect(shop, { branches: "selected", patterns: ["main"] });
    expect(await refused(shop, { ...approved, identity: { environment: "staging" } })).toEqual(["environment-mismatch"]);
    expect(await refused(shop, { ...approved, identity: { sub: "repo:acme/shop:environment:production" } })).toEqual([
      "environment-mismatch",
    ]);
    shop.project.write("belay.yml", shop.project.read("belay.yml").replace("from: [carol]", "required: 2, from: [carol, dave]"));
    shop.project.commit("Two");
    expect(await refused(shop, { run: run(shop, ["carol", "dave"]) })).toEqual(["required-needs-bot"]);
    shop.github.state.environments.length = 0;
    expect(await refused(shop, approved)).toEqual(["approvals-unreadable"]);
  });

  test("what was approved is the commit of the run: another one that is checked out does not run on its word", async () => {
    await using shop = await open("{ from: [carol] }");
    const approved = { run: run(shop, ["carol"]), event: pushEvent(shop.github, { sha: shop.project.head(), actor: "alice" }) };
    shop.project.branch("unseen", () => shop.project.migration("0002_unseen.sql", "delete from payments;\n"));
    expect(await refused(shop, approved)).toEqual(["checkout-mismatch"]);
    shop.project.git("checkout", "--quiet", "main");
    expect((await deploy(shop, approved)).report?.outcome).toBe("migrated");
  });

  test("a team counts where the environment vouches for it or the token may read it, and is else refused", async () => {
    await using shop = await open("{ from: [acme/dba] }");
    const { state, tokens } = shop.github;
    const dba = state.team("dba", "carol");
    const rights = { actions: "read", contents: "read", pull_requests: "write" } as const;
    expect(await refused(shop, { run: run(shop, ["carol"]) })).toEqual(["teams-unreadable"]);
    const token = tokens.personal("robot", { ...rights, members: "read" });
    expect(await refused(shop, { run: run(shop, ["dave"]), token })).toEqual(["approval-not-counted"]);
    const read = await deploy(shop, { run: run(shop, ["carol"]), token });
    expect([read.status, read.report?.outcome], read.log).toEqual([0, "migrated"]);

    protect(shop, { reviewers: [dba] });
    const restored = await deploy(shop, { run: run(shop, ["carol"]) }, { command: "rollback" });
    expect([restored.status, restored.report?.outcome], restored.log).toEqual([0, "rolled-back"]);
  });

  test("approvals that GitHub does not tell, or a token may not read, refuse", async () => {
    await using shop = await open("{ from: [carol] }");
    const approved = { run: run(shop, ["carol"]) };
    const route = "GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals";
    shop.github.faults.add(route, { kind: "forbidden", retryAfterSeconds: 3600 });
    expect(await refused(shop, approved)).toEqual(["approvals-unreadable"]);
    shop.github.faults.clear();
    shop.github.faults.add(route, { kind: "reset" }, { times: 1 });
    shop.github.faults.add("GET /repos/{owner}/{repo}/environments/{environment_name}", { kind: "cut-off" }, { times: 1 });
    const blind = shop.github.tokens.installation({ contents: "read" });
    expect(await refused(shop, { ...approved, token: blind })).toEqual(["approvals-unreadable"]);
    expect(await refused(shop, approved, { "github-token": "" })).toEqual(["approvals-unreadable"]);
    const end = await deploy(shop, approved);
    expect(end.report?.outcome, end.log).toBe("migrated");
  });

  test("the plan that was approved is the one that runs; another one, and a closed window, refuse", async () => {
    await using shop = await open("{ from: [carol] }");
    const plan = await deploy(shop, {}, { command: "plan" });
    expect([plan.status, plan.report?.requirements], plan.log).toEqual([
      0,
      [{ met: false, text: "an approval by carol in GitHub's environment production; not by who asks for it" }],
    ]);
    const digest = plan.outputs["digest"] ?? "";
    shop.project.migration("0002_late.sql", "alter table users add column late text;\n");
    shop.project.commit("Late");
    expect(await refused(shop, { run: run(shop, ["carol"]) }, { digest })).toEqual(["digest-changed"]);

    const day = new Date(Date.now() + 3 * 24 * 3600 * 1000).toLocaleDateString("en", { weekday: "short", timeZone: "UTC" });
    shop.project.write("belay.yml", `${shop.project.read("belay.yml")}    windows: ["${day} 01:00-02:00 UTC"]\n`);
    shop.project.commit("Closed");
    expect(await refused(shop, { run: run(shop, []) })).toEqual(["approval-missing", "outside-window"]);
    expect(await refused(shop, { run: run(shop, ["carol"]) })).toEqual(["outside-window"]);
  });
});

describe.concurrent("by review", { timeout: 60_000 }, () => {
  const merged = (shop: Shop, author = "bob") =>
    shop.pull(`feature-${shop.github.state.pulls.length}`, () => shop.project.write("a.txt", author), { author });

  test("an approving review of the merged pull request's head counts, and binds the plan that stood there before", async () => {
    await using shop = await Shop.open({ prod: "approvals: { by: review, from: [carol, dave], required: 2 }\n" });
    const { state } = shop.github;
    const pull = merged(shop);
    const plan = await shop.onPull(pull, { command: "plan" });
    expect(plan.status, plan.log).toBe(0);
    state.review(pull, "carol");
    state.review(pull, "dave");
    shop.merge(pull);
    const end = await deploy(shop, {});
    expect([end.status, end.report?.outcome], end.log).toEqual([0, "migrated"]);
    expect(end.report?.approval).toMatchObject({
      approvers: [
        { login: "carol", source: "review" },
        { login: "dave", source: "review" },
      ],
      notes: [],
    });
  });

  test("a review of an older head, one taken back, by the author or by a reader, and a commit beside any pull request refuse", async () => {
    await using shop = await Shop.open({ prod: "approvals: { by: review }\n" });
    const { state } = shop.github;
    state.writers.add("carol").add("bob");
    expect(await refused(shop, {})).toEqual(["review-no-pull-request"]);
    const pull = merged(shop);
    const older = shop.project.git("rev-parse", "main");
    state.review(pull, "carol", "APPROVED", older);
    shop.merge(pull);
    expect(await refused(shop, {})).toEqual(["approval-missing"]);
    state.review(pull, "bob");
    expect(await refused(shop, {})).toEqual(["approval-not-counted"]);
    state.review(pull, "zoe");
    expect(await refused(shop, {})).toEqual(["approval-not-counted"]);
    state.review(pull, "carol");
    state.review(pull, "carol", "CHANGES_REQUESTED");
    expect(await refused(shop, {})).toEqual(["approval-not-counted"]);
    state.review(pull, "carol");
    const end = await deploy(shop, {});
    expect([end.status, end.report?.outcome, end.report?.approval?.notes], end.log).toEqual([
      0,
      "migrated",
      [expect.stringContaining("the review stands for the code, not for this very plan")],
    ]);
  });

  test("a merge that holds more than what was reviewed, and two reviews without the plan, refuse", async () => {
    await using shop = await Shop.open({ prod: "approvals: { by: review, from: [carol, dave], required: 2 }\n" });
    const { state } = shop.github;
    const pull = merged(shop);
    shop.project.git("checkout", "--quiet", "main");
    state.review(pull, "carol");
    state.review(pull, "dave");
    const sha = shop.merge(pull);
    expect(await refused(shop, {})).toEqual(["review-before-plan"]);

    const other = shop.pull("other", () => shop.project.write("b.txt", "b"));
    shop.project.git("checkout", "--quiet", "main");
    shop.project.write("c.txt", "c");
    shop.project.commit("Meanwhile");
    state.review(other, "carol");
    state.review(other, "dave");
    const later = shop.merge(other);
    expect(later).not.toBe(sha);
    expect(await refused(shop, { event: pushEvent(shop.github, { sha: later, actor: "carol" }) })).toEqual(["review-other-tree"]);
  });
});

test("an approval by a bot, which this version does not have, is refused and names the two other ways", async () => {
  await using shop = await Shop.open({ prod: "approvals: { by: bot }\n" });
  expect(await refused(shop, {})).toEqual(["approvals-need-bot"]);
});
