/** Tenants as targets: schemas of one database, which they share. */

import type { TenantsConfig } from "../config/config.ts";
import { databaseOf, type Target } from "../domain/target.ts";

/** One schema of a database as a target of its own. */
export function tenantOf({ shared }: Pick<TenantsConfig, "shared">, database: Target, schema: string, siblings: number): Target {
  return {
    ...database,
    name: `${database.name}/${schema}`,
    schemas: [schema],
    tenant: {
      of: database,
      schema,
      shared: schema === shared,
      siblings,
      searchPath: shared === null || shared === schema ? [schema] : [schema, shared],
    },
  };
}

/** Asks about each database once, whichever of its tenants are looked at. */
export function oncePerDatabase<T>(ask: (database: Target) => Promise<T>): (target: Target) => Promise<T> {
  const asked = new Map<Target, Promise<T>>();
  return (target) => {
    const database = databaseOf(target);
    const answer = asked.get(database) ?? ask(database);
    asked.set(database, answer);
    return answer;
  };
}
