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
export { paint as _, fields as a, safeLine as b, prose as c, padEnd as d, padStart as f, markWidth as g, mark as h, field as i, quoted as l, wrap as m, commandFor as n, indented as o, width as p, commandLine as r, markedFields as s, afterMerge as t, cutTo as u, spell as v, safeLines as x, styleFor as y };
