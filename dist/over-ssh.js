import "./rolldown-runtime.js";
import { C as ownText, Qt as effectiveBlocks, Zt as readYaml, an as textAt, in as scalarsOf, nn as variablesNamed, rn as at, tn as VARIABLE_NAME } from "./looking.js";
import { $ as BelayError, et as failure, it as usageError, nt as reasonOf, rt as refusal } from "./domain.js";
import { t as findProgram } from "./find-program.js";
import { n as writeCredentials, t as removeCredentials } from "./credentials.js";
import { n as unpackError, t as packError } from "./portable-error.js";
import { n as SESSION_WORD } from "./own-words.js";
import { n as lineReader, r as toLine, t as withApprovals } from "./with-approvals.js";
import { setTimeout } from "node:timers/promises";
import { spawn } from "node:child_process";
// src/config/named-variables.ts
function namedVariables(text, environment) {
	const { tree, problems } = readYaml(text);
	if (problems.length > 0 || tree?.kind !== "map") return null;
	const blocks = effectiveBlocks(tree, at(tree, ["defaults"]));
	const name = environment ?? (blocks.size === 1 ? [...blocks.keys()].join() : null);
	const block = name === null ? void 0 : blocks.get(name);
	if (name === null || block === void 0) return null;
	const passed = at(block, ["migrate", "env"]);
	const listed = passed === void 0 ? [] : scalarsOf(passed).map(({ scalar }) => String(scalar.value));
	const named = variablesNamed(block).map((variable) => variable.name);
	return {
		environment: name,
		names: [...new Set([...named, ...listed.filter((each) => VARIABLE_NAME.test(each))])],
		hasApprovals: block.entries.has("approvals"),
		bot: textAt(tree, "bot")
	};
}
// src/ssh/destination.ts
const SHAPE = /^(?:ssh:\/\/)?([\w.][\w.-]*)@(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9](?:[\w.-]*\w)?))(?::(\d{1,5}))?\/?$/;
function destinationOf(text) {
	const [, user, address, name, port = "22"] = SHAPE.exec(text) ?? [];
	const host = address ?? name;
	const number = Number(port);
	return user === void 0 || host === void 0 || number < 1 || number > 65535 ? null : {
		user,
		host,
		port: number
	};
}
// src/ssh/connection.ts
const CONNECT_S = 20;
const ALIVE_S = 15;
const REMOTE = `exec sh -c 'for belay in belay "$HOME/.local/bin/belay" "$HOME/bin/belay" /usr/local/bin/belay /opt/belay/belay; do if command -v "$belay" >/dev/null 2>&1; then exec "$belay" ${SESSION_WORD}; fi; done; exit 127'`;
function connect(settings, told) {
	const child = spawn(settings.program, argumentsOf(settings), {
		env: environmentOf(settings),
		stdio: [
			"pipe",
			"pipe",
			"pipe"
		],
		detached: true
	});
	let words = "";
	const say = (text) => {
		words = (words + text).slice(-4e3);
	};
	const reader = lineReader({
		message: (message) => told(message),
		other: (line) => say(`${line}\n`)
	});
	child.stdout.setEncoding("utf8").on("data", (text) => reader.add(text));
	child.stderr.setEncoding("utf8").on("data", say);
	child.stdin.on("error", () => void 0);
	return {
		send: (message) => void child.stdin.write(toLine(message)),
		close: () => void child.stdin.end(),
		abandon: () => void child.kill(),
		ended: new Promise((resolve) => {
			child.once("error", (error) => resolve({
				status: null,
				words: error.message
			}));
			child.once("close", (status) => {
				reader.end();
				resolve({
					status,
					words: words.trim()
				});
			});
		})
	};
}
function argumentsOf({ destination, files }) {
	const options = {
		BatchMode: "yes",
		StrictHostKeyChecking: "yes",
		UserKnownHostsFile: files.knownHostsFile,
		GlobalKnownHostsFile: "/dev/null",
		UpdateHostKeys: "no",
		PreferredAuthentications: "publickey",
		...files.keyFile === null ? {} : {
			IdentityFile: files.keyFile,
			IdentityAgent: "none",
			IdentitiesOnly: "yes"
		},
		ForwardAgent: "no",
		ForwardX11: "no",
		ClearAllForwardings: "yes",
		PermitLocalCommand: "no",
		ControlPath: "none",
		RequestTTY: "no",
		EscapeChar: "none",
		LogLevel: "ERROR",
		ConnectTimeout: String(CONNECT_S),
		ServerAliveInterval: String(ALIVE_S),
		ServerAliveCountMax: "3"
	};
	const { user, host, port } = destination;
	return [
		"-F",
		"none",
		...Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
		"-p",
		String(port),
		"-l",
		user,
		"--",
		host,
		REMOTE
	];
}
function environmentOf({ variables, files }) {
	const passed = [
		"PATH",
		"HOME",
		"RUNNER_TRACKING_ID",
		...files.keyFile === null ? ["SSH_AUTH_SOCK"] : []
	].flatMap((name) => variables[name] === void 0 ? [] : [[name, variables[name]]]);
	return {
		...Object.fromEntries(passed),
		LC_ALL: "C"
	};
}
// src/ssh/failures.ts
const FAILURES = [
	{
		code: "ssh-host-key",
		seen: /host key verification failed|host identification has changed|no \S+ host key is known/i,
		what: "the server's host key is not the one in known-hosts, so nothing was sent to it",
		hint: ({ host, port }) => `get it over a way that you trust, on the server itself: \`ssh-keyscan -p ${port} localhost\`; for known-hosts its lines begin with ${inKnownHosts(host, port)}`
	},
	{
		code: "ssh-key-unreadable",
		seen: /error in libcrypto|invalid format|incorrect passphrase|load key .*(bad|unsupported)/i,
		what: "ssh cannot read the key of the input ssh-key",
		hint: () => "give the whole private key with its first and last line, and one without a passphrase"
	},
	{
		code: "ssh-denied",
		seen: /permission denied|too many authentication failures|no supported authentication/i,
		what: "the server does not take this key for this user",
		hint: ({ user }) => `add the public key to ~${user}/.ssh/authorized_keys there`
	},
	{
		code: "ssh-unreachable",
		seen: /could not resolve|connection refused|timed out|no route to host|network is unreachable|connection (reset|closed)|kex_exchange/i,
		what: "the server cannot be reached",
		hint: ({ host, port }) => `see that ${host} answers on port ${port}, also for the addresses of the runner`
	}
];
const NOT_FOUND = 127;
function notConnected(to, end) {
	const name = shownDestination(to);
	const said = end.words === "" ? "" : `: ${end.words.split("\n").slice(-3).join("; ")}`;
	const found = FAILURES.find(({ seen }) => seen.test(end.words));
	if (found !== void 0) return refusal(found.code, `connecting to ${name}: ${found.what}${said}`, { hint: found.hint(to) });
	if (end.status === NOT_FOUND || /ssh-session|unknown-command|there is no command/.test(end.words)) return refusal("ssh-without-belay", `connecting to ${name}: there is no Belay on the server that a job can talk to${said}`, { hint: `install it there, for example as /usr/local/bin/belay: docs/single-executable.md says how` });
	return refusal("ssh-failed", `connecting to ${name}: ssh ended with ${end.status ?? "no status"}${said}`, { hint: "try the same connection by hand, with `ssh -v`" });
}
function shownDestination({ user, host, port }) {
	return `${user}@${host}${port === 22 ? "" : `:${port}`}`;
}
function inKnownHosts(host, port) {
	return port === 22 ? host : `[${host}]:${port}`;
}
// src/ssh/dialogue.ts
const GREETING_MS = 6e4;
var Dialogue = class {
	#settings;
	#world;
	#connection;
	#hello = Promise.withResolvers();
	#end = Promise.withResolvers();
	#lost;
	session = "";
	run = null;
	constructor(settings, world) {
		this.#settings = settings;
		this.#world = world;
		this.#connection = connect(settings, (message) => this.#take(message));
		this.#lost = this.#connection.ended;
	}
	async begin(asked) {
		const hello = await this.#greeting(this.#world.signal);
		this.session = hello.session;
		this.#settings.keepSession(hello.session);
		this.#connection.send(asked);
		using _ = this.#passOnCancel();
		return await Promise.race([this.#end.promise, this.#lost.then(() => null)]);
	}
	async attach(session, cancel) {
		try {
			await this.#greeting(null);
		} catch {
			return "lost";
		}
		this.#connection.send({
			type: "attach",
			session,
			cancel
		});
		using _ = this.#passOnCancel();
		return await Promise.race([this.#end.promise, this.#lost.then(() => "lost")]);
	}
	async #greeting(signal) {
		const { destination } = this.#settings;
		const over = AbortSignal.timeout(GREETING_MS);
		const given = signal === null ? over : AbortSignal.any([signal, over]);
		const abandon = () => this.#connection.abandon();
		given.addEventListener("abort", abandon);
		if (given.aborted) abandon();
		const refused = this.#lost.then((end) => {
			if (signal?.aborted === true) throw signal.reason;
			throw notConnected(destination, over.aborted ? {
				...end,
				words: `${end.words}\nnothing was heard of it: timed out`.trim()
			} : end);
		});
		const hello = await Promise.race([this.#hello.promise, refused]).finally(() => given.removeEventListener("abort", abandon));
		if (hello.protocol === 1) return hello;
		this.#connection.close();
		throw refusal("ssh-version", `Belay ${hello.belay} on ${shownDestination(destination)} and Belay ${this.#world.belayVersion} here do not understand each other`, { hint: "install the release of the action on the server: docs/single-executable.md" });
	}
	#take(message) {
		switch (message.type) {
			case "hello": return this.#hello.resolve(message);
			case "hide": return this.#world.hide(message.secrets);
			case "progress":
				if (message.event.type === "run-began") this.run = message.event.run;
				return this.#world.progress(message.event);
			case "ask":
				this.#answer(message);
				return;
			case "gone":
				this.#connection.close();
				return this.#end.resolve(null);
			case "ended":
			case "threw":
				this.#connection.send({ type: "received" });
				this.#connection.close();
				return this.#end.resolve(message);
		}
	}
	async #answer({ id, githubEnvironment, pendingDigest }) {
		try {
			const unmet = await this.#world.github?.needs(githubEnvironment, pendingDigest) ?? null;
			this.#connection.send({
				type: "answer",
				id,
				unmet
			});
		} catch (error) {
			this.#connection.send({
				type: "answer-failed",
				id,
				error: packError(error)
			});
		}
	}
	#passOnCancel() {
		const { signal } = this.#world;
		const pass = () => {
			const facts = Object(signal.reason).facts;
			this.#connection.send({
				type: "cancel",
				signal: String(Object(facts).signal ?? "SIGTERM")
			});
		};
		if (signal.aborted) pass();
		else signal.addEventListener("abort", pass);
		return { [Symbol.dispose]: () => signal.removeEventListener("abort", pass) };
	}
};
// src/ssh/perform.ts
const AGAIN_MS = 3e5;
const LONGEST_PAUSE_MS = 1e4;
const ONLY_LOOKS = [
	"status",
	"plan",
	"gate",
	"runs",
	"backups"
];
function performOverSsh(settings) {
	return async (invocation, world) => {
		const startedAt = world.now();
		try {
			return await carryOutThere(settings, invocation, world);
		} catch (error) {
			if (!(error instanceof BelayError) || error.code !== "ssh-lost" || ONLY_LOOKS.includes(invocation.command)) throw error;
			return unknownEnd(error, invocation, world, startedAt);
		}
	};
}
async function carryOutThere(settings, invocation, world) {
	if (settings.unfinished !== null) {
		const end = await comeBack(settings, world, {
			session: settings.unfinished,
			run: null,
			cancel: true
		});
		if (end !== null) return resultOf(end);
	}
	const dialogue = new Dialogue(settings, world);
	const first = await dialogue.begin(await settings.beginOf(invocation, world));
	if (first !== null) return resultOf(first);
	const { session, run } = dialogue;
	world.progress({
		type: "notice",
		message: `the connection to ${shownDestination(settings.destination)} was lost; the run goes on there`
	});
	const end = await comeBack(settings, world, {
		session,
		run,
		cancel: false
	});
	return end === null ? await recover(settings, invocation, world, run) : resultOf(end);
}
function unknownEnd(error, { command, environment }, world, startedAt) {
	const { run } = error.facts;
	return {
		belay: world.belayVersion,
		run: typeof run === "string" ? run : null,
		command,
		environment,
		outcome: "needs-attention",
		digest: null,
		startedAt: startedAt.toISOString(),
		durationMs: world.now().getTime() - startedAt.getTime(),
		reasons: [reasonOf(error)],
		targets: []
	};
}
function resultOf(end) {
	if (end.type === "ended") return end.result;
	throw unpackError(end.error);
}
async function recover(settings, invocation, world, run) {
	const died = {
		code: "ssh-session-died",
		message: `Belay on ${shownDestination(settings.destination)} ended without a word; it was killed, or the server stopped`
	};
	if (run === null) throw refusal(died.code, `${died.message}, before it had begun a run`, { hint: "run the job again" });
	world.progress({
		type: "notice",
		message: `${died.message}; finishing run ${run}`
	});
	const asked = {
		...invocation,
		command: "recover",
		options: { run }
	};
	const end = await new Dialogue(settings, world).begin(await settings.beginOf(asked, world));
	if (end === null) throw lost(settings, run);
	const result = resultOf(end);
	return {
		...result,
		reasons: [...result.reasons, died]
	};
}
async function comeBack(settings, world, { session, run, cancel }) {
	const deadline = performance.now() + (settings.againMs ?? AGAIN_MS);
	for (let waitMs = 500;; waitMs = Math.min(2 * waitMs, LONGEST_PAUSE_MS)) {
		const end = await new Dialogue(settings, world).attach(session, cancel || world.signal.aborted);
		if (end !== "lost") return end;
		if (performance.now() + waitMs > deadline) throw lost(settings, run);
		await setTimeout(waitMs);
	}
}
function lost({ destination, directory }, run) {
	const what = run === null ? "what was begun" : `run ${run}`;
	return failure("ssh-lost", `the connection to ${shownDestination(destination)} was lost and did not come back; ${what} may go on there`, {
		hint: `look there, in ${directory}: \`belay status\`; where it says so, \`belay recover\``,
		facts: { run }
	});
}
// src/workflow/over-ssh.ts
function serverOf(ssh, { runner, context, unfinished }) {
	let folder = null;
	const within = context.tempDirectory;
	runner.mask(ssh.key === null ? [] : [ssh.key]);
	return {
		async loadPerform() {
			const destination = destinationOf(ssh.destination);
			if (destination === null) throw notADestination();
			return async (invocation, world) => {
				const program = await sshProgram(world);
				if (ssh.key === null && (world.variables["SSH_AUTH_SOCK"] ?? "") === "") throw withoutKey();
				const files = await writeCredentials(ssh, within, (path) => {
					folder = path;
					runner.save("ssh", path);
				});
				const keepSession = (session) => runner.save("session", session);
				return performOverSsh({
					destination,
					files,
					program,
					variables: world.variables,
					directory: ssh.directory,
					keepSession,
					unfinished,
					beginOf: (asked, at) => beginOf(asked, at, ssh.directory)
				})(invocation, world);
			};
		},
		async [Symbol.asyncDispose]() {
			if (folder === null) return;
			await removeCredentials(folder, within);
			runner.save("ssh", "");
		}
	};
}
async function beginOf(invocation, world, directory) {
	const { github, variables, cwd } = world;
	if (github === null) throw new RangeError("a step without GitHub has no policy to send");
	const policy = await github.policy(invocation.config);
	const named = policy.text === null ? null : namedVariables(policy.text, invocation.environment);
	if (named?.hasApprovals === true) throw withApprovals(named.environment);
	const asked = named && {
		command: invocation.command,
		environment: {
			name: named.environment,
			approvals: null
		},
		bot: named.bot
	};
	const granted = asked === null ? {} : await github.grant?.begin(asked) ?? {};
	const given = (named?.names ?? []).flatMap((name) => {
		const value = variables[name] ?? "";
		return value === "" ? [] : [[name, value]];
	});
	return {
		type: "begin",
		invocation: {
			...invocation,
			options: {
				...invocation.options,
				...granted
			}
		},
		directory,
		variables: Object.fromEntries(given),
		sha: github.sha,
		repositoryId: github.repositoryId,
		policy: {
			...policy,
			own: policy.isCheckout ? policy.text : await ownText({
				explicit: invocation.config,
				cwd
			})
		}
	};
}
async function sshProgram({ cwd, variables }) {
	try {
		return await findProgram("ssh", cwd, variables["PATH"]);
	} catch (cause) {
		throw refusal("ssh-missing", "the runner has no ssh", {
			hint: "install the package openssh-client in a step before Belay's",
			cause
		});
	}
}
function notADestination() {
	return usageError("input-invalid", "the input ssh names no user and host", { hint: "write user@host, user@host:port or ssh://user@host:port; an IPv6 address stands in brackets" });
}
function withoutKey() {
	return usageError("input-needed", "the step has no ssh-key, and no agent that could have it", { hint: "set ssh-key: ${{ secrets.SSH_KEY }}, or start an ssh-agent in a step before (SSH_AUTH_SOCK)" });
}
export { serverOf };
