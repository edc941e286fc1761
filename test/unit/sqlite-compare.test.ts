import type { Database } from "better-sqlite3";
import { describe, expect, it } from "vitest";

import type { TableDifference } from "../../src/domain/data.ts";
import { sameData, untouched } from "../../src/domain/data.ts";
import { compareDatabases, countRows, type DataOptions } from "../../src/engine/sqlite/compare.ts";
import { TwoEnds } from "../support/two-ends.ts";

function compare(script: string | ((db: Database) => void), change = "", options: DataOptions = {}): readonly TableDifference[] {
  using ends = new TwoEnds(script, change);
  return compareDatabases(ends.db, options).tables;
}

/** The one table that differs; fails where several do. */
function differing(script: string, change: string): TableDifference | undefined {
  const touched = compare(script, change).filter((table) => !untouched(table));
  expect(touched.length).toBeLessThanOrEqual(1);
  return touched[0];
}

function rebuild(table: string, definition: string, columns = "*", order = ""): string {
  return `create table belay_new(${definition}); insert into belay_new select ${columns} from ${table} ${order}; drop table ${table}; alter table belay_new rename to ${table};`;
}

const USERS =
  "create table users(id integer primary key, email text, role text); insert into users values (1, 'a', 'x'), (2, 'b', 'x'), (3, 'c', null);";

describe("a table with an INTEGER PRIMARY KEY", () => {
  it("is untouched when nothing happened", () => {
    using ends = new TwoEnds(USERS);
    const comparison = compareDatabases(ends.db);
    expect(comparison.tables).toEqual([
      {
        name: "users",
        rowsBefore: 3,
        rowsAfter: 3,
        added: 0,
        removed: 0,
        changed: 0,
        columnsChanged: [],
        columnsAdded: [],
        columnsDropped: [],
        keys: [],
      },
    ]);
    expect(sameData(comparison)).toBe(true);
  });

  it("tells added, removed and changed rows apart, names columns and keys, removed ones first", () => {
    const change = "insert into users values (9, 'z', 'z'); delete from users where id = 3; update users set role = 'y' where id in (1, 2)";
    expect(differing(USERS, change)).toMatchObject({
      rowsBefore: 3,
      rowsAfter: 3,
      added: 1,
      removed: 1,
      changed: 2,
      columnsChanged: ["role"],
      keys: ["id=3", "id=1", "id=2"],
    });
  });

  it("names at most ten keys", () => {
    const many =
      "create table t(id integer primary key, v); with recursive c(i) as (select 1 union all select i + 1 from c where i < 50) insert into t select i, i from c;";
    expect(differing(many, "update t set v = -1")).toMatchObject({
      changed: 50,
      keys: Array.from({ length: 10 }, (_, index) => `id=${index + 1}`),
    });
  });

  it("takes a changed key for a removed and an added row", () => {
    expect(differing(USERS, "update users set id = 7 where id = 1")).toMatchObject({ added: 1, removed: 1, changed: 0, keys: ["id=1"] });
  });

  it("misses no row whose values are all NULL", () => {
    const script = "create table t(id integer primary key, v); insert into t(id) values (1), (2);";
    expect(differing(script, "update t set id = 3 where id = 1")).toMatchObject({ added: 1, removed: 1, keys: ["id=1"] });
  });

  it("is untouched by a rebuild of equal rows", () => {
    expect(differing(USERS, rebuild("users", "id integer primary key, email text, role text", "*", "order by id desc"))).toBeUndefined();
  });

  it("keeps keys beyond 2^53 exact", () => {
    const huge = "create table t(id integer primary key, v); insert into t values (9007199254740993, 1), (9007199254740992, 1);";
    expect(differing(huge, "delete from t where id = 9007199254740993")?.keys).toEqual(["id=9007199254740993"]);
  });

  it("is compared exactly by a connection that reads integers as bigint", () => {
    using ends = new TwoEnds(USERS, "delete from users where id = 1");
    ends.db.defaultSafeIntegers(true);
    expect(compareDatabases(ends.db).tables).toMatchObject([{ rowsBefore: 3, rowsAfter: 2, removed: 1, keys: ["id=1"] }]);
    expect(countRows(ends.db)).toEqual({ users: 2 });
  });
});

