import { execFileSync } from "node:child_process";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { schemaDifference, type SchemaDifference, type SchemaSnapshot } from "../../src/domain/schema.ts";
import type { Connection } from "../../src/engine/postgres/connection.ts";
import { readSchema } from "../../src/engine/postgres/schema.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { cluster, type As, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";
import { EVERY_KIND_OF_OBJECT, OBJECTS_OF_SUPERUSERS, OTHER_ROLE } from "../support/postgres/structure.ts";

async function snapshot(database: TestDatabase, as: As, schemas: readonly string[] | null = null): Promise<SchemaSnapshot> {
  await using connection = await serverAt(database.address(as), {}).connect();
  return await readSchema(connection, { schemas });
}

const NOTHING = { added: [], removed: [], changed: [] };

/** A change of each kind of fact, and everything that a person is to be told of it. */
const CHANGES: readonly (readonly [sql: string, difference: Partial<SchemaDifference>])[] = [
  ["alter table person add column note text", { added: ["column person.note"] }],
  ["alter table refers add column note text not null default 'x'", { added: ["column refers.note"] }],
  ["alter table refers drop column day", { removed: ["column refers.day", "constraint refers.refers_id_day_fkey"] }],
  ["alter table audit.log alter column what type varchar(20)", { changed: ["column audit.log.what"] }],
  ["alter table audit.log alter column what set default 'x'", { changed: ["column audit.log.what"] }],
  ["alter table audit.log alter column what set not null", { changed: ["column audit.log.what"] }],
  ['alter table audit.log alter column what type text collate "C"', { changed: ["column audit.log.what"] }],
  ["alter table audit.log alter column what set storage external", { changed: ["column audit.log.what"] }],
  ["alter table person alter column number set generated always", { changed: ["column person.number"] }],
  ["alter table heir drop column extra; alter table heir add column extra text", {}],
  [
    'alter table "odd.name"."T.1" drop column "C ""x", add column "C ""x" integer',
    { changed: ['column "odd.name"."T.1"."C ""x"', 'column "odd.name"."T.1".nothing'] },
  ],
  [
    "alter table audit.log rename to logged",
    {
      added: [
        "column audit.logged.at",
        "column audit.logged.id",
        "column audit.logged.person",
        "column audit.logged.what",
        "constraint audit.logged.log_at_excl",
        "constraint audit.logged.log_person_fkey",
        "constraint audit.logged.log_pkey",
        "table audit.logged",
      ],
      removed: [
        "column audit.log.at",
        "column audit.log.id",
        "column audit.log.person",
        "column audit.log.what",
        "constraint audit.log.log_at_excl",
        "constraint audit.log.log_person_fkey",
        "constraint audit.log.log_pkey",
        "table audit.log",
      ],
    },
  ],
  ["alter table audit.log set logged", { changed: ["table audit.log"] }],
  ["alter table person set (fillfactor = 80)", { changed: ["table person"] }],
  ["alter table person disable row level security", { changed: ["table person"] }],
  ["alter table person no force row level security", { changed: ["table person"] }],
  ["alter table person replica identity full", { changed: ["table person"] }],
  [
    "alter table measure detach partition measure_old",
    {
      added: [
        "column measure_old.day",
        "column measure_old.id",
        "column measure_old.person",
        "column measure_old.value",
        "constraint measure_old.measure_old_pkey",
        "constraint measure_old.measure_person_fkey",
      ],
      changed: ["index measure_old_value_idx", "table measure_old"],
    },
  ],
  ["alter table heir no inherit dropped_between", { changed: ["table heir"] }],
  ["alter table person validate constraint grown", { changed: ["constraint person.grown"] }],
  ["alter table audit.log drop constraint log_person_fkey", { removed: ["constraint audit.log.log_person_fkey"] }],
  ["create index log_what on audit.log (what)", { added: ["index audit.log_what"] }],
  ["drop statistics person_pairs", { removed: ["statistics person_pairs"] }],
  [
    "create or replace view grown_up with (security_barrier) as select p.*, coalesce(name, 'z') || 'y' as called from person p",
    { changed: ["view grown_up"] },
  ],
  ["refresh materialized view later", { changed: ["view later"] }],
  ["refresh materialized view tally", {}],
  [
    "create or replace function twice(n integer) returns integer language sql immutable strict parallel safe set search_path = '' as 'select n + n'",
    { changed: ["function twice(n integer)"] },
  ],
  ["alter function twice(integer) volatile", { changed: ["function twice(n integer)"] }],
  [
    "create function twice(n text) returns text language sql as 'select n || n'",
    { added: ["function twice(n text)", "grant on function twice(n text)"] },
  ],
  ["drop aggregate total(integer)", { removed: ["function total(integer)"] }],
  ["alter table person enable trigger told", { changed: ["trigger person.told"] }],
  ["alter policy own on person using (true)", { changed: ["policy person.own"] }],
  ["drop rule quiet on grown_up", { removed: ["rule grown_up.quiet"] }],
  ["alter type mood add value 'great'", { changed: ["type mood"] }],
  ["alter type mood rename value 'ok' to 'fine'", { changed: ["column person.feeling", "type mood"] }],
  ["alter domain positive drop constraint positive_check", { changed: ["type positive"] }],
  ["alter type pair add attribute c date", { changed: ["type pair"] }],
  ["alter sequence ticket increment by 6", { changed: ["sequence ticket"] }],
  ["select nextval('ticket'), setval('person_id_seq', 1000)", {}],
  ["grant delete on person to public", { changed: ["grant on table person"] }],
  ["grant select on audit.log to public", { added: ["grant on table audit.log"] }],
  ["revoke all on audit.log from current_user", { added: ["grant on table audit.log"] }],
  ["revoke select (name) on person from public", { removed: ["grant on column person.name"] }],
  [
    "alter default privileges in schema audit revoke select on tables from belay_other",
    { removed: ["grant by default on tables of app in audit"] },
  ],
  ["comment on column person.name is 'otherwise'", { changed: ["comment on table column public.person.name"] }],
  ["comment on function twice(integer) is null", { removed: ["comment on function public.twice(integer)"] }],
  ["create schema more", { added: ["schema more"] }],
  ["drop cast (pair as text)", { removed: ["cast public.pair as text"] }],
  ["drop operator === (integer, integer)", { removed: ["operator ===(integer, integer)"] }],
  ["create extension citext", { added: ["extension citext"] }],
  ["insert into refers default values; delete from refers; analyze refers", {}],
];

