/** Names the concrete receivers of messages, each loaded only when there is one to tell. */

import type { ReceiverConfig } from "../config/config.ts";
import type { JsonValue } from "../domain/canonical-json.ts";
import { messageOf } from "../domain/error.ts";
import type { Delivery, Message, MessageFacts, MessageField } from "../domain/message.ts";
import type { Receiver } from "../notify/receiver.ts";

interface Telling {
  readonly redact: (text: string) => string;
  /** The run wants to go on. */
  readonly signal: AbortSignal;
}

/** Sends a message to one receiver, and says what became of it. Never throws: a defect of Belay's in a message is no run's either. */
export async function tellReceiver(
  config: ReceiverConfig,
  id: string,
  facts: MessageFacts,
  { redact, signal }: Telling,
): Promise<Delivery> {
  const told = { receiver: config.name, event: facts.event };
  let failed: string | null;
  try {
    const { deliver } = await import("../notify/deliver.ts");
    failed = await deliver(await receiverOf(config), await makeMessage(id, facts, redact), config.timeoutMs, signal);
  } catch (error) {
    failed = messageOf(error);
  }
  return failed === null ? { ...told, outcome: "sent" } : { ...told, outcome: "failed", detail: redact(failed) };
}

/** `id`: the same for the same message. What it says holds no secret. */
async function makeMessage(id: string, facts: MessageFacts, redact: (text: string) => string): Promise<Message> {
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
