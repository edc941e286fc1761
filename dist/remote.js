import { $ as BelayError, et as failure, tt as messageOf } from "./domain.js";
import { ln as startedProcess } from "./looking.js";
import { r as UNPACK_VARIABLES, t as HOST_WORD } from "./own-words.js";
import { n as unpackError } from "./portable-error.js";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { fork } from "node:child_process";
import { isSea } from "node:sea";
// src/engine/sqlite/remote.ts
const CLOSE_MS = 6e4;
var Remote = class Remote {
	pid;
	#child;
	#exited;
	#waiting = new Map();
	#signal;
	#kill = () => this.kill();
	#calls = 0;
	#ended;
	constructor(child, pid, signal) {
		this.pid = pid;
		this.#child = child;
		this.#signal = signal;
		this.#exited = new Promise((resolve) => void child.on("exit", resolve));
		child.on("message", (response) => this.#settle(response));
		child.on("exit", (status, by) => this.#fail(endOf(status, by, signal)));
		child.on("error", this.#kill);
		signal?.addEventListener("abort", this.#kill);
	}
	static async start(file, options = {}) {
		options.signal?.throwIfAborted();
		const child = fork(hostEntry(), [String(process.pid)], {
			detached: true,
			serialization: "advanced",
			execArgv: [],
			env: hostEnvironment(),
			stdio: [
				"ignore",
				"ignore",
				"inherit",
				"ipc"
			]
		});
		if (child.pid === void 0) {
			const [cause] = await once(child, "error");
			throw failure("host-not-started", `${process.execPath} could not be started: ${messageOf(cause)}`, {
				hint: "the system may be out of processes or memory",
				cause
			});
		}
		const remote = new Remote(child, child.pid, options.signal);
		try {
			await options.recordProcess?.(startedProcess(child.pid, "engine"));
			await remote.call("open", file);
			return remote;
		} catch (error) {
			await remote.end();
			throw error;
		}
	}
	async call(call, ...given) {
		if (this.#ended !== void 0) throw this.#ended;
		const request = {
			id: this.#calls++,
			call,
			arguments: given
		};
		const result = new Promise((resolve, reject) => this.#waiting.set(request.id, {
			resolve,
			reject
		}));
		this.#child.send(request);
		return await result;
	}
	get ended() {
		return this.#ended !== void 0;
	}
	get busy() {
		return this.#waiting.size > 0;
	}
	kill() {
		this.#child.kill("SIGKILL");
	}
	async end() {
		this.kill();
		await this.#exited;
	}
	async [Symbol.asyncDispose]() {
		if (this.busy) await this.end();
		const late = setTimeout(this.#kill, CLOSE_MS);
		try {
			if (this.#ended === void 0) await this.call("close");
		} catch (error) {
			if (error !== this.#ended) throw error;
		} finally {
			if (this.#child.connected) this.#child.disconnect();
			await this.#exited;
			clearTimeout(late);
			this.#signal?.removeEventListener("abort", this.#kill);
		}
	}
	#settle(response) {
		const waiting = this.#waiting.get(response.id);
		this.#waiting.delete(response.id);
		if ("error" in response) waiting?.reject(unpackError(response.error));
		else waiting?.resolve(response.result);
	}
	#fail(error) {
		this.#ended = error;
		for (const { reject } of this.#waiting.values()) reject(error);
		this.#waiting.clear();
	}
};
function endOf(status, by, signal) {
	if (signal?.aborted === true) return signal.reason instanceof BelayError ? signal.reason : failure("interrupted", "the work on the database was interrupted; what was not committed is undone", { cause: signal.reason });
	return failure("host-ended", `the process that works on the database ended by itself (${by ?? `status ${status}`})`, {
		hint: "the system may have run out of memory; what was not committed is undone",
		facts: {
			status,
			signal: by
		}
	});
}
function hostEntry() {
	if (isSea()) return HOST_WORD;
	return fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./host.ts" : "./sqlite-host.js", import.meta.url));
}
function hostEnvironment() {
	const passed = [
		"TMPDIR",
		"TEMP",
		"TMP",
		"SQLITE_TMPDIR",
		"SystemRoot",
		...UNPACK_VARIABLES
	];
	return Object.fromEntries(passed.flatMap((name) => process.env[name] === void 0 ? [] : [[name, process.env[name]]]));
}
export { Remote as t };
