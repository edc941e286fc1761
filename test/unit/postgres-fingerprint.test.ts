import { execFileSync } from "node:child_process";

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Connection } from "../../src/engine/postgres/connection.ts";
import { fingerprintTables, type TableFingerprint } from "../../src/engine/postgres/fingerprint.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { readTables } from "../../src/engine/postgres/tables.ts";
import { cluster, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";
import { EXTENSIONS, FAMILIES, TYPES } from "../support/postgres/values.ts";

const COLUMNS = FAMILIES.map(({ type }, index) => `c${index} ${type}`).join(", ");
const RUNS = Number(process.env["BELAY_SOAK"] ?? 1) * 40;

/** Settings of a role or database that change what values look like. */
const HOSTILE_SETTINGS = `
set timezone = 'Asia/Kathmandu'; set datestyle = 'German'; set intervalstyle = 'iso_8601'; set bytea_output = 'escape';
set extra_float_digits = -15; set xmloption = 'document'; set xmlbinary = 'hex'; set search_path = far, public; set lc_monetary = 'C.UTF-8';
set quote_all_identifiers = on; set enable_seqscan = off`;

const quoted = (value: string | null) => (value === null ? "null" : `'${value.replaceAll("'", "''")}'`);

async function fingerprints(connection: Connection): Promise<ReadonlyMap<string, TableFingerprint>> {
  return fingerprintTables(connection, await readTables(connection, { schemas: null }));
}

async function wholes(connection: Connection): Promise<Record<string, string>> {
  return Object.fromEntries([...(await fingerprints(connection))].map(([name, { whole }]) => [name, whole]));
}

describe.each([15, 18] as const)("fingerprints on PostgreSQL %s", (version) => {
  let server: Cluster;
  let database: TestDatabase;
  let connection: Connection;

  beforeAll(async () => {
    server = await cluster(version);
    database = await server.createDatabase({ owner: "superuser" });
    database.sql(EXTENSIONS, "superuser");
    database.sql(
      `${TYPES} create table keyed (id integer primary key, ${COLUMNS}); create table keyless (id integer, ${COLUMNS});
       create table named (a text, b bigint, ${COLUMNS}, primary key (a, b))`,
      "superuser",
    );
    connection = await serverAt(database.address("superuser"), {}).connect();
  });

  afterAll(async () => {
    await connection[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  /** What a table comes to, at the end of a transaction that is then undone. */
  async function after(sql: string): Promise<Record<string, string>> {
    const undone = new Error("undone");
    const found: Record<string, string>[] = [];
    const work = async () => {
      await connection.run(`set local search_path = public; set local xmloption = content; ${sql}`);
      found.push(await wholes(connection));
      throw undone;
    };
    await expect(connection.transaction("begin", work)).rejects.toBe(undone);
    return found[0] ?? {};
  }

  const KEYS = { keyed: "id", keyless: "id", named: "a, b" } as const;

  it.each(FAMILIES.map((family, index) => ({ ...family, column: `c${index}` })))(
    "tell values of $type apart",
    async ({ column, values }) => {
      const all = [...values, null];
      const inserts = (value: string | null) =>
        `insert into keyed (id, ${column}) values (1, ${quoted(value)}); insert into keyless (id, ${column}) values (1, ${quoted(value)});
       insert into named (a, b, ${column}) values ('x', 1, ${quoted(value)});`;
      const found: Record<string, string>[] = [];
      for (const value of all) found.push(await after(inserts(value)));
      for (const table of Object.keys(KEYS)) expect(new Set(found.map((one) => one[table])).size, table).toBe(all.length);
    },
  );

  type Rows = readonly (readonly (number | null)[])[];
  const row = fc.tuple(...FAMILIES.map(({ values }) => fc.option(fc.nat({ max: values.length - 1 }), { freq: 6 })));
  const tableRows = fc.array(row, { minLength: 1, maxLength: 4 });
  const inserting = (rows: Rows, order: "asc" | "desc") => {
    const lines = rows.map((indexes, id) => ({
      id,
      values: indexes.map((index, column) => quoted(index === null ? null : (FAMILIES[column]?.values[index] ?? null))).join(", "),
    }));
    if (order === "desc") lines.reverse();
    return lines
      .map(
        ({ id, values }) =>
          `insert into keyed values (${id}, ${values}); insert into keyless values (${id}, ${values}); insert into named values ('${id % 2}', ${id}, ${values});`,
      )
      .join("\n");
  };

  it("change when a value changes, whichever it is, and not with the order of rows", async () => {
    const property = fc.asyncProperty(tableRows, fc.nat(), fc.nat(), fc.nat(), async (rows, atRow, atColumn, to) => {
      const line = atRow % rows.length;
      const column = atColumn % FAMILIES.length;
      const values = FAMILIES[column]?.values ?? [];
      const was = rows[line]?.[column] ?? null;
      const now = to % (values.length + 1) === values.length ? null : to % (values.length + 1);
      const value = quoted(now === null ? null : (values[now] ?? null));
      const before = await after(inserting(rows, "asc"));
      const update = `update keyed set c${column} = ${value} where id = ${line}; update keyless set c${column} = ${value} where id = ${line};
        update named set c${column} = ${value} where b = ${line};`;
      const changed = await after(inserting(rows, "desc") + update);
      for (const table of Object.keys(KEYS)) expect(changed[table] === before[table], table).toBe(was === now);
    });
    await fc.assert(property, { numRuns: RUNS });
  }, 120_000);

  it("say nothing of settings, of where rows lie, and of a dump and its restore", async () => {
    const rows = fc.sample(tableRows, { numRuns: 20, seed: 7 }).flat();
    database.sql(`set xmloption = content; ${inserting(rows, "asc")}`, "superuser");
    const expected = await wholes(connection);
    await connection.run(HOSTILE_SETTINGS);
    expect(await wholes(connection)).toEqual(expected);
    database.sql("delete from keyed where id < 3", "superuser");
    expect((await wholes(connection))["keyed"]).not.toBe(expected["keyed"]);
    await connection.run("reset all");
    database.sql(
      `set xmloption = content; delete from keyed; delete from keyless; delete from named; ${inserting(rows, "desc")}`,
      "superuser",
    );
    database.sql("vacuum full", "superuser");
    expect(await wholes(connection)).toEqual(expected);

    await using into = await server.createDatabase({ owner: "superuser" });
    const dump = execFileSync(`${server.bin}/pg_dump`, ["-Fc", database.address("superuser")], { maxBuffer: 1e8 });
    execFileSync(`${server.bin}/pg_restore`, ["--exit-on-error", "-d", into.address("superuser")], { input: dump });
    await using restored = await serverAt(into.address("superuser"), {}).connect();
    expect(await wholes(restored)).toEqual(expected);
  });

  it("see values that two rows swapped, rows that came twice, and one lost of two that are equal", async () => {
    await using own = await server.createDatabase();
    own.sql(
      "create table k (id integer primary key, a text, b text); create table w (a text); insert into k values (1, 'x', 'y'), (2, 'y', 'x'); insert into w values ('x'), ('x'), ('y')",
    );
    await using look = await serverAt(own.address("owner"), {}).connect();
    const seen = [await wholes(look)];
    for (const sql of [
      "update k set a = b; update w set a = 'y' where a = 'x'",
      "update k set a = 'x', b = 'y'; insert into w values ('x'), ('x')",
      "update k set a = b, b = a; delete from w where ctid = (select min(ctid) from w where a = 'x')",
    ]) {
      own.sql(sql);
      seen.push(await wholes(look));
    }
    expect(new Set(seen.map(({ k }) => k)).size).toBe(4);
    expect(new Set(seen.map(({ w }) => w)).size).toBe(4);
  });

  it("are taken of every table that holds rows, whatever its shape", async () => {
    await using own = await server.createDatabase({ owner: "superuser" });
    const wide = Array.from({ length: 1599 }, (_, index) => `c${index} integer default ${index}`).join(", ");
    own.sql(
      `create table nothing (); insert into nothing default values; insert into nothing default values;
       create table wide (id integer primary key, ${wide}); insert into wide values (1), (2);
       create table wide_keyless (${wide}, last text); insert into wide_keyless default values;
       create table parent (id integer primary key, a text); create table child (b text) inherits (parent); insert into parent values (1, 'x'); insert into child values (2, 'y', 'z');
       create table parts (id integer, day date, primary key (id, day)) partition by range (day); create table p1 partition of parts for values from ('2000-01-01') to ('2001-01-01');
       create table p2 partition of parts default partition by list (id); create table p21 partition of p2 default; insert into parts values (1, '2000-02-02'), (2, '2020-02-02');
       create unlogged table quick (id integer primary key); insert into quick values (1);
       create schema "o""dd"; create table "o""dd"."T .x" ("a""b" integer primary key, "select" text, gone text); alter table "o""dd"."T .x" drop column gone; insert into "o""dd"."T .x" values (1, 'x');
       create table made (id integer primary key, twice integer generated always as (id * 2) stored); insert into made values (4);
       create materialized view seen as select * from parent; create view shown as select * from parent;
       create foreign data wrapper nowhere; create server far foreign data wrapper nowhere; create foreign table away (id integer) server far;
       create table mixed (id integer) partition by list (id); create table here partition of mixed for values in (1); create foreign table there partition of mixed for values in (2) server far; insert into mixed values (1);
       create extension citext; create schema belay; create table belay.state (id integer); create temporary table passing (id integer);`,
      "superuser",
    );
    await using look = await serverAt(own.address("superuser"), {}).connect();
    const found = await fingerprints(look);
    expect(Object.fromEntries([...found].map(([name, { rows }]) => [name, rows]))).toEqual({
      '"o""dd"."T .x"': 1,
      nothing: 2,
      wide: 2,
      wide_keyless: 1,
      parent: 1,
      child: 1,
      parts: 2,
      quick: 1,
      made: 1,
      here: 1,
    });
    expect(found.get("made")?.columns.has("twice")).toBe(true);
    const before = await wholes(look);
    own.sql(
      'update wide set c1598 = 0 where id = 2; update "o""dd"."T .x" set "select" = \'y\'; update parts set day = day + 1 where id = 2',
      "superuser",
    );
    const now = await wholes(look);
    expect(
      Object.keys(now)
        .filter((name) => now[name] !== before[name])
        .sort(),
    ).toEqual(['"o""dd"."T .x"', "parts", "wide"]);
  });

  it("are taken of an extension's types by a role that may not use its schema", async () => {
    await using own = await server.createDatabase();
    own.sql("create schema far; create extension hstore schema far; create table t (id integer primary key, a far.hstore)", "superuser");
    own.sql(`insert into t values (1, 'a=>1'); alter table t owner to ${server.role("owner")}`, "superuser");
    await using look = await serverAt(own.address("owner"), {}).connect();
    const before = await wholes(look);
    own.sql("update t set a = 'a=>2'", "superuser");
    expect((await wholes(look))["t"]).not.toBe(before["t"]);
  });

  it("are shared among the server's workers where a table is large", async () => {
    await using own = await server.createDatabase();
    own.sql(
      `create table big (id integer primary key, ${COLUMNS.split(", ")
        .filter((column) => !/mood|feeling|exact|pair|citext|far\.|ltree|cube|und_ci/.test(column))
        .join(", ")})`,
    );
    await using look = await serverAt(own.address("owner"), {}).connect();
    await look.run(
      "set min_parallel_table_scan_size = 0; set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set max_parallel_workers_per_gather = 2",
    );
    const asked: string[] = [];
    const listening: Connection = Object.assign(Object.create(look) as Connection, {
      rows: async (sql: string, parameters?: readonly string[]) => {
        asked.push(sql);
        return look.rows(sql, parameters);
      },
    });
    await fingerprints(listening);
    const scan = asked.find((sql) => sql.includes('from only "public"."big"'));
    const plan = (await look.rows(`explain ${scan}`)).flat().join("\n");
    expect(plan).toContain("Partial Aggregate");
    expect(plan).toContain("Parallel Seq Scan");
  });
});
