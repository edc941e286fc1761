/** A real pgbouncer before a cluster, in transaction mode. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Cluster } from "./cluster.ts";
import { asServerUser, serverUser } from "./programs.ts";
import { freePort } from "./server.ts";

export interface Pooler extends AsyncDisposable {
  readonly port: number;
}

export async function pgbouncer(cluster: Cluster, mode: "transaction" | "session" = "transaction"): Promise<Pooler> {
  const directory = mkdtempSync(join(tmpdir(), "belay-pgbouncer-"));
  const port = await freePort();
  const user = serverUser();
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text, { mode: 0o600 });
    chownSync(join(directory, name), user.uid, user.gid);
  };
  chmodSync(directory, 0o755);
  chownSync(directory, user.uid, user.gid);
  write("users", [cluster.role("owner"), cluster.role("superuser")].map((role) => `"${role}" "${cluster.password}"\n`).join(""));
  write(
    "pgbouncer.ini",
    `[databases]
* = host=127.0.0.1 port=${cluster.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(directory, "users")}
pool_mode = ${mode}
default_pool_size = 4
ignore_startup_parameters = extra_float_digits,options
`,
  );
  const [program = "", ...args] = asServerUser(user, ["/usr/sbin/pgbouncer", join(directory, "pgbouncer.ini")]);
  const child = spawn(program, args, { cwd: "/", stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (log += text));
  for (const deadline = Date.now() + 10_000; !log.includes("process up"); await sleep(20)) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`pgbouncer did not start: ${log}`);
  }
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exited;
      rmSync(directory, { recursive: true });
    },
  };
}
