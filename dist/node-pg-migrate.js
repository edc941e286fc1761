import "./rolldown-runtime.js";
import { a as sharedIds, i as migrationFolder, n as readRecord, o as withoutFile, r as fileIn, t as namedTable } from "./record.js";
import { t as plainLines } from "./plain-text.js";
import { n as oneWayOf, t as NODE_MEANINGS } from "./javascript.js";
import { t as textOf } from "./options.js";
import { extname, join } from "node:path";
import { readFile } from "node:fs/promises";
// src/tool/program/tools/node-pg-migrate.ts
const RECORD = {
	schema: "public",
	name: "pgmigrations",
	columns: [
		"id",
		"name",
		"run_on"
	],
	read: ["name"],
	order: "run_on, id"
};
const nodePgMigrate = {
	name: "node-pg-migrate",
	title: "node-pg-migrate",
	engines: ["postgres"],
	programs: ["node-pg-migrate"],
	install: "npm install node-pg-migrate pg, in the project's folder",
	configuration: ({ options }) => typeof options["config"] === "string" ? [options["config"]] : ["config/*.{json,js,ts}"],
	atomic: () => false,
	records: ({ options }) => [textOf(options, "table") ?? RECORD.name],
	reverts: true,
	perSchema: false,
	lockTimeoutNote: null,
	about: `What is applied is read from \`pgmigrations\` (\`table\`, where \`--migrations-table\` or \`--migrations-schema\` is used): its dry run would make that table. It is
told the URL as \`BELAY_DATABASE_URL\`, which goes before what a file of its own names; where it lives in a container it reads \`DATABASE_URL\`.`,
	meanings: [
		{
			words: /Another migration is already running/,
			code: "database-locked",
			hint: "another node-pg-migrate is at work on this database: let it end, or end its session"
		},
		{
			words: /environment variable is not set or incomplete connection parameters/,
			code: "tool-not-configured",
			hint: "where migrate.run starts it elsewhere, pass the address on: docker run -e DATABASE_URL …"
		},
		{
			words: /Not run migration .* is preceding already run migration/,
			code: "migration-out-of-order",
			hint: "give the new migration a number above those that are applied"
		},
		{
			words: /User has disabled down migration/,
			code: "not-reversible",
			hint: "write its way back, or go back by the backup: belay rollback"
		},
		...NODE_MEANINGS
	],
	files: ({ place }) => numberedFiles(place),
	applied: appliedByRecord,
	seen: async ({ place, ask }, files) => unlessListed(files, (await ask([
		...told(place),
		"up",
		"--dry-run"
	])).stdout),
	apply: (_known, _files, place) => [
		...told(place),
		"up",
		"1"
	],
	revert: (_known, _files, place) => [
		...told(place),
		"down",
		"1"
	]
};
function told({ elsewhere, options }) {
	const directory = options["directory"];
	const table = options["table"];
	const [schema, name] = typeof table === "string" && table.includes(".") ? split(table) : [null, table];
	return [
		...elsewhere ? [] : ["--database-url-var", "BELAY_DATABASE_URL"],
		...typeof options["config"] === "string" ? ["--config-file", options["config"]] : [],
		...typeof directory === "string" ? ["--migrations-dir", directory] : [],
		...typeof name === "string" ? ["--migrations-table", name] : [],
		...schema === null ? [] : ["--migrations-schema", schema]
	];
}
function split(table) {
	const dot = table.lastIndexOf(".");
	return [table.slice(0, dot), table.slice(dot + 1)];
}
async function numberedFiles(place) {
	const folder = await migrationFolder(place, "migrations");
	const names = folder.names.filter((name) => !name.startsWith(".")).sort(byNumber);
	const known = await Promise.all(names.map((name) => knownOf(place, folder, name)));
	const withoutNumber = names.filter((name) => !/^\d/.test(name));
	const shared = sharedIds(names.map((file, index) => ({
		id: known[index]?.id ?? file,
		file
	})));
	return {
		known,
		obstacles: [...withoutNumber.map(unnumbered), ...shared]
	};
}
async function knownOf(place, folder, name) {
	const source = await readFile(join(folder.path, name), "utf8");
	const shared = {
		id: name.slice(0, name.length - extname(name).length),
		files: [fileIn(place, folder, name)]
	};
	if (extname(name).toLowerCase() !== ".sql") return {
		...shared,
		oneWay: oneWayOf(source),
		sql: null
	};
	const { up, down } = sectionsOf(source);
	return {
		...shared,
		oneWay: down === "" ? "it has no `-- Down Migration`" : null,
		sql: up
	};
}
function sectionsOf(source) {
	const upAt = source.search(/^\s*--[\s-]*up\s+migration/im);
	const downAt = source.search(/^\s*--[\s-]*down\s+migration/im);
	const up = upAt < 0 ? source : source.slice(upAt, downAt < upAt ? void 0 : downAt);
	const down = downAt < 0 ? "" : source.slice(downAt, upAt < downAt ? void 0 : upAt);
	return {
		up: up.trim(),
		down: down.replace(/--.*$/gm, "").trim()
	};
}
function byNumber(a, b) {
	const [first, second] = [numberOf(a), numberOf(b)];
	if (first !== second) return first - second;
	return a.localeCompare(b, void 0, {
		usage: "sort",
		numeric: true,
		sensitivity: "variant",
		ignorePunctuation: true
	});
}
const UTC = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/;
function numberOf(name) {
	const digits = /^\d+/.exec(name)?.[0] ?? "";
	return UTC.test(digits) ? Date.parse(digits.replace(UTC, "$1-$2-$3T$4:$5:$6.$7Z")) : Number(digits);
}
function unnumbered(name) {
	return {
		code: "migration-name",
		message: `${name} begins with no number, and node-pg-migrate refuses the whole folder for it`,
		hint: "begin its name with a number, or move it out of the folder"
	};
}
async function appliedByRecord({ session, place }, { known }) {
	const record = await readRecord({
		session,
		place
	}, namedTable(RECORD, place.options["table"]));
	if ("obstacle" in record) return {
		ids: [],
		obstacles: [record.obstacle]
	};
	const ids = (record.rows ?? []).map(([name]) => String(name));
	const lost = ids.filter((id) => !known.some((each) => each.id === id));
	return {
		ids,
		obstacles: lost.length > 0 ? lost.map(withoutFile) : outOfOrder(known, ids)
	};
}
function outOfOrder(known, applied) {
	const at = applied.findIndex((id, index) => known[index]?.id !== id);
	const [first, later] = [known[at]?.id, applied[at]];
	if (first === void 0 || later === void 0) return [];
	return [{
		code: "migration-out-of-order",
		message: applied.includes(first) ? `${later} was applied before ${first}, which comes first by its name` : `${first} would come before ${later}, which is applied already`,
		hint: `node-pg-migrate refuses that: give ${first} a number above those that are applied`
	}];
}
function unlessListed({ known }, printed) {
	const pending = new Set(plainLines(printed).flatMap((line) => /^> - (.*)$/.exec(line)?.[1] ?? []));
	return known.map(({ id }) => id).filter((id) => !pending.has(id));
}
export { nodePgMigrate };
