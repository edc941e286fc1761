/** Keyed fingerprints of every column of a large table, beside counting its rows and beside the digest that people write by hand. */

import { compared, type Pair, type Row } from "../comparison.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { fingerprintTables } from "../../src/engine/postgres/fingerprint.ts";
import { readTables } from "../../src/engine/postgres/tables.ts";
import type { Taken } from "../timed.ts";
import type { BenchServer } from "./server.ts";

const BY_HAND = "select md5(string_agg(md5(b::text), '' order by id)) from public.bookings b";
const COUNT = "select count(*) from public.bookings";

export async function fingerprints(
  server: BenchServer,
  original: string,
  rounds: number,
  told: (text: string) => void,
): Promise<readonly Row[]> {
  told("PostgreSQL, fingerprints");
  await using connection = await serverAt(server.cluster.owner(original), {}).connect();
  const tables = (await readTables(connection, { schemas: null })).filter(({ label }) => label === "bookings");
  const measured: { readonly keyed: Taken; readonly count: Taken; readonly byHand: Taken }[] = [];
  for (let round = 1; round <= rounds; round++) {
    measured.push({
      count: await timed(() => connection.rows(COUNT)),
      keyed: await timed(() => fingerprintTables(connection, tables)),
      byHand: await timed(() => connection.rows(BY_HAND)),
    });
  }
  const pairs = (theirs: "count" | "byHand"): Pair[] => measured.map((round) => ({ ours: round.keyed, theirs: round[theirs] }));
  return [
    compared("keyed fingerprint of every column / count(*)", pairs("count"), 10),
    compared("keyed fingerprint of every column / md5(string_agg(md5(row)))", pairs("byHand"), 1 / 5),
  ];
}

/** The server's processor time is not this process's. */
async function timed(work: () => Promise<unknown>): Promise<Taken> {
  const began = performance.now();
  await work();
  return { wallMs: performance.now() - began, cpuMs: 0 };
}
