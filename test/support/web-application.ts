import { createServer } from "node:net";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";

import type { Production } from "./production.ts";
import { HTTP_APP } from "./start-http-app.ts";
import type { AppMode } from "./http-app.ts";

export interface WebApplication extends Disposable {
  /** The `app:` block of belay.yml. */
  readonly app: string;
  readonly url: string;
  /** What the page answers; null where nobody listens. */
  ask(): Promise<{ readonly status: number; readonly body: string } | null>;
}

/** A web application on the project's database, with its own commands: the new version starts in `mode`, the previous one works. */
export async function webApplication(project: Production, mode: AppMode): Promise<WebApplication> {
  const port = await freePort();
  project.write(
    "application",
    `#!/bin/sh
: > http.log
"${process.execPath}" "${HTTP_APP}" "${project.forPrograms}" ${port} "$1" >> http.log 2>&1 &
echo $! > app.pid
until grep -q listening http.log; do kill -0 $!; sleep 0.02; done
`,
  );
  project.write(
    "stop",
    `#!/bin/sh
[ -e app.pid ] || exit 0
pid=$(cat app.pid)
kill "$pid"
while grep -qs '^State:[[:space:]]*[^Z[:space:]]' "/proc/$pid/status"; do sleep 0.02; done
rm app.pid
`,
  );
  const url = `http://127.0.0.1:${port}/login`;
  return {
    app: `app:
  stop: echo stop >> app.log; ./stop
  start: echo start >> app.log; ./application ${mode}
  previous: echo previous >> app.log; ./application works
`,
    url,
    async ask() {
      try {
        const response = await fetch(url);
        return { status: response.status, body: await response.text() };
      } catch (error) {
        if (error instanceof TypeError) return null;
        throw error;
      }
    },
    [Symbol.dispose]() {
      const file = join(project.directory, "app.pid");
      if (existsSync(file)) process.kill(Number(readFileSync(file, "utf8")), "SIGKILL");
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return address.port;
}
