/** What migration tools leave in a project, and how Belay drives each. One table: a tool is added by its entry. */

import type { Folder } from "./folder.ts";

export interface Trace {
  readonly title: string;
  /** Its name in belay.yml, in this version or a later one; null: Belay knows it only by `command`. */
  readonly tool: string | null;
  /** The file that gives it away; null: it is not there. */
  readonly look: (folder: Folder) => Promise<string | null>;
  /** Folders whose SQL is its own: not to be taken for SQL that nobody applies. */
  readonly owns: readonly string[];
  /** How this version of Belay drives it until it has a tool for it; null: it cannot. */
  readonly meanwhile: Meanwhile | null;
}

export type Meanwhile =
  /** By its own program, asked for its status; `program` is where it lies in this project, or its name. */
  | {
      readonly way: "command";
      readonly program: string;
      readonly pending: (program: string) => string;
      readonly pendingWhen: string;
      readonly appliedWhen: string;
      readonly apply: (program: string) => string;
    }
  /** Its SQL files as they are. */
  | { readonly way: "sql"; readonly directory: string };

/** Alembic prints the revision of the database, with `(head)` behind the newest. */
const alembicCurrent = (command: string): string => `out=$(${command}); case "$out" in *"(head)"*) echo applied;; *) echo pending;; esac`;

