/** Names the concrete tools: which one belay.yml or the files mean, and what it is told of its target. */

import { join, relative, resolve } from "node:path";

import type { Environment } from "../config/config.ts";
import { BelayError, refusal } from "../domain/error.ts";
import type { Target } from "../domain/target.ts";
import { childEnvironment } from "../process/environment.ts";
import type { Redactor } from "../process/redact.ts";
import type { MigrationsOnDisk } from "../setup/welcome.ts";
import { recogniseSql } from "../tool/sql/recognise.ts";
import { sqlMigrationsOnDisk, sqlTool, type SqlToolOptions } from "../tool/sql/sql-tool.ts";
import type { MigrationTool } from "../tool/tool.ts";
import type { World } from "../world.ts";
import { spawn } from "./programs.ts";

/** What `migrate.env-file` holds, or why it cannot be read: only who asks for the tool is in want of it, and a rollback is not kept waiting. */
export type ToolFile = { readonly variables: Readonly<Record<string, string>> } | { readonly unreadable: BelayError };

export async function readToolFile({ migrate: { envFile } }: Environment): Promise<ToolFile> {
  if (envFile === null) return { variables: {} };
  const { readEnvFile } = await import("../process/env-file.ts");
  try {
    return { variables: await readEnvFile(envFile) };
  } catch (error) {
    if (error instanceof BelayError) return { unreadable: error };
    throw error;
  }
}

/** The tool that belay.yml names, or the one that the files tell. */
export async function chooseTool(
  world: World,
  environment: Environment,
  target: Target,
  file: ToolFile,
  redact: Redactor,
): Promise<MigrationTool> {
  const { directory: root, migrate } = environment;
  if (migrate.tool === "command") {
    const { commandTool } = await import("../tool/command/command-tool.ts");
    const variables = await toolEnvironment(world, environment, target, "variables" in file ? file.variables : {});
    const tool = commandTool({ migrations: migrate.migrations, run: migrate.run }, { directory: root, variables, spawn, redact });
    return "variables" in file ? tool : withoutItsFile(tool, file.unreadable);
  }
  return sqlTool(await sqlOptions(environment));
}

async function sqlOptions({ directory: root, migrate }: Environment): Promise<SqlToolOptions> {
  if (migrate.tool === null) {
    const found = await recogniseSql(root);
    if (found !== null) return { root, directory: join(root, found.directory), layout: found.layout };
    throw refusal("tool-unrecognised", `no migrations were recognised in ${root}`, {
      hint: "name the tool in belay.yml: `migrate: sql`, or where its files lie: `migrate: { tool: sql, directory: … }`",
    });
  }
  const { directory, layout, baseline } = migrate.options;
  return {
    root,
    directory: resolve(root, typeof directory === "string" ? directory : "migrations"),
    ...(typeof layout === "string" ? { layout } : {}),
    ...(typeof baseline === "string" ? { baseline } : {}),
  };
}

/** What the tool would work with, as far as its files tell it. Starts no program and opens no database. */
export async function migrationsOnDisk(environment: Environment): Promise<MigrationsOnDisk> {
  const { tool, migrations } = environment.migrate;
  if (tool === "command") return { found: "commands of your own (tool: command)", ids: migrations.map(({ id }) => id), problems: [] };
  const options = await sqlOptions(environment);
  const found = `SQL files in \`${relative(options.root, options.directory) || "."}\``;
  return { found, ...(await sqlMigrationsOnDisk(options)) };
}

/** It can be named, and not be asked for anything. */
function withoutItsFile(tool: MigrationTool, error: BelayError): MigrationTool {
  const refuse = () => Promise.reject(error);
  return { ...tool, state: refuse, apply: refuse, revert: refuse };
}

/** What is said later wins: what is inherited, `env-file`, and last where the database is, so that no file leads a tool to another one. */
async function toolEnvironment(
  world: World,
  environment: Environment,
  target: Target,
  fromFile: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const { name, migrate, withheldVariables } = environment;
  const { sessionVariables, targetVariables } = await import("../tool/target-variables.ts");
  return childEnvironment(world.variables, {
    add: {
      ...fromFile,
      BELAY_ENVIRONMENT: name,
      BELAY_TARGET: target.name,
      ...targetVariables(target, migrate),
      ...sessionVariables(target, migrate, world.variables),
    },
    withheld: withheldVariables,
    ...(migrate.env === null ? {} : { allow: migrate.env }),
  });
}
