import { describe, expect, test } from "vitest";

import { describeTally, tryEveryPoint } from "../support/faults-crash.ts";
import { SQLITE_SCENARIOS } from "../support/faults-scenarios-sqlite.ts";

// Every fsync, fdatasync, rename, link and unlink of Belay and of its SQLite hosts, one SIGKILL each. A step boundary is one of them:
// the journal's fsync before the step and the one after it.
describe("SIGKILL at every crash point leaves exactly the old or the new state, and recover ends the run", () => {
  test.for(SQLITE_SCENARIOS.filter(({ everyTime }) => everyTime).map((scenario) => [scenario.name, scenario] as const))(
    "%s",
    { timeout: 600_000 },
    async ([, scenario]) => {
      const tally = await tryEveryPoint(scenario);
      expect(tally.failures, describeTally(tally)).toEqual([]);
      expect(tally.survived).toBe(tally.listed);
      expect(tally.listed).toBeGreaterThan(50);
    },
  );
});
