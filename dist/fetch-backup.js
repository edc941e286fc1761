import { et as failure } from "./domain.js";
import { n as syncFile, r as syncFolder, t as removeDatabase } from "./durable.js";
import { it as sideFiles } from "./reading.js";
import { t as Remote } from "./remote.js";
import { createWriteStream } from "node:fs";
import { dirname } from "node:path";
import { rename, rm } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline as pipeline$1 } from "node:stream/promises";
// src/engine/sqlite/fetch-backup.ts
const BACKUP_FILE = "database.sqlite";
async function fetchBackup(store, folder, manifest, path, progress) {
	const file = onlyFile(manifest, folder);
	const part = `${path}.part`;
	await removeDatabase(part);
	try {
		await download(store, `${folder}/${file.name}`, file, part, progress);
		await syncFile(part);
		await assertRows(part, manifest, `${folder}/${file.name}`);
		for (const side of sideFiles(part)) await rm(side, { force: true });
		await removeDatabase(path);
		await rename(part, path);
		syncFolder(dirname(path));
	} catch (error) {
		await removeDatabase(part);
		throw error;
	}
}
function onlyFile({ files }, folder) {
	const [file, another] = files;
	if (file === void 0 || another !== void 0) throw damaged(`${folder}/manifest.json`, `it names ${files.length} files and a backup of SQLite has one`);
	return file;
}
async function download(store, key, expected, to, progress) {
	let doneBytes = 0;
	const meter = new Transform({ transform(chunk, _encoding, done) {
		doneBytes += chunk.length;
		progress?.(doneBytes, expected.sizeBytes);
		done(null, chunk);
	} });
	await pipeline$1(await store.get(key, expected), meter, createWriteStream(to, { mode: 384 }));
}
async function assertRows(path, manifest, key) {
	await using host = await Remote.start(path);
	const { rows } = await host.call("describe");
	const wrong = firstDifference(Object.fromEntries(manifest.tables.map(({ name, rows: count }) => [name, count])), rows);
	if (wrong !== void 0) throw damaged(key, wrong);
}
function firstDifference(expected, found) {
	const table = [...new Set([...Object.keys(expected), ...Object.keys(found)])].find((name) => expected[name] !== found[name]);
	return table === void 0 ? void 0 : `table ${table} has ${found[table] ?? "no"} rows and should have ${expected[table] ?? "none"}`;
}
function damaged(key, why) {
	return failure("backup-damaged", `the backup's file ${key} is damaged: ${why}`, {
		hint: "use another backup: `belay backups` lists them",
		facts: { file: key }
	});
}
export { fetchBackup as n, firstDifference as r, BACKUP_FILE as t };
