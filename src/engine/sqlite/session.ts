import { failure } from "../../domain/error.ts";
import type { Session } from "../../domain/session.ts";
import type { Remote } from "./remote.ts";

/** The conversation that tools and checks have with the workspace's connection. */
export function remoteSession(remote: Remote): Session {
  let inTransaction = false;
  return {
    dialect: "sqlite",
    query: (sql, parameters = []) => remote.call("query", sql, parameters),
    execute: (statements) => remote.call("execute", statements),
    async transaction(work, options = {}) {
      if (inTransaction) throw failure("transaction-open", "a transaction is open already on this connection");
      inTransaction = true;
      try {
        await remote.call("begin", options);
        return await commitOrUndo(remote, work);
      } finally {
        inTransaction = false;
      }
    },
  };
}

async function commitOrUndo<T>(remote: Remote, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    await remote.call("commit");
    return result;
  } catch (error) {
    if (!remote.ended) await remote.call("rollback");
    throw error;
  }
}
