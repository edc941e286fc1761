/**
 * What belay.yml says, with the place of every key and value: the common ground of merging, expanding, validating and reporting.
 * Immutable. A node keeps its place and its path when it is merged elsewhere, so that a problem is told where it was written.
 */

import type { JsonValue } from "../domain/canonical-json.ts";

export type Tree = MapTree | ListTree | ScalarTree;

/** Where something stands, and what it is called there. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly path: string;
}

export interface MapTree {
  readonly kind: "map";
  readonly place: Place;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  /** Of the key. */
  readonly place: Place;
  readonly value: Tree;
}

export interface ListTree {
  readonly kind: "list";
  readonly place: Place;
  readonly items: readonly Tree[];
}

export interface ScalarTree {
  readonly kind: "scalar";
  readonly place: Place;
  readonly value: string | number | boolean | null;
  /** A number as it was written, so that 0.10 and huge integers stay exact; otherwise the value as text. */
  readonly source: string;
  /** `secret`: expanded from a variable, never to be shown. `unknown`: names a variable whose value is not there. */
  readonly origin: "written" | "default" | "secret" | "unknown";
}

export type Path = readonly PropertyKey[];

/** The value at a path; undefined where there is none. */
export function at(tree: Tree, path: Path): Tree | undefined {
  let node: Tree | undefined = tree;
  for (const step of path) {
    if (node?.kind === "map") node = node.entries.get(String(step))?.value;
    else if (node?.kind === "list") node = node.items[Number(step)];
    else return undefined;
  }
  return node;
}

/** The place of the key that the path ends with; of the value where it ends in a list; of the nearest that is there otherwise. */
export function placeOf(tree: Tree, path: Path): Place {
  const parent = at(tree, path.slice(0, -1));
  const last = path.at(-1);
  if (parent === undefined) return placeOf(tree, path.slice(0, -1));
  const entry = parent.kind === "map" && last !== undefined ? parent.entries.get(String(last)) : undefined;
  return entry?.place ?? at(tree, path)?.place ?? parent.place;
}

export function mapOf(place: Place, entries: Iterable<readonly [string, Entry]>): MapTree {
  return { kind: "map", place, entries: new Map(entries) };
}

/** The same tree with another value under one key, at its end where the key is new. */
export function withValue(tree: MapTree, key: string, value: Tree): MapTree {
  return mapOf(tree.place, [...tree.entries, [key, { place: tree.entries.get(key)?.place ?? value.place, value }]]);
}

/** The same tree with every scalar replaced; `visit` gets its path from the root of this tree. */
export function mapScalars(tree: Tree, visit: (scalar: ScalarTree, path: Path) => ScalarTree, path: Path = []): Tree {
  if (tree.kind === "scalar") return visit(tree, path);
  if (tree.kind === "list") return { ...tree, items: tree.items.map((item, index) => mapScalars(item, visit, [...path, index])) };
  return mapOf(
    tree.place,
    [...tree.entries].map(([key, entry]) => [key, { ...entry, value: mapScalars(entry.value, visit, [...path, key]) }] as const),
  );
}

/** Every scalar with its path from the root of this tree. */
export function scalarsOf(tree: Tree, path: Path = []): readonly { readonly scalar: ScalarTree; readonly path: Path }[] {
  if (tree.kind === "scalar") return [{ scalar: tree, path }];
  if (tree.kind === "list") return tree.items.flatMap((item, index) => scalarsOf(item, [...path, index]));
  return [...tree.entries].flatMap(([key, { value }]) => scalarsOf(value, [...path, key]));
}

/** The text of a key at the top; null where there is none. */
export function textAt(tree: MapTree, key: string): string | null {
  const found = at(tree, [key]);
  return found?.kind === "scalar" && typeof found.value === "string" ? found.value : null;
}

/** As plain JSON. A number that JavaScript would round stands as its text, so that two different files never look the same. */
export function toJson(tree: Tree): JsonValue {
  if (tree.kind === "list") return tree.items.map(toJson);
  if (tree.kind === "map") return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, toJson(value)]));
  return typeof tree.value === "number" && String(tree.value) !== tree.source ? tree.source : tree.value;
}

/** As plain values for validation, numbers always as numbers. */
export function toPlain(tree: Tree): JsonValue {
  if (tree.kind === "list") return tree.items.map(toPlain);
  if (tree.kind === "map") return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, toPlain(value)]));
  return tree.value;
}
