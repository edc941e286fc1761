import "./rolldown-runtime.js";
import { tt as messageOf } from "./domain.js";
// src/wire/receivers.ts
async function tellReceiver(config, id, facts, { redact, signal }) {
	const told = {
		receiver: config.name,
		event: facts.event
	};
	let failed;
	try {
		const { deliver } = await import("./deliver.js");
		failed = await deliver(await receiverOf(config), await makeMessage(id, facts, redact), config.timeoutMs, signal);
	} catch (error) {
		failed = messageOf(error);
	}
	return failed === null ? {
		...told,
		outcome: "sent"
	} : {
		...told,
		outcome: "failed",
		detail: redact(failed)
	};
}
async function makeMessage(id, facts, redact) {
	const { messageFields, MESSAGE_TEMPLATES } = await import("./message.js");
	const { event, at, result } = facts;
	const fields = messageFields(facts);
	const redacted = Object.entries(fields).map(([name, value]) => [name, redact(value)]);
	return {
		id,
		event,
		at,
		fields: Object.fromEntries(redacted),
		template: MESSAGE_TEMPLATES[event],
		result: result === null ? null : plain(result, redact)
	};
}
function plain(value, redact) {
	const text = JSON.stringify(value, (_name, member) => typeof member === "string" ? redact(member) : member);
	return JSON.parse(text);
}
async function receiverOf(config) {
	switch (config.kind) {
		case "slack": return (await import("./slack.js")).slackReceiver(config.url, config.template);
		case "webhook": return (await import("./webhook.js")).webhookReceiver(config.url, config.secret);
		case "email": return (await import("./mail.js")).mailReceiver(config);
		case "file": return (await import("./file.js")).fileReceiver(config.path, config.template);
	}
}
export { tellReceiver };
