/**
 * What belay.yml may say one day, and this version refuses (`not-in-this-version`) instead of ignoring it. Whoever builds it deletes
 * its line; schema and types know most of it already.
 */

import type { Problem } from "./problem.ts";
import { at, placeOf, type Tree } from "./tree.ts";

/** From the top of the file. */
export const LATER_AT_THE_TOP: readonly string[] = [];

/** From the top of an environment's block. */
export const LATER_IN_AN_ENVIRONMENT: readonly string[] = [];

/** Problems for every path of a table that a tree has. */
export function laterProblems(tree: Tree, table: readonly string[]): readonly Problem[] {
  return table.flatMap((line) => {
    const path = line.split(".");
    if (at(tree, path) === undefined) return [];
    const message = `"${path.at(-1)}" is not in this version of Belay`;
    return [{ ...placeOf(tree, path), code: "not-in-this-version", message, hint: "leave it out" }];
  });
}
