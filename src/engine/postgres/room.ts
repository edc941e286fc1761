/** Room for copies beside a target. A server that runs elsewhere does not tell what is free on its disks. */

import { stat, statfs } from "node:fs/promises";

import { refusal } from "../../domain/error.ts";
import type { Connection } from "./connection.ts";

/** For the log, temporary files and what else grows meanwhile. */
const MARGIN_BYTES = 64 * 1024 * 1024;

/** 1 EiB: more than any file system that a server runs on is made to hold. */
const NOBODY_HAS_BYTES = 2 ** 60;

/** Throws `no-space` where it is known that the copies do not fit. Where it is not known: a sentence that says what they need; else null. */
export async function assertRoom(connection: Connection, copies: number): Promise<string | null> {
  const sizeBytes = await databaseBytes(connection);
  const neededBytes = sizeBytes * copies + MARGIN_BYTES;
  const what = `${megabytes(neededBytes)} (${copies} ${copies === 1 ? "copy" : "copies"} of ${megabytes(sizeBytes)})`;
  const freeBytes = await freeBytesOf(connection);
  if (freeBytes === null && neededBytes < NOBODY_HAS_BYTES)
    return `this run may need ${what} on the server's disk, and what is free there cannot be asked`;
  if (freeBytes !== null && neededBytes <= freeBytes) return null;
  const free = freeBytes === null ? "no server has so much free" : `the server's disk has ${megabytes(freeBytes)} free`;
  throw refusal("no-space", `${free}, and this run may need ${what}`, {
    hint: "make room on the server's disk, or let restores be proven on another server (`backup.scratch`) with `backup.clone: never`",
    facts: { freeBytes, neededBytes },
  });
}

async function databaseBytes(connection: Connection): Promise<number> {
  const [row] = await connection.rows("select pg_catalog.pg_database_size(pg_catalog.current_database())");
  return Number(row?.[0] ?? 0);
}

const MAY_ASK = `select (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
  or (pg_catalog.pg_has_role('pg_read_all_settings', 'USAGE') and pg_catalog.has_function_privilege('pg_catalog.pg_stat_file(text)', 'EXECUTE'))`;

const FOLDER = `select coalesce(nullif(pg_catalog.pg_tablespace_location(d.dattablespace), ''), pg_catalog.current_setting('data_directory'))
  from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()`;

const SEEN = "select extract(epoch from (pg_catalog.pg_stat_file($1)).modification)::int8, (pg_catalog.pg_stat_file($1)).size";

/** null: not known. A folder of that name here is the server's only if both see the same one. */
async function freeBytesOf(connection: Connection): Promise<number | null> {
  const [mayAsk] = await connection.rows(MAY_ASK);
  if (mayAsk?.[0] !== "t") return null;
  const [row] = await connection.rows(FOLDER);
  const folder = String(row?.[0]);
  const [seen] = await connection.rows(SEEN, [folder]);
  try {
    const here = await stat(folder);
    if (String(Math.floor(here.mtimeMs / 1000)) !== seen?.[0] || String(here.size) !== seen[1]) return null;
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null; // it is not here, or this user may not look
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
