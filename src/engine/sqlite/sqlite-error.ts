import Database from "better-sqlite3";

import { BelayError, failure, messageOf, refusal, type JsonFact } from "../../domain/error.ts";
import { nameHolders } from "./holders.ts";
import { errorCode } from "./place.ts";

export function isSqliteError(error: unknown): error is InstanceType<typeof Database.SqliteError> {
  return error instanceof Database.SqliteError;
}

/** Somebody else's lock stands in the way; it may be gone in a moment. */
export function isBusy(error: unknown): boolean {
  if (error instanceof BelayError) return isBusy(error.cause);
  return isSqliteError(error) && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}

/** The file's content is no database, or a damaged one. */
export function isDamaged(error: unknown): boolean {
  return isSqliteError(error) && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code);
}

/** What SQLite said of a statement, as Belay says it. Whatever is no error of SQLite's comes back as it is. */
export function statementError(error: unknown, file: string, facts: Readonly<Record<string, JsonFact>> = {}): unknown {
  if (!isSqliteError(error)) return error;
  if (isBusy(error)) return lockedError(file, "failed", error, facts);
  const known = MACHINE_ERRORS.find(({ codes }) => codes.test(error.code));
  const details = { cause: error, facts: { ...facts, code: error.code } };
  if (known === undefined) return failure("sql-failed", error.message, details);
  return failure(known.code, `${file}: ${error.message}`, { ...details, hint: known.hint });
}

/** What is no fault of a statement; https://sqlite.org/rescode.html. */
const MACHINE_ERRORS = [
  { codes: /^(SQLITE_FULL|ENOSPC|EDQUOT)$/, code: "no-space", hint: "make room on this disk, then run again" },
  { codes: /^(SQLITE_IOERR|EIO|EFBIG)/, code: "disk-failed", hint: "look at the disk and the system's log before anything else" },
  {
    codes: /^(SQLITE_READONLY|EROFS|EACCES|EPERM)/,
    code: "target-read-only",
    hint: "run Belay as the user that owns the database; `mount` tells of a read-only file system",
  },
  { codes: /^SQLITE_CANTOPEN/, code: "target-unreadable", hint: "run Belay as the user that owns the database" },
  {
    codes: /^(SQLITE_CORRUPT|SQLITE_NOTADB)/,
    code: "target-damaged",
    hint: "restore a backup, or save what can be saved with `sqlite3 FILE .recover`",
  },
] as const;

/** Runs an act on files; what the system refuses (a full disk, one that fails) becomes an error that names the act. */
export async function acting<T>(act: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = errorCode(error);
    const known = error instanceof BelayError ? undefined : MACHINE_ERRORS.find(({ codes }) => code !== undefined && codes.test(code));
    if (known === undefined) throw error;
    throw failure(known.code, `${act}: ${messageOf(error)}`, { hint: known.hint, cause: error, facts: { code: code ?? null } });
  }
}

export function lockedError(
  file: string,
  kind: "refused" | "failed",
  cause?: unknown,
  facts: Readonly<Record<string, JsonFact>> = {},
): BelayError {
  const holder = nameHolders(file);
  const make = kind === "refused" ? refusal : failure;
  return make("target-locked", `${file} is locked by ${holder ?? "another process"}`, {
    hint: holder === null ? "wait until whoever writes there is done, or stop it" : "wait until it is done, or stop it",
    cause,
    facts: { ...facts, holder },
  });
}

/** Asks again until nobody stands in the way or `waitMs` are over, leaving the event loop free meanwhile; then throws the last error. */
export async function whenFree<T>(waitMs: number, attempt: () => T): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
