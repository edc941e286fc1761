import { S as phaseOf, rt as refusal, x as lockLost } from "./domain.js";
import { n as quoteIdentifier } from "./identifiers.js";
import { o as sqlstateOf } from "./postgres-error.js";
// src/engine/postgres/state-refused.ts
const DENIED = "42501";
const FOREIGN = /^(42703|42804|42809|42P10|22P02|23502)$/;
function cannotMakeState(error, { database, server }) {
	if (sqlstateOf(error) !== DENIED) return error;
	const { user } = server.settings;
	return refusal("rights-missing", `the role ${user} may not make the schema belay in ${database}, in which runs keep their state`, {
		hint: `make it once, as the owner of the database: create schema belay authorization ${quoteIdentifier(user)}`,
		cause: error
	});
}
function cannotUseState(error, { database, server }) {
	const sqlstate = sqlstateOf(error) ?? "";
	const { user } = server.settings;
	if (sqlstate === DENIED) {
		const role = quoteIdentifier(user);
		return refusal("rights-missing", `the role ${user} may not use the table belay.state of ${database}, which another role made`, {
			hint: `to look: grant usage on schema belay to ${role}; grant select on belay.state to ${role}; to run: the role that ran before`,
			cause: error
		});
	}
	if (!FOREIGN.test(sqlstate)) return error;
	return refusal("state-foreign", `the table belay.state of ${database} is not Belay's, which would keep the state of its runs there`, {
		hint: "rename the schema belay, or that table: Belay then makes its own",
		cause: error
	});
}
// src/engine/postgres/state.ts
const WAIT_MS = 5e3;
const MAKE = `create schema if not exists belay;
  create table if not exists belay.state (single int4 primary key default 1 check (single = 1), run text not null, phase text not null,
    fence int8 not null, store text not null, lock_database text not null)`;
const ROW = "select run, phase, fence::text, store, lock_database from belay.state";
async function readState(connection) {
	if (!await exists(connection)) return void 0;
	const [stored] = await used(connection, () => connection.rows(ROW));
	if (stored === void 0) return void 0;
	const [run, phase, fence, store, lockDatabase] = stored;
	return {
		row: {
			run: String(run),
			phase: phaseOf(String(phase)),
			fence: Number(fence),
			store: String(store)
		},
		lockDatabase: String(lockDatabase)
	};
}
async function nextFence(connection, lockDatabase) {
	if (!await exists(connection)) return {
		fence: 1,
		state: void 0
	};
	return waiting(connection, async () => {
		const stored = await readState(connection);
		if (stored === void 0) return {
			fence: 1,
			state: void 0
		};
		if (stored.lockDatabase !== lockDatabase) throw lockElsewhere(connection.database, stored.lockDatabase, lockDatabase);
		const [row] = await used(connection, () => connection.rows("update belay.state set fence = fence + 1 returning fence::text"));
		return {
			fence: Number(row?.[0]),
			state: stored.row
		};
	});
}
async function writeState(connection, row, { lockDatabase, first }) {
	await waiting(connection, async () => {
		if (!await exists(connection)) await made(connection);
		if ((await connection.rows(`insert into belay.state as s (single, run, phase, fence, store, lock_database) values (1, $1, $2, $3::int8, $4, $5)
         on conflict (single) do update set run = excluded.run, phase = excluded.phase, store = excluded.store, lock_database = excluded.lock_database
         where s.fence = excluded.fence and (not $6::bool or s.run = excluded.run) returning 1`, [
			row.run,
			row.phase,
			row.fence,
			row.store,
			lockDatabase,
			first
		])).length === 0) throw lockLost((await readState(connection))?.row);
	});
}
async function overwriteState(copy, now) {
	const isThere = await exists(copy);
	if (now === void 0) return isThere ? copy.run("delete from belay.state") : void 0;
	if (!isThere) await made(copy);
	const { row, lockDatabase } = now;
	await copy.rows(`insert into belay.state (single, run, phase, fence, store, lock_database) values (1, $1, $2, $3::int8, $4, $5)
       on conflict (single) do update set run = excluded.run, phase = excluded.phase, fence = excluded.fence, store = excluded.store, lock_database = excluded.lock_database`, [
		row.run,
		row.phase,
		row.fence,
		row.store,
		lockDatabase
	]);
}
function fenceStatement(fence) {
	return `select 1 / pg_catalog.count(*) from (select 1 from belay.state where fence = ${fence} for share) as held`;
}
async function holdFence(connection, fence) {
	if ((await connection.rows("select 1 from belay.state where fence = $1::int8 for share", [fence])).length === 0) throw lockLost((await readState(connection))?.row);
}
function lockElsewhere(database, theirs, ours) {
	return refusal("lock-elsewhere", `the runs of ${database} lock in the database ${theirs}, and this one would in ${ours}`, {
		hint: `write lock: { database: ${theirs} } into belay.yml; where nobody else runs Belay any more, drop the table belay.state instead`,
		facts: {
			theirs,
			ours
		}
	});
}
async function made(connection) {
	try {
		await connection.run(MAKE);
	} catch (error) {
		throw cannotMakeState(error, connection);
	}
}
async function used(connection, work) {
	try {
		return await work();
	} catch (error) {
		throw cannotUseState(error, connection);
	}
}
async function exists(connection) {
	const [row] = await connection.rows("select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = 'belay' and c.relname = 'state'");
	return row !== void 0;
}
function waiting(connection, work) {
	return connection.transaction(`begin; set local lock_timeout = ${WAIT_MS}`, work);
}
export { readState as a, overwriteState as i, holdFence as n, writeState as o, nextFence as r, fenceStatement as t };
