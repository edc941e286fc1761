import { describe, expect, test } from "vitest";

import type { SqlDialect } from "../../src/domain/session.ts";
import { findingsOf, SQL_FINDINGS } from "../../src/tool/sql/findings.ts";
import { parseScript } from "../../src/tool/sql/script.ts";

function problems(text: string, dialect: SqlDialect = "sqlite"): readonly string[] {
  return parseScript(text, dialect).up.problems.map(({ code, line }) => `${code}:${line}`);
}

function findings(text: string, dialect: SqlDialect = "sqlite"): readonly string[] {
  return findingsOf(parseScript(text, dialect).up, dialect, "m/1.sql").map(({ id, place, message }) => `${id} ${place} ${message}`);
}

function findingIds(text: string, dialect: SqlDialect = "sqlite"): readonly string[] {
  return findingsOf(parseScript(text, dialect).up, dialect, "m/1.sql").map(({ id }) => id);
}

describe("directives", () => {
  test("stand at the top, under any spelling of white space and case", () => {
    expect(parseScript("select 1", "sqlite").up).toMatchObject({ transaction: true, foreignKeys: "check-at-commit", problems: [] });
    expect(parseScript("/* note */\n--belay:no-transaction\nselect 1", "sqlite").up).toMatchObject({ transaction: false, problems: [] });
    expect(parseScript("  -- Belay:  Foreign-Keys   ON \r\nselect 1", "sqlite").up).toMatchObject({ foreignKeys: "enforce", problems: [] });
  });

  test("that nobody knows are refused, with the one that was meant", () => {
    const { up } = parseScript("-- belay: no-transactions\nselect 1", "sqlite");
    expect(up.problems).toMatchObject([{ code: "migration-directive", line: 1, hint: 'did you mean "-- belay: no-transaction"?' }]);
    expect(parseScript("-- belay: faster please\nselect 1", "sqlite").up.problems[0]?.hint).toContain("-- belay: foreign-keys on");
  });

  test("below the first statement are refused, since they would do nothing", () => {
    expect(problems("select 1;\n-- belay: no-transaction\nselect 2")).toEqual(["migration-directive:2"]);
  });

  test("that contradict each other are refused", () => {
    expect(problems("-- belay: no-transaction\n-- belay: foreign-keys on\nselect 1")).toEqual(["migration-directive:null"]);
  });

  test("inside a string are no directives", () => {
    expect(problems("insert into t values ('\n-- belay: nonsense\n')")).toEqual([]);
  });
});

