import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import type { Session } from "../../src/domain/session.ts";
import { apply, revert } from "../contract/tool.ts";
import { sqlProject, type SqlProject } from "../support/sql-project.ts";
import { withDatabase } from "../support/sqlite-target.ts";

async function applyPending(project: SqlProject, signal?: AbortSignal, session: Session = project.session) {
  const { pending, obstacles } = await project.tool().state(project.session);
  expect(obstacles).toEqual([]);
  return apply({ session, tool: () => project.tool() }, pending, signal === undefined ? {} : { signal });
}

function rows(project: SqlProject, sql: string): unknown[] {
  return withDatabase(project.database, (db) => db.prepare(sql).raw().all());
}

describe("an applied migration", () => {
  test("is recorded with its id, the SHA-256 of its bytes, the time, the duration and the run", async () => {
    using project = sqlProject();
    const content = "\ufeffcreate table t (a);\r\n";
    project.write("001_it's.sql", content);
    const began = Date.now();
    expect(await applyPending(project)).toEqual({ done: ["001_it's"], error: null });
    const [row] = rows(project, "select id, checksum, applied_at, duration_ms, typeof(duration_ms), run from belay_migrations");
    expect(row).toEqual([
      "001_it's",
      createHash("sha256").update(content).digest("hex"),
      expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      expect.any(Number),
      "integer",
      "01JD0000000000000000000000",
    ]);
    expect(Date.parse(String((row as unknown[])[2]))).toBeGreaterThanOrEqual(began);
  });

  test("without statements is recorded all the same", async () => {
    using project = sqlProject();
    project.write("1_a.sql", "-- nothing to do on this database\n");
    project.write("2_b.sql", "");
    expect(await applyPending(project)).toEqual({ done: ["1_a", "2_b"], error: null });
    expect(rows(project, "select id from belay_migrations")).toEqual([["1_a"], ["2_b"]]);
  });

  test("runs each statement as its author wrote it, triggers and strings included", async () => {
    using project = sqlProject();
    project.write(
      "1_a.sql",
      "create table t (a, b);\ncreate trigger x after insert on t begin\n  update t set b = case new.a when ';' then 'end;' end where a = new.a;\nend;\ninsert into t (a) values (';');",
    );
    expect((await applyPending(project)).error).toBeNull();
    expect(rows(project, "select a, b from t")).toEqual([[";", "end;"]]);
  });

  test("leaves the history in the order of its migrations, whatever the clock says", async () => {
    using project = sqlProject();
    for (const id of ["V2__x", "V10__y"]) project.write(`${id}.sql`, "select 1;");
    await applyPending(project);
    await project.session.execute(["update belay_migrations set applied_at = '1999-01-01T00:00:00.000Z' where id = 'V10__y'"]);
    expect((await project.tool().state(project.session)).applied).toEqual(["V2__x", "V10__y"]);
  });
});

describe("a statement that fails", () => {
  test("is named with file, line, its text and the database's words", async () => {
    using project = sqlProject();
    project.write("0003_x.sql", "-- one\ncreate table a (a);\n\ninsert into nowhere\n  values (1);\ncreate table b (a);");
    const before = project.content();
    const { error } = await applyPending(project);
    expect(error).toMatchObject({
      kind: "failed",
      code: "migration-failed",
      message: "applying 0003_x (migrations/0003_x.sql:4): no such table: nowhere; the statement: insert into nowhere values (1)",
      hint: "mend migrations/0003_x.sql:4, then run again",
      facts: {
        migration: "0003_x",
        file: "migrations/0003_x.sql",
        line: 4,
        statement: "insert into nowhere values (1)",
        statementsRun: 1,
        statements: 3,
      },
    });
    expect(project.content()).toBe(before);
  });

  test("is cut where it would fill a page", async () => {
    using project = sqlProject();
    project.write("1_a.sql", `insert into nowhere values ('${"é".repeat(5_000)}')`);
    const { error } = await applyPending(project);
    expect(String(error).length).toBeLessThan(400);
    expect(String(error)).toContain("é…");
  });

  test("is found among hundreds that went before in one batch", async () => {
    using project = sqlProject();
    const inserts = Array.from({ length: 900 }, (_, index) => `insert into existing values (${index});`);
    project.write("1_a.sql", [...inserts, "insert into nowhere values (1);", ...inserts].join("\n"));
    const { error } = await applyPending(project);
    expect(error).toMatchObject({ facts: { line: 901, statementsRun: 900 } });
    expect(rows(project, "select count(*) from existing")).toEqual([[0]]);
  });
});

