/** Checks as belay.yml writes them. */

import * as z from "zod/mini";
import { nearest } from "../domain/nearest.ts";
import { COMPARISONS } from "./advice.ts";
import { DEFAULTS } from "./defaults.ts";
import { isFilled, isHttpUrl, isPattern, rule, rules, type Flaw } from "./rule.ts";
import { mapOf } from "./schema-map.ts";
import { command, described, duration, needed, once, scalar, text, timeout } from "./schema-values.ts";

const bound = once(() => z.union([z.number(), z.string()]));

const someBound = rule<object>((map) =>
  Object.keys(map).length > 0 ? null : { code: "empty", message: "expected a bound", hint: "at-least, at-most or both" },
);

const conditionKeys = {
  equals: () => described(scalar(), "Exactly this value."),
  "at-least": () => described(bound(), "This or more."),
  "at-most": () => described(bound(), "This or less."),
  between: () => described(z.tuple([bound(), bound()]), "From the first to the second, both included."),
  matches: () => described(text(isPattern), "A regular expression that the text matches somewhere."),
  "not-matches": () => described(text(isPattern), "A regular expression that the text matches nowhere."),
  "increases-by": () =>
    described(
      z.union([
        z.number(),
        z
          .strictObject({
            "at-least": described(z.number(), "At least so much more."),
            "at-most": described(z.number(), "At most so much more."),
          })
          .check(someBound),
      ]),
      "So much more than in the before-state: exactly, or { at-least: 0, at-most: 5 }.",
    ),
  rows: () =>
    described(
      z.array(z.union([z.array(scalar()), scalar()])),
      "The whole result: a list of rows, each a list of values; a value alone is a row of one.",
    ),
};

/** A map with one of these keys is a condition, any other a list of named values. */
const CONDITIONS = Object.keys(conditionKeys);

export function isCondition(key: string): boolean {
  return CONDITIONS.includes(key);
}

const someCondition = rule<object>((map) =>
  Object.keys(map).length > 0 ? null : { code: "empty", message: "expected a condition", hint: `one of ${CONDITIONS.join(", ")}` },
);

export const conditions = once(() => mapOf(conditionKeys, undefined).check(someCondition));

/** `{ at-lest: 1 }` is a slip of the pen; `{ Orphaned Users: 0 }` is the value of a row with that name. */
const noConditionMeant = rules<Readonly<Record<string, unknown>>>((map) =>
  Object.keys(map).flatMap((key) => {
    const meant = isCondition(key) ? key : (COMPARISONS[key] ?? (key.length > 5 ? nearest(key, CONDITIONS) : null));
    return meant === null ? [] : [{ code: "unknown-key", message: `unknown key "${key}"`, hint: `did you mean "${meant}"?`, path: [key] }];
  }),
);

/** `">= 1"` would be compared as text, and never hold. */
const noOperator = rule<unknown>((value) => {
  const [, operator = "", number = ""] =
    typeof value === "string" ? (/^(>=|<=|==|!=|<>|=|>|<)\s*(-?\d+(?:\.\d+)?)$/.exec(value) ?? []) : [];
  if (operator === "") return null;
  return { code: "comparison-as-text", message: "expected a value or a condition", hint: `write ${conditionFor(operator, number)}` };
});

function conditionFor(operator: string, number: string): string {
  const whole = Number.isInteger(Number(number));
  if (operator === ">=" || (operator === ">" && !whole)) return `{ at-least: ${number} }`;
  if (operator === "<=" || (operator === "<" && !whole)) return `{ at-most: ${number} }`;
  if (operator === ">") return `{ at-least: ${Number(number) + 1} }`;
  if (operator === "<") return `{ at-most: ${Number(number) - 1} }`;
  return operator === "=" || operator === "==" ? number : `{ not-matches: "^${number}$" }`;
}

export const expectation = once(() =>
  z.union([scalar(), conditions(), z.record(z.string(), z.union([scalar(), conditions()])).check(noConditionMeant)]).check(noOperator),
);

const common = once(() => ({
  name: described(text(isFilled), "What the check is called in reports; by default what it runs."),
  warn: described(z.boolean(), "Warn instead of fail.", false),
}));

