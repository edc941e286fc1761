import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, test } from "vitest";

import { arrange, type Layout } from "../../src/tool/sql/layout.ts";
import { inOrder, isBefore } from "../../src/tool/sql/order.ts";
import { listSqlFiles } from "../../src/tool/sql/directory.ts";
import { recogniseSql } from "../../src/tool/sql/recognise.ts";
import { sqlTool } from "../../src/tool/sql/sql-tool.ts";
import { temporaryFolder } from "../support/sqlite-target.ts";

function ids(paths: readonly string[], asked: Layout | null = null): readonly string[] {
  return arrange("migrations", paths, asked).migrations.map(({ id }) => id);
}

function problems(paths: readonly string[]): readonly string[] {
  return arrange("migrations", paths, null).problems.map(({ path, problem }) => `${problem.code} ${path}`);
}

function put(root: string, ...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), "select 1;\n");
  }
}

describe("the order", () => {
  test.each([
    ["by number, not by letter", ["V10__x", "V2__x", "V1__x"], ["V1__x", "V2__x", "V10__x"]],
    ["with and without leading zeros alike", ["10", "9_a", "0008_b"], ["0008_b", "9_a", "10"]],
    ["equal numbers by name", ["002_b", "2_a", "002_a"], ["002_a", "002_b", "2_a"]],
    ["numbers beyond 2^53", ["90071992547409931_a", "90071992547409930_b"], ["90071992547409930_b", "90071992547409931_a"]],
    ["Flyway's versions part by part", ["V1.10__a", "V1_2__b", "V1__c", "V2__d"], ["V1__c", "V1_2__b", "V1.10__a", "V2__d"]],
    ["times to the second", ["20250103120001_a", "20250103115959_b"], ["20250103115959_b", "20250103120001_a"]],
    ["days and times apart (diesel)", ["2025-01-03-000001_b", "2025-01-03-000000_z"], ["2025-01-03-000000_z", "2025-01-03-000001_b"]],
    ["names without a number last", ["b", "a", "1_z"], ["1_z", "a", "b"]],
  ])("is %s", (_, given, expected) => {
    expect(inOrder(given, (id) => id)).toEqual(expected);
    expect(isBefore(expected[0] ?? "", expected[1] ?? "")).toBe(true);
    expect(isBefore(expected[1] ?? "", expected[0] ?? "")).toBe(false);
  });
});

describe("a layout", () => {
  test("flat takes every name that people give, without the ending", () => {
    const { layout, migrations } = arrange("migrations", ["V2__x.sql", "001.sql", "20250103_x.sql", "003_x.SQL"], null);
    expect(layout).toBe("flat");
    expect(migrations).toEqual([
      { id: "001", up: "001.sql", down: null },
      { id: "V2__x", up: "V2__x.sql", down: null },
      { id: "003_x", up: "003_x.SQL", down: null },
      { id: "20250103_x", up: "20250103_x.sql", down: null },
    ]);
  });

  test("of pairs puts both ways together, and needs no way back", () => {
    expect(arrange("migrations", ["2_b.up.sql", "1_a.down.sql", "1_a.up.sql"], null)).toEqual({
      layout: "pairs",
      migrations: [
        { id: "1_a", up: "1_a.up.sql", down: "1_a.down.sql" },
        { id: "2_b", up: "2_b.up.sql", down: null },
      ],
      problems: [],
    });
  });

  test("of directories reads diesel's and Prisma's", () => {
    expect(arrange("migrations", ["2025_b/migration.sql", "2024_a/up.sql", "2024_a/down.sql"], null)).toEqual({
      layout: "directories",
      migrations: [
        { id: "2024_a", up: "2024_a/up.sql", down: "2024_a/down.sql" },
        { id: "2025_b", up: "2025_b/migration.sql", down: null },
      ],
      problems: [],
    });
  });

  test("of pairs or directories may go by name alone, but not mix both orders", () => {
    expect(ids(["b.up.sql", "a.up.sql"])).toEqual(["a", "b"]);
    expect(problems(["1_a.up.sql", "b.up.sql"])).toEqual(["migration-unfit b.up.sql"]);
  });

  test("mixed with another is refused, naming an example of each", () => {
    const mixed = () => arrange("db/migrations", ["001_a.sql", "002_b.up.sql", "003_c/up.sql", "004_d.sql"], null);
    expect(mixed).toThrow("db/migrations mixes layouts: 001_a.sql (flat), 002_b.up.sql (pairs), 003_c/up.sql (directories)");
  });

  test("asked for and not found is refused, naming what was", () => {
    expect(() => arrange("migrations", ["001_a.sql"], "pairs")).toThrow(
      "migrations should have the layout pairs, but holds 001_a.sql (flat)",
    );
    expect(arrange("migrations", [], "pairs")).toEqual({ layout: "pairs", migrations: [], problems: [] });
  });

  test.each(["seed.sql", "R__views.sql", "U2__x.sql", "B3__base.sql", "beforeMigrate.sql", "old/001_a.sql", "a/b/up.sql"])(
    "never skips %s in silence",
    (path) => {
      expect(problems(["001_a.sql", path])).toEqual([`migration-unfit ${path}`]);
    },
  );

  test("tells two files with one id", () => {
    expect(problems(["001_a.SQL", "001_a.sql"])).toEqual(["migration-duplicate-id 001_a.sql"]);
    expect(problems(["1_a/up.sql", "1_a/migration.sql"])).toEqual(["migration-duplicate-id 1_a/up.sql"]);
  });

  test("tells a way back that has no way forward", () => {
    expect(problems(["1_a.up.sql", "2_b.down.sql"])).toEqual(["migration-without-up 2_b.down.sql"]);
  });

  test("that there is none of is a mistake of the configuration, with the one that was meant", () => {
    const make = () => sqlTool({ directory: "/m", root: "/", layout: "pair" });
    expect(make).toThrow(expect.objectContaining({ kind: "usage", code: "unknown-layout", hint: 'did you mean "pairs"?' }));
  });
});

