import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { sameData, type DataComparison, type TableDifference } from "../../src/domain/data.ts";
import { compareDatabases } from "../../src/engine/postgres/compare.ts";
import type { Scope } from "../../src/engine/postgres/scope.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { cluster, type As, type Cluster, type TestDatabase } from "../support/postgres/cluster.ts";

interface Case {
  readonly what: string;
  /** Makes the table `t` at both ends. */
  readonly make: string;
  /** Only at the after-end. */
  readonly change: string;
  readonly expected: Partial<TableDifference> | null;
}

const SAME: TableDifference = {
  name: "t",
  rowsBefore: 3,
  rowsAfter: 3,
  added: 0,
  removed: 0,
  changed: 0,
  columnsChanged: [],
  columnsAdded: [],
  columnsDropped: [],
  keys: [],
};
const T =
  "create table t (id integer primary key, a text, b numeric, c timestamptz); insert into t values (1, 'x', 1, '2024-01-01'), (2, 'y', null, null), (3, 'z', 3, '2024-01-02');";
const KEYLESS = "create table t (a text, b integer); insert into t values ('x', 1), ('x', 1), ('y', null);";

/** Each in a schema of its own, so that one comparison judges them all. */
const CASES: readonly Case[] = [
  { what: "equal", make: T, change: "", expected: {} },
  {
    what: "written in place",
    make: T,
    change: "update t set a = a; delete from t where id = 2; insert into t values (2, 'y')",
    expected: {},
  },
  {
    what: "one value",
    make: T,
    change: "update t set b = 1.0 where id = 1",
    expected: { changed: 1, columnsChanged: ["b"], keys: ["id=1"] },
  },
  {
    what: "NULL for a value",
    make: T,
    change: "update t set b = null, a = '' where id > 1",
    expected: { changed: 2, columnsChanged: ["a", "b"], keys: ["id=2", "id=3"] },
  },
  {
    what: "values swapped",
    make: T,
    change: "update t set a = case id when 1 then 'y' else 'x' end where id < 3",
    expected: { changed: 2, columnsChanged: ["a"], keys: ["id=1", "id=2"] },
  },
  { what: "a row added", make: T, change: "insert into t values (4)", expected: { rowsAfter: 4, added: 1 } },
  { what: "a row removed", make: T, change: "delete from t where id = 2", expected: { rowsAfter: 2, removed: 1, keys: ["id=2"] } },
  {
    what: "all at once",
    make: T,
    change: "delete from t where id = 1; insert into t values (9, 'n'); update t set a = 'Z' where id = 3",
    expected: { added: 1, removed: 1, changed: 1, columnsChanged: ["a"], keys: ["id=1", "id=3"] },
  },
  { what: "a key that moved", make: T, change: "update t set id = 7 where id = 3", expected: { added: 1, removed: 1, keys: ["id=3"] } },
  { what: "emptied", make: T, change: "truncate t", expected: { rowsAfter: 0, removed: 3, keys: ["id=1", "id=2", "id=3"] } },
  { what: "a table dropped", make: T, change: "drop table t", expected: { rowsAfter: null, removed: 3 } },
  { what: "a column added", make: T, change: "alter table t add d integer default 5", expected: { columnsAdded: ["d"] } },
  { what: "a column dropped", make: T, change: "alter table t drop b", expected: { columnsDropped: ["b"], valuesDropped: { b: 2 } } },
  {
    what: "a column renamed, another changed",
    make: T,
    change: "alter table t rename b to d; update t set a = 'n' where id = 2",
    expected: { columnsAdded: ["d"], columnsDropped: ["b"], valuesDropped: { b: 2 }, changed: 1, columnsChanged: ["a"], keys: ["id=2"] },
  },
  {
    what: "columns in another order",
    make: T,
    change:
      "create table u (c timestamptz, b numeric, a text, id integer primary key); insert into u select c, b, a, id from t; drop table t; alter table u rename to t",
    expected: {},
  },
  { what: "a type widened", make: T, change: "alter table t alter id type bigint, alter a type varchar(20)", expected: {} },
  {
    what: "a type that reads otherwise",
    make: T,
    change: "alter table t alter b type numeric(5, 1)",
    expected: { changed: 2, columnsChanged: ["b"], keys: ["id=1", "id=3"] },
  },
  {
    what: "a key of text",
    make: "create table t (name text collate \"C\" primary key, a integer); insert into t values ('it''s', 1), (repeat('ä', 61), 2), ('', 3);",
    change: "update t set a = 0; ",
    expected: { changed: 3, columnsChanged: ["a"], keys: ["name=''", "name='it''s'", `name='${"ä".repeat(60)}'…`] },
  },
  {
    what: "a composite key",
    make: "create table t (\"a b\" date, n bigint, v text, primary key (n, \"a b\")); insert into t values ('2020-01-01', 1, 'x'), ('2020-01-02', 1, 'x'), ('2020-01-01', 2, 'x');",
    change: "update t set v = 'y' where n = 1",
    expected: { changed: 2, columnsChanged: ["v"], keys: ["n=1, \"a b\"='2020-01-01'", "n=1, \"a b\"='2020-01-02'"] },
  },
  {
    what: "a unique index for a key",
    make: "create table t (id uuid not null, a text); create unique index on t (id); insert into t select ('00000000-0000-0000-0000-00000000000' || i)::uuid, 'x' from generate_series(1, 3) i;",
    change: "update t set a = 'y' where id::text like '%2'",
    expected: { changed: 1, columnsChanged: ["a"], keys: ["id='00000000-0000-0000-0000-000000000002'"] },
  },
  {
    what: "a key that only the after-end has",
    make: KEYLESS,
    change: "alter table t add id serial primary key",
    expected: { columnsAdded: ["id"] },
  },
  {
    what: "unique but for NULL is no key",
    make: "create table t (a integer unique, b text); insert into t values (null, 'x'), (null, 'y'), (3, 'z');",
    change: "update t set b = 'n' where b = 'y'",
    expected: { added: 1, removed: 1 },
  },
  {
    what: "unique under a condition is no key",
    make: "create table t (a integer not null, b text); create unique index on t (a) where b > ''; insert into t values (1, ''), (1, ''), (2, 'z');",
    change: "delete from t where ctid = (select min(ctid) from t)",
    expected: { rowsAfter: 2, removed: 1 },
  },
  { what: "no key, a row changed", make: KEYLESS, change: "update t set b = 2 where a = 'y'", expected: { added: 1, removed: 1 } },
  {
    what: "no key, one of two equal rows",
    make: KEYLESS,
    change: "delete from t where ctid = (select min(ctid) from t)",
    expected: { rowsAfter: 2, removed: 1 },
  },
  {
    what: "no key, equal rows added",
    make: KEYLESS,
    change: "insert into t select 'x', 1 from generate_series(1, 5)",
    expected: { rowsAfter: 8, added: 5 },
  },
  {
    what: "no columns",
    make: "create table t (); insert into t default values; insert into t default values; insert into t default values;",
    change: "insert into t default values",
    expected: { rowsAfter: 4, added: 1 },
  },
  {
    what: "partitions",
    make: "create table t (id integer primary key, a text) partition by range (id); create table t1 partition of t for values from (0) to (10); create table t2 partition of t default; insert into t values (1, 'x'), (2, 'x'), (30, 'x');",
    change:
      "update t set a = 'y' where id = 30; alter table t detach partition t2; alter table t attach partition t2 for values from (10) to (100)",
    expected: { changed: 1, columnsChanged: ["a"], keys: ["id=30"] },
  },
  {
    what: "more keys than anybody reads",
    make: "create table t (id integer primary key, a text); insert into t select i, 'x' from generate_series(1, 3) i; insert into t select i, 'x' from generate_series(11, 60) i;",
    change: "update t set a = 'y' where id > 10",
    expected: {
      rowsBefore: 53,
      rowsAfter: 53,
      changed: 50,
      columnsChanged: ["a"],
      keys: expect.toSatisfy((keys: string[]) => keys.length === 10 && keys.every((key) => /^id=\d\d$/.test(key))) as string[],
    },
  },
];

