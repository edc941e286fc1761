import { facts, foreignOptions, options, owner, type Catalog } from "./schema-catalog.ts";
import { userRelations, userSchemas } from "./scope.ts";

export const TABLES: Catalog = {
  kind: "table",
  sql: (scope) => `
    select '', n.nspname, c.relname, null, '', ${facts(
      "case c.relkind when 'p' then 'partitioned' when 'f' then 'foreign' else 'table' end",
      "case when c.relpersistence = 'u' then 'unlogged' end",
      "'of ' || case when c.reloftype <> 0 then pg_catalog.format_type(c.reloftype, null) end",
      "case when c.relkind = 'p' then 'by ' || pg_catalog.pg_get_partkeydef(c.oid) end",
      "(select string_agg(case when c.relispartition then 'partition of ' else 'inherits ' end || i.inhparent::regclass::text, ', ' order by i.inhseqno) from pg_catalog.pg_inherits i where i.inhrelid = c.oid)",
      "pg_catalog.pg_get_expr(c.relpartbound, c.oid)",
      options("c.reloptions"),
      `(select ${options("s.reloptions", "toast")} from pg_catalog.pg_class s where s.oid = c.reltoastrelid)`,
      "(select 'access method ' || m.amname from pg_catalog.pg_am m where m.oid = c.relam and m.amname <> 'heap')",
      "(select 'tablespace ' || s.spcname from pg_catalog.pg_tablespace s where s.oid = c.reltablespace)",
      "case when c.relrowsecurity then 'row security' end",
      "case when c.relforcerowsecurity then 'row security forced' end",
      "case when c.relreplident in ('f', 'n') then 'replica identity ' || c.relreplident::text end",
      "(select 'replica identity ' || x.indexrelid::regclass::text from pg_catalog.pg_index x where x.indrelid = c.oid and x.indisreplident)",
      "(select 'clustered on ' || x.indexrelid::regclass::text from pg_catalog.pg_index x where x.indrelid = c.oid and x.indisclustered)",
      "(select 'server ' || s.srvname from pg_catalog.pg_foreign_table f join pg_catalog.pg_foreign_server s on s.oid = f.ftserver where f.ftrelid = c.oid)",
      `(select ${foreignOptions("f.ftoptions")} from pg_catalog.pg_foreign_table f where f.ftrelid = c.oid)`,
      owner("c.relowner"),
    )}
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'f') and ${userSchemas(scope)} and ${userRelations(scope)}`,
};

/**
 * Columns of partitions are those of their table. A column's place is told by the one before it, so that one added at the end changes no
 * other. NOT NULL belongs to the column, whatever its constraint is called.
 */
export const COLUMNS: Catalog = {
  kind: "column",
  sql: (scope, version) => `
    select '', n.nspname, c.relname, a.attname, '', ${facts(
      "pg_catalog.format_type(a.atttypid, a.atttypmod)",
      "'collate ' || case when a.attcollation <> t.typcollation then (select quote_ident(m.nspname) || '.' || quote_ident(l.collname) from pg_catalog.pg_collation l join pg_catalog.pg_namespace m on m.oid = l.collnamespace where l.oid = a.attcollation) end",
      "case when a.attnotnull then 'not null' end",
      ...(version >= 180_000 ? [NOT_NULL] : []),
      "case a.attidentity when 'a' then 'identity always' when 'd' then 'identity by default' end",
      `case a.attgenerated when '' then 'default ' when 's' then 'stored ' else 'virtual ' end || pg_catalog.pg_get_expr(d.adbin, d.adrelid)`,
      "case when a.attstorage <> t.typstorage then 'storage ' || a.attstorage::text end",
      ...(version >= 140_000 ? ["'compression ' || nullif(a.attcompression::text, '')"] : []),
      "'statistics ' || nullif(a.attstattarget, -1)",
      options("a.attoptions"),
      foreignOptions("a.attfdwoptions"),
      "coalesce('after ' || a.previous, 'first')",
    )}
    from (select a.*, lag(a.attname) over (partition by a.attrelid order by a.attnum) as previous
      from pg_catalog.pg_attribute a where a.attnum > 0 and not a.attisdropped) a
    join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_type t on t.oid = a.atttypid
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relkind in ('r', 'p', 'f') and not c.relispartition and ${userSchemas(scope)} and ${userRelations(scope)}`,
};

/** Since 18 such a constraint may be unproven, or not passed on to heirs. */
const NOT_NULL = `(select concat_ws(', ', case when not k.convalidated then 'not valid' end, case when k.connoinherit then 'no inherit' end)
  from pg_catalog.pg_constraint k where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey[1] = a.attnum
    and (not k.convalidated or k.connoinherit))`;
