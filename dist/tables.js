import { t as qualified } from "./identifiers.js";
import { a as userRelations, c as labelOf, o as userSchemas, r as configuration } from "./scope.js";
// src/engine/postgres/columns.ts
const KINDS = {
	int2: "int2",
	int4: "int4",
	int8: "int8",
	bool: "bool",
	oid: "oid",
	uuid: "uuid",
	date: "date",
	text: "text",
	varchar: "text"
};
const COLUMNS = `
  with recursive domains(oid, base) as (
    select oid, typbasetype from pg_catalog.pg_type where typtype = 'd'
    union all
    select d.oid, t.typbasetype from domains d join pg_catalog.pg_type t on t.oid = d.base and t.typtype = 'd')
  select a.attrelid::text, a.attname, t.typname, tn.nspname, p.proname, pn.nspname, d.base is not null, t.typcategory, a.attnotnull
  from pg_catalog.pg_attribute a
  left join (domains d join pg_catalog.pg_type b on b.oid = d.base and b.typtype <> 'd') on d.oid = a.atttypid
  join pg_catalog.pg_type t on t.oid = coalesce(d.base, a.atttypid)
  join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace
  join pg_catalog.pg_proc p on p.oid = t.typoutput
  join pg_catalog.pg_namespace pn on pn.oid = p.pronamespace
  where a.attrelid = any ($1::oid[]) and a.attnum > 0 and not a.attisdropped and a.attgenerated <> 'v'
  order by a.attrelid, a.attnum`;
async function readColumns(connection, tables) {
	const found = new Map();
	for (const row of await connection.rows(COLUMNS, [tables])) {
		const [table = "", name = "", type = "", typeSchema = "", output = "", outputSchema = "", isDomain, category, notNull] = row.map((value) => value ?? "");
		const column = {
			name,
			kind: (typeSchema === "pg_catalog" ? KINDS[type] : void 0) ?? "other",
			castTo: isDomain === "t" ? qualified(typeSchema, type) : null,
			output: outputSchema === "pg_catalog" ? output : null,
			bare: category === "N" || category === "B",
			notNull: notNull === "t"
		};
		const columns = found.get(table);
		if (columns === void 0) found.set(table, [column]);
		else columns.push(column);
	}
	return found;
}
// src/engine/postgres/tables.ts
async function readTables(connection, scope) {
	return withColumns(connection, await readNames(connection, scope, tableNames(scope)));
}
async function readMaterialisedViews(connection, scope) {
	return readNames(connection, scope, `select c.oid, c.relname, c.relnamespace, c.relkind from pg_catalog.pg_class c where c.relkind = 'm' and c.relispopulated`);
}
function tableNames(scope) {
	return `
    with trees as (
      select r.oid as root, array_agg(tree.relid::oid) as members, bool_or(m.relkind = 'f') as remote
      from pg_catalog.pg_class r join pg_catalog.pg_namespace n on n.oid = r.relnamespace
      cross join lateral pg_catalog.pg_partition_tree(r.oid) tree join pg_catalog.pg_class m on m.oid = tree.relid
      where r.relkind = 'p' and not r.relispartition and ${userSchemas(scope)} group by r.oid),
    whole as (select root from trees where not remote),
    covered as (select unnest(members) as oid from trees where not remote)
    select c.oid, c.relname, c.relnamespace, c.relkind from pg_catalog.pg_class c
    where (c.relkind = 'r' and c.oid not in (select oid from covered)) or c.oid in (select root from whole)`;
}
const DUMPED_ROWS = `(select nullif(x.extcondition[pg_catalog.array_position(x.extconfig, c.oid)], '')
  from pg_catalog.pg_extension x where c.oid = any (x.extconfig))`;
async function readNames(connection, scope, candidates) {
	return (await connection.rows(`select c.oid::text, n.nspname, c.relname, c.relkind, ${DUMPED_ROWS}
     from (${candidates}) c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where (${userSchemas(scope)} and ${userRelations(scope)}) or ${configuration(scope)}`)).map(([oid, schema, name, kind, condition]) => {
		const [inSchema, called] = [schema ?? "", name ?? ""];
		const all = (kind === "r" ? "only " : "") + qualified(inSchema, called);
		const from = typeof condition !== "string" ? all : `(select xmin, * from ${all} ${condition}) configured`;
		return {
			oid: oid ?? "",
			schema: inSchema,
			name: called,
			label: labelOf(inSchema, called),
			from
		};
	}).sort((a, b) => a.label < b.label ? -1 : 1);
}
const KEYS = `
  select i.indrelid::text, array_to_json(array(select a.attname from unnest(i.indkey[0:i.indnkeyatts - 1]) with ordinality k(attnum, place)
    join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum order by k.place))::text
  from pg_catalog.pg_index i
  where i.indrelid = any ($1::oid[]) and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
    and not exists (select from unnest(i.indkey[0:i.indnkeyatts - 1]) k(attnum)
      join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum where not a.attnotnull or a.attgenerated = 'v')
  order by i.indrelid, not i.indisprimary, i.indnkeyatts, i.indexrelid`;
async function withColumns(connection, names) {
	const oids = names.map(({ oid }) => oid);
	const columns = await readColumns(connection, oids);
	const keys = new Map();
	for (const [table = "", key] of await connection.rows(KEYS, [oids])) {
		const parts = JSON.parse(key ?? "[]");
		keys.set(table ?? "", [...keys.get(table ?? "") ?? [], parts]);
	}
	return names.map((table) => ({
		...table,
		columns: columns.get(table.oid) ?? [],
		keys: keys.get(table.oid) ?? []
	}));
}
export { readTables as n, readMaterialisedViews as t };
