import type { WatchResult } from "../domain/result.ts";
import { count, duration } from "../domain/words.ts";

/** `watched 13 h of 48 h, 26 of 26 rounds good`. */
export function watchLine({ state, watchedMs, forMs, rounds, good }: WatchResult): string {
  const time = state === "over" ? `watched ${span(forMs)} to the end` : `watched ${span(watchedMs)} of ${span(forMs)}`;
  return `${time}, ${count(good)} of ${count(rounds)} rounds good`;
}

/** Whole hours have no minutes, whole minutes no seconds. */
function span(ms: number): string {
  return duration(ms).replace(/(?<= h| min) 0 (?:min|s)$/, "");
}
