/** One server in a folder of its own: made, started, stopped, killed. */

import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFileSync, chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { asServerUser, programsOf, serverUser, type Version } from "./programs.ts";

const START_MS = 60_000;

/** What is known of a server that runs; plain, so that it can be read by another process. */
export interface ServerFacts {
  readonly version: Version;
  readonly directory: string;
  readonly port: number;
  /** Of both roles; new for every server. */
  readonly password: string;
}

export interface ServerRequest {
  readonly version: Version;
  /** Made; the socket and `data` are in it. */
  readonly directory: string;
  /** Lines of postgresql.conf: `{ max_connections: "20" }`. */
  readonly settings: Readonly<Record<string, string>>;
}

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "'127.0.0.1'",
  max_connections: "200",
  shared_buffers: "64MB",
  // For replication slots and subscriptions, which stay behind when a database is swapped.
  wal_level: "logical",
  max_prepared_transactions: "10",
  log_line_prefix: "'%m [%p] %u@%d %a '",
  timezone: "'America/Toronto'",
  log_timezone: "'UTC'",
};

/** Makes the cluster's files: initdb, its settings, and real passwords on every way in. */
export function makeServer({ version, directory, settings }: ServerRequest): Omit<ServerFacts, "port"> {
  const user = serverUser();
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  chownSync(directory, user.uid, user.gid);
  const password = randomBytes(9).toString("hex");
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  chownSync(passwordFile, user.uid, user.gid);
  const options = { pgdata: join(directory, "data"), username: "postgres", pwfile: passwordFile, auth: "scram-sha-256", encoding: "UTF8" };
  const named = Object.entries({ ...options, locale: "C.UTF-8" }).map(([name, value]) => `--${name}=${value}`);
  const initdb = [join(programsOf(version), "initdb"), ...named, "--no-sync", "--no-instructions"];
  const [program = "", ...args] = asServerUser(user, initdb);
  execFileSync(program, args, { cwd: "/", stdio: ["ignore", "pipe", "pipe"] });
  rmSync(passwordFile);
  const lines = Object.entries({ ...SETTINGS, ...settings }).map(([name, value]) => `${name} = ${value}\n`);
  appendFileSync(join(directory, "data/postgresql.conf"), lines.join(""));
  return { version, directory, password };
}

/** Starts it for as long as the process `watched` lives; returns when it takes connections. */
export async function startServer(made: Omit<ServerFacts, "port">, watched: number, port?: number): Promise<ServerFacts> {
  for (let attempt = 1; ; attempt++) {
    const facts = { ...made, port: port ?? (await freePort()) };
    const failed = await start(facts, watched);
    if (failed === null) return facts;
    // Somebody took the free port in between; the sessions of a killed server are still ending.
    const mayPass = (port === undefined && failed.includes("Address already in use")) || failed.includes("is still in use");
    if (attempt === 20 || !mayPass) throw new Error(`PostgreSQL ${made.version} did not start:\n${failed}`);
    await sleep(100);
  }
}

/** Null when it takes connections, else its log. */
async function start(facts: ServerFacts, watched: number): Promise<string | null> {
  const { directory, port, version } = facts;
  const earlier = postmasterPid(facts);
  rmSync(logOf(facts), { force: true });
  const postgres = [join(programsOf(version), "postgres"), "-D", join(directory, "data"), "-k", directory, "-p", String(port)];
  const logged = ["sh", "-c", 'log=$1; shift; exec "$@" >>"$log" 2>&1', "sh", logOf(facts), ...postgres];
  const supervisor = spawn(join(import.meta.dirname, "supervise"), [String(watched), directory, ...asServerUser(serverUser(), logged)], {
    detached: true,
    stdio: "ignore",
  });
  supervisor.unref();
  const ended = new Promise<boolean>((resolve) => {
    supervisor.on("exit", () => resolve(true));
    supervisor.on("error", () => resolve(true));
  });
  const deadline = Date.now() + START_MS;
  while (!takesConnections(facts, earlier)) {
    if (await Promise.race([ended, sleep(20, false)])) return log(facts);
    if (Date.now() > deadline) throw new Error(`PostgreSQL ${version} takes no connections after ${START_MS} ms:\n${log(facts)}`);
  }
  return null;
}

/** The postmaster says so itself, in the last line of its pid file; a killed one has left its own. */
function takesConnections(facts: ServerFacts, earlier: number | null): boolean {
  return postmasterPid(facts) !== earlier && pidFile(facts)?.[7]?.trim() === "ready";
}

/** Of the postmaster; null: it does not run. */
export function postmasterPid(facts: ServerFacts): number | null {
  const pid = Number(pidFile(facts)?.[0]);
  return pid > 0 ? pid : null;
}

function pidFile({ directory }: ServerFacts): readonly string[] | null {
  try {
    return readFileSync(join(directory, "data/postmaster.pid"), "utf8").split("\n");
  } catch {
    return null;
  }
}

const SIGNALS = { smart: "SIGTERM", fast: "SIGINT", immediate: "SIGQUIT", kill: "SIGKILL" } as const;
export type Stop = keyof typeof SIGNALS;

/** Stops it as `pg_ctl stop -m` would (or by SIGKILL of the postmaster); returns when the process is gone. */
export async function stopServer(facts: ServerFacts, mode: Stop): Promise<void> {
  const pid = postmasterPid(facts);
  if (pid === null) return;
  const deadline = Date.now() + START_MS;
  process.kill(pid, SIGNALS[mode]);
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new Error(`PostgreSQL (pid ${pid}) does not stop:\n${log(facts)}`);
    await sleep(10);
  }
}

function isAlive(pid: number): boolean {
  try {
    // "pid (name) state …"; an ended process that its parent has not asked for yet is a zombie.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

export const logOf = ({ directory }: Pick<ServerFacts, "directory">): string => join(directory, "log");

function log(facts: ServerFacts): string {
  try {
    return readFileSync(logOf(facts), "utf8");
  } catch {
    return "(no log)";
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
