/**
 * Schemas that were moved aside inside the target, where the database itself could not be renamed. As a copy's place such a schema is
 * called `<database>/<schema>`; its comment tells of which schema it was, and from when.
 */

import { refusal } from "../../domain/error.ts";
import { asideName, type RunId } from "../../domain/run-id.ts";
import type { Copy } from "../hold.ts";
import type { Connection } from "./connection.ts";
import { quoteIdentifier, quoteLiteral } from "./identifiers.ts";
import type { Place } from "./place.ts";
import { MOVED_ASIDE } from "./scope.ts";

const NAME_BYTES = 63;
const ASIDE = /_belay_f_([0-9A-HJKMNP-TV-Z]{10})$/;

export function schemaNameAside(schema: string, run: RunId): string {
  return asideName(schema, "failed", run, NAME_BYTES);
}

/** The copy's place: `shop/public_belay_f_…`. */
export function placeOfSchema({ database }: Place, schema: string): string {
  return `${database}/${schema}`;
}

/** The schema that a copy's place names; null where it names a database. */
export function schemaOf({ database }: Place, place: string): string | null {
  return place.startsWith(`${database}/`) ? place.slice(database.length + 1) : null;
}

/** The statement that notes what a schema moved aside is. `madeAt`: ISO 8601, UTC. */
export function noteAside(schema: string, madeAt: string): string {
  return `comment on schema ${quoteIdentifier(schema)} is ${quoteLiteral(`${MOVED_ASIDE}\n${madeAt}`)}`;
}

const SCHEMAS = `select n.nspname, pg_catalog.split_part(pg_catalog.obj_description(n.oid, 'pg_namespace'), E'\\n', 2),
    (select coalesce(sum(pg_catalog.pg_total_relation_size(c.oid)), 0) from pg_catalog.pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'm'))
  from pg_catalog.pg_namespace n where n.nspname ~ '_belay_f_[0-9A-Z]{10}$' and pg_catalog.starts_with(pg_catalog.obj_description(n.oid, 'pg_namespace'), $1)
  order by n.nspname`;

export async function listSchemasAside(place: Place): Promise<readonly Copy[]> {
  await using connection = await place.server.connect({ database: place.database });
  const rows = await connection.rows(SCHEMAS, [MOVED_ASIDE]);
  return rows.map(([name, madeAt, size]) => ({
    kind: "failed" as const,
    place: placeOfSchema(place, String(name)),
    runSuffix: ASIDE.exec(String(name))?.[1] ?? "",
    sizeBytes: Number(size),
    madeAt: String(madeAt),
    evidence: null,
  }));
}

/** Drops a schema that was moved aside. Absent is dropped; refuses what still hangs on it, and every other schema. */
export async function discardSchema(place: Place, copy: string): Promise<void> {
  const schema = schemaOf(place, copy) ?? "";
  await using connection = await place.server.connect({ database: place.database });
  if (!(await exists(connection, schema))) return;
  if (!(await listSchemasAside(place)).some((listed) => listed.place === copy))
    throw refusal("not-a-copy", `${copy} is no schema that Belay moved aside`, {
      hint: "only clones, scratch databases and what was kept aside are dropped",
    });
  await connection.run(`drop schema if exists ${quoteIdentifier(schema)} cascade`);
}

async function exists(connection: Connection, schema: string): Promise<boolean> {
  return (await connection.rows("select 1 from pg_catalog.pg_namespace where nspname = $1", [schema])).length > 0;
}
