/** What of a database is the target's: user schemas and what stands in them, never what the server, an extension or Belay keeps there. */

import { quoteLiteral } from "./identifiers.ts";

export interface Scope {
  /** The schemas that the target owns; null: every one of the database. */
  readonly schemas: readonly string[] | null;
  /** `application` (default) leaves out what Belay's own `sql` tool keeps in the database; `all` only what no user made. */
  readonly include?: "application" | "all";
}

/** The history of the `sql` tool: state, not data of the application. */
export const HISTORY_TABLE = "belay_migrations";

/** How the comment of a schema begins that Belay moved aside: a copy of the target, no part of it. */
export const MOVED_ASIDE = "Belay moved this schema aside; `belay prune` drops it.";

const NOT_MOVED_ASIDE = `not coalesce(pg_catalog.starts_with(pg_catalog.obj_description(n.oid, 'pg_namespace'), ${quoteLiteral(MOVED_ASIDE)}), false)`;

/** A condition on `pg_namespace n`. What an extension owns is restored by CREATE EXTENSION, and so is no part of a target. */
export function userSchemas(scope: Scope): string {
  const ours =
    scope.schemas === null
      ? `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'belay') and ${NOT_MOVED_ASIDE}`
      : `n.nspname = any (array[${scope.schemas.map((schema) => quoteLiteral(schema)).join(", ")}]::text[])`;
  return `(${ours} and ${notOfExtension("pg_namespace", "n.oid")})`;
}

/** A condition: no extension owns the object with this oid in this catalog. */
export function notOfExtension(catalog: string, oid: string): string {
  return `not exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.${catalog}'::regclass and e.objid = ${oid} and e.objsubid = 0 and e.deptype = 'e')`;
}

/**
 * A condition on `pg_class c`: an extension made it for what users configure, so that its rows, unlike its structure, are the users' and are
 * dumped. Of a target of some schemas nothing is, as an extension belongs to the whole database.
 */
export function configuration(scope: Scope): string {
  return scope.schemas === null ? "exists (select from pg_catalog.pg_extension x where c.oid = any (x.extconfig))" : "false";
}

/** A condition on `pg_class c` in addition to `userSchemas`: the relation is the application's. */
export function userRelations(scope: Scope): string {
  const history = (scope.include ?? "application") === "application" ? ` and c.relname <> '${HISTORY_TABLE}'` : "";
  return `(${notOfExtension("pg_class", "c.oid")}${history})`;
}
