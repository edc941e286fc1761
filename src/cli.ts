#!/usr/bin/env node
/** The entry of the command line: gives the process to `commandLine` and sets the exit status. */

import { randomBytes } from "node:crypto";

import { commandLine, type TextStream } from "./command-line.ts";
import { onInterrupt } from "./process/signals.ts";

const OLDEST_NODE = 24;

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  process.stderr.write(`Belay needs Node ${OLDEST_NODE} or newer, and this is Node ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await commandLine(process.argv.slice(2), {
    stdout: textStream(process.stdout),
    stderr: textStream(process.stderr),
    variables: process.env,
    cwd: () => process.cwd(),
    now: () => new Date(),
    random: (bytes) => randomBytes(bytes),
    onInterrupt,
    loadPerform: async () => (await import("./wire.ts")).perform,
  });
}

/**
 * A stream that outlives its reader: when `| head` has seen enough, or the log's disk is full, the run goes on to its end and only
 * the rest of the text is lost. What went wrong other than a reader that left is told once, on standard error.
 */
function textStream(stream: NodeJS.WriteStream): TextStream {
  let broken = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (!broken && error.code !== "EPIPE" && stream !== process.stderr)
      process.stderr.write(`belay: the output cannot be written: ${error.message}\n`);
    broken = true;
  });
  return {
    isTerminal: stream.isTTY === true,
    columns: stream.columns,
    write(text) {
      if (!broken && text !== "") stream.write(text);
    },
  };
}
