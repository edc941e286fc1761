import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import type { ToolState } from "../../src/tool/tool.ts";
import { apply } from "../contract/tool.ts";
import { sqlProject, type SqlProject } from "../support/sql-project.ts";

function stateOf(project: SqlProject, options: Parameters<SqlProject["tool"]>[0] = {}): Promise<ToolState> {
  return project.tool(options).state(project.session);
}

async function applyAll(project: SqlProject, options: Parameters<SqlProject["tool"]>[0] = {}): Promise<void> {
  const { pending } = await stateOf(project, options);
  const { error } = await apply({ session: project.session, tool: () => project.tool(options) }, pending);
  expect(error).toBeNull();
}

function obstacles({ obstacles: found }: ToolState): readonly string[] {
  return found.map(({ code, message }) => `${code}: ${message}`);
}

describe("what is pending", () => {
  test("is told in full: checksum of the bytes, SQL, file, way back, findings", async () => {
    using project = sqlProject();
    project.write("001_a.up.sql", "\ufeffdrop table existing;\r\n");
    project.write("001_a.down.sql", "create table existing (a);");
    const { pending } = await stateOf(project);
    expect(pending).toEqual([
      {
        id: "001_a",
        sha256: createHash("sha256").update("\ufeffdrop table existing;\r\n").digest("hex"),
        sql: "drop table existing;\r\n",
        file: "migrations/001_a.up.sql",
        reversible: true,
        findings: [{ id: "drops-table", place: "migrations/001_a.up.sql:1", message: "drops the table existing" }],
      },
    ]);
  });

  test("is nothing in an empty directory", async () => {
    using project = sqlProject();
    project.write("README.md", "# migrations");
    expect(await stateOf(project)).toEqual({ applied: [], pending: [], withoutFile: [], obstacles: [], findings: [] });
  });

  test("has a way back only where its script says something that can run", async () => {
    using project = sqlProject();
    project.write("1_a.sql", "-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;");
    project.write("2_b.sql", "-- migrate:up\nselect 1;\n-- migrate:down\n");
    project.write("3_c.sql", "-- migrate:up\nselect 1;\n-- migrate:down\ncommit;");
    project.write("4_d.sql", "select 1;");
    expect((await stateOf(project)).pending.map(({ reversible }) => reversible)).toEqual([true, false, false, false]);
  });
});

