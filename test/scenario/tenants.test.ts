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
});
