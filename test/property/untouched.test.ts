/** P3, on the built Belay: what a run says of every table is what happened to it, on random tables, rows and migrations. */

import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, test } from "vitest";

import { Project } from "../support/project.ts";

/** Values that are easily taken for one another; a table holds those of one family. */
const FAMILIES = [
  ["1", "1.0", "'1'", "'1.0'", "null"],
  ["'a'", "'A'", "'a '", "x'61'", "'b'"],
  ["null", "''", "x''", "0", "' '"],
  ["9007199254740993", "9007199254740992", "9007199254740992.0", "1.5", "'1.50'"],
  ["-9223372036854775808", "-9223372036854775808.0", "9223372036854775807", "9223372036854775807.0", "null"],
];

/** What declares the column `k`, and what stands at the end of the statement. */
const KEYS = {
  integer: ["integer primary key", ""],
  text: ["text primary key", ""],
  unique: ["text not null unique collate nocase", ""],
  "without rowid": ["integer not null primary key", "without rowid"],
  none: ["integer", ""],
} as const;

interface TableModel {
  readonly key: keyof typeof KEYS;
  readonly type: string;
  readonly values: readonly string[];
  /** Places in `values`, two for each row. */
  readonly rows: readonly (readonly [number, number])[];
  readonly acts: readonly Act[];
}

const ACTS = [
  "insert",
  "update",
  "delete",
  "same again",
  "there and back",
  "rebuild",
  "rebuild by way of another table",
  "swap two",
  "add a column",
  "add an index",
] as const;
interface Act {
  readonly act: (typeof ACTS)[number];
  readonly row: number;
  readonly value: number;
}

const place = fc.nat({ max: 4 });
const act: fc.Arbitrary<Act> = fc.record({ act: fc.constantFrom(...ACTS), row: fc.integer({ min: 1, max: 12 }), value: place });
const table: fc.Arbitrary<TableModel> = fc.record({
  key: fc.constantFrom(...(Object.keys(KEYS) as (keyof typeof KEYS)[])),
  type: fc.constantFrom("", "integer", "text", "real", "blob", "numeric"),
  values: fc.constantFrom(...FAMILIES),
  rows: fc.array(fc.tuple(place, place), { maxLength: 10 }),
  acts: fc.array(act, { maxLength: 2 }),
});

function create({ key, type }: TableModel, name: string): string {
  const [declaration, end] = KEYS[key];
  return `create table ${name} (k ${declaration}, a ${type}, b ${type} collate nocase) ${end};`;
}

function fill(model: TableModel, name: string): string {
  const rows = model.rows.map(([a, b], at) => `insert into ${name} values (${at + 1}, ${model.values[a]}, ${model.values[b]});`);
  return [create(model, name), ...rows].join("\n");
}

function migration(model: TableModel, name: string): string {
  const copied = "select k, a, b from";
  return model.acts
    .map(({ act, row, value }, at) => {
      const to = model.values[value];
      switch (act) {
        case "insert":
          return `insert into ${name} (k, a, b) values (${100 + at}, ${to}, ${to});`;
        case "update":
          return `update ${name} set a = ${to} where k = ${row};`;
        case "delete":
          return `delete from ${name} where k = ${row};`;
        case "same again":
          return `update ${name} set a = a, b = b;`;
        case "there and back":
          return `insert into ${name} (k, a, b) values (${200 + at}, ${to}, ${to}); delete from ${name} where k = ${200 + at};`;
        case "rebuild":
          return `${create(model, `${name}_new`)} insert into ${name}_new (k, a, b) ${copied} ${name} order by k desc; drop table ${name}; alter table ${name}_new rename to ${name};`;
        case "rebuild by way of another table":
          return `create table ${name}_away as ${copied} ${name}; drop table ${name}; ${create(model, name)} insert into ${name} (k, a, b) ${copied} ${name}_away; drop table ${name}_away;`;
        case "swap two":
          return `update ${name} set a = (select o.a from ${name} o where o.k = case ${name}.k when 1 then 2 else 1 end) where k in (1, 2) and (select count(*) from ${name} where k in (1, 2)) = 2;`;
        case "add a column":
          return `alter table ${name} add column c${at} text default 'new';`;
        case "add an index":
          return `create index ${name}_by_a${at} on ${name} (a);`;
      }
    })
    .join("\n");
}

interface Seen {
  /** Every row with the storage class and the bytes of each value, in no order that matters. */
  readonly rows: string;
  readonly columns: string;
  readonly indexes: string;
}

/** A table as it lies there, read without Belay and judged without SQL. */
function look(file: string, name: string): Seen {
  const db = new Database(file, { fileMustExist: true });
  try {
    const column = (of: string) =>
      `typeof(${of}) || ' ' || case typeof(${of}) when 'real' then printf('%!.20g', ${of}) else hex(${of}) end`;
    const rows = db
      .prepare<[], string[]>(`select ${["k", "a", "b"].map(column).join(", ")} from ${name}`)
      .raw()
      .all();
    const list = (sql: string) => db.prepare<[string], string>(sql).pluck().all(name).join();
    return {
      rows: rows
        .map((row) => row.join(" | "))
        .sort((one, other) => (one < other ? -1 : 1))
        .join("\n"),
      columns: list("select name from pragma_table_info(?)"),
      indexes: list("select name from pragma_index_list(?) where origin = 'c' order by name"),
    };
  } finally {
    db.close();
  }
}

test("a run says of a table that it is untouched exactly when nothing in it was touched", { timeout: 120_000 }, async () => {
  const verdicts = { touched: 0, untouched: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(table, { minLength: 4, maxLength: 8 }), async (models) => {
      using project = new Project();
      const names = models.map((_, at) => `t${at}`);
      project.sql(models.map((model, at) => fill(model, `t${at}`)).join("\n"));
      project.configure("target: sqlite:app.db\nmigrate: { tool: sql, directory: migrations }");
      project.migration("1.sql", models.map((model, at) => migration(model, `t${at}`)).join("\n"));
      const before = names.map((name) => look(project.database, name));
      const { status, result, stderr } = await project.json("migrate", "prod");
      expect(status, stderr + JSON.stringify(result.reasons)).toBe(0);
      const [target] = result.targets;
      expect(target?.data?.proven).toBe(true);
      for (const [at, name] of names.entries()) {
        const after = look(project.database, name);
        const found = target?.data?.tables.find((each) => each.name === name);
        const touched = before[at]?.rows !== after.rows;
        const said = found === undefined ? null : found.added + found.removed + found.changed > 0;
        expect(said, `${name} of\n${project.read("migrations/1.sql")}`).toBe(touched);
        const restructured = before[at]?.columns !== after.columns || before[at]?.indexes !== after.indexes;
        const { added = [], removed = [], changed = [] } = target?.schema ?? {};
        expect(
          [...added, ...removed, ...changed].some((what) => new RegExp(`\\b${name}(?:_by_a\\d)?\\b`).test(what)),
          `structure of ${name}`,
        ).toBe(restructured);
        verdicts[touched ? "touched" : "untouched"]++;
      }
    }),
    { numRuns: 30, interruptAfterTimeLimit: 25_000, markInterruptAsFailure: false },
  );
  expect(Math.min(verdicts.touched, verdicts.untouched)).toBeGreaterThan(0);
});
