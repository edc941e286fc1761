import "./rolldown-runtime.js";
import { $ as BelayError, X as firstOf, rt as refusal } from "./domain.js";
import { n as cannotRestoreAt, r as describeLack } from "./accepted-lacks.js";
import { o as obstaclesToMove, r as passingObstacle, t as lastingObstacle } from "./replacement.js";
import { M as databaseNamed } from "./copies.js";
import { i as refuseStandby } from "./locate2.js";
import { a as readRights, n as scopeOf, r as obstacleOfRights } from "./scope-of.js";
import { t as readMaterialisedViews } from "./tables.js";
import { t as findPrograms } from "./programs.js";
import { a as unreadableLargeObjects } from "./large-objects.js";
import { t as serverAt } from "./server.js";
import { n as ownsNothing, t as noWayBack } from "./way-back.js";
import { stat, statfs } from "node:fs/promises";
// src/engine/postgres/bound-tenants.ts
const SHOWN$1 = 10;
async function refuseBoundTenants(connection, place, tenants) {
	const alone = tenants.flatMap(({ tenant }) => tenant === void 0 || tenant.shared ? [] : [tenant.schema]);
	if (alone.length === 0) return;
	const rows = await connection.rows("select oid::text from pg_catalog.pg_namespace where nspname = any ($1::text[])", [alone]);
	const obstacles = await obstaclesToMove(connection, rows.map(([oid]) => String(oid)), "alone");
	if (obstacles.length === 0) return;
	throw refusal("tenants-bound", `tenants of ${place.database} could not go back alone: ${firstOf(obstacles, SHOWN$1, "; ")}`, {
		hint: "let no schema of a tenant be used from outside of it: what several of them need belongs into the shared schema (tenants.shared)",
		facts: { obstacles: [...obstacles] }
	});
}
// src/engine/postgres/peculiarities.ts
async function peculiarities(connection, place, rights) {
	return [
		...await schemasNotThere(connection, place),
		...await timeouts(connection, rights),
		...await extensions(connection),
		...await unloggedTables(connection),
		...nameNotes(place)
	];
}
async function schemasNotThere(connection, { target: { schemas = [], tenant } }) {
	if (tenant !== void 0) return [];
	const there = (await connection.rows("select nspname from pg_catalog.pg_namespace")).map(([name]) => name);
	return schemas.filter((schema) => !there.includes(schema)).map((schema) => `there is no schema ${schema} in ${connection.database}, and target.schemas names it`);
}
async function computedRows(connection, { target }) {
	const views = (await readMaterialisedViews(connection, scopeOf(target))).map(({ label }) => label);
	const [first, ...others] = views;
	if (first === void 0) return [];
	return [`the rows of ${others.length === 0 ? `the materialised view ${first}` : `${views.length} materialised views, ${first} for one,`} are counted and not compared, as they are computed from others`];
}
function rightsNotes({ database, canRename }, { role, owner, owns, superuser, createsDatabases, endsOthers }) {
	return [
		...createsDatabases ? [] : [`the role ${role} may not create databases: no copy lies ready for a swap, and a rollback restores schemas from the backup (alter role ${role} createdb)`],
		...!createsDatabases || owns || superuser ? [] : [`the role ${role} has not the rights of ${owner}, who owns ${database}: it cannot be renamed, and a rollback restores schemas`],
		...!createsDatabases || canRename ? [] : [`Belay's lock lives in ${database} itself, which can then not be renamed: a rollback restores schemas (lock.database names another)`],
		...!createsDatabases || !canRename || !(owns || superuser) || endsOthers ? [] : [`the role ${role} ends sessions of its own role only: whoever else is connected keeps a rollback from being a swap (grant pg_signal_backend to ${role})`]
	];
}
const TIMEOUTS = `select distinct pg_catalog.split_part(pair, '=', 1) || ' = ' || pg_catalog.substr(pair, pg_catalog.strpos(pair, '=') + 1)
  from pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) pair
  where s.setrole in (0, (select oid from pg_catalog.pg_roles where rolname = current_user))
    and s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()))
    and pg_catalog.split_part(pair, '=', 1) ~ '_timeout$' order by 1`;
