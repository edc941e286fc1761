/**
 * Large objects, as a table of their own: they stand in no schema, and what they hold is no row of any table. PostgreSQL's own table of
 * their pages is for superusers, and holds what is not there and what is zero in two ways; so their content is read as a client reads it.
 */

import type { Column } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { fingerprintRows } from "./fingerprint.ts";
import { LARGE_OBJECTS } from "./labels.ts";
import { hashOfText } from "./value-hash.ts";
import type { Scope } from "./scope.ts";
import type { Table } from "./tables.ts";

/** Bytes read at once: the server holds them as text, too. */
const PART = 256 * 1024;

const column = (name: string, kind: "oid" | "int8"): Column => ({
  name,
  kind,
  castTo: null,
  output: `${kind}out`,
  bare: true,
  notNull: true,
});
const LOID = column("loid", "oid");

/** Each part is hashed with its place in the object, and each object is the sum of its parts. */
const CONTENT = `(with recursive parts(loid, place, length, hash) as (
    select m.oid, 0::int8, pg_catalog.length(p.bytes), ${hashOfText("pg_catalog.encode(p.bytes, 'hex')", "0")}
      from pg_catalog.pg_largeobject_metadata m cross join lateral (select pg_catalog.lo_get(m.oid, 0, ${PART}) as bytes offset 0) p
    union all
    select o.loid, o.place + 1, pg_catalog.length(p.bytes), ${hashOfText("pg_catalog.encode(p.bytes, 'hex')", "o.place + 1")}
      from parts o cross join lateral (select pg_catalog.lo_get(o.loid, (o.place + 1) * ${PART}, ${PART}) as bytes offset 0) p
      where o.length = ${PART})
  select p.loid, pg_catalog.sum(p.length)::int8 as bytes,
    pg_catalog.hash_numeric_extended(pg_catalog.sum(p.hash), 0) as content from parts p group by p.loid) large_objects`;

export const LARGE_OBJECT_TABLE: Table = {
  oid: "2613",
  schema: "pg_catalog",
  name: "pg_largeobject",
  label: LARGE_OBJECTS,
  from: CONTENT,
  columns: [LOID, column("bytes", "int8"), column("content", "int8")],
  keys: [["loid"]],
};

/** The one table of them, where there are any. They belong to the database as a whole: a target of some schemas has none. */
export async function readLargeObjects(connection: Connection, { schemas }: Scope): Promise<readonly Table[]> {
  if (schemas !== null) return [];
  const [found] = await connection.rows("select 1 from pg_catalog.pg_largeobject_metadata limit 1");
  return found === undefined ? [] : [LARGE_OBJECT_TABLE];
}

/** The fingerprint of what all of them hold; null where there are none, or where some cannot be read: `unreadableLargeObjects` tells. */
export async function fingerprintLargeObjects(connection: Connection, scope: Scope): Promise<string | null> {
  const [table] = await readLargeObjects(connection, scope);
  if (table === undefined || (await unreadableLargeObjects(connection)).length > 0) return null;
  return (await fingerprintRows(connection, table.from, [LOID], table.columns)).whole;
}

const UNREADABLE = `select m.oid::text from pg_catalog.pg_largeobject_metadata m
  where pg_catalog.current_setting('lo_compat_privileges') = 'off'
    and not (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user)
    and not exists (select from pg_catalog.aclexplode(coalesce(m.lomacl, pg_catalog.acldefault('L', m.lomowner))) a
      where a.privilege_type = 'SELECT' and (a.grantee = 0 or pg_catalog.pg_has_role(a.grantee, 'USAGE')))
  order by m.oid limit 10`;

/** Up to ten that this role may not read. */
export async function unreadableLargeObjects(connection: Connection): Promise<readonly string[]> {
  return (await connection.rows(UNREADABLE)).map(([loid]) => String(loid));
}

/** How many there are, whoever may read them. */
export async function countLargeObjects(connection: Connection): Promise<number> {
  const [row] = await connection.rows("select count(*) from pg_catalog.pg_largeobject_metadata");
  return Number(row?.[0]);
}
