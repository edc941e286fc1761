/** Slack, and whatever takes its incoming webhooks: Mattermost, Rocket.Chat, Zulip, Discord under `/slack`. */

import { renderTemplate } from "../domain/message-template.ts";
import { forSlack } from "./escape.ts";
import { post } from "./http.ts";
import type { Receiver } from "./receiver.ts";

/** Slack cuts longer texts somewhere. */
const LONGEST = 38_000;

export function slackReceiver(url: string, template: string | null): Receiver {
  return {
    send(message, signal) {
      const text = renderTemplate(template ?? message.template, message.fields, forSlack);
      // nothing in it becomes a mention or the preview of a page, whatever the other side does with bare words
      const body = { text: text.slice(0, LONGEST), link_names: false, unfurl_links: false, unfurl_media: false };
      return post({ url, body: JSON.stringify(body) }, signal);
    },
  };
}
