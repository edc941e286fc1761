import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What an application does in a process of its own. */
export type ApplicationAct =
  | { readonly act: "open"; readonly file: string }
  /** Opened, and read once: in WAL mode SQLite then knows of it. */
  | { readonly act: "read"; readonly file: string }
  /** A transaction that reads and stays open. */
  | { readonly act: "reading"; readonly file: string }
  /** A transaction that keeps everybody else out. */
  | { readonly act: "lock"; readonly file: string }
  /** Inserts one pair of rows after the other until it is ended: `left(n)` and `right(n)`, always both or neither. */
  | { readonly act: "write"; readonly file: string }
  | { readonly act: "query"; readonly sql: string };

/** Another process with the database; ends when the test lets go of it. */
export class Application implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(act: ApplicationAct): Promise<Application> {
    const child = fork(fileURLToPath(new URL("sqlite-application.ts", import.meta.url)), { serialization: "advanced" });
    const application = new Application(child);
    await application.do(act);
    return application;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  async do(act: ApplicationAct): Promise<unknown> {
    this.#child.send(act);
    const [answer] = await once(this.#child, "message");
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}
