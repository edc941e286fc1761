/** What zod found, as problems for people: one sentence, the value where it may be shown, and what to write instead. */

import type * as z from "zod/mini";
import { nearest } from "../domain/nearest.ts";
import { adviceForChoice, adviceForKey, adviceForMap } from "./advice.ts";
import type { Problem } from "./problem.ts";
import type { Flaw } from "./rule.ts";
import { shown } from "./shown.ts";
import { at, placeOf, type Path, type ScalarTree, type Tree } from "./tree.ts";

type Issue = z.core.$ZodIssue;

/** To be given to `safeParse`: zod's finished issues do not say which keys there would have been, so the message carries them. */
export function knownKeys(issue: z.core.$ZodRawIssue): string | undefined {
  const definition: object | undefined = issue.code === "unrecognized_keys" ? issue.inst?._zod.def : undefined;
  return definition !== undefined && "shape" in definition ? Object.keys(definition.shape ?? {}).join(" ") : undefined;
}

/** The problems of a tree that a schema refused. Values that are not known here (another environment's variables) are no problems. */
export function problemsOf(tree: Tree, issues: readonly Issue[], base: Path = []): readonly Problem[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    const found = at(tree, path);
    if (found?.kind === "scalar" && found.origin === "unknown") return [];
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(tree, [...path, key], issue.message.split(" ")));
    if (issue.code === "invalid_union") return unionProblems(tree, path, issue.errors);
    return [{ ...placed(tree, path), ...explain(issue, found, fromTop(tree, path)) }];
  });
}

/** Where a value stands, as seen from the top of the file; `defaults` is an environment, too. */
function fromTop(tree: Tree, path: Path): Path {
  return tree.place.path === "" ? path : ["environments", tree.place.path, ...path];
}

function placed(tree: Tree, path: Path): Pick<Problem, "line" | "column" | "path"> {
  const { line, column, path: name } = at(tree, path)?.place ?? placeOf(tree, path);
  return { line, column, path: name };
}

function unknownKey(tree: Tree, path: Path, all: readonly string[]): Problem {
  const { line, column, path: name } = placeOf(tree, path);
  const key = String(path.at(-1));
  const meant = nearest(key, all);
  const hint = meant === null ? (adviceForKey(fromTop(tree, path)) ?? `the keys here are ${all.join(", ")}`) : `did you mean "${meant}"?`;
  return { line, column, path: name, code: "unknown-key", message: `unknown key "${key}"`, hint };
}

/** A value may have one of several forms. The problems of the form that was most likely meant are told; of none, where none fits better. */
function unionProblems(tree: Tree, path: Path, forms: readonly (readonly Issue[])[]): readonly Problem[] {
  const found = at(tree, path);
  const fitting = forms.filter((issues) => !issues.some((issue) => wrongKind(issue, found)));
  if (fitting.length === 0) return [wrongForm(tree, path, forms)];
  const ranked = fitting.map((issues) => ({ issues, slips: slips(tree, path, issues) })).sort((a, b) => a.slips - b.slips);
  const [best, next] = ranked;
  if (best === undefined) return [];
  const missing = ranked.map(({ issues }) => (issues.length === 1 ? missingKey(tree, path, issues[0]) : null));
  if (next !== undefined && best.slips === next.slips && missing[0] !== null && missing[1] !== null) {
    const keys = missing.filter((key) => key !== null);
    return [
      {
        ...placed(tree, path),
        code: "missing-key",
        message: `needs one of the keys ${keys.join(", ")}`,
        hint: `for example ${keys[0]}: …`,
      },
    ];
  }
  return problemsOf(
    tree,
    best.issues.filter((issue) => !isMisspelt(tree, path, issue, best.issues)),
    path,
  );
}

/** The value itself, not something inside it, is of another kind than this form wants. */
function wrongKind(issue: Issue, found: Tree | undefined): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === "invalid_union") return issue.errors.every((issues) => issues.some((inner) => wrongKind(inner, found)));
  return issue.code === "invalid_type" || (issue.code === "invalid_value" && (issue.values.length === 1 || found?.kind !== "scalar"));
}

function slips(tree: Tree, base: Path, issues: readonly Issue[]): number {
  return issues
    .filter((issue) => !isMisspelt(tree, base, issue, issues))
    .reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
}

function missingKey(tree: Tree, base: Path, issue: Issue | undefined): string | null {
  const missing = issue !== undefined && issue.path.length > 0 && at(tree, [...base, ...issue.path]) === undefined;
  return missing ? String(issue.path.at(-1)) : null;
}

/** A missing key that stands there misspelt is told once, as the unknown key. */
function isMisspelt(tree: Tree, base: Path, issue: Issue, issues: readonly Issue[]): boolean {
  const key = missingKey(tree, base, issue);
  if (key === null) return false;
  return issues.some(
    (other) => other.code === "unrecognized_keys" && other.keys.some((given) => nearest(given, other.message.split(" ")) === key),
  );
}

type Words = Pick<Problem, "code" | "message" | "hint">;

