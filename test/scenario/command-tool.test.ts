/** A migration by a program of the team's own: what it wrote is told from what anybody else wrote, on the built command line. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Project } from "../support/project.ts";

let project: Project;
const others: ChildProcess[] = [];

beforeEach(() => void (project = new Project()));
afterEach(async () => {
  for (const other of others.splice(0)) {
    if (other.exitCode !== null || other.signalCode !== null) continue;
    const gone = once(other, "exit");
    other.kill("SIGKILL");
    await gone;
  }
  project[Symbol.dispose]();
});

/** What applies the migration, as lines of a shell script that knows `$BELAY_DATABASE_PATH`. */
function site(journalMode: "wal" | "delete", apply: string, more = ""): void {
  project.sql(`
    pragma journal_mode = ${journalMode};
    create table users(id integer primary key, email text not null);
    create table visits(at text);
    insert into users(email) select 'User' || value || '@example.org' from generate_series(1, 50);
  `);
  project.write(
    "lower-case",
    `#!/bin/sh -e
case $1 in
  status) sqlite3 -cmd '.timeout 5000' "$BELAY_DATABASE_PATH" "select count(*) || ' to do' from users where email <> lower(email)" ;;
  apply) ${apply} ;;
esac
`,
  );
  project.configure(`target: sqlite:app.db
migrate:
  migrations: [{ id: lower-case, pending: ./lower-case status, pending-when: "^[1-9]", applied-when: "^0", apply: ./lower-case apply }]
${more}`);
}

/** A process of somebody else's that says when it has the database. */
async function other(script: string): Promise<ChildProcess> {
  const child = spawn("python3", ["-c", `import sqlite3, sys, time\ndb = sqlite3.connect("app.db", isolation_level=None)\n${script}`], {
    cwd: project.directory,
    stdio: ["ignore", "pipe", "inherit"],
  });
  others.push(child);
  await once(child.stdout, "data");
  return child;
}

const SAY = `print("ready", flush=True)`;
const LOWER = 'sqlite3 "$BELAY_DATABASE_PATH" "update users set email = lower(email)"';

