/** Whether a result is what was expected. Pure. Numbers compare as exact decimals, all else as text; NULL equals only null. */

import type { Expectation, ExpectedScalar } from "../domain/check.ts";
import type { RecordedRows, RecordedValue } from "./check.ts";
import { addDecimals, compareDecimals, formatDecimal, parseDecimal, type Decimal } from "./decimal.ts";
import { recordText, showName, showRows, showValue } from "./recorded.ts";

export interface Judgement {
  readonly passed: boolean;
  readonly expected: string;
  readonly actual: string;
}

/** Holds `actual` against an expectation; `baseline` is what the same query gave before, null where it was not asked. */
export function meets(expectation: Expectation, actual: RecordedRows, baseline: RecordedRows | null): Judgement {
  switch (expectation.kind) {
    case "all":
      return meetsAll(expectation.of, actual, baseline);
    case "named":
      return meetsNamed(expectation.values, actual, baseline);
    case "rows":
      return meetsRows(expectation.rows, actual);
    case "unchanged":
      return meetsUnchanged(actual, baseline);
    case "equals":
    case "at-least":
    case "at-most":
    case "between":
    case "matches":
    case "not-matches":
    case "increases-by":
    case "increases-within":
      return meetsScalar(expectation, actual, baseline);
  }
}

type ScalarExpectation = Exclude<Expectation, { readonly kind: "all" | "named" | "rows" | "unchanged" }>;

/** As `meets`, of what a program or a server printed: the line's end that it puts behind counts only where it is expected. */
export function meetsPrinted(expectation: Expectation, text: string, withoutEnd: string): Judgement {
  const judged = meets(expectation, recordText(withoutEnd), null);
  return judged.passed || text === withoutEnd ? judged : { ...judged, passed: meets(expectation, recordText(text), null).passed };
}

function meetsScalar(expectation: ScalarExpectation, actual: RecordedRows, baseline: RecordedRows | null): Judgement {
  const wanted = wantedScalar(expectation, baseline);
  if (wanted.holds === null) return { passed: false, expected: wanted.expected, actual: showRows(actual) };
  const value = onlyValue(actual);
  if (typeof value === "string") return { passed: false, expected: wanted.expected, actual: value };
  const verdict = wanted.holds(value);
  return {
    passed: verdict === true,
    expected: wanted.expected,
    actual: typeof verdict === "string" ? `${showValue(value)}, ${verdict}` : showValue(value),
  };
}

/** What a single value must be. A `holds` of null: that cannot be said, and `expected` tells why; a text from it: why it does not hold. */
interface Wanted {
  readonly expected: string;
  readonly holds: ((value: RecordedValue) => boolean | string) | null;
}

function wantedScalar(expectation: ScalarExpectation, baseline: RecordedRows | null): Wanted {
  switch (expectation.kind) {
    case "equals":
      return { expected: showValue(expectation.value), holds: (value) => sameValue(value, expectation.value) };
    case "at-least":
      return { expected: `at least ${showValue(expectation.value)}`, holds: (value) => inOrder(expectation.value, value) };
    case "at-most":
      return { expected: `at most ${showValue(expectation.value)}`, holds: (value) => inOrder(value, expectation.value) };
    case "between":
      return {
        expected: `between ${showValue(expectation.low)} and ${showValue(expectation.high)}`,
        holds: (value) => both(inOrder(expectation.low, value), () => inOrder(value, expectation.high)),
      };
    case "matches":
    case "not-matches":
      return wantedPattern(expectation.pattern, expectation.kind === "matches");
    case "increases-by":
      return wantedIncrease(expectation.value, baseline);
    case "increases-within":
      return wantedGrowth(expectation.low, expectation.high, baseline);
  }
}

function wantedPattern(source: string, wanted: boolean): Wanted {
  const expected = `${wanted ? "a match of" : "no match of"} /${source}/`;
  const pattern = parsePattern(source);
  if (pattern === undefined) return { expected: `${expected}, which is no regular expression`, holds: null };
  return { expected, holds: (value) => value !== null && pattern.test(value.text) === wanted };
}

