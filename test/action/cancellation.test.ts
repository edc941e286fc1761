/** Steps that are not allowed to end: cancelled as GitHub does it, or killed. Their `post` leaves the database old or new, never between. */

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { describe, expect, test } from "vitest";

import { groupLives } from "../../src/process/process-group.ts";
import { type CrashPoint, describePoint, killAt, listPoints, type Traceable } from "../support/faults-points.ts";
import { killTree } from "../support/github/cancellation.ts";
import { Deployment, type DeploymentSettings } from "../support/github/deployment.ts";
import type { Job, RunningStep, StepEnd } from "../support/runner.ts";

const ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n;\n";

/** What the `faketime` program sets for its children. */
const FAST_CLOCK = {
  LD_PRELOAD: execFileSync("faketime", ["-f", "+0d", "sh", "-c", "echo $LD_PRELOAD"], { encoding: "utf8" }).trim(),
  FAKETIME_NO_CACHE: "1",
};

/** Waits the first time, with a number by which it can be found; who is left alone goes on and says so. */
const WAIT = "test -e waits || { echo $$ > waits; sleep 60; echo late >> app.log; }";

/** The same, and deaf. */
const DEAF = `trap '' TERM INT HUP; ${WAIT}`;

function app(commands: Partial<Record<"prepare" | "stop" | "start" | "previous", string>> = {}): string {
  const all = { stop: "true", start: "true", previous: "true", ...commands };
  const lines = Object.entries(all).map(([name, command]) => `  ${name}: |\n    echo ${name} >> app.log\n    ${command}\n`);
  return `app:\n${lines.join("")}`;
}

interface Moment {
  readonly at: string;
  readonly settings: DeploymentSettings;
  /** What the application has been told once everything is settled after a cancel, and after a kill. */
  readonly cancelled: string;
  readonly killed: string;
  /** After a kill; after a cancel it is the old one. */
  readonly state: "old" | "new";
}

const back = { cancelled: "stop previous", killed: "stop previous", state: "old" } as const;
const forth = { cancelled: "stop start stop previous", state: "new" } as const;

const MOMENTS: readonly Moment[] = [
  { at: "prepare", settings: { app: app({ prepare: WAIT }) }, cancelled: "prepare", killed: "prepare", state: "old" },
  { at: "stop", settings: { app: app({ stop: WAIT }) }, ...back },
  { at: "backup", settings: { app: app(), more: `checks: { before: [{ command: 'test ! -e app.log || { ${WAIT}; }' }] }\n` }, ...back },
  { at: "migrate", settings: { app: app(), migrations: { "001_endless.sql": `create table a(b);\n${ENDLESS}` } }, ...back },
  { at: "verify", settings: { app: app(), more: `checks: { after: [{ command: '${WAIT}' }] }\n` }, ...back },
  { at: "start", settings: { app: app({ start: WAIT }) }, ...forth, killed: "stop start start" },
  { at: "health", settings: { app: app(), more: `checks: { health: [{ command: '${WAIT}' }] }\n` }, ...forth, killed: "stop start" },
];

/** A step that has come to where it waits. */
async function started(deployment: Deployment, job: Job, inputs: Record<string, string> = {}): Promise<RunningStep> {
  const step = job.start(inputs);
  const waits = () => deployment.exists("waits") && deployment.read("waits").endsWith("\n");
  const isSlow = deployment.exists("migrations/001_endless.sql");
  await deployment.until("the moment", () => (isSlow ? deployment.phase() === "migrating" : waits()));
  return step;
}

/** What holds once everything is settled: one whole state, the journal says which, the run is over, and nothing goes on by itself. */
function settled(deployment: Deployment): { readonly state: string; readonly told: string } {
  const ended = deployment.journals().map((entries) => entries.findLast((entry) => entry.type === "ended")?.outcome);
  const state = deployment.state();
  expect(ended.at(-1)).toBe(state === "new" ? "migrated" : "undone");
  expect(deployment.sql("select phase from state", `${deployment.database}.belay`)).toBe("ended\n");
  if (deployment.exists("waits")) expect(groupLives(Number(deployment.read("waits"))), "what waited is gone").toBe(false);
  return { state, told: deployment.applicationLog().join(" ") };
}

