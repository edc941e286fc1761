/** The maintenance page: up before the application stops, gone once it runs again, on every path; and what an application does by itself after a rollback. */

import { readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import type { Production } from "../support/production.ts";
import { EACH_ENGINE, type Start } from "../support/productions.ts";

interface Given {
  /** Commands that differ from writing their name down. */
  readonly app?: Readonly<Record<string, string>>;
  readonly more?: string;
  readonly migration?: string;
}

const GOOD = "alter table users add column role text;\n";
const BAD = "alter table users add column role text;\nupdate no_such_table set a = 1;\n";

async function project(start: Start, { app = {}, more = "", migration = GOOD }: Given = {}): Promise<Production> {
  const made = await start(100);
  const { on = "echo on >> app.log", off = "echo off >> app.log", ...own } = app;
  const commands = {
    prepare: "echo prepare >> app.log",
    stop: "echo stop >> app.log",
    start: "echo start >> app.log",
    previous: "echo previous >> app.log",
    ...own,
  };
  const lines = Object.entries(commands).map(([name, command]) => `  ${name}: ${JSON.stringify(command)}\n`);
  const page = `  maintenance: { on: ${JSON.stringify(on)}, off: ${JSON.stringify(off)} }\n`;
  made.configure(`${made.target}migrate: sql\napp:\n${lines.join("")}${page}${more}`);
  made.migration("0001_role.sql", migration);
  return made;
}

const HEALTHY = "checks: { health: [{ name: page, command: echo health >> app.log }] }\n";

describe.each(EACH_ENGINE)("the maintenance page of an application, database %s", { timeout: 90_000 }, (_name, start) => {
  test("is up before the application stops, and gone once the new version has answered", async () => {
    await using made = await project(start, { more: HEALTHY });
    const { status, result } = await made.json("migrate");
    expect({ status, log: made.applicationLog() }).toEqual({
      status: 0,
      log: ["prepare", "on", "stop", "start", "health", "off"],
    });
    expect(result.targets[0]?.steps.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["maintenance-on", "stop", "start", "health", "maintenance-off"]),
    );
    made.write("app.log", "");
    expect((await made.run("rollback", "--accept-loss")).status).toBe(0);
    expect(made.applicationLog()).toEqual(["on", "stop", "previous", "off"]);
    expect(await made.state()).toEqual(made.oldState);
  });

  test("is gone once the old version runs again after a failed migration, and after failed health", async () => {
    await using bad = await project(start, { migration: BAD });
    expect((await bad.run("migrate")).status).toBe(4);
    expect(bad.applicationLog()).toEqual(["prepare", "on", "stop", "previous", "off"]);
    await using ill = await project(start, { more: 'checks: { health: [{ name: page, command: "false" }] }\n' });
    expect((await ill.run("migrate")).status).toBe(4);
    expect(ill.applicationLog()).toEqual(["prepare", "on", "stop", "start", "stop", "previous", "off"]);
  });

  test("that cannot be shown in its time ends the run before anything is stopped, and is taken away", async () => {
    await using made = await project(start, { app: { on: "echo on >> app.log; sleep 30" } });
    made.write("belay.yml", made.read("belay.yml").replace(/on: (".*?")/, "on: { run: $1, timeout: 1s }"));
    const { status, result } = await made.json("migrate");
    expect({ status, codes: result.reasons.map(({ code }) => code) }).toEqual({ status: 3, codes: ["maintenance-on-failed"] });
    expect(made.applicationLog()).toEqual(["prepare", "on", "previous", "off"]);
    expect(await made.state()).toEqual(made.oldState);
  });

  test("that does not go away after a good run is for a person: nothing is taken back, and nothing else is held up", async () => {
    await using made = await project(start, { app: { off: "echo nginx says no; exit 1" } });
    const { status, result } = await made.json("migrate");
    expect({ status, outcome: result.outcome, reasons: result.reasons }).toEqual({
      status: 5,
      outcome: "needs-attention",
      reasons: [
        {
          code: "maintenance-off-failed",
          message: expect.stringContaining("nginx says no") as string,
          hint: expect.stringContaining("app.maintenance.off") as string,
        },
      ],
    });
    expect(result.targets[0]?.applied.map(({ id }) => id)).toEqual(["0001_role"]);
    expect((await made.run("gate")).status).toBe(0);
    expect((await made.run("recover")).stdout).toContain("NOTHING TO RECOVER");
  });

  test("stays while no version runs, is said to, and goes when `belay recover` has brought the application back", async () => {
    await using made = await project(start, { app: { previous: "test -e mended && echo previous >> app.log" }, migration: BAD });
    const { status, result } = await made.json("migrate");
    expect(status).toBe(5);
    expect(made.applicationLog()).toEqual(["prepare", "on", "stop"]);
    expect(result.targets[0]?.notes).toContain("the maintenance page stays, because the application does not run");
    made.write("mended", "");
    expect((await made.run("recover")).status).toBe(4);
    expect(made.applicationLog()).toEqual(["prepare", "on", "stop", "previous", "off"]);
  });

  test("is taken away by the recovery of a run that was killed", async () => {
    await using made = await project(start, { app: { stop: "echo stop >> app.log; kill -9 $PPID; sleep 5" } });
    const killed = await made.run("migrate");
    expect(killed.signal ?? killed.status).not.toBe(0);
    expect((await made.run("recover")).status).toBe(4);
    expect(made.applicationLog()).toEqual(["prepare", "on", "stop", "previous", "off"]);
  });

  test("like every command of the application leaves what it said in the journal, without a secret in it", async () => {
    await using made = await project(start, { app: { stop: "echo drained 17 connections of $TOKEN", on: "echo page is up" } });
    made.write("belay.yml", made.read("belay.yml").replace("migrate: sql", 'migrate: sql\n    checklist: ["${TOKEN}"]'));
    expect((await made.start(["migrate"], { env: { TOKEN: "s3cr3t-t0ken" } }).ended).status).toBe(0);
    const folder = join(made.directory, "belay-backups/prod/.runs");
    const [journal = ""] = readdirSync(folder);
    const said = made
      .read(`belay-backups/prod/.runs/${journal}`)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; step?: string; text?: string })
      .filter(({ type }) => type === "output");
    expect(said.map(({ step, text }) => [step, text?.trim()])).toEqual([
      ["maintenance-on", "page is up"],
      ["stop", "drained 17 connections of ***"],
    ]);
  });
});

