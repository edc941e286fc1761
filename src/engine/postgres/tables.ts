/** The tables of a database as backups and comparisons need them: what holds rows, and what tells one row from another. */

import { readColumns, type Column } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { qualified } from "./identifiers.ts";
import { labelOf } from "./labels.ts";
import { configuration, userRelations, userSchemas, type Scope } from "./scope.ts";

export interface Table {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** `person` for the schema public, else `audit.log`. */
  readonly label: string;
  /** What stands after `from`: with ONLY, as rows of heirs belong to the heirs; a partitioned table with all its partitions. */
  readonly from: string;
  /** Those that hold values, in their order. */
  readonly columns: readonly Column[];
  /** Column names of each key, best first: the primary key, then unique indexes. None of the columns can be NULL. */
  readonly keys: readonly (readonly string[])[];
}

/**
 * Every table that holds rows of its own here: ordinary, unlogged, inherited and partitioned ones (partitions belong to the uppermost
 * table), and what extensions keep for their users. Rows of foreign tables lie elsewhere. Those of materialised views are an answer that a restore computes anew, so that a view
 * that was stale would look damaged; both are compared by structure. Where a partition is a foreign table, the others stand for themselves.
 */
export async function readTables(connection: Connection, scope: Scope): Promise<readonly Table[]> {
  return withColumns(connection, await readNames(connection, scope, tableNames(scope)));
}

export interface TableName {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly label: string;
  readonly from: string;
}

/** Materialised views, in the order of their labels; those that were never filled are left out, as reading one fails. */
export async function readMaterialisedViews(connection: Connection, scope: Scope): Promise<readonly TableName[]> {
  return readNames(
    connection,
    scope,
    `select c.oid, c.relname, c.relnamespace, c.relkind from pg_catalog.pg_class c where c.relkind = 'm' and c.relispopulated`,
  );
}

/** Names alone: a partition is left to its uppermost table unless that holds a foreign one. */
function tableNames(scope: Scope): string {
  return `
    with trees as (
      select r.oid as root, array_agg(tree.relid::oid) as members, bool_or(m.relkind = 'f') as remote
      from pg_catalog.pg_class r join pg_catalog.pg_namespace n on n.oid = r.relnamespace
      cross join lateral pg_catalog.pg_partition_tree(r.oid) tree join pg_catalog.pg_class m on m.oid = tree.relid
      where r.relkind = 'p' and not r.relispartition and ${userSchemas(scope)} group by r.oid),
    whole as (select root from trees where not remote),
    covered as (select unnest(members) as oid from trees where not remote)
    select c.oid, c.relname, c.relnamespace, c.relkind from pg_catalog.pg_class c
    where (c.relkind = 'r' and c.oid not in (select oid from covered)) or c.oid in (select root from whole)`;
}

/** SQL: which rows of an extension's table are the users', as `where …`; NULL: all. */
const DUMPED_ROWS = `(select nullif(x.extcondition[pg_catalog.array_position(x.extconfig, c.oid)], '')
  from pg_catalog.pg_extension x where c.oid = any (x.extconfig))`;

async function readNames(connection: Connection, scope: Scope, candidates: string): Promise<TableName[]> {
  const rows = await connection.rows(
    `select c.oid::text, n.nspname, c.relname, c.relkind, ${DUMPED_ROWS}
     from (${candidates}) c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where (${userSchemas(scope)} and ${userRelations(scope)}) or ${configuration(scope)}`,
  );
  return rows
    .map(([oid, schema, name, kind, condition]) => {
      const [inSchema, called] = [schema ?? "", name ?? ""];
      const all = (kind === "r" ? "only " : "") + qualified(inSchema, called);
      const from = typeof condition !== "string" ? all : `(select xmin, * from ${all} ${condition}) configured`;
      return { oid: oid ?? "", schema: inSchema, name: called, label: labelOf(inSchema, called), from };
    })
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

/** Unique without exception: no condition, no expression, no NULL. `indnullsnotdistinct` and deferral change nothing then. */
const KEYS = `
  select i.indrelid::text, array_to_json(array(select a.attname from unnest(i.indkey[0:i.indnkeyatts - 1]) with ordinality k(attnum, place)
    join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum order by k.place))::text
  from pg_catalog.pg_index i
  where i.indrelid = any ($1::oid[]) and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
    and not exists (select from unnest(i.indkey[0:i.indnkeyatts - 1]) k(attnum)
      join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum where not a.attnotnull or a.attgenerated = 'v')
  order by i.indrelid, not i.indisprimary, i.indnkeyatts, i.indexrelid`;

async function withColumns(connection: Connection, names: readonly TableName[]): Promise<Table[]> {
  const oids = names.map(({ oid }) => oid);
  const columns = await readColumns(connection, oids);
  const keys = new Map<string, string[][]>();
  for (const [table = "", key] of await connection.rows(KEYS, [oids])) {
    const parts: string[] = JSON.parse(key ?? "[]");
    keys.set(table ?? "", [...(keys.get(table ?? "") ?? []), parts]);
  }
  return names.map((table) => ({ ...table, columns: columns.get(table.oid) ?? [], keys: keys.get(table.oid) ?? [] }));
}
