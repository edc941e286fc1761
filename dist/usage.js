import { nt as reasonOf } from "./domain.js";
import { h as mark, i as field, v as spell, x as safeLines } from "./page.js";
// src/report/json.ts
function resultJson(result) {
	return oneLine(result);
}
function usageJson(belay, command, error) {
	const facts = Object.keys(error.facts).length === 0 ? {} : { facts: error.facts };
	return oneLine({
		belay,
		run: null,
		command,
		environment: null,
		outcome: null,
		digest: null,
		reasons: [{
			...reasonOf(error),
			...facts
		}],
		targets: []
	});
}
function oneLine(value) {
	return `${JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, codeUnits)}\n`;
}
function codeUnits(character) {
	return Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
}
// src/report/usage.ts
function usageReport(error, style) {
	const [first = "", ...more] = safeLines(error.message);
	return `${[
		`${mark(style, "failed")} ${spell(style, first)}`,
		...more.map((line) => `  ${spell(style, line)}`),
		...field(style, "  Next:", error.hint ?? "")
	].join("\n")}\n`;
}
export { usageJson as i, oneLine as n, resultJson as r, usageReport as t };
