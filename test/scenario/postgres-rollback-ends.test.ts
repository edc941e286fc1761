/** Rollbacks whose end could not be recorded, and what belongs to the database itself after one that could. */

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

  test("recovers a rollback that was called off, and does not repeat why", async () => {
    await using production = await start("proof: restore");
    expect((await production.json("migrate")).status).toBe(0);
    production.sql("create function public.no() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$");
    production.write(
      "start",
      "#!/bin/sh\necho start >> app.log\n[ -e well ] || ./sql 'create trigger no before update on belay.state execute function public.no()'\n",
    );
    production.configure(`${production.target}migrate: sql\nbackup: { proof: restore }\napp: { stop: "exit 1", start: ./start }\n`);
    const failed = await production.json("rollback", "--accept-loss");
    expect([failed.result.outcome, failed.result.reasons.at(-1)?.message]).toEqual(["needs-attention", expect.stringMatching(/\bno\b/)]);
    production.sql("drop trigger no on belay.state");
    production.write("well", "");
    const { status, result } = await production.json("recover");
    expect([status, result.outcome, result.reasons]).toEqual([4, "undone", []]);
    expect(production.applicationLog().at(-1)).toBe("start");
    production.configure(`${production.target}migrate: sql\nbackup: { proof: restore }\n${APPLICATION}`);
    expect((await production.json("rollback", "--accept-loss")).status).toBe(0);
  });

  test.each([["restore"], ["read"]])(
    "a template is one after a rollback, too, with proof: %s, and what is kept of it can be dropped",
    async (proof) => {
      await using production = await start(`proof: ${proof}, keep: { failed: 0s }`);
      const { cluster, database } = production;
      const templates = () =>
        cluster.psql(
          "postgres",
          `select count(*) filter (where datname = '${database.name}'), count(*) from pg_database where datistemplate and starts_with(datname, '${database.name}')`,
        );
      cluster.psql("postgres", `alter database "${database.name}" is_template true`);
      try {
        expect((await production.json("migrate")).status).toBe(0);
        const back = await production.json("rollback");
        expect([back.status, templates().split("|")[0]]).toEqual([0, "1"]);
        const pruned = await production.json("prune");
        expect([pruned.status, pruned.result.reasons, production.kept()]).toEqual([0, [], []]);
        expect(templates()).toBe("1|1");
      } finally {
        cluster.psql("postgres", `update pg_database set datistemplate = false where starts_with(datname, '${database.name}')`);
      }
    },
  );

  test.each([[true], [false]])("the tablespace is the same after a rollback, or it is said (may it be used: %s)", async (allowed) => {
    await using production = await start("proof: restore");
    const { cluster, database } = production;
    const space = `space_${database.name}`;
    cluster.psql("postgres", `set allow_in_place_tablespaces = on; create tablespace ${space} location ''`);
    try {
      cluster.psql("postgres", `alter database "${database.name}" set tablespace ${space}`);
      if (allowed) cluster.psql("postgres", `grant create on tablespace ${space} to ${cluster.role("owner")}`);
      expect((await production.json("migrate")).status).toBe(0);
      const { status, result } = await production.json("rollback");
      const [target] = result.targets;
      const said = [expect.stringMatching(new RegExp(`^its tablespace ${space} could not be set`))];
      expect([status, target?.rollback?.matches, target?.notes ?? []]).toEqual([0, allowed, allowed ? [] : said]);
      const now = `select spcname from pg_database d join pg_tablespace t on t.oid = dattablespace where datname = '${database.name}'`;
      expect(cluster.psql("postgres", now)).toBe(allowed ? space : "pg_default");
    } finally {
      for (const name of namesOf(production)) cluster.psql("postgres", `drop database "${name}" with (force)`);
      cluster.psql("postgres", `drop tablespace ${space}`);
    }
  });
});

function namesOf({ cluster, database }: PostgresProduction): string[] {
  return cluster
    .psql("postgres", `select datname from pg_database where starts_with(datname, '${database.name}')`)
    .split("\n")
    .filter(Boolean);
}
