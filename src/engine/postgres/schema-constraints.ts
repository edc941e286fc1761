import { facts, type Catalog } from "./schema-catalog.ts";
import { notOfExtension, userRelations, userSchemas } from "./scope.ts";

/**
 * What a table was given itself: not what partitions and heirs have of their parent, nor the parts of a foreign key that each partition of
 * the other table brings, whose names are the server's. NOT NULL stands with its column, a constraint trigger with the triggers.
 */
export const CONSTRAINTS: Catalog = {
  kind: "constraint",
  sql: (scope) => `
    select '', n.nspname, c.relname, k.conname, '', ${facts(
      "pg_catalog.pg_get_constraintdef(k.oid)",
      "case when not k.convalidated then 'not validated' end",
      "(select 'index invalid' from pg_catalog.pg_index i where i.indexrelid = k.conindid and k.contype in ('p', 'u', 'x') and not i.indisvalid)",
      "case when k.contype in ('p', 'u', 'x') then (select 'tablespace ' || s.spcname from pg_catalog.pg_class i join pg_catalog.pg_tablespace s on s.oid = i.reltablespace where i.oid = k.conindid) end",
    )}
    from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where k.contype in ('c', 'f', 'p', 'u', 'x') and (k.conislocal or k.coninhcount = 0) and (k.conparentid = 0 or k.contype in ('p', 'u'))
      and ${userSchemas(scope)} and ${userRelations(scope)}`,
};

/** Those that no constraint brought. */
export const INDEXES: Catalog = {
  kind: "index",
  sql: (scope) => `
    select '', n.nspname, x.relname, null, '', ${facts(
      "pg_catalog.pg_get_indexdef(i.indexrelid)",
      "case when not i.indisvalid then 'invalid' end",
      "(select 'part of ' || h.inhparent::regclass::text from pg_catalog.pg_inherits h where h.inhrelid = x.oid)",
      "(select string_agg(a.attnum || ' statistics ' || a.attstattarget, ', ' order by a.attnum) from pg_catalog.pg_attribute a where a.attrelid = x.oid and a.attstattarget > 0)",
      "(select 'tablespace ' || s.spcname from pg_catalog.pg_tablespace s where s.oid = x.reltablespace)",
    )}
    from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid
    join pg_catalog.pg_class c on c.oid = i.indrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm') and ${userSchemas(scope)} and ${userRelations(scope)}
      and not exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))`,
};

export const STATISTICS: Catalog = {
  kind: "statistics",
  sql: (scope, version) => `
    select '', n.nspname, s.stxname, null, '', ${facts(
      "pg_catalog.pg_get_statisticsobjdef(s.oid)",
      ...(version >= 130_000 ? ["'statistics ' || nullif(s.stxstattarget, -1)"] : []),
    )}
    from pg_catalog.pg_statistic_ext s join pg_catalog.pg_namespace n on n.oid = s.stxnamespace
    where ${userSchemas(scope)} and ${notOfExtension("pg_statistic_ext", "s.oid")}`,
};
