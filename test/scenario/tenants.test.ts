import { describe, expect, test } from "vitest";

import { TenantsProduction, type TenantsSurroundings } from "../support/postgres/tenants.ts";

const EACH: readonly TenantsSurroundings[] = [
  { version: 15, as: "owner" },
  { version: 18, as: "superuser" },
];

describe.each(EACH)("tenants on PostgreSQL $version as $as", { timeout: 60_000 }, (surroundings) => {
  test("each has its own list of what is pending, whatever its name", async () => {
    const names = ["acme", "demo", 'od"d na.me', "Ünï"];
    await using production = await TenantsProduction.start(surroundings, names);
    const { status, result } = await production.json("plan");
    expect(result.reasons).toEqual([]);
    expect(status).toBe(0);
    expect(result.targets.map(({ name, pending }) => [name, pending.map(({ id }) => id)])).toEqual(
      [...names].sort((a, b) => (a < b ? -1 : 1)).map((name) => [`app/${name}`, ["0001_notes", "0002_paid"]]),
    );
  });

  test("all are migrated and verified from one backup, each with its own history", async () => {
    await using production = await TenantsProduction.start(surroundings, ["acme", "demo", 'od"d na.me']);
    production.configureWith({
      more: "data: additive\nchecks: { after: [{ name: invoices, sql: select count(*) from invoices, expect: unchanged }] }",
    });
    const { status, result, stderr } = await production.json("migrate");
    expect(result.reasons, stderr).toEqual([]);
    expect(status).toBe(0);
    expect(
      result.targets.map(({ name, outcome, applied, data, undisturbed }) => [name, outcome, applied.length, data?.proven, undisturbed]),
    ).toEqual(["acme", "demo", 'od"d na.me'].map((name) => [`app/${name}`, "migrated", 2, true, true]));
    expect(new Set(result.targets.map(({ backup }) => backup?.id)).size).toBe(1);
    expect(production.sql(`select count(*) from demo.belay_migrations`)).toBe("2");
    expect(
      production.sql(`select count(*) from pg_tables where schemaname = 'public' and tablename in ('notes', 'belay_migrations')`),
    ).toBe("0");
    const again = await production.json("migrate");
    expect([again.status, again.result.outcome]).toEqual([0, "up-to-date"]);
  });

  test("one that fails goes back alone, and the others stay migrated", async () => {
    await using production = await TenantsProduction.start(surroundings, ["acme", "demo", "zeta"]);
    production.configureWith({ more: "app: { start: echo start >> app.log, previous: echo previous >> app.log }" });
    production.write("migrations/0003_positive.sql", "alter table invoices add constraint positive check (cents > 0);\n");
    production.sql("update demo.invoices set cents = -1 where id = 7");
    const before = production.dump("demo");
    const { status, result, stderr } = await production.json("migrate");
    expect(
      result.targets.map(({ name, outcome }) => [name, outcome]),
      stderr + JSON.stringify(result.reasons),
    ).toEqual([
      ["app/acme", "migrated"],
      ["app/demo", "undone"],
      ["app/zeta", "migrated"],
    ]);
    expect(status).toBe(4);
    expect(result.reasons[0]?.message).toMatch(/^app\/demo: .*0003_positive/);
    expect(result.targets[1]?.rollback).toMatchObject({ strategy: "restore", way: "schemas", matches: true });
    expect(production.dump("demo")).toBe(before);
    expect(production.sql("select count(*) from zeta.belay_migrations")).toBe("3");
    expect(production.applicationLog()).toEqual(["start"]);
  });

  test("the shared schema comes first, and when it fails everything is as it was", async () => {
    await using production = await TenantsProduction.start(surroundings, ["acme", "demo"]);
    production.withShared();
    production.write("shared/0002_broken.sql", "alter table plans add constraint long_name check (length(name) > 5);\n");
    const before = ["public", "acme", "demo"].map((schema) => production.dump(schema));
    const { status, result, stderr } = await production.json("migrate");
    expect(
      result.targets.map(({ name, outcome }) => [name, outcome]),
      stderr + JSON.stringify(result.reasons),
    ).toEqual([
      ["app/public", "undone"],
      ["app/acme", "undone"],
      ["app/demo", "undone"],
    ]);
    expect(status).toBe(4);
    expect(["public", "acme", "demo"].map((schema) => production.dump(schema))).toEqual(before);
  });

  test("where the application does not come up, all go back together", async () => {
    await using production = await TenantsProduction.start(surroundings, ["acme", "demo"]);
    production.withShared("app: { start: exit 7, previous: echo previous >> app.log }");
    const before = ["public", "acme", "demo"].map((schema) => production.dump(schema));
    const { status, result, stderr } = await production.json("migrate");
    expect(status, stderr + JSON.stringify(result.reasons)).toBe(4);
    expect(result.targets.map(({ rollback }) => [rollback?.strategy, rollback?.matches, rollback?.laterWrites])).toEqual(
      Array.from({ length: 3 }, () => ["swap", true, []]),
    );
    expect(["public", "acme", "demo"].map((schema) => production.dump(schema))).toEqual(before);
  });

  test("a tenant that was migrated is put back alone by hand, with what was written to the others untouched", async () => {
    await using production = await TenantsProduction.start(surroundings, ["acme", "demo"]);
    const before = production.dump("demo");
    expect((await production.json("migrate")).status).toBe(0);
    production.sql("insert into acme.notes values (1, 1, 'later')");
    const { status, result, stderr } = await production.json("rollback", "--target", "demo");
    expect(status, stderr + JSON.stringify(result.reasons)).toBe(0);
    expect(result.targets.map(({ name, outcome }) => [name, outcome])).toEqual([["app/demo", "rolled-back"]]);
    expect(production.dump("demo")).toBe(before);
    expect(production.sql("select note from acme.notes")).toBe("later");
    const again = await production.json("migrate", "--again", "the cause is mended");
    expect(
      again.result.targets.map(({ name, outcome }) => [name, outcome]),
      JSON.stringify(again.result.reasons),
    ).toEqual([
      ["app/acme", "up-to-date"],
      ["app/demo", "migrated"],
    ]);
    const verified = await production.json("verify");
    expect(verified.result.targets.map(({ outcome }) => outcome)).toEqual(["verified", "verified"]);
  });

  test("a query for all schemas may find what Belay has put there: its state, and what it moved aside", async () => {
    await using production = await TenantsProduction.start(surroundings, ["acme", "demo"]);
    production.configureWith({
      tenants: "sql: \"select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')\"",
    });
    expect((await production.json("migrate")).status).toBe(0);
    expect((await production.json("rollback", "--target", "demo")).status).toBe(0);
    expect(production.sql("select count(*) from pg_namespace where nspname ~ '^(belay$|demo_belay_f_)'")).toBe("2");
    const { status, result, stderr } = await production.json("gate");
    expect([status, result.targets.map(({ name }) => name)], stderr + JSON.stringify(result.reasons)).toEqual([
      6,
      ["app/acme", "app/demo"],
    ]);
  });

  test("schemas that depend on one another are refused before anything is touched, naming the objects", async () => {
    await using production = await TenantsProduction.start(surroundings, ["acme", "demo"]);
    production.sql("create view demo.all_invoices as select * from acme.invoices");
    const { status, result } = await production.json("migrate");
    expect([status, result.reasons.map(({ code }) => code)]).toEqual([3, ["tenants-bound"]]);
    expect(result.reasons[0]?.message).toMatch(/demo\.all_invoices.*acme\.invoices/);
  });

  test("a tenant without a schema is named, and what to do about it", async () => {
    await using production = await TenantsProduction.start(surroundings, ["acme"]);
    production.sql("insert into tenants values ('ghost')");
    const { status, result } = await production.json("plan");
    expect([status, result.reasons.map(({ code }) => code)]).toEqual([3, ["tenant-without-schema"]]);
    expect(result.reasons[0]?.hint).toContain("--new ghost");
  });

  describe("a new tenant", () => {
    const SQL = `do $$ begin execute format('create schema %I; create table %I.customers (id int primary key); create table %I.invoices (id int primary key, cents int)',
      current_setting('belay.schema'), current_setting('belay.schema'), current_setting('belay.schema'));
      insert into tenants values (current_setting('belay.schema')); end $$`;
    const REMOVE = `./remove`;

    async function site(): Promise<TenantsProduction> {
      const production = await TenantsProduction.start(surroundings, ["acme"]);
      production.write("create.sql", SQL);
      production.write(
        "remove",
        `#!/bin/sh\npsql -X -q -v ON_ERROR_STOP=1 -v s="$BELAY_SCHEMA" "$DATABASE_URL" <<'E'\ndrop schema :"s" cascade; delete from tenants where schema_name = :'s';\nE\n`,
      );
      production.configureWith({
        tenants: `sql: select schema_name from tenants, shared: public, create: { sql: ${JSON.stringify(SQL)} }, remove: ${REMOVE}`,
      });
      return production;
    }

    test("is made and migrated, and the others are not touched", async () => {
      await using production = await site();
      const before = production.dump("acme");
      const { status, result, stderr } = await production.json("migrate", "--new", "néw one");
      expect(status, stderr + JSON.stringify(result.reasons)).toBe(0);
      expect(result.targets.map(({ name, outcome, applied }) => [name, outcome, applied.length])).toEqual([["app/néw one", "migrated", 2]]);
      expect(production.dump("acme")).toBe(before);
      const again = await production.json("migrate", "--new", "néw one");
      expect([again.status, again.result.reasons.map(({ code }) => code)]).toEqual([3, ["tenant-exists"]]);
    });

    test("that fails to migrate is removed again", async () => {
      await using production = await site();
      production.write("migrations/0003_broken.sql", "alter table nowhere add column x int;\n");
      const { status, result } = await production.json("migrate", "--new", "fresh");
      expect([status, result.targets.map(({ name, outcome }) => [name, outcome])]).toEqual([4, [["app/fresh", "undone"]]]);
      expect(result.reasons[0]?.message).toContain("0003_broken");
      expect(production.sql("select count(*) from pg_namespace where nspname = 'fresh'")).toBe("0");
      expect(production.sql("select schema_name from tenants")).toBe("acme");
      expect((await production.json("status")).status).toBe(0);
    });
  });

  test("killed in the middle of one tenant: recover brings all of them back, and says so", async () => {
    await using production = await TenantsProduction.start(surroundings, ["acme", "demo", "zeta"]);
    production.write("migrations/0003_slow.sql", "select case when current_schema() = 'demo' then pg_sleep(600) end;\n");
    const before = ["acme", "demo", "zeta"].map((schema) => production.dump(schema));
    const running = production.start(["migrate"]);
    await until(
      () =>
        production.sql(
          "select count(*) from pg_stat_activity where query ~ 'pg_sleep.600' and state = 'active' and pid <> pg_backend_pid()",
        ) !== "0",
    );
    running.kill("SIGKILL");
    await running.ended;
    const refused = await production.json("migrate");
    expect(refused.result.reasons.map(({ code }) => code)).toEqual(["unfinished-run"]);
    const { status, result, stderr } = await production.json("recover");
    expect(status, stderr + JSON.stringify(result.reasons)).toBe(4);
    expect(result.targets.map(({ name, outcome, rollback }) => [name, outcome, rollback?.matches])).toEqual([
      ["app/acme", "undone", true],
      ["app/demo", "undone", true],
      ["app/zeta", "undone", true],
    ]);
    expect(["acme", "demo", "zeta"].map((schema) => production.dump(schema))).toEqual(before);
    expect((await production.json("recover")).result.outcome).toBe("up-to-date");
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
}
