/** Was nothing written to a database since a snapshot of it? Told by the rows themselves, at the price of a count. */

import type { Connection } from "./connection.ts";
import type { Content } from "./content.ts";
import { WHOLE } from "./content.ts";
import { fingerprintTables } from "./fingerprint.ts";
import { readLargeObjects } from "./large-objects.ts";
import { readTables } from "./tables.ts";

/**
 * The number of the first transaction that a snapshot did not see begin, as rows carry it; null where others were running beside it, of
 * which some rows may be older than their commit.
 */
export async function boundaryOf(inSnapshot: Connection): Promise<string | null> {
  const [row] = await inSnapshot.rows(
    `select pg_catalog.txid_snapshot_xmin(s) = pg_catalog.txid_snapshot_xmax(s), (pg_catalog.txid_snapshot_xmax(s) % 4294967296)::text
     from pg_catalog.txid_current_snapshot() s`,
  );
  return row?.[0] === "t" ? String(row[1]) : null;
}

/**
 * True: every table of this database, the one that the snapshot was of or a copy of its files, has the same rows as the snapshot. Each
 * change makes a row with the number of its transaction, and each removal makes one fewer.
 */
export async function isUnwritten(connection: Connection, { fingerprints }: Content, boundary: string): Promise<boolean> {
  const tables = await readTables(connection, WHOLE);
  const objects = await readLargeObjects(connection, WHOLE);
  if (tables.length + objects.length !== fingerprints.size) return false;
  for (const { label, from } of tables) {
    const [row] = await connection.rows(
      `select count(*), count(*) filter (where pg_catalog.age(xmin) between 0 and pg_catalog.age('${boundary}'::xid)) from ${from}`,
    );
    if (row?.[0] !== String(fingerprints.get(label)?.rows) || row[1] !== "0") return false;
  }
  const read = await fingerprintTables(connection, objects); // which transactions wrote them, only superusers may see
  return objects.every(({ label }) => read.get(label)?.whole === fingerprints.get(label)?.whole);
}
