/** How long it takes to put the last clone in a database's place, decided and done: what a rollback does once it knows that nothing is lost. */

import { randomBytes } from "node:crypto";

import { makeRunId } from "../../src/domain/run-id.ts";
import { postgresEngine } from "../../src/engine/postgres/engine.ts";
import { postgresOptions, postgresTarget } from "../../test/support/postgres/target.ts";
import type { BenchServer } from "./server.ts";

/** Milliseconds. */
export async function planAndSwap(server: BenchServer, database: string): Promise<number> {
  const run = makeRunId(new Date(), randomBytes(10));
  await using hold = await postgresEngine(postgresOptions()).hold(postgresTarget(server.cluster.owner(database)), 0);
  await hold.writeState({ run, phase: "rolling-back", store: "/bench" });
  const copy = (await hold.copies()).findLast(({ kind }) => kind === "clone");
  if (copy === undefined) throw new Error(`${database} has no clone`);
  const began = performance.now();
  const intent = await hold.planReplacement(copy, run);
  if (intent.strategy !== "swap") throw new Error(`no swap, but ${intent.strategy}: ${intent.why}`);
  await hold.replace(intent);
  return performance.now() - began;
}
