import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { SqlDialect } from "../../src/domain/session.ts";
import { LEXICONS } from "../../src/tool/sql/lexicon.ts";
import { splitStatements } from "../../src/tool/sql/statements.ts";

function split(text: string, dialect: SqlDialect = "sqlite") {
  return splitStatements(text, LEXICONS[dialect]);
}

function texts(text: string, dialect: SqlDialect = "sqlite"): readonly string[] {
  const { statements, stop } = split(text, dialect);
  expect(stop).toBeNull();
  return statements.map((statement) => statement.text);
}

describe("a script in any dialect", () => {
  test("falls into statements without semicolons, surrounding comments and empty ones", () => {
    expect(texts("-- first\nselect 1;;\n/* between; */ select 2 -- after;\n;\n  \n")).toEqual(["select 1", "select 2"]);
  });

  test("keeps a last statement that has no semicolon, and comments inside a statement", () => {
    expect(texts("select 1; select /* ; */ 2 -- ;\n + 3 -- end")).toEqual(["select 1", "select /* ; */ 2 -- ;\n + 3"]);
  });

  test("tells the line on which each statement starts, under all line endings", () => {
    const lines = split("-- a\r\n\r\nselect 1;\r\nselect\r\n'\r\n;';  select 3;\nselect 4").statements.map(({ line }) => line);
    expect(lines).toEqual([3, 4, 6, 7]);
  });

  test("has no statements when it is empty or holds only comments", () => {
    for (const text of ["", " \n\t", "-- nothing", "/* nothing; */", ";;;"]) expect(texts(text)).toEqual([]);
  });

  test("never loses a statement that is no SQL at all", () => {
    expect(texts("123; @x; (select 1)")).toEqual(["123", "@x", "(select 1)"]);
  });

  test("tells the first words of a statement in capitals, up to the first that is quoted or a sign", () => {
    const heads = split('create  table /* x */ "users" (a); pragma foreign_keys=off; Drop Table users').statements.map(({ head }) => head);
    expect(heads).toEqual(["CREATE TABLE", "PRAGMA FOREIGN_KEYS", "DROP TABLE USERS"]);
  });

  test("stops at a string, name or comment that is never closed, and says where it opens", () => {
    expect(split("select 1;\nselect 'it''s;\n").stop).toEqual({ kind: "unclosed", what: "string", line: 2 });
    expect(split('select 1;\nselect "x;\n').stop).toEqual({ kind: "unclosed", what: "name", line: 2 });
    expect(split("select 1;\n\n/* x;\n").stop).toEqual({ kind: "unclosed", what: "comment", line: 3 });
  });

  test("marks comments above the first statement", () => {
    expect(split("-- a\nselect 1; -- b").comments).toEqual([
      { text: "-- a", line: 1, top: true },
      { text: "-- b", line: 2, top: false },
    ]);
  });

  test("is read in time that grows with its length, not faster", () => {
    const fastest = (statements: number) => {
      const text = "insert into t (a, b) values (1, 'it''s'); /* x */ -- y\n".repeat(statements);
      const times = [1, 2, 3].map(() => {
        const began = process.cpuUsage(); // not the time on the clock: other tests have the processor, too
        expect(split(text).statements).toHaveLength(statements);
        return process.cpuUsage(began).user / 1000;
      });
      return Math.min(...times);
    };
    fastest(2_000);
    expect(fastest(30_000)).toBeLessThan(40 * Math.max(fastest(3_000), 1)); // in proportion it would be 10, by the square 100
  });
});

describe("a SQLite script", () => {
  test("keeps semicolons in strings and in names of every quote", () => {
    const statement = "select 'a;''b', \"c;\"\"d\", `e;``f`, [g;'h]";
    expect(texts(`${statement};select 2`)).toEqual([statement, "select 2"]);
  });

  test("takes no backslash for an escape and no dollar for a string", () => {
    expect(texts("select 'a\\'; select $a$; select $a$")).toEqual(["select 'a\\'", "select $a$", "select $a$"]);
  });

  test("does not nest comments", () => {
    expect(texts("/* a /* b */ select 1; /*/ select 2; */ select 3")).toEqual(["select 1", "select 3"]);
  });

  test.each([
    "create trigger x after insert on t begin update t set a = 1; delete from u; end",
    "CREATE TEMP TRIGGER IF NOT EXISTS x AFTER UPDATE OF a ON t WHEN case new.a when 1 then 1 else 0 end BEGIN select case when 1 then 2 end; END",
    "create trigger x after insert on t begin update t set a = case b when 1 then case c when 2 then 3 end else 4 end; /* ; */ end",
    "create trigger x instead of delete on v begin select raise(abort, 'no; end;'); end",
    "create temporary trigger \"begin\" after insert on [end;] begin\n  insert into log values (';');\n  -- end;\nend",
    "create trigger x after insert on t begin update t set end = 1, begin = 2; end",
  ])("keeps a trigger whole: %s", (trigger) => {
    expect(texts(`select 1;\n${trigger};\nselect 2;`)).toEqual(["select 1", trigger, "select 2"]);
  });

  test("ends a table that is only called trigger at its semicolon", () => {
    expect(texts("create table trigger_x (a); end; select 1")).toEqual(["create table trigger_x (a)", "end", "select 1"]);
  });

  test("stops at a command of the sqlite3 shell, but not at a dot inside a statement", () => {
    expect(split("select 1;\n.read other.sql\nselect 2;")).toMatchObject({
      stop: { kind: "client-command", text: ".read other.sql", line: 2 },
    });
    expect(texts("select main.t.a, .5 from t")).toHaveLength(1);
  });
});

