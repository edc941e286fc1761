/**
 * Where a database cannot be renamed: its schemas are moved aside inside of it, and new ones are filled from the copy, all in one
 * transaction. The database keeps its oid, its sessions and what is bound to it; whoever looks sees the old data or the new.
 */

import { refusal } from "../../domain/error.ts";
import type { Manifest } from "../../domain/backup.ts";
import type { RunId } from "../../domain/run-id.ts";
import type { Copy } from "../hold.ts";
import type { Connection } from "./connection.ts";
import { openCopy } from "./copies.ts";
import { fingerprintLargeObjects } from "./large-objects.ts";
import { LARGE_OBJECTS } from "./labels.ts";
import { schemaFactsOf } from "./make-schemas.ts";
import type { Place } from "./place.ts";
import { scopeOf } from "./scope-of.ts";
import { manifestOf } from "./stored-copy.ts";
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
      place.target.tenant === undefined
        ? `${place.database} cannot be renamed: ${obstacle}; nor can its schemas be moved aside: ${obstacles.slice(0, 10).join("; ")}`
        : `${place.target.name} cannot be moved aside alone: ${obstacles.slice(0, 10).join("; ")}`,
      { hint: "mend one of the two, then run `belay recover`", facts: { rename: obstacle, schemas: [...obstacles] } },
    );
  const moved = schemas.map(({ oid, name }) => ({ oid, name, aside: schemaNameAside(name, run) }));
  const stored = manifestOf(copy);
  if (stored !== null) return { moved, made: await schemasOfBackup(place, target, stored, obstacle) };
  await using source = await openCopy(place, copy);
  await refuseOtherObjects(place, target, await fingerprintLargeObjects(source, scopeOf(place.target)), obstacle);
  return { moved, made: (await schemasOf(source, place)).map(({ name }) => name) };
}

async function schemasOfBackup(place: Place, target: Connection, { tables, engineFacts }: Manifest, obstacle: string): Promise<string[]> {
  const scope = scopeOf(place.target);
  if (scope.schemas === null) {
    const kept = tables.find(({ name }) => name === LARGE_OBJECTS)?.fingerprint?.value ?? null;
    await refuseOtherObjects(place, target, kept, obstacle);
  }
  return schemaFactsOf(engineFacts["schemas"], scope).map(({ name }) => name);
}

/** Large objects stand in no schema, and so stay what they are. */
async function refuseOtherObjects(place: Place, target: Connection, before: string | null, obstacle: string): Promise<void> {
  if ((await fingerprintLargeObjects(target, scopeOf(place.target))) === before) return;
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
export async function schemasOf(connection: Connection, place: Place): Promise<readonly Schema[]> {
  const condition = userSchemas({ schemas: place.target.schemas ?? null });
  const rows = await connection.rows(
    `select n.oid::text, n.nspname from pg_catalog.pg_namespace n where ${condition} and n.nspname !~ '_belay_f_[0-9A-Z]{10}$' order by n.nspname`,
  );
  return rows.map(([oid, name]) => ({ oid: String(oid), name: String(name) }));
}
