import { E as asideName, et as failure, rt as refusal } from "./domain.js";
import { n as quoteIdentifier, r as quoteLiteral } from "./identifiers.js";
import { n as MOVED_ASIDE } from "./scope.js";
import { setTimeout } from "node:timers/promises";
// src/engine/postgres/kept.ts
function readKept(shape, kept, what) {
	const read = shape.safeParse(kept);
	if (read.success) return read.data;
	throw failure("backup-damaged", `the manifest of the backup does not say ${what}`, {
		hint: "use another backup: `belay backups` lists them",
		cause: read.error
	});
}
// src/engine/postgres/database-record.ts
const ROWS = `select d.oid::text, d.datname, d.datallowconn, d.xmin::text, s.description from pg_catalog.pg_database d
  left join pg_catalog.pg_shdescription s on s.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass and s.objoid = d.oid`;
async function databaseNamed(connection, name) {
	return (await databaseRows(connection, "d.datname = $1", name))[0];
}
async function databaseOf(connection, oid) {
	return (await databaseRows(connection, "d.oid = $1::oid", oid))[0];
}
function databasesAside(connection) {
	return databaseRows(connection, "d.datname ~ $1", "_belay_[cfsa]_[0-9A-Z]{10}$");
}
async function databaseRows(connection, condition, value) {
	return (await connection.rows(`${ROWS} where ${condition} order by d.datname`, [value])).map(([oid, name, open, xmin, description]) => {
		const record = parseRecord(description ?? null);
		return {
			oid: String(oid),
			name: String(name),
			open: open === "t",
			xmin: String(xmin),
			record,
			comment: record === null ? description ?? null : record.comment
		};
	});
}
const FOR_PEOPLE = {
	copy: "Belay keeps this beside its target; `belay prune` drops it.",
	"held-off": "Belay holds sessions off while it swaps this database; `belay recover` lets them in again."
};
function noteOn(database, note) {
	const text = note === null || typeof note === "string" ? note : `${FOR_PEOPLE[note.belay]}\n${JSON.stringify(note)}`;
	return `comment on database ${quoteIdentifier(database)} is ${text === null ? "null" : quoteLiteral(text)}`;
}
function parseRecord(description) {
	const [sentence, json] = description?.split("\n", 2) ?? [];
	if (json === void 0 || !Object.values(FOR_PEOPLE).includes(sentence ?? "")) return null;
	try {
		return JSON.parse(json);
	} catch {
		return null;
	}
}
async function assertDatabase(connection, name) {
	const row = await databaseNamed(connection, name);
	if (row !== void 0) return row;
	throw failure("database-missing", `the database ${name} is gone`, { hint: "somebody dropped or renamed it while Belay worked; run again" });
}
function copyRecord(target, kind, run, comment, sealed = null) {
	return {
		belay: "copy",
		target,
		kind,
		runSuffix: run.slice(-10),
		madeAt: new Date().toISOString(),
		sealed,
		comment
	};
}
// src/engine/postgres/create-database.ts
async function createDatabase(connection, name, settings) {
	const owner = await mayMakeFor(connection, settings.owner) ? ` owner ${quoteIdentifier(settings.owner)}` : "";
	const tablespace = await mayFill(connection, settings.tablespace) ? ` tablespace ${quoteIdentifier(settings.tablespace)}` : "";
	await connection.run(`${createDatabaseSql(name, settings)}${owner}${tablespace}`);
}
async function mayFill(connection, tablespace) {
	if (tablespace === "pg_default") return false;
	return (await connection.rows("select 1 from pg_catalog.pg_tablespace t where t.spcname = $1 and pg_catalog.has_tablespace_privilege(t.oid, 'CREATE')", [tablespace])).length > 0;
}
async function mayMakeFor(connection, owner) {
	const sql = `select 1 from pg_catalog.pg_roles r where r.rolname = $1 and pg_catalog.pg_has_role(r.oid, 'USAGE') ${connection.serverVersion >= 16e4 ? "and pg_catalog.pg_has_role(r.oid, 'SET')" : ""}`;
	return (await connection.rows(sql, [owner])).length > 0;
}
function createDatabaseSql(name, shape) {
	const { encoding, collate, ctype } = shape;
	const text = [
		`encoding ${quoteLiteral(encoding)}`,
		`lc_collate ${quoteLiteral(collate)}`,
		`lc_ctype ${quoteLiteral(ctype)}`
	];
	return `create database ${quoteIdentifier(name)} template template0 ${[...text, ...localeOf(shape)].join(" ")}`;
}
function localeOf({ provider, locale, icuRules }) {
	if (provider === "libc" || locale === null) return [];
	const which = provider === "icu" ? "icu_locale" : "builtin_locale";
	const rules = icuRules === null ? [] : [`icu_rules ${quoteLiteral(icuRules)}`];
	return [
		`locale_provider ${provider}`,
		`${which} ${quoteLiteral(locale)}`,
		...rules
	];
}
function isTemplateSql(name, isTemplate) {
	return `alter database ${quoteIdentifier(name)} with is_template ${isTemplate}`;
}
async function makeDroppable(connection, name) {
	const [template] = await connection.rows("select from pg_catalog.pg_database where datname = $1 and datistemplate", [name]);
	if (template !== void 0) await connection.run(isTemplateSql(name, false));
}
async function dropDatabase(connection, name) {
	await makeDroppable(connection, name);
	const force = connection.serverVersion >= 13e4 ? " with (force)" : "";
	await connection.run(`drop database if exists ${quoteIdentifier(name)}${force}`);
}
// src/engine/postgres/schemas-aside.ts
const NAME_BYTES$1 = 63;
const ASIDE = /_belay_f_([0-9A-HJKMNP-TV-Z]{10})$/;
function schemaNameAside(schema, run) {
	return asideName(schema, "failed", run, NAME_BYTES$1);
}
function placeOfSchema({ database }, schema) {
	return `${database}/${schema}`;
}
function schemaOf({ database }, place) {
	return place.startsWith(`${database}/`) ? place.slice(database.length + 1) : null;
}
function noteAside(schema, madeAt) {
	return `comment on schema ${quoteIdentifier(schema)} is ${quoteLiteral(`${MOVED_ASIDE}\n${madeAt}`)}`;
}
const SCHEMAS = `select n.nspname, pg_catalog.split_part(pg_catalog.obj_description(n.oid, 'pg_namespace'), E'\\n', 2),
    (select coalesce(sum(pg_catalog.pg_total_relation_size(c.oid)), 0) from pg_catalog.pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'm'))
  from pg_catalog.pg_namespace n where n.nspname ~ '_belay_f_[0-9A-Z]{10}$' and pg_catalog.starts_with(pg_catalog.obj_description(n.oid, 'pg_namespace'), $1)
  order by n.nspname`;
