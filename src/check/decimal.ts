/** Decimal numbers of any size, compared exactly. No floating point: 0.10 is 0.1, 1e3 is 1000, and 2^53 + 1 is not 2^53. */

export interface Decimal {
  readonly negative: boolean;
  /** Without zeros at either end; empty for zero. The value is 0.<digits> times ten to the power of `magnitude`. */
  readonly digits: string;
  readonly magnitude: bigint;
}

const ZERO: Decimal = { negative: false, digits: "", magnitude: 0n };

/** Two numbers further apart than this are not added: their sum would be a line of zeros. */
const WIDEST_SUM = 10_000n;

/** undefined where the text is no decimal number: `1,000`, `0x10`, `Infinity`, an empty text. */
export function parseDecimal(text: string): Decimal | undefined {
  const [, sign, whole = "", fraction = "", exponent = "0"] = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const digits = whole + fraction;
  const leadingZeros = digits.length - digits.replace(/^0+/, "").length;
  const significant = digits.slice(leadingZeros).replace(/0+$/, "");
  if (significant === "") return ZERO;
  return { negative: sign === "-", digits: significant, magnitude: BigInt(exponent) + BigInt(whole.length - leadingZeros) };
}

/** Below zero, zero, above zero: as `a - b` would be. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  return a.negative ? compareSizes(b, a) : compareSizes(a, b);
}

/** `a + b`; undefined where their sizes are too far apart for a sum that anybody could read. */
export function addDecimals(a: Decimal, b: Decimal): Decimal | undefined {
  if (a.digits === "") return b;
  if (b.digits === "") return a;
  const lowest = [a, b].map(({ digits, magnitude }) => magnitude - BigInt(digits.length));
  const [lowA = 0n, lowB = 0n] = lowest;
  const low = lowA < lowB ? lowA : lowB;
  if (lowA - low > WIDEST_SUM || lowB - low > WIDEST_SUM) return undefined;
  const sum = signed(a) * 10n ** (lowA - low) + signed(b) * 10n ** (lowB - low);
  return parseDecimal(`${sum}e${low}`);
}

/** As people write it, short: `20`, `-0.5`, `1e30`. */
export function formatDecimal({ negative, digits, magnitude }: Decimal): string {
  if (digits === "") return "0";
  const sign = negative ? "-" : "";
  const point = Number(magnitude);
  if (point > 21 || point < -6) return `${sign}${digits.slice(0, 1)}${digits.length > 1 ? `.${digits.slice(1)}` : ""}e${magnitude - 1n}`;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  const whole = digits.slice(0, point).padEnd(point, "0");
  return `${sign}${whole}${digits.length > point ? `.${digits.slice(point)}` : ""}`;
}

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.digits === "" || b.digits === "") return a.digits.length - b.digits.length;
  if (a.magnitude !== b.magnitude) return a.magnitude < b.magnitude ? -1 : 1;
  const length = Math.max(a.digits.length, b.digits.length);
  const [left, right] = [a.digits.padEnd(length, "0"), b.digits.padEnd(length, "0")];
  return left < right ? -1 : left > right ? 1 : 0;
}

function signed({ negative, digits }: Decimal): bigint {
  return negative ? -BigInt(digits) : BigInt(digits);
}
