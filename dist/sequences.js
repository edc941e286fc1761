import { t as qualified } from "./identifiers.js";
import { c as labelOf, i as notOfExtension, o as userSchemas, r as configuration } from "./scope.js";
// src/engine/postgres/sequences.ts
const SEQUENCES_A_QUERY = 200;
async function readSequences(connection, scope) {
	const positions = await readPositions(connection, scope);
	return Object.fromEntries(positions.map(({ label, position }) => [label, position]));
}
async function readPositions(connection, scope) {
	const listed = await connection.rows(`select n.nspname, c.relname, exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass
       and d.objid = c.oid and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i'))
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'S' and ((${userSchemas(scope)} and ${notOfExtension("pg_class", "c.oid")}) or ${configuration(scope)}) order by n.nspname, c.relname`);
	const found = [];
	for (let first = 0; first < listed.length; first += SEQUENCES_A_QUERY) {
		const some = listed.slice(first, first + SEQUENCES_A_QUERY).map(([schema, name, owned]) => ({
			schema: schema ?? "",
			name: name ?? "",
			owned: owned === "t"
		}));
		const questions = some.map(({ schema, name }, index) => `select ${index} as place, last_value, is_called from ${qualified(schema, name)}`);
		const rows = await connection.rows(`select last_value::text || case when is_called then '' else ' next' end from (${questions.join(" union all ")}) s order by place`);
		some.forEach(({ schema, name, owned }, index) => found.push({
			label: labelOf(schema, name),
			position: rows[index]?.[0] ?? "",
			owned
		}));
	}
	return found.sort((a, b) => a.label < b.label ? -1 : 1);
}
export { readSequences as n, readPositions as t };