async function listSchemasAside(place) {
	await using connection = await place.server.connect({ database: place.database });
	return (await connection.rows(SCHEMAS, [MOVED_ASIDE])).map(([name, madeAt, size]) => ({
		kind: "failed",
		place: placeOfSchema(place, String(name)),
		runSuffix: ASIDE.exec(String(name))?.[1] ?? "",
		sizeBytes: Number(size),
		madeAt: String(madeAt),
		evidence: null
	}));
}
async function discardSchema(place, copy) {
	const schema = schemaOf(place, copy) ?? "";
	await using connection = await place.server.connect({ database: place.database });
	if (!await exists(connection, schema)) return;
	if (!(await listSchemasAside(place)).some((listed) => listed.place === copy)) throw refusal("not-a-copy", `${copy} is no schema that Belay moved aside`, { hint: "only clones, scratch databases and what was kept aside are dropped" });
	await connection.run(`drop schema if exists ${quoteIdentifier(schema)} cascade`);
}
async function exists(connection, schema) {
	return (await connection.rows("select 1 from pg_catalog.pg_namespace where nspname = $1", [schema])).length > 0;
}
// src/engine/postgres/sessions.ts
const SESSIONS = `select a.pid, a.usename, coalesce(a.application_name, ''),
    (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
    or (r.oid is not null and not r.rolsuper and (pg_catalog.pg_has_role(r.oid, 'USAGE') or pg_catalog.pg_has_role('pg_signal_backend', 'USAGE')))
  from pg_catalog.pg_stat_activity a left join pg_catalog.pg_roles r on r.oid = a.usesysid
  where a.datid = $1::oid and a.pid <> pg_catalog.pg_backend_pid() order by a.pid`;
