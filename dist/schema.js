import { z as schemaSnapshot } from "./domain.js";
import { a as userRelations, c as labelOf, i as notOfExtension, l as labelWithin, o as userSchemas, u as pinOutput } from "./scope.js";
// src/engine/postgres/schema-text.ts
const ELEMENT = /'(?:[^']|'')*'::[a-z][a-z ]*(?:\(\d+\))?/g;
const CAST_ARRAY = /\(ARRAY\[('(?:[^']|'')*'::[a-z][a-z ]*(?:\(\d+\))?(?:, '(?:[^']|'')*'::[a-z][a-z ]*(?:\(\d+\))?)*)\]\)::([a-z][a-z ]*)\[\]/g;
function normalised(definition) {
	return definition.replaceAll(CAST_ARRAY, (_, elements, type) => {
		return `ARRAY[${(elements.match(ELEMENT) ?? []).map((element) => `(${element})::${type}`).join(", ")}]`;
	});
}
// src/engine/postgres/schema-catalog.ts
async function readCatalog(connection, scope, { kind, sql }) {
	return (await connection.rows(sql(scope, connection.serverVersion))).map(([before, schema, name, part, after, definition]) => {
		const owner = name ?? "";
		const within = schema === null || schema === void 0 ? owner : named(schema, owner, part ?? null);
		return {
			kind,
			name: `${before ?? ""}${within}${after ?? ""}`,
			definition: normalised(definition ?? "")
		};
	});
}
function named(schema, owner, part) {
	return part === null ? labelOf(schema, owner) : labelWithin(schema, owner, part);
}
function facts(...expressions) {
	return `concat_ws('; ', ${expressions.join(", ")})`;
}
function owner(oid) {
	return `'owner ' || pg_catalog.pg_get_userbyid(${oid})`;
}
function options(list, word = "with") {
	return `'${word} (' || (select string_agg(o, ', ' order by o) from unnest(${list}) o) || ')'`;
}
const OPEN_OPTIONS = [
	"host",
	"hostaddr",
	"port",
	"dbname",
	"schema",
	"schema_name",
	"table",
	"table_name",
	"column_name",
	"sslmode",
	"extensions",
	"fetch_size",
	"batch_size",
	"updatable",
	"truncatable",
	"async_capable",
	"use_remote_estimate",
	"format",
	"delimiter",
	"header"
];
function foreignOptions(list) {
	return `'options (' || (select string_agg(${`case when split_part(o, '=', 1) in (${OPEN_OPTIONS.map((name) => `'${name}'`).join(", ")}) then o else split_part(o, '=', 1) || '=#' || pg_catalog.right(pg_catalog.lpad(pg_catalog.to_hex(pg_catalog.hashtext(o)), 8, '0'), 5) end`}, ', ' order by o) from unnest(${list}) o) || ')'`;
}
// src/engine/postgres/schema-comments.ts
const COMMENTS = {
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
      or (s.schema is null and s.type <> 'schema' and ${scope.schemas === null ? "true" : "exists (select from ours o where s.identity ~ (' on ' || regexp_replace(quote_ident(o.nspname), '([^a-zA-Z0-9_])', '\\\\\\1', 'g') || '\\.'))"}))`
};
const SCHEMAS = {
	kind: "schema",
	sql: (scope) => `
    select '', null, n.nspname, null, '', 'owner ' || pg_catalog.pg_get_userbyid(n.nspowner) from pg_catalog.pg_namespace n
    where ${userSchemas(scope)} and ${notOfExtension("pg_namespace", "n.oid")}`
};
// src/engine/postgres/schema-constraints.ts
const CONSTRAINTS = {
	kind: "constraint",
	sql: (scope) => `
    select '', n.nspname, c.relname, k.conname, '', ${facts("pg_catalog.pg_get_constraintdef(k.oid)", "case when not k.convalidated then 'not validated' end", "(select 'index invalid' from pg_catalog.pg_index i where i.indexrelid = k.conindid and k.contype in ('p', 'u', 'x') and not i.indisvalid)", "case when k.contype in ('p', 'u', 'x') then (select 'tablespace ' || s.spcname from pg_catalog.pg_class i join pg_catalog.pg_tablespace s on s.oid = i.reltablespace where i.oid = k.conindid) end")}
    from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where k.contype in ('c', 'f', 'p', 'u', 'x') and (k.conislocal or k.coninhcount = 0) and (k.conparentid = 0 or k.contype in ('p', 'u'))
      and ${userSchemas(scope)} and ${userRelations(scope)}`
};
const INDEXES = {
	kind: "index",
	sql: (scope) => `
    select '', n.nspname, x.relname, null, '', ${facts("pg_catalog.pg_get_indexdef(i.indexrelid)", "case when not i.indisvalid then 'invalid' end", "(select 'part of ' || h.inhparent::regclass::text from pg_catalog.pg_inherits h where h.inhrelid = x.oid)", "(select string_agg(a.attnum || ' statistics ' || a.attstattarget, ', ' order by a.attnum) from pg_catalog.pg_attribute a where a.attrelid = x.oid and a.attstattarget > 0)", "(select 'tablespace ' || s.spcname from pg_catalog.pg_tablespace s where s.oid = x.reltablespace)")}
    from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid
    join pg_catalog.pg_class c on c.oid = i.indrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm') and ${userSchemas(scope)} and ${userRelations(scope)}
      and not exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))`
};
const STATISTICS = {
	kind: "statistics",
	sql: (scope, version) => `
    select '', n.nspname, s.stxname, null, '', ${facts("pg_catalog.pg_get_statisticsobjdef(s.oid)", ...version >= 13e4 ? ["'statistics ' || nullif(s.stxstattarget, -1)"] : [])}
    from pg_catalog.pg_statistic_ext s join pg_catalog.pg_namespace n on n.oid = s.stxnamespace
    where ${userSchemas(scope)} and ${notOfExtension("pg_statistic_ext", "s.oid")}`
};
// src/engine/postgres/schema-database.ts
function ofWholeDatabase(scope) {
	return scope.schemas === null ? "true" : "false";
}
const EXTENSIONS = {
	kind: "extension",
	sql: (scope) => `
    select '', null, e.extname, null, '', ${facts("'version ' || e.extversion", "'in ' || m.nspname", owner("e.extowner"))}
    from pg_catalog.pg_extension e join pg_catalog.pg_namespace m on m.oid = e.extnamespace
    where e.oid >= 16384 and ${ofWholeDatabase(scope)}`
};
const EVENT_TRIGGERS = {
	kind: "event trigger",
	sql: (scope) => `
    select '', null, t.evtname, null, '', ${facts("t.evtevent", "t.evtfoid::regprocedure::text", "'enabled ' || nullif(t.evtenabled::text, 'O')", options("t.evttags", "for"), owner("t.evtowner"))}
    from pg_catalog.pg_event_trigger t where ${ofWholeDatabase(scope)} and ${notOfExtension("pg_event_trigger", "t.oid")}`
};
const PUBLICATIONS = {
	kind: "publication",
	sql: (scope, version) => `
    select '', null, p.pubname, null, '', ${facts("case when p.puballtables then 'all tables' end", "concat_ws(' ', 'of', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end, case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end)", "'via root ' || (pg_catalog.to_jsonb(p) ->> 'pubviaroot')", "'generated columns ' || (pg_catalog.to_jsonb(p) ->> 'pubgencols')", `(select string_agg(concat_ws(' ', r.prrelid::regclass::text${version >= 15e4 ? ", (select '(' || string_agg(quote_ident(a.attname), ', ' order by a.attnum) || ')' from pg_catalog.pg_attribute a where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)), 'where ' || pg_catalog.pg_get_expr(r.prqual, r.prrelid)" : ""}), ', ' order by r.prrelid::regclass::text) from pg_catalog.pg_publication_rel r where r.prpubid = p.oid)`, ...version >= 15e4 ? ["(select 'schemas ' || string_agg(m.nspname, ', ' order by m.nspname) from pg_catalog.pg_publication_namespace s join pg_catalog.pg_namespace m on m.oid = s.pnnspid where s.pnpubid = p.oid)"] : [], owner("p.pubowner"))}
    from pg_catalog.pg_publication p where ${ofWholeDatabase(scope)}`
};
const FOREIGN_SERVERS = {
	kind: "foreign server",
	sql: (scope) => `
    select '', null, s.srvname, null, '', ${facts("w.fdwname", "s.srvtype", "s.srvversion", foreignOptions("s.srvoptions"), owner("s.srvowner"))}
    from pg_catalog.pg_foreign_server s join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
    where ${ofWholeDatabase(scope)} and ${notOfExtension("pg_foreign_server", "s.oid")}`
};
const CASTS = {
	kind: "cast",
	sql: (scope) => `
    select '', null, pg_catalog.format_type(k.castsource, null) || ' as ' || pg_catalog.format_type(k.casttarget, null), null, '', ${facts("case when k.castfunc <> 0 then k.castfunc::regprocedure::text end", "k.castcontext::text", "k.castmethod::text")}
    from pg_catalog.pg_cast k where k.oid >= 16384 and ${ofWholeDatabase(scope)} and ${notOfExtension("pg_cast", "k.oid")}
      and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_cast'::regclass and d.objid = k.oid and d.deptype = 'i')`
};
const COLLATIONS = {
	kind: "collation",
	sql: (scope) => `
    select '', n.nspname, l.collname, null, '', ${facts("l.collprovider::text", "l.collcollate", "l.collctype", "coalesce(pg_catalog.to_jsonb(l) ->> 'colliculocale', pg_catalog.to_jsonb(l) ->> 'colllocale')", "pg_catalog.to_jsonb(l) ->> 'collicurules'", "case when not l.collisdeterministic then 'nondeterministic' end", owner("l.collowner"))}
    from pg_catalog.pg_collation l join pg_catalog.pg_namespace n on n.oid = l.collnamespace
    where ${userSchemas(scope)} and ${notOfExtension("pg_collation", "l.oid")}`
};
const OPERATORS = {
	kind: "operator",
	sql: (scope) => `
    select '', n.nspname, o.oprname, null, '(' || case when o.oprleft = 0 then 'none' else pg_catalog.format_type(o.oprleft, null) end || ', '
        || pg_catalog.format_type(o.oprright, null) || ')', ${facts("o.oprcode::regprocedure::text", "case when o.oprcom <> 0 then 'commutator ' || o.oprcom::regoperator::text end", "case when o.oprnegate <> 0 then 'negator ' || o.oprnegate::regoperator::text end", "nullif(o.oprrest::text, '-')", "nullif(o.oprjoin::text, '-')", "case when o.oprcanhash then 'hashes' end", "case when o.oprcanmerge then 'merges' end", owner("o.oprowner"))}
    from pg_catalog.pg_operator o join pg_catalog.pg_namespace n on n.oid = o.oprnamespace
    where o.oprcode <> 0 and ${userSchemas(scope)} and ${notOfExtension("pg_operator", "o.oid")}`
};
const TEXT_SEARCH = {
	kind: "text search",
	sql: (scope) => `
    select 'configuration ', n.nspname, c.cfgname, null, '', ${facts("p.prsname", "(select string_agg(m.maptokentype || ' ' || m.mapdict::regdictionary::text, ', ' order by m.maptokentype, m.mapseqno) from pg_catalog.pg_ts_config_map m where m.mapcfg = c.oid)", owner("c.cfgowner"))}
    from pg_catalog.pg_ts_config c join pg_catalog.pg_namespace n on n.oid = c.cfgnamespace join pg_catalog.pg_ts_parser p on p.oid = c.cfgparser
    where ${userSchemas(scope)} and ${notOfExtension("pg_ts_config", "c.oid")}
    union all
    select 'dictionary ', n.nspname, d.dictname, null, '', ${facts("t.tmplname", "d.dictinitoption", owner("d.dictowner"))}
    from pg_catalog.pg_ts_dict d join pg_catalog.pg_namespace n on n.oid = d.dictnamespace join pg_catalog.pg_ts_template t on t.oid = d.dicttemplate
    where ${userSchemas(scope)} and ${notOfExtension("pg_ts_dict", "d.oid")}`
};
// src/engine/postgres/schema-functions.ts
const ARGUMENTS = "'(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')'";
const FUNCTIONS = {
	kind: "function",
	sql: (scope) => `
    select '', n.nspname, p.proname, null, ${ARGUMENTS}, ${facts(owner("p.proowner"), "pg_catalog.pg_get_functiondef(p.oid)")}
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where p.prokind <> 'a' and ${userSchemas(scope)} and ${notOfExtension("pg_proc", "p.oid")}
      and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')`
};
const AGGREGATES = {
	kind: "function",
	sql: (scope) => `
    select '', n.nspname, p.proname, null, ${ARGUMENTS}, ${facts("'aggregate'", "pg_catalog.pg_get_function_result(p.oid)", "a.aggkind::text", "a.aggtransfn::text", "a.aggfinalfn::text", "a.aggcombinefn::text", "a.aggserialfn::text", "a.aggdeserialfn::text", "a.aggmtransfn::text", "a.aggminvtransfn::text", "a.aggmfinalfn::text", "pg_catalog.format_type(a.aggtranstype, null)", "'initially ' || a.agginitval", "'moving initially ' || a.aggminitval", "'sorted by ' || case when a.aggsortop <> 0 then a.aggsortop::regoperator::text end", "'parallel ' || p.proparallel::text", "'modifies ' || a.aggfinalmodify::text", owner("p.proowner"))}
    from pg_catalog.pg_proc p join pg_catalog.pg_aggregate a on a.aggfnoid = p.oid join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where ${userSchemas(scope)} and ${notOfExtension("pg_proc", "p.oid")}`
};
// src/engine/postgres/schema-grants.ts
function privileges(list) {
	return `(select string_agg(g.grantee || ' ' || g.privilege_type || g.option, ', ' order by g.grantee, g.privilege_type, g.option)
    from (select case when x.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(x.grantee)::text end as grantee, x.privilege_type,
      case when x.is_grantable then ' with grant option' else '' end as option from pg_catalog.aclexplode(${list}) x) g)`;
}
function grants(before, name, list, born, from) {
	const said = privileges(list);
	return `select ${before}, ${name}, coalesce(${said}, 'nobody') from ${from}
    and ${list} is not null and ${said} is distinct from ${born === "null" ? "null" : privileges(born)}`;
}
const IN_SCHEMA = "join pg_catalog.pg_namespace n on n.oid =";
const GRANTS = {
	kind: "grant",
	sql: (scope) => [
		grants("case c.relkind when 'S' then 'on sequence ' when 'v' then 'on view ' when 'm' then 'on view ' else 'on table ' end", "n.nspname, c.relname, null, ''", "c.relacl", "pg_catalog.acldefault(case when c.relkind = 'S' then 's'::\"char\" else 'r'::\"char\" end, c.relowner)", `pg_catalog.pg_class c ${IN_SCHEMA} c.relnamespace where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S') and ${userSchemas(scope)} and ${userRelations(scope)}`),
		grants("'on column '", "n.nspname, c.relname, a.attname, ''", "a.attacl", "null", `pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid ${IN_SCHEMA} c.relnamespace
         where not a.attisdropped and ${userSchemas(scope)} and ${userRelations(scope)}`),
		grants("'on function '", "n.nspname, p.proname, null, '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')'", "p.proacl", "pg_catalog.acldefault('f', p.proowner)", `pg_catalog.pg_proc p ${IN_SCHEMA} p.pronamespace where ${userSchemas(scope)} and ${notOfExtension("pg_proc", "p.oid")}`),
		grants("'on type '", "n.nspname, t.typname, null, ''", "t.typacl", "pg_catalog.acldefault('T', t.typowner)", `pg_catalog.pg_type t ${IN_SCHEMA} t.typnamespace where ${userSchemas(scope)} and ${notOfExtension("pg_type", "t.oid")}`),
		grants("'on schema '", "null, n.nspname, null, ''", "n.nspacl", "pg_catalog.acldefault('n', n.nspowner)", `pg_catalog.pg_namespace n where ${userSchemas(scope)}`)
	].join(" union all ")
};
const DEFAULT_PRIVILEGES = {
	kind: "grant",
	sql: (scope) => `
    select '', null, concat_ws(' ', 'by default on', case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
        when 'T' then 'types' when 'n' then 'schemas' else 'large objects' end, 'of', pg_catalog.pg_get_userbyid(d.defaclrole), 'in ' || n.nspname), null, '',
      coalesce(${privileges("d.defaclacl")}, 'nobody')
    from pg_catalog.pg_default_acl d left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
    where ${scope.schemas === null ? "n.oid is null or " : ""}${userSchemas(scope)}`
};
// src/engine/postgres/schema-tables.ts
const TABLES = {
	kind: "table",
	sql: (scope) => `
    select '', n.nspname, c.relname, null, '', ${facts("case c.relkind when 'p' then 'partitioned' when 'f' then 'foreign' else 'table' end", "case when c.relpersistence = 'u' then 'unlogged' end", "'of ' || case when c.reloftype <> 0 then pg_catalog.format_type(c.reloftype, null) end", "case when c.relkind = 'p' then 'by ' || pg_catalog.pg_get_partkeydef(c.oid) end", "(select string_agg(case when c.relispartition then 'partition of ' else 'inherits ' end || i.inhparent::regclass::text, ', ' order by i.inhseqno) from pg_catalog.pg_inherits i where i.inhrelid = c.oid)", "pg_catalog.pg_get_expr(c.relpartbound, c.oid)", options("c.reloptions"), `(select ${options("s.reloptions", "toast")} from pg_catalog.pg_class s where s.oid = c.reltoastrelid)`, "(select 'access method ' || m.amname from pg_catalog.pg_am m where m.oid = c.relam and m.amname <> 'heap')", "(select 'tablespace ' || s.spcname from pg_catalog.pg_tablespace s where s.oid = c.reltablespace)", "case when c.relrowsecurity then 'row security' end", "case when c.relforcerowsecurity then 'row security forced' end", "case when c.relreplident in ('f', 'n') then 'replica identity ' || c.relreplident::text end", "(select 'replica identity ' || x.indexrelid::regclass::text from pg_catalog.pg_index x where x.indrelid = c.oid and x.indisreplident)", "(select 'clustered on ' || x.indexrelid::regclass::text from pg_catalog.pg_index x where x.indrelid = c.oid and x.indisclustered)", "(select 'server ' || s.srvname from pg_catalog.pg_foreign_table f join pg_catalog.pg_foreign_server s on s.oid = f.ftserver where f.ftrelid = c.oid)", `(select ${foreignOptions("f.ftoptions")} from pg_catalog.pg_foreign_table f where f.ftrelid = c.oid)`, owner("c.relowner"))}
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'f') and ${userSchemas(scope)} and ${userRelations(scope)}`
};
const COLUMNS = {
	kind: "column",
	sql: (scope, version) => `
    select '', n.nspname, c.relname, a.attname, '', ${facts("pg_catalog.format_type(a.atttypid, a.atttypmod)", "'collate ' || case when a.attcollation <> t.typcollation then (select quote_ident(m.nspname) || '.' || quote_ident(l.collname) from pg_catalog.pg_collation l join pg_catalog.pg_namespace m on m.oid = l.collnamespace where l.oid = a.attcollation) end", "case when a.attnotnull then 'not null' end", ...version >= 18e4 ? [NOT_NULL] : [], "case a.attidentity when 'a' then 'identity always' when 'd' then 'identity by default' end", `case a.attgenerated when '' then 'default ' when 's' then 'stored ' else 'virtual ' end || pg_catalog.pg_get_expr(d.adbin, d.adrelid)`, "case when a.attstorage <> t.typstorage then 'storage ' || a.attstorage::text end", ...version >= 14e4 ? ["'compression ' || nullif(a.attcompression::text, '')"] : [], "'statistics ' || nullif(a.attstattarget, -1)", options("a.attoptions"), foreignOptions("a.attfdwoptions"), "coalesce('after ' || a.previous, 'first')")}
    from (select a.*, lag(a.attname) over (partition by a.attrelid order by a.attnum) as previous
      from pg_catalog.pg_attribute a where a.attnum > 0 and not a.attisdropped) a
    join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_type t on t.oid = a.atttypid
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relkind in ('r', 'p', 'f') and not c.relispartition and ${userSchemas(scope)} and ${userRelations(scope)}`
};
const NOT_NULL = `(select concat_ws(', ', case when not k.convalidated then 'not valid' end, case when k.connoinherit then 'no inherit' end)
  from pg_catalog.pg_constraint k where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey[1] = a.attnum
    and (not k.convalidated or k.connoinherit))`;
