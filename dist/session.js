import { $ as BelayError, et as failure, rt as refusal } from "./domain.js";
import { o as sqlstateOf, r as isConnectionLost } from "./postgres-error.js";
import { o as turnTo, r as forgetPath, s as inDoubt } from "./server.js";
// src/engine/postgres/transaction-batch.ts
const DIVISION_BY_ZERO = "22012";
async function transactTogether(connection, called, { statement: fenceNow, lost }) {
	const fence = fenceNow();
	const begin = ["begin", ...fence === null ? [] : [fence]];
	const texts = called.map(({ statements, options }) => [
		...begin,
		...settingsOf(options),
		...statements,
		"commit"
	]);
	const ends = [];
	for (const each of texts) ends.push((ends.at(-1) ?? 0) + each.length);
	let at = 0;
	let began = performance.now();
	const progress = (done) => {
		for (; at < called.length && done >= (ends[at] ?? 0); at++) {
			const ended = performance.now();
			called[at]?.resolve(ended - began);
			began = ended;
		}
	};
	try {
		await connection.pipeline(texts.flat(), {
			answeredAfter: new Set(ends.map((end) => end - 1)),
			repeated: fence === null || called.length === 1 ? [] : [fence],
			progress
		});
		return null;
	} catch (error) {
		const one = called[at];
		if (!(error instanceof BelayError) || one === void 0) return {
			at,
			error,
			allInDoubt: false
		};
		const { statement: index, ...facts } = error.facts;
		const statement = typeof index === "number" ? index - (ends[at - 1] ?? 0) : -1;
		if (!isConnectionLost(error)) await connection.run("rollback").catch(() => void 0);
		if (fence !== null && statement === 1 && sqlstateOf(error) === DIVISION_BY_ZERO) return {
			at,
			error: lost(),
			allInDoubt: false
		};
		return {
			at,
			...judged(error, facts, statement - begin.length - settingsOf(one.options).length, one.statements.length)
		};
	}
}
function judged(error, facts, own, count) {
	if (!isConnectionLost(error)) return {
		error: withFacts(error, own >= 0 && own < count ? {
			...facts,
			statement: own
		} : facts),
		allInDoubt: false
	};
	const told = sqlstateOf(error) !== null;
	return {
		error: told && own < count - 1 ? error : inDoubt(error),
		allInDoubt: !told
	};
}
function notBegun() {
	return failure("transaction-not-begun", "an earlier transaction failed, so this one was not begun");
}
function withFacts(error, facts) {
	return new BelayError(error.kind, error.code, error.message, {
		...error.hint === void 0 ? {} : { hint: error.hint },
		cause: error.cause,
		facts
	});
}
function settingsOf({ foreignKeys = "check-at-commit", durable = true }) {
	return [...foreignKeys === "check-at-commit" ? ["set constraints all deferred"] : [], ...durable ? [] : ["set local synchronous_commit = off"]];
}
// src/engine/postgres/values.ts
const READERS = {
	16: (text) => text === "t",
	17: (text) => new Uint8Array(Buffer.from(text.slice(2), "hex")),
	20: wholeNumber,
	21: wholeNumber,
	23: wholeNumber,
	26: wholeNumber
};
function valuesOf({ columns, rows }) {
	const readers = columns.map(({ type }) => READERS[type]);
	return {
		columns: columns.map(({ name }) => name),
		rows: rows.map((row) => row.map((text, index) => text === null ? null : readers[index]?.(text) ?? text))
	};
}
function wholeNumber(text) {
	const number = Number(text);
	return Number.isSafeInteger(number) ? number : BigInt(text);
}
// src/engine/postgres/session.ts
var Line = class {
	tail = Promise.resolve();
	bent = false;
	user = null;
};
function readOnlySession(connection) {
	const refuse = () => Promise.reject(refusal("read-only-session", "this look at the database may not write", { hint: "only a run of Belay writes" }));
	return {
		dialect: "postgres",
		async query(sql, parameters = []) {
			const session = await connection();
			return onlyReading(() => session.transaction("begin read only", () => ask(session, sql, parameters)));
		},
		execute: refuse,
		transaction: refuse,
		transact: refuse
	};
}
function sessionOn(connection) {
	return {
		...readOnlySession(async () => connection),
		query: (sql, parameters = []) => onlyReading(() => ask(connection, sql, parameters))
	};
}
async function onlyReading(work) {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof BelayError) || sqlstateOf(error) !== "25006") throw error;
		throw refusal("read-only-session", `this look at the database may not write: ${error.message}`, {
			hint: "use a query that only reads",
			cause: error,
			facts: error.facts
		});
	}
}
function writingSession(current, options, line = new Line()) {
	return new WritingSession(current, options, line);
}
var WritingSession = class {
	dialect = "postgres";
	#current;
	#options;
	#open = null;
	#line;
	#generation = 0;
	#joining = null;
	constructor(current, options, line) {
		this.#current = current;
		this.#options = options;
		this.#line = line;
	}
	query(sql, parameters = []) {
		return this.#inTurn(async (connection) => {
			if (this.#open === null) await this.#straighten(connection);
			return ask(connection, sql, parameters);
		});
	}
	execute(statements) {
		return this.#inTurn(async (connection) => {
			if (this.#open === null && this.#line.user !== this) await this.#straighten(connection);
			this.#line.bent ||= statements.some(mayBend);
			if (this.#open === null) return this.#oneByOne(connection, statements);
			const [only] = statements;
			if (only === void 0 || statements.length > 1) return connection.pipeline(statements);
			await placed(0, () => connection.run(only));
		});
	}
	async transaction(work, options = {}) {
		if (this.#open !== null) throw failure("transaction-open", "a transaction is open already on this connection");
		return this.#afterAll(async () => {
			const connection = await this.#current();
			await this.#straighten(connection);
			this.#open = connection;
			try {
				return await connection.transaction(`begin; ${settingsOf(options).join("; ")}`, async () => {
					await this.#options.fence.begin(connection);
					return work();
				});
			} finally {
				this.#open = null;
			}
		});
	}
	transact(statements, options = {}) {
		const { promise, resolve, reject } = Promise.withResolvers();
		const called = {
			statements,
			options,
			resolve,
			reject,
			generation: this.#generation
		};
		if (this.#joining !== null) this.#joining.push(called);
		else {
			const batch = [called];
			this.#afterAll(() => {
				if (this.#joining === batch) this.#joining = null;
				return this.#transactAll(batch);
			});
			this.#joining = batch;
		}
		return promise;
	}
	async #transactAll(batch) {
		for (let rest = batch; rest.length > 0;) {
			const bending = rest.findIndex(({ statements }) => statements.some(mayBend));
			const together = bending === -1 ? rest : rest.slice(0, bending + 1);
			await this.#transactTogether(together, bending !== -1);
			rest = rest.slice(together.length);
		}
	}
	async #transactTogether(called, bending) {
		const mine = called.filter(({ generation }) => generation === this.#generation);
		for (const one of called) if (!mine.includes(one)) one.reject(notBegun());
		if (mine.length === 0) return;
		let failed = null;
		try {
			const connection = await this.#current();
			await this.#straighten(connection);
			this.#line.bent ||= bending;
			await this.#options.around(connection, async () => {
				failed = await transactTogether(connection, mine, this.#options.fence);
				if (failed !== null) throw failed.error;
			});
		} catch (error) {
			this.#generation++;
			const { at, allInDoubt } = failed ?? {
				at: 0,
				allInDoubt: false
			};
			mine[at]?.reject(error);
			for (const one of mine.slice(at + 1)) one.reject(allInDoubt ? error : notBegun());
		}
	}
	async #straighten(connection) {
		const { searchPath, restore } = this.#options;
		if (this.#line.bent) {
			await restore(connection);
			forgetPath(connection);
			this.#line.bent = false;
		}
		this.#line.user = this;
		if (searchPath !== void 0) await turnTo(connection, searchPath);
	}
	async #oneByOne(connection, statements) {
		for (const [index, text] of statements.entries()) await placed(index, () => isConcurrent(text) ? this.#withoutTimeout(connection, text) : connection.run(text));
	}
	async #withoutTimeout(connection, text) {
		await connection.run("set lock_timeout = 0");
		try {
			await connection.run(text);
		} catch (error) {
			if (!(error instanceof BelayError) || error.code !== "target-locked") throw error;
			throw failure("sql-failed", error.message, {
				cause: error,
				facts: error.facts
			});
		} finally {
			if (!connection.lost.aborted) await connection.run(`set lock_timeout = ${this.#options.lockTimeoutMs}`).catch(() => void 0);
		}
	}
	#inTurn(work) {
		const open = this.#open;
		if (open !== null) return this.#options.around(open, () => work(open));
		return this.#afterAll(async () => {
			const connection = await this.#current();
			return this.#options.around(connection, () => work(connection));
		});
	}
	#afterAll(work) {
		this.#joining = null;
		const done = this.#line.tail.then(work);
		this.#line.tail = done.catch(() => void 0);
		return done;
	}
};
function mayBend(text) {
	return /(?:^|[;\n])\s*(?:set|reset|discard)\b|\b(?:set_config|deallocate|discard)\b/i.test(text);
}
function isConcurrent(text) {
	return /\bconcurrently\b/i.test(text);
}
async function ask(connection, sql, parameters) {
	return placed(0, async () => valuesOf(await connection.query(sql, parameters)));
}
async function placed(statement, work) {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof BelayError) || error.code === "interrupted" || isConnectionLost(error)) throw error;
		throw withFacts(error, {
			...error.facts,
			statement
		});
	}
}
export { writingSession as i, readOnlySession as n, sessionOn as r, Line as t };
