/**
 * Real PostgreSQL servers for the tests. Shared ones: one a version and run of the tests, started by whoever asks first, gone with the
 * run, however that ends. Own ones: for tests that stop, kill or fill a server.
 */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { createDatabase, type CreateDatabaseOptions, type TestDatabase } from "./database.ts";
import { programsOf, type Version } from "./programs.ts";
import { psql } from "./psql.ts";
import { logOf, makeServer, startServer, stopServer, type ServerFacts, type Stop } from "./server.ts";

export type { Version } from "./programs.ts";
export type { TestDatabase } from "./database.ts";

/** Who connects: a superuser, or an ordinary role with CREATEDB that owns its database. */
export type As = "superuser" | "owner";

const ROLES: Readonly<Record<As, string>> = { superuser: "postgres", owner: "app" };

/** Set for the whole run of the tests: the folder of its shared clusters, and the process that they must not outlive. */
export const SHARED = { directory: "BELAY_TEST_CLUSTERS", watched: "BELAY_TEST_CLUSTERS_PID" } as const;

export class Cluster {
  readonly facts: ServerFacts;

  constructor(facts: ServerFacts) {
    this.facts = facts;
  }

  get version(): Version {
    return this.facts.version;
  }

  get port(): number {
    return this.facts.port;
  }

  /** Of both roles. */
  get password(): string {
    return this.facts.password;
  }

  /** The directory of its programs. */
  get bin(): string {
    return programsOf(this.facts.version);
  }

  /** The directory of its Unix socket. */
  get socketDirectory(): string {
    return this.facts.directory;
  }

  /** The name of the role. */
  role(as: As): string {
    return ROLES[as];
  }

  /** A URL of the database, as this role. */
  address(database: string, as: As): string {
    return this.addressOf(ROLES[as], database);
  }

  /** The same for a role that a test made, with the cluster's password. */
  addressOf(role: string, database: string, password = this.facts.password): string {
    const encoded = [role, password, database].map(encodeURIComponent);
    return `postgres://${encoded[0]}:${encoded[1]}@127.0.0.1:${this.facts.port}/${encoded[2]}`;
  }

  superuser(database: string): string {
    return this.address(database, "superuser");
  }

  owner(database: string): string {
    return this.address(database, "owner");
  }

  /** SQL through psql as the superuser: unaligned rows, fields by `|`; stops at the first error and throws it. */
  psql(database: string, sql: string): string {
    return psql(this.bin, this.superuser(database), sql);
  }

  /** A fresh database, by default the ordinary role's. */
  createDatabase(options: CreateDatabaseOptions = {}): Promise<TestDatabase> {
    return createDatabase(this, options);
  }

  log(): string {
    return readFileSync(logOf(this.facts), "utf8");
  }
}

export class OwnCluster extends Cluster implements AsyncDisposable {
  /** As `pg_ctl stop -m` does, or `kill` for SIGKILL of the postmaster. */
  async stop(mode: Stop = "fast"): Promise<void> {
    await stopServer(this.facts, mode);
  }

  /** Again, on the same port. */
  async start(): Promise<void> {
    await startServer(this.facts, process.pid, this.facts.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("immediate");
    rmSync(this.facts.directory, { recursive: true, force: true });
  }
}

/** A server of the test's own, with fsync. `settings`: lines of postgresql.conf; `below`: the folder to make it in (a small disk). */
export async function ownCluster(
  version: Version,
  { settings = {}, below = tmpdir() }: { readonly settings?: Readonly<Record<string, string>>; readonly below?: string } = {},
): Promise<OwnCluster> {
  const directory = mkdtempSync(join(below, "belay-own-cluster-"));
  try {
    const own = new OwnCluster(await startServer(makeServer({ version, directory, settings }), process.pid));
    makeRoles(own);
    return own;
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

/** The server of this version that this run of the tests shares. Nobody stops it, or fills it. */
export async function cluster(version: Version): Promise<Cluster> {
  const [directory, watched] = sharedBy();
  const place = join(directory, String(version));
  try {
    mkdirSync(`${place}.lock`);
  } catch {
    return await startedByAnother(place);
  }
  const noted = (outcome: object) => {
    writeFileSync(`${place}.new`, JSON.stringify(outcome));
    renameSync(`${place}.new`, `${place}.json`);
  };
  try {
    // Nothing here is to outlive a crash of the machine.
    const settings = { fsync: "off", full_page_writes: "off", synchronous_commit: "off" };
    const facts = await startServer(makeServer({ version, directory: place, settings }), watched);
    makeRoles(new Cluster(facts));
    noted({ facts });
    return new Cluster(facts);
  } catch (error) {
    noted({ failed: String(error) });
    throw error;
  }
}

async function startedByAnother(place: string): Promise<Cluster> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const outcome = outcomeAt(`${place}.json`);
    if (outcome?.facts !== undefined) return new Cluster(outcome.facts);
    if (outcome?.failed !== undefined) throw new Error(outcome.failed);
    if (Date.now() > deadline) throw new Error(`nobody started the cluster at ${place} within a minute`);
    await sleep(50);
  }
}

function outcomeAt(file: string): { readonly facts?: ServerFacts; readonly failed?: string } | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as { readonly facts?: ServerFacts };
  } catch {
    return null;
  }
}

/** Outside a run of the tests (a script): this process's own. */
function sharedBy(): readonly [directory: string, watched: number] {
  const { [SHARED.directory]: directory, [SHARED.watched]: watched } = process.env;
  if (directory !== undefined && watched !== undefined) return [directory, Number(watched)];
  const made = sharedDirectory();
  process.env[SHARED.directory] = made;
  process.env[SHARED.watched] = String(process.pid);
  return [made, process.pid];
}

/** Another user's server has to get through it. */
export function sharedDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "belay-clusters-"));
  chmodSync(directory, 0o755);
  return directory;
}

function makeRoles(made: Cluster): void {
  made.psql("postgres", `create role ${ROLES.owner} login createdb password '${made.password}'`);
}
