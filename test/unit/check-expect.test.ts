import { describe, expect, test } from "vitest";
import type { RecordedRows, RecordedValue } from "../../src/check/check.ts";
import { meets } from "../../src/check/expect.ts";
import { recordRows, recordValue } from "../../src/check/recorded.ts";
import type { Expectation, ExpectedScalar } from "../../src/domain/check.ts";
import type { SqlValue } from "../../src/domain/session.ts";

const number = (text: string | number): NonNullable<ExpectedScalar> => ({ text: String(text), number: true });
const text = (value: string): NonNullable<ExpectedScalar> => ({ text: value, number: false });
const equals = (value: ExpectedScalar): Expectation => ({ kind: "equals", value });

function table(...rows: SqlValue[][]): RecordedRows {
  return { columns: (rows[0] ?? [null]).map((_, at) => `c${at}`), rows: rows.map((row) => row.map(recordValue)) };
}
const one = (value: SqlValue) => table([value]);
const judged = (expectation: Expectation, actual: RecordedRows, baseline: RecordedRows | null = null) =>
  meets(expectation, actual, baseline);
const passes = (expectation: Expectation, actual: RecordedRows, baseline: RecordedRows | null = null) =>
  judged(expectation, actual, baseline).passed;

describe("a value", () => {
  test.each<[SqlValue, ExpectedScalar, boolean]>([
    [0, number(0), true],
    [17, number(0), false],
    [0.1, number("0.10"), true],
    [1000, number("1e3"), true],
    [-0, number(0), true],
    [9007199254740993n, number("9007199254740993"), true],
    [9007199254740993n, number("9007199254740992"), false],
    ["12.50", number("12.5"), true],
    ["twelve", number(12), false],
    [12, text("12"), true],
    ["12.50", text("12.5"), false],
    ["abc", text("abc"), true],
    ["abc", text("ABC"), false],
    ["abc", text("abc "), false],
    [null, null, true],
    [null, number(0), false],
    [null, text(""), false],
    [null, text("NULL"), false],
    ["", null, false],
    [0, null, false],
    [true, text("true"), true],
    [new Uint8Array([1, 255]), text("x'01ff'"), true],
    [Infinity, number(1), false],
  ])("%o held against %o passes: %s", (actual, wanted, passed) => expect(passes(equals(wanted), one(actual))).toBe(passed));

  test.each<[string, RecordedRows]>([
    ["no row", table()],
    ["2 rows", table([0], [0])],
    ["3 columns, where one value was expected: 0, …", table([0, 0, 0])],
  ])("that is instead %s is a failed check that says so", (actual, rows) =>
    expect(judged(equals(number(0)), rows)).toEqual({ passed: false, expected: "0", actual }),
  );

  test("is shown as what it is: a number bare, a text in quotes, NULL in capitals", () => {
    expect(judged(equals(number(0)), one(17))).toEqual({ passed: false, expected: "0", actual: "17" });
    expect(judged(equals(text("NULL")), one(null))).toEqual({ passed: false, expected: '"NULL"', actual: "NULL" });
    expect(judged(equals(null), one("a\nb"))).toEqual({ passed: false, expected: "NULL", actual: '"a\\nb"' });
  });
});

describe("bounds", () => {
  const atLeast = (value: ExpectedScalar): Expectation => ({ kind: "at-least", value });
  const atMost = (value: ExpectedScalar): Expectation => ({ kind: "at-most", value });
  const between: Expectation = { kind: "between", low: number(1), high: number("2.5") };

  test.each<[Expectation, SqlValue, boolean]>([
    [atLeast(number(1)), 1, true],
    [atLeast(number(1)), 0, false],
    [atLeast(number(10)), "9", false],
    [atLeast(number(9)), "10", true],
    [atLeast(text("2026-01-31")), "2026-02-01", true],
    [atLeast(text("2026-01-31")), "2026-01-30", false],
    [atLeast(number(0)), null, false],
    [atLeast(null), null, false],
    [atMost(number("9007199254740992")), 9007199254740993n, false],
    [atMost(number(3)), 3, true],
    [between, 1, true],
    [between, 2.5, true],
    [between, 2.5000001, false],
    [between, 0.99, false],
    [between, null, false],
  ])("%o of %o passes: %s", (expectation, actual, passed) => expect(passes(expectation, one(actual))).toBe(passed));

  test("of a number cannot be judged for a text, and say so", () => {
    expect(judged(atLeast(number(1)), one("many"))).toEqual({
      passed: false,
      expected: "at least 1",
      actual: '"many", which is not a number',
    });
    expect(passes(between, one("many"))).toBe(false);
  });
});