describe("a script that must not run as it stands:", () => {
  test.each([
    ["its own BEGIN and COMMIT", "begin;\nselect 1;\ncommit;", ["migration-has-transaction:1", "migration-has-transaction:3"]],
    ["BEGIN IMMEDIATE", "BEGIN IMMEDIATE TRANSACTION", ["migration-has-transaction:1"]],
    ["END, which is COMMIT", "select 1; end", ["migration-has-transaction:1"]],
    ["ROLLBACK", "\nrollback", ["migration-has-transaction:2"]],
    ["a savepoint without a transaction", "-- belay: no-transaction\nsavepoint a", ["migration-has-transaction:2"]],
    [
      "ATTACH, in a transaction or not",
      "-- belay: no-transaction\nattach 'x.db' as x;\ndetach x",
      ["migration-attaches:2", "migration-attaches:3"],
    ],
    ["VACUUM in a transaction", "vacuum", ["migration-needs-no-transaction:1"]],
    ["a change of journal_mode in a transaction", "pragma main.journal_mode = wal", ["migration-needs-no-transaction:1"]],
    ["a string that never ends", "select 1;\nselect 'x", ["migration-unclosed:2"]],
    ["a command of the sqlite3 shell", ".mode csv\nselect 1", ["migration-client-command:1"]],
  ])("%s", (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test.each([
    ["START TRANSACTION", "start transaction", ["migration-has-transaction:1"]],
    ["an index made concurrently in a transaction", "create unique index concurrently i on t (a)", ["migration-needs-no-transaction:1"]],
    ["CREATE DATABASE", "create database x", ["migration-needs-no-transaction:1"]],
    ["rows that follow in the script", "copy t from stdin;\n1\n\\.", ["migration-inline-data:1"]],
    ["a command of psql", "\\set x 1\nselect 1", ["migration-client-command:1"]],
  ])("PostgreSQL: %s", (_, text, expected) => {
    expect(problems(text, "postgres")).toEqual(expected);
  });

  test("every problem says what to do", () => {
    for (const text of ["begin", "vacuum", "attach 'x' as y", "-- belay: x\n", "select '", ".read x", "-- migrate:down\nselect 1"]) {
      for (const { hint, what } of parseScript(text, "sqlite").up.problems) {
        expect(hint.length).toBeGreaterThan(20);
        expect(what).toMatch(/^[a-z]/);
      }
    }
  });
});

describe("a script that may run:", () => {
  test.each([
    ["BEGIN and END of a trigger", "create trigger x after insert on t begin select 1; end;"],
    ["savepoints inside the transaction", "savepoint a; insert into t values (1); rollback to a; release a"],
    ["VACUUM without a transaction", "-- belay: no-transaction\nvacuum"],
    ["a pragma that only reads", "pragma journal_mode"],
    ["names that are keywords elsewhere", 'insert into "begin" values (1); update t set "end" = 1 where a = 1'],
  ])("%s", (_, text) => {
    expect(problems(text)).toEqual([]);
  });

  test("PostgreSQL: an index made concurrently without a transaction", () => {
    expect(problems("-- belay: no-transaction\ncreate index concurrently i on t (a)", "postgres")).toEqual([]);
  });
});

describe("findings", () => {
  test("name a dropped table and column with their line", () => {
    expect(findings('\ndrop table if exists "Old Users";\nalter table users drop column email;\nalter table a.b drop c')).toEqual([
      "drops-table m/1.sql:2 drops the table Old Users",
      "drops-column m/1.sql:3 drops the column users.email",
      "drops-column m/1.sql:4 drops the column a.b.c",
    ]);
  });

  test("are silent about the table that a rebuild drops and one that the script made itself", () => {
    expect(findingIds("create table new_t (a); insert into new_t select a from t; drop table t; alter table new_t rename to T")).toEqual(
      [],
    );
    expect(findingIds("create temp table x (a); drop table x")).toEqual([]);
  });

  test("are not silent about a table that is dropped and then made anew, or made only if it is absent", () => {
    expect(findingIds("drop table t; create table t (a)")).toEqual(["drops-table"]);
    expect(findingIds("create table if not exists t (a); drop table t")).toEqual(["drops-table"]);
  });

  test("name DELETE and UPDATE of every row, also behind WITH, and leave out those with a condition", () => {
    expect(findings("delete from users; update users set a = (select b from c where d = 1)")).toEqual([
      "deletes-all-rows m/1.sql:1 deletes every row of users",
      "updates-all-rows m/1.sql:1 changes every row of users",
    ]);
    expect(findingIds("with x as (select 1 where 1) delete from t")).toEqual(["deletes-all-rows"]);
    expect(findings("update or ignore users set a = 1")).toEqual(["updates-all-rows m/1.sql:1 changes every row of users"]);
    expect(findingIds("delete from t where a = 1; update t set a = 1 where b; with x as (select 1) insert into t select * from x")).toEqual(
      [],
    );
  });

  test("know what ALTER TABLE … DROP drops besides columns", () => {
    expect(
      findingIds("alter table t drop constraint c; alter table t alter column a drop not null, alter column b drop default", "postgres"),
    ).toEqual([]);
    expect(findingIds("alter table only t drop column if exists a cascade", "postgres")).toEqual(["drops-column"]);
  });

  test("tell a script without a transaction and a pragma that does nothing", () => {
    expect(findingIds("-- belay: no-transaction\nvacuum")).toEqual(["no-transaction"]);
    expect(findingIds("pragma foreign_keys = off; select 1")).toEqual(["pragma-without-effect"]);
    expect(findingIds("pragma foreign_keys; select 1")).toEqual([]);
  });

  test("say for each id what it does and what to do instead", () => {
    for (const { effect, workaround } of Object.values(SQL_FINDINGS)) {
      expect(effect.length).toBeGreaterThan(20);
      expect(workaround.length).toBeGreaterThan(20);
    }
  });
});

describe("sections", () => {
  test.each([
    ["dbmate", "-- migrate:up\ncreate table t (a);\n\n-- migrate:down\ndrop table t;\n"],
    ["goose", "-- +goose Up\n-- +goose StatementBegin\ncreate table t (a);\n-- +goose StatementEnd\n\n-- +goose Down\ndrop table t;\n"],
    ["sql-migrate", "-- +migrate Up\ncreate table t (a);\n-- +migrate Down\ndrop table t;\n"],
    ["node-pg-migrate", "-- Up Migration\ncreate table t (a);\n-- Down Migration\ndrop table t;\n"],
    ["tern", "create table t (a);\n---- create above / drop below ----\ndrop table t;\n"],
    ["MyBatis", "-- // create t\ncreate table t (a);\n-- //@UNDO\ndrop table t;\n"],
  ])("of %s are told apart: only the way forward is applied", (_, text) => {
    const { up, down } = parseScript(text, "sqlite");
    expect(up.statements.map((statement) => statement.text)).toEqual(["create table t (a)"]);
    expect(down?.statements.map((statement) => statement.text)).toEqual(["drop table t"]);
    expect([...up.problems, ...(down?.problems ?? [])]).toEqual([]);
    expect([up.transaction, down?.transaction]).toEqual([true, true]);
  });

  test("keep the line numbers of the file", () => {
    const { up, down } = parseScript("-- note\n-- migrate:up\r\nselect 1;\r\n-- migrate:down\r\n\r\nselect 2;", "sqlite");
    expect([up.statements[0]?.line, down?.statements[0]?.line]).toEqual([3, 6]);
  });

  test("ask for no transaction in the words of their tool", () => {
    const dbmate = parseScript("-- migrate:up transaction:false\nvacuum;\n-- migrate:down\nselect 1;", "sqlite");
    expect([dbmate.up.transaction, dbmate.down?.transaction]).toEqual([false, true]);
    const goose = parseScript("-- +goose NO TRANSACTION\n-- +goose Up\nvacuum;\n-- +goose Down\nvacuum;", "sqlite");
    expect([goose.up.transaction, goose.down?.transaction, goose.up.problems]).toEqual([false, false, []]);
    expect(parseScript("-- belay: no-transaction\n-- migrate:up\nvacuum;", "sqlite").up.transaction).toBe(false);
  });

  test("may lack the way back, or have an empty one", () => {
    expect(parseScript("-- migrate:up\nselect 1;", "sqlite").down).toBeNull();
    expect(parseScript("-- migrate:up\nselect 1;\n-- migrate:down\n", "sqlite").down?.statements).toEqual([]);
  });

  test.each([
    ["a way back without a way forward", "-- migrate:down\nselect 1;", ["migration-sections:1"]],
    ["a statement above the first marker", "select 1;\n-- migrate:up\nselect 2;", ["migration-sections:1"]],
    ["two ways forward", "-- +goose Up\nselect 1;\n-- +goose Up\nselect 2;", ["migration-sections:3"]],
    ["the way back first", "-- migrate:down\nselect 1;\n-- migrate:up\nselect 2;", ["migration-sections:1"]],
    ["a misspelt marker", "-- migrate:upp\nselect 1;", ["migration-sections:1", "migration-sections:1"]],
    ["what Belay has no equal of", "-- +goose ENVSUB ON\n-- +goose Up\nselect 1;", ["migration-sections:1"]],
    [
      "a statement that is begun and not ended",
      "-- +goose Up\n-- +goose StatementBegin\nselect 1;\n-- +goose Down\n",
      ["migration-sections:2"],
    ],
  ])("are refused with %s", (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });
});
