import "./rolldown-runtime.js";
import { u as renderTemplate } from "./domain.js";
import { i as forSlack } from "./escape.js";
import { t as post } from "./http2.js";
// src/notify/slack.ts
const LONGEST = 38e3;
function slackReceiver(url, template) {
	return { send(message, signal) {
		const body = {
			text: renderTemplate(template ?? message.template, message.fields, forSlack).slice(0, LONGEST),
			link_names: false,
			unfurl_links: false,
			unfurl_media: false
		};
		return post({
			url,
			body: JSON.stringify(body)
		}, signal);
	} };
}
export { slackReceiver };
