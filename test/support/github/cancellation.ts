/** How a job ends before its steps do, and how what they left running ends after it. */

import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const UNTIL_TERMINATE_MS = 7500;
const UNTIL_KILL_MS = 2500;

/** Only the process that the runner started is told; what that one started hears of it from there, until the whole tree is ended. */
export function cancelAsRunner(child: ChildProcess, scale: number): void {
  child.kill("SIGINT");
  const terminate = setTimeout(() => child.kill("SIGTERM"), UNTIL_TERMINATE_MS * scale);
  const kill = setTimeout(() => killTree(child.pid ?? -1), (UNTIL_TERMINATE_MS + UNTIL_KILL_MS) * scale);
  child.on("exit", () => [terminate, kill].forEach(clearTimeout));
}

/** Ends a process and all that it started. */
export function killTree(pid: number): void {
  descendants(pid).forEach(end);
}

/** Ends every process that has this variable, `NAME=value`. */
export function endProcessesOf(variable: string): void {
  for (const pid of processes()) if (ofProcess(pid, "environ").split("\0").includes(variable)) end(pid);
}

/** The process itself last. */
function descendants(pid: number): number[] {
  const children = processes().filter((each) => parentOf(each) === pid);
  return [...children.flatMap(descendants), pid];
}

function processes(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function parentOf(pid: number): number | null {
  const stat = ofProcess(pid, "stat");
  return stat === "" ? null : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

/** Empty for a process that has ended, or is another user's. */
function ofProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && ["ENOENT", "ESRCH", "EACCES"].includes(String(error.code))) return "";
    throw error;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