function wantedIncrease(by: ExpectedScalar, baseline: RecordedRows | null): Wanted {
  const described = `${showValue(by)} more than before`;
  if (baseline === null) return { expected: `${described}, and nothing was recorded before`, holds: null };
  const old = onlyValue(baseline);
  if (typeof old === "string") return { expected: `${described}, which was ${old}`, holds: null };
  const target = sumOf(old, by);
  if (target === null) return { expected: `${described}, which was ${showValue(old)}`, holds: null };
  return { expected: `${target.text} (${showValue(old)} and ${showValue(by)} more)`, holds: (value) => sameValue(value, target) };
}

/** A side without a bound is null. */
function wantedGrowth(low: ExpectedScalar, high: ExpectedScalar, baseline: RecordedRows | null): Wanted {
  const bounds = [...(low === null ? [] : [["at least", low] as const]), ...(high === null ? [] : [["at most", high] as const])];
  const described = `${bounds.map(([word, by]) => `${word} ${showValue(by)}`).join(" and ")} more than before`;
  if (baseline === null) return { expected: `${described}, and nothing was recorded before`, holds: null };
  const old = onlyValue(baseline);
  if (typeof old === "string") return { expected: `${described}, which was ${old}`, holds: null };
  const sums = bounds.map(([word, by]) => ({ word, sum: sumOf(old, by) }));
  if (sums.some(({ sum }) => sum === null)) return { expected: `${described}, which was ${showValue(old)}`, holds: null };
  return {
    expected: `${described}, which was ${showValue(old)}`,
    holds: (value) => {
      const verdicts = sums.map(({ word, sum }) => (word === "at least" ? inOrder(sum, value) : inOrder(value, sum)));
      return verdicts.find((verdict) => verdict !== true) ?? true;
    },
  };
}

/** null where one is no number, or their sizes are too far apart. */
function sumOf(one: RecordedValue, other: RecordedValue): RecordedValue {
  const [left, right] = [decimalOf(one), decimalOf(other)];
  const sum = left === undefined || right === undefined ? undefined : addDecimals(left, right);
  return sum === undefined ? null : { text: formatDecimal(sum), number: true };
}

function meetsAll(conditions: readonly Expectation[], actual: RecordedRows, baseline: RecordedRows | null): Judgement {
  const judgements = conditions.map((condition) => meets(condition, actual, baseline));
  const broken = judgements.find(({ passed }) => !passed);
  return {
    passed: broken === undefined,
    expected: judgements.map(({ expected }) => expected).join(" and "),
    actual: broken?.actual ?? judgements[0]?.actual ?? showRows(actual),
  };
}

/** Names that are not listed are not looked at. A name that comes twice cannot be judged. */
function meetsNamed(values: ReadonlyMap<string, Expectation>, actual: RecordedRows, baseline: RecordedRows | null): Judgement {
  if (actual.columns.length !== 2) {
    return {
      passed: false,
      expected: `the values of ${[...values.keys()].join(", ")}`,
      actual: `${counted(actual.columns.length, "column")}, where named values need two: name and value`,
    };
  }
  const judged = [...values].map(([name, expectation]) => ({
    name,
    ...meets(expectation, rowsNamed(actual, name), baseline === null ? null : rowsNamed(baseline, name)),
  }));
  const broken = judged.filter(({ passed }) => !passed);
  return {
    passed: broken.length === 0,
    expected: judged.map(({ name, expected }) => `${name} = ${expected}`).join(", "),
    actual: (broken.length === 0 ? judged : broken).map((one) => `${one.name} = ${one.actual}`).join(", "),
  };
}

function rowsNamed({ columns, rows }: RecordedRows, name: string): RecordedRows {
  return { columns: columns.slice(1), rows: rows.filter(([own]) => own !== null && own?.text === name).map((row) => row.slice(1)) };
}

