import { describe, expect, test } from "vitest";

import { BACKED_UP, dataOfBookings, expectedRun, pendingFile, PREVIOUS, STOPPED, wentBack } from "../support/expected-result.ts";
import { stable } from "../support/production.ts";
import { EACH_PRODUCTION } from "../support/productions.ts";
import { APPLICATION } from "../support/project.ts";

const ROLE = "alter table users add column role text;\n";
const MERGE = "update users set org_id = null where id in (3, 4);\ninsert into setting values ('MERGED', 'yes');\n";

const CHECKS = `checks:
  before:
    - { name: organisation exists, sql: "select count(*) from organizations", expect: { at-least: 1 } }
    - { name: settings for the record, sql: "select key, value from setting" }
  after:
    - name: users without organisation
      sql: select count(*) from users where org_id is null
      expect: 0
      explain: select id, email from users where org_id is null
    - { name: no user lost, sql: "select count(*) from users", expect: unchanged }
    - { name: two settings, sql: "select count(*) from setting", expect: 2, warn: true }
    - { name: totals, sql: "select 'users', count(*) from users union all select 'settings', count(*) from setting", expect: { users: 50, settings: 2 } }
`;

const WITHOUT = 'users without organisation: expected 0, got 2 (id=3, email="user3@example.org"; id=4, email="user4@example.org")';

const HINT = "mend the migration or the data that it met, or the check in belay.yml";

describe.each(EACH_PRODUCTION)("a database %s whose data fail the checks after the migration", { timeout: 60_000 }, (_name, start) => {
  test("is back in its old state, and every check says what it expected, what it got, and which rows explain it", async () => {
    await using production = await start();
    production.configure(`${production.target}migrate: sql\n${APPLICATION}${CHECKS}`);
    production.migration("0001_role.sql", ROLE);
    production.migration("0002_merge.sql", MERGE);
    const { status, result } = await production.json("migrate", "prod");
    expect(stable(result, production)).toStrictEqual(
      expectedRun(production, {
        outcome: "undone",
        reasons: [
          { code: "check-failed", message: WITHOUT, hint: HINT },
          { code: "check-failed", message: "totals: expected users = 50, settings = 2, got settings = 3", hint: HINT },
        ],
        undisturbed: true,
        pending: [pendingFile("0001_role", ROLE), pendingFile("0002_merge", MERGE)],
        applied: ["0001_role", "0002_merge"],
        steps: [
          STOPPED,
          BACKED_UP,
          ["migrate", "done", "0001_role · 0002_merge"],
          ["verify", "failed", WITHOUT],
          ["rollback", "done", production.wayTold],
          PREVIOUS,
        ],
        checks: [
          { name: "organisation exists", phase: "before", passed: true, expected: "at least 1", actual: "20" },
          {
            name: "settings for the record",
            phase: "before",
            passed: true,
            expected: null,
            actual: 'ORG_NAME = "Example", CURRENCY = "CAD"',
          },
          {
            name: "users without organisation",
            phase: "after",
            passed: false,
            expected: "0",
            actual: "2",
            explanation: ['id=3, email="user3@example.org"', 'id=4, email="user4@example.org"'],
          },
          { name: "no user lost", phase: "after", passed: true, expected: "unchanged: 50", actual: "50" },
          { name: "two settings", phase: "after", passed: false, warned: true, expected: "2", actual: "3" },
          { name: "totals", phase: "after", passed: false, expected: "users = 50, settings = 2", actual: "settings = 3" },
        ],
        data: dataOfBookings({
          setting: { rowsAfter: 3, added: 1 },
          users: { changed: 2, columnsChanged: ["org_id"], keys: ["id=3", "id=4"] },
        }),
        schema: { added: ["column users.role"], removed: [], changed: [] },
        rollback: wentBack(production),
      }),
    );
    expect(status).toBe(4);
    expect(await production.state()).toEqual(production.oldState);
    expect(production.applicationLog()).toEqual(["stop", "previous"]);
    expect(production.beside()).toEqual(production.besideAfterRollback);
  });

  test("is migrated when all that fails only warns, and the report does not hide it", async () => {
    await using production = await start();
    production.configure(
      `${production.target}migrate: sql\n${APPLICATION}checks: { after: [{ name: two settings, sql: select count(*) from setting, expect: 2, warn: true }] }`,
    );
    production.migration("0002_merge.sql", MERGE);
    const { status, stdout } = await production.run("migrate", "prod");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Warned: +two settings: expected 2, got 3$/m);
    expect(production.applicationLog()).toEqual(["stop", "start"]);
  });
});
