/** Tenants that could not go back alone, as others depend on what is in them: known before anything is changed. */

import { refusal } from "../../domain/error.ts";
import type { Target } from "../../domain/target.ts";
import { firstOf } from "../../domain/words.ts";
import type { Connection } from "./connection.ts";
import type { Place } from "./place.ts";
import { obstaclesToMove } from "./schema-obstacles.ts";

const SHOWN = 10;

/** The shared schema goes back with its whole database, so that what the others have of it is no obstacle. Refuses with `tenants-bound`. */
export async function refuseBoundTenants(connection: Connection, place: Place, tenants: readonly Target[]): Promise<void> {
  const alone = tenants.flatMap(({ tenant }) => (tenant === undefined || tenant.shared ? [] : [tenant.schema]));
  if (alone.length === 0) return;
  const rows = await connection.rows("select oid::text from pg_catalog.pg_namespace where nspname = any ($1::text[])", [alone]);
  const obstacles = await obstaclesToMove(
    connection,
    rows.map(([oid]) => String(oid)),
    "alone",
  );
  if (obstacles.length === 0) return;
  throw refusal("tenants-bound", `tenants of ${place.database} could not go back alone: ${firstOf(obstacles, SHOWN, "; ")}`, {
    hint: "let no schema of a tenant be used from outside of it: what several of them need belongs into the shared schema (tenants.shared)",
    facts: { obstacles: [...obstacles] },
  });
}
