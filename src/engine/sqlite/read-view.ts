/** A look at the target from this process: cheap, and unable to write. */

import { constants } from "node:fs";

import Database from "better-sqlite3";

import { refusal } from "../../domain/error.ts";
import type { Target } from "../../domain/target.ts";
import type { ReadView } from "../engine.ts";
import { noTenants } from "../no-tenants.ts";
import { versionOf } from "./database-facts.ts";
import { fileIdentity, statIfThere } from "./file-evidence.ts";
import { locate, type Place } from "./place.ts";
import { allows, assertReadableFile, isReadOnlyFileSystem, isWal, openRefusal } from "./refuse-open.ts";
import { readSchema } from "./schema.ts";
import { readOnlySession } from "./session.ts";
import { whenFree } from "./sqlite-error.ts";
import { readState } from "./state.ts";
import { runQuery } from "./statements.ts";

const WAIT_MS = 5_000;

export async function openView(target: Target): Promise<ReadView> {
  const place = await locate(target);
  assertReadableFile(place);
  const db = await openReadOnly(place);
  const sizeBytes = Number(statIfThere(place.file)?.size ?? 0n) + Number(statIfThere(`${place.file}-wal`)?.size ?? 0n);
  return {
    session: readOnlySession((sql, parameters) => whenFree(WAIT_MS, () => runQuery(db, sql, parameters, { readOnly: true }))),
    engineVersion: versionOf(db),
    sizeBytes,
    identity: async () => ({ live: fileIdentity(place.file) ?? "missing", lasting: target.configured }),
    schema: async () => whenFree(WAIT_MS, () => readSchema(db)),
    copyObstacle: async () => null,
    state: () => readState(place.state),
    tenant: noTenants,
    [Symbol.asyncDispose]: async () => void db.close(),
  };
}

async function openReadOnly(place: Place): Promise<Database.Database> {
  let db: Database.Database | undefined;
  try {
    const opened = connect(place);
    db = opened;
    opened.pragma("query_only = on");
    await whenFree(WAIT_MS, () => opened.prepare("select count(*) from sqlite_schema").get());
    return opened;
  } catch (error) {
    db?.close();
    throw openRefusal(place, error);
  }
}

/**
 * A connection that SQLite itself holds to be read-only cannot remove the `-wal` and `-shm` that it makes, nor roll back what a crash
 * left. So it may be one only where both are there already; otherwise it may write as a reader must, and `query_only` forbids the rest.
 */
function connect({ configured, file }: Place): Database.Database {
  const walInUse = (statIfThere(`${file}-wal`)?.size ?? 0n) > 0n && statIfThere(`${file}-shm`) !== undefined;
  if (!walInUse && !allows(file, constants.W_OK) && isWal(file)) {
    const readOnly = isReadOnlyFileSystem(file);
    const why = readOnly
      ? "its file system is read-only, and SQLite reads it only where it may write"
      : "this user may not write it, so reading it would leave files beside it";
    throw refusal("target-unreadable", `${configured} is in WAL mode and ${why}`, {
      hint: readOnly ? "mount it writable, or look at a copy" : "run Belay as the user that owns the database",
    });
  }
  return new Database(file, { fileMustExist: true, readonly: walInUse, timeout: 0 });
}
