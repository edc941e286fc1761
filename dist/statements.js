import { A as refusal, D as failure, O as messageOf, m as schemaSnapshot } from "./domain.js";
import { i as isSqliteError, o as statementError, r as isDamaged } from "./sqlite-error.js";
// src/engine/sqlite/identifiers.ts
function quoteName(name) {
	return `"${name.replaceAll("\"", "\"\"")}"`;
}
function foldName(name) {
	return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
function shownName(name) {
	return /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name) ? name : quoteName(name);
}
// src/engine/sqlite/table-sql.ts
function place(schema, table) {
	return `${quoteName(schema)}.${quoteName(table.name)}`;
}
function inOrder(schema, table, alias) {
	return `${place(schema, table)} ${alias} not indexed`;
}
function numbers(db, sql) {
	return (db.prepare(sql).raw().safeIntegers(false).get() ?? []).map((value) => value ?? 0);
}
function countTable(db, schema, table) {
	return numbers(db, `select count(*) from ${place(schema, table)}`)[0] ?? 0;
}
function countValues(db, schema, table, columns) {
	const counts = numbers(db, `select ${columns.map((column) => `count(${quoteName(column)})`).join(", ")} from ${place(schema, table)}`);
	return Object.fromEntries(columns.map((column, index) => [column, counts[index] ?? 0]));
}
var Unreadable = class {
	why;
	constructor(why) {
		this.why = why;
	}
};
function ifReadable(table, read) {
	try {
		return read();
	} catch (thrown) {
		if (isSqliteError(thrown) && thrown.code === "SQLITE_ERROR") return new Unreadable(`SQLite cannot read it here: ${thrown.message}`);
		if (!isDamaged(thrown)) throw thrown;
		throw failure("target-damaged", `reading table ${table}: ${messageOf(thrown)}`, {
			hint: "run `PRAGMA integrity_check` on the database and on its backup before anything else",
			cause: thrown,
			facts: { table }
		});
	}
}
function inOneRead(db, work) {
	return db.transaction(work).deferred();
}
// src/engine/sqlite/table-columns.ts
function readColumns(db, schema) {
	const columnsOf = (condition) => db.prepare(`select l.name, x.name, x.type, x."notnull", x.pk, x.hidden from pragma_table_list l, pragma_table_xinfo(l.name, l.schema) x
         where l.schema = ? and ${condition} order by l.name, x.cid`).raw().safeIntegers(false);
	const virtual = db.prepare("select name from pragma_table_list where schema = ? and type = 'virtual'").pluck().all(schema);
	const one = columnsOf("l.name = ?");
	const ofVirtual = virtual.map((table) => ifReadable(table, () => one.all(schema, table)));
	return grouped([...columnsOf("l.type in ('table', 'shadow')").all(schema), ...ofVirtual.flatMap((found) => found instanceof Unreadable ? [] : found)].map(([table, name, type, notNull, pk, hidden]) => [table, {
		name,
		type,
		notNull: notNull === 1,
		pk,
		hidden
	}]));
}
function grouped(pairs) {
	const groups = new Map();
	for (const [key, value] of pairs) {
		const group = groups.get(key);
		if (group === void 0) groups.set(key, [value]);
		else group.push(value);
	}
	return groups;
}
// src/engine/sqlite/table-shape.ts
const HISTORY_TABLE = "belay_migrations";
const MODULES_WITHOUT_DATA = [
	"dbstat",
	"fts3tokenize",
	"fts4aux",
	"fts5vocab"
];
function inScope(table, scope) {
	const folded = foldName(table);
	return !folded.startsWith("sqlite_") && (scope === "all" || folded !== HISTORY_TABLE);
}
function readShapes(db, schema, scope) {
	const listed = listTables(db, schema).filter((table) => table.type !== "view" && inScope(table.name, scope));
	const columns = readColumns(db, schema);
	const keys = readKeys(db, schema);
	const shape = (table) => tableShape(table, columns.get(table.name) ?? [], keys.get(table.name) ?? []);
	const shadows = shadowsByOwner(listed);
	const shapes = new Map();
	for (const table of listed.filter(({ type }) => type !== "shadow")) {
		const found = shape(table);
		if (found.module !== null && MODULES_WITHOUT_DATA.includes(found.module)) continue;
		shapes.set(foldName(table.name), {
			...found,
			shadows: (shadows.get(table.name) ?? []).map(shape)
		});
	}
	return shapes;
}
function tableShape(table, columns, unique) {
	const virtual = table.type === "virtual";
	const shown = columns.filter(({ hidden }) => hidden !== 1);
	return {
		name: table.name,
		module: virtual ? moduleOf(table.sql) : null,
		columns: shown.map(({ name, type }) => ({
			name,
			affinity: virtual ? "none" : affinityOf(type, table.strict)
		})),
		keys: virtual ? [] : candidateKeys(columns, unique),
		rowid: table.withoutRowid ? null : rowidName(columns),
		shadows: []
	};
}
function listTables(db, schema) {
	return db.prepare(`select l.name, l.type, l.wr, l.strict, s.sql from pragma_table_list l
       left join ${quoteName(schema)}.sqlite_schema s on s.name = l.name and s.type in ('table', 'view') where l.schema = ? order by l.name`).raw().safeIntegers(false).all(schema).map(([name, type, wr, strict, sql]) => ({
		name,
		type,
		withoutRowid: wr === 1,
		strict: strict === 1,
		sql: sql ?? ""
	}));
}
function readKeys(db, schema) {
	return grouped(db.prepare(`select l.name, i.origin, i.name, c.name, c.coll
       from pragma_table_list l, pragma_index_list(l.name, l.schema) i, pragma_index_xinfo(i.name, l.schema) c
       where l.schema = ? and l.type in ('table', 'shadow') and i."unique" = 1 and i.partial = 0 and c.key = 1
       order by l.name, i.seq desc, c.seqno`).raw().safeIntegers(false).all(schema).map(([owner, origin, index, column, collation]) => [owner, {
		origin,
		index,
		column,
		collation
	}]));
}
function candidateKeys(columns, unique) {
	const indexes = grouped(unique.map((part) => [part.index, part]));
	const declared = [];
	const others = [];
	const notNull = new Set(columns.filter((column) => column.notNull).map((column) => column.name));
	let primaryHasIndex = false;
	for (const parts of indexes.values()) {
		const isPrimary = parts[0]?.origin === "pk";
		primaryHasIndex ||= isPrimary;
		const named = parts.flatMap(({ column, collation }) => column === null ? [] : [{
			column,
			collation
		}]);
		if (named.length < parts.length) continue;
		const nullable = named.some(({ column }) => !notNull.has(column));
		if (isPrimary) declared.push({
			parts: named,
			nullable,
			isRowid: false
		});
		else if (!nullable) others.push({
			parts: named,
			nullable,
			isRowid: false
		});
	}
	const integerKey = primaryHasIndex ? void 0 : columns.find((column) => column.pk === 1);
	const ofRowid = (column) => ({
		parts: [{
			column,
			collation: "BINARY"
		}],
		nullable: false,
		isRowid: true
	});
	return [
		...integerKey === void 0 ? [] : [ofRowid(integerKey.name)],
		...declared,
		...others
	];
}
function affinityOf(type, strict) {
	const upper = type.toUpperCase();
	if (strict && upper === "ANY") return "none";
	if (upper.includes("INT")) return "integer";
	if (/CHAR|CLOB|TEXT/.test(upper)) return "text";
	if (upper === "" || upper.includes("BLOB")) return "none";
	return /REAL|FLOA|DOUB/.test(upper) ? "real" : "integer";
}
function rowidName(columns) {
	const taken = new Set(columns.map((column) => foldName(column.name)));
	return [
		"rowid",
		"oid",
		"_rowid_"
	].find((name) => !taken.has(name)) ?? null;
}
function moduleOf(sql) {
	const found = /\busing\s+["'`[]?(\w+)/i.exec(sql)?.[1];
	return foldName(found ?? "");
}
function shadowsByOwner(tables) {
	const owners = tables.filter((table) => table.type === "virtual").map((table) => table.name);
	return grouped(tables.filter((table) => table.type === "shadow").flatMap((table) => {
		const owner = owners.filter((owner) => foldName(table.name).startsWith(`${foldName(owner)}_`)).sort((a, b) => b.length - a.length)[0];
		return owner === void 0 ? [] : [[owner, table]];
	}));
}
// src/engine/sqlite/sql-tokens.ts
const TOKEN = new RegExp([
	String.raw`(?<space>[ \t\n\f\r\uFEFF]+|--[^\n]*|/\*[\s\S]*?(?:\*/|$))`,
	String.raw`(?<string>[xX]?'[^']*(?:''[^']*)*')`,
	String.raw`(?<name>"[^"]*(?:""[^"]*)*"|${"`[^`]*(?:``[^`]*)*`"}|\[[^\]]*\])`,
	String.raw`(?<number>0[xX][0-9a-fA-F_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)`,
	String.raw`(?<word>[A-Za-z_\u0080-\u{10ffff}][A-Za-z0-9_$\u0080-\u{10ffff}]*)`,
	String.raw`(?<operator>->>|->|\|\||<<|>>|<=|>=|<>|!=|==|[\s\S])`
].join("|"), "gu");
function tokenise(sql) {
	const tokens = [];
	for (const { groups = {} } of sql.matchAll(TOKEN)) if (groups["string"] !== void 0) tokens.push({
		kind: "string",
		text: groups["string"]
	});
	else if (groups["name"] !== void 0) tokens.push({
		kind: "quoted-name",
		text: groups["name"]
	});
	else if (groups["number"] !== void 0) tokens.push({
		kind: "number",
		text: groups["number"]
	});
	else if (groups["word"] !== void 0) tokens.push({
		kind: "word",
		text: groups["word"]
	});
	else if (groups["operator"] !== void 0) tokens.push({
		kind: "operator",
		text: groups["operator"]
	});
	return tokens;
}
function isKeyword(token, ...words) {
	return token?.kind === "word" && words.includes(token.text.toUpperCase());
}
function nameOf(token) {
	if (token.kind !== "quoted-name" && token.kind !== "string") return token.text;
	const quote = token.text.slice(0, 1);
	const inner = token.text.slice(1, -1);
	return quote === "[" ? inner : inner.replaceAll(quote + quote, quote);
}
function normalised(tokens) {
	return tokens.map((token, index) => separator(tokens[index - 1], token) + normalisedToken(token)).join("");
}
function separator(previous, token) {
	if (previous === void 0 || isOperator(previous, "(", ".") || isOperator(token, ")", ",", ".")) return "";
	return (previous.kind === "quoted-name" || previous.kind === "word" && !KEYWORDS.has(previous.text.toUpperCase())) && isOperator(token, "(") ? "" : " ";
}
function isOperator(token, ...operators) {
	return token.kind === "operator" && operators.includes(token.text);
}
function normalisedToken(token) {
	if (token.kind === "word") return KEYWORDS.has(token.text.toUpperCase()) ? token.text.toUpperCase() : token.text;
	if (token.kind !== "quoted-name") return token.text;
	const name = nameOf(token);
	return /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name.toUpperCase()) ? name : `"${name.replaceAll("\"", "\"\"")}"`;
}
const KEYWORDS = new Set(`ABORT ACTION ADD AFTER ALL ALTER ALWAYS ANALYZE AND AS ASC ATTACH AUTOINCREMENT BEFORE BEGIN BETWEEN BY CASCADE CASE CAST CHECK
  COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DATABASE DEFAULT
  DEFERRABLE DEFERRED DELETE DESC DETACH DISTINCT DO DROP EACH ELSE END ESCAPE EXCEPT EXCLUDE EXCLUSIVE EXISTS EXPLAIN FAIL FILTER
  FIRST FOLLOWING FOR FOREIGN FROM FULL GENERATED GLOB GROUP GROUPS HAVING IF IGNORE IMMEDIATE IN INDEX INDEXED INITIALLY INNER
  INSERT INSTEAD INTERSECT INTO IS ISNULL JOIN KEY LAST LEFT LIKE LIMIT MATCH MATERIALIZED NATURAL NO NOT NOTHING NOTNULL NULL NULLS
  OF OFFSET ON OR ORDER OTHERS OUTER OVER PARTITION PLAN PRAGMA PRECEDING PRIMARY QUERY RAISE RANGE RECURSIVE REFERENCES REGEXP
  REINDEX RELEASE RENAME REPLACE RESTRICT RETURNING RIGHT ROLLBACK ROW ROWS SAVEPOINT SELECT SET TABLE TEMP TEMPORARY THEN TIES TO
  TRANSACTION TRIGGER UNBOUNDED UNION UNIQUE UPDATE USING VACUUM VALUES VIEW VIRTUAL WHEN WHERE WINDOW WITH WITHOUT FALSE TRUE`.split(/\s+/));