describe.each([15, 18] as const)("schema snapshots of PostgreSQL %s", (version) => {
  let server: Cluster;

  beforeAll(async () => {
    server = await cluster(version);
    server.psql("postgres", `do $$ begin create role ${OTHER_ROLE}; exception when duplicate_object then null; end $$`);
  });

  async function made(as: As, sql: string): Promise<TestDatabase> {
    const database = await server.createDatabase({ owner: as });
    database.sql(sql, as);
    return database;
  }

  async function dumpedAndRestored(from: TestDatabase, as: As): Promise<TestDatabase> {
    const into = await server.createDatabase({ owner: as });
    const dump = execFileSync(`${server.bin}/pg_dump`, ["-Fc", from.address("superuser")], { maxBuffer: 1e8 });
    execFileSync(`${server.bin}/pg_restore`, ["--exit-on-error", "-d", into.address("superuser")], { input: dump });
    return into;
  }

  it.each(["superuser", "owner"] as const)("are the same after a dump and its restore, for %s", async (as) => {
    await using before = await made(as, EVERY_KIND_OF_OBJECT + (as === "superuser" ? OBJECTS_OF_SUPERUSERS : ""));
    await using after = await dumpedAndRestored(before, as);
    const [old, now] = [await snapshot(before, as), await snapshot(after, as)];
    const differing = schemaDifference(old, now).changed.map((label) =>
      [old, now].map(({ objects }) => objects.find(({ kind, name }) => `${kind} ${name}` === label)?.definition),
    );
    expect(differing).toEqual([]);
    expect(schemaDifference(old, now)).toEqual(NOTHING);
    expect(new Set(old.objects.map(({ kind }) => kind)).size).toBeGreaterThan(as === "superuser" ? 20 : 16);
    const labels = old.objects.map(({ kind, name }) => `${kind} ${name}`);
    expect(labels.length).toBe(new Set(labels).size);
  });

  describe("tell a change of each kind", () => {
    let database: TestDatabase;
    let connection: Connection;
    let before: SchemaSnapshot;

    beforeAll(async () => {
      database = await made("owner", EVERY_KIND_OF_OBJECT);
      connection = await serverAt(database.address("owner"), {}).connect();
      before = await readSchema(connection, { schemas: null });
    });

    afterAll(async () => {
      await connection[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    });

    it.each(CHANGES)("%s", async (sql, difference) => {
      const undone = new Error("undone");
      const found: SchemaSnapshot[] = [];
      const work = async () => {
        await connection.run(`set local search_path to public; ${sql}`);
        found.push(await readSchema(connection, { schemas: null }));
        throw undone;
      };
      await expect(connection.transaction("begin", work)).rejects.toBe(undone);
      expect(schemaDifference(before, found[0] ?? before)).toEqual({ ...NOTHING, ...difference });
    });
  });

  it("tell an index that could not be built, and one that is good", async () => {
    await using database = await made("owner", "create table t (a integer); insert into t values (1), (1)");
    expect(() => database.sql("create unique index concurrently t_a on t (a)")).toThrow();
    expect((await snapshot(database, "owner")).objects.find(({ kind }) => kind === "index")?.definition).toMatch(/; invalid$/);
    database.sql("delete from t; reindex index t_a; vacuum full t");
    expect((await snapshot(database, "owner")).objects.find(({ kind }) => kind === "index")?.definition).not.toContain("invalid");
  });

  it("stay with the schemas of a target", async () => {
    await using database = await made("superuser", EVERY_KIND_OF_OBJECT + OBJECTS_OF_SUPERUSERS);
    const { objects } = await snapshot(database, "superuser", ["audit"]);
    expect(objects.filter(({ kind, name }) => !name.includes("audit") && kind !== "grant")).toEqual([]);
    expect(objects.map(({ kind, name }) => `${kind} ${name}`)).toContain("table audit.log");
  });

  it("are quick for hundreds of tables", async () => {
    await using database = await made(
      "owner",
      "do $$ begin for i in 1..400 loop execute format('create table t%s (id serial primary key, a text, b numeric, c timestamptz, d text)', i); if i % 200 = 0 then commit; end if; end loop; end $$",
    );
    await using connection = await serverAt(database.address("owner"), {}).connect();
    const start = performance.now();
    const { objects } = await readSchema(connection, { schemas: null });
    const took = performance.now() - start;
    expect(objects.length).toBeGreaterThan(400 * 7);
    expect(took).toBeLessThan(2000);
  }, 60_000);
});
