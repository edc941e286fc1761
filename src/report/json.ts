import { type BelayError, reasonOf } from "../domain/error.ts";
import type { Result } from "../domain/result.ts";

/**
 * One JSON object on one line. What a terminal would obey or hide (controls, marks of direction) is written as `\uXXXX`: the same
 * value for every reader of JSON, and harmless to look at.
 */
export function resultJson(result: Result): string {
  return oneLine(result);
}

/** A command line or configuration that is wrong: there was no run, hence no outcome. `facts` carry what the error knows (each problem with its line). */
export function usageJson(belay: string, command: string | null, error: BelayError): string {
  const facts = Object.keys(error.facts).length === 0 ? {} : { facts: error.facts };
  return oneLine({
    belay,
    run: null,
    command,
    environment: null,
    outcome: null,
    digest: null,
    reasons: [{ ...reasonOf(error), ...facts }],
    targets: [],
  });
}

/** Any value as one such line. */
export function oneLine(value: unknown): string {
  return `${JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, codeUnits)}\n`;
}

function codeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
}
