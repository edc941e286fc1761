import Database from "better-sqlite3";
import { describe, expect, it, test } from "vitest";

import { sameSchema, schemaDifference, toldDifference, type SchemaDifference } from "../../src/domain/schema.ts";
import { readSchema, readSequences, type SchemaOptions } from "../../src/engine/sqlite/schema.ts";
import { TwoEnds } from "../support/two-ends.ts";

function difference(script: string, change: string, options: SchemaOptions = {}): SchemaDifference {
  using ends = new TwoEnds(script, change);
  const [before, after] = [readSchema(ends.db, "before", options), readSchema(ends.db, "main", options)];
  expect(sameSchema(before, after)).toBe(Object.values(schemaDifference(before, after)).flat().length === 0);
  return schemaDifference(before, after);
}

const same: SchemaDifference = { added: [], removed: [], changed: [] };

/** Writes another CREATE statement for `t`, as a migration that rebuilds the table would. */
const between = (old: string, now: string) => difference(`create table other(id integer primary key); ${old}`, `drop table t; ${now}`);

describe("a snapshot", () => {
  it("lists every object under the name that people use", () => {
    using ends = new TwoEnds(`
      create table album(id integer primary key);
      create table track(id integer primary key autoincrement, title text not null default '?', album_id int references album on delete cascade, price real check (price > 0), unique (title, album_id)) strict;
      create index track_title on track(title collate nocase) where price is not null;
      create view cheap as select * from track where price < 1;
      create trigger no_delete before delete on track begin select raise(abort, 'no'); end;
      create virtual table notes using fts5(body);
      pragma user_version = 7;`);
    const { objects } = readSchema(ends.db);
    expect(objects.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "column album.id",
      "column notes.body",
      "column track.album_id",
      "column track.id",
      "column track.price",
      "column track.title",
      "constraint check track(price > 0)",
      "constraint fk track(album_id)",
      "constraint pk album",
      "constraint pk track",
      "constraint unique track(title, album_id)",
      "index track_title",
      "setting application_id",
      "setting auto_vacuum",
      "setting encoding",
      "setting page_size",
      "setting user_version",
      "table album",
      "table notes",
      "table track",
      "trigger no_delete",
      "view cheap",
    ]);
    expect(objects.find(({ kind, name }) => kind === "table" && name === "track")?.definition).toBe("TABLE STRICT AUTOINCREMENT");
    expect(objects.find(({ name }) => name === "track.title")?.definition).toBe("TEXT; DEFAULT '?'; NOT NULL");
    expect(objects.find(({ name }) => name === "user_version")?.definition).toBe("7");
  });

  it("reads the attached before-copy as it reads the target", () => {
    using ends = new TwoEnds("create table t(a, b); create index i on t(a); pragma user_version = 3");
    expect(readSchema(ends.db, "before")).toEqual(readSchema(ends.db, "main"));
  });

  it("names what a migration did as a person would", () => {
    expect(
      difference(
        "create table t(a); create index i on t(a)",
        "alter table t add column b text; create table review(id); drop index i; pragma user_version = 2",
      ),
    ).toEqual({
      added: ["column review.id", "column t.b", "table review"],
      removed: ["index i"],
      changed: ["setting user_version"],
    });
  });

  it("leaves out Belay's history and SQLite's statistics, unless all is asked for", () => {
    const change =
      "create table belay_migrations(id text primary key); create index h on belay_migrations(id); analyze; insert into t values (1, 2)";
    expect(difference("create table t(a, b)", change)).toEqual(same);
    expect(difference("create table t(a, b)", change, { include: "all" }).added).toEqual([
      "column belay_migrations.id",
      "constraint pk belay_migrations",
      "index h",
      "table belay_migrations",
    ]);
  });

  it("of everything sees also how statements are written and in which order the columns stand", () => {
    const order = ["create table t(a int, b int)", "drop table t; create table t(b int, a int)"] as const;
    expect(difference(...order)).toEqual(same);
    expect(difference(...order, { include: "all" })).toEqual({ ...same, changed: ["table t"] });
    const spaces = ["create view v as select 1", "drop view v; create view v as select  1"] as const;
    expect(difference(...spaces)).toEqual(same);
    expect(difference(...spaces, { include: "all" })).toEqual({ ...same, changed: ["view v"] });
  });

  it("ignores rows, vacuum, journal mode and the schema cookie", () => {
    expect(
      difference("create table t(a)", "insert into t values (1); create table x(a); drop table x; vacuum; pragma schema_version = 99"),
    ).toEqual(same);
  });

  it("holds what a virtual table without its module says of itself", () => {
    const db = new Database(":memory:");
    db.unsafeMode(true);
    db.exec(
      "pragma writable_schema = on; insert into sqlite_schema values ('table', 'sheet', 'sheet', 0, 'CREATE VIRTUAL TABLE sheet USING csv(filename=x)')",
    );
    const file = db.serialize();
    db.close();
    const reopened = new Database(file);
    expect(readSchema(reopened).objects.filter(({ kind }) => kind === "table")).toEqual([
      { kind: "table", name: "sheet", definition: "CREATE VIRTUAL TABLE sheet USING csv(filename = x)" },
    ]);
    reopened.close();
  });
});

