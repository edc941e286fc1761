/** Checks as belay.yml asks for them, every shorthand expanded. */

import type { JsonValue } from "./canonical-json.ts";
import type { CommandLine } from "./command.ts";

export interface SqlCheck {
  readonly kind: "sql";
  readonly name: string;
  readonly sql: string;
  /** null: recorded only. */
  readonly expect: Expectation | null;
  readonly explain: string | null;
  readonly warn: boolean;
  readonly timeoutMs: number;
}

export interface HttpCheck {
  readonly kind: "http";
  readonly name: string;
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly send: string | null;
  readonly expect: HttpExpectation;
  /** Keep asking until it passes or this much time is over. 0: ask once. */
  readonly withinMs: number;
  readonly timeoutMs: number;
  readonly warn: boolean;
}

export interface CommandCheck {
  readonly kind: "command";
  readonly name: string;
  readonly command: CommandLine;
  readonly expect: { readonly status: number; readonly output: Expectation | null };
  readonly warn: boolean;
  readonly timeoutMs: number;
}

export type CheckConfig = SqlCheck | HttpCheck | CommandCheck;

/** A scalar as belay.yml can write it. Numbers keep their text, so that 0.10 and huge integers compare exactly. */
export type ExpectedScalar = { readonly text: string; readonly number: boolean } | null;

export type Expectation =
  | { readonly kind: "equals"; readonly value: ExpectedScalar }
  | { readonly kind: "unchanged" }
  | { readonly kind: "at-least" | "at-most"; readonly value: ExpectedScalar }
  | { readonly kind: "between"; readonly low: ExpectedScalar; readonly high: ExpectedScalar }
  | { readonly kind: "matches" | "not-matches"; readonly pattern: string }
  | { readonly kind: "increases-by"; readonly value: ExpectedScalar }
  /** null: no bound on that side; one of them there is. */
  | { readonly kind: "increases-within"; readonly low: ExpectedScalar; readonly high: ExpectedScalar }
  | { readonly kind: "rows"; readonly rows: readonly (readonly ExpectedScalar[])[] }
  /** A query with two columns: every name must have the value; names that are not listed are not looked at. */
  | { readonly kind: "named"; readonly values: ReadonlyMap<string, Expectation> }
  /** Several conditions at once, all of which must hold. */
  | { readonly kind: "all"; readonly of: readonly Expectation[] };

export interface HttpExpectation {
  /** null: any 2xx. */
  readonly status: number | null;
  readonly body: Expectation | null;
  readonly json: JsonValue | null;
  readonly underMs: number | null;
}

export type DataScopeConfig =
  | { readonly mode: "report" | "additive" | "off" }
  | {
      readonly mode: "may-change";
      readonly tables: readonly string[];
      readonly columns: readonly { readonly table: string; readonly column: string }[];
    };
