/**
 * Loaded before Belay (`node --import`), so that strace watches exactly one of its threads, or each with a log of its own: the main
 * thread, the one of Node's pool, and every SQLite host in the order in which they are started. strace counts a call per thread, so
 * "the fifth fsync of the second host" then names one moment of the run. Belay itself is the one that is built, untouched.
 */

import childProcess, { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";

interface Order {
  /** Where the logs go, one for each thread. */
  readonly logs: string;
  /** The calls to watch. */
  readonly calls: string;
  /** What strace does to the one thread that is named; null to watch all of them. */
  readonly inject: { readonly thread: string; readonly what: string } | null;
}

const text = process.env["BELAY_TEST_STRACE"];
if (text === undefined) throw new Error("BELAY_TEST_STRACE does not say what to do");
const order = JSON.parse(text) as Order;

attach("main", process.pid);
attach("pool", await poolThread());
watchHosts();

/** UV_THREADPOOL_SIZE is 1, so that the pool's calls have one order; its thread is there after the first call. */
async function poolThread(): Promise<number> {
  const before = new Set(readdirSync("/proc/self/task"));
  await stat("/");
  const [thread, another] = readdirSync("/proc/self/task").filter((id) => !before.has(id));
  if (thread === undefined || another !== undefined) throw new Error("the pool's thread cannot be told");
  return Number(thread);
}

/** A host does nothing until it is told to, and it cannot be told before `fork` returned. */
function watchHosts(): void {
  const { fork } = childProcess;
  let hosts = 0;
  childProcess.fork = ((...given: Parameters<typeof fork>) => {
    const child = fork(...given);
    if (child.pid !== undefined) attach(`host-${++hosts}`, child.pid);
    return child;
  }) as typeof fork;
  syncBuiltinESMExports();
}

function attach(thread: string, id: number): void {
  if (order.inject !== null && order.inject.thread !== thread) return;
  const what = order.inject === null ? [] : ["-e", `inject=${order.inject.what}`];
  const args = ["-q", "-y", "-e", "signal=none", "-e", `trace=${order.calls}`, ...what, "-o", join(order.logs, thread), "-p", String(id)];
  const tracer = spawn("strace", args, { stdio: ["ignore", "ignore", "inherit"], detached: true });
  tracer.unref();
  const deadline = performance.now() + 10_000;
  while (!/^TracerPid:\t[1-9]/m.test(readFileSync(`/proc/${id}/status`, "utf8"))) {
    if (performance.now() > deadline) throw new Error(`strace does not attach to ${thread}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }
}