describe("a directory", () => {
  test("is read without what is no migration: documents, locks, hidden files and folders", async () => {
    using folder = temporaryFolder();
    put(
      folder.path,
      "001_a.sql",
      "README.md",
      ".gitkeep",
      ".keep",
      "migration_lock.toml",
      "meta/_journal.json",
      ".git/001_x.sql",
      ".001_a.sql.swp",
      "._001_a.sql",
    );
    expect(await listSqlFiles(folder.path)).toEqual({ paths: ["001_a.sql"], problems: [] });
  });

  test("may hold links to files and folders", async () => {
    using folder = temporaryFolder();
    put(folder.path, "elsewhere/a.sql", "shared/up.sql", "shared/down.sql", "m/1_a/up.sql");
    symlinkSync("../shared", join(folder.path, "m/2_b"));
    const { paths } = await listSqlFiles(join(folder.path, "m"));
    expect([...paths].sort()).toEqual(["1_a/up.sql", "2_b/down.sql", "2_b/up.sql"]);
    symlinkSync("../elsewhere/a.sql", join(folder.path, "m/3_c.sql"));
    expect((await listSqlFiles(join(folder.path, "m"))).paths).toContain("3_c.sql");
  });

  test("tells what is called .sql and is no file", async () => {
    using folder = temporaryFolder();
    put(folder.path, "001_a.sql", "002_b.sql/readme");
    symlinkSync("nowhere.sql", join(folder.path, "003_c.sql"));
    const { paths, problems: found } = await listSqlFiles(folder.path);
    expect(paths).toEqual(["001_a.sql"]);
    expect(found.map(({ path, problem }) => `${path} ${problem.what}`).sort()).toEqual([
      "002_b.sql is a directory, not a file",
      "003_c.sql is a link that leads nowhere",
    ]);
  });

  test("that is absent or a file is refused with what to set", async () => {
    using folder = temporaryFolder();
    put(folder.path, "file");
    await expect(listSqlFiles(join(folder.path, "none"))).rejects.toMatchObject({
      code: "migrations-directory",
      kind: "refused",
      hint: expect.stringContaining("migrate.directory"),
    });
    await expect(listSqlFiles(join(folder.path, "file"))).rejects.toThrow("it is a file, not a directory");
  });
});

describe("recognition", () => {
  test.each([
    ["migrations/001_a.sql", { directory: "migrations", layout: "flat" }],
    ["db/migrations/20250103_a.sql", { directory: "db/migrations", layout: "flat" }],
    ["supabase/migrations/20250103120000_a.sql", { directory: "supabase/migrations", layout: "flat" }],
    ["prisma/migrations/20250103120000_a/migration.sql", { directory: "prisma/migrations", layout: "directories" }],
    ["migrations/1_a.up.sql", { directory: "migrations", layout: "pairs" }],
  ])("finds %s", async (path, expected) => {
    using folder = temporaryFolder();
    put(folder.path, path);
    expect(await recogniseSql(folder.path)).toEqual(expected);
  });

  test("finds nothing where there are no SQL migrations", async () => {
    using folder = temporaryFolder();
    put(folder.path, "migrations/alembic.ini", "migrations/versions/0001_a.py", "db");
    expect(await recogniseSql(folder.path)).toBeNull();
  });

  test("refuses two places, naming both", async () => {
    using folder = temporaryFolder();
    put(folder.path, "migrations/001_a.sql", "db/migrations/001_b.sql");
    await expect(recogniseSql(folder.path)).rejects.toThrow("SQL migrations lie in more than one place: migrations and db/migrations");
  });
});
