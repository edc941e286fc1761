import { a as readJournal, r as listJournals, t as lastEntry } from "./journal.js";
// src/run/history.ts
function journalPlace(ports, environment, targets) {
	const [first] = [...targets].sort((a, b) => a.name < b.name ? -1 : 1);
	if (first === void 0) throw new Error("an environment without targets");
	return {
		store: ports.storeOf(environment, first),
		environment: environment.name
	};
}
async function* pastRuns(place) {
	for (const run of [...await listJournals(place)].reverse()) yield {
		run,
		entries: await readJournal(place, run)
	};
}
async function earlierFailure(ports, environment, plan) {
	const targets = plan.targets.map(({ target }) => target);
	for await (const { run, entries } of pastRuns(journalPlace(ports, environment, targets))) {
		const began = lastEntry(entries, "began");
		if (began?.digest !== plan.digest) continue;
		const ended = lastEntry(entries, "ended");
		if (ended?.repeatNeedsReason !== true) return null;
		if (began.command === "rollback") return {
			run,
			what: "was rolled back"
		};
		const reason = ended.reasons[0]?.message;
		return {
			run,
			what: reason === void 0 ? "failed" : `failed: ${reason}`
		};
	}
	return null;
}
async function lastGoodCommit(ports, environment, targets) {
	for await (const { entries } of pastRuns(journalPlace(ports, environment, targets))) {
		const began = lastEntry(entries, "began");
		if (lastEntry(entries, "ended")?.outcome === "migrated" && began !== void 0 && began.sha !== null) return began.sha;
	}
	return null;
}
async function lastApplyingRun(place, target) {
	const takenBack = new Set();
	for await (const past of pastRuns(place)) {
		const began = lastEntry(past.entries, "began");
		const ended = lastEntry(past.entries, "ended");
		if (began?.command === "rollback" && began.of !== null && (ended?.outcome === "rolled-back" || recoveredRollback(past.entries))) takenBack.add(began.of);
		if (began?.command !== "migrate" || takenBack.has(past.run)) continue;
		const result = ended?.result.targets.find(({ name }) => name === target);
		if (result !== void 0 && result.applied.length > 0 && (ended?.outcome === "migrated" || ended?.outcome === "needs-attention")) return past;
	}
}
function recoveredRollback(entries) {
	return lastEntry(entries, "destination") !== void 0 && lastEntry(entries, "rolled-back") !== void 0;
}
function summarize({ run, entries }) {
	const began = lastEntry(entries, "began");
	const ended = lastEntry(entries, "ended");
	return {
		run,
		command: began?.command ?? "unknown",
		startedAt: began?.at ?? "",
		durationMs: ended === void 0 || began === void 0 ? null : Date.parse(ended.at) - Date.parse(began.at),
		outcome: ended?.outcome ?? null,
		digest: began?.digest ?? null,
		targets: (began?.targets ?? []).map(({ name }) => {
			const result = ended?.result.targets.find((target) => target.name === name);
			return {
				name,
				outcome: result?.outcome ?? null,
				applied: (result?.applied ?? []).map(({ id }) => id),
				backup: result?.backup?.id ?? null
			};
		}),
		reasons: ended?.reasons ?? [],
		withoutApproval: began?.withoutApproval ?? null,
		again: began?.again ?? null
	};
}
export { pastRuns as a, lastGoodCommit as i, journalPlace as n, summarize as o, lastApplyingRun as r, earlierFailure as t };