async function postOf(job: Job): Promise<StepEnd> {
  const [post, another] = await job.post();
  expect(another).toBeUndefined();
  if (post === undefined) throw new Error("the job has no post");
  return post;
}

const FINISHING = "did not come to its end; finishing it now";

describe.concurrent("a step that is cancelled", { timeout: 60_000 }, () => {
  test.for(MOMENTS)("at $at takes back what it began, says so, and leaves nothing for post", async ({ settings, cancelled }) => {
    await using deployment = await Deployment.start(settings);
    await using job = deployment.job({ cancelScale: 1 });
    const step = await started(deployment, job);
    const told = Date.now();
    const end = await step.cancel();
    const failed = deployment
      .journals()
      .at(-1)
      ?.find((entry) => entry.type === "failed");
    expect(Date.parse(failed?.at ?? "") - told, "journaled within 2 s").toBeLessThan(2_000);
    expect({ status: end.status, outcome: end.outputs["outcome"] }, end.log).toEqual({ status: 4, outcome: "undone" });
    expect(end.summary).toContain("interrupted by SIGINT");
    expect(settled(deployment)).toEqual({ state: "old", told: cancelled });
    const post = await postOf(job);
    expect({ status: post.status, log: post.log.trim() }).toEqual({ status: 0, log: "" });
  });

  test("ends a command that ignores every signal before the last one comes", async () => {
    await using deployment = await Deployment.start({ app: app({ stop: DEAF }) });
    await using job = deployment.job({ cancelScale: 1 });
    const end = await (await started(deployment, job)).cancel();
    expect(end, end.log).toMatchObject({ status: 4, signal: null });
    expect(end.durationMs).toBeLessThan(10_000);
    expect(settled(deployment)).toEqual({ state: "old", told: "stop previous" });
  });

  test("and killed with its whole tree before it could end such a command is finished by post", async () => {
    await using deployment = await Deployment.start({ app: app({ stop: DEAF }) });
    await using job = deployment.job({ cancelScale: 0.1 });
    const end = await (await started(deployment, job)).cancel();
    expect(end).toMatchObject({ signal: "SIGKILL", outputs: {} });
    const post = await postOf(job);
    expect(post.printed).toContain(FINISHING);
    expect(post, post.log).toMatchObject({ status: 4, outputs: { outcome: "undone" } });
    expect(post.summary).toContain("rolled back");
    expect(settled(deployment)).toEqual({ state: "old", told: "stop previous" });
  });
});

