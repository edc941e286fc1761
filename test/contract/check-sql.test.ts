import { setTimeout as pause } from "node:timers/promises";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import type { CheckContext, RecordedRows } from "../../src/check/check.ts";
import { runCommandCheck } from "../../src/check/command.ts";
import { runHttpCheck } from "../../src/check/http.ts";
import { runCheckBy } from "../../src/check/run-check.ts";
import { runSqlCheck } from "../../src/check/sql.ts";
import type { Expectation, SqlCheck } from "../../src/domain/check.ts";
import { failure, messageOf } from "../../src/domain/error.ts";
import type { Session, SqlValue } from "../../src/domain/session.ts";

const database = new Database(":memory:").exec(`
  create table users (id integer primary key, email text, org_id integer);
  insert into users select value, 'user' || value || '@example.org', case when value > 12 then 1 end 
    from (with recursive n(value) as (select 1 union all select value + 1 from n where value < 30) select value from n);
  create table setting (key text, value);
  insert into setting values ('ORG_NAME', 'Acme'), ('LIMIT', 9007199254740993), ('LOGO', x'00ff'), ('MAIL', null);`);

/** A session on a real database, for what checks ask of it: queries. */
const session: Session = {
  dialect: "sqlite",
  query(sql) {
    try {
      const statement = database.prepare(sql).raw().safeIntegers();
      const rows = statement.all() as SqlValue[][];
      return Promise.resolve({ columns: statement.columns().map(({ name }) => name), rows });
    } catch (error) {
      return Promise.reject(failure("sql-failed", messageOf(error), { cause: error }));
    }
  },
  execute: () => Promise.reject(new Error("a check executes nothing")),
  transaction: () => Promise.reject(new Error("a check opens no transaction")),
  transact: () => Promise.reject(new Error("a check executes nothing")),
};

const runCheck = runCheckBy({ sql: runSqlCheck, http: runHttpCheck, command: runCommandCheck });

function context(more: Partial<CheckContext> = {}): CheckContext {
  return { phase: "after", session, baseline: new Map(), directory: "/", variables: {}, signal: new AbortController().signal, ...more };
}
const check = (sql: string, expectation: Expectation | null, more: Partial<SqlCheck> = {}): SqlCheck => ({
  kind: "sql",
  name: "a check",
  sql,
  expect: expectation,
  explain: null,
  warn: false,
  timeoutMs: 5_000,
  ...more,
});
const equals = (text: string): Expectation => ({ kind: "equals", value: { text, number: true } });

describe("a SQL check", () => {
  test("passes with the value expected", async () => {
    const { result, recorded } = await runCheck(check("select count(*) from users", equals("30")), context());
    expect(result).toEqual({ name: "a check", phase: "after", passed: true, expected: "30", actual: "30" });
    expect(recorded).toEqual({ columns: ["count(*)"], rows: [[{ text: "30", number: true }]] });
  });

  test("that fails explains itself by at most ten rows, each in a line", async () => {
    const { result } = await runCheck(
      check("select count(*) from users where org_id is null", equals("0"), {
        explain: "select id, email from users where org_id is null",
      }),
      context(),
    );
    expect(result).toMatchObject({ passed: false, expected: "0", actual: "12" });
    expect(result.explanation).toHaveLength(10);
    expect(result.explanation?.[0]).toBe('id=1, email="user1@example.org"');
  });

  test("that passes explains nothing; an explanation that fails says so and changes nothing", async () => {
    expect(
      (await runCheck(check("select 0", equals("0"), { explain: "select * from users" }), context())).result.explanation,
    ).toBeUndefined();
    expect((await runCheck(check("select 1", equals("0"), { explain: "select * from nowhere" }), context())).result).toMatchObject({
      passed: false,
      actual: "1",
      explanation: ["explain: no such table: nowhere"],
    });
  });

  test("without an expectation records the whole result and shows it", async () => {
    const { result, recorded } = await runCheck(check("select key, value from setting", null), context());
    expect(result).toEqual({
      name: "a check",
      phase: "after",
      passed: true,
      expected: null,
      actual: `ORG_NAME = "Acme", LIMIT = 9007199254740993, LOGO = "x'00ff'", MAIL = NULL`,
    });
    expect(recorded?.rows).toHaveLength(4);
  });

  test.each<[string, string]>([
    ["select count(*) from nowhere", "no such table: nowhere"],
    ["selekt", 'near "selekt": syntax error'],
    ["select id from users", "30 rows"],
    ["select id from users where id = 99", "no row"],
    ["select null", "NULL"],
    ["select 'many'", '"many"'],
    [
      "with recursive n(i) as (select 1 union all select i + 1 from n where i <= 10000) select i from n",
      "10001 rows, and a check may give at most 10000: let it count or select less",
    ],
  ])("%s is a failed check that says: %s", async (sql, actual) => {
    expect((await runCheck(check(sql, equals("0")), context())).result).toMatchObject({ passed: false, expected: "0", actual });
  });

  test("without an expectation still fails when its SQL does", async () => {
    expect((await runCheck(check("select * from nowhere", null), context())).result).toMatchObject({
      passed: false,
      expected: null,
      actual: "no such table: nowhere",
    });
  });

  test("compares with what the same check recorded before", async () => {
    const before = new Map<string, RecordedRows>();
    const one = check("select count(*) from setting", { kind: "unchanged" });
    expect((await runCheck(one, context({ baseline: before }))).result).toMatchObject({
      passed: false,
      expected: "unchanged, and nothing was recorded before",
    });
    const { recorded } = await runCheck({ ...one, expect: null }, context({ phase: "before" }));
    if (recorded !== null) before.set(one.name, JSON.parse(JSON.stringify(recorded)) as RecordedRows);
    expect((await runCheck(one, context({ baseline: before }))).result).toMatchObject({
      passed: true,
      expected: "unchanged: 4",
      actual: "4",
    });
    database.exec("insert into setting values ('NEW', 1)");
    expect((await runCheck(one, context({ baseline: before }))).result).toMatchObject({
      passed: false,
      expected: "unchanged: 4",
      actual: "5",
    });
    database.exec("delete from setting where key = 'NEW'");
  });

  test("that only warns is marked when it fails, and only then", async () => {
    expect((await runCheck(check("select 1", equals("0"), { warn: true }), context())).result).toMatchObject({
      passed: false,
      warned: true,
    });
    expect((await runCheck(check("select 0", equals("0"), { warn: true }), context())).result.warned).toBeUndefined();
  });

  test("of a database that does not answer in time is a failed check", async () => {
    const stuck: Session = { ...session, query: () => pause(60_000, undefined, { ref: false }).then(() => ({ columns: [], rows: [] })) };
    expect((await runCheck(check("select 1", equals("1"), { timeoutMs: 50 }), context({ session: stuck }))).result).toMatchObject({
      passed: false,
      actual: "no answer within 0.05 s",
    });
  });

  test("without a database is a failed check, never a pass", async () => {
    expect((await runCheck(check("select 1", null), context({ session: null, phase: "health" }))).result.passed).toBe(false);
  });

  test("is not even asked once the run is aborted", async () => {
    await expect(runCheck(check("select 1", null), context({ signal: AbortSignal.abort(new Error("SIGINT")) }))).rejects.toThrow("SIGINT");
  });
});
