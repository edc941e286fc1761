import { $ as BelayError, tt as messageOf } from "./domain.js";
// src/process/portable-error.ts
function packError(error) {
	const stack = error instanceof Error ? error.stack ?? null : null;
	if (!(error instanceof BelayError)) return {
		kind: null,
		code: "defect",
		message: messageOf(error),
		hint: null,
		facts: {},
		stack
	};
	return {
		kind: error.kind,
		code: error.code,
		message: error.message,
		hint: error.hint ?? null,
		facts: error.facts,
		stack
	};
}
function unpackError({ kind, code, message, hint, facts, stack }) {
	if (kind !== null) return new BelayError(kind, code, message, {
		...hint === null ? {} : { hint },
		facts
	});
	const defect = new Error(message);
	if (stack !== null) defect.stack = stack;
	return defect;
}
export { unpackError as n, packError as t };
