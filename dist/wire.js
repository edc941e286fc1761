import { o as __toESM } from "./rolldown-runtime.js";
import { a as refusal, n as failure, o as usageError, r as messageOf, t as BelayError } from "./error.js";
import { a as parseWindow, n as untouched, t as sameData } from "./data.js";
import { t as nearest } from "./nearest.js";
import { t as require_dist } from "./npm-yaml.js";
import { A as parseEvidence, C as describeProcess, D as fileIdentity, E as evidenceOf, F as isMissing$1, I as locate, L as parseAside, M as stillHolds, N as asidePath, O as identityOf, P as errorCode, R as sideFiles, S as whenFree, T as openHolders, _ as isBusy, a as assertFence, b as lockedError, c as readState$1, f as targetBusy, h as versionOf$1, j as statIfThere, k as isSymbolicLink, l as writeState, n as unpackError, r as runQuery, s as nextFence, u as readSchema, v as isDamaged, w as nameHolders, y as isSqliteError } from "./portable-error.js";
import { t as require_lib } from "./npm-better-sqlite3.js";
import { C as clone, S as config, _ as _gte, a as check$1, b as globalRegistry, c as looseObject, d as record, f as strictObject, g as unknown$2, h as union, i as boolean, l as number, m as tuple, n as _null, o as int, p as string, r as array, s as literal$1, t as _enum, u as optional, v as _lte, x as safeParse, y as _minLength } from "./npm-zod.js";
import { t as canonicalJson } from "./canonical-json.js";
import { accessSync, closeSync, constants, createReadStream, createWriteStream, existsSync, fstatSync, fsyncSync, ftruncateSync, linkSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, readdirSync, readlinkSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, delimiter, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { access, chmod, chown, copyFile, mkdir, open, readFile, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { createHash } from "node:crypto";
import { setImmediate, setTimeout as setTimeout$1 } from "node:timers/promises";
import { execFile, execFileSync, fork, spawn as spawn$1 } from "node:child_process";
import { Readable, Transform, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { pipeline } from "node:stream/promises";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
// src/config/defaults.ts
const DEFAULTS = {
	targetUrl: "${DATABASE_URL}",
	directory: "migrations",
	migrateTimeout: "30m",
	lockTimeout: "5s",
	retries: 5,
	commandTimeout: "5m",
	checkTimeout: "5m",
	httpTimeout: "10s",
	healthWithin: "60s",
	data: "report",
	proof: "auto",
	when: "stopped",
	clone: "auto",
	keep: {
		last: 10,
		days: 30,
		swap: "24h",
		failed: "7d"
	},
	laterWrites: "keep",
	online: "transaction",
	required: 1,
	expire: "24h"
};
// src/config/duration.ts
const UNIT_MS = {
	ms: 1,
	s: 1e3,
	m: 6e4,
	h: 36e5,
	d: 864e5
};
function durationMs(text) {
	const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
	if (amount === void 0 || unit === void 0) return null;
	return Math.round(Number(amount) * UNIT_MS[unit]);
}
function validDurationMs(text) {
	const parsed = durationMs(text);
	if (parsed === null) throw new RangeError(`${JSON.stringify(text)} passed the schema and is no length of time`);
	return parsed;
}
// src/config/target-url.ts
function readTargetUrl(url) {
	if (/^sqlite:\/\//i.test(url)) return twoReadings(url);
	if (url.startsWith("sqlite:")) return sqlite(url.slice(7));
	if (/^postgres(ql)?(\+\w+)?:\/\//.test(url)) return {
		engine: "postgres",
		address: url,
		name: databaseName(url)
	};
	const scheme = /^([A-Za-z][\w+.-]+):/.exec(url)?.[1];
	if (scheme === void 0) return flaw("expected the URL of a database", "for a SQLite file write sqlite:PATH");
	const discreet = {
		message: "this is no database that Belay knows",
		hint: "write sqlite:PATH or postgres://HOST/DATABASE"
	};
	return {
		code: "bad-target",
		message: `${scheme}: is no database that Belay knows`,
		hint: discreet.hint,
		discreet
	};
}
function twoReadings(url) {
	const path = url.replace(/^sqlite:\/\//i, "");
	const sqlalchemy = path.replace(/^\//, "");
	const dbmate = path.replace(/^\/\/+/, "/");
	return {
		code: "bad-target",
		message: `sqlite:// has two readings: for SQLAlchemy this is the file ${sqlalchemy}, for dbmate the file ${dbmate}`,
		hint: sqlalchemy === dbmate ? `write sqlite:${dbmate}` : `write the one that you mean: sqlite:${sqlalchemy} or sqlite:${dbmate}`,
		discreet: {
			message: "sqlite:// has two readings: SQLAlchemy and dbmate count its slashes differently",
			hint: "write sqlite:PATH, with the path as the shell would take it"
		}
	};
}
function sqlite(path) {
	if (path === "") return flaw("sqlite: needs the path of a file", "for example sqlite:/srv/app/app.db");
	if (path === ":memory:") return flaw("a database in memory is gone with its process", "name a file: sqlite:PATH");
	if (path.startsWith("file:")) return flaw("SQLite's own file: URLs are not read", "write the path alone: sqlite:PATH");
	if (path.startsWith("~")) return flaw("~ is not expanded", "write the whole path, or ${HOME} for the home directory");
	if (path.includes("\0")) return flaw("a path holds no NUL character", "write sqlite:PATH");
	const file = path.split(/[/\\]/).at(-1) ?? "";
	if (file === "" || file === "." || file === "..") return flaw("this names a directory, not a file", "write the path of the database file");
	return {
		engine: "sqlite",
		address: path,
		name: file.replace(/(?<=.)\.[^.]*$/, "")
	};
}
function databaseName(url) {
	const [, path = ""] = /^[^/]*\/\/[^/?#]*\/([^?#]*)/.exec(url) ?? [];
	return path === "" ? "postgres" : path;
}
function flaw(message, hint) {
	return {
		code: "bad-target",
		message,
		hint
	};
}
// src/config/rule.ts
const LONGEST_TIMER_MS$1 = 20736e5;
const DURATION_HINT = "write a number and a unit: 500ms, 30s, 5m, 24h or 7d";
function rule(verdict) {
	return rules((value) => {
		const flaw = verdict(value);
		return flaw === null ? [] : [{
			...flaw,
			path: []
		}];
	});
}
function rules(verdict) {
	return check$1((payload) => {
		for (const { path, ...flaw } of verdict(payload.value)) payload.issues.push({
			code: "custom",
			input: payload.value,
			path: [...path],
			message: flaw.message,
			params: { flaw }
		});
	});
}
const isDuration = rule((text) => durationMs(text) === null ? {
	code: "bad-duration",
	message: "expected a length of time",
	hint: DURATION_HINT
} : null);
const isTimeout = rule((text) => {
	const ms = durationMs(text);
	if (ms === null) return {
		code: "bad-duration",
		message: "expected a length of time",
		hint: DURATION_HINT
	};
	if (ms > 0 && ms <= LONGEST_TIMER_MS$1) return null;
	return {
		code: "bad-duration",
		message: "expected a length of time above zero and up to 24d",
		hint: DURATION_HINT
	};
});
const isPattern = rule((text) => {
	try {
		new RegExp(text);
		return null;
	} catch (thrown) {
		return {
			code: "bad-pattern",
			message: `expected a regular expression (${thrown instanceof Error ? thrown.message.replace(/^.*: /s, "") : String(thrown)})`,
			hint: "put \\ before ( [ { . * + ? that mean themselves"
		};
	}
});
const isWindow = rule((text) => {
	const window = parseWindow(text);
	return "flaw" in window ? {
		code: "bad-window",
		message: window.flaw,
		hint: "write for example Sun 01:00-05:00 America/Toronto"
	} : null;
});
const isTargetUrl = rule((text) => {
	const read = readTargetUrl(text);
	return "engine" in read ? null : read;
});
const isHttpUrl = rule((text) => /^https?:\/\/[^\s/?#]+/i.test(text) && URL.canParse(text) ? null : {
	code: "bad-url",
	message: "expected an address that begins with http:// or https://",
	hint: "for example http://localhost:5000/login"
});
const isStore = rule((text) => {
	if (text.startsWith("s3://")) return null;
	if (/^[a-z][\w+.-]+:\/\//i.test(text)) return {
		code: "bad-store",
		message: "expected a directory or s3://BUCKET/PREFIX",
		hint: "for example /srv/belay"
	};
	return badPath(text);
});
const isPath = rule(badPath);
function badPath(text) {
	if (text === "" || text.includes("\0")) return {
		code: "bad-path",
		message: "expected a path",
		hint: "for example /srv/belay"
	};
	if (text.startsWith("~")) return {
		code: "bad-path",
		message: "~ is not expanded",
		hint: "write the whole path, or ${HOME} for the home directory"
	};
	return null;
}
const isFilled = rule((text) => text.trim() === "" ? {
	code: "empty",
	message: "expected some text",
	hint: "write it, or leave the key out"
} : null);
const NAME$1 = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
function badName(name) {
	return NAME$1.test(name) ? null : {
		code: "bad-name",
		message: "a name begins with a letter or digit and has letters, digits, . _ and -",
		hint: "choose another name"
	};
}
const isName = rule(badName);
const isVariableName = rule((text) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? null : {
	code: "bad-name",
	message: "expected the name of an environment variable",
	hint: "its name alone, without $ and {}"
});
const TABLE_OR_COLUMN = /^("[^"]+"|[^."]+)(?:\.("[^"]+"|[^."]+))?$/;
const isTableOrColumn = rule((text) => TABLE_OR_COLUMN.test(text) ? null : {
	code: "bad-may-change",
	message: "expected a table or table.column",
	hint: "for example setting or users.role; a name with a dot goes in double quotes: \"\\\"my.table\\\".role\""
});
// src/config/schema-values.ts
function described(schema, description, defaultValue) {
	const optional$1 = optional(schema);
	globalRegistry.add(optional$1, defaultValue === void 0 ? { description } : {
		description,
		default: defaultValue
	});
	return optional$1;
}
function needed$1(schema, description) {
	const own = clone(schema);
	globalRegistry.add(own, { description });
	return own;
}
function text(...checks) {
	return string().check(...checks);
}
const duration = text(isDuration);
const timeout = text(isTimeout);
const argv = array(string()).check(_minLength(1));
const shell = text(isFilled);
const command = union([
	shell,
	argv,
	strictObject({
		run: needed$1(union([shell, argv]), "The command: a text for the shell, or a list that is run without one."),
		timeout: described(timeout, "How long it may take.", DEFAULTS.commandTimeout)
	})
]);
const scalar$1 = union([
	string(),
	number(),
	boolean(),
	_null()
]);
// src/config/schema-checks.ts
const bound = union([number(), string()]);
const conditionKeys = {
	equals: described(scalar$1, "Exactly this value."),
	"at-least": described(bound, "This or more."),
	"at-most": described(bound, "This or less."),
	between: described(tuple([bound, bound]), "From the first to the second, both included."),
	matches: described(text(isPattern), "A regular expression that the text matches somewhere."),
	"not-matches": described(text(isPattern), "A regular expression that the text matches nowhere."),
	"increases-by": described(number(), "So much more than in the before-state."),
	rows: described(array(union([array(scalar$1), scalar$1])), "The whole result: a list of rows, each a list of values; a value alone is a row of one.")
};
const CONDITIONS = Object.keys(conditionKeys);
function isCondition(key) {
	return CONDITIONS.includes(key);
}
const someCondition = rule((map) => Object.keys(map).length > 0 ? null : {
	code: "empty",
	message: "expected a condition",
	hint: `one of ${CONDITIONS.join(", ")}`
});
const conditions$1 = strictObject(conditionKeys).check(someCondition);
const noConditionMeant = rules((map) => Object.keys(map).flatMap((key) => {
	const meant = isCondition(key) ? key : key.length > 5 ? nearest(key, CONDITIONS) : null;
	return meant === null ? [] : [{
		code: "unknown-key",
		message: `unknown key "${key}"`,
		hint: `did you mean "${meant}"?`,
		path: [key]
	}];
}));
const expectation$1 = union([
	scalar$1,
	conditions$1,
	record(string(), union([scalar$1, conditions$1])).check(noConditionMeant)
]);
const common = {
	name: described(text(isFilled), "What the check is called in reports; by default what it runs."),
	warn: described(boolean(), "Warn instead of fail.", false)
};
const sqlCheck$1 = strictObject({
	...common,
	sql: needed$1(text(isFilled), "A query."),
	expect: described(expectation$1, "What its result must be; without it the result is only recorded. A text, a number, null; unchanged (in after); a condition; or named values."),
	explain: described(text(isFilled), "A query whose first rows are shown when the check fails."),
	timeout: described(timeout, "How long it may take.", DEFAULTS.checkTimeout)
});
const httpCheck$1 = strictObject({
	...common,
	http: needed$1(text(isHttpUrl), "The address to ask."),
	method: described(_enum([
		"GET",
		"HEAD",
		"POST",
		"PUT",
		"PATCH",
		"DELETE",
		"OPTIONS"
	]), "The method.", "GET"),
	headers: described(record(string(), string()), "Headers by name."),
	send: described(union([
		string(),
		record(string(), unknown$2()),
		array(unknown$2())
	]), "The body to send; a map or list goes as JSON."),
	expect: described(union([int().check(_gte(100), _lte(599)), strictObject({
		status: described(int().check(_gte(100), _lte(599)), "The status; by default any 2xx."),
		body: described(union([string(), conditions$1]), "What the body must be."),
		json: described(unknown$2(), "What the body must contain as JSON."),
		under: described(timeout, "How fast the answer must come.")
	})]), "What the answer must be; a number is the status."),
	within: described(duration, "Ask again until it passes, at most for so long. By default 60s in health, otherwise once."),
	timeout: described(timeout, "How long one answer may take.", DEFAULTS.httpTimeout)
});
const commandCheck$1 = strictObject({
	...common,
	command: needed$1(command, "A text for the shell, a list that is run without one, or { run, timeout }."),
	expect: described(union([
		int().check(_gte(0), _lte(255)),
		string(),
		strictObject({
			status: described(int().check(_gte(0), _lte(255)), "The exit status.", 0),
			output: described(union([string(), conditions$1]), "What it must print.")
		})
	]), "What must come of it; a number is the exit status, a text the output."),
	timeout: described(timeout, "How long it may take.", DEFAULTS.commandTimeout)
});
const check = union([
	sqlCheck$1,
	httpCheck$1,
	commandCheck$1
]);
const NEEDS_BEFORE_STATE = {
	code: "no-before-state",
	message: "there is no earlier result to compare with before the migration",
	hint: "move the check to checks.after"
};
function needsBeforeState(expect) {
	if (expect === "unchanged") return true;
	if (typeof expect !== "object" || expect === null) return false;
	return "increases-by" in expect || !("equals" in expect) && Object.values(expect).some(needsBeforeState);
}
const hasBeforeState = rules((each) => "sql" in each && needsBeforeState(each.expect) ? [{
	...NEEDS_BEFORE_STATE,
	path: ["expect"]
}] : []);
const checksAfter = array(check);
const checksBefore = array(check.check(hasBeforeState));
const noSql = rule((each) => "sql" in each ? {
	code: "sql-in-health",
	message: "in health the application has the database, so SQL is not asked",
	hint: "ask by http or command, or move the check to checks.after"
} : null);
const healthUrl = text(isHttpUrl);
const healthCheck = check.check(noSql);
const healthChecks = union([
	healthUrl,
	healthCheck,
	array(union([healthUrl, healthCheck]))
]);
// src/config/tree.ts
function at(tree, path) {
	let node = tree;
	for (const step of path) if (node?.kind === "map") node = node.entries.get(String(step))?.value;
	else if (node?.kind === "list") node = node.items[Number(step)];
	else return void 0;
	return node;
}
function placeOf$1(tree, path) {
	const parent = at(tree, path.slice(0, -1));
	const last = path.at(-1);
	if (parent === void 0) return placeOf$1(tree, path.slice(0, -1));
	return (parent.kind === "map" && last !== void 0 ? parent.entries.get(String(last)) : void 0)?.place ?? at(tree, path)?.place ?? parent.place;
}
function mapOf(place, entries) {
	return {
		kind: "map",
		place,
		entries: new Map(entries)
	};
}
function withValue(tree, key, value) {
	return mapOf(tree.place, [...tree.entries, [key, {
		place: tree.entries.get(key)?.place ?? value.place,
		value
	}]]);
}
function mapScalars(tree, visit, path = []) {
	if (tree.kind === "scalar") return visit(tree, path);
	if (tree.kind === "list") return {
		...tree,
		items: tree.items.map((item, index) => mapScalars(item, visit, [...path, index]))
	};
	return mapOf(tree.place, [...tree.entries].map(([key, entry]) => [key, {
		...entry,
		value: mapScalars(entry.value, visit, [...path, key])
	}]));
}
function scalarsOf(tree, path = []) {
	if (tree.kind === "scalar") return [{
		scalar: tree,
		path
	}];
	if (tree.kind === "list") return tree.items.flatMap((item, index) => scalarsOf(item, [...path, index]));
	return [...tree.entries].flatMap(([key, { value }]) => scalarsOf(value, [...path, key]));
}
function toJson(tree) {
	if (tree.kind === "list") return tree.items.map(toJson);
	if (tree.kind === "map") return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, toJson(value)]));
	return typeof tree.value === "number" && String(tree.value) !== tree.source ? tree.source : tree.value;
}
function toPlain(tree) {
	if (tree.kind === "list") return tree.items.map(toPlain);
	if (tree.kind === "map") return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, toPlain(value)]));
	return tree.value;
}
// src/config/expectation.ts
function expectationAt(tree, path) {
	const found = at(tree, path);
	return found === void 0 ? null : expectation(found);
}
function expectation(tree) {
	if (tree.kind === "list") throw new RangeError(`${tree.place.path} passed the schema and is a list`);
	if (tree.kind === "scalar") return tree.value === "unchanged" ? { kind: "unchanged" } : {
		kind: "equals",
		value: expected(tree)
	};
	return [...tree.entries.keys()].some(isCondition) ? conditions(tree) : named(tree);
}
function named(map) {
	return {
		kind: "named",
		values: new Map([...map.entries].map(([name, { value }]) => [name, expectation(value)]))
	};
}
function conditions(map) {
	const all = [...map.entries].map(([kind, { value }]) => condition(kind, value));
	const [only, ...more] = all;
	return only !== void 0 && more.length === 0 ? only : {
		kind: "all",
		of: all
	};
}
function condition(kind, value) {
	switch (kind) {
		case "equals":
		case "at-least":
		case "at-most":
		case "increases-by": return {
			kind,
			value: expected(value)
		};
		case "matches":
		case "not-matches": return {
			kind,
			pattern: expected(value)?.text ?? ""
		};
		case "between": {
			const [low = null, high = null] = listed(value);
			return {
				kind,
				low,
				high
			};
		}
		case "rows": return {
			kind,
			rows: value.kind === "list" ? value.items.map(listed) : []
		};
		default: throw new RangeError(`the condition ${kind} passed the schema and is not known here`);
	}
}
function listed(value) {
	return value.kind === "list" ? value.items.map(expected) : [expected(value)];
}
function expected(value) {
	if (value.kind !== "scalar") throw new RangeError(`${value.place.path} passed the schema and is a ${value.kind}`);
	return scalar(value);
}
function scalar({ value, source }) {
	return value === null ? null : {
		text: source,
		number: typeof value === "number"
	};
}
// src/config/checks.ts
const LONGEST_NAME = 72;
function commandOf(written) {
	if (typeof written === "string" || Array.isArray(written)) return {
		command: commandLine(written),
		timeoutMs: validDurationMs(DEFAULTS.commandTimeout)
	};
	return {
		command: commandLine(written.run),
		timeoutMs: validDurationMs(written.timeout ?? DEFAULTS.commandTimeout)
	};
}
function commandLine(written) {
	if (typeof written === "string") return { shell: written };
	const [program, ...rest] = written;
	if (program === void 0) throw new RangeError("an empty list passed the schema as a command");
	return { argv: [program, ...rest] };
}
function checksOf(written, block, path) {
	return distinctNames(written.map((each, index) => checkOf(each, block, [...path, index], 0)));
}
function healthChecksOf(written, block, path) {
	const withinMs = validDurationMs(DEFAULTS.healthWithin);
	const one = (each, where) => checkOf(typeof each === "string" ? { http: each } : each, block, where, withinMs);
	return distinctNames(Array.isArray(written) ? written.map((each, index) => one(each, [...path, index])) : [one(written, path)]);
}
function checkOf(written, block, path, withinMs) {
	if ("sql" in written) return sqlCheck(written, block, path);
	return "http" in written ? httpCheck(written, block, path, withinMs) : commandCheck(written, block, path);
}
function sqlCheck(written, block, path) {
	return {
		kind: "sql",
		name: written.name ?? shortened$1(written.sql),
		sql: written.sql,
		expect: expectationAt(block, [...path, "expect"]),
		explain: written.explain ?? null,
		warn: written.warn ?? false,
		timeoutMs: validDurationMs(written.timeout ?? DEFAULTS.checkTimeout)
	};
}
function httpCheck(written, block, path, withinMs) {
	const expect = typeof written.expect === "object" ? written.expect : { status: written.expect };
	const json = at(block, [
		...path,
		"expect",
		"json"
	]);
	return {
		kind: "http",
		name: written.name ?? shortened$1(nameOfUrl(block, path, written.http)),
		url: written.http,
		method: written.method ?? "GET",
		headers: headersOf(written),
		send: written.send === void 0 || typeof written.send === "string" ? written.send ?? null : JSON.stringify(written.send),
		expect: {
			status: expect.status ?? null,
			body: expectationAt(block, [
				...path,
				"expect",
				"body"
			]),
			json: json === void 0 ? null : toPlain(json),
			underMs: expect.under === void 0 ? null : validDurationMs(expect.under)
		},
		withinMs: written.within === void 0 ? withinMs : validDurationMs(written.within),
		timeoutMs: validDurationMs(written.timeout ?? DEFAULTS.httpTimeout),
		warn: written.warn ?? false
	};
}
function headersOf({ headers = {}, send }) {
	const named = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
	return send === void 0 || typeof send === "string" || named ? headers : {
		...headers,
		"content-type": "application/json"
	};
}
function commandCheck(written, block, path) {
	const { command, timeoutMs } = commandOf(written.command);
	const status = typeof written.expect === "number" ? written.expect : typeof written.expect === "object" ? written.expect.status : void 0;
	return {
		kind: "command",
		name: written.name ?? shortened$1("shell" in command ? command.shell : command.argv.join(" ")),
		command,
		expect: {
			status: status ?? 0,
			output: expectationAt(block, typeof written.expect === "string" ? [...path, "expect"] : [
				...path,
				"expect",
				"output"
			])
		},
		warn: written.warn ?? false,
		timeoutMs: written.timeout === void 0 ? timeoutMs : validDurationMs(written.timeout)
	};
}
function nameOfUrl(block, path, url) {
	const found = at(block, path);
	const written = found?.kind === "map" ? at(found, ["http"]) : found;
	return written?.kind === "scalar" && written.origin === "written" ? url.replace(/\/\/[^/]*@/, "//") : written?.place.path ?? "http";
}
function shortened$1(text) {
	const line = text.trim().replace(/\s+/g, " ");
	return line.length > LONGEST_NAME ? `${line.slice(0, 71)}…` : line;
}
function distinctNames(checks) {
	const taken = new Set();
	return checks.map((check) => {
		let name = check.name;
		for (let count = 2; taken.has(name); count++) name = `${check.name} (${count})`;
		taken.add(name);
		return {
			...check,
			name
		};
	});
}
function sameNames(written, block, path) {
	return written.flatMap(({ name }, index) => {
		const first = written.findIndex((other) => other.name === name);
		if (name === void 0 || first === index) return [];
		const { line, column, path: place } = placeOf$1(block, [
			...path,
			index,
			"name"
		]);
		return [{
			line,
			column,
			path: place,
			code: "duplicate-check",
			message: "another check of this phase has this name",
			hint: `it is on line ${placeOf$1(block, [
				...path,
				first,
				"name"
			]).line}; give each its own`
		}];
	});
}
// src/config/later.ts
const LATER_AT_THE_TOP = ["bot", "workflow"];
const LATER_IN_AN_ENVIRONMENT = [
	"github-environment",
	"target.schemas",
	"target.url=postgres",
	"targets",
	"tenants",
	"migrate.run",
	"migrate.path",
	"migrate.url-variable",
	"migrate.variables",
	"migrate.env",
	"migrate.env-file",
	"migrate.tool=alembic",
	"migrate.tool=command",
	"migrate.tool=dbmate",
	"migrate.tool=django",
	"migrate.tool=django-tenants",
	"migrate.tool=drizzle",
	"migrate.tool=flask",
	"migrate.tool=knex",
	"migrate.tool=node-pg-migrate",
	"migrate.tool=sqitch",
	"app=online",
	"backup.store=s3",
	"backup.when=before",
	"backup.scratch",
	"backup.may-lack",
	"backup.encrypt",
	"rollback.online",
	"rollback.hooks",
	"require",
	"needs"
];
function laterProblems(tree, table) {
	return table.flatMap((line) => {
		const [keys = "", wanted] = line.split("=");
		const path = keys.split(".");
		const found = at(tree, path);
		if (found === void 0) return [];
		if (wanted !== void 0 && !(found.kind === "scalar" && found.value === wanted)) return [];
		return [laterProblem(placeOf$1(tree, path), `"${wanted ?? path.at(-1)}"`, wanted === void 0 ? "leave it out" : "choose another value")];
	});
}
function laterValue(line, tree, path, what) {
	return LATER_IN_AN_ENVIRONMENT.includes(line) ? laterProblem(placeOf$1(tree, path), what, "choose another value") : null;
}
function laterProblem(place, what, hint) {
	return {
		...place,
		code: "not-in-this-version",
		message: `${what} is not in this version of Belay`,
		hint
	};
}
// src/config/schema.ts
const targetUrl = text(isTargetUrl);
const target = union([targetUrl, strictObject({
	name: described(text(isName), "What the target is called; by default its file without the last extension, or its database."),
	url: described(targetUrl, "Where the database is: sqlite:PATH or postgres://HOST/DATABASE.", DEFAULTS.targetUrl),
	schemas: described(array(text(isFilled)), "The schemas that Belay owns; PostgreSQL.")
})]);
const TOOLS = [
	"sql",
	"alembic",
	"command",
	"dbmate",
	"django",
	"django-tenants",
	"drizzle",
	"flask",
	"knex",
	"node-pg-migrate",
	"sqitch"
];
const TOOL_OPTIONS = { sql: ["directory", "layout"] };
const tool = _enum(TOOLS);
const migrate = union([tool, strictObject({
	tool: described(tool, "The migration tool; recognised from the files where it is left out."),
	directory: described(text(isPath), "Where the migrations are; tool sql.", DEFAULTS.directory),
	layout: described(_enum([
		"flat",
		"pairs",
		"directories"
	]), "How the SQL files lie there; recognised where it is left out. Tool sql."),
	run: described(array(text(isFilled)).check(_minLength(1)), "A prefix for the tool's command line, for a tool that lives elsewhere: docker, run, …"),
	path: described(text(isPath), "How the tool sees the SQLite file, where that differs."),
	"url-variable": described(text(isVariableName), "A second name under which the tool gets the URL; by default the variable that target.url names."),
	variables: described(record(string(), _enum([
		"url",
		"host",
		"port",
		"name",
		"user",
		"password",
		"path"
	])), "Variables that hold parts of the URL, for tools that want parts."),
	env: described(array(text(isVariableName)), "The only variables that the tool inherits."),
	"env-file": described(text(isPath), "A file of NAME=value lines for the tool."),
	timeout: described(timeout, "How long the migrations may take together.", DEFAULTS.migrateTimeout),
	"lock-timeout": described(timeout, "How long a statement may wait for a lock; PostgreSQL.", DEFAULTS.lockTimeout),
	retries: described(int().check(_gte(0), _lte(100)), "How often to try again where a lock was busy and nothing was applied.", DEFAULTS.retries)
})]);
const app = union([literal$1("online"), strictObject({
	prepare: described(command, "Runs before the downtime: pull an image, build."),
	stop: described(command, "Stops the application; from here on Belay always starts it again."),
	start: described(command, "Starts the new version, after the data were verified."),
	previous: described(command, "Starts the old version after a rollback; by default start, with BELAY_SHA set to the previous commit.")
})]);
const data = union([_enum([
	"report",
	"additive",
	"off"
]), strictObject({ "may-change": needed$1(array(text(isTableOrColumn)), "Tables, or table.column for the values of one column, that the migration may change; nothing else.") })]);
const backup = strictObject({
	store: described(text(isStore), "Where backups and journals live: a directory, or s3://BUCKET/PREFIX. For SQLite by default belay-backups beside the file."),
	proof: described(_enum([
		"auto",
		"restore",
		"read"
	]), "How a backup is proven: restored and compared, or read through. auto restores up to 10 GB and asks above.", DEFAULTS.proof),
	when: described(_enum(["stopped", "before"]), "Take the durable backup while the application is stopped, or before the downtime.", DEFAULTS.when),
	scratch: described(text(isFilled), "The URL of a server where backups are restored to prove them; by default the target's own."),
	"may-lack": described(array(text(isFilled)), "What this role cannot restore, accepted."),
	clone: described(_enum(["auto", "never"]), "Keep a copy beside the target for an instant swap.", DEFAULTS.clone),
	keep: described(strictObject({
		last: described(int().check(_gte(1)), "Keep at least so many backups.", DEFAULTS.keep.last),
		days: described(int().check(_gte(0)), "Keep every backup for so many days.", DEFAULTS.keep.days),
		swap: described(duration, "How long the copy for an instant swap stays after a run.", DEFAULTS.keep.swap),
		failed: described(duration, "How long a failed database stays beside the target.", DEFAULTS.keep.failed)
	}), "How long copies stay. A backup goes only when it is outside both last and days."),
	encrypt: described(strictObject({ recipients: array(text(isFilled)).check(_minLength(1)) }), "Encrypt backups for these age recipients.")
});
const names = rules((map) => Object.keys(map).flatMap((name) => {
	const flaw = badName(name);
	return flaw === null ? [] : [{
		...flaw,
		path: [name]
	}];
}));
const rollback = strictObject({
	"later-writes": described(_enum(["keep", "refuse"]), "A rollback inside a run that finds writes made after the migration: keep them aside and go on, or stop.", DEFAULTS.laterWrites),
	online: described(_enum(["transaction", "downgrade"]), "How a failed migration is undone while the application runs.", DEFAULTS.online),
	hooks: described(record(string(), union([strictObject({ sql: text(isFilled) }), command])).check(names), "Ways back of the team's own, by name: SQL or a command.")
});
const required = int().check(_gte(1));
const approvals = strictObject({
	by: described(_enum([
		"bot",
		"environment",
		"review"
	]), "Who collects the approvals: the bot where `bot` is set, otherwise GitHub's environment."),
	required: described(required, "How many people must approve.", DEFAULTS.required),
	from: described(array(text(isFilled)), "Who may approve: users and org/team; by default whoever may write."),
	"allow-self-approval": described(boolean(), "Whether the requester's own approval counts.", false),
	expire: described(timeout, "How long an approval stands.", DEFAULTS.expire),
	rollback: described(strictObject({
		required: described(required, "How many people must approve a rollback.", DEFAULTS.required),
		"allow-self-approval": described(boolean(), "Whether the requester's own approval counts for a rollback.", true)
	}), "What differs for a rollback.")
});
const environmentSchema = strictObject({
	"github-environment": described(text(isFilled), "The GitHub environment; by default the same name."),
	target: described(target, "The database; a text is its url.", DEFAULTS.targetUrl),
	targets: described(array(target).check(_minLength(1)), "Several databases with the same migrations."),
	tenants: described(strictObject({
		sql: text(isFilled),
		shared: described(text(isFilled), "The schema that all tenants share.")
	}), "PostgreSQL schemas inside one target."),
	migrate: described(migrate, "How migrations are applied; a text is the tool. Recognised from the files where it is left out."),
	app: described(app, "How the application is held during a run; online where it keeps running."),
	checks: described(strictObject({
		before: described(checksBefore, "What must hold before anything starts."),
		after: described(checksAfter, "What must hold after the migration; otherwise it is undone."),
		health: described(healthChecks, "What must hold after the application started; a text is a URL that must answer 2xx within 60s.")
	}), "What must hold, and when."),
	checklist: described(array(text(isFilled)), "What only a person can check: printed as boxes at the end."),
	data: described(data, "What the migration may do to rows: report what it did, additive, a list in may-change, or off.", DEFAULTS.data),
	backup: described(backup, "Where backups go, how they are proven and how long they stay."),
	rollback: described(rollback, "How the way back is taken."),
	approvals: described(approvals, "Makes the environment protected: who must approve a run."),
	require: described(array(_enum([
		"checks",
		"up-to-date",
		"review",
		"rehearsal"
	])), "What a pull request needs before a run."),
	windows: described(array(text(isWindow)), "When the environment may be changed: `Sun 01:00-05:00 America/Toronto`."),
	needs: described(text(isName), "The environment that must have had the same migrations before.")
});
const atLeastOne = rules((map) => Object.keys(map).length > 0 ? [] : [{
	code: "no-environment",
	message: "expected at least one environment",
	hint: "for example prod:",
	path: []
}]);
function fileOf(environment) {
	return strictObject({
		version: described(literal$1(1), "The version of this format.", 1),
		bot: described(text(isHttpUrl), "The address of the bot, where grants come from."),
		workflow: described(text(isFilled), "The workflow that the bot starts.", "belay-run.yml"),
		defaults: described(environment, "What all environments share: maps merge by key, lists replace."),
		environments: needed$1(record(string(), environment).check(names, atLeastOne), "The environments by name: staging, prod.")
	});
}
const frameSchema = fileOf(looseObject({}));
// src/config/shown.ts
function shown$1(value) {
	const line = withoutPassword(value).replace(/\s+/g, " ");
	return JSON.stringify(line.length > 80 ? `${line.slice(0, 79)}…` : line);
}
function withoutPassword(text) {
	return text.replace(/(:\/\/[^\s:/@]*):\S*@/g, "$1:***@").replace(/([?&][\w-]*(?:password|passwd|secret|token|key)=)[^&\s]*/gi, "$1***");
}
function passwordsIn(text) {
	const written = [...text.matchAll(/:\/\/[^\s:/@]*:(\S+)@/g)].map(([, password = ""]) => password);
	return [...new Set(written.flatMap((password) => [password, decoded$1(password)]))];
}
function decoded$1(text) {
	return text.replace(/(%[0-9a-f]{2})+/gi, (bytes) => new TextDecoder().decode(Buffer.from(bytes.replaceAll("%", ""), "hex")));
}
// src/config/targets.ts
function targetsOf(written, single, effective, expanded, around) {
	const problems = [];
	const targets = [];
	for (const one of written.map((each, index) => writtenTarget(each, single ? ["target"] : ["targets", index]))) {
		const read = readTargetUrl(one.url);
		if (!("engine" in read)) continue;
		const target = targetOf(one, read, effective, around);
		problems.push(...laterEngine(read, expanded, one.path), ...inCheckout(target, expanded, one.path, around), ...secondOfItsName(target, targets, expanded, one.path));
		targets.push(target);
	}
	return {
		targets,
		problems
	};
}
function writtenTarget(written, path) {
	if (typeof written === "string") return {
		name: void 0,
		url: written,
		path
	};
	return {
		name: written.name,
		url: written.url ?? "",
		path: [...path, "url"]
	};
}
function targetOf({ name, path }, read, effective, { directory }) {
	const configured = at(effective, path);
	return {
		name: name ?? read.name,
		engine: read.engine,
		address: read.engine === "sqlite" ? resolve(directory, read.address) : read.address,
		configured: configured?.kind === "scalar" ? withoutPassword(configured.source) : ""
	};
}
function laterEngine({ engine }, block, path) {
	const later = laterValue(`target.url=${engine}`, block, path, engine === "postgres" ? "PostgreSQL" : engine);
	return later === null ? [] : [later];
}
function inCheckout(target, block, path, around) {
	return target.engine === "sqlite" ? lostWithCheckout("this database", target.address, block, path, around) : [];
}
function lostWithCheckout(what, place, block, path, { checkout }) {
	const written = at(block, path);
	if (checkout === null || written?.kind === "scalar" && written.origin === "unknown" || !isInside(checkout, place)) return [];
	const message = `${what} lies in the workspace of the workflow, which the next checkout empties`;
	return [{
		...placeOf$1(block, path),
		code: "store-in-checkout",
		message,
		hint: "put it outside of the workspace"
	}];
}
function isInside(directory, place) {
	const way = relative(directory, place);
	return way !== ".." && !way.startsWith("../") && !way.startsWith("..\\") && !isAbsolute(way);
}
function secondOfItsName(target, earlier, block, path) {
	if (!earlier.some(({ name }) => name === target.name)) return [];
	const message = `a second target is called "${target.name}"`;
	return [{
		...placeOf$1(block, path),
		code: "duplicate-target",
		message,
		hint: "give one of them a name: { name: …, url: … }"
	}];
}
// src/config/environment.ts
function environmentOf(source, around) {
	const { name, effective, expanded, written } = source;
	const single = written.targets === void 0;
	const { targets, problems } = targetsOf(written.targets ?? [written.target ?? DEFAULTS.targetUrl], single, effective, expanded, around);
	const { before = [], after = [], health = [] } = written.checks ?? {};
	const environment = {
		name,
		directory: around.directory,
		targets,
		migrate: migrateOf(written.migrate, effective, around.directory),
		app: appOf(written.app),
		checks: {
			before: checksOf(before, expanded, ["checks", "before"]),
			after: checksOf(after, expanded, ["checks", "after"]),
			health: healthChecksOf(health, expanded, ["checks", "health"])
		},
		checklist: written.checklist ?? [],
		data: dataOf(written.data),
		backup: backupOf(written.backup, around.directory),
		rollback: rollbackOf(written.rollback),
		approvals: approvalsOf(written.approvals),
		windows: windowsOf(written.windows),
		policy: toJson(effective),
		secrets: source.secrets,
		withheldVariables: source.withheldVariables
	};
	return {
		environment,
		problems: [...problems, ...furtherProblems(environment, written, expanded, around)]
	};
}
function furtherProblems({ backup }, written, block, around) {
	const { before = [], after = [], health = [] } = written.checks ?? {};
	const s3 = backup.store?.startsWith("s3://") ? laterValue("backup.store=s3", block, ["backup", "store"], "a store in S3") : null;
	return [
		...s3 === null ? [] : [s3],
		...backup.store === null ? [] : lostWithCheckout("this store", backup.store, block, ["backup", "store"], around),
		...written.target !== void 0 && written.targets !== void 0 ? [both$1(block)] : [],
		...sameNames(before, block, ["checks", "before"]),
		...sameNames(after, block, ["checks", "after"]),
		...Array.isArray(health) ? sameNames(health.map((each) => typeof each === "string" ? {} : each), block, ["checks", "health"]) : [],
		...foreignOptions(written.migrate, block)
	];
}
function both$1(block) {
	const { line, column, path } = placeOf$1(block, ["targets"]);
	return {
		line,
		column,
		path,
		code: "target-and-targets",
		message: "target and targets exclude each other",
		hint: "write the one target into the list"
	};
}
function foreignOptions(written, block) {
	if (typeof written !== "object" || written.tool === void 0) return [];
	const own = TOOL_OPTIONS[written.tool] ?? [];
	return Object.entries(TOOL_OPTIONS).flatMap(([tool, options]) => options.filter((key) => key in written && !own.includes(key)).map((key) => {
		const { line, column, path } = placeOf$1(block, ["migrate", key]);
		return {
			line,
			column,
			path,
			code: "unknown-key",
			message: `"${key}" is a key of the tool ${tool}, not of ${written.tool}`,
			hint: "leave it out"
		};
	}));
}
function migrateOf(given, effective, directory) {
	const written = typeof given === "string" ? { tool: given } : given ?? {};
	const [program, ...rest] = written.run ?? [];
	return {
		tool: written.tool ?? null,
		options: toolOptions(written),
		run: program === void 0 ? null : [program, ...rest],
		path: written.path ?? null,
		urlVariable: written["url-variable"] ?? variableOfTarget(effective),
		variables: written.variables ?? {},
		env: written.env ?? null,
		envFile: written["env-file"] === void 0 ? null : resolve(directory, written["env-file"]),
		timeoutMs: validDurationMs(written.timeout ?? DEFAULTS.migrateTimeout),
		lockTimeoutMs: validDurationMs(written["lock-timeout"] ?? DEFAULTS.lockTimeout),
		retries: written.retries ?? DEFAULTS.retries
	};
}
function toolOptions(written) {
	const directory = written.directory ?? (written.tool === "sql" ? DEFAULTS.directory : void 0);
	return {
		...directory === void 0 ? {} : { directory },
		...written.layout === void 0 ? {} : { layout: written.layout }
	};
}
function variableOfTarget(effective) {
	const url = at(effective, ["target", "url"]);
	const [, name = null] = /^\$\{(\w+)\}$/.exec(url?.kind === "scalar" ? url.source : "") ?? [];
	return name;
}
function appOf(given) {
	const written = typeof given === "object" ? given : {};
	const command = (key) => written[key] === void 0 ? null : commandOf(written[key]);
	return {
		online: given === "online",
		prepare: command("prepare"),
		stop: command("stop"),
		start: command("start"),
		previous: command("previous")
	};
}
function dataOf(written) {
	if (typeof written !== "object") return { mode: written ?? DEFAULTS.data };
	const entries = written["may-change"].map((entry) => {
		const [, table = entry, column] = TABLE_OR_COLUMN.exec(entry) ?? [];
		return {
			table: unquoted(table),
			column: column === void 0 ? null : unquoted(column)
		};
	});
	return {
		mode: "may-change",
		tables: entries.filter(({ column }) => column === null).map(({ table }) => table),
		columns: entries.flatMap(({ table, column }) => column === null ? [] : [{
			table,
			column
		}])
	};
}
function unquoted(name) {
	return name.replace(/^"(.*)"$/s, "$1");
}
function backupOf(written, directory) {
	const store = written?.store ?? null;
	const keep = written?.keep;
	return {
		store: store === null || store.startsWith("s3://") ? store : resolve(directory, store),
		proof: written?.proof ?? DEFAULTS.proof,
		when: written?.when ?? DEFAULTS.when,
		clone: written?.clone ?? DEFAULTS.clone,
		keep: {
			last: keep?.last ?? DEFAULTS.keep.last,
			days: keep?.days ?? DEFAULTS.keep.days,
			swapMs: validDurationMs(keep?.swap ?? DEFAULTS.keep.swap),
			failedMs: validDurationMs(keep?.failed ?? DEFAULTS.keep.failed)
		}
	};
}
function rollbackOf(written) {
	const hooks = Object.entries(written?.hooks ?? {}).map(([name, hook]) => [name, typeof hook === "object" && "sql" in hook ? { sql: hook.sql } : commandOf(hook)]);
	return {
		laterWrites: written?.["later-writes"] ?? DEFAULTS.laterWrites,
		online: written?.online ?? DEFAULTS.online,
		hooks: new Map(hooks)
	};
}
function approvalsOf(written) {
	if (written === void 0) return null;
	return {
		by: written.by ?? null,
		required: written.required ?? DEFAULTS.required,
		from: written.from ?? [],
		allowSelfApproval: written["allow-self-approval"] ?? false,
		expireMs: validDurationMs(written.expire ?? DEFAULTS.expire),
		rollback: {
			required: written.rollback?.required ?? DEFAULTS.required,
			allowSelfApproval: written.rollback?.["allow-self-approval"] ?? true
		}
	};
}
function windowsOf(written = []) {
	return written.map(parseWindow).flatMap((window) => "flaw" in window ? [] : [window]);
}
// src/config/issues.ts
function knownKeys(issue) {
	const definition = issue.code === "unrecognized_keys" ? issue.inst?._zod.def : void 0;
	return definition !== void 0 && "shape" in definition ? Object.keys(definition.shape ?? {}).join(" ") : void 0;
}
function problemsOf$1(tree, issues, base = []) {
	return issues.flatMap((issue) => {
		const path = [...base, ...issue.path];
		const found = at(tree, path);
		if (found?.kind === "scalar" && found.origin === "unknown") return [];
		if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(tree, [...path, key], issue.message.split(" ")));
		if (issue.code === "invalid_union") return unionProblems(tree, path, issue.errors);
		return [{
			...placed(tree, path),
			...explain$2(issue, found, path)
		}];
	});
}
function placed(tree, path) {
	const { line, column, path: name } = at(tree, path)?.place ?? placeOf$1(tree, path);
	return {
		line,
		column,
		path: name
	};
}
function unknownKey(tree, path, known) {
	const { line, column, path: name } = placeOf$1(tree, path);
	const key = String(path.at(-1));
	const meant = nearest(key, known);
	const hint = meant === null ? `the keys here are ${known.join(", ")}` : `did you mean "${meant}"?`;
	return {
		line,
		column,
		path: name,
		code: "unknown-key",
		message: `unknown key "${key}"`,
		hint
	};
}
function unionProblems(tree, path, forms) {
	const found = at(tree, path);
	const fitting = forms.filter((issues) => !issues.some((issue) => wrongKind(issue, found)));
	if (fitting.length === 0) return [wrongForm(tree, path, forms)];
	const ranked = fitting.map((issues) => ({
		issues,
		slips: slips(tree, path, issues)
	})).sort((a, b) => a.slips - b.slips);
	const [best, next] = ranked;
	if (best === void 0) return [];
	const missing = ranked.map(({ issues }) => issues.length === 1 ? missingKey(tree, path, issues[0]) : null);
	if (next !== void 0 && best.slips === next.slips && missing[0] !== null && missing[1] !== null) {
		const keys = missing.filter((key) => key !== null);
		return [{
			...placed(tree, path),
			code: "missing-key",
			message: `needs one of the keys ${keys.join(", ")}`,
			hint: `for example ${keys[0]}: …`
		}];
	}
	return problemsOf$1(tree, best.issues.filter((issue) => !isMisspelt(tree, path, issue, best.issues)), path);
}
function wrongKind(issue, found) {
	if (issue.path.length > 0) return false;
	if (issue.code === "invalid_union") return issue.errors.every((issues) => issues.some((inner) => wrongKind(inner, found)));
	return issue.code === "invalid_type" || issue.code === "invalid_value" && (issue.values.length === 1 || found?.kind !== "scalar");
}
function slips(tree, base, issues) {
	return issues.filter((issue) => !isMisspelt(tree, base, issue, issues)).reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
}
function missingKey(tree, base, issue) {
	return issue !== void 0 && issue.path.length > 0 && at(tree, [...base, ...issue.path]) === void 0 ? String(issue.path.at(-1)) : null;
}
function isMisspelt(tree, base, issue, issues) {
	const key = missingKey(tree, base, issue);
	if (key === null) return false;
	return issues.some((other) => other.code === "unrecognized_keys" && other.keys.some((given) => nearest(given, other.message.split(" ")) === key));
}
function explain$2(issue, found, path) {
	if (found === void 0) return {
		code: "missing-key",
		message: `the key "${String(path.at(-1))}" is missing`,
		hint: "add it"
	};
	if (isEmpty(found)) return {
		code: "empty-value",
		message: "has no value",
		hint: "give it one, or leave the key out"
	};
	if (issue.code === "custom") return custom(issue, found);
	if (issue.code === "invalid_value") return wrongChoice(issue.values.map(String), found);
	if (issue.code === "invalid_type") return {
		code: "wrong-type",
		message: `expected ${kindName(issue.expected)}, ${got(found)}`,
		hint: hintFor(issue.expected, found)
	};
	if (issue.code === "too_small") return outOfRange(issue.origin, `at least ${issue.minimum}`, found);
	if (issue.code === "too_big") return outOfRange(issue.origin, `at most ${issue.maximum}`, found);
	return {
		code: "invalid",
		message: `not understood, ${got(found)}`,
		hint: null
	};
}
function outOfRange(origin, amount, found) {
	return {
		code: "out-of-range",
		message: `expected ${origin === "array" ? `a list of ${amount}` : `a number of ${amount}`}, ${got(found)}`,
		hint: null
	};
}
function custom(issue, found) {
	const flaw = issue.params?.["flaw"];
	if (flaw === void 0) return {
		code: "invalid",
		message: `not understood, ${got(found)}`,
		hint: null
	};
	const { message, hint } = found.kind === "scalar" && found.origin !== "written" ? flaw.discreet ?? flaw : flaw;
	const showing = message.startsWith("expected") && found.kind === "scalar" && found.value !== "";
	return {
		code: flaw.code,
		message: showing ? `${message}, ${got(found)}` : message,
		hint
	};
}
function wrongForm(tree, path, forms) {
	const found = at(tree, path);
	const first = forms.flat();
	if (found === void 0 || isEmpty(found)) return {
		...placed(tree, path),
		...explain$2(first[0], found, path)
	};
	const choices = first.flatMap((issue) => issue.code === "invalid_value" ? issue.values.map(String) : []);
	const expected = [...[...new Set(allTypes(first))].map(kindName), ...choices.map((choice) => `"${choice}"`)];
	const meant = found.kind === "scalar" && typeof found.value === "string" && found.origin === "written" ? nearest(found.value, choices) : null;
	return {
		...placed(tree, path),
		code: "wrong-type",
		message: `expected ${expected.join(" or ")}, ${got(found)}`,
		hint: meant === null ? null : `did you mean "${meant}"?`
	};
}
function allTypes(issues) {
	return issues.flatMap((issue) => {
		if (issue.path.length > 0) return [];
		if (issue.code === "invalid_union") return allTypes(issue.errors.flat());
		return issue.code === "invalid_type" ? [issue.expected] : [];
	});
}
function wrongChoice(choices, found) {
	const written = found.kind === "scalar" && found.origin === "written" ? String(found.value) : null;
	const meant = written === null || choices.length === 1 ? null : nearest(written, choices);
	return {
		code: "wrong-value",
		message: `expected ${choices.length === 1 ? choices.join() : `one of ${choices.join(", ")}`}, ${got(found)}`,
		hint: meant === null ? null : `did you mean "${meant}"?`
	};
}
function got(found) {
	if (found.kind !== "scalar") return `but this is a ${found.kind}`;
	if (found.origin !== "written") return "but the value of the variable is something else";
	if (typeof found.value === "string") return `but this is ${shown$1(found.value)}`;
	return `but this is ${typeof found.value === "number" ? `the number ${found.source}` : found.source}`;
}
function isEmpty(found) {
	return found.kind === "scalar" && found.value === null;
}
function kindName(expected) {
	return {
		object: "a map",
		record: "a map",
		array: "a list",
		tuple: "a list of two",
		string: "text",
		number: "a number",
		int: "a whole number",
		boolean: "true or false",
		null: "null"
	}[expected] ?? expected;
}
function hintFor(expected, found) {
	if (expected === "string" && isWritten(found) && typeof found.value !== "string") return `put it in quotes: "${found.source}"`;
	if (expected === "array" && isWritten(found)) return `write a list: [${typeof found.value === "string" ? shown$1(found.value) : found.source}]`;
	if (expected === "boolean") return "write true or false, without quotes";
	return null;
}
function isWritten(found) {
	return found.kind === "scalar" && found.origin === "written";
}
// src/config/merge.ts
const SHORTHANDS = [
	[["target"], "url"],
	[["migrate"], "tool"],
	[["app", "prepare"], "run"],
	[["app", "stop"], "run"],
	[["app", "start"], "run"],
	[["app", "previous"], "run"]
];
function effectiveBlock(defaults, own) {
	const spelledOut = spellOut(own);
	return defaults?.kind === "map" ? mergeMaps(spellOut(defaults), spelledOut) : spelledOut;
}
function mergeMaps(under, over) {
	const merged = new Map(under.entries);
	for (const [key, entry] of over.entries) {
		const below = merged.get(key)?.value;
		const both = below?.kind === "map" && entry.value.kind === "map";
		merged.set(key, both ? {
			place: entry.place,
			value: mergeMaps(below, entry.value)
		} : entry);
	}
	return mapOf(over.place, merged);
}
function spellOut(block) {
	return SHORTHANDS.reduce((tree, [path, key]) => spellOutAt(tree, path, key), block);
}
function spellOutAt(tree, [first, ...rest], key) {
	const value = first === void 0 ? void 0 : tree.entries.get(first)?.value;
	if (first === void 0 || value === void 0) return tree;
	if (rest.length > 0) return value.kind === "map" ? withValue(tree, first, spellOutAt(value, rest, key)) : tree;
	return (value.kind === "scalar" ? typeof value.value === "string" : value.kind === "list" && key === "run") ? withValue(tree, first, mapOf(value.place, [[key, {
		place: value.place,
		value
	}]])) : tree;
}
// src/config/variables.ts
const SQL = /^(checks\.(before|after|health)(\.\d+)?\.(sql|explain)|rollback\.hooks\.[^.]+\.sql|tenants\.sql)$/;
const COMMAND = /^(app\.(prepare|stop|start|previous)|checks\.(before|after|health)(\.\d+)?\.command|rollback\.hooks\.[^.]+|migrate(\.migrations\.\d+)?\.(pending|apply|revert|run))(\.run)?(\.\d+)?$/;
const REFERENCE = /\$\$|\$\{([^{}]*)\}|\$\{/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
function expand(block, variables) {
	const problems = [];
	const secrets = new Set();
	const visit = (scalar, path) => {
		if (typeof scalar.value !== "string" || !scalar.value.includes("$")) return scalar;
		const misplaced = whereNothingIsPasted(path);
		if (misplaced === "shell") return scalar;
		if (misplaced !== null) {
			if (scalar.value.includes("${")) problems.push(problem(scalar.place, ...misplaced));
			return scalar;
		}
		return expandScalar(scalar, scalar.value, variables, problems, secrets);
	};
	return {
		tree: mapScalars(block, visit),
		problems,
		secrets: [...secrets]
	};
}
function whereNothingIsPasted(path) {
	const where = path.join(".");
	if (SQL.test(where)) return [
		"variable-in-sql",
		"${} is not expanded in SQL, where it could change the statement",
		"write the value out, or use a command check"
	];
	if (!COMMAND.test(where)) return null;
	if (typeof path.at(-1) !== "number") return "shell";
	return [
		"variable-in-list",
		"${} is not expanded in a list, which is run without a shell",
		"write the command as one string, or as [\"sh\", \"-c\", \"…\"]"
	];
}
function expandScalar(scalar, text, variables, problems, secrets) {
	let origin = "written";
	const value = text.replace(REFERENCE, (match, name) => {
		if (match === "$$") return "$";
		if (name === void 0 || !NAME.test(name)) {
			problems.push(problem(scalar.place, "bad-variable", `${match} names no variable`, "write ${NAME} with letters, digits and _, or $$ for a dollar sign"));
			origin = "unknown";
			return match;
		}
		const found = variables?.[name] ?? "";
		if (found === "") {
			if (variables !== null) problems.push(unset(scalar.place, name, variables));
			origin = "unknown";
			return match;
		}
		secrets.add(found);
		if (origin === "written") origin = "secret";
		return found;
	});
	return {
		...scalar,
		value,
		source: value,
		origin
	};
}
function unset(place, name, variables) {
	return problem(place, "variable-unset", `the environment variable ${name} ${variables[name] === void 0 ? "is not set" : "is set, but empty"}`, `set it where Belay runs, or write the value into the file`);
}
function problem(place, code, message, hint) {
	return {
		...place,
		code,
		message,
		hint
	};
}
function variablesNamed(block) {
	return scalarsOf(block).flatMap(({ scalar, path }) => {
		if (typeof scalar.value !== "string" || whereNothingIsPasted(path) !== null) return [];
		return [...scalar.value.matchAll(REFERENCE)].flatMap(([, name]) => name !== void 0 && NAME.test(name) ? [name] : []).map((name) => ({
			name,
			path
		}));
	});
}
// src/config/frame.ts
function noMap(tree) {
	const hint = "the smallest belay.yml is: environments: { prod: { target: sqlite:PATH } }";
	const { line, column } = tree?.place ?? {
		line: 1,
		column: 1
	};
	const empty = tree === null || tree.kind === "scalar" && tree.value === null;
	return {
		line,
		column,
		path: "",
		code: empty ? "empty-file" : "wrong-type",
		message: empty ? "the file is empty" : "expected a map with the key environments",
		hint
	};
}
function frameProblems(tree) {
	const environments = tree.entries.get("environments");
	const filled = environments === void 0 ? tree : withValue(tree, "environments", filledBlocks(environments.value));
	const result = safeParse(frameSchema, toPlain(filled), { error: knownKeys });
	return result.success ? [] : problemsOf$1(filled, result.error.issues);
}
function filledBlocks(environments) {
	if (environments.kind !== "map") return environments;
	return mapOf(environments.place, [...environments.entries].map(([name, entry]) => [name, {
		...entry,
		value: orEmpty(entry.value)
	}]));
}
function orEmpty(tree) {
	return tree.kind === "scalar" && tree.value === null ? mapOf(tree.place, []) : tree;
}
function defaultsProblems(defaults) {
	const expanded = expand(defaults, null).tree;
	const result = safeParse(environmentSchema, toPlain(expanded), { error: knownKeys });
	if (result.success) return [];
	return problemsOf$1(expanded, result.error.issues).filter(({ code }) => code !== "missing-key");
}
function effectiveBlocks(tree, defaults) {
	const environments = at(tree, ["environments"]);
	if (environments?.kind !== "map") return new Map();
	const blocks = new Map();
	for (const [name, entry] of environments.entries) {
		const own = orEmpty(entry.value);
		if (own.kind === "map") blocks.set(name, withTarget(effectiveBlock(defaults, own)));
	}
	return blocks;
}
function withTarget(block) {
	const target = block.entries.get("target")?.value;
	if (block.entries.has("targets") || target !== void 0 && target.kind !== "map" || target?.kind === "map" && target.entries.has("url")) return block;
	const place = target?.place ?? {
		...block.place,
		path: `${block.place.path}.target`
	};
	const url = {
		kind: "scalar",
		place,
		value: DEFAULTS.targetUrl,
		source: DEFAULTS.targetUrl,
		origin: "written"
	};
	return withValue(block, "target", withValue(target ?? mapOf(place, []), "url", url));
}
// src/config/problem.ts
function configError(file, problems) {
	const sorted = distinct(problems).sort((a, b) => a.line - b.line || a.column - b.column);
	const lines = sorted.map((problem) => problemLine(file, problem));
	const onlyLater = sorted.every(({ code }) => code === "not-in-this-version");
	return usageError(onlyLater ? "not-in-this-version" : "config-invalid", lines.length === 1 ? lines.join() : `${file} has ${lines.length} problems:\n${lines.join("\n")}`, {
		hint: onlyLater ? `take it out of ${file}, or use a version of Belay that can do it` : `mend ${file} and run the same command again; nothing was touched`,
		facts: { problems: sorted.map((problem) => ({
			file,
			...problem
		})) }
	});
}
function problemLine(file, { line, path, message, hint }) {
	return `${file}:${line}: ${path === "" ? "" : `${path}: `}${message}${hint === null ? "" : `; ${hint}`}`;
}
function distinct(problems) {
	return [...new Map(problems.map((problem) => [`${problem.line}:${problem.column}:${problem.path}:${problem.message}`, problem])).values()];
}
// src/config/yaml.ts
var import_dist = require_dist();
const MOST_NODES = 2e4;
const MOST_LEVELS = 64;
function readYaml(text) {
	const lines = new import_dist.LineCounter();
	const document = (0, import_dist.parseDocument)(text, {
		lineCounter: lines,
		prettyErrors: false,
		uniqueKeys: false
	});
	const flaws = [...document.errors, ...document.warnings];
	if (flaws.length > 0) return {
		tree: null,
		problems: syntaxProblems(flaws, lines)
	};
	const reader = new Reader(document, lines);
	return {
		tree: document.contents === null ? null : reader.read(document.contents, ""),
		problems: reader.problems
	};
}
function syntaxProblems(flaws, lines) {
	const byLine = new Map();
	for (const flaw of flaws) {
		const { line, col } = lines.linePos(flaw.pos[0]);
		if (!byLine.has(line)) byLine.set(line, {
			line,
			column: col,
			path: "",
			code: "yaml-syntax",
			...explain$1(flaw)
		});
	}
	return [...byLine.values()];
}
const IN_PLAIN_WORDS = {
	BAD_INDENT: { hint: "indent keys of one level alike" },
	MULTIPLE_DOCS: {
		message: "a second document starts here",
		hint: "keep one, without ---"
	},
	RESOURCE_EXHAUSTION: {
		message: "it is nested too deeply",
		hint: "a belay.yml needs about ten levels"
	},
	TAB_AS_INDENT: {
		message: "a tab; YAML is indented with spaces",
		hint: "replace it with two spaces a level"
	},
	TAG_RESOLVE_FAILED: { hint: "tags mean nothing here: leave it out, or put the text in quotes" }
};
function explain$1({ code, message }) {
	return {
		message,
		hint: "check indentation, colons and quotes; text with : # { } [ ] & * ! | > % @ or ` goes in quotes",
		...IN_PLAIN_WORDS[code]
	};
}
var Reader = class {
	problems = [];
	#document;
	#lines;
	#open = new Set();
	#nodes = 0;
	constructor(document, lines) {
		this.#document = document;
		this.#lines = lines;
	}
	read(node, path) {
		const place = this.#place(node, path);
		const content = (0, import_dist.isAlias)(node) ? node.resolve(this.#document) : node;
		if (content === void 0) return this.#reject(place, "yaml-alias", "no earlier value is called so", "text that begins with * goes in quotes");
		if (this.#open.has(content)) return this.#reject(place, "yaml-alias", "this alias stands inside of what it repeats", "write the value out");
		if (this.#open.size >= MOST_LEVELS) return this.#reject(place, "yaml-size", "it is nested too deeply", "a belay.yml needs about ten levels");
		if (++this.#nodes > MOST_NODES) return this.#tooLarge(place);
		this.#open.add(content);
		const tree = this.#content(content, place);
		this.#open.delete(content);
		return tree;
	}
	#tooLarge(place) {
		if (this.#nodes > 20001) return nothing(place);
		return this.#reject(place, "yaml-size", `it has more than ${MOST_NODES} values, aliases counted`, "write fewer aliases");
	}
	#content(node, place) {
		if ((0, import_dist.isMap)(node)) return mapOf(place, this.#entries(node.items, place.path));
		if ((0, import_dist.isSeq)(node)) return {
			kind: "list",
			place,
			items: node.items.map((item, index) => this.read(item, `${place.path}[${index}]`))
		};
		return (0, import_dist.isScalar)(node) ? this.#scalar(node.value, node.source, place) : nothing(place);
	}
	#entries(pairs, path) {
		const entries = new Map();
		for (const { key, value } of pairs) {
			const name = (0, import_dist.isScalar)(key) ? key.source ?? String(key.value) : "?";
			const place = this.#place(key, path === "" ? name : `${path}.${name}`);
			const earlier = entries.get(name);
			if (!(0, import_dist.isScalar)(key)) this.#report(place, "yaml-key", "a key is a single word or text", "write it without [ ] and { }");
			else if (earlier !== void 0) this.#report(place, "duplicate-key", `the key "${name}" stands here a second time`, `it is already on line ${earlier.place.line}; keep one`);
			else entries.set(name, {
				place,
				value: value === null ? nothing(place) : this.read(value, place.path)
			});
		}
		return entries;
	}
	#scalar(value, source, place) {
		if (typeof value === "number") {
			if (!Number.isFinite(value)) this.#report(place, "bad-number", `${source ?? value} is no number to compare with`, "write its digits, or put it in quotes as text");
			return {
				kind: "scalar",
				place,
				value,
				source: decimal(value, source),
				origin: "written"
			};
		}
		if (value !== null && typeof value !== "string" && typeof value !== "boolean") return this.#reject(place, "yaml-tag", "a tag made this something other than text, number, true, false or null", "leave the tag out");
		return {
			kind: "scalar",
			place,
			value,
			source: String(value),
			origin: "written"
		};
	}
	#reject(place, code, message, hint) {
		this.#report(place, code, message, hint);
		return nothing(place);
	}
	#place(node, path) {
		const { line, col } = this.#lines.linePos(node.range?.[0] ?? 0);
		return {
			line,
			column: col,
			path
		};
	}
	#report(place, code, message, hint) {
		this.problems.push({
			...place,
			code,
			message,
			hint
		});
	}
};
function nothing(place) {
	return {
		kind: "scalar",
		place,
		value: null,
		source: "null",
		origin: "written"
	};
}
function decimal(value, source) {
	if (source === void 0) return String(value);
	return /^0[xo]/.test(source) ? BigInt(source).toString() : source.replace(/^\+/, "");
}
// src/config/parse.ts
config({ jitless: true });
function parseConfig(text, request) {
	const { tree, problems } = readYaml(text);
	if (problems.length > 0) throw configError(request.shownAs, problems);
	if (tree?.kind !== "map") throw configError(request.shownAs, [noMap(tree)]);
	const found = [...frameProblems(tree), ...laterProblems(tree, LATER_AT_THE_TOP)];
	const defaults = at(tree, ["defaults"]);
	if (defaults?.kind === "map") found.push(...defaultsProblems(defaults));
	const blocks = effectiveBlocks(tree, defaults);
	const chosen = request.environment ?? (blocks.size === 1 ? [...blocks.keys()].join() : null);
	const environments = new Map();
	for (const [name, block] of blocks) {
		const { environment, problems: wrong } = readEnvironment(name, block, blocks, name === chosen, request);
		found.push(...wrong);
		if (environment !== null) environments.set(name, environment);
	}
	if (found.length > 0) throw configError(request.shownAs, found);
	return {
		file: request.file,
		directory: request.directory,
		names: [...blocks.keys()],
		environments
	};
}
function readEnvironment(name, effective, blocks, isChosen, request) {
	const { tree: expanded, problems, secrets } = expand(effective, isChosen ? request.variables : null);
	const result = safeParse(environmentSchema, toPlain(expanded), { error: knownKeys });
	const wrong = [
		...problems,
		...laterProblems(effective, LATER_IN_AN_ENVIRONMENT),
		...unknownNeeds(effective, blocks)
	];
	if (!result.success) return {
		environment: null,
		problems: [...wrong, ...problemsOf$1(expanded, result.error.issues)]
	};
	const read = environmentOf({
		name,
		effective,
		expanded,
		written: result.data,
		secrets: [...new Set([...secrets, ...passwordsOf$1(expanded)])],
		withheldVariables: withheld(name, blocks)
	}, request);
	return {
		environment: isChosen ? read.environment : null,
		problems: [...wrong, ...read.problems]
	};
}
function unknownNeeds(block, blocks) {
	const needs = at(block, ["needs"]);
	if (needs?.kind !== "scalar" || typeof needs.value !== "string" || blocks.has(needs.value)) return [];
	const meant = nearest(needs.value, [...blocks.keys()]);
	const hint = meant === null ? `the environments are ${[...blocks.keys()].join(", ")}` : `did you mean "${meant}"?`;
	return [{
		...placeOf$1(block, ["needs"]),
		code: "unknown-environment",
		message: `environment "${needs.value}" is not in this file`,
		hint
	}];
}
function passwordsOf$1(block) {
	return scalarsOf(block).flatMap(({ scalar }) => typeof scalar.value === "string" ? passwordsIn(scalar.value) : []);
}
function withheld(name, blocks) {
	const named = [...blocks].flatMap(([environment, block]) => variablesNamed(block).map((variable) => ({
		...variable,
		own: environment === name && !isForBackups(variable.path)
	})));
	const own = new Set(named.filter((variable) => variable.own).map((variable) => variable.name));
	return [...new Set(named.map((variable) => variable.name))].filter((variable) => !own.has(variable));
}
function isForBackups([first, second]) {
	return first === "backup" && (second === "store" || second === "encrypt" || second === "scratch");
}
// src/config/load.ts
const PLACES = ["belay.yml", ".github/belay.yml"];
const LARGEST_BYTES = 1e6;
async function loadConfig(request) {
	const { explicit, cwd, environment, variables } = request;
	const { file, bytes } = explicit === null ? await readFirst(cwd) : await readGiven(resolve(cwd, explicit), explicit);
	const shownAs = explicit ?? relative(cwd, file);
	return parseConfig(decoded(bytes, shownAs), {
		file,
		shownAs,
		directory: basename(dirname(file)) === ".github" ? dirname(dirname(file)) : dirname(file),
		environment,
		variables,
		checkout: request.onGitHub ? resolve(cwd, variables["GITHUB_WORKSPACE"] ?? ".") : null
	});
}
async function readFirst(cwd) {
	for (const place of PLACES) {
		const file = resolve(cwd, place);
		const bytes = await read(file, place);
		if (bytes !== null) return {
			file,
			bytes
		};
	}
	const misnamed = await firstThatExists(cwd, [
		"belay.yaml",
		".github/belay.yaml",
		".belay.yml"
	]);
	const hint = misnamed === null ? "write one, or name it with --config FILE" : `${misnamed} is there; rename it to ${misnamed.replace(/\.?belay\.ya?ml$/, "belay.yml")}`;
	throw usageError("config-missing", `there is no ${PLACES.join(" and no ")} in ${cwd}`, { hint });
}
async function readGiven(file, shownAs) {
	const bytes = await read(file, shownAs);
	if (bytes === null) throw usageError("config-missing", `reading ${shownAs}: there is no such file`, { hint: `--config is relative to ${dirname(resolve(file))}; name a file that exists` });
	return {
		file,
		bytes
	};
}
async function read(file, shownAs) {
	try {
		const { size, isDirectory } = await statOf(file);
		if (isDirectory) throw usageError("config-not-a-file", `reading ${shownAs}: it is a directory`, { hint: `name the file in it: ${shownAs}/belay.yml` });
		if (size > LARGEST_BYTES) throw usageError("config-too-large", `reading ${shownAs}: it has ${size} bytes, which is no configuration`, { hint: "name another file with --config" });
		return await readFile(file);
	} catch (thrown) {
		if (isMissing(thrown)) return null;
		throw unreadable(thrown, shownAs);
	}
}
async function statOf(file) {
	const found = await stat(file);
	return {
		size: found.size,
		isDirectory: found.isDirectory()
	};
}
function isMissing(thrown) {
	return thrown instanceof Error && "code" in thrown && (thrown.code === "ENOENT" || thrown.code === "ENOTDIR");
}
function unreadable(thrown, shownAs) {
	if (!(thrown instanceof Error) || !("code" in thrown) || !("syscall" in thrown)) return thrown;
	const hint = thrown.code === "EACCES" ? "let the user that runs Belay read it" : "check the file and its disk";
	return usageError("config-unreadable", `reading ${shownAs}: ${messageOf(thrown)}`, {
		hint,
		cause: thrown
	});
}
async function firstThatExists(cwd, places) {
	for (const place of places) if (await read(resolve(cwd, place), place) !== null) return place;
	return null;
}
function decoded(bytes, shownAs) {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch (thrown) {
		if (thrown instanceof TypeError) throw notUtf8$1(bytes, shownAs);
		throw thrown;
	}
}
function notUtf8$1(bytes, shownAs) {
	const readable = new TextDecoder().decode(bytes);
	const line = readable.slice(0, Math.max(0, readable.indexOf("�"))).split("\n").length;
	return usageError("config-not-utf8", `reading ${shownAs}: line ${line} is not UTF-8`, {
		hint: "save the file as UTF-8",
		facts: {
			file: shownAs,
			line
		}
	});
}
// src/config/choose.ts
function chooseEnvironment(config, name) {
	const wanted = name ?? (config.names.length === 1 ? config.names.join() : null);
	if (wanted === null) throw needed(config);
	if (!config.names.includes(wanted)) throw unknown$1(config, wanted);
	const environment = config.environments.get(wanted);
	if (environment === void 0) throw new RangeError(`the configuration was loaded for another environment than ${wanted}`);
	return environment;
}
function needed({ file, names }) {
	const message = `${basename(file)} has ${names.length} environments: ${names.join(", ")}`;
	return usageError("environment-needed", message, {
		hint: "name one of them after the command",
		facts: { environments: names }
	});
}
function unknown$1({ file, names }, wanted) {
	const meant = nearest(wanted, names);
	const asked = meant === null ? "" : `; did you mean "${meant}"?`;
	return usageError("environment-unknown", `environment "${wanted}" is not in ${basename(file)}${asked}`, {
		hint: names.length === 1 ? `the only one is ${names.join()}, and may be left out` : `the environments are ${names.join(", ")}`,
		facts: { environments: names }
	});
}
// src/process/captured-output.ts
const STREAM_LIMIT = 1048576;
const TAIL_LIMIT = 65536;
var CapturedOutput = class {
	seenBytes = 0;
	truncated = false;
	#decoders = {
		stdout: new StringDecoder("utf8"),
		stderr: new StringDecoder("utf8")
	};
	#texts = {
		stdout: "",
		stderr: ""
	};
	#told;
	#tail = "";
	constructor(told) {
		this.#told = told;
	}
	add(stream, bytes) {
		this.seenBytes += bytes.length;
		this.#addText(stream, this.#decoders[stream].write(bytes));
	}
	end() {
		for (const stream of ["stdout", "stderr"]) this.#addText(stream, this.#decoders[stream].end());
	}
	get stdout() {
		return this.#texts.stdout;
	}
	get stderr() {
		return this.#texts.stderr;
	}
	get tail() {
		return this.#tail.slice(-65536);
	}
	#addText(stream, text) {
		if (text === "") return;
		const kept = this.#texts[stream];
		const room = STREAM_LIMIT - kept.length;
		if (text.length > room) this.truncated = true;
		if (room > 0) this.#texts[stream] = kept + text.slice(0, room);
		this.#tail += text;
		if (this.#tail.length > 2 * TAIL_LIMIT) this.#tail = this.#tail.slice(-65536);
		this.#told(stream, text);
	}
};
// src/process/find-program.ts
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";
async function findProgram(name, directory, path) {
	const found = await lookUp$1(name, directory, [], path);
	if (found.kind === "found") return found.path;
	if (found.kind === "not-executable") throw failure("command-not-executable", `starting ${name}: ${found.path} is not an executable file`, {
		hint: `chmod +x ${found.path}, or start it through its interpreter`,
		facts: { path: found.path }
	});
	throw failure("command-not-found", `starting ${name}: there is no such program${name.includes("/") ? ` at ${resolve(directory, name)}` : " on PATH"}`, {
		hint: name.includes("/") ? `relative paths start at ${directory}` : "install it, write its path, or add its folder to PATH",
		facts: {
			program: name,
			directory
		}
	});
}
async function lookUp$1(name, directory, folders, path = DEFAULT_PATH) {
	const candidates = name.includes("/") ? [resolve(directory, name)] : [...folders, ...path.split(delimiter).map((folder) => resolve(directory, folder))].map((folder) => resolve(folder, name));
	let blocked;
	for (const candidate of candidates) {
		const kind = await kindOf$1(candidate);
		if (kind === "program") return {
			kind: "found",
			path: candidate
		};
		if (kind === "other") blocked ??= candidate;
	}
	return blocked === void 0 ? { kind: "missing" } : {
		kind: "not-executable",
		path: blocked
	};
}
async function kindOf$1(path) {
	try {
		if (!(await stat(path)).isFile()) return "other";
	} catch (error) {
		return codeOf$1(error) === "ENOENT" || codeOf$1(error) === "ENOTDIR" ? "nothing" : "other";
	}
	try {
		await access(path, constants.X_OK);
		return "program";
	} catch {
		return "other";
	}
}
function codeOf$1(error) {
	return error instanceof Error && "code" in error ? error.code : void 0;
}
// src/process/output-pipe.ts
function openOutputPipes() {
	const folder = mkdtempSync(join(tmpdir(), "belay-pipes-"));
	try {
		const names = [join(folder, "out"), join(folder, "err")];
		execFileSync("mkfifo", [
			"-m",
			"600",
			...names
		], { stdio: [
			"ignore",
			"ignore",
			"pipe"
		] });
		return [openPipe(names[0]), openPipe(names[1])];
	} finally {
		rmSync(folder, { recursive: true });
	}
}
function openPipe(name) {
	const readEnd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
	return {
		writeEnd: openSync(name, constants.O_WRONLY),
		reader: new Socket({
			fd: readEnd,
			readable: true,
			writable: false
		})
	};
}
function closeWriteEnds(pipes) {
	for (const { writeEnd } of pipes) closeSync(writeEnd);
}
function leaveToDrain(reader) {
	const drain = spawn$1("cat", [], {
		stdio: [
			reader,
			"ignore",
			"ignore"
		],
		detached: true,
		cwd: "/",
		env: { PATH: "/usr/bin:/bin" }
	});
	drain.unref();
	drain.once("spawn", () => reader.destroy());
	drain.once("error", () => reader.resume().unref());
}
// src/process/process-status.ts
function statusOf(pid) {
	const text = readProc(`/proc/${pid}/stat`);
	if (text === void 0) return void 0;
	const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
	const [state, , group, session] = fields;
	const startTicks = fields[19];
	if (state === void 0 || startTicks === void 0) return void 0;
	return {
		pid,
		group: Number(group),
		session: Number(session),
		startTicks: BigInt(startTicks),
		zombie: state === "Z" || state === "X"
	};
}
function allProcesses() {
	let names;
	try {
		names = readdirSync("/proc");
	} catch (error) {
		if (isGone(error)) return void 0;
		throw error;
	}
	const processes = names.filter((name) => /^\d+$/.test(name)).map((name) => statusOf(Number(name))).filter((status) => status !== void 0);
	return processes.length === 0 ? void 0 : processes;
}
function processSpace() {
	const boot = readProc("/proc/sys/kernel/random/boot_id");
	if (boot === void 0) return void 0;
	return {
		boot: boot.trim(),
		namespace: readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")
	};
}
function startedProcess(pid, role) {
	const status = statusOf(pid);
	const space = processSpace();
	return {
		pid,
		startTime: status === void 0 || space === void 0 ? null : `${status.startTicks}@${space.boot}/${space.namespace}`,
		role
	};
}
function readProc(path) {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		if (isGone(error)) return void 0;
		throw error;
	}
}
function isGone(error) {
	return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH");
}
// src/process/process-group.ts
const GRACE_MS = 5e3;
const KILLED_WAIT_MS = 3e4;
const POLL_MS = 20;
function isAlive(started) {
	return lookUp(started).kind === "ours";
}
async function endGroup(started) {
	const whose = lookUp(started);
	if (whose.kind !== "ours") return whose.kind;
	await endUntilGone((signal) => sendSignal(whose.leads ? -started.pid : started.pid, signal), () => isAlive(started), started);
	return "ended";
}
async function endOwnGroup(pid, role) {
	await endUntilGone((signal) => sendSignal(-pid, signal), () => groupLives(pid), {
		pid,
		role
	});
}
function groupLives(group) {
	const processes = allProcesses();
	if (processes !== void 0) return processes.some((other) => other.group === group && !other.zombie);
	return sendSignal(-group, 0);
}
async function endUntilGone(send, lives, who) {
	send("SIGTERM");
	send("SIGCONT");
	if (await waitUntil(() => !lives(), GRACE_MS)) return;
	send("SIGKILL");
	if (await waitUntil(() => !lives(), KILLED_WAIT_MS)) return;
	throw failure("process-will-not-end", `ending process group ${who.pid} (${who.role}): it is still there ${KILLED_WAIT_MS / 1e3} s after SIGKILL`, {
		hint: `see what holds it with "ps -o pid,stat,wchan:32,cmd -g ${who.pid}"; a network file system that does not answer is the usual reason`,
		facts: {
			pid: who.pid,
			role: who.role
		}
	});
}
function lookUp(started) {
	const processes = allProcesses();
	const space = processSpace();
	if (started.startTime === null || processes === void 0 || space === void 0) return withoutProc(started);
	const [, ticks = "", boot, namespace] = /^(\d+)(?:@([^/]+)\/(.+))?$/.exec(started.startTime) ?? [];
	if (ticks === "") return { kind: "not-ours" };
	if (boot !== void 0 && boot !== space.boot) return { kind: "gone" };
	if (namespace !== void 0 && namespace !== space.namespace) return { kind: "not-ours" };
	return among(processes, started.pid, BigInt(ticks));
}
function among(processes, pid, startTicks) {
	const leader = processes.find((other) => other.pid === pid);
	if (leader !== void 0 && leader.startTicks !== startTicks) return { kind: "not-ours" };
	if (leader !== void 0 && leader.group !== pid) return leader.zombie ? { kind: "gone" } : {
		kind: "ours",
		leads: false
	};
	const ours = (other) => other.group === pid && (leader !== void 0 || other.session === pid && other.startTicks >= startTicks);
	return processes.some((other) => ours(other) && !other.zombie) ? {
		kind: "ours",
		leads: true
	} : { kind: "gone" };
}
function withoutProc(started) {
	if (!sendSignal(-started.pid, 0) && !sendSignal(started.pid, 0)) return { kind: "gone" };
	throw failure("process-unclear", `process ${started.pid} (${started.role}) may be left from a run that died, and this system does not tell whether it is`, {
		hint: `look with "ps -p ${started.pid}"; if it belongs to the run, end it, then run the same command again`,
		facts: {
			pid: started.pid,
			role: started.role
		}
	});
}
function sendSignal(pid, signal) {
	try {
		return process.kill(pid, signal);
	} catch (error) {
		if ((error instanceof Error && "code" in error ? error.code : void 0) === "ESRCH") return false;
		throw failure("process-not-permitted", `sending ${signal} to process ${Math.abs(pid)}: it belongs to another user`, {
			hint: "run Belay as the user of the run that started it, or end it by hand",
			cause: error,
			facts: { pid: Math.abs(pid) }
		});
	}
}
async function waitUntil(holds, limitMs) {
	const deadline = performance.now() + limitMs;
	while (!holds()) {
		if (performance.now() >= deadline) return false;
		await setTimeout$1(POLL_MS);
	}
	return true;
}
// src/process/spawn.ts
const GATE = "IFS= read -r belay_gate <&3 && [ \"$belay_gate\" = go ] || exit 125; exec 3<&-; unset belay_gate $1; shift; exec \"$@\"";
const ADDED_BY_SHELLS = [
	"PWD",
	"OLDPWD",
	"SHLVL"
];
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const SILENCE_MS = 20;
const LONGEST_DRAIN_MS = 1e3;
async function spawn(request) {
	const argv = await resolveProgram(request);
	const output = new CapturedOutput((stream, text) => request.output?.(stream, text));
	if (isAborted(request)) return commandEnd({
		status: null,
		signal: null
	}, "aborted", 0, output);
	const child = await launch(argv, request, output);
	try {
		await request.record?.(startedProcess(child.pid, request.role));
	} catch (error) {
		await turnAway(child);
		throw error;
	}
	if (isAborted(request)) {
		await turnAway(child);
		return commandEnd({
			status: null,
			signal: null
		}, "aborted", 0, output);
	}
	const began = performance.now();
	child.gate.end("go\n");
	const { exit, cut } = await untilExit(child, request);
	const durationMs = performance.now() - began;
	await drain(child, output, cut !== null);
	return commandEnd(exit, cut, durationMs, output);
}
async function resolveProgram({ command, directory, variables }) {
	const place = await stat(directory).catch((error) => messageOf(error));
	if (typeof place === "string" || !place.isDirectory()) throw failure("directory-missing", `starting a command in ${directory}: ${typeof place === "string" ? place : "it is not a directory"}`, { hint: "commands start in the directory of belay.yml" });
	if ("shell" in command) return [
		"/bin/sh",
		"-e",
		"-c",
		command.shell
	];
	const [program, ...rest] = command.argv;
	return [await findProgram(program, directory, variables["PATH"]), ...rest];
}
async function launch(argv, request, output) {
	const pipes = openOutputPipes();
	const [out, err] = pipes;
	listen(out, "stdout", output);
	listen(err, "stderr", output);
	const unwanted = ADDED_BY_SHELLS.filter((name) => !(name in request.variables)).join(" ");
	const child = spawn$1("/bin/sh", [
		"-c",
		GATE,
		"belay-gate",
		unwanted,
		...argv
	], {
		cwd: request.directory,
		env: { ...request.variables },
		detached: true,
		stdio: [
			request.input === void 0 ? "ignore" : "pipe",
			out.writeEnd,
			err.writeEnd,
			"pipe"
		]
	});
	closeWriteEnds(pipes);
	const exited = new Promise((resolve) => child.once("exit", (status, signal) => resolve({
		status,
		signal
	})));
	await new Promise((resolve, reject) => {
		child.once("spawn", resolve);
		child.once("error", (cause) => reject(notStarted(argv, cause)));
	});
	const gate = child.stdio[3];
	if (child.pid === void 0 || !(gate instanceof Writable)) throw notStarted(argv, new Error("the system gave it no number or no gate"));
	for (const stream of [gate, child.stdin]) stream?.once("error", ignoreDeafReader);
	child.stdin?.end(request.input);
	return {
		pid: child.pid,
		gate,
		pipes,
		exited
	};
}
function listen({ reader }, stream, output) {
	reader.on("data", (bytes) => output.add(stream, bytes));
	reader.once("error", (error) => output.add(stream, Buffer.from(`\nBelay could not read on: ${error.message}\n`)));
}
function ignoreDeafReader(error) {
	if (!("code" in error) || error.code !== "EPIPE" && error.code !== "ECONNRESET") throw error;
}
function notStarted(argv, cause) {
	return failure("command-not-started", `starting ${argv[0]}: ${cause.message}`, {
		hint: "the system would not start another process; see its limits (ulimit -a)",
		cause
	});
}
async function turnAway({ gate, exited, pipes }) {
	gate.destroy();
	await exited;
	for (const { reader } of pipes) reader.destroy();
}
async function untilExit({ pid, exited }, request) {
	const { promise: cut, resolve } = Promise.withResolvers();
	const abort = () => resolve("aborted");
	const timer = setTimeout(() => resolve("timed-out"), Math.min(request.timeoutMs, LONGEST_TIMER_MS));
	request.signal?.addEventListener("abort", abort);
	try {
		const first = await Promise.race([exited, cut]);
		if (typeof first !== "string") return {
			exit: first,
			cut: null
		};
		await endOwnGroup(pid, request.role);
		return {
			exit: await exited,
			cut: first
		};
	} finally {
		clearTimeout(timer);
		request.signal?.removeEventListener("abort", abort);
	}
}
async function drain({ pipes }, output, everybodyIsGone) {
	const isOpen = ({ reader }) => !reader.closed;
	const ended = performance.now();
	let seenBytes = -1;
	let silentSince = ended;
	while (pipes.some(isOpen)) {
		const now = performance.now();
		if (output.seenBytes !== seenBytes) silentSince = now;
		if (now - silentSince > SILENCE_MS || now - ended > LONGEST_DRAIN_MS) break;
		seenBytes = output.seenBytes;
		await setTimeout$1(1);
	}
	for (const { reader } of pipes.filter(isOpen)) {
		reader.removeAllListeners("data");
		if (everybodyIsGone) reader.destroy();
		else leaveToDrain(reader);
	}
	output.end();
}
function isAborted({ signal }) {
	return signal?.aborted === true;
}
function commandEnd(exit, cut, durationMs, output) {
	const { stdout, stderr, truncated, tail } = output;
	return {
		...exit,
		timedOut: cut === "timed-out",
		aborted: cut === "aborted",
		durationMs,
		stdout,
		stderr,
		truncated,
		tail
	};
}
// src/check/decimal.ts
const ZERO = {
	negative: false,
	digits: "",
	magnitude: 0n
};
const WIDEST_SUM = 10000n;
function parseDecimal(text) {
	const [, sign, whole = "", fraction = "", exponent = "0"] = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
	if (sign === void 0) return void 0;
	const digits = whole + fraction;
	const leadingZeros = digits.length - digits.replace(/^0+/, "").length;
	const significant = digits.slice(leadingZeros).replace(/0+$/, "");
	if (significant === "") return ZERO;
	return {
		negative: sign === "-",
		digits: significant,
		magnitude: BigInt(exponent) + BigInt(whole.length - leadingZeros)
	};
}
function compareDecimals(a, b) {
	if (a.negative !== b.negative) return a.negative ? -1 : 1;
	return a.negative ? compareSizes(b, a) : compareSizes(a, b);
}
function addDecimals(a, b) {
	if (a.digits === "") return b;
	if (b.digits === "") return a;
	const [lowA = 0n, lowB = 0n] = [a, b].map(({ digits, magnitude }) => magnitude - BigInt(digits.length));
	const low = lowA < lowB ? lowA : lowB;
	if (lowA - low > WIDEST_SUM || lowB - low > WIDEST_SUM) return void 0;
	return parseDecimal(`${signed(a) * 10n ** (lowA - low) + signed(b) * 10n ** (lowB - low)}e${low}`);
}
function formatDecimal({ negative, digits, magnitude }) {
	if (digits === "") return "0";
	const sign = negative ? "-" : "";
	const point = Number(magnitude);
	if (point > 21 || point < -6) return `${sign}${digits.slice(0, 1)}${digits.length > 1 ? `.${digits.slice(1)}` : ""}e${magnitude - 1n}`;
	if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
	return `${sign}${digits.slice(0, point).padEnd(point, "0")}${digits.length > point ? `.${digits.slice(point)}` : ""}`;
}
function compareSizes(a, b) {
	if (a.digits === "" || b.digits === "") return a.digits.length - b.digits.length;
	if (a.magnitude !== b.magnitude) return a.magnitude < b.magnitude ? -1 : 1;
	const length = Math.max(a.digits.length, b.digits.length);
	const [left, right] = [a.digits.padEnd(length, "0"), b.digits.padEnd(length, "0")];
	return left < right ? -1 : left > right ? 1 : 0;
}
function signed({ negative, digits }) {
	return negative ? -BigInt(digits) : BigInt(digits);
}
// src/check/recorded.ts
const MAX_ROWS = 1e4;
const MAX_CHARACTERS = 1048576;
const LONGEST_SHOWN_VALUE = 120;
const LONGEST_SHOWN_LINE = 300;
function recordRows({ columns, rows }) {
	if (rows.length > MAX_ROWS) return `${rows.length} rows, and a check may give at most ${MAX_ROWS}: let it count or select less`;
	const recorded = rows.map((row) => row.map(recordValue));
	const characters = recorded.flat().reduce((sum, value) => sum + (value?.text.length ?? 0), 0);
	if (characters > MAX_CHARACTERS) return `${characters} characters, and a check may give at most ${MAX_CHARACTERS}: let it select less`;
	return {
		columns,
		rows: recorded
	};
}
function recordValue(value) {
	if (value === null) return null;
	if (value instanceof Uint8Array) return {
		text: `x'${Buffer.from(value).toString("hex")}'`,
		number: false
	};
	return {
		text: String(value),
		number: typeof value === "number" || typeof value === "bigint"
	};
}
function recordText(text) {
	return {
		columns: ["text"],
		rows: [[{
			text,
			number: false
		}]]
	};
}
function showValue(value) {
	if (value === null) return "NULL";
	return value.number ? value.text : JSON.stringify(shortened(value.text, LONGEST_SHOWN_VALUE));
}
function showRows({ columns, rows }) {
	if (rows.length === 0) return "no row";
	if (columns.length === 2) return shortened(rows.map(([name, value]) => `${showName(name ?? null)} = ${showValue(value ?? null)}`).join(", "), LONGEST_SHOWN_LINE);
	const shown = rows.map((row) => row.length === 1 ? showValue(row[0] ?? null) : `(${row.map(showValue).join(", ")})`).join(", ");
	return shortened(rows.length === 1 ? shown : `${rows.length} rows: ${shown}`, LONGEST_SHOWN_LINE);
}
function showRow(columns, row) {
	return shortened(columns.map((column, index) => `${column}=${showValue(row[index] ?? null)}`).join(", "), LONGEST_SHOWN_LINE);
}
function showName(value) {
	return value === null ? "NULL" : shortened(value.text.replace(/\s+/g, " "), LONGEST_SHOWN_VALUE);
}
function shortened(text, length) {
	const characters = Array.from(text.slice(0, 2 * length + 2));
	return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}
