/** What the system tells of its processes: Linux's `/proc`. Elsewhere nothing is known, and says so by `undefined`. */

import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import type { StartedProcess } from "../domain/started-process.ts";

export interface ProcessStatus {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks since boot. */
  readonly startTicks: bigint;
  /** It has ended; only its number is left, until its parent looks. */
  readonly zombie: boolean;
}

/** Which count of ticks and which numbering of processes: after a reboot, or in another container, equal numbers mean nothing. */
export interface ProcessSpace {
  readonly boot: string;
  readonly namespace: string;
}

/** One process; undefined when there is none with this number, or the system does not tell. */
export function statusOf(pid: number): ProcessStatus | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The second field is the program's name in parentheses, which may itself hold spaces and parentheses; proc(5).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, parent, group, session] = fields;
  const startTicks = fields[19];
  if (state === undefined || startTicks === undefined) return undefined;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    startTicks: BigInt(startTicks),
    zombie: state === "Z" || state === "X",
  };
}

/** All processes that can be seen; undefined where the system does not tell. */
export function allProcesses(): readonly ProcessStatus[] | undefined {
  let names: readonly string[];
  try {
    names = readdirSync("/proc");
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  const found = names.filter((name) => /^\d+$/.test(name)).map((name) => statusOf(Number(name)));
  const processes = found.filter((status) => status !== undefined);
  return processes.length === 0 ? undefined : processes;
}

/** Where this process lives; undefined where the system does not tell. */
export function processSpace(): ProcessSpace | undefined {
  const boot = readProc("/proc/sys/kernel/random/boot_id");
  if (boot === undefined) return undefined;
  return { boot: boot.trim(), namespace: readlinkSync("/proc/self/ns/pid").replace(/\D/g, "") };
}

/** A process as records keep it. Its start time is `<ticks>@<boot id>/<process namespace>`, null where the system does not tell. */
export function startedProcess(pid: number, role: string): StartedProcess {
  const status = statusOf(pid);
  const space = processSpace();
  const startTime = status === undefined || space === undefined ? null : `${status.startTicks}@${space.boot}/${space.namespace}`;
  return { pid, startTime, role };
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** A process may end between being listed and being read: ENOENT when opened, ESRCH when read. */
function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH");
}
