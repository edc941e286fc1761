/**
 * What the bot keeps. One process writes. Everything that a promise returns for is durable when it resolves: whoever acknowledges after it
 * may die at once.
 *
 * An event is kept once by its key; working on it (`step`) takes it out of the inbox, changes the state, fills the outbox and chains the
 * audit in one transaction. An effect leaves the outbox (`settle`) in one transaction with the events that tell of it.
 */

import type { AuditEntry } from "../audit/chain.ts";
import type { ClaimAnswer, Step } from "../core/draft.ts";
import type { Effect } from "../core/effect.ts";
import type { BotEvent } from "../core/event.ts";
import type { RepositoryState } from "../core/state.ts";

/** Whose event it is, and by which installation of the app it can be acted for. */
export interface Repository {
  /** GitHub's number, which stays when names change. */
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly installation: number;
}

export interface Incoming {
  readonly repository: Repository;
  readonly event: BotEvent;
  /** `X-GitHub-Delivery`; null for what GitHub did not send. */
  readonly delivery: string | null;
}

export interface OutboxEntry {
  readonly repository: Repository;
  readonly key: string;
  readonly effect: Effect;
  /** Grows when the same key is asked for again while it is being done: then it is done once more. */
  readonly version: number;
  /** How often it went wrong, or may have: at least 1 for what waited already when the store was opened. */
  readonly attempts: number;
}

/** What was found or made on GitHub under an effect's key: a comment's number, a check run's. Plain JSON. */
export type Memo = Readonly<Record<string, string | number | null>>;

/** With this begin the keys under which the record's head of a grant is kept. */
export const GRANT_MEMO = "grant:";

export type Reducer = (state: RepositoryState, event: BotEvent) => Step;

export interface BotStore {
  /** False where the event is known: it is kept once, however often it comes. */
  receive(incoming: Incoming): Promise<boolean>;
  /**
   * Works on the oldest events that wait, on `most` of them at once (default 1); false where none does. `reduce` is pure. One that throws is
   * a defect: the event is put aside with the audit note `defect`, so that it stands in nobody's way, and the error is given to `onDefect`.
   */
  step(reduce: Reducer, onDefect: (error: unknown, event: BotEvent) => void, most?: number): Promise<boolean>;
  /** What the claim of this key was told; null where it was not worked on. */
  answerTo(repository: number, key: string): Promise<ClaimAnswer | null>;
  state(repository: number): Promise<RepositoryState>;
  repositories(): Promise<readonly Repository[]>;
  /**
   * Effects whose time has come, what decides before what only shows. Giving them out changes nothing. `resting`: installations that GitHub
   * wants to be left alone; of theirs only what ends a workflow run.
   */
  due(now: Date, limit: number, resting?: readonly number[]): Promise<readonly OutboxEntry[]>;
  /** When the next effect is due; null: there is none. `resting`: as above. */
  nextDue(resting?: readonly number[]): Promise<Date | null>;
  /** The effect is done, unless it was asked for again meanwhile. `memo`: null leaves what is known. */
  settle(entry: OutboxEntry, events: readonly BotEvent[], memo: Memo | null): Promise<void>;
  postpone(entry: OutboxEntry, until: Date, why: string): Promise<void>;
  memo(repository: number, key: string): Promise<Memo | null>;
  /** Keeps a memo that no effect makes. */
  remember(repository: number, key: string, memo: Memo): Promise<void>;
  /** Hash of the newest audit entry. */
  auditHead(): Promise<string>;
  audit(): AsyncIterable<AuditEntry>;
  /** Sizes for `/metrics`. */
  counts(): Promise<{ readonly inbox: number; readonly outbox: number }>;
  /** Drops the keys of events that cannot be told again: GitHub's from before this moment, and what the clock said. */
  forget(before: Date): Promise<void>;
  close(): Promise<void>;
}
