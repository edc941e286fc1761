/**
 * Works on what waits: events one after another, effects side by side. It may die anywhere: an event is worked on in one transaction, and
 * an effect that was done but not recorded is done again, which finds what is there.
 */

import { setImmediate } from "node:timers/promises";
import { backoffMs, isPassing, limitedMs } from "../../src/policy/retry.ts";
import { messageOf } from "../../src/domain/error.ts";
import type { Happening } from "../core/event.ts";
import { failedRequest } from "../github/failed.ts";
import type { Log } from "../log.ts";
import type { BotStore, Memo, OutboxEntry, Reducer } from "../store/store.ts";

/** What became of an effect. */
export type Performance =
  | { readonly kind: "done"; readonly happenings: readonly Happening[]; readonly memo: Memo | null }
  /** Its time has not come. */
  | { readonly kind: "later"; readonly until: Date };

export interface WorkerParts {
  readonly store: BotStore;
  readonly reduce: Reducer;
  /** Throws what GitHub's client throws. May be called again for the same entry. */
  readonly perform: (entry: OutboxEntry) => Promise<Performance>;
  /** What an effect that GitHub refuses for good tells; empty: it is only logged. */
  readonly refused: (entry: OutboxEntry, why: string) => readonly Happening[];
  readonly log: Log;
  readonly now: () => Date;
}

/** So many requests to GitHub at once: more than that it calls abuse. */
const AT_ONCE = 8;
/** So many events in one transaction. */
const AT_A_TIME = 20;
const TOGETHER_MS = 50;
const LONGEST_SLEEP_MS = 30_000;
/** After so many hours of trying what only shows is given up; what decides never is. */
const LONGEST_WAIT_MS = 15 * 60_000;

export class Worker {
  readonly #parts: WorkerParts;
  readonly #atWork = new Map<string, Promise<void>>();
  #stepping: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #soon: NodeJS.Timeout | null = null;
  /** By `performance.now()`. */
  #lookedAt = -Infinity;
  #stopped = false;
  /** Installations that GitHub wants to be left alone, and until when. */
  readonly #pauses = new Map<number, number>();

  constructor(parts: WorkerParts) {
    this.#parts = parts;
  }

  /** Somebody told something. The first is looked at once; what comes on its heels is worked on together, under one sync of the disk. */
  wakeSoon(): void {
    if (this.#stopped || this.#soon !== null) return;
    const wait = TOGETHER_MS - (performance.now() - this.#lookedAt);
    if (wait <= 0) return this.wake();
    this.#soon = setTimeout(() => {
      this.#soon = null;
      this.wake();
    }, wait);
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#stopped) return;
    this.#lookedAt = performance.now();
    this.drainInbox()
      .then(() => this.#start())
      .catch((error: unknown) => {
        this.#parts.log("error", "the store does not answer", { why: messageOf(error) });
        this.#sleep(1_000);
      });
  }

  /** Works on every event that waits; one after another, whoever calls. */
  drainInbox(): Promise<void> {
    const { store, reduce, log } = this.#parts;
    const defect = (error: unknown, event: { readonly kind: string }) =>
      log("error", "a defect: an event was put aside", { event: event.kind, why: messageOf(error) });
    const drain = async () => {
      // Between two pieces whoever sends a webhook is answered.
      while (await store.step(reduce, defect, AT_A_TIME)) await setImmediate();
    };
    const next = this.#stepping.then(drain, drain);
    this.#stepping = next.catch(() => undefined);
    return next;
  }

  /** Nothing new is begun; resolves when what was begun is done, or the time is over. */
  async stop(withinMs: number): Promise<void> {
    this.#stopped = true;
    for (const timer of [this.#timer, this.#soon]) if (timer !== null) clearTimeout(timer);
    const timeout = new Promise<void>((resolve) => setTimeout(resolve, withinMs).unref());
    await Promise.race([Promise.allSettled([this.#stepping, ...this.#atWork.values()]), timeout]);
  }

  /** Nothing is at work, and nothing waits whose time has come. */
  async isIdle(): Promise<boolean> {
    const { store, now } = this.#parts;
    const { inbox } = await store.counts();
    return inbox === 0 && this.#atWork.size === 0 && (await store.due(now(), 1)).length === 0;
  }

  async #start(): Promise<void> {
    const { store, now } = this.#parts;
    const resting = this.#resting();
    const due = await store.due(now(), AT_ONCE * 4, resting);
    for (const entry of due) {
      const name = `${entry.repository.id} ${entry.key}`;
      if (this.#stopped || this.#atWork.size >= AT_ONCE) break;
      if (this.#atWork.has(name)) continue;
      const work = this.#do(entry).finally(() => {
        this.#atWork.delete(name);
        this.wake();
      });
      this.#atWork.set(name, work);
    }
    const next = await store.nextDue(resting);
    const times = [...this.#pauses.values(), ...(next === null ? [] : [next.getTime()])];
    if (times.length > 0) this.#sleep(Math.max(20, Math.min(...times) - now().getTime()));
  }

  #resting(): readonly number[] {
    const now = this.#parts.now().getTime();
    for (const [installation, until] of this.#pauses) if (until <= now) this.#pauses.delete(installation);
    return [...this.#pauses.keys()];
  }

  #sleep(ms: number): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.wake(), Math.min(ms, LONGEST_SLEEP_MS));
  }

  async #do(entry: OutboxEntry): Promise<void> {
    const { store, perform, now, log } = this.#parts;
    try {
      const done = await perform(entry);
      if (done.kind === "later") return await store.postpone(entry, done.until, "its time has not come");
      await this.#settle(entry, done.happenings, done.memo);
    } catch (error) {
      await this.#failed(entry, error).catch((worse: unknown) =>
        log("error", "the store does not answer", { why: messageOf(worse), at: now().toISOString() }),
      );
    }
  }

  #settle(entry: OutboxEntry, happenings: readonly Happening[], memo: Memo | null): Promise<void> {
    const at = this.#parts.now().toISOString();
    const events = happenings.map((happening) => ({ at, ...happening }));
    return this.#parts.store.settle(entry, events, memo);
  }

  async #failed(entry: OutboxEntry, error: unknown): Promise<void> {
    const { store, refused, log, now } = this.#parts;
    const failed = failedRequest(error);
    const why = failed === null ? messageOf(error) : `GitHub answered ${failed.status ?? "nothing"}`;
    log("warn", "an effect went wrong", { effect: entry.effect.kind, attempts: entry.attempts, why });
    const limited = failed === null ? null : limitedMs(failed, now().getTime());
    if (limited !== null) {
      const until = now().getTime() + limited;
      this.#pauses.set(entry.repository.installation, until);
      return store.postpone(entry, new Date(until), why);
    }
    const isFinal = failed !== null && !isPassing(failed) && failed.status !== 401;
    if (isFinal) return this.#settle(entry, refused(entry, why), null);
    const wait = Math.min(LONGEST_WAIT_MS, backoffMs(Math.min(entry.attempts, 4), Math.random()) * 2 ** Math.max(0, entry.attempts - 4));
    return store.postpone(entry, new Date(now().getTime() + wait), why);
  }
}
