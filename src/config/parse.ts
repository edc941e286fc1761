/** The text of belay.yml → Config. Pure: the file and the variables come as arguments. */

import * as z from "zod/mini";
import type { Config, Environment } from "./config.ts";
import { DEFAULTS } from "./defaults.ts";
import { environmentOf } from "./environment.ts";
import { defaultsProblems, effectiveBlocks, frameProblems, noMap } from "./frame.ts";
import { knownKeys, problemsOf } from "./issues.ts";
import { configError, type Problem } from "./problem.ts";
import { environmentSchema } from "./schema.ts";
import { passwordsIn } from "./shown.ts";
import type { Surroundings } from "./targets.ts";
import { at, mapOf, placeOf, scalarsOf, textAt, toJson, toPlain, type MapTree, type Path, type Place, type Tree } from "./tree.ts";
import { expand, variablesNamed, type Variables } from "./variables.ts";
import { readYaml } from "./yaml.ts";
import { nearest } from "../domain/nearest.ts";

export interface ParseRequest extends Surroundings {
  /** Absolute path of the file. */
  readonly file: string;
  /** What messages call it: `belay.yml`. */
  readonly shownAs: string;
  /** The chosen environment; null: the only one, if there is one. */
  readonly environment: string | null;
  readonly variables: Variables;
}

/** One look at the file is quicker without the parsers that zod would generate for many. */
z.config({ jitless: true });

/** Throws one usage error that tells every problem (`config-invalid`); the refusal `store-in-checkout` where that is all there is. */
export function parseConfig(text: string, request: ParseRequest): Config {
  const { tree, blocks, environments, chosen } = readFile(text, request);
  const ready = [...environments].filter(([name]) => name === chosen);
  return {
    file: request.file,
    directory: request.directory,
    names: [...blocks.keys()],
    bot: textAt(tree, "bot"),
    workflow: textAt(tree, "workflow") ?? DEFAULTS.workflow,
    environments: new Map(ready),
  };
}

/** What people may do in an environment: all that a bot, which has none of its variables, decides by. */
export type EnvironmentRules = Pick<
  Environment,
  "name" | "githubEnvironment" | "approvals" | "require" | "merge" | "windows" | "needs" | "policy"
>;

/** The rules of every environment, without a variable. Throws what `parseConfig` throws. */
export function parseRules(
  text: string,
  request: Omit<ParseRequest, "environment" | "variables">,
): { readonly bot: string | null; readonly workflow: string; readonly environments: ReadonlyMap<string, EnvironmentRules> } {
  // No environment has an empty name, so none is the chosen one.
  const unchosen: ParseRequest = { ...request, environment: "", variables: {} };
  const { tree, blocks } = readFile(text, unchosen);
  const found: Problem[] = [];
  const rules = new Map<string, EnvironmentRules>();
  for (const [name, block] of blocks) {
    const alone = rulesIn(block);
    found.push(...variablesNamed(alone).map(({ name: variable, path }) => ruleInVariable(variable, placeOf(alone, path))));
    const { environment } = readEnvironment(name, alone, blocks, { isChosen: false, hasBot: at(tree, ["bot"]) !== undefined }, unchosen);
    if (environment !== null) rules.set(name, { ...environment, policy: toJson(block) });
  }
  if (found.length > 0) throw configError(request.shownAs, found);
  return { bot: textAt(tree, "bot"), workflow: textAt(tree, "workflow") ?? DEFAULTS.workflow, environments: rules };
}

const RULES: ReadonlySet<string> = new Set(["approvals", "github-environment", "merge", "needs", "require", "windows"]);

/** Of a block that variables may keep from being read as a whole. */
function rulesIn(block: MapTree): MapTree {
  const kept = [...block.entries].filter(([key]) => RULES.has(key));
  return mapOf(block.place, kept);
}

function ruleInVariable(variable: string, place: Place): Problem {
  const message = `who may run this is not a variable's to say: \${${variable}}`;
  return { ...place, path: "", code: "bad-variable", message, hint: "write its value out: the bot has none of these variables" };
}

interface ReadFile {
  readonly tree: MapTree;
  /** Each environment's, with the defaults, before variables were put in. */
  readonly blocks: ReadonlyMap<string, MapTree>;
  readonly environments: ReadonlyMap<string, Environment>;
  readonly chosen: string | null;
}

