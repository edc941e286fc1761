import { et as failure } from "./domain.js";
// src/tool/program/same-database.ts
async function assertSameDatabase({ tool, place, program }, asking, files, applied) {
	const seen = await tool.seen?.(asking, files);
	if (seen === void 0 || seen === null || sorted(seen) === sorted(applied)) return;
	throw failure("wrong-database", `${tool.title} works on another database: there ${listed(seen)}, in ${place.target.name} ${listed(applied)}`, { hint: hintFor(program.run !== null) });
}
function hintFor(elsewhere) {
	const variables = "let its own configuration read the address from the variable that Belay sets (migrate.url-variable, migrate.variables)";
	return elsewhere ? `${variables}, and let migrate.run pass that on: docker run -e DATABASE_URL …` : variables;
}
function listed(ids) {
	if (ids.length === 0) return "nothing is applied";
	return ids.length > 3 ? `${ids.length} are applied, the last of them ${ids.at(-1)}` : `${ids.join(", ")} applied`;
}
function sorted(ids) {
	return JSON.stringify(ids.toSorted());
}
export { hintFor as n, assertSameDatabase as t };
