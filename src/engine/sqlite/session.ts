import { failure, refusal } from "../../domain/error.ts";
import type { Rows, Session, SqlValue } from "../../domain/session.ts";
import type { Remote } from "./remote.ts";

/** A conversation in which nothing can be written. */
export function readOnlySession(query: (sql: string, parameters: readonly SqlValue[]) => Promise<Rows>): Session {
  const refuse = () =>
    Promise.reject(refusal("read-only-session", "this look at the database may not write", { hint: "only a run of Belay writes" }));
  return {
    dialect: "sqlite",
    query: (sql, parameters = []) => query(sql, parameters),
    execute: refuse,
    transaction: refuse,
    transact: refuse,
  };
}

/** The conversation that tools have with the workspace's connection. */
export function remoteSession(remote: Remote): Session {
  let inTransaction = false;
  let sequence = 0;
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
    async transact(statements, options = {}) {
      const mine = sequence;
      try {
        return await remote.call("transact", statements, options, mine);
      } catch (error) {
        if (mine === sequence) sequence++; // what is called from now on is called by somebody who knows
        throw error;
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
