import { facts, options, owner, type Catalog } from "./schema-catalog.ts";
import { userRelations, userSchemas } from "./scope.ts";

/** Ordinary and materialised ones; of the latter whether they were filled, not what with. */
export const VIEWS: Catalog = {
  kind: "view",
  sql: (scope) => `
    select '', n.nspname, c.relname, null, '', ${facts(
      "case when c.relkind = 'm' then 'materialised' end",
      "case when c.relkind = 'm' and not c.relispopulated then 'not filled' end",
      options("c.reloptions"),
      "(select string_agg(quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum) from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0)",
      "(select 'defaults ' || string_agg(d.adnum || ' ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), ', ' order by d.adnum) from pg_catalog.pg_attrdef d where d.adrelid = c.oid)",
      owner("c.relowner"),
      "pg_catalog.pg_get_viewdef(c.oid)",
    )}
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm') and ${userSchemas(scope)} and ${userRelations(scope)}`,
};

export const RULES: Catalog = {
  kind: "rule",
  sql: (scope) => `
    select '', n.nspname, c.relname, r.rulename, '', ${facts("pg_catalog.pg_get_ruledef(r.oid)", "'enabled ' || nullif(r.ev_enabled::text, 'O')")}
    from pg_catalog.pg_rewrite r join pg_catalog.pg_class c on c.oid = r.ev_class join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where r.rulename <> '_RETURN' and ${userSchemas(scope)} and ${userRelations(scope)}`,
};

/** Not those that partitions have of their table. */
export const TRIGGERS: Catalog = {
  kind: "trigger",
  sql: (scope, version) => `
    select '', n.nspname, c.relname, t.tgname, '', ${facts("pg_catalog.pg_get_triggerdef(t.oid)", "'enabled ' || nullif(t.tgenabled::text, 'O')")}
    from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where not t.tgisinternal ${version >= 130_000 ? "and t.tgparentid = 0" : ""} and ${userSchemas(scope)} and ${userRelations(scope)}`,
};

export const POLICIES: Catalog = {
  kind: "policy",
  sql: (scope) => `
    select '', n.nspname, c.relname, p.polname, '', ${facts(
      "case when p.polpermissive then 'permissive' else 'restrictive' end",
      "'for ' || p.polcmd::text",
      "'to ' || (select string_agg(r.name, ', ' order by r.name) from (select case when o = 0 then 'public' else pg_catalog.pg_get_userbyid(o)::text end as name from unnest(p.polroles) o) r)",
      "'using ' || pg_catalog.pg_get_expr(p.polqual, p.polrelid)",
      "'check ' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)",
    )}
    from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where ${userSchemas(scope)} and ${userRelations(scope)}`,
};
