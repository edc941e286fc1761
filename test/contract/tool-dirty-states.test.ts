/** States in which nothing may be applied, told beforehand by the real tools: each is named, with what to do. */

import { join } from "node:path";

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { spawn } from "../../src/process/spawn.ts";
import type { ProgramTool } from "../../src/tool/program/definition.ts";
import { programTool } from "../../src/tool/program/program-tool.ts";
import { alembic } from "../../src/tool/program/tools/alembic.ts";
import { readFiles, readSeen, readTenants } from "../../src/tool/program/tools/django-answer.ts";
import { django } from "../../src/tool/program/tools/django.ts";
import type { ToolState } from "../../src/tool/tool.ts";
import { openSqliteSession } from "../support/sqlite-session.ts";
import { sqliteTarget } from "../support/sqlite-target.ts";
import { PythonProject } from "../support/tools/python-site.ts";
import { ALEMBIC, DJANGO } from "../support/tools/python-tools.ts";

let project: PythonProject;
beforeEach(() => void (project = new PythonProject()));
afterEach(() => project[Symbol.dispose]());

async function stateOf(tool: ProgramTool): Promise<ToolState> {
  using opened = openSqliteSession(project.database);
  const { directory, database, variables } = project;
  const place = { root: directory, directory, elsewhere: false, target: sqliteTarget(database), schema: null, options: {} };
  const told = { ...variables, BELAY_DATABASE_PATH: database };
  return await programTool(tool, place, { run: null, directory, variables: told, spawn, redact: (text) => text }).state(opened.session);
}

const codes = ({ obstacles }: ToolState) => obstacles.map(({ code }) => code);

describe("Alembic", { timeout: 60_000 }, () => {
  const VERSIONS = "create table alembic_version (version_num varchar(32) not null)";
  const write = (index: number, name: string) => ALEMBIC.write(project, { index, name, body: [] });

  beforeEach(() => {
    project.sql("create table existing (a)");
    ALEMBIC.layOut(project, 'os.environ["BELAY_DATABASE_PATH"]');
    write(1, "a");
  });

  test("two ends of the history: which comes first is not decided", async () => {
    write(2, "b");
    project.write("migrations/versions/002_c.py", project.read("migrations/versions/002_b.py").replaceAll('"002"', '"002c"'));
    const state = await stateOf(alembic);
    expect(codes(state)).toEqual(["several-heads"]);
    expect(state.obstacles[0]).toMatchObject({ message: expect.stringContaining("002c"), hint: expect.stringContaining("alembic merge") });
  });

  test("a revision without a file", async () => {
    project.sql(`${VERSIONS}; insert into alembic_version values ('9f8e')`);
    const state = await stateOf(alembic);
    expect([codes(state), state.withoutFile]).toEqual([["migration-missing"], ["9f8e"]]);
  });

  test("a record under a name of the team's own is found by what it is", async () => {
    project.sql(`${VERSIONS.replace("alembic_version", "shop_schema_version")}; insert into shop_schema_version values ('001')`);
    expect(await stateOf(alembic)).toMatchObject({ applied: ["001"], pending: [], obstacles: [] });
  });

  test("two records, neither of the usual name", async () => {
    project.sql(`${VERSIONS.replace("alembic_version", "a_version")}; ${VERSIONS.replace("alembic_version", "b_version")}`);
    expect(codes(await stateOf(alembic))).toEqual(["several-version-tables"]);
  });

  test("an address of its own in alembic.ini, where env.py reads no other", async () => {
    const env = `from alembic import context\nfrom sqlalchemy import engine_from_config\n
config = context.config
with engine_from_config(config.get_section(config.config_ini_section), prefix="sqlalchemy.").connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()\n`;
    project.write("migrations/env.py", env);
    const ini = project.read("alembic.ini");
    project.write("alembic.ini", `${ini}sqlalchemy.url = sqlite:///%(here)s/app.db\n`);
    expect(codes(await stateOf(alembic))).toEqual([]);
    project.write("alembic.ini", `${ini}sqlalchemy.url = postgresql://me:hunter2@db.example.com/staging\n`);
    expect(codes(await stateOf(alembic))).toEqual(["wrong-database"]);
    project.write("alembic.ini", `${ini}sqlalchemy.url = sqlite:///staging.db\n`);
    const { obstacles } = await stateOf(alembic);
    expect(obstacles).toMatchObject([
      {
        code: "wrong-database",
        message: expect.stringContaining("staging.db, not to app"),
        hint: expect.stringContaining("migrate.url-variable"),
      },
    ]);
    project.write("migrations/env.py", `import os\n${env}\nos.environ.get("DATABASE_URL")\n`);
    expect(codes(await stateOf(alembic))).toEqual([]);
  });

  test.each([
    ["an empty downgrade()", "def downgrade():\n    pass\n"],
    ["one that only refuses", 'def downgrade():\n    """no"""\n    raise NotImplementedError("no way back")\n'],
    ["none at all", ""],
  ])("%s is no way back", async (_what, downgrade) => {
    const file = "migrations/versions/001_a.py";
    project.write(file, project.read(file).replace(/def downgrade[^]*/, downgrade));
    expect((await stateOf(alembic)).pending).toMatchObject([{ id: "001", reversible: false }]);
  });
});

