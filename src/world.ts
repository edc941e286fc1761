import type { Progress } from "./domain/progress.ts";

/** Everything that a command takes from outside; it enters at the edge, so that tests can give their own. */
export interface World {
  /** Where Belay was started. */
  readonly cwd: string;
  /** The environment variables, as the process got them. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** So many unpredictable bytes. */
  readonly random: (bytes: number) => Uint8Array;
  readonly progress: Progress;
  /** Aborted by SIGINT and SIGTERM: the run stops what it started, undoes and reports. */
  readonly signal: AbortSignal;
  readonly belayVersion: string;
  /** In a GitHub workflow, where its rules hold (no store in the checkout, grants by the bot). */
  readonly onGitHub: boolean;
}
