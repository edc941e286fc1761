/** The session of checks and tools inside a snapshot. */

import type { Session } from "../../domain/session.ts";
import type { Connection } from "./connection.ts";
import { setPath } from "./search-path.ts";
import { sessionOn } from "./session.ts";

/**
 * What goes wrong with one question, and what it sets, concerns no other: each stands in a savepoint. One question at a time; who asks while
 * an earlier question is still open has given that one up: it is cancelled.
 */
export function observingSession(connection: Connection, searchPath?: readonly string[]): Session {
  const session = sessionOn(connection);
  let open: Promise<void> | null = null;
  return {
    ...session,
    async query(sql, parameters = []) {
      while (open !== null) {
        await connection.cancel();
        await open;
      }
      const answer = inSavepoint(connection, async () => {
        if (searchPath !== undefined) await connection.run(`select ${setPath(searchPath)}`); // taken back with the savepoint
        return session.query(sql, parameters);
      });
      const closed = answer
        .then(
          () => undefined,
          () => undefined,
        )
        .then(() => void (open = null));
      open = closed;
      return answer;
    },
  };
}

async function inSavepoint<T>(connection: Connection, ask: () => Promise<T>): Promise<T> {
  await connection.run("savepoint belay_question");
  try {
    return await ask();
  } finally {
    if (!connection.lost.aborted) await connection.run("rollback to savepoint belay_question");
  }
}
