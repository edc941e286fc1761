import "./rolldown-runtime.js";
import { $ as BelayError, rt as refusal } from "./domain.js";
import { r as syncFolder, t as removeDatabase } from "./durable.js";
import { n as fetchBackup } from "./fetch-backup.js";
import { P as acting, W as openHolders, Z as statIfThere, it as sideFiles, nt as locate, q as fileIdentity, t as openView } from "./reading.js";
import { qt as takeLock } from "./looking.js";
import { chmod, rename } from "node:fs/promises";
// src/engine/sqlite/restore-into.ts
const LOCK_WAIT_MS = 2e3;
async function restoreInto(into, store, folder, manifest) {
	const place = await locate(into);
	await assertFree(into, place);
	using _lock = await takeLock(place, LOCK_WAIT_MS);
	await assertFree(into, place);
	const arriving = `${place.file}.belay-restore`;
	try {
		await acting(`restoring the backup ${folder} into ${place.configured}`, async () => {
			await fetchBackup(store, folder, manifest, arriving);
			const { mode } = manifest.engineFacts;
			if (typeof mode === "string") await chmod(arriving, Number.parseInt(mode, 8));
			await rename(arriving, place.file);
			syncFolder(place.folder);
		});
	} catch (error) {
		await removeDatabase(arriving);
		throw error;
	}
}
async function assertFree(into, { file, folder }) {
	if (statIfThere(folder) === void 0) throw refusal("restore-target-unreachable", `there is no folder ${folder} to restore into`, { hint: "create it, or name a path in a folder that is there" });
	const taken = [file, ...sideFiles(file)].find((path) => (statIfThere(path)?.size ?? 0n) > 0n || statIfThere(path)?.isDirectory());
	if (taken === void 0 || await isIdleAndEmpty(into, file)) return;
	const replaceable = statIfThere(taken)?.isDirectory() === true ? "" : "; or with --replace the backup takes its place, and what is there is kept aside";
	throw refusal("restore-target-not-empty", `${taken} is there already`, { hint: `name a path where nothing is${replaceable}` });
}
async function isIdleAndEmpty(into, file) {
	if (!await isEmptyDatabase(into)) return false;
	return !(openHolders(fileIdentity(file) ?? "").pids.length > 0) && sideFiles(file).every((side) => statIfThere(side) === void 0);
}
async function isEmptyDatabase(into) {
	try {
		await using view = await openView(into);
		const { rows } = await view.session.query("select 1 from sqlite_schema limit 1");
		return rows.length === 0;
	} catch (error) {
		if (error instanceof BelayError) return false;
		throw error;
	}
}
export { restoreInto };