describe("a value is seen to change", () => {
  const values = "create table t(id integer primary key, v any_type_at_all, n text collate nocase, b);";
  it.each([
    ["its number", "1", "2"],
    ["from integer to real", "1", "1.0"],
    ["from integer to text", "1", "'1'"],
    ["from real to text", "1.5", "'1.5'"],
    ["from text to blob", "'a'", "x'61'"],
    ["its case", "'a'", "'A'"],
    ["its trailing space", "'a'", "'a '"],
    ["from NULL to nothing", "null", "''"],
    ["to NULL", "0", "null"],
    ["from NULL to zero", "null", "0"],
    ["behind a NUL", "cast(x'610062' as text)", "cast(x'610063' as text)"],
    ["the last byte of a blob", "x'0001'", "x'0002'"],
    ["from nothing to an empty blob", "''", "x''"],
    ["in its last digit", "0.1", "0.10000000000000002"],
    ["to infinity", "1e308", "9e999"],
    ["beyond the precision of a real", "9007199254740993", "9007199254740992"],
    ["between composed and decomposed letters", "'é'", "'e\u0301'"],
  ])("%s", (_, old, now) => {
    for (const key of ["id integer primary key", "id int"]) {
      const script = `create table t(${key}, v, n text collate nocase); insert into t values (1, ${old}, 'n'), (2, 'same', 'n');`;
      const found = differing(script, `update t set v = ${now} where id = 1`);
      if (key === "id int") expect(found).toMatchObject({ added: 1, removed: 1, changed: 0, keys: [] });
      else expect(found).toMatchObject({ added: 0, removed: 0, changed: 1, columnsChanged: ["v"], keys: ["id=1"] });
    }
  });

  it("under NOCASE", () => {
    expect(differing(`${values} insert into t(id, n) values (1, 'a');`, "update t set n = 'A'")).toMatchObject({
      changed: 1,
      columnsChanged: ["n"],
    });
  });

  it("in a key under NOCASE, as a change of that row", () => {
    const script = "create table t(code text collate nocase primary key, v); insert into t values ('a', 1), ('b', 2);";
    expect(differing(script, "update t set code = 'A' where code = 'a'")).toMatchObject({
      added: 0,
      removed: 0,
      changed: 1,
      columnsChanged: ["code"],
      keys: ["code='a'"],
    });
  });

  it.each(["integer", "numeric"])("from the least integer to the real that equals it, which a column of type %s keeps", (type) => {
    const script = `create table t(id integer primary key, v ${type}); insert into t values (1, -9223372036854775808);`;
    expect(differing(script, "update t set v = -9223372036854775808.0")).toMatchObject({ changed: 1, columnsChanged: ["v"] });
  });

  it("when only the type of the column changed and the values with it", () => {
    const script = "create table t(id integer primary key, v text); insert into t values (1, '1'), (2, 'x');";
    expect(differing(script, rebuild("t", "id integer primary key, v integer"))).toMatchObject({
      changed: 1,
      columnsChanged: ["v"],
      keys: ["id=1"],
    });
  });

  it("not from 0.0 to -0.0: to SQLite they are one number, and its own dump writes them alike", () => {
    using ends = new TwoEnds("create table t(id integer primary key, v); insert into t values (1, 0.0);");
    ends.db.prepare("update t set v = ?").run(-0);
    expect(sameData(compareDatabases(ends.db))).toBe(true);
  });

  it("in a generated column when its expression changed", () => {
    const script = "create table t(id integer primary key, a, s as (a + 1) stored, v as (a + 2)); insert into t(id, a) values (1, 1);";
    const change =
      "create table n(id integer primary key, a, s as (a + 1) stored, v as (a + 3)); insert into n(id, a) select id, a from t; drop table t; alter table n rename to t;";
    expect(differing(script, change)).toMatchObject({ changed: 1, columnsChanged: ["v"] });
  });
});

