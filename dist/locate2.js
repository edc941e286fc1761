import "./rolldown-runtime.js";
import { $ as BelayError, it as usageError, rt as refusal } from "./domain.js";
import { t as serverAt } from "./server.js";
// src/engine/postgres/locate.ts
const USUAL = "postgres";
async function locate(target, options, request = {}) {
	const server = serverAt(target.address, options.variables);
	const database = server.settings.database;
	const chosen = options.lockDatabase ?? (database === USUAL ? database : USUAL);
	if (/^template[01]$/.test(chosen)) throw noTemplate(chosen);
	const open = (name) => server.connect({
		...request,
		database: name
	});
	const connection = await open(chosen).catch((error) => {
		if (options.lockDatabase !== null || chosen === database || !isShut(error)) throw error;
		return open(database);
	});
	const lockDatabase = connection.database;
	return {
		place: {
			target,
			server,
			database,
			lockDatabase,
			canRename: lockDatabase !== database,
			options
		},
		connection,
		[Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]()
	};
}
async function atPlace(target, options, work) {
	await using located = await locate(target, options);
	return await work(located.place, located.connection);
}
function isShut(error) {
	return error instanceof BelayError && [
		"target-missing",
		"login-refused",
		"target-closed"
	].includes(error.code);
}
function noTemplate(name) {
	const message = `lock.database is ${name}, and a session in there keeps everybody from creating databases`;
	return usageError("bad-lock-database", message, { hint: "name another one, or leave lock out" });
}
async function connectTo(place, request = {}) {
	return await place.server.connect({
		...request,
		database: place.database
	});
}
async function refuseStandby(connection) {
	const [row] = await connection.rows("select pg_catalog.pg_is_in_recovery()");
	if (row?.[0] !== "t") return;
	throw refusal("target-read-only", `the server of ${connection.database} is a standby: it only repeats what another one writes`, { hint: "name the primary in the target's address" });
}
export { refuseStandby as i, connectTo as n, locate as r, atPlace as t };
