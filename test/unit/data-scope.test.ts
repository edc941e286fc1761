import { describe, expect, it } from "vitest";

import { judgeDataScope } from "../../src/check/data-scope.ts";
import type { DataScopeConfig } from "../../src/domain/check.ts";
import type { TableDifference } from "../../src/domain/data.ts";

function table(name: string, facts: Partial<TableDifference> = {}): TableDifference {
  return {
    name,
    rowsBefore: 5,
    rowsAfter: 5,
    added: 0,
    removed: 0,
    changed: 0,
    columnsChanged: [],
    columnsAdded: [],
    columnsDropped: [],
    keys: [],
    ...facts,
  };
}

function mayChange(...names: string[]): DataScopeConfig {
  const columns = names
    .filter((name) => name.includes("."))
    .map((name) => {
      const [owner = "", column = ""] = name.split(".");
      return { table: owner, column };
    });
  return { mode: "may-change", tables: names.filter((name) => !name.includes(".")), columns };
}

const judge = (scope: DataScopeConfig, ...tables: TableDifference[]) => judgeDataScope(scope, { tables });
const messages = (scope: DataScopeConfig, ...tables: TableDifference[]) =>
  judge(scope, ...tables).violations.map((reason) => reason.message);

const additive: DataScopeConfig = { mode: "additive" };
const emptied = table("users", { rowsAfter: 0, removed: 5, keys: ["id=1", "id=2", "id=3", "id=4", "id=5"] });
const dropped = table("users", { rowsAfter: null, removed: 5 });
const created = table("people", { rowsBefore: null, added: 5 });

describe("every scope", () => {
  it.each([{ mode: "report" }, { mode: "off" }, additive, mayChange("t")] as DataScopeConfig[])(
    "is kept by data that nobody touched: %o",
    (scope) => {
      expect(judge(scope, table("users"), table("t"))).toEqual({ kept: true, violations: [], unproven: null });
    },
  );

  it.each([{ mode: "report" }, { mode: "off" }] as DataScopeConfig[])("never violates where it only reports or is off: %o", (scope) => {
    expect(judge(scope, emptied, table("t", { changed: 5, columnsChanged: ["a"] }))).toMatchObject({ kept: true, violations: [] });
  });

  it("says what was unproven, and undoes nothing for it", () => {
    const unreadable = table("geo", { rowsBefore: null, rowsAfter: null, unproven: "no such module: csv" });
    for (const scope of [{ mode: "report" } as const, additive, mayChange("t")]) {
      expect(judge(scope, unreadable, table("t"))).toEqual({ kept: true, violations: [], unproven: "geo: no such module: csv" });
    }
    expect(judge({ mode: "off" }, unreadable).unproven).toBeNull();
    expect(judge(mayChange("geo"), unreadable).unproven).toBeNull();
  });

  it("is broken by what is sure even where a table could not be compared", () => {
    const fewer = table("geo", { rowsAfter: 3, columnsDropped: ["x"], unproven: "no such function: f" });
    expect(messages(additive, fewer)).toEqual(["data scope broken in geo: at least 2 rows removed, column x dropped"]);
  });
});

describe("additive", () => {
  it("allows new rows, tables and columns", () => {
    const grown = table("users", { rowsAfter: 9, added: 4, columnsAdded: ["role"] });
    expect(judge(additive, grown, created).kept).toBe(true);
  });

  it("names table, number and keys of removed rows, and what to do", () => {
    expect(judge(additive, emptied).violations).toEqual([
      {
        code: "data-scope-broken",
        message: "data scope broken in users: 5 rows removed (id=1; id=2; id=3; id=4; id=5)",
        hint: "mend the migration, or if it is meant to do this, write `data: { may-change: [users] }`",
      },
    ]);
  });

  it("says once for all tables what would allow it, in words that belay.yml takes", () => {
    const odd = table('the "first", second', { rowsAfter: 3, removed: 2 });
    const hints = judge(additive, emptied, odd).violations.map(({ hint }) => hint);
    const hint = 'mend the migration, or if it is meant to do this, write `data: { may-change: [users, "the \\"first\\", second"] }`';
    expect(hints).toEqual([hint, hint]);
  });

  it("shows at most ten keys and says that there are more", () => {
    const keys = Array.from({ length: 10 }, (_, index) => `id=${index}`);
    const [message] = messages(additive, table("users", { changed: 1234, columnsChanged: ["email", "role"], keys }));
    expect(message).toBe(`data scope broken in users: 1,234 rows changed in email, role (${keys.join("; ")}; …)`);
  });

  it("is broken by a dropped table and by a dropped column", () => {
    expect(messages(additive, dropped)).toEqual(["data scope broken in users: the table was dropped with 5 rows"]);
    expect(messages(additive, table("users", { columnsDropped: ["a", "b"] }))).toEqual([
      "data scope broken in users: columns a, b dropped",
    ]);
  });

  it("takes a rename for a drop and an add", () => {
    expect(messages(additive, dropped, created)).toEqual(["data scope broken in users: the table was dropped with 5 rows"]);
    expect(messages(additive, table("users", { columnsAdded: ["mail"], columnsDropped: ["email"] }))).toHaveLength(1);
  });
});

