/** A message as a run would make it. */

import { MESSAGE_FIELDS, type Message, type MessageField, type MessageFields } from "../../src/domain/message.ts";

/** `given`: the fields that matter; every other one is empty. */
export function messageOf(given: Partial<Record<MessageField, string>> = {}, more: Partial<Message> = {}): Message {
  const empty = Object.fromEntries(Object.keys(MESSAGE_FIELDS).map((name) => [name, ""])) as MessageFields;
  const fields = { ...empty, summary: "prod: MIGRATED in 14 s.", environment: "prod", run: "01JD", ...given };
  return {
    id: "01JD-end-7",
    event: "end",
    at: new Date("2026-11-21T13:00:00Z"),
    fields,
    template: "{{summary}}\n{{reasons}}",
    result: { outcome: "migrated" },
    ...more,
  };
}
