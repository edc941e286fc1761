import { k as suffixOf } from "./domain.js";
import { createHash } from "node:crypto";
// src/run/judgement.ts
async function recordJudgement({ store, environment }, run, target, at) {
	await store.put(keyOf({ environment }, run, target), Buffer.from(`${JSON.stringify({ verifiedAt: at.toISOString() })}\n`), { plain: true });
}
async function undecidedRuns(history, place, target, suffixes) {
	const undecided = new Set();
	const takenBack = new Set();
	const wanted = new Set(suffixes);
	if (wanted.size === 0) return undecided;
	for await (const { run, tookBack, unjudged } of history.facts()) {
		if (tookBack !== null) takenBack.add(tookBack);
		const suffix = suffixOf(run);
		if (wanted.delete(suffix) && unjudged !== null && !takenBack.has(run) && !await wereJudged(place, run, unjudged, target)) undecided.add(suffix);
		if (wanted.size === 0) break;
	}
	return undecided;
}
async function wereJudged(place, run, all, target) {
	const judged = new Set((await place.store.list(folderOf(place.environment, run))).map(({ key }) => key));
	return all.flatMap(({ name, tenant }) => name === target.name || tenant?.of === target.name ? [name] : []).every((name) => judged.has(keyOf(place, run, name)));
}
function keyOf({ environment }, run, target) {
	const name = /^[\w.-]+$/.test(target) ? target : createHash("sha256").update(target).digest("hex");
	return `${folderOf(environment, run)}/${name}.json`;
}
function folderOf(environment, run) {
	return `${environment}/.judged/${run}`;
}
export { undecidedRuns as n, recordJudgement as t };
