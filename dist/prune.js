import "./rolldown-runtime.js";
import { J as emptyTargetResult, Tt as openHistory, X as endedBeforehand, et as resultOf, wt as journalPlace } from "./looking.js";
import { t as holdSettled } from "./locking.js";
import { a as dropUnfinishedBackups, n as dropExpired, o as dropWatched } from "./retention.js";
// src/run/prune.ts
async function prune(ports, environment, targets) {
	const head = {
		command: "prune",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		await using locks = await holdSettled(ports, environment, targets);
		const history = openHistory(ports, environment, targets);
		const results = [];
		const watched = await dropWatched(ports, environment, journalPlace(ports, environment, targets));
		for (const hold of locks.holds) {
			const store = ports.storeOf(environment, hold.target);
			const unfinishedBackups = await dropUnfinishedBackups(store, environment.name, hold.target);
			const dropped = await dropExpired(ports, environment, history, {
				hold,
				store
			});
			results.push({
				...emptyTargetResult(hold.target, "pruned"),
				notes: [
					...unfinishedBackups,
					...dropped,
					...hold === locks.holds[0] ? watched : []
				].map((place) => `dropped ${place}`)
			});
		}
		return resultOf(ports, head, "pruned", [], results);
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
export { prune };
