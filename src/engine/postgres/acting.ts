/** The server's own words do not say what Belay was doing: `permission denied for table person`. Whoever acts says it before them. */

import { BelayError } from "../../domain/error.ts";

/** `act` names what is done: `comparing shop`. Errors that say so themselves, and those of other people's statements, stay as they are. */
export async function acting<T>(act: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw named(act, error);
  }
}

/** The same for an error that was caught. */
export function named(act: string, error: unknown): unknown {
  if (!isBare(error)) return error;
  const { kind, code, message, hint, facts, cause } = error;
  return new BelayError(kind, code, `${act}: ${message}`, { ...(hint === undefined ? {} : { hint }), facts, cause });
}

const BARE = ["sql-failed", "target-locked", "statement-cancelled", "no-space", "target-read-only", "target-damaged"];

/** It came from the server, and nobody has added anything. */
function isBare(error: unknown): error is BelayError {
  if (!(error instanceof BelayError) || !BARE.includes(error.code)) return false;
  return typeof error.facts["sqlstate"] === "string" && error.cause instanceof Error && error.message.startsWith(error.cause.message);
}
