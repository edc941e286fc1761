#!/usr/bin/env node
import "./rolldown-runtime.js";
import { r as VERSION, t as carryOut } from "./carry-out.js";
import { $ as BelayError, H as exitStatus, J as counted, K as nearest, it as usageError } from "./domain.js";
import { a as DEFECT, c as OPTIONS, i as commandSpec, l as optionSpec, n as LATER_OPTIONS, o as USAGE, r as availableCommands, s as COMMON_OPTIONS, t as COMMAND_SPECS } from "./registry.js";
import { i as usageJson, n as oneLine, r as resultJson, t as usageReport } from "./usage.js";
import { b as safeLine, y as styleFor } from "./page.js";
import { t as stepView } from "./steps.js";
import { t as terminalReport } from "./terminal.js";
import "./own-words.js";
import { t as THIS_MACHINE } from "./this-machine.js";
// src/command/audit.ts
const AUDIT = {
	name: "audit",
	summary: "The bot's record",
	usage: "verify [HASH…]",
	about: [
		"Goes through all that the bot wrote down: each entry carries the hash of the one before, so that one that was changed, left out or moved shows. It only reads, and the bot may go on meanwhile.",
		"An end that was cut off shows against a hash from elsewhere: every grant and every deployment of Belay's carries the newest of its moment, as `audit`. Give as many as you have; those of the grants that the store itself still knows are always asked for.",
		"BELAY_STORE names the store, as for the bot; default `sqlite:belay-bot.db`."
	],
	options: ["json"],
	commonOptions: false,
	meanings: { json: "one JSON object on standard output" },
	exits: [
		[0, "whole; prints how many entries, and the newest hash"],
		[1, "the store cannot be read"],
		[2, "command line or BELAY_STORE wrong"],
		[6, "damaged; names the first entry that is not what it was"]
	],
	examples: [{
		command: "belay audit verify",
		does: "in the bot's folder, or with BELAY_STORE"
	}, {
		command: "xargs belay audit verify < heads.txt",
		does: "against hashes that were kept elsewhere; docs/bot.md asks GitHub for them"
	}]
};
function auditAsked(given) {
	const [verb, ...heads] = given;
	const hint = "`belay audit verify`, and after it hashes of 64 digits, as deployments and grants carry them";
	if (verb !== "verify") throw usageError("audit-usage", verb === void 0 ? "audit what?" : `audit does not know "${verb}"`, { hint });
	const odd = heads.find((head) => !/^[0-9a-f]{64}$/.test(head));
	if (odd !== void 0) throw usageError("audit-usage", `"${odd}" is no hash of the record`, { hint });
	return heads;
}
// src/command/completion-bash.ts
function bashCompletion() {
	const commands = availableCommands();
	const values = [...OPTIONS.values()].filter(({ value, valueOptional }) => value !== null && valueOptional !== true);
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
    mapfile -t COMPREPLY < <(compgen -W '${[
		...commands.map(({ name }) => name),
		"completion",
		AUDIT.name
	].join(" ")}' -- "$current")
  elif [[ $command == completion ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$current")
  elif [[ $command == ${AUDIT.name} ]]; then
    mapfile -t COMPREPLY < <(compgen -W 'verify' -- "$current")
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
		`complete -c belay -n __fish_use_subcommand -a ${AUDIT.name} -d 'the record of the bot'`,
		`complete -c belay ${seen([AUDIT.name])} -a verify`,
		`complete -c belay ${seen(["completion"])} -a 'bash zsh fish'`,
		`complete -c belay ${seen(commands.map(({ name }) => name))} -a '(belay completion environments 2>/dev/null)' -d environment`,
		...COMMON_OPTIONS.map((option) => optionLine("", option, void 0)),
		...commands.flatMap(({ name, options, meanings }) => options.map((option) => optionLine(`${seen([name])} `, option, meanings?.[option]))),
		""
	].join("\n");
}
function optionLine(condition, option, meaning) {
	const { value, valueOptional, completes, summary, short } = optionSpec(option);
	const alone = value === null || valueOptional === true;
	const offered = completes === void 0 ? "" : completes === "files" ? " -F" : ` -a '${completes.join(" ")}'`;
	return `complete -c belay ${condition}-l ${option}${short === void 0 ? "" : ` -s ${short}`}${alone ? "" : ` -x${offered}`.replace("-x -F", "-r -F")} -d ${quoted$1(meaning ?? summary)}`;
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
    '${AUDIT.name}:the record of the bot'
  )
  _arguments -C '1: :->command' '*:: :->rest' && return
  case $state in
    command) _describe command commands ;;
    rest)
      case $words[1] in
