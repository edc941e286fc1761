import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import type { Files, Place } from "../../src/tool/program/definition.ts";
import { RememberedFiles } from "../../src/tool/program/remembered-files.ts";
import { alembic } from "../../src/tool/program/tools/alembic.ts";
import { sqliteTarget, temporaryFolder } from "../support/sqlite-target.ts";

let folder: ReturnType<typeof temporaryFolder>;
let asked: number;

beforeEach(() => {
  folder = temporaryFolder();
  asked = 0;
  mkdirSync(join(folder.path, "migrations"));
  write("migrations/1.py", "one");
  write("alembic.ini", "[alembic]");
});
afterEach(() => folder[Symbol.dispose]());

const write = (name: string, text: string) => writeFileSync(join(folder.path, name), text);

const place = (elsewhere = false): Place => ({
  root: folder.path,
  directory: folder.path,
  elsewhere,
  target: sqliteTarget("app.db"),
  schema: null,
  options: {},
});

const read = async (): Promise<Files> => {
  asked++;
  return { known: [{ id: "1", files: ["migrations/1.py"], oneWay: null, sql: null }], obstacles: [] };
};

test("a tool is asked once for all targets, whatever it leaves beside its files", async () => {
  const remembered = new RememberedFiles(alembic, place());
  await remembered.recall(read);
  mkdirSync(join(folder.path, "migrations/__pycache__"));
  expect(await remembered.recall(read)).toEqual(await remembered.recall(read));
  expect(asked).toBe(1);
});

test.each([
  ["a migration changes", () => write("migrations/1.py", "another")],
  ["a migration comes", () => write("migrations/2.py", "two")],
  ["a migration goes", () => rmSync(join(folder.path, "migrations/1.py"))],
  ["the tool's configuration changes", () => write("alembic.ini", "[alembic]\nscript_location = elsewhere")],
])("it is asked again once %s", async (_what, change) => {
  const remembered = new RememberedFiles(alembic, place());
  await remembered.recall(read);
  change();
  await remembered.recall(read);
  expect(asked).toBe(2);
});

test("a tool in a container is always asked", async () => {
  const remembered = new RememberedFiles(alembic, place(true));
  await remembered.recall(read);
  await remembered.recall(read);
  expect(asked).toBe(2);
});
