import "./rolldown-runtime.js";
import { i as migrationFolder, n as readRecord, o as withoutFile, r as fileIn, t as namedTable } from "./record.js";
import { t as plainLines } from "./plain-text.js";
import { n as oneWayOf, t as NODE_MEANINGS } from "./javascript.js";
import { t as textOf } from "./options.js";
import { dirname, extname, join } from "node:path";
import { readFile } from "node:fs/promises";
// src/tool/program/tools/knex.ts
const EXTENSIONS = [
	".co",
	".coffee",
	".eg",
	".iced",
	".js",
	".cjs",
	".litcoffee",
	".ls",
	".ts"
];
const RECORD = {
	schema: null,
	name: "knex_migrations",
	columns: [
		"id",
		"name",
		"batch",
		"migration_time"
	],
	read: ["name"],
	order: "id"
};
const knex = {
	name: "knex",
	title: "Knex",
	engines: ["sqlite", "postgres"],
	programs: ["knex"],
	install: "npm install knex, in the project's folder",
	configuration: ({ options }) => [textOf(options, "config") ?? "knexfile.{js,cjs,mjs,ts}"],
	atomic: () => false,
	records: ({ options }) => [textOf(options, "table") ?? RECORD.name].flatMap((name) => [name, `${name}_lock`]),
	reverts: true,
	perSchema: false,
	lockTimeoutNote: null,
	about: `What is applied is read from \`knex_migrations\` (\`table\`, where the knexfile says \`tableName\`): \`migrate:list\` would make that table. It is asked once, right before
it changes something, whether it works on the target. The files are those of \`directory\`, by default \`migrations\` beside the knexfile.`,
	meanings: [
		{
			words: /Migration table is already locked/,
			code: "tool-locked",
			hint: "another `knex` is at work, or one was killed. If none is: knex migrate:unlock, then run again"
		},
		{
			words: /No configuration file found|Failed to read config from knexfile|No local knex install found/,
			code: "tool-not-configured",
			hint: "say where the project is (migrate.project), or its knexfile (migrate.config); knex wants to be installed there (npm ci)"
		},
		{
			words: /The migration directory is corrupt/,
			code: "migration-missing",
			hint: "bring the files back that were applied, or deploy the commit that has them"
		},
		...NODE_MEANINGS
	],
	files: ({ place }) => knexFiles(place),
	applied: appliedByRecord,
	seen: async ({ place, ask }) => parseCompleted((await ask([...config(place), "migrate:list"])).stdout),
	apply: ({ id }, _files, place) => [
		...config(place),
		"migrate:up",
		"--",
		id
	],
	revert: ({ id }, _files, place) => [
		...config(place),
		"migrate:down",
		"--",
		id
	]
};
async function knexFiles(place) {
	const folder = await migrationFolder(place, join(dirname(textOf(place.options, "config") ?? "."), "migrations"));
	const known = folder.names.filter((name) => EXTENSIONS.includes(extname(name))).sort().map(async (name) => {
		const source = await readFile(join(folder.path, name), "utf8");
		return {
			id: name,
			files: [fileIn(place, folder, name)],
			oneWay: oneWayOf(source),
			sql: null
		};
	});
	return {
		known: await Promise.all(known),
		obstacles: []
	};
}
async function appliedByRecord({ session, place }, { known }) {
	const table = namedTable(RECORD, place.options["table"]);
	const record = await readRecord({
		session,
		place
	}, table);
	if ("obstacle" in record) return {
		ids: [],
		obstacles: [record.obstacle]
	};
	if (record.rows === null) return {
		ids: [],
		obstacles: []
	};
	const ids = record.rows.map(([name]) => String(name));
	return {
		ids,
		obstacles: [...ids.filter((id) => !known.some((each) => each.id === id)).map(withoutFile), ...await leftLocked({
			session,
			place
		}, table)]
	};
}
async function leftLocked(asking, { schema, name }) {
	const lock = await readRecord(asking, {
		schema,
		name: `${name}_lock`,
		columns: [],
		read: ["is_locked"],
		order: "1"
	});
	if ("obstacle" in lock || !(lock.rows ?? []).some(([locked]) => Number(locked) === 1)) return [];
	return [{
		code: "tool-locked",
		message: `${name}_lock says that a knex is at work; one that was killed leaves it so, and a migration may be half applied`,
		hint: "if none is at work: look at what the last migration left, then `knex migrate:unlock`, and run again"
	}];
}
const SECTION = /^(?:(Found \d+ Completed|No Completed)|(Found \d+ Pending|No Pending)) Migration /;
function parseCompleted(printed) {
	const completed = [];
	let inside = false;
	for (const line of plainLines(printed)) {
		const section = SECTION.exec(line);
		if (section !== null) inside = section[1] !== void 0;
		else if (inside && line !== "") completed.push(line);
	}
	return completed;
}
function config({ options }) {
	const file = textOf(options, "config");
	return file === null ? [] : ["--knexfile", file];
}
export { knex };
