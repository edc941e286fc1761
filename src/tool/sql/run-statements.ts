/** Sends statements to the database in as few round trips as leave room for an answer to Ctrl-C. */

import { setImmediate as nextTurn } from "node:timers/promises";

import { BelayError } from "../../domain/error.ts";
import type { Session, TransactionOptions } from "../../domain/session.ts";
import { stopIfAborted } from "../stop.ts";
import type { Statement } from "./statements.ts";

/** Kept up to date while statements run, so that a failure can say where it stood. */
export interface StatementProgress {
  /** How many have run. */
  done: number;
  /** The one after those was refused by the database. */
  refused: boolean;
}

/** A batch that took no longer than this was quick: the next one may be twice as large; after a slow one it is half as large. */
const QUICK_MS = 20;
const FIRST_BATCH = 8;
const LARGEST_BATCH = 512;

/**
 * Runs statements in order. Between two batches the event loop gets a turn, or a signal would never be seen, and `signal` is asked.
 * Batches begin small and grow while they are quick, up to `largest`.
 */
export async function runStatements(
  session: Session,
  statements: readonly Statement[],
  signal: AbortSignal,
  progress: StatementProgress,
  largest = LARGEST_BATCH,
): Promise<void> {
  for (let size = Math.min(FIRST_BATCH, largest); progress.done < statements.length;) {
    const batch = statements.slice(progress.done, progress.done + size);
    const began = performance.now();
    await runBatch(session, batch, progress);
    size = performance.now() - began > QUICK_MS ? Math.max(1, size >> 1) : Math.min(size * 2, largest);
    if (progress.done < statements.length) await nextTurn();
    stopIfAborted(signal);
  }
}

async function runBatch(session: Session, batch: readonly Statement[], progress: StatementProgress): Promise<void> {
  try {
    await session.execute(batch.map(({ text }) => text));
    progress.done += batch.length;
  } catch (error) {
    const failed = failedStatement(error);
    progress.refused = failed !== null;
    progress.done += failed ?? 0;
    throw error;
  }
}

/** A migration's own statements, between what Belay adds to them. */
export interface Surrounded {
  readonly before: readonly string[];
  readonly statements: readonly Statement[];
  readonly after: readonly string[];
}

/** All of them in one transaction and one round trip. How long that took, in milliseconds. */
export async function transactStatements(
  session: Session,
  { before, statements, after }: Surrounded,
  options: TransactionOptions,
  progress: StatementProgress,
): Promise<number> {
  try {
    const tookMs = await session.transact([...before, ...statements.map(({ text }) => text), ...after], options);
    progress.done = statements.length;
    return tookMs;
  } catch (error) {
    const failed = failedStatement(error);
    const own = failed === null ? statements.length : failed - before.length;
    progress.done = Math.min(Math.max(own, 0), statements.length);
    progress.refused = own >= 0 && own < statements.length;
    throw error;
  }
}

/** The index of the statement that the database refused; null where it was something else that failed. */
function failedStatement(error: unknown): number | null {
  const failed = error instanceof BelayError ? error.facts["statement"] : undefined;
  return typeof failed === "number" ? failed : null;
}
