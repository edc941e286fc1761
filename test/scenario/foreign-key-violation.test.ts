import { describe, expect, test } from "vitest";

import { BACKED_UP, expectedRun, pendingFile, PREVIOUS, STOPPED, BY_TRANSACTION, wentBack } from "../support/expected-result.ts";
import { stable } from "../support/production.ts";
import { EACH_SQLITE } from "../support/productions.ts";
import { APPLICATION } from "../support/project.ts";

const ROLE = "alter table users add column role text;\n";
const DELETE = "delete from users where id = 7;\n";
const FAILED = `applying 0002_leave (migrations/0002_leave.sql): references lead nowhere: ${Array.from({ length: 10 }, (_, n) => `bookings(user_id) → users (id=${6 + 50 * n})`).join("; ")}`;
const HINT = "repair or delete these rows in the migration, or let the rows that they refer to stay";

describe.each(EACH_SQLITE)("a database %s whose migration leaves references that lead nowhere", { timeout: 60_000 }, (_name, start) => {
  test("is back in its old state, with table and rows told", async () => {
    await using production = await start();
    production.configure(`${production.target}migrate: sql\n${APPLICATION}`);
    production.migration("0001_role.sql", ROLE);
    production.migration("0002_leave.sql", DELETE);
    const { status, result } = await production.json("migrate", "prod");
    expect(stable(result, production)).toStrictEqual(
      expectedRun(production, {
        outcome: "undone",
        reasons: [{ code: "foreign-key-violation", message: FAILED, hint: HINT, file: "migrations/0002_leave.sql" }],
        undisturbed: true,
        pending: [pendingFile("0001_role", ROLE), pendingFile("0002_leave", DELETE)],
        applied: ["0001_role"],
        steps: [STOPPED, BACKED_UP, ["migrate", "failed", FAILED], ["rollback", "done", production.wayTold], PREVIOUS],
        rollback: wentBack(production),
      }),
    );
    expect(status).toBe(4);
    expect(await production.state()).toEqual(production.oldState);
    expect(production.applicationLog()).toEqual(["stop", "previous"]);
    expect(production.beside()).toEqual(production.besideAfterRollback);
  });

  test("has nothing to undo when it was the only migration: its transaction already took it back", async () => {
    await using production = await start();
    production.configure(`${production.target}migrate: sql\n${APPLICATION}`);
    production.migration("0002_leave.sql", DELETE);
    const { status, result } = await production.json("migrate", "prod");
    expect(stable(result, production)).toStrictEqual(
      expectedRun(production, {
        outcome: "undone",
        reasons: [{ code: "foreign-key-violation", message: FAILED, hint: HINT, file: "migrations/0002_leave.sql" }],
        undisturbed: true,
        pending: [pendingFile("0002_leave", DELETE)],
        steps: [STOPPED, BACKED_UP, ["migrate", "failed", FAILED], ["rollback", "done", "nothing to undo, identical to before"], PREVIOUS],
        rollback: BY_TRANSACTION,
      }),
    );
    expect(status).toBe(4);
    expect(await production.state()).toEqual(production.oldState);
    expect(production.kept()).toEqual([]);
  });

  test("may have had such references before: only new ones count", async () => {
    await using production = await start();
    production.configure(`${production.target}migrate: sql\n${APPLICATION}`);
    production.sql("insert into bookings (user_id, starts_at) values (999, '2026-01-01')");
    production.migration("0001_role.sql", ROLE);
    const { status } = await production.json("migrate", "prod");
    expect(status).toBe(0);
  });
});
