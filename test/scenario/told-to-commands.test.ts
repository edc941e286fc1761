/** What Belay tells the commands of belay.yml, and who may read what it leaves behind. */

import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { Project } from "../support/project.ts";

let project: Project;
beforeEach(() => {
  project = new Project();
  project.sql("create table users (id integer primary key, email text); insert into users (email) values ('a')");
});
afterEach(() => project[Symbol.dispose]());

const TOLD = "$BELAY_ENVIRONMENT $BELAY_SHA ${BELAY_PREVIOUS_SHA:-none}";

/** The migrations, committed; the commit's full name. */
function commit(): string {
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: project.directory, encoding: "utf8" });
  git("init", "--quiet");
  git("add", "migrations");
  git("commit", "--quiet", "--message", "migrations");
  return git("rev-parse", "HEAD").trim();
}

describe("app.stop, app.start and, without app.previous, app.start again", () => {
  test("are told the commit that is deployed, and the one that ran well before, which previous brings back", async () => {
    project.configure(`target: sqlite:app.db
migrate: sql
app: { stop: 'echo "stop ${TOLD}" >> app.log', start: 'echo "start ${TOLD}" >> app.log' }
`);
    project.migration("1_role.sql", "alter table users add column role text;");
    const first = commit();
    expect((await project.json("migrate")).status).toBe(0);
    project.migration("2_bad.sql", "insert into nothing values (1);");
    const second = commit();
    expect((await project.json("migrate")).status).toBe(4);
    expect(project.applicationLog()).toEqual([
      `stop prod ${first} none`,
      `start prod ${first} none`,
      `stop prod ${second} ${first}`,
      `start prod ${first} ${first}`,
    ]);
  });
});

test("backups and journals are nobody else's to read", async () => {
  project.configure("target: sqlite:app.db\nmigrate: sql\n");
  project.migration("1_role.sql", "alter table users add column role text;");
  const { result } = await project.json("migrate");
  const mode = (...path: string[]) => (statSync(join(project.directory, "belay-backups", ...path)).mode & 0o777).toString(8);
  const id = result.targets[0]?.backup?.id ?? "";
  const folders = [[], ["prod"], ["prod", "app"], ["prod", "app", id], ["prod", ".runs"]];
  expect(folders.map((path) => mode(...path))).toEqual(folders.map(() => "700"));
  const files = [
    ["prod", "app", id, "database.sqlite"],
    ["prod", "app", id, "manifest.json"],
    ["prod", ".runs", `${result.run}.jsonl`],
  ];
  expect(files.map((path) => mode(...path))).toEqual(files.map(() => "600"));
});
