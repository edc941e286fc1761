import type { CommandLine } from "../domain/command.ts";

/** A command as people would write it, on one line; for messages only, never to be run. */
export function describeCommand(command: CommandLine): string {
  const text =
    "shell" in command
      ? command.shell
      : command.argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
  return text.trim().replace(/\s*\n\s*/g, "; ");
}
