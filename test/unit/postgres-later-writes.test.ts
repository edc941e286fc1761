import { execFileSync } from "node:child_process";
import { chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { JsonValue } from "../../src/domain/canonical-json.ts";
import type { LaterWrites } from "../../src/domain/result.ts";
import { makeMark, markOfNow, writesSince } from "../../src/engine/postgres/later-writes.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { cluster, ownCluster, type As, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";
import { asServerUser, serverUser } from "../support/postgres/programs.ts";

const MADE = `
create table person (id serial primary key, name text); insert into person (name) values ('Ann'), ('Bob'), ('Cid');
create table parts (id integer, day date) partition by range (day);
create table p1 partition of parts for values from ('2000-01-01') to ('2001-01-01'); create table p2 partition of parts for values from ('2001-01-01') to ('2002-01-01');
insert into parts values (1, '2000-02-02'), (2, '2001-02-02');
create table child () inherits (person); insert into child values (9, 'Kid');
create schema audit; create table audit.log (what text); insert into audit.log values ('a'), ('b');
create table belay_migrations (id text); create schema belay; create table belay.state (id integer);
create sequence ticket; create materialized view seen as select * from person`;

const write = (table: string, written: number | null, gone: number | null): LaterWrites => ({ table, written, gone });

/** What somebody did after the mark, and what is to be told of it. */
const DEEDS: readonly (readonly [sql: string, writes: readonly LaterWrites[]])[] = [
  ["select 1", []],
  ["insert into person (name) values ('Dan'), ('Eve')", [write("person", 2, 0)]],
  ["update person set name = 'X' where id < 3", [write("person", 2, 2)]],
  ["update person set name = name where id = 1; update person set name = 'again' where id = 1", [write("person", 1, 1)]],
  ["delete from person where id = 1", [write("person", 0, 1)]],
  ["insert into person (name) values ('x'); delete from person where name = 'x'", []],
  ["begin; insert into person (name) values ('x'); delete from audit.log; rollback", []],
  [
    "begin; savepoint a; insert into person (name) values ('x'); rollback to a; insert into audit.log values ('c'); commit",
    [write("audit.log", 1, 0)],
  ],
  ["begin; savepoint a; insert into person (name) values ('x'); release a; commit", [write("person", 1, 0)]],
  ["begin; select * from person for update; select * from audit.log for key share; commit", []],
  ["vacuum person; vacuum freeze audit.log; analyze", []],
  ["begin; truncate person; rollback", []],
  ["truncate audit.log", [write("audit.log", 0, 2)]],
  ["truncate audit.log; insert into audit.log values ('z')", [write("audit.log", 1, 2)]],
  ["alter table audit.log add at timestamptz default clock_timestamp()", [write("audit.log", 2, 2)]],
  ["alter table audit.log add note text default 'none'; create index on audit.log (what)", []],
  ["drop table audit.log", [write("audit.log", 0, 2)]],
  ["drop table audit.log; create table audit.log (what text); insert into audit.log values ('b')", [write("audit.log", 1, 2)]],
  ["create table more (id integer); insert into more values (1)", [write("more", 1, 0)]],
  ["create table more (id integer)", []],
  ["insert into parts values (3, '2001-03-03'); delete from parts where id = 1", [write("parts", 1, 1)]],
  ["create table p3 partition of parts default; insert into parts values (3, '2020-03-03')", [write("parts", 1, 0)]],
  ["truncate p1", [write("parts", 1, 2)]],
  ["insert into child values (10, 'Kit')", [write("child", 1, 0)]],
  ["insert into belay_migrations values ('1'); insert into belay.state values (1)", [write("belay_migrations", 1, 0)]],
  ["refresh materialized view seen", []],
  ["select nextval('person_id_seq')", []],
  ["select nextval('ticket')", [write("sequence ticket", null, null)]],
];

describe.each([
  [15, "superuser"],
  [15, "owner"],
  [18, "superuser"],
  [18, "owner"],
] as const)("later writes on PostgreSQL %s as %s", (version, as: As) => {
  let server: Cluster;
  let database: TestDatabase;
  let mark: JsonValue;

  beforeAll(async () => {
    server = await cluster(version);
    database = await server.createDatabase({ owner: as });
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  async function marked(of: TestDatabase): Promise<JsonValue> {
    await using connection = await serverAt(of.address(as), {}).connect();
    // As the journal keeps it.
    return JSON.parse(JSON.stringify(await makeMark(connection, { schemas: null }))) as JsonValue;
  }

  async function ofNow(value: JsonValue): Promise<JsonValue> {
    await using connection = await serverAt(database.address(as), {}).connect();
    return await markOfNow(connection, value);
  }

  async function since(value: JsonValue, of = database): Promise<readonly LaterWrites[] | null> {
    await using connection = await serverAt(of.address(as), {}).connect();
    return await writesSince(connection, value);
  }

  describe("are counted", () => {
    beforeEach(async () => {
      database.sql(
        "drop schema if exists audit, belay cascade; drop sequence if exists ticket; drop table if exists person, parts, more, belay_migrations cascade",
        as,
      );
      database.sql(MADE, as);
      mark = await marked(database);
    });

    it.each(DEEDS)("%s", async (sql, writes) => {
      const later = await ofNow(mark);
      expect(await since(mark)).toEqual([]);
      database.sql(sql, as);
      expect(await since(mark)).toEqual(writes);
      expect(await since(later)).toEqual(writes);
    });
  });

  it("count what a transaction writes that ran when the mark was made", async () => {
    await using own = await server.createDatabase({ owner: as });
    own.sql("create table t (id integer); insert into t values (1), (2), (3)", as);
    await using slow = await serverAt(own.address(as), {}).connect();
    await using slower = await serverAt(own.address(as), {}).connect();
    await slow.run(
      "begin; insert into public.t values (4); delete from public.t where id = 1; savepoint a; insert into public.t values (5)",
    );
    await slower.run("begin; insert into public.t values (6)");
    own.sql("insert into t values (7)", as);
    const value = await marked(own);
    expect(await since(value, own)).toEqual([]);
    await slow.run("commit");
    await slower.run("rollback");
    expect(await since(value, own)).toEqual([write("t", 2, 1)]);
  });

  it("tell what a subtransaction of then changed from the rows that were written beside it", async () => {
    await using own = await server.createDatabase({ owner: as });
    await using older = await serverAt(own.address(as), {}).connect();
    await older.run("begin; select pg_catalog.txid_current()");
    own.sql("create table t (id integer, name text); insert into t values (1, 'a'), (2, 'b')", as);
    await using slow = await serverAt(own.address(as), {}).connect();
    await slow.run("begin; savepoint a; update public.t set name = 'c' where id = 1");
    own.sql("insert into t values (3, 'd')", as);
    const value = await marked(own);
    expect(await since(value, own)).toEqual([]);
    await slow.run("commit");
    expect(await since(value, own)).toEqual([write("t", 1, 1)]);
    await older.run("rollback");
    expect(await since(value, own)).toEqual([write("t", 1, 1)]);
  });

  it("are unknown, not none, for another database, for what is no mark, and for one from too long ago", async () => {
    await using own = await server.createDatabase({ owner: as });
    own.sql("create table t (id integer)", as);
    const value = (await marked(own)) as Record<string, JsonValue>;
    expect(await since(value, own)).toEqual([]);
    expect(await since(value)).toBeNull();
    for (const wrong of [null, {}, "x", { ...value, version: 1 }, { ...value, next: "x" }, { ...value, tables: { t: 1 } }]) {
      expect(await since(wrong, own)).toBeNull();
    }
    const { next } = value;
    const number = BigInt(typeof next === "string" ? next : 0);
    expect(await since({ ...value, next: String(number + 1000n) }, own)).toBeNull();
    expect(await since({ ...value, oldest: String(number - 2n ** 31n) }, own)).toBeNull();
  });
});

describe("later writes where transaction numbers begin anew", () => {
  it("are counted, and rows from before the last round are old", async () => {
    await using own = await ownCluster(15, { settings: { autovacuum: "off" } });
    own.psql(
      "postgres",
      "create table t (id integer); insert into t select generate_series(1, 5); update pg_database set datallowconn = true",
    );
    for (const database of ["postgres", "template1", "template0"]) own.psql(database, "vacuum freeze");
    await own.stop();
    nearlyAround(own.bin, join(own.facts.directory, "data"));
    await own.start();
    await using connection = await serverAt(own.superuser("postgres"), {}).connect();
    await connection.run("insert into public.t values (6)");
    const mark = await makeMark(connection, { schemas: null });
    for (let number = 0; number < 200; number += 1) await connection.run("select pg_catalog.txid_current()");
    expect(await writesSince(connection, mark)).toEqual([]);
    await connection.run("insert into public.t values (7), (8); delete from public.t where id = 3");
    expect(await connection.rows("select count(*) from public.t where pg_catalog.age(xmin) < 0")).toEqual([["4"]]);
    expect(await writesSince(connection, mark)).toEqual([write("t", 2, 1)]);
  }, 60_000);
});

/** As if 2^32 - 96 transactions had passed; the file that tells how the last of them ended is then to be there. */
function nearlyAround(bin: string, data: string): void {
  const user = serverUser();
  const [program = "", ...rest] = asServerUser(user, [join(bin, "pg_resetwal"), "-x", "4294967200", "-u", "4294000000", "-D", data]);
  execFileSync(program, rest);
  const file = join(data, "pg_xact", "0FFF");
  writeFileSync(file, Buffer.alloc(262_144), { mode: 0o600 });
  chownSync(file, user.uid, user.gid);
}

it("where the whole server is quiet, no row is looked at", async () => {
  await using server = await ownCluster(15, { settings: { autovacuum: "off" } });
  await using own = await server.createDatabase();
  own.sql("create table t (id integer); insert into t values (1); create sequence ticket");
  await using connection = await serverAt(own.address("owner"), {}).connect();
  const made = await makeMark(connection, { schemas: null });
  // whoever counts waits for this lock
  await using locker = await serverAt(own.address("owner"), {}).connect();
  await locker.run("begin; lock table public.t in access exclusive mode");
  await connection.run("set lock_timeout = 100");
  expect(await writesSince(connection, made)).toEqual([]);
  own.sql("select nextval('ticket')");
  expect((await writesSince(connection, made).catch(() => "it counts")) === "it counts").toBe(true);
  await locker.run("rollback");
  expect(await writesSince(connection, made)).toEqual([write("sequence ticket", null, null)]);
  const later = await markOfNow(connection, made);
  own.sql("insert into t values (2)");
  expect(await writesSince(connection, later)).toEqual([write("sequence ticket", null, null), write("t", 1, 0)]);
});
