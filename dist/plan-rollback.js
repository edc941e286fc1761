import "./rolldown-runtime.js";
import { $ as BelayError, rt as refusal, tt as messageOf } from "./domain.js";
import { Ht as digestOf, J as emptyTargetResult, Pt as lastOfTarget, Tt as openHistory, Wt as policyDigest, X as endedBeforehand, et as resultOf } from "./looking.js";
import { i as describeLaterWrites, r as countLaterWrites, t as basisOf } from "./later-writes4.js";
import { r as refuseUnfinished } from "./locking.js";
import { t as ofOneRun } from "./one-run.js";
// src/run/plan-rollback.ts
async function planRollback(ports, environment, targets, options) {
	const head = {
		command: "plan",
		environment: environment.name,
		startedAt: ports.now()
	};
	try {
		const wanted = await settled(ports, environment, targets);
		const history = openHistory(ports, environment, targets);
		const chosen = options.to === null ? await ofOneRun(history, wanted, options.run) : wanted;
		const found = [];
		for (const { target } of chosen) found.push(await foreseen(ports, environment, history, target, options));
		const bound = {
			v: 1,
			repositoryId: ports.repositoryId,
			environment: environment.name,
			command: "rollback",
			to: options.to,
			targets: found.map((each) => each.bound),
			policyDigest: policyDigest(environment.policy)
		};
		const digest = digestOf(bound);
		ports.progress({
			type: "planned",
			digest,
			bound
		});
		const results = chosen.map(({ target }, at) => ({
			...emptyTargetResult(target, "planned"),
			notes: [found[at]?.note ?? ""]
		}));
		return {
			...resultOf(ports, head, "planned", [], results),
			digest
		};
	} catch (error) {
		return endedBeforehand(ports, head, targets, error);
	}
}
async function settled(ports, environment, targets) {
	const states = await Promise.all(targets.map(async (target) => ({
		target,
		state: await ports.engineOf(target).readState(target)
	})));
	refuseUnfinished(environment, states);
	return states;
}
async function foreseen(ports, environment, history, target, { run, to }) {
	const identity = await lastingIdentity(ports.engineOf(target), target);
	const { name } = target;
	if (to !== null) {
		const note = `going down to ${to} drops what came after it; how much is counted when it is done, and the whole is kept aside`;
		return {
			bound: {
				name,
				identity,
				run: null,
				laterWrites: UNKNOWN
			},
			note
		};
	}
	const past = await takenBack(environment, history, target, run);
	const laterWrites = await lossOf(ports, history, target, past);
	const lost = laterWrites.length === 0 ? "nothing was written since" : `it would lose what was written since: ${describeLaterWrites(laterWrites)}`;
	return {
		bound: {
			name,
			identity,
			run: past.run,
			laterWrites
		},
		note: `run ${past.run} would be taken back; ${lost}`
	};
}
async function lastingIdentity(engine, target) {
	await using view = await engine.open(target);
	return (await view.identity()).lasting;
}
async function takenBack(environment, history, target, run) {
	const past = run === null ? await history.lastApplying(target.name) : await history.run(run);
	if (past !== void 0 && lastOfTarget(past.entries, "backup", target.name) !== void 0) return past;
	const why = run === null ? `no run has applied anything to ${target.name}` : `run ${run} took no backup of ${target.name}`;
	throw refusal("nothing-to-roll-back", `${why} that could be taken back`, { hint: `\`belay runs ${environment.name}\` lists what happened, \`belay backups ${environment.name}\` what can be restored` });
}
const UNKNOWN = [{
	table: "*",
	written: null,
	gone: null
}];
async function lossOf(ports, history, target, past) {
	const engine = ports.engineOf(target);
	const basis = await basisOf(history, target.name, past);
	try {
		return await countLaterWrites({ laterWrites: (mark) => engine.laterWrites(target, mark) }, basis);
	} catch (error) {
		if (!(error instanceof BelayError)) throw error;
		ports.progress({
			type: "notice",
			message: `what was written to ${target.name} since could not be counted: ${messageOf(error)}`
		});
		return UNKNOWN;
	}
}
export { planRollback };
