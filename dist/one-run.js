import { Et as applied } from "./looking.js";
// src/run/one-run.ts
async function ofOneRun(history, holds, run) {
	if (holds.length === 1) return holds;
	const wanted = run === null ? void 0 : await history.run(run);
	const changed = new Map();
	for (const hold of holds) {
		const past = wanted ?? await history.lastApplying(hold.target.name);
		if (past !== void 0 && applied(past.entries, hold.target.name)) changed.set(hold, past.run);
	}
	const newest = [...changed.values()].toSorted().at(-1);
	return newest === void 0 ? holds : holds.filter((hold) => changed.get(hold) === newest);
}
export { ofOneRun as t };
