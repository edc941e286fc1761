/** Tools that live in a container: a script stands for it that has a folder and an environment of its own. */

import { symlinkSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { Project } from "../support/project.ts";

const PACKAGES = join(import.meta.dirname, "../../node_modules");
const TARGET = "target: sqlite:app.db";

/** Only the address reaches it, as `docker run -e DATABASE_URL -e BELAY_DATABASE_PATH` would pass it on; it sees the file as /…/image/data.db. */
function container(project: Project): void {
  project.write(
    "container",
    `#!/bin/sh -e
cd image
exec env -i PATH="${PACKAGES}/.bin:$PATH" DATABASE_URL="$DATABASE_URL" BELAY_DATABASE_PATH="$BELAY_DATABASE_PATH" "$@"\n`,
  );
}

const dbmate = (table: string, more = "") => `-- migrate:up\ncreate table ${table} (a);\n${more}-- migrate:down\ndrop table ${table};\n`;

/** The same files here and in the image, as a checkout and what is built of it have them. */
function both(project: Project, name: string, content: string): void {
  project.write(name, content);
  project.write(`image/${name}`, content);
}

function site(tool: string): Project {
  const project = new Project();
  project.sql("create table existing (id integer primary key); insert into existing values (1)");
  container(project);
  project.configure(`${TARGET}\nmigrate: { tool: ${tool}, run: [./container], path: ${join(project.directory, "app.db")} }\n`);
  return project;
}

describe("dbmate in a container", { timeout: 60_000 }, () => {
  test("applies all at once; less than all is refused beforehand; what is taken back comes one by one", async () => {
    using project = site("dbmate");
    for (const id of ["1_a", "2_b", "3_c"]) both(project, `db/migrations/${id}.sql`, dbmate(id.slice(2)));
    expect(await project.json("migrate", "--to", "2_b")).toMatchObject({ status: 3, result: { reasons: [{ code: "applies-all" }] } });
    const { status, result } = await project.json("migrate");
    expect([status, result.targets[0]?.applied.map(({ id }) => id)]).toEqual([0, ["1_a", "2_b", "3_c"]]);
    expect(result.targets[0]?.applied.at(-1)?.durationMs).toBeGreaterThan(0);
    expect((await project.run("rollback", "--strategy", "downgrade", "--to", "1_a")).status).toBe(0);
    expect(project.sql("select version from schema_migrations")).toContain("1");
    expect((await project.json("plan")).result.targets[0]?.pending.map(({ id }) => id)).toEqual(["2_b", "3_c"]);
  });

  test("that fails on its way is told by the migration that the table does not have, whatever it printed", async () => {
    using project = site("dbmate");
    both(project, "db/migrations/1_a.sql", dbmate("a"));
    both(project, "db/migrations/2_b.sql", dbmate("b", "insert into nowhere values (1);\n"));
    const before = project.dump();
    const { status, result } = await project.json("migrate");
    expect([status, result.reasons[0]?.message]).toEqual([4, expect.stringMatching(/^applying 2_b: [^]*no such table: nowhere/)]);
    expect(project.dump()).toBe(before);
  });

  test("that has files which are not here would apply more than was planned: told, and undone", async () => {
    using project = site("dbmate");
    both(project, "db/migrations/1_a.sql", dbmate("a"));
    project.write("image/db/migrations/2_b.sql", dbmate("b"));
    const before = project.dump();
    const { status, result } = await project.json("migrate");
    expect([status, result.reasons[0]?.code]).toEqual([4, "applied-unplanned"]);
    expect(project.dump()).toBe(before);
  });
});

test("Knex in a container is asked and told there, one migration after the other", { timeout: 60_000 }, async () => {
  using project = site("knex");
  project.write("image/.keep", "");
  symlinkSync(PACKAGES, join(project.directory, "image/node_modules"));
  project.write(
    "image/knexfile.js",
    `module.exports = { client: "better-sqlite3", useNullAsDefault: true, connection: { filename: process.env.BELAY_DATABASE_PATH } };\n`,
  );
  for (const name of ["a", "b"]) {
    both(
      project,
      `migrations/1_${name}.js`,
      `exports.up = (k) => k.raw("create table ${name} (a)");\nexports.down = (k) => k.raw("drop table ${name}");\n`,
    );
  }
  const { status, result } = await project.json("migrate", "--to", "1_a.js");
  expect([status, result.targets[0]?.applied.map(({ id }) => id)], JSON.stringify(result.reasons)).toEqual([0, ["1_a.js"]]);
});

test.each([
  ["dbmate", "db/migrations/1_a.sql", dbmate("a"), "a?b.db"],
  ["dbmate", "db/migrations/1_a.sql", dbmate("a"), "a%41b.db"],
  ["sqitch", "sqitch.plan", "%project=a\n\n", "a;b.db"],
])("%s, which cannot be told of some files, is refused for them, as it would work on another one", async (tool, name, content, file) => {
  using project = new Project();
  project.sql("create table existing (id)", join(project.directory, file));
  project.write(name, content);
  project.configure(`target: "sqlite:${file}"\nmigrate: ${tool}\n`);
  symlinkSync(PACKAGES, join(project.directory, "node_modules"));
  expect(await project.json("migrate")).toMatchObject({ status: 3, result: { reasons: [{ code: "path-unspeakable" }] } });
});

test("dbmate works on a file whose path has what a URL has to escape", { timeout: 60_000 }, async () => {
  using project = new Project();
  const file = join(project.directory, "a b+#.db");
  project.sql("create table existing (id)", file);
  project.write("db/migrations/1_made.sql", dbmate("made"));
  project.configure('target: "sqlite:a b+#.db"\nmigrate: dbmate\n');
  symlinkSync(PACKAGES, join(project.directory, "node_modules"));
  expect(await project.json("migrate")).toMatchObject({ status: 0, result: { outcome: "migrated" } });
  expect(project.sql("select count(*) from made", file).trim()).toBe("0");
});

describe("a program that is not what it seems", { timeout: 60_000 }, () => {
  test("says that it is done, and did nothing: an error, whatever else it prints", async () => {
    using project = new Project();
    project.sql("create table existing (id)");
    project.write("knexfile.js", "");
    for (const name of ["-h --help.js", "a\n\u001B[31mred.js"]) project.write(`migrations/${name}`, "exports.down = 1;");
    project.write(
      "node_modules/.bin/knex",
      `#!/bin/sh\nprintf '\\033[33mnotice\\033[39m new version available\\n' >&2\nprintf '\\033[32mBatch 1 ran the following migrations:\\033[39m\\n'\n`,
    );
    project.configure(`${TARGET}\nmigrate: { tool: knex, env: [] }\n`);
    const before = project.dump();
    const { status, result, stderr } = await project.json("migrate");
    expect([status, result.reasons[0]?.code]).toEqual([4, "wrong-database"]);
    expect(result.reasons[0]?.message).toMatch(/^-h --help\.js ended with status 0/);
    expect(stderr).not.toContain("\u001B");
    expect(project.dump()).toBe(before);
  });
});
