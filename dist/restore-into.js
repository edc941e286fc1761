import "./rolldown-runtime.js";
import { $ as BelayError, rt as refusal } from "./domain.js";
import { O as applyDatabaseSettings, f as readDatabaseSettings, o as assertRows, s as fetchBackup, t as disposeQuietly, u as settingsOf } from "./scratch.js";
import { D as dropDatabase, T as createDatabase } from "./copies.js";
import { i as notOfExtension } from "./scope.js";
import { t as serverAt } from "./server.js";
// src/engine/postgres/restore-into.ts
async function restoreInto(into, options, store, folder, manifest) {
	const dump = {
		store,
		folder,
		manifest
	};
	const server = serverAt(into.address, options.variables);
	const { database } = server.settings;
	const existing = await readIfEmpty(server, into);
	if (existing !== null) {
		try {
			await restore(server, database, options, dump, true);
			await check(server, dump);
		} catch (error) {
			await emptyAgain(server, options, existing);
			throw error;
		}
		return;
	}
	const settings = await settingsOf(store, folder, manifest);
	await using admin = await server.connect({ database: maintenance(options) });
	await createDatabase(admin, database, settings);
	try {
		await restore(server, database, options, dump, false);
		await check(server, dump);
		await applyDatabaseSettings(admin, database, settings);
	} catch (error) {
		await disposeQuietly({ [Symbol.asyncDispose]: () => dropDatabase(admin, database) });
		throw error;
	}
}
async function readIfEmpty(server, into) {
	try {
		await using connection = await server.connect();
		await refuseContent(connection, into);
		return await readDatabaseSettings(connection);
	} catch (error) {
		if (error instanceof BelayError && error.code === "target-missing") return null;
		throw error;
	}
}
async function restore(server, database, { variables }, dump, atOnce) {
	const major = await majorOf(server);
	await fetchBackup(dump, {
		server,
		database,
		application: "belay-restore",
		variables
	}, {
		serverMajor: major,
		atOnce,
		pinVersions: !atOnce
	});
}
async function majorOf(server) {
	await using connection = await server.connect();
	return Math.floor(connection.serverVersion / 1e4);
}
async function check(server, dump) {
	await using connection = await server.connect();
	await connection.run("analyze");
	await assertRows(connection, dump);
}
async function emptyAgain(server, options, settings) {
	const { database } = server.settings;
	{
		await using connection = await server.connect();
		if ((await connection.rows(FOUND)).length === 0) return;
	}
	await using admin = await server.connect({ database: maintenance(options) });
	await dropDatabase(admin, database);
	await createDatabase(admin, database, settings);
	await applyDatabaseSettings(admin, database, settings);
}
function maintenance({ lockDatabase }) {
	return lockDatabase ?? "postgres";
}
const FOUND = `select 'schema ' || n.nspname from pg_catalog.pg_namespace n
    where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public') and ${notOfExtension("pg_namespace", "n.oid")}
  union all select 'relation ' || c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind not in ('i', 'I') and ${notOfExtension("pg_class", "c.oid")}
  union all select 'function ' || p.proname from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and ${notOfExtension("pg_proc", "p.oid")}
  union all select 'type ' || t.typname from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    where n.nspname = 'public' and t.typrelid = 0 and t.typelem = 0 and ${notOfExtension("pg_type", "t.oid")}
  union all select 'large object ' || l.oid from pg_catalog.pg_largeobject_metadata l
  limit 1`;
async function refuseContent(connection, { configured }) {
	const [found] = await connection.rows(FOUND);
	if (found === void 0) return;
	throw refusal("restore-target-not-empty", `${configured} is not empty: it has the ${found[0]}`, { hint: "name a database that does not exist yet, or an empty one; or with --replace the backup takes its place, and what is there is kept aside" });
}
export { restoreInto };
