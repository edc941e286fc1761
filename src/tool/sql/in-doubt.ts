/** A commit whose answer never came: the history row, in the same transaction, says whether it happened. */

import { BelayError, failure, messageOf } from "../../domain/error.ts";
import type { Session } from "../../domain/session.ts";
import { readHistory } from "./history.ts";

/**
 * What is wrong after a failure, now that the database was asked again on a connection that the session makes anew: null where the row of
 * `id` is as the commit leaves it, else what is known then. Every other error is what it was.
 */
export async function stillWrong(
  { session, schema }: { readonly session: Session; readonly schema: string | null },
  id: string,
  committed: "there" | "gone",
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof BelayError) || error.code !== "commit-in-doubt") return error;
  try {
    const history = await readHistory(session, schema);
    const isThere = history?.some((row) => row.id === id) ?? false;
    return isThere === (committed === "there") ? null : notCommitted(error);
  } catch (asked) {
    return failure(error.code, `${error.message}; asked again: ${messageOf(asked)}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
      facts: error.facts,
    });
  }
}

function notCommitted(error: BelayError): BelayError {
  return failure(
    "connection-lost",
    `the connection was lost before the commit, and the database has nothing of it: ${messageOf(error.cause)}`,
    {
      hint: "look whether the server runs, and at its log; then run again",
      cause: error,
      facts: error.facts,
    },
  );
}
