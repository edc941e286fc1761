import { A as timeOfRun, et as failure, k as suffixOf, tt as messageOf } from "./domain.js";
import { B as backupsOf, Nt as lastEntry, Pt as lastOfTarget, U as newestSoundBackup, lt as coversDatabase, wt as journalPlace, z as backupFolders } from "./looking.js";
import { n as undecidedRuns } from "./judgement.js";
import { text } from "node:stream/consumers";
// src/run/watch-records.ts
async function readRecords(place, run) {
	const names = await place.store.list(folderOf(place, run));
	return Promise.all(names.map(({ key }) => readRecord(place, key)));
}
async function readRecord({ store }, key) {
	const [, kind] = /\.(good|bad|broken|well|answered)\.json$/.exec(key) ?? [];
	if (kind === void 0) throw damaged(store.location, key);
	if (kind !== "bad") return {
		key,
		kind,
		failed: new Map()
	};
	try {
		const { failed } = JSON.parse(await text(await store.get(key)));
		return {
			key,
			kind,
			failed: new Map(Object.entries(failed))
		};
	} catch (error) {
		if (error instanceof SyntaxError || error instanceof TypeError) throw damaged(store.location, key);
		throw error;
	}
}
function damaged(location, key) {
	return failure("watch-damaged", `the record of a watch is damaged (${location}/${key})`, { hint: "remove that file: a round that nobody can read counts for nothing" });
}
async function writeRecord(ports, place, run, before, { kind, failed = new Map(), ...content }) {
	const now = ports.now();
	const name = `${Math.max(now.getTime(), timeOf(before.at(-1)) + 1)}-${Buffer.from(ports.random(2)).toString("hex")}`;
	const key = `${folderOf(place, run)}/${name}.${kind}.json`;
	const told = failed.size === 0 ? content : {
		...content,
		failed: Object.fromEntries(failed)
	};
	await place.store.put(key, Buffer.from(`${JSON.stringify({
		at: now.toISOString(),
		...told
	})}\n`), { plain: true });
	return [...before, {
		key,
		kind,
		failed
	}];
}
async function dropOldRecords({ store, environment }, oldest) {
	const folder = watchesOf(environment);
	const old = [...new Set((await store.list(folder)).map(({ key }) => key.slice(folder.length + 1).split("/", 1)[0] ?? ""))].filter((run) => timeOfRun(run) < oldest).map((run) => `${folder}/${run}`);
	for (const records of old) await store.remove(records);
	return old.map((records) => `${store.location}/${records}`);
}
function timeOf(record) {
	return Number(/([0-9]+)-[0-9a-f]+\.[a-z]+\.json$/.exec(record?.key ?? "")?.[1] ?? 0);
}
function folderOf({ environment }, run) {
	return `${watchesOf(environment)}/${run}`;
}
function watchesOf(environment) {
	return `${environment}/.watch`;
}
// src/run/retention.ts
const DAY_MS = 864e5;
function expiredBackups(folders, newestSound, keep, now) {
	const oldest = now.getTime() - keep.days * DAY_MS;
	return folders.filter((folder, index) => index >= keep.last && folder !== newestSound && takenAt(folder) < oldest);
}
function expiredCopies(copies, keep, now) {
	return copies.filter((copy) => {
		const keptMs = copy.kind === "failed" ? keep.failedMs : copy.kind === "scratch" ? 0 : keep.swapMs;
		return now.getTime() - Date.parse(copy.madeAt) >= keptMs;
	});
}
async function dropExpired(ports, environment, history, { hold, store }, ending = null) {
	const { keep } = environment.backup;
	const now = ports.now();
	const own = ending === null ? null : suffixOf(ending);
	const expired = expiredCopies(await hold.copies(), keep, now).filter(({ kind, runSuffix }) => kind === "failed" || runSuffix !== own);
	const suffixes = new Set(expired.flatMap(({ kind, runSuffix }) => kind === "failed" ? [] : [runSuffix]));
	const undecided = await undecidedRuns(history, journalPlace(ports, environment, [hold.target]), hold.target, suffixes);
	const copies = expired.filter(({ kind, runSuffix }) => kind === "failed" || !undecided.has(runSuffix));
	for (const copy of copies) await hold.discard(copy);
	const backups = expiredBackups(await backupFolders(store, environment.name, hold.target), (await newestSoundBackup(store, environment.name, hold.target))?.folder ?? null, keep, now);
	for (const folder of backups) await store.remove(folder);
	return [...copies.map(({ place }) => place), ...backups.map((folder) => `${store.location}/${folder}`)];
}
function dropWatched(ports, { backup, watch }, place) {
	const keptMs = Math.max(backup.keep.days * DAY_MS, watch?.scheduled.forMs ?? 0);
	return dropOldRecords(place, ports.now().getTime() - keptMs);
}
async function dropOwnCopies(hold, run) {
	const suffix = suffixOf(run);
	for (const copy of await hold.copies()) if (copy.runSuffix === suffix && copy.kind !== "failed") await hold.discard(copy);
}
async function dropForsaken(run) {
	for (const target of run.targets) {
		const needed = [target, ...target.tenants].map((each) => lastOfTarget(run.journal.entries, "intent", each.target.name)?.intent.from.place);
		try {
			for (const copy of await target.hold.copies()) if (copy.kind === "scratch" && !needed.includes(copy.place)) await target.hold.discard(copy);
		} catch (error) {
			target.notes.push(`old copies could not be dropped: ${messageOf(error)}`);
		}
	}
}
async function dropCopiesOfUndone(run) {
	const { id, journal } = run;
	const taken = lastEntry(journal.entries, "began")?.of ?? null;
	const isBack = ({ target }) => lastOfTarget(journal.entries, "rolled-back", target.name)?.rollback.matches === true;
	for (const target of run.targets) {
		const { tenants } = target;
		if (tenants.length === 0 ? !isBack(target) : !tenants.every(isBack)) continue;
		try {
			await dropOwnCopies(target.hold, id);
			if (taken !== null && coversDatabase(target)) await dropOwnCopies(target.hold, taken);
		} catch (error) {
			target.notes.push(`old copies could not be dropped: ${messageOf(error)}`);
		}
	}
}
function takenAt(folder) {
	const stamp = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]+$/.exec(folder);
	return stamp === null ? Number.POSITIVE_INFINITY : Date.parse(`${stamp[1]}-${stamp[2]}-${stamp[3]}T${stamp[4]}:${stamp[5]}:${stamp[6]}Z`);
}
async function dropUnfinishedBackups(store, environment, target) {
	const finished = new Set(await backupFolders(store, environment, target));
	const unfinished = [...new Set((await store.list(backupsOf(environment, target))).map(({ key }) => key.split("/").slice(0, 3).join("/")))].filter((folder) => !finished.has(folder));
	for (const folder of unfinished) await store.remove(folder);
	await store.sweep(backupsOf(environment, target));
	return unfinished.map((folder) => `${store.location}/${folder}`);
}
export { dropUnfinishedBackups as a, writeRecord as c, dropOwnCopies as i, dropExpired as n, dropWatched as o, dropForsaken as r, readRecords as s, dropCopiesOfUndone as t };