describe.each(["wal", "delete"] as const)("in journal mode %s", (mode) => {
  test("what the program wrote is compared row by row, and proven", async () => {
    // it writes at first, in between and from a session of its own, as sudo begins one; nobody who looks meanwhile takes it for a stranger
    site(
      mode,
      `(sleep 0.4; ${LOWER} " where id < 10") & setsid sqlite3 "$BELAY_DATABASE_PATH" "update users set email = lower(email)" ".shell sleep 0.4"; wait`,
    );
    const { status, result } = await project.json("migrate");
    const [target] = result.targets;
    expect({ status, outcome: result.outcome, undisturbed: target?.undisturbed, data: target?.data }).toEqual({
      status: 0,
      outcome: "migrated",
      undisturbed: true,
      data: {
        proven: true,
        tables: [
          {
            name: "users",
            rowsBefore: 50,
            rowsAfter: 50,
            added: 0,
            removed: 0,
            changed: 50,
            columnsChanged: ["email"],
            keys: expect.any(Array),
          },
          { name: "visits", rowsBefore: 0, rowsAfter: 0, added: 0, removed: 0, changed: 0, columnsChanged: [] },
        ],
      },
    });
  });

  test.each([
    ["that fails half-way", `sqlite3 "$BELAY_DATABASE_PATH" "update users set email = 'x' where id < 5"; exit 3`, "", "tool-failed"],
    ["whose result a check does not accept", LOWER, "checks: { after: [{ sql: select count(*) from users, expect: 51 }] }", "check-failed"],
  ])("a program %s is undone, and the database is what it was", async (_, apply, more, code) => {
    site(mode, apply, more);
    const before = project.dump();
    const { status, result } = await project.json("migrate");
    expect({ status, outcome: result.outcome, codes: result.reasons.map((reason) => reason.code) }).toEqual({
      status: 4,
      outcome: "undone",
      codes: [code],
    });
    expect(result.targets[0]?.rollback).toMatchObject({ strategy: "swap", matches: true });
    expect(project.dump() === before).toBe(true);
  });

  test("somebody else who writes meanwhile is named, and nothing is called proven", async () => {
    site(mode, `touch began; sleep 0.5; sqlite3 -cmd ".timeout 5000" "$BELAY_DATABASE_PATH" "update users set email = lower(email)"`);
    const writer = await other(
      `db.execute("pragma busy_timeout = 5000")\n${SAY}\nimport os\nwhile True:\n  if os.path.exists("began"): db.execute("insert into visits values ('now')")\n  time.sleep(0.2)`,
    );
    const { status, result } = await project.json("migrate");
    const [target] = result.targets;
    expect({ status, undisturbed: target?.undisturbed, proven: target?.data?.proven }).toEqual({
      status: 0,
      undisturbed: false,
      proven: false,
    });
    expect(target?.disturbance).toContain(`pid ${writer.pid} (python3)`);
  });

  test("a failure is not undone over the head of somebody who has the database open", async () => {
    site(mode, `sqlite3 "$BELAY_DATABASE_PATH" "update users set email = 'x' where id < 5"; exit 3`);
    const holder = await other(`db.execute("select * from users").fetchall()\n${SAY}\ntime.sleep(60)`);
    const { status, result } = await project.json("migrate");
    expect({ status, codes: result.reasons.map((reason) => reason.code) }).toEqual({
      status: 5,
      codes: ["tool-failed", "rollback-refused"],
    });
    expect(result.reasons[1]).toMatchObject({
      message: expect.stringContaining(`pid ${holder.pid} (python3)`),
      hint: expect.stringContaining(`belay rollback prod --run ${result.run} --accept-loss`),
    });
    expect(project.sql("select count(*) from users where email = 'x'").trim()).toBe("4");

    // the way that the hint names
    const accepted = await project.json("rollback", "prod", "--run", String(result.run), "--accept-loss");
    expect(accepted.result.targets[0]?.rollback).toMatchObject({ strategy: "restore", way: "in-place", matches: true });
  });

  test("a lock that goes away is waited for, and a program that wrote nothing so far is started again", async () => {
    site(mode, LOWER);
    await other(`db.execute("begin immediate")\n${SAY}\ntime.sleep(2)\ndb.execute("rollback")\ndb.close()`);
    const { status, stderr } = await project.json("migrate");
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining("trying again (1 of 5): applying lower-case") });
  });

  test("a program that had written when it met a lock is not started again, but undone", async () => {
    site(mode, `sqlite3 "$BELAY_DATABASE_PATH" "insert into visits values ('once')"; echo "database is locked" >&2; exit 5`);
    const { status, result, stderr } = await project.json("migrate");
    expect({ status, codes: result.reasons.map((reason) => reason.code) }).toEqual({ status: 4, codes: ["database-locked"] });
    expect(stderr).not.toContain("trying again");
    expect(project.sql("select count(*) from visits").trim()).toBe("0");
  });
});

test("a program that migrates another database is found out", async () => {
  site("wal", 'sqlite3 other.db "create table if not exists done(a)"; touch applied');
  project.write(
    "lower-case",
    project.read("lower-case").replace(/status\) .*/, "status) if [ -e applied ]; then echo 0 to do; else echo 50 to do; fi ;;"),
  );
  const before = project.dump();
  const { status, result } = await project.json("migrate");
  expect({ status, outcome: result.outcome, reasons: result.reasons }).toEqual({
    status: 4,
    outcome: "undone",
    reasons: [
      {
        code: "wrong-database",
        message: "the tool says it migrated app, but nothing was written to it",
        hint: "look which database the tool's own configuration names",
      },
    ],
  });
  expect(result.targets[0]?.rollback).toMatchObject({ matches: true });
  expect(project.dump() === before).toBe(true);
});

test("a secret that a program prints byte by byte stays hidden", async () => {
  project.write(
    "say",
    `#!/bin/bash\nprintf '%s' "$APP_TOKEN" | while IFS= read -r -n1 byte; do printf '%s' "$byte"; sleep 0.02; done\nexit 3\n`,
  );
  site("wal", "./say");
  project.write("belay.yml", project.read("belay.yml").replace("migrate:\n", "migrate:\n      env-file: .env\n"));
  project.write(".env", "APP_TOKEN=hunter2-token\n");
  const { status, stdout, stderr } = await project.run("migrate");
  expect({ status, hidden: (stdout + stderr).includes("***") }).toEqual({ status: 4, hidden: true });
  expect(stdout + stderr).not.toMatch(/hun|ter2|token/);
});