// src/engine/postgres/schema-types.ts
const ENUM = "(select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid)";
const DOMAIN_CHECKS = `(select string_agg(k.conname || ' ' || pg_catalog.pg_get_constraintdef(k.oid) || case when k.convalidated then '' else ' not validated' end, ', ' order by k.conname)
  from pg_catalog.pg_constraint k where k.contypid = t.oid and k.contype = 'c')`;
const ATTRIBUTES = `(select string_agg(quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
    || coalesce((select ' collate ' || quote_ident(l.collname) from pg_catalog.pg_collation l, pg_catalog.pg_type b where l.oid = a.attcollation and b.oid = a.atttypid and a.attcollation <> b.typcollation), ''),
    ', ' order by a.attnum)
  from pg_catalog.pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)`;
const RANGE = `(select concat_ws(', ', pg_catalog.format_type(r.rngsubtype, null), r.rngcanonical::text, r.rngsubdiff::text, o.opcname, l.collname)
  from pg_catalog.pg_range r join pg_catalog.pg_opclass o on o.oid = r.rngsubopc left join pg_catalog.pg_collation l on l.oid = r.rngcollation where r.rngtypid = t.oid)`;
// src/engine/postgres/schema.ts
const CATALOGS = [
	AGGREGATES,
	CASTS,
	COLLATIONS,
	COLUMNS,
	COMMENTS,
	CONSTRAINTS,
	DEFAULT_PRIVILEGES,
	EVENT_TRIGGERS,
	EXTENSIONS,
	FOREIGN_SERVERS,
	FUNCTIONS,
	GRANTS,
	INDEXES,
	OPERATORS,
	{
		kind: "policy",
		sql: (scope) => `
    select '', n.nspname, c.relname, p.polname, '', ${facts("case when p.polpermissive then 'permissive' else 'restrictive' end", "'for ' || p.polcmd::text", "'to ' || (select string_agg(r.name, ', ' order by r.name) from (select case when o = 0 then 'public' else pg_catalog.pg_get_userbyid(o)::text end as name from unnest(p.polroles) o) r)", "'using ' || pg_catalog.pg_get_expr(p.polqual, p.polrelid)", "'check ' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)")}
    from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where ${userSchemas(scope)} and ${userRelations(scope)}`
	},
	PUBLICATIONS,
	{
		kind: "rule",
		sql: (scope) => `
    select '', n.nspname, c.relname, r.rulename, '', ${facts("pg_catalog.pg_get_ruledef(r.oid)", "'enabled ' || nullif(r.ev_enabled::text, 'O')")}
    from pg_catalog.pg_rewrite r join pg_catalog.pg_class c on c.oid = r.ev_class join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where r.rulename <> '_RETURN' and ${userSchemas(scope)} and ${userRelations(scope)}`
	},
	SCHEMAS,
	{
		kind: "sequence",
		sql: (scope) => `
    select '', n.nspname, c.relname, null, '', ${facts("pg_catalog.format_type(s.seqtypid, null)", "'from ' || s.seqstart", "'by ' || s.seqincrement", "'at least ' || s.seqmin", "'at most ' || s.seqmax", "'cache ' || s.seqcache", "case when s.seqcycle then 'cycle' end", "case when c.relpersistence = 'u' then 'unlogged' end", `(select 'owned by ' || d.refobjid::regclass::text || '.' || quote_ident(a.attname) from pg_catalog.pg_depend d
        join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i'))`, owner("c.relowner"))}
    from pg_catalog.pg_sequence s join pg_catalog.pg_class c on c.oid = s.seqrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where ${userSchemas(scope)} and ${notOfExtension("pg_class", "c.oid")}`
	},
	STATISTICS,
	TABLES,
	TEXT_SEARCH,
	{
		kind: "trigger",
		sql: (scope, version) => `
    select '', n.nspname, c.relname, t.tgname, '', ${facts("pg_catalog.pg_get_triggerdef(t.oid)", "'enabled ' || nullif(t.tgenabled::text, 'O')")}
    from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where not t.tgisinternal ${version >= 13e4 ? "and t.tgparentid = 0" : ""} and ${userSchemas(scope)} and ${userRelations(scope)}`
	},
	{
		kind: "type",
		sql: (scope) => `
    select '', n.nspname, t.typname, null, '', ${facts(`case t.typtype when 'e' then 'enum ' || coalesce(${ENUM}, '') when 'c' then 'composite ' || coalesce(${ATTRIBUTES}, '') when 'r' then 'range ' || ${RANGE}
        when 'd' then 'domain ' || pg_catalog.format_type(t.typbasetype, t.typtypmod)
        else concat_ws(', ', 'base', t.typinput::text, t.typoutput::text, t.typlen::text, t.typalign::text, t.typstorage::text) end`, "(select 'collate ' || quote_ident(l.collname) from pg_catalog.pg_collation l, pg_catalog.pg_type b where t.typtype = 'd' and l.oid = t.typcollation and b.oid = t.typbasetype and t.typcollation <> b.typcollation)", "case when t.typnotnull then 'not null' end", "'default ' || case when t.typtype = 'd' then coalesce(pg_catalog.pg_get_expr(t.typdefaultbin, 0), t.typdefault) end", DOMAIN_CHECKS, owner("t.typowner"))}
    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace left join pg_catalog.pg_class c on c.oid = t.typrelid
    where t.typtype in ('b', 'c', 'd', 'e', 'r') and (c.oid is null or c.relkind = 'c') and ${userSchemas(scope)} and ${notOfExtension("pg_type", "t.oid")}
      and not exists (select from pg_catalog.pg_type e where e.oid = t.typelem and e.typarray = t.oid)`
	},
	{
		kind: "view",
		sql: (scope) => `
    select '', n.nspname, c.relname, null, '', ${facts("case when c.relkind = 'm' then 'materialised' end", "case when c.relkind = 'm' and not c.relispopulated then 'not filled' end", options("c.reloptions"), "(select string_agg(quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum) from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0)", "(select 'defaults ' || string_agg(d.adnum || ' ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), ', ' order by d.adnum) from pg_catalog.pg_attrdef d where d.adrelid = c.oid)", owner("c.relowner"), "pg_catalog.pg_get_viewdef(c.oid)")}
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm') and ${userSchemas(scope)} and ${userRelations(scope)}`
	}
];
async function readSchema(connection, scope) {
	await pinOutput(connection);
	const objects = [];
	for (const catalog of CATALOGS) objects.push(...await readCatalog(connection, scope, catalog));
	return schemaSnapshot(objects);
}
export { readSchema as t };
