import { lt as lastEntry, ot as pastRuns, st as tookBack } from "./looking.js";
// src/run/judgement.ts
async function recordJudgement({ store, environment }, run, target, at) {
	await store.put(`${folderOf(environment, run)}/${target}.json`, Buffer.from(`${JSON.stringify({ verifiedAt: at.toISOString() })}\n`), { plain: true });
}
async function undecidedRuns(place, target) {
	const undecided = [];
	const takenBack = new Set();
	for await (const past of pastRuns(place)) {
		const of = tookBack(past);
		if (of !== null) takenBack.add(of);
		const ended = lastEntry(past.entries, "ended");
		if (lastEntry(past.entries, "began")?.judge === false && (ended === void 0 || ended.outcome === "migrated") && !takenBack.has(past.run) && !await wasJudged(place, past.run, target)) undecided.push(past.run);
	}
	return undecided;
}
async function wasJudged({ store, environment }, run, target) {
	const folder = folderOf(environment, run);
	return (await store.list(folder)).some(({ key }) => key === `${folder}/${target}.json`);
}
function folderOf(environment, run) {
	return `${environment}/.judged/${run}`;
}
export { undecidedRuns as n, recordJudgement as t };
