/** What can be told of an environment without its variables: what it needs from outside before it can be read. */

import { effectiveBlocks } from "./frame.ts";
import { at, scalarsOf, textAt } from "./tree.ts";
import { VARIABLE_NAME, variablesNamed } from "./variables.ts";
import { readYaml } from "./yaml.ts";

export interface NamedVariables {
  readonly environment: string;
  /** Those in `${}`, and those that `migrate.env` passes on to the tool. */
  readonly names: readonly string[];
  readonly hasApprovals: boolean;
  /** `bot:` of the file; null: it names none. */
  readonly bot: string | null;
}

/** `environment`: null: the only one. null where the text has no such environment; what is wrong with it is told by `parseConfig`. */
export function namedVariables(text: string, environment: string | null): NamedVariables | null {
  const { tree, problems } = readYaml(text);
  if (problems.length > 0 || tree?.kind !== "map") return null;
  const blocks = effectiveBlocks(tree, at(tree, ["defaults"]));
  const name = environment ?? (blocks.size === 1 ? [...blocks.keys()].join() : null);
  const block = name === null ? undefined : blocks.get(name);
  if (name === null || block === undefined) return null;
  const passed = at(block, ["migrate", "env"]);
  const listed = passed === undefined ? [] : scalarsOf(passed).map(({ scalar }) => String(scalar.value));
  const named = variablesNamed(block).map((variable) => variable.name);
  return {
    environment: name,
    names: [...new Set([...named, ...listed.filter((each) => VARIABLE_NAME.test(each))])],
    hasApprovals: block.entries.has("approvals"),
    bot: textAt(tree, "bot"),
  };
}
