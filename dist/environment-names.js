import "./rolldown-runtime.js";
import { t as parse } from "./npm-yaml.js";
import { resolve } from "node:path";
import { readFile } from "node:fs/promises";
// src/config/environment-names.ts
const PLACES = ["belay.yml", ".github/belay.yml"];
async function environmentNames(explicit, cwd) {
	for (const place of explicit === null ? PLACES : [explicit]) {
		const text = await textOf(resolve(cwd, place));
		if (text !== null) return namesIn(text);
	}
	return [];
}
async function textOf(file) {
	try {
		return await readFile(file, "utf8");
	} catch {
		return null;
	}
}
function namesIn(text) {
	try {
		const config = parse(text, { logLevel: "silent" });
		const environments = isMap(config) ? config["environments"] : null;
		return isMap(environments) ? Object.keys(environments) : [];
	} catch {
		return [];
	}
}
function isMap(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
export { environmentNames };
