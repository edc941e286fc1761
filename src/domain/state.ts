import { failure, type BelayError } from "./error.ts";
import { PHASES, type Phase } from "./phase.ts";
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

/** Throws `lock-lost` when somebody else took the lock after the holder of this fence; null: the holder has written no row, and found none. */
export function assertFence(row: StateRow | undefined, fence: number | null): void {
  if (row !== undefined && row.fence !== fence) throw lockLost(row);
}

/** `row`: the one of whoever took over, where it could be read. */
export function lockLost(row?: StateRow): BelayError {
  return failure("lock-lost", `another run${row === undefined ? "" : ` (${row.run})`} took over while this one was not looking`, {
    hint: "this run changes nothing any more; `belay status` shows what the other one does",
    ...(row === undefined ? {} : { facts: { run: row.run, fence: row.fence } }),
  });
}

/** As a row has it. Throws `state-unreadable` for one that a later version wrote. */
export function phaseOf(text: string): Phase {
  const phase = PHASES.find((known) => known === text);
  if (phase !== undefined) return phase;
  throw failure("state-unreadable", `the state row names a phase that this version does not know: ${text}`, {
    hint: "use the version of Belay that made this run",
  });
}
