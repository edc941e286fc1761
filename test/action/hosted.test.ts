/** What would be lost with the job is refused before anything runs. */

import { expect, test } from "vitest";

import { APPLICATION } from "../support/project.ts";
import { reasonsOf, Shop } from "../support/github/shop.ts";

test.concurrent("a SQLite file on a runner of GitHub's is refused by every command that would use it, with what to do", async () => {
  await using shop = await Shop.open();
  const production = shop.production();
  for (const command of ["migrate", "plan", "backup", "rollback", "status", "recover"]) {
    const end = await shop.push({ command }, { runnerEnvironment: "github-hosted" });
    expect([command, end.status, reasonsOf(end), end.report?.reasons[0]?.hint], end.log).toEqual([
      command,
      3,
      ["hosted-runner"],
      "run the job on the machine that has the database: a self-hosted runner there, `runs-on: [self-hosted, …]`",
    ]);
    expect(end.summary).toContain("on a runner of GitHub's");
  }
  expect([shop.production(), shop.project.applicationLog()]).toEqual([production, []]);
});

test.concurrent("a store in a directory keeps no backups there: what would write one is refused and told of buckets, what only looks is not", async () => {
  const own = `target: "\${DATABASE_URL}"\nmigrate: sql\nbackup: { store: /srv/belay-backups }\n`;
  await using shop = await Shop.open({ own });
  const settings = { runnerEnvironment: "github-hosted", env: { DATABASE_URL: "postgres://nobody@127.0.0.1:1/shop" } } as const;
  for (const command of ["migrate", "backup", "rollback", "runs"]) {
    const end = await shop.push({ command }, settings);
    expect([end.status, reasonsOf(end), end.report?.reasons[0]?.hint], end.log).toEqual([
      3,
      ["hosted-runner"],
      expect.stringContaining("s3://BUCKET/PREFIX"),
    ]);
  }
  for (const command of ["plan", "gate"]) expect(reasonsOf(await shop.push({ command }, settings))).not.toContain("hosted-runner");
});

test.concurrent("a runner that does not say what it is counts as GitHub's", async () => {
  await using shop = await Shop.open();
  const end = await shop.push({}, { env: { RUNNER_ENVIRONMENT: "" } });
  expect([end.status, reasonsOf(end), shop.project.dump()], end.log).toEqual([3, ["hosted-runner"], shop.before]);
});

test.concurrent("a store and a database in the workspace are errors at their lines in belay.yml, and nothing is written there", async () => {
  await using shop = await Shop.open();
  const { project } = shop;
  project.configure(`target: sqlite:${project.directory}/app.db\nmigrate: sql\nbackup: { store: .belay }\n${APPLICATION}`);
  project.commit("Into the workspace");
  const before = [project.files(), shop.production()];
  const end = await shop.push();
  expect([end.status, end.report], end.log).toEqual([2, null]);
  expect(end.annotations.map(({ level, file, line, message }) => [level, file, line, message])).toEqual([
    [
      "error",
      "belay.yml",
      3,
      "this database lies in the workspace of the workflow, which the next checkout empties\nput it outside of the workspace",
    ],
    [
      "error",
      "belay.yml",
      5,
      "this store lies in the workspace of the workflow, which the next checkout empties\nput it outside of the workspace",
    ],
  ]);
  expect([project.files(), shop.production()]).toEqual(before);

  // The same by a variable, and for a pull request, of whose own file only what is right there could be merged.
  project.configure(`target: \${DATABASE_URL}\nmigrate: sql\n${APPLICATION}`);
  project.commit("By a variable");
  const byVariable = await shop.push({}, { env: { DATABASE_URL: `sqlite:${project.directory}/app.db` } });
  expect([byVariable.status, byVariable.annotations.map(({ line }) => line)], byVariable.log).toEqual([2, [3]]);
  const beside = await shop.push({}, { env: { DATABASE_URL: `sqlite:${project.database}` } });
  expect([beside.status, beside.report?.outcome], beside.log).toEqual([0, "migrated"]);
});
