/** The dump by itself, into a store, synced and hashed, beside `pg_dump -Fc` into a file. */

import { rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { dumpInto } from "../../src/engine/postgres/dump.ts";
import { findPrograms } from "../../src/engine/postgres/programs.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { openSnapshot } from "../../src/engine/postgres/snapshot.ts";
import { directoryStore } from "../../src/store/directory.ts";
import { compared, type Row } from "../comparison.ts";
import type { Taken } from "../timed.ts";
import type { BenchServer } from "./server.ts";

interface Round {
  readonly ours: Taken;
  readonly theirs: Taken;
  readonly ourBytes: number;
  readonly theirBytes: number;
}

export async function dump(
  server: BenchServer,
  folder: string,
  original: string,
  rounds: number,
  told: (text: string) => void,
): Promise<readonly Row[]> {
  told("PostgreSQL, the dump");
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round++) measured.push(await measure(server, folder, original));
  const size = ({ ourBytes, theirBytes }: Round) => ({ ours: bytes(ourBytes), theirs: bytes(theirBytes) });
  return [
    compared("dump into the store, synced and hashed / pg_dump -Fc", measured, 1 / 3),
    {
      ...compared("… its size / that of pg_dump -Fc", measured.map(size), 1),
      ours: megabytes(measured.at(-1)?.ourBytes),
      theirs: megabytes(measured.at(-1)?.theirBytes),
    },
  ];
}

async function measure(server: BenchServer, folder: string, original: string): Promise<Round> {
  const file = join(folder, "by-hand.dump");
  const theirs = await server.program("pg_dump", ["-Fc", "-f", file], original);
  const theirBytes = statSync(file).size;
  rmSync(file);
  const place = join(folder, "store");
  const began = performance.now();
  const { sizeBytes } = await dumped(server, place, original);
  const ours = { wallMs: performance.now() - began, cpuMs: 0 }; // pg_dump's processor time is nobody's here
  rmSync(place, { recursive: true });
  return { ours, theirs, ourBytes: sizeBytes, theirBytes };
}

async function dumped(server: BenchServer, place: string, database: string) {
  const variables = server.variables(database);
  const at = serverAt(server.cluster.owner(database), variables);
  await using snapshot = await openSnapshot(at, { application: "belay-bench" });
  const call = { server: at, database, application: "belay-bench", variables };
  return await dumpInto({ store: directoryStore(place), folder: "bench" }, await findPrograms(15, variables), call, snapshot.id, {
    sizeBytes: 0,
  });
}

function bytes(count: number): Taken {
  return { wallMs: count, cpuMs: 0 };
}

function megabytes(count = Number.NaN): string {
  return `${(count / 1e6).toFixed(0)} MB`;
}
