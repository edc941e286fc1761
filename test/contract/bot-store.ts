/** What every store of the bot keeps, whatever it is made of. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { verifyChain } from "../../bot/audit/chain.ts";
import type { Step } from "../../bot/core/draft.ts";
import type { Effect } from "../../bot/core/effect.ts";
import type { BotEvent } from "../../bot/core/event.ts";
import { NO_STATE, type RepositoryState } from "../../bot/core/state.ts";
import type { BotStore, Repository } from "../../bot/store/store.ts";

const SHOP: Repository = { id: 7, owner: "acme", name: "shop", installation: 1 };
const BLOG: Repository = { id: 8, owner: "acme", name: "blog", installation: 1 };
const AT = "2026-03-01T10:00:00.000Z";
const NOW = new Date("2026-03-01T10:00:01.000Z");

function said(comment: number, at = AT): BotEvent {
  return { kind: "comment", comment, pull: 1, author: { id: 1, login: "ada" }, body: "/plan prod", createdAt: at, at };
}

const EFFECT: Effect = { kind: "react", comment: 1, reaction: "eyes" };

function stepTo(state: RepositoryState, effects: readonly Effect[] = [], audit: Step["audit"] = []): Step {
  return { state, effects, audit, answer: null };
}

const count = (state: RepositoryState, effects?: readonly Effect[], audit?: Step["audit"]) =>
  stepTo({ ...state, last: state.last + 1 }, effects, audit);

function neverDefect(error: unknown): never {
  throw error;
}

export function botStoreContract(name: string, open: () => Promise<BotStore>): void {
  describe(`the bot's store: ${name}`, () => {
    let store: BotStore;
    const keep = (event: BotEvent, repository = SHOP) => store.receive({ repository, event, delivery: null });
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    test("keeps an event once by its key, in each repository", async () => {
      expect(await keep(said(1))).toBe(true);
      expect(await keep(said(1, "2026-03-02T10:00:00.000Z"))).toBe(false);
      expect(await keep(said(1), BLOG)).toBe(true);
      expect(await Promise.all([keep(said(2)), keep(said(2)), keep(said(3))])).toEqual([true, false, true]);
      expect(await store.counts()).toEqual({ inbox: 4, outbox: 0 });
    });

    test("knows an event again after it was worked on", async () => {
      await keep(said(1));
      expect(await store.step((state) => stepTo(state), neverDefect)).toBe(true);
      expect(await store.step((state) => stepTo(state), neverDefect)).toBe(false);
      expect(await keep(said(1))).toBe(false);
    });

    test("gives events in the order in which they came, each with the state that the one before had left", async () => {
      for (const comment of [3, 1, 2]) await keep(said(comment));
      const seen: [number, number][] = [];
      const look = (state: RepositoryState, event: BotEvent) => {
        seen.push([event.kind === "comment" ? event.comment : 0, state.last]);
        return count(state);
      };
      while (await store.step(look, neverDefect));
      expect(seen).toEqual([
        [3, 0],
        [1, 1],
        [2, 2],
      ]);
      expect(await store.state(SHOP.id)).toEqual({ ...NO_STATE, last: 3 });
      expect(await store.state(BLOG.id)).toEqual(NO_STATE);
    });

    test("keeps what it was given, and forgets what is taken away", async () => {
      const pull = {
        head: "a",
        base: "main",
        baseSha: "b",
        author: null,
        isFork: false,
        state: "open",
        updatedAt: AT,
        pushers: [4],
      } as const;
      const lock = { kind: "unmerged", pull: 1, request: "r1", at: AT } as const;
      const full: RepositoryState = {
        requests: new Map(),
        environments: new Map([["prod", { locks: [lock] }]]),
        pulls: new Map([[1, pull]]),
        groups: new Map([["c0ffee", { pull: 1, at: AT }]]),
        last: 2,
      };
      await keep(said(1));
      await store.step(() => stepTo(full), neverDefect);
      expect(await store.state(SHOP.id)).toEqual(full);
      await keep(said(2));
      await store.step((state) => stepTo({ ...state, environments: new Map() }), neverDefect);
      expect(await store.state(SHOP.id)).toEqual({ ...full, environments: new Map() });
    });

    test("an event whose work goes wrong changes nothing, is put aside and stands in nobody's way", async () => {
      await keep(said(1));
      await keep(said(2));
      const wrong: unknown[] = [];
      const failing = () => {
        throw new RangeError("a defect");
      };
      expect(await store.step(failing, (error) => wrong.push(error))).toBe(true);
      expect(wrong).toEqual([new RangeError("a defect")]);
      expect(await store.state(SHOP.id)).toEqual(NO_STATE);
      expect(await store.step((state) => count(state), neverDefect)).toBe(true);
      expect(await store.state(SHOP.id)).toMatchObject({ last: 1 });
    });

    test("an effect stays until it is settled, and its events are kept with that", async () => {
      await keep(said(1));
      await store.step((state) => count(state, [EFFECT]), neverDefect);
      const [entry] = await store.due(NOW, 10);
      expect(entry).toMatchObject({ key: "react:1:eyes", effect: EFFECT, repository: SHOP, attempts: 0 });
      expect(await store.due(NOW, 10)).toHaveLength(1);
      if (entry === undefined) return;
      await store.settle(entry, [said(9)], { id: 5 });
      expect(await store.counts()).toEqual({ inbox: 1, outbox: 0 });
      expect(await store.memo(SHOP.id, "react:1:eyes")).toEqual({ id: 5 });
      expect(await store.memo(BLOG.id, "react:1:eyes")).toBeNull();
    });

    test("an effect that is asked for again while it is done is done once more", async () => {
      await keep(said(1));
      await keep(said(2));
      await store.step((state) => count(state, [EFFECT]), neverDefect);
      const [entry] = await store.due(NOW, 10);
      await store.step((state) => count(state, [EFFECT]), neverDefect);
      if (entry !== undefined) await store.settle(entry, [], null);
      const [again] = await store.due(NOW, 10);
      expect(again).toBeDefined();
      if (again !== undefined) await store.settle(again, [], null);
      expect(await store.due(NOW, 10)).toEqual([]);
    });

    test("an effect that is postponed waits for its time, and counts how often", async () => {
      await keep(said(1));
      await store.step((state) => count(state, [EFFECT]), neverDefect);
      const [entry] = await store.due(NOW, 10);
      const later = new Date(NOW.getTime() + 60_000);
      if (entry !== undefined) await store.postpone(entry, later, "GitHub wants to be left alone");
      expect(await store.due(NOW, 10)).toEqual([]);
      expect(await store.nextDue()).toEqual(later);
      expect(await store.due(later, 10)).toMatchObject([{ attempts: 1 }]);
    });

    test("chains what goes on record", async () => {
      const { last } = NO_STATE;
      expect(last).toBe(0);
      for (const comment of [1, 2, 3]) {
        await keep(said(comment));
        await store.step((state) => count(state, [], [{ kind: "said", data: { comment, nothing: undefined } }]), neverDefect);
      }
      const verified = await verifyChain(store.audit(), [await store.auditHead()]);
      expect(verified).toEqual({ kind: "whole", entries: 3, head: await store.auditHead() });
    });
  });
}
