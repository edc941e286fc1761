/** Which database this is. */

import { createHash } from "node:crypto";

import type { Identity } from "../../domain/target.ts";
import { BelayError } from "../../domain/error.ts";
import type { Connection } from "./connection.ts";
import { shownServer, sqlstateOf } from "./postgres-error.ts";

const DENIED = "42501";

/** The cluster's own number; null where this role may not ask. */
async function systemIdentifier(connection: Connection): Promise<string | null> {
  try {
    const [row] = await connection.rows("select system_identifier::text from pg_catalog.pg_control_system()");
    return row?.[0] ?? null;
  } catch (error) {
    if (error instanceof BelayError && sqlstateOf(error) === DENIED) return null;
    throw error;
  }
}

/** Asked outside a transaction: where the role may not ask for the cluster's number, the question would end it. */
export async function readIdentity(connection: Connection): Promise<Identity> {
  const system = await systemIdentifier(connection);
  const [row] = await connection.rows(
    `select d.oid::text, d.datname, coalesce(pg_catalog.inet_server_addr()::text, ''), coalesce(pg_catalog.inet_server_port()::text, ''),
       pg_catalog.pg_postmaster_start_time()::text
     from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()`,
  );
  const [oid, name, address, port, started] = row ?? [];
  const cluster = system ?? `${address}:${port} since ${started}`;
  return { live: `${cluster}/${oid}`, lasting: `${system ?? shownServer(connection.server.settings)}/${name}` };
}

/** What stands for a database in locks: the same for every run and through every swap, as it is made of names that stay. */
export async function lockKey(connection: Connection, database: string): Promise<bigint> {
  const cluster = (await systemIdentifier(connection)) ?? "";
  return createHash("sha256").update(`${cluster}\0${database}`).digest().readBigInt64BE(0);
}
