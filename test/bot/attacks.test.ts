/** Somebody who may write, and wants more than that. */

import { expect, test } from "vitest";

import { claimOf, plan } from "../support/bot/hand-made-job.ts";
import { type Answer, Stage } from "../support/bot/stage.ts";
import type { PullRequest, WorkflowRun } from "../support/github/state.ts";

const BY_ONE = "target: sqlite:/srv/app.db\napprovals: { required: 1 }";

function codes({ json }: Answer): readonly string[] {
  return ((json["reasons"] ?? []) as { code: string }[]).map(({ code }) => code);
}

function started(stage: Stage, title: string): Promise<WorkflowRun> {
  return stage.until(title, () => stage.github.state.runs.find((run) => run.title === title));
}

function answerTo(stage: Stage, comment: number): Promise<string> {
  const { comments } = stage.github.state;
  return stage.until("an answer", () => comments.find(({ body }) => body.includes(`belay:1:answer:${comment} `))?.body);
}

async function push(stage: Stage, pull: PullRequest, by: string): Promise<void> {
  stage.project.git("checkout", "--quiet", pull.head.branch);
  stage.project.write("requirements.txt", "evil\n");
  pull.head.sha = stage.project.commit("Evil");
  stage.project.git("checkout", "--quiet", "main");
  await stage.deliver("pull_request", stage.pullPayload(pull, "synchronize", by));
}

/** Planned, and approved by ben: its run may begin. */
async function approved(stage: Stage, pull: PullRequest, id = "r1"): Promise<{ readonly run: WorkflowRun; readonly digest: string }> {
  const { digest } = await plan(stage, pull, id);
  await stage.idle(); // the bot knows itself that people can read it
  stage.pass(6_000);
  await stage.say(pull, "ben", `/approve ${id}`);
  return { run: await started(stage, `belay migrate prod ${id}`), digest };
}

async function tell(stage: Stage, run: WorkflowRun, granted: Answer, seq: number, data: object): Promise<number> {
  const told = { version: 1, run: `RUN${run.id}`, seq, at: new Date().toISOString(), type: "result", data };
  const id = stage.github.state.inputs.get(run.id)?.["request"];
  return (await stage.post(`/api/requests/${id}/events`, String(granted.json["events"]), told)).status;
}

async function migrated(stage: Stage, pull: PullRequest): Promise<void> {
  await stage.say(pull, "ada", "/migrate prod");
  const { run, digest } = await approved(stage, pull);
  const granted = await stage.claim(run, claimOf(stage, run, digest));
  expect(granted.status, JSON.stringify(granted.json)).toBe(200);
  const at = new Date().toISOString();
  const target = { name: "app", engine: "sqlite", outcome: "migrated", undisturbed: true, pending: [], applied: [], steps: [] };
  const data = {
    belay: "0.1.0",
    run: "RUN7",
    environment: "prod",
    command: "migrate",
    outcome: "migrated",
    startedAt: at,
    durationMs: 5,
    digest,
    reasons: [],
    checklist: [],
    targets: [{ ...target, backup: null, checks: [], data: null, schema: null, rollback: null }],
  };
  expect(await tell(stage, run, granted, 1, data)).toBe(204);
  await stage.until("its end", () => stage.github.state.checkRuns.find((c) => c.externalId === "r1:run" && c.conclusion === "success"));
}

test("a rollback, which whoever asks may approve, runs what was approved for the run that it takes back, whatever was pushed since", async () => {
  await using stage = await Stage.open(BY_ONE);
  const pull = stage.openPull();
  const { sha } = pull.head;
  await migrated(stage, pull);
  await push(stage, pull, "ada");
  await stage.say(pull, "ada", "/rollback prod");
  const planning = await started(stage, "belay plan prod r2");
  expect(stage.github.state.inputs.get(planning.id)).toMatchObject({ sha });
});

test("a rollback of what nobody let run here runs the default branch's commit", async () => {
  await using stage = await Stage.open(BY_ONE);
  const pull = stage.openPull();
  await stage.say(pull, "ada", "/rollback prod --run RUN7");
  const planning = await started(stage, "belay plan prod r1");
  expect(stage.github.state.inputs.get(planning.id)).toMatchObject({ sha: stage.project.head() });
});

test("a run that has its grant gets none for another command", async () => {
  await using stage = await Stage.open(BY_ONE);
  const pull = stage.openPull();
  await stage.say(pull, "ada", "/backup prod");
  const run = await started(stage, "belay backup prod r1");
  expect((await stage.claim(run, claimOf(stage, run, null))).status).toBe(200);
  for (const other of [{ command: "migrate" }, { command: "rollback" }, { sha: "a".repeat(40) }, { targets: ["x"] }])
    expect(codes(await stage.claim(run, claimOf(stage, run, null, other))), JSON.stringify(other)).toEqual(["grant-mismatch"]);
});

