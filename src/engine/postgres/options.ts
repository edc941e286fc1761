import type { StartedProcess } from "../../domain/started-process.ts";

/** What the engine takes from the environment's block and from the process. */
export interface PostgresOptions {
  /** The environment variables: PG…, PATH, HOME. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** `backup.scratch`: address of the server where restores are proven; null: the target's own. */
  readonly scratch: string | null;
  /** `backup.may-lack`: kinds of objects that the restoring role cannot restore, accepted. */
  readonly mayLack: readonly string[];
  /** `lock.database`; null: chosen by rule. */
  readonly lockDatabase: string | null;
  /** `migrate.lock-timeout`, for the session that the `sql` tool writes with. */
  readonly lockTimeoutMs: number;
}

/** Told before a process that works for the run does anything. */
export type RecordProcess = (started: StartedProcess) => Promise<void>;
