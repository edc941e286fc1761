/** Where a run stands. The state row of every target carries it, so that `gate` and `recover` need nothing else to decide. */
export const PHASES = [
  "preparing",
  "stopping",
  "backing-up",
  "migrating",
  "verifying",
  "verified",
  "starting",
  "health",
  "settled",
  "rolling-back",
  "rolled-back",
  "restarting",
  "ended",
] as const;

export type Phase = (typeof PHASES)[number];

export type StepName =
  | "preflight"
  | "checks-before"
  | "prepare"
  | "maintenance-on"
  | "stop"
  | "backup"
  | "clone"
  | "migrate"
  | "verify"
  | "start"
  | "health"
  | "watch"
  | "settle"
  | "rollback"
  | "previous"
  | "maintenance-off";

/** Phases of a living run in which the application may start: it is inside the run, so `gate` must not hold it up. */
const APPLICATION_MAY_START: readonly Phase[] = ["verified", "starting", "health", "rolled-back", "restarting"];

export function applicationMayStart(phase: Phase): boolean {
  return APPLICATION_MAY_START.includes(phase);
}
