import { Y as messageOf } from "./domain.js";
import { B as backupsOf, Ct as journalPlace, Mt as lastOfTarget, U as newestSoundBackup, ct as coversDatabase, jt as lastEntry, z as backupFolders } from "./looking.js";
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
	const now = ports.now();
	const expired = expiredCopies(await hold.copies(), keep, now);
	const undecided = expired.length === 0 ? [] : await undecidedRuns(journalPlace(ports, environment, [hold.target]), hold.target);
	const copies = expired.filter(({ kind, runSuffix }) => kind === "failed" || !undecided.map(suffixOf).includes(runSuffix));
	for (const copy of copies) await hold.discard(copy);
	const backups = expiredBackups(await backupFolders(store, environment.name, hold.target), (await newestSoundBackup(store, environment.name, hold.target))?.folder ?? null, keep, now);
	for (const folder of backups) await store.remove(folder);
	return [...copies.map(({ place }) => place), ...backups.map((folder) => `${store.location}/${folder}`)];
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
function suffixOf(run) {
	return run.slice(-10);
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
export { dropUnfinishedBackups as a, dropOwnCopies as i, dropExpired as n, dropForsaken as r, dropCopiesOfUndone as t };
