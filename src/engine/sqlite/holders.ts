/** Who has a file open, and who locks it, as far as the system tells (Linux: /proc). */

import { readdirSync, readFileSync, readlinkSync, statSync, existsSync } from "node:fs";
import { basename } from "node:path";

import { statIfThere } from "./file-evidence.ts";
import { errorCode } from "./place.ts";

export interface FileHolders {
  /** Processes that have the file open, this one left out. */
  readonly pids: readonly number[];
  /** Every process of the machine could be looked into: nobody else has it open. */
  readonly complete: boolean;
}

/** The first PID namespace of a machine; in any other one, processes outside of it are invisible. */
const MACHINE_NAMESPACE = "pid:[4026531836]";
const KERNEL_THREAD = 0x0020_0000;

/** Who has the file with this `dev:inode` open, under whatever name. Other systems than Linux do not tell: nobody known, not complete. */
export function openHolders(identity: string): FileHolders {
  const processes = listProcesses();
  if (processes === undefined) return { pids: [], complete: false };
  const others = processes.filter((pid) => pid !== process.pid);
  const looks = others.map((pid) => ({ pid, holds: holds(pid, identity) }));
  return {
    pids: looks.filter(({ holds: found }) => found === true).map(({ pid }) => pid),
    complete: seesEveryUser(identity) && looks.every(({ holds: found }) => found !== "hidden"),
  };
}

/** `pid 4711 (python3)` for each process that locks the file or, where no lock is told, has it open. null where the system does not tell. */
export function nameHolders(path: string, except: readonly number[] = []): string | null {
  const stats = statIfThere(path);
  if (stats === undefined) return null;
  const locking = lockingPids(stats.dev, stats.ino);
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
 * Are all processes that could have this file open among those that /proc shows? In the machine's own PID namespace they are. In a
 * container's, only for a file on the container's own root file system: a volume may be in other containers, too.
 */
function seesEveryUser(identity: string): boolean {
  try {
    if (!existsSync("/proc/1")) return false; // with `hidepid` even the first process is missing
    return readlinkSync("/proc/self/ns/pid") === MACHINE_NAMESPACE || identity.startsWith(`${statSync("/", { bigint: true }).dev}:`);
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

function holds(pid: number, identity: string): boolean | "hidden" {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => isFile(`/proc/${pid}/fd/${fd}`, identity));
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ESRCH") return false; // it ended meanwhile
    return isKernelThread(pid) ? false : "hidden";
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

function isKernelThread(pid: number): boolean {
  return (Number(statFields(pid)?.[6] ?? 0) & KERNEL_THREAD) !== 0;
}

/** Fields of /proc/<pid>/stat from the third (state) on; the name before them may hold spaces and brackets. */
function statFields(pid: number): readonly string[] | undefined {
  const stat = readProc(`${pid}/stat`);
  return stat
    ?.slice(stat.lastIndexOf(")") + 2)
    .trim()
    .split(" ");
}

/** `/proc/locks`: `1: POSIX ADVISORY WRITE 4711 fd:01:1234 0 EOF`. Overlay file systems show another device: then the inode alone counts. */
function lockingPids(dev: bigint, ino: bigint): readonly number[] {
  const locks = (readProc("locks") ?? "").matchAll(/^\d+: POSIX .* (\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /gm);
  const found = [...locks].filter(([, , , , inode]) => inode === `${ino}`);
  const exact = found.filter(
    ([, , major, minor]) =>
      major !== undefined && minor !== undefined && BigInt(`0x${major}`) === majorOf(dev) && BigInt(`0x${minor}`) === minorOf(dev),
  );
  return (exact.length > 0 ? exact : found).map(([, pid]) => Number(pid)).filter((pid) => pid > 0);
}

function majorOf(dev: bigint): bigint {
  return ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
}

function minorOf(dev: bigint): bigint {
  return (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
}

function readProc(name: string): string | undefined {
  try {
    return readFileSync(`/proc/${name}`, "utf8");
  } catch (error) {
    if (error instanceof Error) return undefined; // no such system, or the process ended
    throw error;
  }
}
