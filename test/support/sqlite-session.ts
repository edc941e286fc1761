/** A session on a SQLite file in this process: the statements of the real engine, without a process of its own for each test. */

import { HostDatabase } from "../../src/engine/sqlite/host-database.ts";
import type { Session } from "../../src/domain/session.ts";

export interface SessionInProcess extends Disposable {
  readonly session: Session;
}

/** Opens an existing file. */
export function openSqliteSession(file: string): SessionInProcess {
  const host = new HostDatabase(() => {});
  let calls = 0;
  host.open(file);
  return {
    session: {
      dialect: "sqlite",
      query: async (sql, parameters = []) => host.query(sql, parameters),
      execute: async (statements) => host.execute(statements),
      async transaction(work, options = {}) {
        host.begin(options);
        try {
          const result = await work();
          host.commit();
          return result;
        } catch (error) {
          host.rollback();
          throw error;
        }
      },
      transact: async (statements, options = {}) => host.transact(statements, options, calls++),
    },
    [Symbol.dispose]: () => host.close(),
  };
}
