/** `expect` as written → Expectation. It reads the tree, not plain values: numbers keep the digits that were written. */

import type { Expectation, ExpectedScalar } from "../domain/check.ts";
import { isCondition } from "./schema-checks.ts";
import { at, type MapTree, type Path, type ScalarTree, type Tree } from "./tree.ts";

/** Of a value that the schema has accepted; null where there is none: the result is then only recorded. */
export function expectationAt(tree: Tree, path: Path): Expectation | null {
  const found = at(tree, path);
  return found === undefined ? null : expectation(found);
}

function expectation(tree: Tree): Expectation {
  if (tree.kind === "list") throw new RangeError(`${tree.place.path} passed the schema and is a list`);
  if (tree.kind === "scalar") return tree.value === "unchanged" ? { kind: "unchanged" } : { kind: "equals", value: expected(tree) };
  return [...tree.entries.keys()].some(isCondition) ? conditions(tree) : named(tree);
}

function named(map: MapTree): Expectation {
  return { kind: "named", values: new Map([...map.entries].map(([name, { value }]) => [name, expectation(value)])) };
}

function conditions(map: MapTree): Expectation {
  const all = [...map.entries].map(([kind, { value }]) => condition(kind, value));
  const [only, ...more] = all;
  return only !== undefined && more.length === 0 ? only : { kind: "all", of: all };
}

function condition(kind: string, value: Tree): Expectation {
  switch (kind) {
    case "equals":
    case "at-least":
    case "at-most":
      return { kind, value: expected(value) };
    case "increases-by":
      return value.kind === "map" ? increase(value) : { kind, value: expected(value) };
    case "matches":
    case "not-matches":
      return { kind, pattern: expected(value)?.text ?? "" };
    case "between": {
      const [low = null, high = null] = listed(value);
      return { kind, low, high };
    }
    case "rows":
      return { kind, rows: value.kind === "list" ? value.items.map(listed) : [] };
    default:
      throw new RangeError(`the condition ${kind} passed the schema and is not known here`);
  }
}

function increase(map: MapTree): Expectation {
  const bound = (key: string) => {
    const found = at(map, [key]);
    return found === undefined ? null : expected(found);
  };
  return { kind: "increases-within", low: bound("at-least"), high: bound("at-most") };
}

function listed(value: Tree): readonly ExpectedScalar[] {
  return value.kind === "list" ? value.items.map(expected) : [expected(value)];
}

function expected(value: Tree): ExpectedScalar {
  if (value.kind !== "scalar") throw new RangeError(`${value.place.path} passed the schema and is a ${value.kind}`);
  return scalar(value);
}

function scalar({ value, source }: ScalarTree): ExpectedScalar {
  return value === null ? null : { text: source, number: typeof value === "number" };
}
