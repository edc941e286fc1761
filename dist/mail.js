import "./rolldown-runtime.js";
import { t as createTransport } from "./npm-nodemailer.js";
import { tt as messageOf, u as renderTemplate } from "./domain.js";
import { n as forMail, r as forOneLine, t as forHtml } from "./escape.js";
import { t as Undelivered } from "./receiver.js";
import { isIP } from "node:net";
// src/notify/mail.ts
const STEP_MS = 5e3;
const LONGEST_SUBJECT = 200;
function mailReceiver(options) {
	return { async send(message, signal) {
		const transport = createTransport(transportOptions(options.smtp));
		try {
			await unlessAborted(transport.sendMail(mailOf(message, options)), signal);
		} catch (error) {
			throw undelivered(error, new URL(options.smtp).host);
		} finally {
			transport.close();
		}
	} };
}
function transportOptions(smtp) {
	const url = new URL(smtp);
	const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
	const secure = url.protocol.toLowerCase() === "smtps:";
	const auth = url.username === "" ? void 0 : {
		user: decodeURIComponent(url.username),
		pass: decodeURIComponent(url.password)
	};
	const insecure = url.searchParams.get("tls.rejectUnauthorized") === "false";
	return {
		host,
		port: url.port === "" ? secure ? 465 : 587 : Number(url.port),
		secure,
		requireTLS: !secure && auth !== void 0 && !isThisMachine(host),
		...auth === void 0 ? {} : { auth },
		...insecure ? { tls: { rejectUnauthorized: false } } : {},
		connectionTimeout: STEP_MS,
		greetingTimeout: STEP_MS,
		socketTimeout: STEP_MS,
		dnsTimeout: STEP_MS,
		disableFileAccess: true,
		disableUrlAccess: true
	};
}
function isThisMachine(host) {
	return host === "localhost" || host === "::1" || isIP(host) === 4 && host.startsWith("127.");
}
function mailOf(message, { to, from, subject, template }) {
	const text = renderTemplate(template ?? message.template, message.fields, forMail);
	return {
		from,
		to: [...to],
		subject: renderTemplate(subject, message.fields, forOneLine).slice(0, LONGEST_SUBJECT),
		text,
		html: `<div style="white-space: pre-wrap">${forHtml(text)}</div>`,
		messageId: `<${message.id}@belay.invalid>`,
		headers: { "auto-submitted": "auto-generated" }
	};
}
async function unlessAborted(sending, signal) {
	const aborted = Promise.withResolvers();
	const abort = () => aborted.reject(new Undelivered("interrupted", { passing: false }));
	if (signal.aborted) abort();
	signal.addEventListener("abort", abort, { once: true });
	try {
		await Promise.race([sending, aborted.promise]);
	} finally {
		signal.removeEventListener("abort", abort);
		sending.catch(() => void 0);
		aborted.promise.catch(() => void 0);
	}
}
function undelivered(error, host) {
	if (error instanceof Undelivered) return error;
	const { responseCode, code } = error;
	const passing = typeof responseCode === "number" ? responseCode >= 400 && responseCode < 500 : typeof code === "string" && NETWORK.has(code);
	return new Undelivered(`${host}: ${messageOf(error).replace(/\s+/g, " ")}`, { passing });
}
const NETWORK = new Set([
	"ECONNECTION",
	"ETIMEDOUT",
	"ESOCKET",
	"EDNS",
	"ECONNREFUSED",
	"ECONNRESET"
]);
export { mailReceiver };
