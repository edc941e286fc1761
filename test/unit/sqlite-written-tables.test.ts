import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, test } from "vitest";

import { BelayError } from "../../src/domain/error.ts";
import { ForeignKeyCheck, type ReferenceWatch, type Violations, violationsOf } from "../../src/engine/sqlite/foreign-keys.ts";
import { TransactionWrites } from "../../src/engine/sqlite/written-tables.ts";

const SETUP = `
  create table person (id integer primary key, name text unique, boss integer references person (id));
  create table pet (id integer primary key, owner integer references Person, name text references person (name));
  create table toy (code text primary key, pet integer references pet (id)) without rowid;
  create table visit (pet integer references pet (id), at text) ;
  create table note (x);
  create index visit_pet on visit (pet);
  create unique index note_x on note (x);
  create trigger person_gone after delete on person begin delete from visit where pet in (select id from pet where owner = old.id); insert into note values (old.name); end;
  create view v as select * from pet;
  create trigger v_insert instead of insert on v begin insert into pet (id, owner) values (new.id, new.owner); end;
  create virtual table words using fts5 (body);
  insert into person values (1, 'Ann', null), (2, 'Bob', 1), (3, 'Cid', 9);
  insert into pet values (1, 1, 'Ann'), (2, 2, 'Bob'), (3, 7, null);
  insert into toy values ('ball', 1), ('rope', 2), ('bone', 8);
  insert into visit values (1, 'mon'), (2, 'tue'), (6, 'wed');
`;

const STATEMENTS = [
  "insert into person values (10, 'Dan', 77)",
  "insert or replace into person values (1, 'Zoe', null)",
  "update person set name = 'Eve' where id = 2",
  "update person set id = id + 100 where id = 1",
  "delete from person where id = 2",
  "delete from person",
  "delete from pet",
  "insert into v values (50, 60, null)",
  "-- a comment first\n  update pet set owner = 42 where id = 1",
  "with gone as (select 1 as id) delete from pet where id in (select id from gone)",
  "update toy set pet = 5 where code = 'ball'",
  "insert into toy select code || 'x', 99 from toy",
  "insert into visit select * from visit",
  "update visit set pet = person.id + 1000 from person where visit.pet = person.id",
  "drop table pet",
  "drop table if exists toy",
  "create table toy (code text primary key, pet integer references pet (id))",
  "create table pet (id integer primary key, owner integer, name text)",
  "alter table person rename to people",
  "alter table people rename to person",
  "alter table pet rename column owner to keeper",
  "alter table pet add column vet integer references note (x)",
  "alter table visit drop column at",
  "alter table note add column person integer default 99 references person (id)",
  "alter table note add column colour text default 'red'",
  "create unique index pet_name on pet (name)",
  "create table if not exists note (x)",
  'create table "nowhere" (id integer primary key)',
  "create table strays (at integer references nowhere (id)); insert into strays values (1)",
  "insert into strays values (2)",
  "create table mismatch (x references note (x))",
  "insert into mismatch values (1)",
  "drop index note_x",
  "create table copy as select * from visit",
  "create table later (p integer references pet (id)); insert into later values (4711)",
  "insert into later values (4712)",
  "insert into words values ('a rope')",
  "insert into note values (7), ('Ann')",
  "pragma user_version = 3",
  "analyze",
  "create temp trigger shadow after insert on note begin delete from person where name = new.x; end",
];

function database(): Database.Database {
  const db = new Database(":memory:");
  db.pragma("foreign_keys = off");
  db.exec(SETUP);
  return db;
}

/** What a transaction broke, worked out from everything before it and everything after it. */
function broken(before: Violations, after: Violations): string[] {
  return [...after].flatMap(([table, found]) =>
    [...found].filter(([violation, count]) => count > (before.get(table)?.get(violation) ?? 0)).map(([violation]) => violation),
  );
}

