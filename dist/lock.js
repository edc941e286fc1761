import "./rolldown-runtime.js";
import { $ as BelayError, et as failure, rt as refusal, x as lockLost } from "./domain.js";
import { t as lockKey } from "./identity.js";
import { a as shownServer, r as isConnectionLost } from "./postgres-error.js";
import { setTimeout } from "node:timers/promises";
// src/engine/postgres/patiently.ts
const PAUSE_MS = 250;
const PASSING = new Set([
	"server-starting",
	"server-unreachable",
	"too-many-connections",
	"connection-lost"
]);
const away = new Map();
async function patiently({ settings }, connect) {
	const server = shownServer(settings);
	const timeout = settings.connectTimeoutMs;
	const isGone = ({ since }) => performance.now() - since > 2 * timeout;
	for (;;) {
		const known = away.get(server);
		if (known !== void 0 && isGone(known) && performance.now() - known.triedAt < timeout) throw known.error;
		try {
			const connected = await connect();
			away.delete(server);
			return connected;
		} catch (error) {
			if (!(error instanceof BelayError) || !PASSING.has(error.code)) {
				away.delete(server);
				throw error;
			}
			const absence = {
				since: away.get(server)?.since ?? performance.now(),
				triedAt: performance.now(),
				error
			};
			away.set(server, absence);
			if (isGone(absence)) throw error;
		}
		await setTimeout(PAUSE_MS);
	}
}
// src/engine/postgres/lock.ts
const LOCK_APPLICATION = "belay-lock";
const POLL_MS = 50;
const KEEP_ALIVE = "set tcp_keepalives_idle = 15; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 4";
var TargetLock = class TargetLock {
	#place;
	#key;
	#connection;
	#broken = new AbortController();
	#released = false;
	constructor(place, key, connection) {
		this.#place = place;
		this.#key = key;
		this.#connection = connection;
		this.#listen();
	}
	static async take({ place, connection }, waitMs) {
		const key = await lockKey(connection, place.database);
		const deadline = performance.now() + waitMs;
		while (!await tryLock(connection, key)) {
			if (performance.now() >= deadline) throw locked(place, await holderOf(connection, key));
			await setTimeout(POLL_MS);
		}
		await connection.run(KEEP_ALIVE).catch(() => void 0);
		return new TargetLock(place, key, connection);
	}
	get broken() {
		return this.#broken.signal;
	}
	get connection() {
		return this.#connection;
	}
	get guard() {
		const { high, low } = halves(this.#key);
		return `select 1 / pg_catalog.count(*) from pg_catalog.pg_locks where locktype = 'advisory' and classid = ${high} and objid = ${low} and pid = ${this.#connection.pid} and granted`;
	}
	async assertHeld() {
		if (this.#released) return;
		try {
			await this.#connection.rows("select 1");
			return;
		} catch (error) {
			if (!isConnectionLost(error)) throw error;
		}
		const { server, lockDatabase } = this.#place;
		const connection = await patiently(server, () => server.connect({
			database: lockDatabase,
			application: LOCK_APPLICATION
		}));
		try {
			if (!await tryLock(connection, this.#key)) throw lockLost();
		} catch (error) {
			await connection[Symbol.asyncDispose]();
			throw error;
		}
		this.#connection = connection;
		this.#broken = new AbortController();
		this.#listen();
	}
	async [Symbol.asyncDispose]() {
		this.#released = true;
		await this.#connection[Symbol.asyncDispose]();
	}
	#listen() {
		const broken = this.#broken;
		const { lost } = this.#connection;
		const tell = () => broken.abort(lockBroken(this.#place));
		if (lost.aborted) tell();
		else lost.addEventListener("abort", tell, { once: true });
	}
};
async function probeLock({ place, connection }) {
	const holder = await holderOf(connection, await lockKey(connection, place.database));
	return {
		held: holder !== void 0,
		holder: holder ?? null
	};
}
async function tryLock(connection, key) {
	const [row] = await connection.rows("select pg_catalog.pg_try_advisory_lock($1::int8)", [key]);
	return row?.[0] === "t";
}
async function holderOf(connection, key) {
	const { high, low } = halves(key);
	const [row] = await connection.rows(`select l.pid::text, a.usename, pg_catalog.host(a.client_addr)
     from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.classid = $1::oid and l.objid = $2::oid
       and l.database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())`, [high, low]);
	if (row === void 0) return void 0;
	const [pid, user, address] = row;
	return `pid ${pid} of the server${user === null ? "" : `, role ${user}`}${address === null ? "" : `, from ${address}`}`;
}
function halves(key) {
	const bits = BigInt.asUintN(64, key);
	return {
		high: String(bits >> 32n),
		low: String(bits & 4294967295n)
	};
}
function lockBroken({ lockDatabase }) {
	return failure("lock-broken", `the session in ${lockDatabase} that held the lock ended, and with it at once what worked under it`, { hint: "look at the server's log for who ended it; then run again" });
}
function locked(place, holder) {
	return refusal("locked", `another run of Belay has ${place.database}${holder === void 0 ? "" : `: ${holder}`}`, {
		hint: "wait until it has ended; `belay status` shows who has the lock",
		facts: { holder: holder ?? null }
	});
}
export { patiently as i, TargetLock as n, probeLock as r, LOCK_APPLICATION as t };
