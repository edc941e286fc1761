/** What was done and not recorded is found again, and GitHub's troubles lose nothing: a whole command with a bot that is killed. */

import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";

import { BotProcess } from "../support/bot/bot-process.ts";
import { Stage } from "../support/bot/stage.ts";
import type { Fault } from "../support/github/faults.ts";
import type { PullRequest } from "../support/github/state.ts";

/** Whoever meets a bot that is just being started tries again: GitHub by the sweep, the action by its own tries. */
async function insist<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await act();
    } catch (error) {
      if (tries === 400) throw error;
      await pause(25);
    }
  }
}

/** What the workflow of this environment, which nobody has to approve, tells when it migrated. */
async function carryOut(stage: Stage, meanwhile: () => Promise<unknown> = async () => undefined): Promise<void> {
  const run = await stage.until("the run", () => stage.github.state.runs[0]);
  const inputs = stage.github.state.inputs.get(run.id) ?? {};
  const { request, command, environment, sha } = inputs;
  const claim = { version: 1, request, command, environment, sha, digest: null, targets: [], run: "RUN1" };
  const granted = await insist(async () => {
    const answer = await stage.claim(run, claim);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer));
    return answer;
  });
  await meanwhile();
  const target = { name: "app", engine: "sqlite", outcome: "migrated", undisturbed: true, pending: [], applied: [], steps: [] };
  const none = { backup: null, checks: [], data: null, schema: null, rollback: null };
  const times = { startedAt: "2026-01-01T00:00:00Z", durationMs: 5 };
  const head = { belay: "0.1.0", run: "RUN1", command: "migrate", environment: "prod", outcome: "migrated", digest: "sha256:x" };
  const data = { ...head, ...times, reasons: [], checklist: [], targets: [{ ...target, ...none }] };
  const told = { version: 1, run: "RUN1", seq: 1, at: new Date().toISOString(), type: "result", data };
  await insist(async () => {
    const answer = await stage.post(`/api/requests/${request}/events`, String(granted.json["events"]), told);
    if (answer.status !== 204) throw new Error(JSON.stringify(answer));
  });
}

async function say(stage: Stage, pull: PullRequest, body: string): Promise<number> {
  const comment = stage.github.state.comment(pull.number, "ada", body);
  await insist(() => stage.deliver("issue_comment", stage.commentPayload(pull, comment.id)));
  return comment.id;
}

/** Everything that people and tools look at is there, and there once. */
async function expectAllOnce(stage: Stage, asked: number, helped: number): Promise<void> {
  const { state } = stage.github;
  await stage.until("👍", () => state.reactions.find(({ comment, content }) => comment === asked && content === "+1"));
  await stage.until("the last word", () => (/migrated/.test(stage.comment()) ? true : undefined));
  await stage.until("the deployment's end", () => state.deploymentStatuses.find((each) => each.state === "success"));
  await stage.until("the help", () => state.comments.find(({ body }) => body.includes(`belay:1:answer:${helped}`)));
  await stage.until("the run's check", () =>
    state.checkRuns.find(({ conclusion, externalId }) => conclusion === "success" && externalId === "r1:run"),
  );
  await stage.until("quiet", () => (state.checkRuns.every(({ status }) => status === "completed") ? true : undefined));
  const names = (items: readonly string[]) => items.toSorted();
  const once = (items: readonly string[]) => expect(names(items)).toEqual(names([...new Set(items)]));
  once(state.runs.map(({ title }) => title));
  once(state.comments.filter(({ app }) => app !== null).map(({ body }) => body.split("\n", 1)[0] ?? ""));
  once(state.checkRuns.map(({ sha, externalId }) => `${sha} ${externalId}`));
  once(state.reactions.map(({ comment, content }) => `${comment} ${content}`));
  once(state.deployments.map(({ payload }) => payload.replace(/"audit":"\w+"/, "")));
  once(state.deploymentStatuses.map(({ deployment, state: word }) => `${deployment} ${word}`));
}

/** Everything by which the bot changes something on GitHub. */
const WRITES = [
  "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
  "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
  "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
  "POST /repos/{owner}/{repo}/check-runs",
  "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
  "POST /repos/{owner}/{repo}/deployments",
  "POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
];

