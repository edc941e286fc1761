import type { CheckConfig } from "../domain/check.ts";
import type { CheckPhase, CheckResult } from "../domain/result.ts";
import type { Session } from "../domain/session.ts";
import type { StartedProcess } from "../domain/started-process.ts";

/** A query's whole result as text that survives a journal: numbers as exact decimals, NULL as null. */
export interface RecordedRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly RecordedValue[])[];
}

export type RecordedValue = { readonly text: string; readonly number: boolean } | null;

/** What a check asks of the world. Everything that is not there makes the check an error, never a pass. */
export interface CheckContext {
  readonly phase: CheckPhase;
  /** null in the health phase, when the application has the database. */
  readonly session: Session | null;
  /** What the check's query gave in the before-state, by check name; for `unchanged` and `increases-by`. */
  readonly baseline: ReadonlyMap<string, RecordedRows>;
  /** Where command checks start. */
  readonly directory: string;
  /** The whole environment of command checks. */
  readonly variables: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Told the process group of a command check before it does anything. */
  readonly record?: (started: StartedProcess) => Promise<void>;
}

export interface CheckReport {
  readonly result: CheckResult;
  /** What a SQL check read, to become a baseline; null for others and for a query that failed. */
  readonly recorded: RecordedRows | null;
}

/** Runs one check. Never throws for what the check finds or cannot find: that is a failed check whose `actual` says what happened. Throws only when aborted. */
export type RunCheck = (check: CheckConfig, context: CheckContext) => Promise<CheckReport>;

export type { CheckConfig };
