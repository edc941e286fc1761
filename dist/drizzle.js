import "./rolldown-runtime.js";
import { a as sharedIds, i as migrationFolder, n as readRecord, r as fileIn, t as namedTable } from "./record.js";
import { a as sha256, i as isFile } from "./files.js";
import { rt as refusal, tt as messageOf } from "./domain.js";
import { t as NODE_MEANINGS } from "./javascript.js";
import { t as textOf } from "./options.js";
import { dirname, join, resolve } from "node:path";
import { readFile } from "node:fs/promises";
// src/tool/program/tools/drizzle-journal.ts
async function readJournal(folder) {
	const path = join(folder, "meta", "_journal.json");
	try {
		return parseJournal(await readFile(path, "utf8"));
	} catch (error) {
		throw refusal("tool-not-configured", `reading Drizzle's journal ${path}: ${messageOf(error)}`, {
			hint: "say with migrate.directory which folder `drizzle-kit generate` writes to (`out` of its configuration); its migrations need the journal",
			cause: error
		});
	}
}
function parseJournal(text) {
	const parsed = JSON.parse(text);
	const entries = isObject(parsed) ? parsed["entries"] : void 0;
	if (!Array.isArray(entries)) throw new Error("it has no list of entries");
	return entries.map((entry, index) => {
		const { tag, when } = isObject(entry) ? entry : {};
		if (typeof tag !== "string" || !/^[^/\\\0]+$/.test(tag) || typeof when !== "number") throw new Error(`entry ${index} has no tag and time`);
		return {
			tag,
			when,
			written: entry
		};
	});
}
function isObject(value) {
	return typeof value === "object" && value !== null;
}
// src/tool/program/tools/drizzle-scratch.ts
const SCRATCH_CONFIGURATION = "drizzle.config.cjs";
async function drizzleScratch({ id, files: [file = ""] }, { root }, configuration) {
	const path = join(root, file);
	const entry = (await readJournal(dirname(path))).find(({ tag }) => tag === id);
	return {
		[SCRATCH_CONFIGURATION]: around(configuration),
		"drizzle/meta/_journal.json": JSON.stringify({
			version: "7",
			entries: entry === void 0 ? [] : [entry.written]
		}),
		[`drizzle/${id}.sql`]: await readFile(path)
	};
}
function around(configuration) {
	return `const { join } = require("node:path");

const { then } = Promise.prototype;
let reason;
Promise.prototype.then = function (done, failed) {
  const noted = (why) => {
    reason = why;
    return failed(why);
  };
  return then.call(this, done, typeof failed === "function" ? noted : failed);
};
process.on("exit", (code) => {
  if (code === 0) return;
  for (let at = reason, depth = 0; at !== undefined && at !== null && depth < 5; at = at.cause, depth++) {
    process.stderr.write("\\n" + (at.message === undefined ? String(at) : (at.name ?? "Error") + ": " + at.message));
  }
  process.stderr.write("\\n");
});

const loaded = require(${JSON.stringify(configuration)});
const own = loaded.default ?? loaded;

function addressed(credentials) {
  if (credentials === undefined || credentials === null) return credentials;
  if (own.dialect === "postgresql") return addressedAtServer(credentials);
  if (typeof credentials.url !== "string" || own.dialect !== "sqlite") return credentials;
  const path = process.env.BELAY_DATABASE_PATH;
  return { ...credentials, url: credentials.url.startsWith("file:") ? "file:" + path : path };
}

function addressedAtServer(credentials) {
  const url = process.env.BELAY_DATABASE_URL;
  if (typeof credentials.url === "string") return { ...credentials, url };
  if (typeof credentials.host !== "string") return credentials;
  const { hostname, port, username, password, pathname } = new URL(url);
  const [user, secret, database] = [username, password, pathname.slice(1)].map(decodeURIComponent);
  return { ...credentials, host: hostname, port: Number(port || 5432), user, password: secret, database };
}

module.exports = { ...own, out: join(__dirname, "drizzle"), dbCredentials: addressed(own.dbCredentials) };
`;
}
// src/tool/program/tools/drizzle.ts
const CONFIGURATION = [
	"drizzle.config.ts",
	"drizzle.config.js",
	"drizzle.config.json"
];
const RECORD = {
	schema: null,
	name: "__drizzle_migrations",
	columns: [
		"id",
		"hash",
		"created_at"
	],
	read: ["hash", "created_at"],
	order: "created_at"
};
const drizzle = {
	name: "drizzle",
	title: "Drizzle",
	engines: ["sqlite", "postgres"],
	programs: ["drizzle-kit"],
	install: "npm install drizzle-kit drizzle-orm, in the project's folder",
	configuration: ({ options }) => typeof options["config"] === "string" ? [options["config"]] : CONFIGURATION,
	atomic: () => false,
	records: ({ options }) => [textOf(options, "table") ?? RECORD.name],
	reverts: false,
	perSchema: false,
	lockTimeoutNote: null,
	about: `\`drizzle-kit migrate\` applies all that is pending, and says nothing when that fails. So each time it is shown a folder with one migration, and a configuration around
the team's own that sets folder and address and tells why it ended. In a container it applies all at once, in silence. An entry of the journal that is older than the
newest applied one is an obstacle: drizzle-kit would pass over it and say that all went well. Drizzle has no way back: a rollback takes the backup.`,
	meanings: [
		{
			words: /config\.\w+ file does not exist|Please provide required params/,
			code: "tool-not-configured",
			hint: "say where the project is (migrate.project), or its configuration (migrate.config); and let that read the URL that Belay sets"
		},
		{
			words: /Please install (?:latest version of )?|To connect to .* database - please install/,
			code: "tool-not-configured",
			hint: "a package that it needs is not installed here: npm ci in the project's folder"
		},
		...NODE_MEANINGS
	],
	files: ({ place }) => journalFiles(place),
	applied: appliedByRecord,
	scratch: async (known, _files, place) => drizzleScratch(known, place, await configurationOf(place)),
	appliesAll: ({ elsewhere }) => elsewhere,
	apply: (_known, _files, place, scratch) => ["migrate", ...configured(place, scratch)],
	revert: () => []
};
async function configurationOf({ directory, options }) {
	const given = options["config"];
	if (typeof given === "string") return resolve(directory, given);
	for (const name of CONFIGURATION) if (await isFile(join(directory, name))) return join(directory, name);
	return join(directory, CONFIGURATION[0] ?? "");
}
function configured({ options }, scratch) {
	if (scratch !== null) return ["--config", join(scratch, SCRATCH_CONFIGURATION)];
	return typeof options["config"] === "string" ? ["--config", options["config"]] : [];
}
async function journalFiles(place) {
	const folder = await migrationFolder(place, "drizzle");
	const entries = await readJournal(folder.path);
	const there = entries.filter(({ tag }) => folder.names.includes(`${tag}.sql`));
	const known = there.map(async ({ tag }) => {
		const source = await readFile(join(folder.path, `${tag}.sql`), "utf8");
		return {
			id: tag,
			files: [fileIn(place, folder, `${tag}.sql`)],
			oneWay: "Drizzle has no way back",
			sql: source
		};
	});
	const absent = entries.filter((entry) => !there.includes(entry)).map(({ tag }) => absentFile(`${tag}.sql`));
	return {
		known: await Promise.all(known),
		obstacles: [...absent, ...sharedIds(entries.map(({ tag }) => ({
			id: tag,
			file: `${tag} of the journal`
		})))]
	};
}
function absentFile(name) {
	return {
		code: "migration-missing",
		message: `the journal (meta/_journal.json) has ${name}, which is not there`,
		hint: "bring the file back, or deploy the commit that has it: drizzle-kit refuses the whole folder"
	};
}
async function appliedByRecord({ session, place }, { known }) {
	const usual = session.dialect === "postgres" ? {
		...RECORD,
		schema: "drizzle"
	} : RECORD;
	const record = await readRecord({
		session,
		place
	}, namedTable(usual, place.options["table"]));
	if ("obstacle" in record) return {
		ids: [],
		obstacles: [record.obstacle]
	};
	const rows = (record.rows ?? []).map(([hash, createdAt]) => ({
		hash: String(hash),
		when: String(createdAt)
	}));
	const folder = await migrationFolder(place, "drizzle");
	const entries = await readJournal(folder.path);
	const byTime = new Map(entries.map((entry) => [String(entry.when), entry]));
	const ids = rows.map(({ when }) => byTime.get(when)?.tag ?? when);
	const newest = Math.max(...rows.map(({ when }) => Number(when)));
	const skipped = entries.filter(({ tag, when }) => !ids.includes(tag) && when <= newest);
	const isKnown = new Set(known.map(({ id }) => id));
	return {
		ids,
		obstacles: skipped.filter(({ tag }) => isKnown.has(tag)).map(neverApplied),
		findings: await changedFiles(rows, byTime, folder.path)
	};
}
function neverApplied({ tag }) {
	return {
		code: "migration-out-of-order",
		message: `${tag} is older than the newest migration that is applied: drizzle-kit passes over it, and says that all went well`,
		hint: "give it a later `when` in meta/_journal.json, or make it anew: drizzle-kit generate"
	};
}
async function changedFiles(rows, byTime, folder) {
	const found = [];
	for (const { hash, when } of rows) {
		const tag = byTime.get(when)?.tag;
		const source = tag === void 0 ? null : await readFile(join(folder, `${tag}.sql`), "utf8").catch(() => null);
		if (tag === void 0 || source === null || sha256(source) === hash) continue;
		found.push({
			id: "migration-changed",
			place: `${tag}.sql`,
			message: `${tag} was changed after it was applied; Drizzle does not mind`
		});
	}
	return found;
}
export { drizzle };