/** Every environment; variables are in the chosen one alone. */
function readFile(text: string, request: ParseRequest): ReadFile {
  const { tree, problems } = readYaml(text);
  if (problems.length > 0) throw configError(request.shownAs, problems);
  if (tree?.kind !== "map") throw configError(request.shownAs, [noMap(tree)]);

  const found: Problem[] = [...frameProblems(tree)];
  const defaults = at(tree, ["defaults"]);
  if (defaults?.kind === "map") found.push(...defaultsProblems(defaults));
  const blocks = effectiveBlocks(tree, defaults);
  const chosen = request.environment ?? (blocks.size === 1 ? [...blocks.keys()].join() : null);
  const environments = new Map<string, Environment>();
  for (const [name, block] of blocks) {
    const { environment, problems: wrong } = readEnvironment(
      name,
      block,
      blocks,
      { isChosen: name === chosen, hasBot: at(tree, ["bot"]) !== undefined },
      request,
    );
    found.push(...wrong);
    if (environment !== null) environments.set(name, environment);
  }
  if (found.length > 0) throw configError(request.shownAs, found);
  return { tree, blocks, environments, chosen };
}

interface ReadEnvironment {
  /** null where it has problems. */
  readonly environment: Environment | null;
  readonly problems: readonly Problem[];
}

function readEnvironment(
  name: string,
  effective: MapTree,
  blocks: ReadonlyMap<string, MapTree>,
  { isChosen, hasBot }: { readonly isChosen: boolean; readonly hasBot: boolean },
  request: ParseRequest,
): ReadEnvironment {
  const { tree: expanded, problems, secrets } = expand(effective, isChosen ? request.variables : null);
  const plain = toPlain(expanded);
  const result = z.safeParse(environmentSchema(plain), plain, { error: knownKeys });
  const wrong = [...problems, ...unknownNeeds(effective, blocks)];
  if (!result.success) return { environment: null, problems: [...wrong, ...problemsOf(expanded, result.error.issues)] };
  const read = environmentOf(
    {
      name,
      effective,
      expanded,
      written: result.data,
      secrets: [...new Set([...secrets, ...passwordsOf(expanded)])],
      withheldVariables: withheld(name, blocks),
      githubEnvironmentOf: (other) => githubEnvironmentOf(other, blocks),
      isNeeded: [...blocks.values()].some((other) => needOf(other) === name),
      hasBot,
    },
    isChosen ? request : { ...request, find: null },
  );
  return { environment: read.environment, problems: [...wrong, ...read.problems] };
}

function githubEnvironmentOf(name: string, blocks: ReadonlyMap<string, MapTree>): string {
  const block = blocks.get(name);
  const written = block === undefined ? undefined : at(block, ["github-environment"]);
  return written?.kind === "scalar" && typeof written.value === "string" ? written.value : name;
}

/** null: none, or nothing that could be one. */
function needOf(block: Tree): string | null {
  const needs = at(block, ["needs"]);
  return needs?.kind === "scalar" && typeof needs.value === "string" ? needs.value : null;
}

function unknownNeeds(block: Tree, blocks: ReadonlyMap<string, MapTree>): readonly Problem[] {
  const needed = needOf(block);
  if (needed === null || blocks.has(needed)) return [];
  const meant = nearest(needed, [...blocks.keys()]);
  const hint = meant === null ? `the environments are ${[...blocks.keys()].join(", ")}` : `did you mean "${meant}"?`;
  return [{ ...placeOf(block, ["needs"]), code: "unknown-environment", message: `environment "${needed}" is not in this file`, hint }];
}

function passwordsOf(block: Tree): readonly string[] {
  return scalarsOf(block).flatMap(({ scalar }) => (typeof scalar.value === "string" ? passwordsIn(scalar.value) : []));
}

/** Variables for the store, encryption, scratch and receivers of messages, and those of other environments, unless this environment names them elsewhere too. */
function withheld(name: string, blocks: ReadonlyMap<string, MapTree>): readonly string[] {
  const named = [...blocks].flatMap(([environment, block]) =>
    variablesNamed(block).map((variable) => ({ ...variable, own: environment === name && !isWithheld(variable.path) })),
  );
  const own = new Set(named.filter((variable) => variable.own).map((variable) => variable.name));
  return [...new Set(named.map((variable) => variable.name))].filter((variable) => !own.has(variable));
}

function isWithheld([first, second]: Path): boolean {
  if (first === "notify") return true;
  return first === "backup" && (second === "store" || second === "encrypt" || second === "scratch");
}
