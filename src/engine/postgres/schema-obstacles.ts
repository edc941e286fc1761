/** What speaks against moving schemas aside and filling new ones of their names. Only looks. */

import type { Connection } from "./connection.ts";

/** Where every object that can refer to another, or be referred to, has its home. */
const HOMES: readonly (readonly [catalog: string, namespace: string])[] = [
  ["pg_class", "o.relnamespace"],
  ["pg_proc", "o.pronamespace"],
  ["pg_type", "o.typnamespace"],
  ["pg_constraint", "o.connamespace"],
  ["pg_operator", "o.oprnamespace"],
  ["pg_opclass", "o.opcnamespace"],
  ["pg_opfamily", "o.opfnamespace"],
  ["pg_collation", "o.collnamespace"],
  ["pg_conversion", "o.connamespace"],
  ["pg_statistic_ext", "o.stxnamespace"],
  ["pg_ts_config", "o.cfgnamespace"],
  ["pg_ts_dict", "o.dictnamespace"],
  ["pg_ts_parser", "o.prsnamespace"],
  ["pg_ts_template", "o.tmplnamespace"],
  ["pg_rewrite", home("pg_class", "relnamespace", "o.ev_class")],
  ["pg_trigger", home("pg_class", "relnamespace", "o.tgrelid")],
  ["pg_policy", home("pg_class", "relnamespace", "o.polrelid")],
  ["pg_attrdef", home("pg_class", "relnamespace", "o.adrelid")],
  ["pg_amop", home("pg_opfamily", "opfnamespace", "o.amopfamily")],
  ["pg_amproc", home("pg_opfamily", "opfnamespace", "o.amprocfamily")],
];

function home(catalog: string, namespace: string, oid: string): string {
  return `(select h.${namespace} from pg_catalog.${catalog} h where h.oid = ${oid})`;
}

const PLACES = HOMES.map(
  ([catalog, namespace]) =>
    `select 'pg_catalog.${catalog}'::regclass::oid as class, o.oid, ${namespace} as home from pg_catalog.${catalog} o`,
).join(" union all ");

/** Which object outside is bound to which inside; `inside`: conditions on the homes `p.home` and `r.home` of both. */
function bound(inside: string): string {
  // publications get the new tables in the place of the old ones, and TOAST tables go with theirs
  return `with place as (${PLACES})
  select distinct pg_catalog.pg_describe_object(d.classid, d.objid, 0), pg_catalog.pg_describe_object(d.refclassid, d.refobjid, 0)
  from pg_catalog.pg_depend d join place r on r.class = d.refclassid and r.oid = d.refobjid left join place p on p.class = d.classid and p.oid = d.objid
  where r.home = any ($1::oid[]) and (p.home is null or ${inside}) and d.deptype <> 'e'
    and p.home is distinct from 'pg_toast'::regnamespace
    and not (d.classid = 'pg_catalog.pg_trigger'::regclass
      and exists (select from pg_catalog.pg_trigger t where t.oid = d.objid and t.tgisinternal)) -- of a foreign key out of them, which holds nobody back
    and d.classid not in ('pg_catalog.pg_publication_rel'::regclass, 'pg_catalog.pg_default_acl'::regclass) order by 1, 2`;
}

/** The schemas are moved together. */
const BOUND = bound("p.home <> all ($1::oid[])");
/** Each of them is moved alone. */
const BOUND_ALONE = bound("p.home <> r.home");

const EXTENSIONS = `select e.extname, n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
  where n.oid = any ($1::oid[]) order by 1`;

const FOREIGN = `select n.nspname, pg_catalog.pg_get_userbyid(n.nspowner) from pg_catalog.pg_namespace n
  where n.oid = any ($1::oid[]) and not pg_catalog.pg_has_role(n.nspowner, 'USAGE') order by 1`;

const MAY_CREATE = "select pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')";

/**
 * Everything, in a few words each; empty: they can be moved. `schemas`: oids of the database that `connection` is in; `how`: all of them
 * together, or each while the others stay.
 */
export async function obstaclesToMove(
  connection: Connection,
  schemas: readonly string[],
  how: "together" | "alone" = "together",
): Promise<readonly string[]> {
  const oids = `{${schemas.join(",")}}`;
  const extensions = await connection.rows(EXTENSIONS, [oids]);
  const bound = await connection.rows(how === "together" ? BOUND : BOUND_ALONE, [oids]);
  const foreign = await connection.rows(FOREIGN, [oids]);
  const [mayCreate] = await connection.rows(MAY_CREATE);
  return [
    ...extensions.map(([extension, schema]) => `the extension ${extension} lies in the schema ${schema}`),
    ...bound.map(([dependent, on]) => `the ${dependent}, which is not moved, is bound to the ${on}`),
    ...foreign.map(([schema, owner]) => `the schema ${schema} belongs to ${owner}`),
    ...(mayCreate?.[0] === "t" ? [] : ["this role may not create schemas in the database"]),
  ];
}
