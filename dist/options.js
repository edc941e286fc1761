// src/tool/program/tools/options.ts
function textOf(options, key) {
	const value = options[key];
	return typeof value === "string" ? value : null;
}
export { textOf as t };
