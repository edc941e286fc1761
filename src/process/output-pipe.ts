/**
 * Real pipes for a child's output. Node's own are socket pairs, through which a program cannot open `/dev/stderr` or `/dev/stdout` again
 * ("No such device or address"), as scripts often do.
 */

import { execFileSync, spawn } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SYSTEM_PATH = "/usr/bin:/bin";

export interface OutputPipe {
  /** For the child; to be closed here once it has been started. */
  readonly writeEnd: number;
  readonly reader: Socket;
}

/** Two pipes that have no name any more when this returns. */
export function openOutputPipes(): readonly [OutputPipe, OutputPipe] {
  const folder = mkdtempSync(join(tmpdir(), "belay-pipes-"));
  try {
    const names = [join(folder, "out"), join(folder, "err")] as const;
    // PATH says where a team's programs are; this one is the system's
    execFileSync("mkfifo", ["-m", "600", ...names], { stdio: ["ignore", "ignore", "pipe"], env: { PATH: SYSTEM_PATH } });
    return [openPipe(names[0]), openPipe(names[1])];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function openPipe(name: string): OutputPipe {
  // The reading end first and without blocking: opening either end otherwise waits for the other.
  const readEnd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(name, constants.O_WRONLY);
  return { writeEnd, reader: new Socket({ fd: readEnd, readable: true, writable: false }) };
}

export function closeWriteEnds(pipes: readonly OutputPipe[]): void {
  for (const { writeEnd } of pipes) closeSync(writeEnd);
}

/**
 * Lets go of a pipe that somebody still writes to. A server started in the background would die of a closed pipe at its next line, so a
 * `cat` of its own keeps reading, into nothing, for as long as the server lives.
 */
export function leaveToDrain(reader: Socket): void {
  const drain = spawn("cat", [], { stdio: [reader, "ignore", "ignore"], detached: true, cwd: "/", env: { PATH: SYSTEM_PATH } });
  drain.unref();
  drain.once("spawn", () => reader.destroy());
  // A system without cat: the next best is to read on while Belay lives.
  drain.once("error", () => reader.resume().unref());
}
