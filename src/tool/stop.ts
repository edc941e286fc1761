import { BelayError, failure } from "../domain/error.ts";

/** Throws `interrupted` or `timeout` once the signal was given. */
export function stopIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  const cause: unknown = signal.reason;
  if (cause instanceof BelayError) throw cause;
  if (cause instanceof Error && cause.name === "TimeoutError")
    throw failure("timeout", "the migrations took longer than they may and were ended", { cause });
  throw failure("interrupted", "the migrations were interrupted", { cause });
}
