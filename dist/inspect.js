import "./rolldown-runtime.js";
import { M as databaseNamed, b as sessionsThatStay, m as describeSessions, v as otherSessions, y as preparedTransactions } from "./copies.js";
import { t as lastingObstacle } from "./replacement.js";
import { a as readRights } from "./scope-of.js";
import { t as noWayBack } from "./way-back.js";
// src/engine/postgres/inspect.ts
async function inspect(place) {
	await using connection = await place.server.connect({ database: place.database });
	const row = await databaseNamed(connection, place.database);
	const rights = await readRights(connection, place.database);
	const [version] = await connection.rows("select pg_catalog.current_setting('server_version')");
	const who = rights === void 0 ? [] : [`role ${rights.role}${rights.superuser ? ", a superuser" : rights.owns ? ", the owner" : ""}`];
	const staying = row === void 0 ? [] : sessionsThatStay(await otherSessions(connection, row.oid)).map((each) => describeSessions([each]));
	const prepared = (await preparedTransactions(connection, place.database)).map((gid) => `the prepared transaction ${gid}`);
	const lost = await noWayBack(connection, place);
	return {
		facts: [`PostgreSQL ${(version?.[0] ?? "").split(" ")[0]}`, ...who],
		warnings: [...await durabilityWarnings(connection), ...await checksumWarnings(connection)],
		noWayBack: lost === null || lost.mayPass || lost.onlyReads ? null : lost.why,
		swapObstacle: row === void 0 ? null : await lastingObstacle(connection, place, row),
		holders: [...staying, ...prepared]
	};
}
const UNSAFE = "select name from pg_catalog.pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off' order by name";
async function durabilityWarnings(connection) {
	return (await connection.rows(UNSAFE)).map(([name]) => ({
		message: `${name} is off: a crash of the server's machine may damage every database on it`,
		hint: `set ${name} = on in postgresql.conf`
	}));
}
async function checksumWarnings(connection) {
	const [row] = await connection.rows("select checksum_failures::text from pg_catalog.pg_stat_database where datname = pg_catalog.current_database() and checksum_failures > 0");
	if (row === void 0) return [];
	return [{
		message: `the server found ${row[0]} damaged pages in this database (checksum failures)`,
		hint: "look at the server's disk and log before anything else; restore from a backup of before"
	}];
}
export { inspect };