describe("keys", () => {
  it("of several columns pair rows", () => {
    const script = "create table t(a int, b text, v, primary key(a, b)); insert into t values (1, 'x', 1), (1, 'y', 2), (2, 'x', 3);";
    expect(differing(script, "update t set v = 9 where a = 1 and b = 'y'; delete from t where a = 2")).toMatchObject({
      removed: 1,
      changed: 1,
      keys: ["a=2, b='x'", "a=1, b='y'"],
    });
  });

  it("of a WITHOUT ROWID table pair rows", () => {
    const script = "create table t(a, b, v, primary key(b, a)) without rowid; insert into t values (1, 'x', 1), (1, 'y', 2);";
    expect(differing(script, "update t set v = null where b = 'y'")).toMatchObject({
      changed: 1,
      columnsChanged: ["v"],
      keys: ["b='y', a=1"],
    });
  });

  it("may be NOT NULL UNIQUE, as a constraint or an index", () => {
    const data = "insert into t values ('x', 1), ('y', 2);";
    for (const script of [
      "create table t(code text not null unique, v);",
      "create table t(code text not null, v); create unique index i on t(code);",
    ]) {
      expect(differing(script + data, "update t set v = 5 where code = 'x'")).toMatchObject({ changed: 1, keys: ["code='x'"] });
    }
  });

  it.each([
    ["may be NULL", "create table t(code text unique, v);"],
    ["is partial", "create table t(code text not null, v); create unique index i on t(code) where v > 0;"],
    ["is made of an expression", "create table t(code text not null, v); create unique index i on t(lower(code));"],
    ["is not unique", "create table t(code text not null, v); create index i on t(code);"],
  ])("are not taken from an index that %s", (_, script) => {
    expect(differing(`${script} insert into t values ('x', 1), ('y', 2);`, "update t set v = 5 where code = 'x'")).toMatchObject({
      added: 1,
      removed: 1,
      changed: 0,
      keys: [],
    });
  });

  it("that hold NULL, as SQLite allows, pair nothing: rows are then counted", () => {
    const script = "create table t(a, b, v, primary key(a, b)); insert into t values (1, null, 'x'), (1, null, 'x'), (1, null, 'y');";
    expect(differing(script, "delete from t where rowid = 1")).toMatchObject({
      rowsBefore: 3,
      rowsAfter: 2,
      removed: 1,
      added: 0,
      keys: [],
    });
    expect(differing(script, "update t set v = 'z' where rowid = 3")).toMatchObject({ removed: 1, added: 1 });
  });

  it("that hold NULL at one end only pair nothing either", () => {
    const script = "create table t(code text primary key, v); insert into t values ('x', 1), ('y', 2), (null, 3);";
    expect(differing(script, "update t set code = 'z', v = 9 where code is null; update t set v = 5 where code = 'x'")).toMatchObject({
      added: 2,
      removed: 2,
      changed: 0,
      keys: [],
    });
    const filled = "create table t(code text primary key, v); insert into t values ('x', 1), ('y', 2);";
    expect(differing(filled, "update t set code = null where code = 'y'; update t set v = 5 where code = 'x'")).toMatchObject({
      added: 2,
      removed: 2,
      changed: 0,
      keys: [],
    });
  });

  it("that one end lacks pair nothing", () => {
    const script = "create table t(code text primary key, v); insert into t values ('x', 1), ('y', 2);";
    expect(differing(script, rebuild("t", "code text, v", "code, v + (code = 'x')"))).toMatchObject({
      added: 1,
      removed: 1,
      changed: 0,
      keys: [],
    });
    expect(differing(script, rebuild("t", "code text, v"))).toBeUndefined();
  });

  it("whose collation differs at the ends pair by bytes", () => {
    const script = "create table t(code text primary key, v); insert into t values ('a', 1), ('b', 2);";
    expect(differing(script, rebuild("t", "code text collate nocase primary key, v", "upper(code), v"))).toMatchObject({
      added: 2,
      removed: 2,
    });
    expect(differing(script, rebuild("t", "code text collate nocase primary key, v", "code, v + 1"))).toMatchObject({
      changed: 2,
      columnsChanged: ["v"],
    });
  });

  it("whose type changed pair only what kept its type, and each row at most once", () => {
    const script = "create table t(code primary key, v); insert into t values ('01', 1), ('1', 2), (1, 3), ('x', 4);";
    const change =
      "create table n(code primary key, v); insert into n select code, v from t where code <> '01'; drop table t; create table t(code integer primary key on conflict ignore, v); insert into t select code, v from n where code is not 'x'; drop table n;";
    expect(differing(script, change)).toMatchObject({ rowsBefore: 4, rowsAfter: 1, removed: 3, added: 0 });
  });

  it("are shown short, and bytes as bytes", () => {
    const script = `create table t(k blob primary key, v); insert into t values (x'00ff', 1), ('${"long".repeat(100)}', 1);`;
    expect(differing(script, "update t set v = 2")?.keys).toEqual([`k='${"long".repeat(15)}'…`, "k=X'00FF'"]);
  });
});

