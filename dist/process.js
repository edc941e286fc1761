import "./rolldown-runtime.js";
import { a as setOutput, i as saveState, n as getInput, o as setSecret, r as notice, s as warning, t as error } from "./npm-actions-core.js";
import { n as maskedTexts } from "./secrets.js";
import { t as THIS_MACHINE } from "./this-machine.js";
import { appendFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
// src/github/runner.ts
function openRunner(variables, write) {
	const fence = randomUUID();
	const masked = new Set();
	const outside = (command) => {
		write(`::${fence}::\n`);
		command();
		write(`::stop-commands::${fence}\n`);
	};
	const byFile = (variable, command) => (variables[variable] ?? "") === "" ? outside(command) : command();
	write(`::stop-commands::${fence}\n`);
	return {
		input: (name) => getInput(name),
		given: Object.entries(variables).flatMap(([name, value]) => name.startsWith("INPUT_") && value !== "" ? [name.slice(6).toLowerCase()] : []),
		print: write,
		mask(secrets) {
			const unknown = secrets.flatMap(maskedTexts).filter((text) => !masked.has(text));
			if (unknown.length === 0) return;
			for (const text of unknown) masked.add(text);
			outside(() => unknown.forEach((text) => setSecret(text)));
		},
		annotate({ level, message, title, file, line }) {
			const place = {
				title,
				...file === void 0 ? {} : { file },
				...line === void 0 ? {} : { startLine: line }
			};
			outside(() => ({
				error,
				warning,
				notice
			})[level](message, place));
		},
		output: (name, value) => byFile("GITHUB_OUTPUT", () => setOutput(name, value)),
		save: (name, value) => byFile("GITHUB_STATE", () => saveState(name, value)),
		saved: (name) => variables[`STATE_${name}`] || null,
		async appendSummary(markdown) {
			const file = variables["GITHUB_STEP_SUMMARY"];
			if (file !== void 0 && file !== "") await appendFile(file, markdown);
		},
		end: () => write(`::${fence}::\n`)
	};
}
// src/workflow/process.ts
function stepOfThisProcess() {
	return {
		runner: openRunner(process.env, (text) => process.stdout.write(text)),
		variables: process.env,
		cwd: process.cwd(),
		...THIS_MACHINE,
		loadPerform: async () => (await import("./wire.js")).perform
	};
}
export { stepOfThisProcess as t };
