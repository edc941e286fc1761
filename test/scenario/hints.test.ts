/** What a refusal says to type next leads where the refused command was to lead. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Production } from "../support/production.ts";
import { EACH_VERSION, type Start } from "../support/productions.ts";
import { Project } from "../support/project.ts";

async function site(start: Start): Promise<Production> {
  const production = await start(50);
  production.configure(`${production.target}migrate: sql\n`);
  return production;
}

/** The command between the backticks of the first reason's hint, as arguments. */
async function typed(production: Production, ...args: string[]): Promise<string[]> {
  const { status, result } = await production.json(...args);
  expect(status).toBe(3);
  const [, command = ""] = /`belay ([^`]+)`/.exec(result.reasons[0]?.hint ?? "") ?? [];
  return command.split(" ");
}

const history = async (production: Production) => (await production.json("status")).result.targets[0]?.history;

describe.each(EACH_VERSION)("the hint of a refused rollback of a database %s, typed as it stands", { timeout: 60_000 }, (_name, start) => {
  test("goes down as far as was asked for, and no further", async () => {
    await using production = await site(start);
    production.migration("1_team.up.sql", "create table team (id integer primary key);");
    production.migration("1_team.down.sql", "drop table team;");
    production.migration("2_role.up.sql", "create table role (name text); insert into role values ('admin');");
    production.migration("2_role.down.sql", "drop table role;");
    expect((await production.json("migrate")).status).toBe(0);
    const { result } = await production.json("rollback", "--strategy", "downgrade", "--to", "1_team");
    expect(result.reasons[0]?.message).toBe("going down in app drops 1 row of role");
    const again = await typed(production, "rollback", "--strategy", "downgrade", "--to", "1_team");
    expect((await production.json(...again)).status).toBe(0);
    expect(await history(production)).toEqual(["1_team"]);
  });

  test("takes back the run that was named, not the last one", async () => {
    await using production = await site(start);
    production.migration("1_team.sql", "create table team (id integer primary key);");
    const { result: first } = await production.json("migrate");
    production.migration("2_role.sql", "create table role (name text);");
    expect((await production.json("migrate")).status).toBe(0);
    production.sql("insert into users (email) values ('later')");
    const again = await typed(production, "rollback", "--run", first.run ?? "", "--strategy", "restore");
    expect(again).toEqual(["rollback", "prod", "--run", first.run, "--strategy", "restore", "--accept-loss"]);
    expect((await production.json(...again)).status).toBe(0);
    expect(await history(production)).toEqual([]);
    expect(await production.state()).toEqual(production.oldState);
  });
});

describe("whatever the engine is,", () => {
  let project: Project;
  beforeEach(() => {
    project = new Project();
    project.sql("create table users (id integer primary key, email text); insert into users (email) values ('a'), ('b')");
    project.configure("target: sqlite:app.db\nmigrate: sql\n");
  });
  afterEach(() => project[Symbol.dispose]());

  test("a store that cannot be made is told from one that has nothing: the place in belay.yml is wrong", async () => {
    project.configure("target: sqlite:app.db\nmigrate: sql\nbackup: { store: /proc/belay }\n");
    project.migration("1_team.sql", "create table team (id integer primary key);");
    const { status, result } = await project.json("migrate");
    expect([status, result.reasons[0]?.code]).toEqual([3, "store-missing"]);
    expect(result.reasons[0]?.hint).toBe("name a directory that can be made, or make it: `backup.store` in belay.yml");
  });

  test("a command that fails is named by its place in belay.yml", async () => {
    project.configure("target: sqlite:app.db\nmigrate: sql\napp: { start: exit 3 }\nrollback: { hooks: { flags: exit 7 } }\n");
    const hook = await project.json("rollback", "--hook", "flags");
    expect([hook.status, hook.result.reasons[0]?.hint]).toEqual([5, expect.stringContaining("it is rollback.hooks.flags in belay.yml")]);
    project.migration("1_team.sql", "create table team (id integer primary key);");
    const { status, result } = await project.json("migrate");
    expect([status, result.reasons.map(({ hint }) => /it is (\S+) in belay/.exec(hint ?? "")?.[1])]).toEqual([
      5,
      ["app.start", "app.start", undefined], // the last one leads to `belay recover`
    ]);
  });

  test("SQL of a hook that fails is named by its place in belay.yml, and changed nothing", async () => {
    project.configure('target: sqlite:app.db\nmigrate: sql\nrollback: { hooks: { flags: { sql: "update nowhere set a = 1" } } }\n');
    const { status, result } = await project.json("rollback", "--hook", "flags");
    expect([status, result.reasons]).toEqual([
      3,
      [
        {
          code: "sql-failed",
          message: "the SQL of the hook flags: no such table: nowhere",
          hint: "mend rollback.hooks.flags in belay.yml",
        },
      ],
    ]);
  });

  test("a plan that failed before is not said to run as it stands", async () => {
    project.migration("1_team.sql", "create table team (id integer primary key); insert into nothing values (1);");
    expect((await project.json("migrate")).status).toBe(4);
    expect((await project.run("plan")).stdout).toMatch(/Next: +once it has what it needs,\s+`belay migrate prod --digest sha256:/);
  });
});