describe("foreign keys", () => {
  const SCHEMA = `
    create table org (id integer primary key);
    create table person (id integer primary key, org references org (id) on delete cascade);
    insert into org values (1), (2);
    insert into person values (1, 1), (2, 2);`;
  const REBUILD =
    "create table new_org (id integer primary key, name text);\ninsert into new_org (id) select id from org;\ndrop table org;\nalter table new_org rename to org;\n";

  test("do not cascade while a table is rebuilt", async () => {
    using project = sqlProject(SCHEMA);
    project.write("1_rebuild.sql", REBUILD);
    expect((await applyPending(project)).error).toBeNull();
    expect(rows(project, "select count(*) from person")).toEqual([[2]]);
  });

  test("that lead nowhere at the end fail the migration, naming it, table and row, and change nothing", async () => {
    using project = sqlProject(SCHEMA);
    project.write("1_bad.sql", "delete from org where id = 2;");
    const before = project.content();
    const { error } = await applyPending(project);
    expect(error).toMatchObject({ code: "foreign-key-violation", facts: { migration: "1_bad", file: "migrations/1_bad.sql", line: null } });
    expect(String(error)).toMatch(/applying 1_bad \(migrations\/1_bad\.sql\): .*person\(org\) → org \(id=2\)/);
    expect(project.content()).toBe(before);
  });

  test("cascade for a script that asks for them", async () => {
    using project = sqlProject(SCHEMA);
    project.write("1_cascade.sql", "-- belay: foreign-keys on\ndelete from org where id = 2;");
    expect((await applyPending(project)).error).toBeNull();
    expect(rows(project, "select id from person")).toEqual([[1]]);
  });
});

describe("a script without a transaction", () => {
  test("runs what no transaction may hold, and is recorded", async () => {
    using project = sqlProject();
    project.write("1_a.sql", "-- belay: no-transaction\nvacuum;");
    expect(await applyPending(project)).toEqual({ done: ["1_a"], error: null });
    expect((await project.tool().state(project.session)).applied).toEqual(["1_a"]);
  });

  test("that fails half-way says how many statements ran, and is not recorded", async () => {
    using project = sqlProject();
    project.write("1_a.sql", "-- belay: no-transaction\ncreate table a (a);\ncreate table b (a);\ninsert into nowhere values (1);");
    const { done, error } = await applyPending(project);
    expect(done).toEqual([]);
    expect(String(error)).toContain("; 2 of 3 statements had run, without a transaction");
    expect(error).toMatchObject({ facts: { line: 4, statementsRun: 2, statements: 3 } });
    expect(project.tables()).toEqual(["a", "b"]);
    expect((await project.tool().state(project.session)).applied).toEqual([]);
  });

  test("is interrupted between two statements", async () => {
    using project = sqlProject();
    project.write("1_a.sql", "-- belay: no-transaction\ncreate table a (a);\ncreate table b (a);");
    const stop = new AbortController();
    const { error } = await applyPending(
      project,
      stop.signal,
      afterEachExecute(project.session, () => stop.abort()),
    );
    expect(error).toMatchObject({ code: "interrupted", facts: { migration: "1_a", statementsRun: 1 } });
    expect(project.tables()).toEqual(["a"]);
  });
});

describe("applying", () => {
  test("is interrupted inside a migration and then leaves nothing of it", async () => {
    using project = sqlProject();
    project.write("1_a.sql", Array.from({ length: 2_000 }, (_, index) => `insert into existing values (${index});`).join("\n"));
    const before = project.content();
    const stop = new AbortController();
    const { done, error } = await applyPending(
      project,
      stop.signal,
      afterEachExecute(project.session, (calls) => calls === 3 && stop.abort()),
    );
    expect([done, error]).toMatchObject([[], { code: "interrupted", facts: { migration: "1_a" } }]);
    expect(project.content()).toBe(before);
  });

  test("sends thousands of statements in a few round trips, and a small migration in two", async () => {
    using project = sqlProject();
    project.write("1_a.sql", Array.from({ length: 5_000 }, () => "select 1;").join("\n"));
    project.write("2_b.sql", "select 1;");
    const calls: number[] = [0, 0];
    let migration = 0;
    const session = afterEachExecute(project.session, () => void (calls[migration] = (calls[migration] ?? 0) + 1));
    const { pending } = await project.tool().state(project.session);
    await apply({ session, tool: () => project.tool() }, pending, { applied: () => void migration++ });
    expect(calls[0]).toBeLessThan(500); // about 14; more where the machine is so busy that batches take long
    expect(calls[1]).toBeLessThanOrEqual(2);
  });

  test("refuses a file that disappeared or became unreadable since the plan", async () => {
    using project = sqlProject();
    project.write("1_a.sql", "create table a (a);");
    const { pending } = await project.tool().state(project.session);
    project.remove("1_a.sql");
    project.write("2_b.sql", "select 1;");
    expect(await apply(project, pending)).toMatchObject({
      done: [],
      error: { code: "plan-changed", kind: "refused", facts: { migration: "1_a", file: "migrations/1_a.sql" } },
    });
  });

  test("never runs what the state called an obstacle", async () => {
    using project = sqlProject();
    project.write("1_a.sql", "create table a (a);\ncommit;");
    const before = project.content();
    const { pending } = await project.tool().state(project.session);
    expect(await apply(project, pending)).toMatchObject({
      done: [],
      error: { code: "migration-has-transaction", kind: "refused", facts: { line: 2 } },
    });
    expect(project.content()).toBe(before);
  });

  test("of what is applied already fails as a whole", async () => {
    using project = sqlProject();
    project.write("1_a.sql", "insert into existing values (1);");
    const { pending } = await project.tool().state(project.session);
    expect((await apply(project, pending)).error).toBeNull();
    expect((await apply(project, pending)).error).toMatchObject({ code: "migration-failed", facts: { migration: "1_a", line: null } });
    expect(rows(project, "select count(*) from existing")).toEqual([[1]]);
  });
});

