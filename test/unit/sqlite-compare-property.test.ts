import type { Database } from "better-sqlite3";
import fc from "fast-check";
import { expect, it } from "vitest";

import { compareDatabases } from "../../src/engine/sqlite/compare.ts";
import { readSchema } from "../../src/engine/sqlite/schema.ts";
import { sameSchema } from "../../src/domain/schema.ts";
import { TwoEnds } from "../support/two-ends.ts";

/** Values that are easily taken for one another; each table holds those of one family, so that acts hit and keys collide. */
const FAMILIES = [
  ["1", "1.0", "'1'", "'1.0'", "null"],
  ["'a'", "'A'", "'a '", "x'61'", "'b'"],
  ["null", "''", "x''", "0", "' '"],
  ["9007199254740993", "9007199254740992", "9007199254740992.0", "1.5", "'1.50'"],
  ["-9223372036854775808", "-9223372036854775808.0", "9223372036854775807", "9223372036854775807.0", "null"],
  ["cast(x'6100' as text)", "cast(x'6101' as text)", "'a'", "x'6100'", "'é'"],
];
const TYPES = ["", "int", "text", "real", "blob", "numeric"];
const COLLATIONS = ["binary", "nocase", "rtrim"];

type KeyKind = "integer" | "primary" | "composite" | "without-rowid" | "unique" | "none";

interface TableModel {
  readonly key: KeyKind;
  readonly columns: readonly { readonly type: string; readonly collation: string }[];
  readonly values: readonly string[];
}

/** Numbers stand for columns and values of the table, taken around the corner. */
type Act =
  | { readonly act: "insert"; readonly values: readonly number[] }
  | { readonly act: "update"; readonly set: number; readonly to: number; readonly where: number; readonly is: number }
  | { readonly act: "delete"; readonly where: number; readonly is: number }
  | { readonly act: "rebuild"; readonly by: number };

const column = fc.record({ type: fc.constantFrom(...TYPES), collation: fc.constantFrom(...COLLATIONS) });
const table: fc.Arbitrary<TableModel> = fc.record({
  key: fc.constantFrom<KeyKind>("integer", "primary", "composite", "without-rowid", "unique", "none"),
  columns: fc.array(column, { minLength: 3, maxLength: 5 }),
  values: fc.constantFrom(...FAMILIES),
});
const index = fc.nat({ max: 4 });
const row = fc.array(index, { minLength: 5, maxLength: 5 });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ act: fc.constant("insert" as const), values: row }),
  fc.record({ act: fc.constant("update" as const), set: index, to: index, where: index, is: index }),
  fc.record({ act: fc.constant("delete" as const), where: index, is: index }),
  fc.record({ act: fc.constant("rebuild" as const), by: index }),
);

function name(model: TableModel, at: number): string {
  return `c${at % model.columns.length}`;
}

function create(model: TableModel, called: string): string {
  const [first, second] = [name(model, 0), name(model, 1)];
  const columns = model.columns.map(({ type, collation }, at) => {
    if (model.key === "integer" && at === 0) return `${first} integer primary key`;
    const unique = model.key === "unique" && at === 0 ? "not null unique" : model.key === "primary" && at === 0 ? "primary key" : "";
    return `${name(model, at)} ${type} collate ${collation} ${unique}`;
  });
  const composite = model.key === "composite" || model.key === "without-rowid" ? `, primary key (${second}, ${first})` : "";
  return `create table ${called}(${columns.join(", ")}${composite})${model.key === "without-rowid" ? " without rowid" : ""};`;
}

function valueOf(model: TableModel, at: number): string {
  return model.values[at % model.values.length] ?? "null";
}

function insert(model: TableModel, values: readonly number[]): string {
  const row = values.slice(0, model.columns.length).map((at) => valueOf(model, at));
  return `insert or ignore into t values (${row.join(", ")});`;
}

function rebuild(model: TableModel, by: number): string {
  const columns = model.columns.map((_, at) => name(model, at)).join(", ");
  return `${create(model, "rebuilt")} insert into rebuilt select ${columns} from t order by ${name(model, by)} desc; drop table t; alter table rebuilt rename to t;`;
}

function perform(db: Database, model: TableModel, change: Act): void {
  if (change.act === "insert") attempt(db, insert(model, change.values));
  if (change.act === "update")
    attempt(
      db,
      `update or ignore t set ${name(model, change.set)} = ${valueOf(model, change.to)} where ${name(model, change.where)} is ${valueOf(model, change.is)};`,
    );
  if (change.act === "delete") db.exec(`delete from t where ${name(model, change.where)} is ${valueOf(model, change.is)};`);
  if (change.act === "rebuild") db.exec(rebuild(model, change.by));
}

/** INTEGER PRIMARY KEY takes integers only, whatever OR IGNORE says; a value that it refuses changes nothing. */
function attempt(db: Database, sql: string): void {
  try {
    db.exec(sql);
  } catch (thrown) {
    expect(String(thrown)).toContain("datatype mismatch");
  }
}

interface Expected {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly columnsChanged: readonly string[];
}

/** A stored value as its class and its bytes, and as the key's collation sees it. */
type Cell = { readonly exact: string; readonly key: string };

