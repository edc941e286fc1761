/** Sending with patience that ends: a message is worth a few tries, and never a run. */

import { setTimeout as pause } from "node:timers/promises";
import { messageOf } from "../domain/error.ts";
import type { Message } from "../domain/message.ts";
import { counted } from "../domain/words.ts";
import { Undelivered, type Receiver } from "./receiver.ts";

const FIRST_PAUSE_MS = 500;
const TRIES = 5;

/**
 * Sends a message until it is taken, refused for good, or time is over; null when it was taken, else why not. Does not throw. `signal`:
 * the run wants to go on.
 */
export async function deliver(
  receiver: Receiver,
  message: Message,
  timeoutMs: number,
  signal: AbortSignal | null = null,
): Promise<string | null> {
  const timeIsOver = AbortSignal.timeout(timeoutMs);
  const stop = signal === null ? timeIsOver : AbortSignal.any([timeIsOver, signal]);
  const deadline = performance.now() + timeoutMs;
  let last = "";
  for (let tries = 1; ; tries++) {
    try {
      await receiver.send(message, stop);
      return null;
    } catch (error) {
      if (stop.aborted) return gaveUp(last, timeIsOver.aborted ? `not taken within ${timeoutMs / 1000} s` : "interrupted");
      last = messageOf(error);
      if (!(error instanceof Undelivered) || !error.passing) return last;
      const waitMs = error.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (tries - 1);
      if (tries === TRIES || performance.now() + waitMs >= deadline) return `${last} (${counted(tries, "try", "tries")})`;
      if (!(await waited(waitMs, stop))) return gaveUp(last, "interrupted");
    }
  }
}

function gaveUp(last: string, why: string): string {
  return last === "" ? why : `${why}; before that: ${last}`;
}

async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await pause(ms, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
