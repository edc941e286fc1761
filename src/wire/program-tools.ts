/** The tools that are programs of their own: one line each. */

import { resolve } from "node:path";

import type { Environment, MigrateConfig } from "../config/config.ts";
import { refusal } from "../domain/error.ts";
import type { Target } from "../domain/target.ts";
import type { Place, ProgramTool } from "../tool/program/definition.ts";
import type { RememberedFiles } from "../tool/program/remembered-files.ts";
import type { Program } from "../tool/program/program.ts";
import type { TargetVariables } from "../tool/target-variables.ts";
import type { MigrationTool } from "../tool/tool.ts";

/** Each is loaded when it is wanted. */
export const PROGRAM_TOOLS: Readonly<Record<string, () => Promise<ProgramTool>>> = {
  alembic: async () => (await import("../tool/program/tools/alembic.ts")).alembic,
  dbmate: async () => (await import("../tool/program/tools/dbmate.ts")).dbmate,
  "django-tenants": async () => (await import("../tool/program/tools/django-tenants.ts")).djangoTenants,
  django: async () => (await import("../tool/program/tools/django.ts")).django,
  drizzle: async () => (await import("../tool/program/tools/drizzle.ts")).drizzle,
  flask: async () => (await import("../tool/program/tools/flask.ts")).flask,
  knex: async () => (await import("../tool/program/tools/knex.ts")).knex,
  "node-pg-migrate": async () => (await import("../tool/program/tools/node-pg-migrate.ts")).nodePgMigrate,
  sqitch: async () => (await import("../tool/program/tools/sqitch.ts")).sqitch,
};

export async function programDefinition(name: string): Promise<ProgramTool> {
  const load = PROGRAM_TOOLS[name];
  if (load === undefined) throw new Error(`no tool ${name}`);
  return load();
}

/** The variable under which applications expect the URL, where belay.yml names none. */
const USUAL_URL_VARIABLE = "DATABASE_URL";

/** How the tool learns where the database is: its own way to write a URL, under a name that its project knows. */
export function toldTo({ url, urlVariables = [] }: ProgramTool, { path, urlVariable, variables }: MigrateConfig): TargetVariables {
  const named = Object.fromEntries(urlVariables.map((name) => [name, "url" as const]));
  return {
    path,
    variables: { ...variables, ...named },
    urlVariable: urlVariable ?? USUAL_URL_VARIABLE,
    ...(url === undefined ? {} : { writeUrl: url }),
  };
}

/** Throws `tool-engine` where the tool does not know this kind of database. `program` starts where relative paths start. */
export async function toolOfProgram(
  definition: ProgramTool,
  { directory: root, migrate }: Environment,
  target: Target,
  program: Program,
): Promise<MigrationTool> {
  if (!definition.engines.includes(target.engine)) throw wrongEngine(definition, target);
  if (target.tenant !== undefined && !definition.perSchema) throw notPerSchema(definition);
  const { programTool } = await import("../tool/program/program-tool.ts");
  const { project } = migrate.options;
  const directory = typeof project === "string" ? resolve(root, project) : root;
  const { name, engine, address, schemas } = target;
  const place = {
    root,
    directory,
    elsewhere: migrate.run !== null,
    target: { name, engine, address, ...(schemas === undefined ? {} : { schemas }) },
    schema: target.tenant?.schema ?? null,
    options: migrate.options,
  };
  return programTool(definition, place, { ...program, directory }, await rememberedFor(definition, place, migrate));
}

/** By environment, of this process: `migrate` is one object for all targets of one. */
const remembered = new WeakMap<MigrateConfig, RememberedFiles>();

async function rememberedFor(definition: ProgramTool, place: Place, migrate: MigrateConfig): Promise<RememberedFiles> {
  const known = remembered.get(migrate);
  if (known !== undefined) return known;
  const { RememberedFiles: Remembered } = await import("../tool/program/remembered-files.ts");
  const made = new Remembered(definition, place);
  remembered.set(migrate, made);
  return made;
}

function notPerSchema({ name, title }: ProgramTool) {
  return refusal("tool-without-tenants", `${title} cannot be told to work on one schema alone, and belay.yml has tenants`, {
    hint: `write its commands for one tenant as \`migrate: { tool: command, migrations: […] }\`: they are told it as BELAY_SCHEMA, and PGOPTIONS leads libpq's drivers there; or leave tenants out and let ${name} migrate all of them as one target`,
  });
}

function wrongEngine({ title, engines }: ProgramTool, { name, engine }: Target) {
  return refusal("tool-engine", `${title} knows ${engines.join(" and ")}, and ${name} is ${engine}`, {
    hint: "name the tool in belay.yml that applies this database's migrations: migrate.tool",
  });
}
