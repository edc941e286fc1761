/** Whether a JSON text holds what was expected: every member given must be there, whatever else is. Numbers compare exactly. */

import type { JsonValue } from "../domain/canonical-json.ts";
import { compareDecimals, parseDecimal } from "./decimal.ts";
import { shortened } from "./recorded.ts";

/** A JSON number as it was written, so that no digit is lost. */
class WrittenNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** The first difference, as `$.jobs[0].state being "failed"`, or null where there is none. Lists must have the same length. */
export function judgeJson(expected: JsonValue, text: string): string | null {
  let actual: unknown;
  try {
    actual = parseExactly(text);
  } catch (error) {
    if (error instanceof SyntaxError) return `a body that is no JSON: ${shortened(text.trim(), 120)}`;
    throw error;
  }
  return difference(expected, actual, "$");
}

function difference(expected: JsonValue, actual: unknown, place: string): string | null {
  if (actual === undefined) return `${place} absent`;
  if (Array.isArray(expected)) return listDifference(expected as readonly JsonValue[], actual, place);
  if (expected !== null && typeof expected === "object") {
    if (actual === null || typeof actual !== "object" || Array.isArray(actual) || actual instanceof WrittenNumber)
      return isInstead(place, actual);
    const members = new Map<string, unknown>(Object.entries(actual));
    for (const [name, value] of Object.entries(expected)) {
      const found = difference(value, members.get(name), /^\w+$/.test(name) ? `${place}.${name}` : `${place}[${JSON.stringify(name)}]`);
      if (found !== null) return found;
    }
    return null;
  }
  return sameScalar(expected as string | number | boolean | null, actual) ? null : isInstead(place, actual);
}

function listDifference(expected: readonly JsonValue[], actual: unknown, place: string): string | null {
  if (!Array.isArray(actual)) return isInstead(place, actual);
  if (actual.length !== expected.length) return `${place} having ${actual.length} elements`;
  for (const [at, value] of expected.entries()) {
    const found = difference(value, actual[at], `${place}[${at}]`);
    if (found !== null) return found;
  }
  return null;
}

function sameScalar(expected: string | number | boolean | null, actual: unknown): boolean {
  if (typeof expected !== "number") return expected === actual;
  if (!(actual instanceof WrittenNumber)) return false;
  const [wanted, got] = [parseDecimal(String(expected)), parseDecimal(actual.text)];
  return wanted !== undefined && got !== undefined && compareDecimals(wanted, got) === 0;
}

function isInstead(place: string, actual: unknown): string {
  return `${place} being ${shortened(
    JSON.stringify(actual, (_, value: unknown) => (value instanceof WrittenNumber ? Number(value.text) : value)),
    120,
  )}`;
}

function parseExactly(text: string): unknown {
  // The third argument, the source text, is newer than TypeScript's declaration of JSON.parse.
  const keepNumbers = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === "number" ? new WrittenNumber(context?.source ?? String(value)) : value;
  return JSON.parse(text, keepNumbers) as unknown;
}