/** A tool of the team's own, which the application calls at its own start. */
const ROLE = `#!/bin/sh
case $1 in
  status) test "$(./sql "$COUNT")" = 1 && echo is there || echo would be added ;;
  apply) test "$(./sql "$COUNT")" = 1 || ./sql "alter table users add column role text" ;;
esac
`;

async function selfMigrating(start: Start, previous: string): Promise<Production> {
  const made = await start(100);
  made.write("role", ROLE.replaceAll("$COUNT", made.countRoles.replaceAll('"', '\\"')));
  made.configure(`${made.target}app: { stop: echo stop, previous: ${JSON.stringify(previous)} }
migrate:
  tool: command
  migrations: [{ id: role, pending: ./role status, pending-when: would, applied-when: is there, apply: ./role apply }]
checks: { after: [{ name: never, sql: select 1, expect: 0 }] }
`);
  return made;
}

describe.each(EACH_ENGINE)(
  "an application that migrates forward by itself after a rollback, database %s",
  { timeout: 60_000 },
  (_name, start) => {
    test.each([
      ["while it starts", "./role apply"],
      ["a moment after its start has ended", "(sleep 0.2; ./role apply) > /dev/null 2>&1 &"],
    ])("%s is seen, and the report says what it applied and what to do", async (_when, previous) => {
      await using made = await selfMigrating(start, previous);
      const { status, result } = await made.json("migrate");
      expect({ status, codes: result.reasons.map(({ code }) => code) }).toEqual({ status: 5, codes: ["check-failed", "migrated-forward"] });
      const [, forward] = result.reasons;
      expect(forward?.message).toMatch(/applied role to app\S* by itself/);
      expect(forward?.hint).toMatch(/belay rollback prod --backup \S+ --accept-loss/);
      expect(result.targets[0]?.rollback?.matches).toBe(true);
      expect(made.sql(made.countRoles)).toBe("1");
      expect((await made.run("recover")).stdout).toContain("NOTHING TO RECOVER");
    });

    test("is not accused where it leaves the data alone", async () => {
      await using made = await selfMigrating(start, "./role status");
      const { status, result } = await made.json("migrate");
      expect({ status, codes: result.reasons.map(({ code }) => code) }).toEqual({ status: 4, codes: ["check-failed"] });
      expect(await made.state()).toEqual(made.oldState);
    });
  },
);
