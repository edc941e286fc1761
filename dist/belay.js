#!/usr/bin/env node
import { C as counted, D as size, E as moment, N as usageError, O as BelayError, S as count, T as firstOf, b as COMMANDS, j as reasonOf, k as failure, v as exitStatus, w as duration, x as nearest } from "./domain.js";
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
const ASCII_ONLY = /^[ -~]*$/;
function width(text) {
	if (ASCII_ONLY.test(text)) return text.length;
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
	return hanging$1(style, paint(style, how, label.padEnd(LABEL)), LABEL, text);
}
function fields(style, label, texts, how = "bold") {
	if (texts.length < 2) return field(style, label, texts[0] ?? "", how);
	return texts.flatMap((text, at) => {
		const head = `${(at === 0 ? label : "").padEnd(LABEL)}${at + 1}. `;
		return hanging$1(style, paint(style, how, head.slice(0, LABEL)) + head.slice(LABEL), head.length, text);
	});
}
function prose(style, text) {
	return hanging$1(style, "", 0, text);
}
function indented(style, columns, text) {
	return hanging$1(style, " ".repeat(columns), columns, text);
}
function hanging$1(style, head, columns, text) {
	if (text.trim() === "") return [];
	const room = Math.max(style.width - columns, 20);
	const lines = safeLines(text.trim()).flatMap((line) => width(line) <= room ? [line] : wrap(line, room));
	return (lines.length > PARAGRAPH_LINES ? [...lines.slice(0, PARAGRAPH_LINES), "…"] : lines).map((line, at) => (at === 0 ? head : " ".repeat(columns)) + spell(style, line));
}
function commandLine$1(command, environment, ...options) {
	return [
		"belay",
		command,
		...environment === null ? [] : [quoted$2(environment)],
		...options
	].join(" ");
}
function quoted$2(word) {
	const safe = safeLine(word);
	return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`;
}
function commandFor(result, command, ...options) {
	return `\`${commandLine$1(command, result.environment, ...options)}\``;
}
// src/report/interrupt.ts
function interruptNotice({ signal, repeated, environment, effectBegan }) {
	const command = (name) => `\`${commandLine$1(name, environment)}\``;
	if (!effectBegan) return `${signal}: stopping. Nothing was changed.`;
	return repeated ? `${signal} again: already undoing, which is not cut short. If Belay is killed now, ${command("recover")} finishes it.` : `${signal}: stopping what runs, then undoing what was begun. Please wait. ${command("status")} shows afterwards where it stands.`;
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
// src/version.ts
const VERSION = "0.1.0";
// src/carry-out.ts
async function carryOut(asked) {
	const { invocation, world } = asked;
	const progress = watchProgress(asked);
	const startedAt = world.now();
	try {
		const result = await perform(asked, progress);
		progress.finish();
		return {
			kind: "result",
			result
		};
	} catch (thrown) {
		progress.finish();
		tellStack(asked, thrown);
		if (thrown instanceof BelayError && thrown.kind === "usage") return {
			kind: "usage-error",
			error: thrown
		};
		return {
			kind: "result",
			result: resultOfThrown(thrown, invocation, startedAt, world.now(), progress.effectBegan())
		};
	}
}
async function perform({ invocation, world, onInterrupt, loadPerform }, progress) {
	const { environment } = invocation;
	const watch = onInterrupt(({ signal, repeated }) => {
		const message = interruptNotice({
			signal,
			repeated,
			environment,
			effectBegan: progress.effectBegan()
		});
		progress.tell({
			type: "notice",
			message
		});
	});
	try {
		return await (await loadPerform())(invocation, {
			...world,
			progress: progress.tell,
			signal: watch.signal,
			belayVersion: VERSION
		});
	} finally {
		watch[Symbol.dispose]();
	}
}
const WITHOUT_EFFECT = ["preflight", "checks-before"];
function watchProgress(asked) {
	let { view } = asked;
	let ticking = null;
	let effect = false;
	const write = (text) => {
		try {
			if (view !== null) asked.show(text(view));
		} catch (thrown) {
			view = null;
			asked.complain(`belay: showing the progress went wrong, the run goes on: ${reasonOf(thrown).message}\n`);
		}
	};
	return {
		tell(event) {
			if (event.type === "step-began") {
				effect ||= !WITHOUT_EFFECT.includes(event.step);
				if (view !== null) ticking ??= asked.every(100, () => write((shown) => shown.tick()));
			}
			write((shown) => shown.show(event));
		},
		finish() {
			ticking?.[Symbol.dispose]();
			write((shown) => shown.finish());
		},
		effectBegan: () => effect
	};
}
function resultOfThrown(thrown, invocation, startedAt, endedAt, effectBegan) {
	const reason = reasonOf(thrown);
	const recover = `look where it stands: ${commandLine$1("status", invocation.environment)}, then ${commandLine$1("recover", invocation.environment)}`;
	return {
		belay: VERSION,
		run: null,
		command: invocation.command,
		environment: invocation.environment,
		outcome: outcomeOfThrown(thrown, effectBegan),
		digest: null,
		startedAt: startedAt.toISOString(),
		durationMs: endedAt.getTime() - startedAt.getTime(),
		reasons: effectBegan ? [reason, {
			code: "state-unknown",
			message: "the run broke off after its first effect",
			hint: recover
		}] : [reason],
		targets: []
	};
}
function outcomeOfThrown(thrown, effectBegan) {
	if (effectBegan) return "needs-attention";
	if (!(thrown instanceof BelayError)) return "failed";
	return thrown.code === "interrupted" ? "interrupted" : "refused";
}
function tellStack({ complain, world }, thrown) {
	if (world.variables["BELAY_DEBUG"] !== "1") return;
	for (let error = thrown; error instanceof Error; error = error.cause) complain(`${error.stack ?? error.message}\n`);
}
// src/command/options.ts
const COMMON_OPTIONS = [
	"config",
	"target",
	"json",
	"quiet",
	"no-color",
	"help",
	"version"
];
const STRATEGIES = [
	"swap",
	"restore",
	"downgrade",
	"hook"
];
const LIST = [
	{
		...withValue("config", "FILE", "the configuration; default belay.yml, then .github/belay.yml", "--config deploy/belay.yml"),
		completes: "files"
	},
	{
		...withValue("target", "NAME", "only this target: its name or a unique last part; repeatable", "--target app"),
		repeatable: true
	},
	flag("json", "one JSON object on standard output, progress on standard error"),
	flag("quiet", "nothing on success, only the verdict otherwise"),
	flag("no-color", "no colour; NO_COLOR=1 does the same"),
	{
		...flag("help", "this help"),
		short: "h"
	},
	{
		...flag("version", "Belay's version"),
		short: "V"
	},
	{
		...withValue("digest", "DIGEST", "run only the plan with this digest, else refuse", "--digest sha256:91ab…"),
		shape: {
			pattern: /^sha256:[0-9a-f]{64}$/,
			words: "sha256: and 64 hexadecimal digits, as `belay plan` prints it"
		}
	},
	withValue("again", "\"WHY\"", "run a plan that failed before once more; the reason is journaled", "--again \"the disk was full\""),
	withValue("without-approval", "\"WHY\"", "run in a protected environment without its approvals; journaled", "--without-approval \"incident 4711\""),
	withValue("run", "ID", "this run, not the last one", "--run 01JD0000000000000000000000"),
	withValue("backup", "ID", "this backup", "--backup 20261121T001400Z-7f3a"),
	withValue("to", "ID", "only up to this migration, itself included", "--to 0004_columns"),
	flag("no-verify", "record what the run did, and leave the judgement to `belay verify`"),
	withValue("tool", "NAME", "the migration tool that is meant, where traces of several are here", "--tool alembic"),
	{
		...withValue("strategy", "WAY", "swap, restore, downgrade or hook, in place of Belay's own choice", "--strategy downgrade"),
		shape: {
			pattern: new RegExp(`^(${STRATEGIES.join("|")})$`),
			words: `one of ${STRATEGIES.join(", ")}`
		},
		completes: STRATEGIES
	},
	withValue("hook", "NAME", "run this hook of belay.yml, and leave the database as it is otherwise", "--hook flags"),
	{
		...withValue("into", "URL", "the database to restore into, empty or new", "--into sqlite:look.db"),
		completes: "files"
	},
	flag("replace", "also where something is there already; it is kept aside"),
	flag("accept-loss", "give up what was written since; it is kept aside and counted")
];
const OPTIONS = new Map(LIST.map((option) => [option.name, option]));
function optionSpec(name) {
	const spec = OPTIONS.get(name);
	if (spec === void 0) throw new RangeError(`option --${name} is not registered`);
	return spec;
}
function withValue(name, value, summary, example) {
	return {
		name,
		value,
		repeatable: false,
		summary,
		example
	};
}
function flag(name, summary) {
	return {
		name,
		value: null,
		repeatable: false,
		summary,
		example: `--${name}`
	};
}
// src/command/spec.ts
const USAGE = [2, "command line or belay.yml wrong; nothing was done"];
const DEFECT = [1, "a defect of Belay, before anything was changed"];
const INTERRUPTED = [130, "interrupted before anything was changed"];
const ATTENTION = [5, "needs attention: says what is known and what to do by hand"];
// src/command/registry.ts
const AVAILABLE = [
	{
		name: "init",
		available: true,
		summary: "write a first belay.yml",
		about: ["Looks for a migration tool and a database in this directory, and writes belay.yml and a workflow for GitHub from what it finds. What is there already stays as it is. What it could not find stands in the file as a comment to fill in."],
		options: ["tool"],
		meanings: { target: "the SQLite file that is meant, where several are here" },
		laterOptions: [],
		exits: [
			[0, "written; says what, and what to do next"],
			DEFECT,
			USAGE,
			[3, "refused: belay.yml is there already, or more than one tool or database could be meant; names them"],
			INTERRUPTED
		],
		examples: [
			{
				command: "belay init",
				does: "for an environment called prod"
			},
			{
				command: "belay init staging",
				does: "for one called staging"
			},
			{
				command: "belay init --target instance/app.db",
				does: "where more than one SQLite file is there"
			}
		]
	},
	{
		name: "doctor",
		available: true,
		summary: "try every part of belay.yml",
		about: ["Tries each part that a run will need, and changes no target: reads each of them, asks the tool what is pending, looks for the programs, the rights, the room on the disk, writes to the store and removes it again. For each part that does not work it says what that means and how to mend it."],
		options: [],
		laterOptions: [],
		exits: [
			[0, "healthy: a run finds what it needs"],
			DEFECT,
			USAGE,
			[6, "something does not work; says what"],
			INTERRUPTED
		],
		examples: [{
			command: "belay doctor prod",
			does: "on a new machine, before the first run"
		}, {
			command: "belay doctor prod --json | jq '.reasons'",
			does: "what is wrong, for a script"
		}]
	},
	{
		name: "status",
		available: true,
		summary: "where each target stands",
		about: ["Shows for each target what is applied and pending, the last run, who holds the lock, and the newest backup. Writes nothing."],
		options: [],
		laterOptions: [],
		exits: [
			[0, "shown"],
			DEFECT,
			USAGE,
			[3, "a target cannot be read"],
			INTERRUPTED
		],
		examples: [{
			command: "belay status prod",
			does: "one look at prod"
		}, {
			command: "belay status prod --json | jq '.targets[].pending[].id'",
			does: "what is pending, for a script"
		}]
	},
	{
		name: "plan",
		available: true,
		summary: "what would run, its digest",
		about: ["Shows what is pending with its SQL, what a rollback would do and why, what the run will not be able to prove, and the digest that stands for all of it. Writes nothing. Ends with 0 whether or not anything is pending.", "`belay migrate --digest` then runs exactly this plan, or refuses."],
		options: ["to"],
		laterOptions: [],
		exits: [
			[0, "planned, whether or not anything is pending"],
			DEFECT,
			USAGE,
			[3, "a target cannot be read; says why"],
			INTERRUPTED
		],
		examples: [
			{
				command: "belay plan prod",
				does: "read it before it runs"
			},
			{
				command: "belay plan prod --to 0004_columns",
				does: "of a run that stops there"
			},
			{
				command: "belay plan prod --json | jq -r .digest",
				does: "the digest alone"
			}
		]
	},
	{
		name: "migrate",
		available: true,
		summary: "the guarded run",
		about: ["Stops the application, backs the database up and proves the backup, migrates, verifies, starts the application and looks at its health. When anything is wrong, the database is put back exactly as it was, and the previous version runs again.", "With nothing pending it does nothing: no stop, no backup."],
		options: [
			"to",
			"backup",
			"no-verify",
			"digest",
			"again",
			"without-approval"
		],
		meanings: { backup: "rely on this backup, already taken and proven, not on a new one" },
		laterOptions: [],
		exits: [
			[0, "migrated, or nothing was pending"],
			DEFECT,
			USAGE,
			[3, "refused: nothing was changed, or the application runs again as before"],
			[4, "failed and undone: the database is as it was, proven"],
			ATTENTION,
			INTERRUPTED
		],
		examples: [
			{
				command: "belay migrate",
				does: "the only environment of belay.yml"
			},
			{
				command: "belay migrate prod --digest sha256:91ab…",
				does: "only the plan that was read"
			},
			{
				command: "belay migrate prod --to 0004_columns",
				does: "this migration and those before it"
			},
			{
				command: "belay migrate prod --no-verify",
				does: "`belay verify prod` judges later"
			},
			{
				command: "belay migrate prod --again \"the disk was full\"",
				does: "once more, after the cause is mended"
			}
		]
	},
	{
		name: "gate",
		available: true,
		summary: "may this container start?",
		about: ["For container entrypoints: ends with 0 when nothing is pending and no run is in the way, and otherwise says what to do. While a run itself starts the application, the gate is open. Takes no lock, writes nothing."],
		options: [],
		laterOptions: [],
		exits: [
			[0, "the application may start"],
			DEFECT,
			USAGE,
			[3, "a target cannot be read"],
			[6, "it may not; says what to do"],
			INTERRUPTED
		],
		examples: [{
			command: "belay gate prod && exec ./serve",
			does: "the last line of an entrypoint"
		}, {
			command: "belay gate prod --quiet",
			does: "in a health probe: nothing on success"
		}]
	},
	{
		name: "backup",
		available: true,
		summary: "take and prove a backup",
		about: ["Takes a backup of each target as it is now, while the application runs, restores it beside the target and compares the two. `belay migrate --backup` can rely on it, `belay rollback --backup` and `belay restore` put it back, and its manifest says how to do that without Belay."],
		options: [],
		laterOptions: [],
		exits: [
			[0, "backed up and proven"],
			DEFECT,
			USAGE,
			[3, "refused or not proven: what was written to the store is removed again"],
			[4, "interrupted: what was written to the store is removed again"],
			ATTENTION,
			INTERRUPTED
		],
		examples: [{
			command: "belay backup prod",
			does: "now, without stopping anything"
		}, {
			command: "belay backup prod --json | jq -r '.targets[].backup.id'",
			does: "its id, for `belay migrate --backup`"
		}]
	},
	{
		name: "verify",
		available: true,
		summary: "judge what the last run did",
		about: ["Judges the state that the last run recorded when its migrations ended: checks that expect `unchanged`, and which data it touched. All other checks are asked anew. Changes nothing, and takes no lock.", "After `belay migrate --no-verify` this is the judgement that was left out."],
		options: ["run"],
		meanings: { run: "judge this run, not the last one that applied something" },
		laterOptions: [],
		exits: [
			[0, "verified: everything holds"],
			DEFECT,
			USAGE,
			[3, "nothing to verify: no run has recorded anything"],
			[6, "a check failed; nothing was changed"],
			INTERRUPTED
		],
		examples: [{
			command: "belay verify prod",
			does: "after a deploy, or after --no-verify"
		}, {
			command: "belay verify prod || belay rollback prod",
			does: "and back, if it does not hold"
		}]
	},
	{
		name: "runs",
		available: true,
		summary: "what happened",
		about: ["Lists the runs of an environment, newest first: when, what, how it ended, what it applied, and where the backup is. Writes nothing."],
		options: [],
		laterOptions: [],
		exits: [
			[0, "listed"],
			DEFECT,
			USAGE,
			[3, "the store cannot be read"],
			INTERRUPTED
		],
		examples: [{
			command: "belay runs prod",
			does: "newest first"
		}, {
			command: "belay runs prod --json | jq '.runs[0]'",
			does: "the last run, for a script"
		}]
	},
	{
		name: "backups",
		available: true,
		summary: "what can be restored",
		about: ["Lists the backups of an environment, newest first: size, rows, how the content was proven, whether the files are still what they were, and how to restore without Belay. Writes nothing."],
		options: [],
		laterOptions: [],
		exits: [
			[0, "listed"],
			DEFECT,
			USAGE,
			[3, "the store cannot be read"],
			INTERRUPTED
		],
		examples: [{
			command: "belay backups prod",
			does: "newest first"
		}, {
			command: "belay backups prod --target app --json",
			does: "of one target, for a script"
		}]
	},
	{
		name: "rollback",
		available: true,
		summary: "data back to before a run",
		about: [
			"Takes the data back to before the last run that applied something, and keeps the present database aside. It deploys no older code.",
			"Writes since that run are counted per table; where there are any, it refuses without --accept-loss. Afterwards the database is compared with the before-state.",
			"Belay chooses the way that loses least: `swap` puts the copy from before in place, `restore` the backup. By name only: `downgrade` runs the down scripts of the migrations and keeps later writes, after a backup and a count of what it drops; `hook` runs what `rollback.hooks` of belay.yml holds, and leaves the database as it is otherwise."
		],
		options: [
			"run",
			"backup",
			"to",
			"strategy",
			"hook",
			"accept-loss",
			"without-approval"
		],
		meanings: {
			run: "take back this run, not the last one that applied something",
			backup: "put back this backup",
			to: "downgrade to this migration: it stays, what came after is reverted"
		},
		exclusive: [
			"run",
			"backup",
			"to",
			"hook"
		],
		laterOptions: [],
		exits: [
			[0, "rolled back"],
			DEFECT,
			USAGE,
			[3, "refused: later writes, locked, no backup; nothing was changed"],
			[4, "failed and undone: the database is as it was before the rollback"],
			ATTENTION,
			INTERRUPTED
		],
		examples: [
			{
				command: "belay rollback prod",
				does: "to before the last run; refuses when it would lose writes"
			},
			{
				command: "belay rollback prod --accept-loss",
				does: "also when something was written since"
			},
			{
				command: "belay rollback prod --backup 20261121T001400Z-7f3a",
				does: "to this backup; `belay backups` lists them"
			},
			{
				command: "belay rollback prod --to 0003_settings",
				does: "by the down scripts, keeping later writes"
			},
			{
				command: "belay rollback prod --hook flags",
				does: "what belay.yml has under rollback.hooks.flags"
			}
		]
	},
	{
		name: "recover",
		available: true,
		summary: "finish what a crash left",
		about: ["Finishes a run that was killed: before the migration was verified, the database goes back to its old state; after it, the run is brought to its end. What the dead run started is ended first. Where nothing is left to do, it does nothing."],
		options: ["run"],
		meanings: { run: "only if this is the run that is unfinished, else refuse" },
		laterOptions: [],
		exits: [
			[0, "the run was brought to its end, or there was nothing to recover"],
			DEFECT,
			USAGE,
			[3, "refused: the run is still alive, or a target cannot be used"],
			[4, "undone: the database is as it was before the run"],
			ATTENTION,
			INTERRUPTED
		],
		examples: [{
			command: "belay recover prod",
			does: "after a crash, a kill, a power loss"
		}, {
			command: "belay recover prod --json",
			does: "the same, for a script"
		}]
	},
	{
		name: "restore",
		available: true,
		summary: "one backup into a database",
		usage: "BACKUP [environment] --into URL [options]",
		argument: {
			value: "BACKUP",
			pattern: /^\d{8}T/
		},
		about: ["Restores one backup into another database: to look something up, to try something out, to fetch back single rows. Every byte is compared with the manifest on the way.", "The live databases of belay.yml are refused: putting a backup in their place is `belay rollback --backup`, which stops the application and counts later writes."],
		options: [
			"into",
			"replace",
			"without-approval"
		],
		laterOptions: [],
		exits: [
			[0, "restored"],
			DEFECT,
			USAGE,
			[3, "refused: it is a live database, something is there already, or the backup is damaged"],
			INTERRUPTED
		],
		examples: [{
			command: "belay restore 20261121T001400Z-7f3a prod --into sqlite:look.db",
			does: "into a new file; `belay backups` lists the ids"
		}, {
			command: "belay restore 20261121T001400Z-7f3a --into sqlite:look.db --replace",
			does: "the same again; what was there is kept aside"
		}]
	},
	{
		name: "prune",
		available: true,
		summary: "delete what keep no longer keeps",
		about: ["Deletes backups and copies that `backup.keep` of belay.yml no longer keeps, and what unfinished backups left. Every run does the same at its end. It never deletes a target, nor the last backup that was proven."],
		options: [],
		laterOptions: [],
		exits: [
			[0, "pruned; says what was deleted"],
			DEFECT,
			USAGE,
			[3, "refused: a run is under way or unfinished"],
			INTERRUPTED
		],
		examples: [{
			command: "belay prune prod",
			does: "what keep no longer keeps"
		}, {
			command: "belay prune prod --target app",
			does: "of one target"
		}]
	}
];
const COMMAND_SPECS = [...AVAILABLE, ...COMMANDS.filter((name) => !AVAILABLE.some((spec) => spec.name === name)).map((name) => ({
	name,
	available: false
}))];
function commandSpec(name) {
	return COMMAND_SPECS.find((spec) => spec.name === name);
}
function availableCommands() {
	return AVAILABLE;
}
const LATER_OPTIONS = new Set(AVAILABLE.flatMap(({ laterOptions }) => laterOptions));
// src/command/completion-bash.ts
function bashCompletion() {
	const commands = availableCommands();
	const values = [...OPTIONS.values()].filter(({ value }) => value !== null);
	const listed = values.flatMap(({ name, completes }) => typeof completes === "object" ? [{
		name,
		completes
	}] : []);
	const files = values.filter(({ completes }) => completes === "files").map(({ name }) => `--${name}`);
	const words = (names) => names.map((name) => `--${name}`).join(" ");
	return `# Belay's completion for bash: source <(belay completion bash)
_belay() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  local at command='' environment='' config=() options
  # What stands before the cursor: the command, the environment, --config.
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
      --config) config=(--config "\${COMP_WORDS[++at]}") ;;
      ${values.filter(({ name }) => name !== "config").map(({ name }) => `--${name}`).join(" | ")}) ((at++)) ;;
      -*) ;;
      *) if [[ -z $command ]]; then command=\${COMP_WORDS[at]}; else environment=\${COMP_WORDS[at]}; fi ;;
    esac
  done
  COMPREPLY=()
  case $before in
    ${files.join(" | ")}) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
${listed.map(({ name, completes }) => `    --${name}) mapfile -t COMPREPLY < <(compgen -W '${completes.join(" ")}' -- "$current"); return ;;\n`).join("")}    ${values.filter(({ completes }) => completes === void 0).map(({ name }) => `--${name}`).join(" | ")}) return ;;
  esac
  options='${words(COMMON_OPTIONS)}'
  case $command in
${commands.filter(({ options }) => options.length > 0).map(({ name, options }) => `    ${name}) options+=' ${words(options)}' ;;\n`).join("")}  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  elif [[ -z $command ]]; then
    mapfile -t COMPREPLY < <(compgen -W '${[...commands.map(({ name }) => name), "completion"].join(" ")}' -- "$current")
  elif [[ $command == completion ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$current")
  elif [[ -z $environment ]]; then
    # Not by compgen -W, which would expand what stands in a name.
    while IFS= read -r at; do
      [[ $at == "$current"* ]] && COMPREPLY+=("$(printf %q "$at")")
    done < <("$1" completion environments "\${config[@]}" 2>/dev/null)
  fi
}
complete -F _belay belay
`;
}
// src/command/completion-fish.ts
function fishCompletion() {
	const commands = availableCommands();
	const seen = (names) => `-n '__fish_seen_subcommand_from ${names.join(" ")}'`;
	return [
		"# Belay's completion for fish: belay completion fish > ~/.config/fish/completions/belay.fish",
		"complete -c belay -f",
		...commands.map(({ name, summary }) => `complete -c belay -n __fish_use_subcommand -a ${name} -d ${quoted$1(summary)}`),
		"complete -c belay -n __fish_use_subcommand -a completion -d 'completion for a shell'",
		`complete -c belay ${seen(["completion"])} -a 'bash zsh fish'`,
		`complete -c belay ${seen(commands.map(({ name }) => name))} -a '(belay completion environments 2>/dev/null)' -d environment`,
		...COMMON_OPTIONS.map((option) => optionLine("", option, void 0)),
		...commands.flatMap(({ name, options, meanings }) => options.map((option) => optionLine(`${seen([name])} `, option, meanings?.[option]))),
		""
	].join("\n");
}
function optionLine(condition, option, meaning) {
	const { value, completes, summary, short } = optionSpec(option);
	const offered = completes === void 0 ? "" : completes === "files" ? " -F" : ` -a '${completes.join(" ")}'`;
	return `complete -c belay ${condition}-l ${option}${short === void 0 ? "" : ` -s ${short}`}${value === null ? "" : ` -x${offered}`.replace("-x -F", "-r -F")} -d ${quoted$1(meaning ?? summary)}`;
}
function quoted$1(text) {
	return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
// src/command/completion-zsh.ts
function zshCompletion() {
	const commands = availableCommands();
	return `#compdef belay
# Belay's completion for zsh: belay completion zsh > "\${fpath[1]}/_belay"
_belay_environments() {
  local -a names
  names=(\${(f)"$(belay completion environments 2>/dev/null)"})
  _describe environment names
}
_belay() {
  local curcontext=$curcontext state
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join("\n")}
    'completion:completion for a shell'
  )
  _arguments -C '1: :->command' '*:: :->rest' && return
  case $state in
    command) _describe command commands ;;
    rest)
      case $words[1] in
${commands.map((command) => `        ${command.name}) _arguments ${argumentsOf(command).join(" ")} ;;`).join("\n")}
        completion) _arguments '1:shell:(bash zsh fish)' ;;
      esac ;;
  esac
}
if [ "$funcstack[1]" = _belay ]; then _belay "$@"; else compdef _belay belay; fi
`;
}
function argumentsOf({ options, meanings = {} }) {
	return [...[...options, ...COMMON_OPTIONS].map((option) => argumentOf(option, meanings[option])), "'*:environment:_belay_environments'"];
}
function argumentOf(option, meaning) {
	const { value, completes, repeatable, summary } = optionSpec(option);
	const words = (meaning ?? summary).replaceAll(/[[\]:\\]/gu, String.raw`\$&`);
	if (value === null) return quoted(`--${option}[${words}]`);
	const offered = completes === void 0 ? " " : completes === "files" ? "_files" : `(${completes.join(" ")})`;
	return quoted(`${repeatable ? "*" : ""}--${option}=[${words}]:${value.replaceAll("\"", "")}:${offered}`);
}
function quoted(text) {
	return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
// src/command/completion.ts
const SHELLS = [
	"bash",
	"zsh",
	"fish"
];
const COMPLETION = {
	name: "completion",
	summary: "Completion for your shell",
	usage: SHELLS.join(" | "),
	shells: SHELLS,
	about: ["Prints a script that completes commands, options and the environments of belay.yml. It asks Belay for the environments, so it never gets old; after an update of Belay, source it anew for new commands.", "The scripts call `belay completion environments`, which prints the names in belay.yml, one a line."],
	options: ["config"],
	commonOptions: false,
	meanings: { config: "with `environments`: of this file; default belay.yml" },
	exits: [
		[0, "printed"],
		DEFECT,
		USAGE
	],
	examples: [
		{
			command: "source <(belay completion bash)",
			does: "in ~/.bashrc"
		},
		{
			command: "belay completion zsh > \"${fpath[1]}/_belay\"",
			does: "once, for zsh"
		},
		{
			command: "belay completion fish > ~/.config/fish/completions/belay.fish",
			does: "once, for fish"
		}
	]
};
const SCRIPTS = {
	bash: bashCompletion,
	zsh: zshCompletion,
	fish: fishCompletion
};
function completionScript(shell) {
	return SCRIPTS[shell]();
}
function completionAsked(given) {
	const [wanted, ...rest] = given;
	const hint = `one of ${SHELLS.map((shell) => `\`belay completion ${shell}\``).join(", ")}`;
	if (wanted === void 0) throw usageError("shell-missing", "completion for which shell?", { hint });
	const found = [...SHELLS, "environments"].find((known) => known === wanted);
	if (found === void 0) {
		const meant = nearest(wanted, SHELLS);
		throw usageError("shell-unknown", `there is no completion for "${wanted}"`, { hint: meant === null ? hint : `did you mean \`belay completion ${meant}\`?` });
	}
	if (rest.length > 0) throw usageError("too-many-arguments", `completion takes one shell, and got ${given.join(", ")}`, { hint });
	return found;
}
// src/command/help.ts
const WIDTH = 80;
const SECOND_COLUMN = 39;
function generalHelp(version) {
	const later = COMMAND_SPECS.filter(({ available }) => !available).map(({ name }) => name);
	return text([
		`Belay ${version}: database migrations with a rope.`,
		"",
		"Usage: belay <command> [environment] [options]",
		"       The environment may be left out where belay.yml has only one.",
		"",
		"A first look, then the run:",
		"  belay plan prod",
		"  belay migrate prod",
		"",
		`${COMPLETION.summary}: belay completion ${COMPLETION.shells.join(" | ")}`,
		"For a screen reader: BELAY_PLAIN=1 gives words for symbols, each line once",
		"",
		"Options of all commands:",
		...optionLines(COMMON_OPTIONS),
		"",
		"Exit status:",
		...hanging("  ", "0 well, 1 defect, 2 usage, 3 refused, 4 undone, 5 needs attention, 6 checks failed, 130 interrupted"),
		"",
		...later.length === 0 ? [] : [...hanging("Not in this version: ", later.join(", ")), ""],
		"Commands; `belay <command> --help` says all about one:",
		...commandGrid(availableCommands())
	]);
}
function commandHelp(spec) {
	return text([
		`belay ${spec.name}: ${spec.summary}`,
		"",
		`Usage: belay ${spec.name} ${spec.usage ?? "[environment] [options]"}`,
		"",
		...spec.about.flatMap((paragraph) => [...hanging("", paragraph), ""]),
		...spec.options.length === 0 ? [] : [
			"Options:",
			...optionLines(spec.options, spec.meanings),
			""
		],
		...spec.commonOptions === false ? [] : [
			"Options of all commands:",
			...optionLines(COMMON_OPTIONS, spec.meanings),
			""
		],
		"Exit status:",
		...[...spec.exits].sort(([a], [b]) => a - b).flatMap(([status, meaning]) => hanging(`  ${String(status).padEnd(5)}`, meaning)),
		"",
		"Examples:",
		...spec.examples.flatMap(({ command, does }) => [`  ${command}`, `      ${does}`])
	]);
}
function optionLines(names, meanings = {}) {
	const written = names.map((name) => {
		const spec = optionSpec(name);
		return {
			left: `  ${spec.short === void 0 ? "" : `-${spec.short}, `}--${name}${spec.value === null ? "" : ` ${spec.value}`}`,
			summary: meanings[name] ?? spec.summary
		};
	});
	const column = Math.max(...written.map(({ left }) => left.length)) + 2;
	return written.flatMap(({ left, summary }) => hanging(left.padEnd(column), summary));
}
function commandGrid(commands) {
	const entry = ({ name, summary }, width) => `${name.padEnd(width)}${summary}`;
	const lines = [];
	for (let at = 0; at < commands.length; at += 2) {
		const [left, right] = commands.slice(at, at + 2);
		if (left === void 0) break;
		lines.push(right === void 0 ? entry(left, 10) : entry(left, 10).padEnd(SECOND_COLUMN) + entry(right, 9));
	}
	return lines;
}
function hanging(head, words) {
	const lines = [];
	let line = "";
	for (const word of words.split(" ")) if (line !== "" && head.length + line.length + 1 + word.length > WIDTH) {
		lines.push(line);
		line = word;
	} else line = line === "" ? word : `${line} ${word}`;
	return [...lines, line].map((body, at) => (at === 0 ? head : " ".repeat(head.length)) + body);
}
function text(lines) {
	return `${lines.join("\n")}\n`;
}
// src/command/tokens.ts
function readTokens(argv) {
	const options = [];
	const positionals = [];
	const problems = [];
	for (let at = 0; at < argv.length; at++) {
		const token = argv[at] ?? "";
		if (token === "--") {
			positionals.push(...argv.slice(at + 1));
			break;
		}
		if (!token.startsWith("-") || token === "-") {
			positionals.push(token);
			continue;
		}
		const { name, attached } = split(token);
		const spec = find(name);
		if (spec === void 0) {
			problems.push(unknownOption(name));
			continue;
		}
		const following = spec.value !== null && attached === null ? follower(argv[at + 1]) : null;
		if (following !== null) at++;
		const problem = problemOf(spec, attached, following, options);
		if (problem === null) options.push({
			spec,
			value: attached ?? following ?? ""
		});
		else problems.push(problem);
	}
	return {
		options,
		positionals,
		problem: problems[0] ?? null
	};
}
function split(token) {
	const equals = token.startsWith("--") ? token.indexOf("=") : -1;
	return equals < 0 ? {
		name: token,
		attached: null
	} : {
		name: token.slice(0, equals),
		attached: token.slice(equals + 1)
	};
}
function follower(next) {
	return next === void 0 || next.startsWith("-") && next !== "-" ? null : next;
}
function find(name) {
	if (name.startsWith("--")) return OPTIONS.get(name.slice(2));
	return [...OPTIONS.values()].find((spec) => spec.short !== void 0 && `-${spec.short}` === name);
}
function problemOf(spec, attached, following, earlier) {
	if (!spec.repeatable && earlier.some((given) => given.spec === spec)) return usageError("option-repeated", `--${spec.name} is given twice`, { hint: "give it once" });
	if (spec.value === null) return attached === null ? null : usageError("option-takes-no-value", `--${spec.name} takes no value`, { hint: `write --${spec.name} alone` });
	const value = attached ?? following;
	if (value === null || value.trim() === "") return usageError("option-needs-value", `--${spec.name} needs a value`, { hint: `for example ${spec.example}` });
	if (spec.shape !== void 0 && !spec.shape.pattern.test(value)) return usageError("option-value-invalid", `--${spec.name} cannot be "${value}"`, { hint: `it is ${spec.shape.words}` });
	return null;
}
function unknownOption(given) {
	const name = given.replace(/^-+/, "");
	if (LATER_OPTIONS.has(name)) return usageError("not-in-this-version", `--${name} is not in this version of Belay`, { hint: "`belay --help` lists what is" });
	const meant = nearest(name, [...OPTIONS.keys()]);
	return usageError("unknown-option", `there is no option ${given}`, { hint: meant === null ? "`belay --help` lists the options" : `did you mean --${meant}?` });
}
// src/command/parse.ts
function parse(argv) {
	const tokens = readTokens(argv);
	const has = (name) => tokens.options.some(({ spec }) => spec.name === name);
	const presentation = {
		json: has("json"),
		quiet: has("quiet"),
		color: !has("no-color")
	};
	const command = tokens.positionals[0] ?? null;
	try {
		if (has("help")) return {
			kind: "help",
			command: command === null ? null : helpTopic(command)
		};
		if (has("version")) return { kind: "version" };
		if (command === COMPLETION.name) return completion(tokens);
		return {
			kind: "run",
			invocation: invocationOf(tokens),
			presentation
		};
	} catch (thrown) {
		if (!(thrown instanceof BelayError)) throw thrown;
		return {
			kind: "usage-error",
			error: thrown,
			command,
			presentation
		};
	}
}
function invocationOf({ options, positionals, problem }) {
	if (problem !== null) throw problem;
	const [name] = positionals;
	if (name === void 0) throw usageError("command-missing", "no command is given", { hint: "for example `belay status`; `belay --help` lists the commands" });
	const command = commandOf(name);
	for (const { spec } of options) assertTaken(command, spec.name);
	assertOne(command, options);
	const { argument, environment } = positions(command, positionals.slice(1));
	return {
		command: command.name,
		environment,
		config: valueOf(options, "config") ?? null,
		targets: options.filter(({ spec }) => spec.name === "target").map(({ value }) => value),
		options: {
			...commandOptions(options),
			...argument === null ? {} : { argument }
		}
	};
}
function completion({ positionals, options, problem }) {
	if (problem !== null) throw problem;
	const foreign = options.find(({ spec }) => spec.name !== "config");
	if (foreign !== void 0) throw usageError("option-not-taken", `belay completion does not take --${foreign.spec.name}`, { hint: "`belay completion --help` says what it takes" });
	const asked = completionAsked(positionals.slice(1));
	return asked === "environments" ? {
		kind: "environment-names",
		config: valueOf(options, "config") ?? null
	} : {
		kind: "completion",
		shell: asked
	};
}
function helpTopic(name) {
	return name === COMPLETION.name ? name : commandOf(name).name;
}
function positions({ name, argument }, given) {
	const isArgument = (word) => argument?.pattern.test(word) === true;
	const found = given.find(isArgument) ?? (argument === void 0 ? null : given[0] ?? null);
	const [environment = null, ...rest] = given.filter((word) => word !== found);
	if (environment === "") throw usageError("environment-empty", "the environment is empty", { hint: `leave it out, or name one: \`belay ${name} prod\`` });
	if (rest.length > 0) {
		const takes = argument === void 0 ? "one environment" : `${argument.value} and one environment`;
		throw usageError("too-many-arguments", `belay ${name} takes ${takes}, and got ${given.join(", ")}`, { hint: `one at a time: \`belay ${[
			name,
			...found === null ? [] : [found],
			environment
		].join(" ")}\`; a text with spaces goes in quotes` });
	}
	return {
		argument: found,
		environment
	};
}
function assertOne({ name, exclusive = [] }, options) {
	const [first, second] = options.filter(({ spec }) => exclusive.includes(spec.name));
	if (first === void 0 || second === void 0) return;
	throw usageError("options-exclude", `--${first.spec.name} and --${second.spec.name} name two places to go back to`, { hint: `give one of them; \`belay ${name} --help\` says what each does` });
}
function commandOf(name) {
	const spec = commandSpec(name);
	if (spec?.available === true) return spec;
	if (spec !== void 0) throw usageError("not-in-this-version", `belay ${name} is not in this version of Belay`, { hint: "`belay --help` lists the commands that are" });
	const meant = nearest(name, [...COMMAND_SPECS.map((known) => known.name), COMPLETION.name]);
	throw usageError("unknown-command", `there is no command "${name}"`, { hint: meant === null ? "`belay --help` lists the commands" : `did you mean \`belay ${meant}\`?` });
}
function assertTaken(command, option) {
	if (COMMON_OPTIONS.includes(option) || command.options.includes(option)) return;
	if (command.laterOptions.includes(option)) throw usageError("not-in-this-version", `belay ${command.name} --${option} is not in this version of Belay`, { hint: `\`belay ${command.name} --help\` lists what is` });
	const owners = availableCommands().filter(({ options }) => options.includes(option)).map(({ name }) => name);
	throw usageError("option-not-taken", `belay ${command.name} does not take --${option}`, { hint: `it belongs to ${listed(owners)}; \`belay ${command.name} --help\` lists what it takes` });
}
function listed(names) {
	return [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((part) => part !== "").join(" and ");
}
function commandOptions(options) {
	const texts = {
		to: valueOf(options, "to"),
		run: valueOf(options, "run"),
		backup: valueOf(options, "backup"),
		digest: valueOf(options, "digest"),
		again: valueOf(options, "again"),
		withoutApproval: valueOf(options, "without-approval"),
		tool: valueOf(options, "tool"),
		strategy: valueOf(options, "strategy"),
		hook: valueOf(options, "hook"),
		into: valueOf(options, "into")
	};
	const has = (name) => options.some(({ spec }) => spec.name === name);
	return {
		...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== void 0)),
		...has("no-verify") ? { verify: false } : {},
		...has("accept-loss") ? { acceptLoss: true } : {},
		...has("replace") ? { replace: true } : {}
	};
}
function valueOf(options, name) {
	return options.find(({ spec }) => spec.name === name)?.value;
}
// src/report/json.ts
function resultJson(result) {
	return oneLine(result);
}
function usageJson(belay, command, error) {
	const facts = Object.keys(error.facts).length === 0 ? {} : { facts: error.facts };
	return oneLine({
		belay,
		run: null,
		command,
		environment: null,
		outcome: null,
		digest: null,
		reasons: [{
			...reasonOf(error),
			...facts
		}],
		targets: []
	});
}
function oneLine(value) {
	return `${JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, codeUnits)}\n`;
}
function codeUnits(character) {
	return Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
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
	const compared = result.targets.every(({ rollback }) => rollback === null || rollback.matches === true);
	return `${noun} ${is} ${compared ? "exactly " : ""}as ${is === "are" ? "they were" : "it was"}${when}${compared ? "" : ", which could not be compared"}`;
}
function refused(result) {
	if (applicationEnd(result) === "untouched") return "Nothing was changed.";
	const [noun, is] = databases(result);
	return sentence(`${noun} ${is} as ${is === "are" ? "they were" : "it was"}`, app(result, "the application is running again"));
}
function inDoubt(result) {
	const rollbacks = result.targets.map(({ rollback }) => rollback);
	if (rollbacks.length > 0 && rollbacks.every((rollback) => rollback?.matches === true)) return putBack(result);
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
	return outcome === "needs-attention" && command !== "rollback" && targets.length > 0 && targets.every(({ rollback }) => rollback?.matches === true);
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
function whatIsKept({ command }, { strategy }) {
	if (strategy === "downgrade") return "a backup from before this rollback, in";
	return command === "rollback" ? "the database as it was before this rollback, as" : "the failed database, as";
}
function describeRollback({ rollback }) {
	if (rollback === null) return "";
	if (rollback.strategy === "hook" || rollback.strategy === "downgrade") return `${rollback.strategy}: ${safeLine(rollback.why)}`;
	if (rollback.strategy === "transaction" ? rollback.matches === true : rollback.matches === null && rollback.kept.length === 0) return "";
	const compared = rollback.matches === null ? "; it could not be compared with the state before" : rollback.matches ? "" : "; it does not equal the state before";
	return `${rollback.strategy}${rollback.way === void 0 ? "" : ` (${rollback.way})`}: ${safeLine(rollback.why)}${compared}`;
}
function describeBackup({ id, sizeBytes, proof, location }) {
	return `${safeLine(id)}, ${size(sizeBytes)}, ${describeProof(proof)}, in ${safeLine(location)}`;
}
function describeProof(proof) {
	return proof === "restored" ? "restored and compared" : "read, its rows counted";
}
function next$2(result) {
	const hints = [...new Set(result.reasons.flatMap(({ hint }) => hint === void 0 ? [] : [hint]))];
	const hinted = hints.length > 0 && !endedWell(result.outcome);
	return fact(result.outcome === "needs-attention" ? "By hand" : "Next", hinted ? [...hints, ...afterAttention(result, hints)] : defaultNext(result));
}
function afterAttention(result, hints) {
	const told = hints.some((hint) => hint.includes("belay "));
	return result.outcome === "needs-attention" && !told ? [`then ${commandFor(result, "status")} shows where it stands and what is next`] : [];
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
	if (lagging.length === 0) return hints.length === 0 ? [commandLine$1("status", result.environment)] : [...new Set(hints)];
	const only = lagging.length < result.targets.length ? lagging.slice(0, TARGETS).flatMap(({ name }) => ["--target", quoted$2(name)]) : [];
	return [...new Set(hints), commandLine$1("migrate", result.environment, ...only)];
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
	return ["", ...fields(style, "Needs:", asked.map(({ met, text }) => `${spell(style, met ? "✔" : "✖")} ${safeLine(text)}`))];
}
function next$1(result, pending, style) {
	if (result.reasons.length > 0 || pending === 0) return [];
	return field(style, "Next:", `${commandFor(result, "migrate", ...result.digest === null ? [] : ["--digest", safeLine(result.digest)])} runs exactly this plan, or refuses.`);
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
// src/report/usage.ts
function usageReport(error, style) {
	const [first = "", ...more] = safeLines(error.message);
	return `${[
		`${mark(style, "failed")} ${spell(style, first)}`,
		...more.map((line) => `  ${spell(style, line)}`),
		...field(style, "  Next:", error.hint ?? "")
	].join("\n")}\n`;
}
// src/command-line.ts
async function commandLine(argv, around) {
	const parsed = parse(argv);
	switch (parsed.kind) {
		case "help":
			around.stdout.write(helpOf(parsed.command));
			return 0;
		case "version":
			around.stdout.write(`belay ${VERSION}\n`);
			return 0;
		case "completion":
			around.stdout.write(completionScript(parsed.shell));
			return 0;
		case "environment-names":
			around.stdout.write((await around.environmentNames(parsed.config)).filter(isOneLine).map((name) => `${name}\n`).join(""));
			return 0;
		case "usage-error": return showUsageError(around, parsed.error, parsed.command, parsed.presentation);
		case "run": return await run(around, parsed);
	}
}
function isOneLine(name) {
	return name !== "" && safeLine(name) === name;
}
function helpOf(command) {
	if (command === COMPLETION.name) return commandHelp(COMPLETION);
	const spec = command === null ? void 0 : commandSpec(command);
	return spec?.available === true ? commandHelp(spec) : generalHelp(VERSION);
}
async function run(around, { invocation, presentation }) {
	const { stderr, cwd, variables, now, random, every, onInterrupt, loadPerform } = around;
	const out = presentation.json ? stderr : around.stdout;
	const watching = {
		nowMs: around.elapsedMs,
		columns: out.columns
	};
	const carried = await carryOut({
		invocation,
		world: {
			cwd: cwd(),
			variables,
			now,
			random,
			onGitHub: variables["GITHUB_ACTIONS"] === "true",
			github: null,
			hide: () => void 0
		},
		view: presentation.quiet ? null : stepView(styleOf(around, out, presentation), watching),
		show: (text) => out.write(text),
		complain: (text) => stderr.write(text),
		every,
		onInterrupt,
		loadPerform
	});
	return carried.kind === "result" ? showResult(around, carried.result, presentation) : showUsageError(around, carried.error, invocation.command, presentation);
}
function showResult(around, result, presentation) {
	const { stdout } = around;
	stdout.write(presentation.json ? resultJson(result) : terminalReport(result, styleOf(around, stdout, presentation), presentation.quiet));
	return exitStatus(result.outcome);
}
function showUsageError(around, error, command, presentation) {
	if (presentation.json) around.stdout.write(usageJson(VERSION, command, error));
	else around.stderr.write(usageReport(error, styleOf(around, around.stderr, presentation)));
	return 2;
}
function styleOf(around, stream, presentation) {
	return styleFor(presentation.color, around.variables, {
		isTerminal: stream.isTerminal(),
		columns: stream.columns()
	});
}
// src/process/signals.ts
const SIGNALS = [
	"SIGINT",
	"SIGTERM",
	"SIGHUP"
];
function onInterrupt(told) {
	const controller = new AbortController();
	const listener = (signal) => {
		told({
			signal,
			repeated: controller.signal.aborted
		});
		controller.abort(failure("interrupted", `interrupted by ${signal}`, { facts: { signal } }));
	};
	for (const signal of SIGNALS) process.on(signal, listener);
	return {
		signal: controller.signal,
		[Symbol.dispose]() {
			for (const signal of SIGNALS) process.off(signal, listener);
		}
	};
}
// src/cli.ts
const OLDEST_NODE = 24;
if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
	process.stderr.write(`Belay needs Node ${OLDEST_NODE} or newer, and this is Node ${process.versions.node}.\n`);
	process.exitCode = 2;
} else process.exitCode = await commandLine(process.argv.slice(2), {
	stdout: textStream(() => process.stdout),
	stderr: textStream(() => process.stderr),
	variables: process.env,
	cwd: () => process.cwd(),
	now: () => new Date(),
	random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
	elapsedMs: () => performance.now(),
	every(ms, work) {
		const timer = setInterval(work, ms).unref();
		return { [Symbol.dispose]: () => clearInterval(timer) };
	},
	onInterrupt,
	environmentNames: async (file) => (await import("./environment-names.js")).environmentNames(file, process.cwd()),
	loadPerform: async () => (await import("./wire.js")).perform
});
function textStream(open) {
	let opened;
	let broken = false;
	const stream = () => {
		opened ??= open().on("error", (error) => {
			if (!broken && error.code !== "EPIPE" && opened !== process.stderr) process.stderr.write(`belay: the output cannot be written: ${error.message}\n`);
			broken = true;
		});
		return opened;
	};
	return {
		isTerminal: () => stream().isTTY === true,
		columns: () => stream().columns,
		write(text) {
			if (!broken && text !== "") stream().write(text);
		}
	};
}
export {};
