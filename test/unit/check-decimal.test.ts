import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDecimals, compareDecimals, formatDecimal, parseDecimal, type Decimal } from "../../src/check/decimal.ts";

function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  if (parsed === undefined) throw new Error(`${text} is no decimal`);
  return parsed;
}

const compare = (a: string, b: string) => Math.sign(compareDecimals(decimal(a), decimal(b)));

/** A number as digits over a power of ten, written in one of many ways. */
const written = fc
  .record({
    whole: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
    scale: fc.integer({ min: 0, max: 40 }),
    zeros: fc.integer({ min: 0, max: 3 }),
    form: fc.constantFrom("point", "exponent"),
  })
  .map(({ whole, scale, zeros, form }) => {
    const sign = whole < 0n ? "-" : "";
    const digits = String(whole < 0n ? -whole : whole);
    if (form === "exponent") return { whole, scale, text: `${sign}${"0".repeat(zeros)}${digits}e-${scale}` };
    const padded = digits.padStart(scale + 1, "0");
    const point = padded.length - scale;
    return { whole, scale, text: `${sign}${"0".repeat(zeros)}${padded.slice(0, point)}.${padded.slice(point)}${"0".repeat(zeros)}` };
  });

describe("decimals", () => {
  test.each([
    ["0.10", "0.1"],
    ["1e3", "1000"],
    ["-0", "0"],
    ["-0.000", "+0e99"],
    ["1E+2", "100."],
    [".5", "0.5"],
    ["9007199254740993", "9007199254740993.0"],
    ["1e-400", "0.1e-399"],
  ])("%s is %s", (a, b) => expect(compare(a, b)).toBe(0));

  test.each([
    ["9007199254740992", "9007199254740993"],
    ["-1", "0"],
    ["-10", "-9"],
    ["0.1", "0.10000000000000000000000001"],
    ["9e99", "1e100"],
    ["1e-99999999999999999999999", "1e99999999999999999999999"],
    ["-1e99999999999999999999999", "0"],
  ])("%s is below %s", (a, b) => {
    expect(compare(a, b)).toBe(-1);
    expect(compare(b, a)).toBe(1);
  });

  test.each(["", "-", ".", "1,000", "0x10", "Infinity", "NaN", "1e", "1 ", "e5", "1.2.3", "١"])("%j is no decimal", (text) =>
    expect(parseDecimal(text)).toBeUndefined(),
  );

  test("compare as whole numbers of the same unit would, however they are written", () => {
    fc.assert(
      fc.property(written, written, (a, b) => {
        const difference = a.whole * 10n ** BigInt(b.scale) - b.whole * 10n ** BigInt(a.scale);
        expect(compare(a.text, b.text)).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
      }),
    );
  });

  test("add as whole numbers of the same unit would, and are written so that they read back the same", () => {
    fc.assert(
      fc.property(written, written, (a, b) => {
        const sum = addDecimals(decimal(a.text), decimal(b.text));
        if (sum === undefined) throw new Error("no sum");
        const whole = a.whole * 10n ** BigInt(b.scale) + b.whole * 10n ** BigInt(a.scale);
        expect(compareDecimals(sum, decimal(`${whole}e-${a.scale + b.scale}`))).toBe(0);
        expect(decimal(formatDecimal(sum))).toEqual(sum);
      }),
    );
  });

  test("sums of absurdly different sizes are declined instead of filling memory", () => {
    expect(addDecimals(decimal("1e999999999"), decimal("1"))).toBeUndefined();
  });

  test.each([
    ["17.50", "17.5"],
    ["1e3", "1000"],
    ["-0.001", "-0.001"],
    ["1e30", "1e30"],
    ["12e-10", "1.2e-9"],
    ["-0", "0"],
  ])("%s is written %s", (text, wanted) => expect(formatDecimal(decimal(text))).toBe(wanted));
});
