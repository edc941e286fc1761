import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { recognisedTool } from "../../src/setup/recognised-tool.ts";
import { recogniseSql } from "../../src/tool/sql/recognise.ts";
import { prod } from "../support/config-text.ts";
import { temporaryFolder } from "../support/sqlite-target.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder[Symbol.dispose]());

/** What is meant where belay.yml names no tool; `migrate`: its keys there. */
function recognised(files: Readonly<Record<string, string>>, migrate = ""): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, name)), { recursive: true });
    writeFileSync(join(folder.path, name), text);
  }
  return recognisedTool(folder.path, prod(`target: sqlite:app.db\n${migrate}`).migrate, recogniseSql);
}

const SQL = { "migrations/0001_a.sql": "select 1;" };
const ALEMBIC = { "alembic.ini": "[alembic]", "migrations/env.py": "" };

test.each([
  ["alembic", ALEMBIC],
  ["flask", { "migrations/env.py": "", "migrations/alembic.ini": "[alembic]" }],
  ["django", { "manage.py": "import django" }],
  ["django-tenants", { "manage.py": "import django", "site/settings.py": 'TENANT_MODEL = "customers.Client"' }],
  ["sql", SQL],
])("%s is told by its files", async (name, files) => {
  expect(await recognised(files)).toBe(name);
});

test("two that could be meant are refused, naming both and the key that decides", async () => {
  await expect(recognised({ ...ALEMBIC, "manage.py": "import django" })).rejects.toMatchObject({
    code: "tool-ambiguous",
    message: expect.stringMatching(/Alembic \(alembic\.ini\) and Django \(manage\.py\)|Django \(manage\.py\) and Alembic \(alembic\.ini\)/),
    hint: expect.stringContaining("migrate: { tool: … }"),
  });
});

test("SQL files beside Alembic's own folder are a second candidate; what lies in that folder is none", async () => {
  await expect(recognised({ "alembic.ini": "[alembic]", "alembic/env.py": "", ...SQL })).rejects.toMatchObject({
    code: "tool-ambiguous",
    message: expect.stringContaining("Alembic (alembic.ini) and SQL files (migrations)"),
  });
  expect(await recognised({ "migrations/env.py": "" })).toBe("alembic");
});

test("a tool that Belay has only a preset for is no tool by itself", async () => {
  await expect(recognised({ "prisma/schema.prisma": "" })).rejects.toMatchObject({
    code: "tool-unrecognised",
    message: expect.stringContaining("Prisma"),
    hint: expect.stringContaining("docs/tools.md"),
  });
});

test("nothing at all is told with the way to name it", async () => {
  await expect(recognised({})).rejects.toMatchObject({ code: "tool-unrecognised", hint: expect.stringContaining("migrate: sql") });
});

test("keys for a program, where what is there are SQL files, are a mistake in belay.yml", async () => {
  await expect(recognised(SQL, "migrate: { run: [docker, run, app] }")).rejects.toMatchObject({ kind: "usage", code: "tool-needed" });
});
