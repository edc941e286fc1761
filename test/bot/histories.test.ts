import fc from "fast-check";
import { expect, test } from "vitest";

import { SqliteStore } from "../../bot/store/sqlite.ts";
import { History } from "../support/bot/history.ts";
import { MemoryStore } from "../support/bot/memory-store.ts";

const choices = fc.noBias(fc.array(fc.nat(1_000_000), { minLength: 100, maxLength: 600, size: "max" }));

/** Of a random history each is small; of 10,000 some meet everything. */
test(
  "whatever comes, twice, late, in any order, with crashes: one decision each, and no run without its approvals",
  { timeout: 600_000 },
  async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(choices, async (numbers) => {
        const { requests } = await new History(new MemoryStore(), numbers).play();
        for (const { state } of requests.values()) seen.set(state, (seen.get(state) ?? 0) + 1);
      }),
      // Making a history smaller plays thousands more: its seed does that by hand, without `endOnFailure`.
      { numRuns: Number(process.env["BELAY_HISTORIES"] ?? 10_000), endOnFailure: true },
    );
    expect([...seen.keys()]).toEqual(
      expect.arrayContaining([
        "migrated",
        "superseded",
        "cancelled",
        "rejected",
        "expired",
        "refused",
        "undone",
        "needs-attention",
        "released",
      ]),
    );
  },
);

test("the same on a real store", async () => {
  await fc.assert(
    fc.asyncProperty(choices, async (numbers) => {
      const store = new SqliteStore(":memory:");
      await new History(store, numbers).play();
      await store.close();
    }),
    { numRuns: 60 },
  );
});
