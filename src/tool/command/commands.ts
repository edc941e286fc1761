/** What the parts of this tool work with, and running one of its commands. */

import type { CommandLine } from "../../domain/command.ts";
import type { CommandMigration } from "../../domain/command-migration.ts";
import { failure, type BelayError } from "../../domain/error.ts";
import type { StartedProcess } from "../../domain/started-process.ts";
import { describeCommand } from "../../process/describe-command.ts";
import type { CommandEnd, SpawnRequest } from "../../process/process.ts";
import { stopIfAborted } from "../stop.ts";

export interface Commands {
  readonly migrations: readonly CommandMigration[];
  readonly run: readonly [string, ...string[]] | null;
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly spawn: (request: SpawnRequest) => Promise<CommandEnd>;
  readonly redact: (text: string) => string;
}

/** Who follows a command that changes something. */
export interface Followed {
  readonly output: (stream: "stdout" | "stderr", text: string) => void;
  readonly signal: AbortSignal;
  readonly recordProcess: (started: StartedProcess) => Promise<void>;
}

/** What usually stands behind a failure, told from what drivers and interpreters say. */
const USUAL: readonly { readonly words: RegExp; readonly code?: string; readonly hint: string }[] = [
  {
    words: /database (?:table )?is locked|SQLITE_BUSY/i,
    code: "database-locked",
    hint: "somebody else has the database: stop the application first (app.stop), or end who holds it",
  },
  {
    words: /canceling statement due to lock timeout|could not obtain lock|deadlock detected|LockNotAvailable|55P03/,
    code: "database-locked",
    hint: "another session has a lock that this needs: stop the application first (app.stop), or end that session",
  },
  {
    words: /permission denied|readonly database|read-only|EACCES/i,
    hint: "the user that runs Belay may not do that: look at owner and mode of the database file, of its folder and of the program (ls -l)",
  },
  {
    words: /No module named|Cannot find module|command not found/i,
    hint: "what it needs is not installed here, or migrate.env withholds a variable that finds it",
  },
];
/** In a trace of calls the error may stand above the calls (Node) or below (Python). */
const TELLING = /error|exception|fatal|locked|denied/i;

/** As long as the run lets it: its signal ends it. */
const NO_LIMIT_MS = Number.MAX_SAFE_INTEGER;

/**
 * Runs a command to a good end. Throws `interrupted` and `timeout`; `tool-timeout`, `tool-failed` and
 * `database-locked` with what it said.
 */
export async function runCommand(
  commands: Commands,
  act: string,
  migration: string,
  { command, timeoutMs }: { readonly command: CommandLine; readonly timeoutMs: number | null },
  followed: Followed | null,
): Promise<CommandEnd> {
  const { directory, variables, spawn, run } = commands;
  const end = await spawn({
    command: behind(run, command),
    directory,
    variables,
    timeoutMs: timeoutMs ?? NO_LIMIT_MS,
    role: "migrate",
    ...(followed === null ? {} : { output: followed.output, signal: followed.signal, record: followed.recordProcess }),
  });
  if (end.aborted && followed !== null) stopIfAborted(followed.signal);
  if (end.status === 0) return end;
  const how = end.timedOut
    ? `no end within ${(timeoutMs ?? 0) / 1000} s`
    : end.status === null
      ? `ended by ${end.signal ?? "a signal"}`
      : `exit status ${end.status}`;
  const usual = USUAL.find(({ words }) => words.test(end.tail));
  const code = end.timedOut ? "tool-timeout" : (usual?.code ?? "tool-failed");
  throw commandFailure(code, `${act} ${migration}: ${how} of ${describeCommand(command)}`, commands, migration, end, usual?.hint);
}

/** An error with what the command said that tells most. */
export function commandFailure(
  code: string,
  message: string,
  { redact, directory }: Commands,
  migration: string,
  end: CommandEnd,
  hint?: string,
): BelayError {
  const said = tellingLines(redact(end.tail));
  return failure(code, said === "" ? `${message}; it said nothing` : `${message}\n${said}`, {
    hint: hint ?? `try it by hand in ${directory}`,
    facts: { migration },
  });
}

function behind(run: Commands["run"], command: CommandLine): CommandLine {
  if (run === null) return command;
  return { argv: [...run, ...("shell" in command ? ["sh", "-e", "-c", command.shell] : command.argv)] };
}

/** The last lines, and of those above the last three that speak of an error. */
function tellingLines(text: string): string {
  const lines = text.trimEnd().split("\n");
  const errors = lines.slice(0, -5).filter((line) => TELLING.test(line));
  return [...errors.slice(-3), ...lines.slice(-5)].join("\n");
}
