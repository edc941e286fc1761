import { describe, expect, test } from "vitest";

import { BACKED_UP, dataOfBookings, expectedRun, pendingFile, PREVIOUS, STOPPED, wentBack } from "../support/expected-result.ts";
import { stable } from "../support/production.ts";
import { EACH_ENGINE, EACH_SURROUNDING } from "../support/productions.ts";
import { APPLICATION } from "../support/project.ts";

const ROLE = "alter table users add column role text;\n";
const TRIM = "delete from payments where booking_id in (1, 3);\nupdate bookings set note = 'x' where id in (2, 3);\n";

describe.each(EACH_SURROUNDING)("a database %s whose migration goes beyond its data scope", { timeout: 60_000 }, (_name, start) => {
  test("is back in its old state, with every table, column and key beyond `additive` named", async () => {
    await using production = await start();
    production.configure(`${production.target}migrate: sql\n${APPLICATION}data: additive\n`);
    production.migration("0001_role.sql", ROLE);
    production.migration("0002_trim.sql", TRIM);
    const { status, result } = await production.json("migrate", "prod");
    const broken = "data scope broken in bookings: 2 rows changed in note (id=2; id=3)";
    expect(stable(result, production)).toStrictEqual(
      expectedRun(production, {
        outcome: "undone",
        reasons: [
          {
            code: "data-scope-broken",
            message: broken,
            hint: "mend the migration, or if it is meant to do this, write `data: { may-change: [bookings, payments] }`",
          },
          {
            code: "data-scope-broken",
            message: "data scope broken in payments: 2 rows removed (booking_id=1, no=1; booking_id=3, no=1)",
            hint: "mend the migration, or if it is meant to do this, write `data: { may-change: [bookings, payments] }`",
          },
        ],
        undisturbed: true,
        pending: [pendingFile("0001_role", ROLE), pendingFile("0002_trim", TRIM)],
        applied: ["0001_role", "0002_trim"],
        steps: [
          STOPPED,
          BACKED_UP,
          ["migrate", "done", "0001_role · 0002_trim"],
          ["verify", "failed", broken],
          ["rollback", "done", production.wayTold],
          PREVIOUS,
        ],
        data: dataOfBookings({
          bookings: { changed: 2, columnsChanged: ["note"], keys: ["id=2", "id=3"] },
          payments: { rowsAfter: 248, removed: 2, keys: ["booking_id=1, no=1", "booking_id=3, no=1"] },
        }),
        schema: { added: ["column users.role"], removed: [], changed: [] },
        rollback: wentBack(production),
      }),
    );
    expect(status).toBe(4);
    expect(await production.state()).toEqual(production.oldState);
    expect(production.applicationLog()).toEqual(["stop", "previous"]);
  });
});

describe.each(EACH_ENGINE)("data: may-change, for a database %s,", { timeout: 60_000 }, (_name, start) => {
  test.each([
    ["lets everything happen in a table", "[bookings, payments]", TRIM, 0],
    ["lets the values of a column change", "[bookings.note]", "update bookings set note = 'x' where id < 5;\n", 0],
    ["holds on to the other columns of its table", "[bookings.note]", "update bookings set note = 'x', price = 1 where id = 5;\n", 4],
    ["holds on to the rows of a column that it names", "[setting.value]", "delete from setting where key = 'CURRENCY';\n", 4],
    [
      "holds on to every table that it does not name",
      "[setting]",
      "insert into setting values ('A', 'B'); insert into audit values ('now', 'x');\n",
      4,
    ],
  ])("%s", async (_name, scope, sql, expected) => {
    await using production = await start();
    production.configure(`${production.target}migrate: sql\n${APPLICATION}data: { may-change: ${scope} }\n`);
    production.migration("0001_change.sql", sql);
    const { status, result } = await production.json("migrate");
    expect({ status, codes: [...new Set(result.reasons.map(({ code }) => code))] }).toEqual({
      status: expected,
      codes: expected === 0 ? [] : ["data-scope-broken"],
    });
    if (expected === 4) expect(await production.state()).toEqual(production.oldState);
    expect(production.applicationLog()).toEqual(["stop", expected === 0 ? "start" : "previous"]);
  });
});

test.each(EACH_ENGINE)(
  "a table or column that is dropped is beyond `additive`, and so is a rename: a database %s",
  { timeout: 60_000 },
  async (_name, start) => {
    for (const [sql, told] of [
      ["drop table audit;", "data scope broken in audit: the table was dropped with 0 rows"],
      ["alter table organizations drop column mail_username;", "data scope broken in organizations: column mail_username dropped"],
      ["alter table setting rename to settings;", "data scope broken in setting: the table was dropped with 2 rows"],
    ] as const) {
      await using production = await start();
      production.configure(`${production.target}migrate: sql\n${APPLICATION}data: additive\n`);
      if (sql.includes("audit")) production.sql(production.dropAuditTrigger);
      const before = production.dump();
      production.migration("0001_change.sql", `${sql}\n`);
      const { status, result } = await production.json("migrate");
      expect({ status, messages: result.reasons.map(({ message }) => message) }).toEqual({ status: 4, messages: [told] });
      expect(production.dump() === before).toBe(true);
    }
  },
);
