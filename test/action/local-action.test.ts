/**
 * The built action under @github/local-action, a runner that shares no line with the one of the tests. It takes an entry that exports
 * `run`, so each of dist/'s is wrapped in a line; what it replaces of the toolkit is bundled in dist/, which therefore speaks through the
 * runner's files, as it does on GitHub.
 */

import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { pushEvent } from "../support/github/events.ts";
import { type FilesSaid, readFiles } from "../support/github/file-commands.ts";
import { CheckedOutProject } from "../support/github/repository.ts";
import { FakeGitHub } from "../support/github/server.ts";
import { APPLICATION, bookingDatabase } from "../support/project.ts";
import { BELAY, type Inputs, Job } from "../support/runner.ts";

const MODULES = join(import.meta.dirname, "../../node_modules");
const LOCAL_ACTION = join(MODULES, ".bin/local-action");
const PACKAGE = '{ "name": "shop", "type": "module", "dependencies": { "@actions/core": "3.0.1" } }\n';

let action: string;
let project: CheckedOutProject;
let github: FakeGitHub;

beforeAll(() => {
  action = mkdtempSync(join(tmpdir(), "belay-action-"));
  cpSync(join(BELAY.directory, "action.yml"), join(action, "action.yml"));
  cpSync(BELAY.dist, join(action, "dist"), { recursive: true });
  writeFileSync(join(action, "package.json"), PACKAGE);
  for (const entry of ["index", "post"]) {
    writeFileSync(join(action, `${entry}.mjs`), `export const run = () => import("./dist/${entry}.js");\n`);
  }
});
afterAll(() => rmSync(action, { recursive: true }));

beforeEach(async () => {
  project = new CheckedOutProject();
  bookingDatabase(project, 200);
  project.configure(`target: sqlite:${project.database}\nmigrate: sql\n${APPLICATION}`);
  // It asks npm where the toolkit lies, from the folder that the step runs in.
  project.write("package.json", PACKAGE);
  github = await FakeGitHub.start(project.directory);
});
afterEach(async () => {
  await github[Symbol.asyncDispose]();
  project[Symbol.dispose]();
});

interface Ended extends FilesSaid {
  readonly status: number;
  readonly log: string;
}

async function push(inputs: Inputs = {}): Promise<Ended> {
  const sha = project.commit("Deploy");
  symlinkSync(MODULES, join(project.directory, "node_modules"));
  await using job = new Job({ github, workspace: project.directory, event: pushEvent(github, { sha, actor: "alice" }) });
  const { variables, files } = job.given(inputs);
  const { PATH: _, ...rest } = variables;
  const settings = join(job.directory, "step.env");
  writeFileSync(
    settings,
    Object.entries(rest)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(""),
  );
  const { status, log } = await localAction(["run", action, "index.mjs", settings, "--post", join(action, "post.mjs")], job.directory);
  return { ...readFiles(files), status, log };
}

function localAction(args: readonly string[], home: string): Promise<{ readonly status: number; readonly log: string }> {
  // Nothing is to be installed: what it starts through npm lies in node_modules.
  const env = { PATH: `${dirname(LOCAL_ACTION)}:${process.env["PATH"] ?? ""}`, HOME: home, npm_config_offline: "true" };
  return new Promise((resolve, reject) => {
    execFile(LOCAL_ACTION, args, { cwd: project.directory, env, encoding: "utf8", timeout: 60_000 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status === "number") resolve({ status, log: stdout + stderr });
      else reject(error ?? new Error("it ended without a status"));
    });
  });
}

describe("the action under an independent runner", { timeout: 90_000 }, () => {
  test("migrates, and says so in outputs and summary", async () => {
    project.migration("0001_role.sql", "alter table users add column role text;\n");
    const { status, outputs, summary, problems, log } = await push({ environment: "prod" });
    expect({ status, problems }, log).toEqual({ status: 0, problems: [] });
    expect(outputs).toMatchObject({ outcome: "migrated", pending: "0", applied: "1" });
    expect(summary).toContain("0001_role");
    expect(project.sql("select count(*) from pragma_table_info('users') where name = 'role'")).toBe("1\n");
    expect(project.applicationLog()).toEqual(["stop", "start"]);
  });

  test("puts everything back when a migration fails, and ends with a failure", async () => {
    const before = project.dump();
    project.migration("0001_bad.sql", "alter table users add column role text;\nupdate nowhere set role = 'x';\n");
    const { status, outputs, summary, log } = await push({ environment: "prod" });
    expect(status, log).toBeGreaterThan(0);
    expect(outputs).toMatchObject({ outcome: "undone", pending: "1" });
    expect(summary).toContain("no such table: nowhere");
    expect(project.dump()).toBe(before);
    expect(project.applicationLog()).toEqual(["stop", "previous"]);
  });
});
