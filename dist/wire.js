import { A as refusal, D as failure, E as BelayError, O as messageOf, T as nearest, h as canonicalJson, j as usageError } from "./domain.js";
import { r as withoutPassword, s as readTargetUrl, t as parseConfig } from "./parse.js";
import { n as probeLock } from "./lock.js";
import { t as acting, x as locate } from "./sqlite-error.js";
import { t as openView } from "./read-view.js";
import { i as readState$1 } from "./state.js";
import { r as startedProcess } from "./process-status.js";
import { _ as LAYOUTS, a as placeOf, b as listSqlFiles, c as listMigrations, d as readUp, f as shown, g as LEXICONS, h as significantTokens, i as readHistory, l as load, m as differsInLineEndings, o as reasonAt, p as checksumOf, s as isLoaded, u as readAll, v as arrange, y as isBefore } from "./history2.js";
import { t as adopt } from "./baseline.js";
import { closeSync, constants, createReadStream, createWriteStream, existsSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { open, readFile, readdir, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createHash } from "node:crypto";
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
		if (thrown instanceof TypeError) throw notUtf8(bytes, shownAs);
		throw thrown;
	}
}
function notUtf8(bytes, shownAs) {
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
// src/config/target-at.ts
function targetAt(url, directory) {
	const read = readTargetUrl(/^[a-z+]+:/.test(url) ? url : `sqlite:${url}`);
	if (!("engine" in read)) throw usageError("target-url", `${withoutPassword(url)}: ${read.message}`, { hint: read.hint });
	const address = read.engine === "sqlite" ? resolve(directory, read.address) : read.address;
	return {
		name: read.name,
		engine: read.engine,
		address,
		configured: withoutPassword(url)
	};
}
// src/config/choose.ts
function chooseEnvironment(config, name) {
	const wanted = name ?? (config.names.length === 1 ? config.names.join() : null);
	if (wanted === null) throw needed(config);
	if (!config.names.includes(wanted)) throw unknown(config, wanted);
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
function unknown({ file, names }, wanted) {
	const meant = nearest(wanted, names);
	const asked = meant === null ? "" : `; did you mean "${meant}"?`;
	return usageError("environment-unknown", `environment "${wanted}" is not in ${basename(file)}${asked}`, {
		hint: names.length === 1 ? `the only one is ${names.join()}, and may be left out` : `the environments are ${names.join(", ")}`,
		facts: { environments: names }
	});
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
	reader: async (...asked) => (await import("./reader.js")).openReader(...asked),
	preflight: async (...asked) => (await import("./preflight.js")).preflight(...asked),
	inspect: async (...asked) => (await import("./inspect.js")).inspect(...asked),
	defaultStore: ({ address }) => join(dirname(address), "belay-backups"),
	hold: async (...asked) => (await import("./hold.js")).holdTarget(...asked),
	probe: (target) => acting(`looking at the lock of ${target.configured}`, async () => probeLock(await locate(target))),
	readState: (target) => acting(`reading the state of ${target.configured}`, async () => readState$1((await locate(target)).state)),
	restoreInto: async (...asked) => (await import("./restore-into.js")).restoreInto(...asked)
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
// src/process/secret-forms.ts
const SHORTEST_SECRET = 4;
function formsOf(secret) {
	const whole = [secret, ...passwordsOf(secret)].flatMap((text) => [text, percentDecoded(text)]);
	const long = [...new Set(whole.flatMap((text) => [text, ...linesOf(text)]))].filter((text) => text.length >= SHORTEST_SECRET);
	const coded = new Set(long.flatMap(base64Cores).filter((text) => text.length >= SHORTEST_SECRET));
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
				for (let folder = dirname(path); folder !== dirname(root); folder = dirname(folder)) syncFolder(folder);
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
	try {
		const end = endOfLastLine(descriptor);
		ftruncateSync(descriptor, end);
		try {
			writeLine(descriptor, line, end);
			fsyncSync(descriptor);
			if (end === 0) syncFolder(dirname(path));
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
	const [{ migrations, problems }, recorded] = await Promise.all([listMigrations(place), readHistory(session)]);
	const adoption = await adopt(place, migrations, recorded, session);
	const history = recorded ?? adoption.rows;
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
			...adoption.obstacle === null ? [] : [adoption.obstacle],
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
	const place = {
		directory: options.directory,
		root: options.root,
		layout: readLayout(options.layout),
		baseline: options.baseline ?? null
	};
	if (!isAbsolute(place.directory) || !isAbsolute(place.root)) throw new TypeError("the tool sql needs absolute paths");
	return {
		name: "sql",
		abilities: {
			writesThroughSession: true,
			atomicMigrations: true,
			revert: true,
			toVersion: true
		},
		configDigest: async () => createHash("sha256").update(canonicalJson({
			tool: "sql",
			directory: shown(place, ""),
			layout: place.layout,
			baseline: place.baseline
		})).digest("hex"),
		state: (session) => readState(place, session),
		apply: async (request) => (await import("./apply.js")).applyMigrations(place, request),
		revert: async (request) => (await import("./revert.js")).revertMigrations(place, request)
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
		return (ports, environment, targets, { digest = null, again = null, withoutApproval = null, to = null, backup = null, verify = true }) => migrate(ports, environment, targets, {
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
		return (ports, environment, targets, { run = null }) => verify(ports, environment, targets, run);
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
	const { ports, environment, targets } = await prepare(invocation, world);
	return (await load())(ports, environment, targets, options, world.cwd);
}
async function prepare(invocation, world) {
	const config = await loadConfig({
		explicit: invocation.config,
		cwd: world.cwd,
		environment: invocation.environment,
		variables: world.variables,
		onGitHub: world.onGitHub
	});
	const environment = chooseEnvironment(config, invocation.environment);
	const targets = chooseTargets(environment, invocation.targets);
	return {
		config,
		ports: await connect(world, environment),
		environment,
		targets
	};
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
		throw usageError("target-unknown", found.length > 1 ? `${name} is the last part of several targets` : `${environment.name} has no target ${JSON.stringify(name)}`, { hint: near === null ? `it has ${names.join(", ")}` : `did you mean ${JSON.stringify(near)}?` });
	});
}
async function connect(world, environment) {
	const toolFile = await readToolFile(environment);
	const fileSecrets = "variables" in toolFile ? Object.values(toolFile.variables) : [];
	const redact = makeRedactor([...environment.secrets, ...fileSecrets]);
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
		toolOf: (of, target) => chooseTool(world, of, target, toolFile, redact),
		storeOf: (of, target) => storeAt(storeLocation(of, target)),
		storeAt,
		spawn,
		endGroup: async (started) => (await import("./process-group.js")).endGroup(started),
		runCheck: runCheckBy({
			sql: async (...asked) => (await import("./sql.js")).runSqlCheck(...asked),
			http: async (...asked) => (await import("./http.js")).runHttpCheck(...asked),
			command: async (...asked) => (await import("./command.js")).runCommandCheck(...asked)
		}),
		childVariables: (of, extra) => childEnvironment(world.variables, {
			add: extra,
			withheld: of.withheldVariables
		}),
		commit: (directory) => currentCommit(world, directory)
	};
}
async function spawn(request) {
	return (await import("./spawn2.js")).spawn(request);
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
	const { directory: root, migrate } = environment;
	if (migrate.tool === "command") {
		const { commandTool } = await import("./command-tool.js");
		const variables = await toolEnvironment(world, environment, target, "variables" in file ? file.variables : {});
		const tool = commandTool({
			migrations: migrate.migrations,
			run: migrate.run
		}, {
			directory: root,
			variables,
			spawn,
			redact
		});
		return "variables" in file ? tool : withoutItsFile(tool, file.unreadable);
	}
	if (migrate.tool === null) {
		const found = await recogniseSql(root);
		if (found !== null) return sqlTool({
			root,
			directory: join(root, found.directory),
			layout: found.layout
		});
		throw refusal("tool-unrecognised", `no migrations were recognised in ${root}`, { hint: "name the tool in belay.yml: `migrate: sql`, or where its files lie: `migrate: { tool: sql, directory: … }`" });
	}
	const { directory, layout, baseline } = migrate.options;
	return sqlTool({
		root,
		directory: resolve(root, typeof directory === "string" ? directory : "migrations"),
		...typeof layout === "string" ? { layout } : {},
		...typeof baseline === "string" ? { baseline } : {}
	});
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
async function toolEnvironment(world, environment, target, fromFile) {
	const { name, migrate, withheldVariables } = environment;
	const { targetVariables } = await import("./target-variables.js");
	return childEnvironment(world.variables, {
		add: {
			...fromFile,
			BELAY_ENVIRONMENT: name,
			BELAY_TARGET: target.name,
			...targetVariables(target, migrate)
		},
		withheld: withheldVariables,
		...migrate.env === null ? {} : { allow: migrate.env }
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
