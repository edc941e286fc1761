/** A backup that is restored over another environment's database: who may change that one decides, whatever it is called here. */

import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { cluster } from "../support/postgres/cluster.ts";
import { bookingDatabase, Project } from "../support/project.ts";

const environments = (prod: string, staging: string, approvals: string) => `environments:
  prod: { target: "${prod}", migrate: sql, backup: { store: store }${approvals} }
  staging: { target: "${staging}", migrate: sql, backup: { store: store } }
`;

test("a protected environment's database is refused by what it is; one that is not protected is replaced", async () => {
  using project = new Project();
  bookingDatabase(project, 50);
  project.sql("create table here (a)", join(project.directory, "staging.db"));
  project.write("belay.yml", environments("sqlite:app.db", "sqlite:staging.db", ", approvals: { required: 2 }"));
  const backup = (await project.json("backup", "staging")).result.targets[0]?.backup?.id ?? "";
  symlinkSync(join(project.directory, "app.db"), join(project.directory, "alias.db"));
  const before = project.dump();
  const refused = await project.json("restore", backup, "staging", "--into", "sqlite:alias.db", "--replace");
  expect([refused.status, refused.result.reasons.map(({ code }) => code)]).toEqual([3, ["restore-into-live"]]);
  expect(refused.result.reasons[0]?.message).toContain("live database of prod, which is protected");
  expect(project.dump()).toBe(before);

  project.write("belay.yml", environments("sqlite:app.db", "sqlite:staging.db", ""));
  const done = await project.json("restore", backup, "staging", "--into", "sqlite:alias.db", "--replace");
  expect(done.status).toBe(0);
  expect(project.sql("select count(*) from here").trim()).toBe("0");
});

test("what this machine has no address for, or does not reach, keeps nobody from restoring", async () => {
  using project = new Project();
  project.sql("create table here (a)", join(project.directory, "staging.db"));
  project.sql("create table there (a)", join(project.directory, "old.db"));
  const unknown = "  far: { target: '${FAR_URL}', migrate: sql, backup: { store: store }, approvals: { required: 1 } }\n";
  project.write("belay.yml", environments("sqlite:gone/app.db", "sqlite:staging.db", ", approvals: { required: 1 }") + unknown);
  const backup = (await project.json("backup", "staging")).result.targets[0]?.backup?.id ?? "";
  const { status, result } = await project.json("restore", backup, "staging", "--into", "sqlite:old.db", "--replace");
  expect([status, result.reasons]).toEqual([0, []]);
  expect(project.sql("select count(*) from here", join(project.directory, "old.db")).trim()).toBe("0");
});

test("the same on PostgreSQL, where one server has many names", { timeout: 60_000 }, async () => {
  using project = new Project();
  const own = await cluster(15);
  await using prod = await own.createDatabase();
  await using staging = await own.createDatabase();
  project.write("belay.yml", environments("${PROD_URL}", "${STAGING_URL}", ", approvals: { required: 1 }"));
  const env = { PROD_URL: prod.address("owner"), STAGING_URL: staging.address("owner") };
  const taken = await project.start(["backup", "staging", "--json"], { env }).ended;
  expect(taken.status, taken.stderr).toBe(0);
  const backup: string = JSON.parse(taken.stdout).targets[0].backup.id;
  const alias = prod.address("owner").replace("127.0.0.1", "localhost");
  const { status, stdout } = await project.start(["restore", backup, "staging", "--into", alias, "--replace"], { env }).ended;
  expect([status, stdout]).toEqual([3, expect.stringMatching(/the live database of prod, which is\s+protected/)]);
});
