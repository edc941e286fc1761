/** Checks whose answer is no answer, and commands of the application that fail or hang. */

import { createServer } from "node:net";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { APPLICATION, bookingDatabase, Project } from "../support/project.ts";

const BASE = `target: sqlite:app.db\nmigrate: sql\n`;

function project(more: string): Project {
  const made = new Project();
  bookingDatabase(made, 50);
  made.configure(BASE + more);
  made.migration("0001_role.sql", "alter table users add column role text;\n");
  return made;
}

/** Runs it, and sees that the database is as it was and the application runs as before. */
async function end(
  of: Project,
  args: readonly string[] = ["migrate"],
): Promise<{ readonly status: number | null; readonly code: string; readonly message: string; readonly text: string }> {
  const before = of.dump();
  const { status, stdout, stderr } = await of.start([...args, "--json"]).ended;
  const { reasons } = JSON.parse(stdout) as { readonly reasons: readonly { readonly code: string; readonly message: string }[] };
  expect(reasons).toHaveLength(1);
  expect(of.dump() === before).toBe(true);
  const [{ code, message } = { code: "", message: "" }] = reasons;
  return { status, code, message, text: stderr };
}

describe("a check after the migration", { timeout: 60_000 }, () => {
  test.each([
    ["returns no row", '{ name: n, sql: "select 1 where 0", expect: 1 }', "n: expected 1, got no row"],
    ["returns two rows", '{ name: n, sql: "select 1 union all select 2", expect: 1 }', "n: expected 1, got 2 rows"],
    ["returns NULL", '{ name: n, sql: "select null", expect: 0 }', "n: expected 0, got NULL"],
    [
      "returns text for a number",
      "{ name: n, sql: \"select 'many'\", expect: { at-least: 1 } }",
      'n: expected at least 1, got "many", which is not a number',
    ],
    ["is no SQL", '{ name: n, sql: "selec 1", expect: 1 }', 'n: expected 1, got near "selec": syntax error'],
    [
      "does not end",
      '{ name: n, sql: "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n", expect: 1, timeout: 300ms }',
      "n: expected 1, got",
    ],
  ])("that %s undoes the run and says what it got", async (_what, check, message) => {
    using bad = project(`${APPLICATION}checks: { after: [${check}] }\n`);
    const ended = await end(bad);
    expect({ status: ended.status, code: ended.code }).toEqual({ status: 4, code: "check-failed" });
    expect(ended.message.startsWith(message), ended.message).toBe(true);
    expect(bad.applicationLog()).toEqual(["stop", "previous"]);
  });

  test("that compares with before and cannot be asked before is refused before anything is applied", async () => {
    using bad = project(`${APPLICATION}checks: { after: [{ name: n, sql: "select count(role) from users", expect: unchanged }] }\n`);
    const ended = await end(bad);
    expect({ status: ended.status, code: ended.code }).toEqual({ status: 3, code: "check-baseline" });
    expect(bad.applicationLog()).toEqual(["stop", "previous"]);
  });
});

const ENDLESS =
  'sql: "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n", expect: 1, timeout: 300ms, warn: true';

describe("a check that does not end and only warns", { timeout: 60_000 }, () => {
  test("is given up after the migration, and neither the next check nor the run wait for it", async () => {
    using slow = project(`${APPLICATION}checks: { after: [{ name: slow, ${ENDLESS} }, { name: next, sql: select 1, expect: 1 }] }\n`);
    const { status, result } = await slow.json("migrate");
    expect(status).toBe(0);
    expect(result.targets[0]?.checks.map(({ name, passed, actual }) => [name, passed, actual])).toEqual([
      ["slow", false, "no answer within 0.3 s"],
      ["next", true, "1"],
    ]);
  });

  test("is refused before the migration, since the backup cannot wait for it", async () => {
    using slow = project(`${APPLICATION}checks: { before: [{ name: slow, ${ENDLESS} }] }\n`);
    const ended = await end(slow);
    expect({ status: ended.status, code: ended.code }).toEqual({ status: 3, code: "check-unanswered" });
    expect(slow.applicationLog()).toEqual(["stop", "previous"]);
  });

  test("stops at Ctrl-C, also while nothing was begun yet", async () => {
    using slow = project(`${APPLICATION}checks: { before: [{ name: slow, ${ENDLESS.replace("300ms", "1m")} }] }\n`);
    const running = slow.start(["migrate"]);
    await pause(1000);
    running.kill("SIGINT");
    const { status, stdout } = await running.ended;
    expect(status).toBe(130);
    expect(stdout).toContain("INTERRUPTED BEFORE ANYTHING WAS CHANGED");
    expect(slow.applicationLog()).toEqual([]);
  });
});

