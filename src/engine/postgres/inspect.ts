/** What a person should know of a PostgreSQL database before relying on it. */

import type { Inspection } from "../engine.ts";
import type { Connection } from "./connection.ts";
import { databaseNamed } from "./database-record.ts";
import type { Place } from "./place.ts";
import { lastingObstacle } from "./replacement.ts";
import { readRights } from "./rights.ts";
import { describeSessions, otherSessions, preparedTransactions, sessionsThatStay } from "./sessions.ts";
import { noWayBack } from "./way-back.ts";

export async function inspect(place: Place): Promise<Inspection> {
  await using connection = await place.server.connect({ database: place.database });
  const row = await databaseNamed(connection, place.database);
  const rights = await readRights(connection, place.database);
  const [version] = await connection.rows("select pg_catalog.current_setting('server_version')");
  const who = rights === undefined ? [] : [`role ${rights.role}${rights.superuser ? ", a superuser" : rights.owns ? ", the owner" : ""}`];
  // Those whom a rollback can hold off are in nobody's way.
  const staying =
    row === undefined ? [] : sessionsThatStay(await otherSessions(connection, row.oid)).map((each) => describeSessions([each]));
  const prepared = (await preparedTransactions(connection, place.database)).map((gid) => `the prepared transaction ${gid}`);
  const lost = await noWayBack(connection, place);
  return {
    facts: [`PostgreSQL ${(version?.[0] ?? "").split(" ")[0]}`, ...who],
    warnings: [...(await durabilityWarnings(connection)), ...(await checksumWarnings(connection))],
    noWayBack: lost === null || lost.mayPass || lost.onlyReads ? null : lost.why,
    swapObstacle: row === undefined ? null : await lastingObstacle(connection, place, row),
    holders: [...staying, ...prepared],
  };
}

const UNSAFE = "select name from pg_catalog.pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off' order by name";

async function durabilityWarnings(connection: Connection): Promise<Inspection["warnings"]> {
  return (await connection.rows(UNSAFE)).map(([name]) => ({
    message: `${name} is off: a crash of the server's machine may damage every database on it`,
    hint: `set ${name} = on in postgresql.conf`,
  }));
}

async function checksumWarnings(connection: Connection): Promise<Inspection["warnings"]> {
  const [row] = await connection.rows(
    "select checksum_failures::text from pg_catalog.pg_stat_database where datname = pg_catalog.current_database() and checksum_failures > 0",
  );
  if (row === undefined) return [];
  return [
    {
      message: `the server found ${row[0]} damaged pages in this database (checksum failures)`,
      hint: "look at the server's disk and log before anything else; restore from a backup of before",
    },
  ];
}
