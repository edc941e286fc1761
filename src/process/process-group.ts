/** Process groups that a run started: does one live, and ending it for good. */

import { setTimeout as pause } from "node:timers/promises";
import { failure } from "../domain/error.ts";
import type { StartedProcess } from "../domain/started-process.ts";
import { allProcesses, processSpace, type ProcessStatus } from "./process-status.ts";

/** After SIGTERM, before SIGKILL. */
const GRACE_MS = 5_000;
/** After SIGKILL: only a process stuck in the kernel (a dead network file system) is still there then. */
const KILLED_WAIT_MS = 30_000;
const POLL_MS = 20;

/** Is the recorded process alive, or anybody of its group? A later process that was given the same number is not it. */
export function isAlive(started: StartedProcess): boolean {
  return lookUp(started).kind === "ours";
}

/**
 * Ends a process group that a run recorded and left behind: SIGTERM, after 5 s SIGKILL, until nobody of it is left.
 * `gone`: nobody was left; `not-ours`: the number belongs to somebody else by now, or was given in another container, who is left in
 * peace. Throws `process-unclear` where the system cannot tell the two apart, `process-not-permitted` where the group is another
 * user's, `process-will-not-end` when it outlives SIGKILL. May be repeated.
 */
export async function endGroup(started: StartedProcess): Promise<"gone" | "ended" | "not-ours"> {
  const whose = lookUp(started);
  if (whose.kind !== "ours") return whose.kind;
  await endUntilGone(
    (signal) => sendSignal(whose.leads ? -started.pid : started.pid, signal),
    () => isAlive(started),
    started,
  );
  return "ended";
}

/** Ends a group that this process itself started and has not let go of, so that its number cannot be anybody else's. */
export async function endOwnGroup(pid: number, role: string): Promise<void> {
  await endUntilGone(
    (signal) => sendSignal(-pid, signal),
    () => groupLives(pid),
    { pid, role },
  );
}

/** Somebody of the group is alive; those that have ended and merely wait to be looked at do not count. */
export function groupLives(group: number): boolean {
  const processes = allProcesses();
  if (processes !== undefined) return processes.some((other) => other.group === group && !other.zombie);
  return sendSignal(-group, 0);
}

async function endUntilGone(
  send: (signal: NodeJS.Signals) => boolean,
  lives: () => boolean,
  who: { readonly pid: number; readonly role: string },
): Promise<void> {
  send("SIGTERM");
  // A stopped process hears nothing until it goes on.
  send("SIGCONT");
  if (await waitUntil(() => !lives(), GRACE_MS)) return;
  send("SIGKILL");
  if (await waitUntil(() => !lives(), KILLED_WAIT_MS)) return;
  throw failure(
    "process-will-not-end",
    `ending process group ${who.pid} (${who.role}): it is still there ${KILLED_WAIT_MS / 1000} s after SIGKILL`,
    {
      hint: `see what holds it with "ps -o pid,stat,wchan:32,cmd -g ${who.pid}"; a network file system that does not answer is the usual reason`,
      facts: { pid: who.pid, role: who.role },
    },
  );
}

type Owner = { readonly kind: "gone" | "not-ours" } | { readonly kind: "ours"; readonly leads: boolean };

/** Whose is this number now? `ours` is alive; `leads`: a whole group carries the number, not only one process. */
function lookUp(started: StartedProcess): Owner {
  const processes = allProcesses();
  const space = processSpace();
  if (started.startTime === null || processes === undefined || space === undefined) return withoutProc(started);

  const [, ticks = "", boot, namespace] = /^(\d+)(?:@([^/]+)\/(.+))?$/.exec(started.startTime) ?? [];
  if (ticks === "") return { kind: "not-ours" };
  if (boot !== undefined && boot !== space.boot) return { kind: "gone" };
  if (namespace !== undefined && namespace !== space.namespace) return { kind: "not-ours" };
  return among(processes, started.pid, BigInt(ticks));
}

function among(processes: readonly ProcessStatus[], pid: number, startTicks: bigint): Owner {
  const leader = processes.find((other) => other.pid === pid);
  // The system gives no number away while a group carries it: another process under this number means that the group is gone.
  if (leader !== undefined && leader.startTicks !== startTicks) return { kind: "not-ours" };
  if (leader !== undefined && leader.group !== pid) return leader.zombie ? { kind: "gone" } : { kind: "ours", leads: false };
  // The group was made as a session of its own, so whoever is in it without a leader carries the number as session, too.
  const ours = (other: ProcessStatus) =>
    other.group === pid && (leader !== undefined || (other.session === pid && other.startTicks >= startTicks));
  return processes.some((other) => ours(other) && !other.zombie) ? { kind: "ours", leads: true } : { kind: "gone" };
}

/** Without /proc a number that is free proves that the process is gone; one that is taken proves nothing. */
function withoutProc(started: StartedProcess): Owner {
  if (!sendSignal(-started.pid, 0) && !sendSignal(started.pid, 0)) return { kind: "gone" };
  throw failure(
    "process-unclear",
    `process ${started.pid} (${started.role}) may be left from a run that died, and this system does not tell whether it is`,
    {
      hint: `look with "ps -p ${started.pid}"; if it belongs to the run, end it, then run the same command again`,
      facts: { pid: started.pid, role: started.role },
    },
  );
}

/** False when there is nobody to send it to. */
function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ESRCH") return false;
    throw failure("process-not-permitted", `sending ${signal} to process ${Math.abs(pid)}: it belongs to another user`, {
      hint: "run Belay as the user of the run that started it, or end it by hand",
      cause: error,
      facts: { pid: Math.abs(pid) },
    });
  }
}

async function waitUntil(holds: () => boolean, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() >= deadline) return false;
    await pause(POLL_MS);
  }
  return true;
}