describe.concurrent("kill -9 of a step", { timeout: 60_000 }, () => {
  test.for(MOMENTS.map((moment, index) => ({ ...moment, whole: index % 2 === 0 })))(
    "at $at (with all that it started: $whole) is finished by post",
    async ({ settings, whole, state, killed }) => {
      await using deployment = await Deployment.start(settings);
      await using job = deployment.job();
      const step = await started(deployment, job);
      if (whole) killTree(step.pid);
      else process.kill(step.pid, "SIGKILL");
      expect((await step.ended).signal).toBe("SIGKILL");
      const post = await postOf(job);
      expect(post.printed).toContain(FINISHING);
      expect(post.status, post.log).toBe(state === "new" ? 0 : 4);
      expect(post.durationMs).toBeLessThan(15_000);
      expect(settled(deployment)).toEqual({ state, told: killed });
      expect(deployment.exists("late")).toBe(false);
    },
  );

  test("needs neither GitHub nor the checkout's belay.yml for it: post has kept the policy", async () => {
    await using deployment = await Deployment.start({ app: app({ stop: WAIT }) });
    deployment.branch("release", () => undefined);
    await using job = deployment.job({ branch: "release" });
    const step = await started(deployment, job);
    expect(deployment.github.requests.length, "the policy came from GitHub").toBeGreaterThan(0);
    killTree(step.pid);
    await step.ended;
    deployment.github.faults.add("*", { kind: "reset" });
    deployment.write("belay.yml", "environments: [\n");
    const post = await postOf(job);
    expect(post.status, post.log).toBe(4);
    expect(settled(deployment)).toEqual({ state: "old", told: "stop previous" });
  });

  test("and what post has kept of the policy is asked for again where somebody altered it; without GitHub post names recover", async () => {
    await using deployment = await Deployment.start({ app: app({ stop: WAIT }) });
    deployment.branch("release", () => undefined);
    await using job = deployment.job({ branch: "release" });
    const step = await started(deployment, job);
    killTree(step.pid);
    const { state } = await step.ended;
    writeFileSync(state["policy"]?.split(" ")[1] ?? "", '{"text":"environments: { prod: { target: sqlite:/elsewhere.db } }"}');
    deployment.github.faults.add("*", { kind: "forbidden", retryAfterSeconds: 6_000 });
    const post = await postOf(job);
    expect(post.status, post.log).toBe(3);
    for (const text of [post.log, post.summary]) expect(text).toContain("belay recover");
    expect(deployment.phase(), "it was not touched").toBe("stopping");
    expect((await deployment.run("recover", "prod")).status).toBe(4);
    expect(settled(deployment)).toEqual({ state: "old", told: "stop previous" });
  });

  test.for([
    ["before it touched the data is taken back", "stop", { state: "new", told: "stop start stop start" }],
    ["after it touched the data is finished", "previous", { state: "old", told: "stop start stop previous previous" }],
  ] as const)("in a rollback %s by post", async ([, at, expected]) => {
    const once = "test ! -e killing || { rm killing; kill -9 $PPID; }";
    await using deployment = await Deployment.start({ app: app({ [at]: once }) });
    expect((await deployment.step()).status).toBe(0);
    deployment.write("killing", "");
    await using job = deployment.job();
    expect((await job.run({ command: "rollback" })).signal).toBe("SIGKILL");
    const post = await postOf(job);
    expect([0, 4], post.log).toContain(post.status);
    expect({ state: deployment.state(), told: deployment.applicationLog().join(" ") }).toEqual(expected);
    expect((await deployment.run("recover", "prod")).stdout).toContain("NOTHING TO RECOVER");
  });

  test("in a recovery is finished by the post of that step", async () => {
    await using deployment = await Deployment.start({ app: app({ stop: "kill -9 $PPID", previous: WAIT }) });
    await using first = deployment.job();
    expect((await first.run()).signal).toBe("SIGKILL");
    await using second = deployment.job();
    const step = await started(deployment, second, { command: "recover" });
    process.kill(step.pid, "SIGKILL");
    await step.ended;
    const post = await postOf(second);
    expect(post.printed).toContain(FINISHING);
    expect(settled(deployment)).toEqual({ state: "old", told: "stop previous previous" });
  });
});

describe.concurrent("post", { timeout: 60_000 }, () => {
  test("touches neither a run of somebody else nor one that has ended", async () => {
    await using deployment = await Deployment.start({ app: app({ stop: "test -e calm || kill -9 $PPID" }) });
    await using killed = deployment.job();
    expect((await killed.run()).signal).toBe("SIGKILL");
    await using refused = deployment.job();
    const end = await refused.run();
    expect(end, end.log).toMatchObject({ status: 3, outputs: { outcome: "refused" } });
    expect(end.printed).toContain("belay recover prod");
    const journals = deployment.journals();
    expect((await postOf(refused)).status).toBe(0);
    expect(deployment.journals(), "the refused step's post touches nothing").toEqual(journals);

    expect((await deployment.run("recover", "prod")).status, "by hand, before the killed step's post").toBe(4);
    expect((await deployment.run("migrate", "prod")).signal, "a run of somebody else").toBe("SIGKILL");
    const before = deployment.journals();
    const late = await postOf(killed);
    expect({ status: late.status, errors: late.annotations.filter(({ level }) => level === "error") }, late.log).toEqual({
      status: 0,
      errors: [],
    });
    expect(late.log).toContain("not this job's");
    expect(deployment.journals(), "somebody else's run is as it was").toEqual(before);
    expect(deployment.applicationLog()).toEqual(["stop", "previous", "stop"]);
  });

  test("names recover where the old application does not come back, and recover then finishes", async () => {
    await using deployment = await Deployment.start({ app: app({ stop: "kill -9 $PPID", previous: "test -e mended" }) });
    await using job = deployment.job();
    expect((await job.run()).signal).toBe("SIGKILL");
    const post = await postOf(job);
    expect(post, post.log).toMatchObject({ status: 5, outputs: { outcome: "needs-attention" } });
    expect(post.log).toContain("belay recover prod");
    expect(post.summary).toContain("belay recover prod");
    writeFileSync(join(deployment.directory, "mended"), "");
    expect((await deployment.run("recover", "prod")).status).toBe(4);
    expect(settled(deployment).state).toBe("old");
  });

  test("gives up after four minutes, by a clock that runs a hundred times as fast, and names recover", async () => {
    await using deployment = await Deployment.start({ app: app({ stop: "kill -9 $PPID", previous: "env -u LD_PRELOAD sleep 20" }) });
    await using job = deployment.job({ variables: { ...FAST_CLOCK, FAKETIME: "+0 x100" } });
    expect((await job.run()).signal).toBe("SIGKILL");
    const post = await postOf(job);
    expect(post.status, post.log).toBe(5);
    expect(post.log).toContain("belay recover");
    expect(post.durationMs).toBeGreaterThan(2_300);
    expect(post.durationMs).toBeLessThan(6_000);
    expect(deployment.phase()).toBe("restarting");
  });
});

