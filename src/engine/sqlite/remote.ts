/** Belay's side of the host process: starts it, calls it, ends it. */

import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { isSea } from "node:sea";
import { fileURLToPath } from "node:url";

import { BelayError, failure, messageOf } from "../../domain/error.ts";
import type { StartedProcess } from "../../domain/started-process.ts";
import { startedProcess } from "../../process/process-status.ts";
import { HOST_WORD, UNPACK_VARIABLES } from "../../process/own-words.ts";
import type { HostApi, HostRequest, HostResponse } from "./host-api.ts";
import { unpackError } from "../../process/portable-error.ts";

export interface RemoteOptions {
  /** Told the process before it opens anything. */
  readonly recordProcess?: (started: StartedProcess) => Promise<void>;
  /** Ends the host at once, in the middle of a statement too; every call then throws the signal's reason, or `interrupted`. */
  readonly signal?: AbortSignal;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** After `close`: time for the last checkpoint. */
const CLOSE_MS = 60_000;

export class Remote implements AsyncDisposable {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #signal: AbortSignal | undefined;
  readonly #kill = () => this.kill();
  #calls = 0;
  #ended: Error | undefined;

  private constructor(child: ChildProcess, pid: number, signal: AbortSignal | undefined) {
    this.pid = pid;
    this.#child = child;
    this.#signal = signal;
    this.#exited = new Promise((resolve) => void child.on("exit", resolve));
    child.on("message", (response: HostResponse) => this.#settle(response));
    child.on("exit", (status, by) => this.#fail(endOf(status, by, signal)));
    child.on("error", this.#kill); // a message that could not be delivered, to a host that just ended: its callers hear of that end
    signal?.addEventListener("abort", this.#kill);
  }

  static async start(file: string, options: RemoteOptions = {}): Promise<Remote> {
    options.signal?.throwIfAborted();
    const child = fork(hostEntry(), [String(process.pid)], {
      detached: true,
      serialization: "advanced",
      execArgv: [],
      env: hostEnvironment(),
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    if (child.pid === undefined) {
      const [cause] = (await once(child, "error")) as readonly unknown[];
      throw failure("host-not-started", `${process.execPath} could not be started: ${messageOf(cause)}`, {
        hint: "the system may be out of processes or memory",
        cause,
      });
    }
    const remote = new Remote(child, child.pid, options.signal);
    try {
      await options.recordProcess?.(startedProcess(child.pid, "engine"));
      await remote.call("open", file);
      return remote;
    } catch (error) {
      await remote.end();
      throw error;
    }
  }

  async call<Call extends keyof HostApi>(call: Call, ...given: Parameters<HostApi[Call]>): Promise<ReturnType<HostApi[Call]>> {
    if (this.#ended !== undefined) throw this.#ended;
    const request: HostRequest = { id: this.#calls++, call, arguments: given };
    const result = new Promise<unknown>((resolve, reject) => this.#waiting.set(request.id, { resolve, reject }));
    this.#child.send(request);
    return (await result) as ReturnType<HostApi[Call]>;
  }

  /** There is nobody left to call: SQLite has undone, or will undo, what was not committed. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** It works on something, which somebody may have stopped to wait for. */
  get busy(): boolean {
    return this.#waiting.size > 0;
  }

  /** Ends it at once. SQLite rolls back what was not committed. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Kills it and waits until it is gone. */
  async end(): Promise<void> {
    this.kill();
    await this.#exited;
  }

  /**
   * Lets it close the database, then go. A host that ended by itself has told its callers already; one that still works on what nobody
   * waits for any more (a query that took too long) would not hear that it shall close.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.busy) await this.end();
    const late = setTimeout(this.#kill, CLOSE_MS);
    try {
      if (this.#ended === undefined) await this.call("close");
    } catch (error) {
      if (error !== this.#ended) throw error;
    } finally {
      if (this.#child.connected) this.#child.disconnect();
      await this.#exited;
      clearTimeout(late);
      this.#signal?.removeEventListener("abort", this.#kill);
    }
  }

  #settle(response: HostResponse): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if ("error" in response) waiting?.reject(unpackError(response.error));
    else waiting?.resolve(response.result);
  }

  #fail(error: Error): void {
    this.#ended = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function endOf(status: number | null, by: string | null, signal: AbortSignal | undefined): Error {
  if (signal?.aborted === true) {
    return signal.reason instanceof BelayError
      ? signal.reason
      : failure("interrupted", "the work on the database was interrupted; what was not committed is undone", { cause: signal.reason });
  }
  return failure("host-ended", `the process that works on the database ended by itself (${by ?? `status ${status}`})`, {
    hint: "the system may have run out of memory; what was not committed is undone",
    facts: { status, signal: by },
  });
}

/**
 * Beside this module: `host.ts` in the source tree, `sqlite-host.js` in the bundle, whose chunks all lie in one folder. The single
 * executable starts itself, and its entry knows the word.
 */
function hostEntry(): string {
  if (isSea()) return HOST_WORD;
  return fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./host.ts" : "./sqlite-host.js", import.meta.url));
}

/** The host needs no secret; only where SQLite may put its temporary files, and where the single executable may unpack SQLite. */
function hostEnvironment(): NodeJS.ProcessEnv {
  const passed = ["TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR", "SystemRoot", ...UNPACK_VARIABLES];
  return Object.fromEntries(passed.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}
