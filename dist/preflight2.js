import "./rolldown-runtime.js";
import { rt as refusal } from "./domain.js";
import { i as allows, nt as locate, t as openView } from "./reading.js";
import { constants } from "node:fs";
import { statfs } from "node:fs/promises";
// src/engine/sqlite/preflight.ts
const MARGIN_BYTES = 16777216;
async function preflight(target, { copies }) {
	const place = await locate(target);
	await using view = await openView(target);
	assertWritable(place);
	await assertRoom(place, view.sizeBytes, copies);
	return {
		room: null,
		costs: [],
		remarks: []
	};
}
function assertWritable({ configured, file, folder }) {
	for (const [path, what] of [[file, configured], [folder, `the folder ${folder}, where copies go,`]]) if (!allows(path, constants.W_OK)) throw refusal("target-read-only", `${what} cannot be written by this user, or its file system is read-only`, { hint: "run Belay as the user that owns the database; `mount` tells of a read-only file system" });
}
async function assertRoom({ folder }, sizeBytes, copies) {
	const { bavail, bsize } = await statfs(folder);
	const free = bavail * bsize;
	const needed = sizeBytes * copies + MARGIN_BYTES;
	if (free >= needed) return;
	throw refusal("no-space", `${folder} has ${megabytes(free)} free and this run may need ${megabytes(needed)} (${copies} copies of ${megabytes(sizeBytes)})`, {
		hint: "make room, or move backups to another disk with `backup.store`",
		facts: {
			freeBytes: free,
			neededBytes: needed
		}
	});
}
function megabytes(bytes) {
	return `${Math.ceil(bytes / 1e6)} MB`;
}
export { preflight };
