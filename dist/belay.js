#!/usr/bin/env node
import { i as reasonOf, n as failure, o as usageError, t as BelayError } from "./error.js";
import { t as nearest } from "./nearest.js";
import { t as exitStatus } from "./outcome.js";
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
const LIST = [
	withValue("config", "FILE", "the configuration; default belay.yml, then .github/belay.yml", "--config deploy/belay.yml"),
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
	withValue("run", "ID", "take back this run, not the last one that applied something", "--run 01JD0000000000000000000000"),
	withValue("backup", "ID", "put back this backup", "--backup 20261121T001400Z-7f3a"),
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
// src/command/registry.ts
const USAGE = [2, "command line or belay.yml wrong; nothing was done"];
const DEFECT = [1, "a defect of Belay, before anything was changed"];
const INTERRUPTED = [130, "interrupted before anything was changed"];
const AVAILABLE = [
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
		options: [],
		laterOptions: ["to"],
		exits: [
			[0, "planned, whether or not anything is pending"],
			DEFECT,
			USAGE,
			[3, "the run would be refused; says why"],
			INTERRUPTED
		],
		examples: [{
			command: "belay plan prod",
			does: "read it before it runs"
		}, {
			command: "belay plan prod --json | jq -r .digest",
			does: "the digest alone"
		}]
	},
	{
		name: "migrate",
		available: true,
		summary: "the guarded run",
		about: ["Stops the application, backs the database up and proves the backup, migrates, verifies, starts the application and looks at its health. When anything is wrong, the database is put back exactly as it was, and the previous version runs again.", "With nothing pending it does nothing: no stop, no backup."],
		options: [
			"digest",
			"again",
			"without-approval"
		],
		laterOptions: [
			"to",
			"backup",
			"no-verify"
		],
		exits: [
			[0, "migrated, or nothing was pending"],
			DEFECT,
			USAGE,
			[3, "refused: nothing was changed, or the application runs again as before"],
			[4, "failed and undone: the database is as it was, proven"],
			[5, "needs attention: says what is known and what to do by hand"],
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
		about: ["Takes the data back to before the last run that applied something, and keeps the present database aside. It deploys no older code.", "Writes since that run are counted per table; where there are any, it refuses without --accept-loss. Afterwards the database is compared with the before-state."],
		options: [
			"run",
			"backup",
			"accept-loss",
			"without-approval"
		],
		laterOptions: [
			"to",
			"strategy",
			"hook"
		],
		exits: [
			[0, "rolled back"],
			DEFECT,
			USAGE,
			[3, "refused: later writes, locked, no backup; nothing was changed"],
			[4, "failed and undone: the database is as it was before the rollback"],
			[5, "needs attention: says what is known and what to do by hand"],
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
			}
		]
	},
	{
		name: "recover",
		available: true,
		summary: "finish what a crash left",
		about: ["Finishes a run that was killed: before the migration was verified, the database goes back to its old state; after it, the run is brought to its end. What the dead run started is ended first. Where nothing is left to do, it does nothing."],
		options: [],
		laterOptions: [],
		exits: [
			[0, "the run was brought to its end, or there was nothing to recover"],
			DEFECT,
			USAGE,
			[3, "refused: the run is still alive, or a target cannot be used"],
			[4, "undone: the database is as it was before the run"],
			[5, "needs attention: says what is known and what to do by hand"],
			INTERRUPTED
		],
		examples: [{
			command: "belay recover prod",
			does: "after a crash, a kill, a power loss"
		}, {
			command: "belay recover prod --json",
			does: "the same, for a script"
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
// src/command/help.ts
const WIDTH = 80;
const SECOND_COLUMN = 44;
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
		"Options of all commands:",
		...optionLines(COMMON_OPTIONS),
		"",
		"Exit status:",
		...hanging$1("  ", "0 well, 1 defect, 2 usage, 3 refused, 4 undone, 5 needs attention, 6 checks failed, 130 interrupted"),
		"",
		...later.length === 0 ? [] : [...hanging$1("Not in this version: ", later.join(", ")), ""],
		"Commands; `belay <command> --help` says all about one:",
		...commandGrid(availableCommands())
	]);
}
function commandHelp(spec) {
	return text([
		`belay ${spec.name}: ${spec.summary}`,
		"",
		`Usage: belay ${spec.name} [environment] [options]`,
		"",
		...spec.about.flatMap((paragraph) => [...hanging$1("", paragraph), ""]),
		...spec.options.length === 0 ? [] : [
			"Options:",
			...optionLines(spec.options),
			""
		],
		"Options of all commands:",
		...optionLines(COMMON_OPTIONS),
		"",
		"Exit status:",
		...[...spec.exits].sort(([a], [b]) => a - b).flatMap(([status, meaning]) => hanging$1(`  ${String(status).padEnd(5)}`, meaning)),
		"",
		"Examples:",
		...spec.examples.flatMap(({ command, does }) => [`  ${command}`, `      ${does}`])
	]);
}
function optionLines(names) {
	const written = names.map((name) => {
		const spec = optionSpec(name);
		return {
			left: `  ${spec.short === void 0 ? "" : `-${spec.short}, `}--${name}${spec.value === null ? "" : ` ${spec.value}`}`,
			summary: spec.summary
		};
	});
	const column = Math.max(...written.map(({ left }) => left.length)) + 2;
	return written.flatMap(({ left, summary }) => hanging$1(left.padEnd(column), summary));
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
function hanging$1(head, words) {
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
			command: command === null ? null : commandOf(command).name
		};
		if (has("version")) return { kind: "version" };
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
	const [name, environment, ...rest] = positionals;
	if (name === void 0) throw usageError("command-missing", "no command is given", { hint: "for example `belay status`; `belay --help` lists the commands" });
	const command = commandOf(name);
	for (const { spec } of options) assertTaken(command, spec.name);
	if (environment === "") throw usageError("environment-empty", "the environment is empty", { hint: `leave it out, or name one: \`belay ${name} prod\`` });
	if (rest.length > 0) throw usageError("too-many-arguments", `belay ${name} takes one environment, and got ${positionals.slice(1).join(", ")}`, { hint: `one at a time: \`belay ${name} ${environment}\`; a text with spaces goes in quotes` });
	return {
		command: command.name,
		environment: environment ?? null,
		config: valueOf(options, "config") ?? null,
		targets: options.filter(({ spec }) => spec.name === "target").map(({ value }) => value),
		options: commandOptions(options)
	};
}
function commandOf(name) {
	const spec = commandSpec(name);
	if (spec?.available === true) return spec;
	if (spec !== void 0) throw usageError("not-in-this-version", `belay ${name} is not in this version of Belay`, { hint: "`belay --help` lists the commands that are" });
	const meant = nearest(name, COMMAND_SPECS.map((known) => known.name));
	throw usageError("unknown-command", `there is no command "${name}"`, { hint: meant === null ? "`belay --help` lists the commands" : `did you mean \`belay ${meant}\`?` });
}
function assertTaken(command, option) {
	if (COMMON_OPTIONS.includes(option) || command.options.includes(option)) return;
	if (command.laterOptions.includes(option)) throw usageError("not-in-this-version", `belay ${command.name} --${option} is not in this version of Belay`, { hint: `\`belay ${command.name} --help\` lists what is` });
	const owners = availableCommands().filter(({ options }) => options.includes(option)).map(({ name }) => name);
	throw usageError("option-not-taken", `belay ${command.name} does not take --${option}`, { hint: `it belongs to ${owners.join(" and ")}; \`belay ${command.name} --help\` lists what it takes` });
}
function commandOptions(options) {
	const texts = {
		run: valueOf(options, "run"),
		backup: valueOf(options, "backup"),
		digest: valueOf(options, "digest"),
		again: valueOf(options, "again"),
		withoutApproval: valueOf(options, "without-approval")
	};
	const given = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== void 0));
	return options.some(({ spec }) => spec.name === "accept-loss") ? {
		...given,
		acceptLoss: true
	} : given;
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
// src/report/safe-text.ts
const ANSI = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-OQ-WYZ\\`-~]/gu;
const UNSEEN = /[\p{Cc}\p{Cs}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
function safeLine(text, limit = Number.POSITIVE_INFINITY) {
	return cut(text.replace(ANSI, "").replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/gu, " ").replace(UNSEEN, written).trim(), limit);
}
function safeLines(text) {
	return text.replace(ANSI, "").replace(/\r\n?/gu, "\n").replace(/\t/gu, "  ").split("\n").map((line) => line.replace(UNSEEN, written).trimEnd());
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
function styleFor(wanted, variables, stream) {
	const dumb = variables["TERM"] === "dumb";
	const terminal = stream.isTerminal && !dumb;
	return {
		color: wanted && wantsColor(variables, terminal),
		unicode: !dumb && speaksUtf8(variables),
		width: stream.isTerminal && stream.columns !== void 0 ? Math.min(Math.max(stream.columns, 40), LOG_WIDTH) : LOG_WIDTH,
		live: terminal && !inCi(variables)
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
	return locale === "" ? inCi(variables) : /utf-?8/i.test(locale);
}
function inCi(variables) {
	const ci = variables["CI"];
	return ci !== void 0 && ci !== "" && ci !== "false";
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
function commandLine$1(command, environment, ...options) {
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
	return `\`${commandLine$1(command, result.environment, ...options)}\``;
}
// src/report/words.ts
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
// src/report/steps.ts
const LINE = 72;
const NAME = 10;
const DETAIL_LIMIT = 400;
const SILENT = [
	"preflight",
	"checks-before",
	"clone",
	"settle"
];
const LABELS = { "checks-before": "checks" };
function stepView(style) {
	const { finish, print, redraw } = liveArea(style);
	const output = new Map();
	let targets = [];
	let heading = "";
	function headingFor(target) {
		if (targets.length < 2 || !targets.includes(target) || target === heading) return [];
		heading = target;
		return [`  ${paint(style, "bold", `${safeLine(target, 60)}:`)}`];
	}
	function show(event) {
		switch (event.type) {
			case "run-began":
				targets = event.targets ?? [];
				return "";
			case "step-began":
				output.delete(event.step);
				return redraw(runningLine(style, event.step, event.detail ?? ""));
			case "step-progress": return redraw(runningLine(style, event.step, describeProgress(event)));
			case "output":
				output.set(event.step, lastLines((output.get(event.step) ?? "") + event.text));
				return "";
			case "notice": return print(stepLines(style, "warned", "note", event.message, ""));
			case "step-ended": {
				const said = output.get(event.step) ?? "";
				output.delete(event.step);
				if (SILENT.includes(event.step) && event.detail === void 0 && event.outcome !== "failed") return print([]);
				const lines = stepLines(style, event.outcome, LABELS[event.step] ?? event.step, event.detail ?? "", duration(event.durationMs));
				return print([
					...headingFor(event.target),
					...lines,
					...event.outcome === "failed" ? outputLines(style, said) : []
				]);
			}
		}
	}
	return {
		show,
		finish
	};
}
const ERASE_LINE = "\r\x1B[2K";
function liveArea(style) {
	let running = "";
	let printed = false;
	const clear = () => {
		const erased = running === "" ? "" : ERASE_LINE;
		running = "";
		return erased;
	};
	return {
		print(lines) {
			printed ||= lines.length > 0;
			return clear() + lines.map((line) => `${line}\n`).join("");
		},
		redraw(line) {
			if (!style.live || line === running) return "";
			running = line;
			return ERASE_LINE + line;
		},
		finish: () => clear() + (printed ? "\n" : "")
	};
}
function runningLine(style, step, detail) {
	const head = `${paint(style, "cyan", spell(style, "…"))} ${(LABELS[step] ?? step).padEnd(NAME)}`;
	const room = style.width - 4 - NAME - 1;
	return `  ${head}${paint(style, "dim", wrap(shown(style, detail), Math.max(room, 1), true)[0] ?? "")}`.trimEnd();
}
function stepLines(style, outcome, name, detail, time) {
	const head = 2 + markWidth(style) + 1 + NAME;
	const room = LINE - head - 2 - Math.max(width(time), 6);
	const [first = "", ...more] = wrap(shown(style, detail), room);
	const gap = padStart(time, Math.max(width(time), LINE - head - width(first)));
	const aligned = width(first) > room ? `${first}  ${time}` : first + gap;
	return [`  ${mark(style, outcome)} ${padEnd(name, NAME)}${aligned}`.trimEnd(), ...more.map((text) => " ".repeat(head) + text)];
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
function describeProgress(event) {
	const amount = (value) => event.unit === "bytes" ? size(value) : count(value);
	const told = event.detail === void 0 ? "" : `, ${event.detail}`;
	return `${amount(event.done)} of ${amount(event.total)}${event.unit === "bytes" ? "" : ` ${event.unit}`}${told}`;
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
	].filter((part) => part !== "").join(" ")}${particulars(table)}`;
}
function particulars({ columnsChanged, keys = [], removed, changed }) {
	const told = [firstOf(columnsChanged.map((column) => safeLine(column, NAME_LIMIT$1)), OBJECTS), keys.slice(0, KEYS).map((key) => safeLine(key, NAME_LIMIT$1)).join(", ") + (removed + changed > KEYS && keys.length > 0 ? ", …" : "")].filter((text) => text !== "").join("; ");
	return told === "" ? "" : ` (${told})`;
}
function describeSchema({ added, removed, changed }) {
	const part = (word, objects) => objects.length === 0 ? "" : `${word} ${firstOf(objects.map((object) => safeLine(object, NAME_LIMIT$1)), OBJECTS)}`;
	return [
		part("added", added),
		part("removed", removed),
		part("changed", changed)
	].filter((text) => text !== "").join("; ");
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
		case "migrated": return good(result.command === "recover" ? "RECOVERED, MIGRATED" : "MIGRATED", `in ${took}. ${migrated(result)}`);
		case "rolled-back": return good("ROLLED BACK", `in ${took}. ${sentence(putBack(result), app(result, "the application is running"))}`);
		case "up-to-date": return result.command === "recover" ? good("NOTHING TO RECOVER.", "No run was left unfinished; nothing was touched.") : good("UP TO DATE.", "Nothing is pending; nothing was stopped, backed up or changed.");
		case "undone": return bad(undoneWord(result), `in ${took}. ${sentence(putBack(result), app(result, "the old version is running"))}`);
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
		case "planned":
		case "rehearsed":
		case "backed-up":
		case "verified":
		case "restored":
		case "listed":
		case "pruned":
		case "written":
		case "healthy": return good(`${result.outcome.toUpperCase().replace("-", " ")}`, `in ${took}.`);
	}
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
	const data = result.targets.flatMap((target) => target.data === null ? [] : [target.data]);
	const loss = data.length === 0 ? "" : data.every(({ proven }) => proven) ? describeLoss(data) : "what happened to the rows is not proven";
	return sentence(applied === 0 ? "" : `${counted(applied, "migration")} applied${where}`, loss, app(result, "the previous version is running"));
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
	if (result.reasons.some(({ code }) => code.startsWith("later-writes"))) return `${noun} ${is} in the new state, and ${was} not rolled back`;
	return `${noun} ${was} not brought back`;
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
// src/report/run-report.ts
function runReport(result, style) {
	return [
		...headline(result, style),
		...targetOutcomes(result, style),
		...endedWell(result.outcome) ? fields(style, "Note:", result.reasons.map(({ message }) => message)) : why(result, style),
		...warnings(result, style),
		...changed(result, style),
		...safe(result, style),
		...fields(style, "Note:", perTarget(result.targets, ({ notes }) => (notes ?? []).join("; "))),
		...next$2(result, style),
		...runLine(result, style),
		...checklist(result)
	];
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
function why(result, style) {
	return fields(style, "Why:", result.reasons.map(({ message }) => message));
}
function warnings(result, style) {
	const describe = ({ name, expected, actual }) => `${safeLine(name, 120)}: expected ${expected ?? "a result"}, got ${actual}`;
	return fields(style, "Warned:", perTarget(result.targets, ({ checks }) => checks.filter(({ warned }) => warned === true).map(describe).join("\n")), "yellow");
}
function changed(result, style) {
	if (result.outcome === "refused" || result.outcome === "interrupted" || result.outcome === "failed") return laterWrites(result, style);
	const inFailed = result.outcome === "undone";
	const touched = result.targets.filter(({ data, rollback }) => data !== null && !(inFailed && rollback?.strategy === "transaction"));
	return [
		...fields(style, inFailed ? "Tried:" : "Data:", perTarget(touched, ({ data }) => data === null ? "" : describeData(data))),
		...inFailed ? [] : unproven(result, style),
		...fields(style, inFailed ? "" : "Schema:", inFailed ? [] : perTarget(result.targets, ({ schema }) => schema === null ? "" : describeSchema(schema))),
		...laterWrites(result, style)
	];
}
function unproven(result, style) {
	return fields(style, "Unproven:", perTarget(result.targets, ({ data, disturbance }) => data === null ? disturbance ?? "" : data.proven ? "" : data.why ?? "it could not be compared"), "yellow");
}
function laterWrites(result, style) {
	return fields(style, "Later:", perTarget(result.targets, ({ rollback }) => {
		if (rollback === null || rollback.laterWrites.length === 0) return "";
		const told = describeLaterWrites(rollback.laterWrites);
		return rollback.kept.length === 0 ? told : `${told}; kept aside, not in the database any more`;
	}), "yellow");
}
function safe(result, style) {
	const kept = result.command === "rollback" ? "the database as it was before this rollback" : "the failed database";
	const places = perTarget(result.targets, ({ rollback }) => rollback === null || rollback.kept.length === 0 ? "" : `${kept}, as ${rollback.kept.map((place) => safeLine(place)).join(", ")}`);
	return [
		...fields(style, "Way:", perTarget(result.targets, describeRollback)),
		...fields(style, "Kept:", places),
		...result.outcome === "undone" ? [] : fields(style, "Backup:", perTarget(result.targets, ({ backup }) => backup === null ? "" : describeBackup(backup)))
	];
}
function describeRollback({ rollback }) {
	if (rollback === null) return "";
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
function next$2(result, style) {
	const hints = [...new Set(result.reasons.flatMap(({ hint }) => hint === void 0 ? [] : [hint]))];
	return fields(style, result.outcome === "needs-attention" ? "By hand:" : "Next:", hints.length > 0 && !endedWell(result.outcome) ? [...hints, ...afterAttention(result, hints)] : defaultNext(result));
}
function afterAttention(result, hints) {
	const told = hints.some((hint) => hint.includes("belay "));
	return result.outcome === "needs-attention" && !told ? [`then ${commandFor(result, "status")} shows where it stands and what is next`] : [];
}
function defaultNext(result) {
	switch (result.outcome) {
		case "migrated": return result.targets.some(({ backup }) => backup !== null) ? [`${commandFor(result, "rollback")} takes the data back to before this run; later writes are counted first. It deploys no older code.`] : [];
		case "undone": return [wasInterrupted(result) || result.command === "recover" ? `${commandFor(result, "migrate")} runs it again` : `mend the cause, then ${commandFor(result, "migrate")}; the very same plan needs --again "why"`];
		case "needs-attention": return [`${commandFor(result, "status")} shows where it stands and what is next`];
		case "refused": return [`mend that, then ${commandFor(result, result.command)}`];
		case "interrupted": return [`${commandFor(result, result.command)} runs it again`];
		default: return [];
	}
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
// src/report/gate.ts
const INSIDE = 68;
const NAME_LIMIT = 40;
const TARGETS = 12;
const MIGRATIONS = 40;
function gateReport(result, style) {
	if (endedWell(result.outcome)) return [`${mark(style, "done")} The application may start: ${openBecause(result)}.`];
	return box(style, title(result), body(result).map((line) => spell(style, line)));
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
function body(result) {
	const lagging = behind(result);
	const names = lagging.map(({ name }) => safeLine(name, NAME_LIMIT));
	const column = Math.min(Math.max(7, ...names.map((name) => width(name) + 2)), 24);
	const shown = lagging.slice(0, TARGETS).flatMap((target, at) => entry(names[at] ?? "", column, missing(target)));
	const more = lagging.length > TARGETS ? [`and ${counted(lagging.length - TARGETS, "more target")}`] : [];
	const others = result.reasons.filter(({ code }) => code !== BEHIND).flatMap(({ message }) => wrap(safeLine(message, 600), INSIDE, true));
	return [
		...shown,
		...more,
		...others,
		...fixes(result, lagging).flatMap((fix, at) => entry(at === 0 ? "Fix:" : "", 7, fix))
	];
}
function missing({ pending }) {
	const rest = pending.length - MIGRATIONS;
	return `missing ${pending.slice(0, MIGRATIONS).map(({ id }) => safeLine(id, 80)).join(", ")}${rest > 0 ? ` and ${count(rest)} more` : ""}`;
}
function fixes(result, lagging) {
	const hints = result.reasons.flatMap(({ code, hint }) => code === BEHIND || hint === void 0 ? [] : [safeLine(hint, 300)]);
	if (lagging.length === 0) return hints.length === 0 ? [commandLine$1("status", result.environment)] : [...new Set(hints)];
	const only = lagging.length < result.targets.length ? lagging.slice(0, TARGETS).flatMap(({ name }) => ["--target", quoted(name)]) : [];
	return [...new Set(hints), commandLine$1("migrate", result.environment, ...only)];
}
function entry(name, column, text) {
	const lines = wrap(text, INSIDE - column, true).map((line) => " ".repeat(column) + line);
	if (width(name) > column - 1) return [...wrap(name, INSIDE, true), ...lines];
	return lines.map((line, at) => at === 0 ? padEnd(name, column) + line.slice(column) : line);
}
function box(style, head, inside) {
	const frame = style.unicode ? doubleFrame() : asciiFrame();
	const red = (text) => paint(style, "red", text);
	const line = (text, painted) => `${red(frame.side)} ${painted}${" ".repeat(Math.max(0, INSIDE - width(text)))} ${red(frame.side)}`;
	const heads = wrap(`FATAL  ${spell(style, head)}`, INSIDE, true).map((text, at) => at === 0 ? text.replace(/^FATAL /, "FATAL  ") : text);
	return [
		red(frame.top),
		...heads.map((text) => line(text, paint(style, ["bold", "red"], text))),
		red(frame.middle),
		...inside.map((text) => line(text, text)),
		red(frame.bottom)
	];
}
function doubleFrame() {
	const across = 70;
	return {
		top: `╔${"═".repeat(across)}╗`,
		middle: `╟${"─".repeat(across)}╢`,
		bottom: `╚${"═".repeat(across)}╝`,
		side: "║"
	};
}
function asciiFrame() {
	const across = `+${"-".repeat(70)}+`;
	return {
		top: across,
		middle: across,
		bottom: across,
		side: "|"
	};
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
function next$1(result, pending, style) {
	if (result.reasons.length > 0 || pending === 0) return [];
	return field(style, "Next:", `${commandFor(result, "migrate", ...result.digest === null ? [] : ["--digest", safeLine(result.digest)])} runs exactly this plan, or refuses.`);
}
// src/report/runs.ts
const NAMES$1 = 8;
function runsReport(result, style) {
	const runs = result.runs ?? [];
	if (runs.length === 0) return ["No run yet."];
	return runs.flatMap((run) => runLines(run, style));
}
function runLines(run, style) {
	const outcome = run.outcome ?? "unfinished";
	const which = run.outcome === null ? "warned" : endedWell(run.outcome) ? "done" : "failed";
	const took = run.durationMs === null ? "" : ` in ${duration(run.durationMs)}`;
	const targets = run.targets.filter(({ applied, backup }) => applied.length > 0 || backup !== null);
	return [
		`${mark(style, which)} ${moment(run.startedAt)}  ${safeLine(run.run)}  ${safeLine(run.command)} ${paint(style, "bold", outcome)}${took}`,
		...targets.flatMap((target) => {
			const applied = target.applied.length === 0 ? "" : `applied ${firstOf(target.applied.map((id) => safeLine(id, 120)), NAMES$1)}`;
			const backup = target.backup === null ? "" : `backup ${safeLine(target.backup)}`;
			return indented(style, 4, `${safeLine(target.name, 60)}: ${[applied, backup].filter((text) => text !== "").join("; ")}`);
		}),
		...run.outcome !== null && endedWell(run.outcome) ? [] : run.reasons.flatMap(({ message }) => indented(style, 4, safeLine(message, 300))),
		...run.withoutApproval === null ? [] : indented(style, 4, `without approval: ${safeLine(run.withoutApproval, 300)}`)
	];
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
	if (result.targets.some(({ state }) => isUnfinished(state))) return ["", ...field(style, "Next:", `${commandFor(result, "recover")} finishes what a crashed run left`)];
	if (result.targets.some(({ pending }) => pending.length > 0)) return ["", ...field(style, "Next:", `${commandFor(result, "plan")} shows what would run`)];
	return [];
}
// src/report/terminal.ts
function terminalReport(result, style, quiet) {
	if (quiet && endedWell(result.outcome)) return "";
	return `${lines(result, style).join("\n")}\n`;
}
function lines(result, style) {
	if (result.command === "gate") return gateReport(result, style);
	if (!endedWell(result.outcome)) return runReport(result, style);
	switch (result.command) {
		case "plan": return planReport(result, style);
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
// src/version.ts
const VERSION = "0.1.0";
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
		case "usage-error": return showUsageError(around, parsed.error, parsed.command, parsed.presentation);
		case "run": return await run(around, parsed);
	}
}
function helpOf(command) {
	const spec = command === null ? void 0 : commandSpec(command);
	return spec?.available === true ? commandHelp(spec) : generalHelp(VERSION);
}
async function run(around, { invocation, presentation }) {
	const progress = watchProgress(around, presentation);
	const startedAt = around.now();
	try {
		const result = await perform(around, invocation, progress.tell);
		progress.finish();
		return showResult(around, result, presentation);
	} catch (thrown) {
		progress.finish();
		tellStack(around, thrown);
		if (thrown instanceof BelayError && thrown.kind === "usage") return showUsageError(around, thrown, invocation.command, presentation);
		return showResult(around, resultOfThrown(thrown, invocation, startedAt, around.now(), progress.effectBegan()), presentation);
	}
}
async function perform(around, invocation, progress) {
	const { cwd, variables, now, random } = around;
	const watch = around.onInterrupt(({ message }) => progress({
		type: "notice",
		message
	}));
	try {
		const performIt = await around.loadPerform();
		const onGitHub = variables["GITHUB_ACTIONS"] === "true";
		return await performIt(invocation, {
			cwd: cwd(),
			variables,
			now,
			random,
			progress,
			signal: watch.signal,
			belayVersion: VERSION,
			onGitHub
		});
	} finally {
		watch[Symbol.dispose]();
	}
}
const WITHOUT_EFFECT = ["preflight", "checks-before"];
function watchProgress(around, presentation) {
	const out = presentation.json ? around.stderr : around.stdout;
	let view = presentation.quiet ? null : stepView(styleOf(around, out, presentation));
	let effect = false;
	return {
		tell(event) {
			effect ||= event.type === "step-began" && !WITHOUT_EFFECT.includes(event.step);
			try {
				out.write(view?.show(event) ?? "");
			} catch (thrown) {
				view = null;
				around.stderr.write(`belay: showing the progress went wrong, the run goes on: ${reasonOf(thrown).message}\n`);
			}
		},
		finish: () => out.write(view?.finish() ?? ""),
		effectBegan: () => effect
	};
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
function tellStack({ stderr, variables }, thrown) {
	if (variables["BELAY_DEBUG"] !== "1") return;
	for (let error = thrown; error instanceof Error; error = error.cause) stderr.write(`${error.stack ?? error.message}\n`);
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
		const repeated = controller.signal.aborted;
		told({
			signal,
			repeated,
			message: repeated ? `${signal}: already stopping; what was begun is being undone and nothing is lost by waiting` : `${signal}: stopping what runs, undoing what was begun`
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
	onInterrupt,
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
