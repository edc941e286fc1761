/** The proof by reading: every byte in the store is read, and the rows of every table in it are counted. */

import type { Readable } from "node:stream";

import { runProgram } from "../../process/program.ts";
import type { BackupWork, BeforeState, Told } from "./backup.ts";
import type { Connection } from "./connection.ts";
import { rowsDiffer } from "./content.ts";
import { CopyCounter, tableKey } from "./copy-counter.ts";
import { decompressed, metered } from "./dump.ts";
import { LARGE_OBJECTS, labelOf } from "./labels.ts";
import { callOf } from "./program-call.ts";
import { unproven } from "./prove-restored.ts";

/** Throws `backup-unproven`, naming the first table whose rows in the dump are not those of the snapshot. */
export async function proveByReading(work: BackupWork, stored: () => Promise<Readable>, before: BeforeState, told: Told): Promise<void> {
  const { call, programs } = work;
  const counter = new CopyCounter();
  const request = callOf(call, [programs.restore, "--data-only", "--file=-"], "reading the dump back", "backup-unproven");
  for await (const bytes of runProgram({ ...request, input: metered(decompressed(await stored(), unproven), told) })) counter.push(bytes);
  if (!counter.whole) throw unproven("the dump ends inside a table");
  for (const [label, { rows }] of before.content.fingerprints) {
    const dumped = (before.parts.get(label) ?? []).map((part) => counter.rows.get(part));
    const found = label === LARGE_OBJECTS ? counter.largeObjects : dumped.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    if (found !== rows) throw unproven(rowsDiffer(label, rows, found));
  }
}

export type Parts = ReadonlyMap<string, readonly string[]>;

/** What the dump calls the tables that hold a table's rows: itself, or its partitions. By label. */
export async function readParts(connection: Connection): Promise<Parts> {
  const rows = await connection.rows(`
    select rn.nspname, r.relname, pn.nspname, p.relname
    from pg_catalog.pg_class r join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
    cross join lateral (select r.oid as relid where r.relkind = 'r' union all
      select t.relid::oid from pg_catalog.pg_partition_tree(r.oid) t where r.relkind = 'p' and t.isleaf) parts
    join pg_catalog.pg_class p on p.oid = parts.relid join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
    where r.relkind in ('r', 'p')`);
  const parts = new Map<string, string[]>();
  for (const [rootSchema, root, schema, name] of rows) {
    const label = labelOf(String(rootSchema), String(root));
    parts.set(label, [...(parts.get(label) ?? []), tableKey(String(schema), String(name))]);
  }
  return parts;
}
