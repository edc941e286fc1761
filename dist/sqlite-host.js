import { o as __toESM } from "./rolldown-runtime.js";
import { n as failure } from "./error.js";
import { t as require_lib } from "./npm-better-sqlite3.js";
import { t as canonicalJson } from "./canonical-json.js";
import { i as sameSchema } from "./run-id.js";
import { B as Unreadable, G as numbers, H as ifReadable, J as quoteName, K as place, U as inOneRead, V as countTable, W as inOrder, Y as shownName, d as overwriteInPlace, g as copyPages, h as versionOf, i as runStatements, m as readSequences, o as holdFence, p as readFacts, q as foldName, r as runQuery, t as packError, u as readSchema, x as statementError, y as isSqliteError, z as readShapes } from "./portable-error.js";
import { Worker } from "node:worker_threads";
// src/engine/sqlite/row-equality.ts
var import_lib = __toESM(require_lib(), 1);
const COLLATIONS_OF_SQLITE = [
	"BINARY",
	"NOCASE",
	"RTRIM"
];
function commonColumns(before, after) {
	const old = new Map(before.columns.map((column) => [foldName(column.name), column]));
	return after.columns.flatMap((column) => {
		const partner = old.get(foldName(column.name));
		return partner === void 0 ? [] : [{
			before: partner,
			after: column
		}];
	});
}
function columnsOfOneEnd(before, after) {
	const without = (these, those) => {
		const known = new Set(those.columns.map((column) => foldName(column.name)));
		return these.columns.filter((column) => !known.has(foldName(column.name))).map((column) => column.name);
	};
	return {
		added: without(after, before),
		dropped: without(before, after)
	};
}
function sameValue({ before, after }) {
	const old = `b.${quoteName(before.name)}`;
	const now = `a.${quoteName(after.name)}`;
	const sameContent = `+${old} is +${now} collate binary`;
	const sameClass = `typeof(${old})=typeof(${now})`;
	const affinity = before.affinity === after.affinity ? before.affinity : "none";
	if (affinity === "text" || affinity === "real") return `(${sameContent})`;
	if (affinity === "integer") return `(${sameContent} and (${old} is not -9223372036854775808 or ${sameClass}))`;
	return `(${sameContent} and ${sameClass})`;
}
function sameRow(columns, pairing) {
	return balanced(columns.filter((column) => !pairing.settled.has(foldName(column.after.name))).map(sameValue), " and ", "1");
}
function balanced(terms, operator, empty) {
	if (terms.length <= 8) return terms.length === 0 ? empty : `(${terms.join(operator)})`;
	const half = Math.ceil(terms.length / 2);
	return `(${balanced(terms.slice(0, half), operator, empty)}${operator}${balanced(terms.slice(half), operator, empty)})`;
}
function pairByRowid(before, after) {
	if (before.rowid === null || after.rowid === null) return null;
	const value = `b.${before.rowid}`;
	return {
		on: `${value}=a.${after.rowid}`,
		partner: `a.${after.rowid}`,
		names: [{
			name: "rowid",
			value
		}],
		settled: new Set()
	};
}
function pairByKey(db, before, after) {
	for (const key of after.keys) {
		const other = before.keys.find((candidate) => sameColumns(candidate, key));
		if (other === void 0) continue;
		if (other.nullable && holdsNull(db, "before", before.name, other)) continue;
		if (key.nullable && holdsNull(db, "main", after.name, key)) continue;
		return pairing(before, after, other, key);
	}
	return null;
}
function sameColumns(one, other) {
	const names = (key) => key.parts.map((part) => foldName(part.column)).sort().join("\0");
	return names(one) === names(other);
}
function holdsNull(db, schema, table, key) {
	const anyNull = key.parts.map((part) => `${quoteName(part.column)} is null`).join(" or ");
	return db.prepare(`select 1 from ${quoteName(schema)}.${quoteName(table)} where ${anyNull} limit 1`).get() !== void 0;
}
function pairing(before, after, oldKey, newKey) {
	const columns = new Map(commonColumns(before, after).map((column) => [foldName(column.after.name), column]));
	const parts = newKey.parts.flatMap((part) => {
		const column = columns.get(foldName(part.column));
		const old = oldKey.parts.find((candidate) => foldName(candidate.column) === foldName(part.column));
		return column === void 0 || old === void 0 ? [] : [{
			column,
			collation: commonCollation(old.collation, part.collation)
		}];
	});
	return {
		on: parts.map(({ column, collation }) => samePart(column, collation)).join(" and "),
		partner: `a.${quoteName(newKey.parts[0]?.column ?? "")}`,
		names: parts.map(({ column }) => ({
			name: column.after.name,
			value: `b.${quoteName(column.before.name)}`
		})),
		settled: new Set(oldKey.isRowid && newKey.isRowid ? newKey.parts.map((part) => foldName(part.column)) : [])
	};
}
function commonCollation(before, after) {
	const [old, now] = [before.toUpperCase(), after.toUpperCase()];
	return old === now && COLLATIONS_OF_SQLITE.includes(now) ? now : "BINARY";
}
function samePart({ before, after }, collation) {
	const old = `b.${quoteName(before.name)}`;
	const now = `a.${quoteName(after.name)}`;
	const same = `${old}=${now} collate ${collation}`;
	return before.affinity === after.affinity ? same : `${same} and typeof(${old})=typeof(${now})`;
}
// src/engine/sqlite/compare-multiset.ts
function compareAsMultiset(db, ends, columns, byRowid) {
	const before = (column) => `b.${quoteName(column.before.name)}`;
	const after = (column) => `a.${quoteName(column.after.name)}`;
	const pairedBy = byRowid === null ? "0" : `${byRowid.on} and ${sameRow(columns, byRowid)}`;
	const old = `from ${inOrder("before", ends.before, "b")} where not exists (select 1 from ${place("main", ends.after)} a where ${pairedBy})`;
	const now = `from ${inOrder("main", ends.after, "a")} where not exists (select 1 from ${place("before", ends.before)} b where ${pairedBy})`;
	const [removed = 0, added = 0] = numbers(db, `select sum(max(balance, 0)), sum(max(-balance, 0)) from (
       select sum(side) as balance from (
         select 1 as side, ${packed(columns.map(before))} as packed_row ${old} union all select -1, ${packed(columns.map(after))} ${now})
       group by packed_row having balance <> 0)`);
	return {
		added,
		removed,
		changed: 0,
		columnsChanged: [],
		keys: []
	};
}
function packed(values) {
	const one = (value) => `case typeof(${value}) when 'real' then 'r'||quote(${value}) when 'null' then 'n' else substr(typeof(${value}), 1, 1)||hex(${value}) end||';'`;
	return balanced(values.map(one), "||", "''");
}
// src/engine/sqlite/compare-rows.ts
const NO_DIFFERENCE = {
	added: 0,
	removed: 0,
	changed: 0,
	columnsChanged: [],
	keys: []
};
const MOST_KEYS = 10;
const MOST_KEY_CHARACTERS = 60;
const COLUMNS_A_QUERY = 400;
function compareRows(db, ends) {
	const { before, after } = ends;
	const columns = commonColumns(before, after);
	const byRowid = pairByRowid(before, after);
	const key = before.module !== null && after.module !== null ? byRowid : pairByKey(db, before, after);
	const quickest = byRowid ?? key;
	if (quickest !== null && allEqual(db, ends, columns, quickest)) return NO_DIFFERENCE;
	return key === null ? compareAsMultiset(db, ends, columns, byRowid) : compareByKey(db, ends, columns, key);
}
function allEqual(db, ends, columns, pairing) {
	if (ends.rowsBefore !== ends.rowsAfter) return false;
	const unpaired = `${pairing.partner} is null or not ${sameRow(columns, pairing)}`;
	return db.prepare(`select 1 from ${inOrder("before", ends.before, "b")} left join ${place("main", ends.after)} a on ${pairing.on} where ${unpaired} limit 1`).get() === void 0;
}
function compareByKey(db, ends, columns, key) {
	const old = inOrder("before", ends.before, "b");
	const pairs = `from ${old} cross join ${place("main", ends.after)} a on ${key.on}`;
	const differingPairs = `${pairs} where not ${sameRow(columns, key)}`;
	const unpaired = `from ${old} where not exists (select 1 from ${place("main", ends.after)} a where ${key.on})`;
	const [paired = 0] = numbers(db, `select count(*) ${pairs}`);
	const { changed, columnsChanged } = changes(db, columns, differingPairs);
	const removed = ends.rowsBefore - paired;
	const gone = keysOf(db, key, unpaired, Math.min(removed, MOST_KEYS));
	const touched = keysOf(db, key, differingPairs, Math.min(changed, MOST_KEYS - gone.length));
	return {
		added: ends.rowsAfter - paired,
		removed,
		changed,
		columnsChanged,
		keys: [...gone, ...touched]
	};
}
function changes(db, columns, differingPairs) {
	let changed = 0;
	const columnsChanged = [];
	for (let first = 0; first === 0 || first < columns.length && changed > 0; first += COLUMNS_A_QUERY) {
		const some = columns.slice(first, first + COLUMNS_A_QUERY);
		const [count = 0, ...differing] = numbers(db, `select count(*)${some.map((column) => `, max(not ${sameValue(column)})`).join("")} ${differingPairs}`);
		changed = count;
		columnsChanged.push(...some.filter((_, index) => differing[index] === 1).map((column) => column.after.name));
	}
	return {
		changed,
		columnsChanged
	};
}
function keysOf(db, key, from, most) {
	if (most === 0) return [];
	const shown = key.names.map(({ value }) => `quote(case when typeof(${value}) in ('text', 'blob') then substr(${value}, 1, ${MOST_KEY_CHARACTERS}) else ${value} end), length(${value}) > ${MOST_KEY_CHARACTERS} and typeof(${value}) in ('text', 'blob')`);
	const order = key.names.map(({ value }) => value).join(", ");
	return db.prepare(`select ${shown.join(", ")} ${from} order by ${order} limit ${most}`).raw().safeIntegers(false).all().map((row) => key.names.map(({ name }, index) => `${shownName(name)}=${row[2 * index]}${row[2 * index + 1] === 1 ? "…" : ""}`).join(", "));
}
// src/engine/sqlite/compare-virtual.ts
const MODULES_SHOWN_WHOLE = [
	"rtree",
	"rtree_i32",
	"geopoly"
];
function compareVirtual(db, ends) {
	if (ends.before.module === ends.after.module && sameShadows(db, ends)) return { rows: NO_DIFFERENCE };
	const rows = compareRows(db, ends);
	if (rows.added + rows.removed + rows.changed > 0 || MODULES_SHOWN_WHOLE.includes(ends.after.module ?? "")) return { rows };
	return {
		rows,
		unproven: "every row is equal, but its index is stored differently; whether it finds the same rows cannot be compared"
	};
}
function sameShadows(db, { before, after }) {
	if (after.shadows.length === 0 || before.shadows.length !== after.shadows.length) return false;
	const old = new Map(before.shadows.map((shadow) => [foldName(shadow.name), shadow]));
	return after.shadows.every((shadow) => {
		const partner = old.get(foldName(shadow.name));
		return partner !== void 0 && sameTable(db, partner, shadow);
	});
}
function sameTable(db, before, after) {
	const { added, dropped } = columnsOfOneEnd(before, after);
	if (added.length + dropped.length > 0) return false;
	const { added: more, removed, changed } = compareRows(db, {
		before,
		after,
		rowsBefore: countTable(db, "before", before),
		rowsAfter: countTable(db, "main", after)
	});
	return more + removed + changed === 0;
}
// src/engine/sqlite/compare.ts
function countRows(db, name = "main", options = {}) {
	return inOneRead(db, () => {
		const counts = [...readShapes(db, name, options.include ?? "application").values()].map((shape) => [shape.name, ifReadable(shape.name, () => countTable(db, name, shape))]);
		return Object.fromEntries(counts.flatMap(([table, count]) => typeof count === "number" ? [[table, count]] : []));
	});
}
function compareDatabases(db, options = {}) {
	return inOneRead(db, () => {
		const scope = options.include ?? "application";
		const before = readShapes(db, "before", scope);
		const after = readShapes(db, "main", scope);
		return { tables: [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => compareTable(db, before.get(name), after.get(name)) ?? []).sort((a, b) => a.name < b.name ? -1 : 1) };
	});
}
function compareTable(db, before, after) {
	const name = after?.name ?? before?.name;
	if (name === void 0) return null;
	const rowsBefore = before === void 0 ? null : ifReadable(name, () => countTable(db, "before", before));
	const rowsAfter = after === void 0 ? null : ifReadable(name, () => countTable(db, "main", after));
	const counts = {
		name,
		rowsBefore: countOf(rowsBefore),
		rowsAfter: countOf(rowsAfter)
	};
	const columns = before === void 0 || after === void 0 ? {
		added: [],
		dropped: []
	} : columnsOfOneEnd(before, after);
	const table = (rows, unproven) => ({
		...counts,
		...rows,
		columnsAdded: columns.added,
		columnsDropped: columns.dropped,
		...unproven === void 0 ? {} : { unproven }
	});
	const unreadable = [rowsBefore, rowsAfter].find((count) => count instanceof Unreadable);
	if (unreadable instanceof Unreadable) return table(NO_DIFFERENCE, unreadable.why);
	if (before === void 0 || after === void 0) return table({
		...NO_DIFFERENCE,
		added: counts.rowsAfter ?? 0,
		removed: counts.rowsBefore ?? 0
	});
	const ends = {
		before,
		after,
		rowsBefore: counts.rowsBefore ?? 0,
		rowsAfter: counts.rowsAfter ?? 0
	};
	const found = ifReadable(name, () => after.module === null ? { rows: compareRows(db, ends) } : compareVirtual(db, ends));
	return found instanceof Unreadable ? table(NO_DIFFERENCE, found.why) : table(found.rows, found.unproven);
}
function countOf(count) {
	return count instanceof Unreadable ? null : count;
}
// src/engine/sqlite/foreign-keys.ts
var ForeignKeyCheck = class {
	#db;
	#known;
	constructor(db) {
		this.#db = db;
	}
	before() {
		const moment = momentOf(this.#db);
		if (this.#known?.moment !== moment) this.#known = {
			moment,
			violations: violationsOf(this.#db)
		};
		return this.#known.violations;
	}
	after(before) {
		const now = momentOf(this.#db) === this.#known?.moment ? before : violationsOf(this.#db);
		const fresh = [...now].filter(([violation, count]) => count > (before.get(violation) ?? 0)).map(([violation]) => violation);
		if (fresh.length > 0) throw violationError(fresh);
		return now;
	}
	settled(violations) {
		this.#known = {
			moment: momentOf(this.#db),
			violations
		};
	}
};
function momentOf(db) {
	const { changes } = db.prepare("select total_changes() as changes").get() ?? { changes: -1 };
	return [
		db.pragma("data_version", { simple: true }),
		changes,
		db.pragma("schema_version", { simple: true })
	].join(":");
}
function violationsOf(db) {
	const found = new Map();
	const add = (violation) => found.set(violation, (found.get(violation) ?? 0) + 1);
	for (const table of tablesWithReferences(db)) try {
		const rows = db.prepare("select rowid, parent, fkid from pragma_foreign_key_check(?)").safeIntegers(true).all(table);
		const describe = rows.length === 0 ? void 0 : violationWriter(db, table);
		for (const row of rows) add(describe?.(row) ?? table);
	} catch (error) {
		if (!isSqliteError(error) || !error.message.includes("foreign key mismatch")) throw error;
		add(error.message);
	}
	return found;
}
function tablesWithReferences(db) {
	return db.prepare("select distinct tables.name from sqlite_schema as tables, pragma_foreign_key_list(tables.name) where tables.type = 'table' order by 1").pluck().all();
}
function violationWriter(db, table) {
	const columns = db.prepare("select id, \"table\", \"from\", \"to\" from pragma_foreign_key_list(?) order by id, seq").all(table);
	const keys = db.prepare("select name from pragma_table_info(?) where pk > 0 order by pk").pluck().all(table);
	return ({ rowid, parent, fkid }) => {
		const from = columns.filter(({ id }) => id === Number(fkid)).map((column) => column.from);
		const shown = keys.length > 0 ? keys : from;
		const values = rowid === null ? "" : ` (${rowValues(db, table, shown, rowid)})`;
		return `${table}(${from.join(", ")}) → ${parent}${values}`;
	};
}
function rowValues(db, table, columns, rowid) {
	const list = columns.map((column) => `quote(${quoteName(column)})`).join(", ");
	const values = db.prepare(`select ${list} from ${quoteName(table)} where rowid = ?`).raw().get(rowid) ?? [];
	return columns.map((column, index) => `${column}=${values[index] ?? "?"}`).join(", ");
}
function violationError(violations) {
	const shown = violations.slice(0, 10);
	const more = violations.length > shown.length ? ` and ${violations.length - shown.length} more` : "";
	return failure("foreign-key-violation", `references lead nowhere: ${shown.join("; ")}${more}`, {
		hint: "repair or delete these rows in the migration, or let the rows that they refer to stay",
		facts: {
			violations: shown,
			count: violations.length
		}
	});
}
// src/engine/sqlite/host-database.ts
const BUSY_MS = 1e4;
const COPY_WAIT_MS = 3e4;
var HostDatabase = class {
	#assertWanted;
	#opened;
	#foreignKeys;
	#transaction;
	constructor(assertWanted) {
		this.#assertWanted = assertWanted;
	}
	open(file) {
		this.#opened = openForWork(file);
		return { engineVersion: versionOf(this.#opened) };
	}
	query(sql, parameters) {
		return runQuery(this.#db, sql, parameters);
	}
	execute(statements) {
		runStatements(this.#db, statements);
	}
	begin({ foreignKeys: mode = "check-at-commit" }) {
		const db = this.#db;
		if (this.#transaction !== void 0 || db.inTransaction) throw failure("transaction-open", "a transaction is open already");
		const foreignKeys = db.pragma("foreign_keys", { simple: true });
		try {
			db.pragma(`foreign_keys = ${mode === "enforce" ? "on" : "off"}`);
			db.exec("begin immediate");
			this.#transaction = {
				before: mode === "enforce" ? null : this.#check.before(),
				foreignKeys
			};
		} catch (error) {
			if (db.inTransaction) db.exec("rollback");
			db.pragma(`foreign_keys = ${foreignKeys === 1 ? "on" : "off"}`);
			throw statementError(error, db.name);
		}
	}
	commit() {
		const db = this.#db;
		const transaction = this.#transaction;
		if (transaction === void 0 || !db.inTransaction) throw failure("transaction-ended", "the transaction was ended by one of its own statements", { hint: "leave BEGIN, COMMIT and ROLLBACK to Belay" });
		try {
			const violations = transaction.before && this.#check.after(transaction.before);
			db.exec("commit");
			if (violations !== null) this.#check.settled(violations);
		} catch (error) {
			throw statementError(error, db.name);
		}
		this.#transactionEnded();
	}
	rollback() {
		if (this.#db.inTransaction) this.#db.exec("rollback");
		this.#transactionEnded();
	}
	beginSnapshot() {
		const db = this.#db;
		try {
			db.exec("begin");
			db.prepare("select count(*) from sqlite_schema").get();
			db.pragma("query_only = on");
		} catch (error) {
			if (db.inTransaction) db.exec("rollback");
			throw statementError(error, db.name);
		}
	}
	endSnapshot() {
		const db = this.#db;
		db.pragma("query_only = off");
		if (db.inTransaction) db.exec("rollback");
		detachReference(db);
	}
	schema() {
		return readSchema(this.#db);
	}
	describe() {
		return {
			rows: countRows(this.#db, "main", { include: "all" }),
			sequences: readSequences(this.#db),
			engineFacts: readFacts(this.#db)
		};
	}
	copyTo(file) {
		return copyPages(this.#db, file, COPY_WAIT_MS, this.#assertWanted);
	}
	compare(reference, include) {
		const db = this.#db;
		try {
			db.prepare("attach ? as before").run(reference);
			return {
				data: compareDatabases(db, { include }),
				sameSchema: sameSchema(readSchema(db, "before"), readSchema(db)),
				sameSequences: canonicalJson(readSequences(db, "before")) === canonicalJson(readSequences(db))
			};
		} catch (error) {
			throw statementError(error, db.name);
		} finally {
			if (!db.inTransaction) detachReference(db);
		}
	}
	countRowsOf(file) {
		const db = openForWork(file);
		try {
			db.pragma("query_only = on");
			return countRows(db, "main", { include: "all" });
		} finally {
			db.close();
		}
	}
	dataVersion() {
		return Number(this.#db.pragma("data_version", { simple: true }));
	}
	async overwrite(file, owner) {
		using _ = holdFence(owner);
		await overwriteInPlace(this.#db, file, this.#assertWanted);
	}
	close() {
		this.#opened?.close();
		this.#opened = void 0;
	}
	#transactionEnded() {
		if (this.#transaction !== void 0) this.#db.pragma(`foreign_keys = ${this.#transaction.foreignKeys === 1 ? "on" : "off"}`);
		this.#transaction = void 0;
	}
	get #check() {
		return this.#foreignKeys ??= new ForeignKeyCheck(this.#db);
	}
	get #db() {
		if (this.#opened === void 0) throw failure("database-closed", "the database is not open");
		return this.#opened;
	}
};
function openForWork(file) {
	const db = new import_lib.default(file, {
		fileMustExist: true,
		timeout: BUSY_MS
	});
	try {
		db.pragma("synchronous = full");
		db.pragma("foreign_keys = off");
		return db;
	} catch (error) {
		db.close();
		throw statementError(error, file);
	}
}
function detachReference(db) {
	if (db.prepare("select 1 from pragma_database_list where name = 'before'").get() !== void 0) db.exec("detach before");
}
// src/engine/sqlite/host.ts
const belay = Number(process.argv[2]);
const database = new HostDatabase(assertWanted);
let last = Promise.resolve();
process.on("disconnect", () => process.exit(1));
process.on("message", (request) => {
	last = last.then(() => serve(request));
});
watchFromAside();
async function serve({ id, call, arguments: given }) {
	const method = database[call].bind(database);
	try {
		answer({
			id,
			result: await method(...given)
		});
	} catch (error) {
		answer({
			id,
			error: packError(error)
		});
	}
}
function answer(response) {
	process.send?.(response, void 0, void 0, (error) => {
		if (error) process.exit(1);
	});
}
function assertWanted() {
	if (!process.connected || process.ppid !== belay) throw failure("belay-gone", "Belay ended while its host process worked");
}
function watchFromAside() {
	const code = `setInterval(() => { if (process.ppid !== ${belay}) process.kill(process.pid, "SIGKILL"); }, 200);`;
	if (process.platform !== "win32") new Worker(code, { eval: true }).unref();
}
export {};
