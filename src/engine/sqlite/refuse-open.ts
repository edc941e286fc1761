/** Why a file cannot be looked at, in one sentence with what to do. */

import { closeSync, constants, accessSync, openSync, readSync } from "node:fs";

import { messageOf, refusal, type BelayError } from "../../domain/error.ts";
import { isSymbolicLink, statIfThere } from "./file-evidence.ts";
import { errorCode, type Place } from "./place.ts";
import { isBusy, isDamaged, isSqliteError, lockedError } from "./sqlite-error.ts";

const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";

/** Without a folder there is neither a database in it nor a place for its lock. */
export function assertFolder({ configured, folder }: Pick<Place, "configured" | "folder">): void {
  if (statIfThere(folder) !== undefined) return;
  throw refusal("target-missing", `there is no folder ${folder}, so no database ${configured}`, {
    hint: "correct `target` in belay.yml",
  });
}

/** Refuses what is no readable file, before SQLite is asked. Opens nothing. */
export function assertReadableFile({ configured, file, folder }: Place): void {
  const stats = statIfThere(file);
  if (stats === undefined && isSymbolicLink(configured))
    throw refusal("target-missing", `${configured} is a symbolic link that leads nowhere`, {
      hint: "mend the link, or correct `target` in belay.yml",
    });
  if (stats === undefined) assertFolder({ configured, folder });
  if (stats === undefined)
    throw refusal("target-missing", `there is no file ${configured}`, {
      hint: "correct `target` in belay.yml, or create the database first",
    });
  if (stats.isDirectory()) throw refusal("target-not-a-database", `${configured} is a directory`, { hint: "name the database file in it" });
  if (!stats.isFile()) throw refusal("target-not-a-database", `${configured} is no regular file`, { hint: "name a database file" });
  if (stats.size === 0n)
    throw refusal("target-not-a-database", `${configured} is empty (0 bytes)`, {
      hint: "an application that opens a wrong path leaves such a file: check the path, or restore a backup",
    });
  if (!allows(file, constants.R_OK))
    throw refusal("target-unreadable", `${configured} may not be read by this user`, {
      hint: "run Belay as the user that owns the database",
    });
}

/**
 * What SQLite's error on opening means. Reads the file's first bytes itself, so no connection of this process may have it open.
 */
export function openRefusal(place: Place, error: unknown): unknown {
  if (!isSqliteError(error)) return error;
  if (isBusy(error)) return lockedError(place.configured, "refused", error);
  if (isDamaged(error)) return damagedRefusal(place, error);
  const words = `${place.configured} cannot be opened: ${error.message}`;
  return refusal("target-unreadable", words, { hint: unreadableHint(place), cause: error, facts: { code: error.code } });
}

function damagedRefusal({ configured, file }: Place, error: Error): BelayError {
  const header = readHeader(file);
  if (header.toString("latin1", 0, MAGIC.length) !== MAGIC) {
    return refusal("target-not-a-database", `${configured} is not an SQLite database: ${error.message}`, {
      hint: "check the path; an encrypted database needs its own SQLite",
      cause: error,
    });
  }
  const expected = promisedSize(header);
  const size = Number(statIfThere(file)?.size ?? 0n);
  if (size < expected) {
    return refusal("target-truncated", `${configured} is cut off: its header promises ${expected} bytes and it has ${size}`, {
      hint: "restore a backup; a copy that was interrupted looks like this",
      cause: error,
      facts: { expected, size },
    });
  }
  return refusal("target-damaged", `${configured} is damaged: ${messageOf(error)}`, {
    hint: "restore a backup, or save what can be saved with `sqlite3 FILE .recover`",
    cause: error,
  });
}

function unreadableHint({ file, folder }: Place): string {
  if (isWal(file) && !allows(folder, constants.W_OK))
    return "it is in WAL mode, which needs to create files in its folder: run Belay as a user that may write there";
  return "run Belay as the user that owns the database, and check that its folder may be written";
}

/** https://sqlite.org/fileformat2.html#the_database_header: page size at 16, number of pages at 28. 0 where the header makes no sense. */
function promisedSize(header: Buffer): number {
  const stored = header.readUInt16BE(16);
  const pageSize = stored === 1 ? 65_536 : stored;
  const valid = pageSize >= 512 && Number.isInteger(Math.log2(pageSize));
  return valid ? pageSize * header.readUInt32BE(28) : 0;
}

/** By the header alone; opens the file by itself, so no connection of this process may have it open. */
export function isWal(file: string): boolean {
  return readHeader(file).readUInt8(18) === 2;
}

function readHeader(file: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, header, 0, HEADER_BYTES, 0);
    return header;
  } finally {
    closeSync(descriptor);
  }
}

export function allows(path: string, mode: number): boolean {
  return refusalCode(path, mode) === null;
}

/** Nobody may write there, root neither. */
export function isReadOnlyFileSystem(path: string): boolean {
  return refusalCode(path, constants.W_OK) === "EROFS";
}

function refusalCode(path: string, mode: number): string | null {
  try {
    accessSync(path, mode);
    return null;
  } catch (error) {
    const code = errorCode(error) ?? "";
    if (["EACCES", "EROFS", "EPERM", "ENOENT"].includes(code)) return code;
    throw error;
  }
}
