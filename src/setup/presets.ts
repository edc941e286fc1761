/**
 * Tools that Belay has no definition of, as `tool: command` runs them: by their own program, asked for its status. Written by `init` and in
 * docs/tools.md; none of them is tested here. All pending migrations are one migration to Belay, as none of these tells them one by one.
 */

export interface Preset {
  readonly title: string;
  readonly look: {
    /** All of them are there. */
    readonly files?: readonly string[];
    /** A folder with a name like these in it. */
    readonly folder?: { readonly path: string; readonly names: RegExp };
    /** One of these folders has SQL with these words. */
    readonly mark?: { readonly folders: readonly string[]; readonly words: RegExp };
  };
  /** Folders whose SQL is its own. */
  readonly owns: readonly string[];
  /** Where it lies, relative to the project, or its name. */
  readonly program: string;
  readonly pending: (program: string) => string;
  readonly pendingWhen: string;
  readonly appliedWhen: string;
  readonly apply: (program: string) => string;
  /** Parts of the URL that it takes in variables of its own; a SQLite file has none of them. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What else has to be right for it. */
  readonly note?: string;
}

const PARTS = { DB_HOST: "host", DB_PORT: "port", DB_NAME: "name" } as const;

/** Of a file there is only the path, of a server only the parts. */
const either = (file: string, server: string) => `\${BELAY_DATABASE_PATH:+${file}}\${DB_HOST:+${server}}`;

const jdbc = (variable: string, command: string) =>
  `${variable}="${either("jdbc:sqlite:$BELAY_DATABASE_PATH", "jdbc:postgresql://$DB_HOST:$DB_PORT/$DB_NAME")}" ${command}`;

/** It has no other place for the address than its arguments: without the password, which the driver reads from its own variable. */
const golangMigrate = (migrate: string) =>
  `${migrate} -path migrations -database "${either("sqlite3://$BELAY_DATABASE_PATH", "postgres://$DB_USER@$DB_HOST:$DB_PORT/$DB_NAME")}"`;

