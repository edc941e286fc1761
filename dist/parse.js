import { T as nearest, j as usageError, r as parseWindow } from "./domain.js";
import { a as isMap, i as isAlias, n as parseDocument, o as isScalar, r as LineCounter, s as isSeq } from "./npm-yaml.js";
import { C as clone, S as config, _ as _gte, a as check$1, b as globalRegistry, c as looseObject, d as record, f as strictObject, g as unknown, h as union, i as boolean, l as number, m as tuple, n as _null, o as int, p as string, r as array, s as literal, t as _enum, u as optional, v as _lte, x as safeParse, y as _minLength } from "./npm-zod.js";
import { isAbsolute, relative, resolve } from "node:path";
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
// src/config/tree.ts
function at(tree, path) {
	let node = tree;
	for (const step of path) if (node?.kind === "map") node = node.entries.get(String(step))?.value;
	else if (node?.kind === "list") node = node.items[Number(step)];
	else return void 0;
	return node;
}
function placeOf(tree, path) {
	const parent = at(tree, path.slice(0, -1));
	const last = path.at(-1);
	if (parent === void 0) return placeOf(tree, path.slice(0, -1));
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
const SQL = /^(checks\.(before|after|health)(\.\d+)?\.(sql|explain)|rollback\.hooks\.[^.]+\.sql|tenants\.sql)$/;
const COMMAND = /^(app\.(prepare|stop|start|previous)|checks\.(before|after|health)(\.\d+)?\.command|rollback\.hooks\.[^.]+|migrate(\.migrations\.\d+)?\.(pending|apply|revert|run))(\.run)?(\.\d+)?$/;
const PLACES = /^(target(\.url)?|targets\.\d+(\.url)?|backup\.store|migrate\.(directory|path|env-file)|checks\.health(\.\d+)?(\.http)?|checks\.\w+\.\d+\.http)$/;
const BARE = /(?<=^|[/:@])\$[A-Za-z_]\w*/;
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
			if (scalar.value.includes("${")) problems.push(problem$1(scalar.place, ...misplaced));
			return scalar;
		}
		const [bare] = PLACES.test(path.join(".")) ? BARE.exec(scalar.value) ?? [] : [];
		if (bare !== void 0) problems.push(problem$1(scalar.place, "bad-variable", `${bare} is not expanded`, `write \${${bare.slice(1)}}, or $${bare} for a name with a dollar sign`));
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
		if (name === void 0 || !VARIABLE_NAME.test(name)) {
			problems.push(problem$1(scalar.place, "bad-variable", `${match} names no variable`, /^\$\{\w+:?[-=?+]/.test(match) ? `there are no defaults here: write \${${/\w+/.exec(match)?.[0] ?? "NAME"}} and set it, or write the value itself` : "write ${NAME} with letters, digits and _, or $$ for a dollar sign"));
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
	return problem$1(place, "variable-unset", `the environment variable ${name} ${variables[name] === void 0 ? "is not set" : "is set, but empty"}`, `set it where Belay runs, or write the value into the file`);
}
function noTarget(place, name) {
	return problem$1(place, "variable-unset", `no target is given, and the environment variable ${name}, which stands for it then, is not set`, "write target: sqlite:PATH, or set the variable");
}
function problem$1(place, code, message, hint) {
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
const ABSENT = optional(unknown());
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
const conditionKeys = {
	equals: () => described(scalar$1(), "Exactly this value."),
	"at-least": () => described(bound(), "This or more."),
	"at-most": () => described(bound(), "This or less."),
	between: () => described(tuple([bound(), bound()]), "From the first to the second, both included."),
	matches: () => described(text(isPattern), "A regular expression that the text matches somewhere."),
	"not-matches": () => described(text(isPattern), "A regular expression that the text matches nowhere."),
	"increases-by": () => described(number(), "So much more than in the before-state."),
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
const common = once(() => ({
	name: described(text(isFilled), "What the check is called in reports; by default what it runs."),
	warn: described(boolean(), "Warn instead of fail.", false)
}));
const sqlCheck$1 = once(() => strictObject({
	...common(),
	sql: needed(text(isFilled), "A query."),
	expect: described(expectation$1(), "What its result must be; without it the result is only recorded. A text, a number, null; unchanged (in after); a condition; or named values."),
	explain: described(text(isFilled), "A query whose first rows are shown when the check fails."),
	timeout: described(timeout(), "How long it may take.", DEFAULTS.checkTimeout)
}));
const httpCheck$1 = once(() => strictObject({
	...common(),
	http: needed(text(isHttpUrl), "The address to ask."),
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
		record(string(), unknown()),
		array(unknown())
	]), "The body to send; a map or list goes as JSON."),
	expect: described(union([int().check(_gte(100), _lte(599)), strictObject({
		status: described(int().check(_gte(100), _lte(599)), "The status; by default any 2xx."),
		body: described(union([string(), conditions$1()]), "What the body must be."),
		json: described(unknown(), "What the body must contain as JSON."),
		under: described(timeout(), "How fast the answer must come.")
	})]), "What the answer must be; a number is the status."),
	within: described(duration(), "Ask again until it passes, at most for so long. By default 60s in health, otherwise once."),
	timeout: described(timeout(), "How long one answer may take.", DEFAULTS.httpTimeout)
}));
const commandCheck$1 = once(() => strictObject({
	...common(),
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
		const { line, column, path: place } = placeOf(block, [
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
			hint: `it is on line ${placeOf(block, [
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
	"migrate.tool=alembic",
	"migrate.tool=dbmate",
	"migrate.tool=django",
	"migrate.tool=django-tenants",
	"migrate.tool=drizzle",
	"migrate.tool=flask",
	"migrate.tool=knex",
	"migrate.tool=node-pg-migrate",
	"migrate.tool=sqitch",
	"backup.store=s3",
	"backup.scratch",
	"backup.may-lack",
	"backup.encrypt",
	"require",
	"needs"
];
const INSTEAD = {
	"migrate.tool": "this version has sql (SQL files) and command (any program of your own)",
	"target.url": "this version has SQLite: sqlite:PATH",
	"backup.store": "this version has directories: /srv/belay"
};
function laterProblems(tree, table) {
	return table.flatMap((line) => {
		const [keys = "", wanted] = line.split("=");
		const path = keys.split(".");
		const found = at(tree, path);
		if (found === void 0) return [];
		if (wanted !== void 0 && !(found.kind === "scalar" && found.value === wanted)) return [];
		const hint = wanted === void 0 ? "leave it out" : INSTEAD[keys] ?? "choose another value";
		return [laterProblem(placeOf(tree, path), `"${wanted ?? path.at(-1)}"`, hint)];
	});
}
function laterValue(line, tree, path, what) {
	if (!LATER_IN_AN_ENVIRONMENT.includes(line)) return null;
	return laterProblem(placeOf(tree, path), what, INSTEAD[line.split("=")[0] ?? ""] ?? "choose another value");
}
function laterProblem(place, what, hint) {
	return {
		...place,
		code: "not-in-this-version",
		message: `${what} is not in this version of Belay`,
		hint
	};
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
		"layout",
		"baseline"
	],
	command: ["migrations"]
};
const PROGRAM_OPTIONS = [
	"run",
	"path",
	"url-variable",
	"variables",
	"env",
	"env-file"
];
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
	directory: () => described(text(isPath), "Where the migrations are; tool sql.", DEFAULTS.directory),
	layout: () => described(_enum([
		"flat",
		"pairs",
		"directories"
	]), "How the SQL files lie there; recognised where it is left out. Tool sql."),
	baseline: () => described(text(isFilled), "The last migration that the database had before Belay came to it: those up to it count as applied. Only where nothing is recorded yet. Tool sql."),
	migrations: () => described(array(commandMigration()).check(_minLength(1), distinctIds), "Programs of the team's own, in the order in which they are applied; tool command."),
	run: () => described(array(text(isFilled)).check(_minLength(1)), "A prefix for the tool's command line, for a tool that lives elsewhere: docker, run, …"),
	path: () => described(text(isPath), "How the tool sees the SQLite file, where that differs."),
	"url-variable": () => described(text(isVariableName), "A second name under which the tool gets the URL; by default the variable that target.url names."),
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
	const given = Object.values(TOOL_OPTIONS).flat().filter((key) => key in written);
	const owners = ownersOf(given);
	return given.length > 0 && owners.length === 1 ? owners[0] ?? null : null;
}
function ownersOf(keys) {
	return Object.keys(TOOL_OPTIONS).filter((tool) => keys.every((key) => TOOL_OPTIONS[tool]?.includes(key)));
}
function toolOptions(written) {
	const { layout, baseline } = written;
	const directory = written.directory ?? (toolOf(written) === "sql" ? DEFAULTS.directory : void 0);
	return {
		...directory === void 0 ? {} : { directory },
		...layout === void 0 ? {} : { layout },
		...baseline === void 0 ? {} : { baseline }
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
	return [...PROGRAM_OPTIONS.filter((key) => key in written).map((key) => problem(block, ["migrate", key], "tool-needed", `"${key}" is for a tool that is a program, and no tool is named`, "add the key tool")), ...keysOfTwoTools(written, block)];
}
function keysOfTwoTools(written, block) {
	const [first, ...others] = Object.entries(TOOL_OPTIONS).flatMap(([tool, keys]) => keys.filter((key) => key in written).map((key) => ({
		tool,
		key
	})));
	const other = others.find(({ tool }) => tool !== first?.tool);
	if (first === void 0 || other === void 0) return [];
	const message = `"${other.key}" is a key of the tool ${other.tool}, and "${first.key}" of ${first.tool}`;
	return [problem(block, ["migrate", other.key], "unknown-key", message, "leave one of the two out")];
}
function foreignKeys(written, tool, block) {
	const own = TOOL_OPTIONS[tool] ?? [];
	const foreign = Object.entries(TOOL_OPTIONS).flatMap(([owner, keys]) => keys.filter((key) => key in written && !own.includes(key)).map((key) => problem(block, ["migrate", key], "unknown-key", `"${key}" is a key of the tool ${owner}, not of ${tool}`, "leave it out")));
	if (!BUILT_IN.includes(tool)) return foreign;
	const useless = PROGRAM_OPTIONS.filter((key) => key in written).map((key) => problem(block, ["migrate", key], "unknown-key", `"${key}" is for tools that are programs of their own; ${tool} is part of Belay`, "leave it out"));
	return [...foreign, ...useless];
}
function withoutMigrations(block) {
	return problem(block, ["migrate", "migrations"], "missing-key", "the tool command needs migrations", "list them: [{ id, pending, pending-when, applied-when, apply }]");
}
function partsProblems(variables, targets, block) {
	if (!targets.some(({ engine }) => engine === "sqlite")) return [];
	return Object.entries(variables).flatMap(([name, part]) => SQLITE_PARTS.includes(part) ? [] : [problem(block, [
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
function problem(block, path, code, message, hint) {
	const { line, column, path: name } = placeOf(block, path);
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
function shown(value) {
	const line = withoutPassword(value).replace(/\s+/g, " ");
	return JSON.stringify(line.length > 80 ? `${line.slice(0, 79)}…` : line);
}
function withoutPassword(text) {
	return text.replace(/(:\/\/[^\s:/@]*):\S*@/g, "$1:***@").replace(/([?&][\w-]*(?:password|passwd|secret|token|key)=)[^&\s]*/gi, "$1***");
}
function passwordsIn(text) {
	const written = [...text.matchAll(/:\/\/[^\s:/@]*:(\S+)@/g)].map(([, password = ""]) => password);
	return [...new Set(written.flatMap((password) => [password, decoded(password)]))];
}
function decoded(text) {
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
		...placeOf(block, path),
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
		...placeOf(block, path),
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
function furtherProblems({ backup, targets }, written, block, around) {
	const { before = [], after = [], health = [] } = written.checks ?? {};
	const s3 = backup.store?.startsWith("s3://") ? laterValue("backup.store=s3", block, ["backup", "store"], "a store in S3") : null;
	return [
		...s3 === null ? [] : [s3],
		...backup.store === null ? [] : lostWithCheckout("this store", backup.store, block, ["backup", "store"], around),
		...written.target !== void 0 && written.targets !== void 0 ? [both(block)] : [],
		...sameNames(before, block, ["checks", "before"]),
		...sameNames(after, block, ["checks", "after"]),
		...Array.isArray(health) ? sameNames(health.map((each) => typeof each === "string" ? {} : each), block, ["checks", "health"]) : [],
		...migrateProblems(written.migrate, targets, block),
		...backup.when === "before" && backup.clone === "never" ? [needsClone(block)] : []
	];
}
function needsClone(block) {
	const { line, column, path } = placeOf(block, ["backup", "clone"]);
	return {
		line,
		column,
		path,
		code: "clone-needed",
		message: "a backup that was taken before the downtime needs the copy for the way back",
		hint: "leave clone out, or write when: stopped"
	};
}
function both(block) {
	const { line, column, path } = placeOf(block, ["targets"]);
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
function problemsOf(tree, issues, base = []) {
	return issues.flatMap((issue) => {
		const path = [...base, ...issue.path];
		const found = at(tree, path);
		if (found?.kind === "scalar" && found.origin === "unknown") return [];
		if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(tree, [...path, key], issue.message.split(" ")));
		if (issue.code === "invalid_union") return unionProblems(tree, path, issue.errors);
		return [{
			...placed(tree, path),
			...explain$1(issue, found, whereOf(tree, path))
		}];
	});
}
function whereOf(tree, path) {
	if (tree.place.path === "") return {
		fromTop: path,
		inEnvironment: null
	};
	return {
		fromTop: [
			"environments",
			tree.place.path,
			...path
		],
		inEnvironment: path
	};
}
function ofThisVersion(keys, { inEnvironment }) {
	if (inEnvironment === null) return keys.filter((key) => !LATER_AT_THE_TOP.includes(key));
	return keys.filter((key) => !LATER_IN_AN_ENVIRONMENT.includes([...inEnvironment, key].join(".")));
}
function placed(tree, path) {
	const { line, column, path: name } = at(tree, path)?.place ?? placeOf(tree, path);
	return {
		line,
		column,
		path: name
	};
}
function unknownKey(tree, path, all) {
	const { line, column, path: name } = placeOf(tree, path);
	const key = String(path.at(-1));
	const known = ofThisVersion(all, whereOf(tree, path.slice(0, -1)));
	const meant = nearest(key, known);
	const hint = meant === null ? adviceForKey(whereOf(tree, path).fromTop) ?? `the keys here are ${known.join(", ")}` : `did you mean "${meant}"?`;
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
	return problemsOf(tree, best.issues.filter((issue) => !isMisspelt(tree, path, issue, best.issues)), path);
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
		message: `the key "${String(where.fromTop.at(-1))}" is missing`,
		hint: "add it"
	};
	if (isEmpty(found)) return {
		code: "empty-value",
		message: "has no value",
		hint: "give it one, or leave the key out"
	};
	if (issue.code === "custom") return custom(issue, found);
	if (issue.code === "invalid_value") return wrongChoice(issue.values.map(String), found, where);
	if (issue.code === "invalid_type") return wrongType(issue, found, where);
	if (issue.code === "too_small") return outOfRange(issue.origin, `at least ${issue.minimum}`, found);
	if (issue.code === "too_big") return outOfRange(issue.origin, `at most ${issue.maximum}`, found);
	return {
		code: "invalid",
		message: `not understood, ${got(found)}`,
		hint: null
	};
}
function wrongType(issue, found, { fromTop }) {
	const own = issue.expected === "object" || issue.expected === "record" ? adviceForMap(fromTop) : hintFor(issue.expected, found);
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
	const where = whereOf(tree, path);
	const first = forms.flat();
	if (found === void 0 || isEmpty(found)) return {
		...placed(tree, path),
		...explain$1(first[0], found, where)
	};
	const choices = choicesHere(first.flatMap((issue) => issue.code === "invalid_value" ? issue.values.map(String) : []), where);
	const expected = [...[...new Set(allTypes(first))].map(kindName), ...choices.map((choice) => `"${choice}"`)];
	const meant = isWritten(found) ? choiceMeant(String(found.value), choices) : null;
	return {
		...placed(tree, path),
		code: "wrong-type",
		message: `expected ${expected.join(" or ")}, ${got(found)}`,
		hint: meant === null ? adviceForMap(where.fromTop) : `did you mean "${meant}"?`
	};
}
function choicesHere(choices, { inEnvironment }) {
	if (inEnvironment === null) return choices;
	return choices.filter((choice) => !LATER_IN_AN_ENVIRONMENT.includes(`${inEnvironment.join(".")}=${choice}`));
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
function wrongChoice(all, found, where) {
	const choices = choicesHere(all, where);
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
	if (typeof found.value === "string") return `but this is ${shown(found.value)}`;
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
	if (expected === "array" && isWritten(found)) return `write a list: [${typeof found.value === "string" ? shown(found.value) : found.source}]`;
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
// src/config/schema.ts
const target = once(() => union([text(isTargetUrl), strictObject({
	name: described(text(isName), "What the target is called; by default its file without the last extension, or its database."),
	url: described(text(isTargetUrl), "Where the database is: sqlite:PATH or postgres://HOST/DATABASE.", DEFAULTS.targetUrl),
	schemas: described(array(text(isFilled)), "The schemas that Belay owns; PostgreSQL.")
})]));
const appKeys = {
	prepare: () => described(command(), "Runs before the downtime: pull an image, build."),
	stop: () => described(command(), "Stops the application; from here on Belay always starts it again."),
	start: () => described(command(), "Starts the new version, after the data were verified."),
	previous: () => described(command(), "Starts the old version after a rollback; by default start, with BELAY_SHA set to the previous commit.")
};
const app = (given) => union([literal("online"), mapOf(appKeys, given)]);
const data = once(() => union([_enum([
	"report",
	"additive",
	"off"
]), strictObject({ "may-change": needed(array(text(isTableOrColumn)), "Tables, or table.column for the values of one column, that the migration may change; nothing else.") })]));
const backupKeys = {
	store: () => described(text(isStore), "Where backups and journals live: a directory, or s3://BUCKET/PREFIX. For SQLite by default belay-backups beside the file."),
	proof: () => described(_enum([
		"auto",
		"restore",
		"read"
	]), "How a backup is proven: restored and compared, or read through. auto restores up to 10 GB and asks above.", DEFAULTS.proof),
	when: () => described(_enum(["stopped", "before"]), "Take the durable backup while the application is stopped, or before the downtime.", DEFAULTS.when),
	scratch: () => described(text(isFilled), "The URL of a server where backups are restored to prove them; by default the target's own."),
	"may-lack": () => described(array(text(isFilled)), "What this role cannot restore, accepted."),
	clone: () => described(_enum(["auto", "never"]), "Keep a copy beside the target for an instant swap.", DEFAULTS.clone),
	keep: () => described(strictObject({
		last: described(int().check(_gte(1)), "Keep at least so many backups.", DEFAULTS.keep.last),
		days: described(int().check(_gte(0)), "Keep every backup for so many days.", DEFAULTS.keep.days),
		swap: described(duration(), "How long the copy for an instant swap stays after a run.", DEFAULTS.keep.swap),
		failed: described(duration(), "How long a failed database stays beside the target.", DEFAULTS.keep.failed)
	}), "How long copies stay. A backup goes only when it is outside both last and days."),
	encrypt: () => described(strictObject({ recipients: array(text(isFilled)).check(_minLength(1)) }), "Encrypt backups for these age recipients.")
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
const approvals = (given) => mapOf(approvalsKeys, given);
const checksKeys = {
	before: () => described(checksBefore(), "What must hold before anything starts."),
	after: () => described(checksAfter(), "What must hold after the migration; otherwise it is undone."),
	health: () => described(healthChecks(), "What must hold after the application started; a text is a URL that must answer 2xx within 60s.")
};
const environmentKeys = {
	"github-environment": () => described(text(isFilled), "The GitHub environment; by default the same name."),
	target: () => described(target(), "The database; a text is its url.", DEFAULTS.targetUrl),
	targets: () => described(array(target()).check(_minLength(1)), "Several databases with the same migrations."),
	tenants: () => described(strictObject({
		sql: text(isFilled),
		shared: described(text(isFilled), "The schema that all tenants share.")
	}), "PostgreSQL schemas inside one target."),
	migrate: (given) => described(migrate(given), "How migrations are applied; a text is the tool. Recognised from the files where it is left out."),
	app: (given) => described(app(given), "How the application is held during a run; online where it keeps running."),
	checks: (given) => described(mapOf(checksKeys, given), "What must hold, and when."),
	checklist: () => described(array(text(isFilled)), "What only a person can check: printed as boxes at the end."),
	data: () => described(data(), "What the migration may do to rows: report what it did, additive, a list in may-change, or off.", DEFAULTS.data),
	backup: (given) => described(backup(given), "Where backups go, how they are proven and how long they stay."),
	rollback: (given) => described(rollback(given), "How the way back is taken."),
	approvals: (given) => described(approvals(given), "Makes the environment protected: who must approve a run."),
	require: () => described(array(_enum([
		"checks",
		"up-to-date",
		"review",
		"rehearsal"
	])), "What a pull request needs before a run."),
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
		version: described(literal(1), "The version of this format.", 1),
		bot: described(text(isHttpUrl), "The address of the bot, where grants come from."),
		workflow: described(text(isFilled), "The workflow that the bot starts.", "belay-run.yml"),
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
	return result.success ? [] : problemsOf(filled, result.error.issues);
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
	return problemsOf(expanded, result.error.issues).filter(({ code }) => code !== "missing-key");
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
	const plain = toPlain(expanded);
	const result = safeParse(environmentSchema(plain), plain, { error: knownKeys });
	const wrong = [
		...problems,
		...laterProblems(effective, LATER_IN_AN_ENVIRONMENT),
		...unknownNeeds(effective, blocks)
	];
	if (!result.success) return {
		environment: null,
		problems: [...wrong, ...problemsOf(expanded, result.error.issues)]
	};
	const read = environmentOf({
		name,
		effective,
		expanded,
		written: result.data,
		secrets: [...new Set([...secrets, ...passwordsOf(expanded)])],
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
		...placeOf(block, ["needs"]),
		code: "unknown-environment",
		message: `environment "${needs.value}" is not in this file`,
		hint
	}];
}
function passwordsOf(block) {
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
export { badName as a, LATER_IN_AN_ENVIRONMENT as i, readYaml as n, at as o, withoutPassword as r, readTargetUrl as s, parseConfig as t };
