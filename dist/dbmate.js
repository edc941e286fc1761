import "./rolldown-runtime.js";
import { a as sharedIds, i as migrationFolder, n as readRecord, r as fileIn, t as namedTable } from "./record.js";
import { t as plainLines } from "./plain-text.js";
import { t as textOf } from "./options.js";
import { basename, join } from "node:path";
import { readFile } from "node:fs/promises";
// src/tool/program/tools/dbmate.ts
const DIRECTORY = "db/migrations";
const RECORD = {
	schema: null,
	name: "schema_migrations",
	columns: ["version"],
	read: ["version"],
	order: "version"
};
const dbmate = {
	name: "dbmate",
	title: "dbmate",
	engines: ["sqlite", "postgres"],
	programs: ["dbmate"],
	install: "npm install dbmate, or its binary on PATH",
	configuration: () => [],
	atomic: () => false,
	records: ({ options }) => [textOf(options, "table") ?? RECORD.name],
	reverts: true,
	perSchema: false,
	lockTimeoutNote: null,
	about: `It applies whatever is pending, and prints \`Applied\` for a migration that failed, too. So each time it is shown a folder with one migration, and its table alone is
believed. In a container it applies all at once: there is no \`--to\`, and the time stands with the last one. It writes no \`schema.sql\`. Without \`sslmode\` in the URL it
gets \`sslmode=prefer\`, as other clients do.`,
	url: dbmateUrl,
	unspeakable: /[%?]/,
	meanings: [
		{
			words: /SSL is not enabled on the server/,
			code: "tool-cannot-connect",
			hint: "the server has no TLS, and dbmate wants it unless the URL says otherwise: add ?sslmode=disable to target.url"
		},
		{
			words: /password authentication failed|connect: connection refused|no such host|unable to open database file/,
			code: "tool-cannot-connect",
			hint: "it has another address than target.url: where migrate.run starts it elsewhere, pass the address on: docker run -e DATABASE_URL …"
		},
		{
			words: /invalid url, have you set/,
			code: "tool-not-configured",
			hint: "where migrate.run starts it elsewhere, pass the address on: docker run -e DATABASE_URL …"
		},
		{
			words: /to define an? (?:up|down) block/,
			hint: "a migration begins with a line `-- migrate:up`, and has a line `-- migrate:down`, perhaps with nothing below"
		},
		{
			words: /out of order/,
			code: "migration-out-of-order",
			hint: "give the new migration a number above those that are applied"
		}
	],
	files: ({ place }) => numberedFiles(place),
	applied: appliedByRecord,
	seen: async ({ place, ask }) => parseApplied((await ask([...told(place, null), "status"])).stdout),
	scratch: async ({ files: [file = ""] }, _files, { root }) => ({ [basename(file)]: await readFile(join(root, file)) }),
	appliesAll: ({ elsewhere }) => elsewhere,
	apply: (_known, _files, place, scratch) => [...told(place, scratch), "up"],
	revert: (_known, _files, place, scratch) => [...told(place, scratch), "rollback"]
};
function dbmateUrl({ engine, address }) {
	if (engine === "sqlite") return `sqlite:${address.split("/").map(encodeURIComponent).join("/")}`;
	if (/[?&]sslmode=/.test(address)) return address;
	return `${address}${address.includes("?") ? "&" : "?"}sslmode=prefer`;
}
function told({ elsewhere, options }, scratch) {
	const table = options["table"];
	const folder = scratch ?? textOf(options, "directory");
	return [
		...elsewhere ? [] : ["--env", "BELAY_DATABASE_URL"],
		"--no-dump-schema",
		...folder === null ? [] : ["--migrations-dir", folder],
		...typeof table === "string" ? ["--migrations-table", table] : []
	];
}
const NUMBERED = /^(\d+).*\.sql$/;
async function numberedFiles(place) {
	const folder = await migrationFolder(place, DIRECTORY);
	const names = folder.names.filter((name) => NUMBERED.test(name)).sort();
	return {
		known: await Promise.all(names.map((name) => knownOf(place, folder, name))),
		obstacles: sharedIds(names.map((file) => ({
			id: numberOf(file),
			file
		})))
	};
}
function numberOf(name) {
	return NUMBERED.exec(name)?.[1] ?? name;
}
async function knownOf(place, folder, name) {
	const { up, down } = sectionsOf(await readFile(join(folder.path, name), "utf8"));
	return {
		id: idOf(name),
		files: [fileIn(place, folder, name)],
		oneWay: down === "" ? "it has nothing below `-- migrate:down`" : null,
		sql: up
	};
}
function idOf(file) {
	return file.slice(0, -4);
}
const UP = /^--\s*migrate:up(?:\s*$|\s+\S+)/m;
const DOWN = /^--\s*migrate:down(?:\s*$|\s+\S+)/m;
function sectionsOf(source) {
	const upAt = source.search(UP);
	const downAt = source.search(DOWN);
	const up = upAt < 0 ? "" : source.slice(upAt, downAt > upAt ? downAt : void 0);
	const down = downAt < 0 ? "" : source.slice(downAt, upAt > downAt ? upAt : void 0);
	return {
		up: up.trim(),
		down: down.replace(/--.*$/gm, "").trim()
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
	const byNumber = new Map(known.map(({ id }) => [numberOf(`${id}.sql`), id]));
	return {
		ids: (record.rows ?? []).map(([version]) => byNumber.get(String(version)) ?? String(version)),
		obstacles: []
	};
}
function parseApplied(printed) {
	return plainLines(printed).flatMap((line) => /^\[X\] (.*)\.sql$/.exec(line)?.[1] ?? []);
}
export { dbmate };
