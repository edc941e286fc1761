import "./rolldown-runtime.js";
import { J as counted, tt as messageOf } from "./domain.js";
import { t as Undelivered } from "./receiver.js";
import { setTimeout } from "node:timers/promises";
// src/notify/deliver.ts
const FIRST_PAUSE_MS = 500;
const TRIES = 5;
async function deliver(receiver, message, timeoutMs, signal = null) {
	const timeIsOver = AbortSignal.timeout(timeoutMs);
	const stop = signal === null ? timeIsOver : AbortSignal.any([timeIsOver, signal]);
	const deadline = performance.now() + timeoutMs;
	let last = "";
	for (let tries = 1;; tries++) try {
		await receiver.send(message, stop);
		return null;
	} catch (error) {
		if (stop.aborted) return gaveUp(last, timeIsOver.aborted ? `not taken within ${timeoutMs / 1e3} s` : "interrupted");
		last = messageOf(error);
		if (!(error instanceof Undelivered) || !error.passing) return last;
		const waitMs = error.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (tries - 1);
		if (tries === TRIES || performance.now() + waitMs >= deadline) return `${last} (${counted(tries, "try", "tries")})`;
		if (!await waited(waitMs, stop)) return gaveUp(last, "interrupted");
	}
}
function gaveUp(last, why) {
	return last === "" ? why : `${why}; before that: ${last}`;
}
async function waited(ms, signal) {
	try {
		await setTimeout(ms, void 0, { signal });
		return true;
	} catch (error) {
		if (signal.aborted) return false;
		throw error;
	}
}
export { deliver };
