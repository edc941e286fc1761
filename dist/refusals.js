import { $ as BelayError, et as failure, rt as refusal, tt as messageOf } from "./domain.js";
// src/tool/program/refusals.ts
function planChanged(id, how) {
	return refusal("plan-changed", `${id} is not what was planned: ${how}`, {
		hint: "look at what changed it since the plan, then plan again",
		facts: { migration: id }
	});
}
function appliedMore(ids) {
	return failure("applied-unplanned", `${ids.join(", ")} was applied as well, and is in no plan`, {
		hint: "where the tool lives (migrate.run) there are migrations that are not here: deploy the commit that it was built of",
		facts: { migrations: ids }
	});
}
function failedAt(id, error) {
	if (!(error instanceof BelayError) || error.kind !== "failed") return error;
	const { code, message, hint = "", facts } = error;
	return failure(code, `${message.replace(/^applying [^:]*:/, `applying ${id}:`)}`, {
		hint,
		facts: {
			...facts,
			migration: id
		},
		cause: error
	});
}
function saysDone(id, what, still) {
	return failure("wrong-database", `${what} ended with status 0, and asked again it is still ${still}`, {
		hint: "look which database its own configuration names; or it did only a part of its work",
		facts: { migration: id }
	});
}
function lastOnes(applied, ids) {
	const wanted = new Set(ids);
	const last = wanted.size === 0 ? [] : applied.slice(-wanted.size);
	const missing = ids.filter((id) => !last.includes(id));
	if (missing.length === 0) return last;
	throw refusal("not-last-applied", `${missing.join(", ")} cannot be reverted: the last ones applied are ${last.join(", ") || "none"}`, {
		hint: "revert from the last applied one on",
		facts: { migrations: missing }
	});
}
async function withHolder(error, session) {
	if (!(error instanceof BelayError) || error.code !== "database-locked") return error;
	try {
		await session.transaction(async () => void 0);
		return error;
	} catch (held) {
		const { code, message, hint = "", facts } = error;
		return failure(code, `${message}\n${messageOf(held)}`, {
			hint,
			facts,
			cause: error
		});
	}
}
export { saysDone as a, planChanged as i, failedAt as n, withHolder as o, lastOnes as r, appliedMore as t };
