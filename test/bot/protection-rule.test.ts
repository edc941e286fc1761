import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";

import { Stage } from "../support/bot/stage.ts";
import type { WorkflowRun } from "../support/github/state.ts";

const PROTECTED = "target: sqlite:/srv/app.db\napprovals: { required: 2 }";

function push(stage: Stage, actor = "ada", attempt = 1): WorkflowRun {
  return stage.github.state.run({ event: "push", actor, sha: stage.project.head(), attempt });
}

async function asks(stage: Stage, run: WorkflowRun, environment = "production"): Promise<void> {
  expect(await stage.deliver("deployment_protection_rule", stage.rulePayload(run, environment))).toBe(202);
}

function answers(stage: Stage, run: WorkflowRun) {
  return stage.github.state.ruleAnswers.filter((each) => each.run === run.id);
}

const verdict = (stage: Stage, run: WorkflowRun) => answers(stage, run).find(({ state }) => state !== null);

test("an ordinary deployment of a merged pull request waits until two people typed /approve there", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state } = stage.github;
  const pull = stage.openPull();
  state.merge(pull, stage.project.merge("change"), "ada");
  const run = push(stage);
  await asks(stage, run);
  const told = await stage.until("where to type", () => answers(stage, run)[0]);
  expect(told).toMatchObject({ state: null, environment: "production" });
  expect(told.comment).toContain(`/approve r1\` in #${pull.number}`);
  await stage.until("the comment", () => (stage.comment().includes("waits for approval") ? true : undefined));
  expect(stage.comment()).toContain(`attempt ${run.attempt}`);

  await pause(1_100);
  await stage.say(pull, "ada", "/approve r1");
  await stage.until("a refusal", () => state.comments.find(({ body }) => body.includes("a self-approval does not count")));
  await stage.say(pull, "ben", "/approve r1");
  await stage.until("ben's yes", () => state.reactions.find(({ content }) => content === "+1"));
  expect(verdict(stage, run)).toBeUndefined();
  await stage.say(pull, "cleo", "/approve r1");
  expect(await stage.until("the verdict", () => verdict(stage, run))).toMatchObject({
    state: "approved",
    comment: expect.stringContaining("ben, cleo"),
  });
  await asks(stage, run);
  await pause(200);
  expect(answers(stage, run).filter(({ state: word }) => word !== null)).toHaveLength(1);
});

test("where a commit belongs to no pull request, the check run on it has the buttons", async () => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db\napprovals: { required: 1 }");
  const run = push(stage);
  await asks(stage, run, "Production");
  const check = await stage.until("the check run", () =>
    stage.github.state.checkRuns.find(({ sha, conclusion }) => sha === run.sha && conclusion === "action_required"),
  );
  expect(check).toMatchObject({ name: "belay deploy prod", externalId: "r1:rule" });
  expect((await stage.until("where to press", () => answers(stage, run)[0])).comment).toContain(
    "the check run on the commit has the button",
  );
  await stage.press("ada", check, "approve");
  await stage.press("dan", check, "approve");
  await pause(300);
  expect(verdict(stage, run)).toBeUndefined();
  await stage.press("ben", check, "approve");
  expect(await stage.until("the verdict", () => verdict(stage, run))).toMatchObject({ state: "approved", environment: "Production" });
  await stage.until("the check run's end", () => (check.conclusion === "success" ? true : undefined));
});

test("a rejected deployment is told so, and running its workflow again asks anew", async () => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db\napprovals: { required: 1 }");
  const run = push(stage);
  await asks(stage, run);
  const check = await stage.until("the check run", () => stage.github.state.checkRuns.find(({ externalId }) => externalId === "r1:rule"));
  await stage.press("ben", check, "reject");
  expect(await stage.until("the verdict", () => verdict(stage, run))).toMatchObject({
    state: "rejected",
    comment: expect.stringContaining("rejected by ben"),
  });
  const again = { ...run, attempt: 2 };
  stage.github.state.runs.splice(stage.github.state.runs.indexOf(run), 1, again);
  await asks(stage, again);
  const second = await stage.until("the second request", () =>
    stage.github.state.checkRuns.find(({ externalId }) => externalId === "r2:rule"),
  );
  await stage.press("ben", second, "approve");
  await stage.until("the second verdict", () => answers(stage, run).find(({ state, attempt }) => state === "approved" && attempt === 2));
});

test("a deployment whose run ended while nobody listened is found, and is nobody's to approve any more", async () => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db\napprovals: { required: 1 }");
  const run = push(stage);
  await asks(stage, run);
  const check = await stage.until("the check run", () => stage.github.state.checkRuns.find(({ externalId }) => externalId === "r1:rule"));
  await stage.stop();
  run.over = true;
  await stage.start();
  await stage.until("its end", () => (check.conclusion === "cancelled" ? true : undefined));
  await stage.press("ben", check, "approve");
  await asks(stage, run);
  await pause(200);
  expect(verdict(stage, run)).toBeUndefined();
});

test("a closed window is waited for, not a reason to reject", async () => {
  const weekday = new Date(Date.now() + 3 * 86_400_000).toLocaleDateString("en-US", { weekday: "short", timeZone: "UTC" });
  await using stage = await Stage.open(`target: sqlite:/srv/app.db\nwindows: ["${weekday} 01:00-02:00 UTC"]`);
  const run = push(stage);
  await asks(stage, run);
  await stage.until("the check run", () =>
    stage.github.state.checkRuns.find(({ externalId, status }) => externalId === "r1:rule" && status === "in_progress"),
  );
  expect((await stage.until("a word", () => answers(stage, run)[0])).state).toBeNull();
});

test("an environment that belay.yml does not name is refused, and one without approvals is let through", async () => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db");
  const run = push(stage);
  await asks(stage, run, "elsewhere");
  expect(await stage.until("the verdict", () => verdict(stage, run))).toMatchObject({
    state: "rejected",
    comment: expect.stringContaining("elsewhere"),
  });
  await asks(stage, run, "production");
  await stage.until("the other verdict", () => answers(stage, run).find(({ state }) => state === "approved"));
});

test("a run that the bot started is answered at once by its request's state, and a re-run or a stranger's run of that name is not", async () => {
  await using stage = await Stage.open(PROTECTED);
  const { state } = stage.github;
  const pull = stage.openPull();
  await stage.say(pull, "ada", "/migrate prod");
  const run = await stage.until("the plan's run", () => state.runs.find(({ title }) => title === "belay plan prod r1"));
  await asks(stage, run, "production-plan");
  expect(await stage.until("the verdict", () => verdict(stage, run))).toMatchObject({ state: "approved" });
  await asks(stage, run, "production");
  await stage.until("no for the other environment", () =>
    answers(stage, run).find(({ state: word, environment }) => word === "rejected" && environment === "production"),
  );
  const strange = state.run({ event: "workflow_dispatch", actor: "eve", sha: run.sha, title: run.title, path: run.path });
  await asks(stage, strange, "production-plan");
  expect(await stage.until("the stranger's verdict", () => verdict(stage, strange))).toMatchObject({ state: "rejected" });
  await stage.say(pull, "ada", "/cancel r1");
  await stage.until("the end of r1", () =>
    state.checkRuns.find(({ externalId, conclusion }) => externalId === "r1:plan" && conclusion === "cancelled"),
  );
  const late = state.run({ event: "workflow_dispatch", actor: "belay[bot]", sha: run.sha, title: run.title, path: run.path });
  await asks(stage, late, "production-plan");
  expect(await stage.until("the late verdict", () => verdict(stage, late))).toMatchObject({ state: "rejected" });
});
