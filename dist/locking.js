import { C as unfinished, o as databaseOf, rt as refusal } from "./domain.js";
// src/run/locking.ts
const LOCK_WAIT_MS = 2e3;
async function holdTargets(ports, targets) {
	const stack = new AsyncDisposableStack();
	const holds = [];
	try {
		const byDatabase = [...Map.groupBy(targets, databaseOf)].sort(([a], [b]) => a.name < b.name ? -1 : 1);
		for (const [database, ours] of byDatabase) {
			const hold = stack.use(await ports.engineOf(database).hold(database, LOCK_WAIT_MS));
			holds.push(...ours.map((target) => target === database ? hold : hold.tenant(target)));
		}
	} catch (error) {
		await stack.disposeAsync();
		throw error;
	}
	return {
		holds,
		[Symbol.asyncDispose]: () => stack.disposeAsync()
	};
}
async function holdSettled(ports, environment, targets) {
	const held = await holdTargets(ports, targets);
	try {
		refuseUnfinished(environment, held.holds);
		return held;
	} catch (error) {
		await held[Symbol.asyncDispose]();
		throw error;
	}
}
function refuseUnfinished(environment, holds) {
	const row = holds.map(({ state }) => state).find(unfinished);
	if (row === void 0) return;
	throw refusal("unfinished-run", `run ${row.run} did not come to its end (it stopped in phase ${row.phase})`, {
		hint: `finish or undo it first: \`belay recover ${environment.name}\``,
		facts: {
			run: row.run,
			phase: row.phase
		}
	});
}
export { holdTargets as n, refuseUnfinished as r, holdSettled as t };