describe("patterns", () => {
  const matches = (pattern: string): Expectation => ({ kind: "matches", pattern });
  const not = (pattern: string): Expectation => ({ kind: "not-matches", pattern });

  test("look anywhere in the text, of numbers too", () => {
    expect(passes(matches("^a.c$"), one("abc"))).toBe(true);
    expect(passes(matches("b"), one("abc"))).toBe(true);
    expect(passes(matches("^1"), one(17))).toBe(true);
    expect(passes(not("error"), one("all well"))).toBe(true);
    expect(passes(not("error"), one("an error"))).toBe(false);
  });

  test("are never met by NULL, not even the absence of one", () => {
    expect(passes(matches("."), one(null))).toBe(false);
    expect(passes(not("."), one(null))).toBe(false);
  });

  test("that cannot be read fail the check", () => {
    expect(judged(matches("("), one("("))).toMatchObject({ passed: false, expected: "a match of /(/, which is no regular expression" });
    expect(passes(not("("), one("x"))).toBe(false);
  });
});

describe("compared with before", () => {
  const unchanged: Expectation = { kind: "unchanged" };
  const more = (by: string): Expectation => ({ kind: "increases-by", value: number(by) });

  test.each<[SqlValue[][], SqlValue[][], boolean]>([
    [[[5]], [[5]], true],
    [[[5]], [[6]], false],
    [[[5]], [["5"]], false],
    [[[null]], [[null]], true],
    [[[null]], [[""]], false],
    [[], [], true],
    [[[1], [2]], [[2], [1]], true],
    [[[1], [1], [2]], [[1], [2], [2]], false],
    [
      [["a", 1]],
      [
        ["a", 1],
        ["b", 2],
      ],
      false,
    ],
    [[["text null"]], [[null]], false],
  ])("%o then %o is unchanged: %s", (before, after, passed) => expect(passes(unchanged, table(...after), table(...before))).toBe(passed));

  test("nothing recorded before is a failure, never a pass", () => {
    expect(judged(unchanged, one(5))).toMatchObject({ passed: false, expected: "unchanged, and nothing was recorded before" });
    expect(passes(more("0"), one(5))).toBe(false);
  });

  test("an increase may have bounds, on one side or on both", () => {
    const within = (low: string | null, high: string | null): Expectation => ({
      kind: "increases-within",
      low: low === null ? null : number(low),
      high: high === null ? null : number(high),
    });
    expect(["16", "17", "22", "22.5"].map((now) => passes(within("0", "5"), one(Number(now)), one(17)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(passes(within(null, "5"), one(3), one(17))).toBe(true);
    expect(passes(within("1", null), one(900), one(17))).toBe(true);
    expect(judged(within("0", "5"), one(23), one(17))).toMatchObject({
      passed: false,
      expected: "at least 0 and at most 5 more than before, which was 17",
      actual: "23",
    });
    expect(passes(within("0", null), one(5))).toBe(false); // nothing recorded before
    expect(passes(within("0", null), one(5), one("many"))).toBe(false);
    expect(passes(within(null, "5"), one(null), one(17))).toBe(false);
  });

  test("an increase is exact", () => {
    expect(passes(more("3"), one(20), one(17))).toBe(true);
    expect(passes(more("-3"), one(14), one(17))).toBe(true);
    expect(passes(more("0.1"), one("0.3"), one("0.2"))).toBe(true);
    expect(passes(more("1"), one(9007199254740993n), one(9007199254740992n))).toBe(true);
    expect(passes(more("1"), one(9007199254740994n), one(9007199254740992n))).toBe(false);
    expect(judged(more("3"), one(19), one(17))).toEqual({ passed: false, expected: "20 (17 and 3 more)", actual: "19" });
    expect(judged(more("3"), one(3), one(null))).toMatchObject({ passed: false, expected: "3 more than before, which was NULL" });
  });
});

describe("named values", () => {
  const named = (values: Record<string, Expectation>): Expectation => ({ kind: "named", values: new Map(Object.entries(values)) });
  const wanted = named({ "Orphaned Users": equals(number(0)), "Missing Roles": equals(number(0)) });

  test("must all be there and right; others are not looked at", () => {
    expect(passes(wanted, table(["Missing Roles", 0], ["Other", 9], ["Orphaned Users", 0]))).toBe(true);
    expect(judged(wanted, table(["Missing Roles", 0], ["Orphaned Users", 3]))).toEqual({
      passed: false,
      expected: "Orphaned Users = 0, Missing Roles = 0",
      actual: "Orphaned Users = 3",
    });
  });

  test("that are absent or come twice fail", () => {
    expect(judged(wanted, table(["Missing Roles", 0]))).toMatchObject({ passed: false, actual: "Orphaned Users = no row" });
    expect(judged(wanted, table(["Missing Roles", 0], ["Missing Roles", 0], ["Orphaned Users", 0]))).toMatchObject({
      passed: false,
      actual: "Missing Roles = 2 rows",
    });
  });

  test("need a query of two columns", () => {
    expect(judged(wanted, one(0))).toMatchObject({ passed: false, actual: "1 column, where named values need two: name and value" });
  });

  test("compare each with its own value from before", () => {
    const grown = named({ users: { kind: "unchanged" }, orders: { kind: "increases-by", value: number(2) } });
    expect(passes(grown, table(["users", 5], ["orders", 9]), table(["users", 5], ["orders", 7]))).toBe(true);
    expect(passes(grown, table(["users", 4], ["orders", 9]), table(["users", 5], ["orders", 7]))).toBe(false);
  });
});

describe("whole results and several conditions", () => {
  const rows = (...wanted: ExpectedScalar[][]): Expectation => ({ kind: "rows", rows: wanted });

  test("rows are compared one by one, in order, with their number", () => {
    const wanted = rows([number(1), text("a")], [number(2), null]);
    expect(passes(wanted, table([1, "a"], [2, null]))).toBe(true);
    expect(passes(wanted, table([2, null], [1, "a"]))).toBe(false);
    expect(passes(wanted, table([1, "a"]))).toBe(false);
    expect(passes(wanted, table([1, "a"], [2, null], [3, "c"]))).toBe(false);
    expect(passes(wanted, table([1], [2]))).toBe(false);
    expect(passes(rows(), table())).toBe(true);
  });

  test("all conditions must hold, and the one that does not is told", () => {
    const both: Expectation = {
      kind: "all",
      of: [
        { kind: "at-least", value: number(1) },
        { kind: "at-most", value: number(5) },
      ],
    };
    expect(passes(both, one(3))).toBe(true);
    expect(judged(both, one(6))).toEqual({ passed: false, expected: "at least 1 and at most 5", actual: "6" });
  });
});

describe("recording", () => {
  test("declines a result that would swell journal and report, and says its size", () => {
    const many: SqlValue[][] = Array.from({ length: 10_001 }, (_, at) => [at]);
    expect(recordRows({ columns: ["n"], rows: many })).toMatch(/^10001 rows, and a check may give at most 10000/);
    expect(recordRows({ columns: ["n"], rows: many.slice(1) })).toMatchObject({ columns: ["n"] });
    expect(recordRows({ columns: ["t"], rows: [["x".repeat(1_048_577)]] })).toMatch(/^1048577 characters/);
  });

  test("survives a journal: what was recorded reads back the same", () => {
    const rows = recordRows({ columns: ["a"], rows: [[9007199254740993n], [null], ["ü"], [0.1]] });
    const values: RecordedValue[][] = [[number("9007199254740993")], [null], [text("ü")], [number("0.1")]];
    expect(JSON.parse(JSON.stringify(rows))).toEqual({ columns: ["a"], rows: values });
  });
});
