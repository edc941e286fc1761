import { M as databaseNamed } from "./copies.js";
import { a as schemasOf, o as obstaclesToMove, r as passingObstacle, t as lastingObstacle } from "./replacement.js";
// src/engine/postgres/way-back.ts
const SHOWN = 5;
async function noWayBack(connection, place) {
	const row = await databaseNamed(connection, place.database);
	if (row === void 0) return null;
	const lasting = await lastingObstacle(connection, place, row);
	const rename = lasting ?? await passingObstacle(connection, row);
	if (rename === null) return null;
	const oids = (await schemasOf(connection, place)).map(({ oid }) => oid);
	const obstacles = await obstaclesToMove(connection, oids);
	if (obstacles.length === 0) return null;
	const more = obstacles.length - SHOWN;
	const named = `${obstacles.slice(0, SHOWN).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
	return {
		why: `${place.database} cannot be renamed (${rename}), nor can its schemas be moved aside (${named})`,
		mayPass: lasting === null,
		onlyReads: await ownsNone(connection, oids)
	};
}
const OWNS_NOTHING = `select count(*) > 0 and not coalesce(bool_or(pg_catalog.pg_has_role(c.relowner, 'USAGE')), false)
  from pg_catalog.pg_class c where c.relnamespace = any ($1::oid[]) and c.relkind in ('r', 'p')`;
async function ownsNothing(connection, place) {
	return ownsNone(connection, (await schemasOf(connection, place)).map(({ oid }) => oid));
}
async function ownsNone(connection, schemas) {
	const [row] = await connection.rows(OWNS_NOTHING, [`{${schemas.join(",")}}`]);
	return row?.[0] === "t";
}
export { ownsNothing as n, noWayBack as t };
