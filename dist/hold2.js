import "./rolldown-runtime.js";
import { F as untouched, P as sameData, b as assertFence, c as storedName, et as failure, rt as refusal, s as decryptCommands, tt as messageOf } from "./domain.js";
import { $ as asidePath, F as isBusy, G as lockingPids, J as identityOf, P as acting, U as nameHolders, V as describeProcess, W as openHolders, Z as statIfThere, g as writeState, h as readState, it as sideFiles, l as openRefusal, m as nextFence, nt as locate, o as assertReadableFile, q as fileIdentity, r as remoteSession, u as noTenants } from "./reading.js";
import { t as OneWorkspace } from "./one-workspace.js";
import { a as copyAttributes, i as lockExclusively, n as namesOf, r as planReplacement } from "./replacement2.js";
import { i as listCopies, n as describeCopy, r as discardCopy, t as assertUnchanged } from "./copies2.js";
import { n as syncFile, r as syncFolder, t as removeDatabase } from "./durable.js";
import { n as fetchBackup, r as firstDifference, t as BACKUP_FILE } from "./fetch-backup.js";
import { i as sameBytes, r as makeMark, t as LaterWritesCount } from "./later-writes2.js";
import { Kt as locked, qt as takeLock, sn as allProcesses, un as statusOf } from "./looking.js";
import { t as Remote } from "./remote.js";
import { n as targetBusy } from "./overwrite.js";
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
	const observed = await request.observe(source.session, noTenants);
	await assertAnswered(source);
	const schema = await remote.call("schema");
	const facts = await remote.call("describe");
	const [files, proven] = request.into === null ? await cloneOnly(source, request) : await backupInto(request.into, source, request, facts);
	return {
		observed,
		schema,
		tables: Object.entries(facts.rows).map(([name, rows]) => ({
			name,
			rows,
			fingerprint: null
		})),
		sequences: facts.sequences,
		files,
		...proven,
		engineVersion: source.engineVersion,
		toolVersions: {},
		compression: "none",
		restore: [...decryptCommands([BACKUP_FILE], request.into?.store.encryption ?? "none"), `sqlite3 ${shellQuote(place.configured)} ".restore ${BACKUP_FILE}"`],
		engineFacts: {
			...facts.engineFacts,
			...ownership(place.file)
		},
		identity: source.identity
	};
}
async function cloneOnly(source, request) {
	if (!request.clone) throw new Error("neither a backup nor a clone is asked for");
	const path = proofPath(source.place, request);
	await removeDatabase(path);
	await copySnapshot(source, path, request.progress);
	return [[], await provenCopy(source, path)];
}
async function backupInto(into, source, request, facts) {
	return bothOf((await copyToStore(source, into, request))(), prove(source, into, request, facts));
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
async function copyToStore(source, { store, folder }, { run, progress }) {
	const name = storedName(BACKUP_FILE, store.encryption);
	const key = `${folder}/${name}`;
	const local = store.localPath(key);
	const path = local ?? asidePath(source.place, "scratch", run);
	if (local !== null) await mkdir(dirname(local), {
		recursive: true,
		mode: 448
	});
	await removeDatabase(path);
	await copySnapshot(source, path, progress);
	if (local !== null) return async () => [{
		name,
		...await store.finish(key)
	}];
	const stored = await store.put(key, createReadStream(path, { highWaterMark: 1 << 20 }), { sizeBytes: Number(statIfThere(path)?.size ?? 0n) });
	await removeDatabase(path);
	return async () => [{
		name,
		...stored
	}];
}
async function copySnapshot({ remote, place }, path, progress) {
	using _ = watchSize(path, Number(statIfThere(place.file)?.size ?? 0n), progress);
	await remote.call("copyTo", path);
	await chmod(path, 384);
}
async function prove(source, into, request, facts) {
	if (!request.clone && request.proof === "read") return proveByReading(source, into, request, facts);
	const path = proofPath(source.place, request);
	await restoreStored(into, path);
	return provenCopy(source, path);
}
async function provenCopy(source, path) {
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
	const key = `${folder}/${storedName(BACKUP_FILE, store.encryption)}`;
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
async function proveByReading(source, into, { run }, facts) {
	const local = into.store.localPath(`${into.folder}/${storedName(BACKUP_FILE, into.store.encryption)}`);
	const path = local ?? asidePath(source.place, "scratch", run);
	if (local === null) await restoreStored(into, path);
	const difference = firstDifference(facts.rows, await source.remote.call("countRowsOf", path));
	if (local === null) await removeDatabase(path);
	if (difference !== void 0) throw unproven(difference);
	return {
		proof: "read",
		lacks: [],
		attributesKept: false
	};
}
async function removeWritten(place, { into, run, clone }) {
	await removeDatabase(asidePath(place, "scratch", run));
	if (clone) await removeDatabase(asidePath(place, "clone", run));
	await into?.store.remove(into.folder);
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
// src/process/belongs-to.ts
function whoBelongsTo(groups) {
	const known = new Map((allProcesses() ?? []).map((status) => [status.pid, status]));
	const lookUp = (pid) => known.get(pid) ?? statusOf(pid);
	return (pid) => {
		const asked = new Set();
		for (let status = lookUp(pid); status !== void 0 && !asked.has(status.pid); status = lookUp(status.parent)) {
			if (groups.includes(status.group) || groups.includes(status.session)) return true;
			asked.add(status.pid);
		}
		return false;
	};
}
// src/engine/sqlite/others.ts
const SHARE = 20;
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1e3;
const NAMED = 3;
async function lookOut(file, host, ours, work, seen) {
	let next;
	const look = () => {
		const began = performance.now();
		const others = whoElse(file, host, ours());
		if (others !== null) return seen(others);
		const pause = Math.min(Math.max((performance.now() - began) * SHARE, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
		next = setTimeout(look, pause);
	};
	look();
	try {
		await work();
	} finally {
		clearTimeout(next);
		const atEnd = whoElse(file, host, ours());
		if (atEnd !== null) seen(atEnd);
	}
}
function whoElse(file, host, groups) {
	try {
		return askWhoElse(file, host, groups);
	} catch (error) {
		return `who had the file open while the migrations ran could not be told: ${messageOf(error)}`;
	}
}
function askWhoElse(file, host, groups) {
	const stats = statIfThere(file);
	if (stats === void 0) return "the file was gone for a time while the migrations ran";
	const isOurs = whoBelongsTo(groups);
	const isForeign = (pid) => pid !== process.pid && pid !== host && !isOurs(pid) && statusOf(pid) !== void 0;
	const connected = connectedToLog(file);
	const { pids, hidden, everybodyListed } = openHolders(identityOf(stats));
	const others = [...new Set([...pids, ...connected])].filter(isForeign);
	if (others.length > 0) return `${others.map(describeProcess).join(", ")} had the file open while the migrations ran`;
	if (!everybodyListed) return "not every process is visible here, and an invisible one may have written while the migrations ran";
	const doubtful = connected.includes(host) ? [] : hidden.filter(isForeign);
	if (doubtful.length === 0) return null;
	return `${nameSome(doubtful)} could not be looked into, and may have written while the migrations ran`;
}
function connectedToLog(file) {
	const memory = statIfThere(`${file}-shm`);
	return memory === void 0 ? [] : lockingPids(memory);
}
function nameSome(pids) {
	const [named, more] = [pids.slice(0, NAMED), pids.length - NAMED];
	return `${named.map(describeProcess).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
// src/engine/sqlite/disturbance.ts
var Disturbance = class {
	#place;
	#remote;
	#atBackup;
	#version;
	#found = null;
	#versionIsTelling = true;
	constructor(place, remote) {
		this.#place = place;
		this.#remote = remote;
	}
	async begin() {
		this.#atBackup = this.#version = await this.#remote.call("dataVersion");
		this.#found = null;
		this.#versionIsTelling = true;
	}
	async watch(ours, work) {
		this.#found = await this.find();
		this.#versionIsTelling = false;
		await lookOut(this.#place.file, this.#remote.pid, ours, work, (others) => void (this.#found ??= others));
		this.#version = await this.#remote.call("dataVersion");
		this.#versionIsTelling = true;
	}
	async written() {
		if (this.#atBackup === void 0) throw noBackupYet();
		return await this.#remote.call("dataVersion") !== this.#atBackup;
	}
	async find() {
		if (this.#version === void 0) throw noBackupYet();
		if (this.#found !== null || !this.#versionIsTelling) return this.#found;
		if (await this.#remote.call("dataVersion") === this.#version) return null;
		const { configured, file } = this.#place;
		const holders = nameHolders(file, [this.#remote.pid]);
		return `another connection wrote to ${configured} after the backup${holders === null ? "" : `; open in ${holders}`}`;
	}
};
function noBackupYet() {
	return refusal("no-backup-yet", "whether anybody else wrote is known only after a backup of this workspace", { hint: "take the backup first" });
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
	const disturbance = new Disturbance(place, remote);
	const identity = async () => ({
		live: fileIdentity(place.file) ?? "missing",
		lasting: target.configured
	});
	return {
		session,
		engineVersion,
		tenant: noTenants,
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
				await disturbance.begin();
				return request.observe(observer, noTenants);
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
		disturbance: () => disturbance.find(),
		watch: (ours, work) => disturbance.watch(ours, work),
		written: () => disturbance.written(),
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
	const workspace = new OneWorkspace(place.configured);
	const letGo = async () => {
		workspace.assertNone();
		await laterWrites[Symbol.asyncDispose]();
	};
	const hold = {
		target,
		tenant: noTenants,
		get database() {
			return hold;
		},
		fence,
		state,
		writeState: (row) => acting(`recording the run in ${place.state}`, () => writeState(place.state, {
			...row,
			fence
		})),
		assertOwner: async () => assertFence(await readState(place.state), fence),
		work: (options) => workspace.open(async () => {
			await laterWrites[Symbol.asyncDispose]();
			return openWorkspace(target, place, options);
		}),
		copies: () => listCopies(place),
		discard: (copy) => discardCopy(place, copy),
		async restoreAside(store, folder, manifest, run, { progress } = {}) {
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
				if (await sameBytes(remote, place.file, path)) return {
					data: { tables: [] },
					sameSchema: true,
					missing: []
				};
				return {
					...await inSnapshot(remote, () => remote.call("compare", path, "all")),
					missing: []
				};
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
	return hold;
}
async function describeRestored(place, path) {
	const attributesKept = await copyAttributes(place.file, path);
	await syncFile(path);
	return describeCopy(place, path, { attributesKept });
}
export { holdTarget };
