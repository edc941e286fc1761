import { et as failure, rt as refusal } from "./domain.js";
import { r as syncFolder, t as removeDatabase } from "./durable.js";
import { K as evidenceOf, Q as stillHolds, X as parseEvidence, Z as statIfThere, q as fileIdentity, rt as parseAside, tt as isMissing } from "./reading.js";
import { basename, dirname, join } from "node:path";
import { readdir } from "node:fs/promises";
// src/engine/sqlite/copies.ts
function describeCopy(place, path, facts = {}) {
	const evidence = evidenceOf(path);
	const copy = listedCopy(place, path);
	if (evidence === void 0 || copy === void 0) throw failure("copy-missing", `the copy ${path} is gone`, { hint: "somebody removed it while Belay worked; run again" });
	return {
		...copy,
		evidence: {
			...evidence,
			...facts
		}
	};
}
async function listCopies(place) {
	try {
		return (await readdir(place.folder)).sort().flatMap((name) => listedCopy(place, join(place.folder, name)) ?? []);
	} catch (error) {
		if (isMissing(error)) return [];
		throw error;
	}
}
function listedCopy(place, path) {
	const parsed = parseAside(place, basename(path));
	const stats = parsed && statIfThere(path);
	return stats && {
		...parsed,
		place: path,
		sizeBytes: Number(stats.size),
		madeAt: stats.mtime.toISOString(),
		evidence: null
	};
}
async function discardCopy(place, { place: path }) {
	const ours = dirname(path) === place.folder && parseAside(place, basename(path)) !== void 0;
	const isTarget = fileIdentity(path) !== void 0 && fileIdentity(path) === fileIdentity(place.file);
	if (!ours || isTarget) throw refusal("not-a-copy", `${path} is no copy of Belay's beside ${place.configured}`, { hint: "only clones, scratch files and databases kept aside are dropped" });
	await removeDatabase(path);
	syncFolder(place.folder);
}
function assertUnchanged({ place: path, evidence }) {
	const proven = parseEvidence(evidence);
	const now = evidenceOf(path);
	if (now !== void 0 && (proven === void 0 || stillHolds(path, proven))) return now;
	throw failure("copy-changed", now === void 0 ? `the copy ${path} is gone` : `the copy ${path} was changed after it was proven`, {
		hint: "it cannot take the database's place; the backup can",
		facts: { copy: path }
	});
}
export { listCopies as i, describeCopy as n, discardCopy as r, assertUnchanged as t };