const ALL: Scope = { schemas: null };

describe.each([
  [15, "superuser"],
  [15, "owner"],
  [18, "superuser"],
  [18, "owner"],
] as const)("comparison on PostgreSQL %s as %s", (version, as: As) => {
  let server: Cluster;

  beforeAll(async () => {
    server = await cluster(version);
  });

  async function compared(before: TestDatabase, after: TestDatabase, scope = ALL): Promise<DataComparison> {
    await using old = await serverAt(before.address(as), {}).connect();
    await using now = await serverAt(after.address(as), {}).connect();
    return await compareDatabases(old, now, scope);
  }

  async function ends(make: string, change: string): Promise<readonly [TestDatabase, TestDatabase]> {
    const [before, after] = [await server.createDatabase({ owner: as }), await server.createDatabase({ owner: as })];
    before.sql(make, as);
    after.sql(make, as);
    after.sql(change, as);
    return [before, after];
  }

  it("tells what happened to the rows of every table", async () => {
    const inSchema = (index: number, sql: string) => `set search_path = s${index}; ${sql};`;
    const [before, after] = await ends(
      CASES.map(({ make }, index) => `create schema s${index}; ${inSchema(index, make)}`).join("\n"),
      CASES.map(({ change }, index) => inSchema(index, change)).join("\n"),
    );
    await using _before = before;
    await using _after = after;
    const { tables } = await compared(before, after);
    const found = new Map(tables.map((table) => [table.name, table]));
    for (const [index, { what, expected }] of CASES.entries()) {
      expect.soft(found.get(`s${index}.t`), what).toEqual({ ...SAME, name: `s${index}.t`, ...expected });
    }
    expect(tables.map(({ name }) => name)).toEqual(tables.map(({ name }) => name).sort());
    expect((await compared(before, after, { schemas: ["s0", "s1"] })).tables.map(({ name }) => name)).toEqual(["s0.t", "s1.t"]);
  });

  it("leaves out what is not the application's, and takes no materialised view for data", async () => {
    const [before, after] = await ends(
      `create table belay_migrations (id text primary key); create schema belay; create table belay.state (id integer); ${T}
       create materialized view seen as select * from t; create materialized view later as select * from t with no data`,
      "insert into belay_migrations values ('1'); insert into belay.state values (1); create table more (id integer); insert into t values (4); refresh materialized view seen",
    );
    await using _before = before;
    await using _after = after;
    const { tables } = await compared(before, after);
    expect(tables).toEqual([
      { ...SAME, name: "more", rowsBefore: null, rowsAfter: 0 },
      { ...SAME, name: "seen", rowsAfter: 4 },
      { ...SAME, rowsAfter: 4, added: 1 },
    ]);
    const all = await compared(before, after, { schemas: null, include: "all" });
    expect(all.tables.find(({ name }) => name === "belay_migrations")).toMatchObject({ added: 1 });
    expect(sameData(await compared(after, after))).toBe(true);
  });

  it("finds few rows among many, and many among many", async () => {
    const [before, after] = await ends(
      "create table t (id bigint primary key, a text, b integer); insert into t select i, 'x' || i, i from generate_series(1, 60000) i; create table w (a integer); insert into w select i / 2 from generate_series(1, 40000) i",
      "update t set a = 'n' where id in (5, 41234); delete from t where id = 59999; insert into t values (70000); delete from w where a = 77",
    );
    await using _before = before;
    await using _after = after;
    expect((await compared(before, after)).tables).toEqual([
      {
        ...SAME,
        rowsBefore: 60000,
        rowsAfter: 60000,
        added: 1,
        removed: 1,
        changed: 2,
        columnsChanged: ["a"],
        keys: ["id=59999", "id=5", "id=41234"],
      },
      { ...SAME, name: "w", rowsBefore: 40000, rowsAfter: 39998, removed: 2 },
    ]);
    after.sql("update t set b = b + 1 where id % 2 = 0; update w set a = -a", as);
    const [t, w] = (await compared(before, after)).tables;
    expect(t).toMatchObject({ added: 1, removed: 1, changed: 30001, columnsChanged: ["a", "b"] });
    expect(w).toMatchObject({ added: 39997, removed: 39999 });
  });
});

