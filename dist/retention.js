import { L as messageOf } from "./domain.js";
import { F as backupFolders, R as newestSoundBackup, lt as lastEntry, rt as journalPlace, ut as lastOfTarget } from "./looking.js";
import { n as undecidedRuns } from "./judgement.js";
// src/run/retention.ts
function expiredBackups(folders, newestSound, keep, now) {
	const oldest = now.getTime() - keep.days * 24 * 3600 * 1e3;
	return folders.filter((folder, index) => index >= keep.last && folder !== newestSound && takenAt(folder) < oldest);
}
function expiredCopies(copies, keep, now) {
	return copies.filter((copy) => {
		const keptMs = copy.kind === "failed" ? keep.failedMs : copy.kind === "scratch" ? 0 : keep.swapMs;
		return now.getTime() - Date.parse(copy.madeAt) >= keptMs;
	});
}
async function dropExpired(ports, environment, { hold, store }) {
	const { keep } = environment.backup;
	const { name } = hold.target;
	const now = ports.now();
	const expired = expiredCopies(await hold.copies(), keep, now);
	const undecided = expired.length === 0 ? [] : await undecidedRuns(journalPlace(ports, environment, [hold.target]), name);
	const copies = expired.filter(({ kind, runSuffix }) => kind === "failed" || !undecided.map(suffixOf).includes(runSuffix));
	for (const copy of copies) await hold.discard(copy);
	const backups = expiredBackups(await backupFolders(store, environment.name, name), (await newestSoundBackup(store, environment.name, name))?.folder ?? null, keep, now);
	for (const folder of backups) await store.remove(folder);
	return [...copies.map(({ place }) => place), ...backups.map((folder) => `${store.location}/${folder}`)];
}
async function dropOwnCopies(hold, run) {
	const suffix = suffixOf(run);
	for (const copy of await hold.copies()) if (copy.runSuffix === suffix && copy.kind !== "failed") await hold.discard(copy);
}
async function dropForsaken({ journal, targets }) {
	for (const target of targets) {
		const needed = lastOfTarget(journal.entries, "intent", target.target.name)?.intent.from.place;
		try {
			for (const copy of await target.hold.copies()) if (copy.kind === "scratch" && copy.place !== needed) await target.hold.discard(copy);
		} catch (error) {
			target.notes.push(`old copies could not be dropped: ${messageOf(error)}`);
		}
	}
}
async function dropCopiesOfUndone({ id, journal, targets }) {
	const taken = lastEntry(journal.entries, "began")?.of ?? null;
	for (const target of targets) {
		if (lastOfTarget(journal.entries, "rolled-back", target.target.name)?.rollback.matches !== true) continue;
		try {
			await dropOwnCopies(target.hold, id);
			if (taken !== null) await dropOwnCopies(target.hold, taken);
		} catch (error) {
			target.notes.push(`old copies could not be dropped: ${messageOf(error)}`);
		}
	}
}
function suffixOf(run) {
	return run.slice(-10);
}
function takenAt(folder) {
	const stamp = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]+$/.exec(folder);
	return stamp === null ? Number.POSITIVE_INFINITY : Date.parse(`${stamp[1]}-${stamp[2]}-${stamp[3]}T${stamp[4]}:${stamp[5]}:${stamp[6]}Z`);
}
async function dropUnfinishedBackups(store, environment, target) {
	const finished = new Set(await backupFolders(store, environment, target));
	const unfinished = [...new Set((await store.list(`${environment}/${target}`)).map(({ key }) => key.split("/").slice(0, 3).join("/")))].filter((folder) => !finished.has(folder));
	for (const folder of unfinished) await store.remove(folder);
	await store.sweep(`${environment}/${target}`);
	return unfinished.map((folder) => `${store.location}/${folder}`);
}
export { dropUnfinishedBackups as a, dropOwnCopies as i, dropExpired as n, dropForsaken as r, dropCopiesOfUndone as t };
