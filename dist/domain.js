// src/domain/error.ts
var BelayError = class extends Error {
	name = "BelayError";
	kind;
	code;
	hint;
	facts;
	constructor(kind, code, message, details = {}) {
		super(message, details.cause === void 0 ? void 0 : { cause: details.cause });
		this.kind = kind;
		this.code = code;
		this.hint = details.hint;
		this.facts = details.facts ?? {};
	}
};
function usageError(code, message, details) {
	return new BelayError("usage", code, message, details);
}
function refusal(code, message, details) {
	return new BelayError("refused", code, message, details);
}
function failure(code, message, details) {
	return new BelayError("failed", code, message, details);
}
function reasonOf(thrown) {
	if (thrown instanceof BelayError) {
		const { file, line } = thrown.facts;
		return {
			code: thrown.code,
			message: thrown.message,
			...thrown.hint === void 0 ? {} : { hint: thrown.hint },
			...typeof file === "string" ? { file } : {},
			...typeof line === "number" ? { line } : {}
		};
	}
	return {
		code: "defect",
		message: `Belay itself went wrong: ${messageOf(thrown)}`,
		hint: "please report this with the output of the same command and BELAY_DEBUG=1"
	};
}
function messageOf(thrown) {
	return thrown instanceof Error ? thrown.message : String(thrown);
}
// src/domain/words.ts
function duration(ms) {
	if (ms < 99.5) return `${Math.round(ms)} ms`;
	if (ms < 9950) return `${(ms / 1e3).toFixed(1)} s`;
	const seconds = Math.round(ms / 1e3);
	if (seconds < 60) return `${seconds} s`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
	const minutes = Math.round(seconds / 60);
	return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
const SIZES = [
	"B",
	"kB",
	"MB",
	"GB",
	"TB",
	"PB"
];
function size(bytes) {
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < SIZES.length - 1) {
		value /= 1e3;
		unit++;
	}
	return `${unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value))} ${SIZES[unit] ?? ""}`;
}
function count(number) {
	return String(number).replace(/\B(?=(?:\d{3})+$)/gu, ",");
}
function counted(number, one, many = `${one}s`) {
	return `${count(number)} ${number === 1 ? one : many}`;
}
function moment(iso) {
	const at = new Date(iso);
	return Number.isNaN(at.getTime()) ? iso : `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
function firstOf(items, limit, joint = ", ") {
	const rest = items.length - limit;
	return items.slice(0, limit).join(joint) + (rest > 0 ? `${joint}and ${count(rest)} more` : "");
}
// src/domain/nearest.ts
function nearest(given, known) {
	const wanted = given.toLowerCase();
	let best = null;
	for (const name of known) {
		const slips = slipsBetween(wanted, name.toLowerCase());
		if (slips <= Math.floor(Math.max(wanted.length, name.length) / 3) && (best === null || slips < best.slips)) best = {
			name,
			slips
		};
	}
	return best?.name ?? null;
}
function slipsBetween(a, b) {
	const at = (row, index) => row[index] ?? 0;
	let beforeLast = [];
	let last = Array.from({ length: b.length + 1 }, (_, j) => j);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
			let slips = Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced);
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) slips = Math.min(slips, at(beforeLast, j - 2) + 1);
			row.push(slips);
		}
		beforeLast = last;
		last = row;
	}
	return at(last, b.length);
}
// src/domain/invocation.ts
const COMMANDS = [
	"status",
	"plan",
	"rehearse",
	"migrate",
	"backup",
	"verify",
	"rollback",
	"restore",
	"gate",
	"recover",
	"runs",
	"backups",
	"prune",
	"init",
	"doctor"
];
// src/domain/outcome.ts
const EXIT_STATUS = {
	planned: 0,
	rehearsed: 0,
	"backed-up": 0,
	migrated: 0,
	"up-to-date": 0,
	verified: 0,
	"rolled-back": 0,
	restored: 0,
	listed: 0,
	pruned: 0,
	written: 0,
	healthy: 0,
	failed: 1,
	refused: 3,
	undone: 4,
	"needs-attention": 5,
	"checks-failed": 6,
	interrupted: 130
};
Object.keys(EXIT_STATUS);
function exitStatus(outcome) {
	return EXIT_STATUS[outcome];
}
const SEVERITY = [
	5,
	4,
	1,
	130,
	3,
	6,
	0
];
function worstOutcome(outcomes) {
	return outcomes.reduce((worst, outcome) => severity(outcome) < severity(worst) ? outcome : worst);
}
function severity(outcome) {
	return SEVERITY.indexOf(exitStatus(outcome));
}
// src/domain/canonical-json.ts
function canonicalJson(value) {
	if (value === null || typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
	if (typeof value === "number") {
		if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical JSON`);
		return JSON.stringify(value);
	}
	if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
	if (typeof value !== "object") throw new TypeError(`a value of type ${typeof value} has no canonical JSON`);
	return `{${Object.entries(value).filter(([, member]) => member !== void 0).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0).map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(",")}}`;
}
// src/domain/schema.ts
function schemaSnapshot(objects) {
	const order = (a, b) => compare(a.kind, b.kind) || compare(a.name, b.name);
	return { objects: [...objects].sort(order) };
}
function schemaDifference(before, after) {
	const old = byLabel(before);
	const now = byLabel(after);
	return {
		added: [...now.keys()].filter((label) => !old.has(label)),
		removed: [...old.keys()].filter((label) => !now.has(label)),
		changed: [...now].filter(([label, definition]) => old.has(label) && old.get(label) !== definition).map(([label]) => label)
	};
}
function toldDifference(before, after) {
	const { added, removed, changed } = schemaDifference(before, after);
	return {
		added: withoutParts(added, after),
		removed: withoutParts(removed, before),
		changed
	};
}
function withoutParts(labels, { objects }) {
	const whole = new Set(labels);
	const tables = labels.filter((label) => label.startsWith("table "));
	const all = objects.filter(({ kind }) => kind === "table").map(({ name }) => name);
	const isPart = (label) => {
		const table = /^(?:column|constraint) /.test(label) ? tableOf(label, all) : void 0;
		return table !== void 0 && whole.has(`table ${table}`);
	};
	return [...tables, ...labels.filter((label) => !label.startsWith("table ") && !isPart(label))];
}
function tableOf(label, tables) {
	const [, name = ""] = /^\w+ (.*)$/s.exec(label) ?? [];
	const [, bearer = ""] = /^constraint \w+ (.*?)(?: #\d+)?$/s.exec(label) ?? [];
	const fits = (table) => name.startsWith(`${table}.`) || bearer === table || bearer.startsWith(`${table}(`);
	return tables.filter(fits).toSorted((a, b) => b.length - a.length)[0];
}
function sameSchema(before, after) {
	const { added, removed, changed } = schemaDifference(before, after);
	return added.length + removed.length + changed.length === 0;
}
function byLabel(snapshot) {
	return new Map(snapshot.objects.map(({ kind, name, definition }) => [`${kind} ${name}`, definition]));
}
function compare(a, b) {
	return a < b ? -1 : a > b ? 1 : 0;
}
// src/domain/data.ts
const NO_DIFFERENCE = {
	added: 0,
	removed: 0,
	changed: 0,
	columnsChanged: [],
	keys: []
};
function untouched(table) {
	return table.unproven === void 0 && table.added + table.removed + table.changed === 0 && table.rowsBefore !== null && table.rowsAfter !== null && table.columnsAdded.length + table.columnsDropped.length === 0;
}
function sameData(comparison) {
	return comparison.tables.every(untouched);
}
function withoutRecords({ tables }, records) {
	return { tables: tables.filter(({ name }) => !keepsRecord(name, records)) };
}
function keepsRecord(table, records) {
	return records.some((record) => table === record || table.endsWith(`.${record}`));
}
// src/domain/shown-name.ts
function shownName(name) {
	return /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name) ? name : `"${name.replaceAll("\"", "\"\"")}"`;
}
// src/domain/run-id.ts
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
function makeRunId(at, random, after = null) {
	const earliest = after === null ? NaN : timeOfRun(after) + 1;
	let bits = BigInt(Number.isNaN(earliest) ? at.getTime() : Math.max(at.getTime(), earliest));
	for (const byte of random.subarray(0, 10)) bits = bits << 8n | BigInt(byte);
	let id = "";
	for (let i = 0; i < 26; i++) {
		id = CROCKFORD.charAt(Number(bits & 31n)) + id;
		bits >>= 5n;
	}
	return id;
}
function timeOfRun(run) {
	const digits = Array.from(run.slice(0, 10), (digit) => CROCKFORD.indexOf(digit));
	return run.length === 26 && !digits.includes(-1) ? digits.reduce((time, digit) => time * 32 + digit, 0) : NaN;
}
const SUFFIXES_PER_MILLISECOND = 65;
function makeBackupId(at, random) {
	return `${at.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "")}-${(at.getUTCMilliseconds() * SUFFIXES_PER_MILLISECOND + (random[0] ?? 0) % SUFFIXES_PER_MILLISECOND).toString(16).padStart(4, "0")}`;
}
function suffixOf(run) {
	return run.slice(-10);
}
const ASIDE_LETTER = {
	clone: "c",
	failed: "f",
	scratch: "s",
	after: "a"
};
function asideName(name, kind, run, maxBytes = 255) {
	const suffix = `_belay_${ASIDE_LETTER[kind]}_${suffixOf(run)}`;
	let kept = name;
	while (new TextEncoder().encode(kept + suffix).length > maxBytes) kept = [...kept].slice(0, -1).join("");
	return kept + suffix;
}
// src/domain/phase.ts
const PHASES = [
	"preparing",
	"stopping",
	"backing-up",
	"migrating",
	"verifying",
	"verified",
	"starting",
	"health",
	"settled",
	"rolling-back",
	"rolled-back",
	"restarting",
	"ended"
];
const APPLICATION_MAY_START = [
	"verified",
	"starting",
	"health",
	"rolled-back",
	"restarting"
];
function applicationMayStart(phase) {
	return APPLICATION_MAY_START.includes(phase);
}
// src/domain/state.ts
function unfinished(row) {
	return row !== void 0 && row.phase !== "ended";
}
function assertFence(row, fence) {
	if (row !== void 0 && row.fence !== fence) throw lockLost(row);
}
function lockLost(row) {
	return failure("lock-lost", `another run${row === void 0 ? "" : ` (${row.run})`} took over while this one was not looking`, {
		hint: "this run changes nothing any more; `belay status` shows what the other one does",
		...row === void 0 ? {} : { facts: {
			run: row.run,
			fence: row.fence
		} }
	});
}
function phaseOf(text) {
	const phase = PHASES.find((known) => known === text);
	if (phase !== void 0) return phase;
	throw failure("state-unreadable", `the state row names a phase that this version does not know: ${text}`, { hint: "use the version of Belay that made this run" });
}
// src/domain/line-difference.ts
const CONTEXT = 2;
const LARGEST_TABLE = 4e6;
function lineDifference(before, after) {
	const [old, young] = [linesOf(before), linesOf(after)];
	if (old.length * young.length > LARGEST_TABLE) return old.join("\n") === young.join("\n") ? [] : ["… too much changed to show it"];
	const lines = aligned(old, young);
	if (lines.every(({ mark }) => mark === " ")) return [];
	const shown = lines.map((_, index) => lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ mark }) => mark !== " "));
	return lines.flatMap(({ mark, text }, index) => {
		if (shown[index] === true) return [`${mark}${text}`];
		return index > 0 && shown[index - 1] === true ? ["…"] : [];
	});
}
function linesOf(text) {
	return text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
}
function aligned(old, young) {
	const common = commonLengths(old, young);
	const at = (i, j) => common[i]?.[j] ?? 0;
	const lines = [];
	let [i, j] = [0, 0];
	while (i < old.length || j < young.length) {
		const [gone, come] = [old[i], young[j]];
		if (gone !== void 0 && gone === come) {
			lines.push({
				mark: " ",
				text: gone
			});
			i++;
			j++;
		} else if (gone !== void 0 && (come === void 0 || at(i + 1, j) >= at(i, j + 1))) {
			lines.push({
				mark: "-",
				text: gone
			});
			i++;
		} else if (come !== void 0) {
			lines.push({
				mark: "+",
				text: come
			});
			j++;
		}
	}
	return lines;
}
function commonLengths(old, young) {
	const table = Array.from({ length: old.length + 1 }, () => new Uint32Array(young.length + 1));
	for (let i = old.length - 1; i >= 0; i--) {
		const [row, next] = [table[i], table[i + 1]];
		if (row === void 0 || next === void 0) continue;
		for (let j = young.length - 1; j >= 0; j--) row[j] = old[i] === young[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
	}
	return table;
}
// src/domain/window.ts
const DAYS = [
	"sun",
	"mon",
	"tue",
	"wed",
	"thu",
	"fri",
	"sat"
];
const MINUTES_A_DAY = 1440;
function parseWindow(text) {
	const [, dayText, startText, endText, timeZone] = /^(\S+)\s+([\d:]+)-([\d:]+)(?:\s+(\S+))?$/.exec(text.trim()) ?? [];
	if (dayText === void 0 || startText === void 0 || endText === void 0) return { flaw: "expected days, hours and a time zone" };
	const days = parseDays(dayText.toLowerCase());
	const startMinute = parseTime(startText);
	const endMinute = parseTime(endText);
	if (days === null) return { flaw: "expected days like Sun, Sat,Sun, Mon-Fri or daily" };
	if (startMinute === null || endMinute === null || startMinute === MINUTES_A_DAY) return { flaw: "expected hours like 01:00-05:00" };
	if (startMinute === endMinute) return { flaw: "it ends when it begins; a whole day is 00:00-24:00" };
	if (timeZone === void 0) return { flaw: "expected a time zone at the end, such as America/Toronto or UTC" };
	if (!isTimeZone(timeZone)) return { flaw: "expected a time zone such as America/Toronto or UTC" };
	return {
		text,
		days,
		startMinute,
		endMinute,
		timeZone
	};
}
function parseDays(text) {
	if (text === "daily") return [
		0,
		1,
		2,
		3,
		4,
		5,
		6
	];
	const days = new Set();
	for (const part of text.split(",")) {
		const [from = "", to = from, ...more] = part.split("-");
		const first = DAYS.indexOf(from);
		const last = DAYS.indexOf(to);
		if (first < 0 || last < 0 || more.length > 0) return null;
		const count = (last - first + 7) % 7 + 1;
		for (let step = 0; step < count; step++) days.add((first + step) % 7);
	}
	return [...days].sort((a, b) => a - b);
}
function parseTime(text) {
	const [, hours, minutes] = /^(\d\d?):(\d\d)$/.exec(text) ?? [];
	const total = Number(hours) * 60 + Number(minutes);
	return Number(minutes) < 60 && total <= MINUTES_A_DAY ? total : null;
}
function isTimeZone(name) {
	try {
		return new Intl.DateTimeFormat("en-US", { timeZone: name }) instanceof Intl.DateTimeFormat;
	} catch (thrown) {
		if (thrown instanceof RangeError) return false;
		throw thrown;
	}
}
function insideWindow(window, instant) {
	const { day, minute } = wallClock(instant, window.timeZone);
	const { days, startMinute, endMinute } = window;
	if (startMinute < endMinute) return days.includes(day) && minute >= startMinute && minute < endMinute;
	return days.includes(day) && minute >= startMinute || days.includes((day + 6) % 7) && minute < endMinute;
}
function nextOpening(window, after) {
	const today = wallClock(after, window.timeZone).midnight;
	for (let ahead = 0; ahead <= 14; ahead++) {
		const midnight = today + ahead * MINUTES_A_DAY * 6e4;
		if (!window.days.includes(new Date(midnight).getUTCDay())) continue;
		const opening = opensOn(window, midnight).find((instant) => instant > after && insideWindow(window, instant));
		if (opening !== void 0) return opening;
	}
	throw new RangeError(`the window ${window.text} never opens`);
}
function opensOn(window, midnight) {
	const wall = midnight + window.startMinute * 6e4;
	return [-1, 1].map((side) => {
		const near = new Date(wall + side * MINUTES_A_DAY * 6e4);
		return wallClock(near, window.timeZone).wall - near.getTime();
	}).map((offset) => new Date(wall - offset)).sort((a, b) => a.getTime() - b.getTime());
}
function wallClock(instant, timeZone) {
	const format = new Intl.DateTimeFormat("en-US", {
		timeZone,
		hourCycle: "h23",
		year: "numeric",
		month: "numeric",
		day: "numeric",
		hour: "numeric",
		minute: "numeric",
		second: "numeric"
	});
	const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
	const midnight = Date.UTC(year, month - 1, day);
	const minutes = hour * 60 + minute;
	return {
		day: new Date(midnight).getUTCDay(),
		minute: minutes,
		wall: midnight + minutes * 6e4 + second * 1e3 + instant.getUTCMilliseconds(),
		midnight
	};
}
// src/domain/tenant-name.ts
function badTenant(schema) {
	if (schema === "") return "is no name";
	if (schema.includes("\0")) return "holds a zero byte, which no name does";
	if (Buffer.byteLength(schema) > 63) return "is longer than the 63 bytes of a schema's name";
	if (schema.startsWith("pg_") || schema === "information_schema") return "is a schema of PostgreSQL itself";
	if (schema === STATE) return "is the schema in which Belay keeps its state";
	return isBelays(schema) ? "is a schema that Belay moved aside" : null;
}
const STATE = "belay";
function isBelays(schema) {
	return schema === STATE || /_belay_f_[0-9A-Z]{10}$/.test(schema);
}
// src/domain/message.ts
const MESSAGE_EVENTS = [
	"before",
	"start",
	"end",
	"failure",
	"rollback"
];
const MESSAGE_FIELDS = {
	summary: "one sentence: what happened",
	event: "before, start, end, failure or rollback",
	environment: "the environment's name",
	command: "migrate, rollback, recover or verify",
	outcome: "how it ended, in the words of the exit codes; empty before the end",
	run: "the run's id",
	targets: "the names of the targets",
	migrations: "the migrations that are to be applied, or were",
	count: "how many migrations those are",
	time: "when the message was made, in UTC",
	duration: "how long the run took",
	backup: "the ids of its backups",
	reasons: "why it failed, a line each",
	next: "what to do now, a line each",
	rollback: "how the data went back",
	"later-writes": "what was written since the migration, and is kept aside",
	kept: "where the failed database is kept",
	watch: "what the watch has seen: 26 of 26 rounds good",
	checklist: "what only a person can check, a line each",
	commit: "the commit that was deployed"
};
// src/domain/message-template.ts
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
function unknownFields(template) {
	const unknown = [...template.matchAll(PLACEHOLDER)].map(([, name = ""]) => name).filter((name) => !isField(name));
	const rest = template.replace(PLACEHOLDER, "");
	return rest.includes("{{") || rest.includes("}}") ? [...unknown, rest.includes("{{") ? "{{" : "}}"] : unknown;
}
function renderTemplate(template, fields, escape) {
	return template.trimEnd().split("\n").flatMap((line) => rendered(line, fields, escape)).join("\n");
}
function rendered(line, fields, escape) {
	let values = 0;
	let filled = 0;
	const text = line.replace(PLACEHOLDER, (_whole, name) => {
		values += 1;
		const value = isField(name) ? fields[name] : "";
		if (value !== "") filled += 1;
		return escape(value);
	});
	return values > 0 && filled === 0 ? [] : [text];
}
function isField(name) {
	return Object.hasOwn(MESSAGE_FIELDS, name);
}
// src/domain/backup.ts
function isManifest(value) {
	if (!isObject(value)) return false;
	return [
		"id",
		"run",
		"environment",
		"target",
		"engine",
		"engineVersion",
		"takenAt",
		"source",
		"schemaDigest",
		"proof"
	].every((name) => typeof value[name] === "string") && [
		"files",
		"tables",
		"lacks",
		"restore"
	].every((name) => Array.isArray(value[name])) && [
		"toolVersions",
		"sequences",
		"engineFacts"
	].every((name) => isObject(value[name])) && everyOf(value["files"], ({ name, sizeBytes, sha256 }) => isText(name) && Number.isSafeInteger(sizeBytes) && isText(sha256)) && everyOf(value["tables"], ({ name, rows }) => isText(name) && Number.isSafeInteger(rows));
}
function isText(value) {
	return typeof value === "string";
}
function isObject(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function everyOf(list, holds) {
	return Array.isArray(list) && list.every((item) => isObject(item) && holds(item));
}
// src/domain/stored-name.ts
function storedName(name, encryption) {
	return encryption === "age" ? `${name}.age` : name;
}
function decryptCommands(names, encryption) {
	if (encryption === "none") return [];
	return names.map((name) => `age --decrypt --identity key.txt --output ${name} ${storedName(name, encryption)}`);
}
// src/domain/target.ts
function databaseOf(target) {
	return target.tenant?.of ?? target;
}
// src/domain/approval.ts
function recordOf(facts) {
	return facts.kind === "given" ? {
		approvers: facts.approvers,
		notes: facts.notes
	} : null;
}
// src/domain/watch.ts
const BEGINNING = {
	failed: [],
	broken: false
};
function afterRound(course, failedNow, { atMost, of }) {
	const failed = [...course.failed, failedNow];
	const most = failuresIn(of === null ? failed : failed.slice(-of));
	if (!course.broken) return {
		failed,
		broken: most > atMost
	};
	return (of === null ? failuresIn(failed.slice(-(atMost + 1))) === 0 : most <= atMost) ? BEGINNING : {
		failed,
		broken: true
	};
}
function failuresIn(failed) {
	return failed.filter((each) => each).length;
}
function describeTolerance({ atMost, of }) {
	return of === null ? `at most ${atMost}` : `at most ${atMost} of the last ${of}`;
}
export { BelayError as $, timeOfRun as A, toldDifference as B, unfinished as C, makeBackupId as D, asideName as E, untouched as F, COMMANDS as G, exitStatus as H, withoutRecords as I, counted as J, nearest as K, sameSchema as L, NO_DIFFERENCE as M, keepsRecord as N, makeRunId as O, sameData as P, size as Q, schemaDifference as R, phaseOf as S, applicationMayStart as T, severity as U, canonicalJson as V, worstOutcome as W, firstOf as X, duration as Y, moment as Z, nextOpening as _, recordOf as a, assertFence as b, storedName as c, unknownFields as d, failure as et, MESSAGE_EVENTS as f, insideWindow as g, isBelays as h, failuresIn as i, usageError as it, shownName as j, suffixOf as k, isManifest as l, badTenant as m, afterRound as n, reasonOf as nt, databaseOf as o, MESSAGE_FIELDS as p, count as q, describeTolerance as r, refusal as rt, decryptCommands as s, BEGINNING as t, messageOf as tt, renderTemplate as u, parseWindow as v, PHASES as w, lockLost as x, lineDifference as y, schemaSnapshot as z };