describe("Django", { timeout: 60_000 }, () => {
  const RECORD = "create table django_migrations (id integer primary key, app text, name text, applied text)";
  const recorded = (...names: readonly string[]) =>
    project.sql(`${RECORD}; ${names.map((name) => `insert into django_migrations (app, name) values ('shop', '${name}');`).join(" ")}`);
  const write = (index: number, name: string) => DJANGO.write(project, { index, name, body: [] });

  beforeEach(() => {
    project.sql("create table existing (a)");
    DJANGO.layOut(project, 'os.environ["BELAY_DATABASE_PATH"]');
    write(1, "a");
    write(2, "b");
  });

  test("two ends of an app's migrations", async () => {
    project.write("shop/migrations/0002_other.py", project.read("shop/migrations/0002_step.py"));
    const state = await stateOf(django);
    expect(state.obstacles).toMatchObject([
      { code: "several-heads", message: expect.stringContaining("0002_other"), hint: expect.stringContaining("--merge") },
    ]);
  });

  test("a migration that is recorded, and has no file", async () => {
    recorded("0001_step", "0007_gone");
    const state = await stateOf(django);
    expect([codes(state), state.withoutFile]).toEqual([["migration-missing"], ["shop.0007_gone"]]);
  });

  test("one that is applied before what it depends on, as after an interruption or by hand", async () => {
    recorded("0002_step");
    expect((await stateOf(django)).obstacles).toMatchObject([
      { code: "history-inconsistent", message: "shop.0002_step is applied, and what it depends on is not: shop.0001_step" },
    ]);
  });

  test("one that replaces others is applied where all of them are, and undecided where only some are", async () => {
    project.write(
      "shop/migrations/0001_squashed.py",
      `from django.db import migrations\n
class Migration(migrations.Migration):
    replaces = [("shop", "0001_step"), ("shop", "0002_step")]
    dependencies = []
    operations = []\n`,
    );
    recorded("0001_step", "0002_step");
    expect(await stateOf(django)).toMatchObject({ applied: ["shop.0001_squashed"], pending: [], withoutFile: [], obstacles: [] });
    project.sql("delete from django_migrations where name = '0002_step'");
    expect(codes(await stateOf(django))).toEqual(["squash-half-applied"]);
  });

  test("an operation without a way back is told beforehand", async () => {
    const file = "shop/migrations/0002_step.py";
    project.write(file, project.read(file).replace(', "drop table b"', ""));
    expect((await stateOf(django)).pending).toMatchObject([{ reversible: true }, { id: "shop.0002_step", reversible: false }]);
  });
});

test("whatever a Django project prints, an answer that is none is none", () => {
  const read = [readFiles, readSeen, readTenants];
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.json().map((json) => `belay-django ${json}`),
      ),
      (printed) => {
        for (const each of read) expect(() => each(printed)).not.toThrow();
        expect(readFiles(printed)).toBeNull();
      },
    ),
  );
  const answer = { applied: ["a.1"], path: join("/srv", "app.db") };
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (noise) => {
      expect(readSeen(`${noise}\nbelay-django ${JSON.stringify(answer)}\n`)).toEqual(answer);
    }),
  );
});
