/** Whether a target could be brought back at all, told before anything depends on it: by a rename, or by its schemas. Only looks. */

import type { Connection } from "./connection.ts";
import { databaseNamed } from "./database-record.ts";
import type { Place } from "./place.ts";
import { lastingObstacle, passingObstacle } from "./replacement.ts";
import { obstaclesToMove } from "./schema-obstacles.ts";
import { schemasOf } from "./way-schemas.ts";

export interface NoWayBack {
  /** Both reasons, as part of a sentence. */
  readonly why: string;
  /** What keeps the database from being renamed may be gone once the application is stopped. */
  readonly mayPass: boolean;
  /** This role has nothing that it could migrate: whoever runs the migration may well have a way. */
  readonly onlyReads: boolean;
}

const SHOWN = 5;

/** null: one of the two ways is open, as things are. */
export async function noWayBack(connection: Connection, place: Place): Promise<NoWayBack | null> {
  const row = await databaseNamed(connection, place.database);
  if (row === undefined) return null;
  const lasting = await lastingObstacle(connection, place, row);
  const rename = lasting ?? (await passingObstacle(connection, row));
  if (rename === null) return null;
  const oids = (await schemasOf(connection, place)).map(({ oid }) => oid);
  const obstacles = await obstaclesToMove(connection, oids);
  if (obstacles.length === 0) return null;
  const more = obstacles.length - SHOWN;
  const named = `${obstacles.slice(0, SHOWN).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
  return {
    why: `${place.database} cannot be renamed (${rename}), nor can its schemas be moved aside (${named})`,
    mayPass: lasting === null,
    onlyReads: await ownsNone(connection, oids),
  };
}

const OWNS_NOTHING = `select count(*) > 0 and not coalesce(bool_or(pg_catalog.pg_has_role(c.relowner, 'USAGE')), false)
  from pg_catalog.pg_class c where c.relnamespace = any ($1::oid[]) and c.relkind in ('r', 'p')`;

/** No table of the target belongs to this role, so that it is not the one that migrates: what it may and may not says nothing of that one. */
export async function ownsNothing(connection: Connection, place: Place): Promise<boolean> {
  return ownsNone(
    connection,
    (await schemasOf(connection, place)).map(({ oid }) => oid),
  );
}

async function ownsNone(connection: Connection, schemas: readonly string[]): Promise<boolean> {
  const [row] = await connection.rows(OWNS_NOTHING, [`{${schemas.join(",")}}`]);
  return row?.[0] === "t";
}
