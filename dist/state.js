import { o as __toESM } from "./rolldown-runtime.js";
import { t as require_lib } from "./npm-better-sqlite3.js";
import { D as failure, s as PHASES } from "./domain.js";
import { s as whenFree } from "./sqlite-error.js";
import { existsSync } from "node:fs";
// src/engine/sqlite/state.ts
var import_lib = __toESM(require_lib(), 1);
const WAIT_MS = 5e3;
const TABLE = "create table if not exists state (only integer primary key check (only = 1), run text not null, phase text not null, fence integer not null, store text not null) strict";
async function readState(path) {
	if (!existsSync(path)) return void 0;
	const db = new import_lib.default(path, {
		fileMustExist: true,
		timeout: 0
	});
	try {
		return await whenFree(WAIT_MS, () => rowOf(db));
	} finally {
		db.close();
	}
}
async function nextFence(path, waitMs) {
	if (!existsSync(path)) return {
		fence: 1,
		state: void 0
	};
	return change(path, waitMs, (db) => {
		const state = rowOf(db);
		if (state === void 0) return {
			fence: 1,
			state
		};
		db.prepare("update state set fence = fence + 1").run();
		return {
			fence: state.fence + 1,
			state
		};
	});
}
async function writeState(path, row) {
	await change(path, WAIT_MS, (db) => {
		db.exec(TABLE);
		assertFence(rowOf(db), row.fence);
		db.prepare("insert into state values (1, ?, ?, ?, ?) on conflict do update set run = excluded.run, phase = excluded.phase, fence = excluded.fence, store = excluded.store").run(row.run, row.phase, row.fence, row.store);
	});
}
function assertFence(row, fence) {
	if (row === void 0 || row.fence === fence) return;
	throw failure("lock-lost", `another run (${row.run}) took over while this one was not looking`, {
		hint: "this run changes nothing any more; `belay status` shows what the other one does",
		facts: {
			run: row.run,
			fence: row.fence
		}
	});
}
function holdFence(owner) {
	if (!existsSync(owner.state)) return { [Symbol.dispose]: () => void 0 };
	const db = new import_lib.default(owner.state, {
		fileMustExist: true,
		timeout: WAIT_MS
	});
	try {
		db.exec("begin");
		assertFence(rowOf(db), owner.fence);
	} catch (error) {
		db.close();
		throw error;
	}
	return { [Symbol.dispose]: () => void db.close() };
}
async function change(path, waitMs, work) {
	const db = new import_lib.default(path, { timeout: 0 });
	try {
		db.pragma("synchronous = extra");
		const transaction = db.transaction(() => work(db));
		return await whenFree(waitMs, () => transaction.immediate());
	} finally {
		db.close();
	}
}
function rowOf(db) {
	if (db.prepare("select 1 from sqlite_schema where type = 'table' and name = 'state'").get() === void 0) return void 0;
	const row = db.prepare("select run, phase, fence, store from state").get();
	return row && {
		...row,
		phase: phaseOf(row.phase)
	};
}
function phaseOf(text) {
	const phase = PHASES.find((known) => known === text);
	if (phase === void 0) throw failure("state-unreadable", `the state row names a phase that this version does not know: ${text}`, { hint: "use the version of Belay that made this run" });
	return phase;
}
export { writeState as a, readState as i, holdFence as n, nextFence as r, assertFence as t };
