/** What Knex, node-pg-migrate, dbmate, Drizzle and Sqitch are told by: their files, their tables, and what they print. */

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Asking, Place, ProgramTool } from "../../src/tool/program/definition.ts";
import { plainText } from "../../src/tool/program/plain-text.ts";
import { dbmate, parseApplied, sectionsOf as dbmateSections } from "../../src/tool/program/tools/dbmate.ts";
import { drizzle } from "../../src/tool/program/tools/drizzle.ts";
import { oneWayOf } from "../../src/tool/program/tools/javascript.ts";
import { knex, parseCompleted } from "../../src/tool/program/tools/knex.ts";
import { byNumber, sectionsOf } from "../../src/tool/program/tools/node-pg-migrate.ts";
import { parsePlan } from "../../src/tool/program/tools/sqitch-plan.ts";
import { parseConf } from "../../src/tool/program/tools/sqitch-project.ts";
import { sqitch } from "../../src/tool/program/tools/sqitch.ts";
import { openSqliteSession } from "../support/sqlite-session.ts";
import { sqliteTarget, temporaryFolder, withDatabase } from "../support/sqlite-target.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
  withDatabase(database(), (db) => db.exec("create table existing (a)"));
});
afterEach(() => folder[Symbol.dispose]());

const database = () => join(folder.path, "app.db");

function write(name: string, content: string): void {
  mkdirSync(dirname(join(folder.path, name)), { recursive: true });
  writeFileSync(join(folder.path, name), content);
}

function sql(script: string): void {
  withDatabase(database(), (db) => db.exec(script));
}

function place(options: Place["options"] = {}): Place {
  return { root: folder.path, directory: folder.path, elsewhere: false, target: sqliteTarget(database()), schema: null, options };
}

