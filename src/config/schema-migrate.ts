/** `migrate` as belay.yml writes it: the tool, the keys of single tools, and those of every tool that is a program of its own. */

import * as z from "zod/mini";
import type { JsonValue } from "../domain/canonical-json.ts";
import { DEFAULTS } from "./defaults.ts";
import { isAnswerPattern, isFilled, isPath, isVariableName, rules } from "./rule.ts";
import { mapOf } from "./schema-map.ts";
import { command, described, needed, once, text, timeout } from "./schema-values.ts";
import { VARIABLE_NAME } from "./variables.ts";

export const TOOLS = [
  "sql",
  "alembic",
  "command",
  "dbmate",
  "django",
  "django-tenants",
  "drizzle",
  "flask",
  "knex",
  "node-pg-migrate",
  "sqitch",
] as const;

export type ToolName = (typeof TOOLS)[number];

/** Keys of single tools. Every other key of `migrate` is for all of them, or for those that are programs of their own. */
export const TOOL_OPTIONS: Readonly<Partial<Record<ToolName, readonly string[]>>> = {
  sql: ["directory", "shared-directory", "layout", "baseline"],
  command: ["migrations"],
  alembic: ["project", "config"],
  django: ["project", "manage", "settings", "database"],
  "django-tenants": ["project", "manage", "settings"],
  flask: ["project", "app", "directory"],
  dbmate: ["project", "directory", "table"],
  drizzle: ["project", "config", "directory", "table"],
  knex: ["project", "config", "directory", "table"],
  "node-pg-migrate": ["project", "config", "directory", "table"],
  sqitch: ["project", "directory"],
};

/** Keys that say how a tool is started, or how it finds the database. */
export const PROGRAM_OPTIONS: readonly string[] = ["run", "path", "url-variable", "variables", "env", "env-file"];

/** Tools whose own settings tell which schemas are tenants. */
export const TELL_TENANTS: readonly ToolName[] = ["django-tenants"];

/** Tools that Belay brings itself: there is no program to be told anything. */
export const BUILT_IN: readonly ToolName[] = ["sql"];

const commandMigration = once(() =>
  z.strictObject({
    id: needed(text(isFilled), "What the migration is called."),
    pending: needed(
      command(),
      "Says, without changing anything, whether it is pending: a dry run, a status. Must end with status 0 either way.",
    ),
    "pending-when": needed(
      text(isAnswerPattern),
      "A regular expression for what `pending` prints where it is pending; ^ and $ for each line. It wins where both match.",
    ),
    "applied-when": needed(text(isAnswerPattern), "The same for where it is applied. Neither matching is an error."),
    apply: needed(command(), "Applies it."),
    revert: described(command(), "Takes it back; without it only the backup does."),
    files: described(
      z.array(text(isPath)).check(z.minLength(1)),
      "Globs of the files that make it up, so that a plan notices when they change; by default the files that apply names.",
    ),
  }),
);

export type WrittenCommandMigration = z.infer<ReturnType<typeof commandMigration>>;

const distinctIds = rules<readonly WrittenCommandMigration[]>((migrations) =>
  migrations.flatMap(({ id }, index) => {
    const first = migrations.findIndex((other) => other.id === id);
    if (first === index) return [];
    return [
      {
        code: "duplicate-migration",
        message: `another migration has this id (number ${first + 1} of the list)`,
        hint: "give each its own",
        path: [index, "id"],
      },
    ];
  }),
);

const NO_VARIABLE = {
  code: "bad-name",
  message: "the keys here are names of environment variables",
  hint: "write the variable first, then the part: DB_HOST: host",
} as const;

const variableNames = rules<Readonly<Record<string, unknown>>>((map) =>
  Object.keys(map).flatMap((name) => (VARIABLE_NAME.test(name) ? [] : [{ ...NO_VARIABLE, path: [name] }])),
);

const tool = once(() => z.enum(TOOLS));

const keys = {
  tool: () => described(tool(), "The migration tool; recognised from the files where it is left out."),
  project: () =>
    described(
      text(isPath),
      "The project's folder, in which a tool that is a program starts; by default that of relative paths. Not for sql and command.",
    ),
  config: () =>
    described(
      text(isPath),
      "The tool's own configuration file, relative to `project`, where it is not the usual one. Tools alembic, drizzle, knex, node-pg-migrate.",
    ),
  manage: () => described(text(isPath), "The project's manage.py, relative to `project`. Tools django and django-tenants.", "manage.py"),
  settings: () => described(text(isFilled), "The settings' module, as in DJANGO_SETTINGS_MODULE. Tools django and django-tenants."),
  database: () => described(text(isFilled), "What the settings call the target's database; default where it is left out. Tool django."),
  app: () => described(text(isFilled), "The application, as in FLASK_APP. Tool flask."),
  directory: () =>
    described(
      text(isPath),
      "Where the migrations are; for sql relative to the directory of relative paths. For tools that are programs relative to `project`, by default where the tool looks: tools dbmate, drizzle, flask, knex, node-pg-migrate, sqitch.",
      DEFAULTS.directory,
    ),
  table: () =>
    described(
      text(isFilled),
      "The table in which the tool records what it applied, where it is not the usual one: `name`, or `schema.name`. Tools dbmate, drizzle, knex, node-pg-migrate.",
    ),
  "shared-directory": () =>
    described(text(isPath), "Where the migrations of the schema are that tenants share; without it that schema is not migrated. Tool sql."),
  layout: () =>
    described(z.enum(["flat", "pairs", "directories"]), "How the SQL files lie there; recognised where it is left out. Tool sql."),
  baseline: () =>
    described(
      text(isFilled),
      "The last migration that the database had before Belay came to it: those up to it count as applied. Only where nothing is recorded yet. Tool sql.",
    ),
  migrations: () =>
    described(
      z.array(commandMigration()).check(z.minLength(1), distinctIds),
      "Programs of the team's own, in the order in which they are applied; tool command.",
    ),
  run: () =>
    described(
      z.array(text(isFilled)).check(z.minLength(1)),
      "A prefix for the tool's command line, for a tool that lives elsewhere: docker, run, …",
    ),
  path: () => described(text(isPath), "How the tool sees the SQLite file, where that differs."),
  "url-variable": () =>
    described(
      text(isVariableName),
      "A second name under which the tool gets the URL; by default the variable that target.url names, else, but for command, DATABASE_URL.",
    ),
  variables: () =>
    described(
      z.record(z.string(), z.enum(["url", "host", "port", "name", "user", "password", "path"])).check(variableNames),
      "Variables that hold parts of the URL, for tools that want parts. A SQLite file has url, and path and name, which are both its path.",
    ),
  env: () =>
    described(
      z.array(text(isVariableName)),
      "The only variables that the tool inherits, beside PATH, HOME and what else any program needs.",
    ),
  "env-file": () => described(text(isPath), "A file of NAME=value lines for the tool; its values are secrets."),
  timeout: () => described(timeout(), "How long the migrations may take together.", DEFAULTS.migrateTimeout),
  "lock-timeout": () => described(timeout(), "How long a statement may wait for a lock; PostgreSQL.", DEFAULTS.lockTimeout),
  retries: () =>
    described(
      z.int().check(z.minimum(0), z.maximum(100)),
      "How often to try again where a lock was busy and nothing was applied.",
      DEFAULTS.retries,
    ),
};

export const migrate = (given?: JsonValue) => z.union([tool(), mapOf(keys, given)]);

export type WrittenMigrate = z.infer<ReturnType<typeof migrate>>;