function read(db: Database, schema: string, model: TableModel): Cell[][] {
  const columns = model.columns.map((_, at) => `typeof(${name(model, at)}), ${name(model, at)}`).join(", ");
  const rows = db.prepare<[], unknown[]>(`select ${columns} from "${schema}".t`).raw().safeIntegers(true).all();
  return rows.map((cells) => model.columns.map(({ collation }, at) => cell(String(cells[2 * at]), cells[2 * at + 1], collation)));
}

function cell(type: string, content: unknown, collation: string): Cell {
  const bytes = content instanceof Uint8Array ? Buffer.from(content).toString("hex") : String(content);
  const exact = `${type}:${bytes}`;
  if (type === "real") return { exact, key: Number.isInteger(content) ? `number:${BigInt(Number(content))}` : `number:${bytes}` };
  if (type === "integer") return { exact, key: `number:${bytes}` };
  if (type !== "text") return { exact, key: exact };
  return { exact, key: `text:${collation === "nocase" ? bytes.toLowerCase() : collation === "rtrim" ? bytes.replace(/ +$/, "") : bytes}` };
}

/** What must be found, worked out from the rows of both ends without SQL. */
function expected(db: Database, model: TableModel): Expected {
  const [before, after] = [read(db, "before", model), read(db, "main", model)];
  const keyColumns = { integer: [0], primary: [0], unique: [0], composite: [0, 1], "without-rowid": [0, 1], none: [] }[model.key];
  const holdsNull = [...before, ...after].some((cells) => keyColumns.some((at) => cells[at]?.exact === "null:null"));
  return keyColumns.length === 0 || holdsNull ? multisets(before, after) : keyed(before, after, keyColumns, model);
}

function multisets(before: Cell[][], after: Cell[][]): Expected {
  const balance = new Map<string, number>();
  const count = (rows: Cell[][], by: number) => {
    for (const cells of rows) {
      const content = JSON.stringify(cells.map(({ exact }) => exact));
      balance.set(content, (balance.get(content) ?? 0) + by);
    }
  };
  count(before, 1);
  count(after, -1);
  const sum = (sign: number) => [...balance.values()].reduce((total, by) => total + Math.max(0, sign * by), 0);
  return { removed: sum(1), added: sum(-1), changed: 0, columnsChanged: [] };
}

function keyed(before: Cell[][], after: Cell[][], keyColumns: readonly number[], model: TableModel): Expected {
  const keyOf = (cells: Cell[]) => JSON.stringify(keyColumns.map((at) => cells[at]?.key));
  const old = new Map(before.map((cells) => [keyOf(cells), cells]));
  const pairs = after.flatMap((cells): [Cell[], Cell[]][] => {
    const partner = old.get(keyOf(cells));
    return partner === undefined ? [] : [[partner, cells]];
  });
  const differs = ([one, other]: [Cell[], Cell[]], at: number) => one[at]?.exact !== other[at]?.exact;
  const positions = model.columns.map((_, at) => at);
  return {
    added: after.length - pairs.length,
    removed: before.length - pairs.length,
    changed: pairs.filter((pair) => positions.some((at) => differs(pair, at))).length,
    columnsChanged: positions.filter((at) => pairs.some((pair) => differs(pair, at))).map((at) => name(model, at)),
  };
}

function fill(db: Database, model: TableModel, rows: readonly (readonly number[])[]): void {
  db.exec(create(model, "t"));
  for (const values of rows) attempt(db, insert(model, values));
}

const LIMIT = { numRuns: 400, interruptAfterTimeLimit: 8_000, markInterruptAsFailure: false };

it("says exactly what was touched, whatever the table, its rows and what was done to them", () => {
  const touched = { added: 0, removed: 0, changed: 0 };
  fc.assert(
    fc.property(table, fc.array(row, { maxLength: 25 }), fc.array(act, { maxLength: 5 }), (model, rows, changes) => {
      using ends = new TwoEnds((db) => fill(db, model, rows));
      for (const change of changes) perform(ends.db, model, change);
      const [found] = compareDatabases(ends.db).tables;
      const wanted = expected(ends.db, model);
      expect(found?.unproven).toBeUndefined();
      expect(found).toMatchObject(wanted);
      expect(found?.keys.length).toBe(wanted.changed > 0 || found?.keys.length ? Math.min(10, wanted.removed + wanted.changed) : 0);
      for (const kind of ["added", "removed", "changed"] as const) touched[kind] += wanted[kind];
    }),
    LIMIT,
  );
  expect(Math.min(touched.added, touched.removed, touched.changed)).toBeGreaterThan(0);
});

it("says that nothing was touched by a rebuild of unchanged rows", () => {
  fc.assert(
    fc.property(table, fc.array(row, { maxLength: 25 }), index, (model, rows, by) => {
      using ends = new TwoEnds((db) => fill(db, model, rows), rebuild(model, by));
      expect(compareDatabases(ends.db).tables).toMatchObject([
        { added: 0, removed: 0, changed: 0, columnsAdded: [], columnsDropped: [], keys: [] },
      ]);
      expect(sameSchema(readSchema(ends.db, "before"), readSchema(ends.db))).toBe(true);
    }),
    LIMIT,
  );
});
