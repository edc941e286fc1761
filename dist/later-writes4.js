import { Pt as lastOfTarget } from "./looking.js";
// src/run/later-writes.ts
async function basisOf(history, target, past) {
	return await history.carriedMark(past.run, target) ?? {
		mark: lastOfTarget(past.entries, "mark", target)?.mark,
		before: []
	};
}
async function countLaterWrites(hold, { mark, before }) {
	const counted = mark === void 0 ? null : await hold.laterWrites(mark);
	if (counted === null) return [{
		table: "*",
		written: null,
		gone: null
	}];
	return added(before, counted.filter(({ written, gone }) => written !== 0 || gone !== 0));
}
async function writtenSoFar({ ports, history }, { target, hold }) {
	if (ports.engineOf(target).abilities.lastingMarks) return null;
	const past = await history.lastApplying(target.name);
	if (past === void 0) return null;
	return {
		run: past.run,
		writes: await countLaterWrites(hold, await basisOf(history, target.name, past))
	};
}
async function carryMark(run, target, since, mark) {
	if (since === null) return;
	await run.journal.append({
		type: "mark-carried",
		target: target.target.name,
		since,
		mark
	});
}
function describeLaterWrites(writes) {
	return writes.map(({ table, written, gone }) => {
		if (table === "*") return "an unknown number of rows was written";
		if (written === null) return `${table} was written to, how often is unknown`;
		return `${table}: ${written} written${gone === null || gone === 0 ? "" : `, ${gone} gone`}`;
	}).join("; ");
}
function added(some, more) {
	const sums = new Map(some.map((each) => [each.table, each]));
	for (const each of more) {
		const was = sums.get(each.table);
		sums.set(each.table, was === void 0 ? each : {
			...each,
			written: sum(was.written, each.written),
			gone: sum(was.gone, each.gone)
		});
	}
	return [...sums.values()];
}
function sum(one, other) {
	return one === null || other === null ? null : one + other;
}
export { writtenSoFar as a, describeLaterWrites as i, carryMark as n, countLaterWrites as r, basisOf as t };
