/** `belay doctor` on the built command line: every part that can fail is made to fail, and says what that means and what to do. */

import { chmodSync, closeSync, openSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PartResult } from "../../src/domain/result.ts";
import { Project } from "../support/project.ts";

let project: Project;
beforeEach(() => {
  project = new Project();
  project.sql("create table users(id integer primary key); insert into users values (1)");
  project.migration("0001_name.sql", "alter table users add column name text;");
});
afterEach(() => {
  chmodSync(project.directory, 0o755);
  project[Symbol.dispose]();
});

async function part(name: string, ...args: string[]): Promise<PartResult | undefined> {
  return (await project.json("doctor", ...args)).result.parts?.find((each) => each.name === name);
}

const HEALTHY = "target: sqlite:app.db\nmigrate: sql\n";

describe("a configuration in which everything works", () => {
  test("is healthy, with exit 0, and nothing is left behind", async () => {
    project.configure(`${HEALTHY}app: { stop: "true", start: [touch, started], previous: touch previous }`);
    const before = project.files();
    const { status, result } = await project.json("doctor");
    expect([status, result.outcome, result.reasons]).toEqual([0, "healthy", []]);
    expect(project.files()).toEqual(before);
    expect(new Set(result.parts?.map(({ outcome }) => outcome))).toEqual(new Set(["done", "skipped"]));
  });

  test("names every part that a run will need", async () => {
    project.configure(
      `${HEALTHY}checks: { before: [{ sql: select 1, expect: 1 }], health: "http://localhost:1/" }\nwindows: ["daily 00:00-24:00 UTC"]`,
    );
    const { result } = await project.json("doctor");
    expect(result.parts?.map(({ name }) => name)).toEqual([
      "belay.yml",
      "shell",
      "git",
      "clock",
      "windows",
      "application",
      "health",
      "database",
      "rights, room",
      "store",
      "lock",
      "migrations",
      "checks before",
      "rollback",
      "newest backup",
    ]);
  });

  test("leaves a store that has backups as it is, and reads the newest one to its last byte", async () => {
    project.configure(HEALTHY);
    await project.run("migrate");
    const before = project.files("belay-backups");
    expect(await part("newest backup")).toMatchObject({ outcome: "done", detail: expect.stringContaining("every byte as it was written") });
    expect(project.files("belay-backups")).toEqual(before);
  });
});

describe("a belay.yml that is not understood", () => {
  test("is a part that failed, with exit 6, and the machine is looked at all the same", async () => {
    project.configure("targte: sqlite:app.db");
    const { status, result } = await project.json("doctor");
    expect([status, result.outcome]).toEqual([6, "checks-failed"]);
    expect(result.parts?.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["belay.yml", "failed"],
      ["shell", "done"],
      ["git", "done"],
      ["clock", "done"],
    ]);
    expect(result.parts?.[0]?.detail).toContain('did you mean "target"?');
  });

  test("is told of where there is none", async () => {
    expect(await part("belay.yml")).toMatchObject({ outcome: "failed", means: "no command of Belay can begin" });
  });

  test("names the variable that is not set", async () => {
    project.configure('target: "${APP_DB}"');
    expect((await part("belay.yml"))?.detail).toContain("the environment variable APP_DB is not set");
  });

  test("a name that is no environment's is a mistake of the command line", async () => {
    project.configure(HEALTHY);
    expect((await project.run("doctor", "porod")).status).toBe(2);
  });
});