export const sqlCheck = once(() =>
  z.strictObject({
    ...common(),
    sql: needed(text(isFilled), "A query."),
    expect: described(
      expectation(),
      "What its result must be; without it the result is only recorded. A text, a number, null; unchanged (in after); a condition; or named values.",
    ),
    explain: described(text(isFilled), "A query whose first rows are shown when the check fails."),
    timeout: described(timeout(), "How long it may take.", DEFAULTS.checkTimeout),
  }),
);

export const httpCheck = once(() =>
  z.strictObject({
    ...common(),
    http: needed(text(isHttpUrl), "The address to ask."),
    method: described(
      z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
      "The method; by default POST where send is given, else GET.",
    ),
    headers: described(z.record(z.string(), z.string()), "Headers by name."),
    send: described(
      z.union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())]),
      "The body to send; a map or list goes as JSON.",
    ),
    expect: described(
      z.union([
        z.int().check(z.minimum(100), z.maximum(599)),
        z.strictObject({
          status: described(z.int().check(z.minimum(100), z.maximum(599)), "The status; by default any 2xx."),
          body: described(z.union([z.string(), conditions()]), "What the body must be."),
          json: described(z.unknown(), "What the body must contain as JSON."),
          under: described(timeout(), "How fast the answer must come."),
        }),
      ]),
      "What the answer must be; a number is the status.",
    ),
    within: described(duration(), "Ask again until it passes, at most for so long. By default 60s in health, otherwise once."),
    timeout: described(timeout(), "How long one answer may take.", DEFAULTS.httpTimeout),
  }),
);

export const commandCheck = once(() =>
  z.strictObject({
    ...common(),
    command: needed(command(), "A text for the shell, a list that is run without one, or { run, timeout }."),
    expect: described(
      z.union([
        z.int().check(z.minimum(0), z.maximum(255)),
        z.string(),
        z.strictObject({
          status: described(z.int().check(z.minimum(0), z.maximum(255)), "The exit status.", 0),
          output: described(z.union([z.string(), conditions()]), "What it must print."),
        }),
      ]),
      "What must come of it; a number is the exit status, a text the output.",
    ),
    timeout: described(timeout(), "How long it may take.", DEFAULTS.commandTimeout),
  }),
);

export const check = once(() => z.union([sqlCheck(), httpCheck(), commandCheck()]));

export type WrittenCheck = z.infer<ReturnType<typeof check>>;
export type WrittenSqlCheck = z.infer<ReturnType<typeof sqlCheck>>;
export type WrittenHttpCheck = z.infer<ReturnType<typeof httpCheck>>;
export type WrittenCommandCheck = z.infer<ReturnType<typeof commandCheck>>;

const NEEDS_BEFORE_STATE: Flaw = {
  code: "no-before-state",
  message: "there is no earlier result to compare with before the migration",
  hint: "move the check to checks.after",
};

/** `unchanged` and `increases-by` compare with the before-state, which only checks after the migration have. */
function needsBeforeState(expect: unknown): boolean {
  if (expect === "unchanged") return true;
  if (typeof expect !== "object" || expect === null) return false;
  return "increases-by" in expect || (!("equals" in expect) && Object.values(expect).some(needsBeforeState));
}

const hasBeforeState = rules<WrittenCheck>((each) =>
  "sql" in each && needsBeforeState(each.expect) ? [{ ...NEEDS_BEFORE_STATE, path: ["expect"] }] : [],
);

export const checksAfter = once(() => z.array(check()));
export const checksBefore = once(() => z.array(check().check(hasBeforeState)));

const noSql = rule<WrittenCheck>((each) =>
  "sql" in each
    ? {
        code: "sql-in-health",
        message: "in health the application has the database, so SQL is not asked",
        hint: "ask by http or command, or move the check to checks.after",
      }
    : null,
);

export const healthChecks = once(() => {
  const url = text(isHttpUrl);
  const one = check().check(noSql);
  return z.union([url, one, z.array(z.union([url, one]))]);
});
export type WrittenHealth = z.infer<ReturnType<typeof healthChecks>>;
