/** Names the concrete receivers of messages, each loaded only when there is one to tell. */

import type { ReceiverConfig } from "../config/config.ts";
import type { JsonValue } from "../domain/canonical-json.ts";
import type { Delivery, Message, MessageFacts, MessageField } from "../domain/message.ts";
import type { Receiver } from "../notify/receiver.ts";

/** Sends a message to one receiver, and says what became of it. Never throws. `signal`: the run wants to go on. */
export async function deliverTo(
  config: ReceiverConfig,
  message: Message,
  redact: (text: string) => string,
  signal?: AbortSignal,
): Promise<Delivery> {
  const { deliver } = await import("../notify/deliver.ts");
  const failed = await deliver(await receiverOf(config), message, config.timeoutMs, signal);
  const { name: receiver } = config;
  const { event } = message;
  return failed === null ? { receiver, event, outcome: "sent" } : { receiver, event, outcome: "failed", detail: redact(failed) };
}

/** `id`: the same for the same message. What it says holds no secret. */
export async function makeMessage(id: string, facts: MessageFacts, redact: (text: string) => string): Promise<Message> {
  const { messageFields, MESSAGE_TEMPLATES } = await import("../report/message.ts");
  const { event, at, result } = facts;
  const fields = messageFields(facts);
  const redacted = Object.entries(fields).map(([name, value]) => [name, redact(value)]);
  return {
    id,
    event,
    at,
    fields: Object.fromEntries(redacted) as Record<MessageField, string>,
    template: MESSAGE_TEMPLATES[event],
    result: result === null ? null : plain(result, redact),
  };
}

function plain(value: unknown, redact: (text: string) => string): JsonValue {
  const text = JSON.stringify(value, (_name, member: unknown) => (typeof member === "string" ? redact(member) : member));
  return JSON.parse(text) as JsonValue;
}

async function receiverOf(config: ReceiverConfig): Promise<Receiver> {
  switch (config.kind) {
    case "slack":
      return (await import("../notify/slack.ts")).slackReceiver(config.url, config.template);
    case "webhook":
      return (await import("../notify/webhook.ts")).webhookReceiver(config.url, config.secret);
    case "email":
      return (await import("../notify/mail.ts")).mailReceiver(config);
    case "file":
      return (await import("../notify/file.ts")).fileReceiver(config.path, config.template);
  }
}
