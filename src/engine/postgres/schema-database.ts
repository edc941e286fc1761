/** What belongs to the database as a whole, and what few databases have. */

import { facts, foreignOptions, options, owner, type Catalog } from "./schema-catalog.ts";
import { notOfExtension, userSchemas, type Scope } from "./scope.ts";

/** A target of some schemas has no say in what belongs to all of them. */
function ofWholeDatabase(scope: Scope): string {
  return scope.schemas === null ? "true" : "false";
}

/** plpgsql comes with every database. */
export const EXTENSIONS: Catalog = {
  kind: "extension",
  sql: (scope) => `
    select '', null, e.extname, null, '', ${facts("'version ' || e.extversion", "'in ' || m.nspname", owner("e.extowner"))}
    from pg_catalog.pg_extension e join pg_catalog.pg_namespace m on m.oid = e.extnamespace
    where e.oid >= 16384 and ${ofWholeDatabase(scope)}`,
};

export const EVENT_TRIGGERS: Catalog = {
  kind: "event trigger",
  sql: (scope) => `
    select '', null, t.evtname, null, '', ${facts(
      "t.evtevent",
      "t.evtfoid::regprocedure::text",
      "'enabled ' || nullif(t.evtenabled::text, 'O')",
      options("t.evttags", "for"),
      owner("t.evtowner"),
    )}
    from pg_catalog.pg_event_trigger t where ${ofWholeDatabase(scope)} and ${notOfExtension("pg_event_trigger", "t.oid")}`,
};

export const PUBLICATIONS: Catalog = {
  kind: "publication",
  sql: (scope, version) => `
    select '', null, p.pubname, null, '', ${facts(
      "case when p.puballtables then 'all tables' end",
      "concat_ws(' ', 'of', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end, case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end)",
      "'via root ' || (pg_catalog.to_jsonb(p) ->> 'pubviaroot')",
      "'generated columns ' || (pg_catalog.to_jsonb(p) ->> 'pubgencols')",
      `(select string_agg(concat_ws(' ', r.prrelid::regclass::text${
        version >= 150_000
          ? ", (select '(' || string_agg(quote_ident(a.attname), ', ' order by a.attnum) || ')' from pg_catalog.pg_attribute a where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)), 'where ' || pg_catalog.pg_get_expr(r.prqual, r.prrelid)"
          : ""
      }), ', ' order by r.prrelid::regclass::text) from pg_catalog.pg_publication_rel r where r.prpubid = p.oid)`,
      ...(version >= 150_000
        ? [
            "(select 'schemas ' || string_agg(m.nspname, ', ' order by m.nspname) from pg_catalog.pg_publication_namespace s join pg_catalog.pg_namespace m on m.oid = s.pnnspid where s.pnpubid = p.oid)",
          ]
        : []),
      owner("p.pubowner"),
    )}
    from pg_catalog.pg_publication p where ${ofWholeDatabase(scope)}`,
};

/** Without the credentials of user mappings, which are none of a snapshot's business; a server's options may hold some as well. */
export const FOREIGN_SERVERS: Catalog = {
  kind: "foreign server",
  sql: (scope) => `
    select '', null, s.srvname, null, '', ${facts("w.fdwname", "s.srvtype", "s.srvversion", foreignOptions("s.srvoptions"), owner("s.srvowner"))}
    from pg_catalog.pg_foreign_server s join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
    where ${ofWholeDatabase(scope)} and ${notOfExtension("pg_foreign_server", "s.oid")}`,
};

/** Not the one that a range brings to its multirange. */
export const CASTS: Catalog = {
  kind: "cast",
  sql: (scope) => `
    select '', null, pg_catalog.format_type(k.castsource, null) || ' as ' || pg_catalog.format_type(k.casttarget, null), null, '', ${facts(
      "case when k.castfunc <> 0 then k.castfunc::regprocedure::text end",
      "k.castcontext::text",
      "k.castmethod::text",
    )}
    from pg_catalog.pg_cast k where k.oid >= 16384 and ${ofWholeDatabase(scope)} and ${notOfExtension("pg_cast", "k.oid")}
      and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_cast'::regclass and d.objid = k.oid and d.deptype = 'i')`,
};

export const COLLATIONS: Catalog = {
  kind: "collation",
  sql: (scope) => `
    select '', n.nspname, l.collname, null, '', ${facts(
      "l.collprovider::text",
      "l.collcollate",
      "l.collctype",
      "coalesce(pg_catalog.to_jsonb(l) ->> 'colliculocale', pg_catalog.to_jsonb(l) ->> 'colllocale')",
      "pg_catalog.to_jsonb(l) ->> 'collicurules'",
      "case when not l.collisdeterministic then 'nondeterministic' end",
      owner("l.collowner"),
    )}
    from pg_catalog.pg_collation l join pg_catalog.pg_namespace n on n.oid = l.collnamespace
    where ${userSchemas(scope)} and ${notOfExtension("pg_collation", "l.oid")}`,
};

export const OPERATORS: Catalog = {
  kind: "operator",
  sql: (scope) => `
    select '', n.nspname, o.oprname, null, '(' || case when o.oprleft = 0 then 'none' else pg_catalog.format_type(o.oprleft, null) end || ', '
        || pg_catalog.format_type(o.oprright, null) || ')', ${facts(
          "o.oprcode::regprocedure::text",
          "case when o.oprcom <> 0 then 'commutator ' || o.oprcom::regoperator::text end",
          "case when o.oprnegate <> 0 then 'negator ' || o.oprnegate::regoperator::text end",
          "nullif(o.oprrest::text, '-')",
          "nullif(o.oprjoin::text, '-')",
          "case when o.oprcanhash then 'hashes' end",
          "case when o.oprcanmerge then 'merges' end",
          owner("o.oprowner"),
        )}
    from pg_catalog.pg_operator o join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
    where o.oprcode <> 0 and ${userSchemas(scope)} and ${notOfExtension("pg_operator", "o.oid")}`,
};

/** Configurations with their mappings, and dictionaries. */
export const TEXT_SEARCH: Catalog = {
  kind: "text search",
  sql: (scope) => `
    select 'configuration ', n.nspname, c.cfgname, null, '', ${facts(
      "p.prsname",
      "(select string_agg(m.maptokentype || ' ' || m.mapdict::regdictionary::text, ', ' order by m.maptokentype, m.mapseqno) from pg_catalog.pg_ts_config_map m where m.mapcfg = c.oid)",
      owner("c.cfgowner"),
    )}
    from pg_catalog.pg_ts_config c join pg_catalog.pg_namespace n on n.oid = c.cfgnamespace join pg_catalog.pg_ts_parser p on p.oid = c.cfgparser
    where ${userSchemas(scope)} and ${notOfExtension("pg_ts_config", "c.oid")}
    union all
    select 'dictionary ', n.nspname, d.dictname, null, '', ${facts("t.tmplname", "d.dictinitoption", owner("d.dictowner"))}
    from pg_catalog.pg_ts_dict d join pg_catalog.pg_namespace n on n.oid = d.dictnamespace join pg_catalog.pg_ts_template t on t.oid = d.dicttemplate
    where ${userSchemas(scope)} and ${notOfExtension("pg_ts_dict", "d.oid")}`,
};
