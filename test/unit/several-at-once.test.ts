import { setTimeout as pause } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { severalAtOnce } from "../../src/run/several-at-once.ts";

describe("work for many", () => {
  it("is done for each once, never for more at once than asked, and answered in the order of the questions", async () => {
    let [atWork, most] = [0, 0];
    const answers = await severalAtOnce([5, 1, 4, 2, 3], 2, async (ms) => {
      most = Math.max(most, ++atWork);
      await pause(ms);
      atWork--;
      return ms * 10;
    });
    expect({ answers, most }).toEqual({ answers: [50, 10, 40, 20, 30], most: 2 });
    expect(await severalAtOnce([], 4, () => Promise.reject(new Error("nobody")))).toEqual([]);
  });

  it("ends what had begun before it throws, and begins nothing more", async () => {
    const done: number[] = [];
    const work = async (item: number) => {
      if (item === 2) throw new Error("two");
      await pause(20);
      done.push(item);
    };
    await expect(severalAtOnce([1, 2, 3, 4], 2, work)).rejects.toThrow("two");
    expect(done).toEqual([1]);
  });
});
