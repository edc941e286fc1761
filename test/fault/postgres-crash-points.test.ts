import { describe, expect, test } from "vitest";

import { describeTally, tryEveryPoint } from "../support/faults-crash.ts";
import { POSTGRES_SCENARIOS } from "../support/postgres/faults-scenarios.ts";

// Every statement with an effect that Belay and its programs send, one SIGKILL before the server gets it and one after the server has done
// it: the renames of a swap, the doors that are shut and opened around them, each COMMIT.
describe("SIGKILL at every statement leaves exactly the old or the new state, and recover ends the run", () => {
  test.for(POSTGRES_SCENARIOS.filter(({ everyTime }) => everyTime).map((scenario) => [scenario.name, scenario] as const))(
    "%s",
    { timeout: 600_000 },
    async ([, scenario]) => {
      const tally = await tryEveryPoint(scenario);
      expect(tally.failures, describeTally(tally)).toEqual([]);
      expect(tally.survived).toBe(tally.listed);
      expect(tally.listed).toBeGreaterThan(20);
    },
  );
});
