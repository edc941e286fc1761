import { setImmediate, setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";

import { reduce } from "../../bot/core/reduce.ts";
import type { OutboxEntry } from "../../bot/store/store.ts";
import { type Performance, Worker } from "../../bot/work/worker.ts";
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

test("an installation that GitHub wants to be left alone stands in no other's way, and nobody looks again and again meanwhile", async () => {
  const store = new Watched();
  const now = () => new Date();
  const at = now().toISOString();
  const author = { id: 1, login: "ada" };
  const limited = Object.assign(new Error("wait"), { status: 429, response: { headers: { "retry-after": "60" } } });
  const served: string[] = [];
  const perform = async ({ repository, key }: OutboxEntry): Promise<Performance> => {
    if (repository.id === 7) throw limited;
    served.push(key);
    return { kind: "done", happenings: [], memo: null };
  };
  const worker = new Worker({ store, reduce, perform, refused: () => [], log: () => undefined, now });
  const tell = (id: number, comment: number) => {
    const event = { at, kind: "comment", comment, pull: 1, author, body: "/belay help", createdAt: at } as const;
    return store.receive({ repository: { id, owner: "acme", name: `shop-${id}`, installation: id }, event, delivery: null });
  };
  for (let comment = 1; comment <= 100; comment++) await tell(7, comment);
  await tell(8, 101);
  worker.wake();
  for (let waited = 0; waited < 5_000 && served.length === 0; waited += 10) await pause(10);
  expect(served).toEqual(["consult:comment:101"]);
  const { looks } = store;
  await pause(300);
  expect(store.looks - looks).toBeLessThan(3);
  await worker.stop(1_000);
});
