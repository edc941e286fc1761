/** `notify` as belay.yml writes it: who is told of a run, when, and in which words. */

import * as z from "zod/mini";
import { MESSAGE_EVENTS, MESSAGE_FIELDS } from "../domain/message.ts";
import { unknownFields } from "../domain/message-template.ts";
import { nearest } from "../domain/nearest.ts";
import { DEFAULTS } from "./defaults.ts";
import { isFilled, isHttpUrl, isName, isPath, rule } from "./rule.ts";
import { described, needed, once, text, timeout } from "./schema-values.ts";

const FIELDS = Object.keys(MESSAGE_FIELDS);

/** A field that does not exist would be an empty place in a message to a customer. */
const isTemplate = rule<string>((template) => {
  const [name] = unknownFields(template);
  if (name === undefined) return null;
  if (name === "{{" || name === "}}") {
    return { code: "bad-template", message: `${name} without its other half`, hint: "write {{environment}}" };
  }
  const meant = nearest(name, FIELDS);
  return {
    code: "unknown-field",
    message: `{{${name}}} is not known`,
    hint: meant === null ? `the fields are ${FIELDS.join(", ")}` : `did you mean {{${meant}}}?`,
  };
});

const isSubject = rule<string>((subject) =>
  /[\r\n]/.test(subject.trimEnd()) ? { code: "bad-subject", message: "a subject is one line", hint: "put the rest into template" } : null,
);

/** `name@host`, or `Name <name@host>`. */
const ADDRESS = /^(?:[^<>@\r\n,;]*<[^\s<>@,;]+@[^\s<>@,;]+>|[^\s<>@,;]+@[^\s<>@,;]+)$/;

const isAddress = rule<string>((address) =>
  ADDRESS.test(address.trim())
    ? null
    : { code: "bad-address", message: "expected an address", hint: "write ops@example.com or Ops <ops@example.com>" },
);

const isSmtpUrl = rule<string>((url) =>
  /^smtps?:\/\/[^\s/?#]+/i.test(url) && URL.canParse(url)
    ? null
    : {
        code: "bad-url",
        message: "expected the address of a mail server",
        hint: "smtp://USER:PASSWORD@HOST:587, or smtps:// for TLS from the first byte",
      },
);

const common = once(() => ({
  name: described(text(isName), "What reports call the receiver; by default its kind, with a number where there are several."),
  on: described(
    z.array(z.enum(MESSAGE_EVENTS)).check(z.minLength(1)),
    "What it is told of: before (a run prepares), start (the downtime begins), end (it went well), failure, rollback. By default all but before.",
  ),
  timeout: described(timeout(), "How long sending one message may take, with all tries.", DEFAULTS.notify.timeout),
}));

const words = once(() => ({
  template: described(
    text(isFilled, isTemplate),
    "The message, with {{fields}}: {{summary}}, {{environment}}, {{outcome}} … By default Belay's own words.",
  ),
}));

const slack = once(() =>
  z.strictObject({
    ...common(),
    ...words(),
    slack: needed(text(isHttpUrl), "A webhook that takes Slack's format (Slack, Mattermost, Rocket.Chat …), from a variable."),
  }),
);

const webhook = once(() =>
  z.strictObject({
    ...common(),
    webhook: needed(text(isHttpUrl), "An address that the result is posted to as JSON."),
    secret: described(
      text(isFilled),
      "From a variable: signs the body with HMAC-SHA-256, in the header X-Belay-Signature-256 as sha256=HEX.",
    ),
  }),
);

const email = once(() => {
  const address = text(isAddress);
  return z.strictObject({
    ...common(),
    ...words(),
    email: needed(z.union([address, z.array(address).check(z.minLength(1))]), "Who gets the message: an address or a list."),
    from: needed(text(isAddress), "Who it is from."),
    smtp: needed(
      text(isSmtpUrl),
      "The mail server, smtp://USER:PASSWORD@HOST:587 or smtps://…, from a variable where it holds a password.",
    ),
    subject: described(text(isFilled, isSubject, isTemplate), "The subject, with {{fields}}.", DEFAULTS.notify.subject),
  });
});

const file = once(() =>
  z.strictObject({
    ...common(),
    ...words(),
    file: needed(text(isFilled, isPath), "A file that messages are appended to."),
  }),
);

export const notify = once(() => z.array(z.union([slack(), webhook(), email(), file()])));

export type WrittenReceiver = z.infer<ReturnType<typeof notify>>[number];
