/** A server in a process of its own, so that who measures it does not take its processor. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";

const COLLECTOR = new URL("collect-garbage.ts", import.meta.url).href;
/** Long enough for a signal to arrive and a collection to end. */
const COLLECTION_MS = 300;

export class ServerProcess implements AsyncDisposable {
  readonly url: string;
  /** From the start of the process until it listened. */
  readonly startedMs: number;
  readonly #child: ChildProcessByStdio<null, Readable, null>;

  readonly #metricsUrl: string;

  private constructor(child: ChildProcessByStdio<null, Readable, null>, { port, metrics }: Ports, startedMs: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}`;
    this.#metricsUrl = `http://127.0.0.1:${metrics}/metrics`;
    this.startedMs = startedMs;
  }

  /** `entry`: a script that prints a line of JSON with its `port`, and that of its metrics, when it listens. */
  static async start(entry: string, variables: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const begun = performance.now();
    const env = { PATH: process.env["PATH"] ?? "", ...variables };
    const child = spawn(process.execPath, ["--import", COLLECTOR, entry], { env, stdio: ["ignore", "pipe", "inherit"] });
    const ports = await portsTold(child.stdout);
    child.stdout.resume();
    return new ServerProcess(child, ports, performance.now() - begun);
  }

  /** Megabytes that it holds now. Linux only: elsewhere nothing tells. */
  residentMB(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    return (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024) / 1e6;
  }

  /** Megabytes of its JavaScript that something still needs. */
  async heapMB(): Promise<number> {
    this.#child.kill("SIGUSR2");
    await pause(COLLECTION_MS);
    const numbers = await (await fetch(this.#metricsUrl)).text();
    return Number(/^belay_bot_heap_bytes (\d+)$/m.exec(numbers)?.[1]) / 1e6;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
  }
}

interface Ports {
  readonly port: number;
  /** NaN: it has none. */
  readonly metrics: number;
}

async function portsTold(stdout: Readable): Promise<Ports> {
  let said = "";
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    said += String(chunk);
    const found = /"port":(\d+).*\n/.exec(said);
    if (found !== null) return { port: Number(found[1]), metrics: Number(/"metrics":(\d+)/.exec(said)?.[1]) };
  }
  throw new Error(`the server ended before it listened: ${said}`);
}
