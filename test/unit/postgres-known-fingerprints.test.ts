import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { compareDatabases } from "../../src/engine/postgres/compare.ts";
import type { Connection } from "../../src/engine/postgres/connection.ts";
import { fingerprintRows, fingerprintTables, partOfFingerprint } from "../../src/engine/postgres/fingerprint.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { tableEnds } from "../../src/engine/postgres/table-ends.ts";
import { readTables } from "../../src/engine/postgres/tables.ts";
import { cluster, type TestDatabase } from "../support/postgres/cluster.ts";

const ALL = { schemas: null };

const TABLES = `
  create table person (id bigint primary key, name text not null unique, born date, height numeric);
  insert into person select i, 'Person ' || i, date '2000-01-01' + i, i / 10.0 from generate_series(1, 200) i;
  create table pair (a int, b text, note text, primary key (a, b));
  insert into pair select i, 'b' || i, null from generate_series(1, 50) i;
  create table word (at timestamptz, what text);
  insert into word select '2026-01-01', 'word ' || i % 7 from generate_series(1, 50) i;
  create table told (id int primary key, what text);`;

describe("fingerprints of a copy that are known", () => {
  let open: AsyncDisposableStack;
  let before: Connection;
  let after: Connection;
  let target: TestDatabase;

  beforeEach(async () => {
    open = new AsyncDisposableStack();
    const server = await cluster(15);
    target = open.use(await server.createDatabase());
    const copy = open.use(await server.createDatabase());
    for (const database of [target, copy]) database.sql(TABLES);
    const connect = async (database: TestDatabase) => open.use(await serverAt(database.address("owner"), {}).connect());
    [before, after] = [await connect(copy), await connect(target)];
  });
  afterEach(async () => open.disposeAsync());

  test.each([
    ["nothing", ""],
    ["a value", "update person set height = 1.90 where id = 7"],
    ["a key", "update person set id = 1000 where id = 7"],
    ["rows without a key", "delete from word where what = 'word 3'"],
    ["a new column", "alter table person add column nick text default 'x'"],
    ["a dropped column, and a value", "alter table person drop column born; update person set name = 'Nobody' where id = 5"],
    ["a column of another type", "alter table person alter column born type text"],
    ["a key of another type", "alter table person alter column id type int; update person set height = 2 where id = 2"],
    [
      "another primary key",
      "alter table person drop constraint person_pkey, add primary key (name); update person set height = 3 where id = 3",
    ],
    [
      "the columns of a key in another order",
      "alter table pair drop constraint pair_pkey, add primary key (b, a); update pair set note = 'n'",
    ],
    ["a dropped column without a key", "alter table word drop column at; delete from word where what = 'word 2'"],
    ["a dropped table", "drop table told"],
  ])("tell the same as reading it again: %s", async (_, change) => {
    const known = await fingerprintTables(before, await readTables(before, ALL));
    target.sql(change || "select 1");
    expect(await compareDatabases(before, after, ALL, known)).toEqual(await compareDatabases(before, after, ALL));
  });

  test("hold for the columns that both ends have, and only if they are hashed alike", async () => {
    const known = await fingerprintTables(before, await readTables(before, ALL));
    target.sql("alter table person add column nick text, drop column height; alter table pair alter column a type bigint");
    const [old, now] = [await readTables(before, ALL), await readTables(after, ALL)];
    const end = (label: string) => {
      const [was, is] = [old.find((table) => table.label === label), now.find((table) => table.label === label)];
      const whole = known.get(label);
      if (was === undefined || is === undefined || whole === undefined) throw new Error(`no table ${label}`);
      const { from, key, columns } = tableEnds(was, is).before;
      return { part: partOfFingerprint(whole, was, key, columns), read: () => fingerprintRows(before, from, key, columns) };
    };
    for (const label of ["person", "word", "told"]) expect(end(label).part).toEqual(await end(label).read());
    expect(end("pair").part).toBeNull();
  });

  test("are what is compared with: one that is wrong shows every row that it should not have", async () => {
    const known = await fingerprintTables(before, await readTables(before, ALL));
    const [told, person] = [known.get("told"), known.get("person")];
    if (told === undefined || person === undefined) throw new Error("no fingerprint");
    const { tables } = await compareDatabases(before, after, ALL, new Map([...known, ["told", { ...told, rows: 3 }]]));
    expect(tables.find(({ name }) => name === "told")).toMatchObject({ rowsBefore: 3, rowsAfter: 0 });
  });
});
