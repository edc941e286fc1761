// src/domain/error.ts
var BelayError = class extends Error {
	name = "BelayError";
	kind;
	code;
	hint;
	facts;
	constructor(kind, code, message, details = {}) {
		super(message, details.cause === void 0 ? void 0 : { cause: details.cause });
		this.kind = kind;
		this.code = code;
		this.hint = details.hint;
		this.facts = details.facts ?? {};
	}
};
function usageError(code, message, details) {
	return new BelayError("usage", code, message, details);
}
function refusal(code, message, details) {
	return new BelayError("refused", code, message, details);
}
function failure(code, message, details) {
	return new BelayError("failed", code, message, details);
}
function reasonOf(thrown) {
	if (thrown instanceof BelayError) return {
		code: thrown.code,
		message: thrown.message,
		...thrown.hint === void 0 ? {} : { hint: thrown.hint }
	};
	return {
		code: "defect",
		message: `Belay itself went wrong: ${messageOf(thrown)}`,
		hint: "please report this with the output of the same command and BELAY_DEBUG=1"
	};
}
function messageOf(thrown) {
	return thrown instanceof Error ? thrown.message : String(thrown);
}
export { refusal as a, reasonOf as i, failure as n, usageError as o, messageOf as r, BelayError as t };