async function otherSessions(connection, oid, but = []) {
	return (await connection.rows(SESSIONS, [oid])).map(([pid, user, application, endable]) => ({
		pid: Number(pid),
		user: user ?? null,
		application: String(application),
		endable: endable === "t"
	})).filter(({ pid }) => !but.includes(pid));
}
function describeSessions(sessions) {
	return sessions.map(({ pid, user, application }) => {
		return `pid ${pid} (${[user ?? "a process of the server", application].filter((part) => part !== "").join(", ")})`;
	}).join(", ");
}
function sessionsThatStay(sessions) {
	return sessions.filter(({ user, endable }) => user !== null && !endable);
}
function targetBusy(database, who, cause) {
	return failure("target-busy", `${database} is in use, and cannot be replaced: ${who}`, {
		hint: "stop what uses the database (app.stop), then run `belay recover`; the database is what it was, and takes sessions",
		...cause === void 0 ? {} : { cause }
	});
}
async function preparedTransactions(connection, database) {
	return (await connection.rows("select gid from pg_catalog.pg_prepared_xacts where database = $1 order by prepared", [database])).map(([gid]) => String(gid));
}
async function holdOff(connection, database, run, guard) {
	const record = {
		belay: "held-off",
		runSuffix: run.slice(-10),
		comment: database.comment
	};
	const statements = [allowConnections(database.name, false), noteOn(database.name, record)];
	await connection.run([...guard === void 0 ? [] : [guard], ...statements].join("; "));
}
async function letInAgain(connection, database) {
	const row = await databaseNamed(connection, database);
	if (row?.record?.belay !== "held-off") return false;
	await connection.run(`${allowConnections(database, true)}; ${noteOn(database, row.comment)}`);
	return true;
}
function allowConnections(database, allow) {
	return `alter database ${quoteIdentifier(database)} allow_connections ${allow}`;
}
const END_MS = 3e3;
const AGAIN_MS = 2;
const LEAVING_MS = 50;
async function endSessions(connection, database, but = []) {
	const began = performance.now();
	let ended = [];
	for (;;) {
		const sessions = (await otherSessions(connection, database.oid, but)).filter(({ user }) => user !== null);
		const staying = sessionsThatStay(sessions);
		const waited = performance.now() - began;
		if (staying.length > 0 && waited > LEAVING_MS) return staying;
		if (waited > END_MS) return sessions;
		const going = sessions.filter(({ endable }) => endable).map(({ pid }) => pid);
		ended = await stillKnown(connection, [...new Set([...ended, ...going])]);
		if (sessions.length === 0 && ended.length === 0) return [];
		await setTimeout(AGAIN_MS);
	}
}
async function stillKnown(connection, pids) {
	if (pids.length === 0) return [];
	return (await connection.rows("select pid from pg_catalog.unnest($1::integer[]) pid where pg_catalog.pg_terminate_backend(pid)", [`{${pids.join(",")}}`])).map(([pid]) => Number(pid));
}
const JUST_STOPPED_MS = 1e3;
async function awaitLeaving(connection, database) {
	for (const deadline = performance.now() + JUST_STOPPED_MS;; await setTimeout(20)) {
		if (!(await otherSessions(connection, database.oid)).some(({ user }) => user !== null)) return true;
		if (performance.now() > deadline) return false;
	}
}
const SERVER_PROCESS_MS = 5e3;
const OURS_MS = 200;
async function awaitMakingWay(connection, database) {
	const began = performance.now();
	const goes = ({ user, application }, waited) => user === null ? waited < SERVER_PROCESS_MS : waited < OURS_MS && /^belay\b/.test(application);
	for (let waited = 0;; waited = performance.now() - began) {
		if (!(await otherSessions(connection, database.oid)).some((session) => goes(session, waited))) return;
		await setTimeout(waited < OURS_MS ? AGAIN_MS : 50);
	}
}
// src/engine/postgres/copies.ts
const NAME_BYTES = 63;
const KINDS = {
	c: "clone",
	f: "failed",
	s: "scratch",
	a: "after"
};
function copyName(place, kind, run) {
	return asideName(place.database, kind, run, NAME_BYTES);
}
function administer(place, application) {
	return place.server.connect({
		database: place.lockDatabase,
		...application === void 0 ? {} : { application }
	});
}
async function markCopy(connection, place, database, kind, run) {
	const { comment } = await assertDatabase(connection, database);
	await connection.run(noteOn(database, copyRecord(place.database, kind, run, comment)));
}
async function describeCopy(place, database) {
	await using connection = await administer(place);
	const row = await assertDatabase(connection, database);
	const named = parseName(place, database);
	if (named === void 0) throw notACopy(place, database);
	const record = ownRecord(place, row) ?? copyRecord(place.database, named.kind, named.runSuffix, null);
	await seal(connection, database, {
		...record,
		comment: row.comment
	});
	await refuseVisitors(connection, row);
	return {
		...await asCopy(connection, row, record),
		evidence: { oid: row.oid }
	};
}
async function listCopies(place) {
	await using connection = await administer(place);
	const rows = (await databasesAside(connection)).filter(({ name }) => name !== place.database);
	const databases = [];
	for (const row of rows) {
		const record = ownRecord(place, row) ?? await unmarked(connection, place, row);
		if (record !== void 0) databases.push(await asCopy(connection, row, record));
	}
	return [...databases, ...await listSchemasAside(place)];
}
async function discardCopy(place, { place: name }) {
	if (schemaOf(place, name) !== null) return discardSchema(place, name);
	if (name === place.database || parseName(place, name) === void 0) throw notACopy(place, name);
	await using connection = await administer(place);
	const row = await databaseNamed(connection, name);
	if (row === void 0) return;
	if ((ownRecord(place, row) ?? await unmarked(connection, place, row)) === void 0) throw notACopy(place, name);
	await connection.run(allowConnections(name, false));
	const staying = await endSessions(connection, row);
	if (staying.length > 0) {
		await connection.run(allowConnections(name, row.open));
		throw failure("copy-busy", `the copy ${name} is in use, and cannot be dropped: ${describeSessions(staying)}`, { hint: "end what uses it, then run `belay prune`" });
	}
	await makeDroppable(connection, name);
	await connection.run(`drop database if exists ${quoteIdentifier(name)}`);
}
async function assertUnchanged(connection, { place: name, evidence }) {
	const row = await databaseNamed(connection, name);
	if (row === void 0) throw copyChanged(name, "is gone");
	if (evidence === null) return row;
	const oid = typeof evidence === "object" && "oid" in evidence ? evidence.oid : void 0;
	if (row.oid !== oid) throw copyChanged(name, "is another database than the one that was proven");
	if (!(row.record?.belay === "copy" && row.record.sealed === row.xmin && !row.open)) throw copyChanged(name, "was opened after it was proven");
	return row;
}
async function openCopy(place, copy, application) {
	await using admin = await administer(place, application);
	return await openCopyBy(admin, place, copy, application);
}
async function openCopyBy(admin, place, copy, application) {
	const row = await assertUnchanged(admin, copy);
	const request = {
		database: copy.place,
		...application === void 0 ? {} : { application }
	};
	const connection = await unsealedFor(admin, row, () => place.server.connect(request));
	try {
		if (row.record?.belay === "copy" && row.record.sealed !== null) await refuseVisitors(admin, row, [connection.pid]);
	} catch (error) {
		await connection[Symbol.asyncDispose]();
		throw error;
	}
	return connection;
}
async function* openForProgram(place, copy, application, output) {
	await using admin = await administer(place, application);
	const row = await assertUnchanged(admin, copy);
	const bytes = output[Symbol.asyncIterator]();
	try {
		const first = await unsealedFor(admin, row, () => bytes.next());
		await refuseVisitors(admin, row, (await otherSessions(admin, row.oid)).filter((session) => session.application === application).map(({ pid }) => pid));
		if (first.done === true) return;
		yield first.value;
		for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) yield next.value;
	} finally {
		await bytes.return?.();
	}
}
async function unsealedFor(admin, { name, record }, enter) {
	if (record?.belay !== "copy" || record.sealed === null) return enter();
	await admin.run(allowConnections(name, true));
	try {
		return await enter();
	} finally {
		await seal(admin, name, record);
	}
}
async function seal(connection, database, record) {
	await connection.transaction("begin", async () => {
		await connection.run(allowConnections(database, false));
		const { xmin } = await assertDatabase(connection, database);
		await connection.run(noteOn(database, {
			...record,
			sealed: xmin
		}));
	});
}
async function refuseVisitors(connection, row, but = []) {
	const visitors = (await otherSessions(connection, row.oid, but)).filter(({ user }) => user !== null);
	if (visitors.length > 0) throw copyChanged(row.name, `is open in ${describeSessions(visitors)}`);
}
function ownRecord(place, { name, record }) {
	return record?.belay === "copy" && record.target === place.database && parseName(place, name) !== void 0 ? record : void 0;
}
function missingRecord(place, { name, record }) {
	const parsed = record === null ? parseName(place, name) : void 0;
	return parsed && {
		...copyRecord(place.database, parsed.kind, parsed.runSuffix, null),
		madeAt: new Date(0).toISOString()
	};
}
async function unmarked(connection, place, row) {
	const record = missingRecord(place, row);
	if (record === void 0) return void 0;
	return (await connection.rows("select datname from pg_catalog.pg_database where datname <> $1 and datname !~ '_belay_[cfsa]_[0-9A-Z]{10}$'", [place.database])).some(([other]) => asideName(String(other), record.kind, record.runSuffix, NAME_BYTES) === row.name) ? void 0 : record;
}
function parseName(place, name) {
	const [, letter, runSuffix] = /_belay_([cfsa])_([0-9A-HJKMNP-TV-Z]{10})$/.exec(name) ?? [];
	if (letter === void 0 || runSuffix === void 0 || !(letter in KINDS)) return void 0;
	const kind = KINDS[letter];
	return asideName(place.database, kind, runSuffix, NAME_BYTES) === name ? {
		kind,
		runSuffix
	} : void 0;
}
async function asCopy(connection, { name, oid }, { kind, runSuffix, madeAt }) {
	const [size] = await connection.rows("select pg_catalog.pg_database_size($1::oid)", [oid]);
	return {
		kind,
		place: name,
		runSuffix,
		sizeBytes: Number(size?.[0] ?? 0),
		madeAt,
		evidence: null
	};
}
function copyChanged(name, what) {
	return failure("copy-changed", `the copy ${name} ${what}`, {
		hint: "it cannot take the database's place; the backup can",
		facts: { copy: name }
	});
}
function notACopy({ database }, name) {
	return refusal("not-a-copy", `${name} is no copy of Belay's beside ${database}`, { hint: "only clones, scratch databases and databases kept aside are dropped" });
}
export { assertDatabase as A, placeOfSchema as C, dropDatabase as D, createDatabaseSql as E, noteOn as F, readKept as I, databaseNamed as M, databaseOf as N, isTemplateSql as O, databasesAside as P, noteAside as S, createDatabase as T, letInAgain as _, discardCopy as a, sessionsThatStay as b, openCopy as c, allowConnections as d, awaitLeaving as f, holdOff as g, endSessions as h, describeCopy as i, copyRecord as j, mayMakeFor as k, openCopyBy as l, describeSessions as m, assertUnchanged as n, listCopies as o, awaitMakingWay as p, copyName as r, markCopy as s, administer as t, openForProgram as u, otherSessions as v, schemaNameAside as w, targetBusy as x, preparedTransactions as y };
