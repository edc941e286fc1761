/** Crash points: every call of a run that makes something durable or changes a name, and killing the run at one of them. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import type { Ended, Project } from "./project.ts";

/**
 * The calls that change what a crash leaves behind. Step boundaries need no list of their own: every step lies between two journal
 * entries, every phase begins with one, and each entry is an fsync of the journal's file in the main thread.
 */
const CALLS = "fsync,fdatasync,sync_file_range,msync,rename,renameat,renameat2,link,linkat,unlink,unlinkat";

/** The `at`th call of this name in this thread. */
export interface CrashPoint {
  readonly thread: string;
  readonly call: string;
  readonly at: number;
  /** For people: the call as strace wrote it, with the project's folder as `.`. */
  readonly text: string;
}

const PRELOAD = fileURLToPath(new URL("faults-attach.ts", import.meta.url));

/** What can be started under strace: a project, or a step in a job of one. */
export type Traceable = Pick<Project, "start" | "directory">;

interface Traced {
  readonly ended: Ended;
  readonly logs: ReadonlyMap<string, readonly string[]>;
}

/** Runs a command to its end and lists every point that it passed. */
export async function listPoints(
  project: Traceable,
  args: readonly string[],
): Promise<{ readonly ended: Ended; readonly points: readonly CrashPoint[] }> {
  const { ended, logs } = await traced(project, args, null);
  const points = [...logs].flatMap(([thread, lines]) => {
    const seen = new Map<string, number>();
    return lines.flatMap((line) => {
      const call = /^(\w+)\(/.exec(line)?.[1];
      if (call === undefined) return [];
      const at = (seen.get(call) ?? 0) + 1;
      seen.set(call, at);
      return [{ thread, call, at, text: line.replaceAll(project.directory, ".") }];
    });
  });
  return { ended, points };
}

/** SIGKILL as the call of the point begins, so that it does not happen any more. Throws when the run never came there. */
export async function killAt(project: Traceable, args: readonly string[], point: CrashPoint): Promise<Ended> {
  const { ended, logs } = await traced(project, args, { thread: point.thread, what: `${point.call}:signal=SIGKILL:when=${point.at}` });
  const lines = logs.get(point.thread) ?? [];
  const calls = lines.filter((line) => line.startsWith(`${point.call}(`));
  if (calls.length !== point.at || calls.at(-1)?.endsWith("= ?") !== true)
    throw new Error(`the run never came to ${describePoint(point)}: ${lines.slice(-3).join(" | ")}\n${ended.stderr}`);
  return ended;
}

/** Lets a call of a thread fail from its `at`th time on, once or for good. Tells how often it did. */
export async function failAt(
  project: Traceable,
  args: readonly string[],
  {
    thread,
    call,
    at,
    error,
    forGood,
  }: { readonly thread: string; readonly call: string; readonly at: number; readonly error: string; readonly forGood: boolean },
): Promise<{ readonly ended: Ended; readonly failures: number }> {
  const { ended, logs } = await traced(project, args, { thread, what: `${call}:error=${error}:when=${at}${forGood ? "+" : ""}` });
  return { ended, failures: (logs.get(thread) ?? []).filter((line) => line.endsWith("(INJECTED)")).length };
}

export function describePoint({ thread, call, at, text }: CrashPoint): string {
  return `${thread} ${call} #${at}: ${text}`;
}

async function traced(
  project: Traceable,
  args: readonly string[],
  inject: { readonly thread: string; readonly what: string } | null,
): Promise<Traced> {
  const folder = mkdtempSync(join(tmpdir(), "belay-strace-"));
  try {
    const { ended } = project.start(args, {
      program: [process.execPath, "--import", PRELOAD],
      env: { UV_THREADPOOL_SIZE: "1", BELAY_TEST_STRACE: JSON.stringify({ logs: folder, calls: CALLS, inject }) },
    });
    const end = await ended;
    const logs = new Map<string, readonly string[]>();
    for (const thread of readdirSync(folder)) logs.set(thread, await linesOf(join(folder, thread)));
    if (logs.size === 0) throw new Error(`strace wrote nothing: ${end.stderr}`);
    return { ended: end, logs };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** strace writes its last line a moment after the thread ended: how it ended, or the call in which it was killed. */
async function linesOf(file: string): Promise<readonly string[]> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; await pause(2)) {
    const lines = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("---"));
    if (/^\+\+\+|= \?$/.test(lines.at(-1) ?? "")) return lines;
  }
  throw new Error(`strace does not come to an end: ${readFileSync(file, "utf8").slice(-500)}`);
}
