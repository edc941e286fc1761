import { o as __toESM } from "./rolldown-runtime.js";
import { $ as BelayError, C as unfinished, H as exitStatus, K as nearest, T as applicationMayStart, V as canonicalJson, W as worstOutcome, X as firstOf, Y as duration$1, _ as nextOpening, d as unknownFields, et as failure, f as MESSAGE_EVENTS, g as insideWindow, it as usageError, l as isManifest, m as badTenant, nt as reasonOf, o as databaseOf, p as MESSAGE_FIELDS, rt as refusal, tt as messageOf, v as parseWindow } from "./domain.js";
import { t as require_lib } from "./npm-better-sqlite3.js";
import { B as whenFree, F as isBusy, L as isSqliteError, P as acting$1, U as nameHolders, a as assertFolder, h as readState$1, nt as locate, s as isReadOnlyFileSystem, t as openView } from "./reading.js";
import { t as formsOf } from "./secrets.js";
import { a as isMap, i as isAlias, n as parseDocument, o as isScalar, r as LineCounter, s as isSeq } from "./npm-yaml.js";
import { C as _minLength, D as config, E as safeParse, O as clone, S as _lte, T as globalRegistry, _ as string, a as check$1, b as unknown$4, c as int, f as number, g as strictObject, h as record, i as boolean, l as literal$1, m as optional, n as _null, r as array, s as extend, t as _enum, u as looseObject, v as tuple, x as _gte, y as union } from "./npm-zod.js";
import { closeSync, constants, createReadStream, createWriteStream, existsSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, readSync, readdirSync, readlinkSync, realpathSync, renameSync, statSync, writeSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { open as open$1, readFile as readFile$1, readdir, realpath, rm, stat } from "node:fs/promises";
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { setImmediate, setTimeout as setTimeout$1 } from "node:timers/promises";
import { pipeline as pipeline$1 } from "node:stream/promises";
// src/process/process-status.ts
var import_lib = __toESM(require_lib(), 1);
function statusOf(pid) {
	const text = readProc(`/proc/${pid}/stat`);
	if (text === void 0) return void 0;
	const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
	const [state, parent, group, session] = fields;
	const startTicks = fields[19];
	if (state === void 0 || startTicks === void 0) return void 0;
	return {
		pid,
		parent: Number(parent),
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
// src/config/choose.ts
function chooseEnvironment(config, name) {
	const wanted = name ?? (config.names.length === 1 ? config.names.join() : null);
	if (wanted === null) throw needed$1(config);
	if (!config.names.includes(wanted)) throw unknown$3(config, wanted);
	const environment = config.environments.get(wanted);
	if (environment === void 0) throw new RangeError(`the configuration was loaded for another environment than ${wanted}`);
	return environment;
}
function needed$1({ file, names }) {
	const message = `${basename(file)} has ${names.length} environments: ${names.join(", ")}`;
	return usageError("environment-needed", message, {
		hint: "name one of them after the command, or in a workflow by the input environment",
		facts: { environments: names }
	});
}
function unknown$3({ file, names }, wanted) {
	const meant = nearest(wanted, names);
	const asked = meant === null ? "" : `; did you mean "${meant}"?`;
	return usageError("environment-unknown", `environment "${wanted}" is not in ${basename(file)}${asked}`, {
		hint: names.length === 1 ? `the only one is ${names.join()}, and may be left out` : `the environments are ${names.join(", ")}`,
		facts: { environments: names }
	});
}
// src/config/defaults.ts
const DEFAULTS = {
	targetUrl: "${DATABASE_URL}",
	parallel: 1,
	per: "environment",
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
	expire: "24h",
	gateWait: "10m",
	watch: {
		every: "30s",
		onFailure: "roll-back",
		scheduled: {
			for: "48h",
			onFailure: "alert"
		}
	},
	notify: {
		timeout: "15s",
		subject: "{{summary}}"
	},
	workflow: "belay-run.yml",
	require: ["checks", "up-to-date"],
	merge: "any-time"
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
// src/config/advice.ts
const KEYS = [
	[
		"",
		[
			"target",
			"migrate",
			"app",
			"checks",
			"backup",
			"data",
			"rollback",
			"url",
			"path",
			"database"
		],
		"it belongs into an environment: environments: { prod: { … } }"
	],
	[
		"",
		[
			"environment",
			"env",
			"envs",
			"stages"
		],
		"did you mean \"environments\"?"
	],
	[
		"environments.*",
		[
			"path",
			"file",
			"db",
			"database",
			"url",
			"uri",
			"dsn",
			"connection",
			"sqlite",
			"source"
		],
		"write the database as target: sqlite:PATH"
	],
	[
		"environments.*",
		[
			"tool",
			"migrations",
			"migration",
			"migrator",
			"schema"
		],
		"write the tool as migrate: sql, its keys as migrate: { tool: sql, directory: … }"
	],
	[
		"environments.*",
		[
			"hooks",
			"stop",
			"start",
			"prepare",
			"previous",
			"maintenance",
			"commands",
			"service",
			"pre",
			"post",
			"deploy"
		],
		"write the application's commands as app: { stop: …, start: … }"
	],
	[
		"environments.*",
		[
			"health",
			"healthcheck",
			"health-check",
			"health_check"
		],
		"write it as checks: { health: http://… }"
	],
	[
		"environments.*",
		[
			"before",
			"after",
			"tests",
			"assertions",
			"verify"
		],
		"write it as checks: { before: […], after: […] }"
	],
	[
		"environments.*",
		[
			"store",
			"keep",
			"retention",
			"storage"
		],
		"write it as backup: { store: …, keep: { last: 10 } }"
	],
	[
		"environments.*.target",
		[
			"path",
			"file",
			"db",
			"database"
		],
		"write it as url: sqlite:PATH"
	],
	[
		"environments.*.migrate",
		[
			"dir",
			"folder",
			"path-to-migrations",
			"migrations-dir",
			"migrations-directory",
			"migrations_directory"
		],
		"did you mean \"directory\"?"
	],
	[
		"environments.*.migrate",
		[
			"name",
			"type",
			"using"
		],
		"did you mean \"tool\"?"
	],
	[
		"environments.*.app",
		[
			"down",
			"pause",
			"before"
		],
		"did you mean \"stop\"?"
	],
	[
		"environments.*.app",
		[
			"up",
			"restart",
			"after",
			"run",
			"deploy"
		],
		"did you mean \"start\"?"
	],
	[
		"environments.*.checks",
		["pre", "preflight"],
		"did you mean \"before\"?"
	],
	[
		"environments.*.checks",
		["post", "verify"],
		"did you mean \"after\"?"
	],
	[
		"environments.*.checks",
		[
			"http",
			"url",
			"sql",
			"command",
			"healthcheck"
		],
		"write it below before, after or health"
	],
	[
		"environments.*.checks.*",
		["healthcheck"],
		"did you mean \"health\"?"
	],
	[
		"environments.*.backup",
		[
			"directory",
			"dir",
			"path",
			"to",
			"location"
		],
		"did you mean \"store\"?"
	],
	[
		"environments.*.backup",
		[
			"retention",
			"last",
			"days"
		],
		"write it as keep: { last: 10, days: 30 }"
	]
];
const MAPS = [
	["environments", "each environment is a key: environments: { prod: { target: … } }"],
	["defaults", "write what all environments share: defaults: { data: additive }"],
	["environments.*.checks", "say when they must hold: checks: { before: [{ sql: … }], after: [{ sql: … }], health: http://… }"],
	["environments.*.checks.before.*", "write it as { sql: \"select …\" } or { command: … }"],
	["environments.*.checks.after.*", "write it as { sql: \"select …\" } or { command: … }"],
	["environments.*.backup", "write it as backup: { store: /srv/belay }"],
	["environments.*.backup.keep", "write it as keep: { last: 10, days: 30 }"],
	["environments.*.rollback", "write it as rollback: { later-writes: keep }"],
	["environments.*.approvals", "write it as approvals: { required: 2 }"],
	["environments.*.app", "write it as app: { stop: …, start: … }, or app: online where it keeps running"]
];
const ENVIRONMENT_KEYS = [
	"target",
	"migrate",
	"app",
	"checks",
	"checklist",
	"data",
	"backup",
	"rollback",
	"approvals",
	"windows"
];
const OFF = [
	"no",
	"false",
	"none",
	"never",
	"disabled",
	"0"
];
const ON = [
	"yes",
	"true",
	"always",
	"enabled",
	"1"
];
function adviceForKey(path) {
	const key = String(path.at(-1)).toLowerCase();
	return KEYS.find(([where, words]) => words.includes(key) && isAt(path.slice(0, -1), where))?.[2] ?? null;
}
function adviceForMap(path) {
	if (path.length === 2 && path[0] === "environments" && ENVIRONMENT_KEYS.includes(String(path[1]))) return `if it belongs to the environment above, indent ${String(path[1])} as far as its other keys`;
	return MAPS.find(([where]) => isAt(path, where))?.[1] ?? null;
}
function adviceForChoice(written, choices) {
	const word = written.toLowerCase();
	const among = (words) => choices.find((choice) => words.includes(choice));
	if (OFF.includes(word)) return among(["off", "never"]) ?? null;
	return ON.includes(word) ? among(["auto", "on"]) ?? null : null;
}
const COMPARISONS = {
	min: "at-least",
	minimum: "at-least",
	gte: "at-least",
	ge: "at-least",
	gt: "at-least",
	more: "at-least",
	max: "at-most",
	maximum: "at-most",
	lte: "at-most",
	le: "at-most",
	lt: "at-most",
	less: "at-most",
	eq: "equals",
	equal: "equals",
	is: "equals",
	value: "equals",
	like: "matches",
	match: "matches",
	regex: "matches",
	range: "between"
};
function isAt(path, where) {
	const parts = where === "" ? [] : where.split(".");
	return parts.length === path.length && parts.every((part, index) => part === "*" || part === String(path[index]));
}
// src/config/age-key.ts
const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [
	996825010,
	642813549,
	513874426,
	1027748829,
	705979059
];
const RECIPIENTS = [
	"age",
	"age1pq",
	"age1tag",
	"age1tagpq"
];
const IDENTITIES = ["age-secret-key-", "age-secret-key-pq-"];
function isAgeRecipient(text) {
	return text === text.toLowerCase() && RECIPIENTS.includes(nameOf(text) ?? "");
}
function isAgeIdentity(text) {
	return text === text.toUpperCase() && IDENTITIES.includes(nameOf(text.toLowerCase()) ?? "");
}
function ageIdentities(text) {
	const keys = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
	return keys.every(isAgeIdentity) ? keys : null;
}
function nameOf(text) {
	const end = text.lastIndexOf("1");
	const name = text.slice(0, end);
	const data = Array.from(text.slice(end + 1), (character) => ALPHABET.indexOf(character));
	if (end < 1 || data.length < 6 || data.includes(-1)) return null;
	const codes = Array.from(name, (character) => character.charCodeAt(0));
	return checksum([
		...codes.map((code) => code >> 5),
		0,
		...codes.map((code) => code & 31),
		...data
	]) === 1 ? name : null;
}
function checksum(values) {
	return values.reduce((sum, value) => {
		const mixed = (sum & 33554431) << 5 ^ value;
		return GENERATOR.reduce((all, term, bit) => sum >> 25 >> bit & 1 ? all ^ term : all, mixed);
	}, 1);
}
// src/config/target-url.ts
function readTargetUrl(url) {
	if (/^sqlite:\/*:memory:$/i.test(url)) return flaw$1("a database in memory is gone with its process", "name a file: sqlite:PATH");
	if (/^sqlite:\/\/+[^/]/i.test(url)) return twoReadings(url);
	if (url.startsWith("sqlite:")) return sqlite(url.slice(7));
	if (/^postgres(ql)?(\+\w+)?:\/\//.test(url)) return {
		engine: "postgres",
		address: url,
		name: databaseName(url)
	};
	if (KEYWORDS.test(url)) return {
		engine: "postgres",
		address: url,
		name: keyword(url, "dbname") ?? "postgres"
	};
	const scheme = /^([A-Za-z][\w+.-]+):/.exec(url)?.[1];
	if (scheme === void 0) return flaw$1("expected the URL of a database", "for a SQLite file write sqlite:PATH");
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
	const relative = path.replace(/^\//, "");
	const absolute = `/${path.replace(/^\/+/, "")}`;
	const same = relative === absolute;
	const sqlalchemy = path.startsWith("/") ? `the file ${relative}` : `no file, as ${path.split("/")[0] ?? path} stands where a server would`;
	return {
		code: "bad-target",
		message: same ? `sqlite:// has two readings, of which Belay takes none: here both SQLAlchemy and dbmate take it for ${absolute}` : `sqlite:// has two readings: for SQLAlchemy this is ${sqlalchemy}, for dbmate the file ${absolute}`,
		hint: same ? `write sqlite:${absolute}` : `write the one that you mean: sqlite:${relative} or sqlite:${absolute}`,
		discreet: {
			message: "sqlite:// has two readings: SQLAlchemy and dbmate count its slashes differently",
			hint: "write sqlite:PATH, with the path as the shell would take it"
		}
	};
}
function sqlite(path) {
	if (path === "") return flaw$1("sqlite: needs the path of a file", "for example sqlite:/srv/app/app.db");
	if (path.startsWith("file:")) return flaw$1("SQLite's own file: URLs are not read", "write the path alone: sqlite:PATH");
	if (path.startsWith("~")) return flaw$1("~ is not expanded", "write the whole path, or ${HOME} for the home directory");
	if (path.includes("\0")) return flaw$1("a path holds no NUL character", "write sqlite:PATH");
	const file = path.split(/[/\\]/).at(-1) ?? "";
	if (file === "" || file === "." || file === "..") return flaw$1("this names a directory, not a file", "write the path of the database file");
	return {
		engine: "sqlite",
		address: path,
		name: file.replace(/(?<=.)\.[^.]*$/, "")
	};
}
const KEYWORDS = /^\s*(?:host|hostaddr|port|user|password|dbname|passfile|service|ssl\w+|options|connect_timeout|application_name)\s*=/;
function keyword(text, name) {
	const [, quoted, plain] = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|([^\\s']+))`).exec(text) ?? [];
	return (quoted ?? plain)?.replace(/\\(.)/gs, "$1");
}
function databaseName(url) {
	const [, path = ""] = /^[^/]*\/\/[^/?#]*\/([^?#]*)/.exec(url) ?? [];
	const [, parameter = ""] = /[?&]dbname=([^&]*)/.exec(url) ?? [];
	const name = parameter === "" ? path : parameter;
	if (name === "") return "postgres";
	try {
		return decodeURIComponent(name);
	} catch {
		return name;
	}
}
function flaw$1(message, hint) {
	return {
		code: "bad-target",
		message,
		hint
	};
}
// src/config/tree.ts
function at(tree, path) {
	let node = tree;
	for (const step of path) if (node?.kind === "map") node = node.entries.get(String(step))?.value;
	else if (node?.kind === "list") node = node.items[Number(step)];
	else return void 0;
	return node;
}
function placeOf$2(tree, path) {
	const parent = at(tree, path.slice(0, -1));
	const last = path.at(-1);
	if (parent === void 0) return placeOf$2(tree, path.slice(0, -1));
	return (parent.kind === "map" && last !== void 0 ? parent.entries.get(String(last)) : void 0)?.place ?? at(tree, path)?.place ?? parent.place;
}
function mapOf$1(place, entries) {
	return {
		kind: "map",
		place,
		entries: new Map(entries)
	};
}
function withValue(tree, key, value) {
	return mapOf$1(tree.place, [...tree.entries, [key, {
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
	return mapOf$1(tree.place, [...tree.entries].map(([key, entry]) => [key, {
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
function textAt(tree, key) {
	const found = at(tree, [key]);
	return found?.kind === "scalar" && typeof found.value === "string" ? found.value : null;
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
// src/config/variables.ts
const SQL = /^((checks\.(before|after|health)|watch\.checks)(\.\d+)?\.(sql|explain)|rollback\.hooks\.[^.]+\.sql|tenants\.(sql|(create|remove)\.sql))$/;
const COMMAND = /^(app\.(prepare|stop|start|previous|maintenance\.(on|off))|(checks\.(before|after|health)|watch\.checks)(\.\d+)?\.command|rollback\.hooks\.[^.]+|tenants\.(create|remove)|migrate(\.migrations\.\d+)?\.(pending|apply|revert|run))(\.run)?(\.\d+)?$/;
const PLACES$1 = /^(target(\.url)?|targets\.(\d+(\.url)?|files)|backup\.store(\.(url|endpoint))?|backup\.encrypt\.(identity|identity-file)|migrate\.(directory|path|env-file)|checks\.health(\.\d+)?(\.http)?|checks\.\w+\.\d+\.http|watch\.checks\.\d+\.http|notify\.\d+\.(slack|webhook|secret|smtp|file))$/;
const MESSAGE = /^notify\.\d+\.(template|subject)$/;
const BARE$1 = /(?<=^|[/:@])\$[A-Za-z_]\w*/;
const REFERENCE = /\$\$|\$\{([^{}]*)\}|\$\{/g;
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
function expand(block, variables) {
	const problems = [];
	const secrets = new Set();
	const visit = (scalar, path) => {
		if (typeof scalar.value !== "string" || !scalar.value.includes("$")) return scalar;
		const misplaced = whereNothingIsPasted(path);
		if (misplaced === "shell") return scalar;
		if (misplaced !== null) {
			if (scalar.value.includes("${")) problems.push(problem$4(scalar.place, ...misplaced));
			return scalar;
		}
		const [bare] = PLACES$1.test(path.join(".")) ? BARE$1.exec(scalar.value) ?? [] : [];
		if (bare !== void 0) problems.push(problem$4(scalar.place, "bad-variable", `${bare} is not expanded`, `write \${${bare.slice(1)}}, or $${bare} for a name with a dollar sign`));
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
	if (MESSAGE.test(where)) return [
		"variable-in-message",
		"${} is not expanded in a message, which would show the value",
		"write the value out, or a {{field}}"
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
		if (name === void 0 || !VARIABLE_NAME.test(name)) {
			problems.push(problem$4(scalar.place, "bad-variable", `${match} names no variable`, /^\$\{\w+:?[-=?+]/.test(match) ? `there are no defaults here: write \${${/\w+/.exec(match)?.[0] ?? "NAME"}} and set it, or write the value itself` : "write ${NAME} with letters, digits and _, or $$ for a dollar sign"));
			origin = "unknown";
			return match;
		}
		const found = variables?.[name] ?? "";
		if (found === "") {
			if (variables !== null) problems.push(scalar.origin === "default" ? noTarget(scalar.place, name) : unset(scalar.place, name, variables));
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
	return problem$4(place, "variable-unset", `the environment variable ${name} ${variables[name] === void 0 ? "is not set" : "is set, but empty"}`, `set it where Belay runs, or write the value into the file`);
}
function noTarget(place, name) {
	return problem$4(place, "variable-unset", `no target is given, and the environment variable ${name}, which stands for it then, is not set`, "write target: sqlite:PATH, or set the variable");
}
function problem$4(place, code, message, hint) {
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
		return [...scalar.value.matchAll(REFERENCE)].flatMap(([, name]) => name !== void 0 && VARIABLE_NAME.test(name) ? [name] : []).map((name) => ({
			name,
			path
		}));
	});
}
// src/config/rule.ts
const LONGEST_TIMER_MS = 20736e5;
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
	if (ms > 0 && ms <= LONGEST_TIMER_MS) return null;
	return {
		code: "bad-duration",
		message: "expected a length of time above zero and up to 24d",
		hint: DURATION_HINT
	};
});
const isPattern = rule((text) => {
	try {
		new RegExp(text, "u");
		return null;
	} catch (thrown) {
		return badPattern(thrown);
	}
});
function badPattern(thrown) {
	return {
		code: "bad-pattern",
		message: `expected a regular expression (${thrown instanceof Error ? thrown.message.replace(/^.*: /s, "") : String(thrown)})`,
		hint: "put \\ before ( [ { } ] . * + ? that mean themselves"
	};
}
const isAnswerPattern = rule((text) => {
	let pattern;
	try {
		pattern = new RegExp(text, "mu");
	} catch (thrown) {
		return badPattern(thrown);
	}
	if (!pattern.test("")) return null;
	return {
		code: "bad-pattern",
		message: "this matches also when the command says nothing",
		hint: "write words that it prints: ^Would apply"
	};
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
const isPostgresUrl = rule((text) => {
	const read = readTargetUrl(text);
	if (!("engine" in read) || read.engine === "postgres") return "engine" in read ? null : read;
	return {
		code: "bad-target",
		message: "expected the URL of a PostgreSQL server",
		hint: "postgres://HOST/DATABASE"
	};
});
const isBotUrl = rule((text) => /^(?:https:\/\/[^\s/?#@]+|http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?)\/?$/i.test(text) && URL.canParse(text) ? null : {
	code: "bad-url",
	message: "expected the bot's address, which begins with https://",
	hint: "for example https://belay.example.com"
});
const isHttpUrl = rule((text) => /^https?:\/\/[^\s/?#]+/i.test(text) && URL.canParse(text) ? null : {
	code: "bad-url",
	message: "expected an address that begins with http:// or https://",
	hint: "for example http://localhost:5000/login"
});
const isStore = rule((text) => {
	if (text.startsWith("s3://")) return badBucket(text);
	if (/^[a-z][\w+.-]+:\/\//i.test(text)) return {
		code: "bad-store",
		message: "expected a directory or s3://BUCKET/PREFIX",
		hint: "for example /srv/belay"
	};
	return badPath(text);
});
function badBucket(text) {
	if (/^s3:\/\/[A-Za-z0-9][\w.-]*(\/+|(\/[^/?#@\0]+)*\/?)$/.test(text) && !/\/\.\.?(\/|$)/.test(text)) return null;
	return {
		code: "bad-store",
		message: "expected s3://BUCKET/PREFIX",
		hint: "for example s3://company-backups/belay"
	};
}
const isEndpoint = rule((text) => /^https?:\/\/[^\s/?#@]+\/?$/i.test(text) && URL.canParse(text) ? null : {
	code: "bad-url",
	message: "expected the address of a service",
	hint: "for example https://s3.eu-central-1.example.com"
});
const isRecipient = rule((text) => {
	if (isAgeRecipient(text)) return null;
	return {
		code: "bad-recipient",
		message: "expected a public key of age",
		hint: /^age-secret-key-/i.test(text) ? "this is a secret key: write its public one (`age-keygen -y`), and make a new pair if the file was ever committed" : "write the public key that age-keygen shows, age1…, letter by letter"
	};
});
const isIdentity = rule((text) => (ageIdentities(text)?.length ?? 0) > 0 ? null : {
	code: "bad-identity",
	message: "this is no secret key of age",
	hint: "it begins with AGE-SECRET-KEY-1, as age-keygen writes it"
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
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
function badName(name) {
	return NAME.test(name) ? null : {
		code: "bad-name",
		message: "a name begins with a letter or digit and has letters, digits, . _ and -",
		hint: nameLike(name)
	};
}
function nameLike(name) {
	const like = name.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[._-]+|-+$/g, "");
	return like === "" ? "choose another name" : `for example ${like}`;
}
const isName = rule(badName);
const isTenant = rule((text) => {
	const flaw = badTenant(text);
	return flaw === null ? null : {
		code: "bad-tenant",
		message: `${JSON.stringify(text)} ${flaw}`,
		hint: "name a schema of the application's own"
	};
});
const isVariableName = rule((text) => VARIABLE_NAME.test(text) ? null : {
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
// src/config/schema-map.ts
const ABSENT = optional(unknown$4());
function mapOf(keys, given) {
	const shape = Object.entries(keys).map(([key, schema]) => {
		if (given === void 0) return [key, schema()];
		return [key, typeof given === "object" && given !== null && !Array.isArray(given) && key in given ? schema(given[key]) : ABSENT];
	});
	return strictObject(Object.fromEntries(shape));
}
// src/config/schema-values.ts
function described(schema, description, defaultValue) {
	const optional$1 = optional(schema);
	globalRegistry.add(optional$1, defaultValue === void 0 ? { description } : {
		description,
		default: defaultValue
	});
	return optional$1;
}
function needed(schema, description) {
	const own = clone(schema);
	globalRegistry.add(own, { description });
	return own;
}
function text(...checks) {
	return string().check(...checks);
}
function once(build) {
	let built;
	return () => (built ??= { schema: build() }).schema;
}
const duration = once(() => string(DURATION_HINT).check(isDuration));
const timeout = once(() => string(DURATION_HINT).check(isTimeout));
const argv = once(() => array(string()).check(_minLength(1)));
const shell = once(() => text(isFilled));
const command = once(() => union([
	shell(),
	argv(),
	strictObject({
		run: needed(union([shell(), argv()]), "The command: a text for the shell, or a list that is run without one."),
		timeout: described(timeout(), "How long it may take.", DEFAULTS.commandTimeout)
	})
]));
const scalar$1 = once(() => union([
	string(),
	number(),
	boolean(),
	_null()
]));
// src/config/schema-checks.ts
const bound = once(() => union([number(), string()]));
const someBound = rule((map) => Object.keys(map).length > 0 ? null : {
	code: "empty",
	message: "expected a bound",
	hint: "at-least, at-most or both"
});
const conditionKeys = {
	equals: () => described(scalar$1(), "Exactly this value."),
	"at-least": () => described(bound(), "This or more."),
	"at-most": () => described(bound(), "This or less."),
	between: () => described(tuple([bound(), bound()]), "From the first to the second, both included."),
	matches: () => described(text(isPattern), "A regular expression that the text matches somewhere."),
	"not-matches": () => described(text(isPattern), "A regular expression that the text matches nowhere."),
	"increases-by": () => described(union([number(), strictObject({
		"at-least": described(number(), "At least so much more."),
		"at-most": described(number(), "At most so much more.")
	}).check(someBound)]), "So much more than in the before-state: exactly, or { at-least: 0, at-most: 5 }."),
	rows: () => described(array(union([array(scalar$1()), scalar$1()])), "The whole result: a list of rows, each a list of values; a value alone is a row of one.")
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
const conditions$1 = once(() => mapOf(conditionKeys, void 0).check(someCondition));
const noConditionMeant = rules((map) => Object.keys(map).flatMap((key) => {
	const meant = isCondition(key) ? key : COMPARISONS[key] ?? (key.length > 5 ? nearest(key, CONDITIONS) : null);
	return meant === null ? [] : [{
		code: "unknown-key",
		message: `unknown key "${key}"`,
		hint: `did you mean "${meant}"?`,
		path: [key]
	}];
}));
const noOperator = rule((value) => {
	const [, operator = "", number = ""] = typeof value === "string" ? /^(>=|<=|==|!=|<>|=|>|<)\s*(-?\d+(?:\.\d+)?)$/.exec(value) ?? [] : [];
	if (operator === "") return null;
	return {
		code: "comparison-as-text",
		message: "expected a value or a condition",
		hint: `write ${conditionFor(operator, number)}`
	};
});
function conditionFor(operator, number) {
	const whole = Number.isInteger(Number(number));
	if (operator === ">=" || operator === ">" && !whole) return `{ at-least: ${number} }`;
	if (operator === "<=" || operator === "<" && !whole) return `{ at-most: ${number} }`;
	if (operator === ">") return `{ at-least: ${Number(number) + 1} }`;
	if (operator === "<") return `{ at-most: ${Number(number) - 1} }`;
	return operator === "=" || operator === "==" ? number : `{ not-matches: "^${number}$" }`;
}
const expectation$1 = once(() => union([
	scalar$1(),
	conditions$1(),
	record(string(), union([scalar$1(), conditions$1()])).check(noConditionMeant)
]).check(noOperator));
const common$1 = once(() => ({
	name: described(text(isFilled), "What the check is called in reports; by default what it runs."),
	warn: described(boolean(), "Warn instead of fail.", false)
}));
const sqlCheck$1 = once(() => strictObject({
	...common$1(),
	sql: needed(text(isFilled), "A query."),
	expect: described(expectation$1(), "What its result must be; without it the result is only recorded. A text, a number, null; unchanged (in after); a condition; or named values."),
	explain: described(text(isFilled), "A query whose first rows are shown when the check fails."),
	timeout: described(timeout(), "How long it may take.", DEFAULTS.checkTimeout)
}));
const httpCheck$1 = once(() => strictObject({
	...common$1(),
	http: needed(text(isHttpUrl), "The address to ask."),
	method: described(_enum([
		"GET",
		"HEAD",
		"POST",
		"PUT",
		"PATCH",
		"DELETE",
		"OPTIONS"
	]), "The method; by default POST where send is given, else GET."),
	headers: described(record(string(), string()), "Headers by name."),
	send: described(union([
		string(),
		record(string(), unknown$4()),
		array(unknown$4())
	]), "The body to send; a map or list goes as JSON."),
	expect: described(union([int().check(_gte(100), _lte(599)), strictObject({
		status: described(int().check(_gte(100), _lte(599)), "The status; by default any 2xx."),
		body: described(union([string(), conditions$1()]), "What the body must be."),
		json: described(unknown$4(), "What the body must contain as JSON."),
		under: described(timeout(), "How fast the answer must come.")
	})]), "What the answer must be; a number is the status."),
	within: described(duration(), "Ask again until it passes, at most for so long. By default 60s in health, otherwise once."),
	timeout: described(timeout(), "How long one answer may take.", DEFAULTS.httpTimeout)
}));
const commandCheck$1 = once(() => strictObject({
	...common$1(),
	command: needed(command(), "A text for the shell, a list that is run without one, or { run, timeout }."),
	expect: described(union([
		int().check(_gte(0), _lte(255)),
		string(),
		strictObject({
			status: described(int().check(_gte(0), _lte(255)), "The exit status.", 0),
			output: described(union([string(), conditions$1()]), "What it must print.")
		})
	]), "What must come of it; a number is the exit status, a text the output."),
	timeout: described(timeout(), "How long it may take.", DEFAULTS.commandTimeout)
}));
const check = once(() => union([
	sqlCheck$1(),
	httpCheck$1(),
	commandCheck$1()
]));
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
const checksAfter = once(() => array(check()));
const checksBefore = once(() => array(check().check(hasBeforeState)));
const noSql = rule((each) => "sql" in each ? {
	code: "sql-in-health",
	message: "in health the application has the database, so SQL is not asked",
	hint: "ask by http or command, or move the check to checks.after"
} : null);
const healthChecks = once(() => {
	const url = text(isHttpUrl);
	const one = check().check(noSql);
	return union([
		url,
		one,
		array(union([url, one]))
	]);
});
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
	return [...tree.entries.keys()].some(isCondition) ? conditions(tree) : named$1(tree);
}
function named$1(map) {
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
		case "at-most": return {
			kind,
			value: expected(value)
		};
		case "increases-by": return value.kind === "map" ? increase(value) : {
			kind,
			value: expected(value)
		};
		case "matches":
		case "not-matches": return {
			kind,
			pattern: expected(value)?.text ?? ""
		};
		case "between": {
			const [low = null, high = null] = listed$1(value);
			return {
				kind,
				low,
				high
			};
		}
		case "rows": return {
			kind,
			rows: value.kind === "list" ? value.items.map(listed$1) : []
		};
		default: throw new RangeError(`the condition ${kind} passed the schema and is not known here`);
	}
}
function increase(map) {
	const bound = (key) => {
		const found = at(map, [key]);
		return found === void 0 ? null : expected(found);
	};
	return {
		kind: "increases-within",
		low: bound("at-least"),
		high: bound("at-most")
	};
}
function listed$1(value) {
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
		name: written.name ?? shortened(written.sql),
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
		name: written.name ?? shortened(nameOfUrl(block, path, written.http)),
		url: written.http,
		method: written.method ?? (written.send === void 0 ? "GET" : "POST"),
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
		name: written.name ?? shortened("shell" in command ? command.shell : command.argv.join(" ")),
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
function shortened(text) {
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
		const { line, column, path: place } = placeOf$2(block, [
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
			hint: `it is on line ${placeOf$2(block, [
				...path,
				first,
				"name"
			]).line}; give each its own`
		}];
	});
}
// src/config/schema-migrate.ts
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
const TOOL_OPTIONS = {
	sql: [
		"directory",
		"shared-directory",
		"layout",
		"baseline"
	],
	command: ["migrations"],
	alembic: ["project", "config"],
	django: [
		"project",
		"manage",
		"settings",
		"database"
	],
	"django-tenants": [
		"project",
		"manage",
		"settings"
	],
	flask: [
		"project",
		"app",
		"directory"
	],
	dbmate: [
		"project",
		"directory",
		"table"
	],
	drizzle: [
		"project",
		"config",
		"directory",
		"table"
	],
	knex: [
		"project",
		"config",
		"directory",
		"table"
	],
	"node-pg-migrate": [
		"project",
		"config",
		"directory",
		"table"
	],
	sqitch: ["project", "directory"]
};
const PROGRAM_OPTIONS = [
	"run",
	"path",
	"url-variable",
	"variables",
	"env",
	"env-file"
];
const TELL_TENANTS = ["django-tenants"];
const BUILT_IN = ["sql"];
const commandMigration = once(() => strictObject({
	id: needed(text(isFilled), "What the migration is called."),
	pending: needed(command(), "Says, without changing anything, whether it is pending: a dry run, a status. Must end with status 0 either way."),
	"pending-when": needed(text(isAnswerPattern), "A regular expression for what `pending` prints where it is pending; ^ and $ for each line. It wins where both match."),
	"applied-when": needed(text(isAnswerPattern), "The same for where it is applied. Neither matching is an error."),
	apply: needed(command(), "Applies it."),
	revert: described(command(), "Takes it back; without it only the backup does."),
	files: described(array(text(isPath)).check(_minLength(1)), "Globs of the files that make it up, so that a plan notices when they change; by default the files that apply names.")
}));
const distinctIds = rules((migrations) => migrations.flatMap(({ id }, index) => {
	const first = migrations.findIndex((other) => other.id === id);
	if (first === index) return [];
	return [{
		code: "duplicate-migration",
		message: `another migration has this id (number ${first + 1} of the list)`,
		hint: "give each its own",
		path: [index, "id"]
	}];
}));
const NO_VARIABLE = {
	code: "bad-name",
	message: "the keys here are names of environment variables",
	hint: "write the variable first, then the part: DB_HOST: host"
};
const variableNames = rules((map) => Object.keys(map).flatMap((name) => VARIABLE_NAME.test(name) ? [] : [{
	...NO_VARIABLE,
	path: [name]
}]));
const tool = once(() => _enum(TOOLS));
const keys = {
	tool: () => described(tool(), "The migration tool; recognised from the files where it is left out."),
	project: () => described(text(isPath), "The project's folder, in which a tool that is a program starts; by default that of relative paths. Not for sql and command."),
	config: () => described(text(isPath), "The tool's own configuration file, relative to `project`, where it is not the usual one. Tools alembic, drizzle, knex, node-pg-migrate."),
	manage: () => described(text(isPath), "The project's manage.py, relative to `project`. Tools django and django-tenants.", "manage.py"),
	settings: () => described(text(isFilled), "The settings' module, as in DJANGO_SETTINGS_MODULE. Tools django and django-tenants."),
	database: () => described(text(isFilled), "What the settings call the target's database; default where it is left out. Tool django."),
	app: () => described(text(isFilled), "The application, as in FLASK_APP. Tool flask."),
	directory: () => described(text(isPath), "Where the migrations are; for sql relative to the directory of relative paths. For tools that are programs relative to `project`, by default where the tool looks: tools dbmate, drizzle, flask, knex, node-pg-migrate, sqitch.", DEFAULTS.directory),
	table: () => described(text(isFilled), "The table in which the tool records what it applied, where it is not the usual one: `name`, or `schema.name`. Tools dbmate, drizzle, knex, node-pg-migrate."),
	"shared-directory": () => described(text(isPath), "Where the migrations of the schema are that tenants share; without it that schema is not migrated. Tool sql."),
	layout: () => described(_enum([
		"flat",
		"pairs",
		"directories"
	]), "How the SQL files lie there; recognised where it is left out. Tool sql."),
	baseline: () => described(text(isFilled), "The last migration that the database had before Belay came to it: those up to it count as applied. Only where nothing is recorded yet. Tool sql."),
	migrations: () => described(array(commandMigration()).check(_minLength(1), distinctIds), "Programs of the team's own, in the order in which they are applied; tool command."),
	run: () => described(array(text(isFilled)).check(_minLength(1)), "A prefix for the tool's command line, for a tool that lives elsewhere: docker, run, …"),
	path: () => described(text(isPath), "How the tool sees the SQLite file, where that differs."),
	"url-variable": () => described(text(isVariableName), "A second name under which the tool gets the URL; by default the variable that target.url names, else, but for command, DATABASE_URL."),
	variables: () => described(record(string(), _enum([
		"url",
		"host",
		"port",
		"name",
		"user",
		"password",
		"path"
	])).check(variableNames), "Variables that hold parts of the URL, for tools that want parts. A SQLite file has url, and path and name, which are both its path."),
	env: () => described(array(text(isVariableName)), "The only variables that the tool inherits, beside PATH, HOME and what else any program needs."),
	"env-file": () => described(text(isPath), "A file of NAME=value lines for the tool; its values are secrets."),
	timeout: () => described(timeout(), "How long the migrations may take together.", DEFAULTS.migrateTimeout),
	"lock-timeout": () => described(timeout(), "How long a statement may wait for a lock; PostgreSQL.", DEFAULTS.lockTimeout),
	retries: () => described(int().check(_gte(0), _lte(100)), "How often to try again where a lock was busy and nothing was applied.", DEFAULTS.retries)
};
const migrate = (given) => union([tool(), mapOf(keys, given)]);
// src/config/migrate.ts
function migrateOf(given, effective, directory) {
	const written = asMap(given);
	const [program, ...rest] = written.run ?? [];
	return {
		tool: toolOf(written),
		options: toolOptions(written),
		migrations: (written.migrations ?? []).map(commandMigrationOf),
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
function asMap(given) {
	return typeof given === "string" ? { tool: given } : given ?? {};
}
function toolOf(written) {
	if (written.tool !== void 0) return written.tool;
	const given = ownKeys(written);
	const owners = given.length === 0 ? [] : ownersOf(given);
	return owners.includes("sql") || owners.length === 1 ? owners[0] ?? null : null;
}
function ownKeys(written) {
	return [...new Set(Object.values(TOOL_OPTIONS).flat())].filter((key) => key in written);
}
function ownersOf(keys) {
	return Object.keys(TOOL_OPTIONS).filter((tool) => keys.every((key) => TOOL_OPTIONS[tool]?.includes(key)));
}
function toolOptions(written) {
	const byDefault = toolOf(written) === "sql" ? { directory: DEFAULTS.directory } : {};
	const keys = Object.values(TOOL_OPTIONS).flat().filter((key) => key !== "migrations");
	const given = Object.entries(written).filter(([key, value]) => keys.includes(key) && value !== void 0);
	return {
		...byDefault,
		...Object.fromEntries(given)
	};
}
function commandMigrationOf(written) {
	return {
		id: written.id,
		pending: commandOf(written.pending),
		pendingWhen: written["pending-when"],
		appliedWhen: written["applied-when"],
		apply: migrationCommand(written.apply),
		revert: written.revert === void 0 ? null : migrationCommand(written.revert),
		files: written.files ?? null
	};
}
function migrationCommand(written) {
	const { command, timeoutMs } = commandOf(written);
	return {
		command,
		timeoutMs: typeof written === "object" && "timeout" in written && written.timeout !== void 0 ? timeoutMs : null
	};
}
function variableOfTarget(effective) {
	const url = at(effective, ["target", "url"]);
	const [, name = null] = /^\$\{(\w+)\}$/.exec(url?.kind === "scalar" ? url.source : "") ?? [];
	return name;
}
function migrateProblems(given, targets, block) {
	const written = asMap(given);
	const tool = toolOf(written);
	return [
		...tool === null ? withoutTool(written, block) : foreignKeys(written, tool, block),
		...tool === "command" && written.migrations === void 0 ? [withoutMigrations(block)] : [],
		...partsProblems(written.variables ?? {}, targets, block)
	];
}
function withoutTool(written, block) {
	const [first, ...others] = ownKeys(written);
	if (first === void 0) return [];
	const other = others.find((key) => ownersOf([first, key]).length === 0);
	if (other === void 0) return [];
	const message = `"${other}" is a key of ${ofTools(ownersOf([other]))}, and "${first}" of ${ownersOf([first]).join(", ")}`;
	return [problem$3(block, ["migrate", other], "unknown-key", message, "leave one of the two out")];
}
function foreignKeys(written, tool, block) {
	const own = TOOL_OPTIONS[tool] ?? [];
	const foreign = ownKeys(written).filter((key) => !own.includes(key)).map((key) => problem$3(block, ["migrate", key], "unknown-key", `"${key}" is a key of ${ofTools(ownersOf([key]))}, not of ${tool}`, "leave it out"));
	if (!BUILT_IN.includes(tool)) return foreign;
	const useless = PROGRAM_OPTIONS.filter((key) => key in written).map((key) => problem$3(block, ["migrate", key], "unknown-key", `"${key}" is for tools that are programs of their own; ${tool} is part of Belay`, "leave it out"));
	return [...foreign, ...useless];
}
function ofTools(tools) {
	return `the tool${tools.length === 1 ? "" : "s"} ${tools.join(", ")}`;
}
function withoutMigrations(block) {
	return problem$3(block, ["migrate", "migrations"], "missing-key", "the tool command needs migrations", "list them: [{ id, pending, pending-when, applied-when, apply }]");
}
function partsProblems(variables, targets, block) {
	if (!targets.some(({ engine }) => engine === "sqlite")) return [];
	return Object.entries(variables).flatMap(([name, part]) => SQLITE_PARTS.includes(part) ? [] : [problem$3(block, [
		"migrate",
		"variables",
		name
	], "no-such-part", `a SQLite file has no ${part}`, `it has ${SQLITE_PARTS.join(", ")}`)]);
}
const SQLITE_PARTS = [
	"url",
	"path",
	"name"
];
function problem$3(block, path, code, message, hint) {
	const { line, column, path: name } = placeOf$2(block, path);
	return {
		line,
		column,
		path: name,
		code,
		message,
		hint
	};
}
// src/config/shown.ts
function shown$1(value) {
	const line = withoutPassword(value).replace(/\s+/g, " ");
	return JSON.stringify(line.length > 80 ? `${line.slice(0, 79)}…` : line);
}
function withoutPassword(text) {
	return withoutAgeKey(text).replace(/(:\/\/[^\s:/@]*):\S*@/g, "$1:***@").replace(/([?&][\w-]*(?:password|passwd|secret|token|key)=)[^&\s]*/gi, "$1***").replace(KEYWORD_PASSWORD, "$1***");
}
const KEYWORD_PASSWORD = /((?:^|\s)password\s*=\s*)('(?:[^'\\]|\\.)*'?|[^\s'][^\s]*)/g;
function withoutAgeKey(text) {
	return text.replace(/AGE-SECRET-KEY-[\w-]+/gi, "AGE-SECRET-KEY-***");
}
function passwordsIn(text) {
	const written = [...text.matchAll(/:\/\/[^\s:/@]*:(\S+)@/g)].map(([, password = ""]) => password);
	const parameters = [...text.matchAll(/[?&]password=([^&\s]+)/g)].map(([, password = ""]) => password);
	const keywords = [...text.matchAll(KEYWORD_PASSWORD)].map(([, , password = ""]) => password.replace(/^'(.*)'$/s, "$1").replace(/\\(.)/gs, "$1"));
	return [...new Set([...[...written, ...parameters].flatMap((password) => [password, decoded$1(password)]), ...keywords])];
}
function decoded$1(text) {
	return text.replace(/(%[0-9a-f]{2})+/gi, (bytes) => new TextDecoder().decode(Buffer.from(bytes.replaceAll("%", ""), "hex")));
}
// src/config/notify.ts
const TOLD_BY_DEFAULT = MESSAGE_EVENTS.filter((event) => event !== "before");
function receiversOf(written = [], directory) {
	const names = namesOf$1(written);
	return written.map((each, index) => receiverOf(each, names[index] ?? kindOf$1(each), directory));
}
function receiverOf(written, name, directory) {
	const common = {
		name,
		on: written.on ?? TOLD_BY_DEFAULT,
		timeoutMs: validDurationMs(written.timeout ?? DEFAULTS.notify.timeout)
	};
	if ("webhook" in written) return {
		...common,
		kind: "webhook",
		url: written.webhook,
		secret: written.secret ?? null
	};
	const template = written.template ?? null;
	if ("slack" in written) return {
		...common,
		kind: "slack",
		url: written.slack,
		template
	};
	if ("file" in written) return {
		...common,
		kind: "file",
		path: resolve(directory, written.file),
		template
	};
	return {
		...common,
		kind: "email",
		to: typeof written.email === "string" ? [written.email] : written.email,
		from: written.from,
		smtp: written.smtp,
		subject: written.subject ?? DEFAULTS.notify.subject,
		template
	};
}
function kindOf$1(written) {
	if ("slack" in written) return "slack";
	if ("webhook" in written) return "webhook";
	return "file" in written ? "file" : "email";
}
function namesOf$1(written) {
	const taken = new Set(written.flatMap(({ name }) => name ?? []));
	return written.map((each) => {
		if (each.name !== void 0) return each.name;
		let name = kindOf$1(each);
		for (let count = 2; taken.has(name); count++) name = `${kindOf$1(each)}-${count}`;
		taken.add(name);
		return name;
	});
}
function notifyProblems(written = [], block) {
	return written.flatMap((each, index) => {
		const path = ["notify", index];
		const first = written.findIndex(({ name }) => name === each.name);
		const line = placeOf$2(block, [
			"notify",
			first,
			"name"
		]).line;
		return [
			..."slack" in each ? inFile(block, [...path, "slack"], "whoever knows the address of this webhook can write there", "SLACK_WEBHOOK") : [],
			..."webhook" in each && each.secret !== void 0 ? inFile(block, [...path, "secret"], "a secret does not belong into this file", "BELAY_WEBHOOK_SECRET") : [],
			..."smtp" in each && passwordsIn(each.smtp).length > 0 ? inFile(block, [...path, "smtp"], "a password does not belong into this file", "SMTP_URL") : [],
			...each.name !== void 0 && first !== index ? [problem$2(block, [...path, "name"], "duplicate-receiver", "another receiver has this name", `it is on line ${line}; give each its own`)] : []
		];
	});
}
function inFile(block, path, message, variable) {
	const found = at(block, path);
	if (found?.kind !== "scalar" || found.origin !== "written") return [];
	return [problem$2(block, path, "secret-in-file", message, `write "\${${variable}}" and set the variable`)];
}
function problem$2(block, path, code, message, hint) {
	return {
		...placeOf$2(block, path),
		code,
		message,
		hint
	};
}
// src/config/store.ts
const S3_SECRETS$1 = [
	"AWS_ACCESS_KEY_ID",
	"AWS_SECRET_ACCESS_KEY",
	"AWS_SESSION_TOKEN"
];
function isS3(store) {
	return store?.startsWith("s3://") === true;
}
function storeOf(written, directory) {
	if (written === void 0) return null;
	const url = typeof written === "string" ? written : written.url;
	return isS3(url) ? url.replace(/\/+$/, "") : resolve(directory, url);
}
function s3Of(written) {
	const { endpoint = null, region = null, "path-style": pathStyle = null } = typeof written === "object" ? written : {};
	return {
		endpoint,
		region,
		pathStyle
	};
}
function encryptionOf$1(written, directory) {
	if (written === void 0) return null;
	const file = written["identity-file"];
	return {
		recipients: written.recipients,
		identities: ageIdentities(written.identity ?? "") ?? [],
		identityFile: file === void 0 ? null : resolve(directory, file)
	};
}
function storeSecrets(store) {
	return isS3(store) ? S3_SECRETS$1 : [];
}
function storeProblems(store, s3, block) {
	const problems = [];
	const identity = [
		"backup",
		"encrypt",
		"identity"
	];
	const written = at(block, identity);
	if (written?.kind === "scalar" && written.origin === "written") problems.push(problem$1(block, identity, "secret-in-file", "a secret key does not belong into this file", "write identity: \"${BELAY_AGE_IDENTITY}\" and set the variable, or name a file in identity-file"));
	const place = at(block, [
		"backup",
		"store",
		"url"
	]) ?? at(block, ["backup", "store"]);
	if (place?.kind === "scalar" && place.origin === "unknown" || store === null || isS3(store) || Object.values(s3).every((value) => value === null)) return problems;
	const hint = "leave endpoint, region and path-style out, or write url: s3://BUCKET/PREFIX";
	return [...problems, problem$1(block, ["backup", "store"], "not-s3", "a store in a directory has no endpoint and no region", hint)];
}
function problem$1(block, path, code, message, hint) {
	return {
		...placeOf$2(block, path),
		code,
		message,
		hint
	};
}
// src/config/problem.ts
const STORE_IN_CHECKOUT = "store-in-checkout";
function configError(file, problems) {
	const sorted = distinct(problems).sort((a, b) => a.line - b.line || a.column - b.column);
	const lines = sorted.map((problem) => problemLine(file, problem));
	const message = lines.length === 1 ? lines.join() : `${file} has ${lines.length} problems:\n${lines.join("\n")}`;
	const told = sorted.map((problem) => ({
		file,
		...problem
	}));
	if (sorted.every(({ code }) => code === "store-in-checkout")) return refusal(STORE_IN_CHECKOUT, message, {
		hint: "write an absolute path outside of the workspace, or for a store a bucket, `s3://BUCKET/PREFIX`; nothing was touched",
		facts: {
			file,
			line: sorted[0]?.line ?? 1,
			problems: told
		}
	});
	const hint = `mend ${file} and run the same command again; nothing was touched`;
	return usageError("config-invalid", message, {
		hint,
		facts: { problems: told }
	});
}
function problemLine(file, { line, path, message, hint }) {
	return `${file}:${line}: ${path === "" ? "" : `${path}: `}${message}${hint === null ? "" : `; ${hint}`}`;
}
function distinct(problems) {
	return [...new Map(problems.map((problem) => [`${problem.line}:${problem.column}:${problem.path}:${problem.message}`, problem])).values()];
}
// src/config/target-files.ts
const WILDCARDS = /[*?]+/g;
function hasWildcard(text) {
	return /[*?]/.test(text);
}
function filledIn(pattern, matched) {
	const wildcards = pattern.match(WILDCARDS)?.length ?? 0;
	let next = 0;
	return wildcards === matched.length ? pattern.replace(WILDCARDS, () => matched[next++] ?? "") : null;
}
const findFiles = (pattern, directory) => {
	const unreadable = [];
	const segments = pattern.split("/").filter((segment) => segment !== "" && segment !== ".");
	let found = [{
		path: pattern.startsWith("/") ? "/" : resolve(directory),
		matched: []
	}];
	for (const [index, segment] of segments.entries()) {
		const isLast = index === segments.length - 1;
		found = found.flatMap((place) => stepInto(place, segment, unreadable)).filter(({ path }) => isKind(path, isLast, unreadable));
	}
	return {
		files: found.map((each) => ({
			...each,
			real: realpathSync(each.path)
		})).sort((a, b) => a.path < b.path ? -1 : 1),
		unreadable
	};
};
function stepInto({ path, matched }, segment, unreadable) {
	if (!hasWildcard(segment)) return [{
		path: join(path, segment),
		matched
	}];
	const matches = new RegExp(`^${segment.replace(/[\\^$.+()|[\]{}]/g, "\\$&").replace(WILDCARDS, group)}$`, "su");
	return namesIn(path, unreadable).flatMap((name) => {
		const [, ...parts] = matches.exec(name) ?? [];
		if (parts.length === 0 || isBelays(name) || name.startsWith(".") && !segment.startsWith(".")) return [];
		return [{
			path: join(path, name),
			matched: [...matched, ...parts]
		}];
	});
}
function group(wildcards) {
	return `(${[...wildcards].map((wildcard) => wildcard === "*" ? ".*" : ".").join("")})`;
}
const SQLITES_OWN = /-(?:wal|shm|journal)$/;
function isBelays(name) {
	return name.includes(".belay") || name.includes("_belay_") || name === "belay-backups" || SQLITES_OWN.test(name);
}
function namesIn(folder, unreadable) {
	try {
		return readdirSync(folder);
	} catch (error) {
		unreadable.push(...told(error));
		return [];
	}
}
function isKind(path, file, unreadable) {
	try {
		const stat = statSync(path);
		return file ? stat.isFile() : stat.isDirectory();
	} catch (error) {
		unreadable.push(...told(error));
		return false;
	}
}
function told(error) {
	if (!(error instanceof Error)) throw error;
	return "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR") ? [] : [error.message];
}
// src/config/targets.ts
function targetsOf$1({ target, targets }, effective, expanded, around) {
	if (targets === void 0) return listed([writtenTarget(target ?? DEFAULTS.targetUrl, ["target"])], effective, expanded, around);
	if ("files" in targets) return foundBy(targets.files, effective, expanded, around);
	return listed(targets.map((each, index) => writtenTarget(each, ["targets", index])), effective, expanded, around);
}
function listed(written, effective, expanded, around) {
	const problems = [];
	const targets = [];
	for (const one of written) {
		const read = readTargetUrl(one.url);
		if (!("engine" in read)) continue;
		const target = targetOf(one, read, effective, around);
		problems.push(...schemasOfSqlite(target, expanded, one.path), ...inCheckout(target, expanded, one.path, around), ...secondOfItsName(target, targets, expanded, one.path), ...secondOfItsFile(target, targets, expanded, one.path));
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
		schemas: void 0,
		path
	};
	return {
		name: written.name,
		url: written.url ?? "",
		schemas: written.schemas,
		path: [...path, "url"]
	};
}
function targetOf({ name, schemas, path }, read, effective, { directory }) {
	const configured = at(effective, path);
	return {
		name: name ?? read.name,
		engine: read.engine,
		address: read.engine === "sqlite" ? resolve(directory, read.address) : read.address,
		configured: configured?.kind === "scalar" ? withoutPassword(configured.source) : "",
		...schemas === void 0 ? {} : { schemas }
	};
}
const FILES = ["targets", "files"];
function foundBy(pattern, effective, expanded, around) {
	const written = at(expanded, FILES);
	if (around.find === null || written?.kind === "scalar" && written.origin === "unknown") return {
		targets: [],
		problems: []
	};
	const { files, unreadable } = around.find(pattern, around.directory);
	const place = placeOf$2(expanded, FILES);
	const problem = (code, message, hint) => ({
		...place,
		code,
		message,
		hint
	});
	if (unreadable.length > 0) return {
		targets: [],
		problems: [problem("targets-unreadable", `what lies there cannot be told in full: ${unreadable.join("; ")}`, "let the user that runs Belay read these folders")]
	};
	if (files.length === 0) return {
		targets: [],
		problems: [problem("no-targets", `no file is there that this pattern names (looked for in ${around.directory})`, "mend the pattern; it starts at the directory of belay.yml")]
	};
	const source = at(effective, FILES);
	const targets = files.map((file) => foundTarget(file, source?.kind === "scalar" ? source.source : pattern)).toSorted(byName);
	return {
		targets,
		problems: [...ambiguous(files, targets, problem), ...targets.flatMap((target) => inCheckout(target, expanded, FILES, around))]
	};
}
function foundTarget({ path, matched }, source) {
	const file = filledIn(source, matched) ?? path;
	return {
		name: matched.join("-"),
		engine: "sqlite",
		address: path,
		configured: `sqlite:${file}`
	};
}
function byName(a, b) {
	return a.name < b.name ? -1 : 1;
}
function ambiguous(files, targets, problem) {
	const unfit = targets.flatMap(({ name, address }) => {
		return canBeFolder(name) ? [] : [problem("bad-name", `${address} would be called ${JSON.stringify(name)}, which no folder can be`, RENAME)];
	});
	const twice = targets.flatMap(({ name, address }, index) => targets[index - 1]?.name === name ? [problem("duplicate-target", `${targets[index - 1]?.address} and ${address} would both be called "${name}"`, RENAME)] : []);
	const reals = files.toSorted((a, b) => a.real < b.real ? -1 : 1);
	const linked = reals.flatMap(({ path, real }, index) => reals[index - 1]?.real === real ? [problem("duplicate-target", `${reals[index - 1]?.path} and ${path} are the same file`, "let the pattern name only one of the two")] : []);
	return [
		...unfit,
		...twice,
		...linked
	];
}
function canBeFolder(name) {
	return !/^\.{0,2}$|[/\\\p{Cc}]/u.test(name) && Buffer.byteLength(name) <= LONGEST_NAME_BYTES;
}
const LONGEST_NAME_BYTES = 200;
const RENAME = "list the databases with names of your own: targets: [{ name: …, url: sqlite:… }]";
function schemasOfSqlite({ engine, schemas }, block, path) {
	if (engine !== "sqlite" || schemas === void 0) return [];
	return [{
		...placeOf$2(block, [...path.slice(0, -1), "schemas"]),
		code: "no-schemas",
		message: "a SQLite database has no schemas",
		hint: "leave schemas out"
	}];
}
function inCheckout(target, block, path, around) {
	return target.engine === "sqlite" ? lostWithCheckout("this database", target.address, block, path, around) : [];
}
function lostWithCheckout(what, place, block, path, { checkout }) {
	const written = at(block, path);
	if (checkout === null || written?.kind === "scalar" && written.origin === "unknown" || !isInside(checkout, place)) return [];
	const message = `${what} lies in the workspace of the workflow, which the next checkout empties`;
	return [{
		...placeOf$2(block, path),
		code: STORE_IN_CHECKOUT,
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
		...placeOf$2(block, path),
		code: "duplicate-target",
		message,
		hint: "give one of them a name: { name: …, url: … }"
	}];
}
function secondOfItsFile(target, earlier, block, path) {
	const same = earlier.find(({ engine, address, name }) => engine === target.engine && address === target.address && name !== target.name);
	if (same === void 0 || at(block, path) === void 0) return [];
	const message = `this is the database of the target "${same.name}", too`;
	return [{
		...placeOf$2(block, path),
		code: "duplicate-target",
		message,
		hint: "leave one of the two out"
	}];
}
// src/config/tenants.ts
function tenantsOf$1(written, tool, targets) {
	if (written === void 0 && (!tellsTenants(tool) || targets.some(({ engine }) => engine === "sqlite"))) return null;
	const { sql, names, shared = null, create, remove } = written ?? {};
	return {
		list: sql !== void 0 ? { sql } : names === void 0 && tellsTenants(tool) ? { told: "by the tool" } : { names: names ?? [] },
		shared,
		new: create === void 0 || remove === void 0 ? null : {
			create: actOf(create),
			remove: actOf(remove)
		}
	};
}
function tellsTenants(tool) {
	return TELL_TENANTS.some((name) => name === tool);
}
function actOf(written) {
	return typeof written === "object" && "sql" in written ? { sql: written.sql } : commandOf(written);
}
function tenantsProblems(tenants, targets, { tool, options }, block) {
	if (tenants === null) {
		if (options["shared-directory"] === void 0) return [];
		return [problem(block, ["migrate", "shared-directory"], "no-tenants", "shared-directory is for tenants, and there are none", "leave it out")];
	}
	return [
		..."names" in tenants.list && tenants.list.names.length === 0 ? [problem(block, ["tenants"], "missing-key", `which schemas are tenants?${tool === null ? "" : ` ${tool} does not tell`}`, "add sql: select … or names: [a, b]")] : [],
		...targets.some(({ engine }) => engine === "sqlite") ? [problem(block, ["tenants"], "no-schemas", "a SQLite database has no schemas, and so no tenants", "leave tenants out")] : [],
		...targets.some(({ schemas }) => schemas !== void 0) ? [problem(block, ["tenants"], "schemas-and-tenants", "schemas and tenants exclude each other", "leave schemas of the target out")] : [],
		...options["shared-directory"] !== void 0 && tenants.shared === null ? [problem(block, ["migrate", "shared-directory"], "no-shared-schema", "shared-directory is for the schema that tenants share, and none is named", "add tenants: { shared: public }")] : []
	];
}
function problem(block, path, code, message, hint) {
	return {
		...placeOf$2(block, path),
		code,
		message,
		hint
	};
}
// src/config/watch.ts
const PATH = ["watch", "checks"];
function watchOf(written, block, health) {
	if (written === void 0) return null;
	const own = checksOf(written.checks ?? [], block, PATH);
	const checks = written.checks === void 0 ? health.map(askedOnce) : own;
	return {
		forMs: written.for === void 0 ? 0 : validDurationMs(written.for),
		everyMs: validDurationMs(written.every ?? DEFAULTS.watch.every),
		checks: checks.map((check, index) => ({
			check,
			failures: toleranceOf(written.checks?.[index]?.failures)
		})),
		onFailure: written["on-failure"] ?? DEFAULTS.watch.onFailure,
		scheduled: {
			forMs: validDurationMs(written.scheduled?.for ?? DEFAULTS.watch.scheduled.for),
			onFailure: written.scheduled?.["on-failure"] ?? DEFAULTS.watch.scheduled.onFailure
		}
	};
}
function askedOnce(check) {
	return check.kind === "http" ? {
		...check,
		withinMs: 0
	} : check;
}
function toleranceOf(written) {
	if (written === void 0 || typeof written === "number") return {
		atMost: written ?? 0,
		of: null
	};
	return {
		atMost: written["at-most"],
		of: written.of ?? null
	};
}
function watchProblems(written, health, block) {
	if (written === void 0) return [];
	if (written.checks !== void 0) return sameNames(written.checks, block, PATH);
	if (health.length > 0) return [];
	const message = "there is nothing to watch: neither watch.checks nor checks.health says what must hold";
	return [{
		...placeOf$2(block, ["watch"]),
		code: "nothing-to-watch",
		message,
		hint: "write checks: [{ http: … }] below watch"
	}];
}
// src/config/environment.ts
function environmentOf(source, around) {
	const { name, effective, expanded, written } = source;
	const { targets, problems } = targetsOf$1(written, effective, expanded, around);
	const { before = [], after = [], health = [] } = written.checks ?? {};
	const healthChecks = healthChecksOf(health, expanded, ["checks", "health"]);
	const migrate = migrateOf(written.migrate, effective, around.directory);
	const environment = {
		name,
		directory: around.directory,
		targets,
		waves: (written.waves ?? []).map(waveSizeOf),
		parallel: written.parallel ?? DEFAULTS.parallel,
		tenants: tenantsOf$1(written.tenants, migrate.tool, targets),
		migrate,
		app: appOf(written.app),
		checks: {
			before: checksOf(before, expanded, ["checks", "before"]),
			after: checksOf(after, expanded, ["checks", "after"]),
			health: healthChecks
		},
		watch: watchOf(written.watch, expanded, healthChecks),
		notify: receiversOf(written.notify, around.directory),
		checklist: written.checklist ?? [],
		data: dataOf(written.data),
		backup: backupOf(written.backup, around.directory),
		rollback: rollbackOf(written.rollback),
		lock: { database: written.lock?.database ?? null },
		gate: { fixHint: written.gate?.["fix-hint"] ?? null },
		approvals: approvalsOf(written.approvals, source.hasBot),
		require: source.hasBot && written.approvals !== void 0 ? written.require ?? DEFAULTS.require : [],
		merge: written.merge ?? DEFAULTS.merge,
		githubEnvironment: written["github-environment"] ?? name,
		needs: written.needs === void 0 ? null : {
			name: written.needs,
			githubEnvironment: source.githubEnvironmentOf(written.needs)
		},
		isNeeded: source.isNeeded,
		windows: windowsOf(written.windows),
		policy: toJson(effective),
		secrets: source.secrets,
		withheldVariables: [...source.withheldVariables, ...storeSecrets(storeOf(written.backup?.store, around.directory))]
	};
	const unasked = source.hasBot ? [] : needsBot(written, expanded);
	return {
		environment,
		problems: [
			...problems,
			...furtherProblems(environment, written, expanded, around),
			...unasked
		]
	};
}
function needsBot(written, block) {
	return ["require", "merge"].filter((key) => written[key] !== void 0).map((key) => ({
		...placeOf$2(block, [key]),
		code: "needs-bot",
		message: `${key} is asked by the bot, and this file names none`,
		hint: `write \`bot: https://…\` at the top, or leave ${key} out`
	}));
}
function furtherProblems({ backup, targets, tenants, migrate, checks }, written, block, around) {
	const { before = [], after = [], health = [] } = written.checks ?? {};
	return [
		...storeProblems(backup.store, backup.s3, block),
		...backup.store === null || isS3(backup.store) ? [] : lostWithCheckout("this store", backup.store, block, placeOfStore(block), around),
		...written.target !== void 0 && written.targets !== void 0 ? [both(block)] : [],
		...sameNames(before, block, ["checks", "before"]),
		...sameNames(after, block, ["checks", "after"]),
		...Array.isArray(health) ? sameNames(health.map((each) => typeof each === "string" ? {} : each), block, ["checks", "health"]) : [],
		...watchProblems(written.watch, checks.health, block),
		...notifyProblems(written.notify, block),
		...migrateProblems(written.migrate, targets, block),
		...tenantsProblems(tenants, targets, migrate, block),
		...backup.when === "before" && backup.clone === "never" ? [needsClone(block, "a backup that was taken before the downtime", "leave clone out, or write when: stopped")] : [],
		...backup.external === null ? [] : besideExternal(backup, written, block)
	];
}
function placeOfStore(block) {
	const path = ["backup", "store"];
	return at(block, path)?.kind === "map" ? [...path, "url"] : path;
}
function needsClone(block, what, hint) {
	return {
		...placeOf$2(block, ["backup", "clone"]),
		code: "clone-needed",
		message: `${what} needs the copy for the way back`,
		hint
	};
}
function besideExternal(backup, written, block) {
	const useless = ["when", "proof"].filter((key) => written.backup?.[key] !== void 0);
	return [...backup.clone === "never" ? [needsClone(block, "an external backup", "leave clone out")] : [], ...useless.map((key) => ({
		...placeOf$2(block, ["backup", key]),
		code: "no-effect",
		message: `${key} says how Belay's own backup is made, and backup.external is in its place`,
		hint: `leave ${key} out`
	}))];
}
function both(block) {
	const { line, column, path } = placeOf$2(block, ["targets"]);
	return {
		line,
		column,
		path,
		code: "target-and-targets",
		message: "target and targets exclude each other",
		hint: "write the one target into the list"
	};
}
function appOf(given) {
	const written = typeof given === "object" ? given : {};
	const command = (key) => written[key] === void 0 ? null : commandOf(written[key]);
	const { maintenance } = written;
	return {
		online: given === "online",
		per: written.per ?? DEFAULTS.per,
		prepare: command("prepare"),
		stop: command("stop"),
		start: command("start"),
		previous: command("previous"),
		maintenance: maintenance === void 0 ? null : {
			on: commandOf(maintenance.on),
			off: commandOf(maintenance.off)
		}
	};
}
function waveSizeOf(written) {
	return typeof written === "number" ? { count: written } : { percent: Number.parseFloat(written) };
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
	const keep = written?.keep;
	return {
		store: storeOf(written?.store, directory),
		s3: s3Of(written?.store),
		encryption: encryptionOf$1(written?.encrypt, directory),
		proof: written?.proof ?? DEFAULTS.proof,
		when: written?.when ?? DEFAULTS.when,
		clone: written?.clone ?? DEFAULTS.clone,
		scratch: written?.scratch ?? null,
		mayLack: written?.["may-lack"] ?? [],
		external: externalOf(written?.external),
		keep: {
			last: keep?.last ?? DEFAULTS.keep.last,
			days: keep?.days ?? DEFAULTS.keep.days,
			swapMs: validDurationMs(keep?.swap ?? DEFAULTS.keep.swap),
			failedMs: validDurationMs(keep?.failed ?? DEFAULTS.keep.failed)
		}
	};
}
function externalOf(written) {
	if (written === void 0) return null;
	return {
		create: written.create === void 0 ? null : commandOf(written.create),
		check: commandOf(written.check)
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
function approvalsOf(written, hasBot) {
	if (written === void 0) return null;
	return {
		by: written.by ?? (hasBot ? "bot" : null),
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
			...explain$1(issue, found, fromTop(tree, path))
		}];
	});
}
function fromTop(tree, path) {
	return tree.place.path === "" ? path : [
		"environments",
		tree.place.path,
		...path
	];
}
function placed(tree, path) {
	const { line, column, path: name } = at(tree, path)?.place ?? placeOf$2(tree, path);
	return {
		line,
		column,
		path: name
	};
}
function unknownKey(tree, path, all) {
	const { line, column, path: name } = placeOf$2(tree, path);
	const key = String(path.at(-1));
	const meant = nearest(key, all);
	const hint = meant === null ? adviceForKey(fromTop(tree, path)) ?? `the keys here are ${all.join(", ")}` : `did you mean "${meant}"?`;
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
function explain$1(issue, found, where) {
	if (found === void 0) return {
		code: "missing-key",
		message: `the key "${String(where.at(-1))}" is missing`,
		hint: "add it"
	};
	if (isEmpty(found)) return {
		code: "empty-value",
		message: "has no value",
		hint: "give it one, or leave the key out"
	};
	if (issue.code === "custom") return custom(issue, found);
	if (issue.code === "invalid_value") return wrongChoice(issue.values.map(String), found);
	if (issue.code === "invalid_type") return wrongType(issue, found, where);
	if (issue.code === "too_small") return outOfRange(issue.origin, `at least ${issue.minimum}`, found);
	if (issue.code === "too_big") return outOfRange(issue.origin, `at most ${issue.maximum}`, found);
	return {
		code: "invalid",
		message: `not understood, ${got(found)}`,
		hint: null
	};
}
function wrongType(issue, found, where) {
	const own = issue.expected === "object" || issue.expected === "record" ? adviceForMap(where) : hintFor(issue.expected, found);
	const hint = issue.message === "Invalid input" ? own : issue.message;
	return {
		code: "wrong-type",
		message: `expected ${kindName(issue.expected)}, ${got(found)}`,
		hint
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
	const where = fromTop(tree, path);
	const first = forms.flat();
	if (found === void 0 || isEmpty(found)) return {
		...placed(tree, path),
		...explain$1(first[0], found, where)
	};
	const choices = first.flatMap((issue) => issue.code === "invalid_value" ? issue.values.map(String) : []);
	const expected = [...[...new Set(allTypes(first))].map(kindName), ...choices.map((choice) => `"${choice}"`)];
	const meant = isWritten(found) ? choiceMeant(String(found.value), choices) : null;
	return {
		...placed(tree, path),
		code: "wrong-type",
		message: `expected ${expected.join(" or ")}, ${got(found)}`,
		hint: meant === null ? adviceForMap(where) : `did you mean "${meant}"?`
	};
}
function choiceMeant(written, choices) {
	return adviceForChoice(written, choices) ?? nearest(written, choices);
}
function allTypes(issues) {
	return issues.flatMap((issue) => {
		if (issue.path.length > 0) return [];
		if (issue.code === "invalid_union") return allTypes(issue.errors.flat());
		return issue.code === "invalid_type" ? [issue.expected] : [];
	});
}
function wrongChoice(choices, found) {
	const meant = isWritten(found) && choices.length > 1 ? choiceMeant(String(found.value), choices) : null;
	return {
		code: "wrong-value",
		message: `expected ${choices.length === 1 ? choices.join() : `one of ${choices.join(", ")}`}, ${got(found)}`,
		hint: meant === null ? null : `did you mean "${meant}"?`
	};
}
function got(found) {
	if (found.kind === "list" && found.items.length === 0) return "but this one is empty";
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
	if (expected === "boolean") return booleanHint(found);
	return null;
}
function booleanHint(found) {
	const word = isWritten(found) ? found.source.toLowerCase() : "";
	if ([
		"yes",
		"on",
		"y"
	].includes(word)) return "write true";
	return [
		"no",
		"off",
		"n"
	].includes(word) ? "write false" : "write true or false, without quotes";
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
	[["app", "previous"], "run"],
	[[
		"app",
		"maintenance",
		"on"
	], "run"],
	[[
		"app",
		"maintenance",
		"off"
	], "run"]
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
	return mapOf$1(over.place, merged);
}
function spellOut(block) {
	return SHORTHANDS.reduce((tree, [path, key]) => spellOutAt(tree, path, key), block);
}
function spellOutAt(tree, [first, ...rest], key) {
	const value = first === void 0 ? void 0 : tree.entries.get(first)?.value;
	if (first === void 0 || value === void 0) return tree;
	if (rest.length > 0) return value.kind === "map" ? withValue(tree, first, spellOutAt(value, rest, key)) : tree;
	return (value.kind === "scalar" ? typeof value.value === "string" : value.kind === "list" && key === "run") ? withValue(tree, first, mapOf$1(value.place, [[key, {
		place: value.place,
		value
	}]])) : tree;
}
// src/config/schema-notify.ts
const FIELDS = Object.keys(MESSAGE_FIELDS);
const isTemplate = rule((template) => {
	const [name] = unknownFields(template);
	if (name === void 0) return null;
	if (name === "{{" || name === "}}") return {
		code: "bad-template",
		message: `${name} without its other half`,
		hint: "write {{environment}}"
	};
	const meant = nearest(name, FIELDS);
	return {
		code: "unknown-field",
		message: `{{${name}}} is not known`,
		hint: meant === null ? `the fields are ${FIELDS.join(", ")}` : `did you mean {{${meant}}}?`
	};
});
const isSubject = rule((subject) => /[\r\n]/.test(subject.trimEnd()) ? {
	code: "bad-subject",
	message: "a subject is one line",
	hint: "put the rest into template"
} : null);
const ADDRESS = /^(?:[^<>@\r\n,;]*<[^\s<>@,;]+@[^\s<>@,;]+>|[^\s<>@,;]+@[^\s<>@,;]+)$/;
const isAddress = rule((address) => ADDRESS.test(address.trim()) ? null : {
	code: "bad-address",
	message: "expected an address",
	hint: "write ops@example.com or Ops <ops@example.com>"
});
const isSmtpUrl = rule((url) => /^smtps?:\/\/[^\s/?#]+/i.test(url) && URL.canParse(url) ? null : {
	code: "bad-url",
	message: "expected the address of a mail server",
	hint: "smtp://USER:PASSWORD@HOST:587, or smtps:// for TLS from the first byte"
});
const common = once(() => ({
	name: described(text(isName), "What reports call the receiver; by default its kind, with a number where there are several."),
	on: described(array(_enum(MESSAGE_EVENTS)).check(_minLength(1)), "What it is told of: before (a run prepares), start (the downtime begins), end (it went well), failure, rollback. By default all but before."),
	timeout: described(timeout(), "How long sending one message may take, with all tries.", DEFAULTS.notify.timeout)
}));
const words = once(() => ({ template: described(text(isFilled, isTemplate), "The message, with {{fields}}: {{summary}}, {{environment}}, {{outcome}} … By default Belay's own words.") }));
const slack = once(() => strictObject({
	...common(),
	...words(),
	slack: needed(text(isHttpUrl), "A webhook that takes Slack's format (Slack, Mattermost, Rocket.Chat …), from a variable.")
}));
const webhook = once(() => strictObject({
	...common(),
	webhook: needed(text(isHttpUrl), "An address that the result is posted to as JSON."),
	secret: described(text(isFilled), "From a variable: signs the body with HMAC-SHA-256, in the header X-Belay-Signature-256 as sha256=HEX.")
}));
const email = once(() => {
	const address = text(isAddress);
	return strictObject({
		...common(),
		...words(),
		email: needed(union([address, array(address).check(_minLength(1))]), "Who gets the message: an address or a list."),
		from: needed(text(isAddress), "Who it is from."),
		smtp: needed(text(isSmtpUrl), "The mail server, smtp://USER:PASSWORD@HOST:587 or smtps://…, from a variable where it holds a password."),
		subject: described(text(isFilled, isSubject, isTemplate), "The subject, with {{fields}}.", DEFAULTS.notify.subject)
	});
});
const file = once(() => strictObject({
	...common(),
	...words(),
	file: needed(text(isFilled, isPath), "A file that messages are appended to.")
}));
const notify = once(() => array(union([
	slack(),
	webhook(),
	email(),
	file()
])));
// src/config/schema-store.ts
const store = once(() => union([text(isStore), strictObject({
	url: needed(text(isStore), "A directory, or s3://BUCKET/PREFIX."),
	endpoint: described(text(isEndpoint), "The address of an S3-compatible service; by default Amazon's, or AWS_ENDPOINT_URL."),
	region: described(text(isFilled), "The bucket's region; by default AWS_REGION, or the profile's."),
	"path-style": described(boolean(), "Whether the bucket stands in the path and not in the host's name; by default where the endpoint is not Amazon's.")
})]));
const encrypt = once(() => strictObject({
	recipients: needed(array(text(isRecipient)).check(_minLength(1)), "The public keys (age1…) that may open the backups."),
	identity: described(text(isIdentity), "A secret key to open them with, out of a variable: ${BELAY_AGE_IDENTITY}. Only restoring in another process needs one."),
	"identity-file": described(text(isPath), "The file with the secret key, as age-keygen writes it.")
}));
// src/config/schema-tenants.ts
const act = once(() => union([strictObject({ sql: needed(text(isFilled), "Statements, run in one transaction; current_setting('belay.schema') is the name of the schema.") }), command()]));
const tenantKeys = {
	sql: described(text(isFilled), "A query whose first column names the schemas of the tenants; by default django-tenants tells them, from its models."),
	names: described(array(text(isTenant)).check(_minLength(1)), "The schemas of the tenants, in the place of sql."),
	shared: described(text(isTenant), "The schema that all tenants build on: it is migrated first, and its failure undoes all."),
	create: described(act(), "Makes a new tenant (`belay migrate --new NAME`): a command, which is told its name as BELAY_SCHEMA, or SQL. Needs remove."),
	remove: described(act(), "Removes a new tenant again whose migration failed. Needs create.")
};
const whole = rules((written) => [
	...written.sql !== void 0 && written.names !== void 0 ? [flaw("sql-and-names", "sql and names exclude each other", "leave one of the two out", ["names"])] : [],
	...written.create !== void 0 && written.remove === void 0 ? [flaw("missing-key", "create needs remove, for a tenant that fails to migrate", "add remove", ["create"])] : [],
	...written.remove !== void 0 && written.create === void 0 ? [flaw("missing-key", "remove is for tenants that create made", "add create, or leave remove out", ["remove"])] : []
]);
function flaw(code, message, hint, path) {
	return {
		code,
		message,
		hint,
		path: [...path]
	};
}
const tenants = once(() => strictObject(tenantKeys).check(whole));
// src/config/schema-watch.ts
const LONGEST_IN_A_RUN_MS = 216e5;
const isWatchInARun = rule((text) => (durationMs(text) ?? 0) <= LONGEST_IN_A_RUN_MS ? null : {
	code: "watch-too-long",
	message: "a run holds its lock for as long as it watches: at most 6h",
	hint: `leave it out, and write scheduled: { for: ${text} } for \`belay verify --watch\``
});
const SHORTEST_ROUND_MS = 100;
const isRound = rule((text) => (durationMs(text) ?? SHORTEST_ROUND_MS) >= SHORTEST_ROUND_MS ? null : {
	code: "bad-duration",
	message: "expected at least 100ms from one round to the next",
	hint: "write for example 30s"
});
const fewerThanRounds = rule((written) => written.of === void 0 || written["at-most"] < written.of ? null : {
	code: "always-holds",
	message: "so many failures of so few rounds are never too many",
	hint: "at-most is less than of"
});
const failures = once(() => {
	const atMost = int().check(_gte(0));
	return union([atMost, strictObject({
		"at-most": needed(atMost, "How many rounds may fail."),
		of: described(int().check(_gte(1)), "Of how many rounds, the last ones; by default of all.")
	}).check(fewerThanRounds)]);
});
const watchedCheck = once(() => {
	const tolerance = { failures: described(failures(), "How many rounds may fail before the watch has failed: a number, or { at-most: 3, of: 20 }.", 0) };
	return union([
		extend(sqlCheck$1(), tolerance),
		extend(httpCheck$1(), tolerance),
		extend(commandCheck$1(), tolerance)
	]);
});
const onFailure = once(() => _enum(["roll-back", "alert"]));
const watch = once(() => strictObject({
	for: described(duration().check(isWatchInARun), "How long a run watches after its health checks. By default it does not; at most 6h."),
	every: described(timeout().check(isRound), "From one round of the checks to the next, within a run.", DEFAULTS.watch.every),
	checks: described(array(watchedCheck()).check(_minLength(1)), "What each round asks; SQL too, read beside the application. By default checks.health."),
	"on-failure": described(onFailure(), "What a run does whose watch failed: roll-back, as after a failed health check, or alert and leave it.", DEFAULTS.watch.onFailure),
	scheduled: described(strictObject({
		for: described(timeout(), "How long after the end of a run.", DEFAULTS.watch.scheduled.for),
		"on-failure": described(onFailure(), "What is done when it failed: alert, or roll-back.", DEFAULTS.watch.scheduled.onFailure)
	}), "What `belay verify --watch` does, one round a call.")
}));
// src/config/rule-targets.ts
const isFilePattern = rule((text) => {
	const flaw = (message, hint) => ({
		code: "bad-pattern",
		message,
		hint
	});
	if (text.startsWith("sqlite:")) return flaw("the pattern is that of files, without sqlite:", "write the path alone: customers/*/app.db");
	if (/^\w+:\/\//.test(text)) return flaw("expected a pattern of SQLite files", "databases of a server are listed: targets: [{ name, url }]");
	if (text.startsWith("~")) return flaw("~ is not expanded", "write the whole path, or ${HOME} for the home directory");
	if (text.includes("**")) return flaw("** is not read: a * stands for one name", "write one * for each folder in between");
	if (/[[\]{}]/.test(text)) return flaw("[ ] and { } have no meaning here", "use * and ? alone, or list the databases");
	if (text.includes("\0") || /(^|\/)(\.\.?)?$/.test(text)) return flaw("this names no files", "for example customers/*/app.db");
	return hasWildcard(text) ? null : flaw("there is no wildcard in this pattern", "name the one database: target: sqlite:PATH");
});
const isPercentage = rule((text) => {
	const [, number] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
	return number !== void 0 && Number(number) > 0 && Number(number) <= 100 ? null : {
		code: "bad-wave",
		message: "expected a number of targets, or a part of them",
		hint: "for example 1 or 10%"
	};
});
const areWaves = rules((sizes) => {
	const back = sizes.findIndex((size, index) => {
		const before = sizes[index - 1];
		return before !== void 0 && typeof before === typeof size && sizeOf$1(size) <= sizeOf$1(before);
	});
	if (back > 0) return [{
		code: "bad-wave",
		message: "this wave goes no further than the one before",
		hint: "say how many are migrated once the wave is over, those of the waves before counted in: [1, 10%, 100%]",
		path: [back]
	}];
	const last = sizes.at(-1);
	if (last === void 0 || typeof last === "string" && sizeOf$1(last) === 100) return [];
	return [{
		code: "bad-wave",
		message: "the last wave must reach all targets",
		hint: "end the list with 100%",
		path: [sizes.length - 1]
	}];
});
function sizeOf$1(size) {
	return typeof size === "number" ? size : Number.parseFloat(size);
}
// src/config/schema.ts
const target = once(() => union([text(isTargetUrl), strictObject({
	name: described(text(isName), "What the target is called; by default its file without the last extension, or its database."),
	url: described(text(isTargetUrl), "Where the database is: sqlite:PATH or postgres://HOST/DATABASE.", DEFAULTS.targetUrl),
	schemas: described(array(text(isFilled)).check(_minLength(1)), "The schemas that Belay owns; PostgreSQL.")
})]));
const targets = once(() => union([array(target()).check(_minLength(1)), strictObject({ files: needed(text(isFilePattern), "SQLite files, with * for any part of a name and ? for one character: customers/*/instance/app.db. What Belay lays beside a database is left out.") })]));
const waveSize = once(() => union([int().check(_gte(1)), text(isPercentage)]));
const appKeys = {
	prepare: () => described(command(), "Runs before the downtime: pull an image, build."),
	stop: () => described(command(), "Stops the application; from here on Belay always starts it again."),
	start: () => described(command(), "Starts the new version, after the data were verified."),
	previous: () => described(command(), "Starts the old version after a rollback; by default start, with BELAY_SHA set to the previous commit."),
	maintenance: () => described(maintenance(), "A page for people while the application is stopped."),
	per: () => described(_enum(["environment", "target"]), "Whether one application stands on all targets, or each target has its own: then the commands run for each, told by BELAY_TARGET.", DEFAULTS.per)
};
const maintenance = once(() => strictObject({
	on: needed(command(), "Shows the maintenance page; runs before stop."),
	off: needed(command(), "Takes it away; runs once the application runs again, whichever version.")
}));
const app = (given) => union([literal$1("online"), mapOf(appKeys, given)]);
const data = once(() => union([_enum([
	"report",
	"additive",
	"off"
]), strictObject({ "may-change": needed(array(text(isTableOrColumn)), "Tables, or table.column for the values of one column, that the migration may change; nothing else.") })]));
const MAY_LACK = [
	"event-triggers",
	"publications",
	"subscriptions",
	"extensions",
	"owners",
	"foreign-data-wrappers",
	"languages",
	"functions"
];
const backupKeys = {
	store: () => described(store(), "Where backups and journals live: a directory, s3://BUCKET/PREFIX, or a map. For SQLite by default belay-backups beside the file."),
	proof: () => described(_enum([
		"auto",
		"restore",
		"read"
	]), "How a backup is proven: restored and compared, or read through. auto restores up to 10 GB and asks above.", DEFAULTS.proof),
	when: () => described(_enum(["stopped", "before"]), "Take the durable backup while the application is stopped, or before the downtime.", DEFAULTS.when),
	scratch: () => described(text(isPostgresUrl), "The URL of a server where backups are restored to prove them; by default the target's own."),
	"may-lack": () => described(array(_enum(MAY_LACK)), "What this role cannot restore, accepted."),
	clone: () => described(_enum(["auto", "never"]), "Keep a copy beside the target for an instant swap.", DEFAULTS.clone),
	keep: () => described(strictObject({
		last: described(int().check(_gte(1)), "Keep at least so many backups.", DEFAULTS.keep.last),
		days: described(int().check(_gte(0)), "Keep every backup for so many days.", DEFAULTS.keep.days),
		swap: described(duration(), "How long the copy for an instant swap stays after a run.", DEFAULTS.keep.swap),
		failed: described(duration(), "How long a failed database stays beside the target.", DEFAULTS.keep.failed)
	}), "How long copies stay. A backup goes only when it is outside both last and days."),
	external: () => described(strictObject({
		create: described(command(), "Makes the backup; left out where something else does, continuously."),
		check: needed(command(), "Succeeds only where the backup is there and sound. Its word stands in the report as yours.")
	}), "The team's own backup (pgBackRest, Barman, WAL-G, a provider's snapshot) in place of Belay's. The copy for an instant swap is still Belay's."),
	encrypt: () => described(encrypt(), "Encrypts the content of backups with age; manifests and journals stay readable.")
};
const backup = (given) => mapOf(backupKeys, given);
const names = rules((map) => Object.keys(map).flatMap((name) => {
	const flaw = badName(name);
	return flaw === null ? [] : [{
		...flaw,
		path: [name]
	}];
}));
const rollbackKeys = {
	"later-writes": () => described(_enum(["keep", "refuse"]), "A rollback inside a run that finds writes made after the migration: keep them aside and go on, or stop.", DEFAULTS.laterWrites),
	online: () => described(_enum(["transaction", "downgrade"]), "How a failed migration is undone while the application runs.", DEFAULTS.online),
	hooks: () => described(record(string(), union([strictObject({ sql: needed(text(isFilled), "Statements, run in one transaction.") }), command()])).check(names), "Ways back of the team's own, by name: SQL or a command.")
};
const rollback = (given) => mapOf(rollbackKeys, given);
const required = once(() => int().check(_gte(1)));
const approvalsKeys = {
	by: () => described(_enum([
		"bot",
		"environment",
		"review"
	]), "Who collects the approvals: the bot where `bot` is set, otherwise GitHub's environment."),
	required: () => described(required(), "How many people must approve.", DEFAULTS.required),
	from: () => described(array(text(isFilled)), "Who may approve: users and org/team; by default whoever may write."),
	"allow-self-approval": () => described(boolean(), "Whether the requester's own approval counts.", false),
	expire: () => described(timeout(), "How long an approval stands.", DEFAULTS.expire),
	rollback: () => described(strictObject({
		required: described(required(), "How many people must approve a rollback.", DEFAULTS.required),
		"allow-self-approval": described(boolean(), "Whether the requester's own approval counts for a rollback.", true)
	}), "What differs for a rollback.")
};
const lock = once(() => strictObject({ database: described(text(isFilled), "The database of the server that the lock lives in; by default postgres where the role may connect to it, else the target.") }));
const gate$1 = once(() => strictObject({ "fix-hint": described(text(isFilled), "What the gate tells people to do when something is missing; by default the command that applies it.") }));
const approvals = (given) => mapOf(approvalsKeys, given);
const checksKeys = {
	before: () => described(checksBefore(), "What must hold before anything starts."),
	after: () => described(checksAfter(), "What must hold after the migration; otherwise it is undone."),
	health: () => described(healthChecks(), "What must hold after the application started; a text is a URL that must answer 2xx within 60s.")
};
const environmentKeys = {
	"github-environment": () => described(text(isFilled), "The GitHub environment; by default the same name."),
	target: () => described(target(), "The database; a text is its url.", DEFAULTS.targetUrl),
	targets: () => described(targets(), "Several databases with the same migrations: a list, or a pattern of SQLite files. Each is called by its name, or by what the pattern's wildcards matched, joined by -."),
	waves: () => described(array(waveSize()).check(_minLength(1), areWaves), "How many of the targets are migrated after each wave, as numbers or parts of all: [1, 10%, 100%]. A wave begins only when all targets before it are verified; without waves there is one."),
	parallel: () => described(int().check(_gte(1), _lte(64)), "So many targets of a wave are at work at once.", DEFAULTS.parallel),
	tenants: () => described(tenants(), "Tenants: schemas inside a PostgreSQL database, each migrated, verified and taken back by itself."),
	migrate: (given) => described(migrate(given), "How migrations are applied; a text is the tool. Recognised from the files where it is left out."),
	app: (given) => described(app(given), "How the application is held during a run; online where it keeps running."),
	checks: (given) => described(mapOf(checksKeys, given), "What must hold, and when."),
	watch: () => described(watch(), "Checks that are asked again and again, after the application started and for days after a run."),
	notify: () => described(notify(), "Who is told of a run: webhooks, e-mail, files."),
	checklist: () => described(array(text(isFilled)), "What only a person can check: printed as boxes at the end."),
	data: () => described(data(), "What the migration may do to rows: report what it did, additive, a list in may-change, or off.", DEFAULTS.data),
	backup: (given) => described(backup(given), "Where backups go, how they are proven and how long they stay."),
	rollback: (given) => described(rollback(given), "How the way back is taken."),
	gate: () => described(gate$1(), "What `belay gate` says in a container's entrypoint."),
	lock: () => described(lock(), "Where PostgreSQL keeps the lock of a run."),
	approvals: (given) => described(approvals(given), "Makes the environment protected: who must approve a run."),
	require: () => described(array(_enum([
		"checks",
		"up-to-date",
		"review",
		"rehearsal"
	])), "What a pull request needs before a run."),
	merge: () => described(_enum(["any-time", "after-migrated"]), "When a pull request may be merged, as the check `belay` says it: any time, or once this environment has its migrations.", DEFAULTS.merge),
	windows: () => described(array(text(isWindow)), "When the environment may be changed: `Sun 01:00-05:00 America/Toronto`."),
	needs: () => described(text(isName), "The environment that must have had the same migrations before.")
};
const environmentSchema = (given) => mapOf(environmentKeys, given);
const atLeastOne = rules((map) => Object.keys(map).length > 0 ? [] : [{
	code: "no-environment",
	message: "expected at least one environment",
	hint: "for example prod:",
	path: []
}]);
function fileOf(environment) {
	return strictObject({
		version: described(literal$1(1), "The version of this format.", 1),
		bot: described(text(isBotUrl), "The address of the bot, where grants come from."),
		workflow: described(text(isFilled), "The workflow that the bot starts.", DEFAULTS.workflow),
		defaults: described(environment, "What all environments share: maps merge by key, lists replace."),
		environments: needed(record(string(), environment).check(names, atLeastOne), "The environments by name: staging, prod.")
	});
}
const frameSchema = once(() => fileOf(looseObject({})));
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
	const result = safeParse(frameSchema(), toPlain(filled), { error: knownKeys });
	return result.success ? [] : problemsOf$1(filled, result.error.issues);
}
function filledBlocks(environments) {
	if (environments.kind !== "map") return environments;
	return mapOf$1(environments.place, [...environments.entries].map(([name, entry]) => [name, {
		...entry,
		value: orEmpty(entry.value)
	}]));
}
function orEmpty(tree) {
	return tree.kind === "scalar" && tree.value === null ? mapOf$1(tree.place, []) : tree;
}
function defaultsProblems(defaults) {
	const expanded = expand(defaults, null).tree;
	const plain = toPlain(expanded);
	const result = safeParse(environmentSchema(plain), plain, { error: knownKeys });
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
		origin: "default"
	};
	return withValue(block, "target", withValue(target ?? mapOf$1(place, []), "url", url));
}
// src/config/yaml.ts
const MOST_NODES = 2e4;
const MOST_LEVELS = 64;
function readYaml(text) {
	const lines = new LineCounter();
	const document = parseDocument(text, {
		lineCounter: lines,
		prettyErrors: false,
		uniqueKeys: false
	});
	const flaws = [...document.errors, ...document.warnings];
	if (flaws.length > 0) return {
		tree: null,
		problems: syntaxProblems(flaws, lines, text.split("\n"))
	};
	const reader = new Reader(document, lines);
	return {
		tree: document.contents === null ? null : reader.read(document.contents, ""),
		problems: reader.problems
	};
}
function syntaxProblems(flaws, lines, text) {
	const byLine = new Map();
	for (const flaw of flaws) {
		const { line, col } = lines.linePos(flaw.pos[0]);
		const slip = slipIn(text[line - 1] ?? "");
		if (byLine.has(line) || byLine.size > 0 && slip === null && flaw.code === "UNEXPECTED_TOKEN") continue;
		byLine.set(line, {
			line,
			column: col,
			path: "",
			code: "yaml-syntax",
			...flaw.code === "TAB_AS_INDENT" ? explain(flaw) : slip ?? explain(flaw)
		});
	}
	return [...byLine.values()];
}
const SLIPS = [
	[/[:[{,-]\s*(\$\{[^}"']*\})/, ([, variable = ""]) => ({
		message: `${variable} stands without quotes, so that YAML takes { for a map`,
		hint: `write "${variable}"`
	})],
	[/:\s+>(=?)\s*(-?\d+)/, ([, orEqual, number]) => ({
		message: "> begins a text of several lines",
		hint: `for a comparison write { at-least: ${orEqual === "=" ? Number(number) : Number(number) + 1} }`
	})],
	[/:\s+[%@`]/, () => ({
		message: "a text does not begin with %, @ or `",
		hint: "put it in quotes"
	})],
	[/:\s+"[^"]*"[^"\s,#}\]][^"]*"/, () => ({
		message: "text goes on behind the closing quote",
		hint: `put single quotes around the whole: 'say "hello"'`
	})],
	[/:\s+'[^']*'[^'\s,#}\]][^']*'/, () => ({
		message: "text goes on behind the closing quote",
		hint: "put double quotes around the whole: \"it's\""
	})],
	[/^\s*(?:- )?[\w-]+:\s+[^\s"'[{|>&*!#][^"']*:\s/, () => ({
		message: "a text with a colon and a space in it looks like a map",
		hint: "put the whole text in quotes"
	})]
];
function slipIn(line) {
	for (const [pattern, words] of SLIPS) {
		const match = pattern.exec(line);
		if (match !== null) return words(match);
	}
	return null;
}
const IN_PLAIN_WORDS = {
	BAD_INDENT: { hint: "indent keys of one level alike" },
	BLOCK_AS_IMPLICIT_KEY: {
		message: "what follows is indented further, as if it belonged to this value",
		hint: "indent keys of one level alike; a text with a colon in it goes in quotes"
	},
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
function explain({ code, message }) {
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
		const content = isAlias(node) ? node.resolve(this.#document) : node;
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
		if (isMap(node)) return mapOf$1(place, this.#entries(node.items, place.path));
		if (isSeq(node)) return {
			kind: "list",
			place,
			items: node.items.map((item, index) => this.read(item, `${place.path}[${index}]`))
		};
		return isScalar(node) ? this.#scalar(node.value, node.source, place) : nothing(place);
	}
	#entries(pairs, path) {
		const entries = new Map();
		for (const { key, value } of pairs) {
			const name = isScalar(key) ? key.source ?? String(key.value) : "?";
			const place = this.#place(key, path === "" ? name : `${path}.${name}`);
			const earlier = entries.get(name);
			if (!isScalar(key)) this.#report(place, "yaml-key", "a key is a single word or text", "write it without [ ] and { }");
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
	const { tree, blocks, environments, chosen } = readFile(text, request);
	const ready = [...environments].filter(([name]) => name === chosen);
	return {
		file: request.file,
		directory: request.directory,
		names: [...blocks.keys()],
		bot: textAt(tree, "bot"),
		workflow: textAt(tree, "workflow") ?? DEFAULTS.workflow,
		environments: new Map(ready)
	};
}
function readFile(text, request) {
	const { tree, problems } = readYaml(text);
	if (problems.length > 0) throw configError(request.shownAs, problems);
	if (tree?.kind !== "map") throw configError(request.shownAs, [noMap(tree)]);
	const found = [...frameProblems(tree)];
	const defaults = at(tree, ["defaults"]);
	if (defaults?.kind === "map") found.push(...defaultsProblems(defaults));
	const blocks = effectiveBlocks(tree, defaults);
	const chosen = request.environment ?? (blocks.size === 1 ? [...blocks.keys()].join() : null);
	const environments = new Map();
	for (const [name, block] of blocks) {
		const { environment, problems: wrong } = readEnvironment(name, block, blocks, {
			isChosen: name === chosen,
			hasBot: at(tree, ["bot"]) !== void 0
		}, request);
		found.push(...wrong);
		if (environment !== null) environments.set(name, environment);
	}
	if (found.length > 0) throw configError(request.shownAs, found);
	return {
		tree,
		blocks,
		environments,
		chosen
	};
}
function readEnvironment(name, effective, blocks, { isChosen, hasBot }, request) {
	const { tree: expanded, problems, secrets } = expand(effective, isChosen ? request.variables : null);
	const plain = toPlain(expanded);
	const result = safeParse(environmentSchema(plain), plain, { error: knownKeys });
	const wrong = [...problems, ...unknownNeeds(effective, blocks)];
	if (!result.success) return {
		environment: null,
		problems: [...wrong, ...problemsOf$1(expanded, result.error.issues)]
	};
	const read = environmentOf({
		name,
		effective,
		expanded,
		written: result.data,
		secrets: [...new Set([...secrets, ...passwordsOf(expanded)])],
		withheldVariables: withheld(name, blocks),
		githubEnvironmentOf: (other) => githubEnvironmentOf(other, blocks),
		isNeeded: [...blocks.values()].some((other) => needOf(other) === name),
		hasBot
	}, isChosen ? request : {
		...request,
		find: null
	});
	return {
		environment: read.environment,
		problems: [...wrong, ...read.problems]
	};
}
function githubEnvironmentOf(name, blocks) {
	const block = blocks.get(name);
	const written = block === void 0 ? void 0 : at(block, ["github-environment"]);
	return written?.kind === "scalar" && typeof written.value === "string" ? written.value : name;
}
function needOf(block) {
	const needs = at(block, ["needs"]);
	return needs?.kind === "scalar" && typeof needs.value === "string" ? needs.value : null;
}
function unknownNeeds(block, blocks) {
	const needed = needOf(block);
	if (needed === null || blocks.has(needed)) return [];
	const meant = nearest(needed, [...blocks.keys()]);
	const hint = meant === null ? `the environments are ${[...blocks.keys()].join(", ")}` : `did you mean "${meant}"?`;
	return [{
		...placeOf$2(block, ["needs"]),
		code: "unknown-environment",
		message: `environment "${needed}" is not in this file`,
		hint
	}];
}
function passwordsOf(block) {
	return scalarsOf(block).flatMap(({ scalar }) => typeof scalar.value === "string" ? passwordsIn(scalar.value) : []);
}
function withheld(name, blocks) {
	const named = [...blocks].flatMap(([environment, block]) => variablesNamed(block).map((variable) => ({
		...variable,
		own: environment === name && !isWithheld(variable.path)
	})));
	const own = new Set(named.filter((variable) => variable.own).map((variable) => variable.name));
	return [...new Set(named.map((variable) => variable.name))].filter((variable) => !own.has(variable));
}
function isWithheld([first, second]) {
	if (first === "notify") return true;
	return first === "backup" && (second === "store" || second === "encrypt" || second === "scratch");
}
// src/engine/postgres/acting.ts
async function acting(act, work) {
	try {
		return await work();
	} catch (error) {
		throw named(act, error);
	}
}
function named(act, error) {
	if (!isBare(error)) return error;
	const { kind, code, message, hint, facts, cause } = error;
	return new BelayError(kind, code, `${act}: ${message}`, {
		...hint === void 0 ? {} : { hint },
		facts,
		cause
	});
}
const BARE = [
	"sql-failed",
	"target-locked",
	"statement-cancelled",
	"no-space",
	"target-read-only",
	"target-damaged"
];
function isBare(error) {
	if (!(error instanceof BelayError) || !BARE.includes(error.code)) return false;
	return typeof error.facts["sqlstate"] === "string" && error.cause instanceof Error && error.message.startsWith(error.cause.message);
}
// src/engine/sqlite/exclusive-files.ts
const NAMES = Array.from({ length: 10 }, (_, at) => `file_${at}`);
const holders = new Set();
function holdExclusively(file) {
	const [holder, name] = freePlace();
	try {
		attach(holder.db, name, file);
	} catch (error) {
		giveBack(holder, name);
		throw error;
	}
	let isHeld = true;
	return { [Symbol.dispose]() {
		if (!isHeld) return;
		isHeld = false;
		holder.db.exec(`detach ${name}`);
		giveBack(holder, name);
	} };
}
function attach(db, name, file) {
	db.prepare(`attach ? as ${name}`).run(file);
	try {
		db.exec(`pragma ${name}.cache_size = 0; pragma ${name}.journal_mode = memory; pragma ${name}.locking_mode = exclusive`);
		db.exec("begin exclusive; commit");
	} catch (error) {
		db.exec(`detach ${name}`);
		throw error;
	}
}
function freePlace() {
	for (const holder of holders) for (const name of holder.free) return take(holder, name);
	const holder = {
		db: new import_lib.default(":memory:", { timeout: 0 }),
		free: new Set(NAMES)
	};
	holders.add(holder);
	return take(holder, NAMES[0] ?? "");
}
function take(holder, name) {
	holder.free.delete(name);
	return [holder, name];
}
function giveBack(holder, name) {
	holder.free.add(name);
	if (holder.free.size < NAMES.length) return;
	holders.delete(holder);
	holder.db.close();
}
// src/engine/sqlite/lock.ts
async function takeLock(place, waitMs) {
	try {
		return await whenFree(waitMs, () => holdExclusively(place.lock));
	} catch (error) {
		throw isBusy(error) ? locked(place.configured, place.lock) : unavailable(place, error);
	}
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
function unavailable(place, error) {
	if (!isSqliteError(error)) return error;
	assertFolder(place);
	const readOnly = isReadOnlyFileSystem(place.folder);
	return refusal("lock-unavailable", `the lock ${place.lock} cannot be opened: ${readOnly ? "its file system is read-only" : error.message}`, {
		hint: "Belay must be able to write files in the database's folder",
		cause: error
	});
}
function locked(target, lock) {
	const holder = nameHolders(lock);
	return refusal("locked", `another run of Belay has ${target}${holder === null ? "" : `: ${holder}`}`, {
		hint: "wait until it has ended; `belay status` shows who has the lock",
		facts: { holder }
	});
}
// src/plan/digest.ts
function digestOf(fields) {
	return `sha256:${sha256Of(fields)}`;
}
function boundFields({ repositoryId, environment, command, targets, tool, ...rest }) {
	return {
		v: 1,
		repositoryId,
		environment,
		command,
		targets: targets.map(({ name, identity, schemaDigest: structure, pending, findings }) => ({
			name,
			identity,
			schemaDigest: structure,
			pending: pending.map(({ id, sha256 }) => ({
				id,
				sha256
			})),
			findings: findings.map(({ id, place }) => ({
				id,
				place
			}))
		})),
		tool,
		policyDigest: rest.policyDigest
	};
}
function pendingDigest({ targets }) {
	const sets = targets.map(({ pending }) => canonicalJson(pending.map(({ id, sha256 }) => ({
		id,
		sha256
	}))));
	return `sha256:${sha256Of([...new Set(sets)].toSorted())}`;
}
function policyDigest(policy) {
	return sha256Of(policy);
}
function schemaDigest(schema) {
	return sha256Of(schema.objects);
}
function sha256Of(value) {
	return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
// src/plan/plan.ts
function plannedOf({ targets }, target) {
	const found = targets.find((each) => each.target === target);
	if (found === void 0) throw new Error(`no plan for ${target.name}`);
	return found;
}
const AUTO_RESTORE_LIMIT_BYTES = 10 * 1e3 ** 3;
function makePlan({ environment, tool, observed, to, repositoryId }) {
	const policy = policyDigest(environment.policy);
	const boundOf = (targets) => boundFields({
		repositoryId,
		environment: environment.name,
		command: "migrate",
		targets: targets.map(({ target, identity, schemaDigest, pending, findings }) => ({
			name: target.name,
			identity: identity.lasting,
			schemaDigest,
			pending,
			findings: [...findings, ...pending.flatMap((migration) => migration.findings)]
		})),
		tool,
		policyDigest: policy
	});
	const bound = boundOf(observed);
	return {
		environment: environment.name,
		to,
		digest: digestOf(bound),
		bound,
		targets: observed.map((target) => ({
			...target,
			digest: digestOf(boundOf([target])),
			proof: proofOf(environment),
			clone: environment.backup.clone !== "never" && target.copyObstacle === null,
			unprovable: unprovable(environment)
		}))
	};
}
function proofOf({ backup }) {
	return backup.proof === "read" ? "read" : "restore";
}
function planObstacles(environment, plan) {
	return plan.targets.flatMap((target) => [
		...target.obstacles,
		...cloneNeeded(environment, target),
		...proofChoiceNeeded(environment, target)
	]);
}
function proofChoiceNeeded({ backup: { proof, scratch } }, { target, sizeBytes }) {
	if (proof !== "auto" || scratch !== null || sizeBytes <= AUTO_RESTORE_LIMIT_BYTES) return [];
	return [{
		code: "proof-choice-needed",
		message: `${target.name} has ${Math.round(sizeBytes / 1e3 ** 3)} GB; proving its backup by a restore takes as much room and time again`,
		hint: "choose in belay.yml: `backup: { proof: restore }` or `backup: { proof: read }`"
	}];
}
function cloneNeeded({ backup }, { target, copyObstacle }) {
	if (copyObstacle === null || backup.when !== "before" && backup.external === null) return [];
	return [{
		code: "clone-needed",
		message: `a backup from before the downtime needs a copy of ${target.name} beside it for the way back, and ${copyObstacle}`,
		hint: "let it, or let the run take its backup once the application has stopped (without `backup.when: before` and `backup.external`)"
	}];
}
function unprovable(environment) {
	const reasons = [];
	if (environment.app.online) reasons.push("the application keeps writing (app: online): data are compared by structure only");
	if (environment.data.mode === "off") reasons.push("data: off, rows are not compared");
	return reasons;
}
// src/run/failed-checks.ts
var FailedChecks = class extends BelayError {
	reasons;
	constructor(kind, reasons) {
		super(kind, reasons[0].code, reasons[0].message, reasons[0].hint === void 0 ? {} : { hint: reasons[0].hint });
		this.reasons = reasons;
	}
};
function throwIfAny(kind, reasons) {
	const [first, ...rest] = reasons;
	if (first !== void 0) throw new FailedChecks(kind, [first, ...rest]);
}
// src/run/preflight.ts
function needsOf(environment, { copyObstacle }, named = false) {
	const { backup } = environment;
	const ownBackup = !named && backup.external === null;
	return {
		copies: backup.clone !== "never" && copyObstacle === null && ownBackup ? 2 : 1,
		proof: ownBackup ? proofOf(environment) : "read",
		staysInPlace: environment.app.online
	};
}
function tenantsOf(planned, database) {
	return planned.flatMap(({ target, pending }) => target.tenant?.of === database && pending.length > 0 ? [target] : []);
}
async function assertBackupPossible(ports, environment, target, copies) {
	const engine = ports.engineOf(target);
	throwIfAny("refused", proofChoiceNeeded(environment, {
		target,
		sizeBytes: await sizeOf(engine, target)
	}));
	await engine.preflight(target, {
		copies,
		proof: proofOf(environment),
		staysInPlace: true
	});
}
async function sizeOf(engine, target) {
	await using view = await engine.open(target);
	return view.sizeBytes;
}
async function outlook(ports, environment, planned, tenants = []) {
	try {
		const needs = {
			...needsOf(environment, planned),
			tenants
		};
		return {
			refused: null,
			notes: sentences(await ports.engineOf(planned.target).preflight(planned.target, needs))
		};
	} catch (error) {
		if (error instanceof BelayError && error.kind === "refused") return {
			refused: reasonOf(error),
			notes: []
		};
		throw error;
	}
}
function sentences({ room, costs, remarks }) {
	return [
		...room === null ? [] : [room],
		...costs,
		...remarks
	];
}
// src/run/journal-entry.ts
function isRemembered(entry) {
	switch (entry.type) {
		case "step-began":
		case "step-ended": return entry.step === "maintenance-on" || entry.step === "maintenance-off";
		case "began":
		case "recovery":
		case "destination":
		case "intent":
		case "rolled-back":
		case "watch":
		case "message":
		case "ended": return true;
		case "target-ended":
		case "phase":
		case "output":
		case "process":
		case "backup":
		case "after-state":
		case "mark":
		case "mark-carried":
		case "failed": return false;
	}
}
function lastEntry(entries, type) {
	return entries.findLast((entry) => entry.type === type);
}
function lastOfTarget(entries, type, target) {
	return entries.findLast((entry) => entry.type === type && "target" in entry && entry.target === target);
}
// src/run/journal.ts
function openJournal(place, run, { before, now, redact }) {
	const key = journalKey(place.environment, run);
	const entries = before.filter(isRemembered);
	let seq = before.length;
	const write = async (content) => {
		const entry = {
			seq,
			at: now().toISOString(),
			...content
		};
		await place.store.append(key, JSON.stringify(redacted(entry, redact)));
		seq++;
		if (isRemembered(entry)) entries.push(entry);
	};
	let last = Promise.resolve();
	return {
		run,
		location: place.store.location,
		entries,
		append(content) {
			const written = last.then(() => write(content));
			last = written.catch(() => void 0);
			return written;
		}
	};
}
async function readJournal(place, run) {
	const key = journalKey(place.environment, run);
	return (await place.store.lines(key)).map((line, index) => {
		const entry = parseEntry(line);
		if (entry === null || entry.seq !== index) throw failure("journal-damaged", `the journal of run ${run} is damaged in line ${index + 1} (${place.store.location}/${key})`, { hint: "compare the database with its newest backup (`belay backups`), then restore or keep it; Belay does not guess" });
		return entry;
	});
}
async function listJournals({ store, environment }) {
	return (await store.list(`${environment}/${JOURNALS}`)).map(({ key }) => key.slice(key.lastIndexOf("/") + 1).replace(/\.jsonl$/, ""));
}
const JOURNALS = ".runs";
function journalKey(environment, run) {
	return `${environment}/${JOURNALS}/${run}.jsonl`;
}
function parseEntry(line) {
	try {
		return JSON.parse(line);
	} catch {
		return null;
	}
}
const EXACT_MEMBERS = new Set([
	"type",
	"run",
	"of",
	"targets",
	"target",
	"step",
	"phase",
	"started",
	"owner",
	"clone",
	"intent",
	"mark",
	"cloneMark",
	"folder",
	"at"
]);
function redacted(value, redact) {
	if (typeof value === "string") return redact(value);
	if (Array.isArray(value)) return value.map((item) => redacted(item, redact));
	if (typeof value !== "object" || value === null) return value;
	const members = Object.entries(value).map(([name, member]) => [name, EXACT_MEMBERS.has(name) ? member : redacted(member, redact)]);
	return Object.fromEntries(members);
}
// src/run/history.ts
async function earlierFailure(history, plan) {
	const open = new Map(plan.targets.flatMap(({ target, pending, digest }) => pending.length === 0 ? [] : [[target.name, digest]]));
	for await (const { run, entries } of history.newestFirst()) {
		const began = lastEntry(entries, "began");
		if (began === void 0) continue;
		const whole = began.digest === plan.digest;
		const same = began.targets.filter(({ name, digest }) => open.get(name) === (digest ?? (began.targets.length === 1 ? began.digest : void 0))).map(({ name }) => name);
		const needsReason = whole ? lastEntry(entries, "ended")?.repeatNeedsReason === true : false;
		const blamed = same.filter((name) => isBlamed(entries, name));
		if (needsReason || blamed.length > 0) return {
			run,
			what: whatFailed(began, entries)
		};
		if (whole) return null;
		for (const name of same) open.delete(name);
		if (open.size === 0) return null;
	}
	return null;
}
function isBlamed(entries, target) {
	const ended = lastEntry(entries, "ended");
	return ended?.blamed?.includes(target) ?? (ended === void 0 ? void 0 : ended.repeatNeedsReason) ?? lastOfTarget(entries, "target-ended", target)?.repeatNeedsReason ?? false;
}
function whatFailed(began, entries) {
	if (began.command === "rollback") return "was rolled back";
	const reason = lastEntry(entries, "ended")?.reasons[0]?.message;
	return reason === void 0 ? "failed" : `failed: ${reason}`;
}
async function lastGoodCommit(history) {
	for await (const { entries } of history.newestFirst()) {
		const began = lastEntry(entries, "began");
		if (lastEntry(entries, "ended")?.outcome === "migrated" && began !== void 0 && began.sha !== null) return began.sha;
	}
	return null;
}
async function usualDurations(history, command) {
	for await (const { entries } of history.newestFirst()) {
		const ended = lastEntry(entries, "ended");
		if (lastEntry(entries, "began")?.command !== command || ended === void 0 || exitStatus(ended.outcome) !== 0) continue;
		const done = entries.filter((entry) => entry.type === "step-ended");
		return new Map(done.map(({ step, target, durationMs }) => [stepKey(step, target), durationMs]));
	}
	return new Map();
}
function stepKey(step, target) {
	return JSON.stringify([step, target]);
}
function resultOfTarget(entries, target) {
	return lastEntry(entries, "ended")?.result.targets.find(({ name }) => name === target) ?? lastOfTarget(entries, "target-ended", target)?.result;
}
function applied(entries, target) {
	const result = resultOfTarget(entries, target);
	return result !== void 0 && leftSomething(result);
}
function changedBy(entries) {
	const results = new Map(entries.flatMap((entry) => entry.type === "target-ended" ? [[entry.target, entry.result]] : []));
	for (const result of lastEntry(entries, "ended")?.result.targets ?? []) results.set(result.name, result);
	return new Set([...results].flatMap(([name, result]) => leftSomething(result) ? [name] : []));
}
function leftSomething({ applied: migrations, outcome }) {
	return migrations.length > 0 && (outcome === "migrated" || outcome === "needs-attention");
}
function tookBack(entries) {
	const began = lastEntry(entries, "began");
	const back = lastEntry(entries, "ended")?.outcome === "rolled-back" || recoveredRollback(entries);
	return began?.command === "rollback" && back ? began.of : null;
}
function recoveredRollback(entries) {
	return lastEntry(entries, "destination") !== void 0 && lastEntry(entries, "rolled-back") !== void 0;
}
function summarize({ run, entries }) {
	const began = lastEntry(entries, "began");
	const ended = lastEntry(entries, "ended");
	return {
		run,
		command: began?.command ?? "unknown",
		startedAt: began?.at ?? "",
		durationMs: ended === void 0 || began === void 0 ? null : Date.parse(ended.at) - Date.parse(began.at),
		outcome: ended?.result.outcome ?? null,
		digest: began?.digest ?? null,
		targets: (began?.targets ?? []).map(({ name }) => {
			const result = resultOfTarget(entries, name);
			return {
				name,
				outcome: result?.outcome ?? null,
				applied: (result?.applied ?? []).map(({ id }) => id),
				backup: result?.backup?.id ?? null
			};
		}),
		reasons: ended?.reasons ?? [],
		withoutApproval: began?.withoutApproval ?? null,
		again: began?.again ?? null
	};
}
// src/run/past-runs.ts
function journalPlace(ports, environment, targets) {
	const [first] = [...targets].sort((a, b) => a.name < b.name ? -1 : 1);
	if (first === void 0) throw new Error("an environment without targets");
	const store = ports.storeOf(environment, first);
	return {
		store,
		others: () => otherStores(ports, environment, store),
		environment: environment.name
	};
}
function otherStores(ports, environment, own) {
	const stores = new Map(environment.targets.map((target) => ports.storeOf(environment, target)).map((store) => [store.location, store]));
	stores.delete(own.location);
	return [...stores.values()];
}
function openHistory(ports, environment, targets) {
	return new History(journalPlace(ports, environment, targets));
}
var History = class {
	#place;
	#runs;
	#kept = new Map();
	#facts = [];
	#takenBack = new Set();
	#changed = new Map();
	#carried = new Map();
	#turn = Promise.resolve();
	constructor(place) {
		this.#place = place;
	}
	async newestId() {
		const [newest] = await this.#list();
		return newest?.run ?? null;
	}
	async *newestFirst() {
		for (const { run, store } of await this.#list()) yield await (this.#kept.get(run) ?? this.#read(run, store));
	}
	async run(run) {
		const found = (await this.#list()).find((each) => each.run === run);
		const read = this.#kept.get(run) ?? this.#read(run, found?.store ?? this.#place.store);
		this.#kept.set(run, read);
		return read;
	}
	async lastApplying(target) {
		await this.#learnUntil(() => this.#changed.has(target));
		const run = this.#changed.get(target);
		return run === void 0 ? void 0 : this.run(run);
	}
	async carriedMark(run, target) {
		await this.#learnUntil(() => this.#facts.some((each) => each.run === run));
		return this.#carried.get(keyOf(run, target));
	}
	async *facts() {
		for (let at = 0;; at++) {
			await this.#learnUntil(() => this.#facts.length > at);
			const facts = this.#facts[at];
			if (facts === void 0) return;
			yield facts;
		}
	}
	async #learnUntil(known) {
		const learned = this.#turn.then(async () => {
			const runs = await this.#list();
			for (let next = runs[this.#facts.length]; !known() && next !== void 0; next = runs[this.#facts.length]) this.#learn(await (this.#kept.get(next.run) ?? this.#read(next.run, next.store)));
		});
		this.#turn = learned.catch(() => void 0);
		return learned;
	}
	#learn({ run, entries }) {
		const began = lastEntry(entries, "began");
		const of = tookBack(entries);
		if (of !== null) for (const { name } of began?.targets ?? []) this.#takenBack.add(keyOf(of, name));
		if (began?.command === "migrate") {
			for (const name of changedBy(entries)) if (!this.#changed.has(name) && !this.#takenBack.has(keyOf(run, name))) this.#changed.set(name, run);
		}
		for (const [key, mark] of carriedIn(entries)) if (!this.#carried.has(key)) this.#carried.set(key, mark);
		const outcome = lastEntry(entries, "ended")?.outcome;
		const isUnjudged = began?.judge === false && (outcome === void 0 || outcome === "migrated");
		this.#facts.push({
			run,
			tookBack: of,
			unjudged: isUnjudged ? began.targets : null
		});
	}
	forget() {
		this.#kept.clear();
	}
	#list() {
		this.#runs ??= everyRun(this.#place);
		return this.#runs;
	}
	async #read(run, store) {
		const read = readJournal({
			...this.#place,
			store
		}, run).then((entries) => ({
			run,
			entries
		}));
		const [newest] = await this.#list();
		if (newest?.run === run) this.#kept.set(run, read);
		return read;
	}
};
function keyOf(run, target) {
	return `${run} ${target}`;
}
function carriedIn(entries) {
	const carried = new Map(entries.flatMap((entry) => entry.type === "mark-carried" ? [[entry.target, entry]] : []));
	const back = new Map(entries.flatMap((entry) => entry.type === "rolled-back" ? [[entry.target, entry.seq]] : []));
	return [...carried].flatMap(([target, { seq, since, mark }]) => (back.get(target) ?? -1) > seq ? [[keyOf(since.run, target), {
		mark,
		before: since.writes
	}]] : []);
}
async function everyRun(place) {
	const runs = [];
	for (const store of [place.store, ...place.others()]) for (const run of await listJournals({
		...place,
		store
	})) runs.push({
		run,
		store
	});
	return runs.sort((a, b) => a.run < b.run ? 1 : -1);
}
// src/run/run.ts
function leavesOf({ targets }) {
	return targets.flatMap((target) => target.tenants.length > 0 ? target.tenants : [target]);
}
function coversDatabase({ tenants }) {
	return tenants.every(({ target }) => target.tenant?.siblings === tenants.length);
}
function note(target, sentences) {
	target.notes.push(...sentences.filter((sentence) => !target.notes.includes(sentence)));
}
function forgetStates(target) {
	for (const each of [target, ...target.tenants]) {
		each.before = null;
		each.comparison = null;
	}
}
async function enterPhase(run, phase, targets = underWay(run)) {
	run.phase = phase;
	run.inStateRows = true;
	await run.journal.append({
		type: "phase",
		phase,
		...run.part === null ? {} : { target: run.part.target.name }
	});
	for (const target of targets) await writeRow(run, target, phase);
}
async function enterTargetPhase(run, target, phase) {
	await run.journal.append({
		type: "phase",
		phase,
		target: target.target.name
	});
	await writeRow(run, target, phase);
}
async function writeRow({ id }, target, phase) {
	await target.hold.writeState({
		run: id,
		phase,
		store: target.journalStore
	});
	target.phase = phase;
}
function underWay({ targets }) {
	return targets.filter(({ phase }) => phase !== null && phase !== "ended");
}
function partOf$1(run, target, ownsApplication) {
	return {
		...run,
		targets: [target],
		part: target,
		ownsApplication,
		inStateRows: target.phase !== null,
		phase: target.phase ?? "preparing"
	};
}
async function step(run, name, target, work) {
	const { journal, ports } = run;
	const targetName = target === null ? null : target.target.name;
	const label = targetName ?? run.environment.name;
	await assertOwner(target === null ? run : { targets: [target] });
	await journal.append({
		type: "step-began",
		step: name,
		target: targetName
	});
	const usual = run.usualMs.get(stepKey(name, targetName));
	const expected = usual === void 0 || name === "migrate" ? {} : { expectedMs: usual };
	ports.progress({
		type: "step-began",
		target: label,
		step: name,
		...expected
	});
	const began = performance.now();
	const end = async (outcome, detail, applied) => {
		const durationMs = Math.round(performance.now() - began);
		const told = detail === void 0 ? {} : { detail: ports.redact(detail) };
		run.steps.push({
			target,
			result: {
				name,
				outcome,
				durationMs,
				...told
			}
		});
		ports.progress({
			type: "step-ended",
			target: label,
			step: name,
			outcome,
			durationMs,
			...told
		});
		await journal.append({
			type: "step-ended",
			step: name,
			target: targetName,
			outcome,
			durationMs,
			...told,
			...applied === void 0 ? {} : { applied }
		});
	};
	let done;
	try {
		done = await work();
	} catch (error) {
		await end("failed", messageOf(error), target?.applied);
		throw error;
	}
	await end(done.outcome ?? "done", done.detail, done.applied);
	return done.value;
}
async function assertOwner({ targets }) {
	for (const { hold } of targets) await hold.assertOwner();
}
function throwIfInterrupted({ signal }) {
	if (signal.aborted) throw interruption(signal);
}
function interruption(signal) {
	const reason = signal.reason;
	return reason instanceof BelayError ? reason : new BelayError("failed", "interrupted", "interrupted by a signal");
}
function isInterruption(error) {
	return error instanceof BelayError && error.code === "interrupted";
}
function reasonsOf(errors, redact) {
	return errors.flatMap((error) => error instanceof FailedChecks ? error.reasons : [reasonOf(error)]).map(({ message, hint, ...rest }) => ({
		...rest,
		message: redact(message),
		...hint === void 0 ? {} : { hint: redact(hint) }
	}));
}
function reasonsOfGivenUp(run, cause = null) {
	return leavesOf(run).flatMap(({ target, givenUp }) => givenUp === null || givenUp === cause ? [] : reasonsOf([givenUp], run.ports.redact).map((reason) => ({
		...reason,
		message: `${target.name}: ${reason.message}`
	})));
}
// src/run/announce.ts
const LAST_WORDS_MS = 3e3;
async function announceBeginning(run, event) {
	const receivers = wanting(run.environment, event);
	if (receivers.length === 0) return;
	const began = lastEntry(run.journal.entries, "began");
	await tell(run, event, receivers, () => ({
		...factsOf(run, event),
		command: began?.command ?? "migrate",
		migrations: idsOf(leavesOf(run).map(({ pending }) => pending))
	}), run.ports.signal);
}
function factsOf(run, event) {
	const { id, ports, environment, sha } = run;
	const targets = leavesOf(run).map(({ target }) => target.name);
	return {
		event,
		environment: environment.name,
		run: id,
		at: ports.now(),
		targets,
		commit: sha,
		reasons: [],
		result: null,
		watch: null
	};
}
function idsOf(migrations) {
	return [...new Set(migrations.flat().map(({ id }) => id))];
}
async function announceWatch(run, about, facts) {
	const told = run.journal.entries.flatMap((entry) => entry.type === "message" && entry.about === about ? [entry.receiver] : []);
	const receivers = wanting(run.environment, "failure").filter(({ name }) => !told.includes(name));
	const migrations = idsOf(leavesOf(run).map(({ applied }) => applied));
	const of = () => ({
		...factsOf(run, "failure"),
		command: "migrate",
		migrations,
		...facts
	});
	if (receivers.length > 0) await tell(run, about, receivers, of, run.ports.signal);
}
function dueAtEnd({ environment, journal }, result) {
	const events = endEvents(lastEntry(journal.entries, "began")?.command, result);
	const receivers = environment.notify.flatMap((receiver) => {
		const event = events.find((each) => receiver.on.includes(each));
		return event === void 0 ? [] : [{
			receiver: receiver.name,
			event
		}];
	});
	return receivers.length === 0 ? {} : { announce: receivers };
}
async function announceEnd(speaker, result) {
	const { entries } = speaker.journal;
	const ended = lastEntry(entries, "ended");
	if (ended === void 0) return result;
	const about = `end-${ended.seq}`;
	const told = entries.flatMap((entry) => entry.type === "message" && entry.about === about ? [entry.receiver] : []);
	const due = (ended.announce ?? []).filter(({ receiver }) => !told.includes(receiver));
	return withMessages(result, [...entries.flatMap(deliveryOf), ...await tellEnd(speaker, about, due, result, true)]);
}
async function announceUnrecorded(speaker, result) {
	const { announce = [] } = dueAtEnd(speaker, result);
	return withMessages(result, [...speaker.journal.entries.flatMap(deliveryOf), ...await tellEnd(speaker, "unrecorded", announce, result, false)]);
}
async function announceForgotten(ports, environment, targets) {
	if (environment.notify.length === 0) return [];
	const place = journalPlace(ports, environment, targets);
	const id = (await listJournals(place)).at(-1);
	if (id === void 0) return [];
	const before = await readJournal(place, id);
	const journal = openJournal(place, id, {
		...ports,
		before
	});
	const ended = lastEntry(journal.entries, "ended");
	if (ended?.announce === void 0) return [];
	const known = journal.entries.flatMap(deliveryOf).length;
	const { messages = [] } = await announceEnd({
		id,
		ports,
		environment,
		journal
	}, ended.result);
	return messages.slice(known);
}
function endEvents(command, { outcome, targets }) {
	if (command !== "migrate" && command !== "rollback") return [];
	const wentBack = targets.some(({ rollback }) => rollback !== null);
	if (outcome === "migrated") return ["end"];
	if (outcome === "rolled-back" || command === "rollback" && outcome === "undone" && wentBack) return ["rollback"];
	if (outcome === "undone") return wentBack ? ["rollback", "failure"] : ["failure"];
	return wentBack ? ["failure", "rollback"] : ["failure"];
}
async function tellEnd(speaker, about, due, result, recorded) {
	const { id, ports, environment } = speaker;
	const facts = (event) => {
		const applied = idsOf(result.targets.map((target) => target.applied));
		const pending = idsOf(result.targets.map((target) => target.pending));
		return {
			event,
			environment: environment.name,
			command: result.command,
			run: id,
			at: ports.now(),
			targets: result.targets.map(({ name }) => name),
			migrations: applied.length === 0 ? pending : applied,
			commit: result.sha ?? null,
			reasons: result.reasons,
			result,
			watch: result.watch ?? null
		};
	};
	const sent = [];
	const events = new Map(due.map(({ receiver, event }) => [receiver, event]));
	const receivers = environment.notify.filter(({ name }) => events.has(name));
	if (receivers.length === 0) return sent;
	const eventOf = ({ name }) => facts(events.get(name) ?? "end");
	try {
		await tell(speaker, about, receivers, eventOf, lastWords(ports.signal), {
			sent,
			recorded
		});
	} catch (error) {
		ports.progress({
			type: "notice",
			message: `messages could not be recorded: ${error instanceof Error ? error.message : String(error)}`
		});
	}
	return sent;
}
async function tell({ id, ports, journal }, about, receivers, facts, signal, { sent = [], recorded = true } = {}) {
	const sendings = receivers.map((receiver) => ports.notify(receiver, `${id}-${about}`, facts(receiver), signal));
	await Promise.all(sendings.map(async (sending) => {
		sent.push(await sending);
	}));
	if (recorded) for (const delivery of sent) await journal.append({
		type: "message",
		about,
		...delivery
	});
}
function wanting({ notify }, event) {
	return notify.filter(({ on }) => on.includes(event));
}
function deliveryOf(entry) {
	if (entry.type !== "message") return [];
	const { receiver, event, outcome, detail } = entry;
	return [{
		receiver,
		event,
		outcome,
		...detail === void 0 ? {} : { detail }
	}];
}
function withMessages(result, messages) {
	return messages.length === 0 ? result : {
		...result,
		messages
	};
}
function lastWords(signal) {
	const silence = new AbortController();
	const soon = () => setTimeout(() => silence.abort(), LAST_WORDS_MS).unref();
	if (signal.aborted) soon();
	else signal.addEventListener("abort", soon, { once: true });
	return silence.signal;
}
// src/run/ending.ts
async function endRun(run, head, digest, ending) {
	const result = {
		...resultOf(run.ports, head, ending.outcome, ending.reasons, targetResults(run, ending.outcome, ending)),
		run: run.id,
		digest,
		...ending.outcome === "migrated" && !isJudged(run) ? { verified: false } : {},
		...deployed(run),
		...run.watch === null ? {} : { watch: run.watch },
		...ending.checklist === void 0 || ending.checklist.length === 0 ? {} : { checklist: ending.checklist }
	};
	await run.journal.append({
		type: "ended",
		outcome: ending.outcome,
		reasons: ending.reasons,
		repeatNeedsReason: ending.repeatNeedsReason,
		...run.targets.some(endedByItself) ? { blamed: namesOf(run.targets.filter((target) => target.ending?.repeatNeedsReason === true)) } : {},
		result,
		...dueAtEnd(run, result)
	});
	const rows = underWay(run).filter((target) => target.ending?.recoverable !== true);
	if (run.inStateRows && ending.recoverable !== true && rows.length > 0) await enterPhase(run, "ended", rows);
	return announceEnd(run, result);
}
function migratedEnding(run, left) {
	const { outcome, reasons } = endingOf(run, "migrated", left);
	return {
		outcome,
		reasons: [...reasons, ...reasonsOfGivenUp(run)],
		repeatNeedsReason: false,
		checklist: run.environment.checklist
	};
}
function endingOf(run, outcome, left) {
	return {
		outcome: left.length === 0 ? outcome : "needs-attention",
		reasons: reasonsOf(left, run.ports.redact)
	};
}
function endedByItself({ ending }) {
	return ending !== null;
}
function namesOf(targets) {
	return targets.map(({ target }) => target.name);
}
function targetResults(run, outcome, { passedOver = [], rest = [] } = {}) {
	const results = new Map(leavesOf(run).map((target) => [target.target.name, targetResult(run, target, outcome)]));
	for (const other of rest) results.set(other.name, other);
	for (const target of passedOver) results.set(target.name, emptyTargetResult(target, "up-to-date"));
	const ordered = run.environment.targets.flatMap(({ name }) => results.get(name) ?? []);
	return ordered.length === results.size ? ordered : [...results.values()];
}
function isJudged({ journal }) {
	return lastEntry(journal.entries, "began")?.judge ?? true;
}
function unrecordedResult(run, head, reasons) {
	return resultOf(run.ports, head, "needs-attention", reasons, targetResults(run, "needs-attention"));
}
function resultOf(ports, head, outcome, reasons, targets) {
	const [first, ...rest] = targets.map((target) => target.outcome);
	return {
		belay: ports.belayVersion,
		run: null,
		command: head.command,
		environment: head.environment,
		outcome: first === void 0 ? outcome : worstOutcome([
			outcome,
			first,
			...rest
		]),
		digest: null,
		startedAt: head.startedAt.toISOString(),
		durationMs: ports.now().getTime() - head.startedAt.getTime(),
		reasons,
		targets,
		...ports.policy === null ? {} : { policy: ports.policy }
	};
}
function deployed({ journal, sha }) {
	const approval = lastEntry(journal.entries, "began")?.approval ?? null;
	return {
		...sha === null ? {} : { sha },
		...approval === null ? {} : { approval }
	};
}
function targetResult(run, target, outcome) {
	const { ending } = target;
	return {
		...emptyTargetResult(target.target, ending?.outcome ?? outcomeOf(target, outcome)),
		...ending === null || ending.reasons.length === 0 ? {} : { reasons: ending.reasons },
		undisturbed: target.disturbance === void 0 ? null : target.disturbance === null,
		...typeof target.disturbance === "string" ? { disturbance: target.disturbance } : {},
		pending: target.pending,
		applied: target.applied,
		steps: run.steps.filter((step) => step.target === null || step.target === target || step.target === target.database).map((step) => step.result),
		backup: target.backup?.summary ?? null,
		checks: target.checks,
		data: target.data,
		schema: target.schema,
		rollback: target.rollback,
		...notesOf(target)
	};
}
function outcomeOf({ givenUp }, outcome) {
	return outcome === "migrated" && givenUp !== null ? "undone" : outcome;
}
function notesOf({ notes, database }) {
	const all = [...new Set([...database?.notes ?? [], ...notes])];
	return all.length === 0 ? {} : { notes: all };
}
function eachOnce(reasons) {
	return [...new Map(reasons.map((reason) => [`${reason.code} ${reason.message}`, reason])).values()];
}
function emptyTargetResult(target, outcome) {
	return {
		name: target.name,
		engine: target.engine,
		outcome,
		undisturbed: null,
		pending: [],
		applied: [],
		steps: [],
		backup: null,
		checks: [],
		data: null,
		schema: null,
		rollback: null
	};
}
function endedBeforehand(ports, head, targets, error) {
	if (error instanceof BelayError && error.kind === "usage") throw error;
	const outcome = ports.signal.aborted ? "interrupted" : error instanceof BelayError ? "refused" : "failed";
	return resultOf(ports, head, outcome, reasonsOf([error], ports.redact), targets.map((target) => emptyTargetResult(target, outcome)));
}
// src/run/backups.ts
const MANIFEST = "manifest.json";
function backupsOf(environment, target) {
	return `${environment}/${databaseOf(target).name}`;
}
function backupFolder(environment, target, id) {
	return `${backupsOf(environment, target)}/${id}`;
}
async function writeManifest(store, folder, manifest) {
	const text = `${JSON.stringify({
		...manifest,
		digest: manifestDigest(manifest)
	}, null, 2)}\n`;
	const { sha256 } = await store.put(`${folder}/${MANIFEST}`, Buffer.from(text), { plain: true });
	return {
		folder,
		manifest,
		summary: summaryOf(store, folder, manifest, sha256)
	};
}
async function readBackup(store, folder) {
	const id = folder.slice(folder.lastIndexOf("/") + 1);
	const bytes = await readAll$1(store, `${folder}/${MANIFEST}`);
	const written = parseJson(bytes);
	if (typeof written !== "object" || written === null || !("digest" in written)) throw damaged$1(id, MANIFEST, "it is no manifest");
	const { digest, ...manifest } = written;
	const version = "formatVersion" in manifest ? manifest.formatVersion : null;
	if (version !== 1) throw damaged$1(id, MANIFEST, `its format ${String(version)} is newer than this Belay`);
	if (!isManifest(manifest)) throw damaged$1(id, MANIFEST, "it is no manifest");
	if (digest !== manifestDigest(manifest)) throw damaged$1(id, MANIFEST, "it was altered after it was written");
	return {
		folder,
		manifest,
		summary: summaryOf(store, folder, manifest, createHash("sha256").update(bytes).digest("hex"))
	};
}
async function backupFolders(store, environment, target) {
	return (await store.list(backupsOf(environment, target))).filter(({ key }) => key.endsWith(`/${MANIFEST}`)).map(({ key }) => key.slice(0, -14)).sort().reverse();
}
async function newestSoundBackup(store, environment, target) {
	for (const folder of await backupFolders(store, environment, target)) {
		const backup = await lookAt(store, folder);
		if (backup.damage === null && backup.stored.manifest.proof !== "external") return backup.stored;
	}
	return null;
}
async function listing(store, folder) {
	const { stored, damage } = await lookAt(store, folder);
	const [, target = "", id = ""] = folder.split("/");
	if (stored === null) return {
		id,
		location: `${store.location}/${folder}`,
		sizeBytes: 0,
		sha256: "",
		proof: "read",
		target,
		takenAt: "",
		run: "",
		rows: 0,
		restore: [],
		damage: damage ?? "unreadable"
	};
	const { manifest, summary } = stored;
	const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
	const found = {
		...summary,
		target: manifest.target,
		takenAt: manifest.takenAt,
		run: manifest.run,
		rows,
		restore: manifest.restore
	};
	return damage === null ? found : {
		...found,
		damage
	};
}
async function lookAt(store, folder) {
	let stored;
	try {
		stored = await readBackup(store, folder);
	} catch (error) {
		return {
			stored: null,
			damage: messageOf(error)
		};
	}
	const sizes = new Map((await store.list(folder)).map(({ key, sizeBytes }) => [key.slice(folder.length + 1), sizeBytes]));
	for (const file of stored.manifest.files) {
		const sizeBytes = sizes.get(file.name);
		if (sizeBytes === void 0) return {
			stored,
			damage: `${file.name} is missing`
		};
		if (sizeBytes !== file.sizeBytes) return {
			stored,
			damage: `${file.name} has ${sizeBytes} of ${file.sizeBytes} bytes`
		};
	}
	return {
		stored,
		damage: null
	};
}
function refuseExternal({ manifest: { id, proof, takenAt } }) {
	if (proof !== "external") return;
	throw refusal("backup-external", `backup ${id} was made by your own program (backup.external), not by Belay`, { hint: `restore it with that program: it holds the state of ${takenAt}; \`belay backups\` lists the ones that Belay can restore` });
}
async function findBackup(store, environment, target, id) {
	const all = await backupFolders(store, environment, target);
	const exact = backupFolder(environment, target, id);
	const folders = all.includes(exact) ? [exact] : all.filter((folder) => folder.slice(folder.lastIndexOf("/") + 1).startsWith(id));
	const [folder, second] = folders;
	if (folder === void 0) throw refusal("backup-unknown", `no backup ${id} of ${databaseOf(target).name} is in ${store.location}`, { hint: `\`belay backups ${environment}\` lists what is there` });
	if (second !== void 0) throw refusal("backup-ambiguous", `${id} is the beginning of ${folders.length} backups`, { hint: "write more of its id" });
	return readBackup(store, folder);
}
async function assertIntact(store, { folder, manifest }) {
	for (const file of manifest.files) await store.verify(`${folder}/${file.name}`, file);
}
function damaged$1(id, file, what) {
	return failure("backup-damaged", `backup ${id} is damaged: ${file}: ${what}`, {
		hint: "choose another backup: `belay backups` lists them",
		facts: {
			backup: id,
			file
		}
	});
}
function summaryOf(store, folder, manifest, sha256) {
	const sizeBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
	return {
		id: manifest.id,
		location: `${store.location}/${folder}`,
		sizeBytes,
		sha256,
		proof: manifest.proof
	};
}
function manifestDigest(manifest) {
	return createHash("sha256").update(canonicalJson(manifest)).digest("hex");
}
async function readAll$1(store, key) {
	const chunks = [];
	for await (const chunk of await store.get(key)) chunks.push(chunk);
	return Buffer.concat(chunks);
}
function parseJson(bytes) {
	try {
		return JSON.parse(bytes.toString("utf8"));
	} catch {
		return null;
	}
}
// src/run/observe.ts
async function observe(ports, environment, targets, to = null) {
	const observed = new Map();
	for (const [database, ours] of Map.groupBy(targets, databaseOf)) for (const seen of await observeDatabase(ports, environment, database, ours, to)) observed.set(seen.target, seen);
	return planOf(ports, environment, targets.flatMap((target) => observed.get(target) ?? []), to);
}
async function observeDatabase(ports, environment, database, targets, to = null) {
	await using view = await ports.engineOf(database).open(database);
	const observed = [];
	for (const target of targets) {
		const seen = target.tenant === void 0 ? view : view.tenant(target);
		observed.push(await observeTarget(ports, environment, target, seen, to));
	}
	return observed;
}
function upTo(observed, to) {
	if (to === null) return observed;
	const index = observed.pending.findIndex(({ id }) => id === to);
	if (index >= 0) return {
		...observed,
		pending: observed.pending.slice(0, index + 1)
	};
	const { name } = observed.target;
	if (observed.applied.at(-1) === to) return {
		...observed,
		pending: []
	};
	if (observed.applied.includes(to)) throw refusal("already-applied", `${to} is applied to ${name} already, and others after it`, { hint: `to go back to it: \`belay rollback --to ${to}\`` });
	const near = nearest(to, observed.pending.map(({ id }) => id));
	throw refusal("migration-unknown", `${name} has no pending migration ${to}`, { hint: near === null ? `pending: ${observed.pending.map(({ id }) => id).join(", ") || "nothing"}` : `did you mean ${near}?` });
}
async function observeTarget(ports, environment, target, view, to) {
	const tool = await ports.toolOf(environment, target);
	const state = await tool.state(view.session);
	const whole = {
		target,
		identity: await view.identity(),
		engineVersion: view.engineVersion,
		schemaDigest: schemaDigest(await view.schema()),
		sizeBytes: view.sizeBytes,
		copyObstacle: await view.copyObstacle(),
		applied: state.applied,
		pending: state.pending,
		withoutFile: state.withoutFile,
		obstacles: state.obstacles,
		findings: state.findings
	};
	const cut = upTo(whole, to);
	const left = whole.pending.slice(cut.pending.length).map(({ id }) => id);
	return tool.abilities.toVersion || left.length === 0 ? cut : {
		...cut,
		obstacles: [...cut.obstacles, allOrNothing(tool.name, left)]
	};
}
function allOrNothing(tool, left) {
	return {
		code: "applies-all",
		message: `${tool} applies all that is pending as it is started here, ${left.join(", ")} with it`,
		hint: "leave out --to; or let the tool live here (without migrate.run), where it is shown one migration at a time"
	};
}
async function planOf(ports, environment, observed, to) {
	const { repositoryId } = ports;
	const [first] = observed;
	if (first === void 0) return makePlan({
		environment,
		tool: {
			name: "none",
			configSha256: ""
		},
		observed,
		to,
		repositoryId
	});
	const found = await ports.toolOf(environment, first.target);
	return makePlan({
		environment,
		tool: {
			name: found.name,
			configSha256: await found.configDigest()
		},
		observed,
		to,
		repositoryId
	});
}
// src/policy/policy.ts
function decide(facts) {
	const reasons = [
		...approval(facts),
		window(facts),
		facts.unmetNeed,
		repetition(facts)
	].filter((reason) => reason !== null);
	return reasons.length === 0 ? { allowed: true } : {
		allowed: false,
		reasons
	};
}
function approval({ environment, command, withoutApproval, approval: facts }) {
	if (environment.approvals === null || facts.kind === "given") return [];
	if (facts.kind === "not-given") return facts.reasons;
	if (withoutApproval !== null) return [];
	return [{
		code: "approval-needed",
		message: `${environment.name} is protected (approvals in belay.yml), and here nobody can approve`,
		hint: `run it from GitHub, or say why it goes without: \`belay ${command} ${environment.name} --without-approval "…"\``
	}];
}
function window({ environment, now }) {
	const { windows } = environment;
	if (windows.length === 0 || windows.some((each) => insideWindow(each, now))) return null;
	return {
		code: "outside-window",
		message: `${environment.name} may be changed only in ${windows.map(({ text }) => text).join(", ")}`,
		hint: `the next window opens ${describeOpening(windows, now)}`
	};
}
function describeOpening(windows, now) {
	return windows.map((each) => nextOpening(each, now)).sort((a, b) => a.getTime() - b.getTime())[0]?.toISOString().replace(/:\d\d\.\d+Z$/, "Z") ?? "never";
}
function repetition({ command, environment, again, earlierFailure }) {
	if (earlierFailure === null || again !== null) return null;
	return {
		code: "same-plan-failed",
		message: `this very plan was tried in run ${earlierFailure.run} and ${earlierFailure.what}`,
		hint: `change the migration; or, if the cause lay elsewhere, say why it may run again: \`belay ${command} ${environment.name} --again "…"\``
	};
}
// src/run/tenants.ts
function tenantOf({ shared }, database, schema, siblings) {
	return {
		...database,
		name: `${database.name}/${schema}`,
		schemas: [schema],
		tenant: {
			of: database,
			schema,
			shared: schema === shared,
			siblings,
			searchPath: shared === null || shared === schema ? [schema] : [schema, shared]
		}
	};
}
function oncePerDatabase(ask) {
	const asked = new Map();
	return (target) => {
		const database = databaseOf(target);
		const answer = asked.get(database) ?? ask(database);
		asked.set(database, answer);
		return answer;
	};
}
// src/run/several-at-once.ts
async function severalAtOnce(items, limit, work) {
	const answers = [];
	const failures = [];
	const waiting = items.entries();
	const worker = async () => {
		for (const [at, item] of waiting) {
			if (failures.length > 0) return;
			try {
				answers[at] = await work(item);
			} catch (error) {
				failures.push(error);
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
	if (failures.length > 0) throw failures[0];
	return answers;
}
// src/run/gate-verdict.ts
const AT_ONCE = 4;
async function judgeTargets(ports, environment, targets) {
	const judged = await severalAtOnce([...Map.groupBy(targets, databaseOf)], AT_ONCE, ([database, ours]) => judgeDatabase(ports, environment, database, ours));
	const verdicts = new Map(judged.flat().map((verdict) => [verdict.target, verdict]));
	return targets.flatMap((target) => verdicts.get(target) ?? []);
}
async function judgeDatabase(ports, environment, database, targets) {
	try {
		for (;;) {
			const verdicts = await judge(ports, environment, database, targets);
			if (verdicts !== null) return verdicts;
		}
	} catch (error) {
		return targets.map((target) => unknown$2(ports, target, error));
	}
}
async function judge(ports, environment, database, targets) {
	const engine = ports.engineOf(database);
	await using view = await openOrRow(engine, database);
	const state = "row" in view ? view.row : await view.state();
	if (unfinished(state)) {
		const verdicts = await judgeRun(engine, environment, database, targets, state);
		if (verdicts.every(({ stands }) => stands !== "stuck") || isSame(state, await engine.readState(database))) return verdicts;
	} else if ("session" in view) {
		const verdicts = await judgePending$1(ports, environment, targets, view);
		if (isSame(state, await view.state())) return verdicts;
	}
	return null;
}
async function openOrRow(engine, database) {
	try {
		return await engine.open(database);
	} catch (error) {
		const row = await engine.readState(database).catch(() => void 0);
		if (unfinished(row)) return {
			row,
			[Symbol.asyncDispose]: async () => void 0
		};
		throw error;
	}
}
function isSame(one, other) {
	return one?.run === other?.run && one?.phase === other?.phase;
}
async function judgeRun(engine, environment, database, targets, { run, phase }) {
	const { held } = await engine.probe(database);
	if (held && applicationMayStart(phase)) return targets.map(open);
	const underWay = {
		code: "run-under-way",
		message: `run ${run} is under way (${phase})`,
		hint: "wait until it has ended, then start again"
	};
	const left = {
		code: "unfinished-run",
		message: `run ${run} did not come to its end (it stopped in phase ${phase})`,
		hint: `\`belay recover ${environment.name}\``
	};
	return targets.map((target) => held ? closed("run-under-way", target, underWay) : closed("stuck", target, left));
}
async function judgePending$1(ports, environment, targets, view) {
	return await severalAtOnce(targets, AT_ONCE, async (target) => {
		try {
			return await judgeOne(ports, environment, target, target.tenant === void 0 ? view : view.tenant(target));
		} catch (error) {
			return unknown$2(ports, target, error);
		}
	});
}
async function judgeOne(ports, environment, target, { session }) {
	const { pending, obstacles } = await (await ports.toolOf(environment, target)).state(session);
	if (pending.length === 0) return open(target);
	const missing = pending.map(({ id }) => id);
	const behind = {
		code: "behind",
		message: `${target.name} is missing ${missing.join(", ")}`,
		hint: environment.gate.fixHint ?? `\`belay migrate ${environment.name}\``
	};
	const result = {
		...emptyTargetResult(target, "checks-failed"),
		pending: pending.map(({ id, reversible, findings, file }) => ({
			id,
			reversible,
			findings,
			file
		}))
	};
	return {
		target,
		stands: obstacles.length === 0 ? "behind" : "stuck",
		result,
		reasons: [behind, ...obstacles]
	};
}
function unknown$2(ports, target, error) {
	if (ports.signal.aborted || error instanceof BelayError && error.kind === "usage") throw error;
	return {
		target,
		stands: "stuck",
		result: emptyTargetResult(target, error instanceof BelayError ? "refused" : "failed"),
		reasons: reasonsOf([error], ports.redact)
	};
}
function open(target) {
	return {
		target,
		stands: "open",
		result: emptyTargetResult(target, "up-to-date"),
		reasons: []
	};
}
function closed(stands, target, reason) {
	return {
		target,
		stands,
		result: emptyTargetResult(target, "checks-failed"),
		reasons: [reason]
	};
}
// src/run/gate.ts
const LOOK_AGAIN_MS = 250;
async function gate(ports, environment, targets, options) {
	const head = {
		command: "gate",
		environment: environment.name,
		startedAt: ports.now()
	};
	const patience = new Patience(ports, options.waitMs);
	try {
		for (;;) {
			const verdicts = await judgeTargets(ports, environment, targets);
			const closed = verdicts.filter(({ stands }) => stands !== "open");
			if (closed.length === 0) return answer(ports, head, environment, verdicts);
			if (options.fix && only(closed, ["behind"])) {
				const { fixBehind } = await import("./gate-fix.js");
				const fixed = await fixBehind(ports, environment, targets);
				if (!isLocked(fixed) || patience.isOver) return {
					...fixed,
					command: "gate"
				};
			}
			if (patience.isOver || !only(closed, ["behind", "run-under-way"])) return answer(ports, head, environment, verdicts);
			await patience.waitFor(closed);
		}
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
function answer(ports, head, environment, verdicts) {
	const [first, ...rest] = verdicts.map(({ result }) => result.outcome);
	const outcome = first === void 0 ? "up-to-date" : worstOutcome([first, ...rest]);
	const { fixHint } = environment.gate;
	return {
		...resultOf(ports, head, outcome, eachOnce(verdicts.flatMap(({ reasons }) => reasons)), verdicts.map(({ result }) => result)),
		...fixHint === null || outcome === "up-to-date" ? {} : { fixHint }
	};
}
function only(closed, standings) {
	return closed.every(({ stands }) => standings.includes(stands));
}
function isLocked({ outcome, reasons }) {
	return outcome === "refused" && reasons.some(({ code }) => code === "locked");
}
var Patience = class {
	#ports;
	#until;
	#told = new Set();
	constructor(ports, ms) {
		this.#ports = ports;
		this.#until = performance.now() + ms;
	}
	get isOver() {
		return performance.now() >= this.#until;
	}
	async waitFor(closed) {
		const { signal, progress } = this.#ports;
		const what = closed.flatMap(({ reasons }) => reasons.map(({ message }) => message))[0] ?? "";
		const left = this.#until - performance.now();
		if (!this.#told.has(what)) progress({
			type: "notice",
			message: `waiting, at most ${duration$1(left)}: ${what}`
		});
		this.#told.add(what);
		try {
			await setTimeout$1(Math.max(0, Math.min(LOOK_AGAIN_MS, left)), void 0, { signal });
		} catch (error) {
			throw signal.aborted ? interruption(signal) : error;
		}
	}
};
// src/policy/requirements.ts
function requirementsOf(facts) {
	const { environment } = facts;
	const decision = decide({
		...facts,
		approval: {
			kind: "given",
			approvers: [],
			notes: []
		}
	});
	const unmet = decision.allowed ? [] : decision.reasons;
	const codes = new Set(unmet.map(({ code }) => code));
	const windows = environment.windows.length > 0 && !codes.has("outside-window");
	return [
		...environment.approvals === null ? [] : [{
			met: false,
			text: approvalText(environment, environment.approvals)
		}],
		...windows ? [{
			met: true,
			text: `inside the window ${environment.windows.map(({ text }) => text).join(", ")}`
		}] : [],
		...unmet.map(({ message, hint }) => ({
			met: false,
			text: hint === void 0 ? message : `${message}; ${hint}`
		}))
	];
}
function approvalText({ githubEnvironment }, approvals) {
	const { required, from, by, allowSelfApproval } = approvals;
	const who = from.length === 0 ? "whoever may" : from.join(", ");
	const where = {
		bot: "through the bot",
		review: "by a review of the pull request",
		environment: `in GitHub's environment ${githubEnvironment}`
	}[by ?? "environment"];
	const self = allowSelfApproval ? "" : "; not by who asks for it";
	return `${required === 1 ? "an approval" : `${required} approvals`} by ${who} ${where}${self}`;
}
// src/plan/rollback-strategy.ts
function expectedRollback(facts) {
	const { online, noClone, swapObstacle, noWayBack, holders, stops, words } = facts;
	const writing = "the application goes on writing (app: online)";
	if (online === "downgrade") return {
		strategy: "downgrade",
		why: `${writing}, so the tool takes back what was applied, after a backup`
	};
	if (online === "transaction") return {
		strategy: "transaction",
		why: `${writing}, so a migration that fails is undone by its own transaction; later than that Belay stops and asks`
	};
	if (noWayBack !== null) return {
		strategy: "transaction",
		why: `a migration that fails is undone by its own transaction, and nothing else could be: ${noWayBack}`
	};
	if (noClone !== null) return {
		strategy: "restore",
		why: `no copy lies beside the database (${noClone}): it is restored from the backup`
	};
	if (swapObstacle !== null) return {
		strategy: "restore",
		why: `${words.withoutRename}: ${swapObstacle}`
	};
	const swap = "a proven copy will lie beside the database and takes its place by a rename";
	if (holders.length === 0) return {
		strategy: "swap",
		why: `${swap}, ${words.renameNeeds}`
	};
	const open = holders.join(", ");
	return stops ? {
		strategy: "swap",
		why: `${swap}, once app.stop has ended ${open}, which has it open now`
	} : {
		strategy: "restore",
		why: `${words.withoutRename}: ${open} has the database open, and no app.stop ends that`
	};
}
// src/run/foresee-rollback.ts
async function foreseeRollback(ports, environment, planned) {
	return expectedRollback(await rollbackFacts(ports, environment, planned));
}
async function rollbackFacts(ports, { app, backup, rollback }, { target, copyObstacle }) {
	const engine = ports.engineOf(target);
	const { words } = engine.abilities;
	const noClone = backup.clone === "never" ? "backup.clone: never" : copyObstacle;
	const facts = {
		online: app.online ? rollback.online : null,
		noClone,
		stops: app.stop !== null,
		words
	};
	if (!engine.abilities.renameSwap) return {
		...facts,
		swapObstacle: "this engine cannot swap by a rename",
		noWayBack: null,
		holders: []
	};
	const { swapObstacle, noWayBack, holders } = await engine.inspect(target);
	return {
		...facts,
		swapObstacle,
		noWayBack,
		holders
	};
}
// src/run/look.ts
async function plan(ports, environment, targets, to) {
	const head = {
		command: "plan",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		const planned = await observe(ports, environment, targets, to);
		ports.progress({
			type: "planned",
			digest: planned.digest,
			bound: planned.bound
		});
		const results = [];
		const refusals = new Set();
		const { rollbackOf, outlookOf } = foreseeing(ports, environment, planned);
		for (const each of planned.targets) {
			const rollback = await rollbackOf(each.target);
			const { refused, notes } = each.pending.length === 0 ? NOTHING_FORESEEN : await outlookOf(each.target);
			if (refused !== null) refusals.add(refused);
			results.push({
				...emptyTargetResult(each.target, "planned"),
				pending: each.pending.map(({ id, reversible, findings, sql, file }) => ({
					id,
					reversible,
					findings,
					sql,
					file
				})),
				history: each.applied,
				...each.withoutFile.length === 0 ? {} : { appliedWithoutFile: each.withoutFile },
				planned: {
					rollback,
					unprovable: each.unprovable,
					findings: each.findings
				},
				...notes.length === 0 ? {} : { notes }
			});
		}
		const pending = planned.targets.some((each) => each.pending.length > 0);
		return {
			...resultOf(ports, head, "planned", [...planObstacles(environment, planned), ...refusals], results),
			digest: planned.digest,
			...pending ? { requirements: await requirements(ports, environment, planned) } : {}
		};
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
function foreseeing(ports, environment, planned) {
	const first = (database) => {
		const [found] = planned.targets.filter(({ target }) => databaseOf(target) === database);
		if (found === void 0) throw new Error(`nothing is planned for ${database.name}`);
		return {
			...found,
			target: database
		};
	};
	return {
		rollbackOf: oncePerDatabase((database) => foreseeRollback(ports, environment, first(database))),
		outlookOf: oncePerDatabase((database) => outlook(ports, environment, first(database), tenantsOf(planned.targets, database)))
	};
}
const NOTHING_FORESEEN = {
	refused: null,
	notes: []
};
async function requirements(ports, environment, planned) {
	const targets = planned.targets.map(({ target }) => target);
	return requirementsOf({
		command: "migrate",
		environment,
		now: ports.now(),
		unmetNeed: await ports.unmetNeed(environment, pendingDigest(planned)),
		withoutApproval: null,
		again: null,
		earlierFailure: await earlierFailure(openHistory(ports, environment, targets), planned)
	});
}
async function openRuns(ports, targets) {
	const rows = [];
	let held = false;
	for (const target of targets) {
		const engine = ports.engineOf(target);
		held ||= (await engine.probe(target)).held;
		rows.push(await engine.readState(target));
	}
	return { isOpen: (run, newest) => newest && held || rows.some((row) => unfinished(row) && row.run === run) };
}
async function listRuns(ports, environment, targets) {
	const head = {
		command: "runs",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		const runs = [];
		const open = await openRuns(ports, targets);
		for await (const past of openHistory(ports, environment, targets).newestFirst()) {
			const summary = summarize(past);
			const cutOff = summary.outcome === null && !open.isOpen(past.run, runs.length === 0);
			runs.push(cutOff ? {
				...summary,
				cutOff
			} : summary);
		}
		return {
			...resultOf(ports, head, "listed", [], targets.map((target) => emptyTargetResult(target, "listed"))),
			runs
		};
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function listBackups(ports, environment, targets) {
	const head = {
		command: "backups",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		const backups = [];
		for (const target of targets) {
			const store = ports.storeOf(environment, target);
			for (const folder of await backupFolders(store, environment.name, target)) backups.push(await listing(store, folder));
		}
		return {
			...resultOf(ports, head, "listed", [], targets.map((target) => emptyTargetResult(target, "listed"))),
			backups
		};
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
// src/config/load.ts
const PLACES = ["belay.yml", ".github/belay.yml"];
const LARGEST_BYTES = 1e6;
async function loadConfig(request) {
	const found = await findConfig(request);
	return parseConfig(found.text, parseRequest(request, found));
}
async function findConfig({ explicit, cwd }) {
	const { file, bytes } = explicit === null ? await readFirst(cwd) : await readGiven(resolve(cwd, explicit), explicit);
	const shownAs = explicit ?? relative(cwd, file);
	return {
		file,
		shownAs,
		text: decoded(bytes, shownAs)
	};
}
async function findOwnConfig(request) {
	const { explicit, cwd } = request;
	const root = await realpath(cwd);
	for (const place of explicit === null ? PLACES : [explicit]) {
		const file = resolve(cwd, place);
		if (await isThere(file) && await realpath(file) !== resolve(root, relative(cwd, file))) throw leadsElsewhere(place);
	}
	return findConfig(request);
}
async function ownText(request) {
	try {
		return (await findOwnConfig(request)).text;
	} catch (error) {
		if (error instanceof BelayError && error.code === "config-missing") return null;
		throw error;
	}
}
async function isThere(file) {
	try {
		await stat(file);
		return true;
	} catch (thrown) {
		if (thrown instanceof Error && "syscall" in thrown) return false;
		throw thrown;
	}
}
function leadsElsewhere(place) {
	return refusal("policy-unreadable", `reading ${place} of the checkout: it is a link, or lies behind one`, { hint: "commit the file itself, not a link" });
}
function parseRequest(request, { file, shownAs }) {
	const { cwd, environment, variables } = request;
	return {
		file,
		shownAs,
		directory: basename(dirname(file)) === ".github" ? dirname(dirname(file)) : dirname(file),
		environment,
		variables,
		find: findFiles,
		checkout: request.onGitHub ? resolve(cwd, variables["GITHUB_WORKSPACE"] ?? ".") : null
	};
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
	const hint = misnamed === null ? "`belay init` writes a first one; or name it with --config FILE" : `${misnamed} is there; rename it to ${misnamed.replace(/\.?belay\.ya?ml$/, "belay.yml")}`;
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
		return await readFile$1(file);
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
function makeStreamRedactor(secrets) {
	const matcher = new Matcher(secrets);
	const redact = makeRedactor(secrets);
	let kept = "";
	return {
		push(piece) {
			const text = kept + piece;
			const { spans, unfinishedFrom } = matcher.find(text);
			const safe = spans.find(({ from, to }) => from < unfinishedFrom && to > unfinishedFrom)?.from ?? unfinishedFrom;
			kept = text.slice(safe);
			const hidden = spans.filter(({ to }) => to <= safe);
			return hidden.length === 0 ? text.slice(0, safe) : redact(hide(text.slice(0, safe), hidden));
		},
		end() {
			const rest = redact(kept);
			kept = "";
			return rest;
		}
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
// src/store/age/stream.ts
const CHUNK_BYTES = 65536;
const TAG_BYTES = 16;
const CIPHER = "chacha20-poly1305";
var PayloadError = class extends Error {};
async function* encryptPayload(content, fileKey, nonce) {
	const key = payloadKey(fileKey, nonce);
	let counter = 0;
	for await (const { bytes, last } of chunksOf(content, CHUNK_BYTES)) {
		const cipher = createCipheriv(CIPHER, key, chunkNonce(counter++, last), { authTagLength: TAG_BYTES });
		const sealed = cipher.update(bytes);
		cipher.final();
		yield Buffer.concat([sealed, cipher.getAuthTag()]);
	}
}
async function* decryptPayload(content, fileKey, nonce) {
	const key = payloadKey(fileKey, nonce);
	let counter = 0;
	for await (const { bytes, last } of chunksOf(content, 65552)) {
		if (bytes.length < TAG_BYTES) throw new PayloadError("its end is missing");
		const plain = opened(bytes, key, chunkNonce(counter, last), last);
		if (plain.length === 0 && counter > 0) throw new PayloadError("it ends with an empty chunk");
		counter += 1;
		yield plain;
	}
}
function opened(bytes, key, nonce, last) {
	const end = bytes.length - TAG_BYTES;
	const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
	decipher.setAuthTag(bytes.subarray(end));
	const plain = decipher.update(bytes.subarray(0, end));
	try {
		decipher.final();
	} catch (error) {
		throw new PayloadError(last ? "its end is altered or missing" : "it is altered", { cause: error });
	}
	return plain;
}
function payloadKey(fileKey, nonce) {
	return Buffer.from(hkdfSync("sha256", fileKey, nonce, "payload", 32));
}
function chunkNonce(counter, last) {
	const nonce = Buffer.alloc(12);
	nonce.writeUIntBE(counter, 5, 6);
	nonce[11] = last ? 1 : 0;
	return nonce;
}
async function* chunksOf(content, size) {
	let held = Buffer.alloc(size);
	let used = 0;
	for await (let chunk of content) while (chunk.length > 0) {
		if (used === size) {
			yield {
				bytes: held,
				last: false
			};
			held = Buffer.alloc(size);
			used = 0;
		}
		const taken = Math.min(size - used, chunk.length);
		held.set(chunk.subarray(0, taken), used);
		used += taken;
		chunk = chunk.subarray(taken);
	}
	yield {
		bytes: held.subarray(0, used),
		last: true
	};
}
// src/store/checked.ts
function checked(content, key, expected) {
	return expected === void 0 ? content : Readable.from(compared(content, key, expected), { objectMode: false });
}
async function drain(content) {
	for await (const _ of content);
}
var Measure = class {
	#hash = createHash("sha256");
	#sizeBytes = 0;
	add(chunk) {
		this.#hash.update(chunk);
		this.#sizeBytes += chunk.length;
	}
	get sizeBytes() {
		return this.#sizeBytes;
	}
	end() {
		return {
			sizeBytes: this.#sizeBytes,
			sha256: this.#hash.digest("hex")
		};
	}
};
async function* compared(content, key, expected) {
	const measure = new Measure();
	for await (const chunk of content) {
		measure.add(chunk);
		if (measure.sizeBytes > expected.sizeBytes) throw damaged(key, `it has more than the ${expected.sizeBytes} bytes that the manifest says`);
		yield chunk;
	}
	const { sizeBytes, sha256 } = measure.end();
	if (sizeBytes !== expected.sizeBytes) throw damaged(key, `it has ${sizeBytes} bytes and the manifest says ${expected.sizeBytes}`);
	if (sha256 !== expected.sha256) throw damaged(key, "its SHA-256 is not the manifest's");
}
function damaged(key, why, cause) {
	return failure("backup-damaged", `the backup's file ${key} is damaged: ${why}`, {
		hint: "use another backup: `belay backups` lists them",
		facts: { file: key },
		cause
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
function readBytes(file) {
	try {
		return readFileSync(file);
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
		if (!KNOWN.includes(given)) problems.push(unknown$1(given, line));
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
function unknown$1(given, line) {
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
const FILES_A_TURN = 64;
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
	for (const [index, item] of items.entries()) {
		if (index % FILES_A_TURN === 63) await setImmediate();
		results.push(work(item));
	}
	return results;
}
function readUp(place, files) {
	return readOrProblem(place, files.up);
}
function load(place, files, bytes, dialect) {
	const decoded = decode(bytes);
	if ("problem" in decoded) return decoded.problem;
	const { up, down: section } = parseScript(decoded.text, dialect);
	const down = readDown(place, files, dialect);
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
function readDown(place, { down }, dialect) {
	if (down === null) return null;
	const bytes = readOrProblem(place, down);
	const decoded = bytes instanceof Uint8Array ? decode(bytes) : { problem: bytes };
	if ("text" in decoded) return parseDownScript(decoded.text, dialect);
	return {
		statements: [],
		transaction: true,
		foreignKeys: "check-at-commit",
		problems: [decoded.problem]
	};
}
function readOrProblem(place, path) {
	const read = readBytes(join(place.directory, path));
	if (read instanceof Uint8Array) return read;
	return {
		code: "migration-unreadable",
		what: `could not be read: ${read.unreadable}`,
		hint: "give the user that runs Belay the right to read it",
		line: null
	};
}
// src/tool/sql/problem.ts
function placeOf$1(file, line) {
	return line === null ? file : `${file}:${line}`;
}
function reasonAt(file, { code, what, hint, line }) {
	return {
		code,
		message: `${placeOf$1(file, line)} ${what}`,
		hint
	};
}
// src/tool/sql/baseline.ts
const NOTHING = {
	rows: [],
	obstacle: null
};
const COUNT_TABLES = {
	sqlite: "select count(*) from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'",
	postgres: "select count(*) from pg_catalog.pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
};
function countTablesIn(schema) {
	return `select count(*) from pg_catalog.pg_tables where schemaname = '${schema.replaceAll("'", "''")}'`;
}
async function adopt(place, migrations, history, session) {
	const { baseline } = place;
	if (baseline === null) return NOTHING;
	if (history !== null) return {
		rows: [],
		obstacle: history.some(({ id }) => id === baseline) ? null : tooLate(baseline)
	};
	const last = migrations.findIndex(({ id }) => id === baseline);
	if (last < 0) return {
		rows: [],
		obstacle: unknown(baseline, migrations)
	};
	const tables = await session.query(place.schema === null ? COUNT_TABLES[session.dialect] : countTablesIn(place.schema));
	if (Number(tables.rows[0]?.[0] ?? 0) === 0) return {
		rows: [],
		obstacle: emptyDatabase(baseline)
	};
	const adoptedAt = new Date().toISOString();
	const adopted = await readAll(migrations.slice(0, last + 1), (files) => ({
		files,
		bytes: readUp(place, files)
	}));
	const rows = adopted.flatMap(({ files, bytes }) => bytes instanceof Uint8Array ? [{
		id: files.id,
		checksum: checksumOf(bytes),
		appliedAt: adoptedAt
	}] : []);
	const [unread] = adopted.flatMap(({ files, bytes }) => bytes instanceof Uint8Array ? [] : [reasonAt(shown(place, files.up), bytes)]);
	return unread === void 0 ? {
		rows,
		obstacle: null
	} : {
		rows: [],
		obstacle: unread
	};
}
function tooLate(baseline) {
	return {
		code: "baseline-too-late",
		message: `migrate.baseline is ${baseline}, but the target has a history already, and ${baseline} is not in it`,
		hint: "remove migrate.baseline: it only adopts a database that Belay has not migrated yet"
	};
}
function unknown(baseline, migrations) {
	const meant = nearest(baseline, migrations.map(({ id }) => id));
	return {
		code: "baseline-unknown",
		message: `migrate.baseline is ${baseline}, but no migration has this id`,
		hint: meant === null ? "name the last migration that the database already has: its file's name without the ending" : `did you mean ${meant}?`
	};
}
function emptyDatabase(baseline) {
	return {
		code: "baseline-of-nothing",
		message: `migrate.baseline says that the database has the migrations up to ${baseline}, but it has no table at all`,
		hint: "look whether this is the right database; a new one needs all migrations: remove migrate.baseline for it"
	};
}
// src/tool/sql/history.ts
const TABLE = "belay_migrations";
const EXISTS = {
	sqlite: `select count(*) from sqlite_master where type = 'table' and lower(name) = '${TABLE}'`,
	postgres: `select count(*) from pg_catalog.pg_class where oid = pg_catalog.to_regclass('${TABLE}')`
};
function existsIn(schema) {
	return `select count(*) from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${literal(schema)} and c.relname = '${TABLE}'`;
}
function tableIn(schema) {
	return `"${schema.replaceAll("\"", "\"\"")}".${TABLE}`;
}
const MS_SINCE = {
	sqlite: (time) => `cast(max(0, round((julianday('now') - julianday(${time})) * 86400000)) as integer)`,
	postgres: (time) => `greatest(0, round(extract(epoch from clock_timestamp() - cast(${time} as timestamptz)) * 1000))`
};
const NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
const BEGAN = {
	sqlite: null,
	postgres: {
		time: `pg_catalog.to_char(pg_catalog.now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
		msSince: "greatest(0, pg_catalog.round(extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.now()) * 1000))"
	}
};
async function readHistory(session, schema = null) {
	const exists = await session.query(schema === null ? EXISTS[session.dialect] : existsIn(schema));
	if (Number(exists.rows[0]?.[0] ?? 0) === 0) return null;
	try {
		const { rows } = await session.query(`select id, checksum, applied_at from ${schema === null ? TABLE : tableIn(schema)}`);
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
async function historyTable(session, schema = null) {
	const { dialect } = session;
	if (schema !== null) return {
		dialect,
		name: tableIn(schema)
	};
	if (dialect === "sqlite") return {
		dialect,
		name: TABLE
	};
	const { rows } = await session.query(`select pg_catalog.quote_ident(coalesce((select n.nspname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where c.oid = pg_catalog.to_regclass('${TABLE}')), pg_catalog.current_schema()))`);
	const found = rows[0]?.[0];
	return {
		dialect,
		name: typeof found === "string" ? `${found}.${TABLE}` : TABLE
	};
}
function createHistory({ name }) {
	return `create table if not exists ${name} (
  id text not null primary key,
  checksum text not null,
  applied_at text not null,
  duration_ms integer not null,
  run text not null
)`;
}
function insertHistory({ id, checksum, appliedAt, durationMs, run }, { dialect, name }) {
	const duration = typeof durationMs === "number" ? String(durationMs) : MS_SINCE[dialect](literal(durationMs.since));
	return `insert into ${name} (id, checksum, applied_at, duration_ms, run) values (${[
		literal(id),
		literal(checksum),
		literal(appliedAt),
		duration,
		literal(run)
	].join(", ")})`;
}
function historyAround({ id, checksum, run }, { dialect, name }) {
	const insert = (appliedAt, durationMs) => `insert into ${name} (id, checksum, applied_at, duration_ms, run) values (${literal(id)}, ${literal(checksum)}, ${appliedAt}, ${durationMs}, ${literal(run)})`;
	const began = BEGAN[dialect];
	if (began !== null) return {
		before: [],
		after: [insert(began.time, began.msSince)]
	};
	return {
		before: [insert(NOW, "0")],
		after: [`update ${name} set duration_ms = ${MS_SINCE[dialect]("applied_at")} where id = ${literal(id)}`]
	};
}
function deleteHistory(id, { name }) {
	return `delete from ${name} where id = ${literal(id)}`;
}
function literal(text) {
	return `'${text.replaceAll("'", "''")}'`;
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
// src/engine/postgres/engine.ts
function postgresEngine(options) {
	return {
		name: "postgres",
		abilities: {
			transactionalDdl: true,
			renameSwap: true,
			exactCompare: false,
			lastingMarks: false,
			schemas: true,
			defaultStoreBesideTarget: false,
			words: {
				withoutRename: "its schemas are moved aside and filled anew from the proven copy",
				renameNeeds: "if nobody is connected then who cannot be held off",
				cost: "a rollback restores the schemas instead of renaming the database: slower, and as safe",
				advice: "leave it so, or take away what stands in its way",
				emptyPlace: "postgres://HOST/NEW_DATABASE"
			}
		},
		open: async (target) => acting(`looking at ${target.name}`, async () => (await import("./read-view.js")).openView(target, options)),
		reader: async (target, asked) => (await import("./reader.js")).openReader(target, options, asked),
		async preflight(target, needs) {
			const [{ atPlace }, { preflight }] = await Promise.all([import("./locate.js"), import("./preflight.js")]);
			return acting(`looking what could stop a run of ${target.name}`, () => atPlace(target, options, (place) => preflight(place, needs)));
		},
		async inspect(target) {
			const [{ atPlace }, { inspect }] = await Promise.all([import("./locate.js"), import("./inspect.js")]);
			return acting(`looking at ${target.name}`, () => atPlace(target, options, (place) => inspect(place)));
		},
		defaultStore: () => null,
		async hold(target, waitMs) {
			const [{ holdTarget }, { namingActs }] = await Promise.all([import("./hold.js"), import("./naming-acts.js")]);
			return namingActs(await acting(`taking the lock of ${target.name}`, () => holdTarget(target, waitMs, options)), target.name);
		},
		async probe(target) {
			const [{ locate }, { probeLock }] = await Promise.all([import("./locate.js"), import("./lock2.js")]);
			await using located = await locate(target, options);
			return await probeLock(located);
		},
		readState: async (target) => acting(`reading belay.state of ${target.name}`, async () => (await import("./look-at-state.js")).lookAtState(target, options)),
		laterWrites: async (target, mark) => acting(`counting what was written to ${target.name} since`, async () => (await import("./look-at-writes.js")).lookAtWrites(target, options, mark)),
		schemas: async (target) => acting(`looking which schemas ${target.name} has`, async () => (await import("./read-view.js")).schemasIn(target, options)),
		restoreInto: (into, ...backup) => acting(`restoring into ${into.name}`, async () => (await import("./restore-into.js")).restoreInto(into, options, ...backup))
	};
}
// src/engine/sqlite/engine.ts
const sqliteEngine = {
	name: "sqlite",
	abilities: {
		transactionalDdl: true,
		renameSwap: true,
		exactCompare: true,
		lastingMarks: true,
		schemas: false,
		defaultStoreBesideTarget: true,
		words: {
			withoutRename: "the proven copy is copied back in place",
			renameNeeds: "if nobody holds it open then",
			cost: "a rollback copies the data back instead of renaming a file: slower, and as safe",
			advice: "leave it so, or name the file itself, by its one path",
			emptyPlace: "sqlite:copy.db"
		}
	},
	open: openView,
	reader: async (...asked) => (await import("./reader2.js")).openReader(...asked),
	preflight: async (...asked) => (await import("./preflight2.js")).preflight(...asked),
	inspect: async (...asked) => (await import("./inspect2.js")).inspect(...asked),
	defaultStore: ({ address }) => join(dirname(address), "belay-backups"),
	hold: async (...asked) => (await import("./hold2.js")).holdTarget(...asked),
	probe: (target) => acting$1(`looking at the lock of ${target.configured}`, async () => probeLock(await locate(target))),
	readState: (target) => acting$1(`reading the state of ${target.configured}`, async () => readState$1((await locate(target)).state)),
	laterWrites: (target, mark) => acting$1(`counting what was written to ${target.configured}`, async () => (await import("./later-writes3.js")).lookAtWrites(target, mark)),
	schemas: async () => [],
	restoreInto: async (...asked) => (await import("./restore-into2.js")).restoreInto(...asked)
};
// src/process/environment.ts
const WITHHELD = /^(?:INPUT_|STATE_|ACTIONS_|GITHUB_TOKEN$)/;
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
// src/config/target-at.ts
function targetAt(url, directory) {
	const read = readTargetUrl(/^[a-z+]+:|^\w+\s*=/.test(url) ? url : `sqlite:${url}`);
	if (!("engine" in read)) throw usageError("target-url", `${withoutPassword(url)}: ${read.message}`, { hint: read.hint });
	const address = read.engine === "sqlite" ? resolve(directory, read.address) : read.address;
	return {
		name: read.name,
		engine: read.engine,
		address,
		configured: withoutPassword(url)
	};
}
// src/wire/commands.ts
const COMMANDS = {
	status: async () => (await import("./status.js")).status,
	plan: async () => {
		const { plan } = await import("./look.js");
		return async (ports, environment, targets, { of, run = null, to = null }) => {
			if (of === void 0) return plan(ports, environment, targets, to);
			const { planRollback } = await import("./plan-rollback.js");
			return planRollback(ports, environment, targets, {
				run,
				to
			});
		};
	},
	runs: async () => (await import("./look.js")).listRuns,
	backups: async () => (await import("./look.js")).listBackups,
	gate: async () => {
		const { gate } = await import("./gate.js");
		return (ports, environment, targets, { fix = false, wait }) => gate(ports, environment, targets, {
			fix,
			waitMs: fix || wait !== void 0 ? validDurationMs(wait || DEFAULTS.gateWait) : 0
		});
	},
	migrate: async () => {
		const { migrate } = await import("./migrate.js");
		return async (ports, environment, targets, { digest = null, again = null, withoutApproval = null, to = null, backup = null, verify = true, newTenant }) => newTenant !== void 0 ? (await import("./new-tenant.js")).makeTenant(ports, environment, targets, {
			name: newTenant,
			withoutApproval
		}) : migrate(ports, environment, targets, {
			digest,
			again,
			withoutApproval,
			to,
			backup,
			verify
		});
	},
	rollback: async () => {
		const { rollback } = await import("./rollback.js");
		return (ports, environment, targets, { run = null, backup = null, to = null, strategy = null, hook = null, acceptLoss = false, withoutApproval = null }) => rollback(ports, environment, targets, {
			run,
			backup,
			to,
			strategy,
			hook,
			acceptLoss,
			withoutApproval
		});
	},
	backup: async () => (await import("./backup.js")).backup,
	verify: async () => {
		const { verify } = await import("./verify.js");
		return async (ports, environment, targets, { run = null, watch = false }) => {
			if (!watch) return verify(ports, environment, targets, run);
			const { verifyWatch } = await import("./verify-watch.js");
			return verifyWatch(ports, environment, targets, run);
		};
	},
	prune: async () => (await import("./prune.js")).prune,
	restore: async () => {
		const { restore } = await import("./restore.js");
		return (ports, environment, targets, { argument = null, into = null, replace = false, withoutApproval = null }, cwd) => restore(ports, environment, targets, {
			backup: argument,
			into: into === null ? null : targetAt(into, cwd),
			replace,
			withoutApproval
		});
	},
	recover: async () => {
		const { recover } = await import("./recover.js");
		return (ports, environment, targets, { run = null }) => recover(ports, environment, targets, run);
	}
};
// src/wire/programs.ts
async function spawn(request) {
	return (await import("./spawn2.js")).spawn(request);
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
// src/store/age/encrypted.ts
function encryptedStore(inner, { recipients, identities }) {
	const own = new Map();
	const encrypts = recipients.length > 0;
	return {
		...inner,
		encryption: encrypts ? "age" : inner.encryption,
		async put(key, content, options) {
			if (!encrypts || options?.plain === true) return inner.put(key, content, options);
			try {
				const sealed = await (await headers()).sealNewKey(recipients);
				own.delete(key);
				const stored = await inner.put(key, Readable.from(sealedContent(sealed, asStream(content)), { objectMode: false }), options);
				own.set(key, sealed);
				return stored;
			} catch (error) {
				if (content instanceof Readable) content.destroy();
				throw error;
			}
		},
		async get(key, expected) {
			const stored = await inner.get(key, expected);
			const source = new Source(stored);
			try {
				if (!(await source.start(MAGIC.length)).equals(MAGIC)) return Readable.from(source.rest(), { objectMode: false });
				const fileKey = await fileKeyOf(key, await readHeader(source, key));
				const nonce = await source.take(16);
				return Readable.from(openedContent(source, fileKey, nonce, key), { objectMode: false });
			} catch (error) {
				stored.destroy();
				throw error;
			}
		},
		localPath: (key) => encrypts ? null : inner.localPath(key)
	};
	async function fileKeyOf(key, header) {
		const known = own.get(key);
		if (known?.header.equals(header) === true) return known.fileKey;
		const keys = await identities();
		if (keys.length === 0) throw failure("identity-needed", `reading ${key} of ${inner.location}: it is encrypted with age, and no identity is given`, { hint: "name its secret key in belay.yml, by a variable or a file: `backup.encrypt.identity` or `identity-file`" });
		const { openHeader } = await headers();
		const fileKey = await openHeader(header, keys).catch((error) => {
			throw damaged(key, `its age header is unsound (${messageOf(error)})`, error);
		});
		if (fileKey !== null) return fileKey;
		throw failure("wrong-identity", `reading ${key} of ${inner.location}: it is encrypted with age for other keys than the identity given`, { hint: "name the identity of one of the recipients that it was encrypted for, in `backup.encrypt` of belay.yml" });
	}
}
const MAGIC = Buffer.from("age-encryption.org/v1\n");
function headers() {
	return import("./header.js");
}
function asStream(content) {
	return content instanceof Readable ? content : Readable.from([content]);
}
async function* sealedContent({ header, fileKey }, content) {
	const nonce = randomBytes(16);
	yield Buffer.concat([header, nonce]);
	yield* encryptPayload(content, fileKey, nonce);
}
async function* openedContent(source, fileKey, nonce, key) {
	try {
		if (nonce.length < 16) throw new PayloadError("its end is missing");
		yield* decryptPayload(source.rest(), fileKey, nonce);
	} catch (error) {
		throw error instanceof PayloadError ? damaged(key, `${error.message} (age)`, error) : error;
	}
}
async function readHeader(source, key) {
	const { headerEnd } = await headers();
	try {
		for (let bytes = MAGIC.length;; bytes *= 2) {
			const start = await source.start(bytes);
			const end = headerEnd(start);
			if (end !== null) return await source.take(end);
			if (start.length < bytes) throw new Error("it ends within its header");
		}
	} catch (error) {
		if (error instanceof BelayError) throw error;
		throw damaged(key, `its age header is unsound (${messageOf(error)})`, error);
	}
}
var Source = class {
	#iterator;
	#held = Buffer.alloc(0);
	constructor(stream) {
		this.#iterator = stream[Symbol.asyncIterator]();
	}
	async start(bytes) {
		while (this.#held.length < bytes) {
			const next = await this.#iterator.next();
			if (next.done === true) break;
			this.#held = Buffer.concat([this.#held, next.value]);
		}
		return this.#held.subarray(0, bytes);
	}
	async take(bytes) {
		const taken = await this.start(bytes);
		this.#held = this.#held.subarray(taken.length);
		return taken;
	}
	async *rest() {
		try {
			if (this.#held.length > 0) yield this.#held;
			for (let next = await this.#iterator.next(); next.done !== true; next = await this.#iterator.next()) yield next.value;
		} finally {
			await this.#iterator.return?.();
		}
	}
};
// src/store/durable.ts
function appendLine(path, line, last) {
	const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 384);
	try {
		const end = endOfLastLine(descriptor);
		if (last !== void 0 && end > last) return null;
		ftruncateSync(descriptor, end);
		try {
			const written = writeLine(descriptor, line, end);
			fsyncSync(descriptor);
			if (end === 0) syncFolder(dirname(path));
			return end + written;
		} catch (error) {
			ftruncateSync(descriptor, end);
			throw error;
		}
	} finally {
		closeSync(descriptor);
	}
}
function writeLine(descriptor, line, at) {
	const bytes = Buffer.from(line + "\n");
	const written = writeSync(descriptor, bytes, 0, bytes.length, at);
	if (written !== bytes.length) throw Object.assign(new Error(`only ${written} of ${bytes.length} bytes could be written`), { code: "ENOSPC" });
	return written;
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
	const measure = new Measure();
	for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) measure.add(chunk);
	const descriptor = openSync(path, "r");
	try {
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
	return measure.end();
}
function makeFolder(path) {
	if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
	const parent = dirname(path);
	if (!existsSync(parent)) makeFolder(parent);
	try {
		mkdirSync(path, { mode: 448 });
	} catch (error) {
		if (codeOf(error) === "EEXIST" && statSync(path).isDirectory()) return;
		throw error;
	}
	syncFolder(parent);
}
function syncFolder(path) {
	const descriptor = openSync(path, "r");
	try {
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
}
function codeOf(error) {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : void 0;
}
// src/store/directory.ts
const UNFINISHED = ".unfinished";
function directoryStore(root) {
	const ends = new Map();
	return {
		location: root,
		encryption: "none",
		async put(key, content) {
			let temporary;
			try {
				const path = pathOf(root, key);
				temporary = path + UNFINISHED;
				makeFolder(dirname(path));
				await pipeline$1(content instanceof Readable ? content : Readable.from([content]), createWriteStream(temporary, { mode: 384 }));
				const stored = await digestAndSync(temporary);
				renameSync(temporary, path);
				syncFolder(dirname(path));
				return stored;
			} catch (error) {
				if (content instanceof Readable) content.destroy();
				if (temporary !== void 0) await rm(temporary, { force: true });
				throw writeFailure(`writing ${key} to the store ${root}`, error);
			}
		},
		get: async (key, expected) => checked(await read(key), key, expected),
		verify: async (key, expected) => drain(checked(await read(key), key, expected)),
		async list(prefix) {
			const entries = [];
			try {
				for await (const path of filesBelow(pathOf(root, prefix))) {
					if (path.endsWith(UNFINISHED)) continue;
					entries.push({
						key: relative(root, path).split(sep).join("/"),
						sizeBytes: (await stat(path)).size
					});
				}
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
		async sweep(prefix) {
			try {
				for await (const path of filesBelow(pathOf(root, prefix))) if (path.endsWith(UNFINISHED)) await rm(path, { force: true });
			} catch (error) {
				if (codeOf(error) !== "ENOENT") throw storeFailure(`removing what was not finished below ${prefix} in the store ${root}`, error);
			}
		},
		async append(key, line) {
			const path = pathOf(root, key);
			try {
				makeFolder(dirname(path));
				const end = appendLine(path, line, ends.get(key));
				if (end === null) throw overtaken(`writing the journal ${key} in the store ${root}`);
				ends.set(key, end);
			} catch (error) {
				throw writeFailure(`writing the journal ${key} in the store ${root}`, error);
			}
		},
		async lines(key) {
			try {
				const text = await readFile$1(pathOf(root, key), "utf8");
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
				for (let folder = dirname(path); folder !== dirname(root); folder = dirname(folder)) syncFolder(folder);
				return stored;
			} catch (error) {
				throw storeFailure(`syncing ${key} in the store ${root}`, error);
			}
		}
	};
	async function read(key) {
		const path = pathOf(root, key);
		try {
			return (await open$1(path, "r")).createReadStream();
		} catch (error) {
			throw storeFailure(`reading ${key} from the store ${root}`, error);
		}
	}
}
function overtaken(act) {
	return failure("lock-lost", `${act}: somebody else has written to it`, { hint: "another run works on this target; this one has stopped. Look at `belay runs`, then run again" });
}
function pathOf(root, key) {
	const path = resolve(root, ...key.split("/"));
	if (path !== root && !path.startsWith(root + sep)) throw failure("store-key", `the name ${JSON.stringify(key)} leads out of the store`);
	return path;
}
async function* filesBelow(folder) {
	for (const entry of await readdir(folder, { withFileTypes: true })) {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) yield* filesBelow(path);
		else yield path;
	}
}
const REASONS = {
	ENOENT: {
		code: "store-missing",
		message: "it is not there",
		hint: "look which backups and runs exist: `belay backups`, `belay runs`"
	},
	ENOSPC: {
		code: "no-space",
		message: "the disk is full",
		hint: "make room there (`belay prune` drops what `keep` no longer keeps), then run again"
	},
	EDQUOT: {
		code: "no-space",
		message: "the disk quota is used up",
		hint: "make room there (`belay prune` drops what `keep` no longer keeps), then run again"
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
function writeFailure(act, error) {
	if (codeOf(error) !== "ENOENT") return storeFailure(act, error);
	return failure("store-missing", `${act}: no folder can be made there`, {
		hint: "name a directory that can be made, or make it: `backup.store` in belay.yml",
		cause: error
	});
}
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
// src/store/late.ts
function lateStore(about, load) {
	let loading;
	const store = () => loading ??= load();
	return {
		...about,
		put: async (...asked) => (await store()).put(...asked),
		get: async (...asked) => (await store()).get(...asked),
		verify: async (...asked) => (await store()).verify(...asked),
		list: async (...asked) => (await store()).list(...asked),
		remove: async (...asked) => (await store()).remove(...asked),
		sweep: async (...asked) => (await store()).sweep(...asked),
		append: async (...asked) => (await store()).append(...asked),
		lines: async (...asked) => (await store()).lines(...asked),
		localPath: () => null,
		finish: async (...asked) => (await store()).finish(...asked)
	};
}
// src/wire/stores.ts
const S3_SECRETS = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
function openStores(world, environment) {
	const stores = new Map();
	const encryption = encryptionOf(world, environment);
	return (location) => {
		const store = stores.get(location) ?? encryptedStore(plainStore(world, environment, location), encryption);
		stores.set(location, store);
		return store;
	};
}
function plainStore(world, { backup: { s3 } }, location) {
	if (!location.startsWith("s3://")) return directoryStore(location);
	world.hide(S3_SECRETS.flatMap((name) => world.variables[name] || []));
	return lateStore({
		location,
		encryption: "none"
	}, async () => (await import("./s3.js")).s3Store(location, s3));
}
function encryptionOf(world, { backup: { encryption } }) {
	if (encryption === null) return {
		recipients: [],
		identities: async () => []
	};
	const { recipients, identities, identityFile } = encryption;
	let fromFile;
	return {
		recipients,
		identities: async () => [...identities, ...identityFile === null ? [] : await (fromFile ??= readIdentities(world, identityFile))]
	};
}
async function readIdentities(world, file) {
	const keys = ageIdentities(await textOf(file));
	world.hide(keys ?? []);
	if (keys !== null && keys.length > 0) return keys;
	throw failure("identity-unreadable", `reading ${file}: it holds no secret key of age`, { hint: "name the file that age-keygen wrote: `backup.encrypt.identity-file` in belay.yml" });
}
async function textOf(file) {
	try {
		return await readFile$1(file, "utf8");
	} catch (error) {
		throw failure("identity-unreadable", `reading the identity ${file}: ${messageOf(error)}`, {
			hint: "let the user that runs Belay read it: `backup.encrypt.identity-file` in belay.yml",
			cause: error
		});
	}
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
		place: placeOf$1(file, line),
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
	const [{ migrations, problems }, recorded] = await Promise.all([listMigrations(place), readHistory(session, place.schema)]);
	const adoption = await adopt(place, migrations, recorded, session);
	const history = recorded ?? adoption.rows;
	const applied = new Map(history.map((row) => [row.id, row]));
	const highest = history.at(-1)?.id ?? null;
	const judged = await readAll(migrations, (files) => {
		const row = applied.get(files.id);
		if (row !== void 0) return {
			migration: null,
			obstacles: judgeApplied(place, files, row)
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
			...adoption.obstacle === null ? [] : [adoption.obstacle],
			...problems.map(({ path, problem }) => reasonAt(shown(place, path), problem)),
			...withoutFile.map((row) => missing(place, row)),
			...judged.flatMap(({ obstacles }) => obstacles)
		],
		findings: []
	};
}
function judgeApplied(place, files, row) {
	const file = shown(place, files.up);
	const bytes = readUp(place, files);
	if (!(bytes instanceof Uint8Array)) return [reasonAt(file, bytes)];
	return checksumOf(bytes) === row.checksum ? [] : [reasonAt(file, changed(row, differsInLineEndings(bytes, row.checksum)))];
}
function judgePending(place, files, dialect, highest) {
	const file = shown(place, files.up);
	const bytes = readUp(place, files);
	const loaded = bytes instanceof Uint8Array ? load(place, files, bytes, dialect) : bytes;
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
function missing(place, { id, appliedAt }) {
	return {
		code: "migration-missing",
		message: `${id} was applied (${appliedAt}), but has no file in ${shown(place, "")} any more`,
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
	const place = placeOf(options);
	return {
		name: "sql",
		records: [],
		abilities: {
			writesThroughSession: true,
			atomicMigrations: true,
			revert: true,
			toVersion: true
		},
		configDigest: async () => createHash("sha256").update(canonicalJson({
			tool: "sql",
			...directoriesOf(options, place),
			layout: place.layout,
			baseline: place.baseline
		})).digest("hex"),
		state: (session) => readState(place, session),
		apply: async (request) => (await import("./apply.js")).applyMigrations(place, request),
		revert: async (request) => (await import("./revert.js")).revertMigrations(place, request)
	};
}
function directoriesOf({ directories }, place) {
	if (directories === void 0) return { directory: shown(place, "") };
	return { directories: directories.map((directory) => shown({
		...place,
		directory
	}, "")) };
}
async function sqlMigrationsOnDisk(options) {
	const place = placeOf(options);
	const { migrations, problems } = await listMigrations(place);
	return {
		ids: migrations.map(({ id }) => id),
		problems: problems.map(({ path, problem }) => reasonAt(shown(place, path), problem))
	};
}
function placeOf({ directory, root, layout, baseline, schema }) {
	if (!isAbsolute(directory) || !isAbsolute(root)) throw new TypeError("the tool sql needs absolute paths");
	return {
		directory,
		root,
		layout: readLayout(layout),
		baseline: baseline ?? null,
		schema: schema ?? null
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
// src/wire/program-tools.ts
const PROGRAM_TOOLS = {
	alembic: async () => (await import("./alembic.js")).alembic,
	dbmate: async () => (await import("./dbmate.js")).dbmate,
	"django-tenants": async () => (await import("./django-tenants.js")).djangoTenants,
	django: async () => (await import("./django2.js")).django,
	drizzle: async () => (await import("./drizzle.js")).drizzle,
	flask: async () => (await import("./flask.js")).flask,
	knex: async () => (await import("./knex.js")).knex,
	"node-pg-migrate": async () => (await import("./node-pg-migrate.js")).nodePgMigrate,
	sqitch: async () => (await import("./sqitch.js")).sqitch
};
async function programDefinition(name) {
	const load = PROGRAM_TOOLS[name];
	if (load === void 0) throw new Error(`no tool ${name}`);
	return load();
}
const USUAL_URL_VARIABLE = "DATABASE_URL";
function toldTo({ url, urlVariables = [] }, { path, urlVariable, variables }) {
	const named = Object.fromEntries(urlVariables.map((name) => [name, "url"]));
	return {
		path,
		variables: {
			...variables,
			...named
		},
		urlVariable: urlVariable ?? USUAL_URL_VARIABLE,
		...url === void 0 ? {} : { writeUrl: url }
	};
}
async function toolOfProgram(definition, { directory: root, migrate }, target, program) {
	if (!definition.engines.includes(target.engine)) throw wrongEngine(definition, target);
	if (target.tenant !== void 0 && !definition.perSchema) throw notPerSchema(definition);
	const { programTool } = await import("./program-tool.js");
	const { project } = migrate.options;
	const directory = typeof project === "string" ? resolve(root, project) : root;
	const { name, engine, address, schemas } = target;
	const place = {
		root,
		directory,
		elsewhere: migrate.run !== null,
		target: {
			name,
			engine,
			address,
			...schemas === void 0 ? {} : { schemas }
		},
		schema: target.tenant?.schema ?? null,
		options: migrate.options
	};
	return programTool(definition, place, {
		...program,
		directory
	}, await rememberedFor(definition, place, migrate));
}
const remembered = new WeakMap();
async function rememberedFor(definition, place, migrate) {
	const known = remembered.get(migrate);
	if (known !== void 0) return known;
	const { RememberedFiles: Remembered } = await import("./remembered-files.js");
	const made = new Remembered(definition, place);
	remembered.set(migrate, made);
	return made;
}
function notPerSchema({ name, title }) {
	return refusal("tool-without-tenants", `${title} cannot be told to work on one schema alone, and belay.yml has tenants`, { hint: `write its commands for one tenant as \`migrate: { tool: command, migrations: […] }\`: they are told it as BELAY_SCHEMA, and PGOPTIONS leads libpq's drivers there; or leave tenants out and let ${name} migrate all of them as one target` });
}
function wrongEngine({ title, engines }, { name, engine }) {
	return refusal("tool-engine", `${title} knows ${engines.join(" and ")}, and ${name} is ${engine}`, { hint: "name the tool in belay.yml that applies this database's migrations: migrate.tool" });
}
// src/wire/tools.ts
async function readToolFile({ migrate: { envFile } }) {
	if (envFile === null) return { variables: {} };
	const { readEnvFile } = await import("./env-file.js");
	try {
		return { variables: await readEnvFile(envFile) };
	} catch (error) {
		if (error instanceof BelayError) return { unreadable: error };
		throw error;
	}
}
async function chooseTool(world, environment, target, file, redact) {
	const name = await nameOfTool(environment);
	if (name === "sql") return sqlTool(sqlOptionsOf(await sqlOptions(environment), environment, target));
	const { directory: root, migrate } = environment;
	const definition = name === "command" ? null : await programDefinition(name);
	const variables = await toolEnvironment(world, environment, target, definition, "variables" in file ? file.variables : {});
	const program = {
		run: migrate.run,
		directory: root,
		variables,
		spawn,
		redact
	};
	const tool = definition === null ? (await import("./command-tool.js")).commandTool({
		migrations: migrate.migrations,
		run: migrate.run
	}, {
		...program,
		databases: filesOf(environment)
	}) : await toolOfProgram(definition, environment, target, program);
	return "variables" in file ? tool : withoutItsFile(tool, file.unreadable);
}
function filesOf({ targets }) {
	return targets.filter(({ engine }) => engine === "sqlite").map(({ address }) => address);
}
async function nameOfTool({ directory: root, migrate, tenants }) {
	if (migrate.tool !== null) return migrate.tool;
	const { recognisedTool } = await import("./recognised-tool.js");
	const project = migrate.options["project"];
	const name = await recognisedTool(typeof project === "string" ? resolve(root, project) : root, migrate, recogniseSql);
	if (tenants === null && TELL_TENANTS.some((each) => each === name)) throw tenantsUnnamed(name);
	return name;
}
function tenantsUnnamed(name) {
	return refusal("tool-needs-tenants", `these are migrations of ${name}, and belay.yml names neither the tool nor the tenants`, { hint: `write \`migrate: ${name}\`: its settings then tell who the tenants are` });
}
async function sqlOptions({ directory: root, migrate }) {
	if (migrate.tool === null) {
		const found = await recogniseSql(root);
		if (found !== null) return {
			root,
			directory: join(root, found.directory),
			layout: found.layout
		};
	}
	const { directory, layout, baseline } = migrate.options;
	return {
		root,
		directory: resolve(root, typeof directory === "string" ? directory : "migrations"),
		...typeof layout === "string" ? { layout } : {},
		...typeof baseline === "string" ? { baseline } : {}
	};
}
function sqlOptionsOf(options, { directory: root, migrate }, { tenant }) {
	if (tenant === void 0) return options;
	const { "shared-directory": written } = migrate.options;
	const shared = typeof written === "string" ? resolve(root, written) : null;
	return {
		...options,
		schema: tenant.schema,
		directories: shared === null ? [options.directory] : [options.directory, shared],
		...tenant.shared && shared !== null ? { directory: shared } : {}
	};
}
async function migrationsOnDisk(environment) {
	const { migrations } = environment.migrate;
	const name = await nameOfTool(environment);
	if (name === "command") return {
		found: "commands of your own (tool: command)",
		ids: migrations.map(({ id }) => id),
		problems: []
	};
	if (name !== "sql") return {
		found: `those of ${(await programDefinition(name)).title}`,
		ids: null,
		problems: []
	};
	const options = await sqlOptions(environment);
	return {
		found: `SQL files in \`${relative(options.root, options.directory) || "."}\``,
		...await sqlMigrationsOnDisk(options)
	};
}
function withoutItsFile(tool, error) {
	const refuse = () => Promise.reject(error);
	return {
		...tool,
		state: refuse,
		apply: refuse,
		revert: refuse
	};
}
async function toolEnvironment(world, environment, target, definition, fromFile) {
	const { name, migrate, withheldVariables } = environment;
	const told = definition === null ? migrate : toldTo(definition, migrate);
	const { sessionVariables, targetVariables, tenantVariables } = await import("./target-variables.js");
	return childEnvironment(world.variables, {
		add: {
			...fromFile,
			BELAY_ENVIRONMENT: name,
			BELAY_TARGET: target.name,
			...tenantVariables(target),
			...targetVariables(target, told),
			...sessionVariables(target, migrate, world.variables)
		},
		withheld: withheldVariables,
		...migrate.env === null ? {} : { allow: migrate.env }
	});
}
// src/wire.ts
async function perform(invocation, world) {
	const { command, options } = invocation;
	if (command === "init") {
		const { init } = await import("./init.js");
		const { config, environment, targets } = invocation;
		return init(world, {
			config,
			environment,
			target: targets[0] ?? null,
			tool: options.tool ?? null
		}, recogniseSql);
	}
	if (command === "doctor") {
		const { doctor } = await import("./doctor.js");
		return doctor(world, invocation.environment, () => prepare(invocation, world));
	}
	const load = COMMANDS[command];
	if (load === void 0) throw usageError("not-in-this-version", `belay ${command} is not in this version`, { hint: "belay --help lists what is" });
	try {
		const { ports, environment, targets, granted } = await prepare(invocation, world);
		return await (await load())(ports, environment, targets, {
			...options,
			...granted
		}, world.cwd);
	} catch (error) {
		if (command !== "plan" || !isYetToBeMerged(error)) throw error;
		const { welcome } = await import("./welcome.js");
		return welcome(world, loadRequest(invocation, world), migrationsOnDisk);
	}
}
async function prepare(invocation, world) {
	const { config, environment, origin } = await configure(invocation, world);
	world.hide(environment.secrets);
	if (world.github?.fork === true) refuseForks(environment, invocation.command);
	const granted = await world.github?.grant?.begin({
		command: invocation.command,
		environment,
		bot: config.bot
	}) ?? {};
	if (world.github?.hosted === true) refuseVanishing(environment, invocation.command);
	const ports = await connect(world, environment, origin, () => protectedBeside(environment, config, invocation, world));
	return {
		config,
		ports,
		environment,
		granted,
		targets: await targetsOf(ports, environment, invocation)
	};
}
async function protectedBeside({ name }, { names }, invocation, world) {
	const found = [];
	for (const other of names.filter((each) => each !== name)) try {
		const { environment } = await configure({
			...invocation,
			environment: other
		}, world);
		world.hide(environment.secrets);
		if (environment.approvals !== null) found.push(environment);
	} catch (error) {
		if (!(error instanceof BelayError)) throw error;
	}
	return found;
}
const ABOUT_DATABASES = [
	"backup",
	"backups",
	"doctor",
	"prune",
	"recover",
	"restore",
	"runs"
];
async function targetsOf(ports, environment, { command, targets: wanted, options }) {
	if (environment.tenants === null || options.newTenant !== void 0 || ABOUT_DATABASES.includes(command)) return chooseTargets(environment, wanted);
	const { expandTenants } = await import("./expand-tenants.js");
	return chooseTargets({
		...environment,
		targets: await expandTenants(ports, environment)
	}, wanted);
}
async function configure(invocation, world) {
	const request = loadRequest(invocation, world);
	if (world.github === null) {
		const config = await loadConfig(request);
		return {
			config,
			environment: chooseEnvironment(config, invocation.environment),
			origin: null
		};
	}
	const file = await world.github.policy(invocation.config);
	const { ruling } = await import("./ruling.js");
	return ruling(file, file.isCheckout ? file.text : file.own === void 0 ? await ownText(request) : file.own, parseRequest(request, {
		file: resolve(world.cwd, file.path),
		shownAs: file.path
	}));
}
function loadRequest({ config, environment }, { cwd, variables, onGitHub }) {
	return {
		explicit: config,
		cwd,
		environment,
		variables,
		onGitHub
	};
}
function isYetToBeMerged(error) {
	return error instanceof BelayError && error.code === "policy-missing" && error.facts["inCheckout"] === true;
}
function refuseForks({ name, approvals }, command) {
	if (approvals === null || command === "status") return;
	throw refusal("fork", `this pull request comes from a fork, and code of a fork is never run for ${name}, which is protected`, { hint: "let someone with write access push its branch to this repository and open a pull request there; `status` works here, too" });
}
const LOOKS_AT_DATABASE = [
	"plan",
	"gate",
	"doctor"
];
function refuseVanishing({ targets, backup: { store } }, command) {
	const file = targets.find(({ engine }) => engine === "sqlite");
	if (file !== void 0) throw vanishing(`the SQLite file ${file.configured}`, "run the job on the machine that has the database: a self-hosted runner there, `runs-on: [self-hosted, …]`");
	if (store === null || store.startsWith("s3://") || LOOKS_AT_DATABASE.includes(command)) return;
	throw vanishing(`the store ${store}`, "keep backups and journals in a bucket, `backup: { store: s3://BUCKET/PREFIX }`; or run the job on a runner of your own, `runs-on: [self-hosted, …]`");
}
function vanishing(what, hint) {
	return refusal("hosted-runner", `${what} would lie on a runner of GitHub's, which is gone after the job`, { hint });
}
function chooseTargets(environment, wanted) {
	if (wanted.length === 0) return environment.targets;
	const chosen = new Set(wanted.map((name) => chooseTarget(environment, name)));
	return environment.targets.filter((target) => chosen.has(target));
}
function chooseTarget(environment, name) {
	const exact = environment.targets.filter((target) => target.name === name);
	const found = exact.length > 0 ? exact : environment.targets.filter((target) => target.name.endsWith(`/${name}`));
	const [target] = found;
	if (target !== void 0 && found.length === 1) return target;
	const names = environment.targets.map((each) => each.name);
	const near = nearest(name, names);
	throw usageError("target-unknown", found.length > 1 ? `${name} is the last part of several targets` : `${environment.name} has no target ${JSON.stringify(name)}`, { hint: near === null ? `it has ${firstOf(names, 10)}` : `did you mean ${JSON.stringify(near)}?` });
}
async function connect(world, environment, policy, protectedElsewhere) {
	const toolFile = await readToolFile(environment);
	const { PGPASSWORD = "" } = world.variables;
	const fileSecrets = ["variables" in toolFile ? Object.values(toolFile.variables) : [], PGPASSWORD === "" ? [] : [PGPASSWORD]].flat();
	world.hide(fileSecrets);
	const secrets = [...environment.secrets, ...fileSecrets];
	const redact = makeRedactor(secrets);
	const storeAt = openStores(world, environment);
	const engineOf = enginesOf(world, environment);
	return {
		belayVersion: world.belayVersion,
		onGitHub: world.onGitHub,
		now: world.now,
		random: world.random,
		progress: world.progress,
		signal: world.signal,
		redact,
		streamRedactor: () => makeStreamRedactor(secrets),
		self: startedProcess(process.pid, "belay"),
		engineOf,
		toolOf: (of, target) => chooseTool(world, of, target, toolFile, redact),
		storeOf: (of, target) => storeAt(storeLocation(of, engineOf(target).defaultStore(target))),
		storeAt,
		spawn,
		endGroup: async (started) => (await import("./process-group.js")).endGroup(started),
		sweepTemporary: async (run) => (await import("./scratch-folder.js")).sweepScratchFolders(run),
		runCheck: runCheckBy({
			sql: async (...asked) => (await import("./sql.js")).runSqlCheck(...asked),
			http: async (...asked) => (await import("./http.js")).runHttpCheck(...asked),
			command: async (...asked) => (await import("./command.js")).runCommandCheck(...asked)
		}),
		notify: async (receiver, id, facts, signal) => {
			const { tellReceiver } = await import("./receivers.js");
			return tellReceiver(receiver, id, facts, {
				redact,
				signal
			});
		},
		childVariables: (of, extra) => childEnvironment(world.variables, {
			add: extra,
			withheld: of.withheldVariables
		}),
		commit: async (directory) => world.github?.sha ?? await currentCommit(world, directory),
		repositoryId: world.github?.repositoryId ?? null,
		policy,
		approvalsOf: async ({ name, approvals, githubEnvironment }, asked) => world.github === null || approvals === null ? { kind: "nowhere" } : world.github.approvals({
			name,
			githubEnvironment,
			approvals
		}, asked),
		protectedElsewhere,
		confirmGrant: async () => world.github?.grant?.confirm(),
		unmetNeed: async ({ needs }, pendingDigest) => world.github === null || needs === null ? null : world.github.needs(needs.githubEnvironment, pendingDigest)
	};
}
function enginesOf({ variables }, { backup, lock, migrate }) {
	const { scratch, mayLack } = backup;
	const { lockTimeoutMs } = migrate;
	const engines = {
		sqlite: sqliteEngine,
		postgres: postgresEngine({
			variables,
			scratch,
			mayLack,
			lockDatabase: lock.database,
			lockTimeoutMs
		})
	};
	return ({ engine }) => engines[engine];
}
function storeLocation(environment, besideTarget) {
	const location = environment.backup.store ?? besideTarget;
	if (location === null) throw usageError("store-needed", `${environment.name} names no store for backups`, { hint: "set `backup: { store: … }` in belay.yml" });
	return location;
}
export { migratedEnding as $, passwordsIn as $t, oncePerDatabase as A, usualDurations as At, backupsOf as B, plannedOf as Bt, ownText as C, History as Ct, requirementsOf as D, earlierFailure as Dt, plan as E, applied as Et, planOf as F, assertBackupPossible as Ft, refuseExternal as G, schemaDigest as Gt, listing as H, digestOf as Ht, upTo as I, needsOf as It, emptyTargetResult as J, acting as Jt, writeManifest as K, locked as Kt, assertIntact as L, tenantsOf as Lt, decide as M, readJournal as Mt, observe as N, lastEntry as Nt, gate as O, lastGoodCommit as Ot, observeDatabase as P, lastOfTarget as Pt, isJudged as Q, effectiveBlocks as Qt, backupFolder as R, throwIfAny as Rt, loadConfig as S, writeRow as St, listRuns as T, openHistory as Tt, newestSoundBackup as U, pendingDigest as Ut, findBackup as V, proofOf as Vt, readBackup as W, policyDigest as Wt, endedBeforehand as X, parseConfig as Xt, endRun as Y, named as Yt, endingOf as Z, readYaml as Zt, checksumOf as _, partOf$1 as _t, historyTable as a, textAt as an, announceForgotten as at, drain as b, step as bt, adopt as c, processSpace as cn, assertOwner as ct, isLoaded as d, enterTargetPhase as dt, badName as en, resultOf as et, listMigrations as f, forgetStates as ft, shown as g, note as gt, readUp as h, leavesOf as ht, historyAround as i, scalarsOf as in, announceEnd as it, tenantOf as j, openJournal as jt, severalAtOnce as k, resultOfTarget as kt, placeOf$1 as l, startedProcess as ln, coversDatabase as lt, readAll as m, isInterruption as mt, createHistory as n, variablesNamed as nn, unrecordedResult as nt, insertHistory as o, chooseEnvironment as on, announceUnrecorded as ot, load as p, interruption as pt, eachOnce as q, takeLock as qt, deleteHistory as r, at as rn, announceBeginning as rt, readHistory as s, allProcesses as sn, announceWatch as st, perform as t, VARIABLE_NAME as tn, targetResult as tt, reasonAt as u, statusOf as un, enterPhase as ut, Measure as v, reasonsOf as vt, listBackups as w, journalPlace as wt, makeRedactor as x, throwIfInterrupted as xt, checked as y, reasonsOfGivenUp as yt, backupFolders as z, planObstacles as zt };
