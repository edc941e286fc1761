import { $ as BelayError } from "./domain.js";
import { a as shownServer, o as sqlstateOf } from "./postgres-error.js";
import { createHash } from "node:crypto";
// src/engine/postgres/identity.ts
const DENIED = "42501";
async function systemIdentifier(connection) {
	try {
		const [row] = await connection.rows("select system_identifier::text from pg_catalog.pg_control_system()");
		return row?.[0] ?? null;
	} catch (error) {
		if (error instanceof BelayError && sqlstateOf(error) === DENIED) return null;
		throw error;
	}
}
async function readIdentity(connection) {
	const system = await systemIdentifier(connection);
	const [row] = await connection.rows(`select d.oid::text, d.datname, coalesce(pg_catalog.inet_server_addr()::text, ''), coalesce(pg_catalog.inet_server_port()::text, ''),
       pg_catalog.pg_postmaster_start_time()::text
     from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()`);
	const [oid, name, address, port, started] = row ?? [];
	return {
		live: `${system ?? `${address}:${port} since ${started}`}/${oid}`,
		lasting: `${system ?? shownServer(connection.server.settings)}/${name}`
	};
}
async function lockKey(connection, database) {
	const cluster = await systemIdentifier(connection) ?? "";
	return createHash("sha256").update(`${cluster}\0${database}`).digest().readBigInt64BE(0);
}
export { readIdentity as n, lockKey as t };