describe("may-change", () => {
  it("allows anything in a listed table and nothing elsewhere", () => {
    const everything = table("t", { rowsAfter: 3, added: 1, removed: 3, changed: 2, columnsChanged: ["a"], columnsDropped: ["b"] });
    expect(judge(mayChange("t"), everything, table("users")).kept).toBe(true);
    expect(judge(mayChange("users"), dropped).kept).toBe(true);
    expect(messages(mayChange("users"), everything)).toEqual([
      "data scope broken in t: 3 rows removed, 2 rows changed in a, column b dropped, 1 row added",
    ]);
  });

  it("allows new columns and empty tables, but no new rows, where nothing is listed", () => {
    expect(judge(mayChange("t"), table("users", { columnsAdded: ["role"] }), table("new", { rowsBefore: null, rowsAfter: 0 })).kept).toBe(
      true,
    );
    expect(messages(mayChange("t"), table("users", { rowsAfter: 6, added: 1 }))).toEqual(["data scope broken in users: 1 row added"]);
  });

  it("takes a rename for a drop and an add, so that both names must be listed", () => {
    expect(judge(mayChange("users"), dropped, created).violations).toHaveLength(1);
    expect(judge(mayChange("people"), dropped, created).violations).toHaveLength(1);
    expect(judge(mayChange("users", "people"), dropped, created).kept).toBe(true);
  });

  it("allows only the values of a listed column", () => {
    const scope = mayChange("users.role");
    const role = { changed: 2, columnsChanged: ["role"], keys: ["id=1", "id=2"] };
    expect(judge(scope, table("users", role)).kept).toBe(true);
    expect(messages(scope, table("users", { ...role, columnsChanged: ["email", "role"] }))).toEqual([
      "data scope broken in users: 2 rows changed, some of them in email (id=1; id=2)",
    ]);
    expect(judge(scope, table("users", { ...role, rowsAfter: 6, added: 1 })).kept).toBe(false);
    expect(judge(scope, table("users", { ...role, rowsAfter: 4, removed: 1 })).kept).toBe(false);
    expect(judge(scope, table("users", { columnsDropped: ["role"] })).kept).toBe(false);
    expect(judge(scope, dropped).kept).toBe(false);
  });

  it("calls a listed column of a table without a key unproven, since its rows cannot be paired", () => {
    const scope = mayChange("log.level");
    expect(judge(scope, table("log", { added: 3, removed: 3 }))).toMatchObject({
      kept: true,
      unproven: expect.stringContaining("log: it has no key"),
    });
    expect(judge(scope, table("log", { rowsAfter: 4, added: 2, removed: 3 })).kept).toBe(false);
    expect(judge(scope, table("log", { added: 3, removed: 3, columnsDropped: ["at"] })).kept).toBe(false);
    expect(judge(mayChange("t"), table("log", { added: 3, removed: 3 })).kept).toBe(false);
  });

  it("finds names in another case, and prefers the one that is written so", () => {
    const touched = { changed: 1, columnsChanged: ["Role"], keys: ["id=1"] };
    expect(judge(mayChange("USERS"), table("users", touched)).kept).toBe(true);
    expect(judge(mayChange("Users.role"), table("users", touched)).kept).toBe(true);
    expect(judge(mayChange("users"), table("users", touched), table("Users", touched)).violations).toHaveLength(1);
    expect(judge(mayChange("USERS"), table("users", touched), table("Users")).kept).toBe(false);
  });

  it("points at a name that no table has", () => {
    const [reason] = judge(mayChange("settng"), table("setting", { rowsAfter: 4, removed: 1, keys: ["key='a'"] })).violations;
    expect(reason?.hint).toBe(
      'mend the migration, or if it is meant to do this, add setting to `may-change`; no table is called "settng" (did you mean "setting"?)',
    );
  });
});
