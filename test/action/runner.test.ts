import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { dispatchEvent, pullRequestEvent, pushEvent, scheduleEvent, type WorkflowEvent } from "../support/github/events.ts";
import { CheckedOutProject } from "../support/github/repository.ts";
import { FakeGitHub } from "../support/github/server.ts";
import { Job, type JobSettings } from "../support/runner.ts";

const CORE = join(import.meta.dirname, "../../node_modules/@actions/core/lib/core.js");

const METADATA = `name: trial
inputs:
  work:
    default: main.mjs
  two words:
    required: true
  with-hyphen:
    default: "kept"
  token:
    default: \${{ github.token }}
runs:
  using: node24
  main: main.mjs
  post: post.mjs
`;

let project: CheckedOutProject;
let github: FakeGitHub;
let event: WorkflowEvent;

beforeEach(async () => {
  project = new CheckedOutProject();
  project.write("action.yml", METADATA);
  const sha = project.commit("First");
  github = await FakeGitHub.start(project.directory);
  event = pushEvent(github, { sha, actor: "alice" });
});

afterEach(async () => {
  await github[Symbol.asyncDispose]();
  project[Symbol.dispose]();
});

function job(main: string, post = "", settings: Partial<JobSettings> = {}): Job {
  writeFileSync(join(project.directory, "main.mjs"), main);
  writeFileSync(join(project.directory, "post.mjs"), post);
  const action = { directory: project.directory, dist: project.directory };
  return new Job({ github, workspace: project.directory, event, action, cancelScale: 0.04, ...settings });
}

/** What a step prints as JSON in its only line. */
function said(log: string): unknown {
  return JSON.parse(log);
}

