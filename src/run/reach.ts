/** How far a run had come when it could not go on. */

import type { Phase } from "../domain/phase.ts";
import type { JournalEntry } from "./journal-entry.ts";
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
export function reachOf(run: Run): Reach {
  const { targets, phase } = run;
  // a recovery goes back on behalf of a run whose application may have written
  if (phase === "rolling-back" && wasStarting(run)) return "application-started";
  if (phase !== "backing-up") return REACH[phase];
  return targets.some(isTouched) ? "data-touched" : "application-stopped";
}

/** The run that is recovered had begun to start the application on its new state. */
export function wasStarting(run: Run): boolean {
  return ownEntries(run).some((entry) => entry.type === "phase" && entry.phase === "starting");
}

/** What the journal said of this run, or of the part of it that this is. */
export function ownEntries({ part, earlier }: Run): readonly JournalEntry[] {
  if (part === null) return earlier;
  const { name } = part.target;
  return earlier.filter((entry) => !("target" in entry) || entry.target === undefined || entry.target === null || entry.target === name);
}

const UNTOUCHED: readonly (Phase | null)[] = [null, "preparing", "stopping", "backing-up", "rolled-back", "restarting", "ended"];

/** Something of the run may be in its data. */
export function isTouched({ phase }: TargetRun): boolean {
  return !UNTOUCHED.includes(phase);
}