/** What a plan would say, told without the tool: asking it is an error here. */
async function look(tool: ProgramTool, options: Place["options"] = {}) {
  using opened = openSqliteSession(database());
  const refuse = () => Promise.reject(new Error("the tool was asked"));
  const asking: Asking = { place: place(options), session: opened.session, ask: refuse, attempt: refuse };
  const files = await tool.files(asking);
  const { ids, obstacles, findings = [] } = await tool.applied(asking, files);
  const codes = [...files.obstacles, ...obstacles].map(({ code }) => code);
  return { known: files.known.map(({ id }) => id), applied: ids, codes, findings: findings.map(({ id, place: at }) => `${id} ${at}`) };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const sha1 = (text: string) => createHash("sha1").update(text).digest("hex");

describe("Knex", () => {
  const RECORD = `create table knex_migrations (id integer primary key, name text, batch int, migration_time int);
    create table knex_migrations_lock ("index" integer primary key, is_locked int);
    insert into knex_migrations_lock values (1, 0);
    insert into knex_migrations (name) values ('1_a.js');`;

  beforeEach(() => {
    for (const name of ["1_a.js", "2_b.ts", "readme.md"]) write(`migrations/${name}`, "exports.down = async () => {};");
  });

  test("its state is read without it, and without writing anything", async () => {
    expect(await look(knex)).toEqual({ known: ["1_a.js", "2_b.ts"], applied: [], codes: [], findings: [] });
    sql(RECORD);
    expect(await look(knex)).toMatchObject({ applied: ["1_a.js"], codes: [] });
  });

  test("a lock that a killed one left, and a file that is gone, stand in the way and are named", async () => {
    sql(`${RECORD} update knex_migrations_lock set is_locked = 1; insert into knex_migrations (name) values ('0_gone.js');`);
    expect(await look(knex)).toMatchObject({ applied: ["1_a.js", "0_gone.js"], codes: ["migration-missing", "tool-locked"] });
  });

  test("a record of another name is not taken for none", async () => {
    sql(`${RECORD} alter table knex_migrations rename to made_here;`);
    expect(await look(knex)).toMatchObject({ applied: [], codes: ["record-elsewhere"] });
    expect(await look(knex, { table: "made_here" })).toMatchObject({ applied: ["1_a.js"], codes: [] });
  });

  test.each([
    ["nothing", "No Completed Migration files Found.\nFound 1 Pending Migration file/files.\n1_a.js\n", []],
    [
      "colours, and what stands above",
      "Using environment: \u001B[35mproduction\u001B[39m\n\u001B[32mFound 2 Completed Migration file/files.\u001B[39m\n\u001B[36m1_a.js\u001B[39m\n2_b.js\nNo Pending Migration files Found.\n",
      ["1_a.js", "2_b.js"],
    ],
    ["nothing that it would say", "npm notice New major version available\n1_a.js\n", []],
  ])("what it lists as completed: %s", (_what, printed, completed) => expect(parseCompleted(printed)).toEqual(completed));

  test.each([
    ["exports.down = async () => {};", "its down() does nothing"],
    ["export async function down(knex: Knex): Promise<void> {\n}", "its down() does nothing"],
    ["module.exports = { up() {}, async down(knex) { /* nothing */ } };", "its down() does nothing"],
    ["exports.down = (pgm) => { return; }", "its down() does nothing"],
    ["exports.down = false;", "its down is switched off"],
    ["exports.down = (knex) => knex.schema.dropTable('a');", null],
    ["exports.up = async () => {};\nexports.down = async (k) => { await k.raw('drop table a'); };", null],
  ])("whether %s takes anything back", (source, why) => expect(oneWayOf(source)).toBe(why));
});

describe("node-pg-migrate", () => {
  test("files come by their number, in which 17 digits are a time, and then by their names", () => {
    const names = [
      "20260101000000000_utc.sql",
      "1767225599999_before.js",
      "1767225600001_after.ts",
      "10_ten.sql",
      "9_nine.sql",
      "9_eight.sql",
    ];
    expect(names.toSorted(byNumber)).toEqual([
      "9_eight.sql",
      "9_nine.sql",
      "10_ten.sql",
      "1767225599999_before.js",
      "20260101000000000_utc.sql",
      "1767225600001_after.ts",
    ]);
  });

  test("a file without a mark for the way up is applied whole, the way down with it", () => {
    expect(sectionsOf("-- Up Migration\ncreate a;\n-- Down Migration\ndrop a;\n")).toEqual({
      up: "-- Up Migration\ncreate a;",
      down: "drop a;",
    });
    expect(sectionsOf("create a;\n-- Down Migration\ndrop a;").up).toContain("drop a;");
    expect(sectionsOf("create a;")).toEqual({ up: "create a;", down: "" });
    expect(sectionsOf("-- Up Migration\ncreate a;\n-- Down Migration\n-- nothing\n").down).toBe("");
  });
});

describe("dbmate", () => {
  test("files are known by their numbers; two of one number stand in the way; other files are none of its", async () => {
    for (const name of ["2_b.sql", "10_j.sql", "2_c.sql", "x.sql", "3_note.md"])
      write(`db/migrations/${name}`, "-- migrate:up\nselect 1;\n");
    sql("create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('10'), ('7')");
    expect(await look(dbmate)).toEqual({
      known: ["10_j", "2_b", "2_c"],
      applied: ["10_j", "7"],
      codes: ["duplicate-migration"],
      findings: [],
    });
  });

  test("its marks are its own: at the margin, with options behind them", () => {
    expect(dbmateSections("-- migrate:up transaction:false\nvacuum;\n-- migrate:down\n")).toEqual({
      up: "-- migrate:up transaction:false\nvacuum;",
      down: "",
    });
    expect(dbmateSections("select 1;")).toEqual({ up: "", down: "" });
  });

  test("its URL escapes what a path may have, and asks for TLS only where there is some", () => {
    expect(dbmate.url?.({ engine: "sqlite", address: "/srv/a b#+é.db" })).toBe("sqlite:/srv/a%20b%23%2B%C3%A9.db");
    expect(dbmate.url?.({ engine: "postgres", address: "postgres://u@h/d" })).toBe("postgres://u@h/d?sslmode=prefer");
    expect(dbmate.url?.({ engine: "postgres", address: "postgres://u@h/d?sslmode=require" })).toBe("postgres://u@h/d?sslmode=require");
  });

  test("what `status` marks as applied", () => {
    expect(parseApplied("[X] 1_a.sql\n[ ] 2_b.sql\n\nApplied: 1\nPending: 1\n")).toEqual(["1_a"]);
  });
});

describe("Drizzle", () => {
  const CREATE = "create table __drizzle_migrations (id serial primary key, hash text not null, created_at numeric);";
  const journal = (...entries: readonly (readonly [tag: string, when: number])[]) =>
    write("drizzle/meta/_journal.json", JSON.stringify({ entries: entries.map(([tag, when]) => ({ tag, when })) }));

  test("an entry older than what is applied would never be applied, a changed file is told, a lost one stands in the way", async () => {
    journal(["0000_a", 10], ["0001_b", 20], ["0002_late", 15], ["0003_lost", 30]);
    for (const tag of ["0000_a", "0001_b", "0002_late"]) write(`drizzle/${tag}.sql`, "select 1;");
    sql(`${CREATE} insert into __drizzle_migrations (hash, created_at) values ('${sha256("select 1;")}', 10), ('other', 20)`);
    expect(await look(drizzle)).toEqual({
      known: ["0000_a", "0001_b", "0002_late"],
      applied: ["0000_a", "0001_b"],
      codes: ["migration-missing", "migration-out-of-order"],
      findings: ["migration-changed 0001_b.sql"],
    });
  });

  test.each([
    ["no journal", null],
    ["no JSON", "{"],
    ["no entries", "{}"],
    ["a tag that leads out", '{"entries":[{"tag":"../x","when":1}]}'],
  ])("%s is told, with the key to set", async (_what, text) => {
    mkdirSync(join(folder.path, "drizzle"));
    if (text !== null) write("drizzle/meta/_journal.json", text);
    await expect(look(drizzle)).rejects.toMatchObject({
      kind: "refused",
      code: "tool-not-configured",
      hint: expect.stringContaining("migrate.directory"),
    });
  });
});

describe("Sqitch", () => {
  const LINE = "2026-01-01T00:00:00Z A <a@example.com>";
  const REGISTRY = `create table changes (change_id text, script_hash text, change text, project text, note text, committed_at text,
    committer_name text, committer_email text, planned_at text, planner_name text, planner_email text);`;
  const deployed = (name: string, hash: string, project = "app") =>
    `insert into changes (change, script_hash, project, committed_at) values ('${name}', '${hash}', '${project}', 1);`;

  beforeEach(() => {
    write("sqitch.plan", `%project=app\n\na ${LINE} # a\nb [a] ${LINE} # b\nc ${LINE} # c\n`);
    for (const name of ["a", "b", "c"]) write(`deploy/${name}.sql`, `-- ${name}`);
  });

  test("a change before the last deployed one would never be deployed, a changed script is told, other projects' changes are not ours", async () => {
    sql(REGISTRY + deployed("a", sha1("-- a")) + deployed("c", sha1("before")) + deployed("x", "x", "another"));
    expect(await look(sqitch)).toEqual({
      known: ["a", "b", "c"],
      applied: ["a", "c"],
      codes: ["migration-out-of-order"],
      findings: ["migration-changed deploy/c.sql"],
    });
  });

  test("a registry in a file beside the target is refused: no rollback would bring it back", async () => {
    withDatabase(join(folder.path, "sqitch.db"), (db) => db.exec(REGISTRY));
    expect(await look(sqitch)).toMatchObject({ applied: [], codes: ["registry-beside-target"] });
  });

  test("an application with tables of the registry's names is told so", async () => {
    sql("create table events (id)");
    expect(await look(sqitch)).toMatchObject({ codes: ["registry-names-taken"] });
  });

  test("a change that is made anew is told from the one before it by its tag", () => {
    const plan = parsePlan(`%syntax-version=1.0.0\n%project=shop\n%uri=https://example.com\n
# first\na ${LINE} # a\nb ${LINE}\n@v1 ${LINE} # tag\n@v1b ${LINE}\na [a@v1 !b other:c] ${LINE} # again\n`);
    expect(plan).toEqual({
      project: "shop",
      changes: [
        { name: "a", id: "a@v1" },
        { name: "b", id: "b" },
        { name: "a", id: "a" },
      ],
    });
  });

  test("a plan that is not all understood is none, whatever it holds", () => {
    expect(() => parsePlan("%project=app\n\n--registry ${LINE}x\n")).toThrow("line 3");
    expect(() => parsePlan(`a ${LINE}\n`)).toThrow("%project");
    expect(() => parsePlan(`%project=app\na ${LINE}\n`)).toThrow("line 2: an empty line");
    fc.assert(
      fc.property(fc.string(), (line) => {
        try {
          for (const { id } of parsePlan(`%project=app\n\n${line} ${LINE}\n`).changes) expect(id).not.toMatch(/^[-\s]|[\0\n]/);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });

  test("its settings are written as Git's are", () => {
    const settings = parseConf(
      '[core]\n\tengine = pg\n\ttop_dir = db # here\n[engine "pg"]\n\tregistry = "own"\n[target "x"]\nplan_file=y\n',
    );
    expect([...settings]).toEqual([
      ["core.engine", "pg"],
      ["core.top_dir", "db"],
      ["engine.pg.registry", "own"],
      ["target.x.plan_file", "y"],
    ]);
  });
});

describe("what a program prints for a terminal", () => {
  test("loses its colours, and of a line that is drawn again and again all but the last drawing", () => {
    const spinner = "[⣷] applying migrations...\u001B[2K\u001B[1G[⣯] applying migrations...\u001B[2K\u001B[1G[\u001B[32m✓\u001B[39m] done";
    expect(plainText(`${spinner}\n\u001B]8;;https://x\u0007link\u001B]8;;\u0007\n`)).toBe("[✓] done\nlink\n");
    expect(plainText("50 %\r100 %\r")).toBe("100 %");
  });

  test("keeps what has none of that", () => {
    fc.assert(fc.property(fc.string(), (text) => plainText(text.replaceAll(/[\u001B\r]/g, "")) === text.replaceAll(/[\u001B\r]/g, "")));
  });
});
