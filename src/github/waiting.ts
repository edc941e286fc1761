import { setTimeout as pause } from "node:timers/promises";
import { BelayError } from "../domain/error.ts";

/** Waits; throws `interrupted` as soon as the signal is aborted. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(ms, undefined, { signal });
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
}

export function throwIfAborted({ aborted, reason }: AbortSignal): void {
  if (!aborted) return;
  throw reason instanceof BelayError ? reason : new BelayError("failed", "interrupted", "interrupted while asking GitHub");
}
