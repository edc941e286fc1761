/** Was nothing written to a database since a snapshot of it? Told by the rows themselves, at the price of a count. */

import type { Connection } from "./connection.ts";
import type { Content } from "./content.ts";
import { WHOLE } from "./content.ts";
import { fingerprintTables } from "./fingerprint.ts";
import { readLargeObjects } from "./large-objects.ts";
import { writtenSince } from "./row-age.ts";
import { readTables } from "./tables.ts";

/**
 * The number of the first transaction that a snapshot did not see begin, with all of its 64 bits; null where others were running beside
 * it, of which some rows may be older than their commit.
 */
export async function boundaryOf(inSnapshot: Connection): Promise<string | null> {
  const [row] = await inSnapshot.rows(
    `select pg_catalog.txid_snapshot_xmin(s) = pg_catalog.txid_snapshot_xmax(s), pg_catalog.txid_snapshot_xmax(s)::text
     from pg_catalog.txid_current_snapshot() s`,
  );
  return row?.[0] === "t" ? String(row[1]) : null;
}

/**
 * True: every table of this database, the one that the snapshot was of or a copy of its files, has the same rows as the snapshot. Each
 * change makes a row with the number of its transaction, and each removal makes one fewer.
 */
export async function isUnwritten(connection: Connection, content: Content, boundary: string): Promise<boolean> {
  return connection.transaction("begin isolation level repeatable read, read only", async () => hasRowsOf(connection, content, boundary));
}

async function hasRowsOf(connection: Connection, { fingerprints }: Content, boundary: string): Promise<boolean> {
  const tables = await readTables(connection, WHOLE);
  const objects = await readLargeObjects(connection, WHOLE);
  if (tables.length + objects.length !== fingerprints.size) return false;
  const [moment] = await connection.rows("select pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())::text");
  const since = writtenSince(BigInt(boundary), BigInt(moment?.[0] ?? 0), connection.serverVersion);
  for (const { label, from } of tables) {
    const [row] = await connection.rows(`select count(*), count(*) filter (where ${since}) from ${from}`);
    if (row?.[0] !== String(fingerprints.get(label)?.rows) || row[1] !== "0") return false;
  }
  const read = await fingerprintTables(connection, objects); // which transactions wrote them, only superusers may see
  return objects.every(({ label }) => read.get(label)?.whole === fingerprints.get(label)?.whole);
}
