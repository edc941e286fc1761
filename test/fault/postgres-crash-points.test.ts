import { describe, expect, test } from "vitest";

import { describeTally, tryEveryPoint } from "../support/faults-crash.ts";
import { POSTGRES_SCENARIOS } from "../support/postgres/faults-scenarios.ts";

// One SIGKILL before the server gets it and one after the server has done it: the renames of a swap, the doors that are shut and opened
// around them. Every other statement and every file: `script/crash-points --all`.
describe("SIGKILL around the renames leaves exactly the old or the new state, and recover ends the run", () => {
  test.for(POSTGRES_SCENARIOS.filter(({ everyTime }) => everyTime).map((scenario) => [scenario.name, scenario] as const))(
    "%s",
    { timeout: 600_000 },
    async ([, scenario]) => {
      const tally = await tryEveryPoint(scenario);
      expect(tally.failures, describeTally(tally)).toEqual([]);
      expect(tally.survived + tally.missed).toBe(tally.listed);
      expect(tally.survived).toBeGreaterThan(3);
    },
  );
});