/** Row by row, in order: the query's ORDER BY decides. */
function meetsRows(wanted: readonly (readonly ExpectedScalar[])[], actual: RecordedRows): Judgement {
  const columns = wanted[0]?.length ?? actual.columns.length;
  const same = wanted.length === actual.rows.length && wanted.every((row, at) => sameRow(row, actual.rows[at] ?? []));
  const expected = showRows({ columns: Array.from({ length: columns }, () => ""), rows: wanted });
  return { passed: same, expected, actual: same ? showRows(actual) : `${showRows(actual)}${firstDifference(wanted, actual)}` };
}

function firstDifference(wanted: readonly (readonly ExpectedScalar[])[], { rows }: RecordedRows): string {
  if (wanted.length !== rows.length) return "";
  const at = wanted.findIndex((row, index) => !sameRow(row, rows[index] ?? []));
  return wanted.length > 1 ? ` (row ${at + 1} differs)` : "";
}

function sameRow(wanted: readonly ExpectedScalar[], actual: readonly RecordedValue[]): boolean {
  return wanted.length === actual.length && wanted.every((value, at) => sameValue(actual[at] ?? null, value));
}

/** The same rows as before, the same number of times. Their order does not count: without ORDER BY it may change by itself. */
function meetsUnchanged(actual: RecordedRows, baseline: RecordedRows | null): Judgement {
  if (baseline === null) return { passed: false, expected: "unchanged, and nothing was recorded before", actual: showRows(actual) };
  const keys = ({ rows }: RecordedRows) => rows.map((row) => JSON.stringify(row.map(exactKey))).sort();
  const [before, now] = [keys(baseline), keys(actual)];
  const passed = before.length === now.length && before.every((key, at) => key === now[at]);
  return { passed, expected: `unchanged: ${showRows(baseline)}`, actual: showRows(actual) };
}

/** Equal for equal numbers however they are written, and never for a number and a text. */
function exactKey(value: RecordedValue): string | null {
  if (value === null) return null;
  const decimal = value.number ? parseDecimal(value.text) : undefined;
  return decimal === undefined ? `text ${value.text}` : `number ${formatDecimal(decimal)}`;
}

function sameValue(actual: RecordedValue, expected: ExpectedScalar): boolean {
  if (actual === null || expected === null) return actual === expected;
  const numbers = bothDecimals(actual, expected);
  return numbers === undefined ? actual.text === expected.text : compareDecimals(...numbers) === 0;
}

/** Whether `low` does not exceed `high`, or why that cannot be said. Texts, such as dates, by their characters. */
function inOrder(low: RecordedValue, high: RecordedValue): boolean | string {
  if (low === null || high === null) return false;
  const numbers = bothDecimals(low, high);
  if (numbers !== undefined) return compareDecimals(...numbers) <= 0;
  if (low.number || high.number) return "which is not a number";
  return low.text <= high.text;
}

function both(first: boolean | string, second: () => boolean | string): boolean | string {
  return first === true ? second() : first;
}

/** Both as decimals where at least one of them is a number by its type: some drivers give exact numbers as text. */
function bothDecimals(a: NonNullable<RecordedValue>, b: NonNullable<RecordedValue>): [Decimal, Decimal] | undefined {
  if (!a.number && !b.number) return undefined;
  const [left, right] = [parseDecimal(a.text), parseDecimal(b.text)];
  return left === undefined || right === undefined ? undefined : [left, right];
}

function decimalOf(value: RecordedValue): Decimal | undefined {
  return value === null ? undefined : parseDecimal(value.text);
}

/** The one value of a result, or what it has instead. */
function onlyValue({ columns, rows }: RecordedRows): RecordedValue | string {
  const [row] = rows;
  if (row === undefined) return "no row";
  if (rows.length > 1) return counted(rows.length, "row");
  return row.length === 1
    ? (row[0] ?? null)
    : `${counted(columns.length, "column")}, where one value was expected: ${showName(row[0] ?? null)}, …`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function parsePattern(source: string): RegExp | undefined {
  try {
    return new RegExp(source, "u");
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
