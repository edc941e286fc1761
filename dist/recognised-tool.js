import "./rolldown-runtime.js";
import { it as usageError, rt as refusal } from "./domain.js";
import { n as recognise, r as folderAt } from "./recognise.js";
// src/setup/recognised-tool.ts
async function recognisedTool(project, { run, path, env, envFile, variables }, recogniseSql) {
	const found = await recognise(folderAt(project), recogniseSql);
	const [first, second] = found;
	if (first === void 0) throw refusal("tool-unrecognised", `no migrations were recognised in ${project}`, { hint: "name the tool in belay.yml: `migrate: sql`, or where its files lie: `migrate: { tool: sql, directory: … }`" });
	const { drive } = first;
	const isSql = found.every((each) => each.drive.way === "sql");
	if (second !== void 0 && !isSql) throw ambiguous(found);
	if (drive.way === "tool") return drive.tool;
	if (!isSql) throw unnamed(first);
	if ([
		run,
		path,
		env,
		envFile
	].every((key) => key === null) && Object.keys(variables).length === 0) return "sql";
	throw usageError("tool-needed", `migrate has keys for a tool that is a program, and what is recognised are SQL files (${first.evidence})`, { hint: "name the tool: migrate.tool; or leave those keys out" });
}
function ambiguous(found) {
	const listed = found.map(({ title, evidence }) => `${title} (${evidence})`).join(" and ");
	return refusal("tool-ambiguous", `more than one migration tool is here: ${listed}`, {
		hint: "say in belay.yml which applies the migrations: `migrate: { tool: … }`",
		facts: { found: found.map(({ title, evidence }) => ({
			title,
			evidence
		})) }
	});
}
function unnamed({ title, evidence }) {
	return refusal("tool-unrecognised", `${title} (${evidence}) is a tool that Belay does not drive by itself`, { hint: "`belay init` writes its commands as `tool: command`; docs/tools.md has them" });
}
export { recognisedTool };
