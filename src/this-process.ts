/** The command line of this process, whichever entry it came in by. */

import { commandLine, type TextStream } from "./command-line.ts";
import { SESSION_WORD } from "./process/own-words.ts";
import { THIS_MACHINE } from "./process/this-machine.ts";
import { VERSION } from "./version.ts";

/** Does what this process was asked by its arguments, and gives the exit status. */
export async function commandLineOfThisProcess(): Promise<number> {
  const [word, directory = null] = process.argv.slice(2);
  if (word === SESSION_WORD) return await sshSession(directory);
  return await commandLine(process.argv.slice(2), {
    stdout: textStream(() => process.stdout),
    stderr: textStream(() => process.stderr),
    variables: process.env,
    cwd: () => process.cwd(),
    ...THIS_MACHINE,
    environmentNames: async (file) => (await import("./config/environment-names.ts")).environmentNames(file, process.cwd()),
    verifyAudit: async (heads) => (await import("./wire/audit.ts")).verifyStore(heads, process.env),
    loadPerform: async () => (await import("./wire.ts")).perform,
  });
}

/** A job of GitHub's talks to this process over ssh, and to nobody else; its ends have their words in that conversation. */
async function sshSession(directory: string | null): Promise<number> {
  const [{ serveThisProcess }, { perform }] = await Promise.all([import("./ssh/session-of-this-process.ts"), import("./wire.ts")]);
  await serveThisProcess(directory, { version: VERSION, perform });
  return 0;
}

/**
 * A stream that outlives its reader: when `| head` has seen enough, or the log's disk is full, the run goes on to its end and only
 * the rest of the text is lost. What went wrong other than a reader that left is told once, on standard error. Opened when it is
 * first used, since that takes as long as the rest of `--help`.
 */
function textStream(open: () => NodeJS.WriteStream): TextStream {
  let opened: NodeJS.WriteStream | undefined;
  let broken = false;
  const stream = () => {
    opened ??= open().on("error", (error: NodeJS.ErrnoException) => {
      if (!broken && error.code !== "EPIPE" && opened !== process.stderr) {
        process.stderr.write(`belay: the output cannot be written: ${error.message}\n`);
      }
      broken = true;
    });
    return opened;
  };
  return {
    isTerminal: () => stream().isTTY === true,
    columns: () => stream().columns,
    write(text) {
      if (!broken && text !== "") stream().write(text);
    },
  };
}
