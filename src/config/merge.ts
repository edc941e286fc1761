/** `defaults` under an environment's own block: maps merge by key, everything else is replaced. */

import { mapOf, withValue, type Entry, type MapTree, type Tree } from "./tree.ts";

/** Keys whose scalar (or, for commands, list) is short for a map with one key. Spelled out, so that both forms merge and digest alike. */
const SHORTHANDS: readonly (readonly [path: readonly string[], key: string])[] = [
  [["target"], "url"],
  [["migrate"], "tool"],
  [["app", "prepare"], "run"],
  [["app", "stop"], "run"],
  [["app", "start"], "run"],
  [["app", "previous"], "run"],
  [["app", "maintenance", "on"], "run"],
  [["app", "maintenance", "off"], "run"],
];

/** The effective block: both spelled out, then merged. */
export function effectiveBlock(defaults: Tree | undefined, own: MapTree): MapTree {
  const spelledOut = spellOut(own);
  return defaults?.kind === "map" ? mergeMaps(spellOut(defaults), spelledOut) : spelledOut;
}

function mergeMaps(under: MapTree, over: MapTree): MapTree {
  const merged = new Map<string, Entry>(under.entries);
  for (const [key, entry] of over.entries) {
    const below = merged.get(key)?.value;
    const both = below?.kind === "map" && entry.value.kind === "map";
    merged.set(key, both ? { place: entry.place, value: mergeMaps(below, entry.value) } : entry);
  }
  return mapOf(over.place, merged);
}

function spellOut(block: MapTree): MapTree {
  return SHORTHANDS.reduce((tree, [path, key]) => spellOutAt(tree, path, key), block);
}

function spellOutAt(tree: MapTree, [first, ...rest]: readonly string[], key: string): MapTree {
  const value = first === undefined ? undefined : tree.entries.get(first)?.value;
  if (first === undefined || value === undefined) return tree;
  if (rest.length > 0) return value.kind === "map" ? withValue(tree, first, spellOutAt(value, rest, key)) : tree;
  const short = value.kind === "scalar" ? typeof value.value === "string" : value.kind === "list" && key === "run";
  return short ? withValue(tree, first, mapOf(value.place, [[key, { place: value.place, value }]])) : tree;
}
