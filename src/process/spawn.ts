/** Starting programs: each in a process group of its own, behind a gate, with bounded output and a bounded time. */

import { stat } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { failure, messageOf } from "../domain/error.ts";
import { CapturedOutput } from "./captured-output.ts";
import { findProgram } from "./find-program.ts";
import { launchGated, passGate, type Exit, type Waiting } from "./gated-child.ts";
import { leaveToDrain, type OutputPipe } from "./output-pipe.ts";
import { endOwnGroup } from "./process-group.ts";
import type { CommandEnd, SpawnRequest } from "./process.ts";

/** The longest time that Node's timers know; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** How long a pipe must be silent, after its program ended, to be somebody else's: a server that was left in the background. */
const SILENCE_MS = 20;
const LONGEST_DRAIN_MS = 1_000;

/** Runs a program to its end. What it leaves in the background in good order stays; after a timeout or an abort its whole group goes. */
export async function spawn(request: SpawnRequest): Promise<CommandEnd> {
  const argv = await resolveProgram(request);
  const output = new CapturedOutput((stream, text) => request.output?.(stream, text));
  if (isAborted(request)) return commandEnd({ status: null, signal: null }, "aborted", 0, output);

  const child = await launchGated(argv, { ...request, withInput: request.input !== undefined });
  const [out, err] = child.pipes;
  listen(out, "stdout", output);
  listen(err, "stderr", output);
  child.input?.end(request.input);
  if (!(await passGate(child, request))) return commandEnd({ status: null, signal: null }, "aborted", 0, output);

  const began = performance.now();
  const { exit, cut } = await untilExit(child, request);
  const durationMs = performance.now() - began;
  await drain(child, output, cut !== null);
  return commandEnd(exit, cut, durationMs, output);
}

/** The program and its arguments, no shell in between; its path looked up before anything is started. */
async function resolveProgram({ command, directory, variables }: SpawnRequest): Promise<readonly string[]> {
  const place = await stat(directory).catch((error: unknown) => messageOf(error));
  if (typeof place === "string" || !place.isDirectory()) {
    throw failure(
      "directory-missing",
      `starting a command in ${directory}: ${typeof place === "string" ? place : "it is not a directory"}`,
      {
        hint: "commands start in the directory of belay.yml",
      },
    );
  }
  if ("shell" in command) return ["/bin/sh", "-e", "-c", command.shell];
  const [program, ...rest] = command.argv;
  return [await findProgram(program, directory, variables["PATH"]), ...rest];
}

function listen({ reader }: OutputPipe, stream: "stdout" | "stderr", output: CapturedOutput): void {
  reader.on("data", (bytes: Buffer) => output.add(stream, bytes));
  reader.once("error", (error) => output.add(stream, Buffer.from(`\nBelay could not read on: ${error.message}\n`)));
}

type Cut = "aborted" | "timed-out";

async function untilExit({ pid, exited }: Waiting, request: SpawnRequest): Promise<{ readonly exit: Exit; readonly cut: Cut | null }> {
  const { promise: cut, resolve } = Promise.withResolvers<Cut>();
  const abort = () => resolve("aborted");
  const timer = setTimeout(() => resolve("timed-out"), Math.min(request.timeoutMs, LONGEST_TIMER_MS));
  request.signal?.addEventListener("abort", abort);
  try {
    const first = await Promise.race([exited, cut]);
    if (typeof first !== "string") return { exit: first, cut: null };
    await endOwnGroup(pid, request.role);
    return { exit: await exited, cut: first };
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener("abort", abort);
  }
}

/** Reads what is there. A pipe that stays open belongs to somebody whom the program left in the background. */
async function drain({ pipes }: Waiting, output: CapturedOutput, everybodyIsGone: boolean): Promise<void> {
  const isOpen = ({ reader }: OutputPipe) => !reader.closed;
  const ended = performance.now();
  let seenBytes = -1;
  let silentSince = ended;
  while (pipes.some(isOpen)) {
    const now = performance.now();
    if (output.seenBytes !== seenBytes) silentSince = now;
    if (now - silentSince > SILENCE_MS || now - ended > LONGEST_DRAIN_MS) break;
    seenBytes = output.seenBytes;
    await pause(1);
  }
  for (const { reader } of pipes.filter(isOpen)) {
    reader.removeAllListeners("data");
    if (everybodyIsGone) reader.destroy();
    else leaveToDrain(reader);
  }
  output.end();
}

function isAborted({ signal }: SpawnRequest): boolean {
  return signal?.aborted === true;
}

function commandEnd(exit: Exit, cut: Cut | null, durationMs: number, output: CapturedOutput): CommandEnd {
  const { stdout, stderr, truncated, tail } = output;
  return { ...exit, timedOut: cut === "timed-out", aborted: cut === "aborted", durationMs, stdout, stderr, truncated, tail };
}
