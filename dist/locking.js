import { Z as refusal, o as databaseOf, x as unfinished } from "./domain.js";
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
function refuseUnfinished(environment, rows) {
	const row = rows.find(unfinished);
	if (row === void 0) return;
	throw refusal("unfinished-run", `run ${row.run} did not come to its end (it stopped in phase ${row.phase})`, {
		hint: `finish or undo it first: \`belay recover ${environment.name}\``,
		facts: {
			run: row.run,
			phase: row.phase
		}
	});
}
export { refuseUnfinished as n, holdTargets as t };