test(
  "a bot that is killed after each kind of effect, before it could record it, finds it again and doubles none",
  { timeout: 120_000 },
  async () => {
    await using stage = await Stage.open("target: sqlite:/srv/app.db");
    await stage.stop();
    for (const route of WRITES) stage.github.faults.add(route, { kind: "answer-lost" }, { times: 1 });
    const killedAfter: string[] = [];
    let isOver = false;
    let bot = await BotProcess.listening(stage.variables);
    const reaper = async () => {
      for (let seen = 0; !isOver; await pause(5)) {
        const next = stage.github.requests.slice(seen).findIndex(({ route, status }) => status === null && WRITES.includes(route ?? ""));
        // What is in the middle of being answered has no status either: it is struck only when its connection was cut.
        const struck = next === -1 ? null : (stage.github.requests[seen + next] ?? null);
        if (struck === null || killedAfter.includes(struck.route ?? "")) continue;
        await pause(5);
        if (struck.status !== null) continue;
        seen += next + 1;
        killedAfter.push(struck.route ?? "");
        await bot.kill();
        bot = await BotProcess.listening(stage.variables);
      }
    };
    const reaping = reaper();
    try {
      const pull = stage.openPull();
      const asked = await say(stage, pull, "/migrate prod");
      await carryOut(stage);
      const helped = await say(stage, pull, "/belay help");
      await expectAllOnce(stage, asked, helped);
    } finally {
      isOver = true;
      await reaping;
      await bot.kill();
    }
    expect(killedAfter.length, killedAfter.join("\n")).toBeGreaterThanOrEqual(6);
  },
);

test("what came through without an answer is not taken for what was said before it: the check of a head ends green", async () => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db");
  const { state, faults } = stage.github;
  const own = (status: string) => () => state.checkRuns.find((run) => run.name === "belay" && run.status === status);
  await stage.say(stage.openPull(), "ada", "/migrate prod");
  await stage.until("the check", own("completed"));
  faults.add("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", { kind: "answer-lost" }, { times: 1 });
  await carryOut(stage, () => stage.until("the check of a run that goes on", own("in_progress")));
  expect(await stage.until("the check of one that ended", own("completed"))).toMatchObject({ conclusion: "success" });
});

const TROUBLES: readonly Fault[] = [
  { kind: "status", status: 500 },
  { kind: "status", status: 502 },
  { kind: "html", status: 502 },
  { kind: "forbidden", retryAfterSeconds: 1 },
  { kind: "secondary-limit", status: 403, retryAfterSeconds: 1 },
  { kind: "secondary-limit", status: 429, retryAfterSeconds: 1 },
  { kind: "reset" },
  { kind: "cut-off" },
];

test.each([0, 3, 5])(
  "where GitHub answers each kind of request with another trouble, all is done in the end, and once (%i)",
  { timeout: 60_000 },
  async (turn) => {
    await using stage = await Stage.open("target: sqlite:/srv/app.db");
    for (const [at, route] of WRITES.entries()) {
      const fault = TROUBLES[(at + turn) % TROUBLES.length];
      if (fault !== undefined) stage.github.faults.add(route, fault, { times: 1 });
    }
    const pull = stage.openPull();
    const asked = await say(stage, pull, "/migrate prod");
    await carryOut(stage);
    const helped = await say(stage, pull, "/belay help");
    await expectAllOnce(stage, asked, helped);
  },
);

test("where GitHub says for how long it wants to be left alone, nothing is asked of it until then", async () => {
  await using stage = await Stage.open("target: sqlite:/srv/app.db");
  const [, dispatches = ""] = WRITES;
  stage.github.faults.add(dispatches, { kind: "secondary-limit", status: 429, retryAfterSeconds: 2 }, { times: 1 });
  await say(stage, stage.openPull(), "/migrate prod");
  await stage.until("the refusal", () => stage.github.requestsOf(dispatches).find(({ status }) => status === 429));
  const refusedAt = performance.now();
  // What was on its way already may still arrive.
  await pause(500);
  const before = stage.github.requests.length;
  await stage.until("the second try", () => stage.github.requestsOf(dispatches)[1]);
  expect(performance.now() - refusedAt).toBeGreaterThan(1_400);
  const { requests } = stage.github;
  const between = requests.slice(
    before,
    requests.findLastIndex(({ route }) => route === dispatches),
  );
  expect(between.filter(({ route }) => WRITES.includes(route ?? ""))).toEqual([]);
});
