/** Where the application stands after a run, told from its steps. */

import type { Result, StepResult } from "../domain/result.ts";

export type ApplicationEnd =
  /** Never touched, or Belay does not hold it. */
  | "untouched"
  /** Started after a good migration. */
  | "running"
  /** The version before the run was started again. */
  | "previous"
  /** Stopped, and nothing brought it back. */
  | "stopped"
  /** A command that should bring it back (or stop it) went wrong. */
  | "unknown";

export function applicationEnd(result: Pick<Result, "targets">): ApplicationEnd {
  const steps = result.targets[0]?.steps ?? [];
  const last = (name: StepResult["name"]) => steps.findLast((step) => step.name === name && step.outcome !== "skipped")?.outcome;
  const [stop, start, health, previous] = [last("stop"), last("start"), last("health"), last("previous")];
  if (previous !== undefined) return previous === "failed" ? "unknown" : "previous";
  if (start === "failed" || health === "failed") return "unknown";
  if (start !== undefined) return "running";
  if (stop === undefined) return "untouched";
  return stop === "failed" ? "unknown" : "stopped";
}

/** A clause about it; empty where there is nothing to say. */
export function applicationClause(end: ApplicationEnd, previous: string): string {
  const clauses: Record<ApplicationEnd, string> = {
    untouched: "",
    running: "the application is running",
    previous,
    stopped: "the application is stopped",
    unknown: "the application may not be running",
  };
  return clauses[end];
}
