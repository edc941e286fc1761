/**
 * Transactions that go to the server behind each other in one message round trip. The server skips everything behind a failure, so that
 * none begins after one that failed, and none waits for a line that is empty.
 */

import { BelayError, failure } from "../../domain/error.ts";
import type { TransactionOptions } from "../../domain/session.ts";
import type { Connection } from "./connection.ts";
import { inDoubt } from "./pg-connection.ts";
import { isConnectionLost, sqlstateOf } from "./postgres-error.ts";

const DIVISION_BY_ZERO = "22012";

/** A transaction that somebody waits for. */
export interface CalledTransaction {
  /** Its own statements. */
  readonly statements: readonly string[];
  readonly options: TransactionOptions;
  /** Told how long it took, in milliseconds. */
  readonly resolve: (tookMs: number) => void;
  readonly reject: (error: unknown) => void;
}

/** A statement that fails where the run has lost the target; null: there is none. */
export interface Fence {
  readonly statement: () => string | null;
  /** What its failure means. */
  readonly lost: () => BelayError;
}

/** A failure of one of them, and what that says of those behind it. */
export interface BatchFailure {
  /** Its index. */
  readonly at: number;
  readonly error: unknown;
  /** Whether those behind it happened is as little known. */
  readonly allInDoubt: boolean;
}

/** Tells each that was committed at once. Null, or the first that failed; the transaction is rolled back then, and nothing behind it was begun. */
export async function transactTogether(
  connection: Connection,
  called: readonly CalledTransaction[],
  { statement: fenceNow, lost }: Fence,
): Promise<BatchFailure | null> {
  const fence = fenceNow();
  const begin = ["begin", ...(fence === null ? [] : [fence])];
  const texts = called.map(({ statements, options }) => [...begin, ...settingsOf(options), ...statements, "commit"]);
  const ends: number[] = [];
  for (const each of texts) ends.push((ends.at(-1) ?? 0) + each.length);
  let at = 0;
  let began = performance.now();
  const progress = (done: number) => {
    for (; at < called.length && done >= (ends[at] ?? 0); at++) {
      const ended = performance.now();
      called[at]?.resolve(ended - began);
      began = ended;
    }
  };
  try {
    await connection.pipeline(texts.flat(), {
      answeredAfter: new Set(ends.map((end) => end - 1)),
      repeated: fence === null || called.length === 1 ? [] : [fence],
      progress,
    });
    return null;
  } catch (error) {
    const one = called[at];
    if (!(error instanceof BelayError) || one === undefined) return { at, error, allInDoubt: false };
    const { statement: index, ...facts } = error.facts;
    const statement = typeof index === "number" ? index - (ends[at - 1] ?? 0) : -1;
    if (!isConnectionLost(error)) await connection.run("rollback").catch(() => undefined);
    if (fence !== null && statement === 1 && sqlstateOf(error) === DIVISION_BY_ZERO) return { at, error: lost(), allInDoubt: false };
    return { at, ...judged(error, facts, statement - begin.length - settingsOf(one.options).length, one.statements.length) };
  }
}

/** `own`: the index among the transaction's own `count` statements; below 0 or beyond, one of Belay's. */
function judged(error: BelayError, facts: BelayError["facts"], own: number, count: number): Omit<BatchFailure, "at"> {
  if (!isConnectionLost(error)) {
    return { error: withFacts(error, own >= 0 && own < count ? { ...facts, statement: own } : facts), allInDoubt: false };
  }
  const told = sqlstateOf(error) !== null; // by the server, which then has done nothing further
  return { error: told && own < count - 1 ? error : inDoubt(error), allInDoubt: !told };
}

export function notBegun(): BelayError {
  return failure("transaction-not-begun", "an earlier transaction failed, so this one was not begun");
}

export function withFacts(error: BelayError, facts: BelayError["facts"]): BelayError {
  return new BelayError(error.kind, error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error.cause,
    facts,
  });
}

export function settingsOf({ foreignKeys = "check-at-commit", durable = true }: TransactionOptions): readonly string[] {
  return [
    ...(foreignKeys === "check-at-commit" ? ["set constraints all deferred"] : []),
    ...(durable ? [] : ["set local synchronous_commit = off"]),
  ];
}