async function timeouts(connection, { role }) {
	const set = (await connection.rows(TIMEOUTS)).map(([each]) => each);
	return set.length === 0 ? [] : [`${set.join(", ")} is set for the role ${role} or the database, and holds for the migration tool's own sessions`];
}
async function extensions(connection) {
	const [cron] = await connection.rows("select 1 from pg_catalog.pg_extension where extname = 'pg_cron'");
	return cron === void 0 ? [] : ["pg_cron runs from this database: after a swap its jobs are those of the copy, and the server has to be restarted for them"];
}
const UNLOGGED = `select pg_catalog.count(*), pg_catalog.min(pg_catalog.format('%I.%I', n.nspname, c.relname)) from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relpersistence = 'u' and c.relkind = 'r'`;
async function unloggedTables(connection) {
	const [row] = await connection.rows(UNLOGGED);
	const [count, first] = row ?? [];
	if (Number(count) === 0) return [];
	return [`${count} unlogged ${count === "1" ? "table is" : "tables are"} emptied when the server crashes, ${first} for one, here and in every copy`];
}
const LONGEST_WHOLE = 44;
function nameNotes({ database }) {
	return new TextEncoder().encode(database).length <= LONGEST_WHOLE ? [] : [`the name ${database} is cut in the names of its copies; their comments have it whole`];
}
// src/engine/postgres/readable.ts
const SHOWN = 10;
const TABLES = `from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and (not exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
      or exists (select from pg_catalog.pg_extension x where c.oid = any (x.extconfig)))`;
const UNREADABLE = `select pg_catalog.format('%I.%I', n.nspname, c.relname) ${TABLES} and c.relkind in ('r', 'p', 'm', 'S')
  and not (pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    and case when c.relkind = 'S' then pg_catalog.has_sequence_privilege(c.oid, 'SELECT') else pg_catalog.has_table_privilege(c.oid, 'SELECT') end)
  order by 1`;
const HIDDEN = `select pg_catalog.format('%I.%I', n.nspname, c.relname) ${TABLES} and c.relkind in ('r', 'p') and c.relrowsecurity
  and (c.relforcerowsecurity or not pg_catalog.pg_has_role(c.relowner, 'USAGE')) order by 1`;
async function assertReadable(connection, { role, superuser, bypassesRowSecurity }) {
	if (superuser) return;
	const unreadable = await names(connection, UNREADABLE);
	if (unreadable.length > 0) throw refusal("rights-missing", `the role ${role} may not read ${listed(unreadable)}, so no backup of ${connection.database} can be whole`, {
		hint: `let it: grant pg_read_all_data to ${role}, or run Belay as the owner`,
		facts: { tables: unreadable.slice(0, SHOWN) }
	});
	const objects = await unreadableLargeObjects(connection);
	if (objects.length > 0) throw refusal("rights-missing", `the role ${role} may not read the large objects ${listed(objects)}, so no backup of ${connection.database} can be whole`, {
		hint: `let it: grant select on large object … to ${role}; or run Belay as their owner`,
		facts: { largeObjects: [...objects] }
	});
	if (bypassesRowSecurity) return;
	const hidden = await names(connection, HIDDEN);
	if (hidden.length > 0) throw refusal("row-security", `row-level security hides rows of ${listed(hidden)} from the role ${role}, so no backup can be whole`, {
		hint: `let it see them: alter role ${role} bypassrls; or alter table … no force row level security, where it is the owner`,
		facts: { tables: hidden.slice(0, SHOWN) }
	});
}
async function names(connection, sql) {
	return (await connection.rows(sql)).map(([name]) => String(name));
}
function listed(tables) {
	const more = tables.length - SHOWN;
	return `${tables.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
// src/engine/postgres/room.ts
const MARGIN_BYTES = 67108864;
const NOBODY_HAS_BYTES = 2 ** 60;
async function assertRoom(connection, copies) {
	const sizeBytes = await databaseBytes(connection);
	const neededBytes = sizeBytes * copies + MARGIN_BYTES;
	const what = `${megabytes(neededBytes)} (${copies} ${copies === 1 ? "copy" : "copies"} of ${megabytes(sizeBytes)})`;
	const freeBytes = await freeBytesOf(connection);
	if (freeBytes === null && neededBytes < NOBODY_HAS_BYTES) return `this run may need ${what} on the server's disk, and what is free there cannot be asked`;
	if (freeBytes !== null && neededBytes <= freeBytes) return null;
	const free = freeBytes === null ? "no server has so much free" : `the server's disk has ${megabytes(freeBytes)} free`;
	throw refusal("no-space", `${free}, and this run may need ${what}`, {
		hint: "make room on the server's disk, or let restores be proven on another server (`backup.scratch`) with `backup.clone: never`",
		facts: {
			freeBytes,
			neededBytes
		}
	});
}
async function databaseBytes(connection) {
	const [row] = await connection.rows("select pg_catalog.pg_database_size(pg_catalog.current_database())");
	return Number(row?.[0] ?? 0);
}
const MAY_ASK = `select (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
  or (pg_catalog.pg_has_role('pg_read_all_settings', 'USAGE') and pg_catalog.has_function_privilege('pg_catalog.pg_stat_file(text)', 'EXECUTE'))`;
const FOLDER = `select coalesce(nullif(pg_catalog.pg_tablespace_location(d.dattablespace), ''), pg_catalog.current_setting('data_directory'))
  from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()`;