describe("the way back", () => {
  test.each([
    ["pairs", { "1_a.up.sql": "create table a (a);", "1_a.down.sql": "drop table a;" }],
    ["directories", { "1_a/up.sql": "create table a (a);", "1_a/down.sql": "drop table a;" }],
    ["dbmate's sections", { "1_a.sql": "-- migrate:up\ncreate table a (a);\n-- migrate:down\ndrop table a;" }],
    ["goose's sections", { "1_a.sql": "-- +goose Up\ncreate table a (a);\n-- +goose Down\ndrop table a;" }],
  ])("of %s undoes the migration and removes its row in one transaction", async (_, files) => {
    using project = sqlProject();
    for (const [path, content] of Object.entries(files)) project.write(path, content);
    expect(await applyPending(project)).toEqual({ done: ["1_a"], error: null });
    expect(project.tables()).toEqual(["a"]);
    expect(await revert(project, ["1_a"])).toEqual({ done: ["1_a"], error: null });
    expect(project.tables()).toEqual([]);
    expect(rows(project, "select count(*) from belay_migrations")).toEqual([[0]]);
  });

  test("that fails leaves the migration applied, and names file and line", async () => {
    using project = sqlProject();
    project.write("1_a.up.sql", "create table a (a);");
    project.write("1_a.down.sql", "drop table a;\ndrop table nowhere;");
    await applyPending(project);
    const before = project.content();
    const { done, error } = await revert(project, ["1_a"]);
    expect(done).toEqual([]);
    expect(error).toMatchObject({
      code: "migration-failed",
      message: "reverting 1_a (migrations/1_a.down.sql:2): no such table: nowhere; the statement: drop table nowhere",
      facts: { file: "migrations/1_a.down.sql", line: 2 },
    });
    expect(project.content()).toBe(before);
  });

  test.each([
    [
      "was changed after it was applied",
      "migration-changed",
      (project: SqlProject) => project.write("2_b.up.sql", "create table other (a);"),
    ],
    ["has no file any more", "migration-missing", (project: SqlProject) => project.remove("2_b.up.sql")],
    [
      "has a way back that ends the transaction",
      "migration-has-transaction",
      (project: SqlProject) => project.write("2_b.down.sql", "drop table b; commit;"),
    ],
    ["lost its way back", "not-reversible", (project: SqlProject) => project.remove("2_b.down.sql")],
  ])("is refused before anything happens when a migration %s", async (_, code, damage) => {
    using project = sqlProject();
    for (const [id, table] of [
      ["1_a", "a"],
      ["2_b", "b"],
      ["3_c", "c"],
    ] as const) {
      project.write(`${id}.up.sql`, `create table ${table} (a);`);
      project.write(`${id}.down.sql`, `drop table ${table};`);
    }
    await applyPending(project);
    damage(project);
    const before = project.content();
    expect(await revert(project, ["1_a", "2_b", "3_c"])).toMatchObject({ done: [], error: { kind: "refused", code } });
    expect(project.content()).toBe(before);
  });

  test("does nothing once it was interrupted", async () => {
    using project = sqlProject();
    project.write("1_a.up.sql", "create table a (a);");
    project.write("1_a.down.sql", "drop table a;");
    await applyPending(project);
    expect(await revert(project, ["1_a"], AbortSignal.abort())).toMatchObject({ done: [], error: { code: "interrupted" } });
    expect(project.tables()).toEqual(["a"]);
  });
});

/** The session, with something happening after each round trip that runs statements. */
function afterEachExecute(session: Session, then: (calls: number) => unknown): Session {
  let calls = 0;
  const execute = async (statements: readonly string[]) => {
    await session.execute(statements);
    then(++calls);
  };
  return { ...session, execute };
}
