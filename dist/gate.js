import { c as applicationMayStart, i as unfinished } from "./domain.js";
import { i as resultOf, r as endedBeforehand, t as emptyTargetResult } from "./ending.js";
import { t as observe } from "./observe.js";
// src/run/gate.ts
async function gate(ports, environment, targets) {
	const head = {
		command: "gate",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		const verdicts = [];
		for (const target of targets) verdicts.push(await judge(ports, environment, target));
		const reasons = verdicts.flatMap((verdict) => verdict.reasons);
		return resultOf(ports, head, reasons.length === 0 ? "up-to-date" : "checks-failed", reasons, verdicts.map(({ result }) => result));
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function judge(ports, environment, target) {
	const engine = ports.engineOf(target);
	const state = await engine.readState(target);
	if (unfinished(state)) {
		const { held } = await engine.probe(target);
		if (held && applicationMayStart(state.phase)) return pass(target);
		if (held) return block(target, [], "run-under-way", `run ${state.run} is under way (${state.phase})`, "wait until it has ended, then start again");
		return block(target, [], "unfinished-run", `run ${state.run} did not come to its end (it stopped in phase ${state.phase})`, `\`belay recover ${environment.name}\``);
	}
	const [planned] = (await observe(ports, environment, [target])).targets;
	const pending = planned?.pending ?? [];
	if (pending.length === 0) return pass(target);
	const missing = pending.map(({ id }) => id);
	return block(target, pending, "behind", `${target.name} is missing ${missing.join(", ")}`, `\`belay migrate ${environment.name}\``);
}
function pass(target) {
	return {
		result: emptyTargetResult(target, "up-to-date"),
		reasons: []
	};
}
function block(target, pending, code, message, hint) {
	return {
		result: {
			...emptyTargetResult(target, "checks-failed"),
			pending
		},
		reasons: [{
			code,
			message,
			hint
		}]
	};
}
export { gate };
