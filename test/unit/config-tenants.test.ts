import { expect, test } from "vitest";

import { badTenant } from "../../src/domain/tenant-name.ts";
import { sessionVariables } from "../../src/tool/target-variables.ts";
import { tenantOf } from "../../src/run/tenants.ts";
import { block, complaints, prod } from "../support/config-text.ts";

const TARGET = "target: postgres://app@db/app\n";

test("tenants are a query or names, with what they share and how one comes and goes", () => {
  expect(prod(`${TARGET}tenants: { sql: select 1, shared: public, create: ./make, remove: { sql: select 2 } }`).tenants).toEqual({
    list: { sql: "select 1" },
    shared: "public",
    new: { create: { command: { shell: "./make" }, timeoutMs: 300_000 }, remove: { sql: "select 2" } },
  });
  expect(prod(`${TARGET}tenants: { names: [a, "b c"] }`).tenants).toEqual({ list: { names: ["a", "b c"] }, shared: null, new: null });
  expect(prod(TARGET).tenants).toBeNull();
});

test("a tool whose settings tell the tenants is asked where belay.yml does not say", () => {
  const told = { list: { told: "by the tool" }, shared: null, new: null };
  expect(prod(`${TARGET}migrate: django-tenants`).tenants).toEqual(told);
  const lines = `${TARGET}migrate: django-tenants\ntenants: { shared: common, create: ./make, remove: ./drop }`;
  expect(prod(lines).tenants).toMatchObject({ ...told, shared: "common", new: { create: { command: { shell: "./make" } } } });
  expect(prod(`${TARGET}migrate: django-tenants\ntenants: { names: [a] }`).tenants).toMatchObject({ list: { names: ["a"] } });
});

test.each([
  ["tenants: { shared: public }", "which schemas are tenants?"],
  ["tenants: { shared: public }\nmigrate: sql", "which schemas are tenants\\? sql does not tell"],
  ["tenants: { sql: select 1, names: [a] }", "sql and names exclude each other"],
  ["tenants: { sql: select 1, create: ./make }", "create needs remove"],
  ["tenants: { sql: select 1, remove: ./drop }", "remove is for tenants that create made"],
  ["tenants: { names: [pg_temp] }", "is a schema of PostgreSQL itself"],
  ["tenants: { sql: select 1 }\nmigrate: { tool: sql, shared-directory: shared }", "no schema is named|none is named"],
  ["migrate: { tool: sql, shared-directory: shared }", "shared-directory is for tenants, and there are none"],
  ['tenants: { sql: "select ${X}" }', "not expanded in SQL"],
])("%s is told what is wrong with it", (lines, message) => {
  expect(complaints(block(`${TARGET}${lines}`)).join("\n")).toMatch(new RegExp(message));
});

test("a SQLite file has none, and a target with schemas of its own neither", () => {
  expect(complaints(block("target: sqlite:app.db\ntenants: { sql: select 1 }")).join()).toContain("a SQLite database has no schemas");
  const both = "target: { url: postgres://app@db/app, schemas: [a] }\ntenants: { sql: select 1 }";
  expect(complaints(block(both)).join()).toContain("schemas and tenants exclude each other");
});

test("a name that PostgreSQL or Belay keeps for itself, or that it would cut, is no tenant's", () => {
  for (const name of ["", "pg_x", "information_schema", "belay", "a\0b", "ü".repeat(32), "acme_belay_f_0123456789"])
    expect(badTenant(name)).not.toBeNull();
  for (const name of ["acme", "..", "a/b", 'q"uo te', "Ünï", "PG_x"]) expect(badTenant(name)).toBeNull();
});

test("a program on libpq is led to the tenant's schema, whatever that is called", () => {
  const database = { name: "app", engine: "postgres", address: "postgres://app@db/app", configured: "" } as const;
  const target = tenantOf({ shared: "public" }, database, 'a b\\"c', 2);
  expect(sessionVariables(target, { lockTimeoutMs: 5 }, {})).toEqual({
    PGOPTIONS: String.raw`-c lock_timeout=5 -c search_path="a\ b\\""c","public"`,
  });
});
