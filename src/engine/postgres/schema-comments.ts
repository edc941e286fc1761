import type { Catalog } from "./schema-catalog.ts";
import { notOfExtension, userSchemas } from "./scope.ts";

/**
 * Of objects in the target's schemas, and of those schemas themselves; what an extension says of its own objects comes with it. The server
 * keeps what was said of a subscription after that is gone: what has no name any more is no object.
 */
export const COMMENTS: Catalog = {
  kind: "comment",
  sql: (scope) => `
    with ours as (select n.oid, n.nspname from pg_catalog.pg_namespace n where ${userSchemas(scope)}),
    said as (
      select (pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid)).*, d.description from pg_catalog.pg_description d
      where d.objoid >= 16384 and d.classoid not in ('pg_catalog.pg_extension'::regclass, 'pg_catalog.pg_language'::regclass)
        and not exists (select from pg_catalog.pg_depend e where e.classid = d.classoid and e.objid = d.objoid and e.deptype = 'e')
      union all
      select 'schema', null, o.nspname, quote_ident(o.nspname), d.description from pg_catalog.pg_description d join ours o on o.oid = d.objoid
      where d.classoid = 'pg_catalog.pg_namespace'::regclass and d.objoid < 16384)
    select 'on ', null, s.type || ' ' || s.identity, null, '', s.description from said s
    where s.identity <> '' and (s.schema in (select nspname from ours) or (s.schema is null and s.type = 'schema' and s.name in (select nspname from ours))
      or (s.schema is null and s.type <> 'schema' and ${
        scope.schemas === null
          ? "true"
          : "exists (select from ours o where s.identity ~ (' on ' || regexp_replace(quote_ident(o.nspname), '([^a-zA-Z0-9_])', '\\\\\\1', 'g') || '\\.'))"
      }))`,
};

/** The schemas themselves. */
export const SCHEMAS: Catalog = {
  kind: "schema",
  sql: (scope) => `
    select '', null, n.nspname, null, '', 'owner ' || pg_catalog.pg_get_userbyid(n.nspowner) from pg_catalog.pg_namespace n
    where ${userSchemas(scope)} and ${notOfExtension("pg_namespace", "n.oid")}`,
};
