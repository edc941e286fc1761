import { tt as messageOf } from "./domain.js";
import { t as Undelivered } from "./receiver.js";
// src/notify/http.ts
const PASSING = [
	408,
	425,
	429,
	500,
	502,
	503,
	504
];
const TRY_MS = 5e3;
async function post({ url, body, headers = {} }, signal) {
	const host = new URL(url).host;
	const tooLong = AbortSignal.timeout(TRY_MS);
	let response;
	try {
		const { address, authorization } = withoutCredentials(url);
		response = await fetch(address, {
			method: "POST",
			headers: {
				...authorization,
				connection: "close",
				"content-type": "application/json",
				"user-agent": "belay",
				...headers
			},
			body,
			redirect: "manual",
			signal: AbortSignal.any([signal, tooLong])
		});
		await response.body?.cancel();
	} catch (error) {
		if (tooLong.aborted) throw new Undelivered(`${host} did not answer within ${TRY_MS / 1e3} s`, { passing: true });
		throw new Undelivered(`${host}: ${whyNot(error)}`, { passing: true });
	}
	if (response.ok) return;
	const { status } = response;
	throw new Undelivered(`${host} answered ${status}${status >= 300 && status < 400 ? ", which is not followed" : ""}`, {
		passing: PASSING.includes(status),
		retryAfterMs: retryAfterMs(response)
	});
}
function withoutCredentials(url) {
	const address = new URL(url);
	const { username, password } = address;
	address.username = "";
	address.password = "";
	const user = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
	return {
		address,
		authorization: username === "" && password === "" ? {} : { authorization: `Basic ${user}` }
	};
}
function retryAfterMs(response) {
	const written = response.headers.get("retry-after");
	if (written === null) return null;
	if (/^\d+$/.test(written)) return Number(written) * 1e3;
	const at = Date.parse(written);
	return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
function whyNot(error) {
	const cause = error instanceof Error ? error.cause : void 0;
	const inner = cause instanceof AggregateError ? cause.errors.at(-1) : cause;
	if (inner instanceof Error && "code" in inner && typeof inner.code === "string") return `no answer (${inner.code})`;
	return inner instanceof Error ? `no answer (${inner.name})` : `no answer (${error instanceof Error ? error.name : messageOf(error)})`;
}
export { post as t };
