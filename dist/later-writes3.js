import "./rolldown-runtime.js";
import { N as untouched } from "./domain.js";
import { n as describeCopy } from "./copies2.js";
import { n as syncFile, r as syncFolder, t as removeDatabase } from "./durable.js";
import { $ as asidePath, Q as stillHolds, X as parseEvidence, nt as locate, q as fileIdentity } from "./reading.js";
import { t as Remote } from "./remote.js";
import { chmod } from "node:fs/promises";
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
			evidence: describeCopy(place, path).evidence
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
		if (copy === void 0) return null;
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
export { lookAtWrites as n, makeMark as r, LaterWritesCount as t };