// src/engine/sqlite/token-cursor.ts
var TokenCursor = class {
	#tokens;
	#next = 0;
	constructor(tokens) {
		this.#tokens = tokens;
	}
	atEnd() {
		return this.#next >= this.#tokens.length;
	}
	peek(ahead) {
		return this.#tokens[this.#next + ahead];
	}
	at(...keywords) {
		return isKeyword(this.peek(0), ...keywords);
	}
	atOperator(...operators) {
		const token = this.peek(0);
		return token?.kind === "operator" && operators.includes(token.text);
	}
	take(count) {
		const taken = this.#tokens.slice(this.#next, this.#next + count);
		this.#next += count;
		return taken;
	}
	takeWhile(...keywords) {
		const taken = [];
		while (this.at(...keywords)) taken.push(...this.take(1));
		return taken;
	}
	takeOperator(...operators) {
		return this.atOperator(...operators) ? this.take(1).map((token) => token.text).join("") : "";
	}
	group() {
		if (!this.atOperator("(")) return this.take(1);
		let depth = 0;
		let count = 0;
		do {
			const token = this.peek(count++);
			if (token === void 0) break;
			if (token.kind === "operator") depth += token.text === "(" ? 1 : token.text === ")" ? -1 : 0;
		} while (depth > 0);
		return this.take(count);
	}
	rest() {
		return this.take(this.#tokens.length);
	}
};
function splitAtCommas(tokens) {
	const items = [[]];
	let depth = 0;
	for (const token of tokens) {
		if (token.kind === "operator" && token.text === "(") depth++;
		if (token.kind === "operator" && token.text === ")") depth--;
		if (depth === 0 && token.kind === "operator" && token.text === ",") items.push([]);
		else items.at(-1)?.push(token);
	}
	return items;
}
// src/engine/sqlite/database-facts.ts
function versionOf(db) {
	return `SQLite ${db.prepare("select sqlite_version()").pluck().get() ?? "unknown"}`;
}
function readSequences(db, schema = "main") {
	if (db.prepare(`select 1 from ${schema}.sqlite_schema where name = 'sqlite_sequence'`).get() === void 0) return {};
	const rows = db.prepare(`select name, seq from ${schema}.sqlite_sequence order by name`).raw().safeIntegers(true).all();
	return Object.fromEntries(rows.map(([name, next]) => [name, `${next ?? 0}`]));
}
const SETTINGS$1 = [
	"page_size",
	"page_count",
	"encoding",
	"auto_vacuum",
	"journal_mode",
	"user_version",
	"application_id"
];
function readFacts(db) {
	return Object.fromEntries(SETTINGS$1.map((setting) => {
		const value = db.pragma(setting, { simple: true });
		return [setting, typeof value === "number" ? value : String(value)];
	}));
}
// src/engine/sqlite/create-table.ts
const CLAUSE_STARTS = [
	"CONSTRAINT",
	"PRIMARY",
	"NOT",
	"NULL",
	"UNIQUE",
	"CHECK",
	"DEFAULT",
	"COLLATE",
	"REFERENCES",
	"GENERATED",
	"AS",
	"DEFERRABLE"
];
function readCreateTable(tokens) {
	const open = tokens.findIndex((token) => token.text === "(" && token.kind === "operator");
	const statement = new TokenCursor(tokens.slice(open));
	const items = splitAtCommas(statement.group().slice(1, -1));
	const columns = new Map();
	const constraints = [];
	let autoincrement = false;
	for (const item of items) {
		const first = item[0];
		if (first === void 0) continue;
		if (isKeyword(first, "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")) {
			const read = readTableConstraints(new TokenCursor(item));
			constraints.push(...read.constraints);
			autoincrement ||= read.autoincrement;
		} else {
			const read = readColumn(nameOf(first), new TokenCursor(item.slice(1)));
			columns.set(foldName(read.column.name), read.column);
			constraints.push(...read.constraints);
			autoincrement ||= read.autoincrement;
		}
	}
	return {
		columns,
		constraints,
		options: splitAtCommas(statement.rest()).map(normalised).filter((option) => option !== "").map((option) => option.toUpperCase()).sort(),
		autoincrement
	};
}
function readColumn(name, cursor) {
	const type = [];
	while (!cursor.atEnd() && !cursor.at(...CLAUSE_STARTS)) type.push(...cursor.group());
	const own = `(${shownName(name)})`;
	const clauses = [];
	const constraints = [];
	let autoincrement = false;
	while (!cursor.atEnd()) {
		const label = readLabel(cursor);
		if (cursor.at("PRIMARY")) {
			const clause = [
				...cursor.take(2),
				...cursor.takeWhile("ASC", "DESC"),
				...readConflict(cursor)
			];
			autoincrement ||= cursor.takeWhile("AUTOINCREMENT").length > 0;
			constraints.push(constraint("pk", "", label, `${normalised(clause)} ${own}`));
		} else if (cursor.at("UNIQUE")) constraints.push(constraint("unique", own, label, normalised([...cursor.take(1), ...readConflict(cursor)])));
		else if (cursor.at("CHECK")) constraints.push(readCheck(cursor, label));
		else if (cursor.at("REFERENCES")) constraints.push(constraint("fk", own, label, readReferences(cursor)));
		else {
			const clause = readColumnClause(cursor);
			if (clause !== "NULL") clauses.push(label + clause);
		}
	}
	return {
		column: {
			name,
			type: normalised(type).toUpperCase(),
			clauses: clauses.sort()
		},
		constraints,
		autoincrement
	};
}
function readColumnClause(cursor) {
	if (cursor.at("NOT")) return normalised([...cursor.take(2), ...readConflict(cursor)]);
	if (cursor.at("NULL")) return normalised([...cursor.take(1), ...readConflict(cursor)]);
	if (cursor.at("COLLATE")) return normalised(cursor.take(2)).toUpperCase();
	if (cursor.at("DEFAULT")) {
		cursor.take(1);
		const sign = cursor.takeOperator("+", "-");
		const value = cursor.group();
		const [word] = value;
		return `DEFAULT ${sign}${value.length === 1 && word?.kind === "word" ? word.text : normalised(value)}`;
	}
	if (cursor.at("GENERATED", "AS")) {
		cursor.takeWhile("GENERATED", "ALWAYS");
		cursor.take(1);
		return `GENERATED ALWAYS AS ${normalised(cursor.group())} ${isKeyword(cursor.takeWhile("STORED", "VIRTUAL")[0], "STORED") ? "STORED" : "VIRTUAL"}`;
	}
	return normalised(cursor.group());
}
function readTableConstraints(cursor) {
	const constraints = [];
	let autoincrement = false;
	while (!cursor.atEnd()) {
		const label = readLabel(cursor);
		if (cursor.at("PRIMARY")) {
			const keyword = cursor.take(2);
			const columns = cursor.group();
			autoincrement ||= columns.some((token) => isKeyword(token, "AUTOINCREMENT"));
			const named = columns.filter((token) => !isKeyword(token, "AUTOINCREMENT"));
			constraints.push(constraint("pk", "", label, `${normalised([...keyword, ...readConflict(cursor)])} ${columnList(named)}`));
		} else if (cursor.at("UNIQUE")) {
			const keyword = cursor.take(1);
			const columns = columnList(cursor.group());
			constraints.push(constraint("unique", columns, label, normalised([...keyword, ...readConflict(cursor)])));
		} else if (cursor.at("CHECK")) constraints.push(readCheck(cursor, label));
		else if (cursor.at("FOREIGN")) {
			cursor.take(2);
			const columns = columnList(cursor.group());
			constraints.push(constraint("fk", columns, label, readReferences(cursor)));
		} else constraints.push(constraint("check", "", label, normalised(cursor.group())));
	}
	return {
		constraints,
		autoincrement
	};
}
function readLabel(cursor) {
	if (!cursor.at("CONSTRAINT")) return "";
	return `CONSTRAINT ${cursor.take(2).slice(1).map(nameOf).map(shownName).join("")} `;
}
function readCheck(cursor, label) {
	cursor.take(1);
	const expression = normalised(cursor.group());
	const conflict = normalised(readConflict(cursor));
	return constraint("check", label === "" ? expression : `.${label.slice(11).trim()}`, label, `CHECK ${expression} ${conflict}`.trim());
}
function readReferences(cursor) {
	cursor.take(1);
	const parent = shownName(cursor.take(1).map(nameOf).join(""));
	const columns = cursor.atOperator("(") ? columnList(cursor.group()) : "";
	const actions = new Map([["DELETE", "NO ACTION"], ["UPDATE", "NO ACTION"]]);
	const others = [];
	for (;;) if (cursor.at("ON")) {
		const [, event] = cursor.take(2);
		const action = cursor.take(cursor.at("SET", "NO") ? 2 : 1);
		actions.set(normalised(event === void 0 ? [] : [event]), normalised(action));
	} else if (cursor.at("MATCH")) others.push(normalised(cursor.take(2)).toUpperCase());
	else if (cursor.at("DEFERRABLE") || cursor.at("NOT") && isKeyword(cursor.peek(1), "DEFERRABLE")) others.push(normalised([...cursor.takeWhile("NOT", "DEFERRABLE"), ...cursor.at("INITIALLY") ? cursor.take(2) : []]));
	else {
		const spelled = [...actions].map(([event, action]) => `ON ${event} ${action}`);
		return [
			"REFERENCES",
			`${parent}${columns}`,
			...spelled,
			...others
		].join(" ");
	}
}
function readConflict(cursor) {
	return cursor.at("ON") && isKeyword(cursor.peek(1), "CONFLICT") ? cursor.take(3) : [];
}
function columnList(group) {
	return `(${splitAtCommas(group.slice(1, -1)).map(([name, ...rest]) => {
		const shown = name === void 0 ? "" : shownName(nameOf(name));
		return rest.length === 0 ? shown : `${shown} ${normalised(rest)}`;
	}).join(", ")})`;
}
function constraint(kind, place, label, definition) {
	return {
		kind,
		place,
		definition: label + definition
	};
}
// src/engine/sqlite/schema.ts
const SETTINGS = [
	"application_id",
	"auto_vacuum",
	"encoding",
	"page_size",
	"user_version"
];
function readSchema(db, name = "main", options = {}) {
	const scope = options.include ?? "application";
	return inOneRead(db, () => {
		const columns = readColumns(db, name);
		const objects = readEntries(db, name).filter((entry) => inScope(entry.table, scope) && (scope === "all" || !entry.shadow)).flatMap((entry) => {
			const described = describe(entry, columns.get(entry.name) ?? []);
			return scope === "all" ? described.map((object, index) => index === 0 ? withExactText(object, entry) : object) : described;
		});
		return schemaSnapshot([...numbered(objects), ...readSettings(db, name)]);
	});
}
function readEntries(db, name) {
	const schema = quoteName(name);
	return db.prepare(`select s.type, s.name, s.tbl_name, s.sql, exists (select 1 from pragma_table_list l where l.schema = ? and l.name = s.name and l.type = 'shadow')
       from ${schema}.sqlite_schema s where s.sql is not null order by s.type, s.name`).raw().safeIntegers(false).all(name).map(([type, entry, table, sql, shadow]) => ({
		type,
		name: entry,
		table,
		sql,
		shadow: shadow === 1
	}));
}
function describe(entry, columns) {
	const { type, name, sql } = entry;
	const tokens = tokenise(sql);
	if (type === "index" || type === "view" || type === "trigger") return [{
		kind: type,
		name: shownName(name),
		definition: normalised(tokens)
	}];
	const table = shownName(name);
	const isVirtual = isKeyword(tokens[1], "VIRTUAL");
	const text = isVirtual ? {
		columns: new Map(),
		constraints: [],
		options: [],
		autoincrement: false
	} : readCreateTable(tokens);
	return [
		{
			kind: "table",
			name: table,
			definition: isVirtual ? normalised(tokens) : [
				"TABLE",
				...text.options,
				...text.autoincrement ? ["AUTOINCREMENT"] : []
			].join(" ")
		},
		...columns.filter(({ hidden }) => hidden !== 1).map((column) => ({
			kind: "column",
			name: `${table}.${shownName(column.name)}`,
			definition: describeColumn(column, text)
		})),
		...text.constraints.map((constraint) => describeConstraint(table, constraint))
	];
}
function describeColumn(column, table) {
	const text = table.columns.get(foldName(column.name));
	const type = text?.type ?? column.type.toUpperCase();
	const inKey = column.pk > 0 ? `PRIMARY KEY ${column.pk}` : "";
	return [
		type,
		...text?.clauses ?? [],
		inKey
	].filter((fact) => fact !== "").join("; ");
}
function describeConstraint(table, { kind, place, definition }) {
	return {
		kind: "constraint",
		name: `${kind} ${table}${place}`,
		definition
	};
}
function numbered(objects) {
	const seen = new Map();
	return [...objects].sort((a, b) => a.definition < b.definition ? -1 : 1).map((object) => {
		const label = `${object.kind} ${object.name}`;
		const count = (seen.get(label) ?? 0) + 1;
		seen.set(label, count);
		return count === 1 ? object : {
			...object,
			name: `${object.name} #${count}`
		};
	});
}
function withExactText(object, entry) {
	return {
		...object,
		definition: `${object.definition}\n${entry.sql}`
	};
}
function readSettings(db, name) {
	return SETTINGS.map((setting) => ({
		kind: "setting",
		name: setting,
		definition: String(db.pragma(`${quoteName(name)}.${setting}`, { simple: true }))
	}));
}
// src/engine/sqlite/statements.ts
function runQuery(db, sql, parameters = [], limits = { readOnly: false }) {
	try {
		const statement = db.prepare(sql);
		if (limits.readOnly && !statement.readonly) throw refusal("read-only-session", `this look at the database may not write: ${sql.slice(0, 200)}`, { hint: "use a query that only reads" });
		const bound = parameters.map(bind);
		if (!statement.reader) {
			statement.run(...bound);
			return {
				columns: [],
				rows: []
			};
		}
		return {
			columns: statement.columns().map(({ name }) => name),
			rows: statement.raw(true).safeIntegers(true).all(...bound).map((row) => row.map(unbind))
		};
	} catch (error) {
		throw statementError(error, db.name, { statement: 0 });
	}
}
function runStatements(db, statements, before) {
	for (const [index, sql] of statements.entries()) try {
		before(sql);
		db.exec(sql);
	} catch (error) {
		throw statementError(error, db.name, { statement: index });
	}
}
function bind(value) {
	return typeof value === "boolean" ? value ? 1 : 0 : value;
}
function unbind(value) {
	return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
export { shownName as S, inOrder as _, readSequences as a, foldName as b, isKeyword as c, readShapes as d, Unreadable as f, inOneRead as g, ifReadable as h, readFacts as i, nameOf as l, countValues as m, runStatements as n, versionOf as o, countTable as p, readSchema as r, TokenCursor as s, runQuery as t, tokenise as u, numbers as v, quoteName as x, place as y };
