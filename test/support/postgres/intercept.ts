/** Faults between two statements of Belay's. */

import type { Connection, Server } from "../../../src/engine/postgres/connection.ts";
import type { Place } from "../../../src/engine/postgres/place.ts";

/** Called before each statement goes out, and, with `work` already sent, while it is under way. */
export interface Interceptor {
  before?(sql: string): Promise<void> | void;
  during?(sql: string): Promise<void> | void;
}

/** The same place; its sessions tell the interceptor. */
export function intercepted(place: Place, interceptor: Interceptor): Place {
  const server: Server = {
    ...place.server,
    connect: async (request) => {
      await interceptor.before?.("connect");
      return telling(await place.server.connect(request), interceptor);
    },
  };
  return { ...place, server };
}

function telling(connection: Connection, { before, during }: Interceptor): Connection {
  const told = async <T>(sql: string, work: () => Promise<T>): Promise<T> => {
    await before?.(sql);
    const underWay = work();
    underWay.catch(() => undefined);
    await during?.(sql);
    return await underWay;
  };
  return new Proxy(connection, {
    get(target, name) {
      if (name === "rows") return (sql: string, ...rest: []) => told(sql, () => target.rows(sql, ...rest));
      if (name === "run") return (sql: string) => told(sql, () => target.run(sql));
      if (name === "transaction")
        return <T>(begin: string, work: () => Promise<T>) =>
          target.transaction(begin, async () => {
            const result = await work();
            await before?.("commit");
            return result;
          });
      const value: unknown = Reflect.get(target, name, target);
      // no bound function: `await using` of Node 24 takes none
      return typeof value === "function" ? (...args: unknown[]): unknown => Reflect.apply(value, target, args) : value;
    },
  });
}
