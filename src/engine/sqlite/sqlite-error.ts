import Database from "better-sqlite3";

import { BelayError, failure, refusal, type JsonFact } from "../../domain/error.ts";
import { nameHolders } from "./holders.ts";

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
  return failure("sql-failed", error.message, { cause: error, facts: { ...facts, code: error.code } });
}

export function lockedError(file: string, kind: "refused" | "failed", cause?: unknown, facts: Readonly<Record<string, JsonFact>> = {}): BelayError {
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
