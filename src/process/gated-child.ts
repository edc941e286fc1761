/** A child in a process group of its own that does nothing until it was recorded. */

import { spawn as startChild } from "node:child_process";
import { Writable } from "node:stream";
import { failure } from "../domain/error.ts";
import type { StartedProcess } from "../domain/started-process.ts";
import { closeWriteEnds, openOutputPipes, type OutputPipe } from "./output-pipe.ts";
import { startedProcess } from "./process-status.ts";

/**
 * Waits at the gate, then becomes the program. A pipe that ends without a word means that Belay died before it had recorded this group:
 * nothing happens then. `$1` names the variables that a shell adds by itself, to be taken out again.
 */
const GATE = 'IFS= read -r belay_gate <&3 && [ "$belay_gate" = go ] || exit 125; exec 3<&-; unset belay_gate $1; shift; exec "$@"';
const ADDED_BY_SHELLS = ["PWD", "OLDPWD", "SHLVL"];

export interface GatedRequest {
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Give it a standard input to write to; else it is empty. */
  readonly withInput: boolean;
}

export interface Exit {
  readonly status: number | null;
  readonly signal: string | null;
}

/** A program that waits at its gate. */
export interface Waiting {
  readonly pid: number;
  readonly gate: Writable;
  readonly input: Writable | null;
  /** Standard output and standard error. */
  readonly pipes: readonly [OutputPipe, OutputPipe];
  readonly exited: Promise<Exit>;
}

/** Throws `command-not-started`. */
export async function launchGated(argv: readonly string[], { directory, variables, withInput }: GatedRequest): Promise<Waiting> {
  const pipes = openOutputPipes();
  const unwanted = ADDED_BY_SHELLS.filter((name) => !(name in variables)).join(" ");
  const child = startChild("/bin/sh", ["-c", GATE, "belay-gate", unwanted, ...argv], {
    cwd: directory,
    env: { ...variables },
    detached: true,
    stdio: [withInput ? "pipe" : "ignore", pipes[0].writeEnd, pipes[1].writeEnd, "pipe"],
  });
  closeWriteEnds(pipes);
  const exited = new Promise<Exit>((resolve) => child.once("exit", (status, signal) => resolve({ status, signal })));
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) => reject(notStarted(argv, cause)));
  });
  const gate = child.stdio[3];
  if (child.pid === undefined || !(gate instanceof Writable)) throw notStarted(argv, new Error("the system gave it no number or no gate"));
  for (const stream of [gate, child.stdin]) stream?.once("error", ignoreDeafReader);
  return { pid: child.pid, gate, input: child.stdin, pipes, exited };
}

export interface GateRules {
  readonly role: string;
  readonly record?: ((started: StartedProcess) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Records the group, then lets the program begin. False, and nobody is left, where the run was aborted meanwhile; throws what `record` throws. */
export async function passGate(child: Waiting, { role, record, signal }: GateRules): Promise<boolean> {
  try {
    await record?.(startedProcess(child.pid, role));
  } catch (error) {
    await turnAway(child);
    throw error;
  }
  if (signal?.aborted === true) {
    await turnAway(child);
    return false;
  }
  child.gate.end("go\n");
  return true;
}

/** Ends a program that must not run: its gate closes without a word. */
async function turnAway({ gate, exited, pipes }: Waiting): Promise<void> {
  gate.destroy();
  await exited;
  for (const { reader } of pipes) reader.destroy();
}

/** A program need not read what it is given, and one that died at the gate says so by its end; anything else is a defect. */
function ignoreDeafReader(error: Error): void {
  if (!("code" in error) || (error.code !== "EPIPE" && error.code !== "ECONNRESET")) throw error;
}

function notStarted(argv: readonly string[], cause: Error): Error {
  return failure("command-not-started", `starting ${argv[0]}: ${cause.message}`, {
    hint: "the system would not start another process; see its limits (ulimit -a)",
    cause,
  });
}
