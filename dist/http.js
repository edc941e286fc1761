import "./rolldown-runtime.js";
import { i as recordText, l as compareDecimals, n as meetsPrinted, o as shortened, t as meets, u as parseDecimal } from "./expect.js";
import { setTimeout } from "node:timers/promises";
// src/check/json.ts
var WrittenNumber = class {
	text;
	constructor(text) {
		this.text = text;
	}
};
function judgeJson(expected, text) {
	let actual;
	try {
		actual = parseExactly(text);
	} catch (error) {
		if (error instanceof SyntaxError) return `a body that is no JSON: ${shortened(text.trim(), 120)}`;
		throw error;
	}
	return difference(expected, actual, "$");
}
function difference(expected, actual, place) {
	if (actual === void 0) return `${place} absent`;
	if (Array.isArray(expected)) return listDifference(expected, actual, place);
	if (expected !== null && typeof expected === "object") {
		if (actual === null || typeof actual !== "object" || Array.isArray(actual) || actual instanceof WrittenNumber) return isInstead(place, actual);
		const members = new Map(Object.entries(actual));
		for (const [name, value] of Object.entries(expected)) {
			const found = difference(value, members.get(name), /^\w+$/.test(name) ? `${place}.${name}` : `${place}[${JSON.stringify(name)}]`);
			if (found !== null) return found;
		}
		return null;
	}
	return sameScalar(expected, actual) ? null : isInstead(place, actual);
}
function listDifference(expected, actual, place) {
	if (!Array.isArray(actual)) return isInstead(place, actual);
	if (actual.length !== expected.length) return `${place} having ${actual.length} elements`;
	for (const [at, value] of expected.entries()) {
		const found = difference(value, actual[at], `${place}[${at}]`);
		if (found !== null) return found;
	}
	return null;
}
function sameScalar(expected, actual) {
	if (typeof expected !== "number") return expected === actual;
	if (!(actual instanceof WrittenNumber)) return false;
	const [wanted, got] = [parseDecimal(String(expected)), parseDecimal(actual.text)];
	return wanted !== void 0 && got !== void 0 && compareDecimals(wanted, got) === 0;
}
function isInstead(place, actual) {
	return `${place} being ${shortened(JSON.stringify(actual, (_, value) => value instanceof WrittenNumber ? Number(value.text) : value), 120)}`;
}
function parseExactly(text) {
	const keepNumbers = (_key, value, context) => typeof value === "number" ? new WrittenNumber(context?.source ?? String(value)) : value;
	return JSON.parse(text, keepNumbers);
}
// src/check/no-answer.ts
const WORDS = {
	ECONNREFUSED: "connection refused: nothing listens there",
	ECONNRESET: "the connection was reset before an answer came",
	EPIPE: "the connection was closed before an answer came",
	UND_ERR_SOCKET: "the connection was closed before an answer came",
	ENOTFOUND: "no such host",
	EAI_AGAIN: "the host's name could not be looked up",
	EHOSTUNREACH: "the host cannot be reached",
	ENETUNREACH: "the host's network cannot be reached",
	ETIMEDOUT: "no connection in time",
	UND_ERR_CONNECT_TIMEOUT: "no connection in time",
	DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
	SELF_SIGNED_CERT_IN_CHAIN: "its certificate chain is self-signed",
	CERT_HAS_EXPIRED: "its certificate has expired",
	ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
	HPE_INVALID_CONSTANT: "what answers there does not speak HTTP"
};
function whyNoAnswer(error) {
	const [first, ...causes] = chainOf(error);
	for (const { code, message } of [...causes.toReversed(), ...first === void 0 ? [] : [first]]) if (code !== void 0) return WORDS[code] === void 0 ? message : `${WORDS[code]} (${message})`;
	return causes.at(-1)?.message ?? first?.message ?? "no answer";
}
function chainOf(error) {
	if (!(error instanceof Error)) return [{
		code: void 0,
		message: String(error)
	}];
	const code = "code" in error && typeof error.code === "string" ? error.code : void 0;
	const inner = error instanceof AggregateError ? error.errors.at(-1) : error.cause;
	return [{
		code,
		message: error.message
	}, ...inner === void 0 ? [] : chainOf(inner)];
}
// src/check/http.ts
const MAX_BODY_BYTES = 1048576;
const PAUSE_MS = 200;
const SHORTEST_TRY_MS = 1e3;
async function runHttpCheck(check, context) {
	const deadline = performance.now() + check.withinMs;
	for (let tries = 1;; tries++) {
		context.signal.throwIfAborted();
		const leftMs = deadline - performance.now();
		const verdict = await ask(check, check.withinMs === 0 ? check.timeoutMs : Math.min(check.timeoutMs, Math.max(leftMs, SHORTEST_TRY_MS)), context.signal);
		if (verdict.passed || performance.now() + PAUSE_MS >= deadline) {
			const patience = !verdict.passed && tries > 1 ? `, after ${tries} requests in ${check.withinMs / 1e3} s` : "";
			return {
				result: {
					name: check.name,
					phase: context.phase,
					passed: verdict.passed,
					expected: expectedOf(check.expect),
					actual: `${verdict.actual}${patience}`
				},
				recorded: null
			};
		}
		await pauseUnlessAborted(context.signal);
	}
}
async function ask(check, limitMs, signal) {
	const began = performance.now();
	const limit = AbortSignal.timeout(Math.ceil(limitMs));
	try {
		const { url, headers } = withCredentials(check);
		const response = await fetch(url, {
			method: check.method,
			headers,
			body: check.send,
			redirect: "manual",
			signal: AbortSignal.any([signal, limit])
		});
		const body = await readBody(response);
		return judge(check.expect, response, body, performance.now() - began);
	} catch (error) {
		signal.throwIfAborted();
		return {
			passed: false,
			actual: limit.aborted ? `no answer within ${Math.round(limitMs / 100) / 10} s` : whyNoAnswer(error)
		};
	}
}
function withCredentials(check) {
	const url = new URL(check.url);
	const headers = new Headers({
		connection: "close",
		...check.headers
	});
	if (url.username !== "" || url.password !== "") {
		const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
		if (!headers.has("authorization")) headers.set("authorization", `Basic ${Buffer.from(user).toString("base64")}`);
		url.username = "";
		url.password = "";
	}
	return {
		url,
		headers
	};
}
async function readBody(response) {
	if (response.body === null) return {
		text: "",
		complete: true
	};
	const chunks = [];
	let size = 0;
	for await (const chunk of response.body) {
		chunks.push(chunk);
		size += chunk.length;
		if (size > MAX_BODY_BYTES) return {
			text: Buffer.concat(chunks).toString("utf8", 0, MAX_BODY_BYTES),
			complete: false
		};
	}
	return {
		text: Buffer.concat(chunks).toString("utf8"),
		complete: true
	};
}
function judge(expect, response, body, tookMs) {
	const status = describeStatus(response);
	if (!(expect.status === null ? response.ok : response.status === expect.status)) return {
		passed: false,
		actual: `${status}${firstLine(body.text)}`
	};
	if (expect.underMs !== null && tookMs >= expect.underMs) return {
		passed: false,
		actual: `${status} after ${Math.round(tookMs)} ms`
	};
	if ((expect.body !== null || expect.json !== null) && !body.complete) return {
		passed: false,
		actual: `${status} with more than 1 MiB, which cannot be judged as a whole`
	};
	if (expect.body !== null) {
		const { passed, actual } = meetsPrinted(expect.body, body.text, body.text.trimEnd());
		if (!passed) return {
			passed,
			actual: `${status} with body ${actual}`
		};
	}
	if (expect.json !== null) {
		const difference = judgeJson(expect.json, body.text);
		if (difference !== null) return {
			passed: false,
			actual: `${status} with ${difference}`
		};
	}
	return {
		passed: true,
		actual: `${status} in ${Math.round(tookMs)} ms`
	};
}
function expectedOf({ status, body, json, underMs }) {
	return [
		status === null ? "status 2xx" : `status ${status}`,
		...body === null ? [] : [`body ${meets(body, recordText(""), null).expected}`],
		...json === null ? [] : [`JSON with ${shortened(JSON.stringify(json), 200)}`],
		...underMs === null ? [] : [`in less than ${underMs} ms`]
	].join(", ");
}
function describeStatus(response) {
	const place = response.headers.get("location");
	return `status ${response.status}${place === null ? "" : ` to ${shortened(place, 120)}`}`;
}
function firstLine(text) {
	const line = text.trim().split("\n")[0]?.trim() ?? "";
	return line === "" || line.startsWith("<") ? "" : `: ${shortened(line, 120)}`;
}
async function pauseUnlessAborted(signal) {
	try {
		await setTimeout(PAUSE_MS, void 0, { signal });
	} catch (error) {
		signal.throwIfAborted();
		throw error;
	}
}
export { runHttpCheck };
