import "./rolldown-runtime.js";
import { it as usageError, tt as messageOf } from "./domain.js";
import { readFile } from "node:fs/promises";
// src/process/env-file.ts
async function readEnvFile(path) {
	let bytes;
	try {
		bytes = await readFile(path);
	} catch (error) {
		throw usageError("env-file-unreadable", `reading the variables in ${path}: ${messageOf(error)}`, {
			hint: "mend migrate.env-file in belay.yml, or the file's owner and mode",
			cause: error
		});
	}
	return parseEnvFile(decode(bytes, path), path);
}
function parseEnvFile(text, path) {
	const variables = {};
	let rest = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
	let line = 1;
	while (rest !== "") {
		const match = BLANK.exec(rest) ?? ASSIGNMENT.exec(rest);
		if (match === null) throw invalidLine(path, line, rest);
		const { name, double, single, bare } = match.groups ?? {};
		if (name !== void 0) variables[name] = double === void 0 ? single ?? bare ?? "" : unescaped(double);
		line += match[0].split("\n").length - 1;
		rest = rest.slice(match[0].length);
	}
	return variables;
}
const BLANK = /^[ \t]*(?:#[^\n]*)?(?:\n|$)/;
const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(?:"(?<double>(?:[^"\\]|\\[^])*)"|'(?<single>[^']*)'|(?<bare>(?:(?:(?<==)#|[^\s#"'])[^\n]*?)?))(?:[ \t]+#[^\n]*|[ \t]*)(?:\n|$)/;
const ESCAPES = {
	n: "\n",
	r: "\r",
	t: "	"
};
function unescaped(quoted) {
	return quoted.replace(/\\([nrt"\\$])/g, (_, character) => ESCAPES[character] ?? character);
}
function decode(bytes, path) {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch (error) {
		throw usageError("env-file-invalid", `${path} is not UTF-8`, {
			hint: "save it as UTF-8",
			cause: error
		});
	}
}
function invalidLine(path, line, rest) {
	const [, name] = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=/.exec(rest) ?? [];
	const what = name === void 0 ? "is no NAME=value" : `gives ${name} a value whose quotes do not end, or are followed by more`;
	return usageError("env-file-invalid", `line ${line} of ${path} ${what}`, {
		hint: "write NAME=value, or NAME='value' where it holds spaces, quotes or #",
		facts: {
			file: path,
			line
		}
	});
}
export { readEnvFile };
