/** What would stop a run and can be seen without an effect. */

import { refusal } from "../../domain/error.ts";
import { cannotRestore } from "./cannot-restore.ts";
import type { Connection } from "./connection.ts";
import { databaseNamed } from "./database-record.ts";
import { refuseStandby } from "./locate.ts";
import { peculiarities } from "./peculiarities.ts";
import type { Place } from "./place.ts";
import { findPrograms } from "./programs.ts";
import { assertReadable } from "./readable.ts";
import { lastingObstacle, passingObstacle } from "./replacement.ts";
import { readRights, type Rights } from "./rights.ts";
import { assertRoom } from "./room.ts";

export async function preflight(place: Place, copies: number): Promise<readonly string[]> {
  await using connection = await place.server.connect({ database: place.database });
  await refuseStandby(connection);
  await findPrograms(Math.floor(connection.serverVersion / 10_000), place.options.variables);
  const rights = await rightsOf(connection, place);
  await assertReadable(connection, rights);
  await assertRestorable(connection, place);
  assertCopies(rights, place, copies);
  const room = await assertRoom(connection, copies);
  return [...(room === null ? [] : [room]), ...(await peculiarities(connection, place, rights)), ...(await bonds(connection, place))];
}

async function rightsOf(connection: Connection, { database }: Place): Promise<Rights> {
  const rights = await readRights(connection, database);
  if (rights !== undefined) return rights;
  throw refusal("target-missing", `there is no database ${database}`, { hint: "somebody renamed or dropped it just now" });
}

/** What nobody accepted by name would make every proof fail, after the application was stopped for it. */
async function assertRestorable(connection: Connection, { options, server, database }: Place): Promise<void> {
  if (options.scratch !== null) return; // who restores there is another role; the backup looks itself
  const found = (await cannotRestore(connection)).filter(({ kind }) => !options.mayLack.includes(kind));
  if (found.length === 0) return;
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  throw refusal(
    "cannot-restore",
    `the role ${server.settings.user} cannot restore all of ${database}: ${found.map(({ what, why }) => `${what} (${why})`).join("; ")}`,
    {
      hint: `${[...new Set(found.map(({ fix }) => fix))].join("; ")}; or accept backups without: backup.may-lack: [${kinds.join(", ")}]`,
      facts: { lacks: found.map(({ what }) => what) },
    },
  );
}

/** The second copy is the clone. */
function assertCopies({ role, createsDatabases }: Rights, { database }: Place, copies: number): void {
  if (copies < 2 || createsDatabases) return;
  throw refusal("rights-missing", `the role ${role} may not create databases, so no clone of ${database} can be made`, {
    hint: `alter role ${role} createdb; or do without: backup.clone: never and backup.proof: read`,
  });
}

/** Why a rollback could not be a swap as things are. */
async function bonds(connection: Connection, place: Place): Promise<readonly string[]> {
  const row = await databaseNamed(connection, place.database);
  const obstacle =
    row === undefined || !place.canRename
      ? null
      : ((await lastingObstacle(connection, place, row)) ?? (await passingObstacle(connection, row)));
  return obstacle === null ? [] : [`a rollback restores schemas instead of renaming the database: ${obstacle}`];
}
