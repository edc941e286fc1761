import type { Phase } from "./phase.ts";
import type { RunId } from "./run-id.ts";

/**
 * The one row that a target carries about its latest run: PostgreSQL `belay.state`, SQLite the same table in `<db>.belay`.
 * `gate` and "is a run unfinished?" read only this.
 */
export interface StateRow {
  readonly run: RunId;
  readonly phase: Phase;
  /** Grows by one with every taker of the lock. Whoever finds another number than its own has lost the lock and stops. */
  readonly fence: number;
  /** Where the journal of the run lies. */
  readonly store: string;
}

export function unfinished(row: StateRow | undefined): row is StateRow {
  return row !== undefined && row.phase !== "ended";
}
