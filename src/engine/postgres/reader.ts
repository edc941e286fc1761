/** Questions of the team's own, on a session of their own: whatever they cost, nothing else waits for them. */

import type { Target } from "../../domain/target.ts";
import type { Reader, ReaderOptions } from "../engine.ts";
import type { PostgresOptions } from "./options.ts";
import { pathOf } from "./search-path.ts";
import { serverAt } from "./server.ts";
import { readOnlySession } from "./session.ts";

export async function openReader(target: Target, options: PostgresOptions, { signal }: ReaderOptions): Promise<Reader> {
  const server = serverAt(target.address, options.variables);
  const connect = () => server.connect({ searchPath: pathOf(target), signal });
  let connection = await connect();
  let busy = false;
  return {
    session: {
      ...readOnlySession(async () => connection),
      async query(sql, parameters) {
        // the question that nobody waits for any more ends with its session
        if (busy || connection.lost.aborted) {
          await connection[Symbol.asyncDispose]();
          connection = await connect();
        }
        const mine = connection;
        busy = true;
        try {
          return await readOnlySession(async () => mine).query(sql, parameters);
        } finally {
          if (mine === connection) busy = false;
        }
      },
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
