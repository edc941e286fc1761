import { expect, test } from "vitest";

import { PostgresProduction } from "../support/production-postgres.ts";
import { DRIZZLE } from "../support/tools/program-projects.ts";
import { productionSite } from "../support/tools/tool-project.ts";

test("a record in a schema that is none of the target's is refused: no rollback would bring it back", { timeout: 60_000 }, async () => {
  await using site = await productionSite(DRIZZLE, "postgres");
  site.write("makes-table", "a");
  const limited = (schemas: string) =>
    site.project.configure(`target: { url: "\${DATABASE_URL}", name: app, schemas: ${schemas} }\nmigrate: drizzle\n`);
  limited("[public]");
  const { status, result } = await site.project.json("migrate");
  expect([status, result.reasons]).toMatchObject([
    3,
    [{ code: "record-not-owned", hint: expect.stringContaining("add drizzle to target.schemas") }],
  ]);
  if (!(site.project instanceof PostgresProduction)) throw new Error("on PostgreSQL");
  site.project.sql("create schema drizzle");
  limited("[public, drizzle]");
  expect(await site.project.json("migrate")).toMatchObject({ status: 0, result: { outcome: "migrated" } });
  expect(await site.project.json("rollback")).toMatchObject({ status: 0, result: { outcome: "rolled-back" } });
  expect(site.tables()).toEqual([]);
});
