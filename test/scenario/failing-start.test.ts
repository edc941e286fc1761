import { describe, expect, test } from "vitest";

import { BACKED_UP, dataOfBookings, expectedRun, pendingFile, PREVIOUS, STOPPED, wentBack } from "../support/expected-result.ts";
import { type Production, stable } from "../support/production.ts";
import { EACH_SURROUNDING } from "../support/productions.ts";

const ROLE = "alter table users add column role text;\n";
const START = "echo start >> app.log; echo no such image >&2; exit 3";
const FAILED = `the start command ended with status 3: ${START}\nno such image`;

function configure(production: Production, previous: string): void {
  production.configure(
    `${production.target}migrate: sql\napp:\n  stop: echo stop >> app.log\n  start: ${START}\n  previous: ${previous}\n`,
  );
  production.migration("0001_role.sql", ROLE);
}

describe.each(EACH_SURROUNDING)("a database %s whose new application does not start", { timeout: 60_000 }, (_name, start) => {
  test("is back in its old state and the old application runs", async () => {
    await using production = await start();
    configure(production, "echo previous >> app.log");
    const { status, result } = await production.json("migrate");
    expect(stable(result, production)).toStrictEqual(
      expectedRun(production, {
        outcome: "undone",
        reasons: [{ code: "start-failed", message: FAILED, hint: "try it by hand in <project>; it is app.start in belay.yml" }],
        undisturbed: true,
        pending: [pendingFile("0001_role", ROLE)],
        applied: ["0001_role"],
        steps: [
          STOPPED,
          BACKED_UP,
          ["migrate", "done", "0001_role"],
          ["verify", "done", "6 of 6 tables untouched"],
          ["start", "failed", FAILED],
          STOPPED,
          ["rollback", "done", production.wayTold],
          PREVIOUS,
        ],
        data: dataOfBookings({}),
        schema: { added: ["column users.role"], removed: [], changed: [] },
        rollback: wentBack(production),
      }),
    );
    expect(status).toBe(4);
    expect(await production.state()).toEqual(production.oldState);
    expect(production.applicationLog()).toEqual(["stop", "start", "stop", "previous"]);
  });

  test("is back in its old state and needs attention when the old application does not start either, until it does", async () => {
    await using production = await start();
    configure(production, "echo previous >> app.log; [ -e mended ]");
    const { status, result } = await production.json("migrate");
    expect({
      status,
      outcome: result.outcome,
      codes: result.reasons.map(({ code }) => code),
      matches: result.targets[0]?.rollback?.matches,
    }).toEqual({
      status: 5,
      outcome: "needs-attention",
      codes: ["start-failed", "previous-failed", "unfinished-run"],
      matches: true,
    });
    expect(await production.state()).toEqual(production.oldState);
    expect((await production.json("migrate")).result.reasons.map(({ code }) => code)).toEqual(["unfinished-run"]);

    production.write("mended", "");
    const recovered = await production.json("recover");
    expect({ status: recovered.status, outcome: recovered.result.outcome }).toEqual({ status: 4, outcome: "undone" });
    expect(production.applicationLog().at(-1)).toBe("previous");
    expect(await production.state()).toEqual(production.oldState);
    expect((await production.json("migrate")).result.reasons.map(({ code }) => code)).toEqual(["same-plan-failed"]);
  });
});