describe("a PostgreSQL script", () => {
  test.each([
    ["dollar strings", "create function f() returns int language sql as $$ select 1; select 2; $$"],
    ["dollar strings with a tag, one in the other", "do $a$ begin execute $b$ select ';$a'; $b$; end $a$"],
    ["strings with backslashes", "select E'it\\'s; \\\\', e'x'';'"],
    ["strings with backslashes that go on in the next line", "select E'a'\n  '\\';'"],
    ["plain strings that end with a backslash", "select 'C:\\', '2;'"],
    ["comments in comments", "select /* a /* b; */ ; */ 1"],
    ["several statements in a rule", "create rule r as on insert to t do also (insert into a values (1); insert into b values (2))"],
    ["atomic bodies", "create or replace function f(a int) returns int begin atomic select case when a > 1 then 2 end; select 3; end"],
    ["empty atomic bodies", "create procedure p() begin atomic end"],
    ["names with a dollar", "select a$b$c, a$b$d"],
    ["parameters", "prepare p as select $1, $2"],
  ])("keeps %s whole", (_, statement) => {
    expect(texts(`select 0;\n${statement};\nselect 9;`, "postgres")).toEqual(["select 0", statement, "select 9"]);
  });

  test("does not take BEGIN of a transaction for a body", () => {
    expect(texts("begin; select 1; end; select 2", "postgres")).toEqual(["begin", "select 1", "end", "select 2"]);
  });

  test("stops at a command of psql wherever it stands, but not at a backslash in a string", () => {
    expect(split("select 1 \\gexec\n", "postgres").stop).toEqual({ kind: "client-command", text: "\\gexec", line: 1 });
    expect(split("select '\\d';", "postgres").stop).toBeNull();
  });

  test("stops at rows that follow in the script", () => {
    const { statements, stop } = split("select 1;\nCOPY t (a, b) FROM stdin WITH (format csv);\n1\tit's\n\\.\n", "postgres");
    expect(statements).toHaveLength(1);
    expect(stop).toMatchObject({ kind: "inline-data", line: 2 });
    expect(split("copy t from '/data/stdin.csv';", "postgres").stop).toBeNull();
  });
});

describe("whatever a script is made of", () => {
  const piece: Record<SqlDialect, fc.Arbitrary<string>> = {
    sqlite: fc.constantFrom(
      "a",
      "1",
      " ",
      "\n",
      "'x;''y'",
      '"n;"',
      "[m;]",
      "`k`",
      "/* c; */",
      "--;\n",
      "(",
      ")",
      "case",
      "end",
      "select",
      ",",
      "-",
      "/",
    ),
    postgres: fc.constantFrom(
      "a",
      "1",
      " ",
      "\n",
      "'x;''y'",
      "E'\\';'",
      '"n;"',
      "$$;$$",
      "$t$;$$;$t$",
      "/* /* ; */ */",
      "--;\n",
      "(1;2)",
      "case",
      "end",
      "select",
      ",",
      "-",
    ),
  };

  test.each(["sqlite", "postgres"] as const)("its statements come back as they were put together (%s)", (dialect) => {
    const statement = fc.array(piece[dialect], { minLength: 1, maxLength: 12 }).map((pieces) => `x ${pieces.join(" ")} y`);
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 6 }), (statements) => {
        expect(texts(statements.join(" ;\n"), dialect)).toEqual(statements);
      }),
      { numRuns: 300 },
    );
  });

  test("no text makes it fail, and every line told lies inside it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom<SqlDialect>("sqlite", "postgres"), (text, dialect) => {
        const lines = split(text, dialect).statements.map(({ line }) => line);
        expect(Math.max(1, ...lines)).toBeLessThanOrEqual(text.split("\n").length);
      }),
    );
  });
});