describe("a table without a key", () => {
  const LOG = "create table log(at, what); insert into log values (1, 'a'), (1, 'a'), (2, 'b'), (3, null), (3, null), (3, 'null');";

  it("is untouched by a rebuild that deals rowids anew", () => {
    expect(differing(`${LOG} delete from log where rowid = 1;`, rebuild("log", "at, what", "*", "order by at desc"))).toBeUndefined();
  });

  it("takes no missing row for one whose values are all NULL", () => {
    const script = "create table t(a, b); insert into t(a) values (null);";
    expect(differing(script, "delete from t; insert into t(rowid, a) values (9, 'x')")).toMatchObject({ added: 1, removed: 1 });
  });

  it("counts duplicates", () => {
    expect(differing(LOG, "delete from log where rowid = 1")).toMatchObject({ removed: 1, added: 0 });
    expect(differing(LOG, "insert into log values (3, null), (3, null)")).toMatchObject({ removed: 0, added: 2 });
    expect(differing(LOG, "delete from log where rowid = 3; insert into log values (1, 'a')")).toMatchObject({
      rowsBefore: 6,
      rowsAfter: 6,
      removed: 1,
      added: 1,
    });
  });

  it("tells values apart whatever their columns hold next to each other", () => {
    const script = "create table t(a, b); insert into t values ('x', 'yz'), (null, ''), (1, 11);";
    expect(differing(script, "delete from t; insert into t values (1, 11), ('xy', 'z'), ('', null)")).toMatchObject({
      removed: 2,
      added: 2,
    });
  });

  it("is compared where its columns took all names of the rowid", () => {
    const script = "create table t(rowid text, oid text, _rowid_ text); insert into t values ('a', 'b', 'c'), ('d', 'e', 'f');";
    expect(differing(script, "")).toBeUndefined();
    expect(differing(script, "update t set oid = 'x' where oid = 'b'")).toMatchObject({ added: 1, removed: 1 });
  });
});

describe("tables and columns that come and go", () => {
  it("shows a dropped and a created table with their rows, a rename as both", () => {
    expect(compare(USERS, "alter table users rename to people")).toMatchObject([
      { name: "people", rowsBefore: null, rowsAfter: 3, added: 3, removed: 0 },
      { name: "users", rowsBefore: 3, rowsAfter: null, added: 0, removed: 3 },
    ]);
  });

  it("names added and dropped columns, and compares the others", () => {
    const change =
      "alter table users add column age int default 5; alter table users drop column role; update users set email = 'z' where id = 2;";
    expect(differing(USERS, change)).toMatchObject({
      changed: 1,
      columnsChanged: ["email"],
      columnsAdded: ["age"],
      columnsDropped: ["role"],
      keys: ["id=2"],
    });
    expect(differing(USERS, "alter table users rename column role to part")).toMatchObject({
      changed: 0,
      columnsAdded: ["part"],
      columnsDropped: ["role"],
    });
  });

  it("takes names that differ only in case for the same, under their new spelling", () => {
    const change =
      "create table n(ID integer primary key, EMAIL text, Role text); insert into n select * from users; drop table users; alter table n rename to Users;";
    expect(compare(USERS, change)).toMatchObject([
      { name: "Users", added: 0, removed: 0, changed: 0, columnsAdded: [], columnsDropped: [] },
    ]);
    expect(compare(USERS, `${change} update users set email = 'z' where id = 1`)).toMatchObject([
      { name: "Users", changed: 1, columnsChanged: ["EMAIL"], keys: ["ID=1"] },
    ]);
  });

  it("counts the rows where no column is common", () => {
    expect(
      differing(
        "create table t(a); insert into t values (1), (2);",
        "create table n(b); insert into n values (1); drop table t; alter table n rename to t",
      ),
    ).toMatchObject({
      rowsBefore: 2,
      rowsAfter: 1,
      columnsAdded: ["b"],
      columnsDropped: ["a"],
    });
  });

  it("leaves out views, SQLite's own tables and Belay's history, unless all is asked for", () => {
    const script = `${USERS} create table a(id integer primary key autoincrement); insert into a values (1); analyze; create view v as select * from users;
      create table belay_migrations(id text primary key, checksum text); insert into belay_migrations values ('1', 'x');`;
    const change =
      "insert into a values (50); delete from a where id = 50; insert into belay_migrations values ('2', 'y'); drop view v; create view v as select 1;";
    expect(compare(script, change).map((table) => table.name)).toEqual(["a", "users"]);
    expect(compare(script, change).every(untouched)).toBe(true);
    expect(compare(script, change, { include: "all" }).filter((table) => !untouched(table))).toMatchObject([
      { name: "belay_migrations", added: 1 },
    ]);
    using ends = new TwoEnds(script, change);
    expect(countRows(ends.db)).toEqual({ a: 1, users: 3 });
    expect(countRows(ends.db, "before", { include: "all" })).toEqual({ a: 1, belay_migrations: 1, users: 3 });
  });
});