describe("a rewritten table is unchanged", () => {
  it.each([
    ["in white space and comments", "create table t(a int,b text)", "create table t ( /* a */ a   int, -- the first\n\tb text\n)"],
    ["in the case of keywords", "create table t(a int primary key not null)", "CREATE TABLE t(a INT PRIMARY KEY NOT NULL)"],
    [
      "in the case of types and collations",
      "create table t(a varchar(10) collate nocase)",
      "create table t(a VARCHAR( 10 ) collate NOCASE)",
    ],
    ["in needless quotes", "create table t(a int, check (a > 0))", 'create table "t"([a] int, check ("a" > 0))'],
    ["in the order of clauses", "create table t(a int not null default 5)", "create table t(a int default 5 not null)"],
    ["in a spelled-out NULL", "create table t(a int)", "create table t(a int null)"],
    [
      "in spelled-out actions",
      "create table t(a references other)",
      "create table t(a references other on update no action on delete no action)",
    ],
    [
      "in the order of actions",
      "create table t(a references other on update cascade on delete set null)",
      "create table t(a references other on delete set null on update cascade)",
    ],
    [
      "in where a constraint stands",
      "create table t(a int references other, b int unique)",
      "create table t(a int, b int, foreign key (a) references other, unique (b))",
    ],
    [
      "in GENERATED ALWAYS and VIRTUAL spelled out",
      "create table t(a, b as (a + 1))",
      "create table t(a, b generated always as (a+1) virtual)",
    ],
    ["in the order of columns", "create table t(a int, b text)", "create table t(b text, a int)"],
  ])("%s", (_, old, now) => {
    expect(between(old, now)).toEqual(same);
  });

  it("by renaming it away and back, which makes SQLite rewrite its quotes", () => {
    const script =
      "create table t(id integer primary key, up int references t(id)); create index i on t(up); create view v as select id from t;";
    expect(difference(script, "alter table t rename to u; alter table u rename to t")).toEqual(same);
  });

  it("by the rebuild that SQLite's documentation advises", () => {
    const definition = "(id integer primary key, name text not null unique, parent int references t(id) on delete cascade)";
    expect(
      difference(
        `create table t${definition}; create index i on t(name);`,
        `create table n${definition}; insert into n select * from t; drop table t; alter table n rename to t; create index i on t(name);`,
      ),
    ).toEqual(same);
  });
});