// src/check/expect.ts
function meets(expectation, actual, baseline) {
	switch (expectation.kind) {
		case "all": return meetsAll(expectation.of, actual, baseline);
		case "named": return meetsNamed(expectation.values, actual, baseline);
		case "rows": return meetsRows(expectation.rows, actual);
		case "unchanged": return meetsUnchanged(actual, baseline);
		case "equals":
		case "at-least":
		case "at-most":
		case "between":
		case "matches":
		case "not-matches":
		case "increases-by": return meetsScalar(expectation, actual, baseline);
	}
}
function meetsScalar(expectation, actual, baseline) {
	const wanted = wantedScalar(expectation, baseline);
	if (wanted.holds === null) return {
		passed: false,
		expected: wanted.expected,
		actual: showRows(actual)
	};
	const value = onlyValue(actual);
	if (typeof value === "string") return {
		passed: false,
		expected: wanted.expected,
		actual: value
	};
	const verdict = wanted.holds(value);
	return {
		passed: verdict === true,
		expected: wanted.expected,
		actual: typeof verdict === "string" ? `${showValue(value)}, ${verdict}` : showValue(value)
	};
}
function wantedScalar(expectation, baseline) {
	switch (expectation.kind) {
		case "equals": return {
			expected: showValue(expectation.value),
			holds: (value) => sameValue(value, expectation.value)
		};
		case "at-least": return {
			expected: `at least ${showValue(expectation.value)}`,
			holds: (value) => inOrder$1(expectation.value, value)
		};
		case "at-most": return {
			expected: `at most ${showValue(expectation.value)}`,
			holds: (value) => inOrder$1(value, expectation.value)
		};
		case "between": return {
			expected: `between ${showValue(expectation.low)} and ${showValue(expectation.high)}`,
			holds: (value) => both(inOrder$1(expectation.low, value), () => inOrder$1(value, expectation.high))
		};
		case "matches":
		case "not-matches": return wantedPattern(expectation.pattern, expectation.kind === "matches");
		case "increases-by": return wantedIncrease(expectation.value, baseline);
	}
}
function wantedPattern(source, wanted) {
	const expected = `${wanted ? "a match of" : "no match of"} /${source}/`;
	const pattern = parsePattern(source);
	if (pattern === void 0) return {
		expected: `${expected}, which is no regular expression`,
		holds: null
	};
	return {
		expected,
		holds: (value) => value !== null && pattern.test(value.text) === wanted
	};
}
function wantedIncrease(by, baseline) {
	const described = `${showValue(by)} more than before`;
	if (baseline === null) return {
		expected: `${described}, and nothing was recorded before`,
		holds: null
	};
	const old = onlyValue(baseline);
	if (typeof old === "string") return {
		expected: `${described}, which was ${old}`,
		holds: null
	};
	const [from, step] = [decimalOf(old), decimalOf(by)];
	const sum = from === void 0 || step === void 0 ? void 0 : addDecimals(from, step);
	if (sum === void 0) return {
		expected: `${described}, which was ${showValue(old)}`,
		holds: null
	};
	const target = {
		text: formatDecimal(sum),
		number: true
	};
	return {
		expected: `${target.text} (${showValue(old)} and ${showValue(by)} more)`,
		holds: (value) => sameValue(value, target)
	};
}
function meetsAll(conditions, actual, baseline) {
	const judgements = conditions.map((condition) => meets(condition, actual, baseline));
	const broken = judgements.find(({ passed }) => !passed);
	return {
		passed: broken === void 0,
		expected: judgements.map(({ expected }) => expected).join(" and "),
		actual: broken?.actual ?? judgements[0]?.actual ?? showRows(actual)
	};
}
function meetsNamed(values, actual, baseline) {
	if (actual.columns.length !== 2) return {
		passed: false,
		expected: `the values of ${[...values.keys()].join(", ")}`,
		actual: `${counted(actual.columns.length, "column")}, where named values need two: name and value`
	};
	const judged = [...values].map(([name, expectation]) => ({
		name,
		...meets(expectation, rowsNamed(actual, name), baseline === null ? null : rowsNamed(baseline, name))
	}));
	const broken = judged.filter(({ passed }) => !passed);
	return {
		passed: broken.length === 0,
		expected: judged.map(({ name, expected }) => `${name} = ${expected}`).join(", "),
		actual: (broken.length === 0 ? judged : broken).map((one) => `${one.name} = ${one.actual}`).join(", ")
	};
}
function rowsNamed({ columns, rows }, name) {
	return {
		columns: columns.slice(1),
		rows: rows.filter(([own]) => own !== null && own?.text === name).map((row) => row.slice(1))
	};
}
function meetsRows(wanted, actual) {
	const columns = wanted[0]?.length ?? actual.columns.length;
	const same = wanted.length === actual.rows.length && wanted.every((row, at) => sameRow(row, actual.rows[at] ?? []));
	return {
		passed: same,
		expected: showRows({
			columns: Array.from({ length: columns }, () => ""),
			rows: wanted
		}),
		actual: same ? showRows(actual) : `${showRows(actual)}${firstDifference$1(wanted, actual)}`
	};
}
function firstDifference$1(wanted, { rows }) {
	if (wanted.length !== rows.length) return "";
	const at = wanted.findIndex((row, index) => !sameRow(row, rows[index] ?? []));
	return wanted.length > 1 ? ` (row ${at + 1} differs)` : "";
}
function sameRow(wanted, actual) {
	return wanted.length === actual.length && wanted.every((value, at) => sameValue(actual[at] ?? null, value));
}
function meetsUnchanged(actual, baseline) {
	if (baseline === null) return {
		passed: false,
		expected: "unchanged, and nothing was recorded before",
		actual: showRows(actual)
	};
	const keys = ({ rows }) => rows.map((row) => JSON.stringify(row.map(exactKey))).sort();
	const [before, now] = [keys(baseline), keys(actual)];
	return {
		passed: before.length === now.length && before.every((key, at) => key === now[at]),
		expected: `unchanged: ${showRows(baseline)}`,
		actual: showRows(actual)
	};
}
function exactKey(value) {
	if (value === null) return null;
	const decimal = value.number ? parseDecimal(value.text) : void 0;
	return decimal === void 0 ? `text ${value.text}` : `number ${formatDecimal(decimal)}`;
}
function sameValue(actual, expected) {
	if (actual === null || expected === null) return actual === expected;
	const numbers = bothDecimals(actual, expected);
	return numbers === void 0 ? actual.text === expected.text : compareDecimals(...numbers) === 0;
}
function inOrder$1(low, high) {
	if (low === null || high === null) return false;
	const numbers = bothDecimals(low, high);
	if (numbers !== void 0) return compareDecimals(...numbers) <= 0;
	if (low.number || high.number) return "which is not a number";
	return low.text <= high.text;
}
function both(first, second) {
	return first === true ? second() : first;
}
function bothDecimals(a, b) {
	if (!a.number && !b.number) return void 0;
	const [left, right] = [parseDecimal(a.text), parseDecimal(b.text)];
	return left === void 0 || right === void 0 ? void 0 : [left, right];
}
function decimalOf(value) {
	return value === null ? void 0 : parseDecimal(value.text);
}
function onlyValue({ columns, rows }) {
	const [row] = rows;
	if (row === void 0) return "no row";
	if (rows.length > 1) return counted(rows.length, "row");
	return row.length === 1 ? row[0] ?? null : `${counted(columns.length, "column")}, where one value was expected: ${showName(row[0] ?? null)}, …`;
}
function counted(count, what) {
	return `${count} ${what}${count === 1 ? "" : "s"}`;
}
function parsePattern(source) {
	try {
		return new RegExp(source, "u");
	} catch (error) {
		if (error instanceof SyntaxError) return void 0;
		throw error;
	}
}
// src/check/command.ts
async function runCommandCheck(check, context) {
	return {
		result: {
			name: check.name,
			phase: context.phase,
			...await judge$1(check, context)
		},
		recorded: null
	};
}
async function judge$1(check, { directory, variables, signal, record }) {
	const expected = expectedOf$1(check);
	let end;
	try {
		end = await spawn({
			command: check.command,
			directory,
			variables,
			timeoutMs: check.timeoutMs,
			role: "check",
			signal,
			...record === void 0 ? {} : { record }
		});
	} catch (error) {
		if (error instanceof BelayError && START_FAILURES.has(error.code)) return {
			passed: false,
			expected,
			actual: error.message
		};
		throw error;
	}
	if (end.aborted) signal.throwIfAborted();
	if (end.timedOut) return {
		passed: false,
		expected,
		actual: `no end within ${check.timeoutMs / 1e3} s${lastWords(end)}`
	};
	if (end.status === null) return {
		passed: false,
		expected,
		actual: `ended by ${end.signal ?? "a signal"}${lastWords(end)}`
	};
	if (end.status !== check.expect.status) return {
		passed: false,
		expected,
		actual: `exit status ${end.status}${lastWords(end)}`
	};
	const { output } = check.expect;
	if (output === null) return {
		passed: true,
		expected,
		actual: `exit status ${end.status}`
	};
	if (end.truncated) return {
		passed: false,
		expected,
		actual: "more than 1 MiB of output, which cannot be judged as a whole"
	};
	return {
		...judgeOutput(end, output),
		expected
	};
}
const START_FAILURES = new Set([
	"command-not-found",
	"command-not-executable",
	"command-not-started",
	"directory-missing"
]);
function judgeOutput({ stdout }, output) {
	return meets(output, recordText(stdout.replace(/\r?\n$/, "")), null);
}
function expectedOf$1({ expect: { status, output } }) {
	const ending = `exit status ${status}`;
	return output === null ? ending : `${ending} and output ${meets(output, recordText(""), null).expected}`;
}
function lastWords({ tail }) {
	const line = tail.trimEnd().split("\n").at(-1)?.trim() ?? "";
	return line === "" ? "" : `: ${shortened(line, 200)}`;
}
// src/check/json.ts
var WrittenNumber = class {
	text;
	constructor(text) {
		this.text = text;
	}
};
function judgeJson(expected, text) {
	let actual;
	try {
		actual = parseExactly(text);
	} catch (error) {
		if (error instanceof SyntaxError) return `a body that is no JSON: ${shortened(text.trim(), 120)}`;
		throw error;
	}
	return difference(expected, actual, "$");
}
function difference(expected, actual, place) {
	if (actual === void 0) return `${place} absent`;
	if (Array.isArray(expected)) return listDifference(expected, actual, place);
	if (expected !== null && typeof expected === "object") {
		if (actual === null || typeof actual !== "object" || Array.isArray(actual) || actual instanceof WrittenNumber) return isInstead(place, actual);
		const members = new Map(Object.entries(actual));
		for (const [name, value] of Object.entries(expected)) {
			const found = difference(value, members.get(name), /^\w+$/.test(name) ? `${place}.${name}` : `${place}[${JSON.stringify(name)}]`);
			if (found !== null) return found;
		}
		return null;
	}
	return sameScalar(expected, actual) ? null : isInstead(place, actual);
}
function listDifference(expected, actual, place) {
	if (!Array.isArray(actual)) return isInstead(place, actual);
	if (actual.length !== expected.length) return `${place} having ${actual.length} elements`;
	for (const [at, value] of expected.entries()) {
		const found = difference(value, actual[at], `${place}[${at}]`);
		if (found !== null) return found;
	}
	return null;
}
function sameScalar(expected, actual) {
	if (typeof expected !== "number") return expected === actual;
	if (!(actual instanceof WrittenNumber)) return false;
	const [wanted, got] = [parseDecimal(String(expected)), parseDecimal(actual.text)];
	return wanted !== void 0 && got !== void 0 && compareDecimals(wanted, got) === 0;
}
function isInstead(place, actual) {
	return `${place} being ${shortened(JSON.stringify(actual, (_, value) => value instanceof WrittenNumber ? Number(value.text) : value), 120)}`;
}
function parseExactly(text) {
	const keepNumbers = (_key, value, context) => typeof value === "number" ? new WrittenNumber(context?.source ?? String(value)) : value;
	return JSON.parse(text, keepNumbers);
}
// src/check/no-answer.ts
const WORDS = {
	ECONNREFUSED: "connection refused: nothing listens there",
	ECONNRESET: "the connection was reset before an answer came",
	EPIPE: "the connection was closed before an answer came",
	UND_ERR_SOCKET: "the connection was closed before an answer came",
	ENOTFOUND: "no such host",
	EAI_AGAIN: "the host's name could not be looked up",
	EHOSTUNREACH: "the host cannot be reached",
	ENETUNREACH: "the host's network cannot be reached",
	ETIMEDOUT: "no connection in time",
	UND_ERR_CONNECT_TIMEOUT: "no connection in time",
	DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
	SELF_SIGNED_CERT_IN_CHAIN: "its certificate chain is self-signed",
	CERT_HAS_EXPIRED: "its certificate has expired",
	ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
	HPE_INVALID_CONSTANT: "what answers there does not speak HTTP"
};
function whyNoAnswer(error) {
	const [first, ...causes] = chainOf(error);
	for (const { code, message } of [...causes.toReversed(), ...first === void 0 ? [] : [first]]) if (code !== void 0) return WORDS[code] === void 0 ? message : `${WORDS[code]} (${message})`;
	return causes.at(-1)?.message ?? first?.message ?? "no answer";
}
function chainOf(error) {
	if (!(error instanceof Error)) return [{
		code: void 0,
		message: String(error)
	}];
	const code = "code" in error && typeof error.code === "string" ? error.code : void 0;
	const inner = error instanceof AggregateError ? error.errors.at(-1) : error.cause;
	return [{
		code,
		message: error.message
	}, ...inner === void 0 ? [] : chainOf(inner)];
}
// src/check/http.ts
const MAX_BODY_BYTES = 1048576;
const PAUSE_MS = 200;
const SHORTEST_TRY_MS = 1e3;
async function runHttpCheck(check, context) {
	const deadline = performance.now() + check.withinMs;
	for (let tries = 1;; tries++) {
		context.signal.throwIfAborted();
		const leftMs = deadline - performance.now();
		const verdict = await ask$1(check, check.withinMs === 0 ? check.timeoutMs : Math.min(check.timeoutMs, Math.max(leftMs, SHORTEST_TRY_MS)), context.signal);
		if (verdict.passed || performance.now() + PAUSE_MS >= deadline) {
			const patience = !verdict.passed && tries > 1 ? `, after ${tries} requests in ${check.withinMs / 1e3} s` : "";
			return {
				result: {
					name: check.name,
					phase: context.phase,
					passed: verdict.passed,
					expected: expectedOf(check.expect),
					actual: `${verdict.actual}${patience}`
				},
				recorded: null
			};
		}
		await pauseUnlessAborted(context.signal);
	}
}
async function ask$1(check, limitMs, signal) {
	const began = performance.now();
	const limit = AbortSignal.timeout(Math.ceil(limitMs));
	try {
		const { url, headers } = withCredentials(check);
		const response = await fetch(url, {
			method: check.method,
			headers,
			body: check.send,
			redirect: "manual",
			signal: AbortSignal.any([signal, limit])
		});
		const body = await readBody(response);
		return judge(check.expect, response, body, performance.now() - began);
	} catch (error) {
		signal.throwIfAborted();
		return {
			passed: false,
			actual: limit.aborted ? `no answer within ${Math.round(limitMs / 100) / 10} s` : whyNoAnswer(error)
		};
	}
}
function withCredentials(check) {
	const url = new URL(check.url);
	const headers = new Headers({
		connection: "close",
		...check.headers
	});
	if (url.username !== "" || url.password !== "") {
		const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
		if (!headers.has("authorization")) headers.set("authorization", `Basic ${Buffer.from(user).toString("base64")}`);
		url.username = "";
		url.password = "";
	}
	return {
		url,
		headers
	};
}
async function readBody(response) {
	if (response.body === null) return {
		text: "",
		complete: true
	};
	const chunks = [];
	let size = 0;
	for await (const chunk of response.body) {
		chunks.push(chunk);
		size += chunk.length;
		if (size > MAX_BODY_BYTES) return {
			text: Buffer.concat(chunks).toString("utf8", 0, MAX_BODY_BYTES),
			complete: false
		};
	}
	return {
		text: Buffer.concat(chunks).toString("utf8"),
		complete: true
	};
}
function judge(expect, response, body, tookMs) {
	const status = describeStatus(response);
	if (!(expect.status === null ? response.ok : response.status === expect.status)) return {
		passed: false,
		actual: `${status}${firstLine(body.text)}`
	};
	if (expect.underMs !== null && tookMs >= expect.underMs) return {
		passed: false,
		actual: `${status} after ${Math.round(tookMs)} ms`
	};
	if ((expect.body !== null || expect.json !== null) && !body.complete) return {
		passed: false,
		actual: `${status} with more than 1 MiB, which cannot be judged as a whole`
	};
	if (expect.body !== null) {
		const { passed, actual } = meets(expect.body, recordText(body.text.trimEnd()), null);
		if (!passed) return {
			passed,
			actual: `${status} with body ${actual}`
		};
	}
	if (expect.json !== null) {
		const difference = judgeJson(expect.json, body.text);
		if (difference !== null) return {
			passed: false,
			actual: `${status} with ${difference}`
		};
	}
	return {
		passed: true,
		actual: `${status} in ${Math.round(tookMs)} ms`
	};
}
function expectedOf({ status, body, json, underMs }) {
	return [
		status === null ? "status 2xx" : `status ${status}`,
		...body === null ? [] : [`body ${meets(body, recordText(""), null).expected}`],
		...json === null ? [] : [`JSON with ${shortened(JSON.stringify(json), 200)}`],
		...underMs === null ? [] : [`in less than ${underMs} ms`]
	].join(", ");
}
function describeStatus(response) {
	const place = response.headers.get("location");
	return `status ${response.status}${place === null ? "" : ` to ${shortened(place, 120)}`}`;
}
function firstLine(text) {
	const line = text.trim().split("\n")[0]?.trim() ?? "";
	return line === "" || line.startsWith("<") ? "" : `: ${shortened(line, 120)}`;
}
async function pauseUnlessAborted(signal) {
	try {
		await setTimeout$1(PAUSE_MS, void 0, { signal });
	} catch (error) {
		signal.throwIfAborted();
		throw error;
	}
}
// src/check/run-check.ts
function runCheckBy(kinds) {
	return async (check, context) => {
		context.signal.throwIfAborted();
		const report = await ask(kinds, check, context);
		if (report.result.passed || !check.warn) return report;
		return {
			...report,
			result: {
				...report.result,
				warned: true
			}
		};
	};
}
function ask(kinds, check, context) {
	switch (check.kind) {
		case "sql": return kinds.sql(check, context);
		case "http": return kinds.http(check, context);
		case "command": return kinds.command(check, context);
	}
}
// src/check/sql.ts
const MAX_EXPLAINED_ROWS = 10;
async function runSqlCheck(check, context) {
	const { name, expect } = check;
	const base = {
		name,
		phase: context.phase
	};
	const baseline = context.baseline.get(name) ?? null;
	const expected = () => expect === null ? null : meets(expect, {
		columns: [],
		rows: []
	}, baseline).expected;
	if (context.session === null) return {
		result: {
			...base,
			passed: false,
			expected: expected(),
			actual: "the application has the database by now: ask by http or command"
		},
		recorded: null
	};
	const { session } = context;
	const answer = await within(check.timeoutMs, () => session.query(check.sql));
	const recorded = typeof answer === "string" ? answer : recordRows(answer);
	if (typeof recorded === "string") return {
		result: {
			...base,
			passed: false,
			expected: expected(),
			actual: recorded
		},
		recorded: null
	};
	if (expect === null) return {
		result: {
			...base,
			passed: true,
			expected: null,
			actual: showRows(recorded)
		},
		recorded
	};
	const judgement = meets(expect, recorded, baseline);
	const explanation = judgement.passed || check.explain === null ? void 0 : await explain(session, check.explain, check.timeoutMs);
	return {
		result: {
			...base,
			...judgement,
			...explanation === void 0 ? {} : { explanation }
		},
		recorded
	};
}
async function explain(session, sql, timeoutMs) {
	const answer = await within(timeoutMs, () => session.query(sql));
	if (typeof answer === "string") return [`explain: ${answer}`];
	return answer.rows.slice(0, MAX_EXPLAINED_ROWS).map((row) => showRow(answer.columns, row.map(recordValue)));
}
async function within(timeoutMs, ask) {
	const { promise: tooLate, resolve } = Promise.withResolvers();
	const timer = setTimeout(() => resolve(`no answer within ${timeoutMs / 1e3} s`), timeoutMs);
	try {
		return await Promise.race([ask().catch((error) => messageOf(error)), tooLate]);
	} finally {
		clearTimeout(timer);
	}
}
// src/engine/sqlite/attributes.ts
const run = promisify(execFile);
async function copyAttributes(from, to) {
	const source = statIfThere(from);
	if (source === void 0) return false;
	try {
		await chown(to, Number(source.uid), Number(source.gid));
	} catch (error) {
		if (errorCode(error) !== "EPERM") throw error;
	}
	await chmod(to, Number(source.mode & 4095n));
	return (process.platform !== "linux" || await copyAccessList(from, to)) && sameOwnerAndMode(from, to);
}
function sameOwnerAndMode(a, b) {
	const [one, other] = [statIfThere(a), statIfThere(b)];
	return one !== void 0 && other !== void 0 && one.uid === other.uid && one.gid === other.gid && one.mode === other.mode;
}
async function copyAccessList(from, to) {
	try {
		await run("cp", [
			"--attributes-only",
			"--preserve=mode",
			"--",
			from,
			to
		]);
		return true;
	} catch (error) {
		if (error instanceof Error) return false;
		throw error;
	}
}
// src/engine/sqlite/durable.ts
async function syncFile(path) {
	await using file = await open(path, "r+");
	await file.sync();
}
function syncFolder$1(path) {
	if (process.platform === "win32") return;
	const folder = openSync(path, "r");
	try {
		fsyncSync(folder);
	} finally {
		closeSync(folder);
	}
}
async function removeDatabase(path) {
	for (const file of [...sideFiles(path), path]) await rm(file, { force: true });
}
// src/engine/sqlite/copies.ts
function describeCopy(place, path, facts = {}) {
	const evidence = evidenceOf(path);
	const copy = listedCopy(place, path);
	if (evidence === void 0 || copy === void 0) throw failure("copy-missing", `the copy ${path} is gone`, { hint: "somebody removed it while Belay worked; run again" });
	return {
		...copy,
		evidence: {
			...evidence,
			...facts
		}
	};
}
async function listCopies(place) {
	try {
		return (await readdir(place.folder)).sort().flatMap((name) => listedCopy(place, join(place.folder, name)) ?? []);
	} catch (error) {
		if (isMissing$1(error)) return [];
		throw error;
	}
}
function listedCopy(place, path) {
	const parsed = parseAside(place, basename(path));
	const stats = parsed && statIfThere(path);
	return stats && {
		...parsed,
		place: path,
		sizeBytes: Number(stats.size),
		madeAt: stats.mtime.toISOString(),
		evidence: null
	};
}
async function discardCopy(place, { place: path }) {
	const ours = dirname(path) === place.folder && parseAside(place, basename(path)) !== void 0;
	const isTarget = fileIdentity(path) !== void 0 && fileIdentity(path) === fileIdentity(place.file);
	if (!ours || isTarget) throw refusal("not-a-copy", `${path} is no copy of Belay's beside ${place.configured}`, { hint: "only clones, scratch files and databases kept aside are dropped" });
	await removeDatabase(path);
	syncFolder$1(place.folder);
}
function assertUnchanged({ place: path, evidence }) {
	const proven = parseEvidence(evidence);
	const now = evidenceOf(path);
	if (now !== void 0 && (proven === void 0 || stillHolds(path, proven))) return now;
	throw failure("copy-changed", now === void 0 ? `the copy ${path} is gone` : `the copy ${path} was changed after it was proven`, {
		hint: "it cannot take the database's place; the backup can",
		facts: { copy: path }
	});
}
// src/engine/sqlite/remote.ts
const CLOSE_MS = 6e4;
var Remote = class Remote {
	pid;
	#child;
	#exited;
	#waiting = new Map();
	#signal;
	#kill = () => this.kill();
	#calls = 0;
	#ended;
	constructor(child, pid, signal) {
		this.pid = pid;
		this.#child = child;
		this.#signal = signal;
		this.#exited = once(child, "exit");
		child.on("message", (response) => this.#settle(response));
		child.on("exit", (status, by) => this.#fail(endOf$1(status, by, signal)));
		signal?.addEventListener("abort", this.#kill);
	}
	static async start(file, options = {}) {
		options.signal?.throwIfAborted();
		const child = fork(hostEntry(), [String(process.pid)], {
			detached: true,
			serialization: "advanced",
			execArgv: [],
			env: hostEnvironment(),
			stdio: [
				"ignore",
				"ignore",
				"inherit",
				"ipc"
			]
		});
		if (child.pid === void 0) throw failure("host-not-started", `${process.execPath} could not be started`, { hint: "the system may be out of processes or memory" });
		const remote = new Remote(child, child.pid, options.signal);
		try {
			await options.recordProcess?.(startedProcess(child.pid, "engine"));
			await remote.call("open", file);
			return remote;
		} catch (error) {
			await remote.end();
			throw error;
		}
	}
	async call(call, ...given) {
		if (this.#ended !== void 0) throw this.#ended;
		const request = {
			id: this.#calls++,
			call,
			arguments: given
		};
		const result = new Promise((resolve, reject) => this.#waiting.set(request.id, {
			resolve,
			reject
		}));
		this.#child.send(request);
		return await result;
	}
	get ended() {
		return this.#ended !== void 0;
	}
	kill() {
		this.#child.kill("SIGKILL");
	}
	async end() {
		this.kill();
		await this.#exited;
	}
	async [Symbol.asyncDispose]() {
		const late = setTimeout(this.#kill, CLOSE_MS);
		try {
			if (this.#ended === void 0) await this.call("close");
		} catch (error) {
			if (error !== this.#ended) throw error;
		} finally {
			if (this.#child.connected) this.#child.disconnect();
			await this.#exited;
			clearTimeout(late);
			this.#signal?.removeEventListener("abort", this.#kill);
		}
	}
	#settle(response) {
		const waiting = this.#waiting.get(response.id);
		this.#waiting.delete(response.id);
		if ("error" in response) waiting?.reject(unpackError(response.error));
		else waiting?.resolve(response.result);
	}
	#fail(error) {
		this.#ended = error;
		for (const { reject } of this.#waiting.values()) reject(error);
		this.#waiting.clear();
	}
};
function endOf$1(status, by, signal) {
	if (signal?.aborted === true) return signal.reason instanceof BelayError ? signal.reason : failure("interrupted", "the work on the database was interrupted; what was not committed is undone", { cause: signal.reason });
	return failure("host-ended", `the process that works on the database ended by itself (${by ?? `status ${status}`})`, {
		hint: "the system may have run out of memory; what was not committed is undone",
		facts: {
			status,
			signal: by
		}
	});
}
function hostEntry() {
	return fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./host.ts" : "./sqlite-host.js", import.meta.url));
}
function hostEnvironment() {
	return Object.fromEntries([
		"TMPDIR",
		"TEMP",
		"TMP",
		"SQLITE_TMPDIR",
		"SystemRoot"
	].flatMap((name) => process.env[name] === void 0 ? [] : [[name, process.env[name]]]));
}
// src/engine/sqlite/fetch-backup.ts
const BACKUP_FILE = "database.sqlite";
async function fetchBackup(store, folder, manifest, path, progress) {
	const file = onlyFile(manifest, folder);
	const part = `${path}.part`;
	await removeDatabase(part);
	try {
		await download(store, `${folder}/${file.name}`, file, part, progress);
		await syncFile(part);
		await assertRows(part, manifest, `${folder}/${file.name}`);
		await removeDatabase(path);
		await rename(part, path);
		syncFolder$1(dirname(path));
	} catch (error) {
		await removeDatabase(part);
		throw error;
	}
}
function onlyFile({ files }, folder) {
	const [file, another] = files;
	if (file === void 0 || another !== void 0) throw damaged(`${folder}/manifest.json`, `it names ${files.length} files and a backup of SQLite has one`);
	return file;
}
async function download(store, key, expected, to, progress) {
	const hash = createHash("sha256");
	let sizeBytes = 0;
	const meter = new Transform({ transform(chunk, _encoding, done) {
		hash.update(chunk);
		sizeBytes += chunk.length;
		progress?.(sizeBytes, expected.sizeBytes);
		done(null, chunk);
	} });
	await pipeline(await store.get(key), meter, createWriteStream(to, { mode: 384 }));
	if (sizeBytes !== expected.sizeBytes) throw damaged(key, `it has ${sizeBytes} bytes and the manifest says ${expected.sizeBytes}`);
	if (hash.digest("hex") !== expected.sha256) throw damaged(key, "its SHA-256 is not the manifest's");
}
async function assertRows(path, manifest, key) {
	await using host = await Remote.start(path);
	const { rows } = await host.call("describe");
	const wrong = firstDifference(Object.fromEntries(manifest.tables.map(({ name, rows: count }) => [name, count])), rows);
	if (wrong !== void 0) throw damaged(key, wrong);
}
function firstDifference(expected, found) {
	const table = [...new Set([...Object.keys(expected), ...Object.keys(found)])].find((name) => expected[name] !== found[name]);
	return table === void 0 ? void 0 : `table ${table} has ${found[table] ?? "no"} rows and should have ${expected[table] ?? "none"}`;
}
function damaged(key, why) {
	return failure("backup-damaged", `the backup's file ${key} is damaged: ${why}`, {
		hint: "use another backup: `belay backups` lists them",
		facts: { file: key }
	});
}
// src/engine/sqlite/watch-size.ts
const EVERY_MS = 100;
function watchSize(path, totalBytes, progress) {
	if (progress === void 0) return { [Symbol.dispose]: () => void 0 };
	const look = () => progress(Math.min(Number(statIfThere(path)?.size ?? 0n), totalBytes), totalBytes);
	const timer = setInterval(look, EVERY_MS);
	return { [Symbol.dispose]() {
		clearInterval(timer);
		look();
	} };
}
// src/engine/sqlite/backup.ts
async function takeBackup(source, request) {
	try {
		const { attributesKept, ...taken } = await inSnapshot(source.remote, () => backupOfSnapshot(source, request));
		return {
			...taken,
			clone: await keepClone(source.place, request, attributesKept)
		};
	} catch (error) {
		await removeWritten(source.place, request);
		throw error;
	}
}
async function inSnapshot(remote, work) {
	await remote.call("beginSnapshot");
	try {
		return await work();
	} finally {
		if (!remote.ended) await remote.call("endSnapshot");
	}
}
async function backupOfSnapshot(source, request) {
	const { remote, place } = source;
	const observed = await request.observe(source.session);
	const schema = await remote.call("schema");
	const facts = await remote.call("describe");
	const file = await copyToStore(source, request);
	return {
		observed,
		schema,
		tables: Object.entries(facts.rows).map(([name, rows]) => ({
			name,
			rows,
			fingerprint: null
		})),
		sequences: facts.sequences,
		files: [file],
		...await prove(source, request, facts),
		engineVersion: source.engineVersion,
		toolVersions: {},
		restore: [`sqlite3 ${shellQuote(place.configured)} ".restore ${BACKUP_FILE}"`],
		engineFacts: {
			...facts.engineFacts,
			...ownership(place.file)
		},
		identity: source.identity
	};
}
function proofPath(place, { clone, run }) {
	return asidePath(place, clone ? "clone" : "scratch", run);
}
async function keepClone(place, request, attributesKept) {
	const path = proofPath(place, request);
	if (request.clone) return describeCopy(place, path, { attributesKept });
	await removeDatabase(path);
	return null;
}
async function copyToStore(source, { store, folder, run, progress }) {
	const key = `${folder}/${BACKUP_FILE}`;
	const local = store.localPath(key);
	const path = local ?? asidePath(source.place, "scratch", run);
	if (local !== null) await mkdir(dirname(local), { recursive: true });
	await removeDatabase(path);
	await copySnapshot(source, path, progress);
	const stored = local === null ? await store.put(key, createReadStream(path)) : await store.finish(key);
	if (local === null) await removeDatabase(path);
	return {
		name: BACKUP_FILE,
		...stored
	};
}
async function copySnapshot({ remote, place }, path, progress) {
	using _ = watchSize(path, Number(statIfThere(place.file)?.size ?? 0n), progress);
	await remote.call("copyTo", path);
	await chmod(path, 384);
}
async function prove(source, request, facts) {
	if (!request.clone && request.proof === "read") return proveByReading(source, request, facts);
	const path = proofPath(source.place, request);
	await restoreStored(request, path);
	const attributesKept = await copyAttributes(source.place.file, path);
	await syncFile(path);
	syncFolder$1(source.place.folder);
	return {
		proof: "restored",
		lacks: await proveByComparing(source, path),
		attributesKept
	};
}
async function restoreStored({ store, folder }, path) {
	const key = `${folder}/${BACKUP_FILE}`;
	const local = store.localPath(key);
	await removeDatabase(path);
	if (local === null) await pipeline(await store.get(key), createWriteStream(path, { mode: 384 }));
	else await copyFile(local, path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
}
async function proveByComparing({ remote }, path) {
	const { data, sameSchema, sameSequences } = await remote.call("compare", path, "all");
	const unreadable = data.tables.filter(({ unproven }) => unproven !== void 0);
	const different = data.tables.find((table) => table.unproven === void 0 && !untouched(table));
	if (different !== void 0) throw unproven(`table ${different.name} came out with other rows (${differenceOf(different)})`);
	if (!sameSchema) throw unproven("its structure came out different");
	if (!sameSequences) throw unproven("its sequences came out different");
	if (unreadable.length === 0 && !sameData(data)) throw unproven("its data came out different");
	return unreadable.map(({ name, unproven: why }) => `table ${name} is in the backup, but was not compared: ${why}`);
}
async function proveByReading(source, request, facts) {
	const key = `${request.folder}/${BACKUP_FILE}`;
	const local = request.store.localPath(key);
	const path = local ?? asidePath(source.place, "scratch", request.run);
	if (local === null) await restoreStored(request, path);
	const difference = firstDifference(facts.rows, await source.remote.call("countRowsOf", path));
	if (local === null) await removeDatabase(path);
	if (difference !== void 0) throw unproven(difference);
	return {
		proof: "read",
		lacks: [],
		attributesKept: false
	};
}
async function removeWritten(place, { store, folder, run, clone }) {
	await removeDatabase(asidePath(place, "scratch", run));
	if (clone) await removeDatabase(asidePath(place, "clone", run));
	await store.remove(folder);
}
function unproven(why) {
	return failure("backup-unproven", `the backup does not hold what the database holds: ${why}`, { hint: "nothing was migrated; look at the store's disk, then run again" });
}
function differenceOf({ added, removed, changed }) {
	return `${added} too many, ${removed} missing, ${changed} different`;
}
function ownership(file) {
	const stats = statIfThere(file);
	return stats === void 0 ? {} : {
		uid: Number(stats.uid),
		gid: Number(stats.gid),
		mode: (stats.mode & 4095n).toString(8).padStart(4, "0")
	};
}
function shellQuote(path) {
	return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
// src/engine/sqlite/later-writes.ts
async function makeMark(place, remote, run) {
	const path = asidePath(place, "after", run);
	await removeDatabase(path);
	try {
		await remote.call("copyTo", path);
		await chmod(path, 384);
		await syncFile(path);
		syncFolder$1(place.folder);
		return {
			place: path,
			evidence: describeCopy(place, path).evidence
		};
	} catch (error) {
		await removeDatabase(path);
		throw error;
	}
}
async function writesSince(place, mark) {
	const copy = unchangedCopy(mark);
	if (copy === void 0) return null;
	await using remote = await Remote.start(place.file);
	const { data } = await remote.call("compare", copy, "all");
	return data.tables.filter((table) => !untouched(table)).map(writesOf);
}
function unchangedCopy(mark) {
	if (typeof mark !== "object" || mark === null || !("place" in mark) || !("evidence" in mark)) return void 0;
	const evidence = parseEvidence(mark.evidence);
	return typeof mark.place === "string" && evidence !== void 0 && stillHolds(mark.place, evidence) ? mark.place : void 0;
}
function writesOf({ name, added, changed, removed, unproven, columnsAdded, columnsDropped }) {
	return unproven === void 0 && columnsAdded.length + columnsDropped.length === 0 ? {
		table: name,
		written: added + changed,
		gone: removed
	} : {
		table: name,
		written: null,
		gone: null
	};
}
// src/engine/sqlite/lock.ts
var import_lib = __toESM(require_lib(), 1);
async function takeLock(place, waitMs) {
	const db = openLockFile(place);
	try {
		await whenFree(waitMs, () => db.exec("begin exclusive"));
	} catch (error) {
		db.close();
		throw isBusy(error) ? locked(place.configured, place.lock) : error;
	}
	return { [Symbol.dispose]: () => void db.close() };
}
function probeLock(place) {
	if (!existsSync(place.lock)) return {
		held: false,
		holder: null
	};
	const db = new import_lib.default(place.lock, {
		fileMustExist: true,
		timeout: 0
	});
	try {
		db.prepare("select count(*) from sqlite_schema").get();
		return {
			held: false,
			holder: null
		};
	} catch (error) {
		if (isBusy(error)) return {
			held: true,
			holder: nameHolders(place.lock)
		};
		if (isSqliteError(error) && error.code.startsWith("SQLITE_READONLY")) return {
			held: false,
			holder: null
		};
		throw error;
	} finally {
		db.close();
	}
}
function openLockFile(place) {
	try {
		return new import_lib.default(place.lock, { timeout: 0 });
	} catch (error) {
		if (!isSqliteError(error) && !(error instanceof TypeError)) throw error;
		throw refusal("lock-unavailable", `the lock ${place.lock} cannot be opened: ${error.message}`, {
			hint: "Belay must be able to write files in the database's folder",
			cause: error
		});
	}
}
function locked(target, lock) {
	const holder = nameHolders(lock);
	return refusal("locked", `another run of Belay has ${target}${holder === null ? "" : `: ${holder}`}`, {
		hint: "wait until it has ended; `belay status` shows who has the lock",
		facts: { holder }
	});
}
// src/engine/sqlite/reference.ts
async function compareReference(place, reference, work) {
	if ("copy" in reference) {
		assertUnchanged(reference.copy);
		return work(reference.copy.place);
	}
	const { store, folder, manifest } = reference.backup;
	const path = `${asidePath(place, "scratch", manifest.run)}_0`;
	try {
		await fetchBackup(store, folder, manifest, path);
		return await work(path);
	} finally {
		await removeDatabase(path);
	}
}
// src/engine/sqlite/in-place.ts
async function replaceInPlace(place, intent, names, owner) {
	assertUnchanged(intent.from);
	if (fileIdentity(place.file) !== names.target) throw failure("target-changed", `${place.file} is no longer the file that was to be restored`, { hint: "somebody put another file in its place; look at both before anything else" });
	await keepAside(place, intent);
	await using copy = await Remote.start(intent.from.place);
	await copy.call("overwrite", place.file, owner);
}
async function keepAside(place, { keepAs, from }) {
	const names = [keepAs, ...Array.from({ length: 99 }, (_, index) => `${keepAs}_${index + 2}`)];
	await using target = await Remote.start(place.file);
	for (const name of names) {
		if (statIfThere(name) === void 0) return await copyAside(place, target, name);
		if (await equal(target, name)) return;
		if (name === keepAs && await equal(target, from.place)) return;
	}
	throw failure("aside-name-taken", `${names.length} databases are kept beside ${place.file} already`, { hint: "remove those that nobody needs, then run `belay recover`" });
}
async function equal(target, other) {
	const { data, sameSchema, sameSequences } = await target.call("compare", other, "all");
	return sameSchema && sameSequences && sameData(data);
}
async function copyAside(place, target, name) {
	const part = `${name}.part`;
	await removeDatabase(part);
	await target.call("copyTo", part);
	await copyAttributes(place.file, part);
	await syncFile(part);
	await rename(part, name);
	syncFolder$1(place.folder);
}
// src/engine/sqlite/exclusive.ts
async function lockExclusively(file, waitMs) {
	const db = new import_lib.default(file, {
		fileMustExist: true,
		timeout: 0
	});
	try {
		db.pragma("synchronous = full");
		db.pragma("locking_mode = exclusive");
		await whenFree(waitMs, () => db.exec("begin exclusive"));
	} catch (error) {
		db.close();
		if (isDamaged(error)) return null;
		throw error;
	}
	return {
		emptyLog() {
			db.exec("commit");
			const [result] = db.pragma("wal_checkpoint(truncate)");
			if (result?.busy !== 0) throw new import_lib.default.SqliteError("the write-ahead log could not be emptied", "SQLITE_BUSY");
		},
		[Symbol.dispose]: () => void db.close()
	};
}
// src/engine/sqlite/mounts.ts
function isMountedByItself(file) {
	const own = readMounts("self");
	const home = own.filter(({ point }) => isBelow(file, point)).sort((a, b) => b.point.length - a.point.length)[0];
	if (home === void 0) return false;
	if (home.point === file) return true;
	const inFileSystem = joinRoot(home.root, file.slice(home.point === "/" ? 0 : home.point.length));
	return [own, ...otherNamespaces()].some((mounts) => mounts.some(({ device, root }) => device === home.device && root === inFileSystem));
}
function otherNamespaces() {
	const seen = new Set([readLink("self")]);
	return processes().flatMap((pid) => {
		const namespace = readLink(pid);
		if (namespace === void 0 || seen.has(namespace)) return [];
		seen.add(namespace);
		return [readMounts(pid)];
	});
}
function readMounts(pid) {
	return (ifThere(() => readFileSync(`/proc/${pid}/mountinfo`, "utf8")) ?? "").split("\n").flatMap((line) => {
		const [, , device, root, point] = line.split(" ");
		return device === void 0 || root === void 0 || point === void 0 ? [] : [{
			device,
			root: unescape(root),
			point: unescape(point)
		}];
	});
}
function unescape(path) {
	return path.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
function isBelow(file, point) {
	return point === "/" || file === point || file.startsWith(`${point}/`);
}
function joinRoot(root, rest) {
	return root === "/" ? rest : root + rest;
}
function processes() {
	return (ifThere(() => readdirSync("/proc")) ?? []).filter((name) => /^\d+$/.test(name));
}
function readLink(pid) {
	return ifThere(() => readlinkSync(`/proc/${pid}/ns/mnt`));
}
function ifThere(read) {
	try {
		return read();
	} catch (error) {
		if (error instanceof Error) return void 0;
		throw error;
	}
}
// src/engine/sqlite/refuse-open.ts
const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";
function assertReadableFile({ configured, file, folder }) {
	const stats = statIfThere(file);
	if (stats === void 0 && isSymbolicLink(configured)) throw refusal("target-missing", `${configured} is a symbolic link that leads nowhere`, { hint: "mend the link, or correct `target` in belay.yml" });
	if (stats === void 0 && statIfThere(folder) === void 0) throw refusal("target-missing", `there is no folder ${folder}, so no database ${configured}`, { hint: "correct `target` in belay.yml" });
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
	return (stored === 1 ? 65536 : stored) * header.readUInt32BE(28);
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
	try {
		accessSync(path, mode);
		return true;
	} catch (error) {
		if ([
			"EACCES",
			"EROFS",
			"EPERM",
			"ENOENT"
		].includes(errorCode(error) ?? "")) return false;
		throw error;
	}
}
// src/engine/sqlite/replacement.ts
async function planReplacement(place, copy, run) {
	const { dev, ino } = assertUnchanged(copy);
	const stats = statIfThere(place.file);
	const names = {
		file: place.file,
		target: stats === void 0 ? null : identityOf(stats),
		copy: `${dev}:${ino}`
	};
	const obstacle = stats === void 0 ? null : await obstacleToRename(place, copy);
	return {
		strategy: obstacle === null ? "swap" : "restore",
		way: obstacle === null ? null : "in-place",
		why: obstacle ?? "nobody has the file open, so a proven copy takes its name",
		keepAs: asidePath(place, "failed", run),
		from: copy,
		names: { ...names }
	};
}
function namesOf(place, intent) {
	const names = intent.names;
	if (typeof names === "object" && names !== null && "file" in names && "copy" in names && "target" in names) {
		const { file, copy, target } = names;
		if (file !== place.file) throw refusal("wrong-target", `this replacement is of ${String(file)}, not of ${place.file}`, { hint: "the target's path leads elsewhere than when the run began" });
		if (typeof copy === "string" && (target === null || typeof target === "string")) return {
			file: place.file,
			target,
			copy
		};
	}
	throw failure("intent-unreadable", `what the journal says of replacing ${basename(place.file)} cannot be read`, { hint: "use the version of Belay that made this run" });
}
async function obstacleToRename(place, copy) {
	const stats = statIfThere(place.file);
	if (process.platform !== "linux") return "this system does not tell who has a file open";
	if (isSymbolicLink(place.configured)) return `${place.configured} is a symbolic link`;
	if (stats !== void 0 && stats.nlink > 1n) return `${place.file} has more than one name (hard links)`;
	if (isMountedByItself(place.file)) return `${place.file} is mounted by itself, into a container for example`;
	if (!attributesKept(copy) || !sameOwnerAndMode(place.file, copy.place)) return "the copy could not be given the owner, mode and access list of the file";
	return holderObstacle(place);
}
function attributesKept({ evidence }) {
	return typeof evidence === "object" && evidence !== null && "attributesKept" in evidence && evidence.attributesKept === true;
}
async function holderObstacle({ file }) {
	const stats = statIfThere(file);
	if (stats === void 0) return null;
	const { pids, complete } = openHolders(identityOf(stats));
	if (pids.length > 0) return `${pids.map(describeProcess).join(", ")} has the file open`;
	if (!complete && !isWal(file)) return "some processes cannot be looked into, and one of them may have the file open";
	try {
		using _ = await lockExclusively(file, 0);
		return null;
	} catch (error) {
		if (isBusy(error)) return "somebody has the file open";
		throw error;
	}
}
// src/engine/sqlite/swap.ts
const WAIT_MS$1 = 5e3;
async function replaceByRename(place, intent, names) {
	if (fileIdentity(place.file) === names.copy) return finish(place, intent, names);
	assertUnchanged(intent.from);
	assertStartingPoint(place, intent, names);
	try {
		await swapUnderLocks(place, intent, names);
	} catch (error) {
		throw isBusy(error) ? targetBusy(place.file, error) : error;
	}
	await finish(place, intent, names);
}
async function swapUnderLocks(place, intent, names) {
	using copy = await lockExclusively(intent.from.place, WAIT_MS$1);
	if (copy === null) throw failure("copy-changed", `the copy ${intent.from.place} is damaged`, { hint: "it cannot take the database's place; the backup can" });
	if (names.target === null) return takeFreeName(place, intent);
	using target = await lockExclusively(place.file, WAIT_MS$1);
	exchange(place, intent, names.target, target);
}
function exchange(place, intent, replaced, target) {
	refuseHolders(place, replaced);
	if (target === null) keepSideFiles(place, intent);
	else dropSideFiles(place, target);
	if (fileIdentity(intent.keepAs) === void 0) linkSync(place.file, intent.keepAs);
	syncFolder$1(place.folder);
	renameSync(intent.from.place, place.file);
	syncFolder$1(place.folder);
	try {
		refuseHolders(place, replaced);
	} catch (error) {
		undo(place, intent);
		throw error;
	}
}
function refuseHolders(place, identity) {
	const { pids } = openHolders(identity);
	if (pids.length > 0) throw targetBusy(place.file, void 0, pids.map(describeProcess).join(", "));
}
function dropSideFiles({ file }, target) {
	target.emptyLog();
	for (const side of sideFiles(file)) rmSync(side, { force: true });
}
function keepSideFiles({ file }, { keepAs }) {
	for (const [index, side] of sideFiles(file).entries()) {
		const kept = sideFiles(keepAs)[index];
		if (kept !== void 0 && statIfThere(side) !== void 0) renameSync(side, kept);
	}
}
function undo(place, { from, keepAs }) {
	linkSync(place.file, from.place);
	renameSync(keepAs, place.file);
	syncFolder$1(place.folder);
}
function takeFreeName(place, { from }) {
	for (const side of sideFiles(place.file)) rmSync(side, { force: true });
	linkSync(from.place, place.file);
	syncFolder$1(place.folder);
}
async function finish(place, { from, keepAs }, names) {
	const leftover = fileIdentity(from.place);
	if (leftover === void 0 || leftover === names.copy) await removeDatabase(from.place);
	syncFolder$1(place.folder);
	const stillOpen = names.target === null ? [] : openHolders(names.target).pids;
	if (stillOpen.length === 0) return;
	throw failure("replaced-file-in-use", `${stillOpen.map(describeProcess).join(", ")} still works on the database that was replaced`, {
		hint: `restart it: what it writes goes to ${keepAs}`,
		facts: { pids: stillOpen }
	});
}
function assertStartingPoint(place, { keepAs }, names) {
	const target = fileIdentity(place.file) ?? null;
	const kept = fileIdentity(keepAs);
	if (target !== names.target) throw failure("target-changed", `${place.file} is no longer the file that was to be replaced`, {
		hint: "somebody put another file in its place; look at both before anything else",
		facts: {
			expected: names.target,
			found: target
		}
	});
	if (kept !== void 0 && kept !== names.target) throw failure("aside-name-taken", `${keepAs} is there already and is not the database that is to be kept`, { hint: "move it away, then run `belay recover`" });
}
// src/engine/sqlite/replace.ts
async function replaceTarget(place, intent, owner) {
	const names = namesOf(place, intent);
	if (intent.strategy === "swap") return replaceByRename(place, intent, names);
	if (intent.way === "in-place") return replaceInPlace(place, intent, names, owner);
	throw failure("intent-unreadable", `SQLite knows no way "${intent.way}" to restore`, { hint: "use the version of Belay that made this run" });
}
// src/engine/sqlite/session.ts
function remoteSession(remote) {
	let inTransaction = false;
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
// src/engine/sqlite/workspace.ts
async function openWorkspace(target, place, options) {
	assertReadableFile(place);
	const remote = await Remote.start(place.file, options);
	try {
		return await workspaceOn(remote, target, place);
	} catch (error) {
		await remote.end();
		throw openRefusal(place, error);
	}
}
async function workspaceOn(remote, target, place) {
	const session = remoteSession(remote);
	const { rows } = await session.query("select 'SQLite ' || sqlite_version()");
	const engineVersion = String(rows[0]?.[0]);
	let seen;
	const identity = async () => ({
		live: fileIdentity(place.file) ?? "missing",
		lasting: target.configured
	});
	return {
		session,
		engineVersion,
		identity,
		schema: () => remote.call("schema"),
		async backup(request) {
			return takeBackup({
				place,
				remote,
				session,
				engineVersion,
				identity: await identity()
			}, {
				...request,
				observe: async (observer) => {
					seen = await remote.call("dataVersion");
					return request.observe(observer);
				}
			});
		},
		async compare(reference) {
			const { data } = await compareReference(place, reference, (path) => inSnapshot(remote, () => remote.call("compare", path, "application")));
			return data;
		},
		async disturbance() {
			if (seen === void 0) throw refusal("no-backup-yet", "whether anybody else wrote is known only after a backup of this workspace", { hint: "take the backup first" });
			if (await remote.call("dataVersion") === seen) return null;
			const holders = nameHolders(place.file, [remote.pid]);
			return `another connection wrote to ${place.configured} after the backup${holders === null ? "" : `; open in ${holders}`}`;
		},
		mark: (run) => makeMark(place, remote, run),
		[Symbol.asyncDispose]: () => remote[Symbol.asyncDispose]()
	};
}
// src/engine/sqlite/hold.ts
async function holdTarget(target, waitMs) {
	const place = await locate(target);
	const lock = await takeLock(place, waitMs);
	try {
		const { fence, state } = await nextFence(place.state, waitMs);
		return holdOn(target, place, lock, fence, state);
	} catch (error) {
		lock[Symbol.dispose]();
		throw isBusy(error) ? locked(place.configured, place.state) : error;
	}
}
function holdOn(target, place, lock, fence, state) {
	const owner = {
		state: place.state,
		fence
	};
	let open;
	const assertNoWorkspace = () => {
		if (open !== void 0) throw refusal("workspace-open", `${place.configured} is open for work`, { hint: "close the workspace first" });
	};
	return {
		target,
		fence,
		state,
		writeState: (row) => writeState(place.state, {
			...row,
			fence
		}),
		assertOwner: async () => assertFence(await readState$1(place.state), fence),
		async work(options) {
			assertNoWorkspace();
			const workspace = await openWorkspace(target, place, options);
			open = {
				...workspace,
				async [Symbol.asyncDispose]() {
					open = void 0;
					await workspace[Symbol.asyncDispose]();
				}
			};
			return open;
		},
		copies: () => listCopies(place),
		discard: (copy) => discardCopy(place, copy),
		async restoreAside(store, folder, manifest, run, progress) {
			const path = asidePath(place, "scratch", run);
			await fetchBackup(store, folder, manifest, path, progress);
			return describeRestored(place, path);
		},
		async planReplacement(copy, run) {
			assertNoWorkspace();
			return planReplacement(place, copy, run);
		},
		async replace(intent) {
			assertNoWorkspace();
			await replaceTarget(place, intent, owner);
		},
		async compareWith(reference) {
			assertNoWorkspace();
			return compareReference(place, reference, async (path) => {
				await using remote = await Remote.start(place.file);
				return await inSnapshot(remote, () => remote.call("compare", path, "all"));
			});
		},
		laterWrites: (mark) => writesSince(place, mark),
		[Symbol.asyncDispose]: async () => lock[Symbol.dispose]()
	};
}
async function describeRestored(place, path) {
	const attributesKept = await copyAttributes(place.file, path);
	await syncFile(path);
	return describeCopy(place, path, { attributesKept });
}
// src/engine/sqlite/read-view.ts
const WAIT_MS = 5e3;
async function openView(target) {
	const place = await locate(target);
	assertReadableFile(place);
	const db = await openReadOnly(place);
	const sizeBytes = Number(statIfThere(place.file)?.size ?? 0n) + Number(statIfThere(`${place.file}-wal`)?.size ?? 0n);
	return {
		session: readSession(db),
		engineVersion: versionOf$1(db),
		sizeBytes,
		identity: async () => ({
			live: fileIdentity(place.file) ?? "missing",
			lasting: target.configured
		}),
		schema: async () => whenFree(WAIT_MS, () => readSchema(db)),
		[Symbol.asyncDispose]: async () => void db.close()
	};
}
async function openReadOnly(place) {
	let db;
	try {
		const opened = connect$1(place);
		db = opened;
		opened.pragma("query_only = on");
		await whenFree(WAIT_MS, () => opened.prepare("select count(*) from sqlite_schema").get());
		return opened;
	} catch (error) {
		db?.close();
		throw openRefusal(place, error);
	}
}
function connect$1({ configured, file }) {
	const walInUse = (statIfThere(`${file}-wal`)?.size ?? 0n) > 0n && statIfThere(`${file}-shm`) !== void 0;
	if (!walInUse && !allows(file, constants.W_OK) && isWal(file)) throw refusal("target-unreadable", `${configured} is in WAL mode and this user may not write it, so reading it would leave files beside it`, { hint: "run Belay as the user that owns the database" });
	return new import_lib.default(file, {
		fileMustExist: true,
		readonly: walInUse,
		timeout: 0
	});
}
function readSession(db) {
	const refuse = () => Promise.reject(refusal("read-only-session", "this look at the database may not write", { hint: "only a run of Belay writes" }));
	return {
		dialect: "sqlite",
		query: (sql, parameters) => whenFree(WAIT_MS, () => runQuery(db, sql, parameters, { readOnly: true })),
		execute: refuse,
		transaction: refuse
	};
}
// src/engine/sqlite/preflight.ts
const MARGIN_BYTES = 16777216;
async function preflight(target, copies) {
	const place = await locate(target);
	await using view = await openView(target);
	assertWritable(place);
	await assertRoom(place, view.sizeBytes, copies);
	return notes(place);
}
function assertWritable({ configured, file, folder }) {
	for (const [path, what] of [[file, configured], [folder, `the folder ${folder}, where copies go,`]]) if (!allows(path, constants.W_OK)) throw refusal("target-read-only", `${what} cannot be written by this user, or its file system is read-only`, { hint: "run Belay as the user that owns the database; `mount` tells of a read-only file system" });
}
async function assertRoom({ folder }, sizeBytes, copies) {
	const { bavail, bsize } = await statfs(folder);
	const free = bavail * bsize;
	const needed = sizeBytes * copies + MARGIN_BYTES;
	if (free >= needed) return;
	throw refusal("no-space", `${folder} has ${megabytes(free)} free and this run may need ${megabytes(needed)} (${copies} copies of ${megabytes(sizeBytes)})`, {
		hint: "make room, or move backups to another disk with `backup.store`",
		facts: {
			freeBytes: free,
			neededBytes: needed
		}
	});
}
function notes(place) {
	const stats = statIfThere(place.file);
	if (stats === void 0) return [];
	const { pids } = openHolders(identityOf(stats));
	const slow = isSymbolicLink(place.configured) || stats.nlink > 1n || isMountedByItself(place.file);
	return [...pids.length > 0 ? [`${place.configured} is open in ${pids.map(describeProcess).join(", ")}`] : [], ...slow ? [`${place.configured} has more than one name (a link or a mount): a rollback copies the data back instead of renaming`] : []];
}
function megabytes(bytes) {
	return `${Math.ceil(bytes / 1e6)} MB`;
}
// src/engine/sqlite/restore-into.ts
async function restoreInto(into, store, folder, manifest) {
	const place = await locate(into);
	const taken = [place.file, ...sideFiles(place.file)].find((path) => (statIfThere(path)?.size ?? 0n) > 0n || statIfThere(path)?.isDirectory());
	if (taken !== void 0) throw refusal("restore-target-not-empty", `${taken} is there already`, { hint: "name a path where nothing is" });
	const arriving = `${place.file}.belay-restore`;
	try {
		await fetchBackup(store, folder, manifest, arriving);
		const { mode } = manifest.engineFacts;
		if (typeof mode === "string") await chmod(arriving, Number.parseInt(mode, 8));
		await rename(arriving, place.file);
		syncFolder$1(place.folder);
	} catch (error) {
		await removeDatabase(arriving);
		throw error;
	}
}
// src/engine/sqlite/engine.ts
const sqliteEngine = {
	name: "sqlite",
	abilities: {
		transactionalDdl: true,
		renameSwap: true,
		exactCompare: true,
		schemas: false,
		defaultStoreBesideTarget: true
	},
	open: openView,
	preflight,
	defaultStore: ({ address }) => join(dirname(address), "belay-backups"),
	hold: holdTarget,
	probe: async (target) => probeLock(await locate(target)),
	readState: async (target) => readState$1((await locate(target)).state),
	restoreInto
};
// src/process/environment.ts
const WITHHELD = /^(?:INPUT_|ACTIONS_|GITHUB_TOKEN$)/;
const BASICS = [
	"PATH",
	"HOME",
	"USER",
	"LOGNAME",
	"SHELL",
	"LANG",
	"LC_ALL",
	"LC_CTYPE",
	"TZ",
	"TMPDIR"
];
function childEnvironment(inherited, { add, withheld, allow }) {
	const passes = (name) => {
		if (allow !== void 0) return allow.includes(name) || BASICS.includes(name);
		return !WITHHELD.test(name) && !withheld.includes(name);
	};
	const variables = {};
	for (const [name, value] of Object.entries(inherited)) if (value !== void 0 && passes(name)) variables[name] = value;
	return {
		...variables,
		...add
	};
}
function formsOf(secret) {
	const whole = [secret, ...passwordsOf(secret)].flatMap((text) => [text, percentDecoded(text)]);
	const long = [...new Set(whole.flatMap((text) => [text, ...linesOf(text)]))].filter((text) => text.length >= 4);
	const coded = new Set(long.flatMap(base64Cores).filter((text) => text.length >= 4));
	return [...long.map((text) => Array.from(text, spellingsOf)), ...[...coded].map((text) => Array.from(text, (character, at) => inBase64(character, at > 0)))];
}
function passwordsOf(secret) {
	return [
		/^[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:([^\s/?#]+)@/i.exec(secret)?.[1],
		/^[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:(\S+)@/i.exec(secret)?.[1],
		...[...secret.matchAll(/[?&](?:\w*password|passwd|pwd|\w*token|\w*secret|\w*key)=([^&#\s]+)/gi)].map(([, value]) => value)
	].filter((text) => text !== void 0);
}
function percentDecoded(text) {
	return text.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => {
		const decoded = Buffer.from(codes.replaceAll("%", ""), "hex").toString("utf8");
		return decoded.includes("�") ? codes : decoded;
	});
}
function linesOf(text) {
	return text.split(/[\r\n]+/).map((line) => line.trim());
}
function base64Cores(text) {
	const bytes = Buffer.from(text);
	return [
		0,
		1,
		2
	].map((offset) => {
		const coded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
		const first = Math.ceil(offset * 8 / 6);
		const last = Math.floor((offset + bytes.length) * 8 / 6);
		return coded.slice(first, last);
	});
}
function inBase64(character, mayFollowBreak) {
	const safe = {
		"+": "-",
		"/": "_"
	}[character];
	const plain = [
		character,
		...safe === void 0 ? [] : [safe],
		...percentSpellings(character)
	];
	if (!mayFollowBreak) return plain;
	return [...plain, ...plain.flatMap((spelling) => [`\n${spelling}`, `\r\n${spelling}`])];
}
function spellingsOf(character) {
	const spellings = [
		character,
		...SPECIAL[character] ?? [],
		...percentSpellings(character),
		...codeSpellings(character)
	];
	if (/\W/.test(character)) spellings.push(`\\${character}`, `\\\\${character}`);
	return [...new Set(spellings)];
}
const SPECIAL = {
	"\n": [
		"\\n",
		"\\\\n",
		"\r\n",
		"\\r\\n"
	],
	"\r": ["\\r", "\\\\r"],
	"	": ["\\t", "\\\\t"],
	"\b": ["\\b"],
	"\f": ["\\f"],
	"\v": ["\\v"],
	"\x1B": ["\\e", "\\E"],
	" ": ["+", "\\ "],
	"'": [
		"'\\''",
		`'"'"'`,
		"''",
		"&#39;",
		"&#x27;",
		"&apos;"
	],
	"\"": [
		"\"\"",
		"&quot;",
		"&#34;",
		"\\\\\\\""
	],
	"\\": ["\\\\", "\\\\\\\\"],
	"&": ["&amp;"],
	"<": ["&lt;"],
	">": ["&gt;"]
};
function percentSpellings(character) {
	const upper = [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
	return [
		upper,
		upper.toLowerCase(),
		upper.replaceAll("%", "%25"),
		upper.toLowerCase().replaceAll("%", "%25")
	];
}
function codeSpellings(character) {
	if (/^\w$/.test(character)) return [];
	const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at).toString(16).padStart(4, "0"));
	const bytes = [...Buffer.from(character)];
	const point = (character.codePointAt(0) ?? 0).toString(16);
	return [
		units.map((unit) => `\\u${unit}`).join(""),
		units.map((unit) => `\\u${unit.toUpperCase()}`).join(""),
		bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
		bytes.map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join(""),
		`\\x${point.padStart(2, "0")}`,
		`\\u{${point}}`,
		`\\U${point.padStart(8, "0")}`
	].flatMap((code) => [code, `\\${code}`]);
}
// src/process/redact.ts
const HIDDEN = "***";
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@"'<>]*:)([^\s/?#"'<>]+)@/gi;
const UNFINISHED_URL = /[a-z][a-z0-9+.-]{0,31}(?::\/{0,2}|:\/\/[^\s/?#"'<>]*)?$/i;
function makeRedactor(secrets) {
	const matcher = new Matcher(secrets);
	return (text) => {
		let redacted = text;
		for (let before = ""; before !== redacted;) {
			before = redacted;
			redacted = hide(before, matcher.find(before).spans);
		}
		return redacted;
	};
}
var Matcher = class {
	#byBeginning = new Map();
	constructor(secrets) {
		for (const form of [...new Set(secrets)].flatMap(formsOf)) for (const beginning of beginningsOf(form)) {
			const others = this.#byBeginning.get(beginning);
			if (others === void 0) this.#byBeginning.set(beginning, [form]);
			else others.push(form);
		}
	}
	find(text) {
		const spans = [];
		let unfinishedFrom = unfinishedUrlFrom(text);
		for (let at = 0; at < text.length; at++) for (const form of this.#byBeginning.get(beginningAt(text, at)) ?? []) {
			const { to, cutOff } = matchAt(form, text, at);
			if (to !== null) spans.push({
				from: at,
				to
			});
			if (cutOff) unfinishedFrom = Math.min(unfinishedFrom, at);
		}
		for (const { index, 0: whole, 1: before = "" } of text.matchAll(URL_PASSWORD)) spans.push({
			from: index + before.length,
			to: index + whole.length - 1
		});
		return {
			spans: united(spans),
			unfinishedFrom
		};
	}
};
function beginningAt(text, at) {
	const second = text.charCodeAt(at + 1);
	return Number.isNaN(second) ? 2 ** 32 + text.charCodeAt(at) : text.charCodeAt(at) * 2 ** 16 + second;
}
function beginningsOf([first = [], second = [""]]) {
	const starts = first.flatMap((spelling) => spelling.length > 1 ? [spelling] : second.map((next) => spelling + next));
	return new Set(starts.flatMap((start) => [beginningAt(start, 0), beginningAt(start.slice(0, 1), 0)]));
}
function unfinishedUrlFrom(text) {
	const end = text.slice(-4096);
	return text.length - end.length + (UNFINISHED_URL.exec(end)?.index ?? end.length);
}
function matchAt(form, text, start) {
	let ends = new Set([start]);
	let cutOff = false;
	for (const spellings of form) {
		const next = new Set();
		for (const at of ends) for (const spelling of spellings) if (text.startsWith(spelling, at)) next.add(at + spelling.length);
		else if (at + spelling.length > text.length && spelling.startsWith(text.slice(at))) cutOff = true;
		ends = next;
		if (ends.size === 0) return {
			to: null,
			cutOff
		};
	}
	return {
		to: Math.max(...ends),
		cutOff
	};
}
function united(spans) {
	const result = [];
	for (const span of spans.toSorted((a, b) => a.from - b.from)) {
		const last = result.at(-1);
		if (last === void 0 || span.from > last.to) result.push(span);
		else result[result.length - 1] = {
			from: last.from,
			to: Math.max(last.to, span.to)
		};
	}
	return result;
}
function hide(text, spans) {
	let shown = "";
	let from = 0;
	for (const span of spans) {
		shown += text.slice(from, span.from) + HIDDEN;
		from = span.to;
	}
	return shown + text.slice(from);
}
// src/store/directory.ts
const UNFINISHED = ".unfinished";
function directoryStore(root) {
	return {
		location: root,
		async put(key, content) {
			const path = pathOf(root, key);
			const temporary = path + UNFINISHED;
			try {
				makeFolder(dirname(path));
				await pipeline(content instanceof Readable ? content : Readable.from([content]), createWriteStream(temporary, { mode: 384 }));
				const stored = await digestAndSync(temporary);
				renameSync(temporary, path);
				syncFolder(dirname(path));
				return stored;
			} catch (error) {
				await rm(temporary, { force: true });
				throw storeFailure(`writing ${key} to the store ${root}`, error);
			}
		},
		async get(key) {
			const path = pathOf(root, key);
			try {
				return (await open(path, "r")).createReadStream();
			} catch (error) {
				throw storeFailure(`reading ${key} from the store ${root}`, error);
			}
		},
		async list(prefix) {
			const entries = [];
			try {
				for await (const { path, sizeBytes } of filesBelow(pathOf(root, prefix))) entries.push({
					key: relative(root, path).split(sep).join("/"),
					sizeBytes
				});
			} catch (error) {
				if (codeOf(error) !== "ENOENT" || entries.length > 0) throw storeFailure(`listing ${prefix} in the store ${root}`, error);
			}
			return entries.sort((a, b) => a.key < b.key ? -1 : 1);
		},
		async remove(key) {
			const path = pathOf(root, key);
			try {
				await rm(path, {
					recursive: true,
					force: true
				});
				if (existsSync(dirname(path))) syncFolder(dirname(path));
			} catch (error) {
				throw storeFailure(`removing ${key} from the store ${root}`, error);
			}
		},
		async append(key, line) {
			const path = pathOf(root, key);
			try {
				makeFolder(dirname(path));
				appendLine(path, line);
			} catch (error) {
				throw storeFailure(`writing the journal ${key} in the store ${root}`, error);
			}
		},
		async lines(key) {
			try {
				const text = await readFile(pathOf(root, key), "utf8");
				return text.slice(0, text.lastIndexOf("\n") + 1).split("\n").slice(0, -1);
			} catch (error) {
				if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
				throw storeFailure(`reading the journal ${key} from the store ${root}`, error);
			}
		},
		localPath: (key) => pathOf(root, key),
		async finish(key) {
			const path = pathOf(root, key);
			try {
				const stored = await digestAndSync(path);
				syncFolder(dirname(path));
				return stored;
			} catch (error) {
				throw storeFailure(`syncing ${key} in the store ${root}`, error);
			}
		}
	};
}
function pathOf(root, key) {
	const path = resolve(root, ...key.split("/"));
	if (path !== root && !path.startsWith(root + sep)) throw failure("store-key", `the name ${JSON.stringify(key)} leads out of the store`);
	return path;
}
function appendLine(path, line) {
	const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 384);
	let isNew;
	try {
		const end = endOfLastLine(descriptor);
		isNew = end === 0;
		const bytes = Buffer.from(line + "\n");
		ftruncateSync(descriptor, end);
		const written = writeSync(descriptor, bytes, 0, bytes.length, end);
		if (written !== bytes.length) throw failure("store-full", `only ${written} of ${bytes.length} bytes could be written`);
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
	if (isNew) syncFolder(dirname(path));
}
function endOfLastLine(descriptor) {
	const chunk = Buffer.alloc(4096);
	let end = fstatSync(descriptor).size;
	while (end > 0) {
		const start = Math.max(0, end - chunk.length);
		const read = readSync(descriptor, chunk, 0, end - start, start);
		const newline = chunk.subarray(0, read).lastIndexOf(10);
		if (newline >= 0) return start + newline + 1;
		end = start;
	}
	return 0;
}
async function digestAndSync(path) {
	const hash = createHash("sha256");
	let sizeBytes = 0;
	for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
		hash.update(chunk);
		sizeBytes += chunk.length;
	}
	const descriptor = openSync(path, "r");
	try {
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
	return {
		sizeBytes,
		sha256: hash.digest("hex")
	};
}
function makeFolder(path) {
	const topmost = mkdirSync(path, {
		recursive: true,
		mode: 448
	});
	if (topmost === void 0) return;
	for (let made = path;; made = dirname(made)) {
		syncFolder(dirname(made));
		if (made === topmost) return;
	}
}
function syncFolder(path) {
	const descriptor = openSync(path, "r");
	try {
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
}
async function* filesBelow(folder) {
	for (const entry of await readdir(folder, { withFileTypes: true })) {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) yield* filesBelow(path);
		else if (!entry.name.endsWith(UNFINISHED)) yield {
			path,
			sizeBytes: (await stat(path)).size
		};
	}
}
function codeOf(error) {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : void 0;
}
const REASONS = {
	ENOENT: {
		code: "store-missing",
		message: "it is not there",
		hint: "look which backups and runs exist: belay backups, belay runs"
	},
	ENOSPC: {
		code: "no-space",
		message: "the disk is full",
		hint: "make room there (belay prune drops what `keep` no longer keeps), then run again"
	},
	EDQUOT: {
		code: "no-space",
		message: "the disk quota is used up",
		hint: "make room there (belay prune drops what `keep` no longer keeps), then run again"
	},
	EACCES: {
		code: "store-denied",
		message: "permission denied",
		hint: "give the user that runs Belay the right to write to the store"
	},
	EPERM: {
		code: "store-denied",
		message: "permission denied",
		hint: "give the user that runs Belay the right to write to the store"
	},
	EROFS: {
		code: "store-read-only",
		message: "the file system is read-only",
		hint: "name a store that can be written to: `backup.store` in belay.yml"
	},
	EIO: {
		code: "store-io",
		message: "the disk reports an input/output error",
		hint: "do not trust this disk; name another store in `backup.store`"
	}
};
function storeFailure(act, error) {
	if (error instanceof BelayError) return error;
	const known = REASONS[codeOf(error) ?? ""];
	const code = known?.code ?? "store-failed";
	const hint = known?.hint ?? "look at the store's directory and its disk, then run again";
	return failure(code, `${act}: ${known?.message ?? messageOf(error)}`, {
		hint,
		cause: error
	});
}
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
// src/tool/sql/recognise.ts
const USUAL_DIRECTORIES = [
	"migrations",
	"db/migrations",
	"db/migration",
	"sql/migrations",
	"database/migrations",
	"prisma/migrations",
	"supabase/migrations",
	"drizzle"
];
async function recogniseSql(root) {
	const found = [];
	for (const directory of USUAL_DIRECTORIES) {
		if (!await isDirectory(join(root, directory))) continue;
		const { paths } = await listSqlFiles(join(root, directory));
		const { layout, migrations } = arrange(directory, paths, null);
		if (layout !== null && migrations.length > 0) found.push({
			directory,
			layout
		});
	}
	if (found.length > 1) {
		const names = found.map(({ directory }) => directory);
		throw refusal("migrations-ambiguous", `SQL migrations lie in more than one place: ${names.join(" and ")}`, {
			hint: `name the right one in belay.yml: migrate: { tool: sql, directory: ${names[0] ?? ""} }`,
			facts: { directories: names }
		});
	}
	return found[0] ?? null;
}
async function isDirectory(path) {
	try {
		return (await stat(path)).isDirectory();
	} catch (error) {
		if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return false;
		throw error;
	}
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
// src/tool/sql/failure.ts
const EXCERPT = 200;
function migrationError({ act, migration, file, way, done, cause }) {
	if (!(cause instanceof BelayError)) return cause;
	const statement = typeof cause.facts["statement"] === "number" ? way.statements[done] : void 0;
	const place = placeOf(file ?? migration, statement?.line ?? null);
	const excerpt = statement === void 0 ? "" : `; the statement: ${shorten(statement.text)}`;
	const left = way.transaction || done === 0 ? "" : `; ${done} of ${way.statements.length} statements had run, without a transaction`;
	const hint = cause.hint ?? (statement === void 0 ? void 0 : `mend ${place}, then run again`);
	return new BelayError(cause.kind, cause.code === "sql-failed" ? "migration-failed" : cause.code, `${act} ${migration} (${place}): ${messageOf(cause)}${excerpt}${left}`, {
		...hint === void 0 ? {} : { hint },
		cause,
		facts: {
			...cause.facts,
			migration,
			file,
			line: statement?.line ?? null,
			statement: statement === void 0 ? null : shorten(statement.text),
			statementsRun: done,
			statements: way.statements.length
		}
	});
}
function shorten(text) {
	const line = text.replace(/\s+/g, " ");
	return line.length > EXCERPT ? `${[...line].slice(0, EXCERPT).join("")}…` : line;
}
// src/tool/sql/history.ts
const TABLE = "belay_migrations";
const EXISTS = {
	sqlite: `select count(*) from sqlite_master where type = 'table' and lower(name) = '${TABLE}'`,
	postgres: `select count(*) from pg_catalog.pg_class where oid = pg_catalog.to_regclass('${TABLE}')`
};
async function readHistory(session) {
	const exists = await session.query(EXISTS[session.dialect]);
	if (Number(exists.rows[0]?.[0] ?? 0) === 0) return [];
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
function insertHistory({ id, checksum, appliedAt, durationMs, run }) {
	const values = [
		literal(id),
		literal(checksum),
		literal(appliedAt),
		String(durationMs),
		literal(run)
	];
	return `insert into ${TABLE} (id, checksum, applied_at, duration_ms, run) values (${values.join(", ")})`;
}
function literal(text) {
	return `'${text.replaceAll("'", "''")}'`;
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
	const early = before.statements.map(({ line }) => ({
		code: "migration-sections",
		what: `has a statement above ${format ?? "the"}'s first marker, which belongs to neither way`,
		hint: "move it below the marker for the way forward",
		line
	}));
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
	if (valid === bytes.length) while (valid > 0 && decodeUtf8(bytes.subarray(0, valid)) === null) valid--;
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
// src/tool/sql/run-statements.ts
const QUICK_MS = 20;
const FIRST_BATCH = 8;
const LARGEST_BATCH = 512;
async function runStatements(session, statements, signal, progress, largest = LARGEST_BATCH) {
	for (let size = Math.min(FIRST_BATCH, largest); progress.done < statements.length;) {
		const batch = statements.slice(progress.done, progress.done + size);
		const began = performance.now();
		await runBatch(session, batch, progress);
		size = performance.now() - began > QUICK_MS ? 1 : Math.min(size * 2, largest);
		if (progress.done < statements.length) await setImmediate();
		stopIfAborted(signal);
	}
}
async function runBatch(session, batch, progress) {
	try {
		await session.execute(batch.map(({ text }) => text));
		progress.done += batch.length;
	} catch (error) {
		const failed = error instanceof BelayError ? error.facts["statement"] : void 0;
		if (typeof failed === "number") progress.done += failed;
		throw error;
	}
}
function stopIfAborted(signal) {
	if (!signal.aborted) return;
	const cause = signal.reason;
	if (cause instanceof BelayError) throw cause;
	if (cause instanceof Error && cause.name === "TimeoutError") throw failure("timeout", "the migrations took longer than they may and were ended", { cause });
	throw failure("interrupted", "the migrations were interrupted", { cause });
}
// src/tool/sql/apply.ts
async function applyMigrations(place, request) {
	if (request.migrations.length === 0) return;
	const onDisk = new Map((await listMigrations(place)).migrations.map((files) => [files.id, files]));
	for (const [index, migration] of request.migrations.entries()) {
		stopIfAborted(request.signal);
		const durationMs = await applyOne(migration, await loadAsPlanned(place, onDisk.get(migration.id), migration, request.session), index === 0 ? [CREATE_HISTORY] : [], request);
		request.applied({
			id: migration.id,
			durationMs
		});
	}
}
async function loadAsPlanned(place, files, migration, session) {
	if (files === void 0) throw planChanged(migration, "its file is gone");
	const bytes = await readUp(place, files);
	if (!(bytes instanceof Uint8Array)) throw planChanged(migration, `its file ${bytes.what}`);
	if (checksumOf(bytes) !== migration.sha256) throw planChanged(migration, "its file is another one now");
	const loaded = await load(place, files, bytes, session.dialect);
	if (!isLoaded(loaded)) throw unfitError(migration, loaded);
	const [problem] = loaded.up.problems;
	if (problem !== void 0) throw unfitError(migration, problem);
	return loaded;
}
async function applyOne(migration, { sha256, up }, before, { session, run, signal }) {
	const began = performance.now();
	const elapsed = () => Math.round(performance.now() - began);
	const record = () => insertHistory({
		id: migration.id,
		checksum: sha256,
		appliedAt: new Date().toISOString(),
		durationMs: elapsed(),
		run
	});
	const progress = { done: 0 };
	try {
		if (up.transaction) {
			const work = async () => {
				if (before.length > 0) await session.execute(before);
				await runStatements(session, up.statements, signal, progress);
				await session.execute([record()]);
			};
			await session.transaction(work, { foreignKeys: up.foreignKeys });
		} else {
			await runStatements(session, up.statements, signal, progress, 1);
			await session.transaction(() => session.execute([...before, record()]));
		}
	} catch (error) {
		throw migrationError({
			act: "applying",
			migration: migration.id,
			file: migration.file,
			way: up,
			done: progress.done,
			cause: error
		});
	}
	return elapsed();
}
function planChanged(migration, how) {
	return refusal("plan-changed", `${migration.id} is not what was planned: ${how}${migration.file === null ? "" : ` (${migration.file})`}`, {
		hint: "look at what changed the file since the plan, then plan again",
		facts: {
			migration: migration.id,
			file: migration.file
		}
	});
}
function unfitError({ id, file }, problem) {
	const { code, message, hint } = reasonAt(file ?? id, problem);
	return refusal(code, message, {
		...hint === void 0 ? {} : { hint },
		facts: {
			migration: id,
			file,
			line: problem.line
		}
	});
}
// src/tool/sql/findings.ts
const SQL_FINDINGS = {
	"drops-table": {
		effect: "the table and its rows are gone; only a rollback by Belay brings them back",
		workaround: "stop using the table first, and drop it in a later deploy"
	},
	"drops-column": {
		effect: "the column's values are gone; an application that still reads it fails",
		workaround: "deploy code that no longer uses the column first, and drop it in a later deploy"
	},
	"deletes-all-rows": {
		effect: "every row of the table is deleted",
		workaround: "add a WHERE, if not all of them are meant"
	},
	"updates-all-rows": {
		effect: "every row of the table is changed",
		workaround: "add a WHERE, if not all of them are meant"
	},
	"no-transaction": {
		effect: "a failure half-way leaves what ran before it; Belay then goes back by its copy",
		workaround: "keep only statements in it that cannot run in a transaction"
	},
	"pragma-without-effect": {
		effect: "SQLite ignores PRAGMA foreign_keys inside a transaction",
		workaround: "remove it: Belay checks references before the commit anyway; `-- belay: foreign-keys on` enforces them on the way"
	}
};
function findingsOf(way, dialect, file) {
	const lexicon = LEXICONS[dialect];
	const found = way.transaction ? [] : [{
		id: "no-transaction",
		line: way.statements[0]?.line ?? 1,
		message: `runs without a transaction: ${SQL_FINDINGS["no-transaction"].effect}`
	}];
	const comesAndGoes = passingTables(way.statements, lexicon);
	way.statements.forEach((statement, index) => {
		const one = findingOf(statement, lexicon, way.transaction, (table) => comesAndGoes(fold(table), index));
		if (one !== null) found.push({
			...one,
			line: statement.line
		});
	});
	return found.map(({ id, line, message }) => ({
		id,
		place: placeOf(file, line),
		message
	}));
}
function findingOf(statement, lexicon, transaction, passing) {
	const [first, second] = statement.head.split(" ");
	if (first === "DROP" && second === "TABLE") {
		const table = nameAfter(wordsOf(statement, lexicon), ["DROP", "TABLE"], ["IF", "EXISTS"]);
		return table === null || passing(table) ? null : {
			id: "drops-table",
			message: `drops the table ${table}`
		};
	}
	if (first === "ALTER" && second === "TABLE") return droppedColumn(wordsOf(statement, lexicon));
	if (first === "DELETE" || first === "UPDATE" || first === "WITH") return allRows(wordsOf(statement, lexicon));
	if (transaction && statement.head === "PRAGMA FOREIGN_KEYS" && /[=(]/.test(statement.text)) return {
		id: "pragma-without-effect",
		message: "PRAGMA foreign_keys does nothing inside a transaction; Belay checks references before the commit"
	};
	return null;
}
function wordsOf({ text }, lexicon) {
	const words = [];
	let depth = 0;
	for (const { kind, start, end } of significantTokens(text, lexicon)) {
		if (kind === "close") depth--;
		const raw = text.slice(start, end);
		words.push({
			text: kind === "name" ? raw.slice(1, -1) : raw,
			key: kind === "word" ? raw.toUpperCase() : kind === "name" ? "" : raw,
			depth
		});
		if (kind === "open") depth++;
	}
	return words;
}
function nameAfter(words, phrase, optional) {
	const follows = (at, keys) => keys.every((key, index) => words[at + index]?.key === key);
	const at = words.findIndex((_, index) => follows(index, phrase));
	if (at < 0) return null;
	const start = at + phrase.length;
	return qualifiedName(words, start + (follows(start, optional) ? optional.length : 0));
}
function qualifiedName(words, at) {
	const name = words[at]?.text ?? null;
	return words[at + 1]?.key === "." ? `${name}.${words[at + 2]?.text ?? ""}` : name;
}
function droppedColumn(words) {
	const table = nameAfter(words, ["ALTER", "TABLE"], ["IF", "EXISTS"]);
	const at = words.findIndex((word, index) => word.key === "DROP" && word.depth === 0 && index > 2);
	if (table === null || at < 0 || NO_COLUMN.has(words[at + 1]?.key ?? "")) return null;
	const column = nameAfter(words.slice(at), words[at + 1]?.key === "COLUMN" ? ["DROP", "COLUMN"] : ["DROP"], ["IF", "EXISTS"]);
	return column === null ? null : {
		id: "drops-column",
		message: `drops the column ${table}.${column}`
	};
}
const NO_COLUMN = new Set([
	"CONSTRAINT",
	"DEFAULT",
	"NOT",
	"IDENTITY",
	"EXPRESSION"
]);
function allRows(words) {
	const outer = words.filter(({ depth }) => depth === 0);
	const verb = outer.find(({ key }) => key === "DELETE" || key === "UPDATE" || key === "INSERT" || key === "SELECT" || key === "REPLACE" || key === "MERGE");
	if (verb === void 0 || outer.some(({ key }) => key === "WHERE" || key === "LIMIT")) return null;
	if (verb.key === "DELETE") return {
		id: "deletes-all-rows",
		message: `deletes every row of ${nameAfter(outer, ["DELETE", "FROM"], ["ONLY"]) ?? "a table"}`
	};
	if (verb.key === "UPDATE") return {
		id: "updates-all-rows",
		message: `changes every row of ${updatedTable(outer) ?? "a table"}`
	};
	return null;
}
function updatedTable(words) {
	const or = nameAfter(words, ["UPDATE", "OR"], []);
	return or === null ? nameAfter(words, ["UPDATE"], ["ONLY"]) : nameAfter(words, [
		"UPDATE",
		"OR",
		or.toUpperCase()
	], []);
}
function passingTables(statements, lexicon) {
	const made = new Map();
	const renamedTo = new Map();
	statements.forEach((statement, index) => {
		const created = createdTable(statement, lexicon);
		const renamed = renameTarget(statement, lexicon);
		if (created !== null && !made.has(created)) made.set(created, index);
		if (renamed !== null) renamedTo.set(renamed, index);
	});
	return (table, at) => (made.get(table) ?? at) < at || (renamedTo.get(table) ?? at) > at;
}
function renameTarget(statement, lexicon) {
	if (!/^ALTER TABLE\b/.test(statement.head)) return null;
	const name = nameAfter(wordsOf(statement, lexicon), ["RENAME", "TO"], []);
	return name === null ? null : fold(name);
}
function createdTable(statement, lexicon) {
	if (!/^CREATE (TEMP |TEMPORARY |UNLOGGED )?TABLE\b(?! IF\b)/.test(statement.head)) return null;
	const name = nameAfter(wordsOf(statement, lexicon), ["TABLE"], []);
	return name === null ? null : fold(name);
}
function fold(name) {
	return (name.split(".").at(-1) ?? name).toLowerCase();
}
// src/tool/sql/state.ts
async function readState(place, session) {
	const [{ migrations, problems }, history] = await Promise.all([listMigrations(place), readHistory(session)]);
	const applied = new Map(history.map((row) => [row.id, row]));
	const highest = history.at(-1)?.id ?? null;
	const judged = await readAll(migrations, async (files) => {
		const row = applied.get(files.id);
		if (row !== void 0) return {
			migration: null,
			obstacles: await judgeApplied(place, files, row)
		};
		return judgePending(place, files, session.dialect, highest);
	});
	const present = new Set(migrations.map(({ id }) => id));
	const withoutFile = history.filter(({ id }) => !present.has(id));
	return {
		applied: history.map(({ id }) => id),
		pending: judged.flatMap(({ migration }) => migration ?? []),
		withoutFile: withoutFile.map(({ id }) => id),
		obstacles: [
			...problems.map(({ path, problem }) => reasonAt(shown(place, path), problem)),
			...withoutFile.map((row) => missing(place, row)),
			...judged.flatMap(({ obstacles }) => obstacles)
		],
		findings: []
	};
}
async function judgeApplied(place, files, row) {
	const file = shown(place, files.up);
	const bytes = await readUp(place, files);
	if (!(bytes instanceof Uint8Array)) return [reasonAt(file, bytes)];
	return checksumOf(bytes) === row.checksum ? [] : [reasonAt(file, changed(row, differsInLineEndings(bytes, row.checksum)))];
}
async function judgePending(place, files, dialect, highest) {
	const file = shown(place, files.up);
	const bytes = await readUp(place, files);
	const loaded = bytes instanceof Uint8Array ? await load(place, files, bytes, dialect) : bytes;
	const problems = highest !== null && isBefore(files.id, highest) ? [outOfOrder(highest)] : [];
	if (!isLoaded(loaded)) {
		const sha256 = bytes instanceof Uint8Array ? checksumOf(bytes) : null;
		return {
			migration: {
				id: files.id,
				sha256,
				sql: null,
				file,
				reversible: false,
				findings: []
			},
			obstacles: [...problems, loaded].map((problem) => reasonAt(file, problem))
		};
	}
	return {
		migration: {
			id: files.id,
			sha256: loaded.sha256,
			sql: loaded.text,
			file,
			reversible: isReversible(loaded),
			findings: findingsOf(loaded.up, dialect, file)
		},
		obstacles: [...problems, ...loaded.up.problems].map((problem) => reasonAt(file, problem))
	};
}
function isReversible({ down }) {
	return down !== null && down.statements.length > 0 && down.problems.length === 0;
}
function changed({ appliedAt }, lineEndingsOnly) {
	if (lineEndingsOnly) return {
		code: "migration-changed",
		what: `has other line endings than when it was applied (${appliedAt})`,
		hint: "keep Git from converting them: add \"*.sql -text\" to .gitattributes and check the file out again",
		line: null
	};
	return {
		code: "migration-changed",
		what: `was changed after it was applied (${appliedAt})`,
		hint: "bring back the file as it was applied (git log -p shows the change), and put the change into a new migration",
		line: null
	};
}
function missing({ directory, root }, { id, appliedAt }) {
	return {
		code: "migration-missing",
		message: `${id} was applied (${appliedAt}), but has no file in ${shown({
			directory,
			root,
			layout: null
		}, "")} any more`,
		hint: "bring the file back, or deploy the commit that has it"
	};
}
function outOfOrder(highest) {
	return {
		code: "migration-out-of-order",
		what: `would come before ${highest}, which is applied already`,
		hint: `rename it so that its number is above that of ${highest}`,
		line: null
	};
}
// src/tool/sql/sql-tool.ts
function sqlTool(options) {
	const place = {
		directory: options.directory,
		root: options.root,
		layout: readLayout(options.layout)
	};
	if (!isAbsolute(place.directory) || !isAbsolute(place.root)) throw new TypeError("the tool sql needs absolute paths");
	return {
		name: "sql",
		abilities: {
			writesThroughSession: true,
			atomicMigrations: true,
			revert: false,
			toVersion: true
		},
		configDigest: async () => createHash("sha256").update(canonicalJson({
			tool: "sql",
			directory: shown(place, ""),
			layout: place.layout
		})).digest("hex"),
		state: (session) => readState(place, session),
		apply: (request) => applyMigrations(place, request)
	};
}
function readLayout(given) {
	if (given === void 0) return null;
	const layout = LAYOUTS.find((known) => known === given);
	if (layout !== void 0) return layout;
	const meant = nearest(given, LAYOUTS);
	throw usageError("unknown-layout", `migrate.layout "${given}" is not known`, {
		hint: meant === null ? `known are ${LAYOUTS.join(", ")}` : `did you mean "${meant}"?`,
		facts: { layout: given }
	});
}
// src/wire.ts
const COMMANDS = {
	status: async () => (await import("./look.js")).status,
	plan: async () => (await import("./look.js")).plan,
	runs: async () => (await import("./look.js")).listRuns,
	backups: async () => (await import("./look.js")).listBackups,
	gate: async () => (await import("./gate.js")).gate,
	migrate: async () => {
		const { migrate } = await import("./migrate.js");
		return (ports, environment, targets, { digest = null, again = null, withoutApproval = null }) => migrate(ports, environment, targets, {
			digest,
			again,
			withoutApproval
		});
	},
	rollback: async () => {
		const { rollback } = await import("./rollback.js");
		return (ports, environment, targets, { run = null, backup = null, acceptLoss = false, withoutApproval = null }) => rollback(ports, environment, targets, {
			run,
			backup,
			acceptLoss,
			withoutApproval
		});
	},
	recover: async () => {
		const { recover } = await import("./recover.js");
		return (ports, environment, targets, { run = null }) => recover(ports, environment, targets, run);
	}
};
async function perform(invocation, world) {
	const { command, options } = invocation;
	const load = COMMANDS[command];
	if (load === void 0) throw usageError("not-in-this-version", `belay ${command} is not in this version`, { hint: "belay --help lists what is" });
	const environment = chooseEnvironment(await loadConfig({
		explicit: invocation.config,
		cwd: world.cwd,
		environment: invocation.environment,
		variables: world.variables,
		onGitHub: world.onGitHub
	}), invocation.environment);
	const targets = chooseTargets(environment, invocation.targets);
	return (await load())(connect(world, environment), environment, targets, options);
}
function chooseTargets(environment, wanted) {
	if (wanted.length === 0) return environment.targets;
	return wanted.map((name) => {
		const exact = environment.targets.filter((target) => target.name === name);
		const found = exact.length > 0 ? exact : environment.targets.filter((target) => target.name.endsWith(`/${name}`));
		const [target] = found;
		if (target !== void 0 && found.length === 1) return target;
		const names = environment.targets.map((each) => each.name);
		const near = nearest(name, names);
		throw usageError("target-unknown", found.length > 1 ? `${name} is the last part of several targets` : `${environment.name} has no target ${JSON.stringify(name)}`, { hint: near === void 0 ? `it has ${names.join(", ")}` : `did you mean ${JSON.stringify(near)}?` });
	});
}
function connect(world, environment) {
	const redact = makeRedactor(environment.secrets);
	const stores = new Map();
	const storeAt = (location) => {
		const known = stores.get(location);
		if (known !== void 0) return known;
		const store = directoryStore(location);
		stores.set(location, store);
		return store;
	};
	return {
		belayVersion: world.belayVersion,
		onGitHub: world.onGitHub,
		now: world.now,
		random: world.random,
		progress: world.progress,
		signal: world.signal,
		redact,
		self: startedProcess(process.pid, "belay"),
		engineOf,
		toolOf: chooseTool,
		storeOf: (of, target) => storeAt(storeLocation(of, target)),
		storeAt,
		spawn,
		endGroup,
		runCheck: runCheckBy({
			sql: runSqlCheck,
			http: runHttpCheck,
			command: runCommandCheck
		}),
		childVariables: (of, extra) => childEnvironment(world.variables, {
			add: extra,
			withheld: of.withheldVariables
		}),
		commit: (directory) => currentCommit(world, directory)
	};
}
const ENGINES = { sqlite: sqliteEngine };
function engineOf(target) {
	const engine = ENGINES[target.engine];
	if (engine === void 0) throw usageError("not-in-this-version", `${target.engine} is not in this version`);
	return engine;
}
function storeLocation(environment, target) {
	const location = environment.backup.store ?? engineOf(target).defaultStore(target);
	if (location === null) throw usageError("store-needed", `${environment.name} names no store for backups`, { hint: "set `backup: { store: … }` in belay.yml" });
	return resolve(environment.directory, location);
}
async function chooseTool({ directory: root, migrate: { tool, options } }) {
	if (tool === null) {
		const found = await recogniseSql(root);
		if (found !== null) return sqlTool({
			root,
			directory: join(root, found.directory),
			layout: found.layout
		});
		throw refusal("tool-unrecognised", `no migrations were recognised in ${root}`, { hint: "name the tool in belay.yml: `migrate: sql`, or where its files lie: `migrate: { tool: sql, directory: … }`" });
	}
	const { directory, layout } = options;
	return sqlTool({
		root,
		directory: resolve(root, String(directory)),
		...typeof layout === "string" ? { layout } : {}
	});
}
async function currentCommit(world, directory) {
	const said = world.variables["GITHUB_SHA"];
	if (said !== void 0 && said !== "") return said;
	try {
		const end = await spawn({
			command: { argv: [
				"git",
				"rev-parse",
				"HEAD"
			] },
			directory,
			variables: childEnvironment(world.variables, {
				add: {},
				withheld: []
			}),
			timeoutMs: 5e3,
			role: "git"
		});
		return end.status === 0 ? end.stdout.trim() : null;
	} catch (error) {
		world.progress({
			type: "notice",
			message: `the commit is unknown: ${error instanceof Error ? error.message : String(error)}`
		});
		return null;
	}
}
export { perform };
