/** Checks whose answer is no answer, and commands of the application that fail or hang. */

import { createServer } from "node:net";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import type { Production } from "../support/production.ts";
import { EACH_VERSION, ON_15, ON_18, type Start } from "../support/productions.ts";
import { APPLICATION } from "../support/workplace.ts";

async function project(start: Start, more: string): Promise<Production> {
  const made = await start(50);
  made.configure(`${made.target}migrate: sql\n${more}`);
  made.migration("0001_role.sql", "alter table users add column role text;\n");
  return made;
}

/** Runs it, and sees that the database is as it was and the application runs as before. */
async function end(
  of: Production,
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

describe.each(EACH_VERSION)("a check after the migration of a database %s", { timeout: 60_000 }, (_name, start) => {
  test.each([
    ["returns no row", '{ name: n, sql: "select 1 where 1 = 0", expect: 1 }', "n: expected 1, got no row"],
    ["returns two rows", '{ name: n, sql: "select 1 union all select 2", expect: 1 }', "n: expected 1, got 2 rows"],
    ["returns NULL", '{ name: n, sql: "select null", expect: 0 }', "n: expected 0, got NULL"],
    [
      "returns text for a number",
      "{ name: n, sql: \"select 'many'\", expect: { at-least: 1 } }",
      'n: expected at least 1, got "many", which is not a number',
    ],
    ["is no SQL", '{ name: n, sql: "selec 1", expect: 1 }', "n: expected 1, got "],
    [
      "does not end",
      '{ name: n, sql: "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n", expect: 1, timeout: 300ms }',
      "n: expected 1, got",
    ],
  ])("that %s undoes the run and says what it got", async (_what, check, message) => {
    await using bad = await project(start, `${APPLICATION}checks: { after: [${check}] }\n`);
    const ended = await end(bad);
    expect({ status: ended.status, code: ended.code }).toEqual({ status: 4, code: "check-failed" });
    expect(ended.message.startsWith(message), ended.message).toBe(true);
    expect(bad.applicationLog()).toEqual(["stop", "previous"]);
  });

  test("that compares with before and cannot be asked before is refused before anything is applied", async () => {
    await using bad = await project(
      start,
      `${APPLICATION}checks: { after: [{ name: n, sql: "select count(role) from users", expect: unchanged }] }\n`,
    );
    const ended = await end(bad);
    expect({ status: ended.status, code: ended.code }).toEqual({ status: 3, code: "check-baseline" });
    expect(bad.applicationLog()).toEqual(["stop", "previous"]);
  });
});

const ENDLESS =
  'sql: "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n", expect: 1, timeout: 300ms, warn: true';

describe.each(ON_15)("a check that does not end and only warns of a database %s", { timeout: 60_000 }, (_name, start) => {
  test("is given up after the migration, and neither the next check nor the run wait for it", async () => {
    await using slow = await project(
      start,
      `${APPLICATION}checks: { after: [{ name: slow, ${ENDLESS} }, { name: next, sql: select 1, expect: 1 }] }\n`,
    );
    const { status, result } = await slow.json("migrate");
    expect(status).toBe(0);
    expect(result.targets[0]?.checks.map(({ name, passed, actual }) => [name, passed, actual])).toEqual([
      ["slow", false, "no answer within 0.3 s"],
      ["next", true, "1"],
    ]);
  });

  test("is refused before the migration where the backup cannot wait for it, and given up where it need not", async () => {
    await using slow = await project(start, `${APPLICATION}checks: { before: [{ name: slow, ${ENDLESS} }] }\n`);
    if (slow.engine === "postgres") {
      const { status, result } = await slow.json("migrate");
      expect([status, result.targets[0]?.checks.map(({ name, passed }) => [name, passed])]).toEqual([0, [["slow", false]]]);
      return;
    }
    const ended = await end(slow);
    expect({ status: ended.status, code: ended.code }).toEqual({ status: 3, code: "check-unanswered" });
    expect(slow.applicationLog()).toEqual(["stop", "previous"]);
  });

  test("stops at Ctrl-C, also while nothing was begun yet", async () => {
    await using slow = await project(start, `${APPLICATION}checks: { before: [{ name: slow, ${ENDLESS.replace("300ms", "1m")} }] }\n`);
    const running = slow.start(["migrate"]);
    await pause(1000);
    running.kill("SIGINT");
    const { status, stdout } = await running.ended;
    expect(status).toBe(130);
    expect(stdout).toContain("INTERRUPTED BEFORE ANYTHING WAS CHANGED");
    expect(slow.applicationLog()).toEqual([]);
  });
});

const UPDATE = "update setting set value = 'X' where key = 'CURRENCY' returning 1";
const NO_WRITES = "this look at the database may not write: ";
const WRITES = {
  sqlite: [UPDATE, "pragma user_version = 1"].map((sql) => ({ sql, told: sql })),
  postgres: [
    { sql: UPDATE, told: "cannot execute UPDATE in a read-only transaction" },
    { sql: "select nextval('public.bookings_id_seq')", told: "cannot execute nextval() in a read-only transaction" },
  ],
};

describe.each(EACH_VERSION)("a check after the migration that writes of a database %s", { timeout: 60_000 }, (_name, start) => {
  test("is refused the statement, whichever it is", async () => {
    await using bad = await project(start, "");
    for (const { sql, told } of WRITES[bad.engine]) {
      bad.configure(`${bad.target}migrate: sql\n${APPLICATION}checks: { after: [{ name: n, sql: "${sql}", expect: 1 }] }\n`);
      const ended = await end(bad, ["migrate", "--again", "another check"]);
      expect(ended).toMatchObject({ status: 4, code: "check-failed", message: `n: expected 1, got ${NO_WRITES}${told}` });
    }
  });
});

describe.each(ON_15)("a check before the migration of a database %s", { timeout: 60_000 }, (_name, start) => {
  test("that fails refuses the run before anything is stopped", async () => {
    await using bad = await project(
      start,
      `${APPLICATION}checks: { before: [{ name: people, sql: "select count(*) from users", expect: { at-least: 1000 } }] }\n`,
    );
    const ended = await end(bad);
    expect(ended).toMatchObject({ status: 3, code: "check-failed", message: "people: expected at least 1000, got 5" });
    expect(bad.applicationLog()).toEqual([]);
    const { result } = await bad.json("migrate");
    expect(result.targets[0]?.checks).toEqual([{ name: "people", phase: "before", passed: false, expected: "at least 1000", actual: "5" }]);
  });
});

describe.each(ON_18)("a health check over HTTP of a database %s", { timeout: 60_000 }, (_name, start) => {
  test("that hangs is cut off, and the run is undone", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    if (address === null || typeof address === "string") throw new Error("the system gave no port");
    await using bad = await project(
      start,
      `${APPLICATION}checks: { health: [{ name: login, http: "http://127.0.0.1:${address.port}/", within: 500ms }] }\n`,
    );
    const began = performance.now();
    const ended = await end(bad);
    silent.close();
    expect(ended).toMatchObject({ status: 4, code: "check-failed" });
    expect(ended.message).toMatch(/^login: expected status 2xx, got no answer/);
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(bad.applicationLog()).toEqual(["stop", "start", "stop", "previous"]);
  });
});

describe.each(ON_18)("an application's command of a database %s", { timeout: 60_000 }, (_name, start) => {
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
    await using bad = await project(
      start,
      `app:\n  ${command}\n${APPLICATION.replace("app:\n", "").replace(new RegExp(`^  ${name}:.*\\n`, "m"), "")}`,
    );
    const ended = await end(bad);
    expect({ status: ended.status, message: ended.message.includes(message) ? message : ended.message }).toEqual({ status: 3, message });
    expect(bad.applicationLog()).toEqual(log);
  });
});
