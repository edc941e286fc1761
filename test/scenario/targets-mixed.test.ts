/** Databases of two servers and a file in one environment: one application stands on them all. */

import { join } from "node:path";

import { expect, test } from "vitest";

import { outcomes } from "../support/customers.ts";
import { PostgresProduction } from "../support/production-postgres.ts";
import { APPLICATION, sqlite3 } from "../support/project.ts";

const start = (version: 15 | 18) => PostgresProduction.start({ version, as: "owner", held: false }, 50);

test("two databases of PostgreSQL and a file of SQLite are migrated together, and come back together", { timeout: 120_000 }, async () => {
  await using one = await start(15);
  await using other = await start(18);
  sqlite3("create table people (name text)", join(other.directory, "small.db"));
  other.configure(`targets:
  - { name: old, url: "${one.variables["DATABASE_URL"]}" }
  - { name: new, url: "${other.variables["DATABASE_URL"]}" }
  - { name: small, url: "sqlite:small.db" }
backup: { store: store, proof: restore }
migrate: sql
${APPLICATION}`);
  other.migration("0001_visit.sql", "create table visit (at text);\n");
  const good = await other.json("migrate", "prod");
  expect([good.status, outcomes(good.result)], JSON.stringify(good.result.reasons)).toEqual([
    0,
    { old: "migrated", new: "migrated", small: "migrated" },
  ]);
  expect(other.applicationLog()).toEqual(["stop", "start"]);
  one.sql("create table guest (at text)");
  other.migration("0002_guest.sql", "create table guest (at text);\n");
  const bad = await other.json("migrate", "prod");
  expect([bad.status, outcomes(bad.result)], JSON.stringify(bad.result.reasons)).toEqual([
    4,
    { old: "undone", new: "undone", small: "undone" },
  ]);
  expect(other.sql("select count(*) from pg_tables where tablename = 'guest'")).toBe("0");
  const back = await other.json("rollback", "prod", "--accept-loss");
  expect([back.status, outcomes(back.result)], JSON.stringify(back.result.reasons)).toEqual([
    0,
    { old: "rolled-back", new: "rolled-back", small: "rolled-back" },
  ]);
});
