/** Which tool is meant where belay.yml names none. */

import type { MigrateConfig } from "../config/config.ts";
import { refusal, usageError } from "../domain/error.ts";
import { folderAt } from "./folder.ts";
import { recognise, type Recognised, type RecogniseSql } from "./recognise.ts";

/** The name of the one tool that the files of a project tell. Throws `tool-unrecognised`, and `tool-ambiguous` naming all that could be meant. */
export async function recognisedTool(
  project: string,
  { run, path, env, envFile, variables }: MigrateConfig,
  recogniseSql: RecogniseSql,
): Promise<string> {
  const found = await recognise(folderAt(project), recogniseSql);
  const [first, second] = found;
  if (first === undefined) {
    throw refusal("tool-unrecognised", `no migrations were recognised in ${project}`, {
      hint: "name the tool in belay.yml: `migrate: sql`, or where its files lie: `migrate: { tool: sql, directory: … }`",
    });
  }
  const { drive } = first;
  const isSql = found.every((each) => each.drive.way === "sql"); // of several places it is the tool itself that asks which
  if (second !== undefined && !isSql) throw ambiguous(found);
  if (drive.way === "tool") return drive.tool;
  if (!isSql) throw unnamed(first);
  if ([run, path, env, envFile].every((key) => key === null) && Object.keys(variables).length === 0) return "sql";
  throw usageError(
    "tool-needed",
    `migrate has keys for a tool that is a program, and what is recognised are SQL files (${first.evidence})`,
    {
      hint: "name the tool: migrate.tool; or leave those keys out",
    },
  );
}

function ambiguous(found: readonly Recognised[]) {
  const listed = found.map(({ title, evidence }) => `${title} (${evidence})`).join(" and ");
  return refusal("tool-ambiguous", `more than one migration tool is here: ${listed}`, {
    hint: "say in belay.yml which applies the migrations: `migrate: { tool: … }`",
    facts: { found: found.map(({ title, evidence }) => ({ title, evidence })) },
  });
}

function unnamed({ title, evidence }: Recognised) {
  return refusal("tool-unrecognised", `${title} (${evidence}) is a tool that Belay does not drive by itself`, {
    hint: "`belay init` writes its commands as `tool: command`; docs/tools.md has them",
  });
}
