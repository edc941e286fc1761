import { Dt as pastRuns, jt as lastEntry, kt as tookBack } from "./looking.js";
import { createHash } from "node:crypto";
// src/run/judgement.ts
async function recordJudgement({ store, environment }, run, target, at) {
	await store.put(keyOf({ environment }, run, target), Buffer.from(`${JSON.stringify({ verifiedAt: at.toISOString() })}\n`), { plain: true });
}
async function undecidedRuns(place, target) {
	const undecided = [];
	const takenBack = new Set();
	for await (const past of pastRuns(place)) {
		const of = tookBack(past);
		if (of !== null) takenBack.add(of);
		const ended = lastEntry(past.entries, "ended");
		if (lastEntry(past.entries, "began")?.judge === false && (ended === void 0 || ended.outcome === "migrated") && !takenBack.has(past.run) && !await wereJudged(place, past, target)) undecided.push(past.run);
	}
	return undecided;
}
async function wereJudged(place, { run, entries }, target) {
	const all = lastEntry(entries, "began")?.targets ?? [];
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
