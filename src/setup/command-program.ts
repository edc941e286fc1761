/** Would a command start? Its program is looked for and its grammar read; nothing of it is run. */

import type { CommandLine } from "../domain/command.ts";
import { describeCommand } from "../process/describe-command.ts";
import { findProgram } from "../process/find-program.ts";
import type { CommandEnd, SpawnRequest } from "../process/process.ts";
import { failure } from "../domain/error.ts";

export interface CommandPlace {
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly spawn: (request: SpawnRequest) => Promise<CommandEnd>;
}

const PATIENCE_MS = 5_000;

/** What POSIX shells do themselves (POSIX.1-2024, 2.9.1.4 and 2.15), keywords included. */
const OF_THE_SHELL = new Set(
  ". : [ alias bg break case cd command continue echo eval exec exit export false fc fg for getopts hash if jobs kill printf pwd read readonly return set shift test times trap true type ulimit umask unalias unset until wait while { ( !".split(
    " ",
  ),
);

/** Where its program lies, in words. Throws `command-not-found`, `command-not-executable`, `command-syntax`. */
export async function programOf(command: CommandLine, place: CommandPlace): Promise<string> {
  const path = place.variables["PATH"];
  if ("argv" in command) return findProgram(command.argv[0], place.directory, path);
  await assertGrammar(command.shell, place);
  const word = /^\s*([\w./@+-]+)(?=\s|$)/.exec(command.shell)?.[1];
  if (word === undefined || OF_THE_SHELL.has(word)) return "a command of the shell";
  return findProgram(word, place.directory, path);
}

/** `sh -n` reads a script and runs nothing of it. */
async function assertGrammar(script: string, { directory, variables, spawn }: CommandPlace): Promise<void> {
  const end = await spawn({
    command: { argv: ["/bin/sh", "-n", "-c", script] },
    directory,
    variables,
    timeoutMs: PATIENCE_MS,
    role: "doctor",
  });
  if (end.status === 0) return;
  throw failure("command-syntax", `the shell does not understand ${describeCommand({ shell: script })}: ${end.tail.trim()}`, {
    hint: "mend its quotes and brackets; in belay.yml a command of several lines follows `|`",
  });
}