describe("a real change is reported, and nothing but it:", () => {
  it.each<[string, string, string, Partial<SchemaDifference>]>([
    ["type", "a int", "a text", { changed: ["column t.a"] }],
    ["length of a type", "a varchar(10)", "a varchar(11)", { changed: ["column t.a"] }],
    ["NOT NULL", "a int", "a int not null", { changed: ["column t.a"] }],
    ["conflict clause of NOT NULL", "a int not null", "a int not null on conflict ignore", { changed: ["column t.a"] }],
    ["default", "a default 1", "a default 2", { changed: ["column t.a"] }],
    ["sign of a default", "a default 1", "a default -1", { changed: ["column t.a"] }],
    ["type of a default", "a default 1", "a default '1'", { changed: ["column t.a"] }],
    ["case of a default's word", "a default Abc", "a default abc", { changed: ["column t.a"] }],
    ["default expression", "a default (1 + 2)", "a default (1 + 3)", { changed: ["column t.a"] }],
    ["space inside of a default's string", "a default 'x y'", "a default 'x  y'", { changed: ["column t.a"] }],
    ["comment marks inside of a string", "a default 'x --y'", "a default 'x --z'", { changed: ["column t.a"] }],
    ["collation", "a text collate nocase", "a text", { changed: ["column t.a"] }],
    ["generated expression", "a, b as (a + 1)", "a, b as (a + 2)", { changed: ["column t.b"] }],
    ["stored instead of virtual", "a, b as (a + 1)", "a, b as (a + 1) stored", { changed: ["column t.b"] }],
    ["generated instead of plain", "a, b", "a, b as (a)", { changed: ["column t.b"] }],
    ["column", "a", "a, b", { added: ["column t.b"] }],
    ["renamed column", "a, b", "a, c", { added: ["column t.c"], removed: ["column t.b"] }],
    ["case of a column", "a, b", "a, B", { added: ["column t.B"], removed: ["column t.b"] }],
    ["primary key", "a int, b", "a int primary key, b", { added: ["constraint pk t"], changed: ["column t.a"] }],
    [
      "order in the primary key",
      "a, b, primary key (a, b)",
      "a, b, primary key (b, a)",
      { changed: ["column t.a", "column t.b", "constraint pk t"] },
    ],
    ["direction in the primary key", "a, b, primary key (a, b)", "a, b, primary key (a, b desc)", { changed: ["constraint pk t"] }],
    ["conflict clause of the key", "a int primary key", "a int primary key on conflict replace", { changed: ["constraint pk t"] }],
    ["AUTOINCREMENT", "a integer primary key", "a integer primary key autoincrement", { changed: ["table t"] }],
    [
      "AUTOINCREMENT of a table constraint",
      "a integer, primary key (a)",
      "a integer, primary key (a autoincrement)",
      { changed: ["table t"] },
    ],
    ["unique", "a, b", "a, b, unique (a, b)", { added: ["constraint unique t(a, b)"] }],
    [
      "collation in unique",
      "a, unique (a)",
      "a, unique (a collate nocase)",
      { added: ["constraint unique t(a COLLATE nocase)"], removed: ["constraint unique t(a)"] },
    ],
    ["foreign key", "a", "a references other", { added: ["constraint fk t(a)"] }],
    ["parent of a foreign key", "a references other", "a references t", { changed: ["constraint fk t(a)"] }],
    ["parent's column", "a references other(id)", "a references other(x)", { changed: ["constraint fk t(a)"] }],
    ["action", "a references other", "a references other on delete cascade", { changed: ["constraint fk t(a)"] }],
    ["deferrability", "a references other", "a references other deferrable initially deferred", { changed: ["constraint fk t(a)"] }],
    [
      "negated deferrability",
      "a references other deferrable initially deferred",
      "a references other not deferrable initially deferred",
      { changed: ["constraint fk t(a)"] },
    ],
    [
      "second foreign key on a column",
      "a references other",
      "a references other, foreign key (a) references t(a)",
      { added: ["constraint fk t(a) #2"] },
    ],
    ["check", "a check (a > 0)", "a check (a > 1)", { added: ["constraint check t(a > 1)"], removed: ["constraint check t(a > 0)"] }],
    ["named check", "a, constraint pos check (a > 0)", "a, constraint pos check (a > 1)", { changed: ["constraint check t.pos"] }],
    ["name of a constraint", "a, constraint x unique (a)", "a, constraint y unique (a)", { changed: ["constraint unique t(a)"] }],
    [
      "quoted keyword in a check",
      'a, "null", check (a is not null)',
      'a, "null", check (a is not "null")',
      { added: ['constraint check t(a IS NOT "null")'], removed: ["constraint check t(a IS NOT NULL)"] },
    ],
    [
      "one of two constraints without a comma",
      "a, unique (a) check (a > 0)",
      "a, unique (a) check (a > 1)",
      { added: ["constraint check t(a > 1)"], removed: ["constraint check t(a > 0)"] },
    ],
  ])("%s", (_, old, now, expected) => {
    const found = between(`create table t(${old})`, `create table t(${now})`);
    expect({ ...found, added: [...found.added].sort(), changed: [...found.changed].sort() }).toEqual({ ...same, ...expected });
  });

  it.each<[string, string, string, Partial<SchemaDifference>]>([
    ["STRICT", "create table t(a int)", "create table t(a int) strict", { changed: ["table t"] }],
    [
      "WITHOUT ROWID",
      "create table t(a int not null primary key)",
      "create table t(a int not null primary key) without rowid",
      { changed: ["table t"] },
    ],
    [
      "arguments of a virtual table",
      "create virtual table t using fts5(a)",
      "create virtual table t using fts5(a, prefix=2)",
      { changed: ["table t"] },
    ],
    [
      "view instead of a table",
      "create table t(a)",
      "create view t as select 1 as a",
      { added: ["view t"], removed: ["column t.a", "table t"] },
    ],
  ])("%s", (_, old, now, expected) => {
    expect(between(old, now)).toEqual({ ...same, ...expected });
  });

  it.each<[string, string, string, Partial<SchemaDifference>]>([
    ["columns of an index", "create index i on t(a)", "create index i on t(b)", { changed: ["index i"] }],
    ["unique index", "create index i on t(a)", "create unique index i on t(a)", { changed: ["index i"] }],
    ["condition of an index", "create index i on t(a) where b > 0", "create index i on t(a) where b > 1", { changed: ["index i"] }],
    ["expression of an index", "create index i on t(lower(a))", "create index i on t(upper(a))", { changed: ["index i"] }],
    [
      "direction and collation of an index",
      "create index i on t(a)",
      "create index i on t(a collate nocase desc)",
      { changed: ["index i"] },
    ],
  ])("%s", (_, old, now, expected) => {
    expect(difference(`create table t(a, b); ${old}`, `drop index i; ${now}`)).toEqual({ ...same, ...expected });
  });

  it("query of a view, body of a trigger", () => {
    expect(difference("create view v as select 'a b'", "drop view v; create view v as select 'a  b'")).toEqual({
      ...same,
      changed: ["view v"],
    });
    const trigger = (body: string) => `create trigger g after insert on t begin ${body}; end;`;
    expect(
      difference(`create table t(a); ${trigger("delete from t where a = 1")}`, `drop trigger g; ${trigger("delete from t where a = 2")}`),
    ).toEqual({ ...same, changed: ["trigger g"] });
  });

  it.each([
    ["user_version", "pragma user_version = 5"],
    ["application_id", "pragma application_id = 5"],
    ["auto_vacuum", "pragma auto_vacuum = 2; vacuum"],
    ["page_size", "pragma page_size = 8192; vacuum"],
  ])("setting %s", (setting, change) => {
    using ends = new TwoEnds("create table t(a)");
    const written = new Database(":memory:");
    written.exec(`${change}; create table t(a)`);
    const after = readSchema(written);
    written.close();
    expect(schemaDifference(readSchema(ends.db, "before"), after)).toEqual({ ...same, changed: [`setting ${setting}`] });
  });
});

