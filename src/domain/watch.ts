/** Looking at an application for a while: how often each check may fail, and what the rounds add up to. Pure. */

import type { CheckConfig } from "./check.ts";

export interface WatchConfig {
  /** How long a run watches after its health checks; 0: not at all. */
  readonly forMs: number;
  /** From the beginning of one round to the beginning of the next, within a run. */
  readonly everyMs: number;
  readonly checks: readonly WatchedCheck[];
  /** What a run does that has found something. */
  readonly onFailure: WatchEnd;
  /** `belay verify --watch`: how long after the end of a run, and what it does that has found something. */
  readonly scheduled: { readonly forMs: number; readonly onFailure: WatchEnd };
}

export type WatchEnd = "roll-back" | "alert";

export interface WatchedCheck {
  readonly check: CheckConfig;
  readonly failures: Tolerance;
}

/** So many of the last `of` rounds may fail; `of` null: of all rounds. */
export interface Tolerance {
  readonly atMost: number;
  readonly of: number | null;
}

/** Whether more of these rounds failed than may; oldest first, true for a failed one. */
export function isBroken(failed: readonly boolean[], { atMost, of }: Tolerance): boolean {
  return failuresIn(failed, of) > atMost;
}

export function failuresIn(failed: readonly boolean[], of: number | null): number {
  const counting = of === null ? failed : failed.slice(-of);
  return counting.filter((each) => each).length;
}

/** `0`, `2`, `2 of the last 20 rounds`: how many may fail. */
export function describeTolerance({ atMost, of }: Tolerance): string {
  return of === null ? `${atMost}` : `${atMost} of the last ${of} rounds`;
}
