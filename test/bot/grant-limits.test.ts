/** Claims that cannot be judged now: told when to come again, and not used up. */

import { afterAll, beforeAll, expect, test } from "vitest";

import { Pace } from "../../bot/http/pace.ts";
import { Stage } from "../support/bot/stage.ts";
import type { WorkflowRun } from "../support/github/state.ts";

let stage: Stage;
let run: WorkflowRun;
beforeAll(async () => {
  stage = await Stage.open("target: sqlite:/srv/app.db\napprovals: { required: 1 }");
  await stage.say(stage.openPull(), "ada", "/migrate prod");
  run = await stage.until("the plan's run", () => stage.github.state.runs[0]);
});
afterAll(() => stage[Symbol.asyncDispose]());

function claimed() {
  const { request, command, environment, sha } = stage.github.state.inputs.get(run.id) ?? {};
  return { version: 1, request, command, environment, sha, digest: null, targets: [], run: "RUN1" };
}

const PULL = "GET /repos/{owner}/{repo}/pulls/{pull_number}";

test.each([
  [{ kind: "status", status: 502 }, 503, "github-unreachable", "5"],
  [{ kind: "reset" }, 503, "github-unreachable", "5"],
  [{ kind: "html", status: 503 }, 503, "github-unreachable", "5"],
  [{ kind: "secondary-limit", status: 403, retryAfterSeconds: 7 }, 429, "github-limit", "7"],
  [{ kind: "secondary-limit", status: 429 }, 429, "github-limit", "60"],
] as const)("while GitHub answers %j the same token may come again", async (fault, status, code, after) => {
  const token = await stage.identityToken(run);
  stage.github.faults.add(PULL, fault, { times: 1 });
  const refused = await stage.post("/api/grants", token, claimed());
  expect(refused).toMatchObject({ status, json: { reasons: [{ code }] } });
  expect(refused.retryAfter).toBe(after);
  expect(await stage.post("/api/grants", token, claimed())).toMatchObject({ status: 200 });
});

test("a job that tells without end is told to wait, and what it told is still little", async () => {
  const tell = (seq: number) => {
    const event = { version: 1, run: "RUN1", seq, at: "2026-01-01T00:00:00Z", type: "step", data: { step: "again" } };
    return stage.post("/api/requests/r1/events", events, event);
  };
  const granted = await stage.claim(run, claimed());
  const events = String(granted.json["events"]);
  const answers = await Promise.all(Array.from({ length: 400 }, (_, seq) => tell(seq)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204, 429]));
  expect(answers.find(({ status }) => status === 429)).toMatchObject({ retryAfter: "1", json: { reasons: [{ code: "too-many-events" }] } });
});

test("a repository that claims without end is told to wait, and how long", async () => {
  const claims = { ...claimed(), request: "r999" };
  const token = await stage.identityToken(run);
  let limited = await stage.post("/api/grants", token, claims);
  for (let n = 0; n < 100 && limited.status !== 429; n++) limited = await stage.post("/api/grants", token, claims);
  expect(limited).toMatchObject({ status: 429, json: { reasons: [{ code: "too-many-claims" }] } });
  expect(Number(limited.retryAfter)).toBeGreaterThanOrEqual(1);
});

test("a pace lets so many through at once, then one after each pause, each of them counted for itself", () => {
  const pace = new Pace(3, 1_000);
  expect([0, 0, 0, 0].map((at) => pace.waitMs(7, at))).toEqual([0, 0, 0, 1_000]);
  expect(pace.waitMs(8, 0), "another").toBe(0);
  expect(pace.waitMs(7, 400)).toBe(600);
  expect(pace.waitMs(7, 1_000)).toBe(0);
  expect(pace.waitMs(7, 1_000)).toBe(1_000);
  expect(
    [9_000, 9_000, 9_000].map((at) => pace.waitMs(7, at)),
    "rested",
  ).toEqual([0, 0, 0]);
});
