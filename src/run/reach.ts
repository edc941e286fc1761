/** How far a run had come when it could not go on. */

import type { Phase } from "../domain/phase.ts";
import type { Run, TargetRun } from "./run.ts";

/** How far a run had come, and so what has to be taken back. */
export type Reach = "nothing-stopped" | "application-stopped" | "data-touched" | "application-started" | "done";

const REACH: Record<Phase, Reach> = {
  preparing: "nothing-stopped",
  stopping: "application-stopped",
  "backing-up": "application-stopped",
  migrating: "data-touched",
  verifying: "data-touched",
  verified: "data-touched",
  starting: "application-started",
  health: "application-started",
  settled: "done",
  "rolling-back": "data-touched",
  "rolled-back": "application-stopped",
  restarting: "application-stopped",
  ended: "done",
};

/** While the application is stopped for all of them, one target may be further than another. */
export function reachOf({ targets, phase }: Run): Reach {
  if (phase !== "backing-up") return REACH[phase];
  return targets.some(isTouched) ? "data-touched" : "application-stopped";
}

const UNTOUCHED: readonly (Phase | null)[] = [null, "preparing", "stopping", "backing-up", "rolled-back", "restarting", "ended"];

/** Something of the run may be in its data. */
export function isTouched({ phase }: TargetRun): boolean {
  return !UNTOUCHED.includes(phase);
}
