import { et as failure } from "./domain.js";
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
// src/process/this-machine.ts
const THIS_MACHINE = {
	now: () => new Date(),
	random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
	elapsedMs: () => performance.now(),
	every(ms, work) {
		const timer = setInterval(work, ms).unref();
		return { [Symbol.dispose]: () => clearInterval(timer) };
	},
	onInterrupt
};
export { THIS_MACHINE as t };
