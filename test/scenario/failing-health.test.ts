import { describe, expect, test } from "vitest";

import { BACKED_UP, dataOfBookings, expectedRun, pendingFile, wentBack } from "../support/expected-result.ts";
import type { AppMode } from "../support/http-app.ts";
import { type Production, stable } from "../support/production.ts";
import { EACH_SURROUNDING } from "../support/productions.ts";
import { webApplication, type WebApplication } from "../support/web-application.ts";

const MIGRATION = "create table visit (at text);\nalter table users add column role text;\n";

const HINT = "look at what the application itself says: its log, and whether it serves where the check asks";

/** A check that only the old database passes: it has one table less. */
function configure(production: Production, { app, url }: WebApplication, more = ""): void {
  const health = `checks: { health: [{ name: login, http: "${url}", expect: { body: { matches: '"tables":6\\}' } }, within: 300ms }] }\n`;
  production.configure(`${production.target}migrate: sql\n${app}${health}${more}`);
  production.migration("0001_visit.sql", MIGRATION);
}

function expectedEnd(production: Production, mode: AppMode, actual: string, visits: number): object {
  const failed = `login: expected status 2xx, body a match of /"tables":6\\}/, got ${actual}`;
  const later = visits === 0 ? "" : `, later writes kept aside: visit: ${visits} written`;
  return expectedRun(production, {
    outcome: "undone",
    reasons: [{ code: "check-failed", message: failed, hint: HINT }],
    undisturbed: true,
    pending: [pendingFile("0001_visit", MIGRATION)],
    applied: ["0001_visit"],
    steps: [
      ["stop", "done", "echo stop >> app.log; ./stop"],
      BACKED_UP,
      ["migrate", "done", "0001_visit"],
      ["verify", "done", "6 of 7 tables untouched"],
      ["start", "done", `echo start >> app.log; ./application ${mode}`],
      ["health", "failed", failed],
      ["stop", "done", "echo stop >> app.log; ./stop"],
      ["rollback", "done", `${production.wayTold}${later}`],
      ["previous", "done", "echo previous >> app.log; ./application works"],
    ],
    checks: [{ name: "login", phase: "health", passed: false, expected: 'status 2xx, body a match of /"tables":6\\}/', actual }],
    data: dataOfBookings({ visit: {} }),
    schema: { added: ["table visit", "column users.role"], removed: [], changed: [] },
    rollback: wentBack(production, visits === 0 ? {} : { laterWrites: [{ table: "visit", written: visits, gone: 0 }] }),
  });
}

describe.each(EACH_SURROUNDING)("a database %s whose new application is not healthy", { timeout: 60_000 }, (_name, start) => {
  test("is back in its old state and the old application answers on it", async () => {
    await using production = await start();
    using web = await webApplication(production, "broken");
    configure(production, web);
    const { status, result } = await production.json("migrate");
    const actual = result.targets[0]?.checks[0]?.actual ?? "";
    expect(actual).toMatch(/^status 500: internal error: no such column: user\.role/);
    expect(stable(result, production)).toStrictEqual(expectedEnd(production, "broken", actual, 0));
    expect(status).toBe(4);
    expect(await production.state()).toEqual(production.oldState);
    expect(production.applicationLog()).toEqual(["stop", "start", "stop", "previous"]);
    expect(await web.ask()).toEqual({ status: 200, body: '{"page":"login","tables":6}' });
  });

  test("is back in its old state although it was written to meanwhile: the writes are counted and kept aside", async () => {
    await using production = await start();
    using web = await webApplication(production, "writes");
    configure(production, web);
    const { status, result } = await production.json("migrate");
    const actual = result.targets[0]?.checks[0]?.actual ?? "";
    const [kept = ""] = production.kept();
    const visits = Number(production.sql("select count(*) from visit", kept));
    expect(visits).toBeGreaterThan(0);
    expect(stable(result, production)).toStrictEqual(expectedEnd(production, "writes", actual, visits));
    expect(status).toBe(4);
    expect(await production.state()).toEqual(production.oldState);
    expect(production.applicationLog()).toEqual(["stop", "start", "stop", "previous"]);
    expect((await production.run("rollback")).stdout).toContain("no run has applied anything to app that could be taken back");
  });

  test("stays in its new state where `later-writes: refuse` says so, until somebody accepts the loss", async () => {
    await using production = await start();
    using web = await webApplication(production, "writes");
    configure(production, web, "rollback: { later-writes: refuse }\n");
    const { status, result } = await production.json("migrate");
    expect(status).toBe(5);
    expect(result.outcome).toBe("needs-attention");
    expect(result.reasons.map(({ code, hint }) => [code, hint])).toEqual([
      ["check-failed", HINT],
      ["later-writes", "the new state was left; to go back all the same: `belay rollback prod --accept-loss`"],
    ]);
    expect(result.targets[0]?.rollback).toBeNull();
    expect(production.applicationLog()).toEqual(["stop", "start", "stop", "start"]);
    expect(await web.ask()).toEqual({ status: 200, body: '{"page":"login","tables":7}' });

    const refused = await production.json("rollback");
    expect({ status: refused.status, codes: refused.result.reasons.map(({ code }) => code) }).toEqual({
      status: 3,
      codes: ["later-writes"],
    });
    const accepted = await production.json("rollback", "--accept-loss");
    expect(accepted.status).toBe(0);
    expect(await production.state()).toEqual(production.oldState);
    expect(await web.ask()).toEqual({ status: 200, body: '{"page":"login","tables":6}' });
  });
});
