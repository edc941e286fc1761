/** Who has a file open, as far as the system tells (Linux: /proc). */

import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { basename } from "node:path";

import { statIfThere } from "./file-evidence.ts";
import { lockingPids } from "./file-locks.ts";
import { errorCode } from "./place.ts";

export interface FileHolders {
  /** Processes that have the file open, this one left out. */
  readonly pids: readonly number[];
  /** Processes that could not be looked into, and may have it open. */
  readonly hidden: readonly number[];
  /** Everybody who could have it open was asked or stands under `hidden`. */
  readonly everybodyListed: boolean;
}

/** The first PID namespace of a machine; in any other one, processes outside of it are invisible. */
const MACHINE_NAMESPACE = "pid:[4026531836]";
const KERNEL_THREAD = 0x0020_0000;
const ENDED = ["Z", "X"];

/** Who has the file with this `dev:inode` open, under whatever name. Other systems than Linux do not tell: nobody known, not complete. */
export function openHolders(identity: string): FileHolders {
  const processes = listProcesses();
  if (processes === undefined) return { pids: [], hidden: [], everybodyListed: false };
  const others = processes.filter((pid) => pid !== process.pid);
  const looks = others.map((pid) => ({ pid, holds: holds(pid, identity) }));
  const inMachine = isMachineNamespace();
  return {
    pids: looks.filter(({ holds: found }) => found === true).map(({ pid }) => pid),
    hidden: looks.filter(({ pid, holds: found }) => found === "hidden" && !(inMachine && isSupervisor(pid))).map(({ pid }) => pid),
    everybodyListed: existsSync("/proc/1") && (inMachine || isOnOwnRoot(identity)), // with `hidepid` even the first process is missing
  };
}

/** Nobody but those in `pids` has it open, for certain. */
export function isComplete({ hidden, everybodyListed }: FileHolders): boolean {
  return everybodyListed && hidden.length === 0;
}

/** `pid 4711 (python3)` for each process that locks the file or, where no lock is told, has it open. null where the system does not tell. */
export function nameHolders(path: string, except: readonly number[] = []): string | null {
  const stats = statIfThere(path);
  if (stats === undefined) return null;
  const locking = lockingPids(stats);
  const pids = locking.length > 0 ? locking : openHolders(`${stats.dev}:${stats.ino}`).pids;
  const named = [...new Set(pids)].filter((pid) => pid !== process.pid && !except.includes(pid)).map(describeProcess);
  return named.length === 0 ? null : named.join(", ");
}

export function describeProcess(pid: number): string {
  const told = readProc(`${pid}/comm`)?.trim();
  const name = told === "MainThread" ? programOf(pid) : told;
  return name === undefined || name === "" ? `pid ${pid}` : `pid ${pid} (${name})`;
}

/** Node gives its main thread, and with it the process, a name that tells nobody anything. */
function programOf(pid: number): string | undefined {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function listProcesses(): readonly number[] | undefined {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/**
 * The machine's first process starts the others and works on nobody's database. Some (a sandbox's supervisor) keep more rights than root
 * has and let nobody look into them; then, and only for root, that one process is taken at its word. In a container's namespace the first
 * process is the application, and no such thing is assumed.
 */
function isSupervisor(pid: number): boolean {
  return pid === 1 && process.geteuid?.() === 0;
}

function isMachineNamespace(): boolean {
  try {
    return readlinkSync("/proc/self/ns/pid") === MACHINE_NAMESPACE;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** A container sees all users of a file on its own root file system; a volume may be in other containers, too. */
function isOnOwnRoot(identity: string): boolean {
  return identity.startsWith(`${statSync("/", { bigint: true }).dev}:`);
}

function holds(pid: number, identity: string): boolean | "hidden" {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => isFile(`/proc/${pid}/fd/${fd}`, identity));
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ESRCH") return false; // it ended meanwhile
    return isWithoutFiles(pid) ? false : "hidden";
  }
}

function isFile(link: string, identity: string): boolean {
  try {
    if (!readlinkSync(link).startsWith("/")) return false; // a pipe or socket; stat would be wasted on it
    const { dev, ino } = statSync(link, { bigint: true });
    return `${dev}:${ino}` === identity;
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ESRCH") return false; // closed meanwhile
    throw error;
  }
}

/** A kernel thread never had files, and a process that has ended, with all its threads, has them no more. */
function isWithoutFiles(pid: number): boolean {
  const fields = statFields(pid);
  if (fields === undefined) return true;
  const [state = "", , , , , , flags = "0"] = fields;
  return (Number(flags) & KERNEL_THREAD) !== 0 || (ENDED.includes(state) && Number(fields[17]) <= 1);
}

/** Fields of /proc/<pid>/stat from the third (state) on; the name before them may hold spaces and brackets. */
function statFields(pid: number): readonly string[] | undefined {
  const stat = readProc(`${pid}/stat`);
  return stat
    ?.slice(stat.lastIndexOf(")") + 2)
    .trim()
    .split(" ");
}

function readProc(name: string): string | undefined {
  try {
    return readFileSync(`/proc/${name}`, "utf8");
  } catch (error) {
    if (error instanceof Error) return undefined; // no such system, or the process ended
    throw error;
  }
}