describe("names", () => {
  it.each([
    'a "quoted" one',
    "with space",
    "select",
    "größe",
    "b",
    "a",
    "before",
    "main",
    "x'y",
    "a.b",
    "[x]",
    "`t`",
    "emoji 🧗",
    "side",
    "row",
    "__proto__",
  ])("of tables and columns may be anything: %s", (name) => {
    const quoted = `"${name.replaceAll('"', '""')}"`;
    for (const key of ["integer primary key", "text primary key", ""]) {
      const script = `create table ${quoted}(${quoted} ${key}, "other ${name.replaceAll('"', '""')}"); insert into ${quoted} values (1, 'x'), (2, 'y');`;
      expect(compare(script)).toMatchObject([{ name, rowsBefore: 2, added: 0, removed: 0, changed: 0 }]);
      const change = `update ${quoted} set "other ${name.replaceAll('"', '""')}" = 'z' where ${quoted} = 1`;
      expect(compare(script, change)).toMatchObject([{ name, removed: key === "" ? 1 : 0, changed: key === "" ? 0 : 1 }]);
    }
  });

  it("that look like a key's separator stay readable", () => {
    const script = `create table t("order, id" text primary key, v); insert into t values ('it''s', 1);`;
    expect(differing(script, "delete from t")?.keys).toEqual([`"order, id"='it''s'`]);
  });
});

describe("a table of 2000 columns", () => {
  const names = Array.from({ length: 2000 }, (_, index) => `c${index}`);
  const values = names.map((_, index) => (index === 0 ? "1" : index % 3 === 0 ? "1.5" : "'v'")).join(",");
  it.each(["integer primary key", "text primary key", ""])("is compared like any other, its key: %s", (key) => {
    const columns = names.map((name, index) => (index === 0 ? `${name} ${key}` : name)).join(",");
    const script = `create table wide(${columns}); insert into wide values (${values});`;
    expect(differing(script, "")).toBeUndefined();
    const found = differing(script, "update wide set c7 = 0, c1999 = 0");
    if (key === "") expect(found).toMatchObject({ added: 1, removed: 1 });
    else expect(found).toMatchObject({ changed: 1, columnsChanged: ["c7", "c1999"] });
  });
});

