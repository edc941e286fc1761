import { et as failure } from "./domain.js";
import { t as describeCommand } from "./describe-command.js";
import { t as stopIfAborted } from "./stop.js";
import { n as runVariables } from "./target-variables2.js";
import { n as plainText } from "./plain-text.js";
// src/tool/program/meanings.ts
const USUAL = [
	{
		words: /database (?:table )?is locked|SQLITE_BUSY/i,
		code: "database-locked",
		hint: "somebody else has the database: stop the application first (app.stop), or end who holds it"
	},
	{
		words: /canceling statement due to lock timeout|could not obtain lock|deadlock detected|LockNotAvailable|55P03/,
		code: "database-locked",
		hint: "another session has a lock that this needs: stop the application first (app.stop), or end that session"
	},
	{
		words: /permission denied|readonly database|read-only|EACCES/i,
		hint: "the user that runs Belay may not do that: look at owner and mode of the database file, of its folder and of the program (ls -l)"
	},
	{
		words: /No module named|Cannot find module|command not found/i,
		hint: "what it needs is not installed here, or migrate.env withholds a variable that finds it"
	}
];
function meaningOf(said, own = []) {
	return [...own, ...USUAL].find(({ words }) => words.test(said));
}
// src/tool/program/telling-lines.ts
const TELLING = /error|exception|fatal|locked|denied/i;
const PYTHON_TRACE = /^Traceback \(most recent call last\):$/;
function tellingLines(text) {
	const lines = withoutCalls(text.trimEnd().split("\n"));
	return [...lines.slice(0, -5).filter((line) => TELLING.test(line)).slice(-3), ...lines.slice(-5)].join("\n");
}
const NODE_CALL = /^\s+at .+(?:\)|:\d+:\d+)(?: \{)?$/;
function withoutCalls(lines) {
	let inTrace = false;
	return lines.filter((line) => {
		if (PYTHON_TRACE.test(line)) inTrace = true;
		else if (!/^\s/.test(line)) inTrace = false;
		return !inTrace && !NODE_CALL.test(line);
	});
}
// src/tool/program/program.ts
const NO_LIMIT_MS = Number.MAX_SAFE_INTEGER;
function ofRun(program, { run, told = {} }) {
	return {
		...program,
		variables: {
			...program.variables,
			...told,
			...runVariables(run)
		}
	};
}
async function startProgram(program, { command, timeoutMs }, followed) {
	const end = await program.spawn({
		command: behind(program.run, command),
		directory: program.directory,
		variables: program.variables,
		timeoutMs: timeoutMs ?? NO_LIMIT_MS,
		role: "migrate",
		...followed === null ? {} : {
			output: followed.output,
			signal: followed.signal,
			record: followed.recordProcess
		}
	});
	if (end.aborted && followed !== null) stopIfAborted(followed.signal);
	return end;
}
async function runProgram(program, order, followed) {
	const end = await startProgram(program, order, followed);
	if (end.status === 0) return end;
	throw failedOrder(program, order, end);
}
function failedOrder(program, order, end) {
	const { act, command, timeoutMs, meanings = [] } = order;
	const meaning = meaningOf(plainText(end.tail), meanings);
	return programFailure(end.timedOut ? "tool-timeout" : meaning?.code ?? "tool-failed", `${act}: ${howItEnded(end, timeoutMs)} of ${shortened(describeCommand(command))}`, program, order, end, meaning?.hint);
}
function programFailure(code, message, { redact, directory }, { migration }, end, hint) {
	const said = tellingLines(redact(plainText(end.tail)));
	return failure(code, said === "" ? `${message}; it said nothing` : `${message}\n${said}`, {
		hint: hint ?? `try it by hand in ${directory}`,
		...migration === null ? {} : { facts: { migration } }
	});
}
function shortened(text) {
	return text.length > 200 ? `${text.slice(0, 120)} …` : text;
}
function howItEnded(end, timeoutMs) {
	if (end.timedOut) return `no end within ${(timeoutMs ?? 0) / 1e3} s`;
	return end.status === null ? `ended by ${end.signal ?? "a signal"}` : `exit status ${end.status}`;
}
function behind(run, command) {
	if (run === null) return command;
	return { argv: [...run, ..."shell" in command ? [
		"sh",
		"-e",
		"-c",
		command.shell
	] : command.argv] };
}
export { startProgram as a, runProgram as i, ofRun as n, programFailure as r, failedOrder as t };
