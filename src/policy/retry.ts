/** When a request to GitHub is worth another try, and after how long. Pure. */

/** How a single request went wrong. `status` null: there was no whole answer. */
export interface FailedRequest {
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  /** What GitHub says, or what went wrong on the way. */
  readonly message: string;
}

/** An answer of these may come to nothing, or the request may have been carried out. */
const PASSING_STATUSES = new Set([408, 500, 502, 503, 504]);

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
/** What GitHub asks for where a secondary limit says no time. */
const SECONDARY_WAIT_MS = 60_000;

export function isPassing({ status }: FailedRequest): boolean {
  return status === null || PASSING_STATUSES.has(status);
}

/** How long GitHub wants to be left alone; null where no limit was hit. `nowMs`: since 1970. */
export function limitedMs({ status, headers, message }: FailedRequest, nowMs: number): number | null {
  if (status !== 403 && status !== 429) return null;
  const after = numberOf(headers["retry-after"]);
  if (after !== null) return after * 1000;
  const reset = numberOf(headers["x-ratelimit-reset"]);
  if (numberOf(headers["x-ratelimit-remaining"]) === 0 && reset !== null) return Math.max(0, reset * 1000 - nowMs) + 1000;
  return status === 429 || /secondary rate limit|abuse detection/i.test(message) ? SECONDARY_WAIT_MS : null;
}

/** Twice as long each time, and never in step with anybody else. `attempt` counts from 0, `chance` is in [0, 1). */
export function backoffMs(attempt: number, chance: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return longest / 2 + (longest / 2) * chance;
}

function numberOf(header: string | number | undefined): number | null {
  if (header === undefined || header === "") return null;
  const number = Number(header);
  return Number.isFinite(number) && number >= 0 ? number : null;
}
