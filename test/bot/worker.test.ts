import { setImmediate, setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";

import { reduce } from "../../bot/core/reduce.ts";
import { Worker } from "../../bot/work/worker.ts";
import { MemoryStore } from "../support/bot/memory-store.ts";

class Watched extends MemoryStore {
  looks = 0;

  override due(...asked: Parameters<MemoryStore["due"]>): ReturnType<MemoryStore["due"]> {
    this.looks += 1;
    return super.due(...asked);
  }
}

test("the first of many that come at once is worked on at once, the others together, and none is left", async () => {
  const store = new Watched();
  const at = new Date().toISOString();
  const now = () => new Date();
  const parts = { perform: () => Promise.reject(new Error("nothing is to be done")), refused: () => [] };
  const worker = new Worker({ store, reduce, ...parts, log: () => undefined, now });
  const repository = { id: 7, owner: "acme", name: "shop", installation: 1 };
  const author = { id: 1, login: "ada" };
  for (let n = 1; n <= 60; n++) {
    const event = { at, kind: "comment", comment: n, pull: 1, author, body: "looks good", createdAt: at } as const;
    await store.receive({ repository, event, delivery: null });
    worker.wakeSoon();
    await setImmediate();
    if (n === 1) expect(await store.counts(), "the first").toMatchObject({ inbox: 0 });
  }
  for (let waited = 0; waited < 5_000 && (await store.counts()).inbox > 0; waited += 10) await pause(10);
  expect(await store.counts()).toEqual({ inbox: 0, outbox: 0 });
  expect(store.looks).toBeLessThan(30);
  await worker.stop(1_000);
});
