import { A as counted, M as firstOf, N as moment, P as size, j as duration, k as count } from "./domain.js";
// src/report/safe-text.ts
const ANSI = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-OQ-WYZ\\`-~]/gu;
const UNSEEN = /[\p{Cc}\p{Cs}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
function safeLine(text, limit = Number.POSITIVE_INFINITY) {
	const near = nearPart(text, limit);
	const line = near.replace(ANSI, "").replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/gu, " ").replace(UNSEEN, written).trim();
	return cut(near === text ? line : `${line}…`, limit);
}
function safeLines(text) {
	return text.replace(ANSI, "").replace(/\r\n?/gu, "\n").replace(/\t/gu, "  ").split("\n").map((line) => line.replace(UNSEEN, written).trimEnd());
}
function nearPart(text, limit) {
	const most = limit * 8 + 1e3;
	return text.length > most ? text.slice(0, most) : text;
}
function cut(text, limit) {
	if (text.length <= limit) return text;
	const characters = [...text];
	return characters.length <= limit ? text : `${characters.slice(0, Math.max(0, limit - 1)).join("")}…`;
}
function written(character) {
	return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
// src/report/style.ts
const LOG_WIDTH = 100;
const TERMINAL_WIDTH = 80;
function styleFor(wanted, variables, stream) {
	const dumb = variables["TERM"] === "dumb";
	const terminal = stream.isTerminal && !dumb;
	const plain = isSet(variables["BELAY_PLAIN"]);
	return {
		color: wanted && !plain && wantsColor(variables, terminal),
		unicode: !dumb && !plain && speaksUtf8(variables),
		width: stream.isTerminal ? Math.min(Math.max(stream.columns || TERMINAL_WIDTH, 40), LOG_WIDTH) : LOG_WIDTH,
		live: terminal && !plain && !isSet(variables["CI"]),
		plain
	};
}
function wantsColor(variables, terminal) {
	const forced = variables["FORCE_COLOR"];
	if (forced !== void 0) return forced !== "0" && forced !== "false";
	const refused = variables["NO_COLOR"];
	if (refused !== void 0 && refused !== "") return false;
	return terminal;
}
function speaksUtf8(variables) {
	const locale = variables["LC_ALL"] || variables["LC_CTYPE"] || variables["LANG"] || "";
	return locale === "" ? isSet(variables["CI"]) : /utf-?8/i.test(locale);
}
function isSet(switched) {
	return switched !== void 0 && switched !== "" && switched !== "0" && switched !== "false";
}
const CODES = {
	bold: [1, 22],
	dim: [2, 22],
	red: [31, 39],
	green: [32, 39],
	yellow: [33, 39],
	cyan: [36, 39]
};
function paint(style, how, text) {
	if (!style.color || text === "") return text;
	return (typeof how === "string" ? [how] : how).map((name) => CODES[name]).reduce((painted, [on, off]) => `\x1b[${on}m${painted}\x1b[${off}m`, text);
}
const MARKS = {
	done: {
		unicode: "✔",
		ascii: "ok  ",
		paint: "green"
	},
	failed: {
		unicode: "✖",
		ascii: "FAIL",
		paint: "red"
	},
	warned: {
		unicode: "⚠",
		ascii: "warn",
		paint: "yellow"
	},
	skipped: {
		unicode: "-",
		ascii: "skip",
		paint: "dim"
	},
	running: {
		unicode: "…",
		ascii: "... ",
		paint: "cyan"
	}
};
function mark(style, which) {
	const { unicode, ascii, paint: color } = MARKS[which];
	return paint(style, color, style.unicode ? unicode : ascii);
}
function markWidth(style) {
	return style.unicode ? 1 : 4;
}
const ASCII_FOR = [
	[/ · /gu, ", "],
	[/·/gu, "-"],
	[/…/gu, "..."],
	[/[✔]/gu, "ok"],
	[/[✖]/gu, "x"],
	[/[⚠]/gu, "!"],
	[/→/gu, "->"]
];
function spell(style, text) {
	return style.unicode ? text : ASCII_FOR.reduce((spelled, [symbol, ascii]) => spelled.replace(symbol, ascii), text);
}
// src/report/width.ts
let segmenter;
function graphemes(text) {
	segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
	return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
const NARROW = /^[\uff61-\uffdc\uffe8-\uffee]/u;
const WIDE = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Bopomofo}\p{sc=Yi}\u3000-\u303e\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\ufe0f/u;
const INVISIBLE = /^[\p{M}\u200c\u200d]+$/u;
const NARROW_ONLY = /^[ -~·…→✔✖⚠]*$/u;
function width(text) {
	if (NARROW_ONLY.test(text)) return text.length;
	let columns = 0;
	for (const grapheme of graphemes(text)) columns += graphemeWidth(grapheme);
	return columns;
}
function graphemeWidth(grapheme) {
	if (INVISIBLE.test(grapheme)) return 0;
	return !NARROW.test(grapheme) && WIDE.test(grapheme) ? 2 : 1;
}
function padEnd(text, columns) {
	return text + " ".repeat(Math.max(0, columns - width(text)));
}
function padStart(text, columns) {
	return " ".repeat(Math.max(0, columns - width(text))) + text;
}
function cutTo(text, columns, sign = "…") {
	if (width(text) <= columns) return text;
	const room = columns - width(sign);
	let [cut, taken] = ["", 0];
	for (const grapheme of graphemes(text)) {
		taken += graphemeWidth(grapheme);
		if (taken > room) break;
		cut += grapheme;
	}
	return room < 0 ? sign.slice(0, columns) : cut + sign;
}
const WORD = /(?:`[^`]*`|[^\s`]|`)+/gu;
function wrap(text, columns, cutWords = false) {
	const lines = [];
	let line = "";
	for (const [whole] of text.matchAll(WORD)) for (const word of cutWords ? pieces(whole, columns) : [whole]) if (line !== "" && width(line) + 1 + width(word) > columns) {
		lines.push(line);
		line = word;
	} else line = line === "" ? word : `${line} ${word}`;
	return line === "" && lines.length > 0 ? lines : [...lines, line];
}
function pieces(word, columns) {
	if (width(word) <= columns) return [word];
	const parts = [];
	let part = "";
	for (const grapheme of graphemes(word)) {
		if (part !== "" && width(part) + graphemeWidth(grapheme) > columns) {
			parts.push(part);
			part = "";
		}
		part += grapheme;
	}
	return [...parts, part];
}
// src/report/page.ts
const LABEL = 10;
const PARAGRAPH_LINES = 40;
function field(style, label, text, how = "bold") {
	return hanging(style, paint(style, how, label.padEnd(LABEL)), LABEL, text);
}
function fields(style, label, texts, how = "bold") {
	if (texts.length < 2) return field(style, label, texts[0] ?? "", how);
	return texts.flatMap((text, at) => {
		const head = `${(at === 0 ? label : "").padEnd(LABEL)}${at + 1}. `;
		return hanging(style, paint(style, how, head.slice(0, LABEL)) + head.slice(LABEL), head.length, text);
	});
}
function markedFields(style, label, texts) {
	return texts.flatMap((text, at) => {
		const head = (at === 0 ? label : "").padEnd(LABEL);
		const [sign = "", ...words] = text.split(" ");
		return hanging(style, `${paint(style, "bold", head)}${spell(style, sign)} `, LABEL + width(spell(style, sign)) + 1, words.join(" "));
	});
}
function prose(style, text) {
	return hanging(style, "", 0, text);
}
function indented(style, columns, text) {
	return hanging(style, " ".repeat(columns), columns, text);
}
function hanging(style, head, columns, text) {
	if (text.trim() === "") return [];
	const room = Math.max(style.width - columns, 20);
	const lines = safeLines(text.trim()).flatMap((line) => width(line) <= room ? [line] : wrap(line, room));
	return (lines.length > PARAGRAPH_LINES ? [...lines.slice(0, PARAGRAPH_LINES), "…"] : lines).map((line, at) => (at === 0 ? head : " ".repeat(columns)) + spell(style, line));
}
function commandLine(command, environment, ...options) {
	return [
		"belay",
		command,
		...environment === null ? [] : [quoted(environment)],
		...options
	].join(" ");
}
function quoted(word) {
	const safe = safeLine(word);
	return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`;
}
function commandFor(result, command, ...options) {
	return `\`${commandLine(command, result.environment, ...options)}\``;
}
function afterMerge(result) {
	return `merge this, then ${commandFor(result, "plan")} shows what would run, and ${commandFor(result, "migrate")} runs it.`;
}
// src/report/live.ts
const ERASE_LINE = "\r\x1B[2K";
function liveLine() {
	let drawn = "";
	const clear = () => {
		const erased = drawn === "" ? "" : ERASE_LINE;
		drawn = "";
		return erased;
	};
	return {
		clear,
		print: (lines) => clear() + lines.map((line) => `${line}\n`).join(""),
		redraw(line) {
			if (line === drawn) return "";
			drawn = line;
			return ERASE_LINE + line;
		}
	};
}
const BAR = 12;
const FEW = 10;
const GAP = "  ";
const LEAST_TAIL = 10;
const TAIL_LIMIT = 400;
function labelOf(step) {
	return step === "checks-before" ? "checks" : step;
}
function runningLine(style, columns, step, nowMs) {
	let left = columns - 1 - (2 + markWidth(style) + 1 + 10);
	const fitting = (...forms) => {
		const form = forms.find((text) => text !== "" && width(text) <= left) ?? "";
		if (form !== "") left -= width(form) + 2;
		return form;
	};
	const time = fitting(elapsed(step, nowMs), duration(nowMs - step.beganMs));
	if (time === "") return cutTo(`${step.label} ${duration(nowMs - step.beganMs)}`, columns - 1, style.unicode ? "…" : "...");
	const amount = fitting(amountOf(step.progress));
	const shown = [
		fitting(...barsOf(style, step.progress)),
		amount,
		time,
		paint(style, "dim", left < LEAST_TAIL ? "" : cutTo(tailOf(style, step), left, style.unicode ? "…" : "..."))
	].filter((part) => part !== "").join(GAP);
	return `  ${mark(style, "running")} ${step.label.padEnd(10)}${shown}`;
}
function stillRunning(style, step, nowMs) {
	const said = `still running after ${elapsed(step, nowMs)}`;
	const amount = amountOf(step.progress);
	return `  ${mark(style, "running")} ${step.label.padEnd(10)}${said}${amount === "" ? "" : `; ${amount}`}`;
}
function elapsed({ began: { expectedMs }, beganMs }, nowMs) {
	const ms = nowMs - beganMs;
	if (expectedMs === void 0) return duration(ms);
	return ms <= expectedMs ? `${duration(ms)} of about ${duration(expectedMs)}` : `${duration(ms)}, usually ${duration(expectedMs)}`;
}
function barsOf(style, progress) {
	if (progress === null || progress.total < FEW) return [];
	const share = Math.min(Math.max(progress.done / progress.total, 0), 1);
	const full = Math.floor(share * BAR);
	const bar = style.unicode ? "█".repeat(full) + "░".repeat(BAR - full) : `[${"#".repeat(full)}${".".repeat(BAR - full)}]`;
	const percent = `${Math.floor(share * 100)}%`;
	return [`${bar} ${percent.padStart(4)}`, percent];
}
function amountOf(progress) {
	if (progress === null || progress.total < 2) return "";
	const { done, total, unit } = progress;
	if (unit === "migrations") return `${count(done)} of ${count(total)} done`;
	return unit === "bytes" ? `${size(done)} of ${size(total)}` : `${count(done)} of ${count(total)} ${unit}`;
}
function tailOf(style, { said, progress, began }) {
	return spell(style, safeLine(said === "" ? progress?.detail ?? began.detail ?? "" : said, TAIL_LIMIT));
}
// src/report/steps.ts
const SIGN_OF_LIFE_MS = 6e4;
const TERMINAL_COLUMNS = 80;
const LINE = 72;
const DETAIL_LIMIT = 400;
const SILENT = [
	"preflight",
	"checks-before",
	"settle"
];
function tellsNothing({ name, outcome, detail }) {
	return SILENT.includes(name) && detail === void 0 && outcome !== "failed";
}
function stepView(style, watching) {
	const live = liveLine();
	let targets = [];
	let heading = "";
	let running = null;
	let output = "";
	let toldMs = 0;
	let printed = false;
	function print(lines) {
		printed ||= lines.length > 0;
		return live.print(lines);
	}
	function draw() {
		if (running === null || !style.live) return "";
		return live.redraw(runningLine(style, watching.columns() || TERMINAL_COLUMNS, running, watching.nowMs()));
	}
	function headingFor(target) {
		if (targets.length < 2 || !targets.includes(target) || target === heading) return [];
		heading = target;
		return [`  ${paint(style, "bold", `${safeLine(target, 60)}:`)}`];
	}
	function stepEnded(event) {
		const said = output;
		running = null;
		output = "";
		if (tellsNothing({
			...event,
			name: event.step
		})) return live.clear();
		const lines = stepLines(style, event.outcome, labelOf(event.step), event.detail ?? "", duration(event.durationMs));
		return print([
			...headingFor(event.target),
			...lines,
			...event.outcome === "failed" ? outputLines(style, said) : []
		]);
	}
	function show(event) {
		switch (event.type) {
			case "run-began":
				targets = event.targets ?? [];
				return "";
			case "step-began":
				output = "";
				toldMs = watching.nowMs();
				running = {
					label: labelOf(event.step),
					began: event,
					beganMs: toldMs,
					progress: null,
					said: ""
				};
				return draw();
			case "step-progress":
				if (running !== null) running = {
					...running,
					progress: event
				};
				return "";
			case "output":
				output = lastLines(output + event.text);
				if (running !== null) running = {
					...running,
					said: output.trimEnd().split(/[\r\n]/u).at(-1) ?? ""
				};
				return "";
			case "notice": return print(stepLines(style, "warned", "note", event.message, ""));
			case "step-ended": return stepEnded(event);
		}
	}
	function tick() {
		if (style.live) return draw();
		if (running === null || watching.nowMs() - toldMs < SIGN_OF_LIFE_MS) return "";
		toldMs = watching.nowMs();
		return print([stillRunning(style, running, toldMs)]);
	}
	return {
		show,
		tick,
		finish: () => live.clear() + (printed ? "\n" : "")
	};
}
function stepLines(style, outcome, name, detail, time) {
	const line = Math.min(LINE, style.width);
	const head = 2 + markWidth(style) + 1 + 10;
	const room = line - head - 2 - Math.max(width(time), 6);
	const [first = "", ...more] = wrap(shown(style, detail), room);
	const gap = padStart(time, Math.max(width(time), line - head - width(first)));
	const aligned = width(first) > room ? `${first}  ${time}` : first + gap;
	return [`  ${mark(style, outcome)} ${padEnd(name, 10)}${aligned}`.trimEnd(), ...more.map((text) => " ".repeat(head) + text)];
}
function shown(style, detail) {
	return spell(style, safeLine(detail.trim().split(/[\r\n]/u)[0] ?? "", DETAIL_LIMIT));
}
function outputLines(style, said) {
	const lines = safeLines(said.trimEnd()).slice(-20);
	return said.trim() === "" ? [] : lines.map((line) => `      ${paint(style, "dim", `${style.unicode ? "│" : "|"} ${line}`)}`);
}
function lastLines(text) {
	return text.split("\n").slice(-21).join("\n");
}
// src/report/changes.ts
const TABLES = 8;
const OBJECTS = 8;
const KEYS = 3;
const NAME_LIMIT$1 = 80;
function describeData(data) {
	const touched = data.tables.filter(isTouched);
	const rest = data.tables.length - touched.length;
	return `${touched.length === 0 ? "no row differs" : firstOf(touched.map(describeTable), TABLES, "; ")}${rest === 0 ? "" : `; ${counted(rest, "table")} untouched`}`;
}
function describeLoss(all) {
	const tables = all.flatMap((data) => data.tables);
	const rows = tables.reduce((sum, table) => sum + (table.rowsBefore ?? 0), 0);
	const lost = tables.reduce((sum, table) => sum + (table.rowsAfter === null ? table.rowsBefore ?? 0 : table.removed), 0);
	if (rows === 0) return "";
	return `${counted(rows, "row")} compared, ${lost === 0 ? "none" : count(lost)} lost`;
}
function isTouched(table) {
	return table.added + table.removed + table.changed > 0 || table.rowsBefore === null || table.rowsAfter === null || table.unproven !== void 0;
}
function describeTable(table) {
	const name = safeLine(table.name, NAME_LIMIT$1);
	if (table.rowsBefore === null) return `${name} new, ${counted(table.rowsAfter ?? 0, "row")}`;
	if (table.rowsAfter === null) return `${name} dropped, ${counted(table.rowsBefore, "row")}`;
	if (table.unproven !== void 0) return `${name} ${count(table.rowsBefore)} → ${count(table.rowsAfter)} rows`;
	return `${name} ${[
		table.added > 0 ? `+${counted(table.added, "row")}` : "",
		table.removed > 0 ? `-${counted(table.removed, "row")}` : "",
		table.changed > 0 ? `${count(table.changed)} changed` : ""
	].filter((part) => part !== "").join(", ")}${particulars(table)}`;
}
function particulars({ columnsChanged, keys = [], removed, changed }) {
	const told = [firstOf(columnsChanged.map((column) => safeLine(column, NAME_LIMIT$1)), OBJECTS), keys.slice(0, KEYS).map((key) => safeLine(key, NAME_LIMIT$1)).join(", ") + (removed + changed > KEYS && keys.length > 0 ? ", …" : "")].filter((text) => text !== "").join("; ");
	return told === "" ? "" : ` (${told})`;
}
function describeSchema({ added, removed, changed }) {
	const part = (word, objects) => {
		const names = objects.map((object) => safeLine(object, NAME_LIMIT$1));
		return names.length === 0 ? "" : `${word} ${firstOf(names, OBJECTS)}`;
	};
	return [
		part("added", wholes(added)),
		part("removed", wholes(removed)),
		part("changed", changed)
	].filter((text) => text !== "").join("; ");
}
function wholes(objects) {
	const tables = objects.filter((object) => object.startsWith("table "));
	const names = tables.map((table) => table.slice(6));
	const isPart = (object) => {
		const [kind = "", ...rest] = object.split(" ");
		if (kind === "column") return names.some((name) => rest.join(" ").startsWith(`${name}.`));
		const constrained = rest.slice(1).join(" ");
		return kind === "constraint" && names.some((name) => constrained === name || constrained.startsWith(`${name}(`));
	};
	return [...tables, ...objects.filter((object) => !tables.includes(object) && !isPart(object))];
}
function describeLaterWrites(writes) {
	const one = ({ table, written, gone }) => {
		if (table === "*") return "what and how much is not known";
		const name = safeLine(table, NAME_LIMIT$1);
		if (written === null && gone === null) return `${name} written, number unknown`;
		return `${name} ${[written === null ? "" : `${count(written)} written`, gone === null || gone === 0 ? "" : `${count(gone)} gone`].filter((text) => text !== "").join(", ")}`;
	};
	return firstOf(writes.map(one), TABLES, "; ");
}
function describeDropped(dropped) {
	const one = ({ table, rows, columns }) => {
		const name = safeLine(table, NAME_LIMIT$1);
		return [...rows === 0 ? [] : [`${name} ${counted(rows, "row")}`], ...columns.map((column) => `${name}.${safeLine(column, NAME_LIMIT$1)}`)].join(", ");
	};
	return firstOf(dropped.map(one), TABLES, "; ");
}
function perTarget(targets, describe) {
	return targets.flatMap((target) => {
		const text = describe(target);
		if (text === "") return [];
		return [targets.length > 1 ? `${safeLine(target.name, NAME_LIMIT$1)}: ${text}` : text];
	});
}
// src/report/came-back.ts
function cameBack(rollback) {
	return rollback !== null && (rollback.matches === true || (rollback.lacks ?? []).length > 0);
}
// src/report/application.ts
function applicationEnd(result) {
	const steps = result.targets[0]?.steps ?? [];
	const last = (name) => steps.findLast((step) => step.name === name && step.outcome !== "skipped")?.outcome;
	const [stop, start, health, previous] = [
		last("stop"),
		last("start"),
		last("health"),
		last("previous")
	];
	if (previous !== void 0) return previous === "failed" ? "unknown" : "previous";
	if (start === "failed" || health === "failed") return "unknown";
	if (start !== void 0) return "running";
	if (stop === void 0) return "untouched";
	return stop === "failed" ? "unknown" : "stopped";
}
function applicationClause(end, previous) {
	return {
		untouched: "",
		running: "the application is running",
		previous,
		stopped: "the application is stopped",
		unknown: "the application may not be running"
	}[end];
}
// src/report/verdict.ts
function verdict(result) {
	const took = duration(result.durationMs);
	switch (result.outcome) {
		case "migrated": return good(`${result.command === "recover" ? "RECOVERED, " : ""}MIGRATED${notYetVerified(result) ? ", NOT VERIFIED YET," : ""}`, `in ${took}. ${migrated(result)}`);
		case "rolled-back": return good("ROLLED BACK", `in ${took}. ${sentence(rolledBack(result), app(result, "the application is running"))}`);
		case "up-to-date": return result.command === "recover" ? good("NOTHING TO RECOVER.", "No run was left unfinished; nothing was touched.") : good("UP TO DATE.", "Nothing is pending; nothing was stopped, backed up or changed.");
		case "undone": return bad(undoneWord(result), `in ${took}. ${sentence(undone(result), app(result, "the old version is running"))}`);
		case "refused": return {
			word: "REFUSED",
			rest: `after ${took}. ${refused(result)}`,
			paint: "yellow"
		};
		case "needs-attention": return bad("NEEDS ATTENTION", `after ${took}. ${sentence(inDoubt(result), app(result, "the old version is running"))}`);
		case "failed": return bad("FAILED BEFORE ANYTHING WAS CHANGED,", `after ${took}. This is a defect of Belay.`);
		case "interrupted": return {
			word: "INTERRUPTED BEFORE ANYTHING WAS CHANGED,",
			rest: `after ${took}.`,
			paint: "yellow"
		};
		case "checks-failed": return {
			word: "CHECKS FAILED,",
			rest: `after ${took}. Nothing was changed.`,
			paint: "red"
		};
		case "backed-up": return good("BACKED UP", `in ${took}. ${sentence(backedUp(result))}`);
		case "verified": return good("VERIFIED", `in ${took}. ${sentence(checksHeld(result), proven(result))}`);
		case "restored": return good("RESTORED", `in ${took}. ${sentence(`the database ${targetNames(result)} holds what the backup holds`)}`);
		case "pruned": return good("PRUNED", `in ${took}. ${sentence(pruned(result))}`);
		case "planned":
		case "rehearsed":
		case "listed":
		case "written":
		case "healthy": return good(result.outcome.toUpperCase(), `in ${took}.`);
	}
}
function notYetVerified(result) {
	return result.verified === false;
}
function endedWell(outcome) {
	return ![
		"failed",
		"refused",
		"undone",
		"needs-attention",
		"checks-failed",
		"interrupted"
	].includes(outcome);
}
function wasInterrupted(result) {
	return result.reasons.some(({ code }) => code === "interrupted");
}
function good(word, rest) {
	return {
		word,
		rest,
		paint: "green"
	};
}
function bad(word, rest) {
	return {
		word,
		rest,
		paint: "red"
	};
}
function migrated(result) {
	const applied = result.targets.reduce((sum, target) => sum + target.applied.length, 0);
	const where = result.targets.length > 1 ? ` to ${result.targets.length} databases` : "";
	return sentence(applied === 0 ? "" : `${counted(applied, "migration")} applied${where}`, proven(result), app(result, "the previous version is running"));
}
function proven(result) {
	const data = result.targets.flatMap((target) => target.data === null ? [] : [target.data]);
	if (data.length === 0) return "";
	return data.every((each) => each.proven) ? describeLoss(data) : "what happened to the rows is not proven";
}
function backedUp({ targets }) {
	const backups = targets.flatMap(({ backup }) => backup === null ? [] : [backup]);
	const bytes = backups.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
	const how = backups.every(({ proof }) => proof === "restored") ? "restored and compared" : "read, rows counted";
	return `${size(bytes)}${targets.length > 1 ? ` of ${targets.length} databases` : ""}, ${how}`;
}
function checksHeld({ targets }) {
	const checks = targets.flatMap((target) => target.checks).filter(({ expected }) => expected !== null);
	return checks.length === 0 ? "" : `${count(checks.filter(({ passed }) => passed).length)} of ${count(checks.length)} checks passed`;
}
function pruned({ targets }) {
	const dropped = targets.reduce((sum, { notes }) => sum + (notes?.length ?? 0), 0);
	return dropped === 0 ? "nothing had to go" : `${counted(dropped, "backup or copy", "backups and copies")} deleted`;
}
function targetNames({ targets }) {
	return targets.map(({ name }) => safeLine(name, 60)).join(", ");
}
function rolledBack(result) {
	const rollbacks = result.targets.map(({ rollback }) => rollback);
	const [noun, is] = databases(result);
	if (rollbacks.some((rollback) => rollback?.strategy === "hook")) return `the hook ran; ${noun.toLowerCase()} ${is} otherwise untouched`;
	if (!rollbacks.some((rollback) => rollback?.strategy === "downgrade")) return putBack(result);
	if (rollbacks.every((rollback) => rollback?.matches === true)) return putBack(result);
	return `the migrations were taken back, and later writes stayed${rollbacks.some((rollback) => rollback?.matches === false) ? `; so ${noun.toLowerCase()} ${is} not as before that run in every row` : ""}`;
}
function undone(result) {
	return result.targets.some(({ rollback }) => rollback?.strategy === "downgrade" && rollback.matches === null) && result.command !== "rollback" ? "the migrations were taken back, and what was written meanwhile stayed" : putBack(result);
}
function undoneWord(result) {
	if (result.command === "recover") return "RECOVERED, ROLLED BACK";
	if (wasInterrupted(result)) return "INTERRUPTED, ROLLED BACK";
	return result.command === "rollback" ? "ROLLBACK FAILED AND UNDONE," : "FAILED, ROLLED BACK";
}
function putBack(result) {
	const [noun, is] = databases(result);
	if (result.command === "rollback" && result.outcome === "undone") return `${noun} ${is} as before the rollback`;
	const when = result.command === "rollback" ? " before that run" : result.command === "recover" ? " before the run" : "";
	const was = is === "are" ? "they were" : "it was";
	const lacking = result.targets.reduce((sum, { rollback }) => sum + (rollback?.lacks ?? []).length, 0);
	if (!result.targets.every(({ rollback }) => rollback === null || cameBack(rollback))) return `${noun} ${is} as ${was}${when}, which could not be compared`;
	if (lacking > 0) return `${noun} ${is} as ${was}${when}, but for ${counted(lacking, "thing")} that no copy could be given (see the notes)`;
	return `${noun} ${is} exactly as ${was}${when}`;
}
function refused(result) {
	if (applicationEnd(result) === "untouched") return "Nothing was changed.";
	const [noun, is] = databases(result);
	return sentence(`${noun} ${is} as ${is === "are" ? "they were" : "it was"}`, app(result, "the application is running again"));
}
function inDoubt(result) {
	const rollbacks = result.targets.map(({ rollback }) => rollback);
	if (rollbacks.length > 0 && rollbacks.every(cameBack)) return putBack(result);
	const [noun, is] = databases(result);
	const was = is === "are" ? "were" : "was";
	if (rollbacks.some((rollback) => rollback?.matches === false)) return `${noun} ${was} put back, and not everything is as before`;
	if (result.reasons.some(({ code }) => LEFT_AS_IT_IS.includes(code))) return `${noun} ${is} in the new state, and ${was} not rolled back`;
	if (neverTouched(result)) return `${noun} ${was} not touched`;
	return `${noun} ${was} not brought back`;
}
const LEFT_AS_IT_IS = [
	"later-writes",
	"rollback-refused",
	"before-state-lost"
];
function neverTouched({ command, targets }) {
	const touching = (name) => name === "migrate" || name === "rollback";
	return command === "migrate" && targets.every(({ steps }) => !steps.some(({ name }) => touching(name)));
}
function databases(result) {
	return result.targets.length > 1 ? [`The ${result.targets.length} databases`, "are"] : ["The database", "is"];
}
function app(result, previous) {
	return applicationClause(applicationEnd(result), previous);
}
function sentence(...clauses) {
	const said = clauses.filter((clause) => clause !== "").join("; ");
	return said === "" ? "" : `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
}
// src/report/run-facts.ts
function runFacts(result) {
	const notes = result.outcome === "pruned" ? [] : perTarget(result.targets, (target) => (target.notes ?? []).join("; "));
	return [
		fact(endedWell(result.outcome) ? "Note" : "Why", result.reasons.map(({ message }) => message)),
		...wentBack(result) ? [] : [fact("Warned", warnings(result), true)],
		...changed(result),
		...safe(result),
		fact("Note", notes),
		next$2(result)
	].filter(({ texts }) => texts.length > 0);
}
function fact(label, texts, warns = false) {
	return {
		label,
		texts: texts.filter((text) => text.trim() !== ""),
		warns
	};
}
function warnings(result) {
	const describe = ({ name, expected, actual }) => `${safeLine(name, 120)}: expected ${expected ?? "a result"}, got ${actual}`;
	return perTarget(result.targets, ({ checks }) => checks.filter(({ warned }) => warned === true).map(describe).join("\n"));
}
function wentBack({ command, outcome, targets }) {
	if (outcome === "undone") return true;
	return outcome === "needs-attention" && command !== "rollback" && targets.length > 0 && targets.every(({ rollback }) => cameBack(rollback));
}
function changed(result) {
	if (result.outcome === "refused" || result.outcome === "interrupted" || result.outcome === "failed") return [laterWrites(result)];
	const compared = result.targets.filter(({ data }) => data !== null && (data.proven || data.tables.length > 0));
	const dropped = fact("Dropped", perTarget(result.targets, ({ rollback }) => describeDropped(rollback?.dropped ?? [])), true);
	const data = (targets) => perTarget(targets, (target) => target.data === null ? "" : describeData(target.data));
	if (wentBack(result)) return [
		fact("Tried", data(compared.filter(({ rollback }) => rollback?.strategy !== "transaction"))),
		laterWrites(result),
		dropped
	];
	const schema = perTarget(result.targets, (target) => target.schema === null ? "" : describeSchema(target.schema));
	return [
		fact("Data", data(compared)),
		unproven(result),
		fact("Schema", schema),
		laterWrites(result),
		dropped
	];
}
function unproven(result) {
	return fact("Unproven", perTarget(result.targets, ({ data, disturbance }) => data === null ? disturbance ?? "" : data.proven ? "" : data.why ?? "it could not be compared"), true);
}
function laterWrites(result) {
	return fact("Later", perTarget(result.targets, ({ rollback }) => {
		if (rollback === null || rollback.laterWrites.length === 0) return "";
		const told = describeLaterWrites(rollback.laterWrites);
		return rollback.kept.length === 0 ? told : `${told}; kept aside, not in the database any more`;
	}), true);
}
function safe(result) {
	const places = perTarget(result.targets, ({ rollback }) => rollback === null || rollback.kept.length === 0 ? "" : `${whatIsKept(result, rollback)} ${rollback.kept.map((place) => safeLine(place)).join(", ")}`);
	const superseded = result.outcome === "undone" || result.targets.some(({ rollback }) => rollback?.strategy === "downgrade");
	const backups = perTarget(result.targets, ({ backup }) => backup === null ? "" : describeBackup(backup));
	return [
		fact("Way", perTarget(result.targets, describeRollback)),
		fact("Kept", places),
		fact("Backup", superseded ? [] : backups)
	];
}
function whatIsKept({ command }, { strategy, way, kept }) {
	if (strategy === "downgrade") return "a backup from before this rollback, in";
	if (way === "schemas") {
		const [schema, was] = kept.join(", ").includes(", ") ? ["schemas", "they were"] : ["schema", "it was"];
		return command === "rollback" ? `the ${schema} as ${was} before this rollback, as` : `the failed ${schema}, as`;
	}
	return command === "rollback" ? "the database as it was before this rollback, as" : "the failed database, as";
}
function describeRollback({ rollback }) {
	if (rollback === null) return "";
	if (rollback.strategy === "hook" || rollback.strategy === "downgrade") return `${rollback.strategy}: ${safeLine(rollback.why)}`;
	if (rollback.strategy === "transaction" ? rollback.matches === true : rollback.matches === null && rollback.kept.length === 0) return "";
	const compared = rollback.matches === null ? "; it could not be compared with the state before" : cameBack(rollback) ? "" : "; it does not equal the state before";
	return `${rollback.strategy}${rollback.way === void 0 ? "" : ` (${rollback.way})`}: ${safeLine(rollback.why)}${compared}`;
}
function describeBackup({ id, sizeBytes, proof, location }) {
	if (proof === "external") return `${safeLine(id)}, ${describeProof(proof)}`;
	return `${safeLine(id)}, ${size(sizeBytes)}, ${describeProof(proof)}, in ${safeLine(location)}`;
}
const PROOFS = {
	restored: "restored and compared",
	read: "read, its rows counted",
	external: "made and checked by your own commands, not by Belay"
};
function describeProof(proof) {
	return PROOFS[proof];
}
function next$2(result) {
	const hints = [...new Set(result.reasons.flatMap(({ hint }) => hint === void 0 ? [] : [hint]))];
	const hinted = hints.length > 0 && !endedWell(result.outcome);
	return fact(result.outcome === "needs-attention" ? "By hand" : "Next", hinted ? [...hints, ...afterMending(result, hints)] : defaultNext(result));
}
function afterMending(result, hints) {
	if (hints.some((hint) => /belay |run again/.test(hint))) return [];
	if (result.outcome === "needs-attention") return [`then ${commandFor(result, "status")} shows where it stands and what is next`];
	if (result.outcome === "checks-failed") return [`then ${commandFor(result, "verify")} again; or ${commandFor(result, "rollback")} takes the data back to before that run`];
	if (result.outcome === "undone" && result.command === "migrate" && !wasInterrupted(result)) return [`then ${commandFor(result, "migrate")}; the very same plan needs --again "why"`];
	return [];
}
function defaultNext(result) {
	switch (result.outcome) {
		case "migrated":
			if (notYetVerified(result)) return [`${commandFor(result, "verify")} judges it; ${commandFor(result, "rollback")} takes it back.`];
			return result.targets.some(({ backup }) => backup !== null) ? [`${commandFor(result, "rollback")} takes the data back to before this run; later writes are counted first. It deploys no older code.`] : [];
		case "undone": return [wasInterrupted(result) || result.command === "recover" ? `${commandFor(result, "migrate")} runs it again` : `mend the cause, then ${commandFor(result, "migrate")}; the very same plan needs --again "why"`];
		case "checks-failed": return [`${commandFor(result, "rollback")} takes the data back to before that run; or mend the cause, then ${commandFor(result, "verify")} again`];
		case "backed-up": return result.targets.flatMap(({ backup }) => backup === null ? [] : [afterBackup(result, backup, result.targets.length > 1)]);
		case "needs-attention": return [`${commandFor(result, "status")} shows where it stands and what is next`];
		case "refused": return [`mend that, then ${commandFor(result, result.command)}`];
		case "interrupted": return [`${commandFor(result, result.command)} runs it again`];
		default: return [];
	}
}
function afterBackup(result, { id }, several) {
	const option = ["--backup", safeLine(id)];
	if (several) return `${commandFor(result, "rollback", ...option)} puts it back`;
	return `${commandFor(result, "migrate", ...option)} relies on it; ${commandFor(result, "rollback", ...option)} puts it back`;
}
// src/report/backups.ts
function backupsReport(result, style) {
	const backups = result.backups ?? [];
	if (backups.length === 0) return ["No backup yet."];
	const told = new Set();
	return backups.flatMap((backup) => {
		const first = backup.damage === void 0 && !told.has(backup.target);
		if (first) told.add(backup.target);
		return backupLines(backup, first, result.environment, style);
	});
}
function backupLines(backup, withRestore, environment, style) {
	const id = safeLine(backup.id);
	const facts = [
		moment(backup.takenAt),
		size(backup.sizeBytes),
		counted(backup.rows, "row"),
		describeProof(backup.proof)
	].join("  ");
	return [
		`${mark(style, backup.damage === void 0 ? "done" : "failed")} ${paint(style, "bold", id)}  ${safeLine(backup.target, 60)}  ${facts}`,
		...indented(style, 4, safeLine(backup.location)),
		...backup.damage === void 0 ? [] : indented(style, 4, `damaged, do not rely on it: ${safeLine(backup.damage, 300)}`),
		...withRestore ? restoreLines(backup, environment, style) : []
	];
}
function restoreLines(backup, environment, style) {
	return [...indented(style, 4, `put back: \`belay rollback${environment === null ? "" : ` ${safeLine(environment, 60)}`} --backup ${safeLine(backup.id)}\``), ...backup.restore.length === 0 ? [] : [paint(style, "dim", "    without Belay, in its folder:"), ...backup.restore.map((line) => `      ${safeLine(line)}`)]];
}
// src/report/doctor.ts
const NAME = 15;
function doctorReport(result, style) {
	const parts = result.parts ?? [];
	const targets = new Set(parts.map(({ target }) => target).filter((target) => target !== null));
	const general = parts.filter(({ target }) => target === null);
	return [
		paint(style, ["bold", "cyan"], `DOCTOR${result.environment === null ? "" : ` of ${safeLine(result.environment, 60)}`}`),
		...partLines(general, style),
		...[...targets].flatMap((target) => [...targets.size > 1 ? ["", paint(style, "bold", `${safeLine(target, 60)}:`)] : [], ...partLines(parts.filter((part) => part.target === target), style)]),
		"",
		...summary(result, parts, style)
	];
}
function partLines(parts, style) {
	return parts.flatMap((part) => onePart(part, style));
}
function onePart({ name, outcome, detail, means, hint }, style) {
	const head = 2 + markWidth(style) + 1 + NAME;
	const room = Math.max(style.width - head, 20);
	const [first = "", ...more] = safeLines(detail.trim()).flatMap((line) => wrap(spell(style, line), room));
	const label = padEnd(safeLine(name, 14), NAME);
	return [
		`  ${mark(style, outcome)} ${outcome === "failed" ? paint(style, "bold", label) : label}${first}`.trimEnd(),
		...more.map((line) => " ".repeat(head) + line),
		...indented(style, head, means === void 0 ? "" : `Means: ${safeLine(means)}.`),
		...indented(style, head, hint === void 0 ? "" : `Do: ${safeLine(hint)}`)
	];
}
function summary(result, parts, style) {
	const failing = parts.filter(({ outcome }) => outcome === "failed").length;
	const warned = parts.filter(({ outcome }) => outcome === "warned").length;
	const noted = warned === 0 ? "" : ` ${counted(warned, "part")} to know about.`;
	if (result.outcome === "interrupted") return [`${paint(style, ["bold", "yellow"], "INTERRUPTED.")} Not every part was tried.`];
	if (failing > 0) return [`${paint(style, ["bold", "red"], "NOT HEALTHY.")} ${count(failing)} of ${counted(parts.length, "part")} would stop or undo a run.${noted} Nothing was changed.`];
	return [`${paint(style, ["bold", "green"], "HEALTHY.")} ${counted(parts.length, "part")} tried; a run finds what it needs.${noted}`, ...field(style, "Next:", `${commandFor(result, "plan")} shows what would run`)];
}
// src/report/gate.ts
const BOX = 72;
const NAME_LIMIT = 40;
const TARGETS = 12;
const MIGRATIONS = 40;
function gateReport(result, style) {
	if (endedWell(result.outcome)) return [`${mark(style, "done")} The application may start: ${openBecause(result)}.`];
	const columns = Math.min(BOX, style.width) - 4;
	const head = title(result);
	const lines = body(result, columns).map((line) => spell(style, line));
	return style.plain ? [`FATAL  ${spell(style, head)}`, ...lines] : box(style, columns, head, lines);
}
function openBecause(result) {
	const [reason] = result.reasons;
	return reason === void 0 ? "nothing is pending, and no run is in its way" : safeLine(reason.message);
}
function title(result) {
	const lagging = behind(result);
	const all = result.targets.length;
	const stays = "This container will not start.";
	if (lagging.length === 0) return `${result.outcome === "interrupted" ? "The gate was interrupted." : "The gate is closed."} ${stays}`;
	if (all === 1) return `${safeLine(lagging[0]?.name ?? "", NAME_LIMIT)} is behind. ${stays}`;
	return `${count(lagging.length)} of ${counted(all, "target")} are behind. ${stays}`;
}
const BEHIND = "behind";
function behind(result) {
	return result.targets.filter(({ outcome, pending }) => !endedWell(outcome) && pending.length > 0);
}
function body(result, columns) {
	const lagging = behind(result);
	const names = lagging.map(({ name }) => safeLine(name, NAME_LIMIT));
	const column = Math.min(Math.max(7, ...names.map((name) => width(name) + 2)), Math.floor(columns / 3) + 2);
	const shown = lagging.slice(0, TARGETS).flatMap((target, at) => entry(columns, names[at] ?? "", column, missing(target)));
	const more = lagging.length > TARGETS ? [`and ${counted(lagging.length - TARGETS, "more target")}`] : [];
	const others = result.reasons.filter(({ code }) => code !== BEHIND).flatMap(({ message }) => wrap(safeLine(message, 600), columns, true));
	return [
		...shown,
		...more,
		...others,
		...fixes(result, lagging).flatMap((fix, at) => entry(columns, at === 0 ? "Fix:" : "", 7, fix))
	];
}
function missing({ pending }) {
	const rest = pending.length - MIGRATIONS;
	return `missing ${pending.slice(0, MIGRATIONS).map(({ id }) => safeLine(id, 80)).join(", ")}${rest > 0 ? ` and ${count(rest)} more` : ""}`;
}
function fixes(result, lagging) {
	const hints = result.reasons.flatMap(({ code, hint }) => code === BEHIND || hint === void 0 ? [] : [safeLine(hint, 300)]);
	if (lagging.length === 0) return hints.length === 0 ? [commandLine("status", result.environment)] : [...new Set(hints)];
	const only = lagging.length < result.targets.length ? lagging.slice(0, TARGETS).flatMap(({ name }) => ["--target", quoted(name)]) : [];
	return [...new Set(hints), commandLine("migrate", result.environment, ...only)];
}
function entry(columns, name, column, text) {
	const lines = wrap(text, columns - column, true).map((line) => " ".repeat(column) + line);
	if (width(name) > column - 1) return [...wrap(name, columns, true), ...lines];
	return lines.map((line, at) => at === 0 ? padEnd(name, column) + line.slice(column) : line);
}
function box(style, columns, head, inside) {
	const frame = style.unicode ? doubleFrame(columns + 2) : asciiFrame(columns + 2);
	const red = (text) => paint(style, "red", text);
	const line = (text, painted) => `${red(frame.side)} ${painted}${" ".repeat(Math.max(0, columns - width(text)))} ${red(frame.side)}`;
	const heads = wrap(`FATAL  ${spell(style, head)}`, columns, true).map((text, at) => at === 0 ? text.replace(/^FATAL /, "FATAL  ") : text);
	return [
		red(frame.top),
		...heads.map((text) => line(text, paint(style, ["bold", "red"], text))),
		red(frame.middle),
		...inside.map((text) => line(text, text)),
		red(frame.bottom)
	];
}
function doubleFrame(across) {
	return {
		top: `╔${"═".repeat(across)}╗`,
		middle: `╟${"─".repeat(across)}╢`,
		bottom: `╚${"═".repeat(across)}╝`,
		side: "║"
	};
}
function asciiFrame(across) {
	const line = `+${"-".repeat(across)}+`;
	return {
		top: line,
		middle: line,
		bottom: line,
		side: "|"
	};
}
// src/report/init.ts
function initReport(result, style) {
	const files = (result.files ?? []).map((file) => safeLine(file)).join(" and ");
	return [
		...partLines(result.parts ?? [], style),
		"",
		`${paint(style, ["bold", "green"], "WRITTEN.")} ${files}. Nothing else was changed.`,
		...fields(style, "Next:", result.next ?? [])
	];
}
// src/report/plan.ts
const SQL_LINES = 24;
const SQL_COLUMNS = 160;
const NAMES$2 = 12;
function planReport(result, style) {
	if (result.welcome !== void 0) return welcomeReport(result, result.welcome, style);
	const pending = result.targets.reduce((sum, target) => sum + target.pending.length, 0);
	const of = result.environment === null ? "" : ` of ${safeLine(result.environment, 60)}`;
	const head = pending === 0 ? "Nothing is pending." : `${counted(pending, "migration")} pending. Nothing was changed.`;
	return [
		`${paint(style, ["bold", "cyan"], `PLAN${of}.`)} ${head}`,
		...result.targets.flatMap((target) => targetPlan(target, result.targets.length > 1, style)),
		...obstacles(result, style),
		...requirements(result, style),
		...result.digest === null ? [] : ["", ...field(style, "Digest:", safeLine(result.digest))],
		...next$1(result, pending, style)
	];
}
function welcomeReport(result, lines, style) {
	return [
		`${paint(style, ["bold", "cyan"], "WELCOME.")} The default branch does not know this environment yet. Nothing was run or changed.`,
		"",
		...fields(style, "Found:", lines),
		"",
		...field(style, "Next:", afterMerge(result))
	];
}
function targetPlan(target, named, style) {
	const { planned } = target;
	const withoutFile = target.appliedWithoutFile ?? [];
	const findings = [...target.pending.flatMap((migration) => migration.findings), ...planned?.findings ?? []];
	const facts = [
		...fields(style, "No file:", withoutFile.length === 0 ? [] : [`applied, but without a file any more: ${firstOf(withoutFile.map((id) => safeLine(id, 80)), NAMES$2)}`]),
		...planned === void 0 || target.pending.length === 0 ? [] : field(style, "Rollback:", `${planned.rollback.strategy}: ${safeLine(planned.rollback.why)}`),
		...fields(style, "Unproven:", (planned?.unprovable ?? []).map((text) => safeLine(text)), "yellow"),
		...fields(style, "Note:", (target.notes ?? []).map((text) => safeLine(text)))
	];
	return [
		...named ? ["", paint(style, "bold", `${safeLine(target.name, 60)}:`)] : [],
		...target.pending.flatMap((migration) => ["", ...migrationLines(migration, style)]),
		...findings.length === 0 ? [] : ["", ...findings.flatMap((finding) => findingLines(finding, style))],
		...facts.length === 0 ? [] : ["", ...facts]
	];
}
function migrationLines({ id, file, sql, reversible }, style) {
	const place = file === void 0 || file === null ? "" : `  ${paint(style, "dim", safeLine(file))}`;
	const back = reversible ? `  ${paint(style, "dim", "(reversible)")}` : "";
	return [`  ${paint(style, "bold", safeLine(id, 120))}${place}${back}`, ...sqlLines(sql ?? null, file ?? null, style)];
}
function sqlLines(sql, file, style) {
	if (sql === null) return [`      ${paint(style, "dim", "(the tool does not tell its SQL)")}`];
	const lines = safeLines(sql.trim());
	if (lines.length === 1 && lines[0] === "") return [`      ${paint(style, "dim", "(no statements)")}`];
	const shown = lines.slice(0, SQL_LINES).map((line) => line === "" ? "" : `      ${line.length > SQL_COLUMNS ? `${safeLine(line, SQL_COLUMNS)}` : line}`);
	const rest = lines.length - SQL_LINES;
	if (rest <= 0) return shown;
	return [...shown, `      ${paint(style, "dim", spell(style, `… ${counted(rest, "more line")}${file === null ? "" : ` in ${safeLine(file)}`}`))}`];
}
function findingLines({ id, place, message }, style) {
	const [first = "", ...more] = indented(style, 4, `${safeLine(place)}: ${safeLine(message)} [${safeLine(id)}]`);
	return [`  ${mark(style, "warned")} ${first.trimStart()}`, ...more];
}
function obstacles(result, style) {
	if (result.reasons.length === 0) return [];
	const told = result.reasons.map(({ message, hint }) => hint === void 0 ? message : `${message}\n${hint}`);
	return [
		"",
		...prose(style, "As it stands, `belay migrate` would refuse:").map((line) => paint(style, "yellow", line)),
		...fields(style, "Why:", told, "yellow")
	];
}
function requirements({ requirements: asked = [] }, style) {
	if (asked.length === 0) return [];
	return ["", ...markedFields(style, "Needs:", asked.map(({ met, text }) => `${met ? "✔" : "✖"} ${safeLine(text)}`))];
}
function next$1(result, pending, style) {
	if (result.reasons.length > 0 || pending === 0) return [];
	const digest = result.digest === null ? [] : ["--digest", safeLine(result.digest)];
	return field(style, "Next:", `${result.requirements?.some(({ met }) => !met) === true ? "once it has what it needs, " : ""}${commandFor(result, "migrate", ...digest)} runs exactly this plan, or refuses.`);
}
// src/report/run-report.ts
function runReport(result, style) {
	return [
		...headline(result, style),
		...targetOutcomes(result, style),
		...runFacts(result).flatMap(({ label, texts, warns }) => fields(style, `${label}:`, texts, warns ? "yellow" : "bold")),
		...deleted(result, style),
		...runLine(result, style),
		...checklist(result)
	];
}
function deleted(result, style) {
	if (result.outcome !== "pruned") return [];
	return result.targets.flatMap((target) => (target.notes ?? []).flatMap((note) => indented(style, 2, safeLine(note))));
}
function headline(result, style) {
	const { word, rest, paint: color } = verdict(result);
	const [first = "", ...more] = prose(style, `${word} ${rest}`);
	return [first.replace(word, paint(style, ["bold", color], word)), ...more];
}
function targetOutcomes(result, style) {
	if (result.targets.length < 2) return [];
	return result.targets.map(({ name, outcome }) => `  ${mark(style, endedWell(outcome) ? "done" : "failed")} ${safeLine(name, 60)}: ${outcome}`);
}
function runLine(result, style) {
	if (result.run === null) return [];
	return field(style, "Run:", safeLine(result.run), "dim");
}
function checklist(result) {
	if (result.checklist === void 0 || result.checklist.length === 0 || !endedWell(result.outcome)) return [];
	return [
		"",
		"Only a person can check:",
		...result.checklist.map((item) => `  [ ] ${safeLine(item)}`)
	];
}
// src/report/runs.ts
const NAMES$1 = 8;
function runsReport(result, style) {
	const runs = result.runs ?? [];
	if (runs.length === 0) return ["No run yet."];
	return runs.flatMap((run) => runLines(run, style));
}
function runLines(run, style) {
	const outcome = run.outcome ?? (run.cutOff === true ? "cut off" : "unfinished");
	const which = run.outcome === null ? "warned" : endedWell(run.outcome) ? "done" : "failed";
	const took = run.durationMs === null ? "" : ` in ${duration(run.durationMs)}`;
	const targets = run.targets.filter(({ applied, backup }) => applied.length > 0 || backup !== null);
	return [
		`${mark(style, which)} ${moment(run.startedAt)}  ${safeLine(run.run)}  ${safeLine(run.command)} ${paint(style, "bold", outcome)}${took}`,
		...targets.flatMap((target) => {
			const applied = describeApplied(run, target.applied);
			const backup = target.backup === null ? "" : `backup ${safeLine(target.backup)}`;
			return indented(style, 4, `${safeLine(target.name, 60)}: ${[applied, backup].filter((text) => text !== "").join("; ")}`);
		}),
		...run.cutOff === true ? indented(style, 4, "killed before it changed anything; there is nothing to recover") : [],
		...run.outcome !== null && endedWell(run.outcome) ? [] : run.reasons.flatMap(({ message }) => indented(style, 4, safeLine(message, 300))),
		...run.withoutApproval === null ? [] : indented(style, 4, `without approval: ${safeLine(run.withoutApproval, 300)}`),
		...run.again === null ? [] : indented(style, 4, `again: ${safeLine(run.again, 300)}`)
	];
}
function describeApplied({ command, outcome }, applied) {
	if (applied.length === 0) return "";
	const names = firstOf(applied.map((id) => safeLine(id, 120)), NAMES$1);
	if (command === "rollback") return `${outcome === "rolled-back" ? "took" : "was to take"} back ${names}`;
	return `applied ${outcome === "undone" ? "and took back " : ""}${names}`;
}
// src/report/status.ts
const NAMES = 8;
function statusReport(result, style) {
	return [
		paint(style, ["bold", "cyan"], `STATUS${result.environment === null ? "" : ` of ${safeLine(result.environment, 60)}`}`),
		...result.targets.flatMap((target) => ["", ...targetStatus(target, style)]),
		...obstacles(result, style),
		...next(result, style)
	];
}
function targetStatus(target, style) {
	const { state, history, pending } = target;
	const applied = history === void 0 ? "" : history.length === 0 ? "nothing" : `${count(history.length)}, the last is ${safeLine(history.at(-1) ?? "", 120)}`;
	const names = pending.map(({ id }) => safeLine(id, 120));
	return [
		`${mark(style, pending.length === 0 && !isUnfinished(state) ? "done" : "warned")} ${paint(style, "bold", safeLine(target.name, 60))} ${paint(style, "dim", `(${target.engine})`)}`,
		...field(style, "Applied:", applied),
		...field(style, "Pending:", names.length === 0 ? "nothing" : `${count(names.length)}: ${firstOf(names, NAMES)}`),
		...field(style, "No file:", firstOf((target.appliedWithoutFile ?? []).map((id) => safeLine(id, 120)), NAMES)),
		...state === void 0 ? [] : stateLines(state, style),
		...field(style, "Note:", (target.notes ?? []).map((note) => safeLine(note)).join("; "))
	];
}
function stateLines({ lastRun, lock, holder, newestBackup }, style) {
	return [
		...field(style, "Last:", lastRun === null ? "none" : `${safeLine(lastRun.id)}, ${lastRun.outcome ?? `unfinished in phase ${safeLine(lastRun.phase)}`}`),
		...field(style, "Lock:", holder === void 0 ? lock : `${lock} by ${safeLine(holder, 120)}`),
		...field(style, "Backup:", newestBackup === null ? "none" : describeBackup(newestBackup))
	];
}
function isUnfinished(state) {
	return state !== void 0 && state.lastRun !== null && state.lastRun.outcome === null && state.lock !== "held";
}
function next(result, style) {
	const text = afterStatus(result);
	return text === "" ? [] : ["", ...field(style, "Next:", text)];
}
function afterStatus(result) {
	if (result.targets.some(({ state }) => isUnfinished(state))) return `${commandFor(result, "recover")} finishes what a crashed run left`;
	return result.targets.some(({ pending }) => pending.length > 0) ? `${commandFor(result, "plan")} shows what would run` : "";
}
// src/report/terminal.ts
function terminalReport(result, style, quiet) {
	if (quiet && endedWell(result.outcome)) return "";
	return `${lines(result, style).join("\n")}\n`;
}
function lines(result, style) {
	if (result.command === "gate") return gateReport(result, style);
	if (result.command === "doctor" && result.parts !== void 0) return doctorReport(result, style);
	if (!endedWell(result.outcome)) return runReport(result, style);
	switch (result.command) {
		case "plan": return planReport(result, style);
		case "init": return initReport(result, style);
		case "status": return statusReport(result, style);
		case "runs": return runsReport(result, style);
		case "backups": return backupsReport(result, style);
		default: return runReport(result, style);
	}
}
export { safeLines as S, field as _, wentBack as a, styleFor as b, describeLoss as c, stepView as d, tellsNothing as f, commandLine as g, commandFor as h, runFacts as i, isTouched as l, afterMerge as m, afterStatus as n, endedWell as o, labelOf as p, describeProof as r, verdict as s, terminalReport as t, wholes as u, mark as v, safeLine as x, spell as y };
