/** What a program of the team's own is told, on the built command line: where the database is, what it inherits, and what stays hidden. */

import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Project } from "../support/project.ts";

let project: Project;
beforeEach(() => {
  project = new Project();
  project.sql("create table users(id integer primary key)");
  project.write(
    "tool",
    `#!/bin/sh -e
env > seen.env
env > "seen-$1.env"
column() { sqlite3 "$BELAY_DATABASE_PATH" "select 1 from pragma_table_info('users') where name = 'email'"; }
case "$1" in
  ask) if [ -n "$(column)" ]; then echo applied; else echo pending; fi;;
  apply) sqlite3 "$DB_FILE" "alter table users add column email text"; echo "with $APP_TOKEN";;
  fail) echo "token $APP_TOKEN is wrong" >&2; exit 3;;
esac
`,
  );
});
afterEach(() => project[Symbol.dispose]());

function configure(apply: string, more: string): void {
  project.configure(`target: sqlite:app.db
migrate:
  migrations: [{ id: email, pending: ./tool ask, pending-when: ^pending$, applied-when: ^applied$, apply: ./tool ${apply} }]
${more.replace(/^/gm, "  ")}`);
}

const seen = (file = "seen.env"): Record<string, string> =>
  Object.fromEntries(
    project
      .read(file)
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

test("the file's variables arrive, and where the database is wins over all of them", async () => {
  project.write(
    ".env",
    "APP_TOKEN=hunter2-token\nDB_FILE=/somewhere/else.db\nBELAY_DATABASE_PATH=/somewhere/else.db\nAPP_DB=sqlite:/somewhere/else.db\n",
  );
  configure("apply", "env-file: .env\nurl-variable: APP_DB\nvariables: { DB_FILE: path }");
  const { status, result } = await project.json("migrate");
  expect([status, result.outcome]).toEqual([0, "migrated"]);
  expect(seen()).toMatchObject({
    APP_TOKEN: "hunter2-token",
    DB_FILE: project.database,
    APP_DB: `sqlite:${project.database}`,
    BELAY_ENVIRONMENT: "prod",
    BELAY_TARGET: "app",
  });
});

test("a migration is told its run and the commits, as every command of the run is", async () => {
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-C", project.directory, "-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
      encoding: "utf8",
    }).trim();
  configure("apply", "env: []\nvariables: { DB_FILE: path }");
  git("init", "--quiet");
  git("add", "tool", "belay.yml");
  git("commit", "--quiet", "--message", "tool");
  const { result } = await project.json("migrate");
  expect(seen("seen-apply.env"), result.outcome).toMatchObject({ BELAY_RUN: result.run, BELAY_SHA: git("rev-parse", "HEAD") });
});

test("with an allow-list it inherits those alone, and what any program needs", async () => {
  configure("apply", "env: [WANTED]\nvariables: { DB_FILE: path }");
  const { status } = await project.start(["migrate"], { env: { WANTED: "yes", UNWANTED: "yes" } }).ended;
  expect(status).toBe(0);
  expect(seen()).toMatchObject({ WANTED: "yes", PATH: expect.any(String) });
  expect(seen()).not.toHaveProperty("UNWANTED");
});

test("a value of the file is hidden in what the program says, wherever that is shown or kept", async () => {
  project.write(".env", "APP_TOKEN=hunter2-token\n");
  configure("fail", "env-file: .env");
  const { status, stdout, stderr } = await project.run("migrate");
  expect(status).toBe(4);
  expect(stdout).toContain("token *** is wrong");
  const kept = project.files("belay-backups/prod").join(" ") + (await project.run("runs", "--json")).stdout;
  expect(stdout + stderr + kept).not.toContain("hunter2");
});

test("a file that is not there stops what needs the tool, and no rollback", async () => {
  project.write(".env", "APP_TOKEN=1234567\n");
  configure("apply", "env-file: .env\nvariables: { DB_FILE: path }");
  await project.run("migrate");
  configure("apply", "env-file: gone.env\nvariables: { DB_FILE: path }");
  expect(await project.run("plan")).toMatchObject({ status: 2, stderr: expect.stringContaining("gone.env") });
  expect((await project.json("rollback")).result.outcome).toBe("rolled-back");
});
