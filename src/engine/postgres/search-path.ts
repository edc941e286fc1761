/** Where the unqualified names of people's SQL lead. */

import type { Target } from "../../domain/target.ts";
import type { Connection, SearchPath } from "./connection.ts";
import { quoteIdentifier, quoteLiteral } from "./identifiers.ts";

/** As the role's and the database's settings say; a tenant's own. */
export function pathOf({ tenant }: Target): SearchPath {
  return tenant?.searchPath ?? "own";
}

/** An expression that sets it for the rest of the session. */
export function setPath(path: Exclude<SearchPath, "own">): string {
  const value = path === "none" ? "" : path.map(quoteIdentifier).join(", ");
  return `pg_catalog.set_config('search_path', ${quoteLiteral(value)}, false)`;
}

/** The paths that sessions were turned to, which several tenants share. */
const turned = new WeakMap<Connection, SearchPath>();

/** To be called outside of other statements of this session. A session that was never turned is turned. */
export async function turnTo(connection: Connection, path: Exclude<SearchPath, "own">): Promise<Connection> {
  if (turned.get(connection) === path) return connection;
  await connection.run(`select ${setPath(path)}`);
  turned.set(connection, path);
  return connection;
}

/** What set its path otherwise makes that of a session unknown. */
export function forgetPath(connection: Connection): void {
  turned.delete(connection);
}