function explain(issue: Issue, found: Tree | undefined, where: Path): Words {
  if (found === undefined) return { code: "missing-key", message: `the key "${String(where.at(-1))}" is missing`, hint: "add it" };
  if (isEmpty(found)) return { code: "empty-value", message: "has no value", hint: "give it one, or leave the key out" };
  if (issue.code === "custom") return custom(issue, found);
  if (issue.code === "invalid_value") return wrongChoice(issue.values.map(String), found);
  if (issue.code === "invalid_type") return wrongType(issue, found, where);
  if (issue.code === "too_small") return outOfRange(issue.origin, `at least ${issue.minimum}`, found);
  if (issue.code === "too_big") return outOfRange(issue.origin, `at most ${issue.maximum}`, found);
  return { code: "invalid", message: `not understood, ${got(found)}`, hint: null };
}

/** A schema that was made with a text of its own gives that as the hint. */
function wrongType(issue: Extract<Issue, { code: "invalid_type" }>, found: Tree, where: Path): Words {
  const isMap = issue.expected === "object" || issue.expected === "record";
  const own = isMap ? adviceForMap(where) : hintFor(issue.expected, found);
  const hint = issue.message === "Invalid input" ? own : issue.message;
  return { code: "wrong-type", message: `expected ${kindName(issue.expected)}, ${got(found)}`, hint };
}

function outOfRange(origin: string, amount: string, found: Tree): Words {
  const expected = origin === "array" ? `a list of ${amount}` : `a number of ${amount}`;
  return { code: "out-of-range", message: `expected ${expected}, ${got(found)}`, hint: null };
}

/** A rule's own words. Those that say what was expected are followed by what stands there. */
function custom(issue: Extract<Issue, { code: "custom" }>, found: Tree): Words {
  const flaw = issue.params?.["flaw"] as Flaw | undefined;
  if (flaw === undefined) return { code: "invalid", message: `not understood, ${got(found)}`, hint: null };
  const { message, hint } = found.kind === "scalar" && found.origin !== "written" ? (flaw.discreet ?? flaw) : flaw;
  const showing = message.startsWith("expected") && found.kind === "scalar" && found.value !== "";
  return { code: flaw.code, message: showing ? `${message}, ${got(found)}` : message, hint };
}

function wrongForm(tree: Tree, path: Path, forms: readonly (readonly Issue[])[]): Problem {
  const found = at(tree, path);
  const where = fromTop(tree, path);
  const first = forms.flat();
  if (found === undefined || isEmpty(found)) return { ...placed(tree, path), ...explain(first[0] as Issue, found, where) };
  const choices = first.flatMap((issue) => (issue.code === "invalid_value" ? issue.values.map(String) : []));
  const kinds = [...new Set(allTypes(first))].map(kindName);
  const expected = [...kinds, ...choices.map((choice) => `"${choice}"`)];
  const meant = isWritten(found) ? choiceMeant(String(found.value), choices) : null;
  return {
    ...placed(tree, path),
    code: "wrong-type",
    message: `expected ${expected.join(" or ")}, ${got(found)}`,
    hint: meant === null ? adviceForMap(where) : `did you mean "${meant}"?`,
  };
}

function choiceMeant(written: string, choices: readonly string[]): string | null {
  return adviceForChoice(written, choices) ?? nearest(written, choices);
}

function allTypes(issues: readonly Issue[]): string[] {
  return issues.flatMap((issue) => {
    if (issue.path.length > 0) return [];
    if (issue.code === "invalid_union") return allTypes(issue.errors.flat());
    return issue.code === "invalid_type" ? [issue.expected] : [];
  });
}

function wrongChoice(choices: readonly string[], found: Tree): Words {
  const meant = isWritten(found) && choices.length > 1 ? choiceMeant(String(found.value), choices) : null;
  const list = choices.length === 1 ? choices.join() : `one of ${choices.join(", ")}`;
  return { code: "wrong-value", message: `expected ${list}, ${got(found)}`, hint: meant === null ? null : `did you mean "${meant}"?` };
}

/** What stands there, as far as it may be shown. */
function got(found: Tree): string {
  if (found.kind === "list" && found.items.length === 0) return "but this one is empty";
  if (found.kind !== "scalar") return `but this is a ${found.kind}`;
  if (found.origin !== "written") return "but the value of the variable is something else";
  if (typeof found.value === "string") return `but this is ${shown(found.value)}`;
  return `but this is ${typeof found.value === "number" ? `the number ${found.source}` : found.source}`;
}

function isEmpty(found: Tree): boolean {
  return found.kind === "scalar" && found.value === null;
}

function kindName(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    object: "a map",
    record: "a map",
    array: "a list",
    tuple: "a list of two",
    string: "text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    null: "null",
  };
  return names[expected] ?? expected;
}

function hintFor(expected: string, found: Tree): string | null {
  if (expected === "string" && isWritten(found) && typeof found.value !== "string") return `put it in quotes: "${found.source}"`;
  if (expected === "array" && isWritten(found))
    return `write a list: [${typeof found.value === "string" ? shown(found.value) : found.source}]`;
  if (expected === "boolean") return booleanHint(found);
  return null;
}

/** YAML 1.2 knows no yes and no. */
function booleanHint(found: Tree): string {
  const word = isWritten(found) ? found.source.toLowerCase() : "";
  if (["yes", "on", "y"].includes(word)) return "write true";
  return ["no", "off", "n"].includes(word) ? "write false" : "write true or false, without quotes";
}

function isWritten(found: Tree): found is ScalarTree {
  return found.kind === "scalar" && found.origin === "written";
}
