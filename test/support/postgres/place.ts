/** A target of a test as the engine's parts see it. */

import { serverAt } from "../../../src/engine/postgres/server.ts";
import type { Place } from "../../../src/engine/postgres/place.ts";
import type { As, Cluster } from "./cluster.ts";

export interface PlaceRequest {
  readonly role?: string;
  /** Default: `postgres`. */
  readonly lockDatabase?: string;
}

export function placeOf(cluster: Cluster, database: string, as: As, { role, lockDatabase = "postgres" }: PlaceRequest = {}): Place {
  const address = role === undefined ? cluster.address(database, as) : cluster.addressOf(role, database);
  const variables = { PATH: `${cluster.bin}:${process.env["PATH"] ?? ""}`, HOME: "/nonexistent" };
  return {
    target: { name: database, engine: "postgres", address, configured: "${DATABASE_URL}" },
    server: serverAt(address, variables),
    database,
    lockDatabase,
    canRename: lockDatabase !== database,
    options: { variables, scratch: null, mayLack: [], lockDatabase: null, lockTimeoutMs: 5_000 },
  };
}
