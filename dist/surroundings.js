import { G as COMMANDS, K as nearest, it as usageError } from "./domain.js";
import { t as carryOut } from "./carry-out.js";
import { t as stepView } from "./steps.js";
import { i as commandSpec, l as optionSpec, r as availableCommands } from "./registry.js";
import { t as LOG_STYLE } from "./log-style.js";
import { join } from "node:path";
import { readFile, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
// src/github/ssh-inputs.ts
function sshInputs(read) {
	const [destination, directory, key, knownHosts] = [
		read("ssh"),
		read("ssh-directory"),
		read("ssh-key"),
		read("known-hosts")
	];
	if (destination === "") return {
		inputs: null,
		problems: withoutServer({
			"ssh-directory": directory,
			"ssh-key": key,
			"known-hosts": knownHosts
		})
	};
	const problems = [];
	if (!directory.startsWith("/")) problems.push({
		code: "input-needed",
		message: "with ssh, the input ssh-directory says where the application lies on the server, as an absolute path",
		hint: "for example ssh-directory: /srv/app"
	});
	if (knownHosts === "") problems.push({
		code: "input-needed",
		message: "with ssh, the input known-hosts holds the server's host key: without it anybody could be the server",
		hint: "get it with `ssh-keyscan HOST`, compare it on the server, and keep it as a secret or variable of the environment"
	});
	return {
		inputs: problems.length > 0 ? null : {
			destination,
			directory,
			key: key === "" ? null : key,
			knownHosts
		},
		problems
	};
}
function withoutServer(given) {
	const names = Object.keys(given).filter((name) => given[name] !== "");
	if (names.length === 0) return [];
	return [{
		code: "input-not-taken",
		message: `the input ${names.join(", ")} means nothing without the input ssh`,
		hint: "set ssh: user@host (a secret that is empty is not set), or leave it out"
	}];
}
// src/github/inputs.ts
const COMMENT_MODES = [
	"auto",
	"always",
	"never"
];
const INPUTS = [
	{
		name: "command",
		description: "What Belay does: migrate, plan, backup, verify, rollback, recover, restore, status, gate, runs, backups, prune or doctor.",
		default: "migrate",
		to: "command",
		kind: "text"
	},
	text("environment", "The environment of belay.yml; by default the only one.", "environment"),
	text("config", "Path of the configuration in the repository; by default belay.yml, then .github/belay.yml.", "config"),
	text("target", "Only these targets: names or unique last parts, one a line or separated by commas.", "target"),
	text("to", "Only up to this migration, itself included; for rollback the migration that stays.", { option: "to" }),
	text("backup", "The backup that migrate relies on, rollback puts back, or restore restores.", { option: "backup" }),
	text("run", "The run that is meant, not the last one.", { option: "run" }),
	text("digest", "Run only the plan with this digest, else refuse.", { option: "digest" }),
	{
		name: "verify",
		description: "false: record what the run did and leave the judgement to a later verify.",
		default: "true",
		to: { option: "no-verify" },
		kind: "boolean"
	},
	{
		name: "watch",
		description: "true: verify is one round of the watch of the last run, for a schedule.",
		default: "false",
		to: { option: "watch" },
		kind: "boolean"
	},
	text("again", "Why a plan that failed before may run once more; the reason is journaled.", { option: "again" }),
	{
		name: "accept-loss",
		description: "true: a rollback gives up what was written since; it is kept aside and counted.",
		default: "false",
		to: { option: "accept-loss" },
		kind: "boolean"
	},
	text("strategy", "The way of a rollback: swap, restore, downgrade or hook, in place of Belay's own choice.", { option: "strategy" }),
	text("hook", "Roll back by this hook of belay.yml.", { option: "hook" }),
	text("into", "The URL of the database that restore restores into, empty or new.", { option: "into" }),
	{
		name: "replace",
		description: "true: restore also where something is there already; it is kept aside.",
		default: "false",
		to: { option: "replace" },
		kind: "boolean"
	},
	text("new", "Make this tenant (tenants.create), migrate it, and remove it again where that fails.", { option: "new" }),
	{
		name: "fix",
		description: "true: gate applies what is missing in a guarded run, and leaves the application alone.",
		default: "false",
		to: { option: "fix" },
		kind: "boolean"
	},
	text("wait", "How long gate lets the run of somebody else come to its end first, for example 5m.", { option: "wait" }),
	text("ssh", "Run Belay on this server, where the database is: user@host, user@host:port or ssh://user@host:port.", "ssh"),
	text("ssh-directory", "Absolute path on that server where belay.yml's relative paths start: where the application lies.", "ssh"),
	text("ssh-key", "The private key for it, without a passphrase; by default the agent of SSH_AUTH_SOCK has it.", "ssh"),
	text("known-hosts", "The server's host key, as a line of ~/.ssh/known_hosts; needed with ssh, and held to strictly.", "ssh"),
	text("request", "The request that this run carries out; set by the bot.", "presentation"),
	{
		name: "github-token",
		description: "Reads the policy, approvals and deployments, and writes the comment.",
		default: "${{ github.token }}",
		to: "presentation",
		kind: "text"
	},
	{
		name: "comment",
		description: "Whether the pull request gets a comment: auto (only where there is something to say), always or never.",
		default: "auto",
		to: "presentation",
		kind: COMMENT_MODES
	}
];
function text(name, description, to) {
	return {
		name,
		description,
		default: null,
		to,
		kind: "text"
	};
}
// src/github/invocation.ts
function invocationOf(read, given = []) {
	const problems = unknownInputs(given);
	const command = commandOf(read("command") || "migrate", problems);
	const values = valuesOf(read, problems);
	if (command !== null) problems.push(...notTaken(command, values), ...exclusive(command, values));
	const ssh = sshInputs(read);
	problems.push(...ssh.problems);
	const comment = COMMENT_MODES.find((mode) => mode === read("comment").toLowerCase()) ?? "auto";
	const [first, ...rest] = problems;
	if (first !== void 0) throw inputsError([first, ...rest]);
	if (command === null) throw new RangeError("a command that is unknown has no problem");
	return {
		invocation: {
			command: command.name,
			environment: read("environment") || null,
			config: read("config") || null,
			targets: listOf(read("target")),
			options: optionsOf(command, values)
		},
		comment,
		token: read("github-token") || null,
		ssh: ssh.inputs,
		request: read("request") || null
	};
}
const FOR_PEOPLE = ["init"];
function commandsHere() {
	return availableCommands().filter(({ name }) => !FOR_PEOPLE.includes(name));
}
function commandOf(name, problems) {
	const known = commandSpec(name);
	const here = commandsHere();
	const found = here.find((each) => each.name === name);
	if (found !== void 0) return found;
	if (FOR_PEOPLE.includes(name)) problems.push({
		code: "command-not-here",
		message: `the command ${name} writes files that are to be committed, and a runner forgets them`,
		hint: `run \`belay ${name}\` on your own machine`
	});
	else if (known !== void 0) {
		const names = here.map((each) => each.name).join(", ");
		problems.push({
			code: "not-in-this-version",
			message: `the command ${name} is not in this version of Belay`,
			hint: `this version has ${names}`
		});
	} else {
		const names = here.map((each) => each.name);
		const meant = nearest(name, names);
		problems.push({
			code: "unknown-command",
			message: `there is no command ${JSON.stringify(name)}`,
			hint: meant === null ? `it is one of ${names.join(", ")}` : `did you mean command: ${meant}?`
		});
	}
	return null;
}
function valuesOf(read, problems) {
	const values = new Map();
	for (const spec of INPUTS) {
		const value = read(spec.name);
		const normal = typeof spec.kind === "string" && spec.kind === "text" ? value : value.toLowerCase();
		if (value === "" || normal === spec.default) continue;
		const problem = problemOf(spec, normal, value);
		if (problem === null) values.set(spec.name, normal);
		else problems.push(problem);
	}
	return values;
}
function problemOf({ name, kind, to }, normal, given) {
	const allowed = kind === "boolean" ? ["true", "false"] : kind;
	if (allowed !== "text") {
		if (allowed.includes(normal)) return null;
		return invalid(name, given, `write ${allowed.map((each) => `${name}: ${each}`).join(" or ")}`);
	}
	const shape = typeof to === "object" ? optionSpec(to.option).shape : void 0;
	return shape === void 0 || shape.pattern.test(given) ? null : invalid(name, given, `it is ${shape.words}`);
}
function invalid(name, given, hint) {
	return {
		code: "input-invalid",
		message: `the input ${name} cannot be ${JSON.stringify(given.slice(0, 200))}`,
		hint
	};
}
function belongs(command, input, option) {
	return command.options.includes(option) || input === "backup" && command.argument !== void 0;
}
function optionInputs(values) {
	return INPUTS.flatMap(({ name, to }) => typeof to === "object" && values.has(name) ? [{
		name,
		option: to.option
	}] : []);
}
function notTaken(command, values) {
	return optionInputs(values).filter(({ name, option }) => !belongs(command, name, option)).map(({ name, option }) => {
		const owners = commandsHere().filter((each) => belongs(each, name, option));
		return {
			code: "input-not-taken",
			message: `the command ${command.name} does not take the input ${name}`,
			hint: `leave it out; it belongs to ${owners.map((each) => each.name).join(", ")}`
		};
	});
}
function exclusive(command, values) {
	const names = optionInputs(values).filter(({ option }) => command.exclusive?.includes(option)).map(({ name }) => name);
	if (names.length < 2) return [];
	return [{
		code: "inputs-exclude",
		message: `the inputs ${names.join(" and ")} name several places to go back to`,
		hint: "give one of them"
	}];
}
function optionsOf(command, values) {
	const texts = {
		to: values.get("to"),
		run: values.get("run"),
		[command.argument === void 0 ? "backup" : "argument"]: values.get("backup"),
		digest: values.get("digest"),
		again: values.get("again"),
		strategy: values.get("strategy"),
		hook: values.get("hook"),
		into: values.get("into"),
		newTenant: values.get("new"),
		wait: values.get("wait")
	};
	return {
		...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== void 0)),
		...values.has("verify") ? { verify: false } : {},
		...values.has("watch") ? { watch: true } : {},
		...values.has("accept-loss") ? { acceptLoss: true } : {},
		...values.has("replace") ? { replace: true } : {},
		...values.has("fix") ? { fix: true } : {}
	};
}
function listOf(text) {
	return text.split(/[\n,]/u).map((each) => each.trim()).filter((each) => each !== "");
}
function unknownInputs(given) {
	const names = INPUTS.map(({ name }) => name);
	return given.filter((name) => !names.some((known) => known === name)).map((name) => {
		if (name === "without-approval") return {
			code: "unknown-input",
			message: "there is no input without-approval: on GitHub approvals are given, not argued away",
			hint: "approve the run, or run `belay migrate --without-approval` on the machine of the database"
		};
		const meant = nearest(name, names);
		return {
			code: "unknown-input",
			message: `there is no input ${JSON.stringify(name.slice(0, 200))}`,
			hint: meant === null ? `the inputs are ${names.join(", ")}` : `did you mean ${meant}?`
		};
	});
}
function inputsError(problems) {
	const [first, ...rest] = problems;
	const facts = { problems: problems.map((problem) => ({ ...problem })) };
	if (rest.length === 0) return usageError(first.code, first.message, {
		...first.hint === void 0 ? {} : { hint: first.hint },
		facts
	});
	const lines = problems.map(({ message, hint }) => `- ${message}${hint === void 0 ? "" : `; ${hint}`}`);
	return usageError("inputs-invalid", `the step has ${problems.length} problems:\n${lines.join("\n")}`, {
		hint: "mend the step's inputs; nothing was touched",
		facts
	});
}
// src/workflow/kept.ts
function keepInvocation(runner, { command, environment, config, targets }) {
	runner.save("invocation", JSON.stringify({
		command,
		environment,
		config,
		targets
	}));
}
function keptInvocation(runner) {
	const text = runner.saved("invocation");
	if (text === null) return null;
	const kept = Object(JSON.parse(text));
	const command = COMMANDS.find((name) => name === kept["command"]);
	if (command === void 0) return null;
	const { environment, config, targets } = kept;
	return {
		command,
		environment: typeof environment === "string" ? environment : null,
		config: typeof config === "string" ? config : null,
		targets: Array.isArray(targets) ? targets.filter((target) => typeof target === "string") : []
	};
}
async function keepPolicy(runner, folder, policy) {
	const text = JSON.stringify(policy);
	const path = join(folder, `belay-policy-${digestOf(text).slice(0, 16)}.json`);
	await writeFile(path, text, { mode: 384 });
	runner.save("policy", `${digestOf(text)} ${path}`);
}
async function keptPolicy(runner) {
	const [digest, ...path] = (runner.saved("policy") ?? "").split(" ");
	if (path.length === 0) return null;
	try {
		const text = await readFile(path.join(" "), "utf8");
		const kept = JSON.parse(text);
		return digestOf(text) === digest ? kept : null;
	} catch {
		return null;
	}
}
function digestOf(text) {
	return createHash("sha256").update(text).digest("hex");
}
// src/workflow/carry-out-in-step.ts
function carryOutInStep(around, { github, keep, ...asked }) {
	const { runner, variables, cwd, now, random, every } = around;
	return carryOut({
		...asked,
		world: {
			cwd,
			variables,
			now,
			random,
			onGitHub: true,
			github,
			hide: runner.mask
		},
		view: logView(around, keep),
		show: runner.print,
		complain: runner.print,
		every
	});
}
function logView({ elapsedMs }, keep = () => void 0) {
	const view = stepView(LOG_STYLE, {
		nowMs: elapsedMs,
		columns: () => void 0
	});
	return {
		...view,
		show(event) {
			keep(event);
			return view.show(event);
		}
	};
}
// src/workflow/surroundings.ts
function watchOnce(onInterrupt) {
	const nobody = () => void 0;
	let told = nobody;
	const watch = onInterrupt((interrupt) => told(interrupt));
	return {
		signal: watch.signal,
		[Symbol.dispose]: () => watch[Symbol.dispose](),
		share(tell) {
			told = tell;
			return {
				signal: watch.signal,
				[Symbol.dispose]: () => {
					told = nobody;
				}
			};
		}
	};
}
export { keptInvocation as a, keepPolicy as i, carryOutInStep as n, keptPolicy as o, keepInvocation as r, invocationOf as s, watchOnce as t };
