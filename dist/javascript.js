// src/tool/program/tools/javascript.ts
const EMPTY_DOWN = /\bdown\b\s*[=:]?\s*(?:async\s*)?(?:function\b\s*\w*\s*)?(?:\([^)]*\)|\w+)\s*(?::[^={]*)?(?:=>\s*)?\{(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/|return;?)*\}/;
function oneWayOf(text) {
	if (/\bdown\s*=\s*false\b/.test(text)) return "its down is switched off";
	return EMPTY_DOWN.test(text) ? "its down() does nothing" : null;
}
const NODE_MEANINGS = [
	{
		words: /ERR_MODULE_NOT_FOUND|Cannot find (?:module|package)/,
		code: "tool-not-configured",
		hint: "a package that it needs is not installed here: npm ci in the project's folder"
	},
	{
		words: /password authentication failed|no password supplied|SASL: SCRAM/,
		code: "tool-cannot-connect",
		hint: "its configuration has another user or password than target.url: let it read the URL that Belay sets (migrate.url-variable)"
	},
	{
		words: /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|SQLITE_CANTOPEN|unable to open database file|directory does not exist/,
		code: "tool-cannot-connect",
		hint: "its configuration leads elsewhere than target.url: let it read the URL that Belay sets (migrate.url-variable, migrate.path for a container)"
	}
];
export { oneWayOf as n, NODE_MEANINGS as t };
