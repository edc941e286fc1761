import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { AppMode } from "./http-app.ts";

/** The application's script, for tests whose `app.start` runs it. */
export const HTTP_APP = fileURLToPath(new URL("./http-app.ts", import.meta.url));

export interface RunningApp extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

/** Starts the application on a database and waits until it can be asked. */
export async function startHttpApp(database: string, mode: AppMode = "works", port = 0): Promise<RunningApp> {
  const child = spawn(process.execPath, [HTTP_APP, database, String(port), mode], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = String((await lines.next()).value);
  const [, listening] = /^listening on (\d+)$/.exec(line) ?? [];
  if (listening === undefined || child.pid === undefined) throw new Error(`the application did not start: ${line}`);
  return {
    url: `http://127.0.0.1:${listening}`,
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
