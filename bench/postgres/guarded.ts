/** Backup, whole guarded migration and rollback on PostgreSQL, beside what a runbook does by hand: pg_dump, and pg_restore. */

import { rmSync } from "node:fs";
import { join } from "node:path";

import pg from "pg";

import type { Result } from "../../src/domain/result.ts";
import { absolute, compared, type Pair, type Row } from "../comparison.ts";
import { MemoryWatch } from "../memory-watch.ts";
import { Site } from "../site.ts";
import { type Taken, together } from "../timed.ts";
import type { BenchServer } from "./server.ts";
import { planAndSwap } from "./swap.ts";

const MIGRATION = `alter table bookings add column review text;
create table reviews(id bigint generated always as identity primary key, booking_id bigint not null references bookings(id), stars int);
`;

interface Round {
  /** `pg_dump -Fc`. */
  readonly dump: Taken;
  readonly restore: Taken;
  readonly backup: Taken;
  readonly read: Taken;
  readonly restored: Taken;
  readonly steps: Readonly<Record<"read" | "restored", Result>>;
  readonly rollbackMs: number;
  readonly swapMs: number;
  readonly refusedMs: number;
  readonly peakMb: number;
}

export async function guarded(
  server: BenchServer,
  folder: string,
  original: string,
  rounds: number,
  told: (text: string) => void,
): Promise<readonly Row[]> {
  const site = new Site(join(folder, "guarded"));
  site.write("migrations/001_bench.sql", MIGRATION);
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    told(`PostgreSQL, guarded migration: round ${round} of ${rounds}`);
    measured.push(await measure(server, site, original));
  }
  const pairs = (of: (round: Round) => Pair) => measured.map(of);
  return [
    compared(
      "belay backup, proof: read / pg_dump -Fc",
      pairs(({ backup, dump }) => ({ ours: backup, theirs: dump })),
      null,
    ),
    compared(
      "guarded migration, proof: read, template clone / pg_dump -Fc alone",
      pairs(({ read, dump }) => ({ ours: read, theirs: dump })),
      1,
    ),
    compared(
      "guarded migration, proof: restore / pg_dump -Fc, then pg_restore -j2",
      pairs(({ restored, dump, restore }) => ({ ours: restored, theirs: together([dump, restore]) })),
      1,
    ),
    compared(
      "rollback by swap, decided and done / pg_restore -j2",
      pairs(({ swapMs, restore }) => ({ ours: { wallMs: swapMs, cpuMs: 0 }, theirs: restore })),
      1 / 100,
    ),
    absolute(
      "… with counting what was written since",
      measured.map(({ rollbackMs }) => rollbackMs),
      "ms",
      null,
    ),
    absolute(
      "… connections are refused for",
      measured.map(({ refusedMs }) => refusedMs),
      "ms",
      100,
    ),
    absolute(
      "peak memory of a guarded migration: all processes of Belay's side together",
      measured.map(({ peakMb }) => peakMb),
      "MB",
      200,
    ),
    ...(["read", "restored"] as const).flatMap((proof) => stepsOf(proof, measured)),
  ];
}

async function measure(server: BenchServer, site: Site, original: string): Promise<Round> {
  await server.reset("shop", original);
  rmSync(join(site.directory, "backups"), { recursive: true, force: true });
  const file = join(site.directory, "by-hand.dump");
  const dump = await server.program("pg_dump", ["-Fc", "-f", file], "shop");
  await server.reset("by_hand");
  const restore = await server.program("pg_restore", ["-j2", "-d", "by_hand", file], "by_hand");
  await server.reset("by_hand");

  configure(site, "read");
  const backup = await belay(server, site, ["backup", "prod"]);
  const watch = new MemoryWatch();
  const { result: byReading, ...read } = await belay(server, site, ["migrate", "prod"], (pid) => watch.start(pid));
  const peak = watch.stop();

  const client = Connecting.to(server.cluster.owner("shop"));
  const { result: rolledBack } = await belay(server, site, ["rollback", "prod"]);
  const refusedMs = await client.stop();

  configure(site, "restore");
  const { result: byRestoring, ...restored } = await belay(server, site, ["migrate", "prod", "--again", "the next measurement"]);
  return {
    dump,
    restore,
    backup,
    read,
    restored,
    steps: { read: byReading, restored: byRestoring },
    rollbackMs: expectSwap(rolledBack),
    swapMs: await planAndSwap(server, "shop"),
    refusedMs,
    peakMb: peak.together,
  };
}

function configure(site: Site, proof: "read" | "restore"): void {
  site.write(
    "belay.yml",
    `environments:\n  prod:\n    target: { url: "\${DATABASE_URL}" }\n    migrate: { tool: sql, directory: migrations }\n    backup: { store: ./backups, proof: ${proof} }\n`,
  );
}

async function belay(server: BenchServer, site: Site, args: readonly string[], started?: (pid: number) => void) {
  server.cluster.psql("postgres", "checkpoint");
  return site.belayJson(args, { variables: server.variables("shop"), ...(started === undefined ? {} : { started }) });
}

function expectSwap(result: Result): number {
  const rollback = result.targets[0]?.rollback;
  if (rollback?.strategy !== "swap") throw new Error(`went back by ${rollback?.strategy} and not by a swap: ${rollback?.why}`);
  return rollback.durationMs;
}

/** A client that connects again and again: the longest time in which it could not. */
class Connecting {
  readonly #address: string;
  #stopped = false;
  #longest = 0;
  #loop: Promise<void> = Promise.resolve();

  static to(address: string): Connecting {
    const client = new Connecting(address);
    client.#loop = client.#run();
    return client;
  }

  private constructor(address: string) {
    this.#address = address;
  }

  /** Milliseconds. */
  async stop(): Promise<number> {
    this.#stopped = true;
    await this.#loop;
    return this.#longest;
  }

  async #run(): Promise<void> {
    let refusedSince: number | null = null;
    while (!this.#stopped) {
      const began = performance.now();
      if (await connects(this.#address)) {
        if (refusedSince !== null) this.#longest = Math.max(this.#longest, performance.now() - refusedSince);
        refusedSince = null;
      } else {
        refusedSince ??= began;
      }
    }
  }
}

async function connects(address: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: address });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

function stepsOf(proof: "read" | "restored", rounds: readonly Round[]): Row[] {
  const all = rounds.map(({ steps }) => steps[proof].targets[0]?.steps ?? []);
  const names = all[0]?.filter(({ durationMs }) => durationMs >= 50).map(({ name }) => name) ?? [];
  const msOf = (name: string) => all.map((steps) => steps.find((step) => step.name === name)?.durationMs ?? 0);
  return names.map((name) => absolute(`… proof: ${proof === "read" ? "read" : "restore"}: step ${name}`, msOf(name), "ms", null));
}
