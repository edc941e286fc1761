import { A as refusal, D as failure, a as sameData, o as untouched } from "./domain.js";
import { a as assertUnchanged, c as listCopies, i as lockExclusively, l as copyAttributes, n as namesOf, o as describeCopy, r as planReplacement, s as discardCopy } from "./replacement.js";
import { n as syncFile, r as syncFolder, t as removeDatabase } from "./durable.js";
import { n as fetchBackup, r as firstDifference, t as BACKUP_FILE } from "./fetch-backup.js";
import { C as sideFiles, _ as stillHolds, c as describeProcess, f as fileIdentity, g as statIfThere, h as parseEvidence, l as nameHolders, n as isBusy, t as acting, u as openHolders, v as asidePath, x as locate } from "./sqlite-error.js";
import { t as Remote } from "./remote.js";
import { r as takeLock, t as locked } from "./lock.js";
import { n as targetBusy } from "./overwrite.js";
import { a as writeState, i as readState, r as nextFence, t as assertFence } from "./state.js";
import { a as assertReadableFile, c as openRefusal, n as remoteSession } from "./session.js";
import { constants, createReadStream, createWriteStream, linkSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { chmod, copyFile, mkdir, rename } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
// src/engine/sqlite/watch-size.ts
const EVERY_MS = 100;
function watchSize(path, totalBytes, progress) {
	if (progress === void 0) return { [Symbol.dispose]: () => void 0 };
	const look = () => progress(Math.min(Number(statIfThere(path)?.size ?? 0n), totalBytes), totalBytes);
	const timer = setInterval(look, EVERY_MS);
	return { [Symbol.dispose]() {
		clearInterval(timer);
		look();
	} };
}
// src/engine/sqlite/backup.ts
async function takeBackup(source, request) {
	try {
		const { attributesKept, ...taken } = await inSnapshot(source.remote, () => backupOfSnapshot(source, request));
		return {
			...taken,
			clone: await keepClone(source.place, request, attributesKept)
		};
	} catch (error) {
		await removeWritten(source.place, request);
		throw error;
	}
}
async function inSnapshot(remote, work) {
	await remote.call("beginSnapshot");
	try {
		return await work();
	} finally {
		if (!remote.ended) await remote.call("endSnapshot");
	}
}
async function assertAnswered({ remote, place }) {
	if (!remote.busy) return;
	await remote.end();
	throw refusal("check-unanswered", `a check that is asked before the migration has no answer in time, and ${place.configured} cannot be backed up beside it`, { hint: "make its query faster, or raise its timeout in belay.yml" });
}
async function backupOfSnapshot(source, request) {
	const { remote, place } = source;
	const observed = await request.observe(source.session);
	await assertAnswered(source);
	const schema = await remote.call("schema");
	const facts = await remote.call("describe");
	const [stored, proven] = await bothOf((await copyToStore(source, request))(), prove(source, request, facts));
	return {
		observed,
		schema,
		tables: Object.entries(facts.rows).map(([name, rows]) => ({
			name,
			rows,
			fingerprint: null
		})),
		sequences: facts.sequences,
		files: [{
			name: BACKUP_FILE,
			...stored
		}],
		...proven,
		engineVersion: source.engineVersion,
		toolVersions: {},
		restore: [`sqlite3 ${shellQuote(place.configured)} ".restore ${BACKUP_FILE}"`],
		engineFacts: {
			...facts.engineFacts,
			...ownership(place.file)
		},
		identity: source.identity
	};
}
function proofPath(place, { clone, run }) {
	return asidePath(place, clone ? "clone" : "scratch", run);
}
async function keepClone(place, request, attributesKept) {
	const path = proofPath(place, request);
	if (request.clone) return describeCopy(place, path, { attributesKept });
	await removeDatabase(path);
	return null;
}
async function bothOf(one, other) {
	await Promise.allSettled([one, other]);
	return [await one, await other];
}
async function copyToStore(source, { store, folder, run, progress }) {
	const key = `${folder}/${BACKUP_FILE}`;
	const local = store.localPath(key);
	const path = local ?? asidePath(source.place, "scratch", run);
	if (local !== null) await mkdir(dirname(local), { recursive: true });
	await removeDatabase(path);
	await copySnapshot(source, path, progress);
	if (local !== null) return () => store.finish(key);
	const stored = await store.put(key, createReadStream(path));
	await removeDatabase(path);
	return async () => stored;
}
async function copySnapshot({ remote, place }, path, progress) {
	using _ = watchSize(path, Number(statIfThere(place.file)?.size ?? 0n), progress);
	await remote.call("copyTo", path);
	await chmod(path, 384);
}
async function prove(source, request, facts) {
	if (!request.clone && request.proof === "read") return proveByReading(source, request, facts);
	const path = proofPath(source.place, request);
	await restoreStored(request, path);
	const attributesKept = await copyAttributes(source.place.file, path);
	await syncFile(path);
	syncFolder(source.place.folder);
	return {
		proof: "restored",
		lacks: await proveByComparing(source, path),
		attributesKept
	};
}
async function restoreStored({ store, folder }, path) {
	const key = `${folder}/${BACKUP_FILE}`;
	const local = store.localPath(key);
	await removeDatabase(path);
	if (local === null) await pipeline(await store.get(key), createWriteStream(path, { mode: 384 }));
	else await copyFile(local, path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
}
async function proveByComparing({ remote }, path) {
	const { data, sameSchema, sameSequences } = await remote.call("compare", path, "all");
	const unreadable = data.tables.filter(({ unproven }) => unproven !== void 0);
	const different = data.tables.find((table) => table.unproven === void 0 && !untouched(table));
	if (different !== void 0) throw unproven(`table ${different.name} came out with other rows (${differenceOf(different)})`);
	if (!sameSchema) throw unproven("its structure came out different");
	if (!sameSequences) throw unproven("its sequences came out different");
	if (unreadable.length === 0 && !sameData(data)) throw unproven("its data came out different");
	return unreadable.map(({ name, unproven: why }) => `table ${name} is in the backup, but was not compared: ${why}`);
}
async function proveByReading(source, request, facts) {
	const key = `${request.folder}/${BACKUP_FILE}`;
	const local = request.store.localPath(key);
	const path = local ?? asidePath(source.place, "scratch", request.run);
	if (local === null) await restoreStored(request, path);
	const difference = firstDifference(facts.rows, await source.remote.call("countRowsOf", path));
	if (local === null) await removeDatabase(path);
	if (difference !== void 0) throw unproven(difference);
	return {
		proof: "read",
		lacks: [],
		attributesKept: false
	};
}
async function removeWritten(place, { store, folder, run, clone }) {
	await removeDatabase(asidePath(place, "scratch", run));
	if (clone) await removeDatabase(asidePath(place, "clone", run));
	await store.remove(folder);
}
function unproven(why) {
	return failure("backup-unproven", `the backup does not hold what the database holds: ${why}`, { hint: "nothing was migrated; look at the store's disk, then run again" });
}
function differenceOf({ added, removed, changed }) {
	return `${added} too many, ${removed} missing, ${changed} different`;
}
function ownership(file) {
	const stats = statIfThere(file);
	return stats === void 0 ? {} : {
		uid: Number(stats.uid),
		gid: Number(stats.gid),
		mode: (stats.mode & 4095n).toString(8).padStart(4, "0")
	};
}
function shellQuote(path) {
	return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
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
			evidence: describeCopy(place, path).evidence
		};
	} catch (error) {
		await removeDatabase(path);
		throw error;
	}
}
var LaterWritesCount = class {
	#place;
	#counted = null;
	constructor(place) {
		this.#place = place;
	}
	async since(mark) {
		const copy = unchangedCopy(mark);
		if (copy === void 0) return null;
		if (this.#counted !== null && await this.#stillHolds(this.#counted, copy)) return this.#counted.writes;
		await this[Symbol.asyncDispose]();
		this.#counted = await count(this.#place, copy);
		return this.#counted.writes;
	}
	async #stillHolds({ remote, identity, version, copy }, wanted) {
		if (remote.ended || copy !== wanted || fileIdentity(this.#place.file) !== identity) return false;
		return await remote.call("dataVersion") === version;
	}
	async [Symbol.asyncDispose]() {
		const counted = this.#counted;
		this.#counted = null;
		await counted?.remote[Symbol.asyncDispose]();
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
// src/engine/sqlite/reference.ts
async function compareReference(place, reference, work) {
	if ("copy" in reference) {
		assertUnchanged(reference.copy);
		return work(reference.copy.place);
	}
	const { store, folder, manifest } = reference.backup;
	const path = `${asidePath(place, "scratch", manifest.run)}_0`;
	try {
		await fetchBackup(store, folder, manifest, path);
		return await work(path);
	} finally {
		await removeDatabase(path);
	}
}
// src/engine/sqlite/in-place.ts
async function replaceInPlace(place, intent, names, owner) {
	assertUnchanged(intent.from);
	if (fileIdentity(place.file) !== names.target) throw failure("target-changed", `${place.file} is no longer the file that was to be restored`, { hint: "somebody put another file in its place; look at both before anything else" });
	await keepAside(place, intent);
	await using copy = await Remote.start(intent.from.place);
	await copy.call("overwrite", place.file, owner);
}
async function keepAside(place, { keepAs, from }) {
	const names = [keepAs, ...Array.from({ length: 99 }, (_, index) => `${keepAs}_${index + 2}`)];
	await using target = await Remote.start(place.file);
	for (const name of names) {
		if (statIfThere(name) === void 0) return await copyAside(place, target, name);
		if (await equal(target, name)) return;
		if (name === keepAs && await equal(target, from.place)) return;
	}
	throw failure("aside-name-taken", `${names.length} databases are kept beside ${place.file} already`, { hint: "remove those that nobody needs, then run `belay recover`" });
}
async function equal(target, other) {
	const { data, sameSchema, sameSequences } = await target.call("compare", other, "all");
	return sameSchema && sameSequences && sameData(data);
}
async function copyAside(place, target, name) {
	const part = `${name}.part`;
	await removeDatabase(part);
	await target.call("copyTo", part);
	await copyAttributes(place.file, part);
	await syncFile(part);
	await rename(part, name);
	syncFolder(place.folder);
}
// src/engine/sqlite/swap.ts
const WAIT_MS = 5e3;
async function replaceByRename(place, intent, names) {
	if (fileIdentity(place.file) === names.copy) return finish(place, intent, names);
	assertUnchanged(intent.from);
	assertStartingPoint(place, intent, names);
	try {
		await swapUnderLocks(place, intent, names);
	} catch (error) {
		throw isBusy(error) ? targetBusy(place.file, error) : error;
	}
	await finish(place, intent, names);
}
async function swapUnderLocks(place, intent, names) {
	using copy = await lockExclusively(intent.from.place, WAIT_MS);
	if (copy === null) throw failure("copy-changed", `the copy ${intent.from.place} is damaged`, { hint: "it cannot take the database's place; the backup can" });
	if (names.target === null) return takeFreeName(place, intent);
	using target = await lockExclusively(place.file, WAIT_MS);
	exchange(place, intent, names.target, target);
}
function exchange(place, intent, replaced, target) {
	refuseHolders(place, replaced);
	if (target === null) keepSideFiles(place, intent);
	else dropSideFiles(place, target);
	if (fileIdentity(intent.keepAs) === void 0) linkSync(place.file, intent.keepAs);
	syncFolder(place.folder);
	renameSync(intent.from.place, place.file);
	syncFolder(place.folder);
	try {
		refuseHolders(place, replaced);
	} catch (error) {
		undo(place, intent);
		throw error;
	}
}
function refuseHolders(place, identity) {
	const { pids } = openHolders(identity);
	if (pids.length > 0) throw targetBusy(place.file, void 0, pids.map(describeProcess).join(", "));
}
function dropSideFiles({ file }, target) {
	target.emptyLog();
	for (const side of sideFiles(file)) rmSync(side, { force: true });
}
function keepSideFiles({ file }, { keepAs }) {
	for (const [index, side] of sideFiles(file).entries()) {
		const kept = sideFiles(keepAs)[index];
		if (kept !== void 0 && statIfThere(side) !== void 0) renameSync(side, kept);
	}
}
function undo(place, { from, keepAs }) {
	linkSync(place.file, from.place);
	renameSync(keepAs, place.file);
	syncFolder(place.folder);
}
function takeFreeName(place, { from }) {
	for (const side of sideFiles(place.file)) rmSync(side, { force: true });
	linkSync(from.place, place.file);
	syncFolder(place.folder);
}
async function finish(place, { from, keepAs }, names) {
	const leftover = fileIdentity(from.place);
	if (leftover === void 0 || leftover === names.copy) await removeDatabase(from.place);
	syncFolder(place.folder);
	const stillOpen = names.target === null ? [] : openHolders(names.target).pids;
	if (stillOpen.length === 0) return;
	throw failure("replaced-file-in-use", `${stillOpen.map(describeProcess).join(", ")} still works on the database that was replaced`, {
		hint: `restart it: what it writes goes to ${keepAs}`,
		facts: { pids: stillOpen }
	});
}
function assertStartingPoint(place, { keepAs }, names) {
	const target = fileIdentity(place.file) ?? null;
	const kept = fileIdentity(keepAs);
	if (target !== names.target) throw failure("target-changed", `${place.file} is no longer the file that was to be replaced`, {
		hint: "somebody put another file in its place; look at both before anything else",
		facts: {
			expected: names.target,
			found: target
		}
	});
	if (kept !== void 0 && kept !== names.target) throw failure("aside-name-taken", `${keepAs} is there already and is not the database that is to be kept`, { hint: "move it away, then run `belay recover`" });
}
// src/engine/sqlite/replace.ts
async function replaceTarget(place, intent, owner) {
	const names = namesOf(place, intent);
	if (intent.strategy === "swap") return replaceByRename(place, intent, names);
	if (intent.way === "in-place") return replaceInPlace(place, intent, names, owner);
	throw failure("intent-unreadable", `SQLite knows no way "${intent.way}" to restore`, { hint: "use the version of Belay that made this run" });
}
// src/engine/sqlite/workspace.ts
async function openWorkspace(target, place, options) {
	assertReadableFile(place);
	const remote = await Remote.start(place.file, options);
	try {
		return await workspaceOn(remote, target, place);
	} catch (error) {
		await remote.end();
		throw openRefusal(place, error);
	}
}
async function workspaceOn(remote, target, place) {
	const session = remoteSession(remote);
	const { rows } = await session.query("select 'SQLite ' || sqlite_version()");
	const engineVersion = String(rows[0]?.[0]);
	let seen;
	const identity = async () => ({
		live: fileIdentity(place.file) ?? "missing",
		lasting: target.configured
	});
	return {
		session,
		engineVersion,
		identity,
		schema: () => remote.call("schema"),
		async backup(request) {
			const source = {
				place,
				remote,
				session,
				engineVersion,
				identity: await identity()
			};
			const observe = async (observer) => {
				seen = await remote.call("dataVersion");
				return request.observe(observer);
			};
			return acting(`backing up ${place.configured}`, () => takeBackup(source, {
				...request,
				observe
			}));
		},
		async compare(reference) {
			const { data } = await compareReference(place, reference, (path) => inSnapshot(remote, () => remote.call("compare", path, "application")));
			return data;
		},
		async disturbance() {
			if (seen === void 0) throw refusal("no-backup-yet", "whether anybody else wrote is known only after a backup of this workspace", { hint: "take the backup first" });
			if (await remote.call("dataVersion") === seen) return null;
			const holders = nameHolders(place.file, [remote.pid]);
			return `another connection wrote to ${place.configured} after the backup${holders === null ? "" : `; open in ${holders}`}`;
		},
		mark: (run) => acting(`keeping a copy of ${place.configured}`, () => makeMark(place, remote, run)),
		[Symbol.asyncDispose]: () => remote[Symbol.asyncDispose]()
	};
}
// src/engine/sqlite/hold.ts
async function holdTarget(target, waitMs) {
	const place = await locate(target);
	const lock = await takeLock(place, waitMs);
	try {
		const { fence, state } = await nextFence(place.state, waitMs);
		return holdOn(target, place, lock, fence, state);
	} catch (error) {
		lock[Symbol.dispose]();
		throw isBusy(error) ? locked(place.configured, place.state) : error;
	}
}
function holdOn(target, place, lock, fence, state) {
	const owner = {
		state: place.state,
		fence
	};
	const laterWrites = new LaterWritesCount(place);
	let open = false;
	const assertNoWorkspace = () => {
		if (open) throw refusal("workspace-open", `${place.configured} is open for work`, { hint: "close the workspace first" });
	};
	const letGo = async () => {
		assertNoWorkspace();
		await laterWrites[Symbol.asyncDispose]();
	};
	return {
		target,
		fence,
		state,
		writeState: (row) => acting(`recording the run in ${place.state}`, () => writeState(place.state, {
			...row,
			fence
		})),
		assertOwner: async () => assertFence(await readState(place.state), fence),
		async work(options) {
			assertNoWorkspace();
			open = true;
			const close = () => void (open = false);
			try {
				await laterWrites[Symbol.asyncDispose]();
				return closingWith(await openWorkspace(target, place, options), close);
			} catch (error) {
				close();
				throw error;
			}
		},
		copies: () => listCopies(place),
		discard: (copy) => discardCopy(place, copy),
		async restoreAside(store, folder, manifest, run, progress) {
			const path = asidePath(place, "scratch", run);
			return acting(`restoring the backup ${folder} beside ${place.configured}`, async () => {
				await fetchBackup(store, folder, manifest, path, progress);
				return describeRestored(place, path);
			});
		},
		async planReplacement(copy, run) {
			await letGo();
			return planReplacement(place, copy, run);
		},
		async replace(intent) {
			await letGo();
			await acting(`replacing ${place.configured}`, () => replaceTarget(place, intent, owner));
		},
		async compareWith(reference) {
			await letGo();
			return compareReference(place, reference, async (path) => {
				await using remote = await Remote.start(place.file);
				return await inSnapshot(remote, () => remote.call("compare", path, "all"));
			});
		},
		laterWrites: (mark) => laterWrites.since(mark),
		async [Symbol.asyncDispose]() {
			try {
				await laterWrites[Symbol.asyncDispose]();
			} finally {
				lock[Symbol.dispose]();
			}
		}
	};
}
function closingWith(workspace, closed) {
	return {
		...workspace,
		async [Symbol.asyncDispose]() {
			closed();
			await workspace[Symbol.asyncDispose]();
		}
	};
}
async function describeRestored(place, path) {
	const attributesKept = await copyAttributes(place.file, path);
	await syncFile(path);
	return describeCopy(place, path, { attributesKept });
}
export { holdTarget };
