/** What would stop a run and can be seen without an effect. */

import { refusal } from "../../domain/error.ts";
import type { Foreseen, RunNeeds } from "../engine.ts";
import { cannotRestoreAt } from "./accepted-lacks.ts";
import { describeLack, type CannotRestore } from "./cannot-restore.ts";
import type { Connection } from "./connection.ts";
import { refuseBoundTenants } from "./bound-tenants.ts";
import { databaseNamed } from "./database-record.ts";
import { refuseStandby } from "./locate.ts";
import { computedRows, peculiarities, rightsNotes } from "./peculiarities.ts";
import type { Place } from "./place.ts";
import { findPrograms } from "./programs.ts";
import { assertReadable } from "./readable.ts";
import { lastingObstacle, passingObstacle } from "./replacement.ts";
import { obstacleOfRights, readRights, type Rights } from "./rights.ts";
import { assertRoom } from "./room.ts";
import { assertScratchReady } from "./scratch-needs.ts";
import { serverAt } from "./server.ts";
import { usedExtensions } from "./used-extensions.ts";
import { noWayBack, ownsNothing, type NoWayBack } from "./way-back.ts";

export async function preflight(place: Place, { copies, proof, staysInPlace = false, tenants = [] }: RunNeeds): Promise<Foreseen> {
  await using connection = await place.server.connect({ database: place.database });
  await refuseStandby(connection);
  await findPrograms(Math.floor(connection.serverVersion / 10_000), place.options.variables);
  const rights = await rightsOf(connection, place);
  await assertReadable(connection, rights);
  if (proof === "restore") {
    assertProvable(rights, place);
    await assertScratchReady(place, connection);
  }
  const lacking = await lackingInRestores(connection, place, proof);
  await refuseBoundTenants(connection, place, tenants);
  const lost = await noWayBack(connection, place);
  if (lost !== null && !lost.mayPass && !lost.onlyReads && !staysInPlace) throw cannotGoBack(place, lost);
  const way = lost === null ? [...rightsNotes(place, rights), ...(await bonds(connection, place, rights))] : [withoutWayBack(lost)];
  return {
    room: await assertRoom(connection, copies),
    costs: [...(await whoseRights(connection, place, rights)), ...way, ...(await computedRows(connection, place))],
    remarks: [...(await peculiarities(connection, place, rights)), ...lacking],
  };
}

async function rightsOf(connection: Connection, { database }: Place): Promise<Rights> {
  const rights = await readRights(connection, database);
  if (rights !== undefined) return rights;
  throw refusal("target-missing", `there is no database ${database}`, { hint: "somebody renamed or dropped it just now" });
}

/**
 * What whoever proves backups could not restore. A proof that restores would fail over what nobody accepted by name, after the application was stopped
 * for it: that is refused. A proof that reads does without, and a rollback from such a backup would not.
 */
async function lackingInRestores(connection: Connection, place: Place, proof: RunNeeds["proof"]): Promise<readonly string[]> {
  const { options, server, database } = place;
  const all = await cannotRestoreAt(place, connection);
  const found = all.filter(({ kind }) => !options.mayLack.includes(kind));
  if (proof === "restore" && found.length === 0) await refuseUsed(connection, all);
  if (proof === "read" || found.length === 0) return all.map(describeLack);
  const restorer = options.scratch === null ? server : serverAt(options.scratch, options.variables);
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  throw refusal(
    "cannot-restore",
    `the role ${restorer.settings.user}${options.scratch === null ? "" : " of backup.scratch"} cannot restore all of ${database}: ${found.map(({ what, why }) => `${what} (${why})`).join("; ")}`,
    {
      hint: [
        ...new Set(found.map(({ fix }) => fix)),
        ...(kinds.length > 1 ? [`or accept backups without: \`backup.may-lack: [${kinds.join(", ")}]\``] : []),
      ].join("; "),
      facts: { lacks: found.map(({ what }) => what) },
    },
  );
}

/** An extension may be lacking where nothing of the database uses it. */
async function refuseUsed(connection: Connection, accepted: readonly CannotRestore[]): Promise<void> {
  const names = accepted.flatMap(({ entries }) => entries ?? []).flatMap(({ kind, name }) => (kind === "EXTENSION" ? [name] : []));
  const [first] = names.length === 0 ? [] : await usedExtensions(connection, names);
  if (first === undefined) return;
  const { name, users } = first;
  const more = users.length - USERS_SHOWN;
  const shown = `${users.slice(0, USERS_SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  throw refusal("cannot-restore", `no restore of ${connection.database} can do without the extension ${name}: it is used by ${shown}`, {
    hint: `let a role prove backups that may create it (backup.scratch), or have them proven by reading (backup.proof: read)`,
    facts: { extension: name, users: users.slice(0, USERS_SHOWN) },
  });
}

const USERS_SHOWN = 5;

function assertProvable({ role, createsDatabases }: Rights, { database, options }: Place): void {
  if (createsDatabases || options.scratch !== null) return;
  throw refusal("rights-missing", `the role ${role} may not create databases, so no backup of ${database} can be proven by a restore`, {
    hint: `alter role ${role} createdb; or name a server for proofs (backup.scratch), or have backups proven by reading (backup.proof: read)`,
  });
}

/** A run that fails after it committed would end with neither the old state nor the new one proven. */
function cannotGoBack({ database }: Place, { why }: NoWayBack): Error {
  return refusal("no-way-back", `a run that fails could not bring ${database} back: ${why}`, {
    hint: "take away what stands against one of the two; or leave the way back to the migration's own transaction, or to the tool, and nothing is stopped: `app: online`",
  });
}

function withoutWayBack({ why, mayPass }: NoWayBack): string {
  return mayPass
    ? `as things are no copy could take the database's place: ${why}`
    : `no copy could take the database's place: ${why}; what was committed, only the migration tool takes back`;
}

/** Said before what the rights cost: a plan is often made by a role that reads, for one that owns. */
async function whoseRights(connection: Connection, place: Place, { role }: Rights): Promise<readonly string[]> {
  if (!(await ownsNothing(connection, place))) return [];
  return [
    `what follows was looked at with the rights of the role ${role}, to which none of the tables belongs: the role that migrates may have others`,
  ];
}

/** Why a rollback could not be a swap as things are, where that is no matter of rights. */
async function bonds(connection: Connection, place: Place, rights: Rights): Promise<readonly string[]> {
  const row = await databaseNamed(connection, place.database);
  const obstacle =
    row === undefined || !place.canRename || obstacleOfRights(rights) !== null
      ? null
      : ((await lastingObstacle(connection, place, row)) ?? (await passingObstacle(connection, row)));
  return obstacle === null ? [] : [`a rollback restores schemas instead of renaming the database: ${obstacle}`];
}