const SEEN = "select extract(epoch from (pg_catalog.pg_stat_file($1)).modification)::int8, (pg_catalog.pg_stat_file($1)).size";
async function freeBytesOf(connection) {
	const [mayAsk] = await connection.rows(MAY_ASK);
	if (mayAsk?.[0] !== "t") return null;
	const [row] = await connection.rows(FOLDER);
	const folder = String(row?.[0]);
	const [seen] = await connection.rows(SEEN, [folder]);
	try {
		const here = await stat(folder);
		if (String(Math.floor(here.mtimeMs / 1e3)) !== seen?.[0] || String(here.size) !== seen[1]) return null;
		const { bavail, bsize } = await statfs(folder);
		return bavail * bsize;
	} catch {
		return null;
	}
}
function megabytes(bytes) {
	return `${Math.ceil(bytes / 1e6)} MB`;
}
// src/engine/postgres/scratch-needs.ts
async function assertScratchReady({ options: { scratch, variables } }, source) {
	if (scratch === null) return;
	await using elsewhere = await serverAt(scratch, variables).connect();
	await refuseStandby(elsewhere);
	await assertPrograms(elsewhere, variables);
	await assertCreatesDatabases(elsewhere);
	await assertRoles(source, elsewhere);
}
async function assertPrograms(elsewhere, variables) {
	try {
		await findPrograms(Math.floor(elsewhere.serverVersion / 1e4), variables);
	} catch (error) {
		if (!(error instanceof BelayError)) throw error;
		const { message, hint, facts } = error;
		throw refusal(error.code, `backups cannot be proven on backup.scratch: ${message}`, {
			...hint === void 0 ? {} : { hint },
			facts
		});
	}
}
async function assertCreatesDatabases(elsewhere) {
	const [row] = await elsewhere.rows("select rolname, rolcreatedb or rolsuper from pg_catalog.pg_roles where rolname = current_user");
	if (row?.[1] === "t") return;
	throw refusal("rights-missing", `the role ${row?.[0]} of backup.scratch may not create databases there, so no backup can be proven by a restore`, { hint: `alter role ${row?.[0]} createdb, on that server; or have backups proven by reading (backup.proof: read)` });
}
const NAMED = `select distinct pg_catalog.pg_get_userbyid(d.refobjid) from pg_catalog.pg_shdepend d
  where d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
    and d.dbid = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
    and (d.deptype in ('a', 'r') or d.classid = 'pg_catalog.pg_user_mapping'::pg_catalog.regclass) order by 1`;
async function assertRoles(source, elsewhere) {
	const named = (await source.rows(NAMED)).map(([role]) => String(role));
	const there = new Set((await elsewhere.rows("select rolname from pg_catalog.pg_roles")).map(([role]) => role));
	const missing = named.filter((role) => !there.has(role));
	if (missing.length === 0) return;
	const several = missing.length > 1;
	throw refusal("cannot-restore", `the server of backup.scratch has no ${several ? "roles" : "role"} ${missing.join(", ")}, and GRANTs, policies or user mappings of ${source.database} name ${several ? "them" : "it"}`, {
		hint: `create ${several ? "them" : "it"} there (create role …; no password or login is needed)`,
		facts: { roles: missing }
	});
}
// src/engine/postgres/used-extensions.ts
const USED = `with member as (select refobjid as extension, classid, objid from pg_catalog.pg_depend
    where refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and deptype = 'e'),
  used as (
    select m.extension, d.classid, d.objid, d.objsubid from member m join pg_catalog.pg_depend d on d.refclassid = m.classid and d.refobjid = m.objid
      where d.deptype in ('n', 'a') and not exists (select from member x where x.classid = d.classid and x.objid = d.objid)
        and not exists (select from pg_catalog.pg_depend p join member x on x.classid = p.refclassid and x.objid = p.refobjid
          where p.classid = d.classid and p.objid = d.objid and p.deptype in ('a', 'i'))
    union select d.refobjid, d.classid, d.objid, d.objsubid from pg_catalog.pg_depend d
      where d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.classid = d.refclassid and d.deptype = 'n')
  select e.extname, pg_catalog.pg_describe_object(u.classid, u.objid, u.objsubid) from used u join pg_catalog.pg_extension e on e.oid = u.extension
  where e.extname = any ($1::text[])
    and not exists (select from pg_catalog.pg_extension o where u.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass and o.oid = u.objid and o.extname = any ($1::text[]))
  order by 1, 2`;
