import "./rolldown-runtime.js";
import { $ as BelayError } from "./domain.js";
import { t as spawn } from "./spawn.js";
import { i as recordText, n as meetsPrinted, o as shortened, t as meets } from "./expect.js";
// src/check/command.ts
async function runCommandCheck(check, context) {
	return {
		result: {
			name: check.name,
			phase: context.phase,
			...await judge(check, context)
		},
		recorded: null
	};
}
async function judge(check, { directory, variables, signal, record }) {
	const expected = expectedOf(check);
	let end;
	try {
		end = await spawn({
			command: check.command,
			directory,
			variables,
			timeoutMs: check.timeoutMs,
			role: "check",
			signal,
			...record === void 0 ? {} : { record }
		});
	} catch (error) {
		if (error instanceof BelayError && START_FAILURES.has(error.code)) return {
			passed: false,
			expected,
			actual: error.message
		};
		throw error;
	}
	if (end.aborted) signal.throwIfAborted();
	if (end.timedOut) return {
		passed: false,
		expected,
		actual: `no end within ${check.timeoutMs / 1e3} s${lastWords(end)}`
	};
	if (end.status === null) return {
		passed: false,
		expected,
		actual: `ended by ${end.signal ?? "a signal"}${lastWords(end)}`
	};
	if (end.status !== check.expect.status) return {
		passed: false,
		expected,
		actual: `exit status ${end.status}${lastWords(end)}`
	};
	const { output } = check.expect;
	if (output === null) return {
		passed: true,
		expected,
		actual: `exit status ${end.status}`
	};
	if (end.truncated) return {
		passed: false,
		expected,
		actual: "more than 1 MiB of output, which cannot be judged as a whole"
	};
	return {
		...judgeOutput(end, output),
		expected
	};
}
const START_FAILURES = new Set([
	"command-not-found",
	"command-not-executable",
	"command-not-started",
	"directory-missing"
]);
function judgeOutput({ stdout }, output) {
	return meetsPrinted(output, stdout, stdout.replace(/\r?\n$/, ""));
}
function expectedOf({ expect: { status, output } }) {
	const ending = `exit status ${status}`;
	return output === null ? ending : `${ending} and output ${meets(output, recordText(""), null).expected}`;
}
function lastWords({ tail }) {
	const line = tail.trimEnd().split("\n").at(-1)?.trim() ?? "";
	return line === "" ? "" : `: ${shortened(line, 200)}`;
}
export { runCommandCheck };
