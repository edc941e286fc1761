import "./rolldown-runtime.js";
import { et as refusal } from "./domain.js";
import { r as syncFolder, t as removeDatabase } from "./durable.js";
import { n as fetchBackup } from "./fetch-backup.js";
import { P as acting, Z as statIfThere, it as sideFiles, nt as locate } from "./reading.js";
import { chmod, rename } from "node:fs/promises";
// src/engine/sqlite/restore-into.ts
async function restoreInto(into, store, folder, manifest) {
	const place = await locate(into);
	const taken = [place.file, ...sideFiles(place.file)].find((path) => (statIfThere(path)?.size ?? 0n) > 0n || statIfThere(path)?.isDirectory());
	if (taken !== void 0) {
		const replaceable = statIfThere(taken)?.isDirectory() === true ? "" : "; or with --replace the backup takes its place, and what is there is kept aside";
		throw refusal("restore-target-not-empty", `${taken} is there already`, { hint: `name a path where nothing is${replaceable}` });
	}
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
export { restoreInto };
