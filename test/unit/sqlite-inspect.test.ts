import { expect, test } from "vitest";
import { hasWalResetBug, inspect } from "../../src/engine/sqlite/inspect.ts";
import { temporaryFolder, withDatabase } from "../support/sqlite-target.ts";

test.each([
  ["3.6.23", false],
  ["3.7.0", true],
  ["3.40.1", true],
  ["3.44.5", true],
  ["3.44.6", false],
  ["3.45.0", true],
  ["3.50.6", true],
  ["3.50.7", false],
  ["3.51.2", true],
  ["3.51.3", false],
  ["3.54.1", false],
  ["4.0.0", false],
])("SQLite %s can corrupt a WAL database: %s", (version, affected) => expect(hasWalResetBug(version)).toBe(affected));

test("a look at a database tells its journal mode, and leaves nothing beside it", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/app.db`;
  withDatabase(file, (db) => db.exec("create table a(b)"));
  const target = { name: "app", engine: "sqlite", address: file, configured: "sqlite:app.db" } as const;
  expect(await inspect(target)).toEqual({
    facts: [expect.stringMatching(/mode/)],
    warnings: [],
    swapObstacle: null,
    noWayBack: null,
    holders: [],
  });
});
