import { facts, owner, type Catalog } from "./schema-catalog.ts";
import { notOfExtension, userSchemas } from "./scope.ts";

const ENUM =
  "(select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid)";
const DOMAIN_CHECKS = `(select string_agg(k.conname || ' ' || pg_catalog.pg_get_constraintdef(k.oid) || case when k.convalidated then '' else ' not validated' end, ', ' order by k.conname)
  from pg_catalog.pg_constraint k where k.contypid = t.oid and k.contype = 'c')`;
const ATTRIBUTES = `(select string_agg(quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
    || coalesce((select ' collate ' || quote_ident(l.collname) from pg_catalog.pg_collation l, pg_catalog.pg_type b where l.oid = a.attcollation and b.oid = a.atttypid and a.attcollation <> b.typcollation), ''),
    ', ' order by a.attnum)
  from pg_catalog.pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)`;
const RANGE = `(select concat_ws(', ', pg_catalog.format_type(r.rngsubtype, null), r.rngcanonical::text, r.rngsubdiff::text, o.opcname, l.collname)
  from pg_catalog.pg_range r join pg_catalog.pg_opclass o on o.oid = r.rngsubopc left join pg_catalog.pg_collation l on l.oid = r.rngcollation where r.rngtypid = t.oid)`;

/** Enums, domains, composite types, ranges, base types; not the types that tables, arrays and multiranges bring. */
export const TYPES: Catalog = {
  kind: "type",
  sql: (scope) => `
    select '', n.nspname, t.typname, null, '', ${facts(
      `case t.typtype when 'e' then 'enum ' || coalesce(${ENUM}, '') when 'c' then 'composite ' || coalesce(${ATTRIBUTES}, '') when 'r' then 'range ' || ${RANGE}
        when 'd' then 'domain ' || pg_catalog.format_type(t.typbasetype, t.typtypmod)
        else concat_ws(', ', 'base', t.typinput::text, t.typoutput::text, t.typlen::text, t.typalign::text, t.typstorage::text) end`,
      "(select 'collate ' || quote_ident(l.collname) from pg_catalog.pg_collation l, pg_catalog.pg_type b where t.typtype = 'd' and l.oid = t.typcollation and b.oid = t.typbasetype and t.typcollation <> b.typcollation)",
      "case when t.typnotnull then 'not null' end",
      "'default ' || case when t.typtype = 'd' then coalesce(pg_catalog.pg_get_expr(t.typdefaultbin, 0), t.typdefault) end",
      DOMAIN_CHECKS,
      owner("t.typowner"),
    )}
    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace left join pg_catalog.pg_class c on c.oid = t.typrelid
    where t.typtype in ('b', 'c', 'd', 'e', 'r') and (c.oid is null or c.relkind = 'c') and ${userSchemas(scope)} and ${notOfExtension("pg_type", "t.oid")}
      and not exists (select from pg_catalog.pg_type e where e.oid = t.typelem and e.typarray = t.oid)`,
};

/** How numbers are dealt, not how far. */
export const SEQUENCES: Catalog = {
  kind: "sequence",
  sql: (scope) => `
    select '', n.nspname, c.relname, null, '', ${facts(
      "pg_catalog.format_type(s.seqtypid, null)",
      "'from ' || s.seqstart",
      "'by ' || s.seqincrement",
      "'at least ' || s.seqmin",
      "'at most ' || s.seqmax",
      "'cache ' || s.seqcache",
      "case when s.seqcycle then 'cycle' end",
      "case when c.relpersistence = 'u' then 'unlogged' end",
      `(select 'owned by ' || d.refobjid::regclass::text || '.' || quote_ident(a.attname) from pg_catalog.pg_depend d
        join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i'))`,
      owner("c.relowner"),
    )}
    from pg_catalog.pg_sequence s join pg_catalog.pg_class c on c.oid = s.seqrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where ${userSchemas(scope)} and ${notOfExtension("pg_class", "c.oid")}`,
};
