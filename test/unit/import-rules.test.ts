import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { violations } from "../support/import-rules.ts";
import { importsBelow } from "../support/imports.ts";

const root = join(import.meta.dirname, "../..");

test("every import of the project keeps the rules, and hundreds were read", () => {
  const imports = importsBelow(
    root,
    ["src", "bot"].filter((folder) => existsSync(join(root, folder))),
  );
  expect(violations(imports)).toEqual([]);
  expect(imports.length).toBeGreaterThan(300);
});

describe("a planted import is found:", () => {
  let tree: string;
  beforeEach(() => {
    tree = mkdtempSync(join(tmpdir(), "belay-imports-"));
  });
  afterEach(() => rmSync(tree, { recursive: true }));

  test.each([
    ["domain of Node", "src/domain/run.ts", 'import { readFileSync } from "node:fs";'],
    ["domain of another folder", "src/domain/deep/run.ts", 'import type { Config } from "../../config/config.ts";'],
    ["domain by re-export", "src/domain/run.ts", 'export { x } from "../plan/plan.ts";'],
    ["a plan of a configuration's code", "src/plan/plan.ts", 'import { load } from "../config/load.ts";'],
    ["a plan of an engine, late", "src/plan/plan.ts", 'export const x = () => import("../engine/engine.ts");'],
    ["a run of an adapter", "src/run/migrate.ts", 'import { sqlite } from "../engine/sqlite/engine.ts";'],
    ["a run of an adapter's type", "src/run/migrate.ts", 'import type { Sqlite } from "../engine/sqlite/engine.ts";'],
    ["an engine of its sibling", "src/engine/sqlite/backup.ts", 'import { x } from "../postgres/backup.ts";'],
    ["a tool of an engine", "src/tool/sql/apply.ts", 'import { x } from "../../engine/sqlite/session.ts";'],
    ["a check of its sibling", "src/check/http.ts", 'import { x } from "./sql.ts";'],
    ["a check's shared part of one check", "src/check/data-scope.ts", 'import { x } from "./sql.ts";'],
    ["a check's shared part of Node", "src/check/data-scope.ts", 'import { x } from "node:fs";'],
    ["an adapter of the runner", "src/store/directory.ts", 'import { x } from "../run/run.ts";'],
    ["an interface of its implementation", "src/store/store.ts", 'import { x } from "./directory.ts";'],
    ["a package nobody allowed", "src/report/terminal.ts", 'import chalk from "chalk";'],
    ["what an expression decides", "src/run/run.ts", "export const x = (name: string) => import(`./${name}.ts`);"],
    ["the bot of the runner", "bot/app.ts", 'import { x } from "../src/run/run.ts";'],
    ["a folder without rules", "src/extra/x.ts", 'import { x } from "../domain/error.ts";'],
  ])("%s", (_, file, source) => {
    mkdirSync(join(tree, dirname(file)), { recursive: true });
    writeFileSync(join(tree, file), source);
    expect(violations(importsBelow(tree, [file.split("/")[0] ?? ""]))).toHaveLength(1);
  });

  test("but not an allowed one", () => {
    mkdirSync(join(tree, "src/plan"), { recursive: true });
    writeFileSync(
      join(tree, "src/plan/plan.ts"),
      'import type { C } from "../config/config.ts";\nimport { x } from "./digest.ts";\nimport { y } from "../domain/y.ts";\n',
    );
    expect(violations(importsBelow(tree, ["src"]))).toEqual([]);
  });
});