describe("comparison", () => {
  it("says the same as comparing every row in memory", async () => {
    const server = await cluster(15);
    await using before = await server.createDatabase();
    await using after = await server.createDatabase();
    await using old = await serverAt(before.address("owner"), {}).connect();
    await using now = await serverAt(after.address("owner"), {}).connect();
    const values = fc.constantFrom("a", "b", null);
    const rows = fc.dictionary(fc.constantFrom("1", "2", "3", "4", "5", "6"), fc.tuple(values, values));
    const insert = (content: Record<string, (string | null)[]>) =>
      Object.entries(content)
        .flatMap(([id, pair]) => {
          const said = pair.map((value) => (value === null ? "null" : `'${value}'`)).join(", ");
          return [`insert into public.t values (${id}, ${said})`, `insert into public.w values (${said})`];
        })
        .join("; ");
    const fresh =
      "drop table if exists public.t, public.w; create table public.t (id integer primary key, a text, b text); create table public.w (a text, b text);";
    const property = fc.asyncProperty(rows, rows, async (was, is) => {
      await old.run(fresh + insert(was));
      await now.run(fresh + insert(is));
      const [t, w] = (await compareDatabases(old, now, ALL)).tables;
      const both = Object.keys(was).filter((id) => id in is);
      const changed = both.filter((id) => was[id]?.join() !== is[id]?.join() || was[id]?.some((value, index) => value !== is[id]?.[index]));
      expect(t).toMatchObject({
        added: Object.keys(is).length - both.length,
        removed: Object.keys(was).length - both.length,
        changed: changed.length,
        columnsChanged: ["a", "b"].filter((_, index) => changed.some((id) => was[id]?.[index] !== is[id]?.[index])),
        keys: [...Object.keys(was).filter((id) => !(id in is)), ...changed].map((id) => `id=${id}`),
      });
      const left = Object.values(was).map((pair) => JSON.stringify(pair));
      const more = Object.values(is).filter((pair) => {
        const at = left.indexOf(JSON.stringify(pair));
        if (at >= 0) left.splice(at, 1);
        return at < 0;
      });
      expect(w).toMatchObject({ added: more.length, removed: left.length, changed: 0 });
    });
    await fc.assert(property, { numRuns: 60 * Number(process.env["BELAY_SOAK"] ?? 1) });
  }, 120_000);
});
