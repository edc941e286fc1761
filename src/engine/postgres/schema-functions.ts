import { facts, owner, type Catalog } from "./schema-catalog.ts";
import { notOfExtension, userSchemas } from "./scope.ts";

const ARGUMENTS = "'(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')'";

/** Functions, procedures and window functions, told apart by their arguments; the constructors of a range belong to its type. */
export const FUNCTIONS: Catalog = {
  kind: "function",
  sql: (scope) => `
    select '', n.nspname, p.proname, null, ${ARGUMENTS}, ${facts(owner("p.proowner"), "pg_catalog.pg_get_functiondef(p.oid)")}
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where p.prokind <> 'a' and ${userSchemas(scope)} and ${notOfExtension("pg_proc", "p.oid")}
      and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')`,
};

export const AGGREGATES: Catalog = {
  kind: "function",
  sql: (scope) => `
    select '', n.nspname, p.proname, null, ${ARGUMENTS}, ${facts(
      "'aggregate'",
      "pg_catalog.pg_get_function_result(p.oid)",
      "a.aggkind::text",
      "a.aggtransfn::text",
      "a.aggfinalfn::text",
      "a.aggcombinefn::text",
      "a.aggserialfn::text",
      "a.aggdeserialfn::text",
      "a.aggmtransfn::text",
      "a.aggminvtransfn::text",
      "a.aggmfinalfn::text",
      "pg_catalog.format_type(a.aggtranstype, null)",
      "'initially ' || a.agginitval",
      "'moving initially ' || a.aggminitval",
      "'sorted by ' || case when a.aggsortop <> 0 then a.aggsortop::regoperator::text end",
      "'parallel ' || p.proparallel::text",
      "'modifies ' || a.aggfinalmodify::text",
      owner("p.proowner"),
    )}
    from pg_catalog.pg_proc p join pg_catalog.pg_aggregate a on a.aggfnoid = p.oid join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where ${userSchemas(scope)} and ${notOfExtension("pg_proc", "p.oid")}`,
};
