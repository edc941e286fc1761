import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, test } from "vitest";

import { violationsOf } from "../../src/engine/sqlite/foreign-keys.ts";
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

test("reading only what was written finds the same violations as reading everything", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.constantFrom(...STATEMENTS), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (transactions, autoVacuum) => {
        const db = new Database(":memory:");
        db.pragma("foreign_keys = off");
        if (autoVacuum) db.pragma("auto_vacuum = full");
        db.exec(SETUP);
        let known = violationsOf(db);
        for (const statements of transactions) {
          db.exec("begin");
          const writes = new TransactionWrites(db);
          for (const sql of statements) {
            writes.note(sql);
            try {
              db.exec(sql);
            } catch (error) {
              if (!(error instanceof Database.SqliteError)) throw error; // a statement that no longer fits the structure: others follow
            }
          }
          known = violationsOf(db, known, writes.tables());
          expect(known).toEqual(violationsOf(db));
          db.exec("commit");
        }
        db.close();
      },
    ),
    { numRuns: 400 },
  );
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
