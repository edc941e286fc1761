/** The columns of tables, as far as reading their values needs them. */

import type { Connection } from "./connection.ts";
import { qualified } from "./identifiers.ts";

/** How a value is told from every other of its column: by a typed hash where equality means identity, by its text elsewhere. */
export type ValueKind = "int2" | "int4" | "int8" | "bool" | "oid" | "uuid" | "date" | "text" | "other";

export interface Column {
  readonly name: string;
  readonly kind: ValueKind;
  /** The type below all domains, qualified and quoted for a cast; null where the column's type is no domain. */
  readonly castTo: string | null;
  /** The type's output function in pg_catalog; null for a type of an extension or of the users' own. */
  readonly output: string | null;
  /** Written without quotes where people read it. */
  readonly bare: boolean;
  readonly notNull: boolean;
}

const KINDS: Readonly<Record<string, ValueKind>> = {
  int2: "int2",
  int4: "int4",
  int8: "int8",
  bool: "bool",
  oid: "oid",
  uuid: "uuid",
  date: "date",
  text: "text",
  varchar: "text",
};

/** Virtual generated columns hold nothing: their expression is part of the structure. */
const COLUMNS = `
  with recursive domains(oid, base) as (
    select oid, typbasetype from pg_catalog.pg_type where typtype = 'd'
    union all
    select d.oid, t.typbasetype from domains d join pg_catalog.pg_type t on t.oid = d.base and t.typtype = 'd')
  select a.attrelid::text, a.attname, t.typname, tn.nspname, p.proname, pn.nspname, d.base is not null, t.typcategory, a.attnotnull
  from pg_catalog.pg_attribute a
  left join (domains d join pg_catalog.pg_type b on b.oid = d.base and b.typtype <> 'd') on d.oid = a.atttypid
  join pg_catalog.pg_type t on t.oid = coalesce(d.base, a.atttypid)
  join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace
  join pg_catalog.pg_proc p on p.oid = t.typoutput
  join pg_catalog.pg_namespace pn on pn.oid = p.pronamespace
  where a.attrelid = any ($1::oid[]) and a.attnum > 0 and not a.attisdropped and a.attgenerated <> 'v'
  order by a.attrelid, a.attnum`;

/** Columns in their order, by the oid of their table. */
export async function readColumns(connection: Connection, tables: readonly string[]): Promise<ReadonlyMap<string, readonly Column[]>> {
  const found = new Map<string, Column[]>();
  for (const row of await connection.rows(COLUMNS, [tables])) {
    const [table = "", name = "", type = "", typeSchema = "", output = "", outputSchema = "", isDomain, category, notNull] = row.map(
      (value) => value ?? "",
    );
    const column: Column = {
      name,
      kind: (typeSchema === "pg_catalog" ? KINDS[type] : undefined) ?? "other",
      castTo: isDomain === "t" ? qualified(typeSchema, type) : null,
      output: outputSchema === "pg_catalog" ? output : null,
      bare: category === "N" || category === "B",
      notNull: notNull === "t",
    };
    const columns = found.get(table);
    if (columns === undefined) found.set(table, [column]);
    else columns.push(column);
  }
  return found;
}
