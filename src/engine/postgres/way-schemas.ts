/**
 * Where a database cannot be renamed: its schemas are moved aside inside of it, and new ones are filled from the copy, all in one
 * transaction. The database keeps its oid, its sessions and what is bound to it; whoever looks sees the old data or the new.
 */

import { refusal } from "../../domain/error.ts";
import type { RunId } from "../../domain/run-id.ts";
import type { Copy } from "../engine.ts";
import type { Connection } from "./connection.ts";
import { openCopy } from "./copies.ts";
import { fingerprintLargeObjects } from "./large-objects.ts";
import type { Place } from "./place.ts";
import { obstaclesToMove } from "./schema-obstacles.ts";
import { schemaNameAside } from "./schemas-aside.ts";
import { userSchemas } from "./scope.ts";

/** A schema of the target when the replacement begins, and the name that it gets. */
export interface MovedSchema {
  readonly oid: string;
  readonly name: string;
  readonly aside: string;
}

export interface SchemaNames {
  readonly moved: readonly MovedSchema[];
  /** The schemas of the copy, which come in their place. */
  readonly made: readonly string[];
}

/** `obstacle`: why the database itself cannot be renamed. Refuses with `replacement-impossible` where the schemas cannot be moved either. */
export async function planSchemas(place: Place, copy: Copy, run: RunId, obstacle: string): Promise<SchemaNames> {
  await using target = await place.server.connect({ database: place.database });
  const schemas = await schemasOf(target, place);
  const obstacles = await obstaclesToMove(
    target,
    schemas.map(({ oid }) => oid),
  );
  if (obstacles.length > 0)
    throw refusal(
      "replacement-impossible",
      `${place.database} cannot be renamed: ${obstacle}; nor can its schemas be moved aside: ${obstacles.slice(0, 10).join("; ")}`,
      { hint: "mend one of the two, then run `belay recover`", facts: { rename: obstacle, schemas: [...obstacles] } },
    );
  await using source = await openCopy(place, copy);
  await refuseOtherObjects(place, target, source, obstacle);
  const made = await schemasOf(source, place);
  return { moved: schemas.map(({ oid, name }) => ({ oid, name, aside: schemaNameAside(name, run) })), made: made.map(({ name }) => name) };
}

/** Large objects stand in no schema, and so stay what they are. */
async function refuseOtherObjects(place: Place, target: Connection, source: Connection, obstacle: string): Promise<void> {
  const scope = { schemas: place.target.schemas ?? null };
  if ((await fingerprintLargeObjects(target, scope)) === (await fingerprintLargeObjects(source, scope))) return;
  throw refusal(
    "replacement-impossible",
    `${place.database} cannot be renamed: ${obstacle}; nor do its schemas hold all that was written: its large objects are others now`,
    { hint: "take away what keeps the database from being renamed, then run `belay recover`", facts: { rename: obstacle } },
  );
}

interface Schema {
  readonly oid: string;
  readonly name: string;
}

/** Those that the target owns, without what was moved aside earlier. */
async function schemasOf(connection: Connection, place: Place): Promise<readonly Schema[]> {
  const condition = userSchemas({ schemas: place.target.schemas ?? null });
  const rows = await connection.rows(
    `select n.oid::text, n.nspname from pg_catalog.pg_namespace n where ${condition} and n.nspname !~ '_belay_f_[0-9A-Z]{10}$' order by n.nspname`,
  );
  return rows.map(([oid, name]) => ({ oid: String(oid), name: String(name) }));
}
