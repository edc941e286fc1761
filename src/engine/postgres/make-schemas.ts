/** The statements that make schemas as they are in the copy: owner, grants, comment. What is in them comes from the dump. */

import type { Copy } from "../engine.ts";
import type { Connection } from "./connection.ts";
import { openCopy } from "./copies.ts";
import { quoteIdentifier, quoteLiteral } from "./identifiers.ts";
import type { Place } from "./place.ts";
import type { SchemaNames } from "./way-schemas.ts";

const SCHEMAS = `select n.nspname, pg_catalog.pg_get_userbyid(n.nspowner), pg_catalog.obj_description(n.oid, 'pg_namespace')
  from pg_catalog.pg_namespace n where n.nspname = any ($1::text[]) order by n.nspname`;

const GRANTS = `select n.nspname, case when a.grantee = 0 then null else pg_catalog.pg_get_userbyid(a.grantee) end, a.privilege_type, a.is_grantable::text
  from pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a where n.nspname = any ($1::text[]) and a.grantee <> n.nspowner order by 1, 2, 3`;

const ROLES = "select rolname from pg_catalog.pg_roles where rolname = any ($1::text[])";

/** Over `target` only the roles are looked up that the server has: a grant to one that is gone is a grant to nobody. */
export async function makeSchemas(
  place: Place,
  copy: Copy,
  target: Connection,
  { made }: SchemaNames,
  application: string,
): Promise<readonly string[]> {
  await using source = await openCopy(place, copy, application);
  const schemas = await source.rows(SCHEMAS, [made]);
  const grants = await source.rows(GRANTS, [made]);
  const roles = new Set((await target.rows(ROLES, [grants.map(([, grantee]) => String(grantee))])).map(([role]) => role));
  return [
    ...schemas.flatMap(([name, owner, comment]) => [
      `create schema ${quoteIdentifier(String(name))} authorization ${quoteIdentifier(String(owner))}`,
      ...(comment === null || comment === undefined
        ? []
        : [`comment on schema ${quoteIdentifier(String(name))} is ${quoteLiteral(comment)}`]),
    ]),
    ...grants
      .filter(([, grantee]) => grantee === null || roles.has(grantee ?? null))
      .map(
        ([name, grantee, privilege, grantable]) =>
          `grant ${privilege} on schema ${quoteIdentifier(String(name))} to ${grantee === null ? "public" : quoteIdentifier(String(grantee))}${grantable === "true" ? " with grant option" : ""}`,
      ),
  ];
}
