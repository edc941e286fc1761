/** Names the concrete tools: which one belay.yml or the files mean, and what it is told of its target. */

import { join, relative, resolve } from "node:path";

import type { Environment } from "../config/config.ts";
import { TELL_TENANTS } from "../config/schema-migrate.ts";
import { BelayError, refusal } from "../domain/error.ts";
import type { Target } from "../domain/target.ts";
import { childEnvironment } from "../process/environment.ts";
import type { Redactor } from "../process/redact.ts";
import type { MigrationsOnDisk } from "../setup/welcome.ts";
import type { ProgramTool } from "../tool/program/definition.ts";
import { recogniseSql } from "../tool/sql/recognise.ts";
import { sqlMigrationsOnDisk, sqlTool, type SqlToolOptions } from "../tool/sql/sql-tool.ts";
import type { MigrationTool } from "../tool/tool.ts";
import type { World } from "../world.ts";
import { programDefinition, toldTo, toolOfProgram } from "./program-tools.ts";
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
  const name = await nameOfTool(environment);
  if (name === "sql") return sqlTool(sqlOptionsOf(await sqlOptions(environment), environment, target));
  const { directory: root, migrate } = environment;
  const definition = name === "command" ? null : await programDefinition(name);
  const variables = await toolEnvironment(world, environment, target, definition, "variables" in file ? file.variables : {});
  const program = { run: migrate.run, directory: root, variables, spawn, redact };
  const tool =
    definition === null
      ? (await import("../tool/command/command-tool.ts")).commandTool(
          { migrations: migrate.migrations, run: migrate.run },
          { ...program, databases: filesOf(environment) },
        )
      : await toolOfProgram(definition, environment, target, program);
  return "variables" in file ? tool : withoutItsFile(tool, file.unreadable);
}

function filesOf({ targets }: Environment): readonly string[] {
  return targets.filter(({ engine }) => engine === "sqlite").map(({ address }) => address);
}

/** As belay.yml says, else as the files tell. Throws `tool-unrecognised`, `tool-ambiguous`, and a usage error for keys that the recognised tool does not have. */
async function nameOfTool({ directory: root, migrate, tenants }: Environment): Promise<string> {
  if (migrate.tool !== null) return migrate.tool;
  const { recognisedTool } = await import("../setup/recognised-tool.ts");
  const project = migrate.options["project"];
  const name = await recognisedTool(typeof project === "string" ? resolve(root, project) : root, migrate, recogniseSql);
  if (tenants === null && TELL_TENANTS.some((each) => each === name)) throw tenantsUnnamed(name);
  return name;
}

/** Which databases and schemas there are is settled before files are looked at: as one whole, only the shared schema would be migrated. */
function tenantsUnnamed(name: string): BelayError {
  return refusal("tool-needs-tenants", `these are migrations of ${name}, and belay.yml names neither the tool nor the tenants`, {
    hint: `write \`migrate: ${name}\`: its settings then tell who the tenants are`,
  });
}

async function sqlOptions({ directory: root, migrate }: Environment): Promise<SqlToolOptions> {
  if (migrate.tool === null) {
    const found = await recogniseSql(root);
    if (found !== null) return { root, directory: join(root, found.directory), layout: found.layout };
  }
  const { directory, layout, baseline } = migrate.options;
  return {
    root,
    directory: resolve(root, typeof directory === "string" ? directory : "migrations"),
    ...(typeof layout === "string" ? { layout } : {}),
    ...(typeof baseline === "string" ? { baseline } : {}),
  };
}

/** A tenant has a history of its own; the shared schema has migrations of its own, too. */
function sqlOptionsOf(options: SqlToolOptions, { directory: root, migrate }: Environment, { tenant }: Target): SqlToolOptions {
  if (tenant === undefined) return options;
  const { "shared-directory": written } = migrate.options;
  const shared = typeof written === "string" ? resolve(root, written) : null;
  return {
    ...options,
    schema: tenant.schema,
    directories: shared === null ? [options.directory] : [options.directory, shared],
    ...(tenant.shared && shared !== null ? { directory: shared } : {}),
  };
}

/** What the tool would work with, as far as its files tell it. Starts no program and opens no database. */
export async function migrationsOnDisk(environment: Environment): Promise<MigrationsOnDisk> {
  const { migrations } = environment.migrate;
  const name = await nameOfTool(environment);
  if (name === "command") return { found: "commands of your own (tool: command)", ids: migrations.map(({ id }) => id), problems: [] };
  if (name !== "sql") return { found: `those of ${(await programDefinition(name)).title}`, ids: null, problems: [] };
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
  definition: ProgramTool | null,
  fromFile: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const { name, migrate, withheldVariables } = environment;
  const told = definition === null ? migrate : toldTo(definition, migrate);
  const { sessionVariables, targetVariables, tenantVariables } = await import("../tool/target-variables.ts");
  return childEnvironment(world.variables, {
    add: {
      ...fromFile,
      BELAY_ENVIRONMENT: name,
      BELAY_TARGET: target.name,
      ...tenantVariables(target),
      ...targetVariables(target, told),
      ...sessionVariables(target, migrate, world.variables),
    },
    withheld: withheldVariables,
    ...(migrate.env === null ? {} : { allow: migrate.env }),
  });
}
