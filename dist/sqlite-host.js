import { o as __toESM } from "./rolldown-runtime.js";
import { L as sameSchema, M as NO_DIFFERENCE, V as canonicalJson, et as failure, j as shownName } from "./domain.js";
import { t as require_lib } from "./npm-better-sqlite3.js";
import { A as inOneRead, C as nameOf, D as countTable, E as Unreadable, L as isSqliteError, M as numbers, N as place, O as countValues, S as isKeyword, T as readShapes, _ as readSchema, at as foldName, b as versionOf, d as runQuery, f as runStatements, j as inOrder, k as ifReadable, ot as quoteName, p as holdFence, v as readFacts, w as tokenise, x as TokenCursor, y as readSequences, z as statementError } from "./reading.js";
import { r as copyPages, t as overwriteInPlace } from "./overwrite.js";
import { i as syncLog } from "./durable.js";
import { t as packError } from "./portable-error.js";
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
const COLUMNS_A_QUERY = 400;
function compareRows(db, ends) {
	const { before, after } = ends;
	const columns = commonColumns(before, after);
	const byRowid = pairByRowid(before, after);
	const key = before.module !== null && after.module !== null ? byRowid : pairByKey(db, before, after);
	const quickest = key !== null && key.settled.size > 0 ? key : byRowid ?? key;
	if (quickest !== null && allEqual(db, ends, columns, quickest)) return NO_DIFFERENCE;
	return key === null ? compareAsMultiset(db, ends, columns, byRowid) : compareByKey(db, ends, columns, key, byRowid);
}
function allEqual(db, ends, columns, pairing) {
	if (ends.rowsBefore !== ends.rowsAfter) return false;
	const unpaired = `${pairing.partner} is null or not ${sameRow(columns, pairing)}`;
	return db.prepare(`select 1 from ${inOrder("before", ends.before, "b")} left join ${place("main", ends.after)} a on ${pairing.on} where ${unpaired} limit 1`).get() === void 0;
}
function compareByKey(db, ends, columns, key, byRowid) {
	const now = place("main", ends.after);
	const keyIsRowid = key === byRowid || key.settled.size > 0;
	const open = byRowid === null || keyIsRowid ? "1" : `not exists (select 1 from ${now} a where ${byRowid.on} and ${sameRow(columns, byRowid)})`;
	const old = inOrder("before", ends.before, "b");
	const unpaired = `from ${old} where ${open} and not exists (select 1 from ${now} a where ${key.on})`;
	const differingPairs = `from ${old} cross join ${now} a on ${key.on} where ${open} and not ${sameRow(columns, key)}`;
	const [removed = 0] = numbers(db, `select count(*) ${unpaired}`);
	const added = ends.rowsAfter - (ends.rowsBefore - removed);
	const { changed, columnsChanged } = changes(db, columns, differingPairs);
	const gone = keysOf(db, key, unpaired, Math.min(removed, 10));
	const touched = keysOf(db, key, differingPairs, Math.min(changed, 10 - gone.length));
	return {
		added,
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
	const shown = key.names.map(({ value }) => `quote(case when typeof(${value}) in ('text', 'blob') then substr(${value}, 1, 60) else ${value} end), length(${value}) > 60 and typeof(${value}) in ('text', 'blob')`);
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
		...before === void 0 || columns.dropped.length === 0 || unproven !== void 0 ? {} : { valuesDropped: countValues(db, "before", before, columns.dropped) },
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
// src/engine/sqlite/additions.ts
function additionIn(sql) {
	const cursor = new TokenCursor(tokenise(sql));
	if (cursor.at("ALTER")) return addsPlainColumn(cursor) ? new Set() : "any";
	if (!cursor.at("CREATE")) return "any";
	cursor.take(1);
	cursor.takeWhile("TEMP", "TEMPORARY");
	if (cursor.at("INDEX", "VIEW", "TRIGGER")) return new Set();
	const ofIndex = cursor.at("UNIQUE");
	if (!ofIndex && !cursor.at("TABLE")) return "any";
	cursor.takeWhile("UNIQUE", "INDEX", "TABLE", "IF", "NOT", "EXISTS");
	const own = qualifiedName(cursor);
	const name = ofIndex && cursor.takeWhile("ON").length === 1 ? qualifiedName(cursor) : own;
	return name === void 0 ? "any" : new Set([foldName(nameOf(name))]);
}
function addsPlainColumn(cursor) {
	cursor.takeWhile("ALTER", "TABLE");
	qualifiedName(cursor);
	return cursor.at("ADD") && !cursor.rest().some((token) => isKeyword(token, "REFERENCES"));
}
function qualifiedName(cursor) {
	const [first] = cursor.take(1);
	if (cursor.takeOperator(".") === "") return first;
	return cursor.take(1)[0];
}
// src/engine/sqlite/written-tables.ts
const STATEMENTS = 2e3;
const CHARACTERS = 64e3;
const OPAQUE = [
	"VUpdate",
	"VCreate",
	"VDestroy",
	"SqlExec"
];
const NEW_ROOT = 16;
const SCHEMA_ROOT = 1;
const SCHEMA_COOKIE = 1;
const NONE = new Set();
const MAIN = 0;
var TransactionWrites = class {
	#db;
	#structure;
	#written = new Set();
	#statements = 0;
	#any = false;
	constructor(db) {
		this.#db = db;
		this.#structure = readStructure(db);
	}
	note(sql) {
		this.#statements++;
		if (this.#statements > STATEMENTS || sql.length > CHARACTERS) this.#any = true;
		return this.#any ? "any" : this.#look(sql);
	}
	wasThere(name) {
		return this.#structure.has(foldName(name));
	}
	tables() {
		if (this.#any) return "any";
		const now = readStructure(this.#db);
		const altered = [...new Set([...this.#structure.keys(), ...now.keys()])].filter((name) => now.get(name) !== this.#structure.get(name));
		return new Set([...this.#written, ...altered]);
	}
	#look(sql) {
		const program = explain(this.#db, sql);
		const tables = program === void 0 ? "any" : this.#tablesOf(program);
		if (program === void 0 || tables === "any") {
			this.#any = true;
			return "any";
		}
		for (const table of tables) this.#written.add(table);
		const added = changesStructure(program) ? additionIn(sql) : NONE;
		return added === "any" ? "any" : new Set([...tables, ...added]);
	}
	#tablesOf(program) {
		const roots = writtenRoots(program);
		if (roots === void 0) return "any";
		const tables = new Set();
		for (const root of roots) {
			const table = this.#db.prepare("select tbl_name from main.sqlite_schema where rootpage = ?").pluck().get(root);
			if (table === void 0) return "any";
			tables.add(foldName(table));
		}
		return tables;
	}
};
function explain(db, sql) {
	try {
		return db.prepare(`explain ${sql}`).safeIntegers(false).all();
	} catch (error) {
		if (isSqliteError(error) || error instanceof RangeError || error instanceof TypeError) return void 0;
		throw error;
	}
}
function writtenRoots(program) {
	if (program.some(({ opcode }) => OPAQUE.includes(opcode))) return void 0;
	const roots = program.flatMap(({ opcode, p1, p2, p3, p5 }) => {
		if (opcode === "OpenWrite") return p3 === MAIN && (p5 & NEW_ROOT) === 0 ? [p2] : [];
		if (opcode === "Clear") return p2 === MAIN ? [p1] : [];
		if (opcode === "Destroy") return p3 === MAIN ? [p1] : [];
		return [];
	});
	return new Set(roots.filter((root) => root !== SCHEMA_ROOT));
}
function changesStructure(program) {
	return program.some(({ opcode, p1, p2, p3 }) => opcode === "ParseSchema" || opcode === "SetCookie" && p1 === MAIN && p2 === SCHEMA_COOKIE || opcode === "OpenWrite" && p3 === MAIN && p2 === SCHEMA_ROOT);
}
function readStructure(db) {
	const rows = db.prepare("select tbl_name, type || ' ' || name || ' ' || rootpage || ' ' || coalesce(sql, '') from main.sqlite_schema where type in ('table', 'index') order by name").raw().all();
	const structure = new Map();
	for (const [table, definition] of rows) structure.set(foldName(table), `${structure.get(foldName(table)) ?? ""}\n${definition}`);
	return structure;
}
// src/engine/sqlite/foreign-keys.ts
const MAY_REFER = /references|writable_schema|sqlite_(?:master|schema)/i;
var FirstReferences = class {
	#db;
	#mayRefer = false;
	constructor(db) {
		this.#db = db;
	}
	note(sql) {
		this.#mayRefer ||= MAY_REFER.test(sql);
	}
	assertNoneBroken() {
		if (!this.#mayRefer) return {
			violations: new Map(),
			none: true
		};
		return {
			violations: withoutFresh(violationsOf(this.#db), () => void 0),
			none: false
		};
	}
};
var StatementWatch = class {
	#db;
	#writes;
	#known;
	#before = new Map();
	#structure;
	#touched = new Set();
	constructor(db, known = new Map()) {
		this.#db = db;
		this.#writes = new TransactionWrites(db);
		this.#known = known;
	}
	note(sql) {
		const touched = this.#writes.note(sql);
		if (this.#touched === "any" || touched !== "any" && touched.size === 0) return;
		this.#touched = touched === "any" ? "any" : new Set([...this.#touched, ...touched]);
		for (const table of this.#referringTables()) {
			if (this.#before.has(table.name) || !refersInto(table, touched) || !this.#writes.wasThere(table.name)) continue;
			this.#before.set(table.name, this.#known.get(table.name) ?? violationsIn(this.#db, table.name));
		}
	}
	assertNoneBroken() {
		return {
			violations: withoutFresh(this.#violationsNow(), (table) => this.#valueBefore(table)),
			none: false
		};
	}
	#violationsNow() {
		if (this.#touched !== "any" && this.#touched.size === 0) return this.#known;
		const written = this.#writes.tables();
		const now = new Map();
		for (const table of this.#referringTables()) {
			const found = refersInto(table, this.#touched) && refersInto(table, written) ? violationsIn(this.#db, table.name) : this.#valueBefore(table.name);
			if (found !== void 0) now.set(table.name, found);
		}
		return now;
	}
	#referringTables() {
		const version = Number(this.#db.pragma("schema_version", { simple: true }));
		if (this.#structure?.version === version) return this.#structure.tables;
		const tables = referringTables(this.#db);
		this.#structure = {
			version,
			tables
		};
		return tables;
	}
	#valueBefore(table) {
		return this.#before.get(table) ?? this.#known.get(table);
	}
};
function withoutFresh(now, before) {
	const fresh = [...now].flatMap(([table, found]) => [...found].filter(([violation, count]) => count > (before(table)?.get(violation) ?? 0)).map(([violation]) => violation));
	if (fresh.length > 0) throw violationError(fresh);
	return now;
}
function refersInto({ name, parents }, tables) {
	return tables === "any" || [name, ...parents].some((table) => tables.has(foldName(table)));
}
var ForeignKeyCheck = class {
	#db;
	#moment;
	#known;
	constructor(db) {
		this.#db = db;
		const numbers = [
			"pragma data_version",
			"select total_changes()",
			"pragma schema_version"
		].map((sql) => db.prepare(sql).pluck());
		this.#moment = () => numbers.map((number) => number.get()).join(":");
	}
	watch() {
		const known = this.#known?.moment === this.#moment() ? this.#known : void 0;
		return known?.none === true || referringTables(this.#db).length === 0 ? new FirstReferences(this.#db) : new StatementWatch(this.#db, known?.violations);
	}
	settled(known) {
		this.#known = {
			...known,
			moment: this.#moment()
		};
	}
};
function violationsOf(db) {
	return new Map(referringTables(db).map(({ name }) => [name, violationsIn(db, name)]));
}
function violationsIn(db, table) {
	const found = new Map();
	const add = (violation) => found.set(violation, (found.get(violation) ?? 0) + 1);
	try {
		const rows = db.prepare("select rowid, parent, fkid from pragma_foreign_key_check(?)").safeIntegers(true).all(table);
		const describe = rows.length === 0 ? void 0 : violationWriter(db, table);
		for (const row of rows) add(describe?.(row) ?? table);
	} catch (error) {
		if (!isSqliteError(error) || !error.message.includes("foreign key mismatch")) throw error;
		add(error.message);
	}
	return found;
}
function referringTables(db) {
	const rows = db.prepare("select distinct child.name, reference.\"table\" from sqlite_schema as child, pragma_foreign_key_list(child.name) as reference where child.type = 'table' order by 1, 2").raw().all();
	return [...Map.groupBy(rows, ([name]) => name)].map(([name, references]) => ({
		name,
		parents: references.map(([, parent]) => parent)
	}));
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
	#synchronous = "full";
	#unsynced = false;
	#failedSequence;
	constructor(assertWanted) {
		this.#assertWanted = assertWanted;
	}
	open(file) {
		this.#opened = openForWork(file);
		return { engineVersion: versionOf(this.#opened) };
	}
	query(sql, parameters, limits) {
		if (!this.#db.inTransaction) this.#setSynchronous("full");
		this.#transaction?.references?.note(sql);
		return runQuery(this.#db, sql, parameters, limits);
	}
	execute(statements) {
		if (!this.#db.inTransaction) this.#setSynchronous("full");
		runStatements(this.#db, statements, (sql) => this.#transaction?.references?.note(sql));
	}
	begin({ foreignKeys: mode = "check-at-commit", durable = true }) {
		const db = this.#db;
		if (this.#transaction !== void 0 || db.inTransaction) throw failure("transaction-open", "a transaction is open already");
		this.#setSynchronous(durable ? "full" : "normal");
		const foreignKeys = setForeignKeys(db, mode === "enforce" ? 1 : 0);
		try {
			db.exec("begin immediate");
			this.#transaction = {
				references: mode === "enforce" ? null : this.#check.watch(),
				foreignKeys
			};
		} catch (error) {
			if (db.inTransaction) db.exec("rollback");
			setForeignKeys(db, foreignKeys);
			throw statementError(error, db.name);
		}
	}
	commit() {
		const db = this.#db;
		const transaction = this.#transaction;
		if (transaction === void 0 || !db.inTransaction) throw failure("transaction-ended", "the transaction was ended by one of its own statements", { hint: "leave BEGIN, COMMIT and ROLLBACK to Belay" });
		try {
			const references = transaction.references?.assertNoneBroken();
			db.exec("commit");
			this.#unsynced = this.#synchronous === "normal";
			if (references !== void 0) this.#check.settled(references);
		} catch (error) {
			throw statementError(error, db.name);
		}
		this.#transactionEnded();
	}
	rollback() {
		if (this.#db.inTransaction) this.#db.exec("rollback");
		this.#transactionEnded();
		this.#syncCommits();
	}
	transact(statements, options, sequence) {
		if (sequence === this.#failedSequence) throw failure("transaction-not-begun", "a transaction before this one failed");
		const began = performance.now();
		try {
			this.begin(options);
			this.#executeAndCommit(statements);
		} catch (error) {
			this.#failedSequence = sequence;
			throw error;
		}
		return performance.now() - began;
	}
	#executeAndCommit(statements) {
		try {
			this.execute(statements);
			this.#assertWanted();
			this.commit();
		} catch (error) {
			this.rollback();
			throw error;
		}
	}
	holdStill() {
		const db = this.#db;
		try {
			db.exec("begin immediate");
			if (isInFile(db)) return true;
		} catch (error) {
			if (!isSqliteError(error)) throw error;
		}
		if (db.inTransaction) db.exec("rollback");
		return false;
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
	async copyTo(file) {
		try {
			return await copyPages(this.#db, file, COPY_WAIT_MS, this.#assertWanted);
		} catch (error) {
			throw isSqliteError(error) && error.code === "SQLITE_FULL" ? statementError(error, file) : error;
		}
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
		this.#syncCommits();
		this.#opened?.close();
		this.#opened = void 0;
	}
	#setSynchronous(wanted) {
		if (wanted === this.#synchronous) return;
		const db = this.#db;
		if (wanted === "normal" && db.pragma("journal_mode", { simple: true }) !== "wal") return;
		db.pragma(`synchronous = ${wanted}`);
		this.#synchronous = wanted;
	}
	#syncCommits() {
		if (this.#unsynced) syncLog(this.#db.name);
		this.#unsynced = false;
	}
	#transactionEnded() {
		if (this.#transaction !== void 0) setForeignKeys(this.#db, this.#transaction.foreignKeys);
		this.#transaction = void 0;
	}
	get file() {
		return this.#opened?.name ?? "the database";
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
function setForeignKeys(db, to) {
	const was = db.pragma("foreign_keys", { simple: true });
	if (was !== to) db.pragma(`foreign_keys = ${to === 1 ? "on" : "off"}`);
	return was;
}
function isInFile({ name }) {
	const db = new import_lib.default(name, {
		fileMustExist: true,
		timeout: 0
	});
	try {
		if (db.pragma("journal_mode", { simple: true }) !== "wal") return true;
		const [result] = db.pragma("wal_checkpoint(passive)");
		return result?.busy === 0 && result.log === result.checkpointed;
	} finally {
		db.close();
	}
}
function detachReference(db) {
	if (db.prepare("select 1 from pragma_database_list where name = 'before'").get() !== void 0) db.exec("detach before");
}
// src/engine/sqlite/host.ts
const belay = Number(process.argv.at(-1));
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
			error: packError(statementError(error, database.file))
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