describe("names of tables and columns", () => {
  it.each(["with space", 'a "quoted" one', "select", "größe", "a.b", "(", "x,y", "--", "/*", "check"])("may be anything: %s", (name) => {
    const quoted = `"${name.replaceAll('"', '""')}"`;
    const script = `create table ${quoted}(${quoted} int primary key, plain text references ${quoted}(${quoted}));`;
    expect(difference(script, `alter table ${quoted} add column extra`).added).toHaveLength(1);
    using ends = new TwoEnds(script);
    expect(
      readSchema(ends.db)
        .objects.filter(({ kind }) => kind !== "setting")
        .map(({ kind }) => kind),
    ).toEqual(["column", "column", "constraint", "constraint", "table"]);
  });
});

describe("sequences", () => {
  it("are read by table, exactly, at both ends", () => {
    using ends = new TwoEnds(
      "create table a(id integer primary key autoincrement); create table b(id integer primary key autoincrement); insert into a values (9007199254740993);",
      "insert into b default values; delete from b",
    );
    expect(readSequences(ends.db, "before")).toEqual({ a: "9007199254740993" });
    expect(readSequences(ends.db)).toEqual({ a: "9007199254740993", b: "1" });
  });

  it("are none where no table ever asked for them", () => {
    using ends = new TwoEnds("create table a(id integer primary key)");
    expect(readSequences(ends.db)).toEqual({});
  });
});

test("a table that came or went is told without its parts, tables first, and nothing else is left out", () => {
  const child = "references par(id)";
  using ends = new TwoEnds(
    `create table par(id integer primary key); create table gone(a unique, b int ${child}); create table "new.er"(x)`,
    `drop table gone; alter table par add column more; alter table "new.er" add column y;
     create table new(id integer primary key, p int ${child}, check (p > 0), check (p < 9)); create index new_p on new(p)`,
  );
  expect(toldDifference(readSchema(ends.db, "before"), readSchema(ends.db, "main"))).toEqual({
    added: ["table new", 'column "new.er".y', "column par.more", "index new_p"],
    removed: ["table gone"],
    changed: [],
  });
});