test("the job of one request gets no grant of another, although both are this bot's and of one environment", async () => {
  await using stage = await Stage.open(BY_ONE);
  const [own, other] = [stage.openPull(), stage.openPull("other", "002_y.sql")];
  await stage.say(own, "ada", "/migrate prod");
  const evil = await started(stage, "belay plan prod r1");
  await stage.say(other, "ben", "/migrate prod");
  const victim = await started(stage, "belay plan prod r2");
  for (const run of [evil, victim]) await stage.deliver("workflow_run", stage.runPayload(run, "in_progress"));
  expect(codes(await stage.claim(evil, claimOf(stage, victim, null)))).toEqual(["grant-mismatch"]);
  expect((await stage.claim(victim, claimOf(stage, victim, null))).status).toBe(200);
});

test("a pull request into another branch than the default one migrates nothing that needs approvals, merged or not: what is required stands on the default branch", async () => {
  await using stage = await Stage.open(`${BY_ONE}\nrequire: [checks, up-to-date, review]`);
  stage.project.git("branch", "junk", "main");
  const pull = Object.assign(stage.openPull(), { base: { branch: "junk", sha: stage.project.head() } });
  expect(await answerTo(stage, await stage.say(pull, "ada", "/migrate prod"))).toContain("goes into junk");
  stage.github.state.merge(pull, pull.head.sha, "ada");
  expect(await answerTo(stage, await stage.say(pull, "ada", "/migrate prod"))).toContain("goes into junk");
  expect(stage.github.state.runs).toEqual([]);
});

test.for(["review", "environment"])("where `by: %s` asks others, the bot starts nothing that only the pull request has", async (by) => {
  await using stage = await Stage.open(`target: sqlite:/srv/app.db\napprovals: { by: ${by}, required: 1, from: [ben] }`);
  const pull = stage.openPull();
  for (const command of ["migrate", "rollback", "rehearse"])
    expect(await answerTo(stage, await stage.say(pull, "ada", `/${command} prod`)), command).toContain("prod is not approved here");
  expect(stage.github.state.runs).toEqual([]);
});

test("a request that lost its approval is started anew once it has another, also where GitHub does not answer at first", async () => {
  await using stage = await Stage.open(BY_ONE);
  const { state, faults } = stage.github;
  const pull = stage.openPull();
  await stage.say(pull, "ada", "/migrate prod");
  const { run, digest } = await approved(stage, pull);
  state.writers.delete("ben");
  expect(codes(await stage.claim(run, claimOf(stage, run, digest)))).toEqual(["approval-missing"]);
  faults.add("POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", { kind: "status", status: 502 }, { times: 1 });
  stage.pass(6_000);
  await stage.say(pull, "cleo", "/approve r1");
  const again = await stage.until("another run", () => state.runs.find(({ id, title }) => title === run.title && id !== run.id));
  expect(codes(await stage.claim(run, claimOf(stage, run, digest))), "the first one is spent").toEqual(["grant-mismatch"]);
  expect((await stage.claim(again, claimOf(stage, again, digest))).status).toBe(200);
});

test("a report that nobody can read, by a job that made it up or a newer Belay, leaves a comment that says so, and nothing that is tried for ever", async () => {
  await using stage = await Stage.open(BY_ONE);
  const pull = stage.openPull();
  await stage.say(pull, "ada", "/plan prod");
  const run = await started(stage, "belay plan prod r1");
  const granted = await stage.claim(run, claimOf(stage, run, null));
  const target = { name: "app", outcome: "planned", pending: [{ id: "001_x" }], steps: [7], applied: "all" };
  const data = {
    belay: "99",
    command: "plan",
    outcome: "planned",
    startedAt: "now",
    durationMs: 1,
    digest: null,
    reasons: [],
    targets: [target],
  };
  expect(await tell(stage, run, granted, 1, data)).toBe(204);
  await stage.until("the comment", () => (stage.comment().includes("cannot be shown here") ? true : undefined));
  await stage.idle();
});

test("what GitHub refuses to tell is said to whoever asked: nobody waits for an answer that never comes", async () => {
  await using stage = await Stage.open(`${BY_ONE}\nrequire: [up-to-date]`);
  const pull = Object.assign(stage.openPull(), { base: { branch: "gone", sha: stage.project.head() } });
  const asked = await stage.say(pull, "ada", "/belay migrate prod");
  const answer = await answerTo(stage, asked);
  expect(answer).toContain("GitHub answered 404");
  expect(answer).toContain("nothing was done");
  await stage.say(pull, "ada", "/deploy everything");
  await stage.idle();
  expect(stage.github.state.runs).toEqual([]);
  expect(stage.github.state.comments.filter(({ app }) => app !== null)).toHaveLength(1);
});

test("an environment that nobody guards borrows no secret of one that is guarded", async () => {
  await using stage = await Stage.open(BY_ONE);
  const rules = stage.project.git("show", "main:belay.yml");
  stage.project.write("belay.yml", `${rules.trimEnd()}\n  dev:\n    github-environment: Production\n    target: sqlite:/srv/app.db\n`);
  stage.project.commit("dev");
  const pull = stage.openPull();
  expect(await answerTo(stage, await stage.say(pull, "ada", "/migrate dev"))).toContain(
    "shares the GitHub environment Production with prod",
  );
  expect(stage.github.state.runs).toEqual([]);
});
