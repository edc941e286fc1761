import { A as refusal, D as failure, O as messageOf, T as nearest } from "./domain.js";
import { join, relative, sep } from "node:path";
import { readFile, readdir, stat } from "node:fs/promises";
import { createHash } from "node:crypto";
// src/tool/sql/directory.ts
const SQL_FILE = /\.sql$/i;
async function listSqlFiles(directory) {
	const entries = await readEntries(directory);
	const paths = [];
	const problems = [];
	for (const entry of entries) {
		const path = relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/");
		if (/(^|\/)\./.test(path)) continue;
		const kind = entry.isSymbolicLink() ? await kindBehindLink(join(directory, path)) : kindOf(entry);
		if (kind === "directory" && entry.isSymbolicLink()) paths.push(...await listLinkedDirectory(directory, path));
		if (!SQL_FILE.test(entry.name)) continue;
		if (kind === "file") paths.push(path);
		else problems.push({
			path,
			problem: {
				code: "migration-unreadable",
				what: NOT_A_FILE[kind],
				hint: "put the file in its place, or remove it",
				line: null
			}
		});
	}
	return {
		paths,
		problems
	};
}
async function readBytes(file) {
	try {
		return await readFile(file);
	} catch (error) {
		return { unreadable: messageOf(error) };
	}
}
const NOT_A_FILE = {
	directory: "is a directory, not a file",
	nothing: "is a link that leads nowhere",
	other: "is neither a file nor a directory"
};
function kindOf(entry) {
	return entry.isFile() ? "file" : entry.isDirectory() ? "directory" : "other";
}
async function kindBehindLink(path) {
	try {
		return kindOf(await stat(path));
	} catch {
		return "nothing";
	}
}
async function listLinkedDirectory(directory, path) {
	return (await readEntries(join(directory, path), false)).filter((entry) => SQL_FILE.test(entry.name) && !entry.name.startsWith(".")).map((entry) => `${path}/${entry.name}`);
}
async function readEntries(directory, recursive = true) {
	try {
		return await readdir(directory, {
			recursive,
			withFileTypes: true
		});
	} catch (error) {
		throw unreadableDirectory(directory, error);
	}
}
const DIRECTORY_TROUBLE = {
	ENOENT: {
		what: "there is no such directory",
		hint: "set migrate.directory in belay.yml to where the SQL files lie (relative to belay.yml), or create it"
	},
	ENOTDIR: {
		what: "it is a file, not a directory",
		hint: "set migrate.directory in belay.yml to the directory that holds the SQL files"
	},
	EACCES: {
		what: "it may not be read",
		hint: "give the user that runs Belay the right to read it"
	}
};
function unreadableDirectory(directory, cause) {
	const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
	const known = DIRECTORY_TROUBLE[code];
	return refusal("migrations-directory", `reading the migrations in ${directory}: ${known?.what ?? messageOf(cause)}`, {
		hint: known?.hint ?? "look at migrate.directory in belay.yml",
		cause,
		facts: { directory }
	});
}
// src/tool/sql/order.ts
function versionOf(id) {
	const found = /^[Vv](\d+(?:[._]\d+)*)__/.exec(id) ?? /^[Vv]?(\d+(?:\.\d+)*)/.exec(id);
	return found?.[1] === void 0 ? null : found[1].split(/[._]/).map(BigInt);
}
function inOrder(items, idOf) {
	return items.map((item) => ({
		item,
		id: idOf(item),
		version: versionOf(idOf(item))
	})).sort((a, b) => compareVersions(a.version, b.version) || compareNames(a.id, b.id)).map(({ item }) => item);
}
function isBefore(id, other) {
	return (compareVersions(versionOf(id), versionOf(other)) || compareNames(id, other)) < 0;
}
function compareVersions(a, b) {
	if (a === null || b === null) return Number(a === null) - Number(b === null);
	for (let i = 0; i < Math.max(a.length, b.length); i++) {
		const difference = (a[i] ?? 0n) - (b[i] ?? 0n);
		if (difference !== 0n) return difference < 0n ? -1 : 1;
	}
	return 0;
}
function compareNames(a, b) {
	return a < b ? -1 : a > b ? 1 : 0;
}
// src/tool/sql/layout.ts
const LAYOUTS = [
	"flat",
	"pairs",
	"directories"
];
function arrange(directory, paths, asked) {
	const sorted = [...paths].sort();
	const fitting = sorted.map(partOf).filter((part) => part !== null);
	const examples = new Map(fitting.map(({ layout, path }) => [layout, path]).reverse());
	const strangers = [...examples].filter(([layout]) => asked !== null && layout !== asked);
	if (examples.size > 1 || strangers.length > 0) throw mixedLayouts(directory, examples, asked);
	const numbered = fitting.some(({ id }) => versionOf(id) !== null);
	const placed = fitting.filter((part) => hasPlace(part, numbered));
	const known = new Set(placed.map(({ path }) => path));
	const misfits = sorted.filter((path) => !known.has(path)).map((path) => ({
		path,
		problem: misfit(path)
	}));
	const { migrations, problems } = pairUp(placed);
	return {
		layout: asked ?? fitting[0]?.layout ?? null,
		migrations,
		problems: [...misfits, ...problems]
	};
}
function partOf(path) {
	const [first = "", second, ...deeper] = path.split("/");
	if (deeper.length > 0) return null;
	if (second !== void 0) {
		const way = /^(up|migration|down)\.sql$/i.exec(second)?.[1]?.toLowerCase();
		return way === void 0 ? null : {
			path,
			layout: "directories",
			id: first,
			way: way === "down" ? "down" : "up"
		};
	}
	const pair = /^(.+)\.(up|down)\.sql$/i.exec(first);
	if (pair?.[1] !== void 0) return {
		path,
		layout: "pairs",
		id: pair[1],
		way: pair[2]?.toLowerCase() === "down" ? "down" : "up"
	};
	const id = /^(.+)\.sql$/i.exec(first)?.[1];
	return id === void 0 ? null : {
		path,
		layout: "flat",
		id,
		way: "up"
	};
}
function hasPlace({ layout, id }, numbered) {
	return versionOf(id) !== null || layout !== "flat" && !numbered;
}
function pairUp(parts) {
	const ups = new Map();
	const downs = new Map();
	const problems = [];
	for (const part of parts) {
		const side = part.way === "up" ? ups : downs;
		const other = side.get(part.id);
		if (other === void 0) side.set(part.id, part);
		else problems.push({
			path: part.path,
			problem: duplicate(part.id, other.path)
		});
	}
	for (const [id, { path }] of downs) if (!ups.has(id)) problems.push({
		path,
		problem: LONE_DOWN
	});
	return {
		migrations: inOrder([...ups.values()].map(({ id, path }) => ({
			id,
			up: path,
			down: downs.get(id)?.path ?? null
		})), ({ id }) => id),
		problems
	};
}
function duplicate(id, other) {
	return {
		code: "migration-duplicate-id",
		what: `has the id ${id}, as ${other} has`,
		hint: "give one of the two another name",
		line: null
	};
}
const LONE_DOWN = {
	code: "migration-without-up",
	what: "has a way back but no file with the way forward",
	hint: "add the file with the way forward, or remove this one",
	line: null
};
const SHAPES = "001_name.sql, 001_name.up.sql with 001_name.down.sql, 001_name/up.sql or 001_name/migration.sql";
function misfit(path) {
	return {
		code: "migration-unfit",
		what: `fits no layout, so its place in the order is unknown${/^(R__|U\d|B\d|(before|after)[A-Z])/.test(path) ? "; Flyway's repeatable, undo and baseline scripts and its callbacks are not run" : ""}`,
		hint: `name it as one of ${SHAPES}, or move it out of the directory`,
		line: null
	};
}
function mixedLayouts(directory, examples, asked) {
	const seen = LAYOUTS.flatMap((layout) => examples.has(layout) ? [`${examples.get(layout)} (${layout})`] : []);
	const found = asked === null ? `${directory} mixes layouts: ${seen.join(", ")}` : `${directory} should have the layout ${asked}, but holds ${seen.join(", ")}`;
	return refusal("migrations-mixed-layouts", found, {
		hint: "keep one layout in the directory: rename the files, or move those of the other layout away",
		facts: {
			directory,
			examples: Object.fromEntries(examples),
			layout: asked
		}
	});
}
// src/tool/sql/directives.ts
const NO_TRANSACTION = "no-transaction";
const FOREIGN_KEYS_ON = "foreign-keys on";
const KNOWN = [NO_TRANSACTION, FOREIGN_KEYS_ON];
function readDirectives(comments) {
	const problems = [];
	const asked = new Set();
	for (const { text, line, top } of comments) {
		const given = /^--+\s*belay\s*:\s*(.*)$/i.exec(text)?.[1]?.trim().toLowerCase().replace(/\s+/g, " ");
		if (given === void 0) continue;
		if (!KNOWN.includes(given)) problems.push(unknown(given, line));
		else if (!top) problems.push(tooLow(given, line));
		else asked.add(given);
	}
	if (asked.size === 2) problems.push(CONFLICT);
	return {
		directives: {
			transaction: !asked.has(NO_TRANSACTION),
			enforceForeignKeys: asked.has(FOREIGN_KEYS_ON)
		},
		problems
	};
}
function unknown(given, line) {
	const meant = nearest(given, KNOWN);
	const known = KNOWN.map((directive) => `-- belay: ${directive}`).join(" and ");
	return {
		code: "migration-directive",
		what: `has the unknown directive "belay: ${given}"`,
		hint: meant === null ? `known are ${known}` : `did you mean "-- belay: ${meant}"?`,
		line
	};
}
function tooLow(given, line) {
	return {
		code: "migration-directive",
		what: `has "belay: ${given}" below its first statement, where it would come too late`,
		hint: "move the line to the top of the file: it holds for all of it",
		line
	};
}
const CONFLICT = {
	code: "migration-directive",
	what: `asks for "${NO_TRANSACTION}" and "${FOREIGN_KEYS_ON}": the second holds for a transaction only`,
	hint: "keep one of them; without a transaction the script sets foreign keys itself",
	line: null
};
// src/tool/sql/lexicon.ts
const LEXICONS = {
	sqlite: {
		quotes: {
			"'": {
				close: "'",
				doubled: true,
				kind: "string"
			},
			"\"": {
				close: "\"",
				doubled: true,
				kind: "name"
			},
			"`": {
				close: "`",
				doubled: true,
				kind: "name"
			},
			"[": {
				close: "]",
				doubled: false,
				kind: "name"
			}
		},
		escapeStrings: false,
		dollarStrings: false,
		nestedComments: false,
		parenthesesHoldSemicolons: false,
		body: {
			header: /^(EXPLAIN (QUERY PLAN )?)?CREATE (TEMP |TEMPORARY )?TRIGGER\b/,
			opens: null
		},
		clientCommand: {
			character: ".",
			where: "statement-start",
			client: "sqlite3"
		},
		inlineData: null
	},
	postgres: {
		quotes: {
			"'": {
				close: "'",
				doubled: true,
				kind: "string"
			},
			"\"": {
				close: "\"",
				doubled: true,
				kind: "name"
			}
		},
		escapeStrings: true,
		dollarStrings: true,
		nestedComments: true,
		parenthesesHoldSemicolons: true,
		body: {
			header: /^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE)\b/,
			opens: ["BEGIN", "ATOMIC"]
		},
		clientCommand: {
			character: "\\",
			where: "anywhere",
			client: "psql"
		},
		inlineData: /^copy\b[\s\S]*\bfrom\s+stdin\b/i
	}
};
// src/tool/sql/rules.ts
const BOTH = ["sqlite", "postgres"];
const NEEDS_NONE = "put \"-- belay: no-transaction\" at the top of a file of its own with just this statement";
const RULES = [
	{
		code: "migration-has-transaction",
		dialects: ["sqlite"],
		where: "always",
		head: /^(BEGIN|COMMIT|END|ROLLBACK(?! (TRANSACTION )?TO\b))\b/,
		what: (words) => `holds its own ${words}, which would end the transaction that keeps the migration and its history row together`,
		hint: "delete the script's own BEGIN, COMMIT, END and ROLLBACK: Belay runs each migration in one transaction"
	},
	{
		code: "migration-has-transaction",
		dialects: ["postgres"],
		where: "always",
		head: /^(BEGIN|START TRANSACTION|COMMIT|END|ABORT|PREPARE TRANSACTION|ROLLBACK(?! (WORK |TRANSACTION )?TO\b))\b/,
		what: (words) => `holds its own ${words}, which would end the transaction that keeps the migration and its history row together`,
		hint: "delete the script's own BEGIN, COMMIT, END and ROLLBACK: Belay runs each migration in one transaction"
	},
	{
		code: "migration-has-transaction",
		dialects: BOTH,
		where: "no-transaction",
		head: /^(SAVEPOINT|RELEASE|ROLLBACK)\b/,
		what: (words) => `holds ${words} although it runs without a transaction`,
		hint: "remove \"-- belay: no-transaction\", or the savepoints"
	},
	{
		code: "migration-attaches",
		dialects: ["sqlite"],
		where: "always",
		head: /^(ATTACH|DETACH)\b/,
		what: (words) => `holds ${words}: what lies in another file is in no backup and would not be brought back`,
		hint: "give the other file a target of its own, or copy its data in before the migration"
	},
	{
		code: "migration-needs-no-transaction",
		dialects: ["sqlite"],
		where: "transaction",
		head: /^VACUUM\b/,
		what: (words) => `holds ${words}, which SQLite refuses inside a transaction`,
		hint: NEEDS_NONE
	},
	{
		code: "migration-needs-no-transaction",
		dialects: ["sqlite"],
		where: "transaction",
		head: /^PRAGMA\b/,
		text: /^pragma\s+(?:\w+\s*\.\s*)?(journal_mode|synchronous|auto_vacuum|temp_store)\s*[=(]/i,
		what: (words) => `holds ${words}, which SQLite refuses or ignores inside a transaction`,
		hint: NEEDS_NONE
	},
	{
		code: "migration-needs-no-transaction",
		dialects: ["postgres"],
		where: "transaction",
		head: /^(VACUUM|ALTER SYSTEM|(CREATE|DROP) (DATABASE|TABLESPACE)|(CREATE (UNIQUE )?|DROP |REINDEX )INDEX CONCURRENTLY|REINDEX (TABLE |SCHEMA |DATABASE |SYSTEM )CONCURRENTLY|REINDEX (SCHEMA|DATABASE|SYSTEM)|DISCARD ALL|CLUSTER$)/,
		what: (words) => `holds ${words}, which PostgreSQL refuses inside a transaction`,
		hint: NEEDS_NONE
	}
];
function refusedStatements(statements, dialect, transaction) {
	const rules = RULES.filter(({ dialects, where }) => dialects.includes(dialect) && (where === "always" || where === "transaction" === transaction));
	return statements.flatMap((statement) => {
		const rule = rules.find(({ head, text }) => head.test(statement.head) && (text?.test(statement.text) ?? true));
		if (rule === void 0) return [];
		return [{
			code: rule.code,
			what: rule.what(firstWords(statement, rule)),
			hint: rule.hint,
			line: statement.line
		}];
	});
}
function firstWords(statement, { head, text }) {
	return (text === void 0 ? head.exec(statement.head)?.[0] : /^pragma\s+[\w.]+/i.exec(statement.text)?.[0]) ?? statement.head;
}
// src/tool/sql/sections.ts
const FORMATS = [
	{
		tool: "dbmate",
		up: /^--\s*migrate:up(\s|$)/,
		down: /^--\s*migrate:down(\s|$)/,
		noTransaction: /^--\s*migrate:(up|down)\b.*\btransaction:false\b/,
		statement: null,
		unknown: /^--\s*migrate:(?!(up|down)(\s|$))/
	},
	{
		tool: "goose",
		up: /^--\s*\+goose\s+up\b/i,
		down: /^--\s*\+goose\s+down\b/i,
		noTransaction: /^--\s*\+goose\s+no\s+transaction\b/i,
		statement: {
			begin: /^--\s*\+goose\s+statementbegin\b/i,
			end: /^--\s*\+goose\s+statementend\b/i
		},
		unknown: /^--\s*\+goose\s+(?!(up|down|statementbegin|statementend|no\s+transaction|envsub\s+off)\b)/i
	},
	{
		tool: "sql-migrate",
		up: /^--\s*\+migrate\s+up\b/i,
		down: /^--\s*\+migrate\s+down\b/i,
		noTransaction: /^--\s*\+migrate\s+(up|down)\b.*\bnotransaction\b/i,
		statement: {
			begin: /^--\s*\+migrate\s+statementbegin\b/i,
			end: /^--\s*\+migrate\s+statementend\b/i
		},
		unknown: /^--\s*\+migrate\s+(?!(up|down|statementbegin|statementend)\b)/i
	},
	{
		tool: "node-pg-migrate",
		up: /^--\s*up migration\b/i,
		down: /^--\s*down migration\b/i,
		noTransaction: null,
		statement: null,
		unknown: null
	},
	{
		tool: "tern",
		up: null,
		down: /^---- create above \/ drop below ----/,
		noTransaction: null,
		statement: null,
		unknown: null
	},
	{
		tool: "MyBatis",
		up: null,
		down: /^--\s*\/\/\s*@undo\b/i,
		noTransaction: null,
		statement: null,
		unknown: null
	}
];
function divideSections(text) {
	const lines = text.includes("--") ? commentLines(text) : [];
	const format = FORMATS.find(({ up, down, unknown }) => lines.some((line) => up?.test(line.text) || down.test(line.text) || unknown?.test(line.text)));
	if (format === void 0) return {
		prelude: EMPTY,
		up: {
			text,
			firstLine: 1,
			transaction: true
		},
		down: null,
		format: null,
		problems: []
	};
	const ups = format.up === null ? [] : matching(lines, format.up);
	const downs = matching(lines, format.down);
	const up = ups[0] ?? null;
	const down = downs[0] ?? null;
	const upStart = up?.start ?? (format.up === null ? 0 : text.length);
	const upEnd = down !== null && down.start > upStart ? down.start : text.length;
	const whole = matching(lines, format.noTransaction).filter((line) => line !== up && line !== down);
	const transaction = (marker) => whole.length === 0 && !(marker !== null && format.noTransaction?.test(marker.text));
	return {
		prelude: {
			text: text.slice(0, upStart),
			firstLine: 1,
			transaction: true
		},
		up: {
			text: text.slice(upStart, upEnd),
			firstLine: up?.number ?? 1,
			transaction: transaction(up)
		},
		down: down === null ? null : {
			text: text.slice(down.start),
			firstLine: down.number,
			transaction: transaction(down)
		},
		format: format.tool,
		problems: problemsOf(format, lines, ups, downs)
	};
}
const EMPTY = {
	text: "",
	firstLine: 1,
	transaction: true
};
function commentLines(text) {
	const lines = [];
	let number = 1;
	let counted = 0;
	for (const found of text.matchAll(/^[ \t]*(--.*)$/gm)) {
		for (let at = text.indexOf("\n", counted); at >= 0 && at < found.index; at = text.indexOf("\n", counted)) {
			number++;
			counted = at + 1;
		}
		lines.push({
			text: (found[1] ?? "").trimEnd(),
			number,
			start: found.index
		});
	}
	return lines;
}
function matching(lines, pattern) {
	return pattern === null ? [] : lines.filter(({ text }) => pattern.test(text));
}
function problemsOf(format, lines, ups, downs) {
	const problems = [];
	const add = (line, what, hint) => problems.push({
		code: "migration-sections",
		what,
		hint,
		line: line?.number ?? null
	});
	const [up] = ups;
	const [down] = downs;
	if (format.up !== null && up === void 0) add(down ?? lines[0], `has markers of ${format.tool} but none for the way forward`, `put ${format.tool}'s marker for "up" above the statements to apply`);
	if (ups.length > 1) add(ups[1], `has a second marker for the way forward`, "keep one section for each way");
	if (downs.length > 1) add(downs[1], `has a second marker for the way back`, "keep one section for each way");
	if (up !== void 0 && down !== void 0 && down.start < up.start) add(down, "has the way back above the way forward", "put the section for the way forward first");
	for (const line of matching(lines, format.unknown)) add(line, `has a line of ${format.tool} that Belay does not know: ${line.text}`, "remove the line, or write out what it stands for");
	const unpaired = unpairedStatement(format, lines);
	if (unpaired !== null) add(unpaired, `has ${unpaired.text} without its counterpart`, "begin and end each such statement with its own pair of lines");
	return problems;
}
function unpairedStatement({ statement, up, down }, lines) {
	if (statement === null) return null;
	let begun = null;
	for (const line of lines) {
		const begins = statement.begin.test(line.text);
		const ends = statement.end.test(line.text);
		if (begun === null ? ends : begins || up?.test(line.text) || down.test(line.text)) return begun ?? line;
		if (begins) begun = line;
		if (ends) begun = null;
	}
	return begun;
}
// src/tool/sql/lexer.ts
const SPACE = /[ \t\n\r\f\v]+/y;
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /[0-9][\w.]*/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const CONTINUED_STRING = /[ \t\f\v]*\r?\n[ \t\n\r\f\v]*'/y;
function tokenAt(text, from, lexicon) {
	const start = endOf(SPACE, text, from) ?? from;
	const character = text[start];
	if (character === void 0) return null;
	if (character === ";") return {
		kind: "semicolon",
		start,
		end: start + 1
	};
	if (character === "(") return {
		kind: "open",
		start,
		end: start + 1
	};
	if (character === ")") return {
		kind: "close",
		start,
		end: start + 1
	};
	if (character === "-" && text[start + 1] === "-") return lineComment(text, start);
	if (character === "/" && text[start + 1] === "*") return blockComment(text, start, lexicon.nestedComments);
	const quote = lexicon.quotes[character];
	if (quote !== void 0) return quoted(text, start, quote);
	if (lexicon.dollarStrings && character === "$") {
		const opened = endOf(DOLLAR_TAG, text, start);
		if (opened !== null) return dollarString(text, start, opened);
	}
	const wordEnd = endOf(WORD, text, start);
	if (wordEnd === null) return {
		kind: "other",
		start,
		end: endOf(NUMBER, text, start) ?? start + 1
	};
	if (lexicon.escapeStrings && text[wordEnd] === "'" && /^e$/i.test(text.slice(start, wordEnd))) return escapeString(text, start);
	return {
		kind: "word",
		start,
		end: wordEnd
	};
}
function* significantTokens(text, lexicon) {
	for (let token = tokenAt(text, 0, lexicon); token !== null; token = tokenAt(text, token.end, lexicon)) if (token.kind !== "comment") yield token;
}
function endOf(pattern, text, from) {
	pattern.lastIndex = from;
	return pattern.test(text) ? pattern.lastIndex : null;
}
function lineComment(text, start) {
	const end = text.indexOf("\n", start);
	return {
		kind: "comment",
		start,
		end: end < 0 ? text.length : end
	};
}
function blockComment(text, start, nested) {
	const edge = /\/\*|\*\//g;
	edge.lastIndex = start + 2;
	for (let depth = 1; depth > 0;) {
		const found = edge.exec(text);
		if (found === null) return {
			kind: "comment",
			start,
			end: text.length,
			unclosed: "comment"
		};
		if (found[0] === "*/") depth--;
		else if (nested) depth++;
		else edge.lastIndex = found.index + 1;
	}
	return {
		kind: "comment",
		start,
		end: edge.lastIndex
	};
}
function quoted(text, start, { close, doubled, kind }) {
	for (let at = start + 1;; at += 2) {
		at = text.indexOf(close, at);
		if (at < 0) return {
			kind,
			start,
			end: text.length,
			unclosed: kind
		};
		if (!doubled || text[at + 1] !== close) return {
			kind,
			start,
			end: at + 1
		};
	}
}
function dollarString(text, start, opened) {
	const close = text.indexOf(text.slice(start, opened), opened);
	if (close < 0) return {
		kind: "string",
		start,
		end: text.length,
		unclosed: "string"
	};
	return {
		kind: "string",
		start,
		end: close + opened - start
	};
}
function escapeString(text, start) {
	const stop = /['\\]/g;
	for (let at = start + 2;;) {
		stop.lastIndex = at;
		const found = stop.exec(text);
		if (found === null) return {
			kind: "string",
			start,
			end: text.length,
			unclosed: "string"
		};
		const escaped = found[0] === "\\" || text[found.index + 1] === "'";
		const continued = escaped ? null : endOf(CONTINUED_STRING, text, found.index + 1);
		if (!escaped && continued === null) return {
			kind: "string",
			start,
			end: found.index + 1
		};
		at = continued ?? found.index + 2;
	}
}
// src/tool/sql/statements.ts
const HEAD_WORDS = 8;
function splitStatements(text, lexicon, firstLine = 1) {
	const statements = [];
	const comments = [];
	const lineOf = lineCounter(text, firstLine);
	let open = null;
	for (let token = tokenAt(text, 0, lexicon); token !== null; token = tokenAt(text, token.end, lexicon)) {
		if (token.unclosed !== void 0) return {
			statements,
			comments,
			stop: {
				kind: "unclosed",
				what: token.unclosed,
				line: lineOf(token.start)
			}
		};
		if (token.kind === "comment") {
			const comment = text.slice(token.start, token.end);
			if (comment.startsWith("--")) comments.push({
				text: comment.trimEnd(),
				line: lineOf(token.start),
				top: statements.length === 0 && open === null
			});
			continue;
		}
		if (isClientCommand(text, token, lexicon, open === null)) return {
			statements,
			comments,
			stop: {
				kind: "client-command",
				text: lineAt(text, token.start),
				line: lineOf(token.start)
			}
		};
		if (token.kind === "semicolon" && (open === null || open.ends())) {
			if (open === null) continue;
			const statement = open.finish();
			if (lexicon.inlineData?.test(statement.text) === true) return {
				statements,
				comments,
				stop: {
					kind: "inline-data",
					text: lineAt(statement.text, 0),
					line: statement.line
				}
			};
			statements.push(statement);
			open = null;
			continue;
		}
		open ??= openStatement(text, lexicon, lineOf(token.start));
		open.take(token);
	}
	if (open !== null) statements.push(open.finish());
	return {
		statements,
		comments,
		stop: null
	};
}
function openStatement(text, lexicon, line) {
	const head = [];
	let headEnded = false;
	let start = -1;
	let end = -1;
	let depth = 0;
	let previous = "";
	let bodyOpen = false;
	let bodyClosed = false;
	const hasBody = () => lexicon.body.header.test(head.join(" "));
	const bodyBegan = () => bodyOpen || lexicon.body.opens === null && hasBody();
	const take = (token) => {
		if (start < 0) start = token.start;
		end = token.end;
		const word = token.kind === "word" ? text.slice(token.start, token.end).toUpperCase() : "";
		headEnded ||= word === "" || head.length === HEAD_WORDS;
		if (!headEnded) head.push(word);
		if (token.kind === "open") depth++;
		if (token.kind === "close") depth = Math.max(0, depth - 1);
		const opens = lexicon.body.opens;
		if (opens !== null && previous === opens[0] && word === opens[1] && hasBody()) bodyOpen = true;
		if (word === "END" && (previous === ";" || opens !== null && previous === opens[1]) && bodyBegan()) bodyClosed = true;
		previous = token.kind === "semicolon" ? ";" : word;
	};
	return {
		take,
		ends: () => (depth === 0 || !lexicon.parenthesesHoldSemicolons) && (bodyClosed || !bodyBegan()),
		finish: () => ({
			text: text.slice(start, end),
			line,
			head: head.join(" ")
		})
	};
}
function isClientCommand(text, token, { clientCommand }, atStatementStart) {
	if (token.kind !== "other" || text[token.start] !== clientCommand.character) return false;
	return clientCommand.where === "anywhere" || atStatementStart;
}
function lineAt(text, start) {
	const end = text.indexOf("\n", start);
	return text.slice(start, end < 0 ? text.length : end).trim();
}
function lineCounter(text, firstLine) {
	let line = firstLine;
	let counted = 0;
	return (offset) => {
		for (let at = text.indexOf("\n", counted); at >= 0 && at < offset; at = text.indexOf("\n", counted)) {
			line++;
			counted = at + 1;
		}
		return line;
	};
}
// src/tool/sql/script.ts
function parseScript(text, dialect) {
	const { prelude, up, down, format, problems } = divideSections(text);
	const before = splitStatements(prelude.text, LEXICONS[dialect], prelude.firstLine);
	const early = problems.length > 0 ? [] : before.statements.map(({ line }) => statementAboveMarkers(format ?? "the tool", line));
	const way = (section) => parseWay(section, dialect, before.comments);
	const forward = way(up);
	return {
		up: {
			...forward,
			problems: [
				...problems,
				...early,
				...forward.problems
			]
		},
		down: down === null ? null : way(down)
	};
}
function statementAboveMarkers(tool, line) {
	return {
		code: "migration-sections",
		what: `has a statement above ${tool}'s first marker, which belongs to neither way`,
		hint: "move it below the marker for the way forward",
		line
	};
}
function parseDownScript(text, dialect) {
	return parseWay({
		text,
		firstLine: 1,
		transaction: true
	}, dialect, []);
}
function parseWay(section, dialect, preludeComments) {
	const { statements, comments, stop } = splitStatements(section.text, LEXICONS[dialect], section.firstLine);
	const { directives, problems } = readDirectives([...preludeComments, ...comments]);
	const transaction = section.transaction && directives.transaction;
	return {
		statements,
		transaction,
		foreignKeys: directives.enforceForeignKeys ? "enforce" : "check-at-commit",
		problems: [
			...problems,
			...refusedStatements(statements, dialect, transaction),
			...stop === null ? [] : [stopProblem(stop, dialect)]
		]
	};
}
const UNCLOSED = {
	string: "string",
	name: "quoted name",
	comment: "comment"
};
function stopProblem(stop, dialect) {
	const { line } = stop;
	switch (stop.kind) {
		case "unclosed": return {
			code: "migration-unclosed",
			what: `opens a ${UNCLOSED[stop.what]} that is never closed`,
			hint: "close it: as it stands, the rest of the file belongs to it",
			line
		};
		case "client-command": return {
			code: "migration-client-command",
			what: `holds a command of ${LEXICONS[dialect].clientCommand.client}'s own, which is no SQL: ${stop.text}`,
			hint: "write out in SQL what it does, or move it to a script that migrate.tool command runs",
			line
		};
		case "inline-data": return {
			code: "migration-inline-data",
			what: `reads rows that follow it in the script, which only psql can: ${stop.text}`,
			hint: "write the rows as INSERT statements (pg_dump --inserts does)",
			line
		};
	}
}
// src/tool/sql/source.ts
function checksumOf(bytes) {
	return createHash("sha256").update(bytes).digest("hex");
}
function decode(bytes) {
	const text = decodeUtf8(bytes);
	if (text === null) return { problem: notUtf8(bytes) };
	const nul = bytes.indexOf(0);
	if (nul >= 0) return { problem: {
		code: "migration-has-nul",
		what: `holds a NUL byte (byte ${nul})`,
		hint: "remove it: the database would take it for the end of the script",
		line: lineOf(bytes, nul)
	} };
	return { text };
}
function differsInLineEndings(bytes, checksum) {
	const unix = Buffer.from(bytes).toString("latin1").replaceAll("\r\n", "\n");
	return [unix, unix.replaceAll("\n", "\r\n")].some((text) => checksumOf(Buffer.from(text, "latin1")) === checksum);
}
function decodeUtf8(bytes, whole = true) {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !whole });
	} catch (error) {
		if (error instanceof TypeError) return null;
		throw error;
	}
}
function notUtf8(bytes) {
	const offset = firstInvalidByte(bytes);
	const utf16 = bytes[0] === 255 && bytes[1] === 254 || bytes[0] === 254 && bytes[1] === 255;
	return {
		code: "migration-not-utf8",
		what: `is not UTF-8: byte ${offset} (0x${(bytes[offset] ?? 0).toString(16).padStart(2, "0")}) fits no character${utf16 ? "; it looks like UTF-16" : ""}`,
		hint: "save the file as UTF-8",
		line: utf16 ? null : lineOf(bytes, offset)
	};
}
function firstInvalidByte(bytes) {
	let valid = 0;
	let invalid = bytes.length + 1;
	while (invalid - valid > 1) {
		const middle = Math.floor((valid + invalid) / 2);
		if (middle <= bytes.length && decodeUtf8(bytes.subarray(0, middle), false) !== null) valid = middle;
		else invalid = middle;
	}
	while (valid > 0 && decodeUtf8(bytes.subarray(0, valid)) === null) valid--;
	return valid;
}
function lineOf(bytes, offset) {
	let line = 1;
	for (let at = bytes.indexOf(10); at >= 0 && at < offset; at = bytes.indexOf(10, at + 1)) line++;
	return line;
}
// src/tool/sql/migrations.ts
const READERS = 16;
async function listMigrations(place) {
	const { paths, problems } = await listSqlFiles(place.directory);
	const laidOut = arrange(shown(place, ""), paths, place.layout);
	return {
		migrations: laidOut.migrations,
		problems: [...problems, ...laidOut.problems]
	};
}
function shown({ directory, root }, path) {
	return relative(root, join(directory, path)).split(sep).join("/") || ".";
}
async function readAll(items, work) {
	const results = [];
	const queue = items.entries();
	const reader = async () => {
		for (const [index, item] of queue) results[index] = await work(item);
	};
	await Promise.all(Array.from({ length: Math.min(READERS, items.length) }, reader));
	return results;
}
function readUp(place, files) {
	return readOrProblem(place, files.up);
}
async function load(place, files, bytes, dialect) {
	const decoded = decode(bytes);
	if ("problem" in decoded) return decoded.problem;
	const { up, down: section } = parseScript(decoded.text, dialect);
	const down = await readDown(place, files, dialect);
	const doubled = section !== null && down !== null ? [TWO_WAYS_BACK] : [];
	return {
		sha256: checksumOf(bytes),
		text: decoded.text,
		up: {
			...up,
			problems: [...up.problems, ...doubled]
		},
		down: down ?? section
	};
}
function isLoaded(loaded) {
	return "sha256" in loaded;
}
const TWO_WAYS_BACK = {
	code: "migration-sections",
	what: "holds a section with the way back, and there is a file with one beside it",
	hint: "keep one of the two",
	line: null
};
async function readDown(place, { down }, dialect) {
	if (down === null) return null;
	const bytes = await readOrProblem(place, down);
	const decoded = bytes instanceof Uint8Array ? decode(bytes) : { problem: bytes };
	if ("text" in decoded) return parseDownScript(decoded.text, dialect);
	return {
		statements: [],
		transaction: true,
		foreignKeys: "check-at-commit",
		problems: [decoded.problem]
	};
}
async function readOrProblem(place, path) {
	const read = await readBytes(join(place.directory, path));
	if (read instanceof Uint8Array) return read;
	return {
		code: "migration-unreadable",
		what: `could not be read: ${read.unreadable}`,
		hint: "give the user that runs Belay the right to read it",
		line: null
	};
}
// src/tool/sql/problem.ts
function placeOf(file, line) {
	return line === null ? file : `${file}:${line}`;
}
function reasonAt(file, { code, what, hint, line }) {
	return {
		code,
		message: `${placeOf(file, line)} ${what}`,
		hint
	};
}
// src/tool/sql/history.ts
const TABLE = "belay_migrations";
const EXISTS = {
	sqlite: `select count(*) from sqlite_master where type = 'table' and lower(name) = '${TABLE}'`,
	postgres: `select count(*) from pg_catalog.pg_class where oid = pg_catalog.to_regclass('${TABLE}')`
};
const MS_SINCE = {
	sqlite: (time) => `cast(max(0, round((julianday('now') - julianday(${time})) * 86400000)) as integer)`,
	postgres: (time) => `greatest(0, round(extract(epoch from clock_timestamp() - timestamptz ${time}) * 1000))`
};
async function readHistory(session) {
	const exists = await session.query(EXISTS[session.dialect]);
	if (Number(exists.rows[0]?.[0] ?? 0) === 0) return null;
	try {
		const { rows } = await session.query(`select id, checksum, applied_at from ${TABLE}`);
		return inOrder(rows.map(([id, checksum, appliedAt]) => ({
			id: String(id),
			checksum: String(checksum),
			appliedAt: String(appliedAt)
		})), ({ id }) => id);
	} catch (error) {
		throw failure("history-unreadable", `reading the history table ${TABLE}: ${messageOf(error)}`, {
			hint: `if another program made a table of this name, rename that one; Belay's has the columns id, checksum, applied_at, duration_ms and run`,
			cause: error
		});
	}
}
const CREATE_HISTORY = `create table if not exists ${TABLE} (
  id text not null primary key,
  checksum text not null,
  applied_at text not null,
  duration_ms integer not null,
  run text not null
)`;
function insertHistory({ id, checksum, appliedAt, durationMs, run }, dialect) {
	const duration = typeof durationMs === "number" ? String(durationMs) : MS_SINCE[dialect](literal(durationMs.since));
	const values = [
		literal(id),
		literal(checksum),
		literal(appliedAt),
		duration,
		literal(run)
	];
	return `insert into ${TABLE} (id, checksum, applied_at, duration_ms, run) values (${values.join(", ")})`;
}
function deleteHistory(id) {
	return `delete from ${TABLE} where id = ${literal(id)}`;
}
function literal(text) {
	return `'${text.replaceAll("'", "''")}'`;
}
export { LAYOUTS as _, placeOf as a, listSqlFiles as b, listMigrations as c, readUp as d, shown as f, LEXICONS as g, significantTokens as h, readHistory as i, load as l, differsInLineEndings as m, deleteHistory as n, reasonAt as o, checksumOf as p, insertHistory as r, isLoaded as s, CREATE_HISTORY as t, readAll as u, arrange as v, isBefore as y };
