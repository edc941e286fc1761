import "./rolldown-runtime.js";
import { V as canonicalJson } from "./domain.js";
import { a as sha256, n as digestOfAll, r as filesMatching } from "./files.js";
import { dirname, extname, join } from "node:path";
import { readdir } from "node:fs/promises";
// src/tool/program/remembered-files.ts
var RememberedFiles = class {
	#tool;
	#place;
	#last = null;
	constructor(tool, place) {
		this.#tool = tool;
		this.#place = place;
	}
	async recall(read) {
		if (this.#tool.sameFilesForAll !== true || this.#place.elsewhere) return read();
		const last = this.#last;
		if (last !== null && await this.#stampOf(last.files) === last.stamp) return last.files;
		const files = await read();
		const stamp = await this.#stampOf(files);
		this.#last = stamp === null ? null : {
			files,
			stamp
		};
		return files;
	}
	async #stampOf({ known }) {
		const { root, directory } = this.#place;
		const names = known.flatMap(({ files }) => files);
		if (names.length === 0) return null;
		const beside = [];
		for (const folder of new Set(names.map((name) => dirname(name)))) beside.push([folder, await namesLike(join(root, folder), names)]);
		const configuration = await filesMatching(this.#tool.configuration(this.#place), directory);
		const contents = [await digestOrGone(names, root), await digestOrGone(configuration, directory)];
		return sha256(canonicalJson([beside, contents]));
	}
};
async function namesLike(folder, names) {
	const endings = new Set(names.map((name) => extname(name)));
	return (await readdir(folder).catch(() => [])).filter((name) => endings.has(extname(name))).sort();
}
async function digestOrGone(names, directory) {
	return digestOfAll(names, directory).catch(() => "gone");
}
export { RememberedFiles as t };