export const PRESETS: readonly Preset[] = [
  {
    title: "Prisma",
    look: { files: ["prisma/schema.prisma"] },
    owns: ["prisma/migrations"],
    program: "prisma",
    pending: (prisma) => `${prisma} migrate status || true`,
    pendingWhen: "not yet been applied",
    appliedWhen: "schema is up to date",
    apply: (prisma) => `${prisma} migrate deploy`,
    note: 'Its schema reads the URL by `env("DATABASE_URL")`.',
  },
  {
    title: "Rails",
    look: { files: ["bin/rails"], folder: { path: "db/migrate", names: /\.rb$/ } },
    owns: [],
    program: "bin/rails",
    pending: (rails) => `${rails} db:migrate:status`,
    pendingWhen: "^ *down ",
    appliedWhen: "^ *up ",
    apply: (rails) => `${rails} db:migrate`,
    note: "`DATABASE_URL` wins over `config/database.yml`.",
  },
  {
    title: "Laravel",
    look: { files: ["artisan"] },
    owns: [],
    program: "php",
    pending: (php) => `${php} artisan migrate:status`,
    pendingWhen: "Pending$",
    appliedWhen: "Ran$",
    apply: (php) => `${php} artisan migrate --force`,
    note: "`DB_URL` or `DATABASE_URL` wins over the other settings: see `url` in `config/database.php`.",
  },
  {
    title: "Sequelize",
    look: { files: [".sequelizerc"] },
    owns: [],
    program: "sequelize-cli",
    pending: (sequelize) => `${sequelize} db:migrate:status`,
    pendingWhen: "^down ",
    appliedWhen: "^up ",
    apply: (sequelize) => `${sequelize} db:migrate`,
    note: 'Its configuration names the variable: `use_env_variable: "DATABASE_URL"`.',
  },
  {
    title: "Flyway",
    look: { files: ["flyway.toml"] },
    owns: ["sql", "db/migration", "src/main/resources/db/migration"],
    program: "flyway",
    pending: (flyway) => jdbc("FLYWAY_URL", `${flyway} info`),
    pendingWhen: "\\| Pending +\\|",
    appliedWhen: "\\| (Success|Baseline) +\\|",
    apply: (flyway) => jdbc("FLYWAY_URL", `${flyway} migrate`),
    variables: { ...PARTS, FLYWAY_USER: "user", FLYWAY_PASSWORD: "password" },
  },
  {
    title: "Liquibase",
    look: { files: ["liquibase.properties"] },
    owns: [],
    program: "liquibase",
    pending: (liquibase) => jdbc("LIQUIBASE_COMMAND_URL", `${liquibase} status`),
    pendingWhen: "(has|have) not been applied",
    appliedWhen: "is up to date",
    apply: (liquibase) => jdbc("LIQUIBASE_COMMAND_URL", `${liquibase} update`),
    variables: { ...PARTS, LIQUIBASE_COMMAND_USERNAME: "user", LIQUIBASE_COMMAND_PASSWORD: "password" },
  },
  {
    title: "goose",
    look: { mark: { folders: ["migrations", "db/migrations", "sql/migrations"], words: /^-- \+goose Up/m } },
    owns: ["migrations", "db/migrations", "sql/migrations"],
    program: "goose",
    pending: (goose) => `GOOSE_DRIVER=postgres GOOSE_DBSTRING="$BELAY_DATABASE_URL" GOOSE_MIGRATION_DIR=migrations ${goose} status`,
    pendingWhen: "Pending +-- ",
    appliedWhen: "\\d{4} +-- ",
    apply: (goose) => `GOOSE_DRIVER=postgres GOOSE_DBSTRING="$BELAY_DATABASE_URL" GOOSE_MIGRATION_DIR=migrations ${goose} up`,
    note: 'For a SQLite file: `GOOSE_DRIVER=sqlite3 GOOSE_DBSTRING="$BELAY_DATABASE_PATH"`.',
  },
  {
    title: "golang-migrate",
    look: { folder: { path: "migrations", names: /^\d+_.*\.up\.sql$/ }, files: ["go.mod"] },
    owns: ["migrations"],
    program: "migrate",
    pending: (migrate) =>
      `at=$(${golangMigrate(migrate)} version 2>&1 || true); last=$(ls migrations | sed -n 's/^0*\\([0-9]*\\)_.*\\.up\\.sql$/\\1/p' | sort -n | tail -1); [ "$at" = "$last" ] && echo "up to date: $at" || echo "behind: $at of $last"`,
    pendingWhen: "^behind: (\\d+|error: no migration) of \\d+$",
    appliedWhen: "^up to date: \\d",
    apply: (migrate) => `${golangMigrate(migrate)} up`,
    variables: { ...PARTS, DB_USER: "user", PGPASSWORD: "password" },
    note: "Its address is an argument, which everybody on the machine can read: so the password is left out of it and comes in `PGPASSWORD`. A dirty version is an error.",
  },
  {
    title: "Diesel",
    look: { files: ["diesel.toml"] },
    owns: ["migrations"],
    program: "diesel",
    pending: (diesel) => `${diesel} migration list`,
    pendingWhen: "^ *\\[ \\] ",
    appliedWhen: "^ *\\[X\\] ",
    apply: (diesel) => `${diesel} migration run --locked-schema`,
    note: "It reads `DATABASE_URL`: where target.url is not that variable, set `url-variable: DATABASE_URL`.",
  },
  {
    title: "Atlas",
    look: { files: ["atlas.hcl"] },
    owns: ["migrations"],
    program: "atlas",
    pending: (atlas) => `${atlas} migrate status --env "$BELAY_ENVIRONMENT"`,
    pendingWhen: "Migration Status: PENDING",
    appliedWhen: "Migration Status: OK",
    apply: (atlas) => `${atlas} migrate apply --env "$BELAY_ENVIRONMENT"`,
    note: 'Its environment reads the URL from a variable, so that no argument holds a password: `env "prod" { url = getenv("DATABASE_URL") }`.',
  },
];
