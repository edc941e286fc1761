/** The single executable: the same Belay in one file, on a machine that has neither Node nor anything of Belay's beside it. */

import { execFileSync, spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from "vitest";

import { VERSION } from "../../src/version.ts";
import { bookingDatabase, Project, type Ended } from "../support/project.ts";

const ROOT = join(import.meta.dirname, "../..");
const ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n;\n";
const NOBODY = 65_534;

/** What needs root. */
function asRoot(...command: readonly string[]): void {
  const [program = "", ...args] = process.getuid?.() === 0 ? command : ["sudo", "-n", ...command];
  execFileSync(program, args, { stdio: "pipe" });
}

let place: string;
let belay: string;

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "belay-executable-"));
  belay = join(place, "belay");
  execFileSync(process.execPath, [join(ROOT, "script/executable.ts"), belay], { stdio: "pipe" });
}, 180_000);
afterAll(() => rmSync(place, { recursive: true }));

let project: Project;
beforeEach(() => {
  project = new Project();
  bookingDatabase(project, 200);
  mkdirSync(join(project.directory, "migrations"));
  project.configure(
    `target: sqlite:${project.database}\nmigrate: sql\napp:\n  stop: echo stop >> app.log\n  start: echo start >> app.log\n  previous: echo previous >> app.log\n`,
  );
});
afterEach(() => project[Symbol.dispose]());

interface Start {
  readonly variables?: Readonly<Record<string, string>>;
  readonly program?: readonly string[];
  readonly directory?: string;
}

/** Nothing is on its PATH, and it knows of no home. */
function start(args: readonly string[], { variables = {}, program = [belay], directory = project.directory }: Start = {}) {
  const [first = "", ...before] = program;
  const child = spawn(first, [...before, ...args], { cwd: directory, env: { PATH: "", ...variables }, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  return { child, ended };
}

const run = (args: readonly string[], options?: Start) => start(args, options).ended;

describe("the single executable", { timeout: 60_000 }, () => {
  test("says its version and helps, with nothing on its PATH and NODE_OPTIONS meant for another Node", async () => {
    const variables = { NODE_OPTIONS: "--require /nowhere/agent.js" };
    expect(await run(["--version"], { variables })).toMatchObject({ status: 0, stdout: `belay ${VERSION}\n`, stderr: "" });
    expect((await run(["--help"], { variables })).stdout).toContain("migrate");
  });

  test("plans, migrates, opens the gate and rolls back, and leaves nothing of itself behind", async () => {
    project.migration("0001_role.sql", "alter table users add column role text;\n");
    const before = project.dump();
    const folder = join(place, "unpacked");
    mkdirSync(folder);
    const options = { variables: { BELAY_UNPACK_DIR: folder } };
    expect(await run(["gate"], options)).toMatchObject({ status: 6 });
    expect((await run(["plan"], options)).stdout).toContain("0001_role");
    const migrated = await run(["migrate"], options);
    expect({ status: migrated.status, stderr: migrated.stderr }, migrated.stdout).toEqual({ status: 0, stderr: "" });
    expect(await run(["gate"], options)).toMatchObject({ status: 0 });
    const back = await run(["rollback"], options);
    expect(back.status, back.stdout + back.stderr).toBe(0);
    expect(project.dump()).toBe(before);
    expect(project.applicationLog()).toEqual(["stop", "start", "stop", "previous"]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("undoes what failed", async () => {
    const before = project.dump();
    project.migration("0001_bad.sql", "alter table users add column role text;\nupdate nowhere set role = 'x';\n");
    const ended = await run(["migrate"]);
    expect(ended.status, ended.stderr).toBe(4);
    expect(ended.stdout).toContain("no such table: nowhere");
    expect(project.dump()).toBe(before);
  });

  test("is killed in the middle of a statement, with its host; recover brings the old state back", async () => {
    const before = project.dump();
    project.migration("0001_endless.sql", `create table a(b);\n${ENDLESS}`);
    const { child, ended } = start(["migrate"]);
    await expect
      .poll(() => (project.exists("app.db.belay") ? project.sql("select phase from state", `${project.database}.belay`) : ""), {
        timeout: 30_000,
      })
      .toBe("migrating\n");
    child.kill("SIGKILL");
    await ended;
    const refused = await run(["migrate"]);
    expect(refused.status, refused.stdout).toBe(3);
    expect(refused.stdout + refused.stderr).toContain("belay recover");
    const recovered = await run(["recover"]);
    expect(recovered.status, recovered.stdout + recovered.stderr).toBe(4);
    expect(project.dump()).toBe(before);
    expect(project.applicationLog()).toEqual(["stop", "previous"]);
  });

  test("works for a user that may write neither where it lies nor where it is started", async () => {
    const readOnly = join(place, "read-only");
    mkdirSync(join(readOnly, "migrations"), { recursive: true });
    copyFileSync(join(project.directory, "belay.yml"), join(readOnly, "belay.yml"));
    chmodSync(place, 0o755);
    asRoot("chown", String(NOBODY), project.directory, project.database);
    chmodSync(readOnly, 0o555);
    const as = ["/usr/bin/setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", belay];
    const ended = await run(["gate"], { program: as, directory: readOnly });
    expect(ended.status, ended.stdout + ended.stderr).toBe(0);
    expect(statSync(readOnly).mode & 0o222).toBe(0);
  });

  test("passes over a temporary folder where programs may not run, and says what to do where it was told to use it", async () => {
    const folder = join(place, "noexec");
    mkdirSync(folder);
    asRoot("mount", "-t", "tmpfs", "-o", "noexec,mode=1777", "tmpfs", folder);
    try {
      expect(await run(["gate"], { variables: { TMPDIR: folder } })).toMatchObject({ status: 0 });
      const told = await run(["gate"], { variables: { BELAY_UNPACK_DIR: folder } });
      expect(told.status, told.stdout + told.stderr).toBe(3);
      expect(told.stdout + told.stderr).toContain("set BELAY_UNPACK_DIR to a folder");
      expect(told.stdout + told.stderr).not.toMatch(/^\s+at /m);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      asRoot("umount", folder);
    }
  });

  test("serves a job that comes over ssh", async () => {
    const { status, stdout } = await run(["ssh-session"]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^belay-ssh \{"type":"hello"/) });
  });

  test("does not take the word for its host from a person", async () => {
    expect(await run(["sqlite-host", "1"])).toMatchObject({ status: 2 });
  });
});
