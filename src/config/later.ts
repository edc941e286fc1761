/**
 * What belay.yml may say one day, and this version refuses (`not-in-this-version`) instead of ignoring it. Whoever builds it deletes
 * its line; schema and types know most of it already.
 *
 * A line is a path, or a path and one value of it (`migrate.tool=knex`).
 */

import type { Problem } from "./problem.ts";
import { at, placeOf, type Place, type Tree } from "./tree.ts";

/** From the top of the file. */
export const LATER_AT_THE_TOP: readonly string[] = ["bot", "workflow"];

/** From the top of an environment's block. */
export const LATER_IN_AN_ENVIRONMENT: readonly string[] = ["require"];

/** What this version has in place of a value. */
const INSTEAD: Readonly<Record<string, string>> = {
  "migrate.tool": "until it is, `tool: command` runs it as any program of your own",
};

/** Problems for every line of a table that a tree has. */
export function laterProblems(tree: Tree, table: readonly string[]): readonly Problem[] {
  return table.flatMap((line) => {
    const [keys = "", wanted] = line.split("=");
    const path = keys.split(".");
    const found = at(tree, path);
    if (found === undefined) return [];
    if (wanted !== undefined && !(found.kind === "scalar" && found.value === wanted)) return [];
    const hint = wanted === undefined ? "leave it out" : (INSTEAD[keys] ?? "choose another value");
    return [laterProblem(placeOf(tree, path), `"${wanted ?? path.at(-1)}"`, hint)];
  });
}

function laterProblem(place: Place, what: string, hint: string): Problem {
  return { ...place, code: "not-in-this-version", message: `${what} is not in this version of Belay`, hint };
}
