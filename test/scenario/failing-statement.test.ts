import { describe, expect, test } from "vitest";

import { BACKED_UP, expectedRun, pendingFile, PREVIOUS, STOPPED, wentBack } from "../support/expected-result.ts";
import { type Production, stable } from "../support/production.ts";
import { EACH_SURROUNDING } from "../support/productions.ts";
import { APPLICATION } from "../support/project.ts";

const ROLE = "alter table users add column role text;\nupdate users set role = 'member' where role is null;\n";
const BAD = "insert into setting values ('NEW', '1');\n\nupdate userz set role = 'x'\n  where id = 1;\n";
const failed = ({ words }: Production) =>
  `applying 0002_bad (migrations/0002_bad.sql:3): ${words.noSuchTable("userz")}; the statement: update userz set role = 'x' where id = 1`;

describe.each(EACH_SURROUNDING)("a database %s whose second migration fails in the middle", { timeout: 60_000 }, (_name, start) => {
  test("is back in its old state, with file, line, statement and the database's words told, and rolls back to nothing", async () => {
    await using production = await start();
    production.configure(`${production.target}migrate: sql\n${APPLICATION}`);
    production.migration("0001_role.sql", ROLE);
    production.migration("0002_bad.sql", BAD);
    const { status, result } = await production.json("migrate", "prod");
    expect(stable(result, production)).toStrictEqual(
      expectedRun(production, {
        outcome: "undone",
        reasons: [
          {
            code: "migration-failed",
            message: failed(production),
            hint: "mend migrations/0002_bad.sql:3, then run again",
            file: "migrations/0002_bad.sql",
            line: 3,
          },
        ],
        undisturbed: true,
        pending: [pendingFile("0001_role", ROLE), pendingFile("0002_bad", BAD)],
        applied: ["0001_role"],
        steps: [STOPPED, BACKED_UP, ["migrate", "failed", failed(production)], ["rollback", "done", production.wayTold], PREVIOUS],
        rollback: wentBack(production),
      }),
    );
    expect(status).toBe(4);
    expect(await production.state()).toEqual(production.oldState);
    expect(production.applicationLog()).toEqual(["stop", "previous"]);
    expect(production.beside()).toEqual(production.besideAfterRollback);
    const [kept = ""] = production.kept();
    expect(production.sql("select role, count(*) from users group by role; select count(*) from setting", kept)).toBe("member|50\n2");

    const rollback = await production.json("rollback", "prod");
    expect({ status: rollback.status, codes: rollback.result.reasons.map(({ code }) => code) }).toEqual({
      status: 3,
      codes: ["nothing-to-roll-back"],
    });
    expect(await production.state()).toEqual(production.oldState);
  });
});
