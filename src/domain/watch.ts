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

/** How one check has done so far. */
export interface Course {
  /** Since the watch began, or since it was last well again; oldest first, true for a round that failed. */
  readonly failed: readonly boolean[];
  /** More rounds failed than may, and it is not well again yet. */
  readonly broken: boolean;
}

export const BEGINNING: Course = { failed: [], broken: false };

/**
 * The course after another round. What was broken is well again when no more of its last rounds failed than may (without `of`: when as
 * many in a row were good as would have had to fail), and is counted anew from there, so that a check on the edge does not flutter.
 */
export function afterRound(course: Course, failedNow: boolean, { atMost, of }: Tolerance): Course {
  const failed = [...course.failed, failedNow];
  const most = failuresIn(of === null ? failed : failed.slice(-of));
  if (!course.broken) return { failed, broken: most > atMost };
  const wellAgain = of === null ? failuresIn(failed.slice(-(atMost + 1))) === 0 : most <= atMost;
  return wellAgain ? BEGINNING : { failed, broken: true };
}

export function failuresIn(failed: readonly boolean[]): number {
  return failed.filter((each) => each).length;
}

/** `at most 3 of the last 20`: how many rounds may fail. */
export function describeTolerance({ atMost, of }: Tolerance): string {
  return of === null ? `at most ${atMost}` : `at most ${atMost} of the last ${of}`;
}
