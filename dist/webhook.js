import "./rolldown-runtime.js";
import { t as post } from "./http2.js";
import { createHmac } from "node:crypto";
// src/notify/webhook.ts
function webhookReceiver(url, secret) {
	return { send({ id, event, at, fields, result }, signal) {
		const { environment, run, summary } = fields;
		const body = JSON.stringify({
			id,
			event,
			at: at.toISOString(),
			environment,
			run,
			summary,
			fields,
			result
		});
		const signature = secret === null ? {} : { "x-belay-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` };
		return post({
			url,
			body,
			headers: {
				"x-belay-event": event,
				"x-belay-delivery": id,
				...signature
			}
		}, signal);
	} };
}
export { webhookReceiver };
