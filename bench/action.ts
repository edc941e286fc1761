/** The action from the start of its process to its first decision, and how much code its entry loads, beside a Node that does nothing. */

import { spawn } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { absolute, over, type Pair, type Row } from "./comparison.ts";
import { sqlite3 } from "./large-database.ts";
import { CLI, Site } from "./site.ts";

const DIST = dirname(CLI);

export async function action(folder: string, rounds: number, told: (text: string) => void): Promise<readonly Row[]> {
  const site = new Site(join(folder, "repository"));
  sqlite3(site.database, "create table users(id integer primary key);");
  site.write("belay.yml", `environments:\n  prod:\n    target: sqlite:${join(folder, "app.db")}\n    migrate: sql\n`);
  sqlite3(join(folder, "app.db"), "create table users(id integer primary key);");
  site.write("migrations/001_names.sql", "alter table users add column name text;\n");
  const git = (...args: string[]) => site.run(["git", "-c", "user.name=bench", "-c", "user.email=bench@example.org", ...args]);
  await git("init", "-q", "-b", "main");
  await git("add", "belay.yml", "migrations");
  await git("commit", "-qm", "Deploy");
  const sha = (await git("rev-parse", "HEAD")).stdout.trim();
  writeFileSync(join(folder, "event.json"), '{ "repository": { "default_branch": "main" } }');
  const refused = await measure(site, variables(folder, site, sha, "github-hosted"), "REFUSED", rounds, told);
  const planned = await measure(site, variables(folder, site, sha, "self-hosted"), "PLAN", rounds, told);
  return [
    over("action, to the decision that policy refuses, over node -e 0", refused, 60),
    over("action, to the plan of a small database, over node -e 0", planned, 60),
    absolute("action, JavaScript that its entry loads", [loadedBytes(join(DIST, "index.js")) / 1e6], "MB", 1),
  ];
}

function variables(folder: string, site: Site, sha: string, runner: string): Record<string, string> {
  const file = (name: string) => {
    writeFileSync(join(folder, name), "");
    return join(folder, name);
  };
  return {
    GITHUB_ACTIONS: "true",
    GITHUB_REPOSITORY: "acme/shop",
    GITHUB_REPOSITORY_ID: "1",
    GITHUB_EVENT_NAME: "push",
    GITHUB_EVENT_PATH: join(folder, "event.json"),
    GITHUB_REF: "refs/heads/main",
    GITHUB_SHA: sha,
    GITHUB_RUN_ID: "1",
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_ACTOR: "octocat",
    GITHUB_JOB: "deploy",
    GITHUB_WORKSPACE: site.directory,
    GITHUB_OUTPUT: file("output"),
    GITHUB_STATE: file("state"),
    GITHUB_STEP_SUMMARY: file("summary"),
    RUNNER_TEMP: folder,
    RUNNER_ENVIRONMENT: runner,
    INPUT_COMMAND: "plan",
    INPUT_ENVIRONMENT: "prod",
  };
}

async function measure(
  site: Site,
  environment: Record<string, string>,
  word: string,
  rounds: number,
  told: (text: string) => void,
): Promise<Pair[]> {
  told(`action: to the word ${word}, ${rounds} times`);
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    const theirs = await site.run([process.execPath, "-e", "0"]);
    const wallMs = await untilSaid(site.directory, environment, word);
    pairs.push({ ours: { wallMs, cpuMs: 0 }, theirs: { ...theirs, cpuMs: 0 } });
  }
  return pairs;
}

/** Milliseconds until the step has printed a word. */
async function untilSaid(directory: string, environment: Record<string, string>, word: string): Promise<number> {
  const began = performance.now();
  const step = spawn(process.execPath, [join(DIST, "index.js")], {
    cwd: directory,
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let [said, at] = ["", 0];
  step.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (at === 0 && said.includes(word)) at = performance.now() - began;
  });
  await new Promise((resolve, reject) => step.on("error", reject).on("close", resolve));
  if (at === 0) throw new Error(`the action did not say ${word}:\n${said}`);
  return at;
}

/** Of a file and of all that it imports at once; what is imported late is not counted. */
function loadedBytes(entry: string, seen = new Set<string>()): number {
  if (seen.has(entry)) return 0;
  seen.add(entry);
  const imported = [...readFileSync(entry, "utf8").matchAll(/^(?:import|export)\b[^;"]*"(\.\/[^"]+)"/gmu)];
  return imported.reduce((sum, [, path = ""]) => sum + loadedBytes(join(dirname(entry), path), seen), statSync(entry).size);
}
