import { it as sideFiles } from "./reading.js";
import { closeSync, fsyncSync, openSync } from "node:fs";
import { open, rm } from "node:fs/promises";
// src/engine/sqlite/durable.ts
async function syncFile(path) {
	await using file = await open(path, "r+");
	await file.sync();
}
function syncLog(database) {
	const log = openSync(`${database}-wal`, "r+");
	try {
		fsyncSync(log);
	} finally {
		closeSync(log);
	}
}
function syncFolder(path) {
	if (process.platform === "win32") return;
	const folder = openSync(path, "r");
	try {
		fsyncSync(folder);
	} finally {
		closeSync(folder);
	}
}
async function removeDatabase(path) {
	for (const file of [...sideFiles(path), path]) await rm(file, { force: true });
}
export { syncLog as i, syncFile as n, syncFolder as r, removeDatabase as t };