export const TRACES: readonly Trace[] = [
  {
    title: "Flask-Migrate",
    tool: "flask",
    look: async (folder) =>
      (await folder.has("migrations/env.py")) && (await folder.has("migrations/alembic.ini")) ? "migrations/env.py" : null,
    owns: ["migrations"],
    meanwhile: {
      way: "command",
      program: "flask",
      pending: (flask) => alembicCurrent(`${flask} db current`),
      pendingWhen: "^pending$",
      appliedWhen: "^applied$",
      apply: (flask) => `${flask} db upgrade`,
    },
  },
  {
    title: "Alembic",
    tool: "alembic",
    look: firstOf("alembic.ini"),
    owns: ["migrations"],
    meanwhile: {
      way: "command",
      program: "alembic",
      pending: (alembic) => alembicCurrent(`${alembic} current`),
      pendingWhen: "^pending$",
      appliedWhen: "^applied$",
      apply: (alembic) => `${alembic} upgrade head`,
    },
  },
  {
    title: "Django",
    tool: "django",
    look: containing("manage.py", /django/i),
    owns: [],
    meanwhile: {
      way: "command",
      program: "python",
      pending: (python) => `${python} manage.py showmigrations --plan`,
      pendingWhen: "^\\[ \\]",
      appliedWhen: "^\\[X\\]",
      apply: (python) => `${python} manage.py migrate --noinput`,
    },
  },
  {
    title: "Knex",
    tool: "knex",
    look: firstOf("knexfile.js", "knexfile.ts", "knexfile.mjs", "knexfile.cjs"),
    owns: [],
    meanwhile: {
      way: "command",
      program: "knex",
      pending: (knex) => `${knex} migrate:list`,
      pendingWhen: "^Found \\d+ Pending",
      appliedWhen: "^No Pending Migration",
      apply: (knex) => `${knex} migrate:latest`,
    },
  },
  {
    title: "Prisma",
    tool: null,
    look: firstOf("prisma/schema.prisma", "schema.prisma"),
    owns: ["prisma/migrations"],
    meanwhile: {
      way: "command",
      program: "prisma",
      pending: (prisma) => `${prisma} migrate status || true`,
      pendingWhen: "not yet been applied",
      appliedWhen: "schema is up to date",
      apply: (prisma) => `${prisma} migrate deploy`,
    },
  },
  {
    title: "Drizzle",
    tool: "drizzle",
    look: firstOf("drizzle.config.ts", "drizzle.config.js", "drizzle.config.mjs", "drizzle.config.json"),
    owns: ["drizzle"],
    meanwhile: { way: "sql", directory: "drizzle" },
  },
  {
    title: "Sqitch",
    tool: "sqitch",
    look: firstOf("sqitch.plan"),
    owns: ["deploy", "revert", "verify"],
    meanwhile: {
      way: "command",
      program: "sqitch",
      pending: (sqitch) => `${sqitch} status || true`,
      pendingWhen: "^(# )?(Undeployed change|No changes deployed)",
      appliedWhen: "up-to-date",
      apply: (sqitch) => `${sqitch} deploy`,
    },
  },
  {
    title: "Rails",
    tool: null,
    look: async (folder) => ((await folder.has("bin/rails")) && (await folder.names("db/migrate")).length > 0 ? "db/migrate" : null),
    owns: [],
    meanwhile: {
      way: "command",
      program: "bin/rails",
      pending: (rails) => `${rails} db:migrate:status`,
      pendingWhen: "^ *down ",
      appliedWhen: "^ *up ",
      apply: (rails) => `${rails} db:migrate`,
    },
  },
  {
    title: "Laravel",
    tool: null,
    look: firstOf("artisan"),
    owns: [],
    meanwhile: {
      way: "command",
      program: "php",
      pending: (php) => `${php} artisan migrate:status`,
      pendingWhen: "Pending$",
      appliedWhen: "Ran$",
      apply: (php) => `${php} artisan migrate --force`,
    },
  },
  {
    title: "Sequelize",
    tool: null,
    look: firstOf(".sequelizerc"),
    owns: [],
    meanwhile: {
      way: "command",
      program: "sequelize-cli",
      pending: (sequelize) => `${sequelize} db:migrate:status`,
      pendingWhen: "^down ",
      appliedWhen: "^up ",
      apply: (sequelize) => `${sequelize} db:migrate`,
    },
  },
  {
    title: "dbmate",
    tool: "dbmate",
    look: anySql(["db/migrations", "migrations"], /^-- migrate:up/m),
    owns: ["db/migrations", "migrations"],
    meanwhile: { way: "sql", directory: "" },
  },
  {
    title: "goose",
    tool: null,
    look: anySql(["migrations", "db/migrations", "sql/migrations"], /^-- \+goose Up/m),
    owns: ["migrations", "db/migrations", "sql/migrations"],
    meanwhile: { way: "sql", directory: "" },
  },
  { title: "Diesel", tool: null, look: firstOf("diesel.toml"), owns: ["migrations"], meanwhile: { way: "sql", directory: "migrations" } },
  {
    title: "Flyway",
    tool: null,
    look: firstOf("flyway.conf", "flyway.toml", "conf/flyway.conf"),
    owns: ["sql", "db/migration", "src/main/resources/db/migration"],
    meanwhile: { way: "sql", directory: "" },
  },
  {
    title: "Liquibase",
    tool: null,
    look: firstOf("liquibase.properties", "src/main/resources/db/changelog/db.changelog-master.yaml"),
    owns: [],
    meanwhile: null,
  },
  {
    title: "node-pg-migrate",
    tool: "node-pg-migrate",
    look: containing("package.json", /"node-pg-migrate"\s*:/),
    owns: [],
    meanwhile: null,
  },
  { title: "TypeORM", tool: null, look: containing("package.json", /"typeorm"\s*:/), owns: [], meanwhile: null },
];

function firstOf(...paths: readonly string[]): Trace["look"] {
  return async (folder) => {
    for (const path of paths) if (await folder.has(path)) return path;
    return null;
  };
}

function containing(path: string, pattern: RegExp): Trace["look"] {
  return async (folder) => (pattern.test(await folder.text(path)) ? path : null);
}

/** The folder in which a SQL file has this mark. */
function anySql(directories: readonly string[], mark: RegExp): Trace["look"] {
  return async (folder) => {
    for (const directory of directories) {
      const first = (await folder.names(directory)).find((name) => name.endsWith(".sql"));
      if (first !== undefined && mark.test(await folder.text(`${directory}/${first}`))) return directory;
    }
    return null;
  };
}
