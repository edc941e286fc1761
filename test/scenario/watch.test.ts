/** A run that goes on looking after its health checks: what it does when the application is well at first and not for long. */

import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";

import { hookServer, type HookServer } from "../support/hook-server.ts";
import type { Production } from "../support/production.ts";
import { EACH_ENGINE } from "../support/productions.ts";
import { APPLICATION } from "../support/workplace.ts";

const MIGRATION = "alter table users add column role text;\n";

/** The application counts how often it was asked, in the file `asked`; from the `from`th time on it is broken, up to the `to`th. */
const page = (from: number, to = 99) => `echo x >> asked; n=$(wc -l < asked); test "$n" -lt ${from} || test "$n" -gt ${to}`;

function configure(production: Production, watch: string, notify = ""): void {
  production.configure(`${production.target}migrate: sql\n${APPLICATION}watch: ${watch}\n${notify}`);
  production.migration("0001_role.sql", MIGRATION);
}

function roundsOf({ watch }: { readonly watch?: { readonly rounds: number; readonly good: number; readonly state: string } }) {
  return watch === undefined ? null : { state: watch.state, good: watch.good, enough: watch.rounds >= 2 };
}

describe.each(EACH_ENGINE)("a run on a database %s that watches its application", { timeout: 60_000 }, (_name, start) => {
  test("asks again and again, by SQL too, and settles when all was well", async () => {
    await using production = await start(100);
    const sql = '{ name: rows, sql: "select count(*) from users", expect: unchanged }';
    configure(production, `{ for: 1s, every: 200ms, checks: [{ name: page, command: '${page(99)}' }, ${sql}] }`);
    const { status, result } = await production.json("migrate");
    expect(status, JSON.stringify(result.reasons)).toBe(0);
    expect(roundsOf(result)).toEqual({ state: "over", good: result.watch?.rounds, enough: true });
    expect(result.targets[0]?.steps.map(({ name, outcome }) => `${name} ${outcome}`).slice(-3)).toEqual([
      "start done",
      "watch done",
      "settle done",
    ]);
    expect(result.targets[0]?.checks.filter(({ phase }) => phase === "watch").map(({ name, passed }) => [name, passed])).toEqual([
      ["page", true],
      ["rows", true],
    ]);
    expect(production.read("asked").trim().split("\n")).toHaveLength(result.watch?.rounds ?? -1);
  });

  test("takes everything back when more rounds fail than may, and says which and how often", async () => {
    await using production = await start(100);
    configure(production, `{ for: 1m, every: 100ms, checks: [{ name: page, command: '${page(3)}', failures: { at-most: 1, of: 3 } }] }`);
    const { status, result } = await production.json("migrate");
    expect(status).toBe(4);
    expect(result.watch).toMatchObject({ state: "broken", rounds: 4, good: 2 });
    expect(result.reasons).toEqual([
      {
        code: "watch-failed",
        message: "page: 2 of 3 rounds failed (at most 1 of the last 3 may): expected exit status 0, got exit status 1",
        hint: "look at what the application itself says, and whether the limits in belay.yml are right",
      },
    ]);
    expect(await production.state()).toEqual(production.oldState);
    expect(production.applicationLog()).toEqual(["stop", "start", "stop", "previous"]);
    const again = await production.json("migrate");
    expect(again.result.reasons.map(({ code }) => code)).toEqual(["same-plan-failed"]);
  });

  test("counts what users wrote while it watched, and keeps that aside", async () => {
    await using production = await start(100);
    const write = `./sql "insert into audit values ('late', 'late')"`;
    configure(production, `{ for: 1m, every: 100ms, checks: [{ name: page, command: '${write.replaceAll("'", "''")}; ${page(2)}' }] }`);
    const { status, result } = await production.json("migrate");
    expect(status, JSON.stringify(result.reasons)).toBe(4);
    expect(result.targets[0]?.rollback?.laterWrites).toEqual([{ table: "audit", written: 2, gone: 0 }]);
    expect(await production.state()).toEqual(production.oldState);
    const [kept = ""] = production.kept();
    expect(production.sql("select count(*) from audit where what = 'late'", kept)).toBe("2");
  });
});

describe("a run that only alerts", { timeout: 60_000 }, () => {
  const [[, start] = []] = EACH_ENGINE;
  const NOTIFY = 'notify: [{ webhook: "${HOOK}", on: [failure] }]\n';

  async function alerting(server: HookServer, check: string): Promise<Production> {
    if (start === undefined) throw new Error("there is no engine");
    const production = await start(100);
    Object.assign(production.variables, { HOOK: server.url });
    configure(production, `{ for: 1s, every: 100ms, on-failure: alert, checks: [{ name: page, command: '${check}' }] }`, NOTIFY);
    return production;
  }

  test("says once that it is bad, once that it is well again, and leaves the new state", async () => {
    await using server = await hookServer({ status: 200 });
    await using production = await alerting(server, page(3, 5));
    const { status, result } = await production.json("migrate");
    expect(status).toBe(0);
    expect(result.outcome).toBe("migrated");
    expect(server.bodies().map(({ summary }) => String(summary).replace(/watched.*/, ""))).toEqual([
      "prod: THE WATCH FOUND SOMETHING. ",
      "prod: WELL AGAIN. ",
    ]);
    expect(server.bodies()[0]).toMatchObject({
      event: "failure",
      fields: { reasons: "page: 1 of 3 rounds failed (at most 0 may): expected exit status 0, got exit status 1" },
    });
    expect(result.watch?.state).toBe("over");
    expect(production.applicationLog()).toEqual(["stop", "start"]);
  });

  test("that is bad to the end warns", async () => {
    await using server = await hookServer({ status: 200 });
    await using production = await alerting(server, page(3));
    const { status, stdout } = await production.run("migrate");
    expect(status).toBe(0);
    expect(server.taken).toHaveLength(1);
    expect(stdout.replace(/\s+/g, " ")).toMatch(/Warned: page: expected exit status 0, got exit status 1, in \d+ of \d+ rounds/);
  });
});

describe("a run that is killed while it watches", { timeout: 60_000 }, () => {
  test("is finished by a recovery that watches anew, and alerts nobody twice", async () => {
    await using server = await hookServer({ status: 200 });
    const [[, start] = []] = EACH_ENGINE;
    if (start === undefined) throw new Error("there is no engine");
    await using production = await start(100);
    Object.assign(production.variables, { HOOK: server.url });
    const notify = 'notify: [{ webhook: "${HOOK}", on: [failure, end] }]\n';
    configure(production, `{ for: 1s, every: 100ms, on-failure: alert, checks: [{ name: page, command: 'test ! -e bad' }] }`, notify);
    production.write("bad", "");
    const running = production.start(["migrate"]);
    while (server.taken.length === 0) await pause(10);
    await pause(100); // the message is recorded once the answer is there; a kill before that is another test's
    running.kill("SIGKILL");
    await running.ended;
    expect((await production.json("gate")).status).toBe(6);
    const { status, result } = await production.json("recover");
    expect({ status, outcome: result.outcome, state: result.watch?.state }).toEqual({ status: 0, outcome: "migrated", state: "broken" });
    expect(server.bodies().map(({ event }) => event)).toEqual(["failure", "end"]);
  });
});
