/** Who may do what, where that is other than what an object's owner and everybody have by themselves. */

import type { Catalog } from "./schema-catalog.ts";
import { notOfExtension, userRelations, userSchemas } from "./scope.ts";

/** SQL: an access list in the order of its names. */
function privileges(list: string): string {
  return `(select string_agg(g.grantee || ' ' || g.privilege_type || g.option, ', ' order by g.grantee, g.privilege_type, g.option)
    from (select case when x.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(x.grantee)::text end as grantee, x.privilege_type,
      case when x.is_grantable then ' with grant option' else '' end as option from pg_catalog.aclexplode(${list}) x) g)`;
}

/** An object whose list is the one that it was born with is left out. An empty list is no list at all: even the owner may nothing. */
function grants(before: string, name: string, list: string, born: string, from: string): string {
  const said = privileges(list);
  return `select ${before}, ${name}, coalesce(${said}, 'nobody') from ${from}
    and ${list} is not null and ${said} is distinct from ${born === "null" ? "null" : privileges(born)}`;
}

const IN_SCHEMA = "join pg_catalog.pg_namespace n on n.oid =";

export const GRANTS: Catalog = {
  kind: "grant",
  sql: (scope) =>
    [
      grants(
        "case c.relkind when 'S' then 'on sequence ' when 'v' then 'on view ' when 'm' then 'on view ' else 'on table ' end",
        "n.nspname, c.relname, null, ''",
        "c.relacl",
        "pg_catalog.acldefault(case when c.relkind = 'S' then 's'::\"char\" else 'r'::\"char\" end, c.relowner)",
        `pg_catalog.pg_class c ${IN_SCHEMA} c.relnamespace where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S') and ${userSchemas(scope)} and ${userRelations(scope)}`,
      ),
      grants(
        "'on column '",
        "n.nspname, c.relname, a.attname, ''",
        "a.attacl",
        "null",
        `pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid ${IN_SCHEMA} c.relnamespace
         where not a.attisdropped and ${userSchemas(scope)} and ${userRelations(scope)}`,
      ),
      grants(
        "'on function '",
        "n.nspname, p.proname, null, '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')'",
        "p.proacl",
        "pg_catalog.acldefault('f', p.proowner)",
        `pg_catalog.pg_proc p ${IN_SCHEMA} p.pronamespace where ${userSchemas(scope)} and ${notOfExtension("pg_proc", "p.oid")}`,
      ),
      grants(
        "'on type '",
        "n.nspname, t.typname, null, ''",
        "t.typacl",
        "pg_catalog.acldefault('T', t.typowner)",
        `pg_catalog.pg_type t ${IN_SCHEMA} t.typnamespace where ${userSchemas(scope)} and ${notOfExtension("pg_type", "t.oid")}`,
      ),
      grants(
        "'on schema '",
        "null, n.nspname, null, ''",
        "n.nspacl",
        "pg_catalog.acldefault('n', n.nspowner)",
        `pg_catalog.pg_namespace n where ${userSchemas(scope)}`,
      ),
    ].join(" union all "),
};

/** What objects of a schema, or of the whole database, will be born with. */
export const DEFAULT_PRIVILEGES: Catalog = {
  kind: "grant",
  sql: (scope) => `
    select '', null, concat_ws(' ', 'by default on', case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
        when 'T' then 'types' when 'n' then 'schemas' else 'large objects' end, 'of', pg_catalog.pg_get_userbyid(d.defaclrole), 'in ' || n.nspname), null, '',
      coalesce(${privileges("d.defaclacl")}, 'nobody')
    from pg_catalog.pg_default_acl d left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
    where ${scope.schemas === null ? "n.oid is null or " : ""}${userSchemas(scope)}`,
};
