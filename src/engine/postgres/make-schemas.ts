/** The statements that make schemas as they were: owner, grants, comment. What is in them comes from the dump. */

import * as z from "zod/mini";

import type { JsonValue } from "../../domain/canonical-json.ts";
import type { Connection } from "./connection.ts";
import { readKept } from "./kept.ts";
import { quoteIdentifier, quoteLiteral } from "./identifiers.ts";
import { userSchemas, type Scope } from "./scope.ts";

/** What a schema is but for what stands in it. As manifests keep it. */
export type SchemaFacts = {
  readonly name: string;
  readonly owner: string;
  readonly comment: string | null;
  /** `grantee` null: everybody. */
  readonly grants: readonly { readonly grantee: string | null; readonly privilege: string; readonly grantable: boolean }[];
};

const FACTS = `select n.nspname, pg_catalog.pg_get_userbyid(n.nspowner), pg_catalog.obj_description(n.oid, 'pg_namespace'),
    (select coalesce(json_agg(json_build_object('privilege', a.privilege_type, 'grantable', a.is_grantable,
        'grantee', case when a.grantee = 0 then null else pg_catalog.pg_get_userbyid(a.grantee) end) order by a.grantee, a.privilege_type), '[]')
      from pg_catalog.aclexplode(n.nspacl) a where a.grantee <> n.nspowner)::text
  from pg_catalog.pg_namespace n where `;

/** Without what was moved aside earlier. */
export async function readSchemaFacts(source: Connection, scope: Scope): Promise<readonly SchemaFacts[]> {
  const rows = await source.rows(`${FACTS} ${userSchemas(scope)} and n.nspname !~ '_belay_f_[0-9A-Z]{10}$' order by n.nspname`);
  return rows.map(([name, owner, comment, grants]) => ({
    name: String(name),
    owner: String(owner),
    comment: comment ?? null,
    grants: JSON.parse(String(grants)) as SchemaFacts["grants"],
  }));
}

/** Those of a manifest that are the target's. Throws `backup-damaged` where it has none. */
export function schemaFactsOf(kept: JsonValue | undefined, { schemas }: Scope): readonly SchemaFacts[] {
  return readKept(factsShape(), kept, "what its schemas were like").filter(({ name }) => schemas === null || schemas.includes(name));
}

function factsShape() {
  const grant = z.object({ grantee: z.nullable(z.string()), privilege: z.string(), grantable: z.boolean() });
  return z.array(z.object({ name: z.string(), owner: z.string(), comment: z.nullable(z.string()), grants: z.array(grant) }));
}

const ROLES = "select rolname from pg_catalog.pg_roles where rolname = any ($1::text[])";

/** Over `target` only the roles are looked up that the server has: a grant to one that is gone is a grant to nobody. */
export async function schemaStatements(target: Connection, schemas: readonly SchemaFacts[]): Promise<readonly string[]> {
  const grantees = schemas.flatMap(({ grants }) => grants.flatMap(({ grantee }) => (grantee === null ? [] : [grantee])));
  const roles = new Set((await target.rows(ROLES, [grantees])).map(([role]) => role));
  return schemas.flatMap(({ name, owner, comment, grants }) => {
    const schema = quoteIdentifier(name);
    return [
      `create schema ${schema} authorization ${quoteIdentifier(owner)}`,
      ...(comment === null ? [] : [`comment on schema ${schema} is ${quoteLiteral(comment)}`]),
      ...grants
        .filter(({ grantee }) => grantee === null || roles.has(grantee))
        .map(
          ({ grantee, privilege, grantable }) =>
            `grant ${privilege} on schema ${schema} to ${grantee === null ? "public" : quoteIdentifier(grantee)}${grantable ? " with grant option" : ""}`,
        ),
    ];
  });
}
