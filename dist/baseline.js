import { T as nearest } from "./domain.js";
import { d as readUp, f as shown, o as reasonAt, p as checksumOf, u as readAll } from "./history2.js";
// src/tool/sql/baseline.ts
const NOTHING = {
	rows: [],
	obstacle: null
};
const COUNT_TABLES = {
	sqlite: "select count(*) from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'",
	postgres: "select count(*) from pg_catalog.pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
};
async function adopt(place, migrations, history, session) {
	const { baseline } = place;
	if (baseline === null) return NOTHING;
	if (history !== null) return {
		rows: [],
		obstacle: history.some(({ id }) => id === baseline) ? null : tooLate(baseline)
	};
	const last = migrations.findIndex(({ id }) => id === baseline);
	if (last < 0) return {
		rows: [],
		obstacle: unknown(baseline, migrations)
	};
	const tables = await session.query(COUNT_TABLES[session.dialect]);
	if (Number(tables.rows[0]?.[0] ?? 0) === 0) return {
		rows: [],
		obstacle: emptyDatabase(baseline)
	};
	const adoptedAt = new Date().toISOString();
	const adopted = await readAll(migrations.slice(0, last + 1), async (files) => ({
		files,
		bytes: await readUp(place, files)
	}));
	const rows = adopted.flatMap(({ files, bytes }) => bytes instanceof Uint8Array ? [{
		id: files.id,
		checksum: checksumOf(bytes),
		appliedAt: adoptedAt
	}] : []);
	const [unread] = adopted.flatMap(({ files, bytes }) => bytes instanceof Uint8Array ? [] : [reasonAt(shown(place, files.up), bytes)]);
	return unread === void 0 ? {
		rows,
		obstacle: null
	} : {
		rows: [],
		obstacle: unread
	};
}
function tooLate(baseline) {
	return {
		code: "baseline-too-late",
		message: `migrate.baseline is ${baseline}, but the target has a history already, and ${baseline} is not in it`,
		hint: "remove migrate.baseline: it only adopts a database that Belay has not migrated yet"
	};
}
function unknown(baseline, migrations) {
	const meant = nearest(baseline, migrations.map(({ id }) => id));
	return {
		code: "baseline-unknown",
		message: `migrate.baseline is ${baseline}, but no migration has this id`,
		hint: meant === null ? "name the last migration that the database already has: its file's name without the ending" : `did you mean ${meant}?`
	};
}
function emptyDatabase(baseline) {
	return {
		code: "baseline-of-nothing",
		message: `migrate.baseline says that the database has the migrations up to ${baseline}, but it has no table at all`,
		hint: "look whether this is the right database; a new one needs all migrations: remove migrate.baseline for it"
	};
}
export { adopt as t };
