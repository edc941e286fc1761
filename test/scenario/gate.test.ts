/** What `belay gate` does in an entrypoint: `--fix` and `--wait`, one container and several, good days and bad ones. */

import { rmSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import type { Production } from "../support/production.ts";
import { TenantsProduction } from "../support/postgres/tenants.ts";
import { ON_15, type Start } from "../support/productions.ts";
import { Project, sqlite3 } from "../support/project.ts";

const ROLE = "alter table users add column role text;\n";

/** A migration that takes seconds. */
const SLOW = {
  sqlite:
    "create table slow as with recursive n (i) as (select 1 union all select i + 1 from n limit 3000000) select max(i) as i from n;\n",
  postgres: "select pg_sleep(3);\n",
};

const APPLICATION = `app:
  prepare: echo prepare >> app.log
  stop: echo stop >> app.log
  start: echo start >> app.log
  previous: echo previous >> app.log
checks:
  after: [{ name: roles, sql: "select count(*) from users where role is not null", expect: 0 }]
  health: [{ name: the page, command: echo health >> app.log }]
checklist: [Log in]
`;

async function project(start: Start, more = ""): Promise<Production> {
  const made = await start(100);
  made.configure(`${made.target}migrate: sql\n${APPLICATION}${more}`);
  made.migration("0001_role.sql", ROLE);
  return made;
}

describe.each(ON_15)("`belay gate` in an entrypoint, database %s", { timeout: 120_000 }, (_name, start) => {
  test("--fix applies what is missing in a guarded run, leaves the application alone, and lets it start", async () => {
    await using made = await project(start);
    const { status, result } = await made.json("gate", "--fix");
    expect({ status, command: result.command, outcome: result.outcome }).toEqual({ status: 0, command: "gate", outcome: "migrated" });
    expect(result.targets[0]?.applied.map(({ id }) => id)).toEqual(["0001_role"]);
    expect(result.targets[0]?.backup?.proof).toBe("restored");
    expect(result.targets[0]?.checks.map(({ name }) => name)).toEqual(["roles"]);
    expect(made.applicationLog()).toEqual([]);
    const again = await made.run("gate", "--fix");
    expect(again).toMatchObject({ status: 0, stdout: "✔ The application may start: nothing is pending, and no run is in its way.\n" });
    expect((await made.json("runs")).result.runs).toHaveLength(1);
    expect((await made.run("rollback", "--accept-loss")).status).toBe(0);
  });

  test("--fix of a migration that fails brings all back, and does not try the same plan at the next start of the container", async () => {
    await using made = await project(start);
    made.migration("0002_wrong.sql", "alter table users add column more text;\nupdate no_such_table set a = 1;\n");
    const first = await made.run("gate", "--fix");
    expect(first.status).toBe(4);
    expect(first.stdout).toContain("FAILED, ROLLED BACK");
    expect(first.stdout).toMatch(/║ FATAL {2}app\S* is behind\. This container will not start\. +║/);
    expect(await made.state()).toEqual(made.oldState);
    const second = await made.run("gate", "--fix");
    expect(second.status).toBe(3);
    expect(second.stdout.replace(/ *║\n║ /g, " ")).toMatch(/this very plan was tried in run .* and failed/);
    expect(made.applicationLog()).toEqual([]);
  });

  test("of two containers that start at once one runs, the other waits for it, and both start", async () => {
    await using made = await project(start);
    made.migration("0002_slow.sql", SLOW[made.engine]);
    const both = await Promise.all([made.start(["gate", "--fix"]).ended, made.start(["gate", "--fix"]).ended]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    const said = both.map(({ stdout }) => stdout);
    expect(said.filter((text) => text.includes("MIGRATED"))).toHaveLength(1);
    expect(said.filter((text) => text.endsWith("nothing is pending, and no run is in its way.\n"))).toHaveLength(1);
    expect((await made.json("runs")).result.runs).toHaveLength(1);
  });

  test("--wait lets the run of somebody else come to its end, and opens then; without it the container goes at once", async () => {
    await using made = await project(start);
    made.migration("0002_slow.sql", SLOW[made.engine]);
    const waiting = made.start(["gate", "--wait=90s"]);
    const running = made.start(["migrate"]);
    let ended = false;
    void running.ended.then(() => (ended = true));
    let asked = await made.run("gate");
    while (!asked.stdout.includes("is under way") && !ended) asked = await made.run("gate");
    expect(asked).toMatchObject({ status: 6 });
    const waited = await waiting.ended;
    expect(waited.status).toBe(0);
    expect(waited.stdout.replace(/\n */g, " ")).toMatch(/waiting, at most 1 min \d+ s: app\S* is missing 0001_role, 0002_slow/);
    expect((await running.ended).status).toBe(0);
  });

  test("--wait ends when its time is over, and with a signal", async () => {
    await using made = await project(start);
    const over = await made.run("gate", "--wait=1s");
    expect(over.status).toBe(6);
    expect(over.stdout).toContain("missing 0001_role");
    const stopped = made.start(["gate", "--wait"]);
    const progress = stopped.ended;
    setTimeout(() => stopped.kill("SIGTERM"), 1_500);
    const { status, stdout } = await progress;
    expect(status).toBe(130);
    expect(stdout).toContain("The gate was interrupted. This container will not start.");
  });

  test("whose entrypoint is `gate --fix` starts inside a run, also the old one after a rollback, and applies nothing there", async () => {
    await using made = await start(100);
    made.write("entrypoint", `#!/bin/sh\n"${process.execPath}" "$CLI" gate --fix > gate.log 2>&1\necho "$1: $?" >> app.log\n`);
    made.configure(
      `${made.target}migrate: sql\napp: { start: ./entrypoint start, previous: ./entrypoint previous }\nchecks: { health: [{ command: "false" }] }\n`,
    );
    made.migration("0001_role.sql", ROLE);
    const { CLI } = await import("../support/workplace.ts");
    const undone = await made.start(["migrate"], { env: { CLI } }).ended;
    expect(undone.status).toBe(4);
    expect(made.applicationLog()).toEqual(["start: 0", "previous: 0"]);
    expect((await made.json("runs")).result.runs).toHaveLength(1);
    expect(await made.state()).toEqual(made.oldState);
    expect((await made.run("gate", "--fix")).status).toBe(3); // the same plan: not by itself
  });

  test("neither fixes nor waits where a run was killed: that is for `belay recover`", async () => {
    await using made = await project(start);
    made.migration("0002_slow.sql", SLOW[made.engine]);
    const running = made.start(["gate", "--fix"]);
    let asked = await made.run("gate");
    while (!asked.stdout.includes("(migrating)") && asked.status === 6) asked = await made.run("gate");
    running.kill("SIGKILL");
    await running.ended;
    const closed = await made.run("gate", "--fix", "--wait=1h");
    expect(closed.status).toBe(6);
    expect(closed.stdout).toMatch(/║ Fix: +belay recover prod +║/);
    expect((await made.run("recover")).status).toBe(4);
    expect((await made.run("gate", "--fix")).status).toBe(0);
  });

  test("--fix gives no reason to go without an approval, and says what people can do", async () => {
    await using made = await project(start, "approvals: { required: 2 }\n");
    const { status, stdout } = await made.run("gate", "--fix");
    expect(status).toBe(3);
    expect(stdout.replace(/ *║\n║ +/g, " ")).toContain('belay migrate prod --without-approval "…"');
    expect(await made.state()).toEqual(made.oldState);
  });

  test("says what belay.yml has people told", async () => {
    await using made = await project(start, 'gate: { fix-hint: "ask #dba: /migrate prod" }\n');
    const { status, result } = await made.json("gate");
    expect({ status, fixHint: result.fixHint, hints: result.reasons.map(({ hint }) => hint) }).toEqual({
      status: 6,
      fixHint: "ask #dba: /migrate prod",
      hints: ["ask #dba: /migrate prod"],
    });
    expect((await made.run("gate")).stdout).toMatch(/║ Fix: +ask #dba: \/migrate prod +║/);
  });
});

describe("the gate of several targets", { timeout: 60_000 }, () => {
  test("judges all of them: those that are behind, and beside them the one that cannot be read", async () => {
    using project = new Project();
    for (const name of ["a", "b", "d"]) sqlite3("create table users (id integer primary key);", join(project.directory, `${name}.db`));
    project.configure("targets: [sqlite:a.db, sqlite:b.db, sqlite:c.db, sqlite:d.db]\nmigrate: sql\n");
    project.migration("0001_role.sql", ROLE);
    sqlite3("create table copy (id integer);", join(project.directory, "c.db"));
    expect((await project.run("migrate", "--target", "b")).status).toBe(0);
    rmSync(join(project.directory, "c.db"));
    const { status, result } = await project.json("gate");
    expect(status).toBe(3);
    expect(result.targets.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      "a checks-failed",
      "b up-to-date",
      "c refused",
      "d checks-failed",
    ]);
    expect(result.reasons.map(({ code }) => code)).toEqual(["behind", "target-missing", "behind"]);
    const { stdout } = await project.run("gate", "--fix");
    expect(stdout).toContain("FATAL  2 of 4 targets are behind.");
    expect(stdout).toContain("belay migrate prod --target a --target d");
  });
});

describe("the gate of tenants", { timeout: 60_000 }, () => {
  test("names each tenant that is behind with the command that fixes it, lets --fix bring them, and then opens", async () => {
    const names = Array.from({ length: 9 }, (_, at) => `t${at}`);
    await using production = await TenantsProduction.start({ version: 15, as: "owner" }, names);
    expect((await production.run("migrate")).status).toBe(0);
    production.sql("delete from t3.belay_migrations where id = '0002_paid'; alter table t3.invoices drop column paid");
    production.sql("delete from t7.belay_migrations; drop table t7.notes; alter table t7.invoices drop column paid");
    const { status, stdout } = await production.run("gate");
    expect(status).toBe(6);
    expect(stdout).toContain("FATAL  2 of 9 tenants are behind. This container will not start.");
    expect(stdout).toMatch(/║ t3 +missing 0002_paid +║\n║ t7 +missing 0001_notes, 0002_paid +║/);
    expect(stdout).toMatch(/Fix: +belay migrate prod --target t3 --target t7 +║/);
    const fixed = await production.json("gate", "--fix");
    expect({ status: fixed.status, outcome: fixed.result.outcome }).toEqual({ status: 0, outcome: "migrated" });
    expect((await production.run("gate")).status).toBe(0);
  });
});
