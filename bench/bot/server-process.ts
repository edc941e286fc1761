/** A server in a process of its own, so that who measures it does not take its processor. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";

export class ServerProcess implements AsyncDisposable {
  readonly url: string;
  /** From the start of the process until it listened. */
  readonly startedMs: number;
  readonly #child: ChildProcessByStdio<null, Readable, null>;

  private constructor(child: ChildProcessByStdio<null, Readable, null>, port: number, startedMs: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}`;
    this.startedMs = startedMs;
  }

  /** `entry`: a script that prints a line of JSON with its `port` when it listens. */
  static async start(entry: string, variables: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const begun = performance.now();
    const env = { PATH: process.env["PATH"] ?? "", ...variables };
    const child = spawn(process.execPath, [entry], { env, stdio: ["ignore", "pipe", "inherit"] });
    const port = await portTold(child.stdout);
    child.stdout.resume();
    return new ServerProcess(child, port, performance.now() - begun);
  }

  /** Megabytes that it holds now. Linux only: elsewhere nothing tells. */
  residentMB(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    return (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024) / 1e6;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit");
  }
}

async function portTold(stdout: Readable): Promise<number> {
  let said = "";
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    said += String(chunk);
    const found = /"port":(\d+)/.exec(said);
    if (found !== null) return Number(found[1]);
  }
  throw new Error(`the server ended before it listened: ${said}`);
}
