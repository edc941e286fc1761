/** A look at the target: sessions that cannot write. */

import type { Target } from "../../domain/target.ts";
import type { ReadView } from "../engine.ts";
import type { Connection } from "./connection.ts";
import { readIdentity } from "./identity.ts";
import type { PostgresOptions } from "./options.ts";
import { obstacleToCopies } from "./rights.ts";
import { readSchema } from "./schema.ts";
import { scopeOf } from "./scope-of.ts";
import { serverAt } from "./server.ts";
import { readOnlySession } from "./session.ts";

export async function openView(target: Target, options: PostgresOptions): Promise<ReadView> {
  const server = serverAt(target.address, options.variables);
  const own = await server.connect();
  // what people ask is answered as they would be, and Belay's own questions as it needs
  let asked: Promise<Connection> | undefined;
  const [size] = await own.rows("select pg_catalog.pg_database_size(pg_catalog.current_database())::text");
  return {
    session: readOnlySession(() => (asked ??= server.connect({ searchPath: "own" }))),
    engineVersion: versionOf(own),
    sizeBytes: Number(size?.[0]),
    identity: () => readIdentity(own),
    schema: () => readSchema(own, scopeOf(target)),
    copyObstacle: () => obstacleToCopies(own),
    async [Symbol.asyncDispose]() {
      await own[Symbol.asyncDispose]();
      await (await asked?.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };
}

/** `PostgreSQL 15.18`. */
export function versionOf({ serverVersion }: Pick<Connection, "serverVersion">): string {
  return `PostgreSQL ${Math.floor(serverVersion / 10_000)}.${serverVersion % 10_000}`;
}
