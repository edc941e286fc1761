import { J as failure } from "./domain.js";
// src/process/signals.ts
const SIGNALS = [
	"SIGINT",
	"SIGTERM",
	"SIGHUP"
];
function onInterrupt(told) {
	const controller = new AbortController();
	const listener = (signal) => {
		told({
			signal,
			repeated: controller.signal.aborted
		});
		controller.abort(failure("interrupted", `interrupted by ${signal}`, { facts: { signal } }));
	};
	for (const signal of SIGNALS) process.on(signal, listener);
	return {
		signal: controller.signal,
		[Symbol.dispose]() {
			for (const signal of SIGNALS) process.off(signal, listener);
		}
	};
}
export { onInterrupt as t };
