/** The frame of belay.yml: its top, its defaults, and the blocks that result for its environments. */

import * as z from "zod/mini";
import { DEFAULTS } from "./defaults.ts";
import { knownKeys, problemsOf } from "./issues.ts";
import { effectiveBlock } from "./merge.ts";
import type { Problem } from "./problem.ts";
import { environmentSchema, frameSchema } from "./schema.ts";
import { at, mapOf, toPlain, withValue, type MapTree, type ScalarTree, type Tree } from "./tree.ts";
import { expand } from "./variables.ts";

export function noMap(tree: Tree | null): Problem {
  const hint = "the smallest belay.yml is: environments: { prod: { target: sqlite:PATH } }";
  const { line, column } = tree?.place ?? { line: 1, column: 1 };
  const empty = tree === null || (tree.kind === "scalar" && tree.value === null);
  return {
    line,
    column,
    path: "",
    code: empty ? "empty-file" : "wrong-type",
    message: empty ? "the file is empty" : "expected a map with the key environments",
    hint,
  };
}

/** Everything but the insides of the blocks, of which empty ones are left to their defaults. */
export function frameProblems(tree: MapTree): readonly Problem[] {
  const environments = tree.entries.get("environments");
  const filled = environments === undefined ? tree : withValue(tree, "environments", filledBlocks(environments.value));
  const result = z.safeParse(frameSchema(), toPlain(filled), { error: knownKeys });
  return result.success ? [] : problemsOf(filled, result.error.issues);
}

/** `prod:` with nothing behind it is an environment of which everything is a default. */
function filledBlocks(environments: Tree): Tree {
  if (environments.kind !== "map") return environments;
  return mapOf(
    environments.place,
    [...environments.entries].map(([name, entry]) => [name, { ...entry, value: orEmpty(entry.value) }] as const),
  );
}

function orEmpty(tree: Tree): Tree {
  return tree.kind === "scalar" && tree.value === null ? mapOf(tree.place, []) : tree;
}

/** What is wrong in `defaults` even where every environment overrides it. Keys that an environment must add may be missing here. */
export function defaultsProblems(defaults: MapTree): readonly Problem[] {
  const expanded = expand(defaults, null).tree;
  const plain = toPlain(expanded);
  const result = z.safeParse(environmentSchema(plain), plain, { error: knownKeys });
  if (result.success) return [];
  return problemsOf(expanded, result.error.issues).filter(({ code }) => code !== "missing-key");
}

/** Every environment's block as it holds: merged with the defaults, and with its target. */
export function effectiveBlocks(tree: MapTree, defaults: Tree | undefined): ReadonlyMap<string, MapTree> {
  const environments = at(tree, ["environments"]);
  if (environments?.kind !== "map") return new Map();
  const blocks = new Map<string, MapTree>();
  for (const [name, entry] of environments.entries) {
    const own = orEmpty(entry.value);
    if (own.kind === "map") blocks.set(name, withTarget(effectiveBlock(defaults, own)));
  }
  return blocks;
}

/** Without a target it is the URL in DATABASE_URL. */
function withTarget(block: MapTree): MapTree {
  const target = block.entries.get("target")?.value;
  if (
    block.entries.has("targets") ||
    (target !== undefined && target.kind !== "map") ||
    (target?.kind === "map" && target.entries.has("url"))
  )
    return block;
  const place = target?.place ?? { ...block.place, path: `${block.place.path}.target` };
  const url: ScalarTree = { kind: "scalar", place, value: DEFAULTS.targetUrl, source: DEFAULTS.targetUrl, origin: "default" };
  return withValue(block, "target", withValue(target ?? mapOf(place, []), "url", url));
}
