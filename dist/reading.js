import { o as __toESM } from "./rolldown-runtime.js";
import { t as require_lib } from "./npm-better-sqlite3.js";
import { $ as BelayError, E as asideName, S as phaseOf, b as assertFence, et as failure, j as shownName, rt as refusal, tt as messageOf, z as schemaSnapshot } from "./domain.js";
import { accessSync, closeSync, constants, existsSync, lstatSync, openSync, readFileSync, readSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { realpath } from "node:fs/promises";
// src/engine/sqlite/identifiers.ts
var import_lib = __toESM(require_lib(), 1);
function quoteName(name) {
	return `"${name.replaceAll("\"", "\"\"")}"`;
}
function foldName(name) {
	return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
// src/engine/sqlite/place.ts
const NAME_BYTES = 242;
async function locate(target) {
	const file = await realFile(target.address);
	return {
		configured: target.address,
		file,
		folder: dirname(file),
		lock: `${file}.belay-lock`,
		state: `${file}.belay`
	};
}
async function realFile(path) {
	try {
		return await realpath(path);
	} catch (error) {
		if (!isMissing(error)) throw error;
	}
	try {
		return join(await realpath(dirname(path)), basename(path));
	} catch (error) {
		if (!isMissing(error)) throw error;
		return path;
	}
}
function asidePath(place, kind, run) {
	return join(place.folder, asideName(basename(place.file), kind, run, NAME_BYTES));
}
const KINDS = {
	c: "clone",
	f: "failed",
	s: "scratch",
	a: "after"
};
function parseAside(place, name) {
	const [, stem, letter, runSuffix] = /^(.*)_belay_([cfsa])_([0-9A-HJKMNP-TV-Z]{10})(?:_\d+)?$/s.exec(name) ?? [];
	if (stem === void 0 || letter === void 0 || runSuffix === void 0 || !(letter in KINDS)) return void 0;
	const kind = KINDS[letter];
	return asideName(basename(place.file), kind, runSuffix, NAME_BYTES) === `${stem}_belay_${letter}_${runSuffix}` ? {
		kind,
		runSuffix
	} : void 0;
}
function sideFiles(file) {
	return [
		`${file}-wal`,
		`${file}-shm`,
		`${file}-journal`
	];
}
function isMissing(error) {
	return errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR";
}
function errorCode(error) {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : void 0;
}
// src/engine/sqlite/file-evidence.ts
function fileIdentity(path) {
	const stats = statIfThere(path);
	return stats && identityOf(stats);
}
function identityOf(stats) {
	return `${stats.dev}:${stats.ino}`;
}
function statIfThere(path) {
	try {
		return statSync(path, { bigint: true });
	} catch (error) {
		if (isMissing(error)) return void 0;
		throw error;
	}
}
function isSymbolicLink(path) {
	return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
function evidenceOf(path) {
	const stats = statIfThere(path);
	if (stats === void 0) return void 0;
	const { dev, ino, size, mtimeNs, ctimeNs } = stats;
	return {
		dev: `${dev}`,
		ino: `${ino}`,
		size: `${size}`,
		mtimeNs: `${mtimeNs}`,
		ctimeNs: `${ctimeNs}`
	};
}
function parseEvidence(value) {
	if (typeof value !== "object" || value === null || Array.isArray(value)) return void 0;
	const { dev, ino, size, mtimeNs, ctimeNs } = value;
	if (typeof dev !== "string" || typeof ino !== "string" || typeof size !== "string") return void 0;
	if (typeof mtimeNs !== "string" || typeof ctimeNs !== "string") return void 0;
	return {
		dev,
		ino,
		size,
		mtimeNs,
		ctimeNs
	};
}
function stillHolds(path, evidence) {
	const now = evidenceOf(path);
	return now !== void 0 && now.dev === evidence.dev && now.ino === evidence.ino && now.size === evidence.size && now.mtimeNs === evidence.mtimeNs && now.ctimeNs === evidence.ctimeNs;
}
// src/engine/sqlite/file-locks.ts
function lockingPids({ dev, ino }) {
	const found = [...readLocks().matchAll(/^\d+: POSIX .* (\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /gm)].filter(([, , , , inode]) => inode === `${ino}`);
	const exact = found.filter(([, , major, minor]) => major !== void 0 && minor !== void 0 && BigInt(`0x${major}`) === majorOf(dev) && BigInt(`0x${minor}`) === minorOf(dev));
	return (exact.length > 0 ? exact : found).map(([, pid]) => Number(pid)).filter((pid) => pid > 0);
}
function majorOf(dev) {
	return dev >> 8n & 4095n | dev >> 32n & -4096n;
}
function minorOf(dev) {
	return dev & 255n | dev >> 12n & -256n;
}
function readLocks() {
	try {
		return readFileSync("/proc/locks", "utf8");
	} catch (error) {
		if (error instanceof Error) return "";
		throw error;
	}
}
// src/engine/sqlite/holders.ts
const MACHINE_NAMESPACE = "pid:[4026531836]";
const KERNEL_THREAD = 2097152;
const ENDED = ["Z", "X"];
function openHolders(identity) {
	const processes = listProcesses();
	if (processes === void 0) return {
		pids: [],
		hidden: [],
		everybodyListed: false
	};
	const looks = processes.filter((pid) => pid !== process.pid).map((pid) => ({
		pid,
		holds: holds(pid, identity)
	}));
	const inMachine = isMachineNamespace();
	return {
		pids: looks.filter(({ holds: found }) => found === true).map(({ pid }) => pid),
		hidden: looks.filter(({ pid, holds: found }) => found === "hidden" && !(inMachine && isSupervisor(pid))).map(({ pid }) => pid),
		everybodyListed: existsSync("/proc/1") && (inMachine || isOnOwnRoot(identity))
	};
}
function isComplete({ hidden, everybodyListed }) {
	return everybodyListed && hidden.length === 0;
}
function nameHolders(path, except = []) {
	const stats = statIfThere(path);
	if (stats === void 0) return null;
	const locking = lockingPids(stats);
	const pids = locking.length > 0 ? locking : openHolders(`${stats.dev}:${stats.ino}`).pids;
	const named = [...new Set(pids)].filter((pid) => pid !== process.pid && !except.includes(pid)).map(describeProcess);
	return named.length === 0 ? null : named.join(", ");
}
function describeProcess(pid) {
	const told = readProc(`${pid}/comm`)?.trim();
	const name = told === "MainThread" ? programOf(pid) : told;
	return name === void 0 || name === "" ? `pid ${pid}` : `pid ${pid} (${name})`;
}
function programOf(pid) {
	try {
		return basename(readlinkSync(`/proc/${pid}/exe`));
	} catch (error) {
		if (error instanceof Error) return void 0;
		throw error;
	}
}
function listProcesses() {
	try {
		return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
	} catch (error) {
		if (error instanceof Error) return void 0;
		throw error;
	}
}
function isSupervisor(pid) {
	return pid === 1 && process.geteuid?.() === 0;
}
function isMachineNamespace() {
	try {
		return readlinkSync("/proc/self/ns/pid") === MACHINE_NAMESPACE;
	} catch (error) {
		if (error instanceof Error) return false;
		throw error;
	}
}
function isOnOwnRoot(identity) {
	return identity.startsWith(`${statSync("/", { bigint: true }).dev}:`);
}
function holds(pid, identity) {
	try {
		return readdirSync(`/proc/${pid}/fd`).some((fd) => isFile(`/proc/${pid}/fd/${fd}`, identity));
	} catch (error) {
		if (errorCode(error) === "ENOENT" || errorCode(error) === "ESRCH") return false;
		return isWithoutFiles(pid) ? false : "hidden";
	}
}
function isFile(link, identity) {
	try {
		if (!readlinkSync(link).startsWith("/")) return false;
		const { dev, ino } = statSync(link, { bigint: true });
		return `${dev}:${ino}` === identity;
	} catch (error) {
		if (errorCode(error) === "ENOENT" || errorCode(error) === "ESRCH") return false;
		throw error;
	}
}
function isWithoutFiles(pid) {
	const fields = statFields(pid);
	if (fields === void 0) return true;
	const [state = "", , , , , , flags = "0"] = fields;
	return (Number(flags) & KERNEL_THREAD) !== 0 || ENDED.includes(state) && Number(fields[17]) <= 1;
}
function statFields(pid) {
	const stat = readProc(`${pid}/stat`);
	return stat?.slice(stat.lastIndexOf(")") + 2).trim().split(" ");
}
function readProc(name) {
	try {
		return readFileSync(`/proc/${name}`, "utf8");
	} catch (error) {
		if (error instanceof Error) return void 0;
		throw error;
	}
}
// src/engine/sqlite/sqlite-error.ts
function isSqliteError(error) {
	return error instanceof import_lib.default.SqliteError;
}
function isBusy(error) {
	if (error instanceof BelayError) return isBusy(error.cause);
	return isSqliteError(error) && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}
function isDamaged(error) {
	return isSqliteError(error) && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code);
}
function statementError(error, file, facts = {}) {
	if (!isSqliteError(error)) return error;
	if (isBusy(error)) return lockedError(file, "failed", error, facts);
	const known = MACHINE_ERRORS.find(({ codes }) => codes.test(error.code));
	const details = {
		cause: error,
		facts: {
			...facts,
			code: error.code
		}
	};
	if (known === void 0) return failure("sql-failed", error.message, details);
	return failure(known.code, `${file}: ${error.message}`, {
		...details,
		hint: known.hint
	});
}
const MACHINE_ERRORS = [
	{
		codes: /^(SQLITE_FULL|ENOSPC|EDQUOT)$/,
		code: "no-space",
		hint: "make room on this disk, then run again"
	},
	{
		codes: /^(SQLITE_IOERR|EIO|EFBIG)/,
		code: "disk-failed",
		hint: "look at the disk and the system's log before anything else"
	},
	{
		codes: /^(SQLITE_READONLY|EROFS|EACCES|EPERM)/,
		code: "target-read-only",
		hint: "run Belay as the user that owns the database; `mount` tells of a read-only file system"
	},
	{
		codes: /^SQLITE_CANTOPEN/,
		code: "target-unreadable",
		hint: "run Belay as the user that owns the database"
	},
	{
		codes: /^(SQLITE_CORRUPT|SQLITE_NOTADB)/,
		code: "target-damaged",
		hint: "restore a backup, or save what can be saved with `sqlite3 FILE .recover`"
	}
];
async function acting(act, work) {
	try {
		return await work();
	} catch (error) {
		const code = errorCode(error);
		const known = error instanceof BelayError ? void 0 : MACHINE_ERRORS.find(({ codes }) => code !== void 0 && codes.test(code));
		if (known === void 0) throw error;
		throw failure(known.code, `${act}: ${messageOf(error)}`, {
			hint: known.hint,
			cause: error,
			facts: { code: code ?? null }
		});
	}
}
function lockedError(file, kind, cause, facts = {}) {
	const holder = nameHolders(file);
	return (kind === "refused" ? refusal : failure)("target-locked", `${file} is locked by ${holder ?? "another process"}`, {
		hint: holder === null ? "wait until whoever writes there is done, or stop it" : "wait until it is done, or stop it",
		cause,
		facts: {
			...facts,
			holder
		}
	});
}
async function whenFree(waitMs, attempt) {
	const deadline = performance.now() + waitMs;
	for (;;) {
		try {
			return attempt();
		} catch (error) {
			if (!isBusy(error) || performance.now() >= deadline) throw error;
		}
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
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
	const shadows = new Set(db.prepare("select name from pragma_table_list where schema = ? and type = 'shadow'").pluck().all(name));
	return db.prepare(`select type, name, tbl_name, sql from ${quoteName(name)}.sqlite_schema where sql is not null order by type, name`).raw().all().map(([type, entry, table, sql]) => ({
		type,
		name: entry,
		table,
		sql,
		shadow: shadows.has(entry)
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
// src/engine/sqlite/state.ts
const WAIT_MS$1 = 5e3;
const TABLE = "create table if not exists state (only integer primary key check (only = 1), run text not null, phase text not null, fence integer not null, store text not null) strict";
async function readState(path) {
	if (!existsSync(path)) return void 0;
	const db = new import_lib.default(path, {
		fileMustExist: true,
		timeout: 0
	});
	try {
		return await whenFree(WAIT_MS$1, () => rowOf(db));
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
	await change(path, WAIT_MS$1, (db) => {
		db.exec(TABLE);
		assertFence(rowOf(db), row.fence);
		db.prepare("insert into state values (1, ?, ?, ?, ?) on conflict do update set run = excluded.run, phase = excluded.phase, fence = excluded.fence, store = excluded.store").run(row.run, row.phase, row.fence, row.store);
	});
}
function holdFence(owner) {
	if (!existsSync(owner.state)) return { [Symbol.dispose]: () => void 0 };
	const db = new import_lib.default(owner.state, {
		fileMustExist: true,
		timeout: WAIT_MS$1
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
// src/engine/no-tenants.ts
function noTenants() {
	throw new Error("this engine has no schemas, and so no tenants");
}
// src/engine/sqlite/refuse-open.ts
const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";
function assertFolder({ configured, folder }) {
	if (statIfThere(folder) !== void 0) return;
	throw refusal("target-missing", `there is no folder ${folder}, so no database ${configured}`, { hint: "correct `target` in belay.yml" });
}
function assertReadableFile({ configured, file, folder }) {
	const stats = statIfThere(file);
	if (stats === void 0 && isSymbolicLink(configured)) throw refusal("target-missing", `${configured} is a symbolic link that leads nowhere`, { hint: "mend the link, or correct `target` in belay.yml" });
	if (stats === void 0) assertFolder({
		configured,
		folder
	});
	if (stats === void 0) throw refusal("target-missing", `there is no file ${configured}`, { hint: "correct `target` in belay.yml, or create the database first" });
	if (stats.isDirectory()) throw refusal("target-not-a-database", `${configured} is a directory`, { hint: "name the database file in it" });
	if (!stats.isFile()) throw refusal("target-not-a-database", `${configured} is no regular file`, { hint: "name a database file" });
	if (stats.size === 0n) throw refusal("target-not-a-database", `${configured} is empty (0 bytes)`, { hint: "an application that opens a wrong path leaves such a file: check the path, or restore a backup" });
	if (!allows(file, constants.R_OK)) throw refusal("target-unreadable", `${configured} may not be read by this user`, { hint: "run Belay as the user that owns the database" });
}
function openRefusal(place, error) {
	if (!isSqliteError(error)) return error;
	if (isBusy(error)) return lockedError(place.configured, "refused", error);
	if (isDamaged(error)) return damagedRefusal(place, error);
	const words = `${place.configured} cannot be opened: ${error.message}`;
	return refusal("target-unreadable", words, {
		hint: unreadableHint(place),
		cause: error,
		facts: { code: error.code }
	});
}
function damagedRefusal({ configured, file }, error) {
	const header = readHeader(file);
	if (header.toString("latin1", 0, 16) !== MAGIC) return refusal("target-not-a-database", `${configured} is not an SQLite database: ${error.message}`, {
		hint: "check the path; an encrypted database needs its own SQLite",
		cause: error
	});
	const expected = promisedSize(header);
	const size = Number(statIfThere(file)?.size ?? 0n);
	if (size < expected) return refusal("target-truncated", `${configured} is cut off: its header promises ${expected} bytes and it has ${size}`, {
		hint: "restore a backup; a copy that was interrupted looks like this",
		cause: error,
		facts: {
			expected,
			size
		}
	});
	return refusal("target-damaged", `${configured} is damaged: ${messageOf(error)}`, {
		hint: "restore a backup, or save what can be saved with `sqlite3 FILE .recover`",
		cause: error
	});
}
function unreadableHint({ file, folder }) {
	if (isWal(file) && !allows(folder, constants.W_OK)) return "it is in WAL mode, which needs to create files in its folder: run Belay as a user that may write there";
	return "run Belay as the user that owns the database, and check that its folder may be written";
}
function promisedSize(header) {
	const stored = header.readUInt16BE(16);
	const pageSize = stored === 1 ? 65536 : stored;
	return pageSize >= 512 && Number.isInteger(Math.log2(pageSize)) ? pageSize * header.readUInt32BE(28) : 0;
}
function isWal(file) {
	return readHeader(file).readUInt8(18) === 2;
}
function readHeader(file) {
	const header = Buffer.alloc(HEADER_BYTES);
	const descriptor = openSync(file, "r");
	try {
		readSync(descriptor, header, 0, HEADER_BYTES, 0);
		return header;
	} finally {
		closeSync(descriptor);
	}
}
function allows(path, mode) {
	return refusalCode(path, mode) === null;
}
function isReadOnlyFileSystem(path) {
	return refusalCode(path, constants.W_OK) === "EROFS";
}
function refusalCode(path, mode) {
	try {
		accessSync(path, mode);
		return null;
	} catch (error) {
		const code = errorCode(error) ?? "";
		if ([
			"EACCES",
			"EROFS",
			"EPERM",
			"ENOENT"
		].includes(code)) return code;
		throw error;
	}
}
// src/engine/sqlite/session.ts
function readOnlySession(query) {
	const refuse = () => Promise.reject(refusal("read-only-session", "this look at the database may not write", { hint: "only a run of Belay writes" }));
	return {
		dialect: "sqlite",
		query: (sql, parameters = []) => query(sql, parameters),
		execute: refuse,
		transaction: refuse,
		transact: refuse
	};
}
function remoteSession(remote) {
	let inTransaction = false;
	let sequence = 0;
	return {
		dialect: "sqlite",
		query: (sql, parameters = []) => remote.call("query", sql, parameters),
		execute: (statements) => remote.call("execute", statements),
		async transaction(work, options = {}) {
			if (inTransaction) throw failure("transaction-open", "a transaction is open already on this connection");
			inTransaction = true;
			try {
				await remote.call("begin", options);
				return await commitOrUndo(remote, work);
			} finally {
				inTransaction = false;
			}
		},
		async transact(statements, options = {}) {
			const mine = sequence;
			try {
				return await remote.call("transact", statements, options, mine);
			} catch (error) {
				if (mine === sequence) sequence++;
				throw error;
			}
		}
	};
}
async function commitOrUndo(remote, work) {
	try {
		const result = await work();
		await remote.call("commit");
		return result;
	} catch (error) {
		if (!remote.ended) await remote.call("rollback");
		throw error;
	}
}
// src/engine/sqlite/read-view.ts
const WAIT_MS = 5e3;
async function openView(target) {
	const place = await locate(target);
	assertReadableFile(place);
	const db = await openReadOnly(place);
	const sizeBytes = Number(statIfThere(place.file)?.size ?? 0n) + Number(statIfThere(`${place.file}-wal`)?.size ?? 0n);
	return {
		session: readOnlySession((sql, parameters) => whenFree(WAIT_MS, () => runQuery(db, sql, parameters, { readOnly: true }))),
		engineVersion: versionOf(db),
		sizeBytes,
		identity: async () => ({
			live: fileIdentity(place.file) ?? "missing",
			lasting: target.configured
		}),
		schema: async () => whenFree(WAIT_MS, () => readSchema(db)),
		copyObstacle: async () => null,
		state: () => readState(place.state),
		tenant: noTenants,
		[Symbol.asyncDispose]: async () => void db.close()
	};
}
async function openReadOnly(place) {
	let db;
	try {
		const opened = connect(place);
		db = opened;
		opened.pragma("query_only = on");
		await whenFree(WAIT_MS, () => opened.prepare("select count(*) from sqlite_schema").get());
		return opened;
	} catch (error) {
		db?.close();
		throw openRefusal(place, error);
	}
}
function connect({ configured, file }) {
	const walInUse = (statIfThere(`${file}-wal`)?.size ?? 0n) > 0n && statIfThere(`${file}-shm`) !== void 0;
	if (!walInUse && !allows(file, constants.W_OK) && isWal(file)) {
		const readOnly = isReadOnlyFileSystem(file);
		throw refusal("target-unreadable", `${configured} is in WAL mode and ${readOnly ? "its file system is read-only, and SQLite reads it only where it may write" : "this user may not write it, so reading it would leave files beside it"}`, { hint: readOnly ? "mount it writable, or look at a copy" : "run Belay as the user that owns the database" });
	}
	return new import_lib.default(file, {
		fileMustExist: true,
		readonly: walInUse,
		timeout: 0
	});
}
export { asidePath as $, inOneRead as A, whenFree as B, nameOf as C, countTable as D, Unreadable as E, isBusy as F, lockingPids as G, isComplete as H, isDamaged as I, identityOf as J, evidenceOf as K, isSqliteError as L, numbers as M, place as N, countValues as O, acting as P, stillHolds as Q, lockedError as R, isKeyword as S, readShapes as T, nameHolders as U, describeProcess as V, openHolders as W, parseEvidence as X, isSymbolicLink as Y, statIfThere as Z, readSchema as _, assertFolder as a, foldName as at, versionOf as b, isWal as c, runQuery as d, errorCode as et, runStatements as f, writeState as g, readState as h, allows as i, sideFiles as it, inOrder as j, ifReadable as k, openRefusal as l, nextFence as m, readOnlySession as n, locate as nt, assertReadableFile as o, quoteName as ot, holdFence as p, fileIdentity as q, remoteSession as r, parseAside as rt, isReadOnlyFileSystem as s, openView as t, isMissing as tt, noTenants as u, readFacts as v, tokenise as w, TokenCursor as x, readSequences as y, statementError as z };
