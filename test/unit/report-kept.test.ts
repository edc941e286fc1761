/** Where a replaced database is kept, in words that fit what it is. */

import { describe, expect, test } from "vitest";

import { runFacts } from "../../src/report/run-facts.ts";
import { result, target } from "../golden/results.ts";

const kept = (command: string, way: string | undefined, places: readonly string[]) =>
  runFacts(
    result({
      command,
      outcome: command === "rollback" ? "rolled-back" : "undone",
      targets: [
        target({
          rollback: {
            strategy: way === undefined ? "swap" : "restore",
            ...(way === undefined ? {} : { way }),
            why: "because",
            durationMs: 1,
            matches: true,
            laterWrites: [],
            kept: places,
          },
        }),
      ],
    }),
  ).find(({ label }) => label === "Kept")?.texts;

describe("what is kept", () => {
  test.each([
    ["migrate", undefined, ["shop_belay_f_1"], "the failed database, as shop_belay_f_1"],
    ["migrate", "schemas", ["shop/public_belay_f_1"], "the failed schema, as shop/public_belay_f_1"],
    ["migrate", "schemas", ["shop/a_belay_f_1, shop/b_belay_f_1"], "the failed schemas, as shop/a_belay_f_1, shop/b_belay_f_1"],
    ["rollback", "schemas", ["shop/public_belay_f_1"], "the schema as it was before this rollback, as shop/public_belay_f_1"],
    ["rollback", undefined, ["shop_belay_f_1"], "the database as it was before this rollback, as shop_belay_f_1"],
  ])("after %s by %s", (command, way, places, text) => {
    expect(kept(command, way, places)).toEqual([text]);
  });
});