describe("a run is refused, saying what to do, when", () => {
  test("a file was changed after it was applied", async () => {
    using project = sqlProject();
    project.write("1_a.sql", "create table a (a);");
    await applyAll(project);
    project.write("1_a.sql", "create table a (a, b);");
    const state = await stateOf(project);
    expect(obstacles(state)).toEqual([
      expect.stringMatching(/^migration-changed: migrations\/1_a\.sql was changed after it was applied \(20..-/),
    ]);
    expect(state.obstacles[0]?.hint).toContain("new migration");
  });

  test("only the line endings of an applied file changed, which it tells from a change", async () => {
    using project = sqlProject();
    project.write("1_a.sql", "create table a (\n  a\n);\n");
    await applyAll(project);
    project.write("1_a.sql", "create table a (\r\n  a\r\n);\r\n");
    const state = await stateOf(project);
    expect(obstacles(state)[0]).toContain("has other line endings than when it was applied");
    expect(state.obstacles[0]?.hint).toContain(".gitattributes");
  });

  test("the file of an applied one disappeared", async () => {
    using project = sqlProject();
    project.write("1_a.sql", "create table a (a);");
    project.write("2_b.sql", "create table b (a);");
    await applyAll(project);
    project.remove("1_a.sql");
    const state = await stateOf(project);
    expect([state.applied, state.withoutFile]).toEqual([["1_a", "2_b"], ["1_a"]]);
    expect(obstacles(state)).toEqual([
      expect.stringMatching(/^migration-missing: 1_a was applied \(.*\), but has no file in migrations any more$/),
    ]);
  });

  test("one lies below the highest applied, also where that one's file is gone", async () => {
    using project = sqlProject();
    project.write("V2__b.sql", "create table b (a);");
    project.write("V10__c.sql", "create table c (a);");
    await applyAll(project);
    project.write("V9__late.sql", "create table late (a);");
    project.remove("V10__c.sql");
    expect(obstacles(await stateOf(project))).toEqual([
      expect.stringMatching(/^migration-missing: V10__c /),
      "migration-out-of-order: migrations/V9__late.sql would come before V10__c, which is applied already",
    ]);
  });

  test.each([
    [
      "two files have one id",
      { "1_a.sql": "", "1_a.SQL": "" },
      "migration-duplicate-id: migrations/1_a.sql has the id 1_a, as 1_a.SQL has",
    ],
    [
      "a file fits no layout",
      { "1_a.sql": "", "dump.sql": "" },
      "migration-unfit: migrations/dump.sql fits no layout, so its place in the order is unknown",
    ],
    [
      "a script has its own COMMIT",
      { "1_a.sql": "select 1;\nCOMMIT;" },
      "migration-has-transaction: migrations/1_a.sql:2 holds its own COMMIT, which would end",
    ],
    [
      "a directive is unknown",
      { "1_a.sql": "-- belay: no-transacton\nselect 1" },
      'migration-directive: migrations/1_a.sql:1 has the unknown directive "belay: no-transacton"',
    ],
    ["a file holds a NUL", { "1_a.sql": "select 1;\n\0" }, "migration-has-nul: migrations/1_a.sql:2 holds a NUL byte (byte 10)"],
    [
      "sections lie in a file of a pair",
      { "1_a.up.sql": "-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;", "1_a.down.sql": "select 3;" },
      "migration-sections: migrations/1_a.up.sql holds a section",
    ],
  ])("%s", async (_, files, expected) => {
    using project = sqlProject();
    for (const [path, content] of Object.entries(files)) project.write(path, content);
    const state = await stateOf(project);
    expect(obstacles(state)).toEqual([expect.stringContaining(expected)]);
    for (const { hint } of state.obstacles) expect(hint?.length).toBeGreaterThan(10);
  });

  test("a file is not UTF-8, naming the byte", async () => {
    using project = sqlProject();
    project.write("1_a.sql", Buffer.from("select 'caf\xe9';\n", "latin1"));
    const state = await stateOf(project);
    expect(obstacles(state)).toEqual(["migration-not-utf8: migrations/1_a.sql:1 is not UTF-8: byte 11 (0xe9) fits no character"]);
    expect(state.pending).toMatchObject([{ id: "1_a", sql: null, reversible: false }]);
  });

  test("several things are wrong, naming all of them at once", async () => {
    using project = sqlProject();
    project.write("1_a.sql", "begin; select 1; commit;");
    project.write("2_b.sql", "select 'x");
    project.write("notes.sql", "");
    expect((await stateOf(project)).obstacles.map(({ code }) => code)).toEqual([
      "migration-unfit",
      "migration-has-transaction",
      "migration-has-transaction",
      "migration-unclosed",
    ]);
  });

  test("another program has a table of the history's name", async () => {
    using project = sqlProject("create table belay_migrations (version)");
    await expect(stateOf(project)).rejects.toMatchObject({ code: "history-unreadable", hint: expect.stringContaining("rename") });
  });
});

test("an applied file may hold what a pending one may not: it is history", async () => {
  using project = sqlProject();
  project.write("1_a.sql", "select 1;");
  await applyAll(project);
  const bytes = Buffer.from("begin; \xe9", "latin1");
  project.write("1_a.sql", bytes);
  await project.session.execute([`update belay_migrations set checksum = '${createHash("sha256").update(bytes).digest("hex")}'`]);
  expect((await stateOf(project)).obstacles).toEqual([]);
});

describe("a baseline", () => {
  function adoptable(): SqlProject {
    const project = sqlProject();
    for (const id of ["1_a", "2_b", "3_c"]) project.write(`${id}.sql`, `create table t${id} (a);`);
    return project;
  }

  test("counts what the database already has as applied, and is written down with the next migration", async () => {
    using project = adoptable();
    const before = project.content();
    const state = await stateOf(project, { baseline: "2_b" });
    expect([state.applied, state.pending.map(({ id }) => id), state.obstacles]).toEqual([["1_a", "2_b"], ["3_c"], []]);
    expect(project.content()).toBe(before);
    await applyAll(project, { baseline: "2_b" });
    expect(project.tables()).toEqual(["t3_c"]);
    for (const baseline of [{}, { baseline: "2_b" }]) {
      expect(await stateOf(project, baseline)).toMatchObject({ applied: ["1_a", "2_b", "3_c"], pending: [], obstacles: [] });
    }
  });

  test("notices a later change of what it adopted", async () => {
    using project = adoptable();
    await applyAll(project, { baseline: "2_b" });
    project.write("1_a.sql", "create table other (a);");
    expect((await stateOf(project)).obstacles).toMatchObject([{ code: "migration-changed" }]);
  });

  test("is written together with the migration or not at all", async () => {
    using project = adoptable();
    project.write("3_c.sql", "create table c (a); insert into nowhere values (1);");
    const before = project.content();
    const { pending } = await stateOf(project, { baseline: "2_b" });
    expect(await apply({ session: project.session, tool: () => project.tool({ baseline: "2_b" }) }, pending)).toMatchObject({
      done: [],
      error: { code: "migration-failed" },
    });
    expect(project.content()).toBe(before);
  });

  test("that no migration has is refused, with the one that was meant", async () => {
    using project = adoptable();
    expect((await stateOf(project, { baseline: "2_bb" })).obstacles).toMatchObject([
      { code: "baseline-unknown", hint: "did you mean 2_b?" },
    ]);
  });

  test("is refused where there is a history without it", async () => {
    using project = adoptable();
    project.remove("3_c.sql");
    await applyAll(project);
    project.write("3_c.sql", "select 1;");
    expect((await stateOf(project, { baseline: "3_c" })).obstacles).toMatchObject([{ code: "baseline-too-late" }]);
  });

  test("is refused for a database without any table: it would skip what that needs", async () => {
    using project = sqlProject("");
    project.write("1_a.sql", "create table a (a);");
    expect((await stateOf(project, { baseline: "1_a" })).obstacles).toMatchObject([{ code: "baseline-of-nothing" }]);
  });

  test("is part of the configuration's digest", async () => {
    using project = adoptable();
    const digests = await Promise.all(
      [project.tool(), project.tool({ baseline: "1_a" }), project.tool({ layout: "flat" })].map((tool) => tool.configDigest()),
    );
    expect(new Set(digests).size).toBe(3);
  });
});
