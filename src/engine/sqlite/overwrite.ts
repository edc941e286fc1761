/**
 * Puts a copy into a file that others have open: through the backup API, under SQLite's own locks and in one transaction of the file,
 * so that every reader sees the old rows or the new ones and a crash leaves the old ones. Runs in the host.
 */

import Database from "better-sqlite3";

import { BelayError, failure } from "../../domain/error.ts";
import { copyPages } from "./copy-pages.ts";
import { nameHolders } from "./holders.ts";
import { isBusy, whenFree } from "./sqlite-error.ts";

const WAIT_MS = 30_000;

/** Throws `target-busy`, naming who is in the way; the file is then what it was. `goOn` throws when nobody wants the result any more. */
export async function overwriteInPlace(copy: Database.Database, file: string, goOn: () => void): Promise<void> {
  try {
    await allowPageSize(copy, file);
    await copyPages(copy, file, WAIT_MS, goOn);
    await makeDurable(file);
  } catch (error) {
    throw isBusy(error) || (error instanceof BelayError && error.code === "target-locked") ? targetBusy(file, error) : error;
  }
}

/** A file in WAL mode keeps its page size, so one that changed is copied over in rollback mode; the copy brings its own mode along. */
async function allowPageSize(copy: Database.Database, file: string): Promise<void> {
  const target = openTarget(file);
  try {
    const same = await whenFree(WAIT_MS, () => pageSize(target) === pageSize(copy));
    if (!same && target.pragma("journal_mode", { simple: true }) === "wal")
      await whenFree(WAIT_MS, () => target.pragma("journal_mode = delete"));
  } finally {
    target.close();
  }
}

/** In WAL mode the copy stands in the log, unsynced by this build's default; the first step of a checkpoint syncs the log. */
async function makeDurable(file: string): Promise<void> {
  const target = openTarget(file);
  try {
    target.pragma("synchronous = full");
    if (target.pragma("journal_mode", { simple: true }) === "wal") await whenFree(WAIT_MS, () => target.pragma("wal_checkpoint(passive)"));
  } finally {
    target.close();
  }
}

function openTarget(file: string): Database.Database {
  return new Database(file, { fileMustExist: true, timeout: 0 });
}

function pageSize(db: Database.Database): unknown {
  db.prepare("select count(*) from sqlite_schema").get(); // before the first read it is only this build's default
  return db.pragma("page_size", { simple: true });
}

export function targetBusy(file: string, cause?: unknown, holders: string | null = nameHolders(file)): BelayError {
  return failure("target-busy", `${file} cannot be replaced while ${holders ?? "another process"} uses it`, {
    hint: "stop it, then run `belay recover`; nothing was replaced",
    cause,
    facts: { holder: holders },
  });
}
