import "./rolldown-runtime.js";
import { n as readRecord, o as withoutFile } from "./record.js";
import { rt as refusal, tt as messageOf } from "./domain.js";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { readFile, stat } from "node:fs/promises";
import { createHash } from "node:crypto";
// src/tool/program/tools/sqitch-plan.ts
const CHANGE = /^(?:\+\s*)?([^\s@#%[\]][^\s@:#[\]]*)\s+(?:\[[^\]]*\]\s+)?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\s+.*<[^>]*>/;
const TAG = /^@(\S+)\s/;
const PROJECT = /^%\s*project\s*=\s*(\S+)\s*$/;
function parsePlan(text) {
	let project = null;
	let afterPragma = false;
	const entries = [];
	for (const [index, line] of text.split(/\r?\n/).map((written) => written.trim()).entries()) {
		if (line === "") afterPragma = false;
		if (line === "" || line.startsWith("#")) continue;
		if (line.startsWith("%")) {
			afterPragma = true;
			project = PROJECT.exec(line)?.[1] ?? project;
			continue;
		}
		if (afterPragma) throw new Error(`line ${index + 1}: an empty line has to stand between pragmas and changes`);
		const tag = TAG.exec(line)?.[1];
		const name = CHANGE.exec(line)?.[1];
		if (tag !== void 0) for (const entry of entries) entry.tag ??= tag;
		else if (name !== void 0) entries.push({
			name,
			tag: null
		});
		else throw new Error(`line ${index + 1} is neither a change nor a tag`);
	}
	if (project === null) throw new Error("it names no %project");
	return {
		project,
		changes: entries.map(({ name, tag }, index) => ({
			name,
			id: idOf(name, tag, entries.slice(index + 1))
		}))
	};
}
function idOf(name, tag, later) {
	return tag !== null && later.some((other) => other.name === name) ? `${name}@${tag}` : name;
}
// src/tool/program/tools/sqitch-project.ts
const ENGINES = {
	sqlite: "sqlite",
	postgres: "pg"
};
async function readProject({ directory, target, options }) {
	const settings = parseConf(await readFile(join(directory, "sqitch.conf"), "utf8").catch(() => ""));
	const given = options["directory"];
	const at = (key) => settings.get(`engine.${ENGINES[target.engine]}.${key}`) ?? settings.get(`core.${key}`);
	const top = resolve(directory, typeof given === "string" ? given : at("top_dir") ?? ".");
	const plan = resolve(directory, at("plan_file") ?? join(top, "sqitch.plan"));
	return {
		...await readPlan(plan),
		plan,
		deploy: resolve(directory, at("deploy_dir") ?? join(top, "deploy")),
		revert: resolve(directory, at("revert_dir") ?? join(top, "revert")),
		extension: at("extension") ?? "sql",
		registry: at("registry") ?? "sqitch"
	};
}
async function readPlan(path) {
	try {
		return parsePlan(await readFile(path, "utf8"));
	} catch (error) {
		throw refusal("tool-not-configured", `reading Sqitch's plan ${path}: ${messageOf(error)}`, {
			hint: "say where the project is (migrate.project), or where its plan and scripts are (migrate.directory)",
			cause: error
		});
	}
}
function parseConf(text) {
	const settings = new Map();
	let section = "";
	for (const line of text.split(/\r?\n/)) {
		const [, name, sub] = /^\s*\[\s*([\w.-]+)(?:\s+"([^"]*)")?\s*\]/.exec(line) ?? [];
		if (name !== void 0) section = sub === void 0 ? name.toLowerCase() : `${name.toLowerCase()}.${sub}`;
		const [, key, value] = /^\s*([A-Za-z][\w-]*)\s*=\s*(.*?)\s*(?:[#;].*)?$/.exec(line) ?? [];
		if (key !== void 0 && value !== void 0) settings.set(`${section}.${key.toLowerCase()}`, value.replace(/^"(.*)"$/, "$1"));
	}
	return settings;
}
// src/tool/program/tools/sqitch-registry.ts
async function readRegistry({ session, place }, project) {
	const { address } = place.target;
	const inFile = session.dialect === "sqlite";
	const record = await readRecord({
		session,
		place
	}, {
		schema: inFile ? null : project.registry,
		name: "changes",
		columns: COLUMNS,
		read: [
			"change",
			"script_hash",
			"project"
		],
		order: "committed_at, planned_at"
	});
	if ("obstacle" in record) return { obstacle: otherRegistry(record.obstacle) };
	if (record.rows !== null) return { deployed: record.rows.filter(([, , name]) => String(name) === project.project).map(([name, hash]) => ({
		name: String(name),
		scriptHash: hash === null ? null : String(hash)
	})) };
	const foreign = inFile ? await tablesOfOthers(session) : [];
	if (foreign.length > 0) return { obstacle: namesTaken(foreign) };
	const beside = inFile ? await registryBeside(address, project.registry) : null;
	return beside === null ? { deployed: [] } : { obstacle: besideTarget(beside, address) };
}
const REGISTRY_TABLES = [
	"changes",
	"dependencies",
	"events",
	"projects",
	"releases",
	"tags"
];
async function tablesOfOthers(session) {
	const { rows } = await session.query("select name from sqlite_schema where type = 'table' order by name");
	return rows.map(([name]) => String(name)).filter((name) => REGISTRY_TABLES.includes(name.toLowerCase()));
}
function namesTaken(names) {
	return {
		code: "registry-names-taken",
		message: `Sqitch's registry has to lie in the target, where a backup and a rollback bring it along, and the application has tables of its names: ${names.join(", ")}`,
		hint: "rename those tables, or let another tool apply the migrations (tool: sql takes plain SQL files)"
	};
}
const COLUMNS = [
	"change_id",
	"script_hash",
	"change",
	"project",
	"note",
	"committed_at",
	"committer_name",
	"committer_email",
	"planned_at",
	"planner_name",
	"planner_email"
];
function otherRegistry(obstacle) {
	return {
		...obstacle,
		hint: "say which registry is meant in sqitch.conf: `sqitch config engine.pg.registry NAME`"
	};
}
async function registryBeside(address, registry) {
	const ending = /\..*$/.exec(basename(address))?.[0] ?? "";
	const name = registry.includes(".") ? registry : `${registry}${ending}`;
	const path = join(dirname(address), name);
	if (path === address) return null;
	const found = await stat(path).catch(() => null);
	return found !== null && found.isFile() && found.size > 0 ? path : null;
}
function besideTarget(registry, address) {
	return {
		code: "registry-beside-target",
		message: `Sqitch keeps its registry in a second file, ${registry}: no backup of the target has it, and after a rollback it would still say that all is deployed`,
		hint: `move it into the target, with nobody at work: sqlite3 ${registry} .dump | sqlite3 ${address}, move ${registry} away, and say so: sqitch config engine.sqlite.registry ${address}`
	};
}
// src/tool/program/tools/sqitch.ts
const sqitch = {
	name: "sqitch",
	title: "Sqitch",
	engines: ["sqlite", "postgres"],
	programs: ["sqitch"],
	install: "apt install sqitch libdbd-pg-perl libdbd-sqlite3-perl",
	configuration: () => ["sqitch.conf"],
	atomic: () => false,
	records: ({ target: { engine } }) => REGISTRY_TABLES.map((name) => engine === "postgres" ? `sqitch.${name}` : name),
	reverts: true,
	perSchema: false,
	lockTimeoutNote: null,
	about: `Belay reads \`sqitch.plan\` and the registry, and tells it the target in \`SQITCH_TARGET\`. On SQLite the registry is by default a second file, \`sqitch.db\`, which no backup
of the target has and no rollback brings back: Belay lets it lie in the target (\`--registry\`), and refuses one beside it, saying how to move it.`,
	url: sqitchUrl,
	unspeakable: /;/,
	urlVariables: ["SQITCH_TARGET"],
	meanings: [
		{
			words: /Cannot find your (?:name|email)/,
			code: "tool-not-configured",
			hint: "set SQITCH_FULLNAME and SQITCH_EMAIL for it: the registry notes who deployed"
		},
		{
			words: /Verify script .* failed/,
			code: "tool-verify-failed",
			hint: "the change was deployed, its verify script failed, and Sqitch did not record it"
		},
		{
			words: /Missing required change|Conflicts with previously deployed/,
			code: "tool-dependency",
			hint: "sqitch.plan says what a change requires and conflicts with"
		},
		{
			words: /password authentication failed|connection to server .* failed|unable to open database file/,
			code: "tool-cannot-connect",
			hint: "where migrate.run starts it elsewhere, pass the address on: docker run -e SQITCH_TARGET …"
		},
		{
			words: /DBD::\w+ .*required|install_driver|psql: not found|sqlite3: not found/,
			code: "tool-not-configured",
			hint: "apt install libdbd-pg-perl postgresql-client, or libdbd-sqlite3-perl sqlite3"
		}
	],
	files: async ({ place }) => plannedChanges(place, await readProject(place)),
	applied: async ({ place, session }, files) => {
		const project = await readProject(place);
		const registry = await readRegistry({
			session,
			place
		}, project);
		if ("obstacle" in registry) return {
			ids: [],
			obstacles: [registry.obstacle]
		};
		return deployedChanges(place, project, files, registry.deployed);
	},
	apply: ({ id }, files, place) => [
		"deploy",
		...registryOf(place),
		"--to",
		named(id, files)
	],
	revert: ({ id }, files, place) => [
		"revert",
		"-y",
		...registryOf(place),
		...below(id, files)
	]
};
function sqitchUrl({ engine, address }) {
	if (engine === "sqlite") return `db:sqlite:${address.split("/").map(encodeURIComponent).join("/")}`;
	return `db:${address.replace(/^postgresql\+\w+:/, "postgresql:")}`;
}
function registryOf({ target: { engine, address } }) {
	return engine === "sqlite" ? ["--registry", basename(address)] : [];
}
function named(id, { known }) {
	return known.some((other) => other.id.startsWith(`${id}@`)) ? `${id}@HEAD` : id;
}
function below(id, files) {
	const before = files.known[files.known.findIndex((each) => each.id === id) - 1];
	return before === void 0 ? [] : ["--to", named(before.id, files)];
}
async function plannedChanges(place, project) {
	const changes = await Promise.all(project.changes.map((change) => changeOf(place, project, change)));
	return {
		known: changes.map(({ known }) => known),
		obstacles: changes.flatMap(({ obstacle }) => obstacle ?? [])
	};
}
async function changeOf(place, { deploy, revert, extension }, { id }) {
	const path = join(deploy, `${id}.${extension}`);
	const [sql, back] = await Promise.all([textOf(path), textOf(join(revert, `${id}.${extension}`))]);
	const file = relative(place.root, path).replaceAll(sep, "/");
	return {
		known: {
			id,
			files: sql === null ? [] : [file],
			oneWay: oneWayOf(back),
			sql
		},
		obstacle: sql === null ? scriptMissing(id, file) : null
	};
}
function textOf(path) {
	return readFile(path, "utf8").catch(() => null);
}
function oneWayOf(script) {
	if (script === null) return "it has no revert script";
	return script.replace(/--.*$/gm, "").replace(/\b(?:BEGIN|COMMIT)\s*;/gi, "").trim() === "" ? "its revert script does nothing" : null;
}
function scriptMissing(id, file) {
	return {
		code: "migration-missing",
		message: `sqitch.plan has ${id}, and its script ${file} is not there`,
		hint: "bring the script back, or take the change out of the plan: sqitch rm"
	};
}
async function deployedChanges(place, { changes }, { known }, deployed) {
	const left = [...changes];
	const matched = deployed.map((change) => {
		const at = left.findIndex(({ name }) => name === change.name);
		return {
			change,
			id: at < 0 ? change.name : left.splice(at, 1)[0]?.id ?? change.name,
			planned: at >= 0
		};
	});
	const ids = matched.map(({ id }) => id);
	return {
		ids,
		obstacles: [...matched.filter(({ planned }) => !planned).map(({ id }) => withoutFile(id)), ...passedOver(known, ids)],
		findings: await changedScripts(place, known, matched)
	};
}
function passedOver(known, applied) {
	const last = known.findLastIndex(({ id }) => applied.includes(id));
	return known.slice(0, Math.max(last, 0)).flatMap(({ id }) => {
		if (applied.includes(id)) return [];
		return [{
			code: "migration-out-of-order",
			message: `${id} stands in sqitch.plan before ${known[last]?.id ?? ""}, which is deployed already: Sqitch would never deploy it`,
			hint: "move its line to the end of sqitch.plan"
		}];
	});
}
async function changedScripts({ root }, known, matched) {
	const found = [];
	for (const { id, change } of matched) {
		const file = known.find((each) => each.id === id)?.files[0];
		if (file === void 0 || change.scriptHash === null) continue;
		if (createHash("sha1").update(await readFile(join(root, file))).digest("hex") === change.scriptHash) continue;
		found.push({
			id: "migration-changed",
			place: file,
			message: `${id} was changed after it was deployed; Sqitch does not mind, unless asked by \`sqitch check\``
		});
	}
	return found;
}
export { sqitch };