async function usedExtensions(source, names) {
	const users = new Map();
	for (const [extension, user] of await source.rows(USED, [names])) users.set(String(extension), [...users.get(String(extension)) ?? [], String(user)]);
	return [...users].map(([name, all]) => ({
		name,
		users: all
	}));
}
// src/engine/postgres/preflight.ts
async function preflight(place, { copies, proof, staysInPlace = false, tenants = [] }) {
	await using connection = await place.server.connect({ database: place.database });
	await refuseStandby(connection);
	await findPrograms(Math.floor(connection.serverVersion / 1e4), place.options.variables);
	const rights = await rightsOf(connection, place);
	await assertReadable(connection, rights);
	if (proof === "restore") {
		assertProvable(rights, place);
		await assertScratchReady(place, connection);
	}
	const lacking = await lackingInRestores(connection, place, proof);
	await refuseBoundTenants(connection, place, tenants);
	const lost = await noWayBack(connection, place);
	if (lost !== null && !lost.mayPass && !lost.onlyReads && !staysInPlace) throw cannotGoBack(place, lost);
	const way = lost === null ? [...rightsNotes(place, rights), ...await bonds(connection, place, rights)] : [withoutWayBack(lost)];
	return {
		room: await assertRoom(connection, copies),
		costs: [
			...await whoseRights(connection, place, rights),
			...way,
			...await computedRows(connection, place)
		],
		remarks: [...await peculiarities(connection, place, rights), ...lacking]
	};
}
async function rightsOf(connection, { database }) {
	const rights = await readRights(connection, database);
	if (rights !== void 0) return rights;
	throw refusal("target-missing", `there is no database ${database}`, { hint: "somebody renamed or dropped it just now" });
}
async function lackingInRestores(connection, place, proof) {
	const { options, server, database } = place;
	const all = await cannotRestoreAt(place, connection);
	const found = all.filter(({ kind }) => !options.mayLack.includes(kind));
	if (proof === "restore" && found.length === 0) await refuseUsed(connection, all);
	if (proof === "read" || found.length === 0) return all.map(describeLack);
	const restorer = options.scratch === null ? server : serverAt(options.scratch, options.variables);
	const kinds = [...new Set(found.map(({ kind }) => kind))];
	throw refusal("cannot-restore", `the role ${restorer.settings.user}${options.scratch === null ? "" : " of backup.scratch"} cannot restore all of ${database}: ${found.map(({ what, why }) => `${what} (${why})`).join("; ")}`, {
		hint: [...new Set(found.map(({ fix }) => fix)), ...kinds.length > 1 ? [`or accept backups without: \`backup.may-lack: [${kinds.join(", ")}]\``] : []].join("; "),
		facts: { lacks: found.map(({ what }) => what) }
	});
}
async function refuseUsed(connection, accepted) {
	const names = accepted.flatMap(({ entries }) => entries ?? []).flatMap(({ kind, name }) => kind === "EXTENSION" ? [name] : []);
	const [first] = names.length === 0 ? [] : await usedExtensions(connection, names);
	if (first === void 0) return;
	const { name, users } = first;
	const more = users.length - USERS_SHOWN;
	const shown = `${users.slice(0, USERS_SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
	throw refusal("cannot-restore", `no restore of ${connection.database} can do without the extension ${name}: it is used by ${shown}`, {
		hint: `let a role prove backups that may create it (backup.scratch), or have them proven by reading (backup.proof: read)`,
		facts: {
			extension: name,
			users: users.slice(0, USERS_SHOWN)
		}
	});
}
const USERS_SHOWN = 5;
function assertProvable({ role, createsDatabases }, { database, options }) {
	if (createsDatabases || options.scratch !== null) return;
	throw refusal("rights-missing", `the role ${role} may not create databases, so no backup of ${database} can be proven by a restore`, { hint: `alter role ${role} createdb; or name a server for proofs (backup.scratch), or have backups proven by reading (backup.proof: read)` });
}
function cannotGoBack({ database }, { why }) {
	return refusal("no-way-back", `a run that fails could not bring ${database} back: ${why}`, { hint: "take away what stands against one of the two; or leave the way back to the migration's own transaction, or to the tool, and nothing is stopped: `app: online`" });
}
function withoutWayBack({ why, mayPass }) {
	return mayPass ? `as things are no copy could take the database's place: ${why}` : `no copy could take the database's place: ${why}; what was committed, only the migration tool takes back`;
}
async function whoseRights(connection, place, { role }) {
	if (!await ownsNothing(connection, place)) return [];
	return [`what follows was looked at with the rights of the role ${role}, to which none of the tables belongs: the role that migrates may have others`];
}
async function bonds(connection, place, rights) {
	const row = await databaseNamed(connection, place.database);
	const obstacle = row === void 0 || !place.canRename || obstacleOfRights(rights) !== null ? null : await lastingObstacle(connection, place, row) ?? await passingObstacle(connection, row);
	return obstacle === null ? [] : [`a rollback restores schemas instead of renaming the database: ${obstacle}`];
}
export { preflight };
