/** A copy of the whole target by the server itself, files and all. */

import { BelayError, refusal } from "../../domain/error.ts";
import type { RunId } from "../../domain/run-id.ts";
import type { Copy } from "../hold.ts";
import type { Connection } from "./connection.ts";
import { administer, copyName, describeCopy, discardCopy, markCopy } from "./copies.ts";
import { applyDatabaseSettings, settingsRefused } from "./apply-database-settings.ts";
import { readDatabaseSettings } from "./database-settings.ts";
import { assertDatabase, type DatabaseRow } from "./database-record.ts";
import { quoteIdentifier } from "./identifiers.ts";
import { withLacks } from "./left-out.ts";
import type { Place } from "./place.ts";
import { awaitLeaving, describeSessions, endSessions, holdOff, letInAgain, otherSessions, sessionsThatStay } from "./sessions.ts";

/**
 * Clones the target from `connection`, the one session that may stay connected to it, outside of a transaction. Others are ended, where
 * all of them can be, and new ones wait for the clone. Refuses with `clone-impossible` before anything happens. Nothing is left when it fails.
 */
export async function templateClone(place: Place, connection: Connection, run: RunId): Promise<Copy> {
  const name = copyName(place, "clone", run);
  const target = await assertDatabase(connection, place.database);
  const others = await otherSessions(connection, target.oid);
  const staying = sessionsThatStay(others);
  if (staying.length > 0) throw impossible(place, `${describeSessions(staying)} is connected, and this role may not end that`);
  try {
    if (others.some(({ user }) => user !== null)) await cloneHoldingOff(place, connection, target, name, run);
    else await createClone(connection, target, name);
    await markCopy(connection, place, name, "clone", run);
    const refused = await applyDatabaseSettings(connection, name, await readDatabaseSettings(connection));
    return withLacks(await describeCopy(place, name), [], settingsRefused(refused));
  } catch (error) {
    await discardCopy(place, { kind: "clone", place: name, runSuffix: run.slice(-10), sizeBytes: 0, madeAt: "", evidence: null }).catch(
      () => undefined,
    );
    throw error;
  }
}

async function cloneHoldingOff(place: Place, connection: Connection, target: DatabaseRow, name: string, run: RunId): Promise<void> {
  if (!place.canRename) {
    if (!(await awaitLeaving(connection, target)))
      throw impossible(
        place,
        `others are connected, and from inside ${place.database} they cannot be held off (lock.database names another)`,
      );
    return createClone(connection, target, name);
  }
  await using admin = await administer(place, `belay-${run}`);
  await holdOff(admin, target, run);
  try {
    const left = await endSessions(admin, target, [connection.pid]);
    if (left.length > 0) throw impossible(place, `${describeSessions(left)} will not go`);
    await createClone(connection, target, name);
  } finally {
    await letInAgain(admin, place.database);
  }
}

function impossible({ database }: Place, why: string): Error {
  return refusal("clone-impossible", `${database} cannot be cloned: ${why}`, {
    hint: "stop what uses the database (app.stop), or prove backups by a restore (`backup.proof: restore`): the restored copy is the clone then",
  });
}

/** Below this the server logs a copy page by page sooner than it makes the checkpoints that a copy of files needs. */
const FILE_COPY_BYTES = 64 * 1024 * 1024;

async function createClone(connection: Connection, { oid, name: target }: DatabaseRow, name: string): Promise<void> {
  const [row] = await connection.rows("select pg_catalog.pg_database_size($1::oid)", [oid]);
  const large = Number(row?.[0] ?? 0) >= FILE_COPY_BYTES;
  const create = `create database ${quoteIdentifier(name)} template ${quoteIdentifier(target)}`;
  if (large && connection.serverVersion >= 180_000 && (await sharingBlocks(connection, create))) return;
  await connection.run(large && connection.serverVersion >= 150_000 ? `${create} strategy file_copy` : create);
}

/** Where the server's file system lets files share their blocks, a copy takes next to no time. False: it does not. */
async function sharingBlocks(connection: Connection, create: string): Promise<boolean> {
  try {
    await connection.run("set file_copy_method = clone");
    await connection.run(`${create} strategy file_copy`);
    return true;
  } catch (error) {
    const sqlstate = error instanceof BelayError ? error.facts["sqlstate"] : undefined;
    if (typeof sqlstate === "string" && CANNOT_SHARE.test(sqlstate)) return false;
    throw error;
  } finally {
    await connection.run("reset file_copy_method").catch(() => undefined);
  }
}

/** No such setting on this system, no such call in its file system; a full disk (53100) is another matter. */
const CANNOT_SHARE = /^(?:22023|0A000|58\d\d\d|XX000)$/;
