/**
 * Entry of the host process. Started by `remote.ts` with the pid of its Belay; answers one call after the other over IPC and ends
 * when Belay goes away, in the middle of a statement too: SQLite then rolls back.
 */

import { Worker } from "node:worker_threads";

import { failure } from "../../domain/error.ts";
import type { HostRequest, HostResponse } from "./host-api.ts";
import { HostDatabase } from "./host-database.ts";
import { packError } from "../../process/portable-error.ts";
import { statementError } from "./sqlite-error.ts";

const belay = Number(process.argv.at(-1));
const database = new HostDatabase(assertWanted);
let last = Promise.resolve();

process.on("disconnect", () => process.exit(1)); // exit runs no commit: open transactions end with the process
process.on("message", (request: HostRequest) => {
  last = last.then(() => serve(request));
});
watchFromAside();

async function serve({ id, call, arguments: given }: HostRequest): Promise<void> {
  const method: (...given: never[]) => unknown = database[call].bind(database);
  try {
    answer({ id, result: await method(...(given as never[])) });
  } catch (error) {
    answer({ id, error: packError(statementError(error, database.file)) });
  }
}

/** An answer that cannot be delivered means that Belay is gone. */
function answer(response: HostResponse): void {
  process.send?.(response, undefined, undefined, (error) => {
    if (error) process.exit(1);
  });
}

function assertWanted(): void {
  if (!process.connected || process.ppid !== belay) throw failure("belay-gone", "Belay ended while its host process worked");
}

/** While SQLite works this thread hears nothing; another one sees that Belay is gone and ends the whole process. */
function watchFromAside(): void {
  const code = `setInterval(() => { if (process.ppid !== ${belay}) process.kill(process.pid, "SIGKILL"); }, 200);`;
  if (process.platform !== "win32") new Worker(code, { eval: true }).unref();
}
