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

test.concurrent("a runner that does not say what it is, is none of GitHub's, which always say so", async () => {
  await using shop = await Shop.open();
  const end = await shop.push({}, { env: { RUNNER_ENVIRONMENT: "" } });
  expect([end.status, end.report?.outcome], end.log).toEqual([0, "migrated"]);
});

test.concurrent("a store and a database in the workspace are refused by name, with their lines in belay.yml, and nothing is written there", async () => {
  await using shop = await Shop.open();
  const { project } = shop;
  project.configure(`target: sqlite:${project.directory}/app.db\nmigrate: sql\nbackup: { store: .belay }\n${APPLICATION}`);
  project.commit("Into the workspace");
  const before = [project.files(), shop.production()];
  const end = await shop.push();
  expect([end.status, end.report?.outcome, reasonsOf(end)], end.log).toEqual([3, "refused", ["store-in-checkout"]]);
  const lost = (line: number, what: string) =>
    expect.stringMatching(`belay.yml:${line}: .*: this ${what} lies in the workspace`) as unknown;
  expect(end.annotations.map(({ level, file, line }) => [level, file, line])).toEqual([["error", "belay.yml", 3]]);
  for (const told of [lost(3, "database"), lost(5, "store")]) expect(end.annotations[0]?.message).toEqual(told);
  expect(end.summary).toContain("store-in-checkout");
  expect([project.files(), shop.production()]).toEqual(before);

  // The same by a variable, and for a pull request, of whose own file only what is right there could be merged.
  project.configure(`target: \${DATABASE_URL}\nmigrate: sql\n${APPLICATION}`);
  project.commit("By a variable");
  const byVariable = await shop.push({}, { env: { DATABASE_URL: `sqlite:${project.directory}/app.db` } });
  expect([byVariable.status, reasonsOf(byVariable), byVariable.annotations.map(({ line }) => line)], byVariable.log).toEqual([
    3,
    ["store-in-checkout"],
    [3],
  ]);
  project.configure(`target: \${DATABASE_URL}\nmigrat: sql\n${APPLICATION}`);
  project.commit("A mistake besides");
  const mistaken = await shop.push({}, { env: { DATABASE_URL: `sqlite:${project.directory}/app.db` } });
  expect([mistaken.status, mistaken.report], mistaken.log).toEqual([2, null]);
  project.configure(`target: \${DATABASE_URL}\nmigrate: sql\n${APPLICATION}`);
  project.commit("Mended");
  const beside = await shop.push({}, { env: { DATABASE_URL: `sqlite:${project.database}` } });
  expect([beside.status, beside.report?.outcome], beside.log).toEqual([0, "migrated"]);
});
