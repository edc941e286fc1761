import { V as canonicalJson } from "./domain.js";
import { join, sep } from "node:path";
import { glob, lstat, readFile } from "node:fs/promises";
import { createHash } from "node:crypto";
// src/tool/program/files.ts
async function digestOfAll(names, directory) {
	const contents = [];
	for (const name of names) contents.push([name, sha256(await readFile(join(directory, name)))]);
	return sha256(canonicalJson(contents));
}
async function digestOf(names, directory) {
	const [first] = names;
	if (first === void 0) return null;
	return names.length === 1 ? sha256(await readFile(join(directory, first))) : digestOfAll(names, directory);
}
async function filesMatching(patterns, directory) {
	const found = new Set();
	for await (const name of glob([...patterns], { cwd: directory })) if (await isFile(join(directory, name))) found.add(name.replaceAll(sep, "/"));
	return [...found].sort();
}
async function isFile(path) {
	try {
		return (await lstat(path)).isFile();
	} catch (error) {
		if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ENAMETOOLONG")) return false;
		throw error;
	}
}
function sha256(content) {
	return createHash("sha256").update(content).digest("hex");
}
export { sha256 as a, isFile as i, digestOfAll as n, filesMatching as r, digestOf as t };
