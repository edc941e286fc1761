import "./rolldown-runtime.js";
import { $ as resultOf, Y as endedBeforehand, q as emptyTargetResult } from "./looking.js";
import { t as holdSettled } from "./locking.js";
import { a as dropUnfinishedBackups, n as dropExpired } from "./retention.js";
// src/run/prune.ts
async function prune(ports, environment, targets) {
	const head = {
		command: "prune",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		await using locks = await holdSettled(ports, environment, targets);
		const results = [];
		for (const hold of locks.holds) {
			const store = ports.storeOf(environment, hold.target);
			const unfinishedBackups = await dropUnfinishedBackups(store, environment.name, hold.target);
			const dropped = await dropExpired(ports, environment, {
				hold,
				store
			});
			results.push({
				...emptyTargetResult(hold.target, "pruned"),
				notes: [...unfinishedBackups, ...dropped].map((place) => `dropped ${place}`)
			});
		}
		return resultOf(ports, head, "pruned", [], results);
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
export { prune };