/** The first step of a job, as strace starts it: its preload goes by NODE_OPTIONS, and only into main. */
function traceable(deployment: Deployment, job: Job): Traceable {
  return {
    directory: deployment.outside,
    start(_, { program = [], env = {} } = {}) {
      const preload = `delete process.env.NODE_OPTIONS;if(process.argv[1].endsWith("index.js"))await import("${pathToFileURL(program.at(-1) ?? "").href}")`;
      const step = job.start({}, { ...env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}` });
      const ended = step.ended.then(({ status, signal, printed }) => ({ status, signal, stdout: printed, stderr: "" }));
      return { pid: step.pid, ended, kill: (signal) => process.kill(step.pid, signal) };
    },
  };
}

/** Every run has an end that fits the database, but for one that was killed before its first effect. */
function expectWhole(deployment: Deployment): void {
  const state = deployment.state();
  const last = deployment.journals().at(-1) ?? [];
  const ended = last.findLast((entry) => entry.type === "ended");
  if (ended === undefined) expect([state, last.length <= 2]).toEqual(["old", true]);
  else expect(state === "new" ? ["migrated"] : ["undone", "refused"]).toContain(ended.outcome);
  const told = deployment.applicationLog().at(-1) ?? "nothing";
  expect(["nothing", state === "new" ? "start" : "previous"]).toContain(told);
}

describe.concurrent("SIGKILL as main makes something durable", { timeout: 600_000 }, () => {
  test("leaves what post brings to exactly old or new, wherever it was", async () => {
    await using whole = await Deployment.start();
    await using listing = whole.job();
    const { ended, points } = await listPoints(traceable(whole, listing), []);
    expect(ended.status, ended.stdout).toBe(0);
    const every = process.env["BELAY_SOAK"] === undefined ? Math.ceil(points.length / SAMPLED) : 1;
    const waiting = points.filter((_, index) => index % every === 0);
    expect(waiting.length).toBeGreaterThan(SAMPLED / 2);
    const worker = async () => {
      for (let point = waiting.shift(); point !== undefined; point = waiting.shift()) await survive(point);
    };
    await Promise.all([worker(), worker()]);
  });

  async function survive(point: CrashPoint): Promise<void> {
    await using deployment = await Deployment.start();
    await using job = deployment.job();
    await killAt(traceable(deployment, job), [], point);
    const post = await postOf(job);
    expect([0, 4], `${describePoint(point)}\n${post.log}`).toContain(post.status);
    expectWhole(deployment);
    expect((await deployment.run("recover", "prod")).stdout, describePoint(point)).toContain("NOTHING TO RECOVER");
  }
});

/** Crash points that are tried; with BELAY_SOAK all. */
const SAMPLED = 5;
