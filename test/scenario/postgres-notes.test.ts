/** What reaches people of what a role cannot do on PostgreSQL: in the plan, in the run's notes, and where it is refused. */

import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { PostgresProduction } from "../support/production-postgres.ts";
import { APPLICATION } from "../support/project.ts";

describe.each([[15], [18]] as const)("an ordinary owner on PostgreSQL %i", { timeout: 60_000 }, (version) => {
  const start = async (backup: string) => {
    const production = await PostgresProduction.start({ version, as: "owner", held: false }, 50);
    production.configure(`${production.target}migrate: sql\nbackup: { ${backup} }\n${APPLICATION}`);
    production.migration("0001_visit.sql", "create table visit (at text);\n");
    return production;
  };

  test.each(["read", "restore"])("is told which settings the copy lacks, with proof: %s, and again when it goes back", async (proof) => {
    await using production = await start(`proof: ${proof}`);
    const { cluster, database } = production;
    cluster.psql("postgres", `alter database "${database.name}" set log_min_duration_statement to '1s'`);
    const lacking = expect.stringMatching(/the setting log_min_duration_statement could not be set on the copy by this role/);
    const migrated = await production.json("migrate");
    expect([migrated.status, migrated.result.targets[0]?.notes]).toEqual([0, expect.arrayContaining([lacking])]);
    const back = await production.json("rollback");
    expect([back.status, back.result.targets[0]?.notes]).toEqual([0, [lacking]]);
  });

  test("finds in the manifest of a backup by itself what a person has to set again", async () => {
    await using production = await start("proof: restore");
    const { cluster, database } = production;
    cluster.psql("postgres", `alter database "${database.name}" set log_min_duration_statement to '1s'`);
    const { status, result } = await production.json("backup");
    const { lacks } = JSON.parse(readFileSync(`${result.targets[0]?.backup?.location}/manifest.json`, "utf8"));
    expect([status, lacks]).toEqual([0, ["the setting log_min_duration_statement could not be set on the copy by this role"]]);
  });

  test("is told of a schema that it names and that is not there", async () => {
    await using production = await start("proof: restore");
    production.configure(`target: { url: "\${DATABASE_URL}", name: app, schemas: [public, app] }\nmigrate: sql\n`);
    const { status, result } = await production.json("plan");
    expect([status, result.targets[0]?.notes]).toEqual([
      0,
      expect.arrayContaining([expect.stringMatching(/no schema app in .*target\.schemas/)]),
    ]);
  });

  test("is told what no restore of its own could bring back: refused where the proof restores, noted where it reads or may lack it", async () => {
    await using production = await start("proof: restore");
    const { cluster, database } = production;
    cluster.psql(database.name, "create publication everything for all tables");
    const refused = await production.json("plan");
    expect(refused.result.reasons).toMatchObject([{ code: "cannot-restore", hint: expect.stringContaining("may-lack") }]);
    expect((await production.json("migrate")).result).toMatchObject({ outcome: "refused", reasons: [{ code: "cannot-restore" }] });
    expect(production.applicationLog()).toEqual([]);
    const said = expect.arrayContaining([expect.stringMatching(/publication everything .*cannot be restored/)]);
    for (const backup of ["proof: read", "proof: restore, may-lack: [publications]"]) {
      production.configure(`${production.target}migrate: sql\nbackup: { ${backup} }\n${APPLICATION}`);
      production.migration(`000${backup.length}_more.sql`, `create table t${backup.length} (at text);\n`);
      expect((await production.json("plan")).result.targets[0]?.notes).toEqual(said);
      const { status, result } = await production.json("migrate");
      expect([status, result.outcome, result.targets[0]?.notes]).toEqual([0, "migrated", said]);
    }
  });
});