describe("a check after the migration that writes", () => {
  test.each(["update setting set value = 'X' where key = 'CURRENCY' returning 1", "pragma user_version = 1"])(
    "is refused the statement: %s",
    async (sql) => {
      using bad = project(`${APPLICATION}checks: { after: [{ name: n, sql: "${sql}", expect: 1 }] }\n`);
      const ended = await end(bad);
      expect(ended).toMatchObject({
        status: 4,
        code: "check-failed",
        message: `n: expected 1, got this look at the database may not write: ${sql}`,
      });
    },
  );
});

describe("a check before the migration", () => {
  test("that fails refuses the run before anything is stopped", async () => {
    using bad = project(
      `${APPLICATION}checks: { before: [{ name: people, sql: "select count(*) from users", expect: { at-least: 1000 } }] }\n`,
    );
    const ended = await end(bad);
    expect(ended).toMatchObject({ status: 3, code: "check-failed", message: "people: expected at least 1000, got 5" });
    expect(bad.applicationLog()).toEqual([]);
  });
});

describe("a health check over HTTP", { timeout: 60_000 }, () => {
  test("that hangs is cut off, and the run is undone", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    if (address === null || typeof address === "string") throw new Error("the system gave no port");
    using bad = project(`${APPLICATION}checks: { health: [{ name: login, http: "http://127.0.0.1:${address.port}/", within: 500ms }] }\n`);
    const began = performance.now();
    const ended = await end(bad);
    silent.close();
    expect(ended).toMatchObject({ status: 4, code: "check-failed" });
    expect(ended.message).toMatch(/^login: expected status 2xx, got no answer/);
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(bad.applicationLog()).toEqual(["stop", "start", "stop", "previous"]);
  });
});

describe("an application's command", { timeout: 60_000 }, () => {
  test.each([
    [
      "prepare that fails",
      "prepare: echo no such image >&2; exit 7",
      "the prepare command ended with status 7: echo no such image >&2; exit 7\nno such image",
      [],
    ],
    ["prepare that is missing", "prepare: [./no-such-program]", "./no-such-program", []],
    [
      "stop that fails",
      "stop: echo stop >> app.log; exit 5",
      "the stop command ended with status 5: echo stop >> app.log; exit 5",
      ["stop", "previous"],
    ],
    [
      "stop that hangs",
      'stop: { run: "echo stop >> app.log; sleep 60", timeout: 300ms }',
      "the stop command was still running after 0.3 s and was ended: echo stop >> app.log; sleep 60",
      ["stop", "previous"],
    ],
    [
      "stop that ignores SIGTERM",
      'stop: { run: "trap : TERM; echo stop >> app.log; sleep 60 & wait; kill -9 $!", timeout: 300ms }',
      "the stop command",
      ["stop", "previous"],
    ],
  ])("%s: the run is refused, and the application runs as before", async (_what, command, message, log) => {
    const name = command.slice(0, command.indexOf(":"));
    using bad = project(`app:\n  ${command}\n${APPLICATION.replace("app:\n", "").replace(new RegExp(`^  ${name}:.*\\n`, "m"), "")}`);
    const ended = await end(bad);
    expect({ status: ended.status, message: ended.message.includes(message) ? message : ended.message }).toEqual({ status: 3, message });
    expect(bad.applicationLog()).toEqual(log);
  });
});