describe("each part fails by itself, with what it means and what to do", () => {
  test.each<[title: string, name: string, lines: string, detail: string, hint: string]>([
    [
      "a stop command without its program",
      "app.stop",
      "app: { stop: systemctl-x stop app, start: 'true' }",
      "no such program on PATH",
      "install it",
    ],
    [
      "a start command that is no shell",
      "app.start",
      "app: { stop: 'true', start: 'if then (' }",
      "the shell does not understand",
      "mend its quotes",
    ],
    [
      "a previous command that is no file",
      "app.previous",
      "app: { stop: 'true', previous: [./old.sh] }",
      "no such program at",
      "relative paths",
    ],
    ["an application that nothing brings back", "application", "app: { stop: 'true' }", "neither start nor previous", "add app.start"],
    [
      "a health check of a host that is not known",
      "health",
      "checks: { health: 'http://nowhere.invalid/' }",
      "cannot be looked up here",
      "an address",
    ],
    ["a health check whose program is missing", "health", "checks: { health: { command: ./nix.sh } }", "no such program", "relative paths"],
    ["a watch whose program is missing", "watch", "watch: { checks: [{ command: ./nix.sh }] }", "no such program", "relative paths"],
    [
      "a check before that fails",
      "checks before",
      "checks: { before: [{ sql: select 1, expect: 2 }] }",
      "expected 2, got 1",
      "mend the data",
    ],
    ["a store that is a file", "store", "backup: { store: belay.yml }", "belay.yml", ""],
    ["a baseline that is no migration", "migrations", "migrate: { baseline: nix }", "no migration has this id", "name the last migration"],
  ])("%s", async (_title, name, lines, detail, hint) => {
    project.configure(`target: sqlite:app.db\n${lines}`);
    const { status, result } = await project.json("doctor");
    const found = result.parts?.find((each) => each.name === name);
    expect(found).toMatchObject({ outcome: "failed", detail: expect.stringContaining(detail), hint: expect.stringContaining(hint) });
    expect(found?.means).toBeTruthy();
    expect([status, result.reasons.length]).toEqual([6, result.parts?.filter(({ outcome }) => outcome === "failed").length]);
  });

  test("receivers of messages that nothing would reach: warned, as a run goes well without them", async () => {
    const file = "{ file: nowhere/messages.txt }";
    project.configure(`${HEALTHY}notify: [${file}, { email: a@example.com, from: b@example.com, smtp: "smtp://nowhere.invalid" }]`);
    const { status, result } = await project.json("doctor");
    expect(status).toBe(0);
    const found = result.parts?.find(({ name }) => name === "notify");
    expect(found).toMatchObject({ outcome: "warned", means: "runs go as ever, and nobody is told by it" });
    expect(found?.detail.split("\n")).toEqual([
      expect.stringMatching(/^file: .*nowhere cannot be written to/),
      expect.stringMatching(/^email: the name nowhere\.invalid cannot be looked up here/),
    ]);
  });

  test("a database that is none", async () => {
    project.configure("target: sqlite:app.db");
    writeFileSync(project.database, "this is no database, only text that is long enough to be read as one. ".repeat(10));
    const { status, result } = await project.json("doctor");
    expect([status, result.parts?.find(({ name }) => name === "database")?.outcome]).toEqual([6, "failed"]);
  });

  test("a run that did not come to its end", async () => {
    project.configure(`${HEALTHY}app: { stop: kill -9 $PPID, start: "true" }`);
    await project.run("migrate");
    const lock = await part("lock");
    expect(lock).toMatchObject({ outcome: "failed", hint: "finish or undo it: `belay recover prod`" });
  });

  test("a newest backup in which one byte is another", async () => {
    project.configure(HEALTHY);
    await project.run("migrate");
    const [folder = ""] = readdirSync(join(project.directory, "belay-backups/prod/app"));
    const file = readdirSync(join(project.directory, "belay-backups/prod/app", folder)).find((name) => name !== "manifest.json") ?? "";
    const path = join("belay-backups/prod/app", folder, file);
    const exact = readFileSync(join(project.directory, path));
    exact[exact.length - 1] = (exact.at(-1) ?? 0) ^ 1;
    chmodSync(join(project.directory, path), 0o600);
    writeFileSync(join(project.directory, path), exact);
    expect(await part("newest backup")).toMatchObject({
      outcome: "failed",
      detail: expect.stringContaining("its SHA-256 is not the manifest's"),
    });
  });
});

describe("what is to be known, and stops no run by itself", () => {
  test("a closed window, and when it opens", async () => {
    const day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][(new Date().getUTCDay() + 3) % 7];
    project.configure(`${HEALTHY}windows: ["${day} 01:00-02:00 UTC"]`);
    const { status, result } = await project.json("doctor");
    expect([status, result.parts?.find(({ name }) => name === "windows")]).toMatchObject([
      0,
      { outcome: "warned", hint: expect.stringContaining("opens") },
    ]);
  });

  test("an environment that is protected", async () => {
    project.configure(`${HEALTHY}approvals: { required: 2 }`);
    expect(await part("approval")).toMatchObject({ outcome: "warned", hint: expect.stringContaining("--without-approval") });
  });

  test("a database behind a link, which no rollback can swap", async () => {
    symlinkSync(project.database, join(project.directory, "link.db"));
    project.configure("target: sqlite:link.db\nmigrate: sql");
    expect(await part("rollback")).toMatchObject({ outcome: "warned", detail: expect.stringContaining("is a symbolic link") });
  });

  test("a database that somebody holds open, whom nothing stops", async () => {
    const descriptor = openSync(project.database, "r");
    try {
      project.configure(HEALTHY);
      const detail = new RegExp(`^pid ${process.pid} .* has the database open, and no app\\.stop ends that$`);
      expect(await part("rollback")).toMatchObject({ outcome: "warned", detail: expect.stringMatching(detail) });
      expect((await project.json("plan")).result.targets[0]?.planned?.rollback).toEqual({
        strategy: "restore",
        why: expect.stringContaining("copied back in place"),
      });
      project.configure(`${HEALTHY}app: { stop: "true", start: "true" }`);
      expect(await part("rollback")).toMatchObject({
        outcome: "done",
        detail: expect.stringContaining("by a swap, once app.stop has ended pid"),
      });
    } finally {
      closeSync(descriptor);
    }
  });

  test("a clock that is behind belay.yml", async () => {
    project.configure(HEALTHY);
    utimesSync(join(project.directory, "belay.yml"), new Date(), new Date(Date.now() + 86_400_000));
    expect(await part("clock")).toMatchObject({ outcome: "failed", detail: expect.stringContaining("belay.yml was changed at") });
  });
});

describe("what people see", () => {
  test("one line a part, and below what fails its meaning and what to do", async () => {
    project.configure(`${HEALTHY}app: { stop: nix stop, start: "true" }`);
    const { status, stdout } = await project.run("doctor");
    expect(status).toBe(6);
    expect(stdout).toContain(`  ✖ app.stop       starting nix: there is no such program on PATH
                   Means: every run ends before the migration: the application cannot be stopped.
                   Do: install it, write its path, or add its folder to PATH
`);
    expect(stdout).toMatch(/\nNOT HEALTHY\. 1 of \d+ parts would stop or undo a run\. Nothing was changed\.\n$/);
  });

  test("nothing with --quiet where all is well", async () => {
    project.configure(HEALTHY);
    expect(await project.run("doctor", "--quiet")).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });
});
