import "./rolldown-runtime.js";
import { et as failure, rt as refusal, tt as messageOf } from "./domain.js";
import { t as THIS_MACHINE } from "./this-machine.js";
import { i as isAlive } from "./process-group2.js";
import { ln as startedProcess } from "./looking.js";
import { n as lineReader, r as toLine, t as withApprovals } from "./with-approvals.js";
import { n as unpackError, t as packError } from "./portable-error.js";
import { join } from "node:path";
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { randomUUID } from "node:crypto";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
// src/ssh/kept-end.ts
const POLL_MS = 200;
const FORGOTTEN_MS = 2592e6;
function keptEnds(folder, now) {
	const at = (session, ...names) => join(folder, session.replace(/[^\w-]/g, "_"), ...names);
	const ownerOf = async (session) => await readJson(at(session, "process.json"));
	const endOf = async (session) => await readJson(at(session, "end.json"));
	return {
		async begin(session) {
			await mkdir(at(session), {
				recursive: true,
				mode: 448
			});
			await write(at(session, "process.json"), startedProcess(process.pid, "ssh-session"));
			await removeForgotten(folder, now());
		},
		keep: (session, end) => write(at(session, "end.json"), end),
		forget: (session) => rm(at(session), {
			recursive: true,
			force: true
		}),
		async wait(session, signal) {
			for (;;) {
				const owner = await ownerOf(session);
				const lives = owner !== null && isAlive(owner);
				const end = await endOf(session);
				if (end !== null || !lives) return end;
				await setTimeout$1(POLL_MS, void 0, { signal });
			}
		},
		async cancel(session) {
			const owner = await ownerOf(session);
			if (owner === null || !isAlive(owner)) return false;
			process.kill(owner.pid, "SIGTERM");
			return true;
		}
	};
}
async function write(file, content) {
	const temporary = `${file}.new`;
	await writeFile(temporary, JSON.stringify(content), {
		mode: 384,
		flush: true
	});
	await rename(temporary, file);
}
async function readJson(file) {
	try {
		return JSON.parse(await readFile(file, "utf8"));
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
		throw error;
	}
}
async function removeForgotten(folder, nowMs) {
	for (const name of await readdir(folder)) {
		const session = join(folder, name);
		if (nowMs - (await stat(session)).mtimeMs > FORGOTTEN_MS) await rm(session, {
			recursive: true,
			force: true
		});
	}
}
// src/ssh/session.ts
const RECEIPT_MS = 1e4;
function openSession(settings) {
	const { session, send, kept, world } = settings;
	const cancelled = new AbortController();
	const left = new AbortController();
	const receipt = Promise.withResolvers();
	const begun = Promise.withResolvers();
	const questions = new Questions(send);
	send({
		type: "hello",
		protocol: 1,
		belay: world.belayVersion,
		session
	});
	const carry = async () => {
		const first = await begun.promise;
		if (first === null) return;
		if (first.type === "attach") cancelled.signal.addEventListener("abort", () => void kept.cancel(first.session));
		const of = first.type === "begin" ? session : first.session;
		const end = first.type === "begin" ? await begin(settings, first, questions, cancelled.signal) : await attach(settings, first, left.signal);
		if (end === "left") return;
		if (end === null) return send({ type: "gone" });
		send(end);
		await Promise.race([
			receipt.promise.then(() => kept.forget(of)),
			over(RECEIPT_MS),
			aborted(left.signal)
		]);
	};
	return {
		take(message) {
			if (message.type === "begin" || message.type === "attach") begun.resolve(message);
			else if (message.type === "cancel") cancelled.abort(failure("interrupted", `interrupted by ${message.signal}`, { facts: { signal: message.signal } }));
			else if (message.type === "received") receipt.resolve();
			else questions.answer(message);
		},
		alone() {
			left.abort();
			begun.resolve(null);
			questions.nobodyAnswers();
		},
		ended: carry()
	};
}
async function begin(settings, asked, questions, cancelled) {
	const { kept, session, send } = settings;
	const isKept = await kept.begin(session).then(() => true, (error) => {
		send({
			type: "progress",
			event: {
				type: "notice",
				message: `a lost connection could not be taken up again: ${messageOf(error)}`
			}
		});
		return false;
	});
	const end = await endOf(settings, asked, questions, cancelled);
	if (isKept) await kept.keep(session, end).catch(() => void 0);
	return end;
}
async function endOf(settings, asked, questions, cancelled) {
	const { send, world, interrupted } = settings;
	try {
		const directory = directoryOf(settings.directory, asked.directory);
		await settings.assertDirectory(directory);
		return {
			type: "ended",
			result: await settings.perform(asked.invocation, {
				...world,
				cwd: directory,
				variables: {
					...world.variables,
					...asked.variables
				},
				progress: (event) => send({
					type: "progress",
					event
				}),
				signal: AbortSignal.any([cancelled, interrupted]),
				onGitHub: false,
				github: gitHubThroughJob(asked, questions),
				hide: (secrets) => send({
					type: "hide",
					secrets
				})
			})
		};
	} catch (error) {
		return {
			type: "threw",
			error: packError(error)
		};
	}
}
function directoryOf(own, asked) {
	if (own !== null && asked !== null && own !== asked) throw refusal("ssh-directory", `this key is for ${own}, and the step asks for ${asked}`, { hint: `say ssh-directory: ${own}` });
	const directory = own ?? asked;
	if (directory === null) throw refusal("ssh-directory", "neither the step nor the server says where to work", { hint: "set the input ssh-directory" });
	return directory;
}
function gitHubThroughJob({ sha, repositoryId, policy }, questions) {
	return {
		repositoryId,
		sha,
		hosted: false,
		fork: false,
		policy: () => Promise.resolve(policy),
		approvals: ({ name }) => Promise.reject(withApprovals(name)),
		needs: (githubEnvironment, pendingDigest) => questions.ask(githubEnvironment, pendingDigest)
	};
}
async function attach({ kept }, { session, cancel }, left) {
	if (cancel) await kept.cancel(session);
	try {
		return await kept.wait(session, left);
	} catch (error) {
		if (left.aborted) return "left";
		throw error;
	}
}
var Questions = class {
	#send;
	#waiting = new Map();
	#asked = 0;
	#alone = false;
	constructor(send) {
		this.#send = send;
	}
	ask(githubEnvironment, pendingDigest) {
		const id = this.#asked++;
		const waiting = Promise.withResolvers();
		this.#waiting.set(id, waiting);
		if (this.#alone) this.nobodyAnswers();
		else this.#send({
			type: "ask",
			id,
			githubEnvironment,
			pendingDigest
		});
		return waiting.promise;
	}
	answer(message) {
		const waiting = this.#waiting.get(message.id);
		this.#waiting.delete(message.id);
		if (message.type === "answer") waiting?.resolve(message.unmet);
		else waiting?.reject(unpackError(message.error));
	}
	nobodyAnswers() {
		this.#alone = true;
		const lost = refusal("ssh-lost", "the connection to the job was lost before GitHub could be asked", { hint: "run the job again" });
		for (const { reject } of this.#waiting.values()) reject(lost);
		this.#waiting.clear();
	}
};
function over(ms) {
	return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
function aborted(signal) {
	return new Promise((resolve) => {
		if (signal.aborted) resolve();
		else signal.addEventListener("abort", () => resolve(), { once: true });
	});
}
// src/ssh/session-of-this-process.ts
const MOST_UNREAD_BYTES = 16777216;
async function serveThisProcess(directory, belay) {
	process.stdout.on("error", () => void 0);
	using watch = THIS_MACHINE.onInterrupt(() => void 0);
	const session = openSession({
		session: randomUUID(),
		world: {
			variables: process.env,
			now: THIS_MACHINE.now,
			random: THIS_MACHINE.random,
			belayVersion: belay.version
		},
		directory,
		kept: keptEnds(stateFolder(process.env), Date.now),
		perform: belay.perform,
		assertDirectory,
		send(message) {
			if (message.type === "progress" && process.stdout.writableLength > MOST_UNREAD_BYTES) return;
			process.stdout.write(toLine(message));
		},
		interrupted: watch.signal
	});
	const reader = lineReader({
		message: (message) => session.take(message),
		other: () => void 0
	});
	process.stdin.setEncoding("utf8");
	process.stdin.on("data", (text) => reader.add(text));
	for (const event of [
		"end",
		"error",
		"close"
	]) process.stdin.once(event, () => session.alone());
	await session.ended;
	process.stdin.destroy();
}
function stateFolder({ XDG_STATE_HOME: state = "" }) {
	return join(state === "" ? join(homedir(), ".local/state") : state, "belay/sessions");
}
async function assertDirectory(path) {
	const hint = "ssh-directory is where the application lies on the server, the directory that belay.yml's relative paths start at";
	const problem = await stat(path).then((found) => found.isDirectory() ? null : "it is no directory", (error) => messageOf(error));
	if (problem !== null) throw refusal("ssh-directory", `working in ${path} on the server: ${problem}`, { hint });
}
export { serveThisProcess };
