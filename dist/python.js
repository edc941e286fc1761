import { i as isFile } from "./files.js";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
// src/tool/program/local-file.ts
async function localFile({ root, directory, elsewhere }, path) {
	for (const candidate of candidates(directory, elsewhere, path)) {
		const name = relative(root, candidate);
		if (name !== "" && name !== ".." && !name.startsWith(`..${sep}`) && !isAbsolute(name) && await isFile(candidate)) return name.replaceAll(sep, "/");
	}
	return null;
}
function candidates(directory, elsewhere, path) {
	if (!elsewhere) return [resolve(directory, path)];
	const parts = path.split("/").filter((part) => part !== "");
	return parts.map((_, index) => join(directory, ...parts.slice(index)));
}
// src/tool/program/tools/python.ts
const PYTHON_MEANINGS = [
	{
		words: /^KeyError: '[A-Z][A-Z0-9_]*'$/m,
		code: "variable-missing",
		hint: "the application reads a variable that is not set here: set it, or name it in migrate.env or migrate.env-file; the database's URL gets a second name by migrate.url-variable"
	},
	{
		words: /password authentication failed|no password supplied/,
		code: "tool-cannot-connect",
		hint: "its configuration has another user or password than target.url: let it read the URL that Belay sets (migrate.url-variable)"
	},
	{
		words: /could not connect to server|connection to server .* failed|unable to open database file/,
		code: "tool-cannot-connect",
		hint: "its configuration leads elsewhere than target.url: let it read the URL that Belay sets (migrate.url-variable, migrate.path for a container)"
	}
];
export { localFile as n, PYTHON_MEANINGS as t };
