import { describe, expect, test } from "vitest";

import { expectedRollback, type RollbackFacts } from "../../src/plan/rollback-strategy.ts";

const QUIET: RollbackFacts = {
  online: null,
  noClone: null,
  swapObstacle: null,
  noWayBack: null,
  holders: [],
  stops: true,
  words: { withoutRename: "the proven copy is copied back in place", renameNeeds: "if nobody holds it open then" },
};
const HELD = ["pid 4711 (python3)"];

describe("what a plan says of the way back", () => {
  test.each<[title: string, facts: Partial<RollbackFacts>, strategy: string, why: string]>([
    ["a quiet file is swapped", {}, "swap", "takes its place by a rename, if nobody holds it open then"],
    ["a file behind a link never is", { swapObstacle: "app.db is a symbolic link" }, "restore", "in place: app.db is a symbolic link"],
    [
      "a file that its application holds is swapped once it is stopped",
      { holders: HELD },
      "swap",
      "once app.stop has ended pid 4711 (python3)",
    ],
    [
      "a file that somebody holds whom nothing stops is copied back in place",
      { holders: HELD, stops: false },
      "restore",
      "in place: pid 4711 (python3) has the database open, and no app.stop ends that",
    ],
    [
      "nothing else comes back where no copy could take the place",
      { noWayBack: "a and b" },
      "transaction",
      "nothing else could be: a and b",
    ],
    ["without a clone there is only the backup", { noClone: "backup.clone: never" }, "restore", "backup.clone: never"],
    ["no copy takes the place of what is written to", { online: "transaction" }, "transaction", "later than that Belay stops and asks"],
    [
      "what is written to goes down by the tool where belay.yml says so",
      { online: "downgrade" },
      "downgrade",
      "takes back what was applied",
    ],
  ])("%s", (_title, facts, strategy, why) => {
    expect(expectedRollback({ ...QUIET, ...facts })).toEqual({ strategy, why: expect.stringContaining(why) });
  });
});
