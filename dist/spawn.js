import "./rolldown-runtime.js";
import { et as failure, tt as messageOf } from "./domain.js";
import { t as findProgram } from "./find-program.js";
import { ln as startedProcess } from "./looking.js";
import { n as endOwnGroup } from "./process-group2.js";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { Socket } from "node:net";
import { Writable } from "node:stream";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { StringDecoder } from "node:string_decoder";
import { execFileSync, spawn as spawn$1 } from "node:child_process";
// src/process/captured-output.ts
const STREAM_LIMIT = 1048576;
const TAIL_LIMIT = 65536;
var CapturedOutput = class {
	seenBytes = 0;
	truncated = false;
	#decoders = {
		stdout: new StringDecoder("utf8"),
		stderr: new StringDecoder("utf8")
	};
	#texts = {
		stdout: "",
		stderr: ""
	};
	#told;
	#tail = "";
	constructor(told) {
		this.#told = told;
	}
	add(stream, bytes) {
		this.seenBytes += bytes.length;
		this.#addText(stream, this.#decoders[stream].write(bytes));
	}
	end() {
		for (const stream of ["stdout", "stderr"]) this.#addText(stream, this.#decoders[stream].end());
	}
	get stdout() {
		return this.#texts.stdout;
	}
	get stderr() {
		return this.#texts.stderr;
	}
	get tail() {
		return this.#tail.slice(-65536);
	}
	#addText(stream, text) {
		if (text === "") return;
		const kept = this.#texts[stream];
		const room = STREAM_LIMIT - kept.length;
		if (text.length > room) this.truncated = true;
		if (room > 0) this.#texts[stream] = kept + text.slice(0, room);
		this.#tail += text;
		if (this.#tail.length > 2 * TAIL_LIMIT) this.#tail = this.#tail.slice(-65536);
		this.#told(stream, text);
	}
};
// src/process/output-pipe.ts
const SYSTEM_PATH = "/usr/bin:/bin";
function openOutputPipes() {
	const folder = mkdtempSync(join(tmpdir(), "belay-pipes-"));
	try {
		const names = [join(folder, "out"), join(folder, "err")];
		execFileSync("mkfifo", [
			"-m",
			"600",
			...names
		], {
			stdio: [
				"ignore",
				"ignore",
				"pipe"
			],
			env: { PATH: SYSTEM_PATH }
		});
		return [openPipe(names[0]), openPipe(names[1])];
	} finally {
		rmSync(folder, { recursive: true });
	}
}
function openPipe(name) {
	const readEnd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
	return {
		writeEnd: openSync(name, constants.O_WRONLY),
		reader: new Socket({
			fd: readEnd,
			readable: true,
			writable: false
		})
	};
}
function closeWriteEnds(pipes) {
	for (const { writeEnd } of pipes) closeSync(writeEnd);
}
function leaveToDrain(reader) {
	const drain = spawn$1("cat", [], {
		stdio: [
			reader,
			"ignore",
			"ignore"
		],
		detached: true,
		cwd: "/",
		env: { PATH: SYSTEM_PATH }
	});
	drain.unref();
	drain.once("spawn", () => reader.destroy());
	drain.once("error", () => reader.resume().unref());
}
// src/process/gated-child.ts
const GATE = "IFS= read -r belay_gate <&3 && [ \"$belay_gate\" = go ] || exit 125; exec 3<&-; unset belay_gate $1; shift; exec \"$@\"";
const ADDED_BY_SHELLS = [
	"PWD",
	"OLDPWD",
	"SHLVL"
];
async function launchGated(argv, { directory, variables, withInput }) {
	const pipes = openOutputPipes();
	const unwanted = ADDED_BY_SHELLS.filter((name) => !(name in variables)).join(" ");
	const child = spawn$1("/bin/sh", [
		"-c",
		GATE,
		"belay-gate",
		unwanted,
		...argv
	], {
		cwd: directory,
		env: { ...variables },
		detached: true,
		stdio: [
			withInput ? "pipe" : "ignore",
			pipes[0].writeEnd,
			pipes[1].writeEnd,
			"pipe"
		]
	});
	closeWriteEnds(pipes);
	const exited = new Promise((resolve) => child.once("exit", (status, signal) => resolve({
		status,
		signal
	})));
	await new Promise((resolve, reject) => {
		child.once("spawn", resolve);
		child.once("error", (cause) => reject(notStarted(argv, cause)));
	});
	const gate = child.stdio[3];
	if (child.pid === void 0 || !(gate instanceof Writable)) throw notStarted(argv, new Error("the system gave it no number or no gate"));
	for (const stream of [gate, child.stdin]) stream?.once("error", ignoreDeafReader);
	return {
		pid: child.pid,
		gate,
		input: child.stdin,
		pipes,
		exited
	};
}
async function passGate(child, { role, record, signal }) {
	try {
		await record?.(startedProcess(child.pid, role));
	} catch (error) {
		await turnAway(child);
		throw error;
	}
	if (signal?.aborted === true) {
		await turnAway(child);
		return false;
	}
	child.gate.end("go\n");
	return true;
}
async function turnAway({ gate, exited, pipes }) {
	gate.destroy();
	await exited;
	for (const { reader } of pipes) reader.destroy();
}
function ignoreDeafReader(error) {
	if (!("code" in error) || error.code !== "EPIPE" && error.code !== "ECONNRESET") throw error;
}
function notStarted(argv, cause) {
	return failure("command-not-started", `starting ${argv[0]}: ${cause.message}`, {
		hint: "the system would not start another process; see its limits (ulimit -a)",
		cause
	});
}
// src/process/spawn.ts
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const SILENCE_MS = 20;
const LONGEST_DRAIN_MS = 1e3;
async function spawn(request) {
	const argv = await resolveProgram(request);
	const output = new CapturedOutput((stream, text) => request.output?.(stream, text));
	if (isAborted(request)) return commandEnd({
		status: null,
		signal: null
	}, "aborted", 0, output);
	const child = await launchGated(argv, {
		...request,
		withInput: request.input !== void 0
	});
	const [out, err] = child.pipes;
	listen(out, "stdout", output);
	listen(err, "stderr", output);
	child.input?.end(request.input);
	if (!await passGate(child, request)) return commandEnd({
		status: null,
		signal: null
	}, "aborted", 0, output);
	const began = performance.now();
	const { exit, cut } = await untilExit(child, request);
	const durationMs = performance.now() - began;
	await drain(child, output, cut !== null);
	return commandEnd(exit, cut, durationMs, output);
}
async function resolveProgram({ command, directory, variables }) {
	const place = await stat(directory).catch((error) => messageOf(error));
	if (typeof place === "string" || !place.isDirectory()) throw failure("directory-missing", `starting a command in ${directory}: ${typeof place === "string" ? place : "it is not a directory"}`, { hint: "commands start in the directory of belay.yml" });
	if ("shell" in command) return [
		"/bin/sh",
		"-e",
		"-c",
		command.shell
	];
	const [program, ...rest] = command.argv;
	return [await findProgram(program, directory, variables["PATH"]), ...rest];
}
function listen({ reader }, stream, output) {
	reader.on("data", (bytes) => output.add(stream, bytes));
	reader.once("error", (error) => output.add(stream, Buffer.from(`\nBelay could not read on: ${error.message}\n`)));
}
async function untilExit({ pid, exited }, request) {
	const { promise: cut, resolve } = Promise.withResolvers();
	const abort = () => resolve("aborted");
	const timer = setTimeout(() => resolve("timed-out"), Math.min(request.timeoutMs, LONGEST_TIMER_MS));
	request.signal?.addEventListener("abort", abort);
	try {
		const first = await Promise.race([exited, cut]);
		if (typeof first !== "string") return {
			exit: first,
			cut: null
		};
		await endOwnGroup(pid, request.role);
		return {
			exit: await exited,
			cut: first
		};
	} finally {
		clearTimeout(timer);
		request.signal?.removeEventListener("abort", abort);
	}
}
async function drain({ pipes }, output, everybodyIsGone) {
	const isOpen = ({ reader }) => !reader.closed;
	const ended = performance.now();
	let seenBytes = -1;
	let silentSince = ended;
	while (pipes.some(isOpen)) {
		const now = performance.now();
		if (output.seenBytes !== seenBytes) silentSince = now;
		if (now - silentSince > SILENCE_MS || now - ended > LONGEST_DRAIN_MS) break;
		seenBytes = output.seenBytes;
		await setTimeout$1(1);
	}
	for (const { reader } of pipes.filter(isOpen)) {
		reader.removeAllListeners("data");
		if (everybodyIsGone) reader.destroy();
		else leaveToDrain(reader);
	}
	output.end();
}
function isAborted({ signal }) {
	return signal?.aborted === true;
}
function commandEnd(exit, cut, durationMs, output) {
	const { stdout, stderr, truncated, tail } = output;
	return {
		...exit,
		timedOut: cut === "timed-out",
		aborted: cut === "aborted",
		durationMs,
		stdout,
		stderr,
		truncated,
		tail
	};
}
export { CapturedOutput as i, launchGated as n, passGate as r, spawn as t };
