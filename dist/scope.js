import { n as quoteIdentifier, r as quoteLiteral } from "./identifiers.js";
// src/engine/postgres/output-settings.ts
const SETTINGS = {
	bytea_output: "hex",
	DateStyle: "ISO, MDY",
	extra_float_digits: "3",
	IntervalStyle: "postgres",
	lc_monetary: "C",
	quote_all_identifiers: "off",
	row_security: "off",
	search_path: "",
	TimeZone: "UTC",
	xmlbinary: "base64",
	xmloption: "content"
};
async function pinOutput(connection) {
	const settings = Object.entries(SETTINGS).map(([name, value]) => `pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, false)`);
	await connection.rows(`select ${settings.join(", ")}`);
}
// src/engine/postgres/labels.ts
function labelWithin(schema, owner, name) {
	return `${labelOf(schema, owner)}.${part(name)}`;
}
function labelOf(schema, name) {
	return schema === "public" ? part(name) : `${part(schema)}.${part(name)}`;
}
const LARGE_OBJECTS = "large objects";
function part(name) {
	return /[."]/.test(name) || name === "large objects" ? quoteIdentifier(name) : name;
}
// src/engine/postgres/scope.ts
const HISTORY_TABLE = "belay_migrations";
const MOVED_ASIDE = "Belay moved this schema aside; `belay prune` drops it.";
const NOT_MOVED_ASIDE = `not coalesce(pg_catalog.starts_with(pg_catalog.obj_description(n.oid, 'pg_namespace'), ${quoteLiteral(MOVED_ASIDE)}), false)`;
function userSchemas(scope) {
	return `(${scope.schemas === null ? `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'belay') and ${NOT_MOVED_ASIDE}` : `n.nspname = any (array[${scope.schemas.map((schema) => quoteLiteral(schema)).join(", ")}]::text[])`} and ${notOfExtension("pg_namespace", "n.oid")})`;
}
function notOfExtension(catalog, oid) {
	return `not exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.${catalog}'::regclass and e.objid = ${oid} and e.objsubid = 0 and e.deptype = 'e')`;
}
function configuration(scope) {
	return scope.schemas === null ? "exists (select from pg_catalog.pg_extension x where c.oid = any (x.extconfig))" : "false";
}
function userRelations(scope) {
	const history = (scope.include ?? "application") === "application" ? ` and c.relname <> '${HISTORY_TABLE}'` : "";
	return `(${notOfExtension("pg_class", "c.oid")}${history})`;
}
export { userRelations as a, labelOf as c, notOfExtension as i, labelWithin as l, MOVED_ASIDE as n, userSchemas as o, configuration as r, LARGE_OBJECTS as s, HISTORY_TABLE as t, pinOutput as u };
