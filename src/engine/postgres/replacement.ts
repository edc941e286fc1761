/** Decides how a copy takes the target's place. Changes nothing. */

import type { JsonValue } from "../../domain/canonical-json.ts";
import { failure, refusal } from "../../domain/error.ts";
import type { RunId } from "../../domain/run-id.ts";
import type { Copy, ReplacementIntent } from "../hold.ts";
import type { Connection } from "./connection.ts";
import { assertUnchanged, copyName } from "./copies.ts";
import { databaseNamed, type DatabaseRow } from "./database-record.ts";
import type { Place } from "./place.ts";
import { obstacleOfRights, readRights } from "./rights.ts";
import { placeOfSchema } from "./schemas-aside.ts";
import { manifestOf } from "./stored-copy.ts";
import { describeSessions, otherSessions, preparedTransactions, sessionsThatStay } from "./sessions.ts";
import { planSchemas, type SchemaNames } from "./way-schemas.ts";

/** What the target's name and the copy's point to when the replacement begins: oids, which a rename keeps. */
export interface ReplacementNames {
  readonly run: RunId;
  readonly database: string;
  readonly target: string;
  /** The target lets sessions in, people's own decision. */
  readonly open: boolean;
  /** Empty where it is a backup in its store. */
  readonly copy: string;
  /** For the way `schemas`: what is moved aside; null for a rename. */
  readonly schemas: SchemaNames | null;
}

/** `connection`: any session of the server. */
export async function planReplacement(connection: Connection, place: Place, copy: Copy, run: RunId): Promise<ReplacementIntent> {
  const source = manifestOf(copy) === null ? (await assertUnchanged(connection, copy)).oid : "";
  const target = await databaseNamed(connection, place.database);
  if (target === undefined)
    throw refusal("target-missing", `there is no database ${place.database}`, {
      hint: "somebody dropped or renamed it; `belay restore BACKUP --into URL` makes a new one from a backup",
    });
  const heldOff = target.record?.belay === "held-off";
  const names = { run, database: place.database, target: target.oid, open: target.open || heldOff, copy: source };
  const stored = source === "" ? "there is no copy beside the database, but the backup alone" : null;
  const obstacle =
    alone(place) ?? (await lastingObstacle(connection, place, target)) ?? (await passingObstacle(connection, target)) ?? stored;
  if (obstacle === null) {
    return {
      strategy: "swap",
      way: null,
      why: "nobody uses the database who could not be held off for a moment, so a proven copy takes its name",
      keepAs: copyName(place, "failed", run),
      from: copy,
      names: { ...names, schemas: null },
    };
  }
  const schemas = await planSchemas(place, copy, run, obstacle);
  const keeps = schemas.moved.map(({ aside }) => placeOfSchema(place, aside));
  return {
    strategy: "restore",
    way: "schemas",
    why: obstacle,
    keepAs: keeps.join(", "),
    keeps,
    from: copy,
    names: { ...names, schemas: { moved: schemas.moved.map((moved) => ({ ...moved })), made: schemas.made } },
  };
}

/** A tenant goes back alone, and the database stays where it is. */
function alone({ target: { tenant } }: Place): string | null {
  return tenant === undefined ? null : "the other schemas of the database stay as they are";
}

/** What speaks against a rename however quiet the database is, in words; null: nothing. */
export async function lastingObstacle(connection: Connection, place: Place, target: DatabaseRow): Promise<string | null> {
  if (!place.canRename)
    return `Belay's lock lives in ${place.database} itself, and nothing can be renamed from inside (lock.database names another)`;
  const rights = await readRights(connection, target.name);
  const missing = rights === undefined ? null : obstacleOfRights(rights);
  return missing ?? (await boundToDatabase(connection, target));
}

/** What stays with a database that is moved aside: whoever replicates would go on with the old one. */
async function boundToDatabase(connection: Connection, { name, oid }: DatabaseRow): Promise<string | null> {
  const slots = await connection.rows("select slot_name from pg_catalog.pg_replication_slots where database = $1 order by 1", [name]);
  if (slots.length > 0)
    return `the replication slot ${slots.map(([slot]) => slot).join(", ")} would stay with the database that is moved aside`;
  const subscriptions = await connection.rows("select subname from pg_catalog.pg_subscription where subdbid = $1::oid order by 1", [oid]);
  if (subscriptions.length > 0)
    return `the subscription ${subscriptions.map(([each]) => each).join(", ")} would stay with the database that is moved aside`;
  return null;
}

/** What speaks against a rename now: looked at before anybody is held off. */
export async function passingObstacle(connection: Connection, target: DatabaseRow): Promise<string | null> {
  const staying = sessionsThatStay(await otherSessions(connection, target.oid));
  if (staying.length > 0) return `${describeSessions(staying)} is connected, and this role may not end that`;
  const prepared = await preparedTransactions(connection, target.name);
  if (prepared.length > 0) return `the prepared transaction ${prepared.join(", ")} waits for somebody to commit it or roll it back`;
  return null;
}

/** Reads back what a journal kept. */
export function namesOf(place: Place, { names }: ReplacementIntent): ReplacementNames {
  if (isNames(names)) {
    if (names.database === place.database) return names;
    throw refusal("wrong-target", `this replacement is of the database ${names.database}, not of ${place.database}`, {
      hint: "the target's address leads elsewhere than when the run began",
    });
  }
  throw failure("intent-unreadable", `what the journal says of replacing ${place.database} cannot be read`, {
    hint: "use the version of Belay that made this run",
  });
}

function isNames(names: JsonValue): names is JsonValue & ReplacementNames {
  if (typeof names !== "object" || names === null || Array.isArray(names)) return false;
  const { run, database, target, open, copy } = names as Record<string, JsonValue>;
  return [run, database, target, copy].every((value) => typeof value === "string") && typeof open === "boolean" && "schemas" in names;
}
