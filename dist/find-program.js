import { et as failure } from "./domain.js";
import { constants } from "node:fs";
import { delimiter, resolve } from "node:path";
import { access, stat } from "node:fs/promises";
// src/process/find-program.ts
const PROJECT_FOLDERS = [
	".venv/bin",
	"venv/bin",
	"node_modules/.bin"
];
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";
async function findToolProgram(name, directory, path) {
	const found = await lookUp(name, directory, name.includes("/") ? [] : PROJECT_FOLDERS.map((folder) => resolve(directory, folder)), path);
	return found.kind === "found" ? found.path : void 0;
}
async function findProgram(name, directory, path) {
	const found = await lookUp(name, directory, [], path);
	if (found.kind === "found") return found.path;
	if (found.kind === "not-executable") throw failure("command-not-executable", `starting ${name}: ${found.path} is not an executable file`, {
		hint: `chmod +x ${found.path}, or start it through its interpreter`,
		facts: { path: found.path }
	});
	throw failure("command-not-found", `starting ${name}: there is no such program${name.includes("/") ? ` at ${resolve(directory, name)}` : " on PATH"}`, {
		hint: name.includes("/") ? `relative paths start at ${directory}` : "install it, write its path, or add its folder to PATH",
		facts: {
			program: name,
			directory
		}
	});
}
async function lookUp(name, directory, folders, path = DEFAULT_PATH) {
	const candidates = name.includes("/") ? [resolve(directory, name)] : [...folders, ...path.split(delimiter).map((folder) => resolve(directory, folder))].map((folder) => resolve(folder, name));
	let blocked;
	for (const candidate of candidates) {
		const kind = await kindOf(candidate);
		if (kind === "program") return {
			kind: "found",
			path: candidate
		};
		if (kind === "other") blocked ??= candidate;
	}
	return blocked === void 0 ? { kind: "missing" } : {
		kind: "not-executable",
		path: blocked
	};
}
async function kindOf(path) {
	try {
		if (!(await stat(path)).isFile()) return "other";
	} catch (error) {
		return codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR" ? "nothing" : "other";
	}
	try {
		await access(path, constants.X_OK);
		return "program";
	} catch {
		return "other";
	}
}
function codeOf(error) {
	return error instanceof Error && "code" in error ? error.code : void 0;
}
export { findToolProgram as n, findProgram as t };
