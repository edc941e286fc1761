import { setTimeout as pause } from "node:timers/promises";

import type { Connection } from "./connection.ts";
import { sqlstateOf } from "./postgres-error.ts";

/** A cancel may come before the statement that it is meant for: it is sent again until that has ended. */
const AGAIN_MS = 300;
const CANCELLED = "57014";

/**
 * What a session does under the lock: cancelled at once when the session that holds the lock ends, as from then on another run may begin.
 * What was committed before the cancel came is committed, and told so.
 */
export async function underLock<T>(connection: Pick<Connection, "cancel">, broken: AbortSignal, work: () => Promise<T>): Promise<T> {
  broken.throwIfAborted();
  const settled = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  const end = () => void (ended = cancelUntil(settled.signal, connection));
  broken.addEventListener("abort", end, { once: true });
  try {
    return await work();
  } catch (error) {
    throw broken.aborted && sqlstateOf(error) === CANCELLED ? broken.reason : error;
  } finally {
    broken.removeEventListener("abort", end);
    settled.abort();
    await ended; // a cancel on its way would meet the next statement
  }
}

async function cancelUntil(settled: AbortSignal, connection: Pick<Connection, "cancel">): Promise<void> {
  while (!settled.aborted) {
    await connection.cancel().catch(() => undefined); // whom nobody reaches, the end of the line ends
    await pause(AGAIN_MS, undefined, { signal: settled }).catch(() => undefined);
  }
}