describe("the runner of the tests", () => {
  test("gives inputs and their defaults as variables, and nothing of the environment around the tests", async () => {
    await using run = job("console.log(JSON.stringify({ ...process.env, cwd: process.cwd() }))");
    const { printed, conclusion } = await run.run({ "two words": "a b" });
    expect(conclusion).toBe("success");
    expect(said(printed)).toMatchObject({
      INPUT_WORK: "main.mjs",
      INPUT_TWO_WORDS: "a b",
      "INPUT_WITH-HYPHEN": "kept",
      INPUT_TOKEN: expect.stringMatching(/^ghs_/) as string,
      GITHUB_API_URL: github.url,
      GITHUB_REPOSITORY: "acme/shop",
      GITHUB_SHA: event.sha,
      GITHUB_REF: "refs/heads/main",
      RUNNER_ENVIRONMENT: "self-hosted",
      cwd: project.directory,
    });
    expect(Object.keys(said(printed) as object).filter((name) => /VITEST|NODE_OPTIONS|npm_/.test(name))).toEqual([]);
  });

  test("hands on what the toolkit says: outputs, state for post, masks and annotations", async () => {
    await using run = job(
      `import * as core from ${JSON.stringify(CORE)};
       core.setSecret("s3cret");
       core.setOutput("several", "one\\ntwo");
       core.saveState("run", "01J");
       core.exportVariable("LATER", "yes");
       console.log("the password is s3cret and", core.getInput("two words"));
       core.error("it is s3cret: 100%", { file: "migrations/1.sql", startLine: 3, title: "a, b: c" });`,
      `import * as core from ${JSON.stringify(CORE)}; console.log(core.getState("run"), process.env.LATER, "s3cret"); process.exitCode = 3;`,
    );
    const main = await run.run({ "two words": "x" });
    expect(main).toMatchObject({ outputs: { several: "one\ntwo" }, state: { run: "01J" }, problems: [] });
    expect(main.log).toContain("the password is *** and x");
    expect(main.annotations).toEqual([
      { level: "error", message: "it is ***: 100%", title: "a, b: c", file: "migrations/1.sql", line: 3, shown: true },
    ]);
    const [post] = await run.post();
    expect(post).toMatchObject({ status: 3, conclusion: "failure", log: "01J yes ***" });
  });

  test("obeys commands in both spellings, after spaces, after a carriage return, and on standard error", async () => {
    const lines = [
      "  ::set-output name=a::1",
      "text\r::set-output name=b::2",
      "any ##[set-output name=c;]3",
      "text ::set-output name=d::4",
      "::no-such::x",
    ];
    await using run = job(`process.stdout.write(${JSON.stringify(`${lines.join("\n")}\n`)}); console.error("::set-output name=e::5");`);
    const { outputs, commands, log } = await run.run();
    expect(outputs).toEqual({ a: "1", b: "2", c: "3", e: "5" });
    expect(commands).toHaveLength(4);
    expect(log.split("\n")).toEqual(expect.arrayContaining(["text", "text ::set-output name=d::4", "::no-such::x"]));
  });

  test("obeys nothing between stop-commands and its word, and takes no word that is a command", async () => {
    await using run = job(
      `console.log("::stop-commands::w0rd\\n::set-output name=a::1\\n##[add-mask]x\\n::w0rd::\\n::set-output name=b::2\\n::stop-commands::error");`,
    );
    const { outputs, commands, problems } = await run.run();
    expect(outputs).toEqual({ b: "2" });
    expect(commands.map(({ name }) => name)).toEqual(["stop-commands", "w0rd", "set-output", "stop-commands"]);
    expect(problems).toEqual(["Invoked ::stop-commands:: with token: [error]"]);
  });

  test("throws away a summary of more than 1 MiB, and stops at what is no assignment in a file of outputs", async () => {
    await using run = job(`import { appendFileSync, writeFileSync } from "node:fs";
      writeFileSync(process.env.GITHUB_STEP_SUMMARY, "x".repeat(1024 * 1024) + (process.env.INPUT_WORK === "more" ? "x" : ""));
      appendFileSync(process.env.GITHUB_OUTPUT, process.env.INPUT_WORK === "more" ? "good=1\\nbad\\nlater=2\\n" : "word<<END\\nnever ended\\n");`);
    expect(await run.run()).toMatchObject({
      summary: "x".repeat(1024 * 1024),
      outputs: {},
      problems: [/Matching delimiter/].map((each) => expect.stringMatching(each) as string),
    });
    const more = await run.run({ work: "more" });
    expect(more).toMatchObject({ summary: "", outputs: { good: "1" } });
    expect(more.problems).toHaveLength(2);
  });

  test("cancels by SIGINT, SIGTERM and then the end of the whole tree, and post runs all the same", async () => {
    await using run = job(
      `import { spawn } from "node:child_process"; import { appendFileSync } from "node:fs";
       const child = spawn("sleep", ["60"], { stdio: "ignore" });
       appendFileSync(process.env.GITHUB_STATE, "child=" + child.pid + "\\n");
       for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => console.log(signal));
       setInterval(() => {}, 1000); console.log("ready");`,
      "console.log(process.env.STATE_child)",
    );
    const step = run.start();
    await step.prints("ready");
    const end = await step.cancel();
    expect(end).toMatchObject({ conclusion: "cancelled", signal: "SIGKILL" });
    expect(end.log.split("\n")).toEqual(["ready", "SIGINT", "SIGTERM"]);
    expect(end.durationMs).toBeGreaterThan(0.04 * 10_000);
    const [post] = await run.post();
    expect(post?.log).toMatch(/^\d+$/);
    await expect.poll(() => isAlive(Number(post?.log))).toBe(false);
  });

  test("lets a step that listens end by itself, and ends what steps left running with the job", async () => {
    const left = join(project.directory, "left");
    {
      await using run = job(`import { spawn } from "node:child_process"; import { writeFileSync } from "node:fs";
        writeFileSync(${JSON.stringify(left)}, String(spawn("sleep", ["60"], { stdio: "ignore", detached: true }).pid));
        process.on("SIGINT", () => process.exit(7)); setInterval(() => {}, 1000); console.log("ready");`);
      const step = run.start();
      await step.prints("ready");
      expect(await step.cancel()).toMatchObject({ conclusion: "cancelled", status: 7 });
    }
    await expect.poll(() => isAlive(Number(readFileSync(left, "utf8")))).toBe(false);
  });

  test("gives each event the payload that GitHub gives it", async () => {
    const base = event.sha;
    const head = project.branch("feature", () => project.write("a.txt", "a"));
    const own = github.state.openPull({ author: "bob", branch: "feature", sha: head, base });
    const fork = github.state.openPull({ author: "mallory", owner: "mallory", branch: "feature", sha: head, base });
    const merge = project.checkOutPull("feature", own.number);
    const main =
      'import { readFileSync } from "node:fs"; console.log(readFileSync(process.env.GITHUB_EVENT_PATH, "utf8").replaceAll("\\n", ""));';
    const payloadOf = async (each: WorkflowEvent) => {
      await using run = job(main, "", { event: each });
      return said((await run.run()).printed);
    };
    expect(await payloadOf(event)).toMatchObject({ after: base, repository: { default_branch: "main" }, sender: { login: "alice" } });
    expect(await payloadOf(pullRequestEvent(github, own, merge))).toMatchObject({
      pull_request: { number: 1, head: { sha: head, repo: { fork: false } } },
    });
    expect(await payloadOf(pullRequestEvent(github, fork, merge))).toMatchObject({
      pull_request: { head: { repo: { full_name: "mallory/shop", fork: true } } },
    });
    expect(await payloadOf(scheduleEvent(github, base))).not.toHaveProperty("repository");
    expect(await payloadOf(dispatchEvent(github, { sha: base, actor: "bob", inputs: { command: "plan" } }))).toMatchObject({
      inputs: { command: "plan" },
    });
  });
});

/** A process that ended and that nobody has asked about is still in the list, as a zombie. */
function isAlive(pid: number): boolean {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) && !/\) Z /.test(readFileSync(path, "utf8"));
}
