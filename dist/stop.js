import { $ as BelayError, et as failure } from "./domain.js";
// src/tool/stop.ts
function stopIfAborted(signal) {
	if (!signal.aborted) return;
	const cause = signal.reason;
	if (cause instanceof BelayError) throw cause;
	if (cause instanceof Error && cause.name === "TimeoutError") throw failure("timeout", "the migrations took longer than they may and were ended", { cause });
	throw failure("interrupted", "the migrations were interrupted", { cause });
}
export { stopIfAborted as t };