function brokenBy(watch: ReferenceWatch): readonly string[] {
  try {
    watch.assertNoneBroken();
    return [];
  } catch (error) {
    if (!(error instanceof BelayError) || error.code !== "foreign-key-violation") throw error;
    return error.facts["violations"] as readonly string[];
  }
}

function attempt(db: Database.Database, sql: string): void {
  try {
    db.exec(sql);
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error; // a statement that no longer fits the structure: others follow
  }
}

test("reading only what may be broken finds the same as reading everything before and after", () => {
  const verdicts = { broken: 0, sound: 0 };
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.constantFrom(...STATEMENTS), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (transactions, autoVacuum) => {
        const db = new Database(":memory:");
        db.pragma("foreign_keys = off");
        if (autoVacuum) db.pragma("auto_vacuum = full");
        db.exec(SETUP);
        const check = new ForeignKeyCheck(db);
        for (const statements of transactions) {
          db.exec("begin");
          const before = violationsOf(db);
          const watch = check.watch();
          for (const sql of statements) {
            watch.note(sql);
            attempt(db, sql);
          }
          const wanted = broken(before, violationsOf(db));
          expect(brokenBy(watch)).toEqual(wanted.slice(0, 10));
          verdicts[wanted.length > 0 ? "broken" : "sound"]++;
          if (wanted.length > 0) db.exec("rollback");
          else {
            const left = watch.assertNoneBroken();
            db.exec("commit");
            check.settled(left);
          }
        }
        db.close();
      },
    ),
    { numRuns: 400, interruptAfterTimeLimit: 8_000, markInterruptAsFailure: false },
  );
  expect(Math.min(verdicts.broken, verdicts.sound)).toBeGreaterThan(10);
});

test("a migration that only adds reads no table at all", () => {
  const db = database();
  const read: string[] = [];
  const prepare = db.prepare.bind(db);
  db.prepare = ((sql: string) => {
    if (sql.includes("foreign_key_check")) read.push(sql);
    return prepare(sql);
  }) as typeof db.prepare;
  const watch = new ForeignKeyCheck(db).watch();
  for (const sql of [
    "create table if not exists setting (key text primary key, value text)",
    "insert into setting values ('a', 'b')",
    "alter table pet add column colour text default 'red'",
    "create index pet_colour on pet (colour)",
    "create view red as select * from pet where colour = 'red'",
  ]) {
    watch.note(sql);
    db.exec(sql);
  }
  watch.assertNoneBroken();
  expect(read).toEqual([]);
  watch.note("update pet set owner = 99");
  db.exec("update pet set owner = 99");
  expect(brokenBy(watch)).not.toEqual([]);
});

test("the first references of a database are checked, too", () => {
  const db = new Database(":memory:");
  db.pragma("foreign_keys = off");
  db.exec("create table person (id integer primary key)");
  const check = new ForeignKeyCheck(db);
  const fill = (person: number) => {
    db.exec("begin");
    const watch = check.watch();
    for (const sql of ["create table pet (owner integer references person (id))", `insert into pet values (${person})`]) {
      watch.note(sql);
      db.exec(sql);
    }
    return brokenBy(watch);
  };
  expect(fill(99)).toEqual(["pet(owner) → person (owner=99)"]);
  db.exec("rollback; insert into person values (1)");
  expect(fill(1)).toEqual([]);
});

test("a small migration of a large database reads none of its large tables", () => {
  const db = database();
  const writes = new TransactionWrites(db);
  for (const sql of [
    "create table setting (key text primary key, value text)",
    "insert into setting values ('a', 'b')",
    "alter table note add column y",
    "update note set y = 1",
  ]) {
    writes.note(sql);
    db.exec(sql);
  }
  expect(writes.tables()).toEqual(new Set(["setting", "note"]));
});

test.each(["insert into words values ('x')", "select 1; delete from pet", "nonsense"])("what cannot be told means any table: %s", (sql) => {
  const db = database();
  const writes = new TransactionWrites(db);
  writes.note(sql);
  expect(writes.tables()).toBe("any");
});