${commands.map((command) => `        ${command.name}) _arguments ${argumentsOf(command).join(" ")} ;;`).join("\n")}
        completion) _arguments '1:shell:(bash zsh fish)' ;;
        ${AUDIT.name}) _arguments '1:verb:(verify)' ;;
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
	const { value, valueOptional, completes, repeatable, summary } = optionSpec(option);
	const words = (meaning ?? summary).replaceAll(/[[\]:\\]/gu, String.raw`\$&`);
	if (value === null) return quoted(`--${option}[${words}]`);
	if (valueOptional === true) return quoted(`--${option}=-[${words}]::${value}: `);
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
		`${AUDIT.summary}: belay audit ${AUDIT.usage}`,
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
			left: `  ${spec.short === void 0 ? "" : `-${spec.short}, `}--${name}${valueOf$1(spec)}`,
			summary: meanings[name] ?? spec.summary
		};
	});
	const column = Math.max(...written.map(({ left }) => left.length)) + 2;
	return written.flatMap(({ left, summary }) => hanging(left.padEnd(column), summary));
}
function valueOf$1({ value, valueOptional }) {
	if (value === null) return "";
	return valueOptional === true ? `[=${value}]` : ` ${value}`;
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
		const following = spec.value !== null && spec.valueOptional !== true && attached === null ? follower(argv[at + 1]) : null;
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
	if (value === null && spec.valueOptional === true) return null;
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
		if (command === AUDIT.name) return {
			kind: "audit",
			heads: auditAsked(onlyTaken(AUDIT, tokens)),
			presentation
		};
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
function completion(tokens) {
	const asked = completionAsked(onlyTaken(COMPLETION, tokens));
	return asked === "environments" ? {
		kind: "environment-names",
		config: valueOf(tokens.options, "config") ?? null
	} : {
		kind: "completion",
		shell: asked
	};
}
function onlyTaken(command, { positionals, options, problem }) {
	if (problem !== null) throw problem;
	const foreign = options.find(({ spec }) => !command.options.includes(spec.name));
	if (foreign !== void 0) throw usageError("option-not-taken", `belay ${command.name} does not take --${foreign.spec.name}`, { hint: `\`belay ${command.name} --help\` says what it takes` });
	return positionals.slice(1);
}
function helpTopic(name) {
	return [COMPLETION, AUDIT].find((each) => each.name === name)?.name ?? commandOf(name).name;
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
	const meant = nearest(name, [
		...COMMAND_SPECS.map((known) => known.name),
		COMPLETION.name,
		AUDIT.name
	]);
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
		newTenant: valueOf(options, "new"),
		run: valueOf(options, "run"),
		backup: valueOf(options, "backup"),
		digest: valueOf(options, "digest"),
		again: valueOf(options, "again"),
		withoutApproval: valueOf(options, "without-approval"),
		tool: valueOf(options, "tool"),
		strategy: valueOf(options, "strategy"),
		hook: valueOf(options, "hook"),
		into: valueOf(options, "into"),
		wait: valueOf(options, "wait")
	};
	const has = (name) => options.some(({ spec }) => spec.name === name);
	return {
		...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== void 0)),
		...has("no-verify") ? { verify: false } : {},
		...has("watch") ? { watch: true } : {},
		...has("accept-loss") ? { acceptLoss: true } : {},
		...has("replace") ? { replace: true } : {},
		...has("fix") ? { fix: true } : {}
	};
}
function valueOf(options, name) {
	return options.find(({ spec }) => spec.name === name)?.value;
}
// src/report/audit.ts
const NEXT = "keep this file as it is; take the newest backup of it that is whole, and hold both against what deployments and grants carry";
function auditText(verdict) {
	if (verdict.kind === "whole") return `whole: ${counted(verdict.entries, "entry", "entries")}, head ${verdict.head}\n`;
	return `DAMAGED at entry ${verdict.seq}: ${safeLine(verdict.why)}\n  Next: ${NEXT}\n`;
}
function auditJson(belay, verdict) {
	const isWhole = verdict.kind === "whole";
	return oneLine({
		belay,
		run: null,
		command: "audit",
		environment: null,
		outcome: isWhole ? "verified" : "checks-failed",
		digest: null,
		reasons: isWhole ? [] : [{
			code: "audit-damaged",
			message: verdict.why,
			hint: NEXT
		}],
		targets: [],
		audit: isWhole ? {
			entries: verdict.entries,
			head: verdict.head
		} : { damagedAt: verdict.seq }
	});
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
		case "audit": return await audit(around, parsed);
		case "usage-error": return showUsageError(around, parsed.error, parsed.command, parsed.presentation);
		case "run": return await run(around, parsed);
	}
}
function isOneLine(name) {
	return name !== "" && safeLine(name) === name;
}
function helpOf(command) {
	const own = [COMPLETION, AUDIT].find(({ name }) => name === command);
	if (own !== void 0) return commandHelp(own);
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
async function audit(around, { heads, presentation }) {
	const { stdout, verifyAudit } = around;
	try {
		const verdict = await verifyAudit(heads);
		stdout.write(presentation.json ? auditJson(VERSION, verdict) : auditText(verdict));
		return exitStatus(verdict.kind === "whole" ? "verified" : "checks-failed");
	} catch (error) {
		if (!(error instanceof BelayError)) throw error;
		const status = showUsageError(around, error, AUDIT.name, presentation);
		return error.kind === "usage" ? status : exitStatus("failed");
	}
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
// src/this-process.ts
async function commandLineOfThisProcess() {
	const [word, directory = null] = process.argv.slice(2);
	if (word === "ssh-session") return await sshSession(directory);
	return await commandLine(process.argv.slice(2), {
		stdout: textStream(() => process.stdout),
		stderr: textStream(() => process.stderr),
		variables: process.env,
		cwd: () => process.cwd(),
		...THIS_MACHINE,
		environmentNames: async (file) => (await import("./environment-names.js")).environmentNames(file, process.cwd()),
		verifyAudit: async (heads) => (await import("./audit.js")).verifyStore(heads, process.env),
		loadPerform: async () => (await import("./wire.js")).perform
	});
}
async function sshSession(directory) {
	const [{ serveThisProcess }, { perform }] = await Promise.all([import("./session-of-this-process.js"), import("./wire.js")]);
	await serveThisProcess(directory, {
		version: VERSION,
		perform
	});
	return 0;
}
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
// src/cli.ts
const OLDEST_NODE = 24;
if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
	process.stderr.write(`Belay needs Node ${OLDEST_NODE} or newer, and this is Node ${process.versions.node}.\n`);
	process.exitCode = 2;
} else process.exitCode = await commandLineOfThisProcess();
export {};