describe("virtual tables", () => {
  const FTS = "create virtual table notes using fts5(title, body); insert into notes values ('a', 'first'), ('b', 'second');";

  it("are one table each, without their shadow tables", () => {
    const script = `${FTS} create virtual table box using rtree(id, x0, x1); insert into box values (1, 0, 1); create virtual table words using fts5vocab(notes, row);
      create virtual table notes_two using fts4(x); insert into notes_two values ('z');`;
    expect(compare(script)).toMatchObject([
      { name: "box", rowsBefore: 1 },
      { name: "notes", rowsBefore: 2 },
      { name: "notes_two", rowsBefore: 1 },
    ]);
    using ends = new TwoEnds(script);
    expect(countRows(ends.db)).toEqual({ box: 1, notes: 2, notes_two: 1 });
  });

  it("show their changed rows", () => {
    expect(differing(FTS, "update notes set body = 'other' where rowid = 2")).toMatchObject({
      changed: 1,
      columnsChanged: ["body"],
      keys: ["rowid=2"],
    });
    expect(differing(FTS, "delete from notes where rowid = 1")).toMatchObject({ removed: 1, keys: ["rowid=1"] });
    const box = "create virtual table box using rtree(id, x0, x1); insert into box values (1, 0, 1), (2, 3, 4);";
    expect(differing(box, "update box set x1 = 9 where id = 2")).toMatchObject({ changed: 1, columnsChanged: ["x1"] });
  });

  it("are unproven where every row is equal but the index is not", () => {
    const segments = `${FTS} insert into notes values ('c', 'third');`;
    expect(differing(segments, "insert into notes(notes) values ('optimize')")).toMatchObject({
      added: 0,
      removed: 0,
      changed: 0,
      unproven: expect.stringContaining("index is stored differently"),
    });
    const contentless = "create virtual table notes using fts5(body, content=''); insert into notes(rowid, body) values (1, 'first');";
    expect(
      differing(contentless, "insert into notes(notes) values ('delete-all'); insert into notes(rowid, body) values (1, 'other')"),
    ).toMatchObject({
      unproven: expect.stringContaining("index is stored differently"),
    });
  });

  it("are proven by their rows alone where these are all they hold", () => {
    const script = "create virtual table box using rtree(id, x0, x1); insert into box values (1, 0, 1), (2, 3, 4);";
    expect(differing(script, "delete from box; insert into box values (2, 3, 4), (1, 0, 1)")).toBeUndefined();
  });
});

describe("what SQLite cannot read here", () => {
  it("is unproven: a virtual table without its module", () => {
    const script = (db: Database) => {
      db.exec(USERS);
      db.pragma("writable_schema = on");
      db.exec("insert into sqlite_schema values ('table', 'sheet', 'sheet', 0, 'CREATE VIRTUAL TABLE sheet USING csv(filename=x)')");
    };
    expect(compare(script)).toMatchObject([
      { name: "sheet", rowsBefore: null, rowsAfter: null, unproven: "SQLite cannot read it here: no such module: csv" },
      { name: "users", rowsBefore: 3 },
    ]);
    using ends = new TwoEnds(script);
    expect(countRows(ends.db)).toEqual({ users: 3 });
  });

  it("is unproven: a generated column with a function of the application, and counted all the same", () => {
    const script = (db: Database) => {
      db.function("shout", { deterministic: true }, (text) => `${text}!`);
      db.exec("create table t(id integer primary key, a, b as (shout(a))); insert into t(id, a) values (1, 'x');");
    };
    expect(compare(script)).toMatchObject([{ name: "t", rowsBefore: 1, rowsAfter: 1, unproven: expect.stringContaining("shout") }]);
  });

  it("is an error where the file itself is damaged, naming the table", () => {
    const script =
      "create table t(id integer primary key, v); with recursive c(i) as (select 1 union all select i + 1 from c where i < 5000) insert into t select i, hex(randomblob(20)) from c;";
    using ends = new TwoEnds(script, "", (bytes) => bytes.fill(0xff, 20 * 4096, 30 * 4096));
    expect(() => compareDatabases(ends.db)).toThrow(
      expect.objectContaining({ code: "target-damaged", message: expect.stringContaining("reading table t: ") }),
    );
  });
});

describe("the comparison", () => {
  it("takes part in an open transaction, seeing what it wrote", () => {
    using ends = new TwoEnds(USERS);
    ends.db.exec("begin; delete from users where id = 1");
    expect(compareDatabases(ends.db).tables).toMatchObject([{ removed: 1 }]);
    ends.db.exec("rollback");
    expect(sameData(compareDatabases(ends.db))).toBe(true);
    expect(ends.db.inTransaction).toBe(false);
  });
});
