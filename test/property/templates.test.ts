/** Hostile values in messages: whatever somebody writes into a name or an error, it stays a value. */

import fc from "fast-check";
import { expect, test } from "vitest";

import { MESSAGE_FIELDS, type MessageField, type MessageFields } from "../../src/domain/message.ts";
import { renderTemplate, unknownFields } from "../../src/domain/message-template.ts";
import { forHtml, forOneLine, forSlack } from "../../src/notify/escape.ts";
import { MESSAGE_TEMPLATES } from "../../src/report/message.ts";
import { hostileText } from "../support/hostile-text.ts";
import { messageOf } from "../support/messages.ts";

const FIELDS = Object.keys(MESSAGE_FIELDS) as MessageField[];

const hostile = fc.oneof(
  hostileText,
  fc.constantFrom(
    "<!channel>",
    "<@U012AB>",
    "@here",
    "@channel",
    "{{run}}",
    "}}{{",
    "$&$1",
    "[a](http://evil.example)",
    "*b*",
    "`c`",
    "\n# x",
  ),
);

const fields: fc.Arbitrary<MessageFields> = fc
  .array(hostile, { minLength: FIELDS.length, maxLength: FIELDS.length })
  .map((values) => Object.fromEntries(FIELDS.map((name, at) => [name, values[at] ?? ""])) as MessageFields);

const RUNS = { numRuns: 500 };

test("a value is put in as it is, and never read as a template", () => {
  fc.assert(
    fc.property(fields, (given) => {
      const template = FIELDS.map((name) => `[{{${name}}}] {{ ${name} }}`).join("\n");
      const filled = FIELDS.filter((name) => given[name] !== "");
      const expected = filled.map((name) => `[${given[name]}] ${given[name]}`).join("\n");
      expect(renderTemplate(template, given, (value) => value)).toBe(expected);
    }),
    RUNS,
  );
});

test("in Slack's text no value mentions anybody, makes a link with another text, or ends what surrounds it", () => {
  fc.assert(
    fc.property(fields, (given) => {
      for (const value of Object.values(given)) {
        const escaped = forSlack(value);
        expect(escaped).not.toMatch(/[<>]/);
        expect(escaped.replace(/&(?:amp|lt|gt);/g, "")).not.toContain("&");
        expect(escaped).not.toMatch(/@[\p{L}\p{N}]/u);
        expect(escaped).not.toMatch(/\][([]/);
        expect(escaped).not.toMatch(/(?<![\p{L}\p{N}])[*_~`](?=[^\s\u2060])/u);
        const plain = escaped.replaceAll("\u2060", "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
        expect(plain).toBe(value.replaceAll("\u2060", ""));
      }
    }),
    RUNS,
  );
});

test("in a page no value is markup, and in a line none begins another", () => {
  fc.assert(
    fc.property(hostile, (value) => {
      expect(forHtml(value)).not.toMatch(/[<>"']/);
      expect(forOneLine(value)).not.toContain("\n");
    }),
    RUNS,
  );
});

test("a template names the fields it does not know, and every message of Belay's own knows all of its own", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const name = text.replace(/[{}]/g, "").trim();
      expect(unknownFields(`a {{${name}}} b`)).toEqual(Object.hasOwn(MESSAGE_FIELDS, name) ? [] : [name]);
    }),
    RUNS,
  );
  expect(Object.values(MESSAGE_TEMPLATES).flatMap(unknownFields)).toEqual([]);
});

test("a line whose fields are all empty is left out, any other line stays", () => {
  const { fields: given } = messageOf({ reasons: "one\ntwo", next: "" });
  expect(renderTemplate("Dear customer,\n\n{{next}}\nNext: {{next}}\n{{next}}{{reasons}}\n\nBye", given, (value) => value)).toBe(
    "Dear customer,\n\none\ntwo\n\nBye",
  );
});
