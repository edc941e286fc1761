/** How the catalogs are read: one query per kind of object, whatever number there is of each. */

import type { SchemaObject, SchemaObjectKind } from "../../domain/schema.ts";
import type { Connection } from "./connection.ts";
import { labelOf, labelWithin } from "./labels.ts";
import { normalised } from "./schema-text.ts";
import type { Scope } from "./scope.ts";

/** A kind of object, and the query that lists it. */
export interface Catalog {
  readonly kind: SchemaObjectKind;
  /**
   * Its columns: what stands before the name (`on table `) or '', schema or NULL, name, name of the part or NULL, what follows the name
   * (`(integer)`) or '', definition. `version` as `Connection.serverVersion`.
   */
  readonly sql: (scope: Scope, version: number) => string;
}

export async function readCatalog(connection: Connection, scope: Scope, { kind, sql }: Catalog): Promise<SchemaObject[]> {
  const rows = await connection.rows(sql(scope, connection.serverVersion));
  return rows.map(([before, schema, name, part, after, definition]) => {
    const owner = name ?? "";
    const within = schema === null || schema === undefined ? owner : named(schema, owner, part ?? null);
    return { kind, name: `${before ?? ""}${within}${after ?? ""}`, definition: normalised(definition ?? "") };
  });
}

function named(schema: string, owner: string, part: string | null): string {
  return part === null ? labelOf(schema, owner) : labelWithin(schema, owner, part);
}

/** SQL: the facts that are not NULL, one after the other. */
export function facts(...expressions: readonly string[]): string {
  return `concat_ws('; ', ${expressions.join(", ")})`;
}

/** SQL: the name of the role with this oid. */
export function owner(oid: string): string {
  return `'owner ' || pg_catalog.pg_get_userbyid(${oid})`;
}

/** SQL: a list of settings, in the order of their names, so that the order in which they were made says nothing. */
export function options(list: string, word = "with"): string {
  return `'${word} (' || (select string_agg(o, ', ' order by o) from unnest(${list}) o) || ')'`;
}

/** Of whatever foreign data wrapper, what says where and how, and never who with which password. */
const OPEN_OPTIONS: readonly string[] = [
  "host",
  "hostaddr",
  "port",
  "dbname",
  "schema",
  "schema_name",
  "table",
  "table_name",
  "column_name",
  "sslmode",
  "extensions",
  "fetch_size",
  "batch_size",
  "updatable",
  "truncatable",
  "async_capable",
  "use_remote_estimate",
  "format",
  "delimiter",
  "header",
];

/**
 * SQL: as `options`, of a foreign server or table. What may be a secret comes as a digest, which is so short that it tells a change and
 * fits too many values for any to be guessed.
 */
export function foreignOptions(list: string): string {
  const open = OPEN_OPTIONS.map((name) => `'${name}'`).join(", ");
  const digest = "pg_catalog.right(pg_catalog.lpad(pg_catalog.to_hex(pg_catalog.hashtext(o)), 8, '0'), 5)";
  const shown = `case when split_part(o, '=', 1) in (${open}) then o else split_part(o, '=', 1) || '=#' || ${digest} end`;
  return `'options (' || (select string_agg(${shown}, ', ' order by o) from unnest(${list}) o) || ')'`;
}
