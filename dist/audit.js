import { o as __toESM } from "./rolldown-runtime.js";
import { t as require_lib } from "./npm-better-sqlite3.js";
import { V as canonicalJson, et as failure, it as usageError } from "./domain.js";
import { existsSync } from "node:fs";
import { createHash } from "node:crypto";
// bot/settings.ts
var import_lib = __toESM(require_lib(), 1);
function storeFile(variables, problems) {
	const value = variables["BELAY_STORE"] || "sqlite:belay-bot.db";
	if (/^postgres(ql)?:/.test(value)) problems.push("BELAY_STORE names PostgreSQL, which this version cannot keep its store in: take sqlite:PATH, on a disk that stays");
	else if (!/^sqlite:(?!\/\/).+/.test(value)) problems.push("BELAY_STORE is not sqlite:PATH");
	return value.replace(/^sqlite:/, "");
}
// bot/store/statements.ts
function statements(database) {
	const known = new Map();
	return (sql) => {
		const statement = known.get(sql) ?? database.prepare(sql);
		known.set(sql, statement);
		return statement;
	};
}
// bot/store/store.ts
const GRANT_MEMO = "grant:";
// bot/store/sqlite-record.ts
function* auditEntries(sql) {
	const page = sql("select seq, at, repository, kind, data, previous, hash from audit where seq > ? order by seq limit 500");
	for (let rows = page.all(Number.MIN_SAFE_INTEGER); rows.length > 0; rows = page.all(rows.at(-1)?.seq ?? 0)) for (const row of rows) yield {
		...row,
		data: jsonOr(row.data)
	};
}
function jsonOr(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}
var SqliteRecord = class {
	#database;
	#sql;
	constructor(path) {
		this.#database = new import_lib.default(path, {
			readonly: true,
			fileMustExist: true
		});
		this.#sql = statements(this.#database);
	}
	entries() {
		return auditEntries(this.#sql);
	}
	grantedHeads() {
		return this.#sql(`select iif(json_valid(body), body ->> 'audit', null) head from memo where key glob '${GRANT_MEMO}*'`).all().flatMap(({ head }) => head ?? []);
	}
	[Symbol.dispose]() {
		this.#database.close();
	}
};
// bot/audit/chain.ts
const NO_AUDIT = "0".repeat(64);
function hashOf({ seq, at, repository, kind, data, previous }) {
	return createHash("sha256").update(canonicalJson({
		v: 1,
		seq,
		at,
		repository,
		kind,
		data,
		previous
	})).digest("hex");
}
async function verifyChain(entries, heads = []) {
	const wanted = new Set(heads.filter((head) => head !== NO_AUDIT));
	let previous = NO_AUDIT;
	let seq = 0;
	for await (const entry of entries) {
		seq += 1;
		if (entry.seq !== seq) return {
			kind: "damaged",
			seq,
			why: `entry ${seq} is missing; ${entry.seq} follows on ${seq - 1}`
		};
		if (entry.previous !== previous) return {
			kind: "damaged",
			seq,
			why: `entry ${seq} follows on another entry than ${seq - 1}`
		};
		if (hashOf(entry) !== entry.hash) return {
			kind: "damaged",
			seq,
			why: `entry ${seq} was changed`
		};
		previous = entry.hash;
		wanted.delete(previous);
	}
	const [lost] = wanted;
	if (lost !== void 0) return {
		kind: "damaged",
		seq: seq + 1,
		why: `no entry has the hash ${lost}: entries at the end are missing`
	};
	return {
		kind: "whole",
		entries: seq,
		head: previous
	};
}
// bot/audit/verify.ts
async function verifyStore(heads, variables) {
	const problems = [];
	const path = storeFile(variables, problems);
	const hint = "set BELAY_STORE as the bot has it";
	if (problems.length > 0) throw usageError("bot-settings", problems.join("; "), { hint });
	if (!existsSync(path)) throw usageError("store-missing", `there is no store ${path}`, { hint });
	let seen = 0;
	try {
		using record = new SqliteRecord(path);
		return await verifyChain(counted(record.entries(), (count) => seen = count), [...record.grantedHeads(), ...heads]);
	} catch (error) {
		if (!(error instanceof import_lib.default.SqliteError)) throw error;
		if (isDamage(error)) return {
			kind: "damaged",
			seq: seen + 1,
			why: `the file cannot be read from entry ${seen + 1} on: ${error.message}`
		};
		throw failure("store-unreadable", `reading the store ${path}: ${error.message}`, { hint: "it is read by whoever may read and write its folder, as the bot may: SQLite keeps a file beside it while somebody reads" });
	}
}
function isDamage({ code }) {
	return [
		"SQLITE_CORRUPT",
		"SQLITE_NOTADB",
		"SQLITE_ERROR",
		"SQLITE_FORMAT"
	].some((name) => code.startsWith(name));
}
function* counted(entries, tell) {
	let count = 0;
	for (const entry of entries) {
		yield entry;
		tell(count += 1);
	}
}
export { verifyStore };
