/** What starting a program asks and tells; `spawn.ts` does it. */

import type { CommandLine } from "../domain/command.ts";
import type { StartedProcess } from "../domain/started-process.ts";

export interface SpawnRequest {
  readonly command: CommandLine;
  readonly directory: string;
  /**
   * The whole environment of the program. It goes through a shell, so a variable whose name is no shell name (`A-B`) may not arrive, and
   * PWD is always `directory`.
   */
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** What it is for, in records: `stop`, `migrate`. */
  readonly role: string;
  /** Ends the whole process group: SIGTERM, after 5 s SIGKILL. */
  readonly signal?: AbortSignal;
  readonly output?: (stream: "stdout" | "stderr", text: string) => void;
  /**
   * Told the process group before the program does anything: the child waits at a gate until this promise resolves, and ends by
   * itself when Belay dies before it did.
   */
  readonly record?: (started: StartedProcess) => Promise<void>;
  /** Written to its standard input, which is then closed. Default: empty. */
  readonly input?: string;
}

/**
 * How a program ended. A value for every end, also the bad ones; `spawn` throws only when it cannot be started (`command-not-found`,
 * `command-not-executable`, `directory-missing`, `command-not-started`), when `record` throws, and `process-will-not-end` when it
 * outlives SIGKILL.
 */
export interface CommandEnd {
  readonly status: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly aborted: boolean;
  readonly durationMs: number;
  /** The first 1 MiB of each. */
  readonly stdout: string;
  readonly stderr: string;
  /** It said more than `stdout` or `stderr` hold. */
  readonly truncated: boolean;
  /** Both streams in the order they came, the last 64 kB. */
  readonly tail: string;
}
