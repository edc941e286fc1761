import { describe, expect, test } from "vitest";

import { BACKED_UP, dataOfBookings, expectedRun, pendingFile, PREVIOUS, STOPPED, wentBack } from "../support/expected-result.ts";
import { type Production, stable } from "../support/production.ts";
import { EACH_PRODUCTION, type Start } from "../support/productions.ts";
import { APPLICATION } from "../support/project.ts";

const ROLE = "alter table users add column role text;\n";
const SETTING = "insert into setting values ('THEME', 'dark');\nupdate setting set value = 'EUR' where key = 'CURRENCY';\n";
const CHECKS = `checks:
  after:
    - { name: no user lost, sql: "select count(*) from users", expect: unchanged }
`;

async function migrated(start: Start): Promise<Production> {
  const production = await start();
  production.configure(`${production.target}migrate: sql\n${APPLICATION}${CHECKS}checklist: [Log in as admin]\n`);
  production.migration("0001_role.sql", ROLE);
  production.migration("0002_theme.sql", SETTING);
  return production;
}

describe.each(EACH_PRODUCTION)("a database %s whose migrations are good", { timeout: 60_000 }, (_name, start) => {
  test("is migrated, and `belay rollback` takes it back; the same plan then asks for a reason", async () => {
    await using production = await migrated(start);
    const { status, result } = await production.json("migrate", "prod");
    expect(stable(result, production)).toStrictEqual({
      ...expectedRun(production, {
        outcome: "migrated",
        undisturbed: true,
        pending: [pendingFile("0001_role", ROLE), pendingFile("0002_theme", SETTING)],
        applied: ["0001_role", "0002_theme"],
        steps: [
          STOPPED,
          BACKED_UP,
          ["migrate", "done", "0001_role · 0002_theme"],
          ["verify", "done", "1 of 1 checks, 5 of 6 tables untouched"],
          ["start", "done", "echo start >> app.log"],
          ["settle", "done"],
        ],
        checks: [{ name: "no user lost", phase: "after", passed: true, expected: "unchanged: 50", actual: "50" }],
        data: dataOfBookings({ setting: { rowsAfter: 3, added: 1, changed: 1, columnsChanged: ["value"], keys: ["key='CURRENCY'"] } }),
        schema: { added: ["column users.role"], removed: [], changed: [] },
      }),
      checklist: ["Log in as admin"],
    });
    expect(status).toBe(0);
    expect(production.applicationLog()).toEqual(["stop", "start"]);
    expect(await production.seenByHolder("select value from setting where key = 'THEME'")).toEqual(production.held ? [["dark"]] : null);
    expect(production.beside()).toEqual(production.besideAfterRun);

    const back = await production.json("rollback", "prod");
    expect(stable(back.result, production)).toStrictEqual(
      expectedRun(production, {
        command: "rollback",
        outcome: "rolled-back",
        steps: [STOPPED, ["rollback", "done", production.wayTold], PREVIOUS],
        rollback: wentBack(production),
      }),
    );
    expect(back.status).toBe(0);
    expect(await production.state()).toEqual(production.oldState);
    expect(production.applicationLog()).toEqual(["stop", "start", "stop", "previous"]);
    const [kept = ""] = production.kept();
    expect(production.sql("select value from setting where key = 'THEME'", kept)).toBe("dark");

    const second = await production.json("rollback");
    expect({ status: second.status, reasons: second.result.reasons }).toEqual({
      status: 3,
      reasons: [
        {
          code: "nothing-to-roll-back",
          message: "no run has applied anything to app that could be taken back",
          hint: "`belay runs prod` lists what happened, `belay backups prod` what can be restored",
        },
      ],
    });
    const again = await production.json("migrate");
    expect({ status: again.status, codes: again.result.reasons.map(({ code }) => code) }).toEqual({
      status: 3,
      codes: ["same-plan-failed"],
    });
    expect(await production.state()).toEqual(production.oldState);
    expect((await production.run("migrate", "--again", "the queue is drained now")).status).toBe(0);
    expect((await production.run("runs")).stdout).toContain("again: the queue is drained now");
    expect((await production.json("runs")).result.runs?.map(({ command, outcome }) => [command, outcome])).toEqual([
      ["migrate", "migrated"],
      ["rollback", "rolled-back"],
      ["migrate", "migrated"],
    ]);
  });

  test("keeps what was written since: a rollback counts it and refuses, until the loss is accepted", async () => {
    await using production = await migrated(start);
    expect((await production.json("migrate")).status).toBe(0);
    production.sql(`
      insert into bookings (user_id, starts_at) values (1, '2027-01-01'), (2, '2027-01-02');
      update users set role = 'admin' where id = 3;
      delete from payments where booking_id = 5;
    `);
    const written = production.dump();
    const refused = await production.json("rollback");
    expect({ status: refused.status, outcome: refused.result.outcome, reasons: refused.result.reasons }).toEqual({
      status: 3,
      outcome: "refused",
      reasons: [
        {
          code: "later-writes",
          message: expect.stringMatching(
            new RegExp(
              `^since run \\w{26} settled, app was written to \\(bookings: 2 written; payments: 0 written, 1 gone; users: 1 written${production.updatedRow.gone > 0 ? ", 1 gone" : ""}\\); going back would lose that$`,
            ),
          ),
          hint: "the whole database is kept aside if you go back all the same: `belay rollback prod --accept-loss`",
        },
      ],
    });
    expect(production.dump() === written).toBe(true);
    expect(production.applicationLog()).toEqual(["stop", "start"]);

    const accepted = await production.json("rollback", "--accept-loss");
    expect(accepted.status).toBe(0);
    expect(accepted.result.targets[0]?.rollback).toMatchObject({
      matches: true,
      laterWrites: [
        { table: "bookings", written: 2, gone: 0 },
        { table: "payments", written: 0, gone: 1 },
        { table: "users", ...production.updatedRow },
      ],
    });
    expect(await production.state()).toEqual(production.oldState);
    const [kept = ""] = production.kept();
    expect(production.dump(kept) === written).toBe(true);
    expect(production.applicationLog()).toEqual(["stop", "start", "stop", "previous"]);
  });
});
