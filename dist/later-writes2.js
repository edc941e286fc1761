import "./rolldown-runtime.js";
import { F as untouched } from "./domain.js";
import { n as describeCopy } from "./copies2.js";
import { n as syncFile, r as syncFolder, t as removeDatabase } from "./durable.js";
import { $ as asidePath, Q as stillHolds, X as parseEvidence, Z as statIfThere, it as sideFiles, nt as locate, q as fileIdentity } from "./reading.js";
import { t as Remote } from "./remote.js";
import { chmod, open } from "node:fs/promises";
import { createHash } from "node:crypto";
// src/engine/sqlite/same-bytes.ts
const CHUNK_BYTES = 1 << 20;
const OF_EACH_FILE = [
	[18, 20],
	[24, 28],
	[40, 44],
	[92, 100]
];
async function sameBytes(target, file, copy) {
	if (sideFiles(copy).some((path) => (statIfThere(path)?.size ?? 0n) > 0n)) return false;
	const same = async () => statIfThere(file)?.size === statIfThere(copy)?.size && await sameContent(file, copy);
	return await heldStill(target, same) ?? false;
}
function digestOfTarget(target, file) {
	return heldStill(target, () => digestOfFile(file));
}
async function digestOfFile(path) {
	await using file = await open(path);
	const hash = createHash("sha256");
	const buffer = Buffer.alloc(CHUNK_BYTES);
	for (let at = 0;; at += CHUNK_BYTES) {
		const chunk = await fill(buffer, file, at);
		if (at === 0) blankHeader(chunk);
		hash.update(chunk);
		if (chunk.length < CHUNK_BYTES) return hash.digest("hex");
	}
}
async function heldStill(target, look) {
	if (!await target.call("holdStill")) return null;
	try {
		return await look();
	} finally {
		if (!target.ended) await target.call("rollback");
	}
}
function blankHeader(first) {
	for (const [from, to] of OF_EACH_FILE) first.fill(0, from, to);
}
async function sameContent(file, copy) {
	await using one = await open(file);
	await using other = await open(copy);
	const [left, right] = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)];
	for (let at = 0;; at += CHUNK_BYTES) {
		const [first, second] = await Promise.all([fill(left, one, at), fill(right, other, at)]);
		if (at === 0) [first, second].forEach(blankHeader);
		if (!first.equals(second)) return false;
		if (first.length < CHUNK_BYTES) return true;
	}
}
async function fill(buffer, file, at) {
	let length = 0;
	for (let read = -1; read !== 0 && length < buffer.length; length += read) ({bytesRead: read} = await file.read(buffer, length, buffer.length - length, at + length));
	return buffer.subarray(0, length);
}
// src/engine/sqlite/later-writes.ts
async function makeMark(place, remote, run) {
	const path = asidePath(place, "after", run);
	await removeDatabase(path);
	try {
		await remote.call("copyTo", path);
		await chmod(path, 384);
		await syncFile(path);
		syncFolder(place.folder);
		return {
			place: path,
			evidence: describeCopy(place, path).evidence,
			digest: await digestOfFile(path)
		};
	} catch (error) {
		await removeDatabase(path);
		throw error;
	}
}
async function lookAtWrites(target, mark) {
	await using count = new LaterWritesCount(await locate(target));
	return await count.since(mark);
}
const MOST_WAITING = 8;
const waiting = new Set();
var LaterWritesCount = class {
	#place;
	#counted = null;
	#turn = Promise.resolve();
	constructor(place) {
		this.#place = place;
	}
	async since(mark) {
		const writes = await this.#inTurn(() => this.#count(mark));
		const [first] = waiting;
		if (waiting.size > MOST_WAITING) await first?.[Symbol.asyncDispose]().catch(() => void 0);
		return writes;
	}
	async #count(mark) {
		const copy = unchangedCopy(mark);
		if (copy === void 0) {
			await this.#letGo();
			return await isAsMarked(this.#place, mark) ? [] : null;
		}
		if (this.#counted !== null && await this.#stillHolds(this.#counted, copy)) return this.#counted.writes;
		await this.#letGo();
		this.#counted = await count(this.#place, copy);
		waiting.add(this);
		return this.#counted.writes;
	}
	async #stillHolds({ remote, identity, version, copy }, wanted) {
		if (remote.ended || copy !== wanted || fileIdentity(this.#place.file) !== identity) return false;
		return await remote.call("dataVersion") === version;
	}
	[Symbol.asyncDispose]() {
		return this.#inTurn(() => this.#letGo());
	}
	async #letGo() {
		waiting.delete(this);
		const counted = this.#counted;
		this.#counted = null;
		await counted?.remote[Symbol.asyncDispose]();
	}
	#inTurn(work) {
		const done = this.#turn.then(work);
		this.#turn = done.catch(() => void 0);
		return done;
	}
};
async function count(place, copy) {
	const identity = fileIdentity(place.file);
	const remote = await Remote.start(place.file);
	try {
		const version = await remote.call("dataVersion");
		const { data } = await remote.call("compare", copy, "all");
		return {
			remote,
			identity,
			version,
			copy,
			writes: data.tables.filter((table) => !untouched(table)).map(writesOf)
		};
	} catch (error) {
		await remote.end();
		throw error;
	}
}
async function isAsMarked({ file }, mark) {
	if (typeof mark !== "object" || mark === null || !("digest" in mark)) return false;
	await using remote = await Remote.start(file);
	return await digestOfTarget(remote, file) === mark.digest;
}
function unchangedCopy(mark) {
	if (typeof mark !== "object" || mark === null || !("place" in mark) || !("evidence" in mark)) return void 0;
	const evidence = parseEvidence(mark.evidence);
	return typeof mark.place === "string" && evidence !== void 0 && stillHolds(mark.place, evidence) ? mark.place : void 0;
}
function writesOf({ name, added, changed, removed, unproven, columnsAdded, columnsDropped }) {
	return unproven === void 0 && columnsAdded.length + columnsDropped.length === 0 ? {
		table: name,
		written: added + changed,
		gone: removed
	} : {
		table: name,
		written: null,
		gone: null
	};
}
export { sameBytes as i, lookAtWrites as n, makeMark as r, LaterWritesCount as t };
